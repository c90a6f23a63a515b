"""The agenda as iCalendar (RFC 5545)."""

from datetime import timedelta

from django.conf import settings
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from icalendar import Calendar, Event, vText

from ..districts.listing import get_chosen_district, is_slug
from ..organisation.models import Organisation
from ..page.addresses import get_canonical_url
from ..page.sharing import shared
from .models import EventPage

YEAR = timedelta(days=365)
RETENTION = timedelta(days=30)  # Past events stay in the calendar for so long.
MAX_EVENTS, MAX_DATES = 200, 1000


@shared(quartier=is_slug)
def calendar(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Answers with the agenda, that of `?quartier=`, or the one event with the `slug`. Each date of a series is an event of its own."""
    name, oldest = Organisation.get().name, timezone.localdate() - RETENTION
    if slug:
        events = [get_object_or_404(EventPage.objects.public(), slug=slug)]
    else:
        events = EventPage.objects.public().filter(over_from__gt=oldest)
        try:
            district = get_chosen_district(request.GET)
        except InvalidPage as error:
            raise Http404 from error
        if district:
            events, name = events.filter(district.get_condition()), f"{name} : {district}"
        events = list(
            events.select_related("series").prefetch_related(EventPage.get_public_replacements()).order_by("first_day", "pk")[:MAX_EVENTS]
        )
    answer = Calendar()
    answer.add("version", "2.0")
    answer.add("prodid", f"-//{settings.SITE_HOST}//Agenda//FR")
    answer.add("method", "PUBLISH")
    if not slug:  # what phones call a calendar that they follow, and how often they ask again
        answer.add("name", name)
        answer.add("x-wr-calname", name)
        answer.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    dates = [date for event in events for date in (event.get_dates() if slug else event.own_dates) if slug or date.get_over_from() > oldest]
    for date in sorted(dates, key=lambda date: (date.first_day, date.pk))[:MAX_DATES]:
        answer.add_component(get_vevent(date))
    if dates:
        days = [date.first_day for date in dates]
        answer.add_missing_timezones(min(days) - YEAR, max(days) + YEAR)
    response = HttpResponse(answer.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug or "agenda"}.ics"'
    return response


def get_vevent(page: EventPage) -> Event:
    """Returns the event as a VEVENT. It keeps its UID for ever; its SEQUENCE grows with each publication."""
    address = get_canonical_url(page)
    changed = page.last_published_at or timezone.now()
    event = Event()
    event.add("uid", page.calendar_uid)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", int((changed - (page.first_published_at or changed)).total_seconds()))
    event.add("summary", page.marked_title)
    event.add("status", "CANCELLED" if page.state == page.State.CANCELLED else "CONFIRMED")
    event.add("dtstart", page.start)
    if page.end:
        event.add("dtend", page.end)
    if page.place:
        event.add("location", page.place)
    facts = [page.introduction, page.audience, page.price_text(), page.registration, page.access, address]
    event.add("description", "\n".join(filter(None, facts)))
    event.add("url", vText(address))
    return event
