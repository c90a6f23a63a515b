"""The contact form: what it accepts, what it refuses with a message and without losing what was typed, and repeats."""

import re
from datetime import timedelta
from html import unescape

import pytest
from assertions import leads_to, links, parse
from assertions import words as read_words
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from examples import offer

from pages.contact.form import MAX_IN_NETWORK, MAX_IN_WINDOW, MAX_LENGTH, ContactForm
from pages.models import ContactPage, Message, Organisation, Recipient
from regie.mail.outbox import OutgoingMail

pytestmark = pytest.mark.django_db

GOOD = {"subject": "emploi", "text": "Je cherche un travail.", "phone": "0612345678"}


@pytest.fixture
def clock(time_machine):
    """A clock that goes on from now, and can be set forward."""
    time_machine.move_to(timezone.now())
    return time_machine


def send(client, **changes):
    data = {name: value for name, value in (GOOD | changes).items() if value is not None}
    headers = data.pop("headers", {})
    return client.post("/contact/", data, headers=headers)


def words(response):
    """The source of a page with entities decoded and spaces folded: what was typed must be in it, in a field or beside one."""
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def refused(response, status, why):
    """Whether the form came back with its reason, and nothing was stored."""
    assert response.status_code == status
    text = words(response)
    assert why in text
    assert "<title>Erreur : " in text
    assert not Message.objects.exists()
    return text


def test_a_message_is_stored_and_the_visitor_is_thanked(client):
    response = send(client, name="Une personne", email="personne@example.org")
    assert response.status_code == 303
    message = Message.objects.get()
    assert (message.subject, message.text, message.name, message.email) == (
        "emploi",
        "Je cherche un travail.",
        "Une personne",
        "personne@example.org",
    )
    assert message.phone == GOOD["phone"]
    assert message.status == Message.Status.NEW
    thanks = words(client.get(response.headers["location"]))
    assert "<title>Votre message est envoyé" in thanks
    assert "Enregistrez-le" not in thanks  # the number is not known
    assert "Posez votre question" not in thanks
    assert "<form" not in thanks


@pytest.mark.parametrize("token", ["1", "eyJ4Ijox", "", "%00"])
def test_nobody_is_thanked_for_nothing(client, token):
    assert "Votre message est envoyé" not in words(client.get(f"/contact/?envoye={token}"))


def test_the_thanks_end_after_an_hour(client, clock):
    location = send(client).headers["location"]
    clock.shift(timedelta(hours=2))
    assert "Votre message est envoyé" not in words(client.get(location))


def test_the_page_is_the_same_bytes_for_everyone(client):
    first = client.get("/contact/")
    member = Client()
    member.force_login(User.objects.create_user("lecteur"))
    assert member.get("/contact/").content == first.content
    assert not first.cookies
    assert "csrf" not in first.content.decode()
    assert "Cookie" not in first.get("Vary", "")


@pytest.mark.parametrize("way", ["phone", "email"])
def test_one_way_to_answer_suffices(client, way):
    other = {"phone": None, "email": "personne@example.org"} if way == "email" else {}
    assert send(client, **other).status_code == 303


@pytest.mark.parametrize("subject", ["marche", "quartier", "site", "donnees", "autre"])
def test_the_address_chooses_the_subject(client, subject):
    page = client.get(f"/contact/?sujet={subject}").content.decode()
    assert re.findall(r'value="(\w+)"[^>]*checked', page) == [subject]


# The last one is a mobile of Guadeloupe, which is dialled with ten digits in France as well.
@pytest.mark.parametrize(
    "phone", ["06 12 34 56 78", "06.12.34.56.78", "06/12/34/56/78", "+33612345678", "06 12 34 56 78 (après 18 h)", "06 90 00 12 34"]
)
def test_a_phone_number_is_taken_as_people_write_it(client, phone):
    assert send(client, phone=phone).status_code == 303


def test_characters_that_nobody_sees_are_left_out(client):
    send(client, text="Bon\0jour\x08,\r\n\tmerci \ufffe.", name="Une\x1b personne")
    message = Message.objects.get()
    assert (message.text, message.name) == ("Bonjour,\n\tmerci .", "Une personne")


def test_signs_that_turn_the_direction_of_writing_are_left_out_and_arabic_is_not(client):
    send(client, text="Virement : \u202e00 01\u202c \u2066merci\u2069\u200b, \u0645\u0631\u062d\u0628\u0627 👩\u200d🔧")
    assert Message.objects.get().text == "Virement : 00 01 merci, \u0645\u0631\u062d\u0628\u0627 👩\u200d🔧"


@pytest.mark.parametrize("subject", ["", "inconnu", "<script>", "%00", "emploi&sujet=x"])
def test_an_unknown_subject_chooses_none(client, subject):
    assert "checked" not in client.get(f"/contact/?sujet={subject}").content.decode()


def test_an_offer_is_named_in_the_message_that_answers_it(client):
    page = offer("Agente de propreté")
    text = unescape(client.get(f"/contact/?offre={page.slug}").content.decode())
    assert "je réponds à l’offre «\u00a0Agente de propreté\u00a0»" in text
    assert parse(client.get(f"/contact/?offre={page.slug}")).select_one("[name=subject]")["value"] == "emploi"
    assert "Vous répondez à l’offre" in text
    action = re.search(r'action="([^"#]+)', text)[1]
    again = words(client.post(action, {"subject": "emploi", "text": "Bonjour."}))
    assert "Vous répondez à l’offre" in again  # after a mistake too
    for other in ("inconnue", "%00", "a" * 5000, "'--"):
        response = client.get(f"/contact/?offre={other}")
        assert response.status_code == 200
        assert "je réponds" not in response.content.decode()


def test_who_answers_an_offer_reads_which_and_whether_it_has_closed_meanwhile(client):
    page = offer("Agente de propreté")
    address = f"/contact/?offre={page.slug}"

    def send(phone):
        answer = client.post(address, {"subject": "emploi", "phone": phone})
        return read_words(parse(client.get(answer["Location"])).main)

    assert "Vous avez répondu à l’offre « Agente de propreté »." in send("06 00 00 00 01")
    page.end("pourvue", timezone.localdate())
    assert "Cette offre n’est plus ouverte." in send("06 00 00 00 02")
    form = parse(client.get(address)).main
    assert "Cette offre n’est plus ouverte. Vous pouvez demander un autre travail." in read_words(form)
    assert form.select_one("[name=subject]")["value"] == "emploi"
    assert Message.objects.filter(subject="emploi").count() == 2


TYPED = {"name": "Une personne", "organisation": "Un bailleur", "place": "Une cour", "date_wished": "en mars"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"phone": None}, 'Écrivez un numéro de téléphone ou une adresse <span class="nb">e-mail</span>.'),
        ({"phone": "12"}, "Vérifiez votre numéro de téléphone"),
        ({"phone": "0612345678\r\nBcc: x@example.org"}, "Écrivez sur une seule ligne"),
        ({"email": "personne(a)example.org"}, 'Vérifiez votre adresse <span class="nb">e-mail</span>'),
        ({"email": "personne@example.org\r\nBcc: x@example.org"}, 'Vérifiez votre adresse <span class="nb">e-mail</span>'),
        ({"name": "Une personne\r\nBcc: x@example.org"}, "Écrivez sur une seule ligne"),
        ({"name": "a" * 101}, "« Votre nom » : écrivez 100 caractères au plus"),
        ({"subject": None}, "Choisissez un sujet."),
        ({"subject": "inconnu"}, "Choisissez un sujet."),
        ({"text": None}, "Écrivez votre message."),
        ({"text": "   "}, "Écrivez votre message."),
        ({"text": "Oui"}, "Votre message est trop court"),
        ({"text": "a" * (MAX_LENGTH + 12)}, "enlevez 12 caractères"),
        ({"text": "https://a.example " * 4}, "trop de liens"),
        ({"text": "a://b,c://d|e://f|g://h"}, "trop de liens"),
        ({"text": "a.com/@1 b.ru/@2 c.top/@3 d.fr/@4"}, "trop de liens"),
        ({"text": "a。com b．com c.shop d.site"}, "trop de liens"),
        ({"name": "http://a.fr http://b.fr", "place": "http://a.fr http://b.fr"}, "trop de liens"),
        ({"text": "Voir (www.a.example), b.com, https://c.top et d.site/achat."}, "trop de liens"),
        ({"website": "https://example.org"}, "Videz cette case"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_everything_typed_is_still_there(client, changes, why):
    text = refused(send(client, **(TYPED | changes)), 422, why)
    for name, value in (GOOD | TYPED | changes).items():
        if name != "subject" and value and "\0" not in value:
            assert re.sub(r"\s+", " ", value.strip()) in text, name
    anchor = re.search(r'<div class="errors".*?href="#(\w+)"', text)[1]
    assert f'id="{anchor}"' in text  # the summary leads to the field


def test_a_field_of_a_hundred_kilobytes_is_refused_and_comes_back(client):
    text = refused(send(client, text="mot " * 25_000), 422, "Votre message est trop long")
    assert text.count("mot ") > 24_900


def test_more_than_the_site_reads_of_a_visitor_is_refused_in_clear_words(client):
    response = send(client, text="a" * 140_000)
    assert response.status_code == 413
    assert "Revenez en arrière : ce que vous avez écrit y est encore." in words(response)
    assert not Message.objects.exists()


@pytest.mark.parametrize("address", ["/contact/", "/admin/login/", "/admin/images/multiple/add/", "/rien/"])
def test_no_file_of_somebody_who_has_not_logged_in_is_written_to_the_disk(client, settings, tmp_path, address):
    """A CSRF cookie can be invented; Django then reads the body."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "nowhere"
    client.cookies["csrftoken"] = client.cookies["sessionid"] = "a" * 32
    file = SimpleUploadedFile("film.mp4", b"0" * 3_000_000)
    response = client.post(address, GOOD | {"file": file, "csrfmiddlewaretoken": "a" * 32})
    assert (response.status_code, "Votre envoi est trop lourd" in words(response)) == (413, True)
    client.force_login(User.objects.create_user("somebody"))
    with pytest.raises(FileNotFoundError):  # Django would write it there
        client.post("/admin/login/", {"file": SimpleUploadedFile("film.mp4", b"0" * 3_000_000), "csrfmiddlewaretoken": "a" * 32})


def test_a_body_that_cannot_be_read_is_refused_in_clear_words(client):
    response = client.post("/contact/", b"--x\r\nnonsense", content_type="multipart/form-data; boundary=\xff")
    text = refused(response, 400, "n’est pas arrivé en entier")
    assert "erreurs à corriger" not in text


@pytest.mark.parametrize("charset", ["hex", "idna", "utf-16"])
def test_a_strange_charset_is_no_failure_of_the_site(client, charset):
    response = client.generic("POST", "/contact/", b"text=%ff", f"application/x-www-form-urlencoded; charset={charset}")
    assert response.status_code in {400, 422}
    response = client.generic("POST", "/contact/", b"--x\r\nnonsense", f"multipart/form-data; boundary=x; charset={charset}")
    assert response.status_code in {400, 422}


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)("/contact/").status_code == 405


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),  # old phones send neither
        ({"sec-fetch-site": "same-origin", "origin": "http://elsewhere.example"}, True),  # the newer header rules
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "http://testserver"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "https://elsewhere.example"}, False),
        ({"origin": "null"}, False),
    ],
)
def test_a_post_from_another_site_is_refused(headers, passes):
    client = Client(enforce_csrf_checks=True)
    response = send(client, headers=headers)
    if passes:
        assert response.status_code == 303
    else:
        assert GOOD["text"] in refused(response, 403, "n’a pas pu être vérifié")


def test_the_admin_keeps_its_tokens(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    address = reverse("wagtailsnippets_pages_organisation:edit", args=[1])
    assert client.post(address, {"name": "Autre"}, headers={"sec-fetch-site": "same-origin"}).status_code == 403


def test_a_double_click_is_one_message_and_one_mail(client):
    organisation = Organisation.get()
    organisation.recipients = [Recipient(email="accueil@example.org")]
    organisation.save()
    first, second = send(client), send(client)
    assert first.status_code == second.status_code == 303
    assert Message.objects.count() == OutgoingMail.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_the_same_time_are_one_message(at_once):
    answers = []
    at_once(6, lambda: answers.append(send(Client()).status_code))
    assert answers == [303] * 6
    assert Message.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_messages_at_the_same_time_are_counted_too(at_once):
    numbers, answers = iter(range(16)), []
    at_once(16, lambda: answers.append(send(Client(), text=f"Message numéro {next(numbers)}.").status_code))
    assert Message.objects.count() == MAX_IN_WINDOW
    assert set(answers) == {303, 429}


def test_the_same_words_are_a_new_message_after_ten_minutes_from_elsewhere_or_with_other_words(client, clock):
    send(client)
    send(client, text="Je cherche un travail !")
    client.post("/contact/", GOOD, REMOTE_ADDR="203.0.113.9")
    assert Message.objects.count() == 3
    clock.shift(timedelta(minutes=9))
    send(client)
    assert Message.objects.count() == 3
    clock.shift(timedelta(minutes=2))
    send(client)
    assert Message.objects.count() == 4


def test_a_flood_from_one_address_is_refused_and_others_pass(client, clock):
    for n in range(MAX_IN_WINDOW):
        assert send(client, text=f"Message numéro {n}").status_code == 303
    response = send(client, text="Un message de trop")
    assert response.status_code == 429
    assert "Réessayez dans 60 minutes" in words(response)
    assert "Un message de trop" in words(response)
    assert client.post("/contact/", GOOD, REMOTE_ADDR="203.0.113.9").status_code == 303
    clock.shift(timedelta(minutes=61))
    assert send(client, text="Un message de trop").status_code == 303


def test_who_has_to_wait_is_told_until_the_first_of_these_messages_is_an_hour_old(client, clock):
    for n in range(MAX_IN_WINDOW):
        send(client, text=f"Message numéro {n}")
        if n == 0:
            clock.shift(timedelta(minutes=20))
    for minutes, said in ((0, "Réessayez dans 40 minutes."), (38, "Réessayez dans 2 minutes."), (1.9, "Réessayez dans 1 minute.")):
        clock.shift(timedelta(minutes=minutes))
        assert said in words(send(client, text="Un message de trop"))


@pytest.mark.parametrize(
    ("name", "longest"), [("name", 100), ("organisation", 120), ("place", 200), ("date_wished", 80), ("text", MAX_LENGTH)]
)
def test_a_field_takes_as_much_as_it_says_and_no_more(client, name, longest):
    assert send(client, **{name: "a" * (longest + 1)}).status_code == 422
    assert send(client, **{name: "a" * longest}).status_code == 303


def test_the_shortest_message_has_five_characters(client):
    assert send(client, text="a" * 4).status_code == 422
    assert send(client, text="a" * 5).status_code == 303


def test_the_form_says_how_long_a_message_may_be(client):
    assert "Vous pouvez écrire 4 000 caractères au plus" in read_words(parse(client.get("/contact/")))
    assert MAX_LENGTH == 4000


@pytest.mark.parametrize(("behind", "counted_together"), [(False, True), (True, False)])
def test_behind_a_front_server_its_word_tells_visitors_apart(client, settings, behind, counted_together):
    settings.BEHIND_PROXY = behind
    for n in range(MAX_IN_WINDOW):
        send(client, text=f"Message numéro {n}", headers={"x-real-ip": "203.0.113.1"})
    last = send(client, text="Encore", headers={"x-real-ip": "203.0.113.2"})
    assert (last.status_code == 429) is counted_together


@pytest.mark.parametrize("address", ["", "nonsense"])
def test_senders_without_an_address_are_counted_together(client, address):
    for n in range(MAX_IN_WINDOW):
        assert client.post("/contact/", GOOD | {"text": f"Message numéro {n}"}, REMOTE_ADDR=address).status_code == 303
    assert client.post("/contact/", GOOD, REMOTE_ADDR=address).status_code == 429
    assert client.post("/contact/", GOOD, REMOTE_ADDR="203.0.113.9").status_code == 303


def test_a_network_of_ipv6_is_one_sender(client):
    for n in range(MAX_IN_WINDOW):
        client.post("/contact/", GOOD | {"text": f"Message numéro {n}"}, REMOTE_ADDR=f"2001:db8::{n:x}")
    assert client.post("/contact/", GOOD, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert client.post("/contact/", GOOD, REMOTE_ADDR="2001:db8:0:1::1").status_code == 303


def test_many_networks_of_one_customer_are_refused_together(client):
    answers = [client.post("/contact/", GOOD, REMOTE_ADDR=f"2001:db8:7:{n:x}::1").status_code for n in range(MAX_IN_NETWORK + 1)]
    assert answers == [303] * MAX_IN_NETWORK + [429]
    assert client.post("/contact/", GOOD, REMOTE_ADDR="2001:db8:8::1").status_code == 303


def test_words_that_look_like_domains_and_addresses_of_mail_are_no_links(client):
    text = "Bonjour.je cherche.un travail.merci au.revoir, M.le Directeur. a@b.com c@d.fr e@f.org g@h.net 12.50 euros"
    assert send(client, text=text).status_code == 303


def test_addresses_of_both_kinds_are_told_apart_on_one_socket(client):
    for n in range(MAX_IN_WINDOW):
        client.post("/contact/", GOOD | {"text": f"Message numéro {n}"}, REMOTE_ADDR="::ffff:203.0.113.1")
    assert client.post("/contact/", GOOD, REMOTE_ADDR="::ffff:203.0.113.1").status_code == 429
    assert client.post("/contact/", GOOD, REMOTE_ADDR="::ffff:203.0.113.2").status_code == 303


def test_who_is_refused_can_still_call(client):
    Organisation.objects.update(phone="03 84 00 00 00")
    page = parse(send(client, headers={"sec-fetch-site": "cross-site"}))
    assert ("appeler le 03 84 00 00 00", "tel:+33-3-84-00-00-00") in links(page.main)


def test_the_address_of_the_sender_is_not_kept(client):
    client.post("/contact/", GOOD, REMOTE_ADDR="203.0.113.9")
    assert "203.0.113.9" not in str(Message.objects.values().get())


def test_a_disk_that_is_full_loses_nothing_that_was_typed(client, monkeypatch):
    def full(*args, **kwargs):
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr("django.db.models.query.QuerySet.get_or_create", full)
    assert GOOD["text"] in refused(send(client), 503, "Gardez-en une copie")


def test_the_form_says_what_the_law_wants_said(client):
    text = words(client.get("/contact/"))
    for said in (
        "Qui est responsable :",
        "intérêt légitime",
        "Cases obligatoires",
        f"{settings.MESSAGE_MONTHS} mois après l’envoi",
        "Vos droits",
        "cnil.fr/fr/adresser-une-plainte",
    ):
        assert said in text


def test_the_ways_to_reach_the_association_stand_above_the_form_once_known(client):
    assert "Appeler ou venir" not in words(client.get("/contact/"))
    Organisation.objects.update(phone="03 84 00 00 00", directions="Sonnez deux fois.")
    text = client.get("/contact/").content.decode()
    main = text[text.index("<main") : text.index("<form")]
    assert 'href="tel:+33-3-84-00-00-00"' in main
    assert "Sonnez deux fois." in main


def test_fields_can_be_filled_in_by_the_phone(client):
    text = client.get("/contact/").content.decode()
    for name, token in (("phone", "tel"), ("email", "email"), ("name", "name"), ("organisation", "organization")):
        assert re.search(rf'<input[^>]*name="{name}"[^>]*autocomplete="{token}"', text)


def test_staff_see_the_form_in_the_preview_of_its_page(admin):
    page = ContactPage.objects.get()
    preview = page.make_preview_request(admin("Publication").get("/admin/").wsgi_request)
    assert "La vie de quartier et l’association" in preview.content.decode()


def test_who_sent_a_message_is_told_what_comes_next(client):
    def confirmation(**fields):
        response = client.post("/contact/", {"subject": "autre", "text": "Bonjour à vous.", "email": "a@example.org"} | fields)
        (section,) = parse(client.get(response.headers["location"])).select("#envoye")
        assert (section["role"], section.has_attr("autofocus")) == ("status", True)
        return read_words(section)

    assert "Une personne de la Régie lira votre message" in confirmation()
    assert "jour" not in confirmation(text="Bonjour encore.").replace("Bonjour", "")
    Organisation.objects.update(answer_days=5)
    assert "sous 5 jours" in confirmation(text="Une question.")
    Message.objects.filter(text="Bonjour à vous.").update(created_at=timezone.now() - timedelta(days=6))
    assert "sous 5 jours" not in confirmation(text="Une autre.")
    Message.objects.update(status="answered")
    assert "sous 5 jours" in confirmation(text="Encore une autre.")
    assert "plans" not in confirmation(text="Et une autre.")
    assert "Demandez dans votre message où les envoyer" in confirmation(subject="marche")
    Organisation.objects.update(email="contact@example.org")
    assert "Envoyez-les par e-mail à contact@example.org" in confirmation(subject="marche", text="Un devis.")


def test_a_buyer_says_how_many_buildings_and_how_often(client, admin):
    quote = {"subject": "marche", "text": "Un devis.", "phone": "0384000000", "buildings": "Trois", "frequency": "Chaque semaine"}
    client.post("/contact/", quote)
    message = Message.objects.get()
    assert (message.buildings, message.frequency) == ("Trois", "Chaque semaine")
    shown = read_words(parse(admin("Publication").get(reverse("message:edit", args=[message.pk]))).main)
    assert "Trois" in shown
    assert "Chaque semaine" in shown
    form = parse(client.get("/contact/?sujet=marche")).form
    assert {field["name"] for field in form.select(".quote input")} == {"organisation", "place", "buildings", "frequency", "date_wished"}
    assert "ne prend pas de fichier" in read_words(form.select_one(".quote"))
    assert not form.select("[type=file]")


def test_a_message_that_is_too_long_says_by_how_much(client):
    response = client.post("/contact/", {"subject": "autre", "text": "a" * 5001, "email": "a@example.org"})
    assert "enlevez 1 001 caractères" in read_words(parse(response)).replace("\u202f", " ").replace("\u00a0", " ")


# The short form for people who look for work

WORK_PAGES = ["/travailler-a-la-regie/", "/travailler-a-la-regie/version-simple/", "/contact/?sujet=emploi"]


@pytest.mark.parametrize("address", WORK_PAGES)
def test_who_looks_for_work_is_asked_for_phone_and_first_name_only(client, address):
    Organisation.objects.update(phone="03 84 00 00 00")
    form = parse(client.get(address)).select_one("#formulaire")
    shown = [field["name"] for field in form.select("input:not([type=hidden]), textarea") if not field.find_parent(class_="trap")]
    folded = [field["name"] for field in form.select("details:not([open]) :is(input, textarea)")]
    assert [name for name in shown if name not in folded] == ["phone", "name"]
    assert folded == ["text", "email"]
    assert form.select_one("[name=subject]")["value"] == "emploi"
    assert "tel:" in form.select_one("a.button")["href"]
    assert leads_to(form["action"]) == leads_to("/contact/?rappel=oui&sujet=emploi#erreurs")


def test_the_simple_version_says_whether_there_is_an_offer(client):
    assert "Il n’y a pas d’offre en ce moment" in words(client.get(WORK_PAGES[1]))
    offer()
    page = parse(client.get(WORK_PAGES[1]))
    assert "Il y a 1 offre d’emploi" in read_words(page)
    assert ("Voir l’offre", "/travailler-a-la-regie/#offres") in links(page.main)


@pytest.mark.parametrize("address", WORK_PAGES[:2])
def test_after_the_form_of_the_pages_about_work_all_is_folded_but_a_way_on(client, address):
    below = parse(client.get(address)).select_one("#formulaire").find_all_next(["p", "li", "a", "h2", "h3"])
    outside = [each for each in below if each.find_parent("main") and not each.find_parent(["form", "details"])]
    assert {read_words(each) for each in outside} <= {"Participer à la vie de quartier"}


def test_a_phone_number_suffices_to_be_called(client, admin):
    answer = client.post(
        "/contact/?sujet=emploi", {"subject": "emploi", "phone": "06 12 34 56 78", "name": "", "text": "", "email": "", "website": ""}
    )
    assert answer.status_code == 303
    message = Message.objects.get()
    assert (message.phone, message.text, message.subject) == ("06 12 34 56 78", "", "emploi")
    member = admin("Publication")
    assert "cette personne demande qu’on la rappelle" in words(member.get(reverse("message:edit", args=[message.pk])))
    assert "Il commence par" not in words(member.get(reverse("message:delete", args=[message.pk])))


def test_the_short_form_comes_back_with_what_was_typed(client):
    answer = client.post("/contact/?sujet=emploi", {"subject": "emploi", "phone": "12", "name": "Une personne"})
    page = parse(answer)
    assert answer.status_code == 422
    assert [read_words(fault) for fault in page.select("#erreurs li")] == [
        "Vérifiez votre numéro de téléphone. Il a 10 chiffres, comme 06 12 34 56 78. Dans un autre pays, il commence par +."
    ]
    assert page.select_one("[name=name]")["value"] == "Une personne"
    assert not page.select("#formulaire details[open]")
    again = parse(client.post("/contact/?sujet=emploi", {"subject": "emploi", "phone": "", "email": "x"}))
    assert len(again.select("#formulaire details[open]")) == 1  # what is wrong in it is seen
    assert not Message.objects.exists()


def test_the_message_stays_needed_on_other_subjects(client):
    refused(send(client, subject="marche", text=""), 422, "Écrivez votre message.")


def test_one_can_be_called_about_anything(client):
    first = parse(client.get("/contact/"))
    (address,) = [link for name, link in links(first.main) if name == "Laisser juste votre numéro"]
    form = parse(client.get(address)).select_one("#formulaire")
    assert form.select_one("[name=subject]")["value"] == "autre"
    assert client.post(form["action"].split("#")[0], {"subject": "autre", "phone": "06 12 34 56 78"}).status_code == 303
    assert Message.objects.get().subject == "autre"


def test_who_would_be_called_can_write_instead(client):
    assert ("Plutôt écrire un message", "/contact/#formulaire") in links(parse(client.get("/contact/?sujet=emploi")).main)


def test_the_form_shows_each_of_its_fields(client):
    shown = {field["name"] for field in parse(client.get("/contact/")).select("#formulaire [name]")}
    assert shown == set(ContactForm.base_fields)
