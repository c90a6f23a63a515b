"""People who ask to be told of offers: the box in the form, and the list by which staff tell them."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from assertions import filled, links, parse, words
from dateutil.relativedelta import relativedelta
from django.urls import reverse
from django.utils import timezone
from examples import closed_offer, fill_organisation, offer

from pages.contact.models import NOTICE_MONTHS
from pages.models import JobOfferPage, JobsPage, Message
from pages.text.dates import format_day
from regie.operations.worker import erase

pytestmark = pytest.mark.django_db

WORK, FIRST_SCREEN = "/travailler-a-la-regie/", reverse("wagtailadmin_home")
BOX = "Prévenez-moi par SMS ou par téléphone s’il y a une offre, pendant 6 mois"


@pytest.fixture
def offered():
    JobsPage.objects.update(notifies=True)


def ask(phone, days=1, **fields):
    """A message of somebody who asked some `days` ago to be told of offers."""
    now = timezone.now()
    fields = {"notify_until": timezone.localdate() + timedelta(days=100)} | fields
    return Message.objects.create(subject="emploi", phone=phone, created_at=now - timedelta(days=days), **fields)


def publish(**fields):
    page = offer(**fields)
    page.save_revision().publish()
    return page


def waiting(client):
    return words(parse(client.get(FIRST_SCREEN)).select_one(".waiting"))


def rows(client, page):
    return parse(client.get(reverse("tell_people", args=[page.pk]))).select(".notices li")


@pytest.mark.parametrize("address", [WORK, f"{WORK}version-simple/", "/contact/?sujet=emploi", "/contact/?offre=une-offre"])
def test_the_box_is_there_once_staff_offer_it_and_nobody_has_ticked_it(client, address):
    offer(slug="une-offre")
    assert BOX not in words(parse(client.get(address)))
    JobsPage.objects.update(notifies=True)
    page = parse(client.get(address))
    assert BOX in words(page)
    assert not page.select_one("#formulaire [name=notify_until]").has_attr("checked")


def test_who_asks_about_something_else_is_not_offered_it(client, offered):
    assert BOX not in words(parse(client.get("/contact/?sujet=autre&rappel=oui")))
    assert BOX not in words(parse(client.get("/contact/")))


def test_the_wish_is_kept_for_six_months_and_then_erased_with_what_staff_noted(client, offered, time_machine):
    answer = client.post("/contact/?sujet=emploi", {"subject": "emploi", "phone": "0612345678", "notify_until": "on"})
    message = Message.objects.get()
    until = timezone.localdate() + relativedelta(months=NOTICE_MONTHS)
    assert message.notify_until == until
    assert f"C’est noté : vous voulez être prévenu des offres, jusqu’au {format_day(until, 'j F Y')}." in words(
        parse(client.get(answer["Location"]))
    )
    assert f"pendant {NOTICE_MONTHS} mois" in BOX
    message.told.add(offer())
    time_machine.move_to(timezone.now() + relativedelta(months=NOTICE_MONTHS, hours=-1))
    erase()
    assert Message.objects.get().notify_until
    time_machine.move_to(timezone.now() + timedelta(days=2))
    erase()
    message = Message.objects.get()
    assert message.notify_until is None
    assert not message.told.exists()


def test_without_the_box_nothing_is_noted(client, offered):
    answer = client.post("/contact/?sujet=emploi", {"subject": "emploi", "phone": "0612345678"})
    assert Message.objects.get().notify_until is None
    assert "prévenu" not in words(parse(client.get(answer["Location"])).select_one(".sent"))


def test_a_number_is_needed_to_be_told(client, offered):
    page = parse(client.post("/contact/?sujet=emploi", {"subject": "emploi", "email": "a@example.org", "notify_until": "on"}))
    assert words(page.select_one("#id_phone_error")) == "Écrivez votre numéro : la Régie prévient par SMS ou par téléphone."
    assert page.select_one("[name=notify_until]").has_attr("checked")
    assert not Message.objects.exists()


@pytest.mark.parametrize("address", ["/donnees-personnelles/", "/contact/?sujet=emploi"])
def test_what_is_said_on_personal_data_says_why_how_long_and_how_to_stop(client, address):
    assert "Être prévenu des offres" not in words(parse(client.get(address)).main)
    JobsPage.objects.update(notifies=True)
    text = words(parse(client.get(address)).main)
    for said in (f"Pendant {NOTICE_MONTHS} mois", "c’est votre accord", "quand une offre paraît", "Pour arrêter"):
        assert said in text


def test_staff_read_how_many_want_to_know_of_an_offer(admin, offered):
    ask("06 12 34 56 78")
    ask("+33 6 12 34 56 78", days=3)  # the same number
    ask("03 84 00 00 00")
    ask("06 11 11 11 11", notify_until=timezone.localdate() - timedelta(days=1))
    closed_offer("Une offre close")
    publish(title="Aide de cuisine")
    ask("06 99 99 99 99", days=-1)  # has seen it
    client = admin("Publication")
    assert "2 personnes veulent savoir : « Aide de cuisine ». Prévenez-les." in waiting(client)
    assert "close" not in waiting(client)
    JobsPage.objects.update(notifies=False)
    assert "savoir" not in waiting(client)


def test_each_has_a_text_message_or_a_call(admin, offered):
    fill_organisation()
    ask("06 12 34 56 78", name="Une personne")
    ask("03 84 00 00 00")
    page = publish(title="Aide de cuisine")
    landline, mobile = sorted(rows(admin("Publication"), page), key=words)
    assert [name for name, _ in links(landline)] == ["03 84 00 00 00", "Appeler"]
    _, (_, text), call = links(mobile)
    assert call == ("Appeler", "tel:+33-6-12-34-56-78")
    assert text.startswith("sms:+33612345678?&body=")
    sent = unquote(text)
    assert "Aide de cuisine" in sent
    assert page.full_url in sent
    assert not set("’«»") & set(sent)


def test_who_was_told_leaves_the_list_and_can_come_back(admin, offered):
    first = ask("06 12 34 56 78")
    ask("06 87 65 43 21")
    page = publish(title="Aide de cuisine")
    publish(title="Autre offre", slug="autre")
    client, address = admin("Publication"), reverse("tell_people", args=[page.pk])
    client.post(address, {"told": first.pk})
    assert "Une personne veut savoir : « Aide de cuisine ». Prévenez-la." in waiting(client)
    assert "2 personnes veulent savoir : « Autre offre ». Prévenez-les." in waiting(client)
    assert ["C’est fait." in words(row) for row in rows(client, page)].count(True) == 1
    client.post(address, {"again": first.pk})
    assert "2 personnes veulent savoir : « Aide de cuisine »" in waiting(client)


def test_the_list_of_an_offer_ends_and_can_be_taken_up_again_and_who_was_told_is_still_known(admin, offered):
    first = ask("06 12 34 56 78")
    ask("06 87 65 43 21")
    page = publish(title="Aide de cuisine")
    client, address = admin("Publication"), reverse("tell_people", args=[page.pk])
    client.post(address, {"told": first.pk})
    client.post(address, {"ended": "1"})
    assert "Aide de cuisine" not in waiting(client)
    for screen in (reverse("wagtailadmin_pages:edit", args=[page.pk]), reverse("wagtailadmin_explore", args=[page.get_parent().pk])):
        assert ("Qui prévenir", address) in links(parse(client.get(screen)))
    assert [("C’est fait." in words(row), bool(row.select("a[href^=sms]"))) for row in rows(client, page)] == [
        (True, False),
        (False, False),
    ]
    client.post(address, {"ended": ""})
    assert "Une personne veut savoir : « Aide de cuisine »" in waiting(client)


def test_who_wants_no_more_is_in_no_list_with_any_message(admin, offered):
    ask("06 12 34 56 78")
    again = ask("06.12.34.56.78", days=5)
    ask("06 87 65 43 21")
    page = publish(title="Aide de cuisine")
    client = admin("Publication")
    client.post(reverse("tell_people", args=[page.pk]), {"stop": Message.objects.get(phone="06 12 34 56 78").pk})
    again.refresh_from_db()
    assert again.notify_until is None
    assert [words(row).split(" SMS")[0] for row in rows(client, page)] == ["06 87 65 43 21"]
    message = Message.objects.get(phone="06 87 65 43 21")
    form = client.get(reverse("message:edit", args=[message.pk]))
    assert "Veut être prévenue jusqu’au" in words(parse(form))
    client.post(reverse("message:edit", args=[message.pk]), filled(form) | {"stop": "1"})
    assert "savoir" not in waiting(client)
    assert "Veut être prévenue" not in words(parse(client.get(reverse("message:edit", args=[message.pk]))))


def test_a_list_without_anybody_says_so(admin, offered):
    page = publish()
    assert "Personne n’a demandé" in words(parse(admin("Publication").get(reverse("tell_people", args=[page.pk]))))


def test_who_may_not_read_messages_reads_no_number(admin, client, offered):
    ask("06 12 34 56 78")
    page = publish()
    writer = admin("Rédaction")
    assert "savoir" not in waiting(writer)
    assert writer.get(reverse("tell_people", args=[page.pk])).status_code == 302
    assert client.post(reverse("tell_people", args=[page.pk])).status_code == 302
    assert not Message.objects.get().told.exists()


def test_the_offer_goes_and_the_message_stays(admin, offered):
    message, page = ask("06 12 34 56 78"), publish()
    message.told.add(page)
    JobOfferPage.objects.get(pk=page.pk).delete()
    assert Message.objects.get() == message
