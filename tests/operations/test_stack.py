"""The whole site as compose.yaml and the units of systemd run it: nginx with TLS before two gunicorns, PostgreSQL, a bucket of S3, the worker.

All are real processes with the files of deploy/. The two gunicorns have different folders, as on two machines. `make stack` runs all of it.
"""

import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from contextlib import closing, suppress
from http.client import HTTPSConnection
from urllib.parse import urlencode

import pytest
from bucket_server import BucketServer
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from examples import png
from mail_server import MailServer
from servers import Server, free_port, get_url

from pages.models import HistoryPage, Message, Organisation, Recipient, SiteImage
from tools.nginx import get_configuration

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql(only="several machines share a database of PostgreSQL"),
]

SECOND = 1.0
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/80.0 Mobile Safari/537.36"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
IN_PRODUCTION = {"PLAIN_HTTP": "0", "BEHIND_PROXY": "1", "SITE_URL": "", "ALLOWED_HOSTS": "www.example.org"}


class Stack:
    def __init__(self, folder, **variables):
        self.folder, self.started = folder, []
        self.mails, self.bucket = MailServer(), BucketServer()
        variables |= self.bucket.variables | IN_PRODUCTION
        variables |= {
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.mails.port),
            "EMAIL_SECURITY": "none",
            "EMAIL_FROM": "a@example.org",
        }
        (folder / "site.env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
        empty = dict.fromkeys([*variables, "MEDIA_ROOT", "BACKUP_ROOT"], "")
        self.machines = [folder / "one", folder / "two"]
        self.variables = empty | {"ENV_FILE": str(folder / "site.env")}
        self.sites = [self.start_site(machine) for machine in self.machines]
        self.worker = self.run("run_due", "--every", "1")
        self.port, self.secure_port = free_port(), free_port()
        subprocess.run(["sh", "-c", self.read("deploy/certificate"), "certificate", "--first"], check=True)
        text = get_configuration(folder, [site.port for site in self.sites], self.port, self.secure_port)
        (folder / "nginx.conf").write_text(text)
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
        self.nginx = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
        self.started += [self.worker, self.nginx]
        self.wait_until(lambda: self.get("/-/ready").status == 200)

    def read(self, name):
        """A script of deploy/ for this folder."""
        return (settings.BASE_DIR / name).read_text().replace("/var/lib/regie", str(self.folder))

    def start_site(self, machine):
        machine.mkdir(exist_ok=True)
        own = {"MEDIA_ROOT": str(machine / "media"), "BACKUP_ROOT": str(machine / "backups"), "TMPDIR": str(machine)}
        return Server(get_url(), machine, **self.variables | own)

    def run(self, *command):
        environment = self.sites[0].environment | {"BACKUP_ROOT": str(self.folder / "backups")}
        log = (self.folder / "worker.log").open("ab")
        return subprocess.Popen([sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=environment, stderr=log, stdout=log)

    def wait_until(self, condition, seconds=20):
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            with suppress(OSError):
                if condition():
                    return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError((self.folder / "nginx.log").read_text() + (self.folder / "worker.log").read_text())

    def get(self, address, method="GET", body=None, **headers):
        context = ssl._create_unverified_context()  # noqa: S323 the first certificate is our own
        with closing(HTTPSConnection("127.0.0.1", self.secure_port, timeout=20, context=context)) as client:
            client.request(method, address, body, {"Host": "www.example.org"} | PHONE | headers)
            answer = client.getresponse()
            answer.content = answer.read()
            return answer

    def stop(self):
        for process in self.started:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
        for site in self.sites:
            if site.process.poll() is None:
                site.stop()
        self.bucket.stop()
        self.mails.stop()


@pytest.fixture
def stack(tmp_path):
    connection.close()
    made = Stack(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def collected(tmp_path):
    """The stack with the static files that `make var/static/staticfiles.json` has collected."""
    connection.close()
    made = Stack(tmp_path, STATIC_FROM_SOURCE="0")
    yield made
    made.stop()


@pytest.fixture
def session():
    """The headers of a member of staff who has logged in."""
    client = Client()
    client.force_login(User.objects.create_superuser("chef", email="chef@example.org"))
    token = "a" * 32
    return {
        "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}",
        "X-CSRFToken": token,
        "Origin": "https://www.example.org",
    }


def test_two_machines_show_one_site(stack, session):
    """A walk: pages, a change, a picture, a message and its mail, and one machine that is lost."""
    organisation = Organisation.get()
    Recipient.objects.create(organisation=organisation, email="accueil@example.org")
    one, two = stack.sites
    home = stack.get("/", **{"Accept-Encoding": "gzip, br"})
    assert (home.status, home.headers["Content-Encoding"]) == (200, "br")
    assert home.headers["Strict-Transport-Security"]

    # What is published on one is seen on the other within a second.
    page = HistoryPage.objects.get()
    direct = {"Host": "www.example.org", "X-Forwarded-Proto": "https"}
    assert two.get(page.url_path.removeprefix("/home"), **direct).status == 200
    page.title = "Une autre histoire"
    page.save_revision().publish()
    for site in (one, two):
        assert (
            stack.wait_until(lambda site=site: b"Une autre histoire" in site.get(f"/qui-sommes-nous/{page.slug}/", **direct).content)
            < SECOND
        )

    # A picture that one takes is shown by the other; both keep nothing of it.
    fields = {
        "title": "Une rue",
        "description": "Une rue",
        "people": "none",
        "collection": "1",
        "file": SimpleUploadedFile("rue.png", png(800, 600)),
    }
    body = encode_multipart(BOUNDARY, fields)
    taken = one.get("/admin/images/add/", "POST", body=body, **direct, **session, **{"Content-Type": MULTIPART_CONTENT})
    assert taken.status == 302
    address = re.search(r'"(/media/images/[^"]+)"', stack.get("/admin/images/", **session).content.decode())[1]
    assert two.get(address, **direct).content == one.get(address, **direct).content == stack.get(address).content != b""
    assert stack.get(f"/media/{SiteImage.objects.get().file.name}").status == 404

    # A message is stored, and a mail about it leaves once.
    message = urlencode({"subject": "autre", "text": "Bonjour, je cherche du travail.", "phone": "03 84 00 00 00"})
    assert stack.get("/contact/", "POST", message, **FORM).status == 303
    assert Message.objects.count() == 1
    stack.wait_until(lambda: stack.mails.taken)

    one.process.kill()
    one.process.wait()
    assert {stack.get(address).status for address in ("/", "/contact/", "/agenda/", "/plan-du-site/")} == {200}
    assert stack.get("/contact/", "POST", message.replace("Bonjour", "Encore"), **FORM).status == 303
    stack.wait_until(lambda: len(stack.mails.taken) == 2)
    kept = [path for machine in stack.machines for path in machine.rglob("*") if path.is_file()]
    assert {path.name for path in kept if not path.parent.name.startswith("regie-pages-")} == {"gunicorn.log"}


@pytest.mark.exhaustive
def test_the_front_server_ends_tls_counts_views_and_stands_in(collected, session):
    stack = collected
    plain = Server.get(stack, "/contact/?a=b", Host="www.example.org")
    assert (plain.status, plain.headers["Location"]) == (301, "https://www.example.org/contact/?a=b")
    (stack.folder / "acme").mkdir(exist_ok=True)
    token = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"  # of RFC 8555, 8.3
    (stack.folder / "acme" / token).write_text("answer")
    assert Server.get(stack, f"/.well-known/acme-challenge/{token}", Host="www.example.org").content == b"answer"
    forged = stack.get("/", **{"X-Forwarded-Proto": "http", "X-Real-IP": "192.0.2.1"})
    assert forged.status == 200
    assert stack.get("/", Host="evil.example").status == 400

    sheet = re.search(r'href="(/static/css/site\.[0-9a-f]{12}\.css)"', stack.get("/").content.decode())[1]
    for accepted in ("gzip", "br"):
        answer = stack.get(sheet, **{"Accept-Encoding": accepted})
        assert (answer.status, answer.headers["Content-Encoding"]) == (200, accepted)
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Cookie" not in answer.headers.get("Vary", "")

    for _ in range(3):
        stack.get("/agenda/")
    stack.get("/agenda/?page=1")
    for headers in ({"User-Agent": "ExampleBot/1.0 (+http://bot.example)"}, {"User-Agent": ""}, session):
        stack.get("/agenda/", **headers)
    stack.get("/agenda.ics")
    stack.get("/nothing/")
    admin = stack.get("/admin/", **session)
    assert (admin.status, "no-store" in admin.headers["Cache-Control"]) == (200, True)
    stack.nginx.send_signal(signal.SIGUSR1)  # it opens its logs anew, and writes what it holds
    log = stack.folder / "views.log"
    stack.wait_until(lambda: "/agenda/" in log.read_text())
    month = time.strftime("%Y-%m")
    table = subprocess.run(
        ["deploy/views", str(log)], cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert table[0] == "mois;page;vues"
    assert f"{month};/agenda/;4" in table
    assert f"{month};/;2" in table
    assert all(re.fullmatch(r"\d{4}-\d{2} /[a-z/-]*", line) for line in log.read_text().splitlines())

    for site in stack.sites:
        site.stop()
    assert stack.get("/").status == 200  # its last copy
    away = stack.get("/contact/")
    assert (away.status, "Le site revient bientôt" in away.content.decode()) == (503, True)


@pytest.mark.exhaustive
def test_scheduled_work_runs_once_whoever_runs_it(stack):
    organisation = Organisation.get()
    Recipient.objects.create(organisation=organisation, email="accueil@example.org")
    others = [stack.run("run_due", "--every", "1") for _ in range(2)]
    stack.started += others
    for number in range(10):
        body = urlencode({"subject": "autre", "text": f"Bonjour, question {number}.", "phone": "03 84 00 00 00"})
        assert stack.get("/contact/", "POST", body, **FORM).status == 303
    stack.wait_until(lambda: len(stack.mails.taken) >= 10)
    time.sleep(3)
    assert len({mail["Message-ID"] for mail in stack.mails.taken}) == len(stack.mails.taken) == 10
    assert all("failed" not in line for line in (stack.folder / "worker.log").read_text().splitlines())
