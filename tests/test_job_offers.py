"""Offers are open to the end of their last day in Belfort; then they are in no list, and their address answers 410 with links."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from examples import fill_jobs, offer
from reading import facts, links, parse, words

from pages.models import JobOfferPage, JobsPage

pytestmark = pytest.mark.django_db

LISTS = ["/travailler-a-la-regie/", "/plan-du-site/", "/sitemap.xml"]


@pytest.mark.parametrize(
    ("last_day", "instant", "is_open"),
    [
        (date(2027, 1, 31), datetime(2027, 1, 31, 22, 59, tzinfo=UTC), True),  # 31 January, 23:59 in Belfort
        (date(2027, 1, 31), datetime(2027, 1, 31, 23, 0, tzinfo=UTC), False),  # 1 February, 00:00
        (date(2027, 3, 27), datetime(2027, 3, 27, 22, 59, tzinfo=UTC), True),  # the night that summer time begins
        (date(2027, 3, 27), datetime(2027, 3, 27, 23, 0, tzinfo=UTC), False),
        (date(2027, 3, 28), datetime(2027, 3, 28, 21, 59, tzinfo=UTC), True),  # the evening after
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, 0, tzinfo=UTC), False),
        (date(2027, 10, 31), datetime(2027, 10, 31, 22, 59, tzinfo=UTC), True),  # the day that summer time ends
        (date(2027, 10, 31), datetime(2027, 10, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_the_last_day_ends_at_midnight_in_belfort(client, last_day, instant, is_open):
    page = offer(last_day=last_day)
    with time_machine.travel(instant, tick=False):
        assert client.get(page.url).status_code == (200 if is_open else 410)
        for address in LISTS:
            assert (page.url in client.get(address).content.decode()) is is_open, address
        assert ("je réponds" in client.get(f"/contact/?offre={page.slug}").content.decode()) is is_open


def test_a_closed_offer_leads_to_the_open_ones(client):
    fill_jobs()
    page = parse(client.get("/travailler-a-la-regie/close/"))
    assert "Cette offre n’est plus ouverte" in words(page)
    assert "31 janvier 2020" in words(page)
    assert ("Agente ou agent de propreté", "/travailler-a-la-regie/agente-ou-agent-de-proprete/") in links(page.main)
    assert not page.select("link[rel=canonical]")


def test_offers_stand_before_the_rest_and_the_one_that_ends_first_comes_first(client):
    assert "Il n’y a pas d’offre" in words(parse(client.get(LISTS[0])))
    offer("Deuxième", date(2100, 3, 1))
    offer("Première", date(2100, 2, 1))
    page = parse(client.get(LISTS[0]))
    text = words(page.main)
    assert "Il n’y a pas d’offre" not in text
    assert ("2 offres d’emploi ouvertes", "#offres") in links(page.main)
    assert text.index("Première") < text.index("Deuxième") < text.index("Qui peut travailler")


def test_the_page_has_its_offers_at_hand():
    last, first = offer("Deuxième", date(2100, 3, 1)), offer("Première", date(2100, 2, 1))
    assert list(JobsPage.objects.get().offers) == [first, last]


def test_an_offer_needs_its_last_day():
    with pytest.raises(ValidationError, match="last_day"):
        offer(last_day=None)


def test_a_last_day_that_is_over_is_refused_but_an_old_offer_can_be_mended():
    with pytest.raises(ValidationError, match="déjà passé"):
        offer(last_day=date(2020, 1, 31))
    page = offer()
    JobOfferPage.objects.filter(pk=page.pk).update(last_day=date(2020, 1, 31))
    page.refresh_from_db()
    page.title = "Un titre mieux écrit"
    page.full_clean()


@pytest.mark.parametrize("hours", ["0.5", "48.5", "100"])
def test_a_week_has_forty_eight_hours_of_work_at_most(hours):
    with pytest.raises(ValidationError, match="hours"):
        offer(hours=hours)


def test_what_is_not_known_of_an_offer_leaves_no_hole(client):
    page = parse(client.get(offer().url)).main
    assert set(facts(page)) & {"Temps de travail", "Lieu de travail", "Début", "Quartier", "Quartiers"} == set()
    assert "Qui peut répondre" not in words(page)
    assert "Candidature possible jusqu’au" in words(page)


def test_hours_are_written_as_in_french(client):
    assert facts(parse(client.get(offer(hours="26.5").url)))["Temps de travail"].startswith("26,5 heures")


def test_an_offer_without_its_last_day_cannot_even_be_a_draft(admin):
    address = reverse("wagtailadmin_pages:add", args=["pages", "jobofferpage", JobsPage.objects.get().pk])
    typed = {"title": "Une offre", "slug": "une-offre", "contract": "cdd", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
    response = admin("Publication").post(address, typed | {"body-count": "0", "audience": "null", "application": "null"})
    assert set(response.context["form"].errors) == {"last_day"}
    assert not JobOfferPage.objects.exists()
