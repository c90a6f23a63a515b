"""/-/live and /-/ready, by which the programs that run the site ask how it is. They tell nothing secret, and ask for no host name.

/-/live answers 200 while the process answers. /-/ready answers 503 where visitors meet a fault, an Error of `regie/operations/checks.py`, and else
200. What can wait, a Warning, is said in it too.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.checks import ERROR, Error

from ..operations import checks
from .state import StateReader, outside_of_requests

CACHE_SECONDS = 1  # An answer is given again for so long, so that nobody can make the site check itself all the time.


class Health:
    """The WSGI application around all others."""

    def __init__(self, application: Callable, reader: StateReader) -> None:
        self.application, self.reader = application, reader
        self.lock, self.read_at, self.state = threading.Lock(), -1.0 * CACHE_SECONDS, {}

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/-/live":
            return self.answer(environ, {"live": True}, start_response)
        if environ["PATH_INFO"] == "/-/ready":
            return self.answer(environ, self.read(), start_response)
        return self.application(environ, start_response)

    def read(self) -> dict[str, Any]:
        with self.lock:
            if time.monotonic() - self.read_at > CACHE_SECONDS:
                self.reader.get()
                found = [Error("The database is away.", id=checks.DATABASE_AWAY)] if self.reader.is_away else []
                with outside_of_requests():
                    found += checks.run(checks.RUNNING, databases=[] if found else ["default"])
                is_ready = all(each.level < ERROR for each in found)
                self.state = {"ready": is_ready, "found": {each.id: each.msg for each in found}}
                self.read_at = time.monotonic()
            return self.state

    def answer(self, environ: dict[str, Any], state: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        body = json.dumps(state).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        status = "503 Service Unavailable" if state.get("ready") is False else "200 OK"
        start_response(status, [*headers.items(), ("X-Content-Type-Options", "nosniff")])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
