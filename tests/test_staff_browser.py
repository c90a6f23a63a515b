"""Staff at work in a real browser, and what a visitor then sees: on both databases, as these tests write."""

import re

import pytest
from playwright.sync_api import expect

from pages.models import EventIndexPage, EventPage, FigureValue, HistoryPage, JobOfferPage, KeyFigure, NewsPage
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.writes, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

FIGURE_PAGES = ["/", "/qui-sommes-nous/", "/qui-sommes-nous/chiffres-cles/"]
HISTORY = "/qui-sommes-nous/histoire/"
A_NUMBER = "Écrivez un nombre entier, en chiffres."
ONE_OR_MORE = "Écrivez un nombre entier, de 1 ou plus."


@pytest.fixture
def as_member(page, live_site, staff):
    """The admin's first screen, for a member of the named group who logs in; no request may leave the site."""
    strangers = []
    page.set_default_timeout(10_000)
    page.on("request", lambda request: None if request.url.startswith((live_site, "data:", "blob:")) else strangers.append(request.url))

    def log_in(group):
        page.goto(f"{live_site}/admin/")
        page.locator("[name=username]").fill(staff(group).username)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="S'identifier").click()
        expect(page.get_by_role("heading", name="À compléter")).to_be_visible()
        return page

    yield log_in
    assert strangers == []


@pytest.fixture
def visit(browser, live_site):
    """What a visitor who opens a page for the first time reads there."""

    def read(address):
        context = browser.new_context()
        visitor = context.new_page()
        visitor.goto(live_site + address)
        text = visitor.locator("main").inner_text()
        context.close()
        return re.sub(r"\s+", " ", text)

    return read


def open_employees(page):
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Chiffres clés").click()
    page.get_by_role("link", name="salariés", exact=True).click()


def add_value(page, year, number, source=""):
    page.get_by_role("button", name="Ajouter un(e) valeur").click()
    for name, words in (("year", year), ("number", number), ("source", source)):
        page.locator(f"[name^=values-][name$=-{name}]").last.fill(words)


def typed(page, name):
    return [field.input_value() for field in page.locator(f"[name^=values-][name$=-{name}]").all() if field.is_visible()]


def save(page):
    page.get_by_role("button", name="Enregistrer").click()


def test_a_writer_enters_a_figure_and_visitors_see_it_at_the_next_load(as_member, visit):
    page = as_member("Rédaction")
    open_employees(page)
    add_value(page, "2025", "47", "Bilan social")
    save(page)
    page.wait_for_url(re.compile("keyfigure/$"))
    for address in FIGURE_PAGES:
        assert re.search(r"salariés en 2025 47|47 salariés en 2025", visit(address)), address
    assert "Bilan social" in visit("/qui-sommes-nous/chiffres-cles/")


@pytest.mark.parametrize(
    ("year", "number", "message"),
    [
        ("2025", "-3", ONE_OR_MORE),
        ("2025", "0", ONE_OR_MORE),
        ("2025", "une trentaine", A_NUMBER),
        ("2025", "1.000", A_NUMBER),
        ("1066", "30", "Écrivez une année entre 1900 et"),
        ("2099", "30", "Écrivez une année entre 1900 et"),
        ("l’an dernier", "30", A_NUMBER),
    ],
)
def test_a_wrong_figure_is_refused_in_french_and_nothing_typed_is_lost(as_member, visit, year, number, message):
    page = as_member("Rédaction")
    open_employees(page)
    add_value(page, year, number, "Une source")
    save(page)
    expect(page.get_by_text(message)).to_be_visible()
    assert (typed(page, "year"), typed(page, "number"), typed(page, "source")) == ([year], [number], ["Une source"])
    assert "salariés" not in visit("/")


def test_the_same_year_twice_is_refused_beside_the_year(as_member, visit):
    page = as_member("Rédaction")
    open_employees(page)
    add_value(page, "2025", "47")
    add_value(page, "2025", "48")
    save(page)
    expect(page.get_by_text("Il y a déjà une valeur pour 2025 : 47.")).to_be_visible()
    assert typed(page, "number") == ["47", "48"]
    assert "salariés" not in visit("/")


def test_a_figure_both_counted_and_typed_is_refused(as_member, visit):
    page = as_member("Rédaction")
    open_employees(page)
    add_value(page, "2025", "47")
    page.get_by_label("Compter depuis l’année").fill("2000")
    save(page)
    expect(page.get_by_text("Ce chiffre a des valeurs par année.")).to_be_visible()
    assert typed(page, "number") == ["47"]


def test_spaces_in_a_large_number_are_understood(as_member, visit):
    page = as_member("Rédaction")
    open_employees(page)
    add_value(page, "2025", "1 250")
    save(page)
    page.wait_for_url(re.compile("keyfigure/$"))
    assert KeyFigure.objects.get(slug="salaries").number == 1250


def test_two_years_are_swapped_and_one_is_replaced(as_member):
    figure = KeyFigure.objects.get(slug="salaries")
    figure.values = [FigureValue(year=2024, number=41), FigureValue(year=2025, number=47)]
    figure.save()
    page = as_member("Rédaction")
    open_employees(page)
    page.locator("[name=values-0-year]").fill("2024")
    page.locator("[name=values-1-year]").fill("2025")
    save(page)
    page.wait_for_url(re.compile("keyfigure/$"))
    assert dict(figure.values.values_list("year", "number")) == {2024: 47, 2025: 41}
    open_employees(page)
    page.get_by_role("button", name="Supprimer").first.click()
    add_value(page, "2025", "50")
    save(page)
    page.wait_for_url(re.compile("keyfigure/$"))
    assert dict(figure.values.values_list("year", "number")) == {2024: 47, 2025: 50}


def test_a_figure_goes_back_to_what_it_was(as_member, visit):
    page = as_member("Rédaction")
    for number in ("47", "74"):
        open_employees(page)
        if number == "47":
            add_value(page, "2025", number)
        else:
            page.locator("[name=values-0-number]").fill(number)
        save(page)
        page.wait_for_url(re.compile("keyfigure/$"))
    assert "74" in visit("/")
    open_employees(page)
    page.goto(page.url.replace("/edit/", "/history/"))
    open_version(page, 1)
    expect(page.locator("[name=values-0-number]")).to_have_value("47")
    page.get_by_role("button", name=re.compile("Remplacer|Enregistrer")).click()
    page.wait_for_url(re.compile("keyfigure/$"))
    assert "47" in visit("/")
    assert "74" not in visit("/")


def test_a_page_is_edited_previewed_published_and_taken_back(as_member, visit):
    page = as_member("Publication")
    edit = f"/admin/pages/{HistoryPage.objects.get().pk}/"
    page.goto(page.url.replace("/admin/", f"{edit}edit/"))
    before = visit(HISTORY)
    page.get_by_role("textbox", name="Introduction").fill("Une introduction toute neuve.")
    page.get_by_role("button", name="Afficher/masquer la prévisualisation").click()
    expect(page.frame_locator("iframe.w-preview__iframe").first.get_by_text("Une introduction toute neuve.")).to_be_visible()
    assert visit(HISTORY) == before
    publish(page)
    assert "Une introduction toute neuve." in visit(HISTORY)
    assert "Une introduction toute neuve." in visit("/qui-sommes-nous/")

    page.goto(page.url.split("/admin/")[0] + f"{edit}history/")
    open_version(page, -1)
    publish(page)
    assert visit(HISTORY) == before


def open_version(page, place):
    """Opens an earlier version from the history, the newest being at place 0."""
    page.get_by_role("main").get_by_role("button", name="Actions").nth(place).click()
    page.get_by_role("link", name="Passer en revue cette version").click()


def publish(page):
    page.get_by_role("button", name=re.compile("^Publier")).first.click()
    expect(page.get_by_text(re.compile("publiée?"))).not_to_have_count(0)
    page.wait_for_load_state()


def test_a_time_and_a_date_stay_as_they_were_typed_until_the_server_reads_them(as_member, visit):
    page = as_member("Publication")
    agenda = EventIndexPage.objects.get()
    page.goto(f"{page.url.split('/admin/')[0]}/admin/pages/add/pages/eventpage/{agenda.pk}/")
    page.get_by_role("textbox", name="Titre").fill("Repas partagé")
    for name, words in (("first_day", "31/02/2100"), ("start_time", "14h30"), ("end_time", "minuit")):
        field = page.locator(f"[name={name}]")
        field.click()
        page.keyboard.type(words)
        page.keyboard.press("Tab")
        expect(field).to_have_value(words)
    page.keyboard.press("Escape")
    publish = page.get_by_role("button", name="Publier")
    publish.click()
    expect(page.get_by_text("Saisissez une date valide")).to_be_visible()
    expect(page.get_by_text("Saisissez une heure valide")).to_be_visible()
    page.locator("[name=first_day]").fill("28/02/2100")
    page.locator("[name=end_time]").fill("0h")
    page.keyboard.press("Escape")
    publish.click()
    expect(page.get_by_role("link", name="Visualiser la version publiée")).to_be_visible()
    assert "Dimanche 28 février 2100 De 14 h 30 à minuit" in visit("/agenda/repas-partage/")


@pytest.mark.parametrize("model", [EventPage, NewsPage, JobOfferPage], ids=lambda model: model.__name__)
def test_publishing_while_an_autosave_is_unanswered_makes_one_page(as_member, live_site, model):
    page = as_member("Publication")
    saved = []

    def hold_back(route):
        """Lets an autosave reach the server, and its answer never come back."""
        if route.request.method == "POST" and route.request.headers.get("accept") == "application/json":
            saved.append(route.fetch().json()["success"])
        else:
            route.continue_()

    parent = model.allowed_parent_page_models()[0].objects.get()
    page.route("**/pages/add/**", hold_back)
    page.goto(f"{live_site}/admin/pages/add/pages/{model._meta.model_name}/{parent.pk}/")
    for name in {"first_day", "last_day"} & {field.name for field in model._meta.fields if not field.blank}:
        page.locator(f"[name={name}]").fill("01/05/2100")
        page.keyboard.press("Escape")
    if model is JobOfferPage:
        page.locator("[name=contract]").select_option("cdi")
    title = page.locator("[name=title]")
    title.press_sequentially("Une fête")
    for n in range(100):  # Wagtail looks for changes from two seconds after the form was opened, and saves when typing pauses
        if True not in saved:
            title.press_sequentially("." if n % 30 == 0 else "")
            page.wait_for_timeout(100)
    title.fill("Une fête de quartier")
    page.get_by_role("button", name="Publier").first.dblclick()
    page.wait_for_url(f"{live_site}/admin/pages/{parent.pk}/")
    assert True in saved
    assert list(model.objects.values_list("title", "live")) == [("Une fête de quartier", True)]
