"""The home page."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import AbstractPage
from wagtail.search import index

from ..about.models import AboutPage
from ..about.parts import FiguresPage, NetworkPage, StrengthsPage
from ..agenda.models import EventIndexPage, EventPage
from ..news.models import NewsIndexPage, NewsPage, get_list_pictures
from ..page.base import SitePage, get_known_pages
from ..page.drawings import DrawnMixin
from ..page.items import TitledItem, set_public_targets
from ..page.keys import optional_key
from ..page.querysets import get_specific_pages
from ..text.search_text import SearchText

SECTIONS = (AboutPage, StrengthsPage, FiguresPage, NetworkPage)  # The home page tells something of these pages, beside events and news.
MAX_ENTRIES = 3  # the number of events, and that of news


class HomePage(SitePage):
    page_description = "La page d’accueil. Il y en a une seule."
    subpage_types = [
        *("pages.JobsPage", "pages.ServicesIndexPage", "pages.BuyersPage", "pages.NeighbourhoodPage", "pages.NewsIndexPage"),
        *("pages.EventIndexPage", "pages.AboutPage", "pages.ContactPage", "pages.LegalPage", "pages.StandardPage", "pages.SimplePage"),
        "pages.LanguagePage",
    ]
    max_count = 1  # It is the root of the site.
    shows_languages = True

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
    shows_town = models.BooleanField("montrer le dessin de la ville", default=False, help_text="Au loin, derrière l’immeuble dessiné.")

    content_panels = [
        *AbstractPage.content_panels,
        *("heading", "introduction", "shows_town"),
        FieldPanel("picture", help_text="Facultative. On la voit seulement quand on partage l’adresse du site."),
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
            ["districts_heading", "districts_text"], heading="Quartiers", help_text="Les noms des quartiers viennent du menu « Quartiers »."
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

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        """Adds `doors` (those whose page is open), `first_door`, `activities`, the pages of SECTIONS, and the next events and latest news.

        The first of all doors is for people who look for work: it alone is highlighted, if its page is open.
        """
        doors, activities = list(self.doors.all()), list(self.activities.all())
        known, ways = get_known_pages(), [*doors, *activities]
        wanted = Q(pk__in={way.target_id for way in ways} - known.keys())
        wanted |= Q(content_type__in=ContentType.objects.get_for_models(*SECTIONS).values())
        pages = known | {page.pk: page for page in get_specific_pages(SitePage.objects.public().filter(wanted), [StrengthsPage])}
        for way in ways:
            way.public_target = pages.get(way.target_id)
        empty = {page.specific_class for page in known.values() if page.is_empty_list}
        articles = [] if NewsIndexPage in empty else list(NewsPage.listed()[:MAX_ENTRIES])
        models.prefetch_related_objects(articles[:1], get_list_pictures())
        return {
            **super().get_context(request, *args, **kwargs),
            "doors": [door for door in doors if door.public_target],
            "first_door": next((door for door in doors[:1] if door.public_target), None),
            "activities": activities,
            "sections": {page.specific_class._meta.model_name: page for page in pages.values() if page.specific_class in SECTIONS},
            "events": [] if EventIndexPage in empty else list(EventPage.coming()[:MAX_ENTRIES]),
            "articles": articles if articles and articles[0].is_recent else [],
        }

    def get_public_doors(self) -> list[HomeDoor]:
        """Returns the doors whose page is open, each with its `public_target`."""
        doors = list(self.doors.all())
        set_public_targets(doors, "target")
        return [door for door in doors if door.public_target]


class WayIn(TitledItem):
    """Fields of doors and activities of the home page: words, and a page that they link to while it is open."""

    title = models.CharField("titre", max_length=80)
    text = models.CharField("texte", max_length=200, help_text="Quinze mots suffisent.")
    target = optional_key(
        SitePage, "page", "Tant que cette page n’est pas choisie et publiée, il n’y a pas de lien, et une porte reste cachée."
    )

    panels = [*TitledItem.panels, "target"]

    class Meta(TitledItem.Meta):
        abstract = True


class HomeDoor(WayIn, DrawnMixin):
    """A way into the site for one kind of visitor; the title is what they would say: « Je cherche un travail »."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="doors")

    panels = [
        *WayIn.panels,
        FieldPanel("drawing", help_text="Si vous laissez vide, il n’y a pas de dessin. Un téléphone ne le montre pas."),
    ]

    class Meta(WayIn.Meta):
        verbose_name = "porte"


class HomeActivity(WayIn, DrawnMixin):
    """One of the association's activities, as a field of the home page."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="activities")
    short_title = models.CharField("mot écrit en très grand", max_length=20, help_text="Un seul mot, par exemple « Dehors ».")

    panels = ["short_title", *WayIn.panels, "drawing"]

    class Meta(WayIn.Meta):
        verbose_name = "activité"
