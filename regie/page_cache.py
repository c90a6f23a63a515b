"""Keeps finished answers in the memory of each worker, around the Django application (WSGI, PEP 3333).

A copy carries the state of the site (`regie/site_state.py`) that the worker knew when the request came. It is fresh while that is still
the state: nothing that visitors see has changed in the database, it is the same day in Belfort, and no page of the site has expired since.
After that, the next request renders the page anew; others get the old copy until it is there. All get it while the database is away or
rendering fails. Once the worker knows that something was taken away from visitors (a withdrawal), copies from before are sent no more.

Kept are all pages, 404s, and views with `@shared` (`pages/public/sharing.py`), as a visitor without cookies gets them. A hit runs no view
and no query, except one for a session cookie that looks like a real one. `docs/page-cache.md` explains the headers.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from typing import Any, NamedTuple

from . import site
from .encodings import choose_encoding, compress
from .reserve import Reserve
from .site_state import State, StateReader, use_caches_of

LONGEST_RENDERING = 5  # seconds that a request waits for another one to render the same page, where there is no copy
PAGES, FILES, MISSING = 32 * 1024 * 1024, 8 * 1024 * 1024, 2 * 1024 * 1024  # bytes of memory a worker: MISSING is for 404
MINUTE = 60  # seconds in which answers from copies are counted
LARGEST = 4 * 1024 * 1024  # bytes of an answer that is kept
SHARED = "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=600"
PRIVATE = "private, no-store"
REPLACED = {"cache-control", "content-encoding", "content-length", "etag", "vary", "x-request-id"}  # headers of an answer

logger = logging.getLogger(__name__)
Environ = dict[str, Any]


class Answer(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def get(self, name: str) -> str:
        """Returns the values of a header, in lower case."""
        return ",".join(value for key, value in self.headers if key.lower() == name).lower()

    @property
    def is_shared(self) -> bool:
        """Whether every visitor gets this answer: it sets no cookie, read none, and does not say that it is private."""
        control, vary = ({part.strip() for part in self.get(name).split(",") if part} for name in ("cache-control", "vary"))
        return not (self.get("set-cookie") or vary - {"accept-encoding"} or control & {"private", "no-store"})

    def send(self, environ: Environ, start_response: Callable) -> list[bytes]:
        start_response(self.status, self.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


class Copy:
    """An answer that is kept, in all encodings that a browser may accept."""

    is_of_reserve = False  # whether another worker rendered it (`regie/reserve.py`)

    def __init__(self, answer: Answer, state: State | None, cache_control: str, compressed: dict[str, bytes]) -> None:
        self.status, self.state, self.made_at = answer.status, state, time.time()
        self.tag = f'"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"'
        common = [("Cache-Control", cache_control), ("ETag", f"W/{self.tag}"), ("Vary", "Accept-Encoding")]
        self.not_modified = ("304 Not Modified", common)
        headers = [pair for pair in answer.headers if pair[0].lower() not in REPLACED] + common
        self.encoded = {
            encoding: (body, [*headers, ("Content-Length", str(len(body))), *([("Content-Encoding", encoding)] if encoding else [])])
            for encoding, body in {"": answer.body, **compressed}.items()
        }
        self.size = sum(len(body) for body, headers in self.encoded.values()) + 4000  # bytes, with headers and objects

    def is_usable(self, state: State) -> bool:
        """Whether an old copy may still be shown: nothing was taken away from visitors since, and no page of the site has expired."""
        return self.state.withdrawals == state.withdrawals and time.time() < state.next_expiry

    def send(self, environ: Environ, start_response: Callable, with_age: bool = False) -> list[bytes]:
        """Answers a GET or HEAD; with its age in seconds, where a new one cannot be had."""
        age = [("Age", str(int(time.time() - self.made_at)))] if with_age else []
        if self.tag in environ.get("HTTP_IF_NONE_MATCH", "") and self.status[:3] == "200":
            status, headers = self.not_modified
            start_response(status, headers + age)
            return []
        body, headers = self.encoded.get(choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))) or self.encoded[""]
        start_response(self.status, headers + age)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


class Shelf:
    """Copies by their key, `most_bytes` at most: those that were not used for longest are dropped first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self.copies: OrderedDict[Any, Copy] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: Any) -> Copy | None:
        copy = self.copies.get(key)
        if copy:
            with suppress(KeyError):  # another thread has just dropped it
                self.copies.move_to_end(key)
        return copy

    def put(self, key: Any, copy: Copy | None) -> None:
        """Keeps the copy instead of an older one; None only drops the older one."""
        with self.lock:
            if old := self.copies.pop(key, None):
                self.bytes -= old.size
            if copy:
                self.copies[key] = copy
                self.bytes += copy.size
            while self.bytes > self.most_bytes:
                self.bytes -= self.copies.popitem(last=False)[1].size


class PageCache:
    """The WSGI application that visitors reach, around Django's."""

    def __init__(self, application: Callable) -> None:
        self.application = application
        self.reader = StateReader()
        self.pages, self.files, self.missing = Shelf(PAGES), Shelf(FILES), Shelf(MISSING)
        self.reserve = Reserve()
        self.rendering: dict[tuple, threading.Event] = {}
        self.hits, self.counted_since, self.counting = 0, time.monotonic(), threading.Lock()

    def __call__(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        state = self.reader.get()
        use_caches_of(state)
        if site.is_hashed_file(environ["PATH_INFO"]):
            return self.send_file(environ, start_response)
        is_late = self.reader.is_late
        key = self.get_key(environ, state, is_late) if state else None
        if not key:
            return self.pass_on(environ, start_response)
        copy = self.pages.get(key)
        if copy and copy.state is state and not is_late:
            self.count()
            return copy.send(environ, start_response)
        return self.answer(environ, start_response, key, state, is_late)

    def count(self) -> None:
        """Counts an answer from a copy, and logs their number once a minute; other answers have a line each (`regie/logs.py`)."""
        with self.counting:
            self.hits += 1
            seconds = time.monotonic() - self.counted_since
            if seconds < MINUTE:
                return
            hits, self.hits, self.counted_since = self.hits, 0, time.monotonic()
        logger.info("answers from the page cache", extra={"answers": hits, "seconds": round(seconds)})

    def describe_outage(self) -> Environ:
        """Returns what Django has to know to answer without the database."""
        return {"regie.is_away": self.reader.is_away, "regie.organisation": self.reader.state and self.reader.state.organisation}

    def get_key(self, environ: Environ, state: State, is_late: bool) -> tuple | None:
        """Returns what an answer may depend on: scheme, domain, path, declared parameters. None for a request that no copy may answer.

        Other parameters are left out. Whether the address is shared at all is asked later, to spare hits the question.
        """
        domain = site.get_domain(environ.get("HTTP_HOST", ""))
        if domain is None or environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or environ.get("SCRIPT_NAME"):
            return None
        cookies, path, query = environ.get("HTTP_COOKIE"), environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        if not path.isascii():  # Django decodes it: it might be that of a view
            return None
        if cookies and not is_late and site.has_session(cookies):
            return None
        query = site.get_declared_query(path, query, state) if query else ""
        return None if query is None else (site.is_https(environ), domain, path, query)

    def find(self, environ: Environ, key: tuple) -> Copy | None:
        """Returns the copy of a page; else of a 404 with the whole query, which a redirect may be for."""
        return self.pages.get(key) or self.missing.get((key, environ.get("QUERY_STRING", "")))

    def take_from_reserve(self, key: tuple, state: State, own: Copy | None = None) -> Copy | None:
        """Returns a copy of what another worker has rendered since, and keeps it; else this worker's own copy."""
        kept = self.reserve.get(key)
        if not kept or (own and own.made_at >= kept.made_at):
            return own
        of_then = replace(state, generation=kept.generation, withdrawals=kept.withdrawals)  # never the current one: it is rendered again
        copy = Copy(kept.answer, of_then, SHARED, compress(kept.answer.body))
        copy.made_at, copy.is_of_reserve = kept.made_at, True
        self.pages.put(key, copy)
        return copy

    def answer(self, environ: Environ, start_response: Callable, key: tuple, state: State, is_late: bool) -> Iterable[bytes]:
        """Answers where no page is fresh: one request renders it, others get the old copy or wait."""
        copy = self.find(environ, key)
        if is_late and not (copy and (copy.state is state or copy.is_of_reserve)):
            copy = self.take_from_reserve(key, state, copy)
        if copy and not copy.is_usable(state):
            copy = None
        if copy and (copy.state is state or is_late):
            self.count()
            return copy.send(environ, start_response, with_age=is_late)
        if not site.is_shared(environ["PATH_INFO"], state):
            return self.pass_on(environ, start_response)
        event = threading.Event()
        rendered_by = self.rendering.setdefault(key, event)
        if rendered_by is event:
            try:
                return self.render(environ, start_response, key, copy, state)
            finally:
                del self.rendering[key]
                event.set()
        if copy:
            return copy.send(environ, start_response)  # without its age: a new one will be there at once
        rendered_by.wait(LONGEST_RENDERING)
        copy = self.find(environ, key)
        return copy.send(environ, start_response) if copy and copy.is_usable(state) else self.pass_on(environ, start_response)

    def render(self, environ: Environ, start_response: Callable, key: tuple, old: Copy | None, state: State) -> Iterable[bytes]:
        """Renders the page as for a visitor without cookies, and keeps it; where that fails, sends the old copy."""
        query = environ.get("QUERY_STRING", "")
        try:
            answer = self.call(environ, HTTP_HOST=key[1], QUERY_STRING=key[-1])
            shelf, name = self.pages, key
            if answer.status[0] not in "25":  # a redirect may be for the whole query
                answer = answer if query == key[-1] else self.call(environ, HTTP_HOST=key[1], QUERY_STRING=query)
                shelf, name = self.missing, (key, query)
        except Exception:
            if not (old := self.find_usable(key, old)):
                raise
            logger.exception("A page is shown as it was, as it cannot be rendered: %s", key)
            return old.send(environ, start_response, with_age=True)
        if answer.status[0] == "5":
            if old := self.find_usable(key, old):
                return old.send(environ, start_response, with_age=True)
            return answer.send(environ, start_response)
        self.pages.put(key, None)
        self.missing.put((key, query), None)
        status = "200" if shelf is self.pages else "404"
        if answer.status[:3] != status or not answer.is_shared or len(answer.body) > LARGEST:
            return self.pass_on(environ, start_response)  # as this visitor is to get it
        shelf.put(name, copy := Copy(answer, state, SHARED, compress(answer.body)))
        if shelf is self.pages:
            self.reserve.put(key, answer, state.generation, state.withdrawals)
        return copy.send(environ, start_response)

    def find_usable(self, key: tuple, old: Copy | None) -> Copy | None:
        """Returns what may be sent instead of a page that cannot be rendered."""
        copy = self.take_from_reserve(key, self.reader.state, old)
        return copy if copy and copy.is_usable(self.reader.state) else None

    def send_file(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        """Answers for a static file that never changes, and keeps it with what the build has compressed."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "HTTP_RANGE" in environ:
            return self.pass_on(environ, start_response)
        copy = self.files.get(environ["PATH_INFO"])
        if not copy:
            answer = self.call(environ)
            if answer.status[:3] != "200" or "immutable" not in answer.get("cache-control"):
                return answer.send(environ, start_response)
            compressed = {name: self.call(environ, HTTP_ACCEPT_ENCODING=name) for name in ("gzip", "br")}
            bodies = {name: each.body for name, each in compressed.items() if each.get("content-encoding") == name}
            self.files.put(environ["PATH_INFO"], copy := Copy(answer, None, answer.get("cache-control"), bodies))
        return copy.send(environ, start_response)

    def call(self, environ: Environ, **changes: str) -> Answer:
        """Returns the application's answer to a GET without the headers of this visitor."""
        plain = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in site.RENDERED}
        plain |= {"REQUEST_METHOD": "GET", "wsgi.input": BytesIO(), "CONTENT_LENGTH": "", **self.describe_outage(), **changes}
        started = []
        response = self.application(plain, lambda *arguments: started.append(arguments))
        try:
            return Answer(*started[-1][:2], b"".join(response))
        finally:
            getattr(response, "close", bool)()

    def pass_on(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        """Sends the request to Django as it is. What may be for one person only is marked as private."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: tuple | None = None) -> Callable:
            answer = Answer(status, headers, b"")
            if (site.may_have_session(environ) or not answer.is_shared) and not answer.get("cache-control"):
                headers = [*headers, ("Cache-Control", PRIVATE)]
            return start_response(status, headers, exc_info)

        response = self.application(environ | self.describe_outage(), start)
        if environ["REQUEST_METHOD"] != "HEAD":
            return response
        response.close()  # gunicorn would warn of a body
        return []
