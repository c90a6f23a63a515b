"""« Le site en un an »: what the site did in a year, for the report of activity and the funders; without personal data."""

from collections import Counter
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ..contact.models import MessageCount
from ..models import EventPage, JobOfferPage, NewsPage
from ..organisation.recipients import Subject
from ..text.dates import format_day
from ..text.spreadsheets import respond_csv

PUBLISHED = {"Événements publiés": EventPage, "Offres publiées": JobOfferPage, "Actualités publiées": NewsPage}


def get_rows(year: int) -> list[list]:
    """Returns a row for each subject of messages, and for each kind of page: its name, the sum, and a number for each month."""
    counts = {f"Messages : {label}": Counter() for label in Subject.labels}
    for count in MessageCount.objects.filter(month__year=year):
        counts[f"Messages : {count.get_subject_display()}"][count.month.month] += count.number
    dates = EventPage.objects.exclude(series=None)  # of series, with pages of their own
    for label, model in PUBLISHED.items():
        moments = model.objects.exclude(pk__in=dates).filter(first_published_at__year=year).values_list("first_published_at", flat=True)
        counts[label] = Counter(timezone.localtime(moment).month for moment in moments)
    return [[label, months.total(), *(months[number] for number in range(1, 13))] for label, months in counts.items()]


def show_year(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Shows the numbers of a year, else of this one; in January, of the last. With `?csv`, sends them to a spreadsheet."""
    today = timezone.localdate()
    year = (today.year if today.month > 1 else today.year - 1) if year is None else year
    if not 2000 < year <= today.year:
        raise Http404
    headings = [str(year), "total", *(format_day(date(year, number, 1), "N") for number in range(1, 13))]
    rows = get_rows(year)
    if "csv" in request.GET:
        return respond_csv(f"site-{year}", [headings, *rows])
    return render(request, "staff/year.html", {"year": year, "headings": headings, "rows": rows, "is_last": year >= today.year})
