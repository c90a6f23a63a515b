"""deploy/nginx.conf before the site: what nginx keeps, and what it passes on."""

import socket
import time
from contextlib import ExitStack, suppress

import pytest
from django.db import connection
from servers import Nginx, Server

# `make test-all` installs nginx.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.exhaustive,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="nginx does not see the database"),
]


@pytest.fixture
def site(tmp_path, monkeypatch):
    connection.close()
    monkeypatch.setenv("BEHIND_PROXY", "1")
    server = Server(f"sqlite:///{connection.settings_dict['NAME']}", tmp_path)
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest.fixture
def nginx(site, tmp_path):
    """Asks the site through nginx."""
    server = Nginx(tmp_path, site.port)
    yield server
    server.stop()


def test_nginx_keeps_pages_and_passes_sessions_on(site, nginx):
    key = "a" * 32
    page = nginx("/")
    assert page.status == 200
    assert "s-maxage=1" in page.headers["Cache-Control"]
    assert nginx("/", **{"Accept-Encoding": "gzip, br"}).headers["Content-Encoding"] == "br"
    assert nginx("/contact/", Cookie=f"sessionid={key}").status == 200
    assert nginx("/admin/login/").status == 200
    site.stop()
    assert nginx("/").content == page.content  # for ten minutes after an error, as the header says
    for accepted, encoding in {"deflate, br": "br", "br;q=0": None, "x-br-y, identity": None}.items():
        assert nginx("/", **{"Accept-Encoding": accepted}).headers["Content-Encoding"] == (encoding or None)
    for address, cookie in {"/": f"a=b; sessionid={key}", "/contact/": "", "/admin/login/": ""}.items():
        answer = nginx(address, Cookie=cookie)  # not from a copy; no copy was made
        assert (answer.status, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "60", "no-store")
        assert "Le site revient bientôt" in answer.content.decode()
    assert "Le site revient bientôt" in nginx("/contact/", "POST", b"text=Bonjour").content.decode()
    assert nginx("/", Cookie="xsessionid=1").status == 200


def test_a_crowd_of_slow_visitors_keeps_nobody_waiting(nginx):
    """Five hundred who say nothing, two hundred who send a byte now and then, and twenty who send 200 MB: from other addresses."""
    head = b"POST /contact/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    assert nginx("/").status == 200
    with ExitStack() as stack:

        def connect(host):
            return stack.enter_context(socket.create_connection(("127.0.0.1", nginx.port), source_address=(host, 0)))

        for _ in range(500):
            connect("127.0.0.2")
        slow = [(connect("127.0.0.3"), begin) for begin in [head, head + b"Content-Length: 9000\r\n\r\n"] * 100]
        large = [connect("127.0.0.5") for _ in range(20)]
        for each in large:
            each.sendall(head.replace(b"contact", b"rien") + b"Content-Length: 200000000\r\n\r\n--x")
            assert b" 413 " in each.recv(100)
        for _ in range(3):
            for each, begin in slow:
                with suppress(OSError):
                    each.sendall(begin)
            slow = [(each, b"a") for each, _ in slow]
            began = time.monotonic()
            assert {nginx(address).status for address in ["/", "/contact/", "/admin/login/", "/recherche/?q=emploi"] * 5} == {200}
            assert time.monotonic() - began < 5


def test_who_posts_without_end_is_told_to_wait(nginx):
    answers = [nginx("/contact/", "POST", b"x") for _ in range(30)]
    assert {answer.status for answer in answers} == {422, 429}
    assert "Attendez une minute" in answers[-1].content.decode()
    assert nginx("/contact/").status == 200


def test_what_is_too_large_is_refused_in_french(nginx):
    answer = nginx("/contact/", "POST", b"x" * 200_000)
    assert (answer.status, "Votre envoi est trop lourd" in answer.content.decode()) == (413, True)
    for _ in range(40):  # by the site, as there is no session; it has read all of it, else nginx may find a connection that is reset
        answer = nginx("/admin/images/add/", "POST", b"x" * 2_000_000)
        assert (answer.status, "Votre envoi est trop lourd" in answer.content.decode(), answer.headers["X-Request-ID"] is None) == (
            413,
            True,
            False,
        )
    assert "Server" not in answer.headers or answer.headers["Server"] == "nginx"


def test_a_link_among_pictures_is_not_followed_by_nginx(nginx, tmp_path):
    """Who has taken over the site must not read by it what nginx can."""
    folder = tmp_path / "media" / "images"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(b"a picture")
    (folder / "b.png").symlink_to(tmp_path / "nginx.conf")
    assert "X-Request-ID" not in nginx("/media/images/a.png").headers
    assert "X-Request-ID" in nginx("/media/images/b.png").headers  # the site answers, with its own rights


def test_what_is_refused_writes_no_line(nginx, tmp_path):
    assert nginx("/-/ready").status == 200
    log = tmp_path / "nginx.log"
    before = log.read_text()
    answers = {nginx(f"/recherche/?q={number}").status for number in range(30)}
    assert answers == {200, 429}
    for address in (f"/.well-known/acme-challenge/{'a' * 40}", "/.well-known/acme-challenge/", "/" + "a" * 5000):
        assert nginx(address).status in {404, 414}
    assert log.read_text() == before
