"""Neighbourhood life: how residents take part."""

from django.db import models
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from ..blocks import ProseBlock
from ..subjects import Subject
from .base import DrawnMixin, SitePageMixin, TitledItem, with_open_pages


class NeighbourhoodPage(SitePageMixin, Page):
    page_description = "La page « Vie de quartier » : comment les habitants participent."
    parent_page_types = ["pages.HomePage"]
    subpage_types = []
    max_count = 1  # agenda and news are reached from it
    show_in_menus_default = True
    facade = "quartier"

    ways_heading = models.CharField("titre des façons de participer", max_length=80, blank=True)
    body = StreamField(ProseBlock(), verbose_name="contenu", blank=True)

    content_panels = [
        *Page.content_panels,
        *SitePageMixin.introduction_panels,
        MultiFieldPanel(
            [FieldPanel("ways_heading"), InlinePanel("ways", heading="Façons de participer", label="façon de participer")],
            heading="Comment participer",
        ),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = "vie de quartier"

    @cached_property
    def open_ways(self):
        """The ways to take part, each with the open page behind its link."""
        return with_open_pages(list(self.ways.all()), "link_page")


class ParticipationWay(TitledItem, DrawnMixin):
    """A way to take part, which may lead on to a page, or to the contact form with its subject chosen."""

    page = ParentalKey(NeighbourhoodPage, on_delete=models.CASCADE, related_name="ways")
    link_label = models.CharField("mots du lien", max_length=60, blank=True, help_text="Ils disent où le lien mène.")
    link_page = models.ForeignKey(
        Page,
        verbose_name="page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Tant que cette page n’est pas publiée, il n’y a pas de lien.",
    )
    link_subject = models.CharField(
        "sujet du message", max_length=10, choices=Subject, blank=True, help_text="Seulement si cette page est celle du contact."
    )

    panels = [*TitledItem.panels, FieldPanel("link_label"), FieldPanel("link_page"), FieldPanel("link_subject"), FieldPanel("drawing")]
