"""The head of pages: feeds, canonical address, pictures, icons."""

from datetime import date, time
from pathlib import Path

import pytest
from assertions import parse, words
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from examples import event, news, offer, picture

from pages.models import District, GlossaryTerm, HomePage, StandardPage
from pages.text.slugs import slugify_french

pytestmark = pytest.mark.django_db

FEED, CALENDAR = "/actualites.atom", "/agenda.ics"


def alternates(page):
    return {link["href"]: link["type"] for link in page.select("head link[rel=alternate]")}


def test_feed_readers_find_feed_and_calendar(client):
    assert alternates(parse(client.get("/"))) == {}  # there is nothing to follow yet
    assert alternates(parse(client.get("/actualites/"))) == {FEED: "application/atom+xml"}
    assert alternates(parse(client.get("/agenda/"))) == {CALENDAR: "text/calendar"}
    news(), event()
    assert alternates(parse(client.get("/"))) == {FEED: "application/atom+xml", CALENDAR: "text/calendar"}
    assert client.get(FEED).status_code == client.get(CALENDAR).status_code == 200


@pytest.mark.parametrize("address", ["/", "/glossaire/", "/plan-du-site/", "/contact/"])
def test_a_page_names_its_one_address(client, address):
    page = parse(client.get(f"{address}?x=1"))
    assert [link["href"] for link in page.select("head link[rel=canonical]")] == [f"{settings.SITE_URL}{address}"]


def test_a_shared_picture_is_described(client):
    def shared(address):
        page = parse(client.get(address))
        return page.select_one("meta[property='og:image:alt']")["content"], page.select_one("meta[name='twitter:card']")["content"]

    assert shared("/") == ("Dessin : deux personnes au travail au pied d’un immeuble.", "summary_large_image")
    assert shared(news(picture=picture(description="Une cour")).url)[0] == "Une cour"
    assert shared(news("Une visite", slug="autre", picture=picture()).url)[0] == "Une visite"


def test_browsers_without_svg_find_an_icon(client):
    icons = parse(client.get("/")).select("head link[rel=icon]")
    assert [icon.get("type") for icon in icons] == [None, "image/svg+xml"]
    assert client.get("/favicon.ico")["Location"] == icons[0]["href"]
    file = Path(finders.find(icons[0]["href"].removeprefix(settings.STATIC_URL)))
    assert file.read_bytes()[:4] == b"\0\0\1\0"  # the signature of an icon


@pytest.mark.parametrize(("text", "slug"), [("Second-œuvre", "second-oeuvre"), ("Œuvre d’ÆSOP", "oeuvre-daesop"), ("Été", "ete")])
def test_ligatures_stay_in_addresses(text, slug):
    assert slugify_french(text) == slug


def test_ids_and_addresses_keep_oe(client):
    assert GlossaryTerm.objects.create(term="Cœur", definition="Une définition.").slug == "coeur"
    assert GlossaryTerm.objects.get(term__icontains="second-œuvre").slug == "second-oeuvre"
    assert District.objects.create(name="Le Sacré-Cœur").slug == "le-sacre-coeur"
    HomePage.objects.get().add_child(instance=StandardPage(title="Le chœur du quartier"))
    assert client.get("/le-choeur-du-quartier/").status_code == 200


def test_names_of_activities_are_headings(filled_site):
    for address, level in (("/", "h3"), ("/nos-activites/", "h2")):
        names = [words(heading) for heading in filled_site.answers[address].page.select(f".sides {level}")]
        assert names[:2] == ["Propreté des espaces extérieurs", "Second-œuvre du bâtiment"], address


def test_text_browsers_keep_words_and_numbers_apart(filled_site):
    """They ignore the stylesheet, so a space must be in the source."""

    def text_of(address):
        return words(BeautifulSoup(filled_site.answers[address].content, "lxml").main)

    assert "84 2022 91 2023" in text_of("/qui-sommes-nous/chiffres-cles/")
    assert "BelfortVoir" not in text_of("/contact/")
    assert b"\xe2\x81\xa0" not in filled_site.answers["/contact/"].content  # a word joiner, which some show as a box
    assert not [line for line in filled_site.answers["/agenda/"].page.select(".onward li") if words(line).startswith(":")]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: event(first_day=date(2100, 5, 8), start_time=time(14, 30), place="Place de l’Exemple"),
            "Samedi 8 mai 2100, à 14 h 30, Place",
        ),
        (lambda: offer(at_minimum_wage=True), "CDD d’insertion · au SMIC"),
    ],
    ids=["event", "offer"],
)
def test_what_has_no_introduction_is_described_by_its_facts(client, make, said):
    page = make()
    page.search_description = page.introduction = ""
    page.save()
    description = parse(client.get(page.url)).select_one("meta[name=description]")["content"]
    assert said in description.replace("\xa0", " ")
    page.introduction = "Une phrase."
    page.save()
    assert parse(client.get(page.url)).select_one("meta[name=description]")["content"] == "Une phrase."
