"""Headers that tell browsers what an answer may do. An answer that has one of them already keeps it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from pages.page.sharing import CACHE_CONTROL, ENVIRON_KEY

PRIVATE = "private, no-store"  # the header Cache-Control of what may be for one person only
# What the site's pages use: one stylesheet, pictures and a font of its own, forms to itself. No script runs.
PUBLIC_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
# Wagtail's rich text, tooltips and calendars write styles into the page; its choosers and uploads show pictures that are not stored yet.
# The cropping tool asks whether the screen can be touched by an attribute that says "return;": its hash lets that one run.
RETURN = "'sha256-i+qr4lq34KgNHiW62lWi9aInEBwiEOrfCzaNPCvkqD8='"
ADMIN_POLICY = (
    f"default-src 'none'; script-src 'self' 'unsafe-hashes' {RETURN}; connect-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "microphone=(), midi=(), payment=(), usb=()",
}


class HeadersMiddleware:
    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in {404, 500}):  # Django's own pages about errors have a style in them
            if request.path.startswith(reverse("wagtailadmin_home")):
                # Also where it shows a page of the site, whose policy is stricter.
                response.headers["Content-Security-Policy"] = ADMIN_POLICY
            response.headers.setdefault("Content-Security-Policy", PUBLIC_POLICY)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers and (control := get_cache_control(request, response)):
            response.headers["Cache-Control"] = control
        if request.method == "HEAD":  # gunicorn would warn of a body
            setattr(response, "streaming_content" if response.streaming else "content", ())
        return response


def get_cache_control(request: HttpRequest, response: HttpResponse) -> str:
    """Returns the header Cache-Control: caches may keep shared answers, 404 and 410, and nothing that may be for one person only."""
    vary = {part.strip().lower() for part in response.get("Vary", "").split(",")}
    if response.cookies or vary - {"", "accept-encoding"} or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return PRIVATE
    shared = request.META.get(ENVIRON_KEY)
    may_be_cached = shared and shared.query is not None and response.status_code == 200 and request.method in {"GET", "HEAD"}
    return CACHE_CONTROL if may_be_cached or response.status_code in {404, 410} else ""
