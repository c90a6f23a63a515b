"""What pages say to search engines in schema.org's words, as JSON-LD: the association, the way to the page, and what the page is about."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from .models import ContactPage, EventPage, HomePage, JobOfferPage, NewsPage
from .models.events import moment
from .navigation import address_of

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


def linked_data(page, around, organisation, districts, picture):
    """The graph of a page: a list of things. Nothing that is not known is said."""
    things = [what_it_is(page, organisation, picture)]
    if isinstance(page, HomePage | ContactPage):
        things.append(association(organisation, districts))
    if around["above"]:
        things.append(way_to(page, around["above"]))
    return [known(thing) for thing in things if thing]


def known(thing):
    return {key: value for key, value in thing.items() if value not in ("", None, [], {})}


def reference(organisation):
    """The association, where another thing names it."""
    return {"@type": "NGO", "@id": f"{settings.SITE_URL}/#organisation", "name": organisation.name, "url": f"{settings.SITE_URL}/"}


def association(organisation, districts):
    return reference(organisation) | {
        "@type": ["NGO", "LocalBusiness"],
        "alternateName": organisation.short_name,
        "foundingDate": organisation.founded and str(organisation.founded),
        "telephone": organisation.phone_uri.removeprefix("tel:"),
        "email": organisation.email,
        "address": organisation.address_line,
        "hasMap": organisation.map_url,
        "areaServed": [{"@type": "Place", "name": district.name} for district in districts],
        "memberOf": organisation.network_name
        and known({"@type": "Organization", "name": organisation.network_name, "url": organisation.network_url}),
        "sameAs": [link.url for link in organisation.links],
    }


def way_to(page, above):
    steps = [*((parent.short, address_of(parent)) for parent in above), (page.short_title, address_of(page))]
    items = [{"@type": "ListItem", "position": n, "name": name, "item": url} for n, (name, url) in enumerate(steps, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def what_it_is(page, organisation, picture):
    """The news, event or offer that a page is, or None."""
    describe = {NewsPage: news, EventPage: event, JobOfferPage: offer}.get(type(page))
    if not describe:
        return None
    common = {"url": address_of(page), "description": page.introduction or page.search_description or page.title}
    return common | describe(page, organisation) | ({"image": picture} if page.shown_picture else {})


def news(page, organisation):
    return {
        "@type": "NewsArticle",
        "headline": page.title,
        "datePublished": page.date.isoformat(),
        "dateModified": page.last_published_at and page.last_published_at.isoformat(timespec="seconds"),
        "author": reference(organisation),
        "publisher": reference(organisation),
        "inLanguage": "fr",
    }


def event(page, organisation):
    last = (
        page.end - timedelta(days=1) if page.end and not isinstance(page.end, datetime) else page.end
    )  # schema.org counts the last day in
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
        "organizer": reference(organisation),
    }


def offer(page, organisation):
    part = page.hours and ("FULL_TIME" if page.hours >= FULL_TIME else "PART_TIME")
    place = page.place or organisation.address_line
    return {
        "@type": "JobPosting",
        "title": page.title,
        "datePosted": page.first_published_at and timezone.localdate(page.first_published_at).isoformat(),
        "validThrough": moment(page.last_day, time(23, 59, 59)).isoformat(),
        "employmentType": [kind for kind in (part, CONTRACTS.get(page.contract)) if kind],
        "hiringOrganization": reference(organisation),
        "jobLocation": place and {"@type": "Place", "address": place},
        "workHours": page.hours and f"{page.hours.normalize():f} h",
    }
