"""Calendars and feeds, read by the libraries that other programs read them with."""

from datetime import UTC, date, datetime, time, timedelta

import feedparser
import pytest
import time_machine
from django.conf import settings
from examples import event, news
from icalendar import Calendar
from wagtail.models import PageViewRestriction

from pages.models import District, EventPage, NewsIndexPage

pytestmark = pytest.mark.django_db

BELFORT = "Europe/Paris"


def calendar(client, address="/agenda.ics"):
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def by_title(client, address="/agenda.ics"):
    return {str(item["summary"]): item for item in calendar(client, address).walk("VEVENT")}


def test_the_calendar_holds_what_staff_entered(client):
    page = event(
        "Fête; avec, des signes\\ et un très long titre que les lignes d’un calendrier ne peuvent pas tenir",
        date(2100, 4, 10),
        start_time=time(14),
        end_time=time(17, 30),
        place="La cour, 1 rue de l’Exemple",
    )
    found = by_title(client)[page.title]
    assert found["dtstart"].dt.replace(tzinfo=None) == datetime(2100, 4, 10, 14)
    assert str(found["dtstart"].dt.tzinfo) == BELFORT
    assert found["dtend"].dt - found["dtstart"].dt == timedelta(hours=3, minutes=30)
    assert found["location"] == "La cour, 1 rue de l’Exemple"
    assert found["url"] == f"{settings.SITE_URL}{page.url}"
    assert page.introduction in found["description"]
    assert found["status"] == "CONFIRMED"


def test_whole_days_are_days_and_end_before_the_next(client):
    event("Un jour", date(2100, 4, 10))
    event("Trois jours", date(2100, 4, 10), last_day=date(2100, 4, 12))
    found = by_title(client)
    assert (found["Un jour"]["dtstart"].dt, found["Un jour"]["dtend"].dt) == (date(2100, 4, 10), date(2100, 4, 11))
    assert found["Trois jours"]["dtend"].dt == date(2100, 4, 13)


def test_an_end_that_nobody_knows_is_not_said(client):
    event(start_time=time(18))
    assert "dtend" not in by_title(client)["Nettoyage de printemps"]


def test_an_event_of_some_days_without_an_hour_at_its_end_lasts_to_that_midnight(client):
    event("Une fête", date(2100, 4, 10), last_day=date(2100, 4, 12), start_time=time(14))
    assert by_title(client)["Une fête"]["dtend"].dt.replace(tzinfo=None) == datetime(2100, 4, 13)


@pytest.mark.parametrize(
    ("day", "hours", "offsets"),
    [
        (date(2027, 10, 30), 6, (2, 1)),  # the night to winter time has an hour twice
        (date(2027, 3, 27), 4, (1, 2)),  # the one to summer time lacks one
    ],
)
def test_an_event_over_a_change_of_the_clocks_lasts_as_long_as_it_does(client, day, hours, offsets):
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC)):
        event("La nuit", day, start_time=time(23), end_time=time(4))
        found = by_title(client)["La nuit"]
        text = client.get("/agenda.ics").content.decode()
    start, end = found["dtstart"].dt, found["dtend"].dt
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)
    assert tuple(moment.utcoffset() // timedelta(hours=1) for moment in (start, end)) == offsets
    # For programs that know no names of time zones, the calendar brings the rules of that year along.
    zone = Calendar.from_ical(text).walk("VTIMEZONE")[0].to_tz()
    for moment in (start, end):
        assert moment.replace(tzinfo=zone).utcoffset() == moment.utcoffset()


def test_a_cancelled_event_stays_and_says_so(client):
    page = event("Une fête", state="cancelled")
    found = by_title(client)["Annulé : Une fête"]
    assert (found["status"], found["uid"]) == ("CANCELLED", str(page.translation_key))


def test_a_change_keeps_the_uid_and_raises_the_sequence(client):
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)) as clock:
        page = event("Une fête")
        before = by_title(client)["Une fête"]
        clock.shift(timedelta(days=1))
        again = by_title(client)["Une fête"]
        assert again.to_ical() == before.to_ical()  # the same bytes as long as nothing changes
        page.title, page.slug = "Une autre fête", "autre"
        page.save_revision().publish()
        after = by_title(client)["Une autre fête"]
        clock.shift(timedelta(days=1))
        page.state = EventPage.State.CANCELLED
        page.save_revision().publish()
        last = by_title(client)["Annulé : Une autre fête"]
    assert {item["uid"] for item in (before, after, last)} == {str(page.translation_key)}
    assert before["sequence"] < after["sequence"] < last["sequence"] < 2**31
    assert before["dtstamp"].dt < after["dtstamp"].dt


def test_uids_are_unlike_each_other_and_a_copy_has_its_own(client):
    page = event("Une fête")
    page.copy(update_attrs={"title": "Une copie", "slug": "copie"})
    assert len({str(item["uid"]) for item in by_title(client).values()}) == 2


def test_one_event_has_a_calendar_of_its_own(client):
    page, _ = event("Une fête", slug="fete"), event("Une autre")
    assert 'href="/agenda/fete.ics"' in client.get(page.url).content.decode()
    assert list(by_title(client, "/agenda/fete.ics")) == ["Une fête"]
    assert client.get("/agenda/nulle-part.ics").status_code == 404


def test_a_quartier_has_a_calendar_of_its_own(client):
    glacis, residences = District.objects.all()[:2]
    for title, districts in (("Aux Glacis", [glacis]), ("Aux Résidences", [residences]), ("Partout", [])):
        page = event(title)
        page.districts = districts
        page.save()
    assert '<a href="/agenda.ics?quartier=les-glacis">' in client.get("/agenda/?quartier=les-glacis").content.decode()
    assert set(by_title(client, "/agenda.ics?quartier=les-glacis")) == {"Aux Glacis", "Partout"}
    assert "Les Glacis" in calendar(client, "/agenda.ics?quartier=les-glacis")["x-wr-calname"]
    assert client.get("/agenda.ics?quartier=nulle-part").status_code == 404


def test_calendars_hold_what_is_on_and_a_month_back_for_everybody_only(client):
    with time_machine.travel(datetime(2026, 6, 30, tzinfo=UTC)):
        event("À venir", date(2026, 7, 1))
        event("Récente", date(2026, 6, 10))
        event("Ancienne", date(2026, 5, 1))
        hidden = event("Réservée", date(2026, 7, 1), slug="reservee")
        PageViewRestriction.objects.create(page=hidden, restriction_type="login")
        event("Brouillon", date(2026, 7, 1), slug="retire").unpublish()
        assert set(by_title(client)) == {"À venir", "Récente"}
        for slug in ("reservee", "retire"):
            assert client.get(f"/agenda/{slug}.ics").status_code == 404


def test_an_empty_calendar_is_a_calendar(client):
    assert not by_title(client)


def test_programs_that_follow_a_calendar_are_told_to_come_back_twice_a_day(client):
    found = calendar(client)
    assert found["refresh-interval"].dt == timedelta(hours=12)  # RFC 7986, 5.7
    assert found["refresh-interval"].params["value"] == "DURATION"


def test_the_feed_holds_what_staff_entered(client):
    glacis = District.objects.first()
    page = news("Titre avec & et <b>", date(2026, 3, 3))
    page.introduction, page.districts = "Un résumé avec & et <b>", [glacis]
    page.save_revision().publish()
    response = client.get("/actualites.atom")
    feed = feedparser.parse(response.content, response_headers={"content-type": response.headers["Content-Type"]})
    assert not feed.bozo
    assert (feed.version, feed.feed.language) == ("atom10", "fr")
    assert feed.feed.title == "Actualités – Régie des Quartiers de Belfort"
    assert feed.feed.author == "Régie des Quartiers de Belfort"  # RFC 4287, 4.1.1
    assert feed.feed.link == f"{settings.SITE_URL}/actualites/"
    (entry,) = feed.entries
    assert entry.title_detail.type == "text/plain"
    assert (entry.title, entry.link) == ("Titre avec & et <b>", f"{settings.SITE_URL}{page.url}")
    assert entry.summary == "Un résumé avec &amp; et &lt;b&gt;"  # HTML that reads as it was typed
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == datetime(2026, 3, 2, 23, tzinfo=UTC)  # midnight in Belfort
    assert [tag.term for tag in entry.tags] == ["Les Glacis"]
    assert entry.id == page.translation_key.urn


def test_the_feed_has_the_twenty_newest_and_keeps_an_entrys_name(client):
    pages = [news(f"Nouvelle {n}", date(2026, 1, 1) + timedelta(days=n)) for n in range(21)]
    pages[-1].slug = "autre-adresse"
    pages[-1].save_revision().publish()
    entries = feedparser.parse(client.get("/actualites.atom").content).entries
    assert [entry.title for entry in entries] == [f"Nouvelle {n}" for n in range(20, 0, -1)]
    assert entries[0].id == pages[-1].translation_key.urn
    assert entries[0].link.endswith("/autre-adresse/")


def test_there_is_no_feed_without_its_list(client):
    NewsIndexPage.objects.get().unpublish()
    assert client.get("/actualites.atom").status_code == 404
