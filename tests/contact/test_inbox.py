"""Staff read messages, change their status, answer, export them, and see on the first screen how many wait."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO

import pytest
from assertions import filled, links, parse, versions, words
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from pages.contact.form import ContactForm
from pages.models import Message, Organisation, Recipient
from regie.mail.outbox import OutgoingMail
from regie.operations.worker import WorkerRun

pytestmark = pytest.mark.django_db
PUBLISHING = "Publication"


@pytest.fixture
def message():
    return Message.objects.create(
        subject="emploi", text="Je cherche\nun travail <b>.", name="Leïla Exemple", phone="06 12 34 56 78", email="leila@example.org"
    )


def panel(client, name="waiting"):
    text = unescape(client.get("/admin/").content.decode())
    found = re.search(rf'<section class="[^"]*{name}.*?</section>', text, re.S)
    return re.sub(r"\s+", " ", found[0]) if found else None


def test_a_message_is_shown_whole_with_the_ways_to_answer(admin, message):
    page = parse(admin(PUBLISHING).get(reverse("message:edit", args=[message.pk])))
    assert "Je cherche un travail <b>." in words(page)
    ways = dict(links(page.main))
    assert ways["Appeler"] == "tel:+33-6-12-34-56-78"
    assert ways["Répondre par e-mail"].startswith("mailto:leila@example.org?subject=")


def test_a_message_without_a_phone_offers_no_call(admin, message):
    Message.objects.update(phone="")
    page = parse(admin(PUBLISHING).get(reverse("message:edit", args=[message.pk])))
    assert "Appeler" not in dict(links(page.main))
    assert "Répondre par e-mail" in dict(links(page.main))


def save(client, message, **data):
    address = reverse("message:edit", args=[message.pk])
    return client.post(address, {"status": message.status, "note": "", "handled_by": ""} | versions(client, address) | data)


def test_who_changes_the_state_deals_with_it(admin, message):
    client = admin(PUBLISHING)
    save(client, message, status="doing", note="Rappeler lundi.")
    message.refresh_from_db()
    assert (message.status, message.note, message.handled_by.username) == ("doing", "Rappeler lundi.", "publication")
    assert message.text == "Je cherche\nun travail <b>."


def test_only_who_may_read_messages_can_be_chosen_to_deal_with_one(admin, staff, message):
    staff("Rédaction")
    page = parse(admin(PUBLISHING).get(reverse("message:edit", args=[message.pk])))
    names = [words(option) for option in page.select("[name=handled_by] option")]
    assert "publication" in names
    assert "rédaction" not in names


def test_one_button_marks_it_as_answered(admin, message):
    client = admin(PUBLISHING)
    save(client, message, answered="1")
    message.refresh_from_db()
    assert message.status == Message.Status.ANSWERED
    assert "Marquer comme répondu" not in client.get(reverse("message:edit", args=[message.pk])).content.decode()


def test_after_an_answer_the_message_that_waits_longest_opens(admin, message):
    client, now = admin(PUBLISHING), timezone.now()
    for hours, name in ((1, "Nora"), (3, "Ali"), (2, "Zoé")):
        Message.objects.create(subject="autre", name=name, text="Bonjour.", created_at=now - timedelta(hours=hours))
    Message.objects.create(subject="autre", name="Fait", text="Bonjour.", created_at=now - timedelta(hours=9), status="answered")
    heard, address = [], reverse("message:edit", args=[Message.objects.get(name="Ali").pk])
    for _ in range(4):
        page = client.post(address, filled(client.get(address)) | {"answered": "1"}, follow=True)
        address = page.redirect_chain[-1][0]
        heard.append(words(parse(page).select_one(".messages .success")).replace("Le rouvrir", "").strip())
    assert heard == [
        "Vous avez répondu à Ali. Voici le suivant.",
        "Vous avez répondu à Zoé. Voici le suivant.",
        "Vous avez répondu à Nora. Voici le suivant.",
        "Vous avez répondu à Leïla Exemple. Il n’y a plus de nouveau message.",
    ]
    assert address == reverse("message:index")


@pytest.mark.postgresql
def test_a_note_alone_leads_back_to_the_list(admin, message):
    client = admin(PUBLISHING)
    Message.objects.create(subject="autre", name="Nora", text="Bonjour.")
    assert save(client, message, note="Rappeler lundi.")["Location"] == reverse("message:index")


def test_the_list_shows_first_words_and_names_instead_of_logins(admin, message):
    client = admin(PUBLISHING)
    user = User.objects.get(username="publication")
    user.first_name, user.last_name = "Léa", "Martin"
    user.save()
    Message.objects.update(text="Je cherche un travail. " * 20)
    save(client, message, status="doing")
    page = parse(client.get(reverse("message:index")))
    row = words(page.select_one("main tbody tr"))
    assert "Je cherche un travail. Je cherche" in row
    assert len(row) < 300
    assert "Léa Martin" in row
    assert "publication" not in words(page.main)
    assert "Léa Martin" in [words(option) for option in page.select("[name=handled_by] option")]


def test_writers_and_strangers_see_no_message(admin, client, message):
    addresses = [reverse("message:index"), reverse("message:edit", args=[message.pk]), reverse("message:index") + "?export=csv"]
    for address in addresses:
        assert client.get(address).status_code == 302
    writer = admin("Rédaction")
    for address in addresses:
        response = writer.get(address)
        assert response.status_code == 302
    assert "message" not in words(panel(writer))


def test_nobody_adds_a_message(admin_client):
    assert reverse("message:add") not in admin_client.get(reverse("message:index")).content.decode()
    assert admin_client.get(reverse("message:add")).status_code == 302


def test_the_list_says_who_what_and_where_it_stands(admin, message):
    page = parse(admin(PUBLISHING).get(reverse("message:index")))
    assert ("Leïla Exemple", reverse("message:edit", args=[message.pk])) in links(page.main)
    for said in ("Un emploi ou une formation", "Nouveau"):
        assert said in words(page.select_one("main tbody"))


@pytest.mark.postgresql
@pytest.mark.parametrize("sought", ["leila", "LEÏLA", "0612345678", "06 12 34", "6.12.34.56", "menage", "Glacis"])
def test_a_message_is_found_without_accents_and_by_digits(admin, message, sought):
    Message.objects.update(phone="+33 6 12 34 56 78", text="Je cherche un ménage.", place="Les Glacis")
    Message.objects.create(subject="autre", name="Nora", text="Bonjour.", phone="03 84 00 00 00")
    rows = parse(admin(PUBLISHING).get(reverse("message:index"), {"q": sought})).select("main tbody tr")
    assert [words(row).split()[0] for row in rows] == ["Leïla"]


def test_staff_read_and_export_every_field_that_visitors_fill_in(admin, message):
    """A field that is added to the form stands on the screen and in the file."""
    assert {*ContactForm.base_fields} - {"subject", "website"} == {*Message.TYPED}
    Message.objects.update(**{name: f"{name}@example.org" for name in Message.TYPED})
    client = admin(PUBLISHING)
    shown = words(parse(client.get(reverse("message:edit", args=[message.pk]))).main)
    exported = b"".join(client.get(reverse("message:index") + "?export=csv").streaming_content).decode()
    for name in Message.TYPED:
        assert f"{name}@example.org" in shown, name
        assert f"{name}@example.org" in exported, name


def test_a_download_says_that_it_is_not_erased(admin, message):
    page = parse(admin(PUBLISHING).get(reverse("message:index")))
    downloads = [words(link) for link in page.select("a[href*='export=']")]
    assert len(downloads) == 2
    assert all("à effacer vous-même" in label for label in downloads)


def test_messages_are_taken_along_as_csv_and_run_nothing(admin, message):
    Message.objects.update(name="=1+1", text="@SUM(A1)", place="＝1+1")
    response = admin(PUBLISHING).get(reverse("message:index") + "?export=csv")
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    assert "'=1+1" in rows[1]
    assert "'@SUM(A1)" in rows[1]
    assert "'＝1+1" in rows[1]
    assert "Un emploi ou une formation" in rows[1]


def test_messages_are_taken_along_as_a_workbook_whatever_was_typed(admin, client):
    client.post("/contact/", {"subject": "autre", "text": "Bon\x08jour\x0b \ufffe", "email": "a@example.org"})
    response = admin(PUBLISHING).get(reverse("message:index") + "?export=xlsx")
    rows = list(load_workbook(BytesIO(b"".join(response.streaming_content))).active.values)
    assert "Bonjour" in [str(cell).strip() for cell in rows[1]]


def test_an_address_that_was_typed_writes_no_mail_of_its_own(admin, message):
    Message.objects.update(email="x?subject=Facture&cc=chef@evil.example")
    text = admin(PUBLISHING).get(reverse("message:edit", args=[message.pk])).content.decode()
    link = re.search(r'href="(mailto:[^"]+)"', text)[1]
    assert (
        link
        == "mailto:x%3Fsubject%3DFacture%26cc%3Dchef@evil.example?subject=Votre%20message%20%E2%80%93%20R%C3%A9gie%20des%20Quartiers%20de%20Belfort"
    )


def test_a_number_with_words_beside_it_can_be_called(admin, message):
    Message.objects.update(phone="06/12/34/56/78 (après 18 h)")
    page = parse(admin(PUBLISHING).get(reverse("message:edit", args=[message.pk])))
    assert dict(links(page.main))["Appeler"] == "tel:+33-6-12-34-56-78"


def test_an_erased_message_leaves_nothing_of_it_in_the_log(admin, message):
    client = admin(PUBLISHING)
    save(client, message, status="doing", note="Leïla rappelle lundi.")
    delete = reverse("message:delete", args=[message.pk])
    assert "message de Leïla Exemple" in client.get(delete).content.decode()
    client.post(delete)
    assert not Message.objects.exists()
    logged = str(list(ModelLogEntry.objects.values()))
    for secret in ("Leïla", "leila@", "06 12", "travail <b>"):
        assert secret not in logged


def test_staff_hear_first_thing_of_new_messages(admin, message):
    client = admin(PUBLISHING)
    assert "1 nouveau message" in panel(client)
    Message.objects.create(subject="autre", text="Bonjour.")
    assert "2 nouveaux messages" in panel(client)
    Message.objects.filter(subject="autre").update(status="doing")
    assert "1 message en cours" in panel(client)
    Message.objects.update(status="answered")
    assert "Pas de nouveau message." in panel(client)
    text = client.get("/admin/").content.decode()
    assert text.index("waiting") < text.index("to-complete")


def test_staff_hear_who_is_not_told(admin):
    client = admin(PUBLISHING)
    organisation = Organisation.get()
    organisation.recipients = [Recipient(email="a@example.org", subject="emploi")]
    organisation.save()
    asked = panel(client, "to-complete").partition("personne n’est prévenu par e-mail pour ces sujets :")[2]
    assert "Une autre question" in asked
    assert "Un emploi ou une formation" not in asked
    organisation.recipients = [Recipient(email="a@example.org")]
    organisation.save()
    assert "personne n’est prévenu" not in panel(client, "to-complete")


def test_staff_hear_of_mails_that_cannot_leave(admin):
    client = admin(PUBLISHING)
    OutgoingMail.objects.create(message_id="<a@b>", recipient="a@example.org", subject="x", body="x", tries=1, error="550 no such person")
    assert "Un e-mail à a@example.org n’a pas encore pu partir (550 no such person)" in panel(client)
    OutgoingMail.objects.create(message_id="<c@d>", recipient="c@example.org", subject="x", body="x", tries=1, error="550 no such person")
    assert "2 e-mails en tout attendent." in panel(client)


@pytest.mark.parametrize(("minutes", "is_told"), [(None, True), (5, False), (20, True)])
def test_staff_hear_when_nothing_does_what_is_due(admin, minutes, is_told):
    if minutes:
        WorkerRun.objects.create(pk=1, finished_at=timezone.now() - timedelta(minutes=minutes))
    assert ("tâches automatiques ne tournent pas" in panel(admin(PUBLISHING))) is is_told


@pytest.mark.parametrize(
    ("place", "days", "told"),
    [
        ("", None, "Aucune copie du site n’est gardée ailleurs."),
        ("sftp:a@b:/c", None, "Aucune copie du site n’est gardée ailleurs."),
        ("sftp:a@b:/c", 3, "La dernière copie du site gardée ailleurs a été faite le"),
        ("sftp:a@b:/c", 1, ""),
    ],
)
def test_staff_hear_that_the_volunteer_is_needed_when_no_copy_arrives_elsewhere(admin, settings, place, days, told):
    settings.BACKUP_TO = place
    now = timezone.now()
    WorkerRun.objects.create(pk=1, finished_at=now, backed_up_at=days and now - timedelta(days=days))
    words = panel(admin("Rédaction"))
    assert told in words
    assert ("Le site a besoin de la personne qui s’en occupe" in words) is bool(told)
    assert ("Rien n’attend." in words) is (not told)
