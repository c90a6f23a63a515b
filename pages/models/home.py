"""The home page."""

from __future__ import annotations

from django.db import models
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import InlinePanel, MultiFieldPanel
from wagtail.models import AbstractPage
from wagtail.search import index

from ..text.search_text import SearchText
from .base import SitePage, TitledItem, set_open_targets
from .drawings import DrawnMixin


class HomePage(SitePage):
    page_description = "La page d’accueil. Il y en a une seule."
    subpage_types = [
        "pages.JobsPage",
        "pages.ServicesIndexPage",
        "pages.BuyersPage",
        "pages.NeighbourhoodPage",
        "pages.NewsIndexPage",
        "pages.EventIndexPage",
        "pages.AboutPage",
        "pages.ContactPage",
        "pages.LegalPage",
        "pages.StandardPage",
    ]
    max_count = 1  # it is the root of the site

    heading = models.CharField("grand titre", max_length=90, help_text="La première phrase que lit un visiteur, en très grand.")
    doors_heading = models.CharField("titre des portes", max_length=80, blank=True)
    activities_heading = models.CharField("titre des activités", max_length=80, blank=True)
    about_text = models.TextField("phrase sous les forces", blank=True)
    districts_heading = models.CharField("titre des quartiers", max_length=80, blank=True)
    districts_text = models.TextField("phrase sur les quartiers", blank=True)
    network_heading = models.CharField("titre du réseau", max_length=80, blank=True)
    network_text = models.TextField("phrase sur le réseau", blank=True)
    contact_heading = models.CharField("titre du contact", max_length=80, blank=True)
    contact_text = models.TextField("phrase du contact", blank=True)

    content_panels = [
        *AbstractPage.content_panels,
        "heading",
        "introduction",
        "picture",
        MultiFieldPanel(
            [
                "doors_heading",
                InlinePanel(
                    "doors",
                    heading="Portes",
                    label="porte",
                    help_text="La première est pour qui cherche un travail : elle est jaune, et son lien est aussi sous le grand titre.",
                ),
            ],
            heading="Portes : par où entrer",
        ),
        MultiFieldPanel(["activities_heading", InlinePanel("activities", heading="Activités", label="activité")], heading="Activités"),
        MultiFieldPanel(
            ["about_text"],
            heading="Forces",
            help_text="Les forces elles-mêmes viennent de la page « Forces », les chiffres du menu « Chiffres clés ».",
        ),
        MultiFieldPanel(["network_heading", "network_text"], heading="Réseau"),
        MultiFieldPanel(
            ["districts_heading", "districts_text"],
            heading="Quartiers",
            help_text="Les noms des quartiers viennent du menu « Quartiers ».",
        ),
        MultiFieldPanel(["contact_heading", "contact_text"], heading="Contact"),
    ]

    search_fields = [
        *SitePage.search_fields,
        *map(SearchText, ("heading", "doors_heading", "activities_heading", "about_text", "districts_heading", "districts_text")),
        *map(SearchText, ("network_heading", "network_text", "contact_heading", "contact_text")),
        index.RelatedFields("doors", TitledItem.search_fields),
        index.RelatedFields("activities", [SearchText("short_title"), *TitledItem.search_fields]),
    ]

    class Meta:
        verbose_name = "accueil"

    @cached_property
    def ways_in(self) -> dict[str, list[WayIn]]:
        """The doors and the activities, in their order, each with its `open_target`."""
        doors, activities = list(self.doors.all()), list(self.activities.all())
        set_open_targets([*doors, *activities], "target")
        return {"doors": doors, "activities": activities}

    @property
    def open_doors(self) -> list[HomeDoor]:
        """The doors whose page is open to all, in their order."""
        return [door for door in self.ways_in["doors"] if door.open_target]

    @property
    def first_door(self) -> HomeDoor | None:
        """The first of all doors, for people who look for work, if its page is open; it alone is highlighted."""
        first = self.ways_in["doors"][:1]
        return first[0] if first and first[0].open_target else None


class WayIn(TitledItem):
    """Fields of doors and activities of the home page: words, and a page that they link to while it is open."""

    title = models.CharField("titre", max_length=80)
    text = models.CharField("texte", max_length=200, help_text="Quinze mots suffisent.")
    target = models.ForeignKey(
        SitePage,
        verbose_name="page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Tant que cette page n’est pas choisie et publiée, il n’y a pas de lien, et une porte reste cachée.",
    )

    panels = [*TitledItem.panels, "target"]

    class Meta(TitledItem.Meta):
        abstract = True


class HomeDoor(WayIn):
    """A way into the site for one kind of visitor; the title is what they would say: « Je cherche un travail »."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="doors")

    class Meta(WayIn.Meta):
        verbose_name = "porte"


class HomeActivity(WayIn, DrawnMixin):
    """One of the association's activities, as a field of the home page."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="activities")
    short_title = models.CharField("mot écrit en très grand", max_length=20, help_text="Un seul mot, par exemple « Dehors ».")

    panels = ["short_title", *WayIn.panels, "drawing"]

    class Meta(WayIn.Meta):
        verbose_name = "activité"
