"""Neighbourhood life: how residents take part."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from ..agenda.models import EventPage
from ..blocks.prose import ProseBlock
from ..organisation.recipients import Subject
from ..page.base import SitePage
from ..page.drawings import DrawnMixin
from ..page.items import TitledItem, set_public_targets
from ..page.keys import optional_key
from ..text.search_text import SearchText, prose

MAX_EVENTS = 2


class NeighbourhoodPage(SitePage):
    page_description = "La page « Vie de quartier » : comment les habitants participent."
    subpage_types = ["pages.SimplePage"]
    max_count = 1  # Agenda and news are reached from it.
    show_in_menus_default = True
    facade = "quartier"

    ways_heading = models.CharField("titre des façons de participer", max_length=80, blank=True)
    body = StreamField(ProseBlock(), verbose_name="contenu", blank=True)

    content_panels = [
        *SitePage.content_panels,
        MultiFieldPanel(
            ["ways_heading", InlinePanel("ways", heading="Façons de participer", label="façon de participer")], heading="Comment participer"
        ),
        "body",
    ]

    search_fields = [
        *SitePage.search_fields,
        SearchText("ways_heading"),
        *prose("body"),
        index.RelatedFields("ways", [*TitledItem.search_fields, SearchText("link_label")]),
    ]

    class Meta:
        verbose_name = "vie de quartier"

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        """Adds the next events."""
        events = EventPage.coming().prefetch_related("districts")[:MAX_EVENTS]
        return {**super().get_context(request, *args, **kwargs), "events": list(events)}

    @cached_property
    def ways_with_targets(self) -> list[ParticipationWay]:
        """The ways to take part, each with its `public_target`."""
        ways = list(self.ways.all())
        set_public_targets(ways, "link_page")
        return ways


class ParticipationWay(TitledItem, DrawnMixin):
    """A way to take part, which may lead on to a page, or to the contact form with its subject chosen."""

    page = ParentalKey(NeighbourhoodPage, on_delete=models.CASCADE, related_name="ways")
    link_label = models.CharField("mots du lien", max_length=60, blank=True, help_text="Ils disent où le lien mène.")
    link_page = optional_key(SitePage, "page", "Tant que cette page n’est pas publiée, il n’y a pas de lien.")
    link_subject = models.CharField(
        "sujet du message", max_length=10, choices=Subject, blank=True, help_text="Seulement si cette page est celle du contact."
    )

    panels = [*TitledItem.panels, "link_label", "link_page", "link_subject", "drawing"]
