"""Backups of the database and of all uploads, by restic (https://restic.net): encrypted, each file stored once, verified.

One repository is in BACKUP_ROOT on this machine, for a way back; another one at BACKUP_TO, for the day on which this machine is lost.
Backups are kept for BACKUP_DAYS. A backup contains the database in one file, `media/`, and `manifest.json`: the migrations that the database
has, and the messages that somebody has erased. restic authenticates all of it.
"""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from . import dumps
from .checks import find_missing_migrations, find_unknown_migrations
from .dumps import DumpError
from .erasures import read_erased
from .storage import STAGING, list_files
from .worker import WorkerRun

OPEN_KEY = "regie"  # the key of backups on this machine while BACKUP_KEY is not set: whoever has the folder can read them
RESTIC_TIMEOUT = 6 * 3600  # seconds for one command of restic, such as the first backup by a slow line
WRONG_KEY, NO_REPOSITORY = "BACKUP_KEY does not open", "There are no backups"
HOST = "regie"  # All machines have one name, so that a new one goes on where another ended.


class Backup(NamedTuple):
    name: str
    time: datetime
    reason: str


class Repository:
    """A place with backups. All methods raise DumpError with what restic says."""

    def __init__(self, place: str, key: str) -> None:
        self.place, self.key = place, key

    def run(self, *arguments: str, cwd: Path | None = None, key: str = "") -> str:
        environment = {"RESTIC_REPOSITORY": self.place, "RESTIC_PASSWORD": key or self.key}
        environment["RESTIC_CACHE_DIR"] = str(settings.BACKUP_ROOT / "cache")
        environment |= {"SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"}  # no question of ssh, such as for a password
        try:
            done = subprocess.run(  # noqa: S603
                ["restic", *arguments],  # noqa: S607
                cwd=cwd,
                timeout=RESTIC_TIMEOUT,
                env=os.environ | environment,
                capture_output=True,
                check=True,
                text=True,
            )
        except FileNotFoundError as error:
            raise DumpError("restic is not installed. On Debian: apt-get install restic") from error
        except subprocess.TimeoutExpired as error:
            raise DumpError(f"restic {arguments[0]} took more than {RESTIC_TIMEOUT // 3600} hours.") from error
        except subprocess.CalledProcessError as error:
            raise DumpError(self.explain(arguments[0], error.stderr)) from error
        return done.stdout

    def explain(self, command: str, words: str) -> str:
        if "wrong password" in words:
            return f"{WRONG_KEY} the backups in {self.place}."
        if "Is there a repository" in words:
            return f"{NO_REPOSITORY} in {self.place}. Check BACKUP_TO; if the place is new, begin it: restic --repo {self.place} init"
        if command in {"check", "restore"}:
            return f"The backups in {self.place} are damaged (restic {command}: {words.strip().splitlines()[-1]})."
        return f"restic {command}: {' '.join(words.split())[-300:]}"

    def prepare(self) -> None:
        """Makes the repository where there is none. On this machine, one that was made before BACKUP_KEY was set gets that key.

        At BACKUP_TO, a repository that is no longer there or has another key is an error: somebody may have put one of his own there.
        """
        try:
            self.run("cat", "config")
        except DumpError as error:
            if NO_REPOSITORY in str(error) and (self.is_local or not WorkerRun.objects.filter(backed_up_at__isnull=False).exists()):
                self.run("init")
            elif WRONG_KEY in str(error) and self.is_local and self.key != OPEN_KEY:
                self.change_key()
            else:
                raise

    @property
    def is_local(self) -> bool:
        return self.place == get_local().place

    def change_key(self) -> None:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(self.key)
            file.flush()
            self.run("key", "passwd", f"--new-password-file={file.name}", key=OPEN_KEY)

    def add(self, folder: Path, reason: str) -> None:
        """Adds the content of `folder` as a backup, and drops those that are too old."""
        with suppress(DumpError):
            self.run("unlock")  # after a restic that was killed; it leaves the locks of living ones alone
        arguments = ("backup", ".", f"--host={HOST}", f"--tag={reason}", "--ignore-ctime")
        try:
            self.run(*arguments, cwd=folder)
        except DumpError:  # not asked before: restic takes a second to check a key
            self.prepare()
            self.run(*arguments, cwd=folder)
        self.run("forget", f"--keep-within={settings.BACKUP_DAYS}d", "--group-by=", "--prune")
        # What is damaged would be taken for good by the next backup, too: all of it is read once a week.
        self.run("check", f"--read-data-subset={timezone.localdate().isoweekday()}/7")

    def get_backups(self) -> list[Backup]:
        """Returns the backups, the last one first; an empty list where there is no repository yet."""
        try:
            found = json.loads(self.run("snapshots", "--json", "--no-lock"))
        except DumpError as error:
            if NO_REPOSITORY in str(error):
                return []
            raise
        backups = [Backup(each["short_id"], datetime.fromisoformat(each["time"]), each["tags"][0]) for each in found or []]
        return sorted(backups, key=lambda backup: backup.time, reverse=True)

    def read_manifest(self, backup: Backup) -> dict:
        return json.loads(self.run("dump", backup.name, "/manifest.json"))

    def extract(self, backup: Backup, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self.run("restore", backup.name, f"--target={folder}", "--verify")


def get_local() -> Repository:
    return Repository(str(settings.BACKUP_ROOT / "copies"), settings.BACKUP_KEY or OPEN_KEY)


def get_remote() -> Repository | None:
    return Repository(settings.BACKUP_TO, settings.BACKUP_KEY) if settings.BACKUP_TO else None


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Raises DumpError while another program makes or restores a backup."""
    settings.BACKUP_ROOT.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.BACKUP_ROOT / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DumpError("Another backup is being made or restored: try again when that has ended.") from error
        yield


def copy_uploads(folder: Path) -> None:
    """Puts each upload that is not there yet into `folder`, where it stays if it is deleted meanwhile. Uploads never change."""
    for name in default_storage.list_all():
        if not (target := folder / name).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):  # deleted just now
                default_storage.copy_to(target, name)


def make_backup(reason: str, elsewhere: bool = False) -> None:
    """Makes a backup while the site runs: on this machine, and `elsewhere`, at BACKUP_TO too.

    Raises DumpError if one of the two fails; the other is made.
    """
    with one_at_a_time():
        folder = settings.MEDIA_ROOT / STAGING
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)  # who serves uploads may read MEDIA_ROOT
        (folder / "media").mkdir()
        try:
            # Before the database, so that no upload of its rows is missing as it was deleted; and after it for those that came meanwhile.
            copy_uploads(folder / "media")
            dumps.dump(folder / dumps.get_file_name())
            copy_uploads(folder / "media")
            migrations = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
            (folder / "manifest.json").write_text(json.dumps({"migrations": migrations, "erased": read_erased()}, indent=1))
            try:
                get_local().add(folder, reason)
            finally:  # backups that are damaged here must keep none from elsewhere
                if elsewhere and (remote := get_remote()):
                    remote.add(folder, reason)
                    WorkerRun.objects.update_or_create(pk=1, defaults={"backed_up_at": timezone.now()})
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def is_to_migrate() -> bool:
    """Returns whether `migrate` would change a database that has content."""
    return bool(MigrationRecorder(connection).applied_migrations() and find_missing_migrations())


def check(folder: Path) -> None:
    """Raises DumpError if a backup that was extracted is not for this site's program."""
    if not (folder / dumps.get_file_name()).exists():
        raise DumpError(f"This is a backup of another kind of database than {connection.vendor}, which DATABASE_URL names.")
    if any(path.is_symlink() for path in folder.rglob("*")):
        raise DumpError("This backup contains a link, as no backup does: somebody may have changed it.")
    migrations = json.loads((folder / "manifest.json").read_text())["migrations"]
    if unknown := find_unknown_migrations(migrations):
        raise DumpError(f"This backup was made by another version of the site, whose migration {unknown[0]} this one does not have.")


def replace_content(folder: Path) -> None:
    """Replaces the database and the uploads by those of a backup that was checked. Raises DumpError where nothing is lost: at most files were added."""
    with one_at_a_time():
        names = set(list_files(folder / "media"))
        missing = names - set(default_storage.list_all())
        take_uploads(folder, missing)
        dumps.load(folder / dumps.get_file_name())
        take_uploads(folder, names - missing)
        for name in set(default_storage.list_all()) - names:
            default_storage.delete(name)


def take_uploads(folder: Path, names: set[str]) -> None:
    for name in names:
        default_storage.take(folder / "media" / name, name)
