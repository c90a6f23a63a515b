"""The form of an event, with the dates of one that repeats."""

from datetime import date
from typing import Any

from django import forms
from wagtail.admin.panels import MultiFieldPanel

from ..editing.page_forms import SitePageForm

NAME = "cancelled_days"


class DaysWidget(forms.SelectMultiple):
    """A place in which the script of the admin shows the dates; until then, those that are ticked are hidden fields."""

    template_name = "staff/event_dates.html"

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, None, attrs)
        context["widget"]["days"] = value or []
        return context


class DaysField(forms.Field):
    widget = DaysWidget

    def to_python(self, value: Any) -> list[str]:
        try:
            return sorted({date.fromisoformat(day).isoformat() for day in value or []})
        except ValueError as error:  # nothing that our form posts
            raise forms.ValidationError("Ces dates ne peuvent pas être lues.") from error


class EventForm(SitePageForm):
    cancelled_days = DaysField(label="dates", required=False)


class RepetitionPanel(MultiFieldPanel):
    """A folded panel that is open in the form of an event that repeats."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def classes(self) -> list[str]:
            return [] if self.instance.repeats else super().classes()
