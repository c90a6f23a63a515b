"""What may stand where in the page tree, and how many."""

import pytest
from django.utils.text import camel_case_to_spaces
from wagtail.models import Page, get_page_models
from wagtail.test.utils.page_tests import WagtailPageTestCase

from pages import models
from pages.models import (
    AboutPage,
    BuyersPage,
    ContactPage,
    EventIndexPage,
    EventPage,
    HomePage,
    JobOfferPage,
    JobsPage,
    LegalPage,
    NeighbourhoodPage,
    NewsIndexPage,
    NewsPage,
    ServicePage,
    ServicesIndexPage,
    StandardPage,
)

pytestmark = pytest.mark.django_db

PARTS = [
    models.HistoryPage,
    models.FiguresPage,
    models.VocationPage,
    models.StrengthsPage,
    models.MissionPage,
    models.NetworkPage,
]
CHILDREN = {
    Page: {HomePage},
    HomePage: {
        JobsPage,
        ServicesIndexPage,
        BuyersPage,
        NeighbourhoodPage,
        NewsIndexPage,
        EventIndexPage,
        AboutPage,
        ContactPage,
        LegalPage,
        StandardPage,
    },
    NewsIndexPage: {NewsPage},
    EventIndexPage: {EventPage},
    JobsPage: {JobOfferPage},
    ServicesIndexPage: {ServicePage},
    AboutPage: set(PARTS),
    StandardPage: {StandardPage},
    **{
        leaf: set()
        for leaf in (JobOfferPage, NewsPage, EventPage, ServicePage, BuyersPage, NeighbourhoodPage, ContactPage, LegalPage, *PARTS)
    },
}
ONE_OF_EACH = {
    HomePage,
    JobsPage,
    ServicesIndexPage,
    BuyersPage,
    NeighbourhoodPage,
    NewsIndexPage,
    EventIndexPage,
    AboutPage,
    ContactPage,
    LegalPage,
    *PARTS,
}  # of the last, one of each kind
SITE_MODELS = [model for model in get_page_models() if model is not Page]


def test_every_page_type_of_the_site_has_a_rule_here():
    assert set(SITE_MODELS) == set(CHILDREN) - {Page}


@pytest.mark.parametrize("parent", CHILDREN, ids=lambda model: model.__name__)
def test_only_these_pages_may_stand_under(parent):
    case = WagtailPageTestCase()
    for child in SITE_MODELS:
        if child in CHILDREN[parent]:
            case.assertCanCreateAt(parent, child)
        else:
            case.assertCanNotCreateAt(parent, child)


@pytest.mark.parametrize("model", SITE_MODELS, ids=lambda model: model.__name__)
def test_unique_pages_cannot_be_made_twice(model):
    parents = [parent.objects.first() for parent, children in CHILDREN.items() if model in children]
    parent = next(parent for parent in parents if parent)
    assert model.can_create_at(parent) is (model not in ONE_OF_EACH)


@pytest.mark.parametrize("model", SITE_MODELS, ids=lambda model: model.__name__)
def test_a_page_type_says_in_french_what_it_is_for(model):
    assert model.page_description.endswith(".")
    assert model._meta.verbose_name != camel_case_to_spaces(model.__name__)  # Django's own, English


@pytest.mark.parametrize("address", ["/", "/qui-sommes-nous/"])
def test_menu_is_built_from_the_tree(client, address):
    home = HomePage.objects.get()
    home.add_child(instance=StandardPage(title="Dans le menu", show_in_menus=True))
    home.add_child(instance=StandardPage(title="Dans le pied", nav_title="Pied"))
    home.add_child(instance=StandardPage(title="Brouillon", show_in_menus=True, live=False))
    header, _, footer = client.get(address).content.decode().partition("<main")
    assert header.index("Qui sommes-nous") < header.index("Dans le menu")
    assert "Pied" not in header
    assert '<a href="/dans-le-pied/">Pied</a>' in footer
    assert "Brouillon" not in header + footer


def test_the_menu_says_where_the_visitor_is(client):
    assert '<a href="/qui-sommes-nous/" aria-current="page">' in client.get("/qui-sommes-nous/").content.decode()
    assert '<a href="/qui-sommes-nous/" aria-current="true">' in client.get("/qui-sommes-nous/mission/").content.decode()
    assert "aria-current" not in client.get("/").content.decode()
