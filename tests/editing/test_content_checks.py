"""What the editor is told while she writes: descriptions of pictures, and people without their consent."""

from datetime import timedelta

import pytest
from assertions import filled, parse, words
from django.urls import reverse
from django.utils import timezone
from examples import fill, news, picture, portrait
from playwright.sync_api import expect

from pages.models import NewsPage, SiteImage, SitePage

pytestmark = pytest.mark.django_db


def post(client, page, action, **fields):
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(address, filled(client.get(address)) | {"body-count": "0", action: "1"} | fields)


def without_consent():
    """Pictures of people that may not be shown."""
    yesterday = timezone.localdate() - timedelta(days=1)
    ended = portrait(title="Accord fini", consent_on=yesterday - timedelta(days=9), consent_until=yesterday)
    unasked, unsigned = picture("Jamais demandé"), picture("Sans signature")
    SiteImage.objects.filter(pk=unasked.pk).update(people="")
    SiteImage.objects.filter(pk=unsigned.pk).update(people="recognisable")
    return [ended, unasked, unsigned]


def test_a_person_without_consent_stops_the_publication_and_no_draft(admin):
    page, client = news(), admin("Publication")
    for wrong in without_consent():
        refused = post(client, page, "action-publish", picture=wrong.pk)
        assert f"« {wrong.title} », et son accord manque" in words(parse(refused).main)
        assert set(refused.context["form"].errors) == {"picture"}
        assert NewsPage.objects.get().picture is None
        assert post(client, page, "action-save", picture=wrong.pk).status_code == 302
    for right in (portrait(), picture("Une rue"), picture("De dos", people="far")):
        assert post(client, page, "action-publish", picture=right.pk).status_code == 302
        assert NewsPage.objects.get().picture == right


def test_visitors_never_see_a_person_without_consent_whatever_the_way(client):
    for wrong in without_consent():
        page = news(f"Sur {wrong.pk}", picture=wrong)
        assert not parse(client.get(page.url)).main.select("img")


def test_a_person_in_a_block_counts_too(admin):
    page, wrong = news(), without_consent()[0]
    block = {"body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "picture", "body-0-id": ""}
    block |= {"body-0-value-image": wrong.pk, "body-0-value-alt_text": "Une personne"}
    refused = post(admin("Publication"), page, "action-publish", **block)
    assert set(refused.context["form"].errors) == {"body"}
    assert "Accord fini" in refused.content.decode()


@pytest.fixture
def checks(as_member):
    """Opens the checks beside the form of a page, and returns what they say."""
    editor = as_member("Publication")

    def look(page):
        editor.goto(f"{editor.url.split('/admin')[0]}{reverse('wagtailadmin_pages:edit', args=[page.pk])}")
        editor.locator("[data-side-panel-toggle=checks]").click()
        expect(editor.locator("[data-content-word-count]")).not_to_have_text("-", timeout=15000)  # the checks have run
        rows = editor.locator("[data-checks-panel] [data-content-checker-row]")
        return sorted(row.locator("[data-content-checker-name]").inner_text() for row in rows.all())

    return look


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_checks_of_wagtail_say_so_in_french(checks):
    page = news(picture=picture(description=""))
    assert checks(page) == ["Cette image n’a pas de description"]


@pytest.mark.browser
@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_the_checks_say_nothing_of_the_pages_of_the_site(checks):
    fill()
    for page in SitePage.objects.filter(depth__gt=1).specific():
        assert (page.title, checks(page)) == (page.title, [])
