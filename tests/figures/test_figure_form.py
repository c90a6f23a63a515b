"""The form of key figures: values are stored, or refused in French beside the field, and nothing typed is lost."""

import pytest
from assertions import filled, links, parse, versions, words
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from pages.models import FigureValue, KeyFigure

pytestmark = pytest.mark.django_db

A_NUMBER = "Écrivez un nombre entier, en chiffres."
ONE_OR_MORE = "Écrivez un nombre entier, de 1 ou plus."
A_YEAR = "Écrivez une année entre 1900 et"


YEAR = timezone.localdate().year - 1


@pytest.fixture
def save(admin):
    """Saves the form of the employees' figure with these rows, (year, number) and more; the page that comes back, None if it was saved."""
    client = admin("Rédaction")

    def post(*rows, since_year=""):
        figure = KeyFigure.objects.get(slug="salaries")
        fields = {"label_singular": figure.label_singular, "label_plural": figure.label_plural, "since_year": since_year}
        stored = sum("id" in row for row in rows)
        rows = [{"source": "Une source", **row} for row in rows]
        data = nested_form_data({**fields, "explanation": "", "values": inline_formset(rows, initial=stored)})
        address = reverse("wagtailsnippets_pages_keyfigure:edit", args=[figure.pk])
        response = client.post(address, data | versions(client, address))
        assert response.status_code in {200, 302}
        return parse(response) if response.status_code == 200 else None

    return post


def typed(page, name):
    return [field["value"] for field in page.select(f"[name^=values-][name$=-{name}]") if "__prefix__" not in field["name"]]


def beside(page, field):
    """The message beside a field of the form."""
    return words(page.select_one(f"[id*='{field}-errors']"))


@pytest.mark.parametrize(
    ("year", "number", "field", "message"),
    [
        ("2025", "-3", "number", ONE_OR_MORE),
        ("2025", "0", "number", ONE_OR_MORE),
        ("2025", "une trentaine", "number", A_NUMBER),
        ("2025", "1.000", "number", A_NUMBER),
        ("1066", "30", "year", A_YEAR),
        ("2099", "30", "year", A_YEAR),
        ("l’an dernier", "30", "year", A_NUMBER),
    ],
)
def test_a_wrong_figure_is_refused_beside_its_field_and_nothing_typed_is_lost(save, year, number, field, message):
    page = save({"year": year, "number": number})
    assert message in beside(page, field)
    assert (typed(page, "year"), typed(page, "number"), typed(page, "source")) == ([year], [number], ["Une source"])
    assert not FigureValue.objects.exists()
    assert "salariés" not in words(parse(Client().get("/")).main)


def test_the_same_year_twice_is_refused_beside_the_year(save):
    page = save({"year": "2025", "number": "47"}, {"year": "2025", "number": "48"})
    assert "Il y a déjà une valeur pour 2025 : 47." in words(page.main)
    assert typed(page, "number") == ["47", "48"]
    assert not FigureValue.objects.exists()


def test_a_year_that_somebody_else_has_added_meanwhile_is_refused(save):
    FigureValue.objects.create(figure=KeyFigure.objects.get(slug="salaries"), year=2025, number=44)
    assert "Il y a déjà une valeur pour 2025 : 44." in words(save({"year": "2025", "number": "47"}).main)


def test_a_year_given_twice_is_refused_behind_a_row_that_is_deleted(save):
    figure = KeyFigure.objects.get(slug="salaries")
    FigureValue.objects.create(figure=figure, year=2024, number=41)
    row = {"id": str(figure.values.get().pk), "year": "2024", "number": "41", "DELETE": "1"}
    page = save(row, {"year": "2025", "number": "47"}, {"year": "2025", "number": "48"})
    assert "Il y a déjà une valeur pour 2025 : 47." in words(page.main)


def test_a_figure_whose_values_are_all_deleted_can_be_counted(save):
    figure = KeyFigure.objects.get(slug="salaries")
    FigureValue.objects.create(figure=figure, year=2024, number=41)
    row = {"id": str(figure.values.get().pk), "year": "2024", "number": "41", "DELETE": "1"}
    assert save(row, since_year="2000") is None
    assert KeyFigure.objects.get(slug="salaries").since_year == 2000


def test_a_figure_both_counted_and_typed_is_refused(save):
    page = save({"year": "2025", "number": "47"}, since_year="2000")
    assert "Ce chiffre a des valeurs par année." in words(page.main)
    assert typed(page, "number") == ["47"]
    assert not FigureValue.objects.exists()


@pytest.mark.postgresql
@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f"])
def test_spaces_in_a_large_number_are_understood(save, space):
    assert save({"year": "2025", "number": f"1{space}250"}) is None
    assert KeyFigure.objects.get(slug="salaries").number == 1250


def test_two_years_are_swapped_and_one_is_replaced(save):
    figure = KeyFigure.objects.get(slug="salaries")
    figure.values = [FigureValue(year=2024, number=41), FigureValue(year=2025, number=47)]
    figure.save()
    first, second = ({"id": str(value.pk), "number": str(value.number)} for value in figure.values.order_by("year"))
    assert save({**first, "year": "2025"}, {**second, "year": "2024"}) is None
    assert dict(figure.values.values_list("year", "number")) == {2024: 47, 2025: 41}
    assert save({**first, "year": "2025", "DELETE": "1"}, {**second, "year": "2024"}, {"year": "2025", "number": "50"}) is None
    assert dict(figure.values.values_list("year", "number")) == {2024: 47, 2025: 50}


def test_an_earlier_version_comes_back_with_its_values(save, client):
    for number in ("47", "74"):
        figure = KeyFigure.objects.get(slug="salaries")
        stored = [{"id": str(value.pk)} for value in figure.values.all()] or [{}]
        assert save({**stored[0], "year": "2025", "number": number}) is None
    earlier = figure.revisions.order_by("-created_at")[1]
    page = parse(client.get(reverse("wagtailsnippets_pages_keyfigure:revisions_revert", args=[figure.pk, earlier.pk])))
    assert typed(page, "number") == ["47"]
    assert save({**stored[0], "id": str(figure.values.get().pk), "year": "2025", "number": "47"}) is None
    assert KeyFigure.objects.get(slug="salaries").number == 47


@pytest.fixture
def employees():
    figure = KeyFigure.objects.get(slug="salaries")
    figure.values = [FigureValue(year=YEAR - 1, number=44, source="Bilan social"), FigureValue(year=YEAR - 2, number=40)]
    figure.save()
    return figure


def edit(figure):
    return reverse("wagtailsnippets_pages_keyfigure:edit", args=[figure.pk])


@pytest.mark.parametrize("group", ["Publication", "Rédaction"])
def test_the_form_begins_with_an_empty_row_for_last_year_and_leads_to_the_next_figure(admin, employees, group):
    client = admin(group)
    trainings, counted = KeyFigure.objects.exclude(pk=employees.pk)
    for figure, next_address in ((employees, edit(trainings)), (trainings, reverse("wagtailsnippets_pages_keyfigure:list"))):
        page = client.get(edit(figure))
        rows = [
            (words(row.select_one("[name$=-year]")["value"]), row.select_one("[name$=-number]"))
            for row in parse(page).select("[data-inline-panel-child]")
        ]
        assert rows[0][0] == str(YEAR)
        assert rows[0][1].has_attr("autofocus")
        assert not rows[0][1].get("value")
        name = rows[0][1]["name"]
        assert client.post(edit(figure), filled(page) | {name: "47"}).url == next_address
        assert figure.values.get(year=YEAR).number == 47
    assert KeyFigure.objects.get(slug="salaries").latest_revision.user.username == group.lower()
    assert [form.instance.year for form in client.get(edit(employees)).context["form"].formsets["values"]] == [YEAR, YEAR - 1, YEAR - 2]
    assert not client.get(edit(counted)).context["form"].formsets["values"].forms


def test_each_doubtful_number_is_asked_about(admin, employees):
    client = admin("Publication")
    rows = {"values-0-number": "440", "values-2-number": "8"}
    told = words(parse(client.post(edit(employees), filled(client.get(edit(employees))) | rows)).select_one(".messages"))
    assert f"440 en {YEAR - 1}, 40 en {YEAR - 2} : est-ce juste ? 8 en {YEAR}, 440 en {YEAR - 1} : est-ce juste ?" in told


def test_a_row_that_nobody_has_touched_is_left_out(admin, employees):
    client = admin("Publication")
    assert client.post(edit(employees), filled(client.get(edit(employees))) | {"explanation": "Au 31 décembre."}).status_code == 302
    assert KeyFigure.objects.get(slug="salaries").explanation == "Au 31 décembre."
    assert employees.values.count() == 2


@pytest.mark.parametrize(("number", "is_asked"), [("430", True), ("8", True), ("220", False), ("9", False), ("47", False)])
def test_a_number_far_from_that_of_the_year_before_is_asked_about_once(admin, employees, number, is_asked):
    client = admin("Publication")
    fields = filled(client.get(edit(employees))) | {"values-2-number": number}
    answer = client.post(edit(employees), fields)
    assert (answer.status_code == 200) is is_asked
    if is_asked:
        assert f"{number} en {YEAR}, 44 en {YEAR - 1} : est-ce juste ?" in words(parse(answer).select_one(".messages"))
        assert not employees.values.filter(year=YEAR).exists()
        assert filled(answer)["values-2-number"] == number
        address = parse(answer).select_one("button[formaction]")["formaction"]
        other = client.post(address, filled(answer) | {"values-2-number": "9000"})
        assert f"9000 en {YEAR}, 44 en {YEAR - 1} : est-ce juste ?" in words(parse(other).select_one(".messages"))
        assert client.post(address, filled(answer)).status_code == 302
    assert employees.values.get(year=YEAR).number == int(number)
    assert client.post(edit(employees), filled(client.get(edit(employees)))).status_code == 302  # what is stored is asked about no more


def test_the_history_shows_each_change_of_a_figure(admin, employees):
    client = admin("Publication")
    address = reverse("wagtailsnippets_pages_keyfigure:history", args=[employees.pk])
    before = len(parse(client.get(address)).select("main tbody tr"))
    for number in ("47", "48"):
        fields = filled(client.get(edit(employees)))
        row = next(name for name, value in fields.items() if name.endswith("-year") and value == str(YEAR)).replace("-year", "-number")
        assert client.post(edit(employees), fields | {row: number}).status_code == 302
    assert len(parse(client.get(address)).select("main tbody tr")) == before + 2


def test_the_first_screen_leads_to_the_figures_with_their_newest_number_and_year(admin, employees):
    client = admin("Rédaction")
    address = dict(links(parse(client.get("/admin/")).main))["Mettre à jour les chiffres"]
    assert f"44 ({YEAR - 1})" in words(parse(client.get(address)).main)
