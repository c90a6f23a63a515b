"""Mails leave by an outbox: stored with what they tell of, sent by `run_due`, tried again until a server takes them.

A mail is sent at least once; only a server that takes one and is cut off before it says so gets it twice, with the same Message-ID.
"""

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection, make_msgid
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import timezone

from .models.messages import OutgoingMail, Recipient

LONGEST_WAIT = timedelta(hours=6)  # between two tries
# What is wrong with this mail alone; others may pass. ValueError: a header that cannot be written.
REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, ValueError)
logger = logging.getLogger(__name__)


class OutboxBackend(BaseEmailBackend):
    """Django's way in: what Django and Wagtail mail goes the same way as the site's own, as plain text, one mail a recipient."""

    def send_messages(self, messages):
        for message in messages:
            for recipient in message.recipients():
                post(message.subject, message.body, recipient)
        return len(messages)


def post(subject, body, recipient):
    """Stores a mail for `run_due` to send, in the transaction of the caller."""
    subject = " ".join(subject.split())[:250]
    OutgoingMail.objects.create(message_id=make_msgid(domain=settings.SITE_HOST), recipient=recipient, subject=subject, body=body)


def announce(message):
    """Tells the staff who chose the subject of a visitor's `message` that it came: its subject and where it stands, never its words."""
    recipients = Recipient.objects.filter(subject__in=["", message.subject]).values_list("email", flat=True)
    link = f"{settings.SITE_URL}{reverse('message:edit', args=[message.pk])}"
    for recipient in sorted(set(recipients)):
        post(
            f"Nouveau message : {message.get_subject_display()}",
            f"Une personne a écrit avec le formulaire du site.\n\nSujet : {message.get_subject_display()}\nLire et répondre : {link}\n",
            recipient,
        )


def send_due(still_ours):
    """Sends the mails that are due, the oldest first. `still_ours()` is asked before each; where it says no, another pass is at work."""
    for mail in OutgoingMail.objects.filter(next_try__lte=timezone.now()):
        if not still_ours():
            return
        try:
            with get_connection(settings.DELIVERY_BACKEND) as connection:
                headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
                EmailMessage(mail.subject, mail.body, to=[mail.recipient], headers=headers, connection=connection).send()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            mail.tries += 1
            mail.next_try = timezone.now() + min(timedelta(minutes=2 ** min(mail.tries, 20)), LONGEST_WAIT)
            mail.error = f"{type(error).__name__}: {error}"[:250]
            mail.save()
            logger.warning("Mail %s did not leave (try %d): %s", mail.message_id, mail.tries, mail.error)
            if not isinstance(error, REFUSED):
                return  # the server is away: the other mails would wait for it in vain, one after the other
        else:
            mail.delete()
