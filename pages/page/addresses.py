"""Addresses of pages and views, and the address of the site itself."""

import re
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import get_resolver, reverse
from wagtail.models import AbstractPage, Site


@cache
def reserved_slugs() -> frozenset[str]:
    """Returns the slugs with which a page would be hidden by the addresses in `regie/urls.py` or by static files."""
    routes = [str(pattern.pattern) for pattern in get_resolver().url_patterns]
    parts = (route.lstrip("/").partition("/") for route in [*routes, settings.STATIC_URL])
    # A slug has no dot: `agenda/<slug>.ics` hides no page.
    return frozenset(first for first, slash, rest in parts if slash and "." not in rest and re.fullmatch(r"[\w-]+", first))


def get_canonical_url(page: AbstractPage) -> str:
    """Returns the page's one address, on the site's own host whatever host was requested; an empty string while it has none."""
    parts = page.get_url_parts()
    return f"{settings.SITE_URL}{parts[2]}" if parts else ""


def get_view_url(name: str, *args) -> str:
    """Returns the address of a view, on the site's own host."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def set_up_site() -> None:
    """Sets the address of Wagtail's site row to SITE_URL."""
    address = urlsplit(settings.SITE_URL)
    site = Site.objects.filter(is_default_site=True).first()
    port = address.port or (443 if address.scheme == "https" else 80)
    if site and (site.hostname, site.port) != (address.hostname, port):
        site.hostname, site.port = address.hostname, port
        site.save()
