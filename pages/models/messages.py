"""The messages that visitors write, who is told of them, and the mails that tell."""

from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from ..subjects import Subject
from .site import Organisation, find_phone, phone_link


class Message(models.Model):
    """What a visitor wrote. It is stored before anything else is done with it, and erased by itself (`settings.MESSAGE_MONTHS`)."""

    class Status(models.TextChoices):
        NEW = "new", "Nouveau"
        DOING = "doing", "En cours"
        ANSWERED = "answered", "Répondu"

    created_at = models.DateTimeField("reçu le", default=timezone.now, db_index=True, editable=False)
    subject = models.CharField("sujet", max_length=10, choices=Subject)
    name = models.CharField("nom", max_length=100, blank=True)
    phone = models.CharField("téléphone", max_length=60, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    organisation = models.CharField("organisme", max_length=120, blank=True)
    place = models.CharField("lieu du travail", max_length=200, blank=True)
    date_wished = models.CharField("date souhaitée", max_length=80, blank=True)
    text = models.TextField("message")
    status = models.CharField("état", max_length=8, choices=Status, default=Status.NEW)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="suivi par",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Vide : la personne qui change l’état.",
    )
    note = models.TextField("note pour l’équipe", blank=True, help_text="Jamais montrée aux visiteurs, effacée avec le message.")
    # Keyed hashes: of sender and content, to know a repeat; of the sender's address, to count. Neither gives the address back.
    fingerprint = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 NULL is unlike any other
    sender = models.CharField(max_length=64, db_index=True, editable=False)

    class Meta:
        verbose_name = "message"
        verbose_name_plural = "messages"
        ordering = ["-created_at"]

    def __str__(self):
        # The admin's log keeps this text when the message is gone: nothing in it may tell who wrote.
        return f"Message du {timezone.localtime(self.created_at):%d/%m/%Y à %H:%M}"

    def writer(self):
        return self.name or self.phone or self.email

    writer.short_description = "De"

    @property
    def reply_uri(self):
        """The way to answer by e-mail (RFC 6068); empty without an address."""
        return self.email and f"mailto:{quote(self.email, safe='@')}?subject={quote(f'Votre message – {Organisation.get().name}')}"

    @property
    def phone_uri(self):
        return phone_link(find_phone(self.phone))


class Recipient(Orderable):
    """Somebody of the staff who is told by mail that a message came."""

    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="recipients")
    email = models.EmailField("adresse e-mail")
    subject = models.CharField("sujet", max_length=10, choices=Subject, blank=True, help_text="Vide : tous les sujets.")

    class Meta(Orderable.Meta):
        verbose_name = "destinataire"

    def __str__(self):
        return self.email


class OutgoingMail(models.Model):
    """A mail that still has to leave; its row goes once a server has taken it (`pages/outbox.py`)."""

    message_id = models.CharField(max_length=200, unique=True)  # the same at each try, so that a doubled mail can be known (RFC 5322)
    created_at = models.DateTimeField(default=timezone.now)
    recipient = models.EmailField()
    subject = models.CharField(max_length=250)
    body = models.TextField()
    tries = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now, db_index=True)
    error = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self):
        return self.message_id


class DueRun(models.Model):
    """The one row by which `run_due` passes keep out of each other's way, and by which staff know that they still come."""

    running_until = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_due_run")]

    def __str__(self):
        return f"{self.finished_at}"
