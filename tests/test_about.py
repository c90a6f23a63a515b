"""« Qui sommes-nous ? »: one page that shows its parts whole, each of them a page of its own."""

import itertools
import re

import pytest

from pages.models import AboutPage, HistoryPage, KeyFigure, MissionPage, NetworkPage, VocationPage

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ABOUT = "/qui-sommes-nous/"
PARTS = ["histoire", "chiffres", "vocation", "forces", "mission", "reseau"]
ADDRESSES = {"chiffres": "chiffres-cles"}


def shown_parts(client):
    return re.findall(r'<section class="part part-[a-z]+" id="([^"]+)"', client.get(ABOUT).content.decode())


def test_the_six_parts_stand_in_order_each_once(client):
    assert shown_parts(client) == PARTS


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_a_page_of_its_own_with_the_same_section(client, settings, part):
    address = f"{ABOUT}{ADDRESSES.get(part, part)}/"
    alone = client.get(address)
    assert alone.status_code == 200
    text = alone.content.decode()
    assert text.count("<h1>") == 1
    assert f'<link rel="canonical" href="{settings.SITE_URL}{address}">' in text
    assert 'aria-label="Vous êtes ici"' in text


def test_headings_of_a_part_go_one_level_down_on_the_about_page(client):
    assert "<h2>Un projet citoyen</h2>" in client.get(f"{ABOUT}vocation/").content.decode()
    assert "<h3>Un projet citoyen</h3>" in client.get(ABOUT).content.decode()


@pytest.mark.parametrize("address", ["/", ABOUT, *(f"{ABOUT}{ADDRESSES.get(part, part)}/" for part in PARTS)])
def test_no_heading_level_is_skipped_and_none_is_empty(client, address):
    headings = re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", client.get(address).content.decode(), re.S)
    levels = [int(level) for level, _ in headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(re.sub(r"<[^>]+>|\s", "", words) for _, words in headings)


def test_an_unpublished_part_is_gone_from_both(client):
    VocationPage.objects.get().unpublish()
    assert shown_parts(client) == [part for part in PARTS if part != "vocation"]
    assert client.get(f"{ABOUT}vocation/").status_code == 404
    assert "/vocation/" not in client.get(f"{ABOUT}forces/").content.decode()


def test_a_part_that_staff_move_is_moved_in_both(client):
    NetworkPage.objects.get().move(HistoryPage.objects.get(), "left")
    assert shown_parts(client) == ["reseau", *PARTS[:-1]]
    assert "Partie suivante : L’histoire de la Régie" in " ".join(client.get(f"{ABOUT}reseau/").content.decode().split())


def test_the_way_to_the_previous_and_the_next_part(client):
    text = client.get(f"{ABOUT}vocation/").content.decode()
    text = " ".join(text.split())
    assert f'<a rel="prev" href="{ABOUT}chiffres-cles/">Partie précédente : Chiffres clés</a>' in text
    assert f'<a rel="next" href="{ABOUT}forces/">Partie suivante : Les 3 forces de la Régie</a>' in text
    assert 'rel="prev"' not in client.get(f"{ABOUT}histoire/").content.decode()
    assert 'rel="next"' not in client.get(f"{ABOUT}reseau/").content.decode()


def test_the_anchor_of_a_part_outlives_its_title_and_its_address(client):
    page = MissionPage.objects.get()
    page.title, page.slug = "Ce que nous faisons", "ce-que-nous-faisons"
    page.save_revision().publish()
    assert shown_parts(client) == PARTS


def test_the_figures_part_leaves_the_about_page_while_no_figure_is_known(client):
    KeyFigure.objects.update(since_year=None)
    assert "chiffres" not in shown_parts(client)
    assert "Aucun chiffre n’est publié" in client.get(f"{ABOUT}chiffres-cles/").content.decode()


def test_empty_parts_leave_no_empty_list_nor_heading(client):
    for model, names in ((HistoryPage, ["milestones", "findings"]), (VocationPage, ["missions"]), (NetworkPage, ["themes"])):
        page = model.objects.get()
        for name in names:
            setattr(page, name, [])
        page.save_revision().publish()
    text = client.get(ABOUT).content.decode()
    assert not re.search(r"<[uo]l[^>]*>\s*</[uo]l>", text)
    assert "Ce que dit la charte" not in text


def test_without_parts_the_about_page_still_stands(client):
    for part in AboutPage.objects.get().get_children():
        part.unpublish()
    text = client.get(ABOUT).content.decode()
    assert "Qui sommes-nous" in text
    assert "Sur cette page" not in text
