"""Redirects, but none that would tell the address of a page that is not open to all."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from wagtail.contrib.redirects.middleware import RedirectMiddleware
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site
from wagtail.signals import page_slug_changed, post_page_move

from ..models import SitePage


class PublicRedirectMiddleware(RedirectMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Returns Wagtail's answer; the 404 if it leads to a page that visitors must not see. Who has logged in may be allowed to."""
        answer = super().process_response(request, response)
        if answer is response:
            return response
        path = f"{Site.find_for_request(request).root_page.url_path}{urlsplit(answer['Location']).path.lstrip('/')}"
        page = SitePage.objects.with_is_public().filter(url_path=path).first()
        return response if page and not page.is_public and not request.user.is_authenticated else answer


def delete_unpublished_redirects(instance: SitePage, **kwargs) -> None:
    """Deletes the redirects to a page that was never published: autosave stores the page under each title while staff type it."""
    if not instance.live and not instance.first_published_at:
        Redirect.objects.filter(redirect_page=instance, automatically_created=True).delete()


def connect_signals() -> None:
    """Connects the signals; to be called after Wagtail's own application, whose receivers make the redirects."""
    page_slug_changed.connect(delete_unpublished_redirects)
    post_page_move.connect(delete_unpublished_redirects)
