"""The tests' database: a copy of one that was migrated once, got the starting content, and is kept until the code of that changes.

Kept are files as `regie.operations.dumps` writes them, in `var/test-databases/`, with the fingerprint of the code that made them. Each process
has a database `start`, with the starting content, and `test`, a copy of it. Copies are made in milliseconds; Django's own way back to
the start, emptying all tables and loading them again, takes seconds.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

FOLDER = settings.BASE_DIR / "var" / "test-databases"
# What decides what a database holds: once it is migrated, and with the starting content (which the search's index has too).
MIGRATIONS = (
    "*/migrations/*.py",
    "pages/page/addresses.py",
    "regie/operations/rights.py",
    "regie/serving/triggers.py",
    "regie/settings.py",
    "tests/settings.py",
    "requirements-dev.txt",
)
CONTENT = (*MIGRATIONS, "pages/**/*.py", "templates/legal/*")
MAX_FILES = 3  # of each sort: whoever breaks something and puts it back finds the one of before


def fingerprint(sources):
    digest = hashlib.sha256()
    for path in sorted({path for pattern in sources for path in settings.BASE_DIR.glob(pattern)}):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


class Files:
    """Databases of SQLite: files in the `folder` of this run."""

    def __init__(self, folder):
        self.folder = folder

    def name(self, role):
        return str(self.folder / f"{role}.sqlite3")

    def create(self, role):
        """The first connection makes the file."""

    def copy(self, source, target):
        """Into the file that others have open, if there is one."""
        with closing(sqlite3.connect(self.name(source))) as content, closing(sqlite3.connect(self.name(target))) as place:
            content.backup(place)

    def drop(self, role):
        Path(self.name(role)).unlink()


class Server:
    """Databases on a server of PostgreSQL."""

    def name(self, role):
        return f"regie_tests_{role}_{os.getpid()}"

    def run(self, sql):
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql)

    def create(self, role):
        self.run(f"CREATE DATABASE {self.name(role)}")

    def copy(self, source, target):
        self.drop(target)
        self.run(f"CREATE DATABASE {self.name(target)} TEMPLATE {self.name(source)}")

    def drop(self, role):
        self.run(f"DROP DATABASE IF EXISTS {self.name(role)} WITH (FORCE)")


class Database:
    """The database of this run; `folder` is for its files."""

    def __init__(self, folder):
        self.folder, self.all = folder, Files(folder) if connection.vendor == "sqlite" else Server()

    def start(self):
        """Has the tests use a database with the starting content."""
        self.make("start", CONTENT, self.seed)
        self.all.copy("start", "test")
        self.use("test")

    def make(self, role, sources, fill):
        """Creates a database from the kept file of these sources; `fill` fills it, and it is kept, if there is none."""
        from regie.operations.dumps import dump, load

        FOLDER.mkdir(parents=True, exist_ok=True)
        sort = f"{connection.vendor}-{role}"
        kept = FOLDER / f"{sort}-{fingerprint(sources)}"
        with (FOLDER / f"lock-{sort}").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of two processes that begin at the same time, one fills it
            if kept.exists():
                self.all.create(role)
                self.use(role)
                load(Path(shutil.copy(kept, self.folder)))  # it writes files beside it
            else:
                fill(role)
                written = kept.with_suffix(".new")
                dump(written)
                written.rename(kept)  # in one step: nobody meets half a file
                for old in sorted(FOLDER.glob(f"{sort}-*"), key=lambda path: path.stat().st_mtime)[:-MAX_FILES]:
                    old.unlink()
        connections.close_all()

    def migrate(self, role):
        self.all.create(role)
        self.use(role)
        call_command("migrate", verbosity=0)

    def seed(self, role):
        """Puts the starting content into a copy of the migrated database."""
        from pages.seed import seed

        self.make("migrated", MIGRATIONS, self.migrate)
        self.all.copy("migrated", role)
        self.all.drop("migrated")
        self.use(role)
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
