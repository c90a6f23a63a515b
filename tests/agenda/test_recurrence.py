"""Events that repeat: their dates, what changes on one of them, and how visitors, calendars and staff see them."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from assertions import filled, parse, queries, words
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.urls import reverse
from examples import event
from icalendar import Calendar

from pages.agenda.recurrence import get_days
from pages.models import EventDate, EventIndexPage, EventPage
from pages.search import index

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)  # a Monday
TUESDAYS = {
    "first_day": date(2027, 3, 2),
    "start_time": time(14),
    "end_time": time(16),
    "repeats": "weekly",
    "repeats_until": date(2027, 6, 30),
}


@pytest.fixture(autouse=True)
def in_march():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def copy_of(page, day, **fields):
    """The published page of one date of a series, at another hour or place."""
    once = {"repeats": "", "repeats_until": None, "first_day": day, "series": page, "place": page.place}
    return event(**{"title": page.title, "start_time": page.start_time, "end_time": page.end_time} | once | fields)


def series(title="Café des habitants", **fields):
    return event(**{"title": title} | TUESDAYS | fields)


def main(client, address):
    return words(parse(client.get(address)).main)


@pytest.mark.parametrize(
    ("rhythm", "first", "until", "days"),
    [
        ("weekly", date(2027, 3, 2), date(2027, 3, 16), ["03-02", "03-09", "03-16"]),
        ("fortnightly", date(2027, 3, 2), date(2027, 4, 1), ["03-02", "03-16", "03-30"]),
        ("monthly", date(2027, 3, 2), date(2027, 5, 31), ["03-02", "04-06", "05-04"]),
        ("monthly", date(2027, 3, 30), date(2027, 5, 31), ["03-30", "04-27", "05-25"]),  # the fifth Tuesday is the last one
        ("weekdays", date(2027, 3, 4), date(2027, 3, 9), ["03-04", "03-05", "03-08", "03-09"]),
        ("daily", date(2027, 3, 5), date(2027, 3, 8), ["03-05", "03-06", "03-07", "03-08"]),
        ("weekly", date(2027, 10, 26), date(2027, 11, 2), ["10-26", "11-02"]),  # over a change of the clocks
    ],
)
def test_the_days_of_a_rhythm(rhythm, first, until, days):
    assert [f"{day:%m-%d}" for day in get_days(rhythm, first, until)] == days


@pytest.mark.parametrize(
    ("fields", "wrong", "said"),
    [
        ({"repeats_until": None}, "repeats_until", "jusqu’à quel jour"),
        ({"repeats_until": date(2028, 3, 3)}, "repeats_until", "2 mars 2028"),
        ({"repeats_until": date(2027, 3, 8)}, "repeats_until", "une date"),
        ({"repeats_until": date(2027, 2, 1)}, "repeats_until", "une date"),
        ({"repeats": "daily"}, "repeats_until", "30 avril 2027"),  # the sixtieth
        ({"repeats": "weekdays", "first_day": date(2027, 3, 6)}, "first_day", "samedi"),
        ({"last_day": date(2027, 3, 3)}, "last_day", "un jour"),
        ({"repeats": ""}, "repeats", "comment"),
        ({"state": "rescheduled"}, "state", "une de ses dates"),
    ],
)
def test_what_is_no_rhythm_is_refused_beside_its_field_with_what_to_do(fields, wrong, said):
    with pytest.raises(ValidationError) as refused:
        series(**fields)
    assert set(refused.value.message_dict) == {wrong}
    assert said in refused.value.message_dict[wrong][0]


def test_sixty_dates_and_a_year_are_allowed():
    assert len(series("Un", repeats="daily", repeats_until=date(2027, 4, 30)).get_dates()) == 60
    assert len(series("Deux", repeats_until=date(2028, 3, 2)).get_dates()) == 53


def test_visitors_see_a_series_once_with_its_next_date(client, in_march):
    page = series(place="Place Rabin")
    for _ in range(2):
        for address in ("/", "/agenda/", "/vie-de-quartier/"):
            entries = parse(client.get(address)).main.select(".agenda > li")
            assert [words(entry.a) for entry in entries] == ["Café des habitants"], address
            assert "De 14 h à 16 h, tous les mardis jusqu’au 30 juin" in words(entries[0])
            assert entries[0].time["datetime"] == f"{page.next_date.first_day}"
        in_march.move_to(datetime(2027, 3, 3, 12, tzinfo=UTC))  # the first is past
    assert page.next_date.first_day == date(2027, 3, 9)
    index.refresh_all()
    found = main(client, "/recherche/?q=habitants")
    assert found.count("Café des habitants") == 1
    assert "Tous les mardis de 14 h à 16 h, jusqu’au 30 juin. Prochaine date : mardi 9 mars 2027, de 14 h à 16 h" in found
    text = main(client, page.url)
    assert "Prochaine date : mardi 9 mars 2027, de 14 h à 16 h" in text
    assert "17 dates à venir" in text
    assert text.count("Mardi 2 mars") == 0


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "tous les mardis jusqu’au 30 juin"),
        ({"repeats": "fortnightly"}, "un mardi sur deux jusqu’au 30 juin"),
        ({"repeats": "monthly"}, "le premier mardi du mois jusqu’au 30 juin"),
        ({"repeats": "monthly", "first_day": date(2027, 3, 31)}, "le dernier mercredi du mois jusqu’au 30 juin"),
        ({"repeats": "weekdays", "repeats_until": date(2027, 4, 1)}, "du lundi au vendredi jusqu’au 1er avril"),
        ({"repeats": "daily", "repeats_until": date(2027, 4, 1)}, "tous les jours jusqu’au 1er avril"),
        ({"repeats_until": date(2028, 1, 31)}, "tous les mardis jusqu’au 31 janvier 2028"),
    ],
)
def test_a_rhythm_in_words(fields, text):
    assert series(**fields, start_time=None, end_time=None).rhythm == text


def test_a_series_stands_among_the_others_by_its_next_date(client, in_march):
    in_march.move_to(datetime(2027, 3, 10, 12, tzinfo=UTC))
    series()  # its next date is the 16th
    series("Le seul reste est annulé", repeats_until=date(2027, 3, 16), cancelled_days=["2027-03-16"])
    event("Avant", date(2027, 3, 15))
    event("Après", date(2027, 3, 17))
    coming = [page.title for page in EventPage.coming()]
    assert coming[-4:] == ["Avant", "Café des habitants", "Le seul reste est annulé", "Après"]
    entry = next(entry for entry in parse(client.get("/agenda/")).main.select(".agenda > li") if "seul reste" in words(entry))
    assert words(entry.a) == "Annulé Le seul reste est annulé"
    assert entry.select(".plate.off")


def test_a_series_is_past_after_its_last_date(client, in_march):
    page = series(repeats_until=date(2027, 3, 16))
    assert page.over_from == date(2027, 3, 17)
    for moment, is_past in ((datetime(2027, 3, 16, 22, 59, tzinfo=UTC), False), (datetime(2027, 3, 16, 23, tzinfo=UTC), True)):
        in_march.move_to(moment)
        assert [(page in EventPage.coming()), (page in EventPage.past())] == [not is_past, is_past]
        assert ("Cet événement est passé." in main(client, page.url)) is is_past
    assert "Prochaine date" not in main(client, page.url)
    index.refresh_all()
    found = main(client, "/recherche/?q=cafe")
    assert "Tous les mardis de 14 h à 16 h, jusqu’au 16 mars (passé)" in found
    assert "Café des habitants" in main(client, "/agenda/?quand=passes")


def test_one_date_is_cancelled_or_has_a_page_of_its_own(client):
    page = series(place="Place Rabin", cancelled_days=["2027-03-02", "2027-06-29"])
    made = copy_of(page, date(2027, 3, 9), start_time=time(15), end_time=None, place="La cour")
    parsed = parse(client.get(page.url)).main
    alerts = parsed.select(".alert")
    assert [words(alert) for alert in alerts] == ["Mardi 2 mars 2027 : annulé.", "Mardi 9 mars 2027 : à 15 h, La cour"]
    assert alerts[1].a["href"] == made.url
    text = words(parsed)
    assert "Prochaine date : mardi 16 mars 2027, de 14 h à 16 h" in text
    assert "Tous les mardis de 14 h à 16 h, jusqu’au 30 juin, sauf le 2 mars, le 9 mars et le 29 juin" in text
    assert [words(day) for day in parsed.select("li s")] == ["Mardi 2 mars 2027", "Mardi 29 juin 2027"]
    assert [words(link) for link in parsed.select("h2 ~ ul a, details ul a")] == ["Mardi 9 mars 2027 : à 15 h, La cour"]
    assert "16 dates à venir" in text
    entries = parse(client.get("/agenda/")).main.select(".agenda > li")
    assert [entry.time["datetime"] for entry in entries] == ["2027-03-09", "2027-03-16"]
    assert "À 15 h" in words(entries[0])
    assert "La cour" in words(entries[0])
    poster = words(parse(client.get(f"{page.url}?affiche=simple")).main)
    assert "Mardi 9 mars 2027 : à 15 h, La cour" in poster


def test_a_date_with_a_published_page_is_never_called_cancelled(client):
    page = series(cancelled_days=["2027-03-09"])
    made = copy_of(page, date(2027, 3, 9), start_time=time(15))
    for is_live, said in ((True, "Mardi 9 mars 2027 : de 15 h à 16 h"), (False, "Mardi 9 mars 2027 : annulé")):
        if not is_live:
            made.unpublish()
        assert said in main(client, page.url)
        assert ("annulé" in main(client, page.url)) is not is_live


def test_a_series_whose_other_dates_have_pages_of_their_own_leaves_the_lists(client):
    page = series(repeats_until=date(2027, 3, 9))
    for day in (2, 9):
        copy_of(page, date(2027, 3, day), start_time=time(15))
    assert page not in EventPage.coming()
    assert [entry.time["datetime"] for entry in parse(client.get("/agenda/")).main.select(".agenda > li")] == ["2027-03-02", "2027-03-09"]


def test_all_dates_are_cancelled_at_once(client):
    page = series(state="cancelled")
    assert "Cet événement est annulé." in main(client, page.url)
    found = calendar(client, f"/agenda/{page.slug}.ics")
    assert {str(item["status"]) for item in found} == {"CANCELLED"}
    assert len(found) == 18


def calendar(client, address="/agenda.ics"):
    return Calendar.from_ical(client.get(address).content).walk("VEVENT")


def test_calendars_hold_each_date(client):
    page = series(cancelled_days=["2027-03-09"])
    event("Un repas", date(2027, 3, 5))
    before = [str(item["uid"]) for item in calendar(client, f"/agenda/{page.slug}.ics")]
    assert before[0] == str(page.translation_key)  # as before it repeated
    copy_of(page, date(2027, 3, 16), start_time=time(15))
    for address in ("/agenda.ics", f"/agenda/{page.slug}.ics"):
        found = [item for item in calendar(client, address) if "Café" in item["summary"]]
        assert [str(item["uid"]) for item in found] == before
        assert [(str(item["dtstart"].dt.replace(tzinfo=None)), str(item["status"])) for item in found[:3]] == [
            ("2027-03-02 14:00:00", "CONFIRMED"),
            ("2027-03-09 14:00:00", "CANCELLED"),
            ("2027-03-16 15:00:00", "CONFIRMED"),
        ]
    assert [str(item["summary"]) for item in calendar(client)].count("Un repas") == 1


def test_the_calendar_keeps_dates_of_the_last_month_only(client, in_march):
    series()
    in_march.move_to(datetime(2027, 5, 1, 12, tzinfo=UTC))
    assert min(item["dtstart"].dt.date() for item in calendar(client)) == date(2027, 4, 6)


def test_the_dates_of_a_series_are_stored_when_it_is_published_only():
    page = series()
    assert EventDate.objects.count() == 18
    page.repeats_until = date(2027, 3, 16)
    revision = page.save_revision()
    assert EventDate.objects.count() == 18
    revision.publish()
    assert EventDate.objects.count() == 3
    page = EventPage.objects.get()
    page.repeats, page.repeats_until = "", None
    page.save_revision().publish()
    assert (EventDate.objects.count(), EventPage.objects.get().over_from) == (0, date(2027, 3, 3))


def test_staff_cancel_a_date_and_are_told_which_are_dropped_with_another_rhythm(admin):
    page = series(repeats_until=date(2027, 3, 16))
    staff, address = admin("Publication"), reverse("wagtailadmin_pages:edit", args=[page.pk])
    fields = filled(staff.get(address)) | {"body-count": "0", "cancelled_days": ["2027-03-09", "2027-03-16"], "action-publish": "1"}
    assert staff.post(address, fields).status_code == 302
    page.refresh_from_db()
    assert [date.takes_place for date in page.get_dates()] == [True, False, False]
    fields = filled(staff.get(address)) | {"body-count": "0", "repeats_until": "09/03/2027", "action-publish": "1"}
    fields["cancelled_days"] = ["2027-03-09", "2027-03-16"]  # as the script sends it
    del fields["action-publish"]
    assert staff.post(address, fields, headers={"Accept": "application/json"}).status_code == 200  # autosaves say nothing
    opened = staff.get(address)
    assert "est retiré pour" not in words(parse(opened))
    fields |= {"action-publish": "1"} | {name: value for name, value in filled(opened).items() if "revision" in name}
    answer = staff.post(address, fields, follow=True)
    assert "« N’a pas lieu » est retiré pour le 16 mars." in words(parse(answer).select_one(".messages"))
    page.refresh_from_db()
    assert page.cancelled_days == ["2027-03-09"]
    refused = staff.post(address, filled(staff.get(address)) | {"body-count": "0", "cancelled_days": ["demain"], "action-publish": "1"})
    assert "Ces dates ne peuvent pas être lues." in words(parse(refused).main)


def test_the_dates_are_shown_before_they_are_saved(admin):
    staff, page = admin("Rédaction"), series(repeats_until=date(2027, 4, 6))
    copy_of(page, date(2027, 3, 16), start_time=time(15))

    def ask(**fields):
        known = {"first_day": "02/03/2027", "repeats": "weekly", "repeats_until": "13 avril 2027", "page": page.pk}
        return parse(staff.get(reverse("event_dates"), known | fields))

    rows = ask(cancelled_days=["2027-03-09"]).select("li")
    assert [words(row.span) for row in rows[:2]] == ["Mardi 2 mars 2027", "Mardi 9 mars 2027"]
    assert [row.input["value"] for row in rows if row.input.has_attr("checked")] == ["2027-03-09"]
    said = [words(row).partition("N’a pas lieu")[2].strip() for row in rows]
    assert said == ["Autre heure ou autre lieu"] * 2 + ["Sa page : de 15 h à 16 h"] + ["Autre heure ou autre lieu"] * 3 + [
        ""
    ]  # the last is not saved
    assert "60 au plus" in words(ask(repeats="daily", repeats_until="31/12/2027"))
    for far in ("31/12/9999", "01/01/0001"):
        assert words(ask(first_day=far, repeats_until=far)) == ""
    for empty in ({"first_day": ""}, {"repeats": ""}, {"repeats_until": "demain"}, {"repeats": "yearly"}):
        assert words(ask(**empty)) == ""
    form = staff.get(reverse("wagtailadmin_pages:add", args=["pages", "eventpage", EventIndexPage.objects.get().pk]))
    assert parse(form).select_one("[data-event-dates]")["data-event-dates"] == reverse("event_dates")


def test_one_click_makes_the_page_of_a_date_and_opens_it_again_later(admin, client):
    page = series(place="Place Rabin", cancelled_days=["2027-03-09"])
    staff = admin("Publication")
    address = reverse("replace_date", args=[page.pk, "2027-03-09"])
    assert staff.get(address).status_code == 405
    opened = staff.post(address).url
    made = page.replacements.get()
    assert opened == f"{reverse('wagtailadmin_pages:edit', args=[made.pk])}#id_start_time"
    assert (made.live, made.first_day, made.repeats, made.cancelled_days, made.place) == (False, date(2027, 3, 9), "", [], "Place Rabin")
    assert staff.post(address).url == opened
    assert page.replacements.count() == 1
    assert staff.post(reverse("replace_date", args=[page.pk, "2027-03-10"])).status_code == 404
    assert staff.post(f"/admin/pages/{'9' * 40}/date/2027-03-09/").status_code == 404
    client.force_login(User.objects.create_user("somebody"))
    assert client.post(reverse("replace_date", args=[page.pk, "2027-03-16"])).status_code == 302
    assert page.replacements.count() == 1


def test_a_copy_of_a_series_is_as_long_and_has_none_of_its_changes(admin):
    page = series(cancelled_days=["2027-03-09"])
    staff = admin("Publication")
    address = reverse("duplicate_for_date", args=[page.pk])
    key = parse(staff.get(address)).select_one("[name=form_key]")["value"]
    staff.post(address, {"day": "7 septembre 2027", "form_key": key})
    made = EventPage.objects.exclude(pk=page.pk).get()
    assert (made.first_day, made.repeats_until - made.first_day) == (date(2027, 9, 7), page.repeats_until - page.first_day)
    assert (made.repeats, made.cancelled_days, made.series) == ("weekly", [], None)


def test_the_next_date_is_told_to_search_engines(client, in_march):
    page = series()
    in_march.move_to(datetime(2027, 3, 10, 12, tzinfo=UTC))
    script = parse(client.get(page.url)).select_one("script[type='application/ld+json']")
    assert '"startDate": "2027-03-16T14:00:00+01:00"' in script.string.replace('":"', '": "')


@pytest.mark.parametrize("address", ["/", "/agenda/", "/agenda.ics"])
def test_series_ask_no_more_than_other_events(client, address):
    event("Un repas", date(2027, 3, 5))
    before = queries(client, address)
    for n in range(5):
        series(f"Série {n}")
    assert len(queries(client, address)) == len(before)


def test_the_poster_says_the_rhythm(client):
    text = words(parse(client.get(f"{series().url}?affiche=simple")).main)
    assert "dès le mardi 2 mars" in text
    assert "Tous les mardis de 14 h à 16 h, jusqu’au 30 juin" in text


def test_a_place_for_all_dates_hides_no_cancellation_of_one(client):
    page = series(state="moved", place="La cour", cancelled_days=["2027-03-02"])
    found = calendar(client, f"/agenda/{page.slug}.ics")
    assert [str(item["status"]) for item in found[:2]] == ["CANCELLED", "CONFIRMED"]
    assert words(parse(client.get("/agenda/")).main.select_one(".agenda > li a")) == "Déplacé Café des habitants"


def test_a_series_that_is_cancelled_announces_no_date(client):
    text = main(client, series(state="cancelled").url)
    assert "Cet événement est annulé." in text
    assert "Prochaine date" not in text
    assert "à venir" not in text


def test_a_past_series_is_not_called_cancelled_for_its_last_date(client, in_march):
    series(repeats_until=date(2027, 3, 16), cancelled_days=["2027-03-16"])
    in_march.move_to(datetime(2027, 4, 1, 12, tzinfo=UTC))
    assert words(parse(client.get("/agenda/?quand=passes")).main.select_one(".agenda > li a")) == "Café des habitants"


def test_what_takes_place_on_none_of_its_dates_is_no_next_event(client):
    days = ("2027-03-02", "2027-03-09")
    page = series(repeats_until=date(2027, 3, 9), cancelled_days=list(days))
    assert page in EventPage.coming()
    assert page not in EventPage.taking_place()
    assert event("Un repas", date(2027, 5, 1)) in EventPage.taking_place()
