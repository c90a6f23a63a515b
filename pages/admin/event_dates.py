"""The dates of an event that repeats, shown in its form before it is saved."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from ..models.recurrence import Rhythm, check, get_days, list_by_month
from ..text.date_fields import DayField


class RhythmForm(forms.Form):
    first_day = DayField()
    repeats = forms.ChoiceField(choices=Rhythm)
    repeats_until = DayField()


def show_dates(request: HttpRequest) -> HttpResponse:
    """Answers with the dates as a text of some lines, with what is wrong, or with nothing as long as a field is empty."""
    form, text = RhythmForm(request.GET), ""
    if form.is_valid():
        rhythm = form.cleaned_data["repeats"], form.cleaned_data["first_day"], form.cleaned_data["repeats_until"]
        try:
            check(*rhythm)
        except ValidationError as error:
            text = " ".join(error.messages)
        else:
            days = get_days(*rhythm)
            text = "\n".join([f"{len(days)} dates", *list_by_month(days)])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
