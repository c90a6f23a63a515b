"""What visitors read when the program fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as internal_error

RETRY_AFTER = 60  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """Answers 500; or 503 while the database is away, which ends by itself (RFC 9110, 15.6.4)."""
    if not isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return internal_error(request)
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)})
