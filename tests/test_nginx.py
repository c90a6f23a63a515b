"""deploy/nginx.conf before the site: what nginx keeps, and what it passes on."""

import shutil
import subprocess
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest
from django.db import connection
from test_workers import Server, free_port

from tools.bench_servers import get_nginx_configuration

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
    port = free_port()
    (tmp_path / "nginx.conf").write_text(get_nginx_configuration(tmp_path, site.port, port))
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    process = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])

    def ask(address, **headers):
        for _ in range(100):
            try:
                with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as client:
                    client.request("GET", address, headers={"Host": "localhost"} | headers)
                    answer = client.getresponse()
                    answer.content = answer.read()
                    return answer
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise AssertionError((tmp_path / "nginx.log").read_text())

    yield ask
    process.terminate()
    process.wait(10)


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
        assert nginx(address, Cookie=cookie).status == 502  # not from a copy; no copy was made
    assert nginx("/", Cookie="xsessionid=1").status == 200
