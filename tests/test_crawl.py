"""A visitor who follows every link finds no dead end: on the starting site, and on one with everything filled."""

from urllib.parse import urldefrag

import pytest
from assertions import words
from wagtail.models import get_page_models

from pages.districts.listing import ListPageMixin
from pages.models import SitePage


@pytest.fixture(params=["starting_site", "filled_site"])
def site(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def pages(site):
    """The pages that links lead to, each once: parameters make no other page."""
    found = {address: site.answers[address].page for address in site.reached if site.answers[address].is_page and "?" not in address}
    assert len(found) > 15
    return found


def test_every_link_leads_to_something(site):
    others = [(source, address) for source, target in site.links if (address := urldefrag(target)[0]) != source]
    assert [(source, address) for source, address in others if site.answers[address].status != 200] == []


def test_every_link_into_a_page_leads_to_a_place_that_is_there(site):
    missing = []
    for source, target in site.links:
        address, place = urldefrag(target)
        if place not in {"", "erreurs"} and not site.answers[address].page.find(id=place):  # a form with errors has that place
            missing.append((source, target))
    assert missing == []


@pytest.mark.django_db
def test_every_open_page_is_reached_but_lists_without_entries(site):
    pages = site.open_pages
    lists = {page.url for page in SitePage.objects.type(*[model for model in get_page_models() if issubclass(model, ListPageMixin)])}
    empty_lists = {address for address in lists if not any(page.startswith(address) for page in pages - {address})}
    assert pages - site.reached == empty_lists


def test_every_page_has_headings_with_words_and_a_title_and_a_description_of_its_own(pages):
    for address, page in pages.items():
        assert all(words(heading) for heading in page.select("h1, h2, h3, h4")), address
        assert page.select("meta[name=description][content]:not([content=''])"), address
    titles = [words(page.title) for page in pages.values()]
    assert sorted(titles) == sorted(set(titles))
