from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware


class CsrfMiddleware(CsrfViewMiddleware):
    """Django's check of forms by a token, but for pages: a token makes a cookie, and a page other bytes for each visitor.

    The one page type that accepts POST checks where it comes from (`pages/models/contact_form.py`); the others answer 405.
    """

    def process_view(self, request: HttpRequest, callback: Callable, callback_args: tuple, callback_kwargs: dict) -> HttpResponse | None:
        if request.resolver_match.view_name == "wagtail_serve":
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)
