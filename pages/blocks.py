"""The few blocks that free prose is made of. Labels stand in `class Meta`: in arguments they would make migrations.

Key, class, template and style of a block have one name: `steps`, `StepsBlock`, `blocks/steps.html`, `.steps`.
"""

from datetime import date

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock, ImageChooserBlock

from .models.drawings import Pictogram
from .models.media import SIZES
from .models.messages import Subject
from .text.control_characters import TABLE
from .text.date_fields import DayField

FACE_MONTHS = 24  # after which a consent to be shown alone is asked again


def get_newest(model: type[Model]) -> Model | None:
    """Returns the newest picture or document of the site for a preview, as none is shipped with the code."""
    return model.objects.order_by("-created_at").first()


def get_subjects() -> list[tuple[str, str]]:
    """Returns the choices of `CallBlock`; migrations contain the name of this function, so that a new subject makes none."""
    return Subject.choices


class LabelledBlock(blocks.StructBlock):
    """A block of fields that names them in `Meta.labels`."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.meta.labels.items():
            self.child_blocks[name].label = label

    class Meta:
        labels = {}


class DayBlock(blocks.DateBlock):
    """A day that is read as in all other forms."""

    @cached_property
    def field(self) -> DayField:
        return DayField(**self.field_options)


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
        """Returns the pages of all blocks of a text, each with its `is_open`, in one query."""
        pages = self.model_class.objects.with_is_open().in_bulk(values)
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
        """Adds `open_target`: the page of the button if anybody may read it."""
        page = value["page"]
        return {**super().get_context(value, parent_context), "open_target": page if page and page.is_open else None}

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["url"]):
            error = ValidationError("Choisissez une page du site, ou écrivez une adresse : l’une des deux, pas les deux.")
            raise blocks.StructBlockValidationError(block_errors={"page": error})
        return cleaned


class DownloadBlock(DocumentChooserBlock):
    class Meta:
        label = "Fichier à télécharger"
        description = "Un document, avec son format et son poids."
        icon = "doc-full"
        template = "blocks/download.html"

    def get_preview_value(self) -> Model | None:
        return get_newest(get_document_model())


class DownloadsBlock(blocks.StreamBlock):
    """Files to download, and nothing else."""

    download = DownloadBlock()


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


class ApplicationBlock(blocks.StreamBlock):
    """The steps of an application, and nothing else."""

    step = StepBlock()


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


class PointsBlock(blocks.StreamBlock):
    """A list of points, as details of a strength."""

    point = PointBlock()


class PhotoBlock(ImageChooserBlock):
    def bulk_to_python(self, values: list[int | None]) -> list[Model | None]:
        """Returns the pictures of all blocks of a text with their renditions, in two queries."""
        images = self.model_class.objects.prefetch_renditions(*SIZES["person"]).in_bulk(values)
        return [images.get(pk) for pk in values]


class FaceBlock(LabelledBlock):
    photo = PhotoBlock()
    name = blocks.CharBlock(max_length=40, required=False)
    text = blocks.CharBlock(max_length=160)

    class Meta:
        label = "Visage"
        labels = {"photo": "Photo, de face ou de trois quarts", "name": "Prénom (facultatif)", "text": "Une phrase"}
        description = (
            "La photo d’une personne, avec une phrase sur son travail ou ses mots à elle. "
            "Elle l’a accepté par écrit, pour deux ans au plus. "
            "N’écrivez jamais sa situation, sa santé, son origine ni son contrat."
        )
        icon = "user"
        template = "blocks/face.html"

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Refuses a photo without a consent that ends within FACE_MONTHS: who changes their mind need not write to be taken off."""
        cleaned = super().clean(value)
        photo, latest = cleaned["photo"], timezone.localdate() + relativedelta(months=FACE_MONTHS)
        if not photo:  # in a draft
            return cleaned
        error = None
        if photo.people != photo.People.RECOGNISABLE or not photo.consent_until:
            error = (
                "Il faut l’accord écrit de la personne, avec une fin. "
                "Ouvrez cette image dans le menu « Images », choisissez « Oui » et remplissez « accord valable jusqu’au »."
            )
        elif photo.consent_until > latest:
            error = (
                f"La fin de l’accord est trop loin : deux ans au plus, donc le {latest:%d/%m/%Y} au plus tard. "
                "Changez « accord valable jusqu’au » dans le menu « Images »."
            )
        if error:
            raise blocks.StructBlockValidationError(block_errors={"photo": ValidationError(error)})
        return cleaned

    def get_searchable_content(self, value: blocks.StructValue) -> list[str]:
        return []  # from the day after the consent, nothing of it may be found

    def get_preview_value(self) -> dict:
        return {"photo": get_newest(get_image_model()), "name": "Prénom", "text": "Une phrase sur son travail."}


class PersonBlock(LabelledBlock):
    name = blocks.CharBlock(max_length=90)
    role = blocks.CharBlock(max_length=120, required=False)
    photo = PhotoBlock(required=False)
    agrees = blocks.BooleanBlock()

    class Meta:
        label = "Personne"
        labels = {
            "name": "Nom",
            "role": "Ce qu’elle fait",
            "photo": "Photo (facultative)",
            "agrees": "Elle accepte par écrit d’être nommée sur le site, et montrée s’il y a une photo",
        }


class PeopleBlock(blocks.ListBlock):
    def __init__(self, **kwargs) -> None:
        super().__init__(PersonBlock(), **kwargs)

    class Meta:
        label = "Personnes"
        description = "L’équipe permanente, le conseil d’administration. Jamais une personne en parcours d’insertion."
        icon = "group"
        template = "blocks/people.html"
        preview_value = [{"name": "Nom de la personne", "role": "Ce qu’elle fait", "photo": None, "agrees": True}]


class DatedFileBlock(LabelledBlock):
    title = blocks.CharBlock(max_length=120, search_index=False)  # the file may be private, or become so
    date = DayBlock()
    file = DocumentChooserBlock()

    class Meta:
        label = "Document"
        labels = {"title": "Titre", "date": "Date du document", "file": "Fichier"}


class DocumentsBlock(blocks.ListBlock):
    def __init__(self, **kwargs) -> None:
        super().__init__(DatedFileBlock(), **kwargs)

    class Meta:
        label = "Liste de documents"
        description = "Des fichiers avec leur titre et leur date, par exemple les rapports d’activité. Le plus récent est montré d’abord."
        icon = "folder-open-inverse"
        template = "blocks/documents.html"

    def get_preview_value(self) -> list[dict]:
        document = get_newest(get_document_model())
        return [{"title": "Un document", "date": date(2026, 1, 31), "file": document}] if document else []

    def get_context(self, value: list, parent_context: dict | None = None) -> dict:
        """Adds the `documents` that visitors may read, newest first."""
        shown = [entry for entry in value if entry["file"] and not entry["file"].is_private]
        documents = sorted(shown, key=lambda entry: entry["date"], reverse=True)
        return {**super().get_context(value, parent_context), "documents": documents}


class ProseBlock(blocks.StreamBlock):
    """Free prose. Lists are part of the text block, as in any word processor."""

    paragraph = ParagraphBlock()
    heading = HeadingBlock()
    picture = PictureBlock()
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


class TopicBlock(LabelledBlock):
    heading = blocks.CharBlock(max_length=90)
    pictogram = blocks.ChoiceBlock(choices=Pictogram.choices, required=False)
    text = blocks.RichTextBlock(features=["ul"])

    class Meta:
        label = "Sujet"
        labels = {"heading": "Titre", "pictogram": "Petit dessin à côté", "text": "Texte : une phrase par ligne"}
        description = "Un titre, un petit dessin, quelques phrases courtes."
        icon = "list-ul"
        template = "blocks/topic.html"
        preview_value = {"heading": "Qui sommes-nous ?", "pictogram": "people", "text": "<p>La Régie est une association.</p>"}


class SimpleBlock(blocks.StreamBlock):
    """The content of a simple version."""

    topic = TopicBlock()
    call = CallBlock()
