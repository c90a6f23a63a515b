"""JSON-LD and Open Graph, read by a library that other programs use."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

import extruct
import pytest
from django.conf import settings
from examples import CLOSED, event, fill_jobs, fill_organisation, news, offer, picture

from pages.models import EventIndexPage, JobOfferPage

pytestmark = pytest.mark.django_db


def read(client, address):
    return extruct.extract(client.get(address).content.decode(), syntaxes=["json-ld", "opengraph"], uniform=True)


def graph(client, address):
    """The things that the page describes, by their type."""
    data = read(client, address)["json-ld"]
    assert [thing["@context"] for thing in data] == ["https://schema.org"] * len(data)
    things = [thing for found in data for thing in found["@graph"]]
    assert all(value not in ("", None, [], {}) for thing in things for value in thing.values())
    return {thing["@type"] if isinstance(thing["@type"], str) else " ".join(thing["@type"]): thing for thing in things}


def url(path):
    return f"{settings.SITE_URL}{path}"


def test_the_association_is_described_with_what_is_known(client):
    start = graph(client, "/")["NGO LocalBusiness"]
    assert start["foundingDate"] == "1990"
    assert start["name"] == "Régie des Quartiers de Belfort"
    assert [place["name"] for place in start["areaServed"]] == ["Les Glacis", "Les Résidences", "Le Mont/Pépinière", "Belfort Nord"]
    assert start["memberOf"]["name"] == "Mouvement des Régies"
    assert {"telephone", "email", "address", "hasMap", "sameAs"} & set(start) == set()
    assert "Parant" not in client.get("/").content.decode()  # history, never an address
    fill_organisation()
    for address in ("/", "/contact/"):
        full = graph(client, address)["NGO LocalBusiness"]
        assert (full["telephone"], full["email"]) == ("+33-3-84-00-00-00", "contact@example.org")
        assert full["address"] == "1 rue de l’Exemple, 90000 Belfort"
        assert full["sameAs"] == ["https://example.org/regie"]


def test_the_way_to_a_page_is_said_in_its_own_addresses(client):
    steps = graph(client, "/qui-sommes-nous/histoire/")["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in steps] == [1, 2, 3]
    assert [(step["name"], step["item"]) for step in steps] == [
        ("Accueil", url("/")),
        ("Qui sommes-nous ?", url("/qui-sommes-nous/")),
        ("Histoire", url("/qui-sommes-nous/histoire/")),
    ]
    assert "BreadcrumbList" not in graph(client, "/")


def test_news_are_articles(client):
    page = news("Une fête </script><b> & « fin »", date(2026, 3, 3), picture=picture())
    found = graph(client, page.url)["NewsArticle"]
    assert found["headline"] == page.title
    assert (found["datePublished"], found["url"]) == ("2026-03-03", url(page.url))
    assert found["image"].startswith(settings.SITE_URL)
    assert datetime.fromisoformat(found["dateModified"])
    assert found["publisher"]["@id"] == graph(client, "/")["NGO LocalBusiness"]["@id"]


@pytest.mark.parametrize(
    ("fields", "start", "end"),
    [
        ({"start_time": time(14), "end_time": time(17)}, "2027-10-31T14:00:00+01:00", "2027-10-31T17:00:00+01:00"),
        (
            {"first_day": date(2027, 10, 30), "start_time": time(23), "end_time": time(4)},
            "2027-10-30T23:00:00+02:00",
            "2027-10-31T04:00:00+01:00",
        ),
        ({"start_time": time(14)}, "2027-10-31T14:00:00+01:00", None),
        ({}, "2027-10-31", "2027-10-31"),
        ({"last_day": date(2027, 11, 1)}, "2027-10-31", "2027-11-01"),
    ],
)
def test_events_are_said_with_their_hours_in_belfort(client, fields, start, end):
    found = graph(client, event(**{"first_day": date(2027, 10, 31)} | fields).url)["Event"]
    assert (found["startDate"], found.get("endDate")) == (start, end)


@pytest.mark.parametrize(
    ("state", "said"),
    [("", "EventScheduled"), ("cancelled", "EventCancelled"), ("rescheduled", "EventRescheduled"), ("moved", "EventScheduled")],
)
def test_events_say_their_state(client, state, said):
    found = graph(client, event(state=state, place="La cour", is_free=True, audience="Tout le monde").url)["Event"]
    assert found["eventStatus"] == f"https://schema.org/{said}"
    assert found["location"]["name"] == "La cour"
    assert found["isAccessibleForFree"] is True


def test_what_is_not_known_of_an_event_is_not_said(client):
    assert {"location", "isAccessibleForFree", "audience", "image"} & set(graph(client, event().url)["Event"]) == set()


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"contract": "cddi", "hours": "26"}, ["PART_TIME", "TEMPORARY"]),
        ({"contract": "cdi", "hours": "35"}, ["FULL_TIME"]),
        ({"contract": "cdi", "hours": "34.5"}, ["PART_TIME"]),
        ({"contract": "alternance"}, ["INTERN"]),
    ],
)
def test_offers_are_said_while_they_are_open(client, fields, kinds):
    page = offer(last_day=date(2100, 1, 31), place="1 rue de l’Exemple, 90000 Belfort")
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()
    found = graph(client, page.url)["JobPosting"]
    assert found["employmentType"] == kinds
    assert found["validThrough"] == "2100-01-31T23:59:59+01:00"
    assert found["jobLocation"]["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "1 rue de l’Exemple",
        "postalCode": "90000",
        "addressLocality": "Belfort",
        "addressCountry": "FR",
    }
    assert date.fromisoformat(found["datePosted"])
    fill_jobs()
    assert client.get(CLOSED).status_code == 410
    assert read(client, CLOSED) == {"json-ld": [], "opengraph": []}


@pytest.mark.parametrize(
    ("fields", "pay", "is_direct"),
    [
        ({"at_minimum_wage": True}, None, True),
        ({"wage_from": Decimal("12.5")}, {"@type": "QuantitativeValue", "unitText": "HOUR", "value": 12.5}, True),
        (
            {"wage_from": Decimal(1800), "wage_to": Decimal(2000), "wage_unit": "MONTH", "sent_by": "la Mission locale"},
            {"@type": "QuantitativeValue", "unitText": "MONTH", "minValue": 1800.0, "maxValue": 2000.0},
            False,
        ),
    ],
)
def test_pay_is_said_in_numbers_and_whether_one_may_apply_here(client, fields, pay, is_direct):
    found = graph(client, offer(place="Les Glacis", **fields).url)["JobPosting"]
    assert found["jobLocation"]["address"] == {"@type": "PostalAddress", "addressLocality": "Les Glacis", "addressCountry": "FR"}
    assert (found.get("baseSalary") or {}).get("value") == pay
    assert found["directApply"] is is_direct


def test_every_page_is_shared_with_its_title_address_and_picture(filled_site):
    for address in filled_site.open_pages:
        answer = filled_site.answers[address]
        (found,) = extruct.extract(answer.content.decode(), syntaxes=["opengraph"], uniform=True)["opengraph"]
        assert found["og:url"] == answer.page.select_one("link[rel=canonical]")["href"] == url(address)
        assert found.get("og:locale") == ("fr_FR" if answer.page.html["lang"] == "fr" else None)
        assert found["og:site_name"] == "Régie des Quartiers de Belfort"
        assert found["og:title"]
        assert filled_site.find(found["og:image"]).headers["Content-Type"].startswith("image/"), address
        assert found["@type"] == ("article" if re.fullmatch("/actualites/.+", address) else "website")


def test_lists_that_are_narrowed_name_the_whole_list(client, short_lists):
    for n in range(EventIndexPage.PER_PAGE + 1):
        event(f"Numéro {n}")
    canonical = '<link rel="canonical" href="http://127.0.0.1:8000/agenda/">'
    assert canonical in client.get("/agenda/?quartier=les-glacis").content.decode()
    assert 'rel="canonical"' not in client.get("/agenda/?page=2").content.decode()  # not the same as the first


def test_an_offer_is_dated_by_the_day_in_belfort(client):
    page = offer()
    JobOfferPage.objects.filter(pk=page.pk).update(first_published_at=datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    assert graph(client, page.url)["JobPosting"]["datePosted"] == "2026-07-01"
