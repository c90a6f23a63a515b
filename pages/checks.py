"""What `manage.py check --deploy` says about the environment and the content of the site, beside Django's own checks."""

from django.conf import settings
from django.core import checks
from django.db import Error
from django.http.request import validate_host

from .models import Organisation


def check_opening(**kwargs) -> list[checks.CheckMessage]:
    """Warns while search engines must not show the site. A database that is away or has no tables yet is not this check's business."""
    try:
        missing = Organisation.get().get_missing_to_open()
    except Error:
        return []
    if not missing:
        return []
    hint = f"Fill in « Ouvrir le site » in the admin. Missing, as the form names it: {', '.join(missing)}."
    return [checks.Warning("The site is not ready: its pages carry noindex.", hint=hint, id="pages.W001")]


def check_environment(**kwargs) -> list[checks.CheckMessage]:
    """Warns of an environment that is no production, with the variable that mends it."""
    faults = {
        "pages.W002": (
            any(host.startswith("*") for host in settings.ALLOWED_HOSTS),
            "The site answers to every host name.",
            "Name the site's hosts in ALLOWED_HOSTS, without *.",
        ),
        "pages.W003": (
            not validate_host(settings.SITE_HOST, settings.ALLOWED_HOSTS),
            f"Links and mails lead to {settings.SITE_HOST}, to which the site does not answer.",
            "Add it to ALLOWED_HOSTS, or correct SITE_URL.",
        ),
        "pages.W004": (
            settings.PLAIN_HTTP,
            "Passwords and messages are sent without encryption.",
            "Remove PLAIN_HTTP=1; with a front server that ends TLS, set BEHIND_PROXY=1.",
        ),
        "pages.W005": (
            settings.STATIC_FROM_SOURCE,
            "Static files are read from their sources, without compression and names that may be kept.",
            "Remove STATIC_FROM_SOURCE=1, and run: python manage.py collectstatic",
        ),
        "pages.W006": (
            "smtp" not in settings.DELIVERY_BACKEND,
            "No mail leaves: neither about messages, nor about logins in a new browser.",
            "Name the mail server in EMAIL_HOST, and the sender in EMAIL_FROM.",
        ),
        "pages.W007": (
            not settings.BACKUP_TO,
            "No copy of the site leaves this machine.",
            "Name another place in BACKUP_TO, and a key in BACKUP_KEY: see docs/backup.md.",
        ),
    }
    return [checks.Warning(fault, hint=cure, id=name) for name, (is_so, fault, cure) in faults.items() if is_so]
