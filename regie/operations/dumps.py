"""The database as one file, and back: SQLite and PostgreSQL (13 or newer) by their own tools.

Mails that wait are left out: they contain links to choose a password, and a restored site would send again what has arrived.
"""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection

from ..mail.outbox import OutgoingMail

LEFT_OUT = OutgoingMail._meta.db_table
NO_OWNERS = ("--no-owner", "--no-privileges")
DROP_TABLES = """
SET statement_timeout = 0; SET lock_timeout = 0;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', name);
    END LOOP;
END $$;
"""


class DumpError(Exception):
    """The text is one line for operators that says what is wrong."""


def get_file_name() -> str:
    return f"database.{connection.vendor}"


def dump(file: Path) -> None:
    """Writes the database as it is at one moment, while others write. Raises DumpError if it is damaged."""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        # Uncompressed: restic finds what is the same in two backups, and compresses.
        options = ("--format=custom", "--compress=0", f"--exclude-table-data=public.{LEFT_OUT}", *NO_OWNERS)
        run_postgresql("pg_dump", *options, f"--file={file}")
        return
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as target:
            connection.connection.backup(target)
            if (found := target.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                raise DumpError(f"The database is damaged: {found}")
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without others beside it
            target.execute(f"DELETE FROM {LEFT_OUT}")  # noqa: S608 a name from the model
            target.execute("VACUUM")  # else the file would keep what was deleted
    except sqlite3.Error as error:
        raise DumpError(f"The database is damaged: {error}") from error


def run_postgresql(program: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL on the site's database. Raises DumpError with its first words if it fails."""
    info = connection.connection.info
    place = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname, "PGPASSWORD": info.password}
    place["PGOPTIONS"] = "-c client_min_messages=warning"
    place |= {f"PG{name.upper()}": str(value) for name, value in connection.settings_dict["OPTIONS"].items() if name.startswith("ssl")}
    try:
        subprocess.run(  # noqa: S603
            [program, *arguments], env=os.environ | place, capture_output=True, check=True, text=True
        )
    except FileNotFoundError as error:
        raise DumpError(f"{program} is not installed. On Debian: apt-get install postgresql-client") from error
    except subprocess.CalledProcessError as error:
        raise DumpError(f"{program}: {error.stderr.strip().splitlines()[0]}") from error


def load(file: Path) -> None:
    """Replaces the content of the database by that of a file, in one transaction: programs that have it open see it next."""
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as source:
            source.backup(connection.connection)
        return
    connection.ensure_connection()
    drop, content = Path(f"{file}.drop.sql"), Path(f"{file}.sql")
    drop.write_text(DROP_TABLES)
    run_postgresql("pg_restore", "--clean", "--if-exists", *NO_OWNERS, f"--file={content}", str(file))
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    run_postgresql("psql", *options, f"--file={drop}", f"--file={content}")
