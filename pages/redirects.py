"""Keeps Wagtail's automatic redirects to addresses that somebody may know."""

from wagtail.contrib.redirects.models import Redirect
from wagtail.signals import page_slug_changed, post_page_move


def forget_unknown_addresses(instance, **kwargs):
    """Deletes the redirects to a page that was never published: autosave stores each title that it has while staff type it."""
    if not instance.live and not instance.first_published_at:
        Redirect.objects.filter(redirect_page=instance, automatically_created=True).delete()


def connect():
    """To be called after Wagtail's own application has connected what makes the redirects."""
    page_slug_changed.connect(forget_unknown_addresses)
    post_page_move.connect(forget_unknown_addresses)
