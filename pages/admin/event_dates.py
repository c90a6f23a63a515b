"""The dates of an event that repeats, in its form before it is saved: each may be ticked as one that does not take place."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from ..models import EventPage
from ..models.recurrence import Rhythm, check, get_days
from ..text.date_fields import DayField
from .saves import read_id

NAME = "cancelled_days"


class DaysWidget(forms.Widget):
    """A place in which the script of the admin shows the dates; until then, those that are ticked are hidden fields."""

    template_name = "staff/event_dates.html"

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, None, attrs)
        context["widget"]["days"] = value or []
        return context

    def value_from_datadict(self, data: QueryDict, files: dict, name: str) -> list[str]:
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])

    def value_omitted_from_data(self, data: QueryDict, files: dict, name: str) -> bool:
        return False


class DaysField(forms.Field):
    widget = DaysWidget

    def to_python(self, value: Any) -> list[str]:
        try:
            return sorted({date.fromisoformat(day).isoformat() for day in value or []})
        except ValueError as error:  # nothing that our form posts
            raise forms.ValidationError("Ces dates ne peuvent pas être lues.") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(initial or []) != set(data or [])


class RhythmForm(forms.Form):
    first_day = DayField()
    repeats = forms.ChoiceField(choices=Rhythm)
    repeats_until = DayField()


def show_dates(request: HttpRequest) -> HttpResponse:
    """Answers with the dates that the fields of a form make, with what is wrong, or with nothing as long as a field is empty."""
    form, context = RhythmForm(request.GET), {}
    if form.is_valid():
        rhythm = form.cleaned_data["repeats"], form.cleaned_data["first_day"], form.cleaned_data["repeats_until"]
        try:
            check(*rhythm)
        except ValidationError as error:
            context = {"error": " ".join(error.messages)}
        else:
            page = EventPage.objects.filter(pk=read_id(request.GET.get("page", "")) or 0).first()
            copies = {copy.first_day: copy for copy in page.copies.all()} if page else {}
            stored = set(page.days_of_series) if page and page.is_series else set()
            cancelled = request.GET.getlist(NAME)
            days = [(day, str(day) in cancelled, copies.get(day), day in stored) for day in get_days(*rhythm)]
            context = {"page": page, "days": days, "name": NAME}
    return render(request, "staff/event_date_rows.html", context)
