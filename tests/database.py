"""The tests' database: a copy of one that was migrated once, got the starting content, and is kept until the code of that changes.

Kept are files in `var/test-databases/`, or databases on a server of PostgreSQL that outlives the run. Copies are made in
milliseconds; Django's own way back to the start, emptying all tables and loading them again, takes seconds.

A database has a role, from which its name is made: `kept_migrated_…` and `kept_content_…` (migrated; with the starting content too) with
the fingerprint of the code that made them, and of each process `new` (being made), `start` (the starting content) and `test`.
"""

import fcntl
import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

KEPT = settings.BASE_DIR / "var" / "test-databases"
# What decides what a database holds: once it is migrated, and with the starting content (which the search's index has too).
MIGRATIONS = (
    "pages/migrations/*.py",
    "pages/after_migrate.py",
    "pages/generation.py",
    "regie/settings.py",
    "tests/settings.py",
    "requirements-dev.txt",
)
CONTENT = (*MIGRATIONS, "pages/**/*.py", "templates/legal/*")
MOST_KEPT = 3  # of each sort: whoever breaks something and puts it back finds the one of before


def fingerprint(sources):
    digest = hashlib.sha256()
    for path in sorted({path for pattern in sources for path in settings.BASE_DIR.glob(pattern)}):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


class Files:
    """Databases of SQLite: files in the `folder` of this run, or in that of the kept ones."""

    def __init__(self, folder):
        self.folder = folder

    def name(self, role):
        folder = KEPT if role.startswith("kept") else self.folder
        return str(folder / f"{role}.sqlite3")

    def kept(self):
        """The roles of the kept databases, the oldest first."""
        return [path.stem for path in sorted(KEPT.glob("kept_*.sqlite3"), key=lambda path: path.stat().st_mtime)]

    def create(self, role):
        """The first connection makes the file."""

    def copy(self, source, target):
        """Into the file that others have open, if there is one; else in one step, so that nobody meets half a file."""
        target = self.name(target)
        written = target if Path(target).exists() else f"{target}.{os.getpid()}"
        source = f"file:{self.name(source)}?mode=ro"  # no empty file where there is none
        with closing(sqlite3.connect(source, uri=True)) as content, closing(sqlite3.connect(written)) as place:
            content.backup(place)
            if written != target:
                place.execute("PRAGMA journal_mode=DELETE")  # one file, without others beside it
        Path(written).replace(target)

    def drop(self, role):
        Path(self.name(role)).unlink()


class Server:
    """Databases on a server of PostgreSQL."""

    def name(self, role):
        return f"regie_tests_{role}" if role.startswith("kept") else f"regie_tests_{role}_{os.getpid()}"

    def run(self, sql):
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def kept(self):
        rows = self.run("SELECT datname FROM pg_database WHERE starts_with(datname, 'regie_tests_kept_') ORDER BY oid")
        return [name.removeprefix("regie_tests_") for (name,) in rows]

    def create(self, role):
        self.run(f"CREATE DATABASE {self.name(role)}")

    def copy(self, source, target):
        self.run(f"DROP DATABASE IF EXISTS {self.name(target)} WITH (FORCE)")
        self.run(f"CREATE DATABASE {self.name(target)} TEMPLATE {self.name(source)}")

    def drop(self, role):
        self.run(f"DROP DATABASE {self.name(role)} WITH (FORCE)")


class Database:
    """The database of this run; `folder` is for its files."""

    def __init__(self, folder):
        self.all = Files(folder) if connection.vendor == "sqlite" else Server()

    def start(self):
        """Has the tests use a database with the starting content."""
        self.keep("kept_content", CONTENT, self.seed, "start")  # of one's own: another run may drop the kept one
        self.all.copy("start", "test")
        self.use("test")

    def keep(self, role, sources, make, target):
        """Copies a kept database to `target`; `make` makes it if there is none of these sources."""
        kept = f"{role}_{fingerprint(sources)}"
        KEPT.mkdir(parents=True, exist_ok=True)
        with (KEPT / f"{role}_{connection.vendor}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of two processes that begin at the same time, one makes it
            if kept not in self.all.kept():
                others = [other for other in self.all.kept() if other.startswith(role)]
                for old in others[: 1 - MOST_KEPT]:
                    self.all.drop(old)
                make()
                connections.close_all()
                self.all.copy("new", kept)
                self.all.drop("new")
            self.all.copy(kept, target)

    def migrate(self):
        self.all.create("new")
        self.use("new")
        call_command("migrate", verbosity=0)

    def seed(self):
        """Puts the starting content into a copy of the migrated database."""
        from pages.seed import seed

        self.keep("kept_migrated", MIGRATIONS, self.migrate, "new")
        self.use("new")
        assert seed()

    def use(self, role):
        connections.close_all()
        connection.settings_dict["NAME"] = self.all.name(role)

    def restore(self):
        """Puts back what was there before the tests wrote anything."""
        connections.close_all()
        self.all.copy("start", "test")

    def drop(self):
        connections.close_all()
        for role in ("test", "start"):
            self.all.drop(role)


if __name__ == "__main__":
    django.setup()
    with TemporaryDirectory() as folder:
        database = Database(Path(folder))
        database.start()
        database.drop()  # the kept ones stay
