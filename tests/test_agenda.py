"""The agenda by the date in Belfort: what is to come, what is past, what has changed, and how it is said."""

import re
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from examples import event, news

from pages import search_index
from pages.models import District, EventIndexPage, EventPage

pytestmark = pytest.mark.django_db

AGENDA, PAST = "/agenda/", "/agenda/?quand=passes"
DAY = date(2027, 1, 30)


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def main(client, address):
    text = text_of(client.get(address))
    return text[text.index("<main") : text.index("</main")]


@pytest.mark.parametrize(
    ("fields", "last_moment", "first_past_moment"),
    [
        # an evening: past from the midnight after it
        ({"start_time": time(18), "end_time": time(20)}, datetime(2027, 1, 30, 22, 59, tzinfo=UTC), datetime(2027, 1, 30, 23, tzinfo=UTC)),
        # it ends at midnight: past from that midnight
        ({"start_time": time(18), "end_time": time(0)}, datetime(2027, 1, 30, 22, 59, tzinfo=UTC), datetime(2027, 1, 30, 23, tzinfo=UTC)),
        # into the night: past from the next midnight
        ({"start_time": time(22), "end_time": time(2)}, datetime(2027, 1, 31, 22, 59, tzinfo=UTC), datetime(2027, 1, 31, 23, tzinfo=UTC)),
        # nobody knows when it ends
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
    link = f'href="{page.url}"'
    for moment, is_past in ((last_moment, False), (first_past_moment, True)):
        with time_machine.travel(moment, tick=False):
            assert (link in main(client, AGENDA)) is not is_past
            assert (link in main(client, PAST)) is is_past
            assert (link in main(client, "/")) is not is_past
            header = text_of(client.get("/mentions-legales/")).partition("<main")[0]
            assert ('href="/agenda/"' in header) is not is_past
            assert ('href="/agenda/"' in main(client, "/vie-de-quartier/")) is not is_past
            assert ("Cet événement est passé." in main(client, page.url)) is is_past
            assert (page.title in client.get("/agenda.ics").content.decode()) is True  # a calendar that follows ours keeps it a while


def test_a_draft_that_nobody_checked_yet_can_be_kept():
    EventIndexPage.objects.get().add_child(instance=EventPage(title="Un brouillon", first_day=DAY, live=False))
    assert EventPage.objects.get().past_from == date(2027, 1, 31)


def test_an_empty_agenda_leaves_menu_home_and_footer_but_answers(client):
    for address in ("/", "/vie-de-quartier/"):
        assert "/agenda/" not in text_of(client.get(address))
    assert "Aucun événement n’est annoncé pour le moment." in main(client, AGENDA)
    assert "Aucun événement passé n’est publié." in main(client, PAST)
    draft = event("Un brouillon")
    draft.unpublish()
    assert "/agenda/" not in text_of(client.get("/"))


def test_the_next_event_comes_first_and_whole_days_before_hours(client):
    for title, day, start in (
        ("Troisième", 12, time(14)),
        ("Deuxième", 12, time(9)),
        ("Première", 12, None),
        ("Avant", 11, time(20)),
        ("Cinquième", 13, None),
    ):
        event(title, date(2100, 1, day), start_time=start)
    found = re.findall(r"(Avant|Première|Deuxième|Troisième|Cinquième)</a>", main(client, AGENDA))
    assert found == ["Avant", "Première", "Deuxième", "Troisième", "Cinquième"]
    assert re.findall(r"(Avant|Première|Deuxième|Troisième|Cinquième)</a>", main(client, "/")) == found[:3]


def test_what_has_been_on_for_weeks_does_not_hide_what_begins_today(client):
    with time_machine.travel(datetime(2027, 1, 30, 12, tzinfo=UTC), tick=False):
        event("Demain", date(2027, 1, 31))
        event("Exposition", date(2027, 1, 2), last_day=date(2027, 2, 1))
        event("Aujourd’hui", date(2027, 1, 30), start_time=time(18))
        text = main(client, AGENDA)
    assert re.findall(r"(Demain|Exposition|Aujourd’hui)</a>", text) == ["Aujourd’hui", "Exposition", "Demain"]
    assert 'datetime="2027-02-01">jusqu’au <b>1er</b> février</time>' in text
    assert "En ce moment" in text


def test_a_list_says_the_quartier_and_until_when_it_lasts(client):
    page = event("Une fête", date(2100, 1, 30), last_day=date(2100, 2, 1), place="La cour")
    page.districts = [District.objects.first()]
    page.save()
    assert "<p>Jusqu’au lundi 1er février<br>La cour, Les Glacis</p>" in main(client, AGENDA)
    assert "<p>Jusqu’au lundi 1er février<br>La cour</p>" in main(client, "/")


def test_the_agenda_can_be_followed_which_a_copy_cannot(client):
    event()
    assert 'href="webcal://127.0.0.1:8000/agenda.ics"' in main(client, AGENDA)
    assert 'href="webcal://127.0.0.1:8000/agenda.ics?quartier=les-glacis"' in main(client, f"{AGENDA}?quartier=les-glacis")
    assert "webcal" not in main(client, PAST)


def test_each_of_the_two_lists_leads_to_the_other_once_it_has_something(client):
    assert "quand=passes" not in main(client, AGENDA)
    event("Passée", date(2020, 1, 1))
    assert f'<a href="{AGENDA}?quand=passes">Voir les événements passés</a>' in main(client, AGENDA)
    assert "à venir" not in main(client, PAST)
    event()
    assert f'<a href="{AGENDA}?quartier=les-glacis">Voir les événements à venir</a>' in main(client, f"{PAST}&quartier=les-glacis")


def test_past_events_begin_with_the_latest(client):
    for year in (2019, 2021, 2020):
        event(f"Fête de {year}", date(year, 1, 1))
    assert re.findall(r"Fête de (\d+)</a>", main(client, PAST)) == ["2021", "2020", "2019"]


@pytest.mark.parametrize(
    ("fields", "said"),
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
def test_days_and_times_are_said_as_in_french(client, fields, said):
    page = event(**{"first_day": DAY} | fields)
    assert page.when == said
    assert page.days in main(client, page.url)
    assert page.hours.capitalize() in main(client, page.url)


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
    fields = {"title": "Un repas", "slug": "un-repas", "first_day": "30/01/2027", "state": "", "body-count": "0", "action-publish": "1"}
    client = admin("Publication")
    for _ in range(3):
        assert client.post(address, fields).status_code == 302
    assert sorted(EventPage.objects.values_list("slug", flat=True)) == ["un-repas", "un-repas-2", "un-repas-3"]


def test_an_evening_ends_before_dawn():
    assert event(first_day=DAY, start_time=time(21), end_time=time(6, 59)).past_from == date(2027, 2, 1)


def test_a_cancelled_event_stays_cancelled_once_it_is_past(client):
    page = event(first_day=date(2020, 1, 1), last_day=date(2020, 1, 3), state="cancelled")
    assert "Cet événement est annulé." in main(client, page.url)
    assert "En ce moment" not in main(client, PAST)
    assert 'datetime="2020-01-01"' in main(client, PAST)


@pytest.mark.parametrize("year", [1, 1900, 9000, 9999])
@pytest.mark.parametrize("name", ["first_day", "last_day"])
def test_a_mistyped_year_is_refused(name, year):
    with pytest.raises(ValidationError, match=name):
        EventPage(**{"title": "Une fête", "first_day": DAY, name: date(year, 12, 31)}).clean()


def test_a_night_is_over_in_the_morning(client):
    with time_machine.travel(datetime(2027, 1, 30, 12, tzinfo=UTC), tick=False):
        event(first_day=date(2027, 1, 29), start_time=time(22), end_time=time(2))
        assert "En ce moment" not in main(client, AGENDA)


def test_a_quartier_that_is_named_is_not_deleted(admin):
    glacis, residences = District.objects.all()[:2]
    page = event("Une fête")
    page.districts = [glacis]
    page.save_revision().publish()
    client = admin("Publication")
    for district in (glacis, residences):
        response = client.post(reverse("wagtailsnippets_pages_district:delete", args=[district.pk]), follow=True)
        assert ("« Une fête » le nomme" in text_of(response).replace("\u00a0", " ")) is (district == glacis)
    bulk = reverse("wagtail_bulk_action", args=["pages", "district", "delete"])
    client.post(f"{bulk}?id={glacis.pk}&next=/admin/")
    assert set(District.objects.values_list("slug", flat=True)) == {"les-glacis", "le-montpepiniere", "belfort-nord"}


@pytest.mark.parametrize(
    ("state", "said", "mark"),
    [
        ("cancelled", "Cet événement est annulé.", "Annulé"),
        ("rescheduled", "Cet événement est reporté au mardi 5 janvier 2100.", "Reporté"),
        ("moved", "Nouveau lieu : La cour", "Déplacé"),
    ],
)
def test_a_change_is_said_first_on_the_page_and_in_lists(client, state, said, mark):
    page = event("Une fête", date(2100, 1, 5), state=state, place="La cour")
    text = main(client, page.url)
    assert text.index("<h1") < text.index(said) < text.index('class="lede"')
    for address in (AGENDA, "/"):
        assert f'<b class="mark">{mark}</b> Une fête</a>' in main(client, address)
    search_index.refresh_all()
    assert f"{mark} : Une fête</a>" in main(client, "/recherche/?q=une+fete")


def test_what_is_not_known_of_an_event_leaves_no_hole(client):
    text = main(client, event().url)
    for label in ("Où", "Pour qui", "Prix", "Sur inscription", "Accès"):
        assert f"<dt>{label}" not in text
    assert "Tous les quartiers" in text


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
    text = main(client, f"{address}?quartier={glacis.slug}")
    assert sorted(re.findall(r"(Aux Glacis|Aux deux|Aux Résidences|Partout)</a>", text)) == ["Aux Glacis", "Aux deux", "Partout"]
    assert f'<a href="{address}?quartier=les-glacis#liste" aria-current="true">Les Glacis</a>' in text


@pytest.mark.parametrize(("make", "address"), [(event, AGENDA), (news, "/actualites/")])
def test_lists_are_paged_and_a_page_that_is_not_there_leads_to_the_list(client, make, address):
    for n in range(41):
        make(f"Numéro {n}")
    seen = []
    for page in (1, 2, 3):
        text = main(client, f"{address}?page={page}")
        assert f"Page {page} sur 3" in text
        seen += re.findall(r"(Numéro \d+)</a>", text)
    assert len(seen) == len(set(seen)) == 41
    assert 'rel="next"' not in text
    assert "page=2" in main(client, f"{address}?quartier=les-glacis")
    assert 'quartier=les-glacis&amp;page=2"' in main(client, f"{address}?quartier=les-glacis")
    for nonsense in ("page=4", "page=0", "page=-1", "page=x", "page=", "page=1e9", "quartier=nulle-part", "quartier="):
        response = client.get(f"{address}?{nonsense}")
        assert (response.status_code, response.headers["location"]) == (302, address), nonsense
    assert client.get(f"{AGENDA}?quand=demain").status_code == 302


def test_the_title_of_a_list_says_what_it_shows(client):
    for n in range(21):
        event(f"Numéro {n}")
    titles = [
        re.search(r"<title>(.*?)</title>", text_of(client.get(address)))[1]
        for address in (AGENDA, PAST, f"{AGENDA}?page=2", f"{AGENDA}?quartier=les-glacis")
    ]
    assert len(set(titles)) == 4


def test_home_shows_three_of_each_and_the_way_to_the_rest(client):
    for n in range(4):
        event(f"Événement {n}", date(2100, 1, n + 1))
        news(f"Nouvelle {n}", date(2026, 1, n + 1))
    text = main(client, "/")
    assert re.findall(r"Événement (\d)</a>", text) == ["0", "1", "2"]
    assert re.findall(r"Nouvelle (\d)</a>", text) == ["3", "2", "1"]
    assert '<a class="go" href="/agenda/">Voir tous les événements</a>' in text
    assert '<a class="go" href="/actualites/">Lire toutes les actualités</a>' in text
    assert text.count('class="plate lit"') == 1


def test_home_names_neither_when_there_is_nothing(client):
    text = main(client, "/")
    assert 'class="live"' not in text


def test_a_poster_has_the_address_as_a_code_and_what_one_has_to_know(client):
    page = event(place="La cour", start_time=time(14))
    text = text_of(client.get(page.url))
    assert 'class="poster"' in text
    assert re.search(r'<svg[^>]* class="qr"', text)
    assert f"http://127.0.0.1:8000{page.url}" in text[text.index("scan") :]
