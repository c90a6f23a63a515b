from django.db import models


class Subject(models.TextChoices):
    """What a message is about. The values stand in addresses: `/contact/?sujet=emploi`."""

    JOB = "emploi", "Un emploi ou une formation"
    CONTRACT = "marche", "Un marché, des travaux ou un partenariat"
    QUARTIER = "quartier", "La vie de quartier et l’association"
    SITE = "site", "Le site et son accessibilité"
    DATA = "donnees", "Mes données personnelles"
    OTHER = "autre", "Une autre question"
