"""Limits Wagtail's automatic redirects to addresses that were published."""

from wagtail.contrib.redirects.models import Redirect
from wagtail.signals import page_slug_changed, post_page_move

from ..models import SitePage


def delete_unpublished_redirects(instance: SitePage, **kwargs) -> None:
    """Deletes the redirects to a page that was never published: autosave stores the page under each title while staff type it."""
    if not instance.live and not instance.first_published_at:
        Redirect.objects.filter(redirect_page=instance, automatically_created=True).delete()


def connect_signals() -> None:
    """Connects the signals; to be called after Wagtail's own application, whose receivers make the redirects."""
    page_slug_changed.connect(delete_unpublished_redirects)
    post_page_move.connect(delete_unpublished_redirects)
