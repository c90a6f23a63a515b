"""`run_due`: each task runs once, also with two passes at a time, and a task that fails does not stop the others."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from assertions import parse, words
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from mail_server import MailServer
from servers import wait_until
from wagtail.models import Revision, UploadedFile

from pages.models import HomePage, Message, SitePage, StandardPage
from pages.organisation.recipients import Subject
from regie.deadlines import deadline
from regie.mail import delivery
from regie.mail.outbox import OutgoingMail
from regie.operations import worker
from regie.operations.worker import WorkerRun

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def due():
    call_command("run_due")


def message(created_at, **fields):
    return Message.objects.create(**{"subject": "autre", "text": "Bonjour."} | fields, created_at=created_at)


@pytest.mark.parametrize(
    ("now", "came", "is_kept"),
    [
        (datetime(2027, 11, 24, 12, 0, tzinfo=UTC), datetime(2026, 11, 24, 12, 1, tzinfo=UTC), True),
        (datetime(2027, 11, 24, 12, 0, tzinfo=UTC), datetime(2026, 11, 24, 11, 59, tzinfo=UTC), False),
        (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), datetime(2027, 2, 28, 11, 0, tzinfo=UTC), False),
        (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), datetime(2027, 3, 1, 0, 0, tzinfo=UTC), True),
        (datetime(2027, 3, 28, 3, 0, tzinfo=UTC), datetime(2026, 3, 28, 4, 30, tzinfo=UTC), True),  # the night of summer time
        (datetime(2028, 1, 31, 12, 0, tzinfo=UTC), datetime(2027, 1, 31, 12, 1, tzinfo=UTC), True),
    ],
)
def test_a_message_is_erased_twelve_months_after_it_came(now, came, is_kept):
    message(came)
    with time_machine.travel(now, tick=False):
        due()
    assert Message.objects.exists() is is_kept


@pytest.mark.parametrize("subject", Subject.values)
def test_the_number_of_months_is_a_setting_and_another_one_for_applications(settings, subject):
    settings.MESSAGE_MONTHS, settings.APPLICATION_MONTHS = 2, 3
    first = datetime(2026, 11 if subject == "emploi" else 12, 1, 11, 0, tzinfo=UTC)
    with time_machine.travel(datetime(2027, 2, 1, 12, 0, tzinfo=UTC), tick=False):
        message(first, subject=subject)
        message(first + timedelta(hours=2), subject=subject)
        due()
    assert list(Message.objects.values_list("created_at", flat=True)) == [first + timedelta(hours=2)]


def test_what_counts_senders_is_erased_after_a_day():
    now = timezone.now()
    message(now - timedelta(hours=25), sender="a", fingerprint="a")
    message(now - timedelta(hours=23), sender="b", fingerprint="b")
    due()
    assert list(Message.objects.order_by("created_at").values_list("sender", "fingerprint")) == [("", None), ("b", "b")]


def test_a_page_is_published_and_taken_away_at_its_hour(client):
    now = timezone.now()
    page = StandardPage(title="Fermeture", slug="fermeture", live=False)
    HomePage.objects.get().add_child(instance=page)
    page.go_live_at, page.expire_at = now + timedelta(hours=1), now + timedelta(hours=2)
    page.save_revision().publish()
    seen = []
    for minutes in (0, 61, 121):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            due()
            page.refresh_from_db()
            seen.append((client.get("/fermeture/").status_code, page.live, page.expired))
    assert seen == [(404, False, False), (200, True, False), (404, False, True)]


def first_screen(admin):
    return words(parse(admin("Publication").get("/admin/")).select_one(".to-review") or "")


def test_a_page_that_cannot_be_published_keeps_no_other_waiting_and_is_tried_again(client, admin, caplog):
    now, home = timezone.now(), HomePage.objects.get()
    for minutes, title in enumerate(("Une", "Deux")):
        page = home.add_child(instance=StandardPage(title=title, slug=title.lower(), live=False))
        page.go_live_at = now + timedelta(hours=1, minutes=minutes)
        page.save_revision().publish()
    SitePage.objects.filter(slug="une").update(slug="autre")
    obstacle = home.add_child(instance=StandardPage(title="Obstacle", slug="une"))  # the first one's address is taken meanwhile
    with time_machine.travel(now + timedelta(hours=2)):
        due()
        assert client.get("/deux/").status_code == 200
        assert "failed" in caplog.text
        assert "Une : elle devait paraître le" in first_screen(admin)
        obstacle.delete()
        due()
        assert "<h1>Une</h1>" in client.get("/une/").content.decode()


def test_staff_may_choose_those_hours(admin):
    page = SitePage.objects.get(slug="histoire")
    assert 'name="go_live_at"' in admin("Publication").get(f"/admin/pages/{page.pk}/edit/").content.decode()


def test_a_task_that_fails_holds_no_other_up(monkeypatch, caplog):
    def fail():
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("regie.operations.worker.run_scheduled", fail)
    message(timezone.now() - timedelta(days=400))
    due()
    assert not Message.objects.exists()
    assert "broken on purpose" in caplog.text
    assert WorkerRun.objects.get().finished_at


def test_a_task_that_never_ends_holds_no_other_up(monkeypatch, caplog):
    monkeypatch.setattr(worker, "TASK_TIMEOUT", 0.2)
    monkeypatch.setattr("regie.operations.worker.run_scheduled", lambda: threading.Event().wait(20))
    send_mail("x", "x", None, ["a@example.org"])
    due()
    assert "TimeoutError: The task took more than 0.2 seconds." in caplog.text
    assert not OutgoingMail.objects.exists()


def test_each_publication_has_a_limit(monkeypatch, caplog):
    home, now = HomePage.objects.get(), timezone.now()
    for number in range(2):
        page = home.add_child(instance=StandardPage(title=f"{number}", slug=f"page-{number}", live=False))
        page.go_live_at = now + timedelta(minutes=1)
        page.save_revision().publish()
    monkeypatch.setattr(worker, "PUBLICATION_TIMEOUT", 0.2)
    monkeypatch.setattr(Revision, "publish", lambda *args, **options: threading.Event().wait(20))
    with time_machine.travel(now + timedelta(hours=1), tick=True):
        due()
    assert caplog.text.count("TimeoutError: The page took more than 0.2 seconds.") == 2


def test_a_limit_within_another_one_ends_with_it():
    ended = []

    def work():
        for who in ("The mail server", "Another"):
            with suppress(TimeoutError), deadline(0.1, who):
                threading.Event().wait(20)
            ended.append(who)
        threading.Event().wait(20)

    with pytest.raises(TimeoutError, match="The pass"), deadline(0.15, "The pass"):
        work()
    assert ended == ["The mail server", "Another"]


@pytest.mark.django_db(transaction=True)
def test_two_passes_at_once_send_each_mail_once(settings, at_once):
    server = MailServer()
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
    for number in range(20):
        send_mail(f"Mail {number}", "Bonjour.", None, ["accueil@example.org"])
    at_once(2, lambda: call_command("run_due"))
    server.stop()
    assert sorted(mail["Subject"] for mail in server.taken) == sorted(f"Mail {number}" for number in range(20))
    assert not OutgoingMail.objects.exists()


def test_a_parked_upload_is_erased_after_a_day():
    upload = UploadedFile.objects.create(file=ContentFile(b"content", name="photo.jpg"))
    name = upload.file.name
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        due()
    assert UploadedFile.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        due()
    assert not UploadedFile.objects.exists()
    assert not default_storage.exists(name)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one file is put in the place of another")
@pytest.mark.django_db(transaction=True)
def test_the_worker_goes_on_after_a_pass_that_failed(tmp_path):
    """It begins while the database cannot be used, and is not started again when it can."""
    file, log = tmp_path / "db.sqlite3", tmp_path / "log"
    command = [sys.executable, "manage.py", "run_due", "--every", "1"]
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{file}", "DJANGO_SETTINGS_MODULE": "regie.settings"}
    file.touch()
    with log.open("wb") as errors, subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=errors) as worker:
        try:
            wait_until(lambda: "A pass failed." in log.read_text())
            with closing(sqlite3.connect(connection.settings_dict["NAME"])) as content, closing(sqlite3.connect(file)) as place:
                content.backup(place)
                wait_until(lambda: place.execute("SELECT finished_at FROM regie_workerrun").fetchone())
        finally:
            worker.kill()


def test_a_mail_that_another_pass_has_claimed_is_left_to_it(settings):
    send_mail("Un mail", "Bonjour.", None, ["accueil@example.org"])
    mail = OutgoingMail.objects.get()
    assert delivery.claim(mail)
    assert not delivery.claim(mail)
    due()
    assert OutgoingMail.objects.get().tries == 0


def test_a_mail_whose_pass_was_killed_is_sent_after_minutes(mailoutbox, settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_mail("Un mail", "Bonjour.", None, ["accueil@example.org"])
    delivery.claim(OutgoingMail.objects.get())
    for minutes, sent in ((4.9, []), (5.1, ["Un mail"])):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            due()
        assert [mail.subject for mail in mailoutbox] == sent


def test_a_mail_that_no_server_accepts_is_given_up_after_thirty_days():
    send_mail("Un mail", "Bonjour.", None, ["accueil@example.org"])
    mail = OutgoingMail.objects.get()
    for days, is_kept in ((29, True), (31, False)):
        OutgoingMail.objects.filter(pk=mail.pk).update(
            created_at=timezone.now() - timedelta(days=days), next_try=timezone.now() + timedelta(days=1)
        )
        due()
        assert OutgoingMail.objects.exists() is is_kept


def test_what_another_pass_has_published_is_left_alone(client):
    """Two workers by mistake: the second one finds nothing to publish once the first one is done."""
    page = HomePage.objects.get().add_child(instance=StandardPage(title="Une", slug="une", live=False))
    page.go_live_at = timezone.now() + timedelta(hours=1)
    revision = page.save_revision()
    revision.publish()
    done = []
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        due()
        worker.run_if_due(Revision.objects.filter(approved_go_live_at__lt=timezone.now()), revision.pk, done.append)
    assert client.get("/une/").status_code == 200
    assert done == []
