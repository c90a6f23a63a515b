"""The site as it runs in production: gunicorn with two workers, and a database that goes away."""

import os
import re
import shutil
import socket
import sqlite3
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from examples import flat, png
from servers import Proxy, Server, get_url

from pages.models import Organisation
from regie.operations.dumps import dump

pytestmark = [pytest.mark.django_db(transaction=True)]

ADDRESSES = ["/", "/contact/", "/qui-sommes-nous/"]
SECOND = 1


@pytest.fixture
def database(tmp_path):
    """The address of the test's database for another process, and on PostgreSQL the proxy before it."""
    if connection.vendor == "sqlite":
        yield get_url(), None
        return
    connection.ensure_connection()
    proxy = Proxy(connection.connection.info.host, connection.connection.info.port)
    yield get_url(proxy.port), proxy
    proxy.stop()


@pytest.fixture
def server(database, tmp_path):
    connection.close()
    server = Server(database[0], tmp_path)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def shared_server(django_db_setup, tmp_path_factory):
    """A server on a database of its own, for tests that may meet what others left."""
    if connection.vendor != "sqlite":
        pytest.skip("what is asked of it is the same on both databases")
    folder = tmp_path_factory.mktemp("server")
    file = folder / "db.sqlite3"
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as content, closing(sqlite3.connect(file)) as place:
        content.backup(place)
    server = Server(f"sqlite:///{file}", folder)
    yield server
    server.stop()


def warm_up(server):
    """Asks for each page so often at the same time that both workers render it."""
    with ThreadPoolExecutor(16) as pool:
        assert {answer.status for answer in pool.map(server.get, ADDRESSES * 32)} == {200}


def all_workers_show(server, text, within):
    """Whether from some moment on, `within` seconds, twenty requests in a row show the text: both workers are asked."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if text in server.get("/contact/").content:
            break
        time.sleep(0.02)
    time.sleep(max(0, deadline - time.monotonic()))
    return all(text in server.get("/contact/").content for _ in range(20))


@pytest.mark.exhaustive
def test_a_change_is_seen_on_every_worker_within_a_second(server):
    warm_up(server)
    for phone in ("03 84 00 00 01", "03 84 00 00 02"):
        Organisation.objects.update(phone=phone)
        assert all_workers_show(server, f"tel:+33-3-{phone[3:].replace(' ', '-')}".encode(), within=SECOND)


def test_a_header_does_not_change_the_addresses_of_a_page(shared_server):
    assert shared_server.get("/brise/", SCRIPT_NAME="/brise").status == 404
    assert b"/brise/" not in shared_server.get("/", SCRIPT_NAME="/brise").content


def test_the_server_names_no_software_and_logs_nothing_of_a_head_request(shared_server):
    for address in ("/", "/recherche/?q=emploi", "/rien/"):
        answer = shared_server.get(address, "HEAD")
        assert answer.content == b""
        assert answer.headers["Server"] is None
    log = shared_server.log.read_text()
    assert "/rien/" in log
    assert "no-body response" not in log


HEAD = b"POST /contact/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def test_requests_that_come_together_are_answered_in_turn(shared_server):
    one = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", shared_server.port), timeout=5) as client:
        answers = b""
        for part, number in ((one * 3, 3), (one + one[:20], 4), (one[20:], 5)):
            client.sendall(part)
            while answers.count(b"HTTP/1.1 200 OK") < number:
                answers += client.recv(65536)


def test_a_request_in_parts_is_answered(shared_server):
    """In its headers, between them and the body, and in the body; then another one on the same connection."""
    body = b"subject=autre&text=Bonjour+%C3%A0+tous&email=a%40example.org"
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with socket.create_connection(("127.0.0.1", shared_server.port), timeout=10) as client:
        for _ in range(2):
            for part in (whole[:20], whole[20 : len(whole) - len(body)], whole[len(whole) - len(body) : -9], whole[-9:]):
                client.sendall(part)
                time.sleep(0.1)
            assert client.recv(65536).startswith(b"HTTP/1.1 303 ")


def test_a_form_of_the_largest_size_is_answered(shared_server):
    assert shared_server.post("/contact/", timeout=5, text="a" * 131_000).status == 422


@pytest.mark.postgresql
def test_pages_outlive_the_database_and_are_fresh_after_it(server, database):
    warm_up(server)
    take_away, bring_back = (sqlite_move if connection.vendor == "sqlite" else postgres_cut)(database[1])
    take_away()
    time.sleep(1.2 * SECOND)
    for address in ADDRESSES * 8:
        assert server.get(address, timeout=3).status == 200
    bring_back()
    Organisation.objects.update(phone="03 84 00 00 03")
    assert all_workers_show(server, b"tel:+33-3-84-00-00-03", within=3 * SECOND)


def sqlite_move(proxy):
    """The file of the database is moved away for a moment."""
    path = Path(connection.settings_dict["NAME"])
    away = path.with_suffix(".away")
    connection.close()

    def take_away():
        path.rename(away)

    def bring_back():
        assert not path.exists()  # serving has created no empty one
        away.rename(path)

    return take_away, bring_back


def postgres_cut(proxy):
    return proxy.cut, proxy.restore


@pytest.mark.postgresql(only="SQLite has no server that can hang")
def test_a_database_that_hangs_holds_nobody(server, database):
    """Pages stay; who sends a message has it back after some seconds, and at once when the site knows. `make faults` measures it."""
    warm_up(server)
    proxy = database[1]
    proxy.flows.clear()

    def post(_):
        began = time.monotonic()
        answer = server.post("/contact/", text="Bonjour")
        assert (answer.status, "Bonjour" in answer.content.decode()) == (503, True)
        return time.monotonic() - began

    with ThreadPoolExecutor(16) as pool:
        for _ in range(2):
            assert max(pool.map(post, range(16))) < 10
        assert max(pool.map(post, range(16))) < 1  # each worker knows by now: nobody waits any more
    for address in ADDRESSES * 8:
        answer = server.get(address, timeout=3)
        assert (answer.status, answer.headers["Age"] is not None) == (200, True)
    assert (server.get("/-/ready").status, server.get("/-/live").status) == (503, 200)
    proxy.restore()
    Organisation.objects.update(phone="03 84 00 00 04")
    assert all_workers_show(server, b"tel:+33-3-84-00-00-04", within=3 * SECOND)
    assert server.get("/-/ready").status == 200


@pytest.mark.exhaustive
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows")
def test_pages_outlive_an_exclusive_lock(server):
    warm_up(server)
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE pages_organisation SET phone = '03 84 00 00 05'")
        time.sleep(1.2 * SECOND)
        for address in ADDRESSES * 8:
            assert server.get(address, timeout=3).status == 200
        other.execute("COMMIT")
    assert all_workers_show(server, b"tel:+33-3-84-00-00-05", within=3 * SECOND)


def get_memory(pid):
    """The largest memory that a process has had, in megabytes (Linux)."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def find_descendants(pid):
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text().split():
                yield child
                yield from find_descendants(child)


class LimitedServer(Server):
    """Runs with the limits of compose.yaml and of the units of systemd: only its data and an empty folder are written, 768 MB for each process."""

    command = (
        *("unshare", "--mount", "sh", "-c"),
        'mount --bind "$0/data" "$0/data" && mount -o remount,ro,bind / && mount -t tmpfs -o size=64m tmpfs "$0/tmp" '
        '&& ulimit -d 786432 && exec "$@"',
    )

    def __init__(self, folder):
        self.command = (*self.command, str(folder), *Server.command)
        data, temporary = folder / "data", str(folder / "tmp")
        super().__init__(f"sqlite:///{data}/site.sqlite3", folder, MEDIA_ROOT=f"{data}/media", HOME=temporary, TMPDIR=temporary)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root may mount")
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the limits are the same")
def test_the_site_works_with_the_limits_of_the_deployment(tmp_path):
    client = Client()
    client.force_login(User.objects.create_superuser("chef"))
    for name in ("data", "tmp"):
        (tmp_path / name).mkdir()
    # Not as a file: what this process reads and closes would take SQLite's locks away from its other connections (fcntl(2)).
    dump(tmp_path / "data" / "site.sqlite3")
    connection.close()
    server = LimitedServer(tmp_path)
    assert [server.get("/contact/").status for _ in range(4)] == [200] * 4
    assert server.post("/contact/", subject="autre", text="Bonjour", email="a@example.org").status == 303
    address, token = f"http://127.0.0.1:{server.port}", "a" * 32
    headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}", "X-CSRFToken": token, "Origin": address}
    headers |= {"Content-Type": MULTIPART_CONTENT, "X-Requested-With": "XMLHttpRequest"}
    body = encode_multipart(BOUNDARY, {"files[]": SimpleUploadedFile("a.jpg", flat("JPEG", (4000, 3000)))})
    answer = server.get("/admin/images/multiple/add/", "POST", body=body, **headers)
    assert (answer.status, b"uploaded_file_id" in answer.content) == (200, True), server.log.read_text()
    server.stop()
    assert "Traceback" not in server.log.read_text()


@pytest.mark.exhaustive
def test_no_upload_fills_the_memory_of_a_worker(server):
    """Photographs as phones take them, and files that took gigabytes; three at a time, so that some wait for others."""
    client = Client()
    client.force_login(User.objects.create_superuser("chef"))
    token = "a" * 32
    headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}", "X-CSRFToken": token, "Host": "localhost"}
    headers |= {"Content-Type": MULTIPART_CONTENT, "X-Requested-With": "XMLHttpRequest", "Origin": f"http://127.0.0.1:{server.port}"}
    files = {
        "a.jpg": flat("JPEG", (8160, 6120), quality=50),
        "b.webp": flat("WEBP", (8900, 6700), quality=1, method=0),
        "c.png": png(29_500_000, 2),
        "d.png": png(11_000, 11_000),
        "e.heic": flat("HEIF", (8064, 6048), quality=10),
        "f.png": png(9, 9, *[(b"zTXt", b"a\0\0" + zlib.compress(bytes(70_000_000)))] * 2),
        "g.png": png(7_000, 7_000),
    }

    def upload(name):
        body = encode_multipart(BOUNDARY, {"files[]": SimpleUploadedFile(name, files[name])})
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=120)) as connection_to_site:
            connection_to_site.request("POST", "/admin/images/multiple/add/", body, headers | {"Host": f"127.0.0.1:{server.port}"})
            answer = connection_to_site.getresponse()
            return name, answer.status, answer.read().decode()

    peaks = {}  # of each program that the server started, in megabytes; what the kernel says of ended children has those of other tests too

    def watch():
        while not is_done.wait(0.02):
            for pid in find_descendants(server.process.pid):
                with suppress(OSError, TypeError):  # it has just ended
                    peaks[pid] = get_memory(pid)

    is_done, watcher = threading.Event(), threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(3) as pool:
        answers = {name: (status, "uploaded_file_id" in text) for name, status, text in pool.map(upload, files)}
    is_done.set()
    watcher.join()
    taken = {"a.jpg", "e.heic", "g.png"}
    assert answers == {name: (200, name in taken) for name in files}
    workers = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    assert len(workers) == 2
    assert max(map(get_memory, workers)) < 250
    assert 250 < max(peaks.values()) < 600
