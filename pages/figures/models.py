"""Key figures: numbers that sum the association up, typed once a year or counted since a year."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable, PreviewableMixin, RevisionMixin

from ..page.sharing import once_a_state
from ..page.slugs import StableSlugField
from ..text.validators import validate_year

MAX_NUMBER = 999_999_999  # Both databases store it.
MAX_WINDOWS = 60  # So many windows can still be counted in a drawing.


class KeyFigure(PreviewableMixin, RevisionMixin, Orderable, ClusterableModel):
    """A number that sums the association up: typed once a year, or counted since a year.

    Unknown (no value, no year to count from) is hidden from visitors; it is never shown as 0.
    """

    slug = StableSlugField()
    label_singular = models.CharField("nom au singulier", max_length=80, help_text="Pour un seul. Par exemple : salarié.")
    label_plural = models.CharField("nom au pluriel", max_length=80, help_text="Par exemple : salariés.")
    explanation = models.CharField("explication", max_length=250, blank=True, help_text="Une phrase simple : que compte ce chiffre ?")
    on_home = models.BooleanField("sur la page d’accueil", default=True)
    since_year = models.PositiveSmallIntegerField(
        "compter depuis l’année",
        null=True,
        blank=True,
        validators=[validate_year],
        help_text="Seulement pour un chiffre qui grandit tout seul, comme les années d’expérience : 2000 donne 26 en 2026, 27 en 2027. "
        "Alors, laissez la liste des valeurs vide.",
    )

    class Meta(Orderable.Meta):
        verbose_name = "chiffre clé"
        verbose_name_plural = "chiffres clés"

    def __str__(self) -> str:
        return self.label_plural

    def save(self, *args, **kwargs) -> None:
        with transaction.atomic():
            # Values that were removed or moved to another year are deleted first: swapping two years would break `one_value_a_year`.
            remaining_rows = {(value.pk, value.year) for value in self.values.all()}
            stored = FigureValue.objects.filter(figure_id=self.pk).values_list("pk", "year")
            FigureValue.objects.filter(pk__in=[pk for pk, year in stored if (pk, year) not in remaining_rows]).delete()
            super().save(*args, **kwargs)

    @staticmethod
    @once_a_state
    def get_known() -> list["KeyFigure"]:
        """Returns the figures that have a number to show today, with their values, in their order."""
        return [figure for figure in KeyFigure.objects.prefetch_related("values") if figure.number]

    @property
    def history(self) -> list["FigureValue"]:
        """The yearly values, oldest first; empty for a counted figure."""
        return [] if self.since_year else sorted(self.values.all(), key=lambda value: value.year)

    @property
    def number(self) -> int | None:
        """The figure to show today in Belfort, 1 or more; None while unknown."""
        if self.since_year:
            return max(timezone.localdate().year - self.since_year, 0) or None
        return self.history[-1].number if self.history else None

    @property
    def year(self) -> int | None:
        """The year of `number`; None for a counted figure, which is always of today."""
        return self.history[-1].year if self.history else None

    @property
    def number_of_windows(self) -> int:
        """The number of windows that are drawn for a counted figure, one a year; 0 for other figures and beyond MAX_WINDOWS."""
        return self.number if self.since_year and self.number and self.number <= MAX_WINDOWS else 0

    @property
    def has_sources(self) -> bool:
        return any(value.source for value in self.history)

    @property
    def label(self) -> str:
        """The label for `number` (in French, singular below 2)."""
        return self.label_singular if self.number == 1 else self.label_plural

    def shown(self) -> str:
        """Returns the text that visitors read of this figure, for the list in the admin."""
        if not self.number:
            return "caché aux visiteurs" if self.since_year else "à compléter : caché aux visiteurs"
        return f"{self.number} ({self.year or f'depuis {self.since_year}'})"

    shown.short_description = "Sur le site"

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "pages/key_figure_preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict:
        return {**super().get_preview_context(request, mode_name), "figures": [self]}


class FigureValue(models.Model):
    figure = ParentalKey(KeyFigure, on_delete=models.CASCADE, related_name="values")
    year = models.PositiveSmallIntegerField("année", validators=[validate_year])
    number = models.PositiveIntegerField(
        "nombre",
        validators=[
            MinValueValidator(
                1, "Écrivez un nombre entier, de 1 ou plus. Vous ne le connaissez pas ? Supprimez la ligne : le chiffre reste caché."
            ),
            MaxValueValidator(MAX_NUMBER, "Ce nombre est trop grand : vérifiez-le."),
        ],
    )
    source = models.CharField("source, visible sur le site", max_length=200, blank=True)

    class Meta:
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["figure", "year"], name="one_value_a_year")]

    def __str__(self) -> str:
        return f"{self.year} : {self.number}"
