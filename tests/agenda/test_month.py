"""The sheet of a month: what is on it, when there is one, and that it fits."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from assertions import links, parse, words
from django.urls import reverse
from django.utils import timezone
from examples import closed_offer, event, offer
from snapshot import pages_alone, windows

from pages.models import Organisation

pytestmark = pytest.mark.django_db

DECEMBER = "/agenda/?affiche=2026-12"


@pytest.fixture(autouse=True)
def end_of_november():
    with time_machine.travel(datetime(2026, 11, 28, 10, tzinfo=timezone.get_default_timezone()), tick=False):
        yield


def plain(thing):
    return words(thing).replace("\u202f", " ").replace("\xa0", " ")


def read_rows(client, address=DECEMBER):
    """The lines of each list of the sheet, by the heading above it."""
    lists = parse(client.get(address)).select(".month-words ul")
    headings = [plain(each.find_previous_sibling("h2") or "") for each in lists]
    return {heading: [plain(row) for row in each.select("li")] for heading, each in zip(headings, lists, strict=True)}


def weekly(title="Café des habitants", first=date(2026, 11, 3), until=date(2027, 3, 30), **fields):
    return event(title, first, **{"repeats": "weekly", "repeats_until": until, "start_time": time(14)} | fields)


def test_the_sheet_has_weekly_series_then_dates_then_offers_and_how_to_ask(client):
    Organisation.objects.update(phone="03 84 00 00 00")
    weekly(place="Salle des Glacis", cancelled_days=["2026-12-15"], end_time=time(16))
    event("Loto", date(2026, 12, 12), start_time=time(18), place="La cour", is_free=True)
    event("Atelier vélo", date(2026, 12, 12), start_time=time(9, 30), price="2 €", registration="Par téléphone")
    event("Hier", date(2026, 11, 27)), event("En janvier", date(2027, 1, 1))
    offer("Peintre"), closed_offer("Close")
    sheet = parse(client.get(DECEMBER))
    assert plain(sheet.h1) == "Décembre 2026"
    assert read_rows(client) == {
        "Chaque semaine": ["Mardi 14 h – 16 h Café des habitants, Salle des Glacis, sauf le 15"],
        "": ["Samedi 12 9 h 30 Atelier vélo, 2 €, sur inscription", "Samedi 12 18 h Loto, La cour, gratuit"],
        "Offres ouvertes le 28 novembre": ["Peintre, CDD d’insertion. Candidature possible jusqu’au 31 janvier 2100"],
    }
    foot = plain(sheet.select_one(".sheet-foot"))
    for said in ("Imprimé le 28 novembre. Un changement ? 03 84 00 00 00", "http://127.0.0.1:8000/agenda/"):
        assert said in foot
    assert sheet.select("svg.qr")
    assert sheet.select_one("meta[name=robots]")["content"] == "noindex"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first": date(2026, 12, 8)}, "Mardi 14 h Café des habitants, à partir du 8"),
        ({"until": date(2026, 12, 15)}, "Mardi 14 h Café des habitants, jusqu’au 15"),
        (
            {"repeats": "weekdays", "first": date(2026, 12, 7), "until": date(2026, 12, 18)},
            "Du lundi au vendredi 14 h Café des habitants, à partir du 7, jusqu’au 18",
        ),
        ({"repeats": "daily", "first": date(2026, 11, 20), "until": date(2026, 12, 31)}, "Tous les jours 14 h Café des habitants"),
        (
            {"repeats": "daily", "first": date(2026, 11, 20), "until": date(2026, 12, 28)},
            "Tous les jours 14 h Café des habitants, jusqu’au 28",
        ),
    ],
)
def test_a_series_is_one_line(client, fields, said):
    weekly(**fields)
    assert read_rows(client) == {"Chaque semaine": [said]}


def test_what_comes_less_often_is_said_date_by_date(client):
    weekly(repeats="fortnightly")
    weekly("Conseil", date(2026, 12, 3), date(2027, 12, 2), repeats="monthly", start_time=None)
    weekly("Presque fini", date(2026, 11, 4), date(2026, 12, 2))
    weekly("Presque tout annulé", date(2026, 11, 6), cancelled_days=["2026-12-04", "2026-12-11", "2026-12-18"])
    assert read_rows(client)[""] == [
        "Mardi 1er 14 h Café des habitants",
        "Mercredi 2 14 h Presque fini",
        "Jeudi 3 Conseil",
        "Mardi 15 14 h Café des habitants",
        "Vendredi 25 14 h Presque tout annulé",
        "Mardi 29 14 h Café des habitants",
    ]


def test_a_date_elsewhere_has_a_line_of_its_own_and_a_cancelled_event_says_so_first(client):
    series = weekly()
    event("Café à la mairie", date(2026, 12, 8), start_time=time(15), series=series, place="Mairie")
    event("Loto", date(2026, 12, 5), state="cancelled")
    event("Marché", date(2026, 11, 30), last_day=date(2026, 12, 2), start_time=time(9), end_time=time(18))
    assert read_rows(client) == {
        "Chaque semaine": ["Mardi 14 h Café des habitants, sauf le 8"],
        "": [
            "Du lundi 30 novembre à 9 h au mercredi 2 décembre à 18 h Marché",
            "Samedi 5 Annulé : Loto",
            "Mardi 8 15 h Café à la mairie, Mairie",
        ],
    }


def get_buttons(page):
    return [link for link in links(page) if link[0].startswith("Imprimer l’agenda")]


def test_this_month_and_the_next_can_be_printed_if_something_takes_place_in_them(client, admin):
    both = [("Imprimer l’agenda (novembre)", "2026-11"), ("Imprimer l’agenda (décembre)", "2026-12")]
    weekly("Tout annulé", date(2026, 12, 1), date(2026, 12, 15), cancelled_days=["2026-12-01", "2026-12-08", "2026-12-15"])
    event("En janvier", date(2027, 1, 1))
    staff, home = admin("Rédaction"), reverse("wagtailadmin_home")
    for shown in ([], both[1:], both):
        agenda = parse(client.get("/agenda/"))
        assert get_buttons(agenda) == [(label, f"?affiche={month}") for label, month in shown]
        assert get_buttons(parse(staff.get(home))) == [(label, f"/agenda/?affiche={month}") for label, month in shown]
        for _, month in both:
            has_sheet = bool(parse(client.get(f"/agenda/?affiche={month}")).select(".sheet"))
            assert has_sheet is (month in dict(shown).values())
        event("Loto", date(2026, 12, 5) if not shown else date(2026, 11, 30))
    for other in ("2026-10", "2027-01", "2026-13", "simple", "décembre"):
        assert not parse(client.get(f"/agenda/?affiche={other}")).select(".sheet")
    assert get_buttons(parse(client.get("/agenda/?quand=passes"))) == []


def test_a_private_event_and_a_closed_offer_are_on_no_sheet(client):
    event("Loto", date(2026, 12, 5))
    hidden = event("Réunion privée", date(2026, 12, 6))
    hidden.view_restrictions.create(restriction_type="login")
    offer("Peintre").view_restrictions.create(restriction_type="login")
    assert read_rows(client) == {"": ["Samedi 5 Loto"]}


CUT = "e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1"
TITLES = ("Loto", "Café vélo", "Repas partagé", "Atelier numérique", "Sortie au marché de Noël")


@pytest.mark.browser
@pytest.mark.parametrize(("number", "size", "whole"), [(1, 18, True), (12, 14, True), (40, 12, True), (90, 12, False)])
def test_the_sheet_is_one_page_and_says_if_there_is_more(browser, number, size, whole):
    Organisation.objects.update(phone="03 84 00 00 00")
    for n in range(number):
        fields = {"place": "Maison de quartier", "start_time": time(9 + n % 9)}
        event(TITLES[n % 5], date(2026, 12, 1) + timedelta(days=n % 31), **fields if number < 90 else fields | {"is_free": True})
    with windows(browser, pages_alone([DECEMBER])) as open_window:
        page = open_window(900)
        page.goto(DECEMBER)
        page.evaluate("document.fonts.ready")
        page.emulate_media(media="print")
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
        assert page.locator(".month-words").evaluate(CUT) is page.locator(".sheet").evaluate(CUT) is False
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.month-words')).fontSize) * .75") == pytest.approx(
            size, rel=0.01
        )
        millimetre = page.locator(".sheet").bounding_box()["width"] / 210
        assert page.locator(".qr").bounding_box()["width"] >= 30 * millimetre
        assert page.get_by_text("et d’autres dates sur le site").count() == (not whole)
        shown = page.locator(".month-words li").count()
        assert shown == number if whole else 30 < shown < number


@pytest.mark.browser
@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [2, 6, 10, 16, 24, 34, 60])
def test_long_texts_are_never_cut_on_the_sheet(browser, number):
    place = "Salle polyvalente des Résidences, 12 bis rue de l’Exemple, 90000 Belfort"
    for n in range(number):
        title = " ".join(TITLES[: 1 + n % 4])
        event(title, date(2026, 12, 1) + timedelta(days=n % 31), start_time=time(9), end_time=time(17, 30), place=place[: 20 + n % 53])
    for n in range(number % 6):
        offer("Agente ou agent de propreté urbaine et de médiation " * (1 + n % 2))
    with windows(browser, pages_alone([DECEMBER])) as open_window:
        page = open_window(900)
        page.goto(DECEMBER)
        page.evaluate("document.fonts.ready")
        page.emulate_media(media="print")
        assert page.locator(".month-words").evaluate(CUT) is False
