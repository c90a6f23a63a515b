"""Copies of the site by restic, and the way back from them: every row and every file."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
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
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from examples import fill
from test_workers import get_url

from pages.models import Generation, Message, Organisation, WorkerRun
from regie import backups, dumps
from regie.backups import get_local, get_remote, make_backup

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


# restic takes half a second for each command, as it has to be slow to guess a key.
exhaustive = pytest.mark.exhaustive
on_one = exhaustive if connection.vendor == "postgresql" else pytest.mark.any_database


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.BACKUP_ROOT, settings.BACKUP_TO, settings.BACKUP_KEY = tmp_path / "here", "", "a secret"


def make_message(**fields):
    return Message.objects.create(subject="autre", text="Bonjour", phone="03 84 00 00 00", **fields)


def run(*arguments, **options):
    output = StringIO()
    call_command(*arguments, stdout=output, stderr=output, **options)
    return output.getvalue()


def get_uploads():
    return {str(path): (Path(default_storage.location) / path).read_bytes() for path in backups.get_uploads(Path(default_storage.location))}


def get_tables(tmp_path):
    """What the database holds, but for what `restore` changes in it."""
    file = tmp_path / f"now.{timezone.now().timestamp()}"
    changed = {"auth_user", "django_session", "pages_generation", "pages_message", "pages_workerrun", "sqlite_sequence"}
    return {name: rows for name, rows in dumps.dump(file).items() if name not in changed}


@on_one
def test_a_site_comes_back_row_by_row_and_file_by_file(tmp_path):
    for name in ("original_images/a.png", "images/a.fill.webp", "documents/é.pdf"):
        default_storage.save(name, ContentFile(name.encode()))
    (Path(default_storage.location) / "half.png.x.part").touch()
    user = User.objects.create_superuser("chef", password="x")
    kept, erased = make_message(), make_message()
    old = make_message(created_at=timezone.now() - timedelta(days=800))
    session = SessionStore()
    session.create()
    make_backup("each-day")
    tables, uploads, generation = get_tables(tmp_path), get_uploads(), Generation.objects.get()
    assert len(uploads) == 3

    Organisation.objects.update(phone="03 84 00 00 99")
    User.objects.all().delete()
    erased_id = erased.pk
    erased.delete()
    default_storage.delete("original_images/a.png")
    default_storage.save("original_images/b.png", ContentFile(b"b"))
    Generation.objects.update(number=generation.number + 100)
    (copy,) = get_local().get_copies()
    run("restore", copy.name, yes=True)

    assert get_tables(tmp_path) == tables
    assert get_uploads() == uploads
    assert set(Message.objects.values_list("pk", flat=True)) == {kept.pk}, (erased_id, old.pk)
    assert not Session.objects.exists()
    assert User.objects.get().check_password("x")
    assert User.objects.get().last_login > timezone.now() - timedelta(minutes=1)
    assert user.last_login is None
    now = Generation.objects.get()
    assert now.number > generation.number + 100
    assert now.withdrawals > generation.withdrawals
    assert [each.reason for each in get_local().get_copies()] == ["before-restore", "each-day"]


@exhaustive
def test_a_lost_machine_is_replaced_by_the_copy_elsewhere(settings, tmp_path):
    """From the first copy that arrives at BACKUP_TO, on a machine that has nothing."""
    settings.BACKUP_TO = str(tmp_path / "elsewhere")
    default_storage.save("original_images/a.png", ContentFile(b"a"))
    assert "BACKUP_TO" not in run("backup")
    assert WorkerRun.objects.get().copied_at > timezone.now() - timedelta(minutes=1)
    tables, uploads = get_tables(tmp_path), get_uploads()
    settings.BACKUP_ROOT, settings.MEDIA_ROOT = tmp_path / "new", tmp_path / "new media"
    Organisation.objects.update(phone="03 84 00 00 99")
    run("restore", yes=True)
    assert (get_tables(tmp_path), get_uploads()) == (tables, uploads)
    assert [each.reason for each in get_remote().get_copies()] == ["each-day"]


@exhaustive
def test_a_copy_that_is_damaged_is_refused_before_anything_is_touched(settings, tmp_path):
    default_storage.save("original_images/a.png", ContentFile(b"a" * 100_000))
    assert "BACKUP_TO is not set" in run("backup")
    Organisation.objects.update(phone="03 84 00 00 99")
    tables, uploads = get_tables(tmp_path), get_uploads()
    packs = [path for path in (settings.BACKUP_ROOT / "copies" / "data").rglob("*") if path.is_file()]
    for pack in packs:
        content = bytearray(pack.read_bytes())
        content[len(content) // 2] ^= 1
        pack.chmod(0o600)
        pack.write_bytes(content)
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("restore", yes=True)
    assert (get_tables(tmp_path), get_uploads()) == (tables, uploads)


@exhaustive
def test_a_copy_that_is_not_of_this_program_is_refused(tmp_path, monkeypatch):
    make_backup("each-day")
    get_local().extract(get_local().get_copies()[0], tmp_path / "copy")
    manifest = backups.check(tmp_path / "copy")
    for name, value, words in [
        ("database", "oracle", "DATABASE_URL names one of"),
        ("migrations", [["pages", "9999_later"]], "a newer version of the site"),
        ("files", {"a.png": "0"}, "The uploads in the copy"),
        ("tables", manifest["tables"] | {"pages_organisation": "0 0"}, "differ|does not hold the rows"),
    ]:
        monkeypatch.setattr("regie.backups.json.loads", lambda text, change={name: value}: manifest | change)
        with pytest.raises(dumps.DumpError, match=words):
            backups.replace_content(tmp_path / "copy", backups.check(tmp_path / "copy"))
    assert Organisation.objects.exists()


@exhaustive
def test_copies_get_the_key_that_is_set_later(settings):
    settings.BACKUP_KEY = ""
    make_backup("each-day")
    settings.BACKUP_KEY = "a secret"
    make_backup("each-day")
    assert len(get_local().get_copies()) == 2
    settings.BACKUP_KEY = ""
    with pytest.raises(dumps.DumpError, match="wrong password"):
        get_local().get_copies()


def manage(url, *arguments, media):
    """Runs `manage.py` as on another machine, with the database at `url`."""
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "regie.settings", "MEDIA_ROOT": str(media)}
    environment |= {"BACKUP_ROOT": f"{media}-copies"}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@exhaustive
def test_a_copy_is_made_before_a_migration_and_is_the_way_back(tmp_path):
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    media = tmp_path / "media"
    for step in (["migrate"], ["migrate", "pages", "0010"]):
        manage(url, *step, "--verbosity=0", media=media)
        assert "before-migration" not in manage(url, "backup", "--list", media=media)
    manage(url, "migrate", "--verbosity=0", media=media)
    assert "before-migration" in manage(url, "backup", "--list", media=media)
    with closing(sqlite3.connect(tmp_path / "site.sqlite3")) as database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('pages', '9999_later', '2026-01-01')")
        database.commit()
    manage(url, "restore", "--yes", media=media)
    with closing(sqlite3.connect(tmp_path / "site.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM django_migrations WHERE name = '9999_later'").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM django_migrations WHERE name = '0011_backups'").fetchone() == (1,)


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


@exhaustive
@pytest.mark.skipif(connection.vendor != "postgresql", reason="it is the other database")
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
