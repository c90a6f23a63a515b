"""Refuses a large body to whoever has not logged in, before anything reads it: Django writes uploads of any size to the disk."""

from collections.abc import Callable
from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MAX_ANONYMOUS_BODY = 128 * 1024  # bytes, as in deploy/nginx.conf, which allows more below /admin/ to everybody


def get_body_size(request: HttpRequest) -> int:
    """Returns the size in bytes that the request declares; 0 where it declares none, as Django then reads nothing."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


class BodyLimitMiddleware:
    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if get_body_size(request) <= MAX_ANONYMOUS_BODY:
            return self.get_response(request)
        response = render(request, "413.html", status=413) if request.user.is_anonymous else self.get_response(request)
        with suppress(OSError):  # the visitor has gone
            while request.read(64 * 1024):  # gunicorn resets a connection with an unread body: nginx would say that the site is away
                pass
        return response
