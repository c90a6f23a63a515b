"""What the association does, for whom, and why a buyer would choose it."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.search import index

from ..blocks.files import DownloadBlock
from ..blocks.prose import ProseBlock
from ..editing.remarks import DashboardData, Remark
from ..media.models import SiteImage
from ..media.renditions import ALL_SIZES
from ..page.base import SitePage
from ..page.drawings import DrawnMixin
from ..page.items import TitledItem
from ..text.search_text import SearchText, prose


class ServicesIndexPage(SitePage):
    page_description = "La page « Nos activités ». Elle montre toutes les activités."
    subpage_types = ["pages.ServicePage", "pages.SimplePage"]
    max_count = 1  # The buyers' page links to it.
    show_in_menus_default = True
    facade = "activites"

    text = RichTextField("texte", blank=True, help_text="Ce que les activités ont en commun, sous leur liste.")

    content_panels = [*SitePage.content_panels, "text"]
    search_fields = [*SitePage.search_fields, *prose("text")]

    class Meta:
        verbose_name = "activités"

    @cached_property
    def services(self) -> models.QuerySet[ServicePage]:
        return ServicePage.objects.public().child_of(self).defer_streamfields()


class ServicePage(SitePage, DrawnMixin):
    page_description = "Une activité : ce qu’elle est, pour qui, où, avec des photos avant et après."
    subpage_types = []
    shows_siblings = True
    facade = "activites"

    big_word = models.CharField(
        "mot écrit en très grand", max_length=20, blank=True, help_text="Un seul mot, par exemple « Dehors », sur la page des activités."
    )
    summary = models.CharField("phrase", max_length=200, blank=True, help_text="Sur la page des activités, sous le titre.")
    body = StreamField(ProseBlock(), verbose_name="contenu", blank=True)
    audience = models.CharField("pour qui", max_length=200, blank=True, help_text="Par exemple : les bailleurs, les communes.")
    area = models.CharField("où", max_length=200, blank=True, help_text="Par exemple : dans les quartiers de la ville.")
    downloads = StreamField([("download", DownloadBlock())], verbose_name="fichiers à télécharger", blank=True)

    content_panels = [
        *SitePage.content_panels,
        MultiFieldPanel(["big_word", "summary", "drawing"], heading="Sur la page des activités"),
        "body",
        InlinePanel("tasks", heading="Ce que nous faisons", label="service", help_text="Si vous laissez vide, ce titre n’est pas montré."),
        MultiFieldPanel(["audience", "area"], heading="Pour qui et où"),
        InlinePanel("comparisons", heading="Photos avant et après", label="paire de photos"),
        "downloads",
    ]

    search_fields = [
        *SitePage.search_fields,
        *prose("body"),
        *map(SearchText, ("big_word", "summary", "audience", "area", "downloads")),
        index.RelatedFields("tasks", TitledItem.search_fields),
        index.RelatedFields("comparisons", [SearchText("place")]),
    ]

    class Meta:
        verbose_name = "activité"

    @cached_property
    def pairs(self) -> list[tuple[str, list[tuple[str, models.Model]]]]:
        """The public pictures before and after with their renditions, as (place, pictures with their labels); no query more for each."""
        pairs = list(self.comparisons.all())
        pks = {pk for pair in pairs for pk in (pair.before_id, pair.after_id)}
        images = SiteImage.objects.prefetch_renditions(*ALL_SIZES["comparison"]).in_bulk(pks)
        shown = [(pair.place, images[pair.before_id], images[pair.after_id]) for pair in pairs]
        return [
            (place, [("Avant", before), ("Après", after)])
            for place, before, after in shown
            if not before.is_private and not after.is_private
        ]


class ServiceTask(TitledItem):
    """One thing that this service does."""

    page = ParentalKey(ServicePage, on_delete=models.CASCADE, related_name="tasks")
    text = RichTextField("texte", blank=True)


class Comparison(Orderable):
    """The same place before the work and after it."""

    page = ParentalKey(ServicePage, on_delete=models.CASCADE, related_name="comparisons")
    place = models.CharField("lieu", max_length=120, blank=True)
    before = models.ForeignKey(settings.WAGTAILIMAGES_IMAGE_MODEL, verbose_name="avant", on_delete=models.CASCADE, related_name="+")
    after = models.ForeignKey(settings.WAGTAILIMAGES_IMAGE_MODEL, verbose_name="après", on_delete=models.CASCADE, related_name="+")


class BuyersPage(SitePage):
    page_description = "La page pour les collectivités et les bailleurs : pourquoi nous choisir, et le chemin vers le formulaire."
    subpage_types = ["pages.SimplePage"]
    max_count = 1  # The services lead to it.
    show_in_menus_default = True
    facade = "bailleurs"

    reasons_heading = models.CharField("titre des raisons", max_length=80, blank=True)
    activities_heading = models.CharField("titre des activités", max_length=80, blank=True)
    activities_text = models.TextField("phrase sur les activités", blank=True)
    contact_heading = models.CharField("titre du contact", max_length=80, blank=True)
    contact_text = models.TextField("phrase du contact", blank=True)

    content_panels = [
        *SitePage.content_panels,
        MultiFieldPanel(["reasons_heading", InlinePanel("reasons", heading="Raisons", label="raison")], heading="Raisons de nous choisir"),
        MultiFieldPanel(["activities_heading", "activities_text"], heading="Activités"),
        MultiFieldPanel(
            ["contact_heading", "contact_text"],
            heading="Contact",
            help_text="Le bouton mène au formulaire de contact, avec le sujet « Un marché, des travaux ou un partenariat ».",
        ),
    ]

    search_fields = [
        *SitePage.search_fields,
        *map(SearchText, ("reasons_heading", "activities_heading", "activities_text", "contact_heading", "contact_text")),
        index.RelatedFields("reasons", TitledItem.search_fields),
    ]

    class Meta:
        verbose_name = "collectivités et bailleurs"


class Reason(TitledItem):
    page = ParentalKey(BuyersPage, on_delete=models.CASCADE, related_name="reasons")


def find_missing_tasks(dashboard: DashboardData) -> Iterator[Remark]:
    for page in ServicePage.objects.filter(tasks=None):
        yield Remark(page, f"« Ce que nous faisons », sur « {page.title} »", "aucun service n’est nommé.")
