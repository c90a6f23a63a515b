"""The site's own drawings: their weight, and who is drawn doing what."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from pages.models import HomePage
from pages.page.drawings import Drawing, Pictogram

FOLDER = settings.BASE_DIR / "templates" / "drawings"
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
MAX_BYTES = 3072  # before compression
TRADES = {
    "broom": ["broom.html", "people/sweeper.html"],
    "tool": ["toolbox.html", "level.html", "people/fitter.html"],
    "tongs": ["tongs.html"],
}
COMPOSED = {"tower.html"}  # of files that are measured by themselves
SCARF = "M86.5 20q1-12 14-12.5"  # the beginning of the path of a headscarf seen from the side


def drawn(name):
    return render_to_string(f"drawings/{name}", dict.fromkeys(("skin", "near", "far"), ""))  # of the drawing that includes a part


def skins(name):
    return set(re.findall(r"s-skin-\d", drawn(name)))


def test_a_drawing_weighs_no_more():
    assert FILES
    weights = {name: (FOLDER / name).stat().st_size for name in FILES}
    weights |= {f"{name}, drawn": len(drawn(name).encode()) for name in FILES if name not in COMPOSED}
    assert {name: weight for name, weight in weights.items() if weight > MAX_BYTES} == {}


def test_what_staff_can_choose_is_drawn_and_hidden_from_voices():
    for name in (*Drawing.values, *(f"../pictograms/{name}" for name in Pictogram.values)):
        drawing = drawn(f"{name}.html")
        assert drawing.startswith("<svg"), name
        assert 'aria-hidden="true"' in drawing, name


def test_every_colour_of_a_drawing_is_in_the_stylesheet():
    style = (settings.BASE_DIR / "static" / "css" / "site.css").read_text()
    used = {colour for name in FILES for colour in re.findall(r"\bs-[\w-]+", drawn(name))}
    assert {colour for colour in used if f".{colour} {{" not in style} == set()
    assert not any("#" in attribute for name in FILES for attribute in re.findall(r'(?:fill|stroke)="([^"]*)"', drawn(name)))


def test_no_trade_goes_with_a_skin_and_no_skin_or_headscarf_with_a_trade():
    for trade, names in TRADES.items():
        assert len(names) == 1 or len(set.union(*map(skins, names))) > 1, trade
    everybody = set.union(*map(skins, FILES))
    at_work = set.union(*(skins(name) for names in TRADES.values() for name in names))
    assert everybody == at_work == {f"s-skin-{n}" for n in range(1, 5)}
    with_scarf = {name for name in FILES if SCARF in drawn(name)} - {"people/scarf.html"}  # on somebody's head
    assert with_scarf & {name for names in TRADES.values() for name in names}
    assert len(with_scarf) > 1


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_town_stands_behind_the_quartier_if_staff_say_so(client):
    assert b'class="town"' in client.get("/").content
    HomePage.objects.update(shows_town=False)
    assert b'class="town"' not in client.get("/").content
