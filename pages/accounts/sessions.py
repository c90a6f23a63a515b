"""When a session of staff ends: twelve hours after the last page or form that somebody opened or sent by hand in the admin."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

SEEN_AT = "seen_at"  # in the session: Unix time
PRECISION = 300  # seconds between two notes
MACHINE_MADE = ("ping", "release", "preview", "dismissibles")  # parts of the names of views that Wagtail's scripts ask for


class SessionEndMiddleware:
    """Wagtail saves the session for its previews too, so the time of its last saving does not say when somebody was there."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
            return self.get_response(request)
        age = time.time() - request.session.setdefault(SEEN_AT, time.time())
        if age > settings.SESSION_COOKIE_AGE:
            logout(request)
        response = self.get_response(request)
        if age > PRECISION and SESSION_KEY in request.session and is_by_hand(request):
            request.session[SEEN_AT] = time.time()
        return response


def ping(request: HttpRequest) -> HttpResponse:
    """Answers the script of open forms (`static/js/admin.js`) while the session lasts; Wagtail answers 403 once it has ended."""
    return HttpResponse(status=204)


def is_by_hand(request: HttpRequest) -> bool:
    """Whether somebody opened a page of the admin, sent a form, or typed what an autosave contains."""
    view = request.resolver_match.view_name if request.resolver_match else ""
    if not request.path.startswith(reverse("wagtailadmin_home")) or any(part in view for part in MACHINE_MADE):
        return False
    if request.method == "POST":
        return request.accepts("text/html") or getattr(request, "has_new_text", False)
    # Firefox 78 and Safari 13 do not send Sec-Fetch-Dest.
    return request.headers.get("Sec-Fetch-Dest", "document") == "document" and "text/html" in request.headers.get("Accept", "")
