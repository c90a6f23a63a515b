"""The staff who get a mail for each new message, by its subject."""

from __future__ import annotations

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from .models import Organisation


class Subject(models.TextChoices):
    """The subjects of messages. The values are part of addresses: `/contact/?sujet=emploi`."""

    JOB = "emploi", "Un emploi ou une formation"
    QUOTE = "marche", "Un marché, des travaux ou un partenariat"
    QUARTIER = "quartier", "La vie de quartier et l’association"
    SITE = "site", "Le site et son accessibilité"
    DATA = "donnees", "Mes données personnelles"
    OTHER = "autre", "Une autre question"


class Recipient(Orderable):
    """A member of the staff who gets a mail for each new message of a subject, or of all subjects."""

    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="recipients")
    email = models.EmailField("adresse e-mail")
    subject = models.CharField(
        "sujet",
        max_length=10,
        choices=Subject,
        blank=True,
        help_text="Si vous laissez vide, la personne reçoit les messages de tous les sujets.",
    )

    def __str__(self) -> str:
        return self.email

    @classmethod
    def get_emails(cls, subject: str) -> list[str]:
        """Returns the addresses of the staff who are told of this subject, each once."""
        return sorted(set(cls.objects.filter(subject__in=["", subject]).values_list("email", flat=True)))
