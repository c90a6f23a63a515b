"""Forms of the admin that say in plain French what a browser or Django would say badly, and keep what was typed."""

import re

from django import forms
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms import WagtailAdminModelForm


class WholeNumberField(forms.IntegerField):
    """A whole number typed as text, so that a wrong entry comes back with its message; « 1 250 » is 1250."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {"invalid": "Écrivez un nombre entier, en chiffres. Par exemple : 35."}

    def to_python(self, value):
        return super().to_python(re.sub(r"(?<=\d)\s(?=\d)", "", value) if isinstance(value, str) else value)


class FigureValueForm(WagtailAdminModelForm):
    """One yearly value. Its bounds and their messages are the model's validators."""

    year = WholeNumberField(label="Année")
    number = WholeNumberField(label="Nombre")


class FigureValueFormSet(BaseChildFormSet):
    def validate_unique(self):
        """Refuses a second value for a year, beside the year that is typed twice."""
        numbers = {}
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
