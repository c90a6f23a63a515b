"""Forms of pictures and documents in the admin."""

from django import forms
from django.core.files import File
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from ..models.picture_files import without_metadata


class WholeImageField(WagtailImageField):
    def to_python(self, data: File) -> File | None:
        """Refuses a damaged picture, such as an upload that a phone broke off, where Wagtail answers 500. Removes metadata."""
        try:
            file = super().to_python(data)
            if file is not None:
                file.seek(0)
                clean = without_metadata(file.read())
                # In place, as a large upload is a file on disk that is moved to its folder.
                file.seek(0)
                file.truncate()
                file.write(clean)
                file.flush()
                file.seek(0)
                file.size = len(clean)
            return file
        except OSError as error:
            raise forms.ValidationError("Cette image est abîmée ou incomplète. Essayez de l’envoyer à nouveau.") from error


class SiteImageForm(BaseImageForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if old := self.fields.get("file"):  # absent where Wagtail shows the form after the upload, for several pictures
            self.fields["file"] = WholeImageField(label=old.label, widget=old.widget, required=old.required)


class SiteDocumentForm(BaseDocumentForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # The screen for several documents uploads files before it shows this form: French is the default.
        self.fields["language"].required = False

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.instance.language
