"""Pages that are not open to everybody appear nowhere: in no list, menu, door, button or link to a sibling."""

import re

import pytest
from django.core.files.base import ContentFile
from examples import event, news
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from pages.models import AboutPage, HomePage, NetworkPage, SiteDocument, SitePage, StandardPage

pytestmark = pytest.mark.django_db


def close(page):
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def test_a_private_part_is_named_nowhere(client):
    close(NetworkPage.objects.get())
    for address in ("/", "/qui-sommes-nous/", "/qui-sommes-nous/mission/"):
        assert "/qui-sommes-nous/reseau/" not in client.get(address).content.decode()
    assert "Mouvement des Régies" not in client.get("/qui-sommes-nous/").content.decode().partition("<main")[2].partition("</main")[0]
    answer = client.get("/qui-sommes-nous/reseau/")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/admin/login/")


def test_parts_of_a_private_page_are_private(client):
    close(AboutPage.objects.get())
    assert "qui-sommes-nous" not in client.get("/").content.decode()
    assert client.get("/qui-sommes-nous/mission/").status_code == 302


def test_a_part_whose_whole_is_not_published_does_not_lead_to_it(client):
    AboutPage.objects.get().unpublish()
    assert "Toutes les parties" not in client.get("/qui-sommes-nous/mission/").content.decode()


@pytest.mark.postgresql
def test_a_button_to_a_private_page_and_a_private_document_are_not_shown(client):
    target = NetworkPage.objects.get()
    collection = Collection.get_first_root_node().add_child(name="Réservé")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    document = SiteDocument.objects.create(title="Procès-verbal", file=ContentFile(b"texte", name="pv.txt"), collection=collection)
    body = [("call", {"label": "Aller au réseau", "page": SitePage.objects.get(pk=target.pk), "url": ""}), ("download", document)]
    HomePage.objects.get().add_child(instance=StandardPage(title="Libre", slug="libre", body=body))
    assert "Aller au réseau" in client.get("/libre/").content.decode()
    close(target)
    text = client.get("/libre/").content.decode()
    assert "Aller au réseau" not in text
    assert "Procès-verbal" not in text
    assert client.get(document.url).status_code == 302


def test_news_and_events_of_private_lists_are_named_nowhere(client):
    pages = news("Une nouvelle secrète"), event("Une fête secrète")
    for page in pages:
        close(page.get_parent())
    for address in (
        "/",
        "/vie-de-quartier/",
        "/recherche/?q=secrète",
        "/actualites.atom",
        "/agenda.ics",
        "/plan-du-site/",
        "/sitemap.xml",
        "/nulle-part/",
    ):
        text = client.get(address).content.decode()
        assert "Une nouvelle" not in text, address
        assert "Une fête" not in text, address
        assert not re.search('href="/(agenda|actualites)/"', text), address
    assert client.get(f"/agenda/{pages[1].slug}.ics").status_code == 404
    for page in pages:
        assert client.get(page.url).status_code == 302
