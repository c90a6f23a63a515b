"""The content of the database as one file, and back, with a fingerprint of every table. SQLite and PostgreSQL (13 or newer) by their own tools."""

import hashlib
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction

LONGEST = 600  # seconds for a query over a whole table
# How PostgreSQL writes values, so that a fingerprint is the same in each session.
SESSION_FORMAT = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL extra_float_digits = 1;"
)
CHECKSUM_QUERY = "SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM public.{} t"
NO_OWNERS = ("--no-owner", "--no-privileges")
DROP_TABLES = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', name);
    END LOOP;
END $$;
"""


class DumpError(Exception):
    """What is wrong, in one line for operators."""


def get_file_name() -> str:
    return f"database.{connection.vendor}"


def dump(file: Path) -> dict[str, str]:
    """Writes the database as it is at one moment, while others write, and returns the fingerprint of each table."""
    return dump_sqlite(file) if connection.vendor == "sqlite" else dump_postgresql(file)


def dump_sqlite(file: Path) -> dict[str, str]:
    with closing(sqlite3.connect(file)) as target:
        connection.ensure_connection()
        connection.connection.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without others beside it
    return read_sqlite(file)


def read_sqlite(file: Path) -> dict[str, str]:
    """Returns the fingerprint of each table of a file. Raises DumpError if it is damaged."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            if (found := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                raise DumpError(f"The database in the copy is damaged: {found}")
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
            return {name: read_sqlite_table(database, name) for (name,) in sorted(tables)}
    except sqlite3.Error as error:
        raise DumpError(f"The database in the copy is damaged: {error}") from error


def read_sqlite_table(database: sqlite3.Connection, name: str) -> str:
    digest, number = hashlib.sha256(), 0
    for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 a name from the database itself
        digest.update(repr(row).encode())
        number += 1
    return f"{number} {digest.hexdigest()}"


def dump_postgresql(file: Path) -> dict[str, str]:
    """pg_dump reads the same snapshot of the database as the fingerprints."""
    from .postgresql import LimitedConnection

    LimitedConnection.longest = LONGEST
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(f"{SESSION_FORMAT} SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        # Uncompressed: restic finds what is the same in two copies, and compresses.
        run_postgresql("pg_dump", "--format=custom", "--compress=0", f"--snapshot={snapshot}", f"--file={file}", *NO_OWNERS)
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return {name: read_postgresql_table(cursor, name) for (name,) in cursor.fetchall()}


def read_postgresql_table(cursor: object, name: str) -> str:
    cursor.execute(CHECKSUM_QUERY.format(name))
    return cursor.fetchone()[0]


def run_postgresql(program: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL on the site's database. Raises DumpError with its first words if it fails."""
    connection.ensure_connection()
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


def check(file: Path, tables: dict[str, str]) -> None:
    """Raises DumpError where a copy is damaged, before anything is touched. Of PostgreSQL's, `load` checks the rows before it commits."""
    if connection.vendor == "sqlite":
        if read_sqlite(file) != tables:
            raise DumpError("The database in the copy does not hold the rows that it was made of.")
    else:
        run_postgresql("pg_restore", f"--file={file}.sql", "--clean", "--if-exists", *NO_OWNERS, str(file))


def load(file: Path, tables: dict[str, str]) -> None:
    """Replaces the content of the database by that of a file that was checked, in one transaction: programs that have it open see it next."""
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as source:
            source.backup(connection.connection)
        return
    compare = "".join(
        f"IF ({CHECKSUM_QUERY.format(name)}) <> '{rows}' THEN RAISE EXCEPTION 'the rows of {name} differ'; END IF;\n"
        for name, rows in tables.items()
    )
    before, after = Path(f"{file}.before.sql"), Path(f"{file}.after.sql")
    before.write_text(f"SET statement_timeout = 0; SET lock_timeout = 0; {SESSION_FORMAT}{DROP_TABLES}")
    after.write_text(f"DO $$ BEGIN\n{compare}END $$;\n")
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    run_postgresql("psql", *options, *(f"--file={each}" for each in (before, f"{file}.sql", after)))


def has_content() -> bool:
    return bool(connection.introspection.table_names())
