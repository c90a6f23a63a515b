"""Messages of visitors."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from urllib.parse import quote

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core.mail import send_mail
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import capfirst

from ..organisation.models import Organisation
from ..organisation.recipients import Recipient, Subject
from ..page.addresses import get_view_url
from ..page.keys import optional_key
from ..text.phones import find_phone, phone_uri

HOUR = timedelta(hours=1)
NOTICE_MONTHS = 6  # Somebody who wants to be told of offers is told for so long.
MAX_ANNOUNCED = 60  # So many messages an hour, of all visitors, get a mail each.


class Message(models.Model):
    """A message of a visitor. It is stored before anything else is done with it; `run_due` erases it after `get_months()`."""

    class Status(models.TextChoices):
        NEW = "new", "Nouveau"
        DOING = "doing", "En cours"
        ANSWERED = "answered", "Répondu"

    # What visitors write. The form for them, the screen for staff and the export have these fields, beside the subject.
    TYPED = ("name", "phone", "email", "organisation", "place", "buildings", "frequency", "date_wished", "text")

    created_at = models.DateTimeField("reçu le", default=timezone.now, db_index=True, editable=False)
    subject = models.CharField("sujet", max_length=10, choices=Subject)
    name = models.CharField("nom", max_length=100, blank=True)
    phone = models.CharField("téléphone", max_length=60, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    organisation = models.CharField("organisme", max_length=120, blank=True)
    place = models.CharField("lieu du travail", max_length=200, blank=True)
    date_wished = models.CharField("date souhaitée", max_length=80, blank=True)
    buildings = models.CharField("nombre de bâtiments", max_length=80, blank=True)
    frequency = models.CharField("combien de fois", max_length=80, blank=True)
    text = models.TextField("message", blank=True)
    status = models.CharField("état", max_length=8, choices=Status, default=Status.NEW)
    handled_by = optional_key(settings.AUTH_USER_MODEL, "suivi par", "Si vous laissez vide, c’est la personne qui change l’état.")
    note = models.TextField("note pour l’équipe", blank=True, help_text="Jamais montrée aux visiteurs, effacée avec le message.")
    notify_until = models.DateField(null=True, editable=False)  # until when its writer wants to be told of offers
    told = models.ManyToManyField("pages.JobOfferPage", related_name="+", editable=False)  # the offers of which she was told
    # Keyed hashes: of sender and content, to recognise a repeat; of the sender's address, to count. The address cannot be computed from them.
    fingerprint = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 NULL is unlike any other
    sender = models.CharField(max_length=64, db_index=True, editable=False)
    network = models.CharField(max_length=64, default="", db_index=True, editable=False)
    is_announced = models.BooleanField(default=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)  # the number of saves, by which the second of two is refused

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        # The admin's log keeps this text after the message is erased: it must not contain personal data.
        return f"Message du {timezone.localtime(self.created_at):%d/%m/%Y à %H:%M}"

    @classmethod
    def is_waiting_since(cls, days: int) -> bool:
        """Returns True if a message without an answer is older than `days`."""
        return cls.objects.exclude(status=cls.Status.ANSWERED).filter(created_at__lt=timezone.now() - timedelta(days=days)).exists()

    @staticmethod
    def get_months(subject: str = "") -> int:
        """Returns how long messages on this subject are kept: applications have a time of their own."""
        return settings.APPLICATION_MONTHS if subject == Subject.JOB else settings.MESSAGE_MONTHS

    @classmethod
    def erase_old(cls) -> None:
        """Erases messages after `get_months()`, also those on a subject that there is no more, and wishes to be told of offers that have ended."""
        now, applications = timezone.localtime(), models.Q(subject=Subject.JOB)
        for condition, subject in ((applications, Subject.JOB), (~applications, "")):
            cls.objects.filter(condition, created_at__lte=now - relativedelta(months=cls.get_months(subject))).delete()
        cls.objects.filter(notify_until__lt=now.date()).update(notify_until=None)
        cls.told.through.objects.filter(message__notify_until=None).delete()

    def end_wish(self) -> None:
        """Ends the wish of this phone number to be told of offers, in each of its messages."""
        same = [each.pk for each in Message.objects.exclude(notify_until=None) if each.phone_uri == self.phone_uri]
        Message.objects.filter(pk__in=same).update(notify_until=None)
        self.notify_until = None

    @property
    def details(self) -> list[tuple[str, str]]:
        """Labels and texts of the fields of one line, without those that staff have buttons for."""
        names = [name for name in self.TYPED if name not in {"phone", "email", "text"} and getattr(self, name)]
        return [(capfirst(Message._meta.get_field(name).verbose_name), getattr(self, name)) for name in names]

    def writer(self) -> str:
        return self.name or self.phone or self.email

    writer.short_description = "De"

    def announce_or_defer(self) -> None:
        """Queues a mail to the staff who chose this subject, with the subject and a link, without the text of the message.

        With more than MAX_ANNOUNCED messages an hour, leaves it to `announce_deferred`.
        """
        if Message.objects.filter(created_at__gt=self.created_at - HOUR).count() > MAX_ANNOUNCED:
            self.is_announced = False
            self.save(update_fields=["is_announced"])
            return
        link = get_view_url("message:edit", self.pk)
        subject = self.get_subject_display()
        body = f"Une personne a écrit avec le formulaire du site.\n\nSujet : {subject}\nLire et répondre : {link}\n"
        send_mail(f"Nouveau message : {subject}", body, None, Recipient.get_emails(self.subject))

    @classmethod
    def announce_deferred(cls) -> None:
        """Queues one mail to each recipient with the number of the messages that were not announced one by one, once an hour."""
        with transaction.atomic():
            waiting = cls.objects.select_for_update().filter(is_announced=False)
            if not waiting.filter(created_at__lte=timezone.now() - HOUR).exists():
                return
            numbers = Counter(email for subject in waiting.values_list("subject", flat=True) for email in Recipient.get_emails(subject))
            waiting.update(is_announced=True)
            link = get_view_url("message:index")
            for recipient, number in numbers.items():
                body = f"Plus de {MAX_ANNOUNCED} messages sont arrivés en une heure : le site n’écrit plus un mail pour chacun.\n\n"
                body += f"Messages reçus sans mail : {number}\nLire et répondre : {link}\n"
                send_mail("Beaucoup de messages sur le site", body, None, [recipient])

    @property
    def identity(self) -> str:
        """A text that no other message has, not even one that gets the same primary key after a backup was restored."""
        return f"{self.pk} {self.created_at.isoformat()}"

    @property
    def reply_uri(self) -> str:
        """The mailto: URI for an answer (RFC 6068); empty without an address."""
        return self.email and f"mailto:{quote(self.email, safe='@')}?subject={quote(f'Votre message – {Organisation.get().name}')}"

    @property
    def phone_uri(self) -> str:
        return phone_uri(find_phone(self.phone))


class MessageCount(models.Model):
    """The number of messages that came in a month on a subject. It stays when they are erased, and contains nothing of anybody."""

    month = models.DateField()  # its first day
    subject = models.CharField(max_length=10, choices=Subject)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "subject"], name="unique_message_count")]

    @classmethod
    def add(cls, message: Message) -> None:
        """Counts one message more. The caller stores one message at a time."""
        month = timezone.localdate(message.created_at).replace(day=1)
        more = {"number": models.F("number") + 1}
        cls.objects.update_or_create(more, {"number": 1}, month=month, subject=message.subject)
