"""The agenda by the date in Belfort: events to come, past events, changes, and their wording."""

from datetime import UTC, date, datetime, time
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import time_machine
from assertions import facts, leads_to, links, parse, words
from django.core.exceptions import ValidationError
from django.urls import reverse
from examples import event, fill_organisation, news

from pages.models import District, EventIndexPage, EventPage, Organisation, SitePage
from pages.search import index

pytestmark = pytest.mark.django_db

AGENDA, PAST = "/agenda/", "/agenda/?quand=passes"
DAY = date(2027, 1, 30)


def main(client, address):
    """Returns the text of a page without header and footer."""
    return parse(client.get(address)).main


def said(client, address):
    return words(main(client, address))


def titles(part, known):
    """Those of the `known` titles that links in a part of a page have, in their order."""
    return [title for title, _ in links(part) if title in known]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("fields", "last_moment", "first_past_moment"),
    [
        # an evening: past from the midnight after it
        ({"start_time": time(18), "end_time": time(20)}, datetime(2027, 1, 30, 22, 59, tzinfo=UTC), datetime(2027, 1, 30, 23, tzinfo=UTC)),
        # it ends at midnight: past from that midnight
        ({"start_time": time(18), "end_time": time(0)}, datetime(2027, 1, 30, 22, 59, tzinfo=UTC), datetime(2027, 1, 30, 23, tzinfo=UTC)),
        # into the night: past from the next midnight
        ({"start_time": time(22), "end_time": time(2)}, datetime(2027, 1, 31, 22, 59, tzinfo=UTC), datetime(2027, 1, 31, 23, tzinfo=UTC)),
        # without an end
        ({"start_time": time(18)}, datetime(2027, 1, 30, 22, 59, tzinfo=UTC), datetime(2027, 1, 30, 23, tzinfo=UTC)),
        # the whole day
        ({}, datetime(2027, 1, 30, 22, 59, tzinfo=UTC), datetime(2027, 1, 30, 23, tzinfo=UTC)),
        # two days
        ({"last_day": date(2027, 1, 31)}, datetime(2027, 1, 31, 22, 59, tzinfo=UTC), datetime(2027, 1, 31, 23, tzinfo=UTC)),
        (
            {"last_day": date(2027, 1, 31), "start_time": time(14), "end_time": time(0)},
            datetime(2027, 1, 31, 22, 59, tzinfo=UTC),
            datetime(2027, 1, 31, 23, tzinfo=UTC),
        ),
        # over the night in which summer time begins, and over the one in which it ends
        (
            {"first_day": date(2027, 3, 27), "last_day": date(2027, 3, 28)},
            datetime(2027, 3, 28, 21, 59, tzinfo=UTC),
            datetime(2027, 3, 28, 22, tzinfo=UTC),
        ),
        (
            {"first_day": date(2027, 10, 30), "start_time": time(23), "end_time": time(4)},
            datetime(2027, 10, 31, 22, 59, tzinfo=UTC),
            datetime(2027, 10, 31, 23, tzinfo=UTC),
        ),
    ],
)
def test_an_event_is_past_from_the_midnight_after_its_end(client, fields, last_moment, first_past_moment):
    page = event(**{"first_day": DAY} | fields)
    for moment, is_past in ((last_moment, False), (first_past_moment, True)):
        with time_machine.travel(moment, tick=False):
            assert (page in EventPage.coming()) is not is_past
            assert (page in EventPage.past()) is is_past
            assert page.is_over is is_past


def test_what_is_past_is_in_no_list_but_one_and_what_is_to_come_in_all(client):
    page = event(first_day=DAY, start_time=time(18))
    for moment, is_past in ((datetime(2027, 1, 30, 22, 59, tzinfo=UTC), False), (datetime(2027, 1, 30, 23, tzinfo=UTC), True)):
        with time_machine.travel(moment, tick=False):
            for address in (AGENDA, "/"):
                assert (page.url in dict(links(main(client, address))).values()) is not is_past
            assert (page.url in dict(links(main(client, PAST))).values()) is is_past
            menu = parse(client.get("/mentions-legales/")).header
            for part in (menu, main(client, "/vie-de-quartier/")):
                assert (AGENDA in dict(links(part)).values()) is not is_past
            assert ("Cet événement est passé." in said(client, page.url)) is is_past
            assert page.title in client.get("/agenda.ics").content.decode()  # a calendar that follows ours keeps it a while


def test_a_draft_that_nobody_checked_yet_can_be_kept():
    EventIndexPage.objects.get().add_child(instance=EventPage(title="Un brouillon", first_day=DAY, live=False))
    assert EventPage.objects.get().over_from == date(2027, 1, 31)


def test_a_past_event_leads_to_the_agenda_although_menus_leave_it_out(client):
    page = parse(client.get(event(first_day=date(2020, 1, 31)).url))
    assert ("Agenda", AGENDA) in links(page.main.select_one("nav"))
    assert ("Agenda", AGENDA) not in links(page.header)


def test_an_event_that_expires_keeps_the_day_from_which_it_is_over():
    page = event(first_day=DAY)
    SitePage.objects.get(pk=page.pk).unpublish(set_expired=True)  # without the fields of its type, as `run_due` does
    page.refresh_from_db()
    assert (page.live, page.over_from) == (False, date(2027, 1, 31))


def test_an_empty_agenda_leaves_menu_home_and_footer_but_answers(client):
    for address in ("/", "/vie-de-quartier/"):
        assert AGENDA not in client.get(address).content.decode()
    assert "Il n’y a pas d’événement à venir pour le moment." in said(client, AGENDA)
    assert "Il n’y a pas d’événement passé." in said(client, PAST)
    draft = event("Un brouillon")
    draft.unpublish()
    assert AGENDA not in client.get("/").content.decode()


def test_the_next_event_comes_first_and_whole_days_before_hours(client):
    for title, day, start in (
        ("Troisième", 12, time(14)),
        ("Deuxième", 12, time(9)),
        ("Première", 12, None),
        ("Avant", 11, time(20)),
        ("Cinquième", 13, None),
    ):
        event(title, date(2100, 1, day), start_time=start)
    in_order = ["Avant", "Première", "Deuxième", "Troisième", "Cinquième"]
    assert titles(main(client, AGENDA), in_order) == in_order
    assert titles(main(client, "/"), in_order) == in_order[:3]


def test_what_has_been_on_for_weeks_does_not_hide_what_begins_today(client):
    with time_machine.travel(datetime(2027, 1, 30, 12, tzinfo=UTC), tick=False):
        event("Demain", date(2027, 1, 31))
        event("Exposition", date(2027, 1, 2), last_day=date(2027, 2, 1))
        event("Aujourd’hui", date(2027, 1, 30), start_time=time(18))
        part = main(client, AGENDA)
    assert titles(part, {"Demain", "Exposition", "Aujourd’hui"}) == ["Aujourd’hui", "Exposition", "Demain"]
    assert words(part.select_one("time[datetime='2027-02-01']")) == "jusqu’au 1er février"
    assert "En ce moment" in words(part)


@pytest.mark.parametrize(
    ("fields", "beside"),
    [
        ({}, ""),
        ({"start_time": time(14)}, "À 14 h"),
        ({"last_day": date(2027, 2, 2)}, "Jusqu’au mardi 2 février"),
        ({"first_day": date(2026, 12, 31), "last_day": date(2027, 1, 1)}, "Jusqu’au vendredi 1er janvier 2027"),
        ({"first_day": date(2026, 12, 1), "last_day": date(2027, 2, 2)}, "En ce moment"),
    ],
)
def test_a_list_says_beside_the_day_what_there_is_to_say(fields, beside):
    with time_machine.travel(datetime(2026, 12, 15, 12, tzinfo=UTC), tick=False):
        assert event(**{"first_day": DAY} | fields).rest_of_plate == beside


@pytest.mark.postgresql
def test_only_the_next_event_is_lit(client, short_lists):
    for n in range(4):
        event(f"Numéro {n}", date(2100, 1, n + 1))
    event("Passée", date(2020, 1, 1))
    for address, count in ((AGENDA, 1), (f"{AGENDA}?page=2", 0), (PAST, 0)):
        lit = [bool(entry.select(".plate.lit")) for entry in main(client, address).select(".agenda > li")]
        assert lit[0] is bool(count)
        assert sum(lit) == count


def test_a_list_says_the_quartier_and_until_when_it_lasts(client):
    page = event("Une fête", date(2100, 1, 30), last_day=date(2100, 2, 1), place="La cour")
    page.districts = [District.objects.first()]
    page.save()
    other = event("Un repas", date(2100, 3, 1), place="La cour des Glacis, Les Glacis")
    other.districts = page.districts.all()
    other.save()
    assert main(client, AGENDA).select("ol.agenda li p")[-1].get_text().count("Les Glacis") == 1
    for address, where in ((AGENDA, ["La cour", "Les Glacis"]), ("/", ["La cour"])):
        lines = main(client, address).select_one("ol.agenda li p")
        assert [words(line) for line in lines.stripped_strings] == ["Jusqu’au lundi 1er février", *where]


def test_the_agenda_can_be_followed_which_a_copy_cannot(client):
    event()
    follow = "Suivre l’agenda dans votre calendrier, avec ses mises à jour"
    assert dict(links(main(client, AGENDA)))[follow] == "webcal://127.0.0.1:8000/agenda.ics"
    assert dict(links(main(client, f"{AGENDA}?quartier=les-glacis")))[follow] == "webcal://127.0.0.1:8000/agenda.ics?quartier=les-glacis"
    assert follow not in dict(links(main(client, PAST)))


def test_each_of_the_two_lists_leads_to_the_other_once_it_has_something(client):
    assert "Voir les événements passés" not in said(client, AGENDA)
    event("Passée", date(2020, 1, 1))
    assert leads_to(dict(links(main(client, AGENDA)))["Voir les événements passés"]) == leads_to(PAST)
    assert "à venir" not in said(client, PAST)
    event()
    back = dict(links(main(client, f"{PAST}&quartier=les-glacis")))["Voir les événements à venir"]
    assert leads_to(back) == leads_to(f"{AGENDA}?quartier=les-glacis")


def test_past_events_begin_with_the_latest(client):
    for year in (2019, 2021, 2020):
        event(f"Fête de {year}", date(year, 1, 1))
    in_order = ["Fête de 2021", "Fête de 2020", "Fête de 2019"]
    assert titles(main(client, PAST), in_order) == in_order


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({}, "Samedi 30 janvier 2027"),
        ({"start_time": time(14), "end_time": time(17)}, "Samedi 30 janvier 2027, de 14 h à 17 h"),
        ({"start_time": time(9, 30), "end_time": time(12)}, "Samedi 30 janvier 2027, de 9 h 30 à 12 h"),
        ({"start_time": time(18)}, "Samedi 30 janvier 2027, à 18 h"),
        ({"start_time": time(18, 5), "end_time": time(0)}, "Samedi 30 janvier 2027, de 18 h 05 à minuit"),
        ({"last_day": date(2027, 1, 31)}, "Du samedi 30 au dimanche 31 janvier 2027"),
        ({"last_day": date(2027, 2, 1)}, "Du samedi 30 janvier au lundi 1er février 2027"),
        ({"first_day": date(2026, 12, 31), "last_day": date(2027, 1, 1)}, "Du jeudi 31 décembre 2026 au vendredi 1er janvier 2027"),
        (
            {"last_day": date(2027, 1, 31), "start_time": time(14), "end_time": time(17)},
            "Du samedi 30 janvier à 14 h au dimanche 31 janvier 2027 à 17 h",
        ),
    ],
)
def test_days_and_times_are_said_as_in_french(client, fields, when):
    page = event(**{"first_day": DAY} | fields)
    assert page.when == when
    text = said(client, page.url)
    assert page.days in text
    assert page.hours.capitalize() in text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"last_day": date(2027, 1, 29)}, "last_day"),
        ({"end_time": time(17)}, "start_time"),
        ({"end_time": time(0)}, "start_time"),
        ({"start_time": time(17), "end_time": time(14)}, "end_time"),
        ({"start_time": time(17), "end_time": time(17)}, "end_time"),
        ({"start_time": time(17), "end_time": time(7)}, "end_time"),
        ({"is_free": True, "price": "2 €"}, "price"),
        ({"state": "moved"}, "place"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(fields, wrong):
    with pytest.raises(ValidationError) as refused:
        event(first_day=DAY, **fields)
    assert set(refused.value.message_dict) == {wrong}


@pytest.mark.parametrize(
    ("typed", "kept"), [("14:30", time(14, 30)), ("14h30", time(14, 30)), ("14h", time(14)), ("9 h", time(9)), ("0h", time(0))]
)
def test_staff_write_times_as_they_say_them(admin, typed, kept):
    address = reverse("wagtailadmin_pages:add", args=["pages", "eventpage", EventIndexPage.objects.get().pk])
    fields = {"title": "Une fête", "slug": "fete", "first_day": "30/01/2027", "start_time": typed, "state": ""}
    fields |= {"comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "body-count": "0", "action-publish": "1"}
    admin("Publication").post(address, fields)
    page = EventPage.objects.get()
    assert (page.start_time, page.live) == (kept, True)


def test_events_of_the_same_name_get_an_address_each(admin):
    address = reverse("wagtailadmin_pages:add", args=["pages", "eventpage", EventIndexPage.objects.get().pk])
    fields = {
        "title": "Un repas",
        "slug": "un-repas",
        "first_day": "30/01/2027",
        "state": "",
        "body-count": "0",
        "changes-count": "0",
        "action-publish": "1",
    }
    client = admin("Publication")
    for _ in range(3):
        assert client.post(address, fields).status_code == 302
    assert sorted(EventPage.objects.values_list("slug", flat=True)) == ["un-repas", "un-repas-2", "un-repas-3"]


@pytest.mark.postgresql
def test_a_day_that_was_not_typed_is_asked_for(admin):
    address = reverse("wagtailadmin_pages:add", args=["pages", "eventpage", EventIndexPage.objects.get().pk])
    fields = {
        "title": "Une fête",
        "slug": "fete",
        "last_day": "30/01/2027",
        "start_time": "14h",
        "state": "",
        "body-count": "0",
        "changes-count": "0",
    }
    response = admin("Publication").post(address, {**fields, "action-publish": "1"})
    assert set(response.context["form"].errors) == {"first_day"}


def test_an_evening_ends_before_dawn():
    assert event(first_day=DAY, start_time=time(21), end_time=time(6, 59)).over_from == date(2027, 2, 1)


def test_a_cancelled_event_stays_cancelled_once_it_is_past(client):
    page = event(first_day=date(2020, 1, 1), last_day=date(2020, 1, 3), state="cancelled")
    assert "Cet événement est annulé." in said(client, page.url)
    past = main(client, PAST)
    assert "En ce moment" not in words(past)
    assert past.select("time[datetime='2020-01-01']")


@pytest.mark.parametrize("year", [1, 1900, 9000, 9999])
@pytest.mark.parametrize("name", ["first_day", "last_day"])
def test_a_mistyped_year_is_refused(name, year):
    with pytest.raises(ValidationError, match=name):
        EventPage(**{"title": "Une fête", "first_day": DAY, name: date(year, 12, 31)}).clean()


def test_a_night_is_over_in_the_morning(client):
    with time_machine.travel(datetime(2027, 1, 30, 12, tzinfo=UTC), tick=False):
        event(first_day=date(2027, 1, 29), start_time=time(22), end_time=time(2))
        assert "En ce moment" not in said(client, AGENDA)


def test_a_quartier_that_is_named_is_not_deleted(admin):
    glacis, residences = District.objects.all()[:2]
    page = event("Une fête")
    page.districts = [glacis]
    page.save_revision().publish()
    client = admin("Publication")
    for district in (glacis, residences):
        response = client.post(reverse("wagtailsnippets_pages_district:delete", args=[district.pk]), follow=True)
        assert ("il est coché dans : « Une fête »" in words(parse(response))) is (district == glacis)
    bulk = reverse("wagtail_bulk_action", args=["pages", "district", "delete"])
    client.post(f"{bulk}?id={glacis.pk}&next=/admin/")
    assert set(District.objects.values_list("slug", flat=True)) == {"les-glacis", "le-montpepiniere", "belfort-nord"}


@pytest.mark.parametrize(
    ("state", "change", "mark"),
    [
        ("cancelled", "Cet événement est annulé.", "Annulé"),
        ("rescheduled", "Cet événement est reporté au mardi 5 janvier 2100.", "Reporté"),
        ("moved", "Nouveau lieu : La cour", "Déplacé"),
    ],
)
def test_a_change_is_said_first_on_the_page_and_in_lists(client, state, change, mark):
    page = event("Une fête", date(2100, 1, 5), state=state, place="La cour")
    part = main(client, page.url)
    assert words(part.select_one("h1 ~ .alert:has(~ .lede)")) == change
    for address in (AGENDA, "/"):
        assert f"{mark} Une fête" in dict(links(main(client, address)))
    index.refresh_all()
    assert f"{mark} : Une fête" in dict(links(main(client, "/recherche/?q=une+fete")))


def test_the_plate_of_a_cancelled_event_is_off(client):
    event("Une fête", date(2100, 1, 5), state="cancelled")
    event("Un repas", date(2100, 1, 6))
    assert [bool(entry.select(".plate.off")) for entry in main(client, AGENDA).select(".agenda > li")] == [True, False]


def test_what_is_not_known_of_an_event_leaves_no_hole(client):
    known = facts(main(client, event().url))
    assert set(known) & {"Pour qui", "Prix", "Inscription", "Accès pour les personnes handicapées"} == set()
    assert "Tous les quartiers" in known.values()


@pytest.mark.postgresql
@pytest.mark.parametrize(("make", "address"), [(event, AGENDA), (news, "/actualites/")])
def test_a_list_can_be_narrowed_to_a_quartier_which_keeps_what_is_of_all(client, make, address):
    glacis, residences = District.objects.all()[:2]
    for title, districts in (
        ("Aux Glacis", [glacis]),
        ("Aux deux", [glacis, residences]),
        ("Aux Résidences", [residences]),
        ("Partout", []),
    ):
        page = make(title)
        page.districts = districts
        page.save()
    part = main(client, f"{address}?quartier={glacis.slug}")
    assert sorted(titles(part, {"Aux Glacis", "Aux deux", "Aux Résidences", "Partout"})) == ["Aux Glacis", "Aux deux", "Partout"]
    (chosen,) = part.select("[aria-label='Choisir un quartier'] a[aria-current=true]")
    assert (words(chosen), leads_to(chosen["href"])) == ("Les Glacis", leads_to(f"{address}?quartier=les-glacis#liste"))


@pytest.mark.parametrize(("make", "address"), [(event, AGENDA), (news, "/actualites/")])
def test_lists_are_paged_and_a_page_that_is_not_there_leads_to_the_list(client, short_lists, make, address):
    for n in range(7):
        make(f"Numéro {n}")
    seen = []
    for page in (1, 2, 3):
        part = main(client, f"{address}?page={page}")
        assert f"Page {page} sur 3" in words(part)
        seen += [title for title, _ in links(part) if title.startswith("Numéro")]
    assert len(seen) == len(set(seen)) == 7
    assert not part.select("[rel=next]")
    narrowed = main(client, f"{address}?quartier=les-glacis").select_one("[rel=next]")["href"]
    assert leads_to(urljoin(address, narrowed))[:2] == (address, {"quartier": ["les-glacis"], "page": ["2"]})
    for nonsense in ("page=4", "page=0", "page=-1", "page=x", "page=", "page=1e9", "quartier=nulle-part", "quartier="):
        response = client.get(f"{address}?{nonsense}")
        assert (response.status_code, response.headers["location"]) == (302, address), nonsense
    assert client.get(f"{AGENDA}?quand=demain").status_code == 302


def test_the_title_of_a_list_says_what_it_shows(client, short_lists):
    for n in range(4):
        event(f"Numéro {n}")
    found = [words(parse(client.get(address)).title) for address in (AGENDA, PAST, f"{AGENDA}?page=2", f"{AGENDA}?quartier=les-glacis")]
    assert len(set(found)) == 4


def test_home_shows_three_of_each_and_the_way_to_the_rest(client):
    for n in range(4):
        event(f"Événement {n}", date(2100, 1, n + 1))
        news(f"Nouvelle {n}", date(2026, 1, n + 1))
    part = main(client, "/")
    assert [title[-1] for title, _ in links(part) if title.startswith("Événement")] == ["0", "1", "2"]
    assert [title[-1] for title, _ in links(part) if title.startswith("Nouvelle")] == ["3", "2", "1"]
    assert ("Voir tous les événements", AGENDA) in links(part)
    assert ("Lire toutes les actualités", "/actualites/") in links(part)
    assert len(part.select(".plate.lit")) == 1


def test_home_names_neither_when_there_is_nothing(client):
    assert not main(client, "/").select(".live")


def test_a_poster_has_the_address_as_a_code_and_what_one_has_to_know(client):
    Organisation.objects.update(phone="03 84 00 00 00")
    page = event(place="La cour", start_time=time(14), is_free=True, registration="Par téléphone")
    assert ("Imprimer l’affiche", "?affiche=simple") in links(main(client, page.url))
    poster = main(client, f"{page.url}?affiche=simple")
    assert poster.select("svg.qr")
    for said in (
        page.title,
        "samedi 10 avril",
        "À 14 h",
        "La cour",
        "Gratuit",
        "Par téléphone",
        "03 84 00 00 00",
        f"http://127.0.0.1:8000{page.url}",
    ):
        assert said in words(poster).replace("\u202f", " ").replace("\xa0", " "), said
    assert not poster.select(".strips")
    strips = main(client, f"{page.url}?affiche=languettes").select(".strips p")
    assert len(strips) > 5
    assert all("03 84 00 00 00" in words(strip).replace("\xa0", " ").replace("\u202f", " ") for strip in strips)
    Organisation.objects.update(phone="")
    strips = main(client, f"{page.url}?affiche=languettes").select(".strips p")
    assert {strip.b for strip in strips} == {None}  # the name is too long for large type


@pytest.mark.parametrize("title", ["Fête", "La fête des voisins", "Une fête au titre assez long pour trois lignes", "Une fête " * 10])
def test_the_title_of_a_poster_is_as_large_as_it_can_be(client, title):
    sizes = ["huge", "large", "medium", "small"]
    drawn = main(client, f"{event(title.strip()).url}?affiche=simple").h1["class"]
    assert sizes.index(*drawn) == [14, 28, 44, 1000].index(next(most for most in (14, 28, 44, 1000) if len(title.strip()) <= most))


def test_what_is_over_has_no_poster_and_no_other_kind_is_known(client):
    over, coming = event(first_day=date(2020, 1, 1)), event()
    for address in (f"{over.url}?affiche=simple", f"{coming.url}?affiche=tout"):
        assert not main(client, address).select(".strips, .sheet-head")
    assert "Imprimer l’affiche" not in said(client, over.url)


def test_staff_see_the_poster_before_they_publish():
    page = event()
    seen = {mode: page.make_preview_request(preview_mode=mode).content.decode() for mode, _ in page.preview_modes}
    assert list(seen) == ["", "simple", "languettes"]
    assert ["poster.css" in html for html in seen.values()] == [False, True, True]
    assert ["strips" in html for html in seen.values()] == [False, False, True]


def test_the_next_event_stands_beside_a_text_with_the_ways_to_ask(client):
    """From two things on."""
    page = news()
    assert not main(client, page.url).select(".beside")
    coming = event()
    beside = main(client, page.url).select_one(".beside")
    assert links(beside)[-1] == (coming.title, coming.url)
    coming.state = EventPage.State.CANCELLED
    coming.save()
    assert not main(client, page.url).select(".beside")
    Organisation.objects.update(phone="03 84 00 00 00")
    assert main(client, page.url).select(".beside a[href^='tel:']")


def test_the_next_two_events_stand_at_the_head_of_the_neighbourhood_page(client):
    assert "prochains événements" not in said(client, "/vie-de-quartier/")
    made = [event(f"Fête {n}", date(2100, 1, n)) for n in (1, 2, 3)]
    page = parse(client.get("/vie-de-quartier/")).main
    assert [address for _, address in links(page) if "/agenda/" in address][:2] == [made[0].url, made[1].url]
    assert made[2].url not in str(page)
    assert words(page).index("Fête 1") < words(page).index("Deux façons de participer")


def test_a_quartier_on_the_home_page_leads_to_its_events(client):
    glacis, residences = District.objects.all()[:2]
    assert "?quartier=" not in client.get("/").content.decode()
    for n, districts in enumerate([[glacis], [glacis, residences], []]):
        page = event(f"Fête {n}")
        page.districts = districts
        page.save()
    event("Passée", date(2020, 1, 31))
    shown = links(parse(client.get("/")).select_one(".quartiers ul"))
    assert [link for link in shown if "quartier=" in link[1]] == [
        ("Les Glacis 3 événements", "/agenda/?quartier=les-glacis#liste"),
        ("Les Résidences 2 événements", "/agenda/?quartier=les-residences#liste"),
        ("Le Mont/Pépinière 1 événement", "/agenda/?quartier=le-montpepiniere#liste"),
        ("Belfort Nord 1 événement", "/agenda/?quartier=belfort-nord#liste"),
    ]
    entries = parse(client.get("/agenda/?quartier=les-residences")).select(".agenda li")
    assert len(entries) == 2


@pytest.mark.parametrize(
    ("place", "asked"),
    [("Maison de quartier", "Maison de quartier 90000 Belfort"), ("Salle, 25000 Besançon", "Salle, 25000 Besançon")],
)
def test_the_place_of_an_event_is_looked_for_on_a_map(client, place, asked):
    fill_organisation()
    page = event(place=place)
    (address,) = [address for _, address in links(parse(client.get(page.url)).main) if "openstreetmap" in address]
    assert parse_qs(urlsplit(address).query) == {"query": [asked]}
    page.place = ""
    page.save()
    assert "openstreetmap" not in client.get(page.url).content.decode()


@pytest.mark.parametrize("address", [AGENDA, PAST, "/actualites/"])
def test_a_list_that_its_filter_leaves_empty_says_so_and_leads_back(client, address):
    glacis, others = District.objects.get(slug="les-glacis"), District.objects.exclude(slug="les-glacis").first()
    for page in (event(first_day=date(2100, 1, 30)), event(first_day=date(2020, 1, 30)), news()):
        page.districts.add(others)
        page.save()
    part = main(client, f"{address}{'&' if '?' in address else '?'}quartier={glacis.slug}")
    assert f"Rien pour « {glacis} » en ce moment." in words(part)
    back = [leads_to(link) for text, link in links(part.select_one(".listing")) if text == "Pour tous les quartiers"]
    assert back == [leads_to(f"{address}#liste")] * 2  # in the filter and below
