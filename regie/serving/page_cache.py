"""Keeps finished pages in the memory of each worker, around the Django application (WSGI, PEP 3333).

A cached page has the state of the site that the worker knew when the request came. It is fresh while the state is equal to that: nothing
that visitors see has changed in the database, it is the same day in Belfort, and no page of the site has expired. After that, the next
request renders the page again; other requests get the old one until then. All get it, with its age, while the database is away or rendering
fails, unless something was taken away from visitors since (a withdrawal).

Pages are cached, and answers of views with `@shared` (`pages/page/sharing.py`), as a visitor without cookies gets them. A hit runs no view
and no query, except one for a session cookie that looks like a real one. `docs/page-cache.md` explains the headers.
"""

from __future__ import annotations

import atexit
import gzip
import os
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache, partial
from io import BytesIO
from urllib.parse import parse_qsl, urlencode
from wsgiref.headers import Headers

import brotli
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.db import Error
from django.http import parse_cookie
from django.utils import timezone

from pages.page.sharing import CACHE_CONTROL, ENVIRON_KEY, render_for_all

from .state import State, StateReader, current, hash_of, outside_of_requests

RENDERING_TIMEOUT = 5  # seconds that a request waits for another one to render the same page, where no old one is cached
MAX_BYTES = 32 * 1024 * 1024  # bytes of the cached pages of a worker
MAX_FILES = 1000  # The workers share so many answers, some 40 MB.
COMPRESS = {"": bytes, "gzip": partial(gzip.compress, compresslevel=6, mtime=0), "br": partial(brotli.compress, quality=5)}
REPLACED = {"cache-control", "content-encoding", "content-length", "etag", "vary", "x-request-id"}  # CachedPage sets these.
# What Django sees of a visitor when it renders what may be cached.
RENDERED = {"HTTP_HOST", "HTTP_ACCEPT_ENCODING", *(settings.SECURE_PROXY_SSL_HEADER or ())[:1]}
# Answers at other addresses that are not declared as shared are right too, but rendered twice.
NEVER_SHARED = (settings.STATIC_URL, settings.MEDIA_URL, "/admin/", "/documents/")
DOMAINS = {host.lower() for host in [*settings.ALLOWED_HOSTS, settings.SITE_HOST] if not host.startswith((".", "*"))}


class CachedPage:
    """A cached answer, in all encodings that a browser may accept."""

    def __init__(self, headers: list, body: bytes, state: State, made_at: float) -> None:
        self.state, self.made_at = state, made_at
        if Headers(headers).get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.tag = f'"{hash_of(body)}"'
        common = [("Cache-Control", CACHE_CONTROL), ("ETag", f"W/{self.tag}"), ("Vary", "Accept-Encoding")]
        headers = [pair for pair in headers if pair[0].lower() not in REPLACED] + common
        self.common, self.encoded = common, {}
        for encoding, compress in COMPRESS.items():
            each = min(compress(body), body, key=len)
            named = [("Content-Encoding", encoding)] if encoding and each is not body else []
            self.encoded[encoding] = each, [*headers, ("Content-Length", str(len(each))), *named]
        self.size = sum(len(each) for each, _ in self.encoded.values()) + 4000  # bytes, including headers and objects

    def send(self, environ: dict, start_response: Callable, with_age: bool = False) -> list[bytes]:
        """Answers a GET or HEAD; with its age in seconds, where a new one cannot be had."""
        age = [("Age", str(int(time.time() - self.made_at)))] if with_age else []
        if self.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", self.common + age)
            return []
        body, headers = self.encoded[choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))]
        start_response("200 OK", headers + age if age else headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@lru_cache(256)
def choose_encoding(accepted: str) -> str:
    """Returns "br", "gzip" or "" for a header Accept-Encoding (RFC 9110, 12.5.3)."""
    parts = (part.replace(" ", "").partition(";") for part in accepted.lower().split(","))
    offers = {name for name, _, quality in parts if quality.rstrip("0.") != "q="}
    return next((name for name in ("br", "gzip") if name in offers), "")


def get_address(environ: dict) -> tuple[str, str, str] | None:
    """Returns scheme, domain and path; None for a request that no cached page may answer."""
    domain, path = environ.get("HTTP_HOST", "").partition(":")[0].lower(), environ["PATH_INFO"]
    # Django decodes a path that is not ASCII: it might be that of a view.
    may_be_cached = path.isascii() and not path.startswith(NEVER_SHARED) and not environ.get("SCRIPT_NAME")
    if not may_be_cached or domain not in DOMAINS or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return None
    trusted = settings.SECURE_PROXY_SSL_HEADER
    return (trusted and environ.get(trusted[0])) or environ["wsgi.url_scheme"], domain, path


def has_session(cookies: str) -> bool:
    """Returns True if a header Cookie has the key of a session that exists; False for an invented key, and while the database is away."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "") if settings.SESSION_COOKIE_NAME in cookies else ""
    with suppress(Error), outside_of_requests():
        return len(key) == 32 and key.isalnum() and Session.objects.filter(pk=key, expire_date__gt=timezone.now()).exists()
    return False


class SharedFiles:
    """The answers that the workers of a gunicorn share, in a folder that is made before they are forked, and removed at the end of the process.

    A disk that is full or cannot be read is no fault: a worker then has only the pages that it rendered itself.
    """

    def __init__(self) -> None:
        self.cache, maker = DummyCache("", {}), os.getpid()
        with suppress(OSError):
            folder = tempfile.mkdtemp(prefix="regie-pages-")
            atexit.register(lambda: os.getpid() == maker and shutil.rmtree(folder, ignore_errors=True))  # not in a worker that ends
            self.cache = FileBasedCache(folder, {"TIMEOUT": None, "OPTIONS": {"MAX_ENTRIES": MAX_FILES}})

    def get(self, key: tuple) -> tuple | None:
        with suppress(OSError):
            return self.cache.get(hash_of(repr(key).encode()))
        return None

    def set(self, key: tuple, value: object) -> None:
        with suppress(OSError):
            self.cache.set(hash_of(repr(key).encode()), value)

    def delete(self, key: tuple) -> None:
        with suppress(OSError):
            self.cache.delete(hash_of(repr(key).encode()))


class PageCache:
    """The WSGI application that visitors reach, around Django's."""

    def __init__(self, application: Callable) -> None:
        self.application, self.reader = application, StateReader()
        self.pages: OrderedDict[tuple, CachedPage] = OrderedDict()  # The page that was not used for longest comes first.
        self.names: dict[tuple, tuple[str, ...]] = {}  # the names of the parameters that the answer at an address has declared
        self.bytes, self.lock = 0, threading.Lock()
        self.rendering: dict[tuple, threading.Event] = {}
        self.files = SharedFiles()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """Answers with a cached page; else renders the page, one request at a time, while others get the old one or wait."""
        state = self.reader.get()
        current.state = state
        address, cookies, is_away = get_address(environ), environ.get("HTTP_COOKIE"), self.reader.is_away
        # What Django has to know to answer without the database.
        environ |= {"regie.is_away": is_away, "regie.organisation": self.reader.organisation}
        pass_on = partial(self.application, environ, start_response)
        has_logged_in = cookies and not is_away and has_session(cookies)  # While the database is away, everybody is a visitor.
        if not state or not address or has_logged_in:
            return pass_on()
        key = self.get_key(address, environ)
        page = self.find(key)
        if not page or page.state != state or is_away:
            page = self.find_usable(key)
        if page and (is_away or page.state == state):
            return page.send(environ, start_response, with_age=is_away)
        if is_away:
            return pass_on()
        rendering = self.rendering.setdefault(key, event := threading.Event())
        if rendering is event:
            try:
                body = self.render(environ, start_response, address, key, state)
                return pass_on() if body is None else body
            finally:
                del self.rendering[key]
                event.set()
        if not page:
            rendering.wait(RENDERING_TIMEOUT)
            page = self.find_usable(self.get_key(address, environ))
        return page.send(environ, start_response) if page else pass_on()  # without its age: a new one will be there at once

    def render(self, environ: dict, start_response: Callable, address: tuple, key: tuple, state: State) -> list[bytes] | None:
        """Renders the page as for a visitor without cookies, and caches it; where that fails, sends the old one.

        Returns None where the answer may depend on the visitor.
        """
        anonymous = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in RENDERED}
        anonymous |= {"REQUEST_METHOD": "GET", "HTTP_HOST": address[1], "wsgi.input": BytesIO(), "CONTENT_LENGTH": ""}
        with render_for_all():
            status, headers, body = self.call(anonymous)
        if status[0] == "5" and (old := self.find_usable(key)):
            return old.send(environ, start_response, with_age=True)
        is_page, shared = status[:3] == "200", anonymous.get(ENVIRON_KEY)
        if is_page and shared and self.names.get(address) != shared.names:
            self.names[address] = shared.names
            self.files.set(address, shared.names)
        if is_page and Headers(headers).get("Cache-Control") == CACHE_CONTROL:
            key, made = (*address, shared.query), (headers, body, state, time.time())
            self.put(key, page := CachedPage(*made))
            self.files.set(key, made)
            return page.send(environ, start_response)
        self.put(key, None)
        self.files.delete(key)
        if is_page and not shared:
            return None
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def call(self, environ: dict) -> tuple[str, list, bytes]:
        started = []
        response = self.application(environ, lambda *arguments: started.append(arguments))
        try:
            return *started[-1][:2], b"".join(response)
        finally:
            getattr(response, "close", bool)()

    def get_key(self, address: tuple, environ: dict) -> tuple:
        """Returns the address with the parameters that its answer has declared; with all of them while these are not known."""
        query = environ.get("QUERY_STRING", "")
        if query and address not in self.names and (known := self.files.get(address)) is not None:
            self.names[address] = known
        if query and (names := self.names.get(address)) is not None:
            query = urlencode(sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] in names))
        return (*address, query)

    def find(self, key: tuple, of_others: bool = False) -> CachedPage | None:
        """Returns this worker's cached page; with `of_others`, the one that another worker has rendered since, which is then cached here too."""
        page = self.pages.get(key)
        if of_others and (made := self.files.get(key)) and not (page and page.made_at >= made[-1]):
            self.put(key, page := CachedPage(*made))
            self.names.pop(key[:3], None)  # they may be new too
        with suppress(KeyError):  # there is none, or another thread has just dropped it
            self.pages.move_to_end(key)
        return page

    def find_usable(self, key: tuple) -> CachedPage | None:
        """Returns an old page that may still be shown: nothing was taken away from visitors since."""
        page, state = self.find(key, of_others=True), self.reader.state
        return page if page and page.state.withdrawals == state.withdrawals and time.time() < state.next_withdrawal else None

    def put(self, key: tuple, page: CachedPage | None) -> None:
        """Caches the page in this worker instead of an older one; None only drops the older one."""
        with self.lock:
            if old := self.pages.pop(key, None):
                self.bytes -= old.size
            if page:
                self.pages[key] = page
                self.bytes += page.size
            while self.bytes > MAX_BYTES:
                self.bytes -= self.pages.popitem(last=False)[1].size
