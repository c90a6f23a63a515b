"""Copies of the site by restic, and the way back from them: every row and every file."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import send_mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Max
from django.utils import timezone
from examples import fill
from servers import get_url

from pages.models import HomePage, Message, Organisation, SitePage
from regie.mail.outbox import OutgoingMail
from regie.operations import backups, dumps, storage
from regie.operations.backups import get_local, get_remote, make_backup
from regie.operations.worker import WorkerRun
from regie.serving.state import Generation

pytestmark = [pytest.mark.django_db(transaction=True)]


# restic takes half a second for each command, as it has to be slow to guess a key.
exhaustive = pytest.mark.exhaustive


@pytest.fixture(autouse=True)
def places(settings, tmp_path, quick_copies):
    settings.BACKUP_ROOT, settings.BACKUP_TO, settings.BACKUP_KEY = tmp_path / "here", "", "a secret"


def make_message(**fields):
    return Message.objects.create(subject="autre", text="Bonjour", phone="03 84 00 00 00", **fields)


def run(*arguments, **options):
    output = StringIO()
    call_command(*arguments, stdout=output, stderr=output, **options)
    return output.getvalue()


def get_uploads():
    return {name: (Path(default_storage.location) / name).read_bytes() for name in default_storage.list_all()}


def get_tables():
    """Returns the rows of each table, but for those that `restore` changes."""
    changed = {"auth_user", "django_session", "regie_generation", "pages_message", "regie_workerrun", "regie_outgoingmail"}
    found = {}
    with connection.cursor() as cursor:
        for name in set(connection.introspection.table_names()) - changed:
            cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608
            found[name] = sorted(map(repr, cursor.fetchall()))
    return found


def test_a_site_comes_back_row_by_row_and_file_by_file():
    for name in ("original_images/a.png", "images/a.fill.webp", "documents/é.pdf"):
        default_storage.save(name, ContentFile(name.encode()))
    (Path(default_storage.location) / "half.png.x.part").touch()
    user = User.objects.create_superuser("chef", password="x")
    kept, erased = make_message(), make_message()
    make_message(created_at=timezone.now() - timedelta(days=800))
    session = SessionStore()
    session.create()
    make_backup("backup")
    tables, uploads, generation = get_tables(), get_uploads(), Generation.objects.get()
    assert len(uploads) == 3

    Organisation.objects.update(phone="03 84 00 00 99")
    User.objects.all().delete()
    erased.delete()
    default_storage.delete("original_images/a.png")
    default_storage.save("original_images/b.png", ContentFile(b"b"))
    Generation.objects.update(number=generation.number + 100)
    (copy,) = get_local().get_backups()
    words = run("restore", copy.name, yes=True)

    assert get_tables() == tables
    assert get_uploads() == uploads
    assert set(Message.objects.values_list("pk", flat=True)) == {kept.pk}
    assert not Session.objects.exists()
    assert User.objects.get().check_password("x")
    assert User.objects.get().last_login > timezone.now() - timedelta(minutes=1)
    assert user.last_login is None
    now = Generation.objects.get()
    assert now.number > generation.number + 100
    assert now.withdrawals > generation.withdrawals
    assert [each.reason for each in get_local().get_backups()] == ["before-restore", "backup"]
    saved = timezone.localdate(SitePage.objects.aggregate(newest=Max("latest_revision_created_at"))["newest"])
    assert f"Pages: {SitePage.objects.count() - 1}, the newest of {saved}\n" in words
    assert f"Messages: 1, the newest of {timezone.localdate()}\nPictures: 0\n" in words


@pytest.mark.parametrize("answer", ["", "no", "yes"])
def test_a_copy_is_restored_only_after_the_whole_word_yes(monkeypatch, answer):
    make_message()
    make_backup("backup")
    Message.objects.all().delete()
    make_message(name="Écrit depuis")
    monkeypatch.setattr("builtins.input", lambda question: answer)
    if answer == "yes":
        run("restore")
    else:
        with pytest.raises(CommandError, match="Nothing was changed"):
            run("restore")
    assert Message.objects.filter(name="Écrit depuis").exists() is (answer != "yes")


@pytest.mark.postgresql
@exhaustive
def test_only_messages_that_somebody_erased_are_erased_again():
    """Not those that a restore took away, nor a new one that has the number of an erased one."""
    make_backup("backup")
    later, erased = make_message(), make_message()
    erased.delete()
    run("restore", yes=True)
    assert not Message.objects.exists()
    new = [make_message(), make_message()]
    make_backup("backup")
    before = next(copy for copy in get_local().get_backups() if copy.reason == "before-restore")
    run("restore", before.name, yes=True)
    assert list(Message.objects.values_list("created_at", flat=True)) == [later.created_at]
    run("restore", get_local().get_backups()[1].name, yes=True)
    assert {message.created_at for message in Message.objects.all()} == {message.created_at for message in new}


@pytest.mark.postgresql
@exhaustive
def test_a_copy_is_made_after_one_that_was_killed(settings):
    make_backup("backup")
    with subprocess.Popen(["restic", "backup", "--stdin"], env=get_restic_environment(settings), stdin=subprocess.PIPE) as killed:
        locks = settings.BACKUP_ROOT / "copies" / "locks"
        while not any(locks.iterdir()):
            time.sleep(0.05)
        killed.kill()
    make_backup("backup")
    assert len(get_local().get_backups()) == 2
    with backups.one_at_a_time(), pytest.raises(dumps.DumpError, match="Another backup"):
        make_backup("backup")


def get_restic_environment(settings):
    return os.environ | {"RESTIC_REPOSITORY": str(settings.BACKUP_ROOT / "copies"), "RESTIC_PASSWORD": settings.BACKUP_KEY}


@pytest.mark.postgresql
@exhaustive
def test_a_lost_machine_is_replaced_by_the_copy_elsewhere(settings, tmp_path):
    """From the first copy that arrives at BACKUP_TO, on a machine that has nothing."""
    settings.BACKUP_TO = str(tmp_path / "elsewhere")
    default_storage.save("original_images/a.png", ContentFile(b"a"))
    assert "BACKUP_TO" not in run("backup")
    assert WorkerRun.objects.get().backed_up_at > timezone.now() - timedelta(minutes=1)
    tables, uploads = get_tables(), get_uploads()
    settings.BACKUP_ROOT, settings.MEDIA_ROOT = tmp_path / "new", tmp_path / "new media"
    Organisation.objects.update(phone="03 84 00 00 99")
    run("restore", yes=True)
    assert (get_tables(), get_uploads()) == (tables, uploads)
    assert WorkerRun.objects.get().backed_up_at > timezone.now() - timedelta(minutes=1)  # the copy cannot know that it arrived
    assert [each.reason for each in get_remote().get_backups()] == ["backup"]


@pytest.mark.postgresql
def test_copies_that_are_damaged_here_keep_none_from_elsewhere(settings, tmp_path):
    settings.BACKUP_TO = str(tmp_path / "elsewhere")
    run("backup")
    (settings.BACKUP_ROOT / "copies" / "config").write_bytes(b"damaged")
    with pytest.raises(CommandError):
        run("backup")
    assert len(get_remote().get_backups()) == 2


def back_up_for_a_week(monkeypatch):
    """Each night another part of what is there is read."""
    for day in range(23, 30):
        monkeypatch.setattr(backups.timezone, "localdate", lambda day=day: date(2026, 11, day))
        make_backup("backup")


@pytest.mark.postgresql
@exhaustive
def test_a_copy_that_is_damaged_is_refused_before_anything_is_touched(settings, tmp_path, monkeypatch):
    default_storage.save("original_images/a.png", ContentFile(b"a" * 100_000))
    assert "BACKUP_TO is not set" in run("backup")
    Organisation.objects.update(phone="03 84 00 00 99")
    tables, uploads = get_tables(), get_uploads()
    packs = [path for path in (settings.BACKUP_ROOT / "copies" / "data").rglob("*") if path.is_file()]
    for pack in packs:
        content = bytearray(pack.read_bytes())
        content[len(content) // 2] ^= 1
        pack.chmod(0o600)
        pack.write_bytes(content)
    with pytest.raises(CommandError, match=r"are damaged .* The site still has all that it had"):
        run("restore", yes=True)
    with pytest.raises(dumps.DumpError, match="are damaged"):
        back_up_for_a_week(monkeypatch)
    assert (get_tables(), get_uploads()) == (tables, uploads)


@pytest.mark.postgresql
def test_a_copy_that_is_not_of_this_program_is_refused(tmp_path):
    folder = tmp_path / "copy"
    (folder / "media").mkdir(parents=True)
    with pytest.raises(dumps.DumpError, match="another kind of database"):
        backups.check(folder)
    (folder / dumps.get_file_name()).touch()
    (folder / "manifest.json").write_text(json.dumps({"migrations": [["pages", "9999_later"]]}))
    with pytest.raises(dumps.DumpError, match="another version of the site"):
        backups.check(folder)
    (folder / "media" / "x.webp").symlink_to("../../.env")
    with pytest.raises(dumps.DumpError, match="somebody may have changed it"):
        backups.check(folder)


@pytest.mark.postgresql
def test_no_copy_holds_a_mail_with_its_link(tmp_path):
    """Not even in a part of the file that a deleted row has left."""
    send_mail("Un mail", "le-jeton-du-lien", None, ["lea@example.org"])
    connection.close()
    dumps.dump(tmp_path / "copy")
    assert b"le-jeton-du-lien" not in (tmp_path / "copy").read_bytes()
    assert OutgoingMail.objects.count() == 1


@pytest.mark.postgresql
@exhaustive
def test_a_repository_that_somebody_else_has_put_at_the_other_place_is_not_used(settings, tmp_path):
    settings.BACKUP_TO = str(tmp_path / "elsewhere")
    make_backup("backup", elsewhere=True)
    for key in (backups.OPEN_KEY, None):
        shutil.rmtree(settings.BACKUP_TO)
        if key:
            backups.Repository(settings.BACKUP_TO, key).run("init")
        with pytest.raises(dumps.DumpError, match="BACKUP_KEY does not open" if key else "There are no backups"):
            make_backup("backup", elsewhere=True)


@pytest.mark.postgresql
@exhaustive
def test_nobody_else_on_the_machine_reads_what_is_being_copied(settings, monkeypatch):
    modes = []
    monkeypatch.setattr(backups.Repository, "add", lambda self, folder, reason: modes.append(folder.stat().st_mode & 0o777))
    make_backup("backup")
    assert modes == [0o700]
    assert not (settings.MEDIA_ROOT / storage.STAGING).exists()


@pytest.mark.postgresql
@exhaustive
def test_copies_get_the_key_that_is_set_later(settings):
    settings.BACKUP_KEY = ""
    make_backup("backup")
    settings.BACKUP_KEY = "a secret"
    make_backup("backup")
    assert len(get_local().get_backups()) == 2
    settings.BACKUP_KEY = ""
    with pytest.raises(dumps.DumpError, match="BACKUP_KEY does not open the backups"):
        get_local().get_backups()


def get_environment(url, media):
    variables = {"DATABASE_URL": url, "MEDIA_ROOT": str(media), "BACKUP_ROOT": f"{media}-copies"}
    return os.environ | variables | {"DJANGO_SETTINGS_MODULE": "regie.settings", "BACKUP_KEY": "a secret"}


def manage(url, *arguments, media, status=0):
    """Runs `manage.py` as on another machine, with the database at `url`."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=get_environment(url, media), capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def get_command(file):
    """Returns the commands by which a file of deployment migrates, with the Python of the tests."""
    text = (settings.BASE_DIR / file).read_text()
    found = re.search(r"(?s)\n(deploy/manage backup .*?migrate[^\n]*)\n|command: \[sh, -c, '(python manage.py backup .*?)'\]", text)
    return re.sub("deploy/manage|python manage.py", f"{sys.executable} manage.py", found[1] or found[2]).replace("$$", "$")


@pytest.mark.postgresql
@exhaustive
@pytest.mark.parametrize("file", ["deploy/install", "compose.yaml"])
def test_an_update_makes_a_copy_before_it_migrates_and_stops_if_that_fails(tmp_path, file):
    """At a first installation there is nothing to copy. `deploy/upgrade` runs one of these files."""
    database, media = tmp_path / "site.sqlite3", tmp_path / "media"
    manage_here = partial(manage, f"sqlite:///{database}", media=media)
    environment = get_environment(f"sqlite:///{database}", media)
    before, latest = sorted(name for app, name in MigrationLoader(None).disk_migrations if app == "pages")[-2:]

    def install(status=0, **changes):
        options = {"env": environment | changes, "capture_output": True, "text": True}
        done = subprocess.run(["sh", "-ec", get_command(file)], cwd=settings.BASE_DIR, check=False, **options)
        assert done.returncode == status, done.stderr
        with closing(sqlite3.connect(database)) as opened:
            (is_new,) = opened.execute("SELECT count(*) FROM django_migrations WHERE name = ?", [latest]).fetchone()
        return manage_here("backup", "--list").count("before-migration"), is_new

    assert install() == (0, 1)
    manage_here("migrate", "pages", before, "--verbosity=0")
    assert install() == (1, 1)
    assert install() == (1, 1)
    manage_here("migrate", "pages", before, "--verbosity=0")
    assert install(status=1, BACKUP_KEY="another") == (1, 0)
    assert "Pages: " in manage_here("restore", "--yes")


def read_rows():
    """All rows as Python sees them, without the search index, which each database has in its own way."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label not in {"wagtailsearch", "sessions"}]
    return {
        model.__name__: [
            {field.attname: field.value_from_object(row) for field in model._meta.local_concrete_fields}
            for row in model._base_manager.order_by("pk")
        ]
        for model in models
        if model is not Generation
    }


@pytest.mark.postgresql
@exhaustive
def test_a_misspelt_database_is_no_new_one(tmp_path):
    HomePage.objects.all().delete()
    connection.close()
    words = manage(get_url(), "copy_database", f"sqlite:///{tmp_path}/misspelt.sqlite3", media=tmp_path, status=1)
    assert "Is the path of the other database right" in words
    assert not (tmp_path / "misspelt.sqlite3").exists()


@exhaustive
@pytest.mark.postgresql(only="it is the other database")
def test_a_site_moves_from_one_database_to_the_other_and_back(tmp_path):
    fill()
    make_message()
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    here, media = get_url(), tmp_path / "media"
    manage(url, "migrate", "--verbosity=0", media=media)
    before = read_rows()
    assert "rows of" in manage(url, "copy_database", here, media=media)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    manage(here, "migrate", "--verbosity=0", media=media)
    manage(here, "copy_database", url, media=media)
    assert read_rows() == before
    Message.objects.create(subject="autre", text="x")  # its number is new
