"""Staff get one mail for each message, whatever the mail server does; the tests use a real one (`mail_server.py`)."""

import re
import time
from datetime import timedelta

import pytest
from django.core.mail import send_mail
from django.core.management import call_command
from django.utils import timezone
from mail_server import MailServer

from pages.contact.models import MAX_ANNOUNCED
from pages.models import Message, Organisation, Recipient
from regie.mail import delivery
from regie.mail.outbox import OutgoingMail

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def mail_server(settings):
    server = MailServer()
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
    yield server
    server.stop()


@pytest.fixture
def later(time_machine):
    """Moves the clock forward by a number of minutes, and runs one pass."""
    time_machine.move_to(timezone.now(), tick=True)

    def run(minutes):
        time_machine.shift(timedelta(minutes=minutes))
        call_command("run_due")

    return run


def tell(*recipients):
    """Makes recipients of messages from e-mail addresses, or from pairs of an address and a subject."""
    organisation = Organisation.get()
    pairs = [(recipient, "") if isinstance(recipient, str) else recipient for recipient in recipients]
    organisation.recipients = [Recipient(email=email, subject=subject, sort_order=i) for i, (email, subject) in enumerate(pairs)]
    organisation.save()


def write(client, number=0, **changes):
    """Posts the contact form."""
    data = {"subject": "emploi", "text": f"Bonjour, message numéro {number}.", "email": "personne@example.org"} | changes
    assert client.post("/contact/", data, REMOTE_ADDR=f"203.0.113.{number}").status_code == 303


def test_the_mail_says_the_subject_and_where_to_read_and_nothing_of_what_was_written(client, mail_server, settings):
    tell("accueil@example.org")
    write(client, name="Leïla Exemple")
    call_command("run_due")
    (mail,) = mail_server.taken
    body = mail.get_payload(decode=True).decode()
    assert mail["To"] == "accueil@example.org"
    assert "emploi" in body
    assert f"{settings.SITE_URL}/admin/messages/edit/{Message.objects.get().pk}/" in body
    for secret in ("numéro 0", "personne@example.org", "Leïla"):
        assert secret not in mail.as_string() + body
    assert not OutgoingMail.objects.exists()


def test_recipients_hear_of_their_subjects(client, mail_server):
    tell(("emploi@example.org", "emploi"), ("marche@example.org", "marche"), "tout@example.org", ("tout@example.org", "emploi"))
    write(client)
    call_command("run_due")
    assert sorted(mail["To"] for mail in mail_server.taken) == ["emploi@example.org", "tout@example.org"]


def test_without_a_recipient_the_message_is_kept(client, mail_server):
    write(client)
    call_command("run_due")
    assert Message.objects.count() == 1
    assert mail_server.taken == []


@pytest.mark.parametrize("trouble", ["refuses calls", "hang", "drop"])
def test_a_mail_server_in_trouble_loses_nothing_doubles_nothing_and_delays_nobody(client, mail_server, settings, later, trouble):
    tell("accueil@example.org")
    usual = settings.EMAIL_TIMEOUT
    if trouble == "refuses calls":
        settings.EMAIL_PORT = 1  # nobody listens there
    else:
        mail_server.mood, settings.EMAIL_TIMEOUT = trouble, 0.3
    for number in range(6):
        calls = mail_server.sessions
        write(client, number)
        assert mail_server.sessions == calls  # no mail server is called during the request
        call_command("run_due")
    assert Message.objects.count() == OutgoingMail.objects.count() == 6
    assert mail_server.taken == []
    assert OutgoingMail.objects.first().error
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT, mail_server.mood = mail_server.port, usual, "well"
    for _ in range(3):
        later(10)
    assert len(mail_server.taken) == 6
    assert len({mail["Message-ID"] for mail in mail_server.taken}) == 6
    assert not OutgoingMail.objects.exists()
    assert Message.objects.count() == 6


def test_a_server_that_sends_a_byte_at_a_time_is_left(client, mail_server, monkeypatch):
    """Each answer comes in time, the whole never."""
    tell("accueil@example.org")
    write(client)
    mail_server.mood = "drip"
    monkeypatch.setattr(delivery, "DELIVERY_TIMEOUT", 0.5)
    began = time.monotonic()
    call_command("run_due")
    assert time.monotonic() - began < 5
    assert "took more than 0.5 seconds" in OutgoingMail.objects.get().error
    mail_server.mood = "well"
    time.sleep(0.6)  # no alarm is left


def test_many_messages_are_announced_by_one_mail(client, mail_server, later):
    """The first sixty of an hour have a mail each."""
    tell("accueil@example.org", ("emploi@example.org", "emploi"), ("marche@example.org", "marche"))
    for number in range(MAX_ANNOUNCED + 3):
        write(client, number, subject="autre")
    write(client, 100)
    assert OutgoingMail.objects.count() == MAX_ANNOUNCED
    later(0)
    mail_server.taken.clear()
    later(61)
    mails = {mail["To"]: mail.get_payload(decode=True).decode() for mail in mail_server.taken}
    assert {recipient: re.search(r"sans mail : (\d+)", text)[1] for recipient, text in mails.items()} == {
        "accueil@example.org": "4",
        "emploi@example.org": "1",
    }
    mail_server.taken.clear()
    later(61)
    assert mail_server.taken == []
    write(client, 200)
    later(0)
    assert len(mail_server.taken) == 2


def test_a_server_that_is_away_is_asked_once_a_pass(client, mail_server):
    tell("accueil@example.org")
    for number in range(5):
        write(client, number)
    mail_server.mood = "drop"
    call_command("run_due")
    assert mail_server.sessions == 1


def test_a_refused_recipient_does_not_hold_the_others_up(client, mail_server):
    tell("ancien@example.org", "accueil@example.org")
    mail_server.refused = [b"ancien"]
    write(client)
    call_command("run_due")
    assert [mail["To"] for mail in mail_server.taken] == ["accueil@example.org"]
    assert "550" in OutgoingMail.objects.get().error


def test_the_second_try_comes_after_two_minutes_and_the_third_after_four(client, settings, later, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("x" * 300)

    monkeypatch.setattr("regie.mail.delivery.get_connection", fail)
    tell("accueil@example.org")
    write(client)
    for tries in (1, 2, 3):
        later(2 ** (tries - 1) + 0.1)
        mail = OutgoingMail.objects.get()
        assert (mail.tries, len(mail.error)) == (tries, 250)
        assert timedelta(0) < mail.next_try - timezone.now() <= timedelta(minutes=2**tries)


def test_tries_come_further_and_further_apart_for_a_month(client, mail_server, later):
    tell("accueil@example.org")
    write(client)
    mail_server.mood = "drop"
    for _ in range(12):
        later(60 * 12)
    assert mail_server.sessions == 12
    mail = OutgoingMail.objects.get()
    assert timedelta(hours=5) < mail.next_try - timezone.now() <= timedelta(hours=6)
    later(1)
    assert mail_server.sessions == 12
    later(60 * 24 * 31)  # given up after a month: the message itself waits in the inbox
    assert not OutgoingMail.objects.exists()
    assert Message.objects.exists()


def test_the_same_mail_keeps_its_name_at_each_try(client, mail_server, later):
    tell("accueil@example.org")
    write(client)
    name = OutgoingMail.objects.get().message_id
    mail_server.mood = "drop"
    later(1)
    mail_server.mood = "well"
    later(10)
    assert [mail["Message-ID"] for mail in mail_server.taken] == [name]
    assert re.fullmatch(r"<[^<>\s]+@127\.0\.0\.1>", name)


def test_what_django_mails_goes_the_same_way(mail_server):
    send_mail("Une page à relire\r\nBcc: x@example.org", "Bonjour.", None, ["une@example.org", "autre@example.org"])
    assert OutgoingMail.objects.count() == 2
    call_command("run_due")
    assert [mail["To"] for mail in mail_server.taken] == ["une@example.org", "autre@example.org"]  # neither learns of the other
    assert {mail["Bcc"] for mail in mail_server.taken} == {None}


def test_without_a_mail_server_mails_are_shown_in_the_console(client, settings, capsys):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.console.EmailBackend"
    tell("accueil@example.org")
    write(client)
    call_command("run_due")
    assert "Subject: Nouveau message" in capsys.readouterr().out
    assert not OutgoingMail.objects.exists()
