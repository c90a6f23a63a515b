"""Mails to administrators about what needs a person (`regie/operations/checks.py`), once a day: nobody has to look at logs."""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from ..deadlines import deadline
from ..mail.outbox import OutgoingMail
from . import checks
from .worker import WorkerRun

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHECKS_TIMEOUT = 60  # seconds
WHAT_TO_DO = {
    checks.LOW_DISK: "Le disque du serveur est presque plein : voir « Le disque est plein ».",
    checks.LATE_BACKUP: "La copie du site n’arrive plus : voir « Sauvegarder ».",
    checks.LATE_MAIL: "Des mails ne partent pas : voir « Les mails ne partent pas ».",
    checks.CERTIFICATE: "Le certificat HTTPS a un problème : voir « Le certificat ».",
}
logger = logging.getLogger(__name__)


def warn_administrators() -> None:
    """Looks once an hour whether something needs a person, and queues a mail to each administrator: one a day, from a site's second day on."""
    now = timezone.now()
    with transaction.atomic():
        run, _ = WorkerRun.objects.select_for_update().get_or_create(pk=1)
        if run.next_look and run.next_look > now:
            return
        is_new = not run.next_look  # The first backup and the certificate of a new site are still to come.
        run.next_look = now + (DAY if is_new else HOUR)
        run.save(update_fields=["next_look"])
    if is_new or not (found := find_problems()):
        return
    with transaction.atomic():
        WorkerRun.objects.update(next_look=now + DAY)
        tell(found)


def find_problems() -> list[CheckMessage]:
    with deadline(CHECKS_TIMEOUT, "The checks"):  # the storage of uploads may hang
        return [each for each in checks.run(checks.RUNNING, checks.SLOW) if each.id in WHAT_TO_DO]


def tell(found: list[CheckMessage]) -> None:
    logger.error("Something needs a person: %s", ", ".join(each.msg for each in found))
    subject = f"Le site {settings.SITE_HOST} a besoin de vous"
    lines = [WHAT_TO_DO[each.id] for each in found]
    body = "\n".join(["Bonjour,", "", *lines, "", "C’est dans le carnet de bord : deploy/RUNBOOK.md."])
    recipients = get_user_model().objects.filter(is_superuser=True, is_active=True).exclude(email="").values_list("email", flat=True)
    waiting = OutgoingMail.objects.filter(subject=subject).values("recipient")
    send_mail(subject, body, None, recipients.exclude(email__in=waiting))
