"""The faults of `faults.py` on a plain project as `wagtail start` makes it, with gunicorn's and nginx's defaults: what they would do."""

import getpass
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from faults import AWAY, Postgres, Report, Visits, get_children
from servers import Nginx, free_port, get_url, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="make faults runs them with tests/with_postgres"),
]

BIN = Path(sys.executable).parent
SETTINGS = """
import os
import dj_database_url
from .base import *
SECRET_KEY, ALLOWED_HOSTS, DEBUG = "x", ["*"], False
DATABASES = {"default": dj_database_url.parse(os.environ["PLAIN_URL"])}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
"""
NGINX = """user {user}; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{}} http {{ access_log off; server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{site}; }} }} }}"""


class PlainNginx(Nginx):
    def __init__(self, folder, port_of_site):
        self.port, self.folder = free_port(), folder
        text = NGINX.format(user=getpass.getuser(), folder=folder, port=self.port, site=port_of_site)
        (folder / "nginx.conf").write_text(text)
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
        self.process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])


class Plain:
    """The site of a newcomer after `wagtail start`: PostgreSQL, two workers of gunicorn, nginx before them."""

    def __init__(self, folder):
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS regie_tests_plain WITH (FORCE)")
            cursor.execute("CREATE DATABASE regie_tests_plain TEMPLATE template0 ENCODING 'UTF8'")
        self.url, self.folder = f"{get_url().rpartition('/')[0]}/regie_tests_plain", folder / "plain"
        connection.close()
        self.folder.mkdir()
        subprocess.run([BIN / "wagtail", "start", "plain", self.folder], check=True, capture_output=True)
        (self.folder / "plain" / "settings" / "faults.py").write_text(SETTINGS)
        self.environment = os.environ | {"PLAIN_URL": self.url, "DJANGO_SETTINGS_MODULE": "plain.settings.faults"}
        self.run("migrate")
        self.port = free_port()
        self.nginx = PlainNginx(folder, self.port)
        self.start()

    def run(self, *arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True
        ).stdout

    def start(self):
        command = [BIN / "gunicorn", "plain.wsgi", "--workers=2", f"--bind=127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stderr=subprocess.DEVNULL)
        wait_until(self.is_well)

    def is_well(self):
        return all(self.nginx("/").status == 200 for _ in range(5))

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture(scope="module")
def report():
    report = Report(__file__)
    yield report
    report.write("Fault", "What visitors of a plain project saw", "Until all is well")


@pytest.fixture
def row(request, report):
    return lambda *cells: report.add(request.function, *cells)


@pytest.fixture
def plain(tmp_path):
    made = Plain(tmp_path)
    yield made
    made.nginx.stop()
    made.stop()


def visit(plain, seconds=0):
    return Visits(plain, rate=10, pages=["/"])


def test_database_stopped(plain, row):
    """PostgreSQL is stopped for SECONDS seconds"""
    postgres = Postgres()
    with visit(plain) as visits:
        postgres.stop()
        time.sleep(AWAY)
        postgres.start()
        well = wait_until(plain.is_well)
    row(visits, f"{well:.1f} s")


def test_database_frozen(plain, row):
    """PostgreSQL hangs (SIGSTOP) for 20 seconds"""
    postgres = Postgres()
    with visit(plain) as visits:
        postgres.freeze()
        time.sleep(20)
        postgres.thaw()
        well = wait_until(plain.is_well, 90)
    row(visits, f"{well:.1f} s")


def test_database_restarted(plain, row):
    """PostgreSQL is restarted"""
    postgres = Postgres()
    with visit(plain) as visits:
        time.sleep(1)
        postgres.stop()
        postgres.start()
        well = wait_until(plain.is_well)
    row(visits, f"{well:.1f} s")


def test_worker_killed(plain, row):
    """A worker is killed (SIGKILL) each second, for ten seconds"""
    with visit(plain) as visits:
        for _ in range(10):
            os.kill(get_children(plain.process.pid)[0], signal.SIGKILL)
            time.sleep(1)
        well = wait_until(plain.is_well)
    row(visits, f"{well:.1f} s")


def test_reload(plain, row):
    """The workers are replaced (HUP), three times"""
    with visit(plain) as visits:
        for _ in range(3):
            plain.process.send_signal(signal.SIGHUP)
            time.sleep(4)
        well = wait_until(plain.is_well)
    row(visits, f"{well:.1f} s")


def test_stopped_and_started(plain, row):
    """The application is stopped (TERM) and started again, as after an update"""
    with visit(plain) as visits:
        time.sleep(1)
        plain.stop()
        began = time.monotonic()
        plain.start()
        well = time.monotonic() - began
    row(visits, f"{well:.1f} s")


SCHEDULE = """
from datetime import timedelta
from django.utils import timezone
from wagtail.models import Page
from home.models import HomePage
home = HomePage.objects.first()
for number in range(3):
    page = home.add_child(instance=HomePage(title=f"Page {number}", slug=f"page-{number}", live=False))
    page.go_live_at = timezone.now() + timedelta(seconds=1 + number / 100)
    page.save_revision().publish()
Page.objects.filter(slug="page-0").update(slug="autre")
home.add_child(instance=HomePage(title="Obstacle", slug="page-0"))
"""


def test_scheduled_publication_that_fails(plain, row):
    """One of three scheduled publications fails"""
    plain.run("shell", "-c", SCHEDULE)
    time.sleep(3)
    with pytest.raises(subprocess.CalledProcessError):
        plain.run("publish_scheduled")
    statuses = [plain.nginx(f"/page-{number}/").status for number in (1, 2)]
    row(f"the two others: {statuses[0]} and {statuses[1]}; nobody is told", "when somebody reads the log")
