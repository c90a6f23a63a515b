"""Programs that tests start: gunicorn with the site, nginx before it, a proxy before PostgreSQL."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from tools.nginx import get_configuration


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, seconds=30):
    """Returns the seconds that it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


class Proxy:
    """Stands between the site and PostgreSQL, and can cut or freeze all connections."""

    def __init__(self, host, port):
        self.host, self.port_of_server, self.connections, self.flows = host, port, [], threading.Event()
        self.flows.set()
        self.is_cut = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.is_cut:
                    client.close()
                    continue
                if self.host.startswith("/"):
                    server = socket.socket(socket.AF_UNIX)
                    server.connect(f"{self.host}/.s.PGSQL.{self.port_of_server}")
                else:
                    server = socket.create_connection((self.host, self.port_of_server))
                self.connections += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self.copy, args=pair, daemon=True).start()

    def copy(self, source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                self.flows.wait()
                target.sendall(data)
        self.close(source, target)

    def close(self, *sockets):
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def cut(self):
        self.is_cut = True
        self.close(*self.connections)
        self.connections.clear()

    def restore(self):
        self.is_cut = False
        self.flows.set()

    def stop(self):
        self.restore()
        self.listener.close()
        self.close(*self.connections)


class Server:
    command = (str(Path(sys.executable).parent / "gunicorn"),)

    def __init__(self, database_url, folder, port=None, **variables):
        self.port = port or free_port()
        self.log = folder / "gunicorn.log"
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "MEDIA_ROOT": str(folder / "media"),
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "DJANGO_SETTINGS_MODULE": "regie.settings",
            **variables,
        }
        self.process = subprocess.Popen(self.command, cwd=settings.BASE_DIR, env=self.environment, stderr=self.log.open("ab"))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError):
                self.get("/robots.txt")
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def post(self, address, timeout=20, **fields):
        return self.get(address, "POST", timeout, urlencode(fields), **{"Content-Type": "application/x-www-form-urlencoded"})

    def get(self, address, method="GET", timeout=20, body=None, **headers):
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as client:
            client.request(method, address, body, headers)
            answer = client.getresponse()
            answer.content = answer.read()
            return answer

    def stop(self):
        """At once: with SIGTERM, gunicorn would wait ten seconds for visitors that a test left hanging."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)


def get_url(port=None):
    """The address of the test's database for another process, on its own or another port."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    connection.ensure_connection()
    info = connection.connection.info
    place = f"127.0.0.1:{port}" if port else f"{quote(info.host, safe='')}:{info.port}"
    return f"postgres://{info.user}:{quote(info.password or '', safe='')}@{place}/{name}"


class Nginx:
    """deploy/nginx.conf before a site on a port."""

    def __init__(self, folder, *ports_of_site):
        self.port, self.folder = free_port(), folder
        (folder / "nginx.conf").write_text(get_configuration(folder, ports_of_site, self.port))
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
        self.process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])

    def __call__(self, address, method="GET", body=None, timeout=20, **headers):
        for _ in range(100):
            try:
                with closing(HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as client:
                    client.request(method, address, body, headers={"Host": "localhost"} | headers)
                    answer = client.getresponse()
                    answer.content = answer.read()
                    return answer
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "nginx.log").read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
