from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware


class CsrfMiddleware(CsrfViewMiddleware):
    """Django's check of forms by a token, but for pages: a token makes a cookie, and a page other bytes for each visitor.

    The one page type that accepts POST checks where it comes from (`pages/contact/form.py`); the others answer 405.
    A browser that names the site itself in Origin needs no token either (OWASP, "verifying origin with standard headers"):
    each login changes the token, and forms that staff have open in another tab would be refused with what is typed in them.
    """

    def process_view(self, request: HttpRequest, callback: Callable, callback_args: tuple, callback_kwargs: dict) -> HttpResponse | None:
        if request.resolver_match.view_name == "wagtail_serve" or ("Origin" in request.headers and self._origin_verified(request)):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)
