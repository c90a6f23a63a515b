"""« Copier pour une autre date »: an event or an offer again, with one question."""

from datetime import date, timedelta

import pytest
from assertions import filled, links, parse, words
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from examples import event, news, offer

from pages.models import District, EventPage, JobOfferPage, NewsPage

pytestmark = pytest.mark.django_db


def copy(client, page, day):
    address = reverse("duplicate_for_date", args=[page.pk])
    return client.post(address, fields_of(client, address, day), follow=True)


def fields_of(client, address, day):
    return {"day": day, "form_key": parse(client.get(address)).select_one("[name=form_key]")["value"]}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_twice_at_once_makes_one_copy(client, staff, at_once):
    page, user = event("Repas de quartier", date(2100, 4, 10)), staff("Publication")
    client.force_login(user)
    address, answers = reverse("duplicate_for_date", args=[page.pk]), []
    fields = fields_of(client, address, "8 mai 2101")

    def send():
        member = Client()
        member.force_login(user)
        answers.append(member.post(address, fields).status_code)

    at_once(4, send)
    assert answers == [302] * 4
    assert EventPage.objects.count() == 2
    client.post(address, fields | {"day": "9 juin 2101"})  # of the form to which somebody has gone back
    assert EventPage.objects.filter(first_day=date(2101, 6, 9)).exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_copies_of_several_pages_are_made_at_once(client, staff, at_once):
    user, answers = staff("Publication"), []
    client.force_login(user)
    addresses = [reverse("duplicate_for_date", args=[event(f"Fête {n}", date(2100, 4, 10)).pk]) for n in range(4)]
    forms = iter([(address, fields_of(client, address, "8 mai 2101")) for address in addresses])

    def send():
        member = Client()
        member.force_login(user)
        answers.append(member.post(*next(forms)).status_code)

    at_once(4, send)
    assert answers == [302] * 4
    assert EventPage.objects.count() == 8


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_date_of_a_series_has_one_page_however_often_it_is_asked_for_at_once(staff, at_once):
    days = {"repeats": "weekly", "first_day": date(2100, 3, 2), "repeats_until": date(2100, 3, 16)}
    page, user, answers = event("Café", **days), staff("Publication"), []

    def ask():
        member = Client()
        member.force_login(user)
        answers.append(member.post(reverse("replace_date", args=[page.pk, "2100-03-09"])).status_code)

    at_once(4, ask)
    assert answers == [302] * 4
    assert page.replacements.count() == 1


@pytest.mark.parametrize("group", ["Publication", "Rédaction"])
def test_an_event_is_copied_for_another_date_and_published(admin, client, group):
    page = event("Repas de quartier", date(2100, 4, 10), last_day=date(2100, 4, 12), state="cancelled", place="Place Rabin")
    page.districts.set(District.objects.all()[:1])
    page.save()
    member = admin(group)
    way = dict(links(parse(member.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))))["Copier pour une autre date"]
    assert "Quel jour ?" in words(parse(member.get(way)).main)
    answer = copy(member, page, "8 mai 2101")
    made = EventPage.objects.exclude(pk=page.pk).get()
    assert answer.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[made.pk])
    assert (made.first_day, made.last_day, made.state, made.place) == (date(2101, 5, 8), date(2101, 5, 10), "", "Place Rabin")
    assert (made.live, made.slug, made.owner, list(made.districts.all())) == (
        False,
        "repas-de-quartier-2" if page.slug == "repas-de-quartier" else "repas-de-quartier",
        User.objects.get(),
        list(page.districts.all()),
    )
    page.refresh_from_db()
    assert (page.first_day, page.state, page.live) == (date(2100, 4, 10), "cancelled", True)


def test_an_offer_is_copied_with_its_last_day_and_is_open_again(admin, client):
    page = offer("Agent de tri", last_day=None)
    JobOfferPage.objects.filter(pk=page.pk).update(
        confirmed_on=timezone.localdate(), warnings=2, outcome="pourvue", ended_on=timezone.localdate()
    )
    member = admin("Publication")
    answer = copy(member, JobOfferPage.objects.get(pk=page.pk), "31/12/2100")
    made = JobOfferPage.objects.exclude(pk=page.pk).get()
    assert (made.last_day, made.confirmed_on, made.warnings, made.live) == (date(2100, 12, 31), None, 0, False)
    assert (made.outcome, made.ended_on) == ("", None)
    made.save_revision().publish()
    assert JobOfferPage.objects.public().filter(pk=made.pk, over_from=date(2101, 1, 1)).exists()
    assert filled(answer)["last_day"] in {"31/12/2100", "2100-12-31"}


@pytest.mark.parametrize("day", ["", "demain", "31 février 2100", "31/12/9999", (timezone.localdate() - timedelta(days=1)).isoformat()])
def test_a_wrong_or_past_day_copies_nothing(admin, day):
    page = event("Repas de quartier")
    answer = copy(admin("Publication"), page, day)
    assert parse(answer).select_one("[id*=day-errors], .w-field__errors")
    assert EventPage.objects.count() == 1


def test_other_pages_are_not_copied_so_and_strangers_copy_nothing(admin, client):
    page = news(title="Une actualité")
    assert admin("Publication").post(reverse("duplicate_for_date", args=[page.pk]), {"day": "2100-01-01"}).status_code == 404
    other = event("Repas")
    client.force_login(User.objects.create_user("lecteur"))
    client.post(reverse("duplicate_for_date", args=[other.pk]), {"day": "2100-01-01"})
    assert (NewsPage.objects.count(), EventPage.objects.count()) == (1, 1)
