"""What every visitor is owed, in a real browser: access for all, no script, no cookie, no other host."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pages.models import FigureValue, KeyFigure, Organisation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

ABOUT = "/qui-sommes-nous/"
PAGES = [
    "/",
    ABOUT,
    *(f"{ABOUT}{part}/" for part in ("histoire", "chiffres-cles", "vocation", "forces", "mission", "reseau")),
    "/pas-de-page/",
]


@pytest.fixture(autouse=True)
def everything_filled():
    """What staff have to fill in, filled: more on the page is harder to get right."""
    organisation = Organisation.get()
    organisation.phone, organisation.email = "03 84 00 00 00", "contact@example.org"
    organisation.address, organisation.opening_hours = "1 rue de l’Exemple\n90000 Belfort", "Du lundi au vendredi"
    organisation.save()
    figure = KeyFigure.objects.get(slug="salaries")
    figure.values = [FigureValue(year=year, number=year - 1990, source="Bilan social") for year in range(2018, 2026)]
    figure.save()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "light"), (360, "dark")])
def test_axe_finds_nothing(browser, live_site, width, scheme):
    page = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    for address in PAGES:
        page.goto(live_site + address)
        found = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in Axe().run(page).response["violations"]]
        assert found == [], address
    page.context.close()


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_no_page_scrolls_sideways(browser, live_site, width):
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    for address in PAGES:
        page.goto(live_site + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.context.close()


def test_pages_need_no_script_set_no_cookie_and_call_no_other_host(browser, live_site):
    context = browser.new_context()
    page = context.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request))
    for address in PAGES:
        page.goto(live_site + address)
    assert {request.url.split("/")[2] for request in requests} == {live_site.split("/")[2]}
    assert "script" not in {request.resource_type for request in requests}
    assert page.locator("script").count() == 0
    assert context.cookies() == []
    context.close()


def test_menu_opens_and_closes_without_script_and_the_phone_is_in_the_first_screen(browser, live_site):
    page = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False).new_page()
    page.goto(live_site)
    entry = page.get_by_role("navigation", name="Menu").get_by_role("link", name="Qui sommes-nous")
    expect(entry).not_to_be_visible()
    page.get_by_role("button", name="Menu").click()
    expect(entry).to_be_visible()
    button = page.get_by_role("button", name="Menu").bounding_box()
    assert entry.bounding_box()["y"] >= button["y"] + button["height"]  # it covers neither its button nor the phone number
    page.keyboard.press("Escape")
    expect(entry).not_to_be_visible()
    phone = page.get_by_role("banner").get_by_role("link", name="03 84 00 00 00")
    assert phone.get_attribute("href") == "tel:+33-3-84-00-00-00"
    assert phone.bounding_box()["y"] < 640
    page.context.close()
