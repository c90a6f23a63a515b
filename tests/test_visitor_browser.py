"""Accessibility, layout and weight of every page type with all fields filled, in a real browser (`examples.py`).

The pages are rendered once (`snapshot.py`) and answered to the browser from memory: the site promises everybody the same bytes.
"""

import gzip
import re
from datetime import date, time
from decimal import Decimal
from io import BytesIO

import pytest
from assertions import CUT, fail_with
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from ecoindex import ecoindex
from examples import NAMES, addresses, event, fill, fill_organisation, offer, picture
from PIL import Image, ImageChops
from playwright.sync_api import expect
from snapshot import pages_alone, scroll_through, windows

from pages.models import FigureValue, HistoryPage, HomePage, KeyFigure, Milestone, StandardPage
from pages.page.poster import MAX_CHARACTERS, MAX_WITHOUT_STREET
from pages.seed.building import in_order

pytestmark = pytest.mark.browser

AXE_SCRIPT = Axe().axe_script
WIDTHS = (360, 320, 768, 1024, 1440, 2560)  # CSS pixels
MORE_WIDTHS = (*WIDTHS, 1200, 1280, 1366)
# Off unless asked for: targets (WCAG 2.2), contrast of 7:1 (AAA), which holds that of 4.5:1.
RULES = {"target-size": {"enabled": True}, "color-contrast-enhanced": {"enabled": True}, "color-contrast": {"enabled": False}}
AXE = {"rules": RULES}
# What depends on the width of the window or on its colours; all the rest is the same at each.
AXE_LOOKS = {"runOnly": ["color-contrast-enhanced", "target-size", "scrollable-region-focusable"]}
# With forced colours, the contrast is the reader's choice.
AXE_FORCED = {"rules": {**RULES, "color-contrast-enhanced": {"enabled": False}}}

# What sticks out of the window, but for what scrolls by itself and what is hidden on purpose.
STICKING_OUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width > 1 && !e.closest('svg, .table, .skip, .quiet') && (box.right > innerWidth + 1 || box.left < -1)
}).map(e => `from ${Math.round(e.getBoundingClientRect().left)} to ${Math.round(e.getBoundingClientRect().right)} px, in <${e.parentElement.tagName} class="${e.parentElement.className}">: ${e.outerHTML.slice(0, 120)}`).concat(document.documentElement.scrollWidth > innerWidth ? ['the page is wider than its window'] : [])"""

# Words of nine letters at most that do not fit on one line.
BROKEN_WORDS = """() => { const broken = [];
  for (const heading of document.querySelectorAll('h1, h2, h3, .doors b, .menu-button')) {
    const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) for (const word of walker.currentNode.data.matchAll(/(?<![\\p{L}’])[\\p{L}’]{2,9}(?![\\p{L}’])/gu)) {
      const range = document.createRange();
      range.setStart(walker.currentNode, word.index); range.setEnd(walker.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(box => Math.round(box.y))).size > 1) broken.push(word[0]);
    }
  }
  return broken }"""

SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, summary, input, select, textarea')].filter(e => {
  if (!e.checkVisibility()) return false;
  const inSentence = getComputedStyle(e).display === 'inline' && e.closest('p, li, td, dd').textContent.trim().length > e.textContent.trim().length + 2;
  const box = (e.matches('[type=radio], [type=checkbox]') ? e.closest('label') : e).getBoundingClientRect();
  return !inSentence && (box.height < 44 || box.width < 44)
}).map(e => `${Math.round(e.getBoundingClientRect().width)} × ${Math.round(e.getBoundingClientRect().height)} px, in <${e.parentElement.tagName} class="${e.parentElement.className}">: ${e.outerHTML.slice(0, 120)}`)"""

ANYWHERE = {"sticks out": STICKING_OUT, "short words broken": BROKEN_WORDS}

# The focusable things a reader meets, in the order of the document.
STOPS = """[...document.querySelectorAll('a[href], button, summary, input, select, textarea, [tabindex="0"]')].filter(e => e.checkVisibility()
  && (e.type !== 'radio' || e.checked || !e.form.querySelector('[type=radio]:checked') && e === e.form.querySelector('[type=radio]')))"""
# Whether what has the focus can be seen: neither hidden by something nor outside the window.
SEEN = """e => { const box = e.getClientRects()[0];
  return e.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) }"""
# What the focus cannot be seen on, or reaches in another order than that of reading.
LOST_FOCUS = f"""() => {STOPS}.filter(e => {{ e.focus(); return e.tabIndex > 0 || document.activeElement !== e || !({SEEN})(e) }}).map(e => e.outerHTML.slice(0, 120))"""
FOCUSED = f"""() => {{ const e = document.activeElement, box = e.getClientRects()[0];
  if (e === document.body) return {{stop: -1}};
  return {{stop: {STOPS}.indexOf(e), seen: ({SEEN})(e), kind: [e.tagName, e.className, e.type, e.parentElement.tagName, e.parentElement.className].join(' '),
    clip: {{x: Math.max(box.x - 10, 0), y: Math.max(box.y - 10, 0), width: box.width + 20, height: box.height + 20}}}} }}"""

MOVING = """() => [...document.querySelectorAll('*')].filter(e => { const style = getComputedStyle(e);
  return style.transitionDuration !== '0s' || style.animationName !== 'none' || style.scrollBehavior !== 'auto' }).map(e => e.outerHTML.slice(0, 80))"""

WATCH_SHIFTS = "window.shifts = []; new PerformanceObserver(list => shifts.push(...list.getEntries().map(entry => entry.value))).observe({type: 'layout-shift', buffered: true})"

# What sticks out with the widest font of headings: condensed system fonts differ from phone to phone; some have none.
STICKING_OUT_IN_A_WIDER_FONT = f"""() => {{ const style = document.documentElement.style;
  style.setProperty('--head', "'DejaVu Sans', Verdana, sans-serif", 'important');
  const found = ({STICKING_OUT})();
  style.removeProperty('--head');
  return found }}"""
# What a page whose text runs from right to left leaves where it was. Only of a frame in French.
NOT_MIRRORED = f"""() => {{ const root = document.documentElement, mark = document.querySelector('.brand-mark');
  if (root.lang !== 'fr') return [];
  const left = mark.getBoundingClientRect().left;
  root.dir = 'rtl';
  const found = ({STICKING_OUT})();
  if (Math.abs(mark.getBoundingClientRect().right - (innerWidth - left)) > 1) found.push('the mark');
  root.dir = '';
  return found }}"""

VISIBLE = "them => them.filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))"
FIELDS = "[...document.querySelectorAll('.sheet *:not(svg *)')].map(e => getComputedStyle(e).backgroundColor)"

HIDDEN_ON_PAPER = (
    ".menu",
    ".menu-button",
    ".skip",
    ".breadcrumbs",
    ".toc",
    ".facade",
    ".scene",
    ".worker",
    ".page-head .picture",
    ".credit",
)


@pytest.fixture
def look(browser, filled_site):
    with windows(browser, filled_site) as open_window:
        yield open_window


@pytest.fixture(scope="module")
def one_window(browser, filled_site):
    """One window for all pages: with a context for each, half of the time would go into opening them."""
    with windows(browser, filled_site) as open_window:
        page = open_window(360)
        page.add_init_script(WATCH_SHIFTS)
        yield page
        assert page.context.cookies() == []


@pytest.fixture
def shared_window(one_window):
    """The window with its media settings reset, as a test that failed may have left others."""
    one_window.emulate_media(media="screen", color_scheme="light", reduced_motion="no-preference")
    return one_window


@pytest.fixture(scope="module")
def browser_with_large_text(browser_type, browser_type_launch_args):
    """The browser of somebody who has set text twice as large."""
    args = [*browser_type_launch_args["args"], "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": args})
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def large_text(browser_with_large_text, filled_site):
    with windows(browser_with_large_text, filled_site) as open_window:
        yield open_window(320, 640)


class Faults(dict):
    """Collects the faults of a page by the circumstances in which they were found."""

    def note(self, circumstances, found):
        if found:
            self[circumstances] = found if isinstance(found, list) else [found]

    def check(self):
        fail_with(f"{circumstances}: {fault}" for circumstances, faults in self.items() for fault in faults)


def axe(page, options):
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)  # half a megabyte: once a page
    found = page.evaluate(
        "options => axe.run({resultTypes: ['violations'], preload: false, ...options}).then(results => results.violations)", options
    )
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found]


def shifts(page):
    """Returns the layout shift while the page loads and is scrolled through."""
    scroll_through(page)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("shifts")


def resize(page, width):
    page.set_viewport_size({"width": width, "height": 800})


def test_every_page_type_is_looked_at(filled_site):
    """A new one has no page here until `fill()` makes one."""
    assert set(NAMES) == set(filled_site.names)


ABOUT = "/qui-sommes-nous/"
# Of these pages the elements too: what a small phone lays out before it shows anything, and most of the EcoIndex. Each limit leaves room
# for a few menu entries. Once one is reached, look for what the page says twice before it is raised.
STARTING_LIMITS = {"/": {"most_elements": 190, "least_score": 88}, ABOUT: {"most_elements": 290, "least_score": 85}}
LIMITS = {"/": {"most_elements": 285, "least_score": 85}}
MAX_PARTS = 280  # of all drawings of a page: what a small phone has to paint
ELEMENTS = "document.querySelectorAll('*').length - document.querySelectorAll('svg *').length"  # as EcoIndex counts them


def weigh(page, site):
    """A first visit of the page that was loaded: elements outside drawings, requests with icon and manifest, KB compressed, photographs left out."""
    loaded = page.evaluate("[location.href, ...performance.getEntriesByType('resource').map(entry => entry.name)]")
    # of the two icons, browsers of today take the drawing
    loaded += page.eval_on_selector_all("link[rel=icon][type], link[rel=manifest]", "links => links.map(link => link.href)")
    bodies = [site.find(url).content for url in set(loaded) if "/media/" not in url]
    return page.evaluate(ELEMENTS), len(bodies), sum(len(gzip.compress(body, 6)) for body in bodies) / 1024


def too_heavy(measured, most_elements=1000, least_score=84, has_typeface=False):
    """What of a page is more than a slow line and a small phone should have to take; each number leaves a little room.

    Four requests: the page, its style, an icon, the manifest. 22 KB: 0.6 seconds on a line of 300 kbit/s.
    """
    elements, requests, size = measured
    score = ecoindex(*measured)
    most_requests, most_kilobytes = (5, 34) if has_typeface else (4, 22)
    is_light = elements <= most_elements and requests <= most_requests and size <= most_kilobytes and score >= least_score
    return [] if is_light else [(*measured, score)]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_stands(shared_window, filled_site, name):
    page, faults = shared_window, Faults()
    resize(page, 360)
    page.goto(filled_site.names[name])
    faults.note("things that move while it loads", shifts(page))
    faults.note("scripts", page.locator("script:not([type='application/ld+json'])").count())
    faults.note("heavier than it may be", too_heavy(weigh(page, filled_site), **LIMITS.get(filled_site.names[name], {})))
    faults.note("parts of drawings", max(page.locator("svg *").count() - MAX_PARTS, 0))
    for width in WIDTHS:
        resize(page, width)
        for fault, script in ANYWHERE.items():
            faults.note(f"{width} px: {fault}", page.evaluate(script))
        if width in {360, 1440}:
            faults.note(f"{width} px: no focus to be seen", page.evaluate(LOST_FOCUS))
        if width == 1440:
            faults.note("1440 px: axe", axe(page, AXE))
        if width in {768, 1440}:
            faults.note(f"{width} px: too small for a thumb", page.evaluate(SMALL_TARGETS))
        if width in {320, 1440}:
            faults.note(f"{width} px: sticks out in a wider font", page.evaluate(STICKING_OUT_IN_A_WIDER_FONT))
            faults.note(f"{width} px: not mirrored", page.evaluate(NOT_MIRRORED))
        if width == 360:
            look_on_a_phone(page, faults)
    page.emulate_media(media="print")
    faults.note("on paper: ways around", page.eval_on_selector_all(", ".join(HIDDEN_ON_PAPER), VISIBLE))
    faults.note("on paper: not black", page.evaluate("getComputedStyle(document.body).color") != "rgb(0, 0, 0)")
    faults.check()


def look_on_a_phone(page, faults):
    page.emulate_media(color_scheme="dark")
    faults.note("360 px, by night: axe", axe(page, AXE_LOOKS))
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.get_by_role("button", name="Menu").click()
    faults.note("360 px, menu open: too small for a thumb", page.evaluate(SMALL_TARGETS))
    faults.note("moves for who wants no motion", page.evaluate(MOVING))
    page.emulate_media(reduced_motion="no-preference")
    page.keyboard.press("Escape")


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_moves_and_axe_finds_nothing_at_any_width(shared_window, filled_site, name, scheme):
    shared_window.emulate_media(color_scheme=scheme)
    shared_window.goto(filled_site.names[name])
    faults = Faults()
    for width in MORE_WIDTHS:
        resize(shared_window, width)
        faults.note(f"{width} px: sticks out", shared_window.evaluate(STICKING_OUT))
        faults.note(f"{width} px: short words broken", shared_window.evaluate(BROKEN_WORDS))
        faults.note(f"{width} px: axe", axe(shared_window, AXE))
        shared_window.reload()
        faults.note(f"{width} px: things that move while it loads", shifts(shared_window))
    faults.check()


@pytest.mark.exhaustive
def test_the_sign_of_the_search_is_alone_in_no_row_of_the_header(look):
    """With and without a telephone number, whatever the width and the number of entries."""
    page, alone = look(1280), []
    for phone in (True, False):
        page.goto("/")
        assert page.locator(".menu li").count() >= 8
        if not phone:
            page.locator(".phone").evaluate("element => element.remove()")
        for entries in (8, 6):
            page.evaluate("most => document.querySelectorAll('.menu li').forEach((entry, n) => n < most || entry.remove())", entries)
            for width in range(1200, 1640, 20):
                resize(page, width)
                find, brand = (page.locator(part).bounding_box() for part in (".find", ".brand"))
                if abs(find["y"] + find["height"] / 2 - brand["y"] - brand["height"] / 2) > 10 or brand["height"] > 60:
                    alone.append((phone, entries, width))
    assert alone == []


@pytest.mark.parametrize("name", NAMES)
def test_text_twice_as_large_stands_on_the_smallest_screen(large_text, filled_site, name):
    large_text.goto(filled_site.names[name])
    assert large_text.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 32
    assert large_text.evaluate(STICKING_OUT) == []
    assert large_text.evaluate(BROKEN_WORDS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_open_menu(look, scheme):
    page = look(360, color_scheme=scheme)
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    assert axe(page, AXE) == []


def put_in_much():
    fill()
    home = HomePage.objects.get()
    for number in range(12):
        home.add_child(
            instance=StandardPage(
                title=f"Entrée {number}", nav_title="Accompagnement socioprofessionnel no 1"[:40], slug=f"e{number}", show_in_menus=True
            )
        )
    home.add_child(instance=StandardPage(title="Vide", slug="vide"))
    home.heading = "Intercommunalité, incompréhensiblement et toutes sortes d’autres mots interminables ici"[:90]
    home.save()
    figure = KeyFigure.objects.filter(since_year=None).first()
    figure.label_plural = "personnes accompagnées individuellement vers un emploi durable dans un quartier"[:80]
    figure.values = [FigureValue(year=year, number=123_456_789 + year) for year in range(1986, 2026)]
    figure.save()
    history = HistoryPage.objects.get()
    history.milestones = in_order(
        *(Milestone(label=f"{1990 + n}", year=1990 + n, title="Un titre", text="<p>Un texte.</p>") for n in range(40))
    )
    history.save()


@pytest.mark.django_db
def test_long_and_many_things_stand(browser, browser_with_large_text):
    put_in_much()
    found = addresses()
    pages = ["/", "/vide/", *(found[name] for name in ("LongPage", "HistoryPage", "FiguresPage", "AboutPage"))]
    site = pages_alone(pages)
    for program, width in ((browser, 320), (browser, 1440), (browser_with_large_text, 320)):
        with windows(program, site) as open_window:
            page = open_window(width)
            for address in pages:
                page.goto(address)
                assert page.evaluate(STICKING_OUT) == [], (address, width)


@pytest.mark.parametrize("width", [360, pytest.param(1440, marks=pytest.mark.exhaustive)])
def test_tab_goes_through_the_page_in_reading_order_and_shows_where_it_is(look, filled_site, width):
    """With real keys, which take their time; what can be asked without them is asked of every page above."""
    page = look(width)
    looked_at = set()
    for name in ("HomePage", "StandardPage", "BuyerContact"):
        page.goto(filled_site.names[name])
        total = page.evaluate(f"{STOPS}.length")
        assert total > 3
        for stop in range(total):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            assert focused["stop"] == stop, name
            assert focused["seen"], (name, focused)
            if width == 360 and focused["kind"] not in looked_at:
                with_focus = page.screenshot(clip=focused["clip"])
                page.evaluate("document.activeElement.blur()")
                edge = focused["clip"]["width"] + focused["clip"]["height"]
                assert changed_pixels(with_focus, page.screenshot(clip=focused["clip"])) > edge, (name, focused)
            looked_at.add(focused["kind"])
        page.keyboard.press("Tab")
        # The focus is not trapped: the browser itself has the focus now, or the page from its start.
        assert page.evaluate(FOCUSED)["stop"] in {-1, 0}, name
    assert len(looked_at) > 8


def changed_pixels(one, other):
    difference = ImageChops.difference(Image.open(BytesIO(one)).convert("L"), Image.open(BytesIO(other)).convert("L"))
    return sum(difference.histogram()[40:])


def test_the_skip_link_goes_to_the_content(look):
    page = look(360)
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("width", [360, 1440])
def test_the_starting_pages_are_light(browser, starting_site, width):
    """From 48em the typeface of headings comes with them: one request and 12 KB more."""
    with windows(browser, starting_site) as open_window:
        page = open_window(width)
        for address, limits in STARTING_LIMITS.items():
            page.goto(address)
            assert too_heavy(weigh(page, starting_site), **limits, has_typeface=width > 768) == [], address


def test_the_first_screen_of_a_phone_answers(look):
    page = look(360, 640, java_script_enabled=False)
    page.goto("/")
    for thing in (
        page.get_by_role("heading", level=1),
        page.locator(".hero .lede"),
        page.locator(".hero").get_by_role("link", name="Je cherche un travail"),
        page.get_by_role("banner").get_by_role("link", name="03 84 00 00 00"),
    ):
        box = thing.bounding_box()
        assert box["y"] + box["height"] <= 640
    header = page.get_by_role("banner").bounding_box()
    assert header["y"] + header["height"] <= 120  # with the notice above it, and the number
    scene = page.locator(".scene").bounding_box()
    assert page.locator(".hero .button").bounding_box()["y"] < scene["y"] < 640 - 60
    assert scene["y"] + scene["height"] <= page.locator(".doors").bounding_box()["y"]


def test_menu_opens_and_closes_without_script(look):
    page = look(360, 640, java_script_enabled=False)
    page.goto("/")
    entry = page.get_by_role("navigation", name="Menu").get_by_role("link", name="Qui sommes-nous")
    expect(entry).not_to_be_visible()
    page.get_by_role("button", name="Menu").click()
    expect(entry).to_be_visible()
    button = page.get_by_role("button", name="Menu").bounding_box()
    first = page.get_by_role("navigation", name="Menu").get_by_role("link").first.bounding_box()
    assert first["y"] >= button["y"] + button["height"]  # it does not cover its button
    page.keyboard.press("Escape")
    expect(entry).not_to_be_visible()
    phone = page.get_by_role("banner").get_by_role("link", name="03 84 00 00 00")
    assert phone.get_attribute("href") == "tel:+33-3-84-00-00-00"


def test_forced_colours_leave_an_edge_to_what_only_a_colour_told(look, filled_site):
    page = look(360, forced_colors="active")
    for address in ("/", filled_site.names["AboutPage"]):
        page.goto(address)
        flat = page.eval_on_selector_all(
            ".doors a, .menu-button, .button, .statements li, .findings li, .figures",
            "them => them.filter(e => parseFloat(getComputedStyle(e).borderTopWidth) < 1).map(e => e.className)",
        )
        assert flat == []
        assert axe(page, AXE_FORCED) == []


def test_pages_say_on_paper_where_they_are_from_and_of_when(look, filled_site):
    page = look(794)
    page.emulate_media(media="print")
    for name in ("HomePage", "AboutPage", "HistoryPage"):
        page.goto(filled_site.names[name])
        expect(page.get_by_text(f"{settings.SITE_URL}{filled_site.names[name]}")).to_be_visible()
        expect(page.get_by_text("Page mise à jour le")).to_be_visible()


def test_what_is_hidden_on_paper_stands_on_some_page(filled_site):
    pages = [filled_site.answers[address].page for address in filled_site.names.values()]
    assert [selector for selector in HIDDEN_ON_PAPER if not any(page.select(selector) for page in pages)] == []


def sheets(page):
    """How many sheets of A4 a page takes when it is printed."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))


def test_the_about_page_prints_on_four_sheets(browser, starting_site):
    with windows(browser, starting_site) as open_window:
        page = open_window(794)
        page.goto("/qui-sommes-nous/")
        assert 0 < sheets(page) <= 4


@pytest.mark.parametrize("kind", ["simple", "languettes"])
@pytest.mark.parametrize("name", ["JobOfferPage", "EventPage"])
def test_a_poster_fills_one_sheet_and_nothing_on_it_is_cut(look, filled_site, name, kind):
    page = look(900)
    page.goto(f"{filled_site.names[name]}?affiche={kind}")
    millimetre = page.locator(".sheet").bounding_box()["width"] / 210
    assert axe(page, AXE) == []
    assert sheets(page) == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).not_to_be_visible()
    assert page.evaluate(CUT) == []
    assert page.locator(".qr").bounding_box()["width"] == pytest.approx(45 * millimetre, rel=0.01)
    assert page.locator(".poster-plate").bounding_box()["width"] == pytest.approx(56.6 * millimetre, rel=0.01)  # 60 with its outer line
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.sheet-call b')).fontSize)") >= 40 * 4 / 3 - 0.5
    for colour in page.evaluate(FIELDS):
        assert colour == "rgba(0, 0, 0, 0)"


TITLES = (
    "Fête d’hiver !",
    "La fête des voisins d’ici",
    "Une grande fête de quartier pour les voisins",
    "Une fête au titre interminable " * 3,
)
PLACE = "Salle polyvalente du centre social, 12 bis rue de l’Exemple, derrière l’école élémentaire, au premier étage, quartier des Exemples, 90000 Belfort"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("shape", "titles"),
    [
        ((900, 1272), TITLES[2:3]),
        *(pytest.param(shape, TITLES, marks=pytest.mark.exhaustive) for shape in (None, (900, 1272), (1200, 800))),
    ],
)
def test_what_staff_write_is_never_cut_on_a_poster(browser, shape, titles):
    """With as much as fits beside the street, and with as much as the fields take."""
    image = picture(size=shape) if shape else None
    words = "Des jeux, de la musique et un repas. " * 10
    much = {"place": PLACE, "registration": "Par téléphone ou à l’accueil, " * 6, "access": "L’entrée est de plain-pied, " * 7}
    much |= {"introduction": words, "state": "moved", "last_day": date(2100, 4, 12)}
    fields = {"start_time": time(14), "end_time": time(17, 30), "is_free": True, "picture": image}
    facts = {
        "hours": 26,
        "wage_from": Decimal("1500.5"),
        "wage_to": Decimal("1650.5"),
        "wage_unit": "MONTH",
        "length": "4 mois, renouvelable",
        "posts": 2,
    }
    offers = facts | {"start": "Dès que possible", "sent_by": "France Travail, 03 84 00 00 00", "place": PLACE[:120], "introduction": words}
    pages = []
    for title in map(str.strip, titles):
        pages += [event(title, **fields, **much), offer(title, picture=image, **offers)]
        limits = [MAX_CHARACTERS["picture"]] if shape else [MAX_CHARACTERS["strips"], MAX_CHARACTERS[""]]
        for most in (*limits, MAX_WITHOUT_STREET):
            little = [event(title, place=PLACE[:60], **fields), offer(title, picture=image), offer(title, picture=image, **facts)]
            for page in little:
                page.introduction = ""
                page.introduction = words[: max(most - sum(map(len, page.poster_texts)), 0)]
                page.save()
            pages += little
    fill_organisation()
    addresses = [f"{page.url}?affiche={kind}" for page in pages for kind in ("simple", "languettes")]
    with windows(browser, pages_alone(addresses)) as open_window:
        window = open_window(900)
        for address in addresses:
            window.goto(address)
            window.evaluate("document.fonts.ready")
            assert window.evaluate(CUT) == [], address


@pytest.mark.django_db
def test_a_sheet_has_large_type_and_its_person_where_there_is_room(browser):
    """An offer with all its facts has the drawing that staff chose; a short event fills its sheet."""
    facts = {"hours": 26, "wage_from": Decimal("11.88"), "length": "4 mois, renouvelable", "posts": 2, "start": "Dès que possible"}
    full = offer("Agente ou agent de propreté urbaine", drawing="broom", place="Belfort, quartiers des Glacis et des Résidences", **facts)
    short = event("Repas de fin d’année", start_time=time(18), place="Salle des fêtes des Résidences")
    upright = event("Nettoyage d’hiver", start_time=time(9, 30), place="Place de l’Exemple", picture=picture(size=(900, 1272)))
    fill_organisation()
    with windows(browser, pages_alone([f"{page.url}?affiche=simple" for page in (full, short, upright)])) as open_window:
        window = open_window(900)
        window.goto(f"{full.url}?affiche=simple")
        expect(window.locator(".street .worker")).to_be_visible()
        assert window.locator(".poster-when").first.inner_text() == "CDD d’insertion"
        window.goto(f"{short.url}?affiche=simple")
        sizes = window.eval_on_selector_all(
            ".poster-when, .sheet-call b", "them => them.map(e => parseFloat(getComputedStyle(e).fontSize) * .75)"
        )
        assert sizes == [pytest.approx(40), pytest.approx(40), pytest.approx(48)]
        window.goto(f"{upright.url}?affiche=simple")
        plate, image, words = (
            window.locator(part).bounding_box() for part in (".poster-plate", ".sheet-middle img", ".poster-when >> nth=0")
        )
        assert words["y"] > plate["y"] + plate["height"]
        assert image["y"] == pytest.approx(plate["y"], abs=12)
        assert image["x"] > plate["x"] + plate["width"]
