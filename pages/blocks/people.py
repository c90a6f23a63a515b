"""Blocks with photographs of people, who have agreed in writing."""

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock

from ..media.models import CHILDREN_HELP
from ..media.renditions import SIZES
from .base import LabelledBlock, get_newest

MAX_FACE_MONTHS = 24  # A consent to be shown alone lasts for so many months at most.


class PhotoBlock(ImageChooserBlock):
    def bulk_to_python(self, values: list[int | None]) -> list[Model | None]:
        """Returns the pictures of all blocks of a text with their renditions, in two queries."""
        images = self.model_class.objects.prefetch_renditions(*SIZES["person"], *SIZES["gallery"]).in_bulk(values)
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
            f"Elle l’a accepté par écrit, pour deux ans au plus. {CHILDREN_HELP} "
            "N’écrivez jamais sa situation, sa santé, son origine ni son contrat."
        )
        icon = "user"
        template = "blocks/face.html"

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Refuses a photo without a consent that ends within MAX_FACE_MONTHS: who changes their mind need not write to be taken off."""
        cleaned = super().clean(value)
        photo, latest = cleaned["photo"], timezone.localdate() + relativedelta(months=MAX_FACE_MONTHS)
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


class GalleryPhotoBlock(LabelledBlock):
    photo = PhotoBlock()
    text = blocks.CharBlock(max_length=160)

    class Meta:
        label = "Photo"
        labels = {"photo": "Photo à montrer", "text": "Quelques mots, écrits dessous"}

    def get_searchable_content(self, value: blocks.StructValue) -> list[str]:
        return []  # as of a face


class GalleryBlock(blocks.ListBlock):
    def __init__(self, **kwargs) -> None:
        super().__init__(GalleryPhotoBlock(), **kwargs)

    class Meta:
        label = "Photos"
        description = f"Plusieurs photos ensemble, chacune avec quelques mots. {CHILDREN_HELP}"
        icon = "image"
        template = "blocks/gallery.html"
        min_num, max_num = 2, 12

    def get_preview_value(self) -> list[dict]:
        return [{"photo": get_newest(get_image_model()), "text": text} for text in ("Ce que l’on voit.", "Ce que l’on voit aussi.")]


class PeopleBlock(blocks.ListBlock):
    def __init__(self, **kwargs) -> None:
        super().__init__(PersonBlock(), **kwargs)

    class Meta:
        label = "Personnes"
        description = "L’équipe permanente, le conseil d’administration. Jamais une personne en parcours d’insertion."
        icon = "group"
        template = "blocks/people.html"
        preview_value = [{"name": "Nom de la personne", "role": "Ce qu’elle fait", "photo": None, "agrees": True}]
