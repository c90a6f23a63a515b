"""Links between pages: a link to a page that is not open loses its address, and staff are warned."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from assertions import links, parse, words
from django.contrib.auth.models import Group
from django.utils import timezone
from examples import event, news, offer
from wagtail.models import PageViewRestriction

from pages.models import HomePage, SitePage, StandardPage
from pages.seed.building import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def target():
    return published(HomePage.objects.get(), StandardPage, title="La cible")


@pytest.fixture
def source(target):
    text = f'<p>Voir <a linktype="page" id="{target.pk}">cette page</a>, <a href="https://example.org/">un site</a>.</p>'
    body = [("paragraph", text), ("details", {"question": "Où ?", "answer": text})]
    return published(HomePage.objects.get(), StandardPage, title="La source", body=body)


def make_private(page):
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="groups")
    restriction.groups.add(Group.objects.first())


CLOSINGS = {
    "unpublished": lambda page: page.unpublish(),
    "private": make_private,
    "expired": lambda page: SitePage.objects.filter(pk=page.pk).update(expire_at=timezone.now()),
    "deleted": lambda page: SitePage.objects.get(pk=page.pk).delete(),
}


def told(client):
    text = unescape(client.get("/admin/").content.decode())
    panel = re.search(r'<section class="[^"]*to-review.*?</section>', text, re.S)
    return panel[0] if panel else ""


@pytest.mark.postgresql
@pytest.mark.parametrize("close", list(CLOSINGS))
def test_a_link_to_a_page_that_is_not_open_loses_its_address(client, admin, source, target, close):
    assert links(parse(client.get(source.url)).main).count(("cette page", "/la-cible/")) == 2
    member = admin("Publication")
    assert "La source" not in told(member)
    CLOSINGS[close](target)
    page = parse(client.get(source.url))
    assert "la-cible" not in str(page)
    assert [words(link) for link in page.select("main a:not([href])")] == ["cette page"] * 2
    assert links(page.main).count(("un site", "https://example.org/")) == 2
    if close != "deleted":  # before it deletes a page, Wagtail says what leads there; afterwards nothing remembers
        assert "Un lien sur « La source »</a> : il mène à « La cible », qui n’est pas en ligne" in told(member)


def test_staff_are_told_of_buttons_and_doors_too(admin, target):
    home = HomePage.objects.get()
    home.doors.add(type(home.doors.first())(title="Une porte", text="Un texte.", target=target))
    home.save()
    button = {"type": "call", "value": {"label": "Voir", "page": target.pk, "subject": "", "url": ""}}
    published(home, StandardPage, title="La source", body=json.dumps([button]))
    target.unpublish()
    text = told(admin("Publication"))
    assert "Un lien sur « La source »" in text
    assert f"Un lien sur « {home.title} »" in text


@pytest.mark.parametrize("make", [event, news, offer])
def test_a_page_answers_404_from_the_minute_on_at_which_it_expires(client, make):
    page = make(slug="une-page")
    page.expire_at = timezone.now() + timedelta(minutes=1)
    page.save_revision().publish()
    assert client.get(page.url).status_code == 200
    SitePage.objects.filter(pk=page.pk).update(expire_at=timezone.now())
    assert client.get(page.url).status_code == 404
