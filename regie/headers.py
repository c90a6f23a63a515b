"""Headers that tell browsers what an answer may do. An answer that has one of them already keeps it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

# What the site's pages use: one stylesheet, pictures and a font of its own, forms to itself. No script runs.
PUBLIC_POLICY = "; ".join(
    [
        *("default-src 'none'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "manifest-src 'self'"),
        *("form-action 'self'", "base-uri 'none'", "frame-ancestors 'self'"),
    ]
)
# Wagtail's rich text, tooltips and calendars write styles into the page; its choosers and uploads show pictures that are not stored yet.
# The cropping tool asks whether the screen can be touched by an attribute that says "return;": its hash lets that one run.
RETURN = "'sha256-i+qr4lq34KgNHiW62lWi9aInEBwiEOrfCzaNPCvkqD8='"
ADMIN_POLICY = "; ".join(
    [
        *(
            "default-src 'none'",
            f"script-src 'self' 'unsafe-hashes' {RETURN}",
            "connect-src 'self'",
            "font-src 'self'",
            "img-src 'self' data: blob:",
        ),
        *("style-src 'self' 'unsafe-inline'", "frame-src 'self'"),
        *("manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'self'"),
    ]
)
UNUSED = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "midi",
    "payment",
    "usb",
)
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
}


class HeadersMiddleware:
    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in {404, 500}):  # Django's own pages about errors have a style in them
            if request.path.startswith(reverse("wagtailadmin_home")):
                response.headers["Content-Security-Policy"] = (
                    ADMIN_POLICY  # also where it shows a page of the site, whose policy is stricter
                )
            response.headers.setdefault("Content-Security-Policy", PUBLIC_POLICY)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
