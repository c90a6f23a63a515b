"""Limits on the number of SQL queries of the first page of a state of the site, and of later ones, whatever the amount of content."""

from datetime import date

import pytest
from assertions import queries
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from examples import fill

from pages.models import (
    District,
    FigureValue,
    Finding,
    HistoryPage,
    HomePage,
    JobOfferPage,
    JobsPage,
    KeyFigure,
    Milestone,
    ServicePage,
    ServicesIndexPage,
    StandardPage,
)
from pages.page.sharing import render_for_all
from regie.serving.state import current, read_state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rendered_for_all():
    """Pages are rendered as the page cache renders them for visitors."""
    current.state = read_state()
    with render_for_all():
        yield
    current.state = None


CEILINGS = {
    "/": 16,
    "/qui-sommes-nous/": 19,
    "/qui-sommes-nous/histoire/": 13,
    "/qui-sommes-nous/chiffres-cles/": 13,
    "/qui-sommes-nous/vocation/": 13,
    "/qui-sommes-nous/forces/": 13,
    "/qui-sommes-nous/mission/": 13,
    "/qui-sommes-nous/reseau/": 13,
    "/travailler-a-la-regie/": 13,
    "/nos-activites/": 13,
    "/nos-activites/proprete-des-espaces-exterieurs/": 13,
    "/collectivites-et-bailleurs/": 13,
    "/vie-de-quartier/": 13,
    "/contact/?sujet=marche": 13,
    "/mentions-legales/": 13,
    "/donnees-personnelles/": 13,
    "/accessibilite/": 13,
    "/plan-du-site/": 13,
    "/actualites/": 13,
    "/agenda/": 15,
    "/recherche/?q=emploi": 13,
    "/glossaire/": 13,
    "/agenda.ics": 8,
    "/actualites.atom": 8,
    "/sitemap.xml": 8,
    "/.well-known/security.txt": 8,
    "/chiffres-cles.csv": 3,
    "/chiffres-cles.json": 3,
}


MOST_LATER = {"/": 8, "/qui-sommes-nous/": 8}


def grow():
    """Ten times the milestones, findings, figures, quartiers and sibling pages."""
    history = HistoryPage.objects.get()
    history.milestones = [Milestone(label=str(year), title=f"Étape {year}", text="<p>Texte.</p>") for year in range(1980, 2020)]
    history.findings = [Finding(title=f"Constat {n}", text="<p>Texte.</p>") for n in range(50)]
    history.save_revision().publish()
    for n in range(30):
        figure = KeyFigure(label_singular=f"chose {n}", label_plural=f"choses {n}")
        figure.values = [FigureValue(year=year, number=year) for year in range(2016, 2026)]
        figure.save()
        District.objects.create(name=f"Quartier {n}")
        HomePage.objects.get().add_child(instance=StandardPage(title=f"Page {n}", show_in_menus=n % 2))


@pytest.mark.postgresql
@pytest.mark.parametrize("address", CEILINGS)
def test_queries_stay_under_their_ceiling(client, address):
    sql = queries(client, address)
    assert len(sql) <= CEILINGS[address], "\n".join(sql)


@pytest.mark.postgresql
@pytest.mark.parametrize("address", CEILINGS)
def test_what_all_pages_show_is_asked_once_a_state_of_the_site(client, address):
    cache.clear()
    for other in {"/", "/agenda/"} - {address}:
        client.get(other)
    with CaptureQueriesContext(connection) as sql:
        assert client.get(address).status_code == 200
    assert len(sql) <= MOST_LATER.get(address, 7), [query["sql"] for query in sql]


def test_queries_do_not_grow_with_pages(client):
    fill()
    addresses = [*CEILINGS, JobOfferPage.objects.first().url, "/infos-pratiques/libre/"]
    cache.clear()
    for address in addresses:
        client.get(address)  # the first visit makes the pictures
    before = {address: len(queries(client, address)) for address in addresses}
    # Entries with quartiers, pictures, buttons, documents; events, with the dates that have pages of their own.
    with_more = {"/": 6, "/actualites/": 1, "/agenda/": 2, "/vie-de-quartier/": 1, "/qui-sommes-nous/reseau/": 2}
    with_more |= {
        "/nos-activites/proprete-des-espaces-exterieurs/": 3,
        "/infos-pratiques/libre/": 13,
        "/travailler-a-la-regie/agente-ou-agent-de-proprete/": 2,
    }
    assert {address: number for address, number in before.items() if number > CEILINGS.get(address, 13) + with_more.get(address, 0)} == {}
    parents = JobsPage.objects.get(), ServicesIndexPage.objects.get(), StandardPage.objects.get(slug="infos-pratiques")
    for n in range(10):
        for parent, page in zip(
            parents,
            (
                JobOfferPage(title=f"Offre {n}", contract="cdd", last_day=date(2100, 1, 31)),
                ServicePage(title=f"Activité {n}"),
                StandardPage(title=f"Page {n}"),
            ),
            strict=True,
        ):
            parent.add_child(instance=page)
    after = {address: len(queries(client, address)) for address in addresses}
    assert after == before


def test_queries_do_not_grow_with_content(client):
    before = {address: len(queries(client, address)) for address in CEILINGS}
    grow()
    after = {address: len(queries(client, address)) for address in CEILINGS}
    assert after == before
