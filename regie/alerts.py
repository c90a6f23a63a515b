"""Mails to administrators about what needs a person, once a day: nobody has to look at logs."""

import logging
import socket
import ssl
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from pages.models import OutgoingMail, WorkerRun

from .health import OK, check_space, check_tasks

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOW_SPACE = 1024**3  # bytes: some fifty of the largest uploads
LEAST_DAYS = 14  # that a certificate is valid: `deploy/certificate` replaces it at 30
WAIT = 5  # seconds for the front server
WHAT_TO_DO = {
    "disk": "Le disque du serveur est presque plein : voir « Le disque est plein ».",
    "backup": "La copie du site n’arrive plus : voir « Sauvegarder ».",
    "outbox": "Des mails ne partent pas : voir « Les mails ne partent pas ».",
    "certificate": "Le certificat HTTPS a un problème : voir « Le certificat ».",
}
logger = logging.getLogger(__name__)


def warn_administrators() -> None:
    """Looks once an hour whether something needs a person, and queues a mail to each administrator: one a day, from a site's second day on."""
    now = timezone.now()
    with transaction.atomic():
        run, _ = WorkerRun.objects.select_for_update().get_or_create(pk=1)
        if run.next_look and run.next_look > now:
            return
        is_new = not run.next_look  # its first copy and its certificate are still to come
        run.next_look = now + (DAY if is_new else HOUR)
        run.save(update_fields=["next_look"])
    if is_new or not (problems := find_problems()):
        return
    with transaction.atomic():
        WorkerRun.objects.update(next_look=now + DAY)
        tell(problems)


def find_problems() -> dict[str, str]:
    tasks = check_tasks()
    found = {"disk": check_disk(), "outbox": tasks["outbox"], "certificate": check_certificate()}
    if settings.BACKUP_TO:
        found["backup"] = tasks["backup"]
    return {name: what for name, what in found.items() if what != OK}


def check_disk() -> str:
    folder = next(each for each in (settings.BACKUP_ROOT, *settings.BACKUP_ROOT.parents) if each.exists())
    return check_space(folder, LOW_SPACE)


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


def tell(problems: dict[str, str]) -> None:
    logger.error("Something needs a person: %s", problems)
    subject = f"Le site {settings.SITE_HOST} a besoin de vous"
    body = "\n".join(["Bonjour,", "", *(WHAT_TO_DO[name] for name in problems), "", "C’est dans le carnet de bord : deploy/RUNBOOK.md."])
    recipients = get_user_model().objects.filter(is_superuser=True, is_active=True).exclude(email="").values_list("email", flat=True)
    waiting = OutgoingMail.objects.filter(subject=subject).values("recipient")
    send_mail(subject, body, None, recipients.exclude(email__in=waiting))
