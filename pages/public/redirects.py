"""Redirects, but none that would tell the address of a page that is not open to all."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from wagtail.contrib.redirects.middleware import RedirectMiddleware
from wagtail.models import Site

from ..models import SitePage


class OpenRedirectMiddleware(RedirectMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Returns Wagtail's answer; the 404 if it leads to a page that visitors must not see. Who has logged in may be allowed to."""
        answer = super().process_response(request, response)
        if answer is response:
            return response
        path = f"{Site.find_for_request(request).root_page.url_path}{urlsplit(answer['Location']).path.lstrip('/')}"
        page = SitePage.objects.with_is_open().filter(url_path=path).first()
        return response if page and not page.is_open and not request.user.is_authenticated else answer
