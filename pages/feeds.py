"""What other programs follow: the agenda as iCalendar (RFC 5545), the news as Atom (RFC 4287)."""

from datetime import timedelta

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, vText

from .models import District, EventPage, NewsIndexPage, NewsPage, Organisation
from .models.events import MIDNIGHT, moment
from .navigation import address_of, address_of_view, open_pages
from .search import readable

YEAR = timedelta(days=365)
KEPT = timedelta(days=30)  # a calendar that follows ours keeps what was on for so long
MOST_EVENTS, MOST_NEWS = 200, 20


@require_safe
def calendar(request, slug=None):
    """The agenda, or what is of `?quartier=`, or the one event with the `slug`."""
    name = Organisation.get().name
    if slug:
        events = [get_object_or_404(open_pages(EventPage), slug=slug)]
    else:
        events = open_pages(EventPage).filter(past_from__gt=timezone.localdate() - KEPT)
        if wanted := request.GET.get("quartier"):
            district = get_object_or_404(District, slug=wanted.replace("\0", ""))
            events, name = events.filter(district.names_it()), f"{name} : {district}"
        events = list(events.order_by("first_day", "pk")[:MOST_EVENTS])
    answer = Calendar()
    answer.add("version", "2.0")
    answer.add("prodid", f"-//{settings.SITE_HOST}//Agenda//FR")
    answer.add("method", "PUBLISH")
    if not slug:  # what phones call a calendar that they follow, and how often they ask again
        answer.add("name", name)
        answer.add("x-wr-calname", name)
        answer.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    for event in events:
        answer.add_component(as_component(event))
    if events:
        days = [event.first_day for event in events]
        answer.add_missing_timezones(min(days) - YEAR, max(days) + YEAR)
    response = HttpResponse(answer.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug or "agenda"}.ics"'
    return response


def as_component(page):
    """The event as a VEVENT. It keeps its UID for ever; its SEQUENCE grows with each publication."""
    address = address_of(page)
    changed = page.last_published_at or timezone.now()
    event = Event()
    event.add("uid", str(page.translation_key))
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", int((changed - (page.first_published_at or changed)).total_seconds()))
    event.add("summary", readable(page.marked_title))
    event.add("status", "CANCELLED" if page.state == page.State.CANCELLED else "CONFIRMED")
    event.add("dtstart", page.start)
    if page.end:
        event.add("dtend", page.end)
    if page.place:
        event.add("location", readable(page.place))
    facts = [page.introduction, page.audience, "Gratuit" if page.is_free else page.price, page.registration, page.access, address]
    event.add("description", readable("\n".join(filter(None, facts))))
    event.add("url", vText(address))
    return event


class NewsFeed(Feed):
    feed_type = Atom1Feed
    language = "fr"

    def get_object(self, request):
        page = open_pages(NewsIndexPage).first()
        if not page:
            raise Http404
        return page

    def title(self, page):
        return f"{page.title} – {Organisation.get().name}"

    def subtitle(self, page):
        return page.introduction

    def link(self, page):
        return address_of(page)

    def author_name(self, page):
        return Organisation.get().name  # RFC 4287, 4.1.1: a feed has an author

    def feed_url(self, page):
        return address_of_view("news_feed")

    def feed_guid(self, page):
        return page.translation_key.urn

    def items(self, page):
        return NewsPage.listed().prefetch_related("districts")[:MOST_NEWS]

    def item_title(self, article):
        return readable(article.title)

    def item_description(self, article):
        return escape(readable(article.introduction))  # it is read as HTML

    def item_link(self, article):
        return address_of(article)

    def item_guid(self, article):
        return article.translation_key.urn

    def item_pubdate(self, article):
        return moment(article.date, MIDNIGHT)

    def item_updateddate(self, article):
        return article.last_published_at

    def item_categories(self, article):
        return [readable(district.name) for district in article.districts.all()]
