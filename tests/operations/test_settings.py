"""Environment variables: which are required, and the error messages without them."""

import ast
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.db.migrations.loader import MigrationLoader

from regie.operations.checks import check_environment

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "site.env.example"


COVERAGE = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}  # where it counts, here too


def run(*command, **environment):
    return subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **COVERAGE, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


GOOD = {"SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz", "ALLOWED_HOSTS": "www.example.org"}


@pytest.mark.parametrize(
    "command", [["python", "manage.py", "check"], ["gunicorn", "--bind", "127.0.0.1:0"]], ids=["manage.py", "gunicorn"]
)
def test_a_bad_environment_ends_the_program_with_one_line(command):
    done = run(*command)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    (line,) = (done.stdout + done.stderr).strip().splitlines()
    assert "SECRET_KEY is not set" in line


@pytest.mark.parametrize(
    ("environment", "cure"),
    [
        ({}, "SECRET_KEY is not set"),
        ({**GOOD, "ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is not set"),
        ({**GOOD, "DEBUG": "yes"}, "DEBUG must be 0 or 1"),
        ({**GOOD, "SITE_URL": "www.example.org"}, "SITE_URL must look like"),
        ({**GOOD, "DATABASE_URL": "nonsense"}, "DATABASE_URL must look like"),
        ({**GOOD, "EMAIL_HOST": "mail.example.org"}, "EMAIL_FROM is not set"),
        ({**GOOD, "BACKUP_TO": "/mnt"}, "BACKUP_KEY is not set"),
        ({**GOOD, "EMAIL_PORT": "smtp"}, "EMAIL_PORT must be a number"),
        ({**GOOD, "EMAIL_SECURITY": "ssl"}, "EMAIL_SECURITY must be starttls, tls or none"),
    ],
)
def test_each_variable_that_is_wrong_is_named(environment, cure):
    done = run("python", "-c", "import regie.settings", **environment)
    assert done.returncode != 0
    (line,) = done.stderr.strip().splitlines()
    assert cure in line


FILE = """# a comment
SECRET_KEY= k$HOME&y#1 "2" with some forty characters in all, of which # is one
ALLOWED_HOSTS="www.example.org, example.org"

EMAIL_FROM=Régie <a@b.fr>
EMAIL_USER='a"b'
EMAIL_PASSWORD="
BACKUP_KEY=a=b
PLAIN_HTTP=1\r
"""


def test_a_file_of_variables_is_read_as_it_is_written(tmp_path):
    """By the settings and by gunicorn's; what the environment has already comes first."""
    (tmp_path / "site.env").write_text(FILE, newline="")
    names = ["SECRET_KEY", "ALLOWED_HOSTS", "DEFAULT_FROM_EMAIL", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "BACKUP_KEY", "PLAIN_HTTP"]
    code = f"from regie import settings as s; print(*(getattr(s, name) for name in {names}), sep='|')"
    done = run("python", "-X", "utf8", "-c", code, ENV_FILE=str(tmp_path / "site.env"), BACKUP_KEY="of the environment")
    secret = 'k$HOME&y#1 "2" with some forty characters in all, of which # is one'
    read = [secret, "['www.example.org', 'example.org']", "Régie <a@b.fr>", 'a"b', '"', "of the environment", "True"]
    assert done.stdout.strip().split("|") == read, done.stderr
    (tmp_path / "site.env").write_text("PORT=8123\nSOCKET=/tmp/x y")
    done = run("gunicorn", "--print-config", ENV_FILE=str(tmp_path / "site.env"))
    assert "['127.0.0.1:8123', 'unix:/tmp/x y']" in done.stdout


@pytest.mark.parametrize(("text", "error"), [(None, "cannot be read"), ("A=1\nSECRET_KEY: secret", "Line 2 of "), ("=", "Line 1 of ")])
def test_a_file_of_variables_that_cannot_be_read_is_named(tmp_path, text, error):
    if text:
        (tmp_path / "site.env").write_text(text)
    done = run("python", "-c", "import regie.settings", **GOOD, ENV_FILE=str(tmp_path / "site.env"))
    (line,) = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert error in line
    assert "secret" not in line


def test_a_new_file_of_variables_has_keys_and_is_for_its_owner_alone(tmp_path):
    for name in ("Makefile", "site.env.example", "Dockerfile"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run(["make", "-s", "site.env"], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "site.env").stat().st_mode & 0o777 == 0o600
    code = "from regie import settings as s; print(len({s.SECRET_KEY, s.BACKUP_KEY}), len(s.SECRET_KEY), len(s.BACKUP_KEY), s.BEHIND_PROXY)"
    assert run("python", "-c", code, ENV_FILE=str(tmp_path / "site.env")).stdout.split() == ["2", "64", "64", "True"]


def variables(optional):
    return dict(re.findall(rf"^{'#' if optional else ''}([A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(), re.M))


SMTP = "django.core.mail.backends.smtp.EmailBackend"
IN_ORDER = {"ALLOWED_HOSTS": ["a.org"], "SITE_HOST": "a.org", "PLAIN_HTTP": False, "STATIC_FROM_SOURCE": False, "DELIVERY_BACKEND": SMTP}
IN_ORDER |= {"BACKUP_TO": "sftp:a@b:/c"}


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        ({}, []),
        ({"ALLOWED_HOSTS": ["*"]}, ["Name the site's hosts in ALLOWED_HOSTS, without *."]),
        ({"SITE_HOST": "www.b.org"}, ["Add it to ALLOWED_HOSTS, or correct SITE_URL."]),
        ({"PLAIN_HTTP": True}, ["Remove PLAIN_HTTP=1; with a front server that ends TLS, set BEHIND_PROXY=1."]),
        ({"STATIC_FROM_SOURCE": True}, ["Remove STATIC_FROM_SOURCE=1, and run: python manage.py collectstatic"]),
        ({"BACKUP_TO": ""}, ["Name another place in BACKUP_TO, and a key in BACKUP_KEY: see docs/backup.md."]),
        ({"DELIVERY_BACKEND": "console"}, ["Name the mail server in EMAIL_HOST, and the sender in EMAIL_FROM."]),
    ],
)
def test_the_check_for_production_names_the_cure(settings, wrong, cure):
    for name, value in {**IN_ORDER, **wrong}.items():
        setattr(settings, name, value)
    assert [warning.hint for warning in check_environment()] == cure


def test_the_check_for_production_knows_what_is_for_ones_own_machine():
    environment = {**GOOD, "PLAIN_HTTP": "1", "DEBUG": "1", "DATABASE_URL": "sqlite://:memory:"}
    done = run("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING", **environment)
    assert done.returncode == 1
    for name in ("pages.W004", "pages.W006", "security.W018"):
        assert name in done.stderr


def test_the_check_for_production_finds_nothing_where_all_is_set():
    """With an empty database: whether the content is complete is asked where the site stands."""
    mail = {"EMAIL_HOST": "mail.example.org", "EMAIL_FROM": "site@example.org"}
    environment = {**GOOD, **mail, "BACKUP_TO": "/mnt", "BACKUP_KEY": "k", "DATABASE_URL": "sqlite://:memory:"}
    done = run("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING", **environment)
    assert done.returncode == 0, done.stderr


def test_with_the_example_filled_in_the_settings_are_whole():
    done = run("python", "-c", "import regie.settings", **{**variables(optional=False), "SECRET_KEY": GOOD["SECRET_KEY"]})
    assert done.returncode == 0, done.stderr


def test_every_variable_that_is_read_is_described():
    code = (ROOT / "regie/settings.py").read_text() + (ROOT / "gunicorn.conf.py").read_text()
    read = set(re.findall(r'environ\.get\(["\'](\w+)|flag\("(\w+)"\)', code))
    assert {name for pair in read for name in pair if name} == {*variables(optional=False), *variables(optional=True)}


def test_production_is_the_default():
    code = "from django.conf import settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SITE_URL)"
    done = run("python", "-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'regie.settings'; {code}", **GOOD)
    assert done.stdout.split() == ["False", "True", "True", "31536000", "https://www.example.org"]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_database_is_set_up_for_many_hands():
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            answers = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "foreign_keys", "busy_timeout")]
            assert answers == ["wal", 1, 5000]
            assert connection.transaction_mode == "IMMEDIATE"
        else:
            answers = [cursor.execute(f"SHOW {name}").fetchone()[0] for name in ("lock_timeout", "statement_timeout", "jit")]
            assert answers == ["5s", "15s", "off"]
            assert connection.settings_dict["CONN_HEALTH_CHECKS"]
            assert connection.settings_dict["OPTIONS"]["connect_timeout"] == 3


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_site_row_follows_site_url(settings):
    from wagtail.models import Site

    from pages.page.addresses import set_up_site

    settings.SITE_URL = "https://www.example.org"
    set_up_site()
    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == ("www.example.org", 443)


def start(tmp_path, **environment):
    """The status of a start of the application on the database of `tmp_path`, and the lines that it prints."""
    script = "import regie.wsgi; from django.db import connection; assert connection.connection is None"  # none that workers would share
    done = run(
        "python",
        "-W",
        "ignore::UserWarning",
        "-c",
        script,
        **{**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", **environment},
    )
    return done.returncode, done.stderr.strip().splitlines()


def test_a_start_without_its_migrations_ends_with_one_line(tmp_path):
    status, lines = start(tmp_path)
    assert status == 1
    assert len(lines) == 1
    assert "Run: python manage.py migrate" in lines[0]
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        migrate(database)
        # as an older program on the database of a newer one
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('pages', '9999_later', '2030-01-01')")
    assert start(tmp_path) == (0, [])


def test_a_start_without_a_package_ends_with_one_line(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['icalendar'] = None")  # its import fails
    status, lines = start(tmp_path, PYTHONPATH=str(tmp_path))
    assert status == 1
    assert len(lines) == 1
    assert "icalendar" in lines[0]
    assert "pip install" in lines[0]


def test_a_start_while_the_database_is_away_goes_on(tmp_path):
    assert start(tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:1/none") == (0, [])


def migrate(database):
    """Writes into a new `database` of SQLite that all migrations are applied, without the time that applying them takes."""
    database.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT, applied TEXT)")
    applied = [(app, name, "2026-01-01") for app, name in MigrationLoader(None).graph.nodes]
    database.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, ?)", applied)


def test_every_package_that_the_code_imports_is_declared():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    declared = {re.match(r"[\w-]+", name)[0].lower() for name in declared}
    imported = set()
    written = [path for part in ("regie", "pages") for path in ROOT.glob(f"{part}/**/*.py") if path.parent.name != "migrations"]
    for path in written:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
    owners = packages_distributions()
    for name in sorted(imported - set(sys.stdlib_module_names) - {"pages", "regie"}):
        assert {owner.lower().replace("_", "-") for owner in owners[name]} & declared, name
