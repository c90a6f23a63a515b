"""Which page types may be created below which, and how many of each."""

import pytest
from assertions import links, parse, words
from django.utils.text import camel_case_to_spaces
from examples import EXAMPLE_FIELDS
from wagtail.models import get_page_models
from wagtail.test.utils.page_tests import WagtailPageTestCase

from pages.about import parts
from pages.models import (
    AboutPage,
    BuyersPage,
    ContactPage,
    EventIndexPage,
    EventPage,
    HomePage,
    JobOfferPage,
    JobsPage,
    LanguagePage,
    LegalPage,
    NeighbourhoodPage,
    NewsIndexPage,
    NewsPage,
    ServicePage,
    ServicesIndexPage,
    SimplePage,
    SitePage,
    StandardPage,
)

pytestmark = pytest.mark.django_db

PARTS = [
    parts.HistoryPage,
    parts.FiguresPage,
    parts.VocationPage,
    parts.StrengthsPage,
    parts.MissionPage,
    parts.NetworkPage,
]
CHILDREN = {
    SitePage: {HomePage},
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
        SimplePage,
        LanguagePage,
    },
    NewsIndexPage: {NewsPage, SimplePage},
    EventIndexPage: {EventPage, SimplePage},
    JobsPage: {JobOfferPage, SimplePage},
    ServicesIndexPage: {ServicePage, SimplePage},
    AboutPage: {*PARTS, StandardPage, SimplePage},
    StandardPage: {StandardPage, SimplePage},
    BuyersPage: {SimplePage},
    NeighbourhoodPage: {SimplePage},
    ContactPage: {SimplePage},
    **{
        leaf: set()
        for leaf in (
            SimplePage,
            LanguagePage,
            JobOfferPage,
            NewsPage,
            EventPage,
            ServicePage,
            LegalPage,
            *PARTS,
        )
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
    SimplePage,
}  # of the one before, one a parent; of the last, one of each kind
SITE_MODELS = [model for model in get_page_models() if model is not SitePage]


def test_every_page_type_of_the_site_has_a_rule_here():
    assert set(SITE_MODELS) == set(CHILDREN) - {SitePage}


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
    assert parents, f"No page type may have {model.__name__} below it: say so in its `subpage_types`, and in CHILDREN."
    parent = next((parent for parent in parents if parent), None)
    assert parent, f"No page of the starting content takes {model.__name__}: add one to pages/seed/."
    if not model.objects.exists():
        parent.add_child(instance=model(**EXAMPLE_FIELDS[model]))
    assert model.can_create_at(parent) is (model not in ONE_OF_EACH)


@pytest.mark.postgresql
@pytest.mark.parametrize("model", sorted(ONE_OF_EACH - {HomePage, LegalPage}, key=lambda model: model.__name__))
def test_a_unique_page_that_was_deleted_can_be_made_again(model):
    parents = [parent.objects.first() for parent, children in CHILDREN.items() if model in children]
    model.objects.all().delete()
    assert model.can_create_at(parents[0])


@pytest.mark.parametrize("model", SITE_MODELS, ids=lambda model: model.__name__)
def test_a_page_type_says_in_french_what_it_is_for(model):
    assert model.page_description.endswith(".")
    assert model._meta.verbose_name != camel_case_to_spaces(model.__name__)  # Django's own, English


@pytest.mark.parametrize("address", ["/", "/qui-sommes-nous/"])
def test_menu_is_built_from_the_tree(client, address):
    home = HomePage.objects.get()
    home.add_child(instance=StandardPage(title="Dans le menu", show_in_menus=True))
    below = BuyersPage.objects.get()
    below.nav_title, below.show_in_menus = "Pied", False
    below.save()
    home.add_child(instance=StandardPage(title="Brouillon", show_in_menus=True, live=False))
    page = parse(client.get(address))
    menu = [title for title, _ in links(page.header)]
    assert menu.index("Qui sommes-nous ?") < menu.index("Dans le menu")
    assert "Pied" not in menu
    assert ("Pied", below.url) in links(page.footer)
    assert "Brouillon" not in words(page)


def test_the_foot_of_each_page_leads_to_what_every_page_needs(client):
    for address in ("/", "/qui-sommes-nous/mission/", "/pas-de-page/"):
        found = links(parse(client.get(address)).footer)
        for pair in (
            ("Mentions légales", "/mentions-legales/"),
            ("Données personnelles", "/donnees-personnelles/"),
            ("Accessibilité : non conforme", "/accessibilite/"),
            ("Plan du site", "/plan-du-site/"),
            ("Glossaire", "/glossaire/"),
        ):
            assert pair in found, (address, pair, found)


def test_the_menu_says_where_the_visitor_is(client):
    for address, current in (("/qui-sommes-nous/", "page"), ("/qui-sommes-nous/mission/", "true")):
        (entry,) = parse(client.get(address)).header.select("[aria-current]")
        assert (entry["href"], entry["aria-current"]) == ("/qui-sommes-nous/", current)
    assert not parse(client.get("/")).select("[aria-current]")
