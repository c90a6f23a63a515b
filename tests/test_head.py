"""What other programs read in the head of a page: feeds, the page's one address, pictures, icons."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from examples import event, fill, news, picture
from lxml import html

from pages.models import District, GlossaryTerm, HomePage, StandardPage
from pages.typography import slug_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FEED, CALENDAR = "/actualites.atom", "/agenda.ics"


def page_of(client, address):
    return html.fromstring(client.get(address).content)


def alternates(page):
    return {link.get("href"): link.get("type") for link in page.xpath("//head/link[@rel='alternate']")}


def test_feed_readers_find_feed_and_calendar(client):
    assert alternates(page_of(client, "/")) == {}  # there is nothing to follow yet
    assert alternates(page_of(client, "/actualites/")) == {FEED: "application/atom+xml"}
    assert alternates(page_of(client, "/agenda/")) == {CALENDAR: "text/calendar"}
    news(), event()
    assert alternates(page_of(client, "/")) == {FEED: "application/atom+xml", CALENDAR: "text/calendar"}
    assert client.get(FEED).status_code == client.get(CALENDAR).status_code == 200


@pytest.mark.parametrize("address", ["/", "/glossaire/", "/plan-du-site/", "/contact/"])
def test_a_page_names_its_one_address(client, address):
    page = page_of(client, f"{address}?x=1")
    assert page.xpath("//head/link[@rel='canonical']/@href") == [f"{settings.SITE_URL}{address}"]


def test_a_shared_picture_is_described(client):
    def shared(address):
        page = page_of(client, address)
        return page.xpath("string(//meta[@property='og:image:alt']/@content)"), page.xpath("string(//meta[@name='twitter:card']/@content)")

    assert shared("/") == ("Dessin : une personne balaie au pied d’un immeuble.", "summary_large_image")
    assert shared(news(picture=picture(description="Une cour")).url)[0] == "Une cour"
    assert shared(news("Une visite", slug="autre", picture=picture()).url)[0] == "Une visite"


def test_browsers_without_svg_find_an_icon(client):
    icons = page_of(client, "/").xpath("//head/link[@rel='icon']")
    assert [icon.get("type") for icon in icons] == [None, "image/svg+xml"]
    assert client.get("/favicon.ico")["Location"] == icons[0].get("href")
    file = Path(finders.find(icons[0].get("href").removeprefix(settings.STATIC_URL)))
    assert file.read_bytes()[:4] == b"\0\0\1\0"  # the signature of an icon


@pytest.mark.parametrize(("text", "slug"), [("Second-œuvre", "second-oeuvre"), ("Œuvre d’ÆSOP", "oeuvre-daesop"), ("Été", "ete")])
def test_ligatures_stay_in_addresses(text, slug):
    assert slug_of(text) == slug


def test_ids_and_addresses_keep_oe(client):
    assert GlossaryTerm.objects.create(term="Cœur", definition="Une définition.").slug == "coeur"
    assert GlossaryTerm.objects.get(term__icontains="second-œuvre").slug == "second-oeuvre"
    assert District.objects.create(name="Le Sacré-Cœur").slug == "le-sacre-coeur"
    HomePage.objects.get().add_child(instance=StandardPage(title="Le chœur du quartier"))
    assert client.get("/le-choeur-du-quartier/").status_code == 200


def test_names_of_activities_are_headings(client):
    fill()
    for address, level in (("/", "h3"), ("/nos-activites/", "h2")):
        page = page_of(client, address)
        names = [" ".join(heading.text_content().split()) for heading in page.xpath(f"//*[contains(@class, 'sides')]//{level}")]
        assert names[:2] == ["Propreté des espaces extérieurs", "Second-œuvre du bâtiment"], address


def test_text_browsers_keep_words_and_numbers_apart(client):
    fill()
    text = page_of(client, "/qui-sommes-nous/chiffres-cles/").xpath("string(//*[@class='trend'])")
    assert "84 2022 91 2023" in " ".join(text.split())
    assert "BelfortVoir" not in page_of(client, "/contact/").xpath("string(//main)")
    assert "\u2060" not in client.get("/contact/").content.decode()
    for words in page_of(client, "/agenda/").xpath("//*[@class='onward']/li//text()"):
        assert not words.strip().startswith(":")
