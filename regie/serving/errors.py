"""What visitors and staff read when the program fails, when the database is away, and when a session has ended: nothing typed is lost."""

import errno
import re
import sys
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from pages.contact.form import ContactForm, RefusedError, is_cross_site

from .logs import request_number
from .uploads import get_body_size

RETRY_AFTER = 60  # seconds
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NEVER_REPEATED = ("login", "logout", "account", "users")  # parts of the admin with passwords


def server_error(request: HttpRequest) -> HttpResponse:
    """Answers 500; 507 where the disk is full; or 503 while the database is away, which ends by itself (RFC 9110, 15.6.4)."""
    error = sys.exception()
    if isinstance(error, (OperationalError, InterfaceError)):
        return database_away(request)
    if isinstance(error, OSError) and error.errno in FULL:  # RFC 4918, 11.5; Wagtail's screen for several pictures shows the reason
        return HttpResponse(render_to_string("507.html"), status=507, reason="Le disque du serveur est plein")
    return HttpResponse(render_to_string("500.html", {"number": request_number.get()}), status=500)


def database_away(request: HttpRequest) -> HttpResponse:
    """Answers 503, without a query, with the telephone number that the worker read last, and a form with what was typed in it."""
    template, context = "503.html", {"organisation": request.META.get("regie.organisation")}
    if request.method == "POST" and not is_cross_site(request):
        template, context = get_form(request, context)
    return HttpResponse(
        render_to_string(template, context), status=503, headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    )


def get_form(request: HttpRequest, context: dict) -> tuple[str, dict]:
    """Returns the template and context of a page which has all that was posted, but for files and passwords, and a button that posts it again."""
    admin, path = reverse("wagtailadmin_home"), re.sub("/+", "/", request.path)
    is_of_staff = path.startswith(admin)
    is_secret = is_of_staff and path.removeprefix(admin).startswith(NEVER_REPEATED)
    if is_secret or get_body_size(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:  # Django would write larger files to the disk
        return "503.html", context
    if not hasattr(request, "_post"):  # else what was read would be dropped, and a body is read once
        request.encoding = "utf-8"
    try:
        form = ContactForm.from_request(request)
    except RefusedError:
        return "503.html", context
    if is_of_staff:
        fields = [(name, value) for name, values in request.POST.lists() for value in values if "password" not in name]
        return "503_staff.html", context | {"fields": fields, "has_file": bool(request.FILES)}
    for field in form.fields.values():
        field.help_text = ""  # The visitor has filled the field in already.
    return "503_contact.html", context | {"form": form}


class DatabaseAwayMiddleware:
    """Answers at once while the worker knows that the database is away, where all but pictures would wait for it in vain."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get("regie.is_away") and not request.path.startswith(settings.MEDIA_URL):
            return database_away(request)
        return self.get_response(request)


class SessionEndedMiddleware:
    """Keeps what staff post to the admin after their session has ended, where Wagtail would send them to the login screen without it."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_admin = request.path.startswith(reverse("wagtailadmin_home"))
        if is_admin and ("%00" in request.META["QUERY_STRING"] or "\\000" in request.headers.get("Cookie", "")):  # PostgreSQL refuses NUL.
            return HttpResponse(render_to_string("400.html"), status=400)
        is_asked = request.method == "POST" and is_admin and request.user.is_anonymous
        response = self.get_response(request)
        if not is_asked or is_cross_site(request) or not response.headers.get("Location", "").startswith(reverse("wagtailadmin_login")):
            return response
        if not request.accepts("text/html"):  # an autosave; its script shows the message for this code of Wagtail's
            message = "Votre session est finie. Connectez-vous dans un autre onglet."
            return JsonResponse({"success": False, "error_code": "locked", "error_message": message}, status=403)
        _, context = get_form(request, {"login_url": reverse("wagtailadmin_login")})
        return HttpResponse(render_to_string("403_session.html", context), status=403) if "fields" in context else response
