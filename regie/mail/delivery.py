"""Gives the mails of the outbox to the mail server.

Delivery is at least once: a server that is cut off before it acknowledges a mail gets it again, with the same Message-ID.
"""

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from ..deadlines import deadline
from .outbox import OutgoingMail

CLAIM = timedelta(minutes=5)  # A mail belongs to the pass that claimed it for so long; a pass that is killed delays it.
MAX_RETRY_DELAY = timedelta(hours=6)  # the longest time between two tries
DELIVERY_TIMEOUT = 20  # seconds for a whole mail; EMAIL_TIMEOUT is for each answer, of which a server may send a byte at a time
# What is wrong with one mail only; others may be accepted. ValueError: a header that cannot be written.
REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, ValueError)
logger = logging.getLogger(__name__)


def send_due() -> None:
    """Sends the mails that are due, the oldest first. Each is claimed first, so that two passes at once send it once.

    A mail whose link has ended is deleted instead.
    """
    OutgoingMail.objects.filter(expires_at__lte=timezone.now()).delete()
    for mail in OutgoingMail.objects.filter(next_try__lte=timezone.now()):
        if claim(mail) and not send(mail):
            return  # the server is away: the other mails would wait for it in vain, one after the other


def claim(mail: OutgoingMail) -> bool:
    """Claims `mail` for this pass by one UPDATE; False if another pass has claimed or sent it."""
    now = timezone.now()
    return bool(OutgoingMail.objects.filter(pk=mail.pk, next_try__lte=now).update(next_try=now + CLAIM))


def send(mail: OutgoingMail) -> bool:
    """Sends a claimed mail and deletes its row, or sets its next try. Returns False if the server is away."""
    try:
        with deadline(DELIVERY_TIMEOUT, "The mail server"), get_connection(settings.DELIVERY_BACKEND) as connection:
            headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
            EmailMessage(mail.subject, mail.body, to=[mail.recipient], headers=headers, connection=connection).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        mail.tries += 1
        mail.next_try = timezone.now() + min(timedelta(minutes=2 ** min(mail.tries, 20)), MAX_RETRY_DELAY)
        mail.error = f"{type(error).__name__}: {error}"[:250]
        mail.save()
        code = getattr(error, "smtp_code", "")  # The code alone: the server's words name the recipient.
        logger.warning("Mail %s did not leave (try %d): %s %s", mail.message_id, mail.tries, type(error).__name__, code)
        return isinstance(error, REFUSED)
    mail.delete()
    return True
