"""« Qui sommes-nous ? »: one page that shows its parts whole, each of them a page of its own."""

import itertools
from datetime import date

import pytest
from assertions import links, parse, words
from examples import picture

from pages.models import AboutPage, HistoryPage, KeyFigure, MissionPage, NetworkPage, Partner, SiteImage, StandardPage, VocationPage
from pages.seed.building import published

pytestmark = pytest.mark.django_db

ABOUT = "/qui-sommes-nous/"
PARTS = ["histoire", "chiffres", "vocation", "forces", "mission", "reseau"]
ADDRESSES = {"chiffres": "chiffres-cles"}


def shown_parts(client):
    return [part["id"] for part in parse(client.get(ABOUT)).select("section.part")]


def test_the_six_parts_stand_in_order_each_once(client):
    assert shown_parts(client) == PARTS


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_a_page_of_its_own_with_the_same_section(client, settings, part):
    address = f"{ABOUT}{ADDRESSES.get(part, part)}/"
    alone = client.get(address)
    assert alone.status_code == 200
    page = parse(alone)
    assert len(page.select("h1")) == 1
    assert page.select_one("link[rel=canonical]")["href"] == f"{settings.SITE_URL}{address}"
    assert page.select("nav[aria-label='Vous êtes ici']")
    whole = parse(client.get(ABOUT)).select_one(f"section#{part}")
    assert words(whole.select_one(".lede") or whole.select_one("p, dt")) in words(page.main)
    assert {words(heading) for heading in whole.select("h3, h4")} <= {words(heading) for heading in page.select("main h2, main h3")}


def test_headings_of_a_part_go_one_level_down_on_the_about_page(client):
    for address, level in ((f"{ABOUT}vocation/", "h2"), (ABOUT, "h3")):
        assert "Un projet citoyen" in [words(heading) for heading in parse(client.get(address)).select(f"main {level}")]


@pytest.mark.parametrize("address", ["/", ABOUT, *(f"{ABOUT}{ADDRESSES.get(part, part)}/" for part in PARTS)])
def test_no_heading_level_is_skipped_and_none_is_empty(client, address):
    headings = parse(client.get(address)).select("h1, h2, h3, h4, h5, h6")
    levels = [int(heading.name[1]) for heading in headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(words(heading) for heading in headings)


def test_an_unpublished_part_is_gone_from_both(client):
    VocationPage.objects.get().unpublish()
    assert shown_parts(client) == [part for part in PARTS if part != "vocation"]
    assert client.get(f"{ABOUT}vocation/").status_code == 404
    assert "/vocation/" not in client.get(f"{ABOUT}forces/").content.decode()


def test_a_part_that_staff_move_is_moved_in_both(client):
    NetworkPage.objects.get().move(HistoryPage.objects.get(), "left")
    assert shown_parts(client) == ["reseau", *PARTS[:-1]]
    assert "Partie suivante : L’histoire de la Régie" in words(parse(client.get(f"{ABOUT}reseau/")).main)


def test_the_way_to_the_previous_and_the_next_part(client):
    page = parse(client.get(f"{ABOUT}vocation/"))
    for rel, address, text in (
        ("prev", f"{ABOUT}chiffres-cles/", "Partie précédente : Chiffres clés"),
        ("next", f"{ABOUT}forces/", "Partie suivante : Les 3 forces de la Régie"),
    ):
        (link,) = page.select(f"main a[rel={rel}]")
        assert (link["href"], words(link)) == (address, text)
    whole = [(title, address) for title, address in links(page.main) if title.startswith("Toutes les parties")]
    assert whole == [("Toutes les parties sur une page", ABOUT)]
    assert not parse(client.get(f"{ABOUT}histoire/")).select("[rel=prev]")
    assert not parse(client.get(f"{ABOUT}reseau/")).select("[rel=next]")


def test_the_anchor_of_a_part_outlives_its_title_and_its_address(client):
    page = MissionPage.objects.get()
    page.title, page.slug = "Ce que nous faisons", "ce-que-nous-faisons"
    page.save_revision().publish()
    assert shown_parts(client) == PARTS


def test_the_figures_part_leaves_the_about_page_while_no_figure_is_known(client):
    KeyFigure.objects.update(since_year=None)
    assert "chiffres" not in shown_parts(client)
    assert "Il n’y a pas encore de chiffre" in client.get(f"{ABOUT}chiffres-cles/").content.decode()


def test_empty_parts_leave_no_empty_list_nor_heading(client):
    for model, names in ((HistoryPage, ["milestones", "findings"]), (VocationPage, ["missions"]), (NetworkPage, ["themes"])):
        page = model.objects.get()
        for name in names:
            setattr(page, name, [])
        page.save_revision().publish()
    page = parse(client.get(ABOUT))
    assert not [empty for empty in page.select("ul, ol, dl") if not words(empty)]
    assert "Ce que dit la charte" not in words(page)


def test_without_parts_the_about_page_still_stands(client):
    for part in AboutPage.objects.get().get_children():
        part.unpublish()
    text = client.get(ABOUT).content.decode()
    assert "Qui sommes-nous" in text
    assert "Sur cette page" not in text


def test_partners_stand_after_the_link_to_the_network_once_there_are_some(client):
    network = NetworkPage.objects.get()
    page = parse(client.get(network.url)).main
    assert "Les partenaires" not in words(page)
    assert ("Écrire à la Régie au sujet d’un partenariat", "/contact/?sujet=marche#formulaire") in links(page)
    assert ("Voir les chiffres clés", "/qui-sommes-nous/chiffres-cles/") in links(page)
    logo = picture(size=(600, 300))
    network.partners = [
        Partner(name="Un organisme", url="https://www.example.org/", logo=logo, mention="Un projet d’exemple.", sort_order=0),
        Partner(name="Un autre", sort_order=1),
    ]
    network.save()
    section = parse(client.get(network.url)).select_one(".partners")
    assert [words(partner) for partner in section.select("li")] == ["Un organisme (autre site) Un projet d’exemple.", "Un autre"]
    assert section.img["alt"] == ""
    first = next(address for text, address in links(parse(client.get(network.url)).select_one(".part")))
    assert first == "https://www.lemouvementdesregies.org/"
    outside = [address for _, address in links(parse(client.get(network.url)).main) if address.startswith("http")]
    assert outside == ["https://www.lemouvementdesregies.org/", "https://www.example.org/"]
    SiteImage.objects.filter(pk=logo.pk).update(people="recognisable", consent_until=date(2020, 1, 1))
    assert parse(client.get(network.url)).select_one(".partners img") is None


def test_free_pages_below_are_linked_and_are_no_part(client):
    before = words(parse(client.get(ABOUT)).select_one(".toc"))
    team = published(AboutPage.objects.get(), StandardPage, title="L’équipe")
    page = parse(client.get(ABOUT)).main
    assert words(page.select_one(".toc")) == before
    assert links(page.select_one(".long-body > .onward")) == [("L’équipe", team.url)]
    team.unpublish()
    assert not parse(client.get(ABOUT)).select(".long-body > .onward")


def test_the_year_is_in_the_heading_of_a_milestone(client):
    headings = [words(heading) for heading in parse(client.get("/qui-sommes-nous/histoire/")).select(".timeline h2")]
    assert headings[0] == "1990 – La création de la Régie"
    assert headings[-1] == "2007 – Un projet de relogement"
