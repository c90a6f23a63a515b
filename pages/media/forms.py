"""Forms and lists of pictures and documents in the admin, and the sheet that people sign who can be recognised."""

import logging
from pathlib import Path

from django import forms
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.shortcuts import get_rendition_or_not_found
from wagtail.models import UploadedFile

from ..editing.page_forms import FirstErrorMixin
from ..editing.reviews import with_act
from ..editing.saves import read_id
from ..text.date_fields import DayField
from .files import RefusedPictureError, prepare
from .models import SiteImage
from .renditions import SHARED_SIZE

logger = logging.getLogger(__name__)


class PreparedImageField(WagtailImageField):
    def to_python(self, data: File | None) -> File | None:
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
        data.size = len(content)
        return super().to_python(data)


class ShownWidget(forms.Widget):
    """Shows how visitors will see a picture in each of its uses; there is nothing to fill in."""

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
        uses = [] if value.is_private else [(label, get_rendition_or_not_found(value, spec)) for label, spec in shown]
        return render_to_string(self.template_name, {"uses": uses})


class ChosenFileMixin:
    """Keeps the chosen file where the rest of a form is refused, which browsers do not; `run_due` erases it if nobody sends the form again."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.stored = kwargs.get("user"), None
        if "file" not in self.fields:  # where Wagtail shows the form after the upload, for several files
            return
        self.fields["chosen_file"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        if number := read_id(self.data.get(self.add_prefix("chosen_file"), "")):
            stored = UploadedFile.objects.filter(pk=number, uploaded_by_user=self.user).first()
            self.stored = stored if stored and stored.file.storage.exists(stored.file.name) else None
        self.is_stored = self.stored and not self.files.get(self.add_prefix("file"))
        if self.is_stored:
            self.files = MultiValueDict({self.add_prefix("file"): [SimpleUploadedFile(Path(stored.file.name).name, stored.file.read())]})

    def full_clean(self) -> None:
        super().full_clean()
        chosen, name = self.files.get(self.add_prefix("file")), self.add_prefix("chosen_file")
        if not chosen or not self._errors or "file" in self._errors or name not in self.data:  # else it is Wagtail that keeps it
            return
        if not self.is_stored:
            self.forget()
            chosen.seek(0)
            self.stored = UploadedFile.objects.create(file=File(chosen, name=chosen.name), uploaded_by_user=self.user)
            self.data = self.data.copy()
            self.data[name] = self.stored.pk
        self["file"].help_text = f"Le fichier « {chosen.name} » est gardé : vous n’avez pas à le choisir de nouveau."
        self.fields["file"].required = False

    def forget(self) -> None:
        if self.stored:
            self.stored.delete()  # first: a row without its file would be in the way
            self.stored.file.delete(save=False)

    def save(self, commit: bool = True) -> Model:
        saved = super().save(commit)
        self.forget()
        return saved


class SiteImageForm(FirstErrorMixin, ChosenFileMixin, BaseImageForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("consent_on", "consent_until"):
            old = self.fields[name]
            self.fields[name] = DayField(label=old.label, help_text=old.help_text, required=False, widget=old.widget)
        self.fields["description"].help_text = "Ce que l’on y voit. Elle est lue aux personnes qui ne voient pas l’image."
        self.fields["people"].help_text = format_html(
            '{} <a href="{}" target="_blank">Imprimer la feuille à signer</a>', self.fields["people"].help_text, reverse("photo_consent")
        )
        if self.instance.pk and self.instance.has_consent:
            help_text = self.fields["consent_until"].help_text
            self.fields["consent_until"].help_text = with_act(
                help_text, "La personne ne veut plus", reverse("end_consent", args=[self.instance.pk])
            )
        if self.instance.pk and self.instance.file:
            help_text = "Une zone tracée sur l’image est gardée quand l’image est coupée. Enregistrez pour voir le changement."
            self.fields["shown"] = forms.Field(
                label="Ce que verront les visiteurs", widget=ShownWidget, initial=self.instance, disabled=True, help_text=help_text
            )
            self.fields["shown"].required = False
        if old := self.fields.get("file"):  # absent where Wagtail shows the form after the upload, for several pictures
            self.fields["file"] = PreparedImageField(label=old.label, widget=old.widget, required=old.required)


class SiteDocumentForm(ChosenFileMixin, BaseDocumentForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # The screen for several documents uploads files before it shows this form: French is the default.
        self.fields["language"].required = False

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.instance.language
