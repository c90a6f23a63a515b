"""Pictures of every page type, to look at: `make -f tools/Makefile screenshots` writes them to var/screenshots/. Not a test."""

from datetime import time

import pytest
from django.conf import settings
from examples import addresses, event, fill, news, picture

pytestmark = pytest.mark.django_db(transaction=True)

FOLDER = settings.BASE_DIR / "var" / "screenshots"
ABOUT = "/qui-sommes-nous/"


def test_take_pictures(visit):
    pages = [("start", address) for address in addresses().items()]
    take(visit, pages)
    page = visit(1440, 900)
    page.goto("/")
    page.screenshot(path=FOLDER / "readme.png")
    page.goto(ABOUT)
    page.pdf(path=FOLDER / "about.pdf", format="A4", prefer_css_page_size=True)
    fill()
    take(visit, [("filled", address) for address in addresses().items()])
    page.goto(f"{addresses()['JobOfferPage']}?affiche=simple")
    page.pdf(path=FOLDER / "poster.pdf", format="A4", prefer_css_page_size=True)
    page.goto(f"{addresses()['EventPage']}?affiche=languettes")
    page.pdf(path=FOLDER / "event.pdf", format="A4", prefer_css_page_size=True)
    for width in (360, 1440):
        form = visit(width)
        form.goto("/contact/?sujet=marche")
        form.get_by_role("button", name="Envoyer le message").click()
        form.screenshot(path=FOLDER / f"errors-ContactPage-{width}.png", full_page=True)
        form.locator("[name=text]").fill("Un message d’exemple")
        form.locator("[name=email]").fill("a@example.org")
        form.get_by_role("button", name="Envoyer le message").click()
        form.screenshot(path=FOLDER / f"sent-ContactPage-{width}.png", full_page=True)
    phone = visit(360, 640)
    phone.goto("/")
    phone.screenshot(path=FOLDER / "filled-first-screen-360.png")
    phone.get_by_role("button", name="Menu").click()
    phone.screenshot(path=FOLDER / "filled-menu-360.png")
    for name, options in (("dark", {"color_scheme": "dark"}), ("forced-colours", {"forced_colors": "active"})):
        for width in (360, 1440):
            take(visit, [(name, ("HomePage", "/")), (name, ("AboutPage", ABOUT))], [width], **options)
    mirror = visit(1440)
    mirror.goto("/")
    mirror.evaluate("document.documentElement.dir = 'rtl'")
    mirror.screenshot(path=FOLDER / "rtl-HomePage-1440.png", full_page=True)


def test_take_pictures_of_lists(visit):
    """Pages with no entry, one, three and forty."""
    for number, more in ((0, 0), (1, 1), (3, 2), (40, 37)):
        for n in range(more):
            state = ["", "moved", "cancelled"][n % 3]
            event(slug=f"e{number}-{n}", start_time=time(9 + n % 10), place="Place de l’Exemple", state=state)
            news(slug=f"n{number}-{n}", picture=picture(size=[(1200, 800), (600, 900)][n % 2]) if n % 3 else None)
        take(visit, [(f"list-{number}", page) for page in (("News", "/actualites/"), ("Agenda", "/agenda/"))], [360, 1440])


def take(visit, pages, widths=(360, 768, 1024, 1440, 1920), **options):
    for width in widths:
        page = visit(width, **options)
        for state, (name, address) in pages:
            page.goto(address)
            page.screenshot(path=FOLDER / f"{state}-{name}-{width}.png", full_page=True)
