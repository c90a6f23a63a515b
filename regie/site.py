"""What the page cache has to know about this site and about Django."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import Error
from django.http import parse_cookie
from django.http.request import split_domain_port
from django.utils import timezone

from pages.public import sharing

from .site_state import State, outside_of_requests

# A static file with a hash of its content in its name, as `collectstatic` makes it.
is_hashed_file = re.compile(rf"{re.escape(settings.STATIC_URL)}.+\.[0-9a-f]{{12}}\.\w+", re.ASCII).fullmatch
DOMAINS = {host.lower() for host in [*settings.ALLOWED_HOSTS, settings.SITE_HOST] if not host.startswith((".", "*"))}

# Headers of a request that Django sees when it renders what is kept.
RENDERED = {"HTTP_HOST", *(settings.SECURE_PROXY_SSL_HEADER or ())[:1]}


def is_shared(path: str, state: State) -> bool:
    """Whether answers at this path may be kept: all pages, addresses at which there is nothing, and views that say so."""
    return sharing.get_parameters(path, state.parameters_of_pages) is not None


def get_declared_query(path: str, query: str, state: State) -> str | None:
    """Returns the declared parameters of a query in one order, without all others; None if the answer to them is not kept."""
    declared = sharing.get_parameters(path, state.parameters_of_pages)
    if declared is None:
        return None
    values = sorted((name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name in declared)
    are_allowed = all(declared[name] and declared[name](value) for name, value in values)
    return urlencode(values) if are_allowed and len(dict(values)) == len(values) else None


@lru_cache(256)
def get_domain(host: str) -> str | None:
    """Returns the domain of a header Host without its port; None if the site does not answer to it, or to it among others (`.org`)."""
    domain, _ = split_domain_port(host)
    return domain if domain in DOMAINS else None


def is_https(environ: dict) -> bool:
    """Whether Django takes the request for one by HTTPS."""
    if settings.SECURE_PROXY_SSL_HEADER and (scheme := environ.get(settings.SECURE_PROXY_SSL_HEADER[0])) is not None:
        return scheme.partition(",")[0].strip() == "https"
    return environ["wsgi.url_scheme"] == "https"


def may_have_session(environ: dict) -> bool:
    return settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", "")


def has_session(cookies: str) -> bool:
    """Whether a header Cookie has the key of a session that exists; no invented one, and none while the database is away."""
    try:
        return find_session(cookies) is not None
    except Error:
        return False


def is_logged_in(cookies: str) -> bool:
    """Whether it is the session of somebody who has logged in; one that waits for the code of a second factor is not.

    Raises django.db.Error while the database is away.
    """
    session = find_session(cookies)
    return session is not None and SESSION_KEY in session.get_decoded()


def find_session(cookies: str) -> Session | None:
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "") if settings.SESSION_COOKIE_NAME in cookies else ""
    if not re.fullmatch("[0-9a-z]{32}", key):
        return None
    with outside_of_requests():
        return Session.objects.filter(pk=key, expire_date__gt=timezone.now()).first()
