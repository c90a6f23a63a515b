"""Addresses: redirects, the site map, sitemap.xml, robots.txt, and the links of the 404 page."""

from datetime import date
from xml.etree import ElementTree

import pytest
from assertions import leads_to, links, parse
from django.conf import settings
from examples import NOWHERE, event, news, offer
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction

from pages.models import AboutPage, ContactPage, HistoryPage, HomePage, JobsPage, SitePage, StandardPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def rename(django_capture_on_commit_callbacks):
    def run(page, slug):
        page.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()

    return run


def test_a_renamed_page_is_found_at_each_of_its_old_addresses(client, rename):
    page = AboutPage.objects.get()
    rename(page, "qui")
    assert client.get("/qui-sommes-nous/").headers["location"] == "/qui/"
    assert client.get("/qui-sommes-nous/mission/?utm=x").headers["location"] == "/qui/mission/"
    rename(page, "nous")
    for old in ("/qui-sommes-nous/", "/qui/"):
        response = client.get(old)
        assert (response.status_code, response.headers["location"]) == (301, "/nous/")
    rename(page, "qui-sommes-nous")
    assert client.get("/qui-sommes-nous/").status_code == 200  # a page takes precedence over a redirect
    assert client.get("/nous/").headers["location"] == "/qui-sommes-nous/"


def test_a_moved_page_is_found_at_its_old_address(client):
    home = HomePage.objects.get()
    one, other = (home.add_child(instance=StandardPage(title=title, slug=title.lower())) for title in ("Une", "Autre"))
    other.move(one, "last-child")
    assert client.get("/autre/").headers["location"] == "/une/autre/"


@pytest.mark.postgresql
def test_a_redirect_to_a_page_that_is_gone_is_no_loop(client, rename):
    page = HomePage.objects.get().add_child(instance=StandardPage(title="Une", slug="une"))
    rename(page, "deux")
    page.delete()
    assert client.get("/une/").status_code == 404
    assert not Redirect.objects.exists()


def test_staff_write_redirects_too(admin):
    assert admin("Publication").get("/admin/redirects/add/").status_code == 200
    assert admin("Rédaction").get("/admin/redirects/").status_code == 302


def listed(client):
    return [link["href"] for link in parse(client.get("/plan-du-site/")).select(".site-map a")]


def locations(client):
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 our own
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    return {url.find("s:loc", space).text: url.find("s:lastmod", space) for url in root.findall("s:url", space)}


def test_plan_and_sitemap_hold_each_open_page_once_in_the_order_of_the_tree(client):
    pages = [page.url for page in SitePage.objects.live().filter(depth__gt=1).order_by("path")]
    assert listed(client) == [address for address in pages if address not in {"/actualites/", "/agenda/"}]  # empty lists
    assert list(locations(client)) == [f"{settings.SITE_URL}{address}" for address in pages]
    assert all(lastmod is not None for lastmod in locations(client).values())


def test_the_plan_has_a_list_as_soon_as_it_has_an_entry_old_ones_too(client):
    news(day=date(2020, 1, 31))
    assert "/actualites/" in listed(client)
    event(first_day=date(2020, 1, 31))
    assert {"/actualites/", "/agenda/"} <= set(listed(client))


def test_plan_and_sitemap_hold_nothing_that_is_not_for_everybody(client):
    PageViewRestriction.objects.create(page=AboutPage.objects.get(), restriction_type="login")
    ContactPage.objects.get().unpublish()
    for address in ("/contact/", "/qui-sommes-nous/", HistoryPage.objects.get().url):
        assert address not in listed(client)
        assert f"{settings.SITE_URL}{address}" not in locations(client)


def test_the_plan_loses_no_page_whose_parent_is_not_open(client):
    page = offer()
    JobsPage.objects.get().unpublish()
    assert page.url in listed(client)
    text = client.get(page.url).content.decode()
    assert "Voir toutes les offres" not in text


def test_the_plan_shows_what_stands_under_what(client):
    plan = parse(client.get("/plan-du-site/")).select_one(".site-map")
    entry = plan.select_one("a[href='/nos-activites/']").find_parent("li")
    below = [link["href"] for link in entry.select(":scope > ul a")]
    assert below == ["/nos-activites/proprete-des-espaces-exterieurs/", "/nos-activites/second-oeuvre-du-batiment/"]
    assert entry.find_next_sibling("li").a["href"] == "/collectivites-et-bailleurs/"
    assert not [empty for empty in plan.select("ul") if not empty.select("li")]


def test_robots_are_told_of_the_sitemap_and_kept_out_of_the_admin(client):
    text = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text
    assert "Disallow: /admin/" in text


def test_a_missing_page_leads_on(client):
    found = [leads_to(address) for _, address in links(parse(client.get(NOWHERE)).main)]
    for address in ("/", "/travailler-a-la-regie/", "/contact/", "/plan-du-site/", "/contact/?sujet=site#formulaire"):
        assert leads_to(address) in found, address


def neighbour(client, address, rel):
    link = parse(client.get(address)).main.select_one(f"a[rel={rel}]")
    return link and link["href"]


def test_services_and_free_pages_lead_to_their_neighbours(client):
    first, second = "/nos-activites/proprete-des-espaces-exterieurs/", "/nos-activites/second-oeuvre-du-batiment/"
    assert neighbour(client, first, "next") == second
    assert neighbour(client, second, "prev") == first
    above = HomePage.objects.get().add_child(instance=StandardPage(title="Infos", slug="infos"))
    for title in ("Une", "Deux"):
        above.add_child(instance=StandardPage(title=title, slug=title.lower()))
    assert neighbour(client, "/infos/une/", "next") == "/infos/deux/"
    below = [(title, address) for title, address in links(parse(client.get("/infos/")).main) if address.startswith("/infos/")]
    assert below == [("Une", "/infos/une/"), ("Deux", "/infos/deux/")]
    assert neighbour(client, "/infos/", "next") is None
