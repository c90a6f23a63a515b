"""The quartiers where the association works."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.models import Orderable, RevisionMixin

from .slugs import StableSlugField


class District(RevisionMixin, Orderable):
    """A quartier where the association works."""

    class Article(models.TextChoices):
        NONE = "", "sans article"
        LE = "le ", "le"
        LA = "la ", "la"
        ELIDED = "l’", "l’"
        LES = "les ", "les"

    slug = StableSlugField()
    article = models.CharField(
        "article devant le nom",
        max_length=4,
        choices=Article,
        blank=True,
        help_text="Par exemple : « les » pour « les Tilleuls ». Il est ajouté au nom.",
    )
    name = models.CharField("nom", max_length=60, unique=True, help_text="Sans l’article, comme « Tilleuls ».")
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

    def clean(self) -> None:
        super().clean()
        if found := re.match(r"(?:les? |la |l['’])(.+)", self.name, re.IGNORECASE):
            raise ValidationError({"name": f"Choisissez l’article au-dessus, et écrivez seulement « {found[1]} »."})

    def __str__(self) -> str:
        """Returns the name with its article, as it begins a line: « Les Glacis »."""
        return f"{self.article.capitalize()}{self.name}"

    @property
    def with_preposition(self) -> str:
        """The name after « quartier »: « des Glacis », « du Mont », « de Belfort Nord »."""
        contracted = {self.Article.LE: "du ", self.Article.LES: "des "}.get(self.article)
        if not self.article and re.match("[aeiouyàâéèêëîïôœ]", self.name, re.IGNORECASE):
            contracted = "d’"
        return f"{contracted or f'de {self.article}'}{self.name}"

    def pages_of_district(self) -> models.Q:
        """Returns the condition that news or an event concerns this quartier, or all of them."""
        return models.Q(districts=self) | models.Q(districts=None)
