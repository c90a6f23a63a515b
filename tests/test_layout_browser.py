"""Faults of layout that an art director saw, each measured in a real browser on the filled site, from small phones to wide screens."""

import pytest
from snapshot import windows

pytestmark = pytest.mark.browser

WIDE = (1440, 1920, 2560)  # CSS pixels

# The widths of the last paragraph in a coloured half, and of the person beside it.
HALVES = """() => [...document.querySelectorAll('.side')].map(side => ['.side-words p:last-of-type', '.worker'].map(
  part => side.querySelector(part)).map(e => e && Math.round(e.getBoundingClientRect().width)))"""
# From the lowest part of a drawing to the edge it stands on.
ABOVE_GROUND = """() => [...document.querySelectorAll('.side > .worker, .forces .worker')].filter(e => e.checkVisibility()).map(svg => {
  const box = svg.getBBox(), matrix = svg.getScreenCTM(), bottom = svg.viewBox.baseVal.y + svg.viewBox.baseVal.height;
  return Math.round(svg.getBoundingClientRect().bottom - (bottom * matrix.d + matrix.f)) })"""
# From the last thing that a text holds to the footer.
ABOVE_FOOTER = """() => { const bottoms = [...document.querySelectorAll('main .wrap:last-of-type > div *, .beside')].map(e => e.getBoundingClientRect().bottom);
  return Math.round(document.querySelector('.site-footer').getBoundingClientRect().top - Math.max(...bottoms)) }"""
# Titles and buttons that a rule drawn above another element touches.
TOUCHED = """() => { const found = [];
  const things = [...document.querySelectorAll('main :is(h1, h2, h3, .button)')].filter(e => e.checkVisibility());
  for (const ruled of document.querySelectorAll('main *:not(svg *, .button, input, textarea, button, .mark, .filter a, th, td)')) {
    if (parseFloat(getComputedStyle(ruled).borderTopWidth) < 1 || !ruled.checkVisibility()) continue;
    const rule = ruled.getBoundingClientRect();
    for (const thing of things) {
      const box = thing.getBoundingClientRect();
      if (!ruled.contains(thing) && !thing.contains(ruled) && box.right > rule.left && box.left < rule.right && Math.abs(rule.top - box.bottom) < 8)
        found.push(`${thing.outerHTML.slice(0, 80)} above ${ruled.tagName}.${ruled.className}`);
    }
  }
  return found }"""
# Grids that hold a list of any length: where a sheet of paper ends within one, Chromium prints its parts over each other.
GRIDS_AROUND_LISTS = """() => [...document.querySelectorAll('main *')].filter(
  e => /grid|flex/.test(getComputedStyle(e).display) && e.querySelector('.agenda, .news')).map(e => e.className || e.parentElement.className)"""
# Words of a glossary that do not fit on one line.
BROKEN_TERMS = """() => [...document.querySelectorAll('.glossary dt')].filter(e => [...e.textContent.matchAll(/[\\p{L}]+/gu)].some(word => {
  const range = document.createRange();
  range.setStart(e.firstChild, word.index); range.setEnd(e.firstChild, word.index + word[0].length);
  return range.getClientRects().length > 1 })).map(e => e.textContent)"""


@pytest.fixture
def look(browser, filled_site):
    with windows(browser, filled_site) as open_window:
        yield open_window


@pytest.mark.parametrize("name", ["HomePage", "JobsPage", "NeighbourhoodPage"])
def test_words_and_people_of_a_coloured_half_keep_their_room(look, filled_site, name):
    page = look(1440)
    page.goto(filled_site.names[name])
    for width in WIDE:
        page.set_viewport_size({"width": width, "height": 800})
        halves = page.evaluate(HALVES)
        assert len(halves) > 1
        for words, person in halves:
            assert words >= 300, (width, halves)
            assert person is None or person >= 80, (width, halves)


def test_a_long_text_in_a_coloured_half_is_no_ribbon(look, filled_site):
    page = look(1024)
    page.goto(filled_site.names["NeighbourhoodPage"])
    for width in (1024, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert min(words for words, _ in page.evaluate(HALVES)) >= 300, width
    people = page.locator(".ways .worker").evaluate_all("them => them.map(e => e.getScreenCTM().a)")
    assert max(people) == pytest.approx(min(people), rel=0.01)  # of one scale


def test_a_wide_picture_of_the_news_keeps_to_its_column(look, filled_site):
    page = look(1024)
    page.goto(filled_site.names["HomePage"])
    images = page.locator(".live .news img")
    images.first.evaluate("e => { e.className = ''; e.removeAttribute('srcset'); e.width = 1600; e.height = 900 }")  # a wide one
    assert page.evaluate("document.documentElement.scrollWidth") == 1024
    assert images.first.evaluate("e => e.getBoundingClientRect().right <= e.parentElement.getBoundingClientRect().right + .5")


@pytest.mark.parametrize("width", [1440, 2560])
def test_second_columns_begin_on_the_axes_of_the_footer(look, filled_site, width):
    page = look(width)
    axes = []
    for name, parts in (
        ("ServicePage", ".paired > :nth-child(2)"),
        ("JobsPage", ".fields, .site-footer > ul:nth-of-type(1)"),
        ("ContactPage", ".titled > .facts, .fields, .site-footer > ul:nth-of-type(1)"),
        ("HomePage", ".forces > :nth-child(2), .site-footer > ul:nth-of-type(1)"),
    ):
        page.goto(filled_site.names[name])
        axes += [box["left"] for box in boxes(page, parts)]
    assert len(axes) >= 8
    assert max(axes) - min(axes) < 1


def test_paragraphs_are_nearer_to_each_other_than_to_the_next_title(look, filled_site):
    page = look(1440)
    page.goto(filled_site.names["NewsPage"])
    body = page.locator(".prose").first
    body.evaluate("e => { e.innerHTML = '<p>Un</p><p>Deux</p><h2>Trois</h2>' }")
    one, two, title = (body.locator(f"> :nth-child({place})").evaluate(BOX) for place in (1, 2, 3))
    assert two["top"] - one["bottom"] == pytest.approx(16, abs=1)
    assert title["top"] - two["bottom"] >= 40


@pytest.mark.parametrize("name", ["HomePage", "JobsPage", "NeighbourhoodPage", "AboutPage"])
def test_people_stand_on_their_ground(look, filled_site, name):
    page = look(1440)
    page.goto(filled_site.names[name])
    for width in (768, *WIDE):
        page.set_viewport_size({"width": width, "height": 800})
        above = page.evaluate(ABOVE_GROUND)
        assert above or name == "HomePage"
        assert max(above, default=0) <= 1, (width, above)


@pytest.mark.parametrize("name", ["NewsPage", "StandardPage", "NoticePage", "EventPage", "JobOfferPage"])
def test_nothing_empty_stands_above_the_footer(look, filled_site, name):
    page = look(1440)
    page.goto(filled_site.names[name])
    assert 20 < page.evaluate(ABOVE_FOOTER) < 150


@pytest.mark.parametrize("width", [pytest.param(360, marks=pytest.mark.exhaustive), 1440])
def test_no_rule_touches_a_title_or_a_button(look, filled_site, width):
    page = look(width)
    for name, address in filled_site.names.items():
        page.goto(address)
        assert page.evaluate(TOUCHED) == [], name


def test_no_list_lies_in_a_grid_on_paper(look, filled_site):
    page = look(680)  # the width of a sheet of A4 without its margins
    page.emulate_media(media="print")
    for name in ("HomePage", "EventIndexPage", "NewsIndexPage", "JobsPage", "NeighbourhoodPage"):
        page.goto(filled_site.names[name])
        assert page.evaluate(GRIDS_AROUND_LISTS) == [], name


def test_the_glossary_breaks_no_word(look, filled_site):
    page = look(1440)
    page.goto(filled_site.names["Glossary"])
    assert page.evaluate(BROKEN_TERMS) == []


BOX = "e => { const box = e.getBoundingClientRect(); return {left: box.left, right: box.right, top: box.top, bottom: box.bottom, width: box.width, height: box.height} }"


def boxes(page, selector):
    return [element.evaluate(BOX) for element in page.locator(selector).all()]


@pytest.mark.parametrize("width", [1440, 2560])
def test_a_wide_picture_bleeds_to_the_edge_and_stands_on_the_ground_line_whole(look, filled_site, width):
    page = look(width)
    page.goto(filled_site.names["LongPage"])
    [head], [image], [credit] = (boxes(page, selector) for selector in (".page-head", ".page-head img", ".credit"))
    assert image["right"] == width
    assert head["bottom"] - image["bottom"] == pytest.approx(11.2, abs=1)  # the line
    assert credit["top"] >= head["bottom"]
    assert page.locator(".page-head img").evaluate("e => getComputedStyle(e).objectFit") == "contain"
    assert 600 < image["width"] <= 769


def test_an_upright_picture_in_a_head_is_whole(look, filled_site):
    page = look(1440)
    page.goto(filled_site.names["EventPage"])
    [image] = boxes(page, ".page-head .upright")
    assert image["width"] / image["height"] == pytest.approx(2 / 3, rel=0.01)


def test_the_first_news_item_is_larger_and_an_upright_picture_has_no_bars(look, filled_site):
    page = look(1440)
    page.goto(filled_site.names["NewsIndexPage"])
    titles = page.eval_on_selector_all(".news li > a", "them => them.map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert titles[0] > titles[1] == titles[2]
    for width in (360, 768, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        for image in boxes(page, ".news .upright"):
            assert image["width"] / image["height"] == pytest.approx(2 / 3, rel=0.01), width


def test_the_pictures_of_a_pair_have_one_bottom(look, filled_site):
    page = look(1440)
    page.goto(filled_site.names["ServicePage"])
    before, after = boxes(page, ".comparison img")
    assert before["top"] == after["top"]
    assert before["bottom"] == after["bottom"]
    assert page.locator(".comparison .upright").evaluate("e => getComputedStyle(e).objectFit") == "contain"


def test_a_phone_shows_the_first_offer_on_its_first_screen(look, filled_site):
    page = look(360)
    page.goto(filled_site.names["JobsPage"])
    [title], buttons = boxes(page, "#offres"), page.locator(".page-head .button").all_inner_texts()
    assert title["top"] < 640
    assert buttons[0] == "2 offres d’emploi ouvertes"
    assert len(buttons) == 3
    assert not page.locator(".page-head .facade").is_visible()


def test_what_is_alive_comes_after_the_fields_of_work(look, filled_site):
    page = look(360)
    page.goto("/")
    [sides], [live], [forces] = (boxes(page, part) for part in (".sides", ".live", ".forces"))
    assert sides["bottom"] <= live["top"] < live["bottom"] <= forces["top"]


def test_points_with_titles_stand_in_two_columns_below_the_drawing(look, filled_site):
    page = look(1440)
    page.goto(filled_site.names["AboutPage"])
    points = boxes(page, ".with-worker .points:has(b) > li")
    assert points[0]["top"] == points[1]["top"]
    assert points[1]["left"] > points[0]["right"]
    [drawing] = boxes(page, ".with-worker:has(.points b) .worker")
    assert points[0]["top"] >= drawing["bottom"]


@pytest.mark.exhaustive
def test_words_that_stay_together_stand_in_a_line_of_text(look, filled_site):
    """In a flex box or a grid each would be an item of its own, without the spaces around it."""
    page = look(360)
    for name, address in filled_site.names.items():
        page.goto(address)
        apart = page.eval_on_selector_all(
            ".nb",
            "them => them.filter(e => /flex|grid/.test(getComputedStyle(e.parentElement).display)).map(e => e.parentElement.outerHTML)",
        )
        assert apart == [], name


# From each button up to the text, the title or the button above it.
BEFORE_BUTTONS = """() => { const found = [], main = document.querySelector('main');
  const above = [...main.querySelectorAll('p, li, h1, h2, h3, h4, dt, summary, .button')].filter(e => e.checkVisibility() && !e.querySelector('.button, p, li'));
  for (const button of main.querySelectorAll('.button')) {
    const box = button.getBoundingClientRect(), before = button.previousElementSibling;
    if (!button.checkVisibility() || button.closest('.search, .terms, .facts') || before && before.getBoundingClientRect().top === box.top) continue;
    const bottoms = above.filter(e => e !== button && !e.closest('.quiet')).map(e => e.getBoundingClientRect())
      .filter(e => e.bottom <= box.top + 2 && e.right > box.left && e.left < box.right).map(e => e.bottom);
    if (bottoms.length) found.push([Math.round(box.top - Math.max(...bottoms)), button.textContent.trim().slice(0, 40)]);
  }
  return found }"""


@pytest.mark.parametrize("width", [360, pytest.param(1440, marks=pytest.mark.exhaustive)])
def test_there_is_one_distance_before_a_button(look, filled_site, width):
    """24 px after a text, 16 px after a title or another button (`--before-button`)."""
    page = look(width)
    for name, address in filled_site.names.items():
        page.goto(address)
        assert [each for each in page.evaluate(BEFORE_BUTTONS) if min(abs(each[0] - 24), abs(each[0] - 16)) > 2] == [], name


def test_radios_and_summaries_are_drawn_as_the_rest_and_by_the_browser_in_forced_colours(look, filled_site):
    for colours, appearance in (("none", "none"), ("active", "auto")):
        page = look(360, forced_colors=colours)
        page.goto(filled_site.names["BuyerContact"])
        assert page.locator("[type=radio]").first.evaluate("e => getComputedStyle(e).appearance") == appearance
        page.goto(filled_site.names["StandardPage"])
        mark = "e => getComputedStyle(e, '::before').backgroundImage.split('gradient').length - 1"
        summary = page.locator("summary").first
        assert summary.evaluate(mark) == 2
        summary.click()
        assert summary.evaluate(mark) == 1
