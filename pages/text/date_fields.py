"""Days, hours and amounts in forms, as people write them in French."""

import re
from datetime import date, datetime, time

from django import forms
from django.db import models
from django.utils import timezone
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput

from .dates import belfort_datetime, format_moment, read_day, read_time

MAX_YEARS = 200  # A date is at most so many years before today or after it.


class DayField(forms.DateField):
    widget = AdminDateInput
    default_error_messages = {"invalid": "Écrivez une date qui existe, avec son année. Par exemple : 12 décembre 2026, ou 12/12/2026."}

    def to_python(self, value: object) -> date | None:
        """Refuses years in which nothing of the site can be: sums with such dates would end outside of the calendar."""
        day = super().to_python(read_day(value) if isinstance(value, str) else value)
        if day and abs(day.year - timezone.localdate().year) > MAX_YEARS:
            raise forms.ValidationError(f"Vérifiez l’année : {day.year}.")
        return day


class HourField(forms.TimeField):
    widget = AdminTimeInput
    default_error_messages = {"invalid": "Écrivez une heure. Par exemple : 14 h 30, 14h ou midi."}

    def to_python(self, value: object) -> time | None:
        return super().to_python(read_time(value) if isinstance(value, str) else value)


class MomentField(forms.DateTimeField):
    """A day and an hour, as `DayField` and `HourField` read them, with « à » or a space between them."""

    widget = forms.TextInput
    default_error_messages = {"invalid": "Écrivez un jour et une heure."}

    def to_python(self, value: object) -> datetime | None:
        if not isinstance(value, str) or not (text := " ".join(value.split())):
            return super().to_python(value)
        found = re.fullmatch(r"(?:(.+?) à|(.+?\d{4}|\d{4}-\d\d-\d\d)) (.+)", text)
        if not found:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return belfort_datetime(DayField().clean(found[1] or found[2]), HourField().clean(found[3]))

    def prepare_value(self, value: object) -> object:
        return format_moment(value).removeprefix("le ") if isinstance(value, datetime) else value


def register_fields() -> None:
    """Makes Wagtail's forms of models use these fields."""
    for model_field, field in ((models.DateField, DayField), (models.TimeField, HourField), (models.DateTimeField, MomentField)):
        register_form_field_override(model_field, override={"form_class": field, "widget": field.widget})
    # Not a field of numbers: where the browser is not French, it drops the comma of « 12,50 » without a word.
    decimal = {"localize": True, "widget": forms.TextInput(attrs={"inputmode": "decimal"})}
    register_form_field_override(models.DecimalField, override=decimal)
