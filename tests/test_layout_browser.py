"""Faults of layout that an art director saw, each measured in a real browser on the filled site, from small phones to wide screens."""

import pytest
from snapshot import windows

pytestmark = pytest.mark.browser

WIDE = (1440, 1920, 2560)  # CSS pixels

# The widths of the words in a coloured half, and of the person beside them.
HALVES = """() => [...document.querySelectorAll('.side')].map(side => ['.side-words', '.worker'].map(
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
    for width in WIDE:
        page = look(width)
        page.goto(filled_site.names[name])
        halves = page.evaluate(HALVES)
        assert len(halves) > 1
        for words, person in halves:
            assert words >= 300, (width, halves)
            assert person is None or person >= 80, (width, halves)


@pytest.mark.parametrize("name", ["HomePage", "JobsPage", "NeighbourhoodPage", "AboutPage"])
def test_people_stand_on_their_ground(look, filled_site, name):
    for width in (768, *WIDE):
        page = look(width)
        page.goto(filled_site.names[name])
        above = page.evaluate(ABOVE_GROUND)
        assert above or name == "HomePage"
        assert max(above, default=0) <= 1, (width, above)


@pytest.mark.parametrize("name", ["NewsPage", "StandardPage", "NoticePage", "EventPage", "JobOfferPage"])
def test_nothing_empty_stands_above_the_footer(look, filled_site, name):
    page = look(1440)
    page.goto(filled_site.names[name])
    assert 20 < page.evaluate(ABOVE_FOOTER) < 150


@pytest.mark.parametrize("width", [360, 1440])
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
