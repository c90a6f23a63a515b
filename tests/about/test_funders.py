"""Who pays for a page: at its head, at the foot of sheets, with the emblem of the European Union by its rules."""

import math
import re
from datetime import date, datetime, time, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from assertions import CUT, links, parse, words
from django.core.management import call_command
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from examples import event, fill_organisation, news, offer, picture
from snapshot import pages_alone, windows
from wagtail.rich_text import RichText

from pages.models import HomePage, JobOfferPage, NetworkPage, Partner, StandardPage
from pages.seed.building import in_order

pytestmark = pytest.mark.django_db

MENTION = "Ce projet est cofinancé par le Fonds d’exemple, au titre de sa convention."
STATEMENT = "Cofinancé par l’Union européenne"


def set_partners(*partners):
    network = NetworkPage.objects.get()
    network.partners = in_order(*partners)
    network.save()
    return list(Partner.objects.order_by("sort_order"))


def partners():
    town = Partner(name="La Ville", logo=picture("Logo", (600, 300)), mention="Avec le soutien de la Ville d’exemple.")
    return set_partners(Partner(name="Un organisme"), town, Partner(name="Fonds d’exemple", is_european_union=True, mention=MENTION))


def fund(page, funders):
    page.funders = funders
    page.save(clean=False)
    return page


def free(title="Un projet", **fields):
    return HomePage.objects.get().add_child(instance=StandardPage(title=title, **fields))


def test_each_funded_page_says_so_at_its_head_and_others_do_not(client):
    funders = partners()
    for page in (free(), event(), news(), offer()):
        assert not parse(client.get(page.url)).select(".funders")
        block = parse(client.get(fund(page, funders).url)).select_one(".page-head .funders")
        assert words(block) == f"Financé par {STATEMENT} Un organisme {MENTION} Avec le soutien de la Ville d’exemple."
        assert [block.svg["aria-label"], block.img["alt"]] == [STATEMENT, "La Ville"]


def test_a_partner_is_chosen_in_the_form_and_the_help_says_to_copy_the_sentence(admin):
    funders, page = partners(), free()
    page.save_revision()
    form = parse(admin("Publication").get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
    assert {int(box["value"]) for box in form.select("[name=funders]")} == {each.pk for each in funders}
    assert "le financeur peut vérifier des années après" in words(form)
    assert Partner._meta.get_field("mention").help_text == "Votre convention dit la phrase exacte : recopiez-la."


def test_posters_and_the_sheet_of_the_month_name_the_funders_once(client):
    funders = partners()
    with time_machine.travel(datetime(2026, 11, 28, 10, tzinfo=timezone.get_default_timezone()), tick=False):
        pages = [fund(event(title, date(2026, 12, 12)), funders[1:]) for title in ("Loto", "Repas")]
        fund(offer(), funders[:2])
        for address in (f"{pages[0].url}?affiche=simple", f"{pages[0].url}?affiche=languettes", "/agenda/?affiche=2026-12"):
            (block,) = parse(client.get(address)).select(".sheet .funders")
            assert (words(block).count(MENTION), len(block.select(".emblem")), block.img["alt"]) == (1, 1, "La Ville")
        event("Bal", date(2026, 12, 13))
        sheet = parse(client.get("/agenda/?affiche=2026-12"))
        assert [words(row).endswith(" *") for row in sheet.select(".month-words li > b:last-of-type")] == [True, True, False, True]
        assert words(sheet.select_one(".funders")).startswith("* Financé par")
        for n in range(100):
            event(f"Atelier {n}", date(2026, 12, 14), place="Maison de quartier, 12 rue de l’Exemple")
        fund(event("Le dernier", date(2026, 12, 31)), [Partner.objects.create(page=NetworkPage.objects.get(), name="Le dernier financeur")])
        sheet = parse(client.get("/agenda/?affiche=2026-12"))
        assert "… et d’autres dates" in words(sheet)
        assert "Le dernier financeur" not in words(sheet)  # of a date that is not on the sheet
        JobOfferPage.objects.update(live=False)
        assert "Un organisme" not in words(parse(client.get("/agenda/?affiche=2026-12")).select_one(".funders"))


def test_the_sheet_of_a3_is_for_pages_that_the_european_union_pays_for(client):
    town, fund_of_europe = partners()[1:]
    page = fund(free(introduction="Une phrase.", body=[("paragraph", RichText("<p>Un texte.</p>"))]), [town])
    assert "?affiche=a3" not in dict(links(parse(client.get(page.url)))).values()
    assert not parse(client.get(f"{page.url}?affiche=a3")).select(".sheet")
    fund(page, [town, fund_of_europe])
    assert ("Imprimer l’affiche A3, pour le mur", "?affiche=a3") in links(parse(client.get(page.url)))
    sheet = parse(client.get(f"{page.url}?affiche=a3")).select_one(".wall.sheet")
    assert [words(sheet.h1), words(sheet.select_one(".wall-words"))] == ["Un projet", "Une phrase. Un texte."]
    assert sheet.select_one(".emblem")["aria-label"] == STATEMENT
    assert sheet.select("svg.qr")


def test_a_logo_that_visitors_may_not_see_gives_way_to_the_name(client):
    town = partners()[1]
    town.logo.people = "recognisable"
    town.logo.save()
    block = parse(client.get(fund(free(), [town]).url)).select_one(".funders")
    assert (words(block), block.img) == ("Financé par La Ville Avec le soutien de la Ville d’exemple.", None)


@pytest.mark.parametrize("way", ["published again", "planned", "put back"])
def test_a_page_keeps_its_funders_whatever_becomes_of_the_page_of_the_network(client, way):
    network = NetworkPage.objects.get()
    network.partners = in_order(Partner(name="La Ville"))
    revision = network.save_revision()
    revision.publish()
    page = fund(free(), Partner.objects.all())
    if way == "published again":
        revision.publish()
    elif way == "planned":
        network = revision.as_object()
        network.title = "Le réseau, demain"
        network.go_live_at = timezone.now() + timedelta(hours=1)
        network.save_revision().publish()
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            call_command("run_due")
    else:
        NetworkPage.objects.get().unpublish()
        revision.publish()
    assert words(parse(client.get(page.url)).select_one(".funders")) == "Financé par La Ville"


def test_two_partners_of_one_name_stay_two():
    network = NetworkPage.objects.get()
    network.partners = in_order(Partner(name="Union européenne", mention="Un fonds."))
    network.save_revision().publish()
    first = Partner.objects.get()
    network = NetworkPage.objects.get()
    network.partners = in_order(first, Partner(name="Union européenne", mention="Un autre fonds."))
    network.save_revision().publish()
    assert sorted(Partner.objects.values_list("pk", "mention")) == [(first.pk, "Un fonds."), (first.pk + 1, "Un autre fonds.")]


def test_the_emblem_has_twelve_stars_on_a_circle_and_its_two_colours():
    """Regulation (EU) 2021/1060, annex IX: ratio of 3:2, circle of a third of the height, stars of a ninth, each with one point upright."""
    drawing = ElementTree.fromstring(render_to_string("components/europe.html").strip())  # noqa: S314 our own
    ground, stars, statement = drawing
    assert [" ".join("".join(statement.itertext()).split()), statement.get("font-family"), statement.get("font-style")] == [
        STATEMENT,
        "Arial,Verdana,sans-serif",
        None,
    ]
    assert (drawing.get("viewBox"), ground.get("fill"), stars.get("fill")) == ("0 0 730 180", "#039", "#fc0")
    shapes = [[tuple(map(float, point.split())) for point in shape.split("L")] for shape in re.findall("M([^z]+)z", stars.get("d"))]
    assert [len(points) for points in shapes] == [10] * 12
    for number, points in enumerate(shapes):
        centre = 135 + 60 * math.sin(number * math.pi / 6), 90 - 60 * math.cos(number * math.pi / 6)
        for place, point in enumerate(points):
            assert math.dist(centre, point) == pytest.approx(10 if place % 2 == 0 else 3.82, abs=0.02)
        assert points[0] == pytest.approx((centre[0], centre[1] - 10), abs=0.02)


LONG = "Ce projet d’exemple est cofinancé par un organisme, dans le cadre de son programme opérationnel d’exemple. " * 3


@pytest.mark.browser
def test_the_emblem_stands_before_the_first_scroll_and_no_logo_is_larger(browser):
    sizes = ((600, 300), (300, 900), (900, 100), (500, 500))
    logos = [Partner(name=f"Organisme {size}", logo=picture(f"Logo {size}", size), mention=LONG[:300]) for size in sizes]
    funders = set_partners(*logos, Partner(name="Fonds", is_european_union=True, mention=LONG[:300]))
    title = "Un projet au titre assez long, pour les habitantes et les habitants des quartiers"
    fill_organisation()
    pages = [
        fund(free(title, introduction="Une phrase. " * 20), funders),
        fund(event(title, start_time=time(14), place="La cour"), funders),
    ]
    with windows(browser, pages_alone([page.url for page in pages])) as open_window:
        for page in pages:
            window = open_window(360, 640)
            window.goto(page.url)
            emblem = window.locator(".emblem").bounding_box()
            assert emblem["y"] + emblem["height"] <= 640
            assert emblem["width"] / emblem["height"] == pytest.approx(730 / 180, rel=0.02)
            for logo in window.locator(".funders img").all():
                box = logo.bounding_box()
                assert 0 < box["width"] <= emblem["width"] * 270 / 730  # of which is the emblem itself
                assert 0 < box["height"] <= emblem["height"]


@pytest.mark.browser
def test_sheets_have_room_for_funders_with_long_sentences(browser):
    funders = set_partners(
        *(Partner(name=f"Organisme {n}", logo=picture(f"Logo {n}", (600, 300)), mention=LONG[:300]) for n in range(2)),
        Partner(name="Fonds", is_european_union=True, mention=LONG[:300]),
    )
    many = [
        *funders,
        *(Partner.objects.create(page=NetworkPage.objects.get(), name=f"Autre {n}", mention=LONG[:300], sort_order=9) for n in range(3)),
    ]
    fill_organisation()
    with time_machine.travel(datetime(2026, 11, 28, 10, tzinfo=timezone.get_default_timezone()), tick=False):
        for n in range(60):
            event("Atelier de réparation", date(2026, 12, 1) + timedelta(days=n % 30), start_time=time(9), place="Maison de quartier")
        page = event("Une grande fête de quartier", date(2026, 12, 12), place="La cour", introduction="Des jeux et un repas. " * 8)
        wall = fund(free("Un projet au titre assez long, pour les habitantes et les habitants", introduction="Une phrase. " * 40), many)
        fund(page, funders)
        pictured = fund(free("Un autre projet au titre assez long, pour tous les habitants", introduction="Une phrase. " * 40), many[1:4])
        pictured.picture = picture(size=(800, 1200))
        pictured.save(clean=False)
        fund(offer("Agente ou agent de propreté urbaine"), many)
        addresses = [f"{page.url}?affiche=simple", f"{page.url}?affiche=languettes", "/agenda/?affiche=2026-12"]
        addresses += [f"{each.url}?affiche=a3" for each in (wall, pictured)]
        with windows(browser, pages_alone(addresses)) as open_window:
            window = open_window(1300)
            for address in addresses:
                window.goto(address)
                window.emulate_media(media="print")
                assert window.evaluate(CUT) == [], address
                assert window.evaluate("[...document.querySelectorAll('.month-words')].every(e => e.scrollWidth <= e.clientWidth + 1)")
                sheet, code, emblem = (window.locator(part).bounding_box() for part in (".sheet", ".qr", ".emblem"))
                for part in (code, emblem):
                    assert part["y"] + part["height"] <= sheet["y"] + sheet["height"]
                pdf = window.pdf(prefer_css_page_size=True)
                assert pdf.count(b"/Type /Page\n") == 1
                assert bool(re.search(rb"MediaBox \[0 0 841.* 119", pdf)) is address.endswith("a3")
                if address.startswith(pictured.url):
                    assert window.locator(".wall > img").bounding_box()["height"] > sheet["height"] / 10
