"""Feeds for other programs: the agenda as iCalendar (RFC 5545), the news as Atom (RFC 4287)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.paginator import InvalidPage
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, vText

from ..models import District, EventPage, NewsIndexPage, NewsPage, Organisation
from ..models.listing import BY_DISTRICT, is_slug
from ..navigation import get_canonical_url, get_view_url
from ..text.dates import MIDNIGHT, belfort_datetime
from .sharing import shared

YEAR = timedelta(days=365)
KEPT = timedelta(days=30)  # past events stay in the calendar for so long
MOST_EVENTS, MOST_DATES, MOST_NEWS = 200, 1000, 20


@shared(quartier=is_slug)
@require_safe
def calendar(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The agenda, that of `?quartier=`, or the one event with the `slug`; each date of an event that repeats by itself."""
    name, oldest = Organisation.get().name, timezone.localdate() - KEPT
    if slug:
        events = [get_object_or_404(EventPage.objects.open(), slug=slug)]
    else:
        events = EventPage.objects.open().filter(over_from__gt=oldest)
        if chosen := get_chosen_district(request):
            events, name = events.filter(BY_DISTRICT.get_condition(chosen)), f"{name} : {chosen}"
        events = list(
            events.select_related("series").prefetch_related(EventPage.get_public_copies()).order_by("first_day", "pk")[:MOST_EVENTS]
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
    for date in sorted(dates, key=lambda date: (date.first_day, date.pk))[:MOST_DATES]:
        answer.add_component(get_vevent(date))
    if dates:
        days = [date.first_day for date in dates]
        answer.add_missing_timezones(min(days) - YEAR, max(days) + YEAR)
    response = HttpResponse(answer.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug or "agenda"}.ics"'
    return response


def get_chosen_district(request: HttpRequest) -> District | None:
    try:
        return BY_DISTRICT.get_chosen(request.GET)
    except InvalidPage as error:
        raise Http404 from error


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


class NewsFeed(Feed):
    feed_type = Atom1Feed
    language = "fr"

    def get_object(self, request: HttpRequest) -> NewsIndexPage:
        page = NewsIndexPage.objects.open().first()
        if not page:
            raise Http404
        return page

    def title(self, page: NewsIndexPage) -> str:
        return f"{page.title} – {Organisation.get().name}"

    def subtitle(self, page: NewsIndexPage) -> str:
        return page.introduction

    def link(self, page: NewsIndexPage) -> str:
        return get_canonical_url(page)

    def author_name(self, page: NewsIndexPage) -> str:
        return Organisation.get().name  # RFC 4287, 4.1.1: a feed has an author

    def feed_url(self, page: NewsIndexPage) -> str:
        return get_view_url("news_feed")

    def feed_guid(self, page: NewsIndexPage) -> str:
        return page.translation_key.urn

    def items(self, page: NewsIndexPage) -> QuerySet[NewsPage]:
        return NewsPage.listed().prefetch_related("districts")[:MOST_NEWS]

    def item_title(self, article: NewsPage) -> str:
        return article.title

    def item_description(self, article: NewsPage) -> str:
        return escape(article.introduction)  # it is read as HTML

    def item_link(self, article: NewsPage) -> str:
        return get_canonical_url(article)

    def item_guid(self, article: NewsPage) -> str:
        return article.translation_key.urn

    def item_pubdate(self, article: NewsPage) -> datetime:
        return belfort_datetime(article.date, MIDNIGHT)

    def item_updateddate(self, article: NewsPage) -> datetime | None:
        return article.last_published_at

    def item_categories(self, article: NewsPage) -> list[str]:
        return list(map(str, article.districts.all()))
