"""The quartiers where the association works, and pages about some of them: news, events and offers."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable, RevisionMixin, get_page_models
from wagtail.search import index

from ..page.slugs import StableSlugField
from ..text.search_text import SearchText


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

    def get_condition(self) -> models.Q:
        """Returns the condition that news or an event concerns this quartier, or all of them."""
        return models.Q(districts=self) | models.Q(districts=None)


class InDistrictsMixin(models.Model):
    """A page about some quartiers; news and events without any concern all of them."""

    districts = ParentalManyToManyField("pages.District", verbose_name="quartiers", blank=True)

    districts_panel = FieldPanel("districts", widget=forms.CheckboxSelectMultiple, help_text="Aucun coché : tous les quartiers.")
    district_search_fields = [index.RelatedFields("districts", [SearchText("name")])]

    class Meta:
        abstract = True

    @classmethod
    def get_indexed_objects(cls) -> models.QuerySet:
        return super().get_indexed_objects().prefetch_related("districts")  # Wagtail prefetches child relations only


def get_pages_naming(district: District) -> list[models.QuerySet]:
    """Returns the pages that name `district`, drafts too: a queryset for each page type with quartiers."""
    return [model.objects.filter(districts=district) for model in get_page_models() if issubclass(model, InDistrictsMixin)]
