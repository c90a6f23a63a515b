"""The few blocks that free prose is made of."""

from django.core.exceptions import ValidationError
from django.db.models import Model
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock

from ..organisation.recipients import Subject
from ..page.base import get_known_pages
from ..text.control_characters import TABLE
from .base import LabelledBlock, get_newest
from .files import DocumentsBlock, DownloadBlock
from .people import FaceBlock, GalleryBlock, PeopleBlock


def get_subjects() -> list[tuple[str, str]]:
    """Returns the choices of `CallBlock`; migrations contain the name of this function, so that a new subject makes none."""
    return Subject.choices


class ParagraphBlock(blocks.RichTextBlock):
    class Meta:
        label = "Texte"
        description = "Des paragraphes et des listes."
        icon = "pilcrow"
        template = "blocks/paragraph.html"
        preview_value = "<p>Un texte, avec des mots en <b>gras</b>.</p><ul><li>Un premier point.</li><li>Un second point.</li></ul>"


class HeadingBlock(LabelledBlock):
    text = blocks.CharBlock(max_length=90)
    level = blocks.ChoiceBlock(choices=[("2", "Titre"), ("3", "Sous-titre")], default="2")

    class Meta:
        label = "Titre"
        labels = {"text": "Titre", "level": "Niveau"}
        description = "Il annonce ce qui suit. Un sous-titre vient toujours après un titre."
        icon = "title"
        template = "blocks/heading.html"
        preview_value = {"text": "Comment nous trouver ?", "level": "2"}

    def get_searchable_content(self, value: blocks.StructValue) -> list[str]:
        return [value["text"]]  # without the name of its level


class PictureBlock(ImageBlock):
    class Meta:
        label = "Image"
        description = "Une photo ou un dessin, avec ce qu’en lira une personne qui ne le voit pas."
        icon = "image"
        template = "blocks/picture.html"

    def clean(self, value: Model | None) -> Model | None:
        """Cleans the words of the picture too, as Wagtail's method does not."""
        if value:
            value.contextual_alt_text = self.child_blocks["alt_text"].clean(value.contextual_alt_text)
        return super().clean(value)

    def get_preview_value(self) -> Model | None:
        return get_newest(get_image_model())


class QuotationBlock(LabelledBlock):
    text = blocks.TextBlock()
    source = blocks.CharBlock(max_length=120)

    class Meta:
        label = "Citation"
        labels = {"text": "Paroles", "source": "Qui l’a dit, ou où c’est écrit"}
        description = "Les paroles de quelqu’un, avec leur source."
        icon = "openquote"
        template = "blocks/quotation.html"
        preview_value = {"text": "Les mots exacts de la personne.", "source": "Nom de la personne, avec son accord"}

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Removes quotation marks around the words: the template adds them."""
        cleaned = super().clean(value)
        cleaned["text"] = cleaned["text"].strip(' \u00a0\u202f\n«»“”"')
        return cleaned


class TargetBlock(blocks.PageChooserBlock):
    def bulk_to_python(self, values: list[int | None]) -> list[Model | None]:
        """Returns the pages of all blocks of a text, each with its `is_public`, in one query at most."""
        pages = get_known_pages()
        if unknown := {*values} - {None, *pages}:
            pages |= self.model_class.objects.with_is_public().in_bulk(unknown)
        return [pages.get(pk) for pk in values]


class CallBlock(LabelledBlock):
    label = blocks.CharBlock(max_length=60)
    page = TargetBlock(required=False)
    subject = blocks.ChoiceBlock(choices=get_subjects, required=False)
    url = blocks.URLBlock(required=False)

    class Meta:
        label = "Bouton"
        labels = {
            "label": "Mots du bouton : ils disent où il mène",
            "page": "Page du site",
            "subject": "Sujet du message, si cette page est celle du contact",
            "url": "Ou adresse d’un autre site",
        }
        description = "Un grand lien vers une page, pour agir."
        icon = "link"
        template = "blocks/call.html"
        preview_value = {"label": "Voir la page", "page": None, "subject": "", "url": "https://www.example.org/"}

    def get_searchable_content(self, value: blocks.StructValue) -> list[str]:
        return []  # the page that it links to is found by itself

    def get_context(self, value: blocks.StructValue, parent_context: dict | None = None) -> dict:
        """Adds `public_target`: the page of the button if anybody may read it."""
        page = value["page"]
        return {**super().get_context(value, parent_context), "public_target": page if page and page.is_public else None}

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["url"]):
            error = ValidationError("Choisissez une page du site, ou écrivez une adresse : l’une des deux, pas les deux.")
            raise blocks.StructBlockValidationError(block_errors={"page": error})
        return cleaned


class TableBlock(TypedTableBlock):
    class Meta:
        label = "Tableau"
        description = "Des lignes et des colonnes. Chaque colonne a un titre."
        icon = "table"
        template = "blocks/table.html"

    def __init__(self, **kwargs) -> None:
        super().__init__([("text", blocks.CharBlock(required=False))], **kwargs)
        self.child_blocks["text"].label = "Texte"

    def clean(self, value: TypedTable) -> TypedTable:
        """Removes control characters from the caption and the headings, for which Wagtail has no form field."""
        table = super().clean(value)
        table.caption = table.caption.translate(TABLE)
        table.columns = [column | {"heading": column["heading"].translate(TABLE)} for column in table.columns]
        return table

    def get_preview_value(self) -> TypedTable:
        cell = self.child_blocks["text"]
        columns = [{"block": cell, "heading": "Jour"}, {"block": cell, "heading": "Heures"}]
        return TypedTable(columns, [{"values": ["Lundi", "de 9 h à 12 h"]}], caption="Exemple d’horaires")


class DetailsBlock(LabelledBlock):
    question = blocks.CharBlock(max_length=120)
    answer = blocks.RichTextBlock()

    class Meta:
        label = "Question et réponse"
        labels = {"question": "Question", "answer": "Réponse"}
        description = "La réponse se déplie quand on touche la question."
        icon = "help"
        template = "blocks/details.html"
        preview_value = {"question": "Faut-il un rendez-vous ?", "answer": "<p>La réponse à cette question.</p>"}


class StepBlock(LabelledBlock):
    title = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(required=False)

    class Meta:
        label = "Étape"
        labels = {"title": "Titre", "text": "Texte"}
        template = "blocks/step.html"


class StepsBlock(blocks.ListBlock):
    def __init__(self, **kwargs) -> None:
        super().__init__(StepBlock(), **kwargs)

    class Meta:
        label = "Étapes"
        description = "Ce qu’il faut faire, dans l’ordre, avec des numéros."
        icon = "list-ol"
        template = "blocks/steps.html"
        preview_value = [{"title": "La première chose à faire", "text": "Comment la faire."}, {"title": "La seconde", "text": ""}]


class PointBlock(LabelledBlock):
    title = blocks.CharBlock(required=False, max_length=90)
    text = blocks.TextBlock()

    class Meta:
        label = "Point"
        labels = {"title": "Titre (facultatif)", "text": "Texte"}
        description = "Un point de la liste, avec ou sans titre."
        icon = "list-ul"
        template = "blocks/point.html"
        preview_value = {"title": "Un titre court", "text": "Une phrase qui l’explique."}


class ProseBlock(blocks.StreamBlock):
    """Free prose. Lists are part of the text block, as in any word processor."""

    paragraph = ParagraphBlock()
    heading = HeadingBlock()
    picture = PictureBlock()
    gallery = GalleryBlock()
    quotation = QuotationBlock()
    call = CallBlock()
    download = DownloadBlock()
    table = TableBlock()
    details = DetailsBlock()
    steps = StepsBlock()
    people = PeopleBlock()
    face = FaceBlock()
    documents = DocumentsBlock()

    def clean(self, value: blocks.StreamValue) -> blocks.StreamValue:
        """Refuses a heading of level 3 before any heading of level 2 (RGAA 9.1.1: no level is skipped)."""
        cleaned = super().clean(value)
        first = next((i for i, block in enumerate(cleaned) if block.block_type == "heading"), None)
        if first is not None and cleaned[first].value["level"] == "3":
            error = ValidationError("Ce sous-titre vient avant tout titre : choisissez « Titre », ou ajoutez un titre plus haut.")
            raise blocks.StreamBlockValidationError(block_errors={first: error})
        return cleaned
