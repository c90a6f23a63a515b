"""Forms of the admin that say in plain French what a browser or Django would say badly, and keep what was typed."""

import re

from django import forms
from django.utils import timezone
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from .picture_files import without_metadata


class WholeNumberField(forms.IntegerField):
    """A whole number typed as text, so that a wrong entry comes back with its message; « 1 250 » is 1250."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {"invalid": "Écrivez un nombre entier, en chiffres. Par exemple : 35."}

    def to_python(self, value):
        if isinstance(value, str):
            value = re.sub(r"(?<=\d)\s(?=\d)", "", value.strip())
            if value and not re.fullmatch(r"-?[0-9]+", value):  # Django reads "1.000" as 1
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class FigureValueForm(WagtailAdminModelForm):
    """One yearly value. Its bounds and their messages are the model's validators."""

    year = WholeNumberField(label="Année")
    number = WholeNumberField(label="Nombre")


class FigureValueFormSet(BaseChildFormSet):
    def validate_unique(self):
        """Refuses a second value for a year, beside the year: typed twice here, or added by somebody else since the form was opened."""
        shown = {form.instance.pk for form in self.forms}
        numbers = {value.year: value.number for value in self.instance.values.all() if value.pk not in shown}
        for form in self.forms:
            if form in self.deleted_forms or not form.is_valid() or "year" not in form.cleaned_data:
                continue
            year = form.cleaned_data["year"]
            if year in numbers:
                form.add_error("year", f"Il y a déjà une valeur pour {year} : {numbers[year]}. Gardez une seule des deux lignes.")
            else:
                numbers[year] = form.cleaned_data["number"]


class KeyFigureForm(WagtailAdminModelForm):
    def is_valid(self):
        """Also refuses a figure both counted and typed, whose typed values nobody would see. `clean` comes before the values' forms."""
        if not super().is_valid():
            return False
        values = self.formsets["values"]
        typed = [form for form in values.forms if form not in values.deleted_forms and (form.instance.pk or form.has_changed())]
        if self.cleaned_data.get("since_year") and typed:
            self.add_error("since_year", "Ce chiffre a des valeurs par année. Videz cette case, ou supprimez les valeurs : l’un des deux.")
            return False
        return True


class OrganisationForm(WagtailAdminModelForm):
    def clean(self):
        """Refuses a notice that nobody would ever see. An old one that stays untouched does not stand in the way."""
        cleaned = super().clean()
        last_day = cleaned.get("notice_until")
        if "notice_until" in self.changed_data and last_day and last_day < timezone.localdate():
            self.add_error("notice_until", f"Le {last_day:%d/%m/%Y} est déjà passé : écrivez le jour, le mois et l’année.")
        return cleaned


class WholeImageField(WagtailImageField):
    def to_python(self, data):
        """Refuses a damaged picture, such as one that a phone sent half of, which Wagtail lets fail with an error 500.

        What is stored or parked of it has no metadata.
        """
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
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if old := self.fields.get("file"):  # Wagtail asks for the words of several pictures after their files
            self.fields["file"] = WholeImageField(label=old.label, widget=old.widget, required=old.required)


class SiteDocumentForm(BaseDocumentForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The screen for several documents sends files first and asks for the rest afterwards: French until somebody says otherwise.
        self.fields["language"].required = False

    def clean_language(self):
        return self.cleaned_data["language"] or self.instance.language
