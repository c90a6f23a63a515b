"""Administrators get a mail when something needs a person: once a day."""

import shutil
import ssl
import subprocess
import threading
from collections import namedtuple
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from socket import create_server

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.core.management import call_command
from django.utils import timezone

from regie.mail.outbox import OutgoingMail
from regie.operations import alerts, checks
from regie.operations.worker import WorkerRun

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def administrator():
    User.objects.create_superuser("sans-adresse")
    return User.objects.create_superuser("chef", email="chef@example.org")


@pytest.fixture
def full_disk(monkeypatch):
    Usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 300 * 1024**2))


def count_after(**time):
    """How many mails have been queued."""
    with time_machine.travel(START + timedelta(**time), tick=False):
        call_command("run_due")
    return OutgoingMail.objects.filter(recipient="chef@example.org").count()


def test_what_needs_a_person_is_told_once_a_day_from_the_second_day_on(administrator, full_disk, monkeypatch):
    """A new site has its first copy and its certificate by then."""
    monkeypatch.setattr("regie.mail.delivery.send_due", lambda: None)  # mails are counted where they wait
    assert (count_after(), count_after(hours=23), count_after(hours=25)) == (0, 0, 1)
    assert "Le disque du serveur est presque plein" in OutgoingMail.objects.get().body
    assert count_after(hours=50) == 1  # one waits already: a mail that cannot be sent is no reason for another
    OutgoingMail.objects.all().delete()
    assert (count_after(hours=51), count_after(hours=75)) == (0, 1)
    OutgoingMail.objects.all().delete()
    with monkeypatch.context() as cleaned:
        cleaned.setattr(checks, "LOW_SPACE", 0)
        assert count_after(hours=100) == 0
    assert (count_after(hours=100, minutes=30), count_after(hours=102)) == (0, 1)  # looked for each hour


def test_a_copy_that_no_longer_arrives_and_a_mail_that_waits_are_told(administrator, settings):
    settings.BACKUP_TO = "/mnt"
    WorkerRun.objects.create(pk=1, backed_up_at=timezone.now() - timedelta(days=3))
    send_mail("Bonjour", "", None, ["x@example.org"])
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(hours=2), next_try=timezone.now() + timedelta(days=1))
    assert {each.id for each in alerts.find_problems()} == {checks.LATE_BACKUP, checks.LATE_MAIL}
    settings.BACKUP_TO = ""
    assert [each.id for each in alerts.find_problems()] == [checks.LATE_MAIL]


def test_where_all_is_well_nobody_gets_a_mail(administrator):
    call_command("run_due")
    assert not OutgoingMail.objects.exists()
    assert WorkerRun.objects.get().next_look


@pytest.fixture
def secured(tmp_path, settings, monkeypatch):
    """`secured(days)` is a server whose certificate is valid for so many days, and which the site trusts."""
    servers = []

    def run(days):
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(days)]
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
        subprocess.run([*command, *names], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        servers.append(server := create_server(("127.0.0.1", 0)))
        threading.Thread(target=answer, args=(server, context), daemon=True).start()
        settings.SITE_URL = f"https://localhost:{server.getsockname()[1]}"
        return certificate

    yield run
    for server in servers:
        server.close()


def answer(server, context):
    with suppress(OSError), closing(server.accept()[0]) as client, context.wrap_socket(client, server_side=True) as connection:
        connection.recv(1)


def look():
    return [each.msg for each in checks.check_certificate()]


@pytest.mark.parametrize(("days", "says"), [(60, []), (10, ["The certificate ends in 9 days."])])
def test_a_certificate_that_ends_soon_is_told(secured, monkeypatch, days, says):
    certificate = secured(days)
    default = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: default(cafile=str(certificate)))
    assert look() == says


def test_a_certificate_that_browsers_refuse_is_told(secured):
    secured(60)
    assert look() == ["The certificate is not valid: self-signed certificate"]


def test_a_front_server_that_cannot_be_reached_is_no_fault_of_a_certificate(settings):
    settings.SITE_URL = "https://127.0.0.1:9"
    assert look() == []
