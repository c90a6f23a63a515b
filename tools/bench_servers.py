"""The site under gunicorn beside others, in turns: processor time of a request, and memory. A part of `make bench`."""

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

from .nginx import get_configuration

ROUNDS = 9
ABOUT, PLAIN = "/qui-sommes-nous/", "/une-page/"
PHONE = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "fr", "User-Agent": "Mozilla/5.0 (Linux; Android 9) Chrome/80"}
MIB = 1024


class Server:
    """A program with its workers, which answers on a port of its own."""

    def __init__(self, command, port, **environment):
        self.port = port
        self.process = subprocess.Popen(
            command, env=os.environ | {"PORT": str(port)} | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"{command} does not start.")

    def get_processes(self):
        children = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
        found = [self.process.pid]
        for pid in found:
            found += children.get(pid, [])
        return found

    def get_processor_time(self):
        """Microseconds that all threads of all processes have run."""
        paths = [path for pid in self.get_processes() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        return sum(int(path.read_text().split()[0]) for path in paths) / 1000

    def get_memory(self):
        """MiB of all processes, shared pages divided between them (PSS)."""
        texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in self.get_processes()]
        return sum(int(re.search(r"^Pss: +(\d+)", text, re.MULTILINE)[1]) for text in texts) / MIB

    def get(self, address, **headers):
        client = HTTPConnection("127.0.0.1", self.port, timeout=30)
        client.request("GET", address, headers={"Host": "localhost", **PHONE, **headers})
        answer = client.getresponse()
        body = answer.read()
        client.close()
        return answer, body

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


class Client:
    """One visitor after the other on one connection, as bare as can be: all answers to a request have the same length."""

    def __init__(self, port, address, headers):
        lines = [f"GET {address} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in (PHONE | headers).items())]
        self.request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self):
        """Returns the status; reads the whole answer."""
        self.socket.sendall(self.request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.receive()
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        while length and len(body) < int(length[1]):
            body += self.receive()
        return head[9:12].decode()

    def receive(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise OSError("The connection was closed.")
        return data


class Target:
    """One row of the table: an address of some servers, asked `number` times a round."""

    def __init__(self, name, servers, address, number, status="200", **headers):
        self.name, self.servers, self.address, self.number, self.status = name, servers, address, number, status
        self.headers, self.times, self.rates = headers, [], []

    def measure(self):
        client = Client(self.servers[0].port, self.address, self.headers)
        for _ in range(20):
            if (status := client.ask()) != self.status:
                sys.exit(f"{self.name}: {status} instead of {self.status}")
        before, start = sum(server.get_processor_time() for server in self.servers), time.perf_counter()
        for _ in range(self.number):
            client.ask()
        self.rates.append(self.number / (time.perf_counter() - start))
        self.times.append((sum(server.get_processor_time() for server in self.servers) - before) / self.number)
        client.socket.close()


def measure(folder, database_url):
    """Prints the tables of processor time and memory. `folder` is a place for files, the database has a page at PLAIN."""
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    settings = {
        "DATABASE_URL": database_url,
        "WEB_CONCURRENCY": "1",
        "MEDIA_ROOT": str(folder / "media"),
        "PYTHONPATH": ".",
        "MALLOC_ARENA_MAX": "2",
    }
    servers = []

    def start(*command, **environment):
        servers.append(Server(command, 8850 + len(servers), **settings | environment))
        return servers[-1]

    try:
        site = start(gunicorn)
        answer, body = site.get(ABOUT)
        own = {"date", "connection"}  # headers that gunicorn adds
        headers = [pair for pair in answer.getheaders() if pair[0].lower() not in own]
        (folder / "answer.json").write_text(json.dumps({"headers": headers, "body": body.decode("latin-1")}))
        smallest = start(gunicorn, "tools.bench_apps:make_smallest()", BENCH_ANSWER=str(folder / "answer.json"))
        uncached = start(gunicorn, "tools.bench_apps:make_uncached()")
        middleware = start(gunicorn, "tools.bench_apps:make_uncached()", DJANGO_SETTINGS_MODULE="tools.bench_settings")
        targets = [
            Target("the smallest WSGI program", [smallest], ABOUT, 2000),
            Target("a page that is kept", [site], ABOUT, 2000),
            Target("the same, 304", [site], ABOUT, 2000, "304", **{"If-None-Match": answer.headers["ETag"]}),
            Target("the same behind Django's cache middleware", [middleware], ABOUT, 300),
            Target("a page of wagtail start, rendered", [uncached], PLAIN, 60),
        ]
        first = start(gunicorn, "tools.bench_apps:make_first()")
        later = start(gunicorn, "tools.bench_apps:make_later()")
        for address in (ABOUT, "/", "/contact/", "/travailler-a-la-regie/", "/recherche/?q=emploi"):
            targets.append(Target(f"{address}, first page of a state", [first], address, 40))
            targets.append(Target(f"{address}, later page", [later], address, 40))
        if nginx := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
            (folder / "static.html").write_bytes(body)
            (folder / "nginx.conf").write_text(get_configuration(folder, [site.port], 8850 + len(servers)))
            front = start(nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"))
            targets += [
                Target("nginx, a static file of its size", [front], "/static.html", 2000),
                Target("nginx with its micro-cache, before the site", [front, site], ABOUT, 2000),
            ]
        for _ in range(ROUNDS):
            for target in targets:
                target.measure()
        print_table(targets)
        print_memory(start(gunicorn, WEB_CONCURRENCY="2"))
    finally:
        for server in servers:
            server.stop()


def print_table(targets):
    medians = {target.name: statistics.median(target.times) for target in targets}
    smallest, plain = medians[targets[0].name], medians["a page of wagtail start, rendered"]
    print(f"\nProcessor time of a request in microseconds, medians of {ROUNDS} rounds in turns, one worker, one connection")
    print(f"{'':46}{'µs':>9}{'requests/s':>12}{'smallest / it':>15}{'it / plain':>12}")
    for target in targets:
        median = medians[target.name]
        ratio = f"{median / plain:12.2f}" if median > plain / 2 else f"{'':12}"
        print(f"{target.name:46}{median:9.0f}{statistics.median(target.rates):12.0f}{smallest / median:15.3f}{ratio}")
    if targets[-1].servers[1:]:
        print(f"nginx, static file / micro-cache: {medians[targets[-2].name] / medians[targets[-1].name]:.2f}")


def print_memory(site):
    """Prints the memory of two workers that have all pages."""
    before = site.get_memory()
    sitemap = site.get("/sitemap.xml", **{"Accept-Encoding": "identity"})[1]
    addresses = re.findall(r"<loc>https?://[^/]+(.*?)</loc>", sitemap.decode())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda address: site.get(address), addresses * 12))
    print(f"\nMemory of two workers and their parent (PSS): {before:.0f} MiB, with {len(addresses)} pages kept {site.get_memory():.0f} MiB")
