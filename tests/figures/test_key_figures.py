"""Key figures: typed once a year or counted since a year, unknown ones hidden, read by visitors and by machines."""

import csv
import json
import re
from contextlib import nullcontext
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from assertions import parse, words
from django.core.exceptions import ValidationError
from django.utils import timezone

from pages.figures import drawings
from pages.models import FigureValue, KeyFigure
from pages.text.validators import validate_year

pytestmark = pytest.mark.django_db

SHOWN_ON = ["/", "/qui-sommes-nous/", "/qui-sommes-nous/chiffres-cles/"]
FIGURES = "/qui-sommes-nous/chiffres-cles/"


@pytest.fixture
def employees():
    return KeyFigure.objects.get(label_plural="salariés")


def give(figure, *values):
    """Gives a figure its yearly values: (year, number) or (year, number, source)."""
    figure.values = [FigureValue(**dict(zip(("year", "number", "source"), value, strict=False))) for value in values]
    figure.save()
    return figure


def numbers(client, address):
    """The figures that a page shows large: label and number."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", client.get(address).content.decode(), re.S)
    return [(re.sub(r"<[^>]+>", " ", label), number) for label, number in found if number[0].isdigit()]


@pytest.mark.parametrize("address", SHOWN_ON)
def test_unknown_figures_are_hidden_and_never_shown_as_zero(client, address):
    assert [label for label, _ in numbers(client, address)] == ["ans d’expérience"]


@pytest.mark.parametrize("address", SHOWN_ON)
def test_the_newest_value_is_shown_with_its_year(client, employees, address):
    give(employees, (2024, 41), (2025, 1250), (2023, 39))
    assert numbers(client, address)[0] == ("salariés en 2025", "1\u202f250")


def test_one_is_singular(client, employees):
    give(employees, (2025, 1))
    assert numbers(client, "/")[0] == ("salarié en 2025", "1")


def test_a_figure_may_stay_off_the_home_page(client, employees):
    give(employees, (2025, 40))
    KeyFigure.objects.filter(pk=employees.pk).update(on_home=False)
    assert len(numbers(client, "/")) == 1
    assert len(numbers(client, FIGURES)) == 2


def test_without_any_known_figure_the_home_page_has_no_such_section(client):
    KeyFigure.objects.update(since_year=None)
    assert "Chiffres clés" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("instant", "years"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "36"),  # 23:59:59 in Belfort
        (datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC), "37"),  # midnight in Belfort
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "37"),  # the last second of the year in UTC
        (datetime(2027, 1, 1, 0, 0, 0, tzinfo=UTC), "37"),
    ],
)
@pytest.mark.parametrize("address", SHOWN_ON)
def test_experience_grows_at_midnight_in_belfort(client, address, instant, years):
    with time_machine.travel(instant, tick=False):
        assert numbers(client, address) == [("ans d’expérience", years)]


def test_a_year_to_count_from_that_has_just_begun_is_unknown(employees):
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC)):
        employees.since_year = 2026
        assert employees.number is None


def test_the_list_of_the_admin_says_what_visitors_read(employees):
    assert employees.shown() == "à compléter : caché aux visiteurs"
    give(employees, (2025, 47))
    assert employees.shown() == "47 (2025)"
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC)):
        assert KeyFigure(since_year=1990).shown() == "36 (depuis 1990)"
        assert KeyFigure(since_year=2026).shown() == "caché aux visiteurs"


@pytest.mark.parametrize(("year", "is_valid"), [(1899, False), (1900, True), (2026, True), (2027, False)])
def test_a_year_is_of_this_century_or_the_last_and_not_to_come(year, is_valid):
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC)), nullcontext() if is_valid else pytest.raises(ValidationError):
        validate_year(year)


def test_the_figures_page_has_a_table_of_all_values_with_their_sources(client, employees):
    give(employees, (2024, 41, "Rapport d’activité"), (2025, 47, "Bilan social"))
    rows = [[words(cell) for cell in row.select("th, td")] for row in parse(client.get(FIGURES)).select("tbody tr")]
    assert rows[:2] == [["2025", "47", "Bilan social"], ["2024", "41", "Rapport d’activité"]]


def test_two_values_draw_a_chart_and_one_does_not(client, employees):
    give(employees, (2025, 47))
    assert 'class="trend"' not in client.get(FIGURES).content.decode()
    give(employees, (2024, 41), (2025, 47))
    text = client.get(FIGURES).content.decode()
    assert 'aria-label="41 en 2024, 47 en 2025"' in text
    assert text.count("<text ") == 4
    assert "style=" not in text


def drawn(*numbers):
    return drawings.draw_trend([FigureValue(year=1986 + i, number=number) for i, number in enumerate(numbers)])


def test_a_tower_has_a_window_for_each_unit_from_the_ground_up():
    trend = drawn(2, 7)
    assert trend.one_pane == 1
    assert [roof for *_, roof in trend.towers] == [-14, -42]
    assert trend.panes == "M0 -14h20v14h-20z" + "M40 0v-28h30V0z" + "M40 -42h10v14h-10z"
    assert trend.view_box == "-1 -60 72 80"


@pytest.mark.parametrize(
    ("largest", "one_pane"), [(1, 1), (24, 1), (25, 2), (48, 2), (49, 5), (120, 5), (121, 10), (999_999_999, 50_000_000)]
)
def test_a_window_stands_for_as_few_as_fit_into_a_tower(largest, one_pane):
    trend = drawn(1, largest)
    assert trend.one_pane == one_pane
    assert -14 * drawings.MAX_ROWS <= trend.top < 0


def test_a_long_history_draws_its_last_years():
    trend = drawn(*range(1, 41))
    assert (len(trend.towers), trend.first, trend.towers[-1][0]) == (6, 2020, 2025)


def test_the_chart_says_what_one_window_is(client, employees):
    give(employees, (2024, 24), (2025, 20))
    assert words(parse(client.get(FIGURES)).figcaption).endswith("Une fenêtre = 1 salarié")
    give(employees, (2024, 24), (2025, 2000))
    assert words(parse(client.get(FIGURES)).figcaption).endswith("Une fenêtre = environ 100 salariés")


@pytest.mark.parametrize(
    ("number", "wall"),
    [
        (5, ("M0 0h50v14H0z", 120, 14)),
        (36, ("M0 0h120v42H0z", 120, 42)),
        (37, ("M0 0h120v42H0zM0 42h10v14H0z", 120, 56)),
    ],
)
def test_the_wall_has_one_window_a_year(number, wall):
    assert tuple(drawings.draw_wall(number).values()) == wall


def test_csv_holds_the_known_values(client, employees):
    give(employees, (2025, 47, "Bilan ; « social »"))
    response = client.get("/chiffres-cles.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=";"))
    assert [(row["identifiant"], row["annee"], row["nombre"], row["source"], row["compte_depuis"]) for row in rows] == [
        ("salaries", "2025", "47", "Bilan ; « social »", ""),
        ("ans-dexperience", str(timezone.localdate().year), rows[1]["nombre"], "", "1990"),
    ]


def test_a_cell_of_the_csv_never_runs_as_a_formula(client):
    KeyFigure.objects.update(explanation="=1+1")
    assert ";'=1+1;" in client.get("/chiffres-cles.csv").content.decode()


def test_json_holds_the_same_rows(client, employees):
    give(employees, (2024, 41), (2025, 47))
    response = client.get("/chiffres-cles.json")
    answer = json.loads(response.content)
    assert answer["organisation"] == "Régie des Quartiers de Belfort"
    assert [(row["identifiant"], row["annee"], row["nombre"], row["source"]) for row in answer["chiffres"][:2]] == [
        ("salaries", 2024, 41, None),
        ("salaries", 2025, 47, None),
    ]
    assert "é" in response.content.decode()
    assert response["Access-Control-Allow-Origin"] == "*"


def test_one_stands_for_one_in_the_smallest_tower_too():
    assert drawn(1, 10_000).panes.startswith("M0 -14h10v14h-10z")  # one window, though 1 of 10,000 is nearly nothing


def test_a_label_stands_under_the_middle_of_its_tower():
    assert [middle for _, _, middle, _ in drawn(2, 7, 5).towers] == ["15", "55", "95"]  # towers are 30 wide, 40 apart


@pytest.mark.parametrize(("since", "windows"), [(1990, 36), (1900, 0), (None, 0)])
def test_a_counted_figure_has_a_window_a_year_as_long_as_they_can_be_drawn(employees, since, windows):
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC)):
        if since is None:
            give(employees, (2025, 36))
        employees.since_year = since
        assert employees.number_of_windows == windows


def test_a_version_from_before_names_for_machines_keeps_the_name(employees):
    employees.slug, employees.label_plural = "", "personnes salariées"
    employees.save()
    assert employees.slug == "salaries"


def test_the_name_for_machines_outlives_the_label(employees):
    employees.label_plural = "personnes salariées"
    employees.save()
    assert employees.slug == "salaries"
    assert KeyFigure.objects.create(label_singular="salarié", label_plural="Salariés").slug == "salaries-2"


def test_a_single_figure_is_not_offered_as_a_file_and_has_its_number_in_its_heading(client):
    page = parse(client.get(FIGURES)).main
    assert page.select(".reuse") == []
    assert page.select("h2") == []  # it would repeat the number
    figure = KeyFigure.objects.get(slug="actions-de-formation")
    figure.values = [FigureValue(year=2025, number=1200)]
    figure.save()
    page = parse(client.get(FIGURES)).main
    assert len(page.select(".reuse a")) == 2
    assert words(page.select_one(".figures dt")).startswith("actions de formation en 2025")
    headings = [words(heading) for heading in page.select("h2")]
    assert headings[:2] == ["1 200 actions de formation", f"{timezone.localdate().year - 1990} ans d’expérience"]
