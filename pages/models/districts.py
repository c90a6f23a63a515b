"""The quartiers where the association works."""

from django.db import models
from wagtail.models import Orderable, RevisionMixin

from .slugs import StableSlugField


class District(RevisionMixin, Orderable):
    """A quartier where the association works."""

    slug = StableSlugField()
    name = models.CharField("nom", max_length=60, unique=True)
    is_seat = models.BooleanField(
        "quartier du siège", default=False, help_text="Un seul quartier peut l’être. C’est écrit sous son nom, sur l’accueil."
    )

    class Meta(Orderable.Meta):
        verbose_name = "quartier"
        constraints = [
            models.UniqueConstraint(
                fields=["is_seat"],
                condition=models.Q(is_seat=True),
                name="one_seat",
                violation_error_message="Un autre quartier est déjà celui du siège : décochez-le d’abord.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def pages_of_district(self) -> models.Q:
        """Returns the condition that news or an event concerns this quartier, or all of them."""
        return models.Q(districts=self) | models.Q(districts=None)
