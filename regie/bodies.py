"""Refuses what is too large to be read, before Django reads it: it would write a file of any size to the disk."""

import logging
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import Error
from django.template.loader import render_to_string
from django.urls import reverse

from . import site
from .headers import PUBLIC_POLICY
from .worker import SMALL

LARGE = 25 * 1024 * 1024  # bytes of a form of staff, with a picture or a document of 20 MB

logger = logging.getLogger(__name__)


@cache
def get_page(name: str) -> bytes:
    return render_to_string(name).encode()


class LimitedBodies:
    """The WSGI application around the page cache. A body may be LARGE in the admin, for who has logged in; else it must be SMALL.

    One without a length (chunked) is refused: no browser sends one, and nginx knows the length of what it passes on.
    """

    def __init__(self, application: Callable) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if "HTTP_TRANSFER_ENCODING" in environ:
            return self.refuse("411 Length Required", start_response)
        if not length.isascii() or not length.isdigit() or len(length) > 12:
            return self.refuse("400 Bad Request", start_response)
        try:
            if int(length) > SMALL and (int(length) > LARGE or not self.is_of_staff(environ)):
                return self.refuse("413 Content Too Large", start_response)
        except Error:  # the answer repeats the form, as it may be that of staff
            if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                return self.refuse("503 Service Unavailable", start_response, "503.html")
        return self.application(environ, start_response)

    def is_of_staff(self, environ: dict[str, Any]) -> bool:
        return environ["PATH_INFO"].startswith(reverse("wagtailadmin_home")) and site.is_logged_in(environ.get("HTTP_COOKIE", ""))

    def refuse(self, status: str, start_response: Callable, page: str = "413.html") -> Iterable[bytes]:
        logger.warning("A request was refused for its body: %s", status)
        body = get_page(page)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        start_response(status, [*headers.items(), ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", PUBLIC_POLICY)])
        return [body]
