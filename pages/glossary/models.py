"""Hard words and their explanations."""

from django.db import models
from django.db.models.functions import Lower
from wagtail.models import RevisionMixin

from ..page.slugs import StableSlugField


class GlossaryTerm(RevisionMixin, models.Model):
    """A hard word, explained in one sentence; its first use on a page is a link to it (`pages/glossary/links.py`)."""

    slug = StableSlugField(reserved=frozenset({"contenu", "haut", "menu"}))  # Every page has these anchors.
    term = models.CharField(
        "mot", max_length=80, help_text="Par exemple : bailleur, ou ACI. Il est expliqué sur le site dès que vous enregistrez."
    )
    definition = models.CharField("ce que cela veut dire", max_length=250, help_text="Une phrase simple, sans le mot lui-même.")
    long_form = models.CharField("en toutes lettres", max_length=120, blank=True, help_text="Pour un sigle.")
    other_forms = models.CharField(
        "autres formes", max_length=200, blank=True, help_text="Séparées par des virgules. Les pluriels en s sont trouvés tout seuls."
    )

    class Where(models.TextChoices):
        EVERYWHERE = "everywhere", "Dans toutes les pages"
        LASTING = "lasting", "Sauf dans les actualités et l’agenda"
        GLOSSARY = "glossary", "Seulement dans le glossaire"

    where = models.CharField(
        "expliqué",
        max_length=10,
        choices=Where,
        default=Where.EVERYWHERE,
        help_text="Un mot de tous les jours a parfois un autre sens dans une actualité : « marché de Noël », « la veille de la fête ».",
    )

    class Meta:
        verbose_name = "mot expliqué"
        verbose_name_plural = "mots expliqués"
        ordering = ["slug"]  # Both databases sort slugs by the alphabet, without accents.
        constraints = [models.UniqueConstraint(Lower("term"), name="one_explanation", violation_error_message="Ce mot est déjà expliqué.")]

    def __str__(self) -> str:
        return self.term

    @property
    def forms(self) -> list[str]:
        """All spellings under which the word appears on pages."""
        return [form.strip() for form in (self.term, self.long_form, *self.other_forms.split(",")) if form.strip()]
