"""Forms of pictures and documents in the admin."""

import logging
from pathlib import Path

from django import forms
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.shortcuts import get_rendition_or_not_found

from ..models import SiteImage
from ..models.media import SHARED_SIZE
from ..models.picture_files import RefusedPictureError, prepare

logger = logging.getLogger(__name__)


class PreparedImageField(WagtailImageField):
    def to_python(self, data: UploadedFile | None) -> File | None:
        """Prepares the picture before anything else opens it, in place: Wagtail also stores the upload itself (`UploadedFile`)."""
        if data in self.empty_values:
            return None
        self.check_image_file_size(data)
        try:
            extension, content = prepare(data)
        except RefusedPictureError as refusal:
            logger.info("A picture was refused: %s", refusal)
            raise forms.ValidationError(str(refusal)) from refusal
        data.name = str(Path(data.name).with_suffix(f".{extension}"))
        data.seek(0)
        data.truncate()
        data.write(content)
        data.flush()
        data.seek(0)
        data.size, data.is_prepared = len(content), True
        return super().to_python(data)


class ShownWidget(forms.Widget):
    """What visitors will see of a picture, in each of its uses; nothing to fill in."""

    template_name = "staff/picture_uses.html"
    uses = (
        ("En haut d’une page", "head"),
        ("Dans la liste des actualités", "list"),
        ("Dans un texte", "block"),
        ("Dans un bloc « Visage »", "person"),
    )

    def render(self, name: str, value: SiteImage, attrs: dict | None = None, renderer: object = None) -> str:
        shown = [(label, value.get_sizes(use)[0]) for label, use in self.uses]
        shown.append(("Quand on partage l’adresse d’une page", SHARED_SIZE))
        return render_to_string(self.template_name, {"uses": [(label, get_rendition_or_not_found(value, spec)) for label, spec in shown]})


class SiteImageForm(BaseImageForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.file:
            help_text = "Une zone tracée sur l’image est gardée quand l’image est coupée. Enregistrez pour voir le changement."
            self.fields["shown"] = forms.Field(
                label="Ce que verront les visiteurs", widget=ShownWidget, initial=self.instance, disabled=True, help_text=help_text
            )
        if old := self.fields.get("file"):  # absent where Wagtail shows the form after the upload, for several pictures
            self.fields["file"] = PreparedImageField(label=old.label, widget=old.widget, required=old.required)


class SiteDocumentForm(BaseDocumentForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # The screen for several documents uploads files before it shows this form: French is the default.
        self.fields["language"].required = False

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.instance.language
