"""What must be right of the environment, of the content and while the site runs: `manage.py check --deploy --database default`.

Those with the tag RUNNING are also asked by /-/ready (`regie/serving/health.py`); some of them are mailed to administrators (`regie/operations/alerts.py`),
and those about `run_due` and backups are on the first screen of the admin. An Error is what visitors meet. Where no database is named
(`check --deploy` alone, or a database that is known to be away), only the environment is looked at.
"""

import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http.request import validate_host
from django.utils import timezone

from pages.models import Organisation

from ..mail.outbox import OutgoingMail
from .worker import WorkerRun

RUNNING, TASKS, SLOW = "running", "tasks", "slow"  # SLOW: too slow for /-/ready
DATABASE_AWAY, NO_TASKS, LATE_MAIL, LATE_BACKUP = "pages.E001", "pages.W011", "pages.W012", "pages.W013"
LOW_DISK, CERTIFICATE = "pages.W014", "pages.W015"
MAX_WAIT = timedelta(hours=1)  # the longest wait of a mail after the first try
MIN_SPACE = 200 * 1024 * 1024  # bytes on the disk of uploads: ten of the largest
LOW_SPACE = 1024**3  # bytes on the disk of backups: some fifty of the largest uploads
MIN_DAYS = 14  # A certificate must be valid for so long; `deploy/certificate` replaces it at 30.
CONNECT_TIMEOUT = 5  # seconds for the front server
Found = list[checks.CheckMessage]


def run(*tags: str, databases: Sequence[str] = ("default",), level: int = checks.WARNING) -> Found:
    return [each for each in checks.run_checks(tags=tags, include_deployment_checks=True, databases=databases) if each.level >= level]


@cache
def get_migrations() -> set[tuple[str, str]]:
    """Returns the last migrations of each application in this code."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def register(*tags: str) -> Callable:
    """Registers a check that uses the database: it is skipped where none is named, or while it is away, as `check_database` says."""

    def declare(check: Callable[[], Found]) -> Callable[[], Found]:
        @checks.register(*tags, deploy=True)
        def run_check(databases: Sequence[str] | None, **kwargs) -> Found:
            with suppress(Error):
                return check() if databases else []
            return []

        return check

    return declare


def find_missing_migrations() -> set[tuple[str, str]]:
    """Returns those of the last migrations that the database lacks."""
    return get_migrations() - set(MigrationRecorder(connection).applied_migrations())


def find_unknown_migrations(applied: Iterable[Sequence[str]]) -> list[str]:
    """Returns the names of those migrations, pairs of application and name, that this code does not have."""
    return sorted(".".join(each) for each in set(map(tuple, applied)) - set(MigrationLoader(None).disk_migrations))


@register(RUNNING)
def check_database() -> Found:
    try:
        missing = find_missing_migrations()
    except Error as error:
        return [checks.Error(f"The database is away: {type(error).__name__}", id=DATABASE_AWAY)]
    return [
        checks.Error(f"The database lacks {name} of {app}.", hint="manage.py migrate", id="pages.E002") for app, name in sorted(missing)
    ]


@register(RUNNING)
def check_mails() -> Found:
    mail = OutgoingMail.objects.filter(created_at__lt=timezone.now() - MAX_WAIT).first()
    return [checks.Warning(f"A mail waits since {describe(mail.created_at)}.", id=LATE_MAIL)] if mail else []


@register(RUNNING, TASKS)
def check_tasks() -> Found:
    """Says when `run_due` and a backup elsewhere were last done, with the row as `obj`: as a Warning if that is too long ago."""
    run, now = WorkerRun.objects.first() or WorkerRun(), timezone.now()
    tasks = [(NO_TASKS, "pass of run_due", run.finished_at, WorkerRun.MAX_PASS_AGE)]
    if settings.BACKUP_TO:
        tasks.append((LATE_BACKUP, "backup at BACKUP_TO", run.backed_up_at, WorkerRun.MAX_BACKUP_AGE))
    return [
        checks.CheckMessage(
            checks.INFO if moment and moment > now - limit else checks.WARNING, f"The last {what}: {describe(moment)}.", obj=run, id=name
        )
        for name, what, moment, limit in tasks
    ]


def describe(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "never"


@register(RUNNING)
def check_uploads() -> Found:
    folder = settings.MEDIA_ROOT
    try:
        if settings.S3_BUCKET:
            default_storage.exists("x")
            return []
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except Exception as error:  # S3's are its library's own
        return [checks.Error(f"Uploads cannot be written: {type(error).__name__}", id="pages.E003")]
    return [] if free > MIN_SPACE else [checks.Error(f"The disk of the uploads is full: {free // 1024**2} MB are left.", id="pages.E004")]


@register(RUNNING)
def check_disk() -> Found:
    folder = next(each for each in (settings.BACKUP_ROOT, *settings.BACKUP_ROOT.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    return [] if free > LOW_SPACE else [checks.Warning(f"The disk is almost full: {free // 1024**2} MB are left.", id=LOW_DISK)]


@register(SLOW)
def check_certificate() -> Found:
    """Asks the site's own address for its certificate, as a browser does. A site that cannot be reached from here says nothing of its certificate."""
    address = urlsplit(settings.SITE_URL)
    if address.scheme != "https":
        return []
    try:
        with (
            socket.create_connection((address.hostname, address.port or 443), timeout=CONNECT_TIMEOUT) as opened,
            ssl.create_default_context().wrap_socket(opened, server_hostname=address.hostname) as secured,
        ):
            days = (ssl.cert_time_to_seconds(secured.getpeercert()["notAfter"]) - timezone.now().timestamp()) // 86400
    except ssl.SSLCertVerificationError as error:
        return [checks.Warning(f"The certificate is not valid: {error.verify_message}", id=CERTIFICATE)]
    except OSError:
        return []
    return [] if days >= MIN_DAYS else [checks.Warning(f"The certificate ends in {days:.0f} days.", id=CERTIFICATE)]


@register()
def check_opening() -> Found:
    """Warns while search engines must not show the site."""
    if not (missing := Organisation.get().get_missing_to_open()):
        return []
    hint = f"Fill in « Ouvrir le site » in the admin. Missing, as the form names it: {', '.join(missing)}."
    return [checks.Warning("The site is not ready: its pages carry noindex.", hint=hint, id="pages.W001")]


@checks.register(deploy=True)
def check_environment(**kwargs) -> Found:
    """Warns of settings that are unfit for production, with the variable that mends them."""
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
            "No backup of the site leaves this machine.",
            "Name another place in BACKUP_TO, and a key in BACKUP_KEY: see docs/backup.md.",
        ),
    }
    return [checks.Warning(fault, hint=cure, id=name) for name, (is_so, fault, cure) in faults.items() if is_so]
