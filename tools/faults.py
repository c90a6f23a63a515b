"""The fault battery: breaks the real site on purpose, and writes what happened to docs/faults.md. `make faults`, some minutes.

nginx, gunicorn with two workers, PostgreSQL, a mail server. A row fails where something was lost, or a visitor met what it does not say.
"""

import io
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from examples import PASSWORD, fill, picture
from mail_server import MailServer
from PIL import Image
from servers import Nginx, Server, get_url, wait_until
from wagtail.models import Revision

from pages.models import HistoryPage, HomePage, Message, Milestone, NewsPage, Organisation, SiteImage, SitePage, StandardPage
from regie.mail.outbox import OutgoingMail
from regie.operations.backups import get_remote
from regie.operations.storage import list_files

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="make faults runs them with tests/with_postgres"),
]

AWAY = int(os.environ.get("FAULT_SECONDS", "60"))  # for which the database is away
PAGES = ["/", "/contact/", "/qui-sommes-nous/", "/nos-activites/", "/vie-de-quartier/", "/travailler-a-la-regie/"]
MESSAGE = {"subject": "autre", "text": "Bonjour, je cherche du travail.", "phone": "03 84 00 00 00"}
TYPED = "je cherche du travail"
REPORT = settings.BASE_DIR / "docs" / "faults.md"


class Report:
    """The rows of one table of docs/faults.md, written in the order of a file where all of its tests have run."""

    def __init__(self, file):
        self.rows, self.names = {}, re.findall(r"^def (test_\w+)", Path(file).read_text(), re.MULTILINE)

    def add(self, test, *cells):
        self.rows[test.__name__] = [test.__doc__.strip().replace("SECONDS", str(AWAY)), *map(str, cells)]

    def write(self, *head):
        if set(self.rows) == set(self.names):
            begin = f"| {' | '.join(head)} |"
            text = REPORT.read_text()
            start = text.index(begin)
            end = text.index("\n\n", start)
            lines = [begin, f"|{'---|' * len(head)}", *(f"| {' | '.join(self.rows[name])} |" for name in self.names)]
            REPORT.write_text(text[:start] + "\n".join(lines) + text[end:])


@pytest.fixture(scope="module")
def report():
    report = Report(__file__)
    yield report
    report.write("Fault", "What visitors saw", "What was lost", "Until all is well")


@pytest.fixture
def row(request, report):
    """`row(visitors, lost, well)` is a row of the table, with the docstring of the test as the fault."""
    return lambda *cells: report.add(request.function, *cells)


class Postgres:
    """The server of PostgreSQL itself, found by its connection."""

    def __init__(self):
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            (folder,) = cursor.fetchone()
        connection.close()
        self.pid_file = Path(folder) / "postmaster.pid"
        pid = self.read_pid()
        self.command = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
        owner = self.pid_file.stat()
        self.owner = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}

    def read_pid(self):
        return int(self.pid_file.read_text().split()[0])

    def get_processes(self):
        pid = self.read_pid()
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    def stop(self):
        connection.close()
        os.kill(self.read_pid(), signal.SIGINT)  # "fast": it ends all connections
        wait_until(lambda: not self.pid_file.exists())

    def start(self):
        subprocess.Popen(self.command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.owner)
        wait_until(self.answers)

    def answers(self):
        try:
            connection.ensure_connection()
        except DatabaseError:
            connection.close()
            return False
        return True

    def freeze(self):
        connection.close()
        for pid in self.get_processes():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in self.get_processes():
            with suppress(ProcessLookupError):  # one that ends as soon as it may
                os.kill(pid, signal.SIGCONT)


class Stack:
    """The site behind nginx."""

    def __init__(self, folder):
        self.folder = folder
        self.site = self.start_site()
        self.nginx = Nginx(folder, self.site.port)

    def start_site(self, port=None):
        return Server(get_url(), self.folder, port, BEHIND_PROXY="1", MEDIA_ROOT=str(settings.MEDIA_ROOT))

    def post(self, address="/contact/", **fields):
        body = urlencode(fields or MESSAGE)
        return self.nginx(address, "POST", body, **{"Content-Type": "application/x-www-form-urlencoded"})

    def ask_site(self, address):
        """Asks the site as nginx does."""
        return self.site.get(address, Host="localhost", **{"X-Forwarded-Proto": "https"})

    def warm_up(self):
        """Asks for each page once: one worker has rendered it, and nginx has not seen it."""
        for address in PAGES:
            assert self.ask_site(address).status == 200

    def is_well(self):
        """Returns True if /-/ready says so, pages are fresh, and a message is taken."""
        if self.nginx("/-/ready").status != 200 or any(self.ask_site(address).headers["Age"] for address in PAGES):
            return False
        return self.post(**MESSAGE | {"text": f"{TYPED} {time.monotonic()}"}).status == 303

    def stop(self):
        self.nginx.stop()
        if self.site.process.poll() is None:
            self.site.stop()


class Visits:
    """Visitors who ask for pages, so many a second, until the block ends."""

    def __init__(self, stack, rate=50, pages=PAGES):
        self.stack, self.rate, self.pages, self.seen, self.ages, self.longest = stack, rate, pages, Counter(), [], 0.0
        self.stopped, self.lock = threading.Event(), threading.Lock()

    def visit(self, number):
        address, began = self.pages[number % len(self.pages)], time.monotonic()
        try:
            answer = self.stack.nginx(address, timeout=30)
            status, age = answer.status, int(answer.headers["Age"] or 0)
        except OSError as error:
            status, age = type(error).__name__, 0
        with self.lock:
            self.seen[status] += 1
            self.ages.append(age)
            self.longest = max(self.longest, time.monotonic() - began)

    def run(self):
        with ThreadPoolExecutor(32) as pool:
            number, began = 0, time.monotonic()
            while not self.stopped.wait(max(0, began + number / self.rate - time.monotonic())):
                pool.submit(self.visit, number)
                number += 1

    def __enter__(self):
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.stopped.set()
        self.thread.join()

    def __str__(self):
        statuses = ", ".join(f"{number} × {status}" for status, number in self.seen.most_common())
        return f"{statuses}; the longest wait {self.longest:.1f} s"


@pytest.fixture
def stack(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    connection.close()
    made = Stack(tmp_path)
    made.warm_up()
    yield made
    made.stop()


@pytest.fixture
def postgres():
    return Postgres()


def break_database(stack, take_away, bring_back, seconds):
    """Returns the visits while the database is away, the answers to messages sent meanwhile, and the seconds until all is well."""
    before = Message.objects.count()
    with Visits(stack, rate=20) as visits:
        take_away()
        began, posts = time.monotonic(), []
        while time.monotonic() - began < seconds:
            sent = time.monotonic()
            answer = stack.post()
            posts.append((answer.status, TYPED in answer.content.decode(), answer.headers["Retry-After"], time.monotonic() - sent))
            time.sleep(3)  # nginx takes 30 posts a minute of one address
        ready = json.loads(stack.nginx("/-/ready").content)
        ages = [int(stack.ask_site(address).headers["Age"]) for address in PAGES]  # nginx keeps the first one it saw
        bring_back()
        well = wait_until(stack.is_well)
    assert ready["ready"] is False
    assert "pages.E001" in ready["found"]
    assert set(visits.seen) == {200}, str(visits)
    assert seconds <= max(ages) <= seconds + 10
    assert {post[:3] for post in posts} == {(503, True, "60")}
    assert Message.objects.count() == before + 1  # the one that was sent when all was well
    return visits, posts, well, max(ages)


def describe(visits, posts, age):
    longest = max(seconds for *_, seconds in posts)
    return f"{visits}; pages at most {age} s old. Messages: {len(posts)} × 503 with what was typed, the longest after {longest:.1f} s"


def test_database_stopped(stack, postgres, row):
    """PostgreSQL is stopped for SECONDS seconds"""
    visits, posts, well, age = break_database(stack, postgres.stop, postgres.start, AWAY)
    row(describe(visits, posts, age), "nothing", f"{well:.1f} s after it is back")
    assert well < 3


def test_database_frozen(stack, postgres, row):
    """PostgreSQL hangs (SIGSTOP) for 20 seconds"""
    visits, posts, well, age = break_database(stack, postgres.freeze, postgres.thaw, 20)
    row(describe(visits, posts, age), "nothing", f"{well:.1f} s after it goes on")
    assert well < 3
    assert max(seconds for *_, seconds in posts) < 5
    assert visits.longest < 5


@pytest.mark.parametrize("what", ["stopped", "frozen"])
def test_database_away_while_few_come(stack, postgres, row, what):
    """PostgreSQL is stopped, or hangs, for half a minute in which a visitor comes each ten seconds"""
    (postgres.stop if what == "stopped" else postgres.freeze)()
    waits = []
    for address in PAGES[:3]:
        time.sleep(10)
        began = time.monotonic()
        assert stack.nginx(address, timeout=30).status == 200
        waits.append(time.monotonic() - began)
    (postgres.start if what == "stopped" else postgres.thaw)()
    well = wait_until(stack.is_well)
    assert sum(wait > 1 for wait in waits) <= 2  # the first visitor of each worker
    FEW[what] = f"{what}: 3 × 200; waits of {', '.join(f'{wait:.1f}' for wait in waits)} s"
    row("; ".join(FEW.values()), "nothing", f"{well:.1f} s")


FEW = {}


def test_database_restarted(stack, postgres, row):
    """PostgreSQL is restarted"""
    with Visits(stack) as visits:
        time.sleep(1)
        postgres.stop()
        postgres.start()
        well = wait_until(stack.is_well)
    assert set(visits.seen) == {200}
    row(visits, "nothing", f"{well:.1f} s")


def upload(stack, member, name, content):
    """Uploads a picture on the screen for several pictures, and returns the status with the answer."""
    token = "a" * 32
    headers = {"Cookie": f"sessionid={member}; csrftoken={token}", "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest"}
    headers |= {"Content-Type": MULTIPART_CONTENT, "Origin": "https://localhost"}
    answer = stack.nginx(
        "/admin/images/multiple/add/", "POST", encode_multipart(BOUNDARY, {"files[]": SimpleUploadedFile(name, content)}), **headers
    )
    return answer.status, answer.content.decode()


def test_worker_killed(stack, row):
    """A worker is killed (SIGKILL) each second, for ten seconds"""
    with Visits(stack) as visits:
        posts = Counter()
        for _ in range(10):
            children = Path(f"/proc/{stack.site.process.pid}/task/{stack.site.process.pid}/children").read_text().split()
            os.kill(int(random.choice(children)), signal.SIGKILL)  # noqa: S311
            posts[stack.post(**MESSAGE | {"text": f"{TYPED} {time.monotonic()}"}).status] += 1
            time.sleep(1)
        well = wait_until(stack.is_well)
    assert set(visits.seen) == {200}, str(visits)
    assert Message.objects.count() >= posts[303]
    sent = ", ".join(f"{number} × {status}" for status, number in posts.items())
    row(f"{visits}. Messages: {sent}", "nothing that was answered with 303", f"{well:.1f} s")


def test_rolling_replacement(stack, row):
    """The application is replaced while it runs (USR2, then TERM to the old one), three times"""
    with Visits(stack) as visits:
        for _ in range(3):
            replace_rolling(stack)
        well = wait_until(stack.is_well)
    assert set(visits.seen) == {200}, str(visits)
    assert max(visits.ages) == 0
    row(visits, "nothing", f"{well:.1f} s")


def replace_rolling(stack):
    """gunicorn's way to exchange a program: the new one takes over the socket of the old one."""
    old = stack.site.process.pid
    before = set(get_children(old))
    os.kill(old, signal.SIGUSR2)
    wait_until(lambda: any(len(get_children(pid)) == 2 for pid in set(get_children(old)) - before))
    new = next(pid for pid in set(get_children(old)) - before if get_children(pid))
    time.sleep(2)  # its workers read the state of the site, then they accept
    os.kill(old, signal.SIGTERM)
    stack.site.process.wait(20)
    stack.site.process = Adopted(new)
    time.sleep(2)  # it notices that it is the first one now


class Adopted:
    """A process that is no child of this one, as its parent has ended."""

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        return None if Path(f"/proc/{self.pid}").exists() and "Z" not in Path(f"/proc/{self.pid}/stat").read_text().split()[2] else 0

    def send_signal(self, number):
        os.kill(self.pid, number)

    def wait(self, seconds):
        wait_until(lambda: self.poll() is not None, seconds)


def get_children(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def test_reload(stack, row):
    """The workers are replaced (HUP), three times"""
    with Visits(stack) as visits:
        for _ in range(3):
            before = set(get_children(stack.site.process.pid))
            stack.site.process.send_signal(signal.SIGHUP)
            wait_until(lambda before=before: not before & set(get_children(stack.site.process.pid)))
        well = wait_until(stack.is_well)
    assert set(visits.seen) == {200}, str(visits)
    row(visits, "nothing", f"{well:.1f} s")


def test_stopped_and_started(stack, row):
    """The application is stopped (TERM) and started again, as after an update"""
    for address in PAGES:
        stack.nginx(address)
    with Visits(stack) as visits:
        time.sleep(1)
        stack.site.stop()
        stack.site = stack.start_site(stack.site.port)
        well = wait_until(stack.is_well)
    assert set(visits.seen) == {200}, str(visits)
    row(f"{visits} (nginx sends its copies)", "nothing", f"{well:.1f} s after it listens")


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of four megabytes."""
    if os.geteuid() != 0:
        pytest.skip("a file system is made by root")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def enlarge(folder):
    subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)


def log_in(client):
    client.force_login(User.objects.create_superuser("chef"))
    return client.cookies["sessionid"].value


def test_disk_full_at_upload(small_disk, tmp_path, settings, client, row):
    """The disk is full while a picture is uploaded"""
    settings.MEDIA_ROOT = small_disk / "media"
    member = log_in(client)
    connection.close()
    stack = Stack(tmp_path)
    noise = [picture_of_noise(number) for number in range(12)]
    answers = [upload(stack, member, f"{number}.jpg", content) for number, content in enumerate(noise)]
    taken = sum("uploaded_file_id" in text or '"success": true' in text for _, text in answers)
    empty = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file() and not path.stat().st_size]
    statuses = Counter(status for status, _ in answers)
    ready, page = stack.nginx("/-/ready"), stack.nginx("/contact/")
    enlarge(small_disk)
    well = wait_until(lambda: "uploaded_file_id" in upload(stack, member, "last.jpg", noise[0])[1])
    stack.stop()
    assert 0 < taken < 12
    assert set(statuses) == {200, 507}
    assert not empty
    assert page.status == 200
    assert "pages.E004" in json.loads(ready.content)["found"]
    told = ", ".join(f"{number} × {status}" for status, number in statuses.items())
    row(
        f"pages 200; staff: {taken} of 12 pictures taken, answers {told}",
        "nothing; no file is empty or half",
        f"{well:.1f} s after there is space",
    )


def picture_of_noise(number):
    """A photograph of about one megabyte: what cannot be compressed."""
    image = Image.frombytes("RGB", (900, 900), random.Random(number).randbytes(900 * 900 * 3))  # noqa: S311
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def test_disk_full_at_publish(small_disk, tmp_path, settings, row):
    """The disk of the database (SQLite) is full while a page is published"""
    enlarge(small_disk)
    url, media = f"sqlite:///{small_disk}/site.sqlite3", tmp_path / "media"
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "regie.settings", "MEDIA_ROOT": str(media)}
    run = [sys.executable, "manage.py"]
    subprocess.run([*run, "prepare_local"], cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True)
    server = Server(url, tmp_path)
    before = server.get("/qui-sommes-nous/").content
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 20_000))
    publish = "from pages.models import SitePage; p = SitePage.objects.get(slug='qui-sommes-nous').specific; p.title = 'Neuf'; p.save_revision().publish()"
    done = subprocess.run(
        [*run, "shell", "-c", publish], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    answer = server.post("/contact/", **MESSAGE)
    during = server.get("/qui-sommes-nous/")
    filler.unlink()
    with closing(sqlite3.connect(small_disk / "site.sqlite3")) as database:
        intact = database.execute("PRAGMA integrity_check").fetchone()
    began = time.monotonic()
    subprocess.run([*run, "shell", "-c", publish], cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True)
    well = wait_until(lambda: b"Neuf" in server.get("/qui-sommes-nous/").content)
    assert time.monotonic() - began < 30
    server.stop()
    assert "full" in done.stderr
    assert (during.status, during.content == before) == (200, True)
    assert intact == ("ok",)
    assert answer.status == 503
    assert TYPED in answer.content.decode()
    row(
        "pages 200, as they were. A message: 503 with what was typed",
        "nothing; the publication is refused whole",
        f"{well:.1f} s after there is space",
    )


MOODS = {
    "refuse": "refuses a recipient",
    "hang": "takes the call and says nothing",
    "drip": "sends a byte at a time",
    "drop": "hangs up in the middle",
}


@pytest.mark.parametrize("mood", MOODS)
def test_mail_server(mood, settings, row, client):
    """The mail server misbehaves"""
    server = MailServer()
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, False, 10
    for name in ("a", "b"):
        send_mail("x", "x", None, [f"{name}@example.org"])
    server.mood, server.refused = mood, [b"a@example.org"] if mood == "refuse" else []
    Message.objects.create(subject="autre", text="x", created_at=timezone.now() - timedelta(days=800))
    began = time.monotonic()
    call_command("run_due")
    took = time.monotonic() - began
    left = OutgoingMail.objects.count()
    erased = not Message.objects.exists()
    server.mood, server.refused = "well", []
    OutgoingMail.objects.update(next_try=timezone.now())
    call_command("run_due")
    recipients = Counter(mail["To"] for mail in server.taken)
    server.stop()
    assert took < 25
    assert erased
    assert not OutgoingMail.objects.exists()
    assert set(recipients) == {"a@example.org", "b@example.org"}
    MEASURED[mood] = f"{MOODS[mood]}: the pass took {took:.1f} s, {left} of 2 mails waited"
    row(
        "nothing: " + "; ".join(MEASURED.values()),
        "nothing; the other tasks ran first",
        "with the next try, after two minutes, then four, up to six hours",
    )


MEASURED = {}


def test_renditions_deleted(tmp_path, settings, row):
    """All renditions of pictures are deleted from the disk"""
    settings.MEDIA_ROOT = tmp_path / "media"
    urls = [picture(title=f"Image {number}").get_rendition("width-400|format-webp").url for number in range(3)]
    connection.close()
    stack = Stack(tmp_path)
    for path in (settings.MEDIA_ROOT / "images").iterdir():
        path.unlink()
    began = time.monotonic()
    statuses = Counter(stack.site.get(url, Host="localhost").status for url in urls)
    well = time.monotonic() - began
    stack.stop()
    assert statuses == {200: 3}
    row("pictures 200: they are made again when they are asked for", "nothing", f"{well / 3:.1f} s a picture")


def test_picture_truncated(tmp_path, settings, client, row):
    """A picture is truncated on the disk"""
    settings.MEDIA_ROOT = tmp_path / "media"
    fill()
    image = SiteImage.objects.filter(pk__in=NewsPage.objects.live().exclude(picture=None).values("picture")).first()
    news = NewsPage.objects.live().filter(picture=image).first()
    Path(image.file.path).write_bytes(Path(image.file.path).read_bytes()[:1000])
    for rendition in image.renditions.all():
        rendition.delete()
    member = log_in(client)
    connection.close()
    stack = Stack(tmp_path)
    statuses = {address: stack.site.get(address, Host="localhost").status for address in (news.url, news.get_parent().url, "/")}
    admin = stack.site.get(f"/admin/images/{image.pk}/", Host="localhost", Cookie=f"sessionid={member}").status
    stack.stop()
    assert set(statuses.values()) == {200}, stack.site.log.read_text()
    assert admin == 200, stack.site.log.read_text()
    row("pages 200, without that picture", "that picture: a copy brings it back", "when the picture is there again")


def test_summer_time(client, row):
    """Pages are scheduled in the hours that do not exist or come twice (28 March and 31 October 2027)"""
    home = HomePage.objects.get()
    for number, moment in enumerate(["2027-03-28T01:30+00:00", "2027-10-31T00:30+00:00", "2027-10-31T01:30+00:00"]):
        at = datetime.fromisoformat(moment)
        with time_machine.travel(at - timedelta(days=1)):
            page = home.add_child(instance=StandardPage(title=f"Page {number}", slug=f"page-{number}", live=False))
            page.go_live_at, page.expire_at = at, at + timedelta(hours=1)
            page.save_revision().publish()
        seen = []
        for minutes in (-1, 1, 59, 61):
            with time_machine.travel(at + timedelta(minutes=minutes)):
                call_command("run_due")
                seen.append(client.get(f"/page-{number}/").status_code)
        assert seen == [404, 200, 200, 404]
    row("each page for its hour", "nothing", "with the next pass")


def test_scheduled_publication_that_fails(client, admin, row):
    """One of three scheduled publications fails"""
    now, home = timezone.now(), HomePage.objects.get()
    for number in range(3):
        page = home.add_child(instance=StandardPage(title=f"Page {number}", slug=f"page-{number}", live=False))
        page.go_live_at = now + timedelta(minutes=number + 1)
        page.save_revision().publish()
    SitePage.objects.filter(slug="page-1").update(slug="autre")
    obstacle = home.add_child(instance=StandardPage(title="Obstacle", slug="page-1"))
    with time_machine.travel(now + timedelta(hours=1)):
        call_command("run_due")
        statuses = [client.get(f"/page-{number}/").status_code for number in (0, 2)]
        told = "elle devait paraître" in admin("Publication").get("/admin/").content.decode()
        obstacle.delete()
        call_command("run_due")
        title = "<h1>Page 1</h1>" in client.get("/page-1/").content.decode()
    assert statuses == [200, 200]
    assert told
    assert title
    row(
        "the others are there at their hour; staff read on their first screen which one is not",
        "nothing",
        "with the next pass after its cause is gone",
    )


def publish_for_ever(pk):
    """Publishes a page again and again, in a process that is killed."""
    connection.close()
    connection.connect()
    number = 0
    while True:
        number += 1
        page, word = HistoryPage.objects.get(pk=pk), f"{os.getpid()} {number}"
        page.title, page.milestones = word, [Milestone(title=word, year=2000 + year) for year in range(10)]
        page.save_revision().publish()


@pytest.mark.parametrize("victim", ["program", "server"])
def test_killed_in_a_publication(victim, row, postgres):
    """A program that publishes, or PostgreSQL's process for it, is killed (SIGKILL) at 50 random moments"""
    page = HistoryPage.objects.get()
    page.milestones = [Milestone(title=page.title, year=2000 + year) for year in range(10)]
    page.save_revision().publish()
    before = {table: count for table, count in count_rows().items() if table not in GROWING}
    publications = Revision.objects.count()
    choose = random.Random(victim)  # noqa: S311
    connection.close()
    for _ in range(25):
        child = os.fork()
        if not child:
            with suppress(BaseException):
                sys.stderr.close()
                publish_for_ever(page.pk)
            os._exit(0)
        time.sleep(choose.uniform(0.05, 0.7))
        if victim == "server":
            kill_backend(postgres)
            wait_until(postgres.answers)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        check_whole(page.pk)
    assert {table: count for table, count in count_rows().items() if table not in GROWING} == before
    made = Revision.objects.count() - publications
    assert made > 25
    KILLED[victim] = made
    row(
        f"each page as it was published last ({' + '.join(map(str, KILLED.values()))} publications)",
        "nothing; no row is half written",
        "at once",
    )


KILLED = {}
GROWING = {
    "wagtailcore_revision",
    "wagtailcore_pagelogentry",
    "wagtailcore_modellogentry",
    "pages_indexupdate",
    "wagtailredirects_redirect",
}


def count_rows():
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        return {name: cursor.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def kill_backend(postgres):
    """Kills the process of a connection; PostgreSQL then ends all others, and recovers."""
    names = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in postgres.get_processes()[1:]}
    found = [pid for pid, name in names.items() if "regie_tests" in name]
    if found:
        os.kill(found[0], signal.SIGKILL)


def check_whole(pk):
    """The page, its ten items and its last revision are of one publication."""
    page = HistoryPage.objects.get(pk=pk)
    assert [milestone.title for milestone in page.milestones.all()] == [page.title] * 10
    assert page.live_revision.as_object().title == page.title
    assert not any(SitePage.find_problems())
    connection.close()


def make_large_site():
    """A thousand pages and five hundred pictures of 300 kB."""
    home = HomePage.objects.get()
    for number in range(1000 - SitePage.objects.count()):
        page = home.add_child(instance=StandardPage(title=f"Page {number}", slug=f"page-{number}", show_in_menus=False))
        page.save_revision()
    choose = random.Random(1)  # noqa: S311
    images = []
    for number in range(500):
        name = f"original_images/{number}.jpg"
        path = Path(settings.MEDIA_ROOT) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(choose.randbytes(300_000))
        images.append(SiteImage(title=f"Image {number}", file=name, width=900, height=600))
    SiteImage.objects.bulk_create(images)


def write_for_ever(stopped):
    """Messages come, figures and pictures change, pictures go."""
    number = 0
    while not stopped.wait(0.02):
        number += 1
        Message.objects.create(subject="autre", text=f"{number}", phone="03 84 00 00 00")
        Organisation.objects.update(phone=f"03 84 00 {number // 100 % 100:02d} {number % 100:02d}")
        if number % 10 == 0:
            name = default_storage.save("original_images/new.jpg", ContentFile(os.urandom(10_000)))
            SiteImage.objects.create(title="x", file=name, width=10, height=10)
            image = SiteImage.objects.exclude(title="x").first()
            default_storage.delete(image.file.name)
            image.delete()
    connection.close()


def test_machine_lost(tmp_path, settings, row):
    """The machine is lost: a copy of 1,000 pages and 500 pictures, made while the site is written to, on an empty one"""
    settings.MEDIA_ROOT, settings.BACKUP_ROOT = tmp_path / "media", tmp_path / "copies"
    settings.BACKUP_TO, settings.BACKUP_KEY = str(tmp_path / "elsewhere"), "a secret"
    make_large_site()
    User.objects.create_superuser("chef")
    User.objects.update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salt"))  # the tests' own is not the site's
    stopped = threading.Event()
    writer = threading.Thread(target=write_for_ever, args=[stopped])
    writer.start()
    began = time.monotonic()
    call_command("backup", stdout=io.StringIO())
    took = time.monotonic() - began
    stopped.set()
    writer.join()
    get_remote().extract(get_remote().get_backups()[0], tmp_path / "copy")
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS regie_tests_empty WITH (FORCE)")
        cursor.execute("CREATE DATABASE regie_tests_empty TEMPLATE template0 ENCODING 'UTF8'")
    url, media = f"{get_url().rpartition('/')[0]}/regie_tests_empty", tmp_path / "new"
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "regie.settings", "MEDIA_ROOT": str(media)}
    environment |= {"BACKUP_TO": settings.BACKUP_TO, "BACKUP_KEY": "a secret", "BACKUP_ROOT": str(tmp_path / "none")}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", "restore"], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    restored = time.monotonic() - began
    files = {name: (media / name).read_bytes() for name in list_files(media)}
    assert files == {name: (tmp_path / "copy" / "media" / name).read_bytes() for name in list_files(tmp_path / "copy" / "media")}
    with psycopg.connect(url) as database:
        (named,) = database.execute("SELECT array_agg(file) FROM pages_siteimage").fetchone()
        (number,) = database.execute("SELECT count(*) FROM pages_sitepage").fetchone()
    assert number == 1000
    assert len(named) >= 500
    assert set(named) <= set(files)
    server = Server(url, tmp_path, MEDIA_ROOT=str(media))
    page = server.get("/admin/login/", Host="localhost")
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    body = urlencode({"username": "chef", "password": PASSWORD, "csrfmiddlewaretoken": token})
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Host": "localhost", "Origin": "http://localhost"}
    statuses = (server.get("/", Host="localhost").status, server.get("/admin/login/", "POST", body=body, **form).status)
    server.stop()
    assert statuses == (200, 302)
    assert took < 20
    row(
        f"the copy took {took:.0f} s, here and elsewhere",
        f"nothing: {number} pages, {len(files)} files",
        f"{restored:.0f} s",
    )
