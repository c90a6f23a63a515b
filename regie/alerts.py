"""Mails to administrators about what needs a person, once a day for each thing: nobody has to look at logs."""

import logging
import shutil
import socket
import ssl
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from pages.models import OutgoingMail, WorkerRun

from .health import OK, check_tasks

EVERY, AGAIN = timedelta(hours=1), timedelta(days=1)  # how often we look, and tell the same thing
LOW_SPACE = 1024**3  # bytes: some fifty of the largest uploads
LEAST_DAYS = 14  # that a certificate is valid: `deploy/certificate` replaces it at 30
WAIT = 5  # seconds for the front server
WHAT_TO_DO = {
    "disk": ("Le disque du serveur est presque plein", "Faites de la place : voir « Le disque est plein »."),
    "backup": ("La copie du site n’arrive plus", "Lancez une copie à la main : voir « Sauvegarder »."),
    "outbox": ("Des mails ne partent pas", "Vérifiez le serveur de mails : voir « Les mails ne partent pas »."),
    "certificate": ("Le certificat HTTPS a un problème", "Renouvelez-le : voir « Le certificat »."),
}
logger = logging.getLogger(__name__)


def warn_administrators() -> None:
    """Looks once an hour whether something needs a person, and queues a mail to each administrator about what is new."""
    now = timezone.now()
    with transaction.atomic():
        run, _ = WorkerRun.objects.select_for_update().get_or_create(pk=1)
        if run.looked_at and run.looked_at > now - EVERY:
            return
        if not run.looked_at:
            run.told = dict.fromkeys(["backup", "certificate"], now.isoformat())  # a new site has the first ones tomorrow
        run.looked_at = now
        run.save(update_fields=["looked_at", "told"])
    problems = find_problems()
    new = [name for name in problems if name not in run.told or datetime.fromisoformat(run.told[name]) <= now - AGAIN]
    run.told = {name: now.isoformat() if name in new else run.told[name] for name in problems}
    with transaction.atomic():
        for name in new:
            tell(name, problems[name])
        run.save(update_fields=["told"])


def find_problems() -> dict[str, str]:
    tasks = check_tasks()
    found = {"disk": check_disk(), "outbox": tasks["outbox"], "certificate": check_certificate()}
    if settings.BACKUP_TO:
        found["backup"] = tasks["backup"]
    return {name: what for name, what in found.items() if what != OK}


def check_disk() -> str:
    folder = next(each for each in (settings.BACKUP_ROOT, *settings.BACKUP_ROOT.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    return OK if free > LOW_SPACE else f"{free // 1024**2} MB are left"


def check_certificate() -> str:
    """Asks the site's own address for its certificate, as a browser does. That it cannot be reached from here is no fault of a certificate."""
    address = urlsplit(settings.SITE_URL)
    if address.scheme != "https":
        return OK
    try:
        with (
            socket.create_connection((address.hostname, address.port or 443), timeout=WAIT) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=address.hostname) as secured,
        ):
            days = (ssl.cert_time_to_seconds(secured.getpeercert()["notAfter"]) - timezone.now().timestamp()) // 86400
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError:
        return OK
    return OK if days >= LEAST_DAYS else f"it ends in {days:.0f} days"


def tell(name: str, what: str) -> None:
    subject, cure = WHAT_TO_DO[name]
    body = f"Bonjour,\n\n{subject} ({settings.SITE_HOST}).\n{cure} C’est dans le carnet de bord : deploy/RUNBOOK.md.\n\nDétail : {what}\n"
    recipients = get_user_model().objects.filter(is_superuser=True, is_active=True).exclude(email="").values_list("email", flat=True)
    logger.error("%s: %s", name, what)
    for recipient in recipients:
        OutgoingMail.queue(subject, body, recipient)
