"""Days and hours in forms, as people write them in French."""

from datetime import date, time

from django import forms
from django.db import models
from django.utils import timezone
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput

from .dates import read_day, read_time

YEARS = 200  # before today and after it


class DayField(forms.DateField):
    widget = AdminDateInput
    default_error_messages = {"invalid": "Écrivez une date qui existe, avec son année. Par exemple : 12 décembre 2026, ou 12/12/2026."}

    def to_python(self, value: object) -> date | None:
        """Refuses years in which nothing of the site can be: sums with such dates would end outside of the calendar."""
        day = super().to_python(read_day(value) if isinstance(value, str) else value)
        if day and abs(day.year - timezone.localdate().year) > YEARS:
            raise forms.ValidationError(f"Vérifiez l’année : {day.year}.")
        return day


class HourField(forms.TimeField):
    widget = AdminTimeInput
    default_error_messages = {"invalid": "Écrivez une heure. Par exemple : 14 h 30, 14h ou midi."}

    def to_python(self, value: object) -> time | None:
        return super().to_python(read_time(value) if isinstance(value, str) else value)


def register_fields() -> None:
    """Makes Wagtail's forms of models use these fields."""
    for model_field, field in ((models.DateField, DayField), (models.TimeField, HourField)):
        register_form_field_override(model_field, override={"form_class": field, "widget": field.widget})
