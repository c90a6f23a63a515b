"""What the association does, for whom, and why a buyer would choose it."""

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import Orderable, Page

from ..blocks import DownloadsBlock, ProseBlock
from ..navigation import open_pages
from .base import DrawnMixin, SitePageMixin, TitledItem


class ServicesIndexPage(SitePageMixin, Page):
    page_description = "La page « Nos activités ». Elle montre toutes les activités."
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.ServicePage"]
    max_count = 1  # the buyers' page leads to it
    show_in_menus_default = True
    facade = "activites"

    text = RichTextField("texte", blank=True, help_text="Ce que les activités ont en commun, sous leur liste.")

    content_panels = [*Page.content_panels, *SitePageMixin.introduction_panels, FieldPanel("text")]

    class Meta:
        verbose_name = "activités"

    @cached_property
    def services(self):
        return ServicePage.objects.filter(pk__in=open_pages().child_of(self)).defer_streamfields().order_by("path")


class ServicePage(SitePageMixin, DrawnMixin, Page):
    page_description = "Une activité : ce qu’elle est, pour qui, où, avec des photos avant et après."
    parent_page_types = ["pages.ServicesIndexPage"]
    subpage_types = []
    is_part = True  # visitors go from one to the next
    facade = "activites"

    big_word = models.CharField(
        "mot écrit en très grand", max_length=20, blank=True, help_text="Un seul mot, par exemple « Dehors », sur la page des activités."
    )
    summary = models.CharField("phrase", max_length=200, blank=True, help_text="Sur la page des activités, sous le titre.")
    body = StreamField(ProseBlock(), verbose_name="contenu", blank=True)
    audience = models.CharField("pour qui", max_length=200, blank=True, help_text="Par exemple : les bailleurs, les communes.")
    area = models.CharField("où", max_length=200, blank=True, help_text="Par exemple : dans les quartiers de la ville.")
    downloads = StreamField(DownloadsBlock(), verbose_name="fichiers à télécharger", blank=True)

    content_panels = [
        *Page.content_panels,
        *SitePageMixin.introduction_panels,
        MultiFieldPanel([FieldPanel("big_word"), FieldPanel("summary"), FieldPanel("drawing")], heading="Sur la page des activités"),
        FieldPanel("body"),
        InlinePanel("tasks", heading="Ce que nous faisons", label="service", help_text="Vide : ce titre n’est pas montré."),
        MultiFieldPanel([FieldPanel("audience"), FieldPanel("area")], heading="Pour qui et où"),
        InlinePanel("comparisons", heading="Photos avant et après", label="paire de photos"),
        FieldPanel("downloads"),
    ]

    class Meta:
        verbose_name = "activité"

    @cached_property
    def pairs(self):
        """The pictures before and after, each with its renditions: as many queries for ten pairs as for one."""
        pairs = list(self.comparisons.all())
        wanted = {pk for pair in pairs for pk in (pair.before_id, pair.after_id)}
        images = get_image_model().objects.prefetch_renditions(*(f"{size}|format-webp" for size in Comparison.SIZES)).in_bulk(wanted)
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

    panels = [FieldPanel("place"), FieldPanel("before"), FieldPanel("after")]

    SIZES = ["fill-400x300", "fill-800x600"]  # as the template asks for them


class BuyersPage(SitePageMixin, Page):
    page_description = "La page pour les collectivités et les bailleurs : pourquoi nous choisir, et le chemin vers le formulaire."
    parent_page_types = ["pages.HomePage"]
    subpage_types = []
    max_count = 1  # services lead to it
    show_in_menus_default = True
    facade = "bailleurs"

    reasons_heading = models.CharField("titre des raisons", max_length=80, blank=True)
    activities_heading = models.CharField("titre des activités", max_length=80, blank=True)
    activities_text = models.TextField("phrase sur les activités", blank=True)
    contact_heading = models.CharField("titre du contact", max_length=80, blank=True)
    contact_text = models.TextField("phrase du contact", blank=True)

    content_panels = [
        *Page.content_panels,
        *SitePageMixin.introduction_panels,
        MultiFieldPanel(
            [FieldPanel("reasons_heading"), InlinePanel("reasons", heading="Raisons", label="raison")], heading="Raisons de nous choisir"
        ),
        MultiFieldPanel([FieldPanel("activities_heading"), FieldPanel("activities_text")], heading="Activités"),
        MultiFieldPanel(
            [FieldPanel("contact_heading"), FieldPanel("contact_text")],
            heading="Contact",
            help_text="Le bouton mène au formulaire de contact, avec le sujet « Un marché, des travaux ou un partenariat ».",
        ),
    ]

    class Meta:
        verbose_name = "collectivités et bailleurs"


class Reason(TitledItem):
    page = ParentalKey(BuyersPage, on_delete=models.CASCADE, related_name="reasons")
