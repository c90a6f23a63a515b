"""The dates of an event that repeats, in its form before it is saved, and a page for one of them."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from ..editing.duplicates import begin_duplicate, get_changes
from ..editing.saves import read_id
from ..text.date_fields import DayField
from .forms import NAME
from .models import EventPage
from .recurrence import Rhythm, check, get_days


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
            replacements = {each.first_day: each for each in page.replacements.all()} if page else {}
            stored = set(page.days_of_series) if page and page.is_series else set()
            cancelled = request.GET.getlist(NAME)
            days = [(day, str(day) in cancelled, replacements.get(day), day in stored) for day in get_days(*rhythm)]
            context = {"page": page, "days": days, "name": NAME}
    return render(request, "staff/event_date_rows.html", context)


@require_POST
@transaction.atomic
def replace_date(request: HttpRequest, page_id: int, day: str) -> HttpResponse:
    """Opens the page for one date of an event that repeats, at another hour or place; the first time, it is made as a draft."""
    page = get_object_or_404(EventPage, id=page_id)
    if not page.is_series or day not in map(str, page.days_of_series):
        raise Http404
    begin_duplicate(request, page)
    made = page.replacements.filter(first_day=day).first()
    if not made:
        once = get_changes(page, date.fromisoformat(day)) | {"repeats": "", "repeats_until": None, "series": page}
        made = page.copy(update_attrs=once, copy_revisions=False, keep_live=False, user=request.user)
        messages.success(request, "Cette date a maintenant sa page. Changez l’heure ou le lieu, puis publiez.")
    return redirect(f"{reverse('wagtailadmin_pages:edit', args=[made.pk])}#id_start_time")
