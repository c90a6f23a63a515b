"""What the program needs from its environment, and how it refuses to start without."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / ".env.example"


def run(*command, **environment):
    return subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


GOOD = {"SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz", "ALLOWED_HOSTS": "www.example.org"}


@pytest.mark.parametrize(
    "command", [["python", "manage.py", "check"], ["gunicorn", "--bind", "127.0.0.1:0"]], ids=["manage.py", "gunicorn"]
)
@pytest.mark.parametrize(
    ("environment", "cure"),
    [
        ({}, "SECRET_KEY is not set"),
        ({**GOOD, "ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is not set"),
        ({**GOOD, "DEBUG": "yes"}, "DEBUG must be 0 or 1"),
        ({**GOOD, "SITE_URL": "www.example.org"}, "SITE_URL must look like"),
        ({**GOOD, "DATABASE_URL": "nonsense"}, "DATABASE_URL must look like"),
        ({**GOOD, "EMAIL_HOST": "mail.example.org"}, "EMAIL_FROM is not set"),
        ({**GOOD, "EMAIL_PORT": "smtp"}, "EMAIL_PORT must be a number"),
        ({**GOOD, "EMAIL_SECURITY": "ssl"}, "EMAIL_SECURITY must be starttls, tls or none"),
    ],
)
def test_a_bad_environment_ends_the_program_with_one_line(command, environment, cure):
    done = run(*command, **environment)
    assert done.returncode != 0
    lines = (done.stdout + done.stderr).strip().splitlines()
    assert [line for line in lines if cure in line]
    assert "Traceback" not in done.stderr
    assert len(lines) == 1


def variables(optional):
    return dict(re.findall(rf"^{'#' if optional else ''}([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.M))


def test_with_the_example_filled_in_the_program_starts():
    done = run(
        "python",
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        **{**variables(optional=False), "SECRET_KEY": GOOD["SECRET_KEY"]},
    )
    assert done.returncode == 0, done.stderr


def test_every_variable_that_is_read_is_described():
    code = (ROOT / "regie/settings.py").read_text() + (ROOT / "gunicorn.conf.py").read_text()
    read = set(re.findall(r'environ\.get\(["\'](\w+)|flag\("(\w+)"\)', code))
    assert {name for pair in read for name in pair if name} == {*variables(optional=False), *variables(optional=True)}


def test_production_is_the_default():
    code = "from django.conf import settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SITE_URL)"
    done = run("python", "-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'regie.settings'; {code}", **GOOD)
    assert done.stdout.split() == ["False", "True", "True", "31536000", "https://www.example.org"]


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
            assert connection.settings_dict["OPTIONS"]["connect_timeout"] == 5


@pytest.mark.django_db
def test_the_site_row_follows_site_url(settings):
    from wagtail.models import Site

    from pages.after_migrate import set_up_site

    settings.SITE_URL = "https://www.example.org"
    set_up_site()
    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == ("www.example.org", 443)
