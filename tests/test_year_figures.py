"""« Les chiffres de l’année »: all figures of a year on one screen, and one save."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from reading import filled, links, parse, words

from pages.models import FigureValue, KeyFigure

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SCREEN = reverse("year_figures")
YEAR = timezone.localdate().year - 1


@pytest.fixture
def employees():
    figure = KeyFigure.objects.get(slug="salaries")
    figure.values = [FigureValue(year=YEAR - 1, number=44, source="Bilan social")]
    figure.save()
    return figure


def number(slug, year=YEAR):
    value = KeyFigure.objects.get(slug=slug).values.filter(year=year).first()
    return value and value.number


def pk(slug):
    return KeyFigure.objects.get(slug=slug).pk


TRAININGS = "actions-de-formation"


@pytest.mark.parametrize("group", ["Publication", "Rédaction"])
def test_all_figures_are_written_with_one_save(admin, employees, group):
    client = admin(group)
    page = parse(client.get(SCREEN))
    assert f"En {YEAR - 1} : 44 (Bilan social)" in words(page.main)
    assert "années d’expérience" not in words(page.main).lower()  # it is counted
    typed = {f"number_{employees.pk}": "1 047", f"source_{employees.pk}": "Bilan", f"number_{pk(TRAININGS)}": "12"}
    answer = client.post(SCREEN, filled(client.get(SCREEN)) | typed, follow=True)
    assert f"2 chiffres de {YEAR} enregistrés." in words(parse(answer).select_one(".messages"))
    assert (number("salaries"), number(TRAININGS), number("salaries", YEAR - 1)) == (1047, 12, 44)
    assert KeyFigure.objects.get(slug="salaries").values.get(year=YEAR).source == "Bilan"
    assert KeyFigure.objects.get(slug="salaries").latest_revision.user.username == group.lower()
    text = words(parse(Client().get("/qui-sommes-nous/chiffres-cles/")).main)
    assert "1 047" in text.replace("\u202f", " ")


def test_each_typed_figure_is_there(admin):
    fields = admin("Publication").get(SCREEN).context["form"].fields
    assert {name for name in fields if name.startswith("number_")} == {
        f"number_{each.pk}" for each in KeyFigure.objects.filter(since_year=None)
    }


def test_another_year_is_chosen_and_a_number_taken_away(admin, employees):
    client = admin("Publication")
    address = dict(links(parse(client.get(SCREEN))))[str(YEAR - 1)]
    fields = filled(client.get(f"{SCREEN}{address}"))
    assert fields[f"number_{employees.pk}"] == "44"
    client.post(f"{SCREEN}{address}", fields | {f"number_{employees.pk}": "", f"source_{employees.pk}": ""})
    assert number("salaries", YEAR - 1) is None


@pytest.mark.parametrize("year", ["1066", "", "x", "99999999999999999999"])
def test_an_odd_year_in_the_address_is_last_year(admin, year):
    assert f"Les chiffres de {YEAR}" in words(parse(admin("Publication").get(f"{SCREEN}?annee={year}")))


@pytest.mark.parametrize(
    ("typed", "message"), [("douze", "Écrivez un nombre entier"), ("0", "de 1 ou plus"), ("-4", "de 1 ou plus"), ("", "videz la source")]
)
def test_a_wrong_number_is_refused_in_french_and_all_that_was_typed_stays(admin, employees, typed, message):
    client = admin("Publication")
    more = {f"number_{employees.pk}": typed, f"source_{employees.pk}": "Bilan", f"number_{pk(TRAININGS)}": "12"}
    answer = client.post(SCREEN, filled(client.get(SCREEN)) | more)
    assert message in words(parse(answer).main)
    assert filled(answer)[f"number_{pk(TRAININGS)}"] == "12"
    assert number(TRAININGS) is None


def test_two_people_at_once_lose_nothing(admin, employees):
    lea = admin("Publication")
    paul = Client()
    user = User.objects.create_user("paul")
    user.groups.add(Group.objects.get(name="Rédaction"))
    paul.force_login(user)
    hers, his = filled(lea.get(SCREEN)), filled(paul.get(SCREEN))
    lea.post(SCREEN, hers | {f"number_{employees.pk}": "47"})
    # Another figure than hers is saved at once.
    answer = paul.post(SCREEN, his | {f"number_{pk(TRAININGS)}": "12"})
    assert (answer.status_code, number("salaries"), number(TRAININGS)) == (302, 47, 12)
    refused = paul.post(SCREEN, his | {f"number_{employees.pk}": "48"})
    assert "publication a enregistré « 47 »" in words(parse(refused).main)
    assert (filled(refused)[f"number_{employees.pk}"], number("salaries")) == ("48", 47)
    assert paul.post(SCREEN, filled(refused)).status_code == 302
    assert number("salaries") == 48


def test_it_is_reached_from_the_first_screen_and_from_the_list(admin):
    client = admin("Rédaction")
    for address in ("/admin/", reverse("wagtailsnippets_pages_keyfigure:list")):
        assert SCREEN in [to for _, to in links(parse(client.get(address)).main)]


def test_who_may_not_change_figures_does_not_enter(client):
    client.force_login(User.objects.create_user("lecteur"))
    assert client.get(SCREEN).status_code == 302
