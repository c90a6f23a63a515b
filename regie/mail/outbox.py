"""Mails wait in an outbox: stored in the transaction of what they are about, sent by `run_due`, tried again until a server accepts them."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.core.mail import EmailMessage, make_msgid
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models
from django.utils import timezone


class OutgoingMail(models.Model):
    """A mail that waits for `run_due` to send it; the row is deleted once a mail server has accepted the mail.

    Only `OutboxBackend` makes rows, of mails that are sent by Django's functions.
    """

    message_id = models.CharField(max_length=200, unique=True)  # It stays the same at each try, to recognise duplicates (RFC 5322).
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)  # the time when the link in it ends
    recipient = models.EmailField()
    subject = models.CharField(max_length=250)
    body = models.TextField()
    tries = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now, db_index=True)
    error = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]


SUBJECT_LENGTH = OutgoingMail._meta.get_field("subject").max_length


class OutboxBackend(BaseEmailBackend):
    """Django's `EMAIL_BACKEND`: stores each mail for each of its recipients, as plain text, in the transaction of the caller."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            subject = " ".join(message.subject.split())[:SUBJECT_LENGTH]
            expires = message.extra_headers.get("Expires")  # RFC 4021, 2.1.50
            mail = {"subject": subject, "body": message.body, "expires_at": expires and parsedate_to_datetime(expires)}
            for recipient in message.recipients():
                OutgoingMail.objects.create(message_id=make_msgid(domain=settings.SITE_HOST), recipient=recipient, **mail)
        return len(messages)
