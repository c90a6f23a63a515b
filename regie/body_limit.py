"""Refuses a large body to whoever has not logged in, before anything reads it: Django writes uploads of any size to the disk."""

from collections.abc import Callable

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
        if get_body_size(request) > MAX_ANONYMOUS_BODY and request.user.is_anonymous:
            return render(request, "413.html", status=413)
        return self.get_response(request)
