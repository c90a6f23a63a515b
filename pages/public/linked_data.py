"""JSON-LD for search engines, in the vocabulary of schema.org: the association, the breadcrumbs, and what the page is about."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from ..models import ContactPage, District, EventPage, HomePage, JobOfferPage, NewsPage, Organisation, SitePage
from ..navigation import get_canonical_url
from ..text.dates import belfort_datetime

STATES = {
    EventPage.State.PLANNED: "EventScheduled",
    EventPage.State.RESCHEDULED: "EventRescheduled",
    EventPage.State.MOVED: "EventScheduled",
    EventPage.State.CANCELLED: "EventCancelled",
}
CONTRACTS = {  # https://developers.google.com/search/docs/appearance/structured-data/job-posting
    JobOfferPage.Contract.INSERTION: "TEMPORARY",
    JobOfferPage.Contract.FIXED_TERM: "TEMPORARY",
    JobOfferPage.Contract.APPRENTICE: "INTERN",
    JobOfferPage.Contract.OTHER: "OTHER",
}
FULL_TIME = 35  # hours a week (Code du travail, L3121-27)


def get_graph(
    page: SitePage, ancestors: list[SitePage], organisation: Organisation, districts: Iterable[District], picture: str
) -> list[dict]:
    """Returns the graph of a page: a list of nodes, without what is not known. `picture` is the address of the page's picture."""
    nodes = [describe_page(page, organisation, picture)]
    if isinstance(page, HomePage | ContactPage):
        nodes.append(describe_association(organisation, districts))
    if ancestors:
        nodes.append(describe_breadcrumbs(page, ancestors))
    return [without_unknown(node) for node in nodes if node]


def without_unknown(node: dict) -> dict:
    return {key: value for key, value in node.items() if value not in ("", None, [], {})}


def refer_to(organisation: Organisation) -> dict:
    """Returns the association as other nodes name it."""
    return {"@type": "NGO", "@id": f"{settings.SITE_URL}/#organisation", "name": organisation.name, "url": f"{settings.SITE_URL}/"}


def describe_association(organisation: Organisation, districts: Iterable[District]) -> dict:
    return refer_to(organisation) | {
        "@type": ["NGO", "LocalBusiness"],
        "alternateName": organisation.short_name,
        "foundingDate": organisation.founded and str(organisation.founded),
        "telephone": organisation.phone_uri.removeprefix("tel:"),
        "email": organisation.email,
        "address": organisation.address_line,
        "hasMap": organisation.map_url,
        "areaServed": [{"@type": "Place", "name": str(district)} for district in districts],
        "memberOf": organisation.network_name
        and without_unknown({"@type": "Organization", "name": organisation.network_name, "url": organisation.network_url}),
        "sameAs": [link.url for link in organisation.links],
    }


def describe_breadcrumbs(page: SitePage, ancestors: list[SitePage]) -> dict:
    steps = [(each.short_title, get_canonical_url(each)) for each in (*ancestors, page)]
    items = [{"@type": "ListItem", "position": n, "name": name, "item": url} for n, (name, url) in enumerate(steps, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def describe_page(page: SitePage, organisation: Organisation, picture: str) -> dict | None:
    """Returns the node of news, of an event or of an offer; None for other pages."""
    describe = {NewsPage: describe_news, EventPage: describe_event, JobOfferPage: describe_offer}.get(type(page))
    if not describe:
        return None
    common = {"url": get_canonical_url(page), "description": page.introduction or page.search_description or page.title}
    return common | describe(page, organisation) | ({"image": picture} if page.shown_picture else {})


def describe_news(page: NewsPage, organisation: Organisation) -> dict:
    return {
        "@type": "NewsArticle",
        "headline": page.title,
        "datePublished": page.date.isoformat(),
        "dateModified": page.last_published_at and page.last_published_at.isoformat(timespec="seconds"),
        "author": refer_to(organisation),
        "publisher": refer_to(organisation),
        "inLanguage": "fr",
    }


def describe_event(page: EventPage, organisation: Organisation) -> dict:
    """Returns the node of the next date of an event that repeats: schema.org's schedules are not read by search engines."""
    page = page.next_date
    is_whole_day = page.end and not isinstance(page.end, datetime)
    last = page.end - timedelta(days=1) if is_whole_day else page.end  # in schema.org the last day is included
    return {
        "@type": "Event",
        "name": page.title,
        "startDate": page.start.isoformat(),
        "endDate": last and last.isoformat(),
        "eventStatus": f"https://schema.org/{STATES[page.state]}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": page.place and {"@type": "Place", "name": page.place, "address": page.place},
        "audience": page.audience and {"@type": "Audience", "audienceType": page.audience},
        "isAccessibleForFree": page.is_free or None,
        "organizer": refer_to(organisation),
    }


def describe_offer(page: JobOfferPage, organisation: Organisation) -> dict:
    part = page.hours and ("FULL_TIME" if page.hours >= FULL_TIME else "PART_TIME")
    place = page.place or organisation.address_line
    return {
        "@type": "JobPosting",
        "title": page.title,
        "datePosted": page.first_published_at and timezone.localdate(page.first_published_at).isoformat(),
        "validThrough": belfort_datetime(page.closed_on, time(23, 59, 59)).isoformat(),
        "employmentType": [kind for kind in (part, CONTRACTS.get(page.contract)) if kind],
        "hiringOrganization": refer_to(organisation),
        "jobLocation": place and {"@type": "Place", "address": place},
        "totalJobOpenings": page.posts,
        "workHours": page.hours and f"{page.hours.normalize():f} h",
    }
