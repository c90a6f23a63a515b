"""The home page, and the page for what nobody foresaw."""

from django.db import models
from django.http import Http404
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page

from ..blocks import ProseBlock
from .base import DrawnMixin, SitePageMixin, with_open_pages


class HomePage(SitePageMixin, Page):
    page_description = "La page d’accueil. Il y en a une seule."
    parent_page_types = ["wagtailcore.Page"]
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
        *Page.content_panels,
        FieldPanel("heading"),
        *SitePageMixin.introduction_panels,
        MultiFieldPanel(
            [
                FieldPanel("doors_heading"),
                InlinePanel(
                    "doors",
                    heading="Portes",
                    label="porte",
                    help_text="La première est pour qui cherche un travail : elle est jaune, et son lien est aussi sous le grand titre.",
                ),
            ],
            heading="Portes : par où entrer",
        ),
        MultiFieldPanel(
            [FieldPanel("activities_heading"), InlinePanel("activities", heading="Activités", label="activité")], heading="Activités"
        ),
        MultiFieldPanel(
            [FieldPanel("about_text")],
            heading="Forces",
            help_text="Les forces elles-mêmes viennent de la page « Forces », les chiffres du menu « Chiffres clés ».",
        ),
        MultiFieldPanel([FieldPanel("network_heading"), FieldPanel("network_text")], heading="Réseau"),
        MultiFieldPanel(
            [FieldPanel("districts_heading"), FieldPanel("districts_text")],
            heading="Quartiers",
            help_text="Les noms des quartiers viennent du menu « Quartiers ».",
        ),
        MultiFieldPanel([FieldPanel("contact_heading"), FieldPanel("contact_text")], heading="Contact"),
    ]

    class Meta:
        verbose_name = "accueil"

    @cached_property
    def ways_in(self):
        """The doors and the activities, in their order, each with the open `page_behind` it, or None."""
        doors, activities = list(self.doors.all()), list(self.activities.all())
        with_open_pages([*doors, *activities], "target")
        return {"doors": doors, "activities": activities}

    @property
    def open_doors(self):
        """The doors whose page is open to all, in their order."""
        return [door for door in self.ways_in["doors"] if door.page_behind]

    @property
    def first_door(self):
        """The first of all doors, for who looks for work, once it is open; it alone is lit."""
        first = self.ways_in["doors"][:1]
        return first[0] if first and first[0].page_behind else None

    def route(self, request, path_components):
        """Finds the page by its whole path: two queries at any depth, where Wagtail makes two a level."""
        if not path_components:
            return super().route(request, path_components)
        url_path = f"{self.url_path}{'/'.join(path_components)}/"
        # Only slugs have an index.
        page = Page.objects.descendant_of(self).filter(slug=path_components[-1], url_path=url_path).first()
        if page is None:
            raise Http404
        return page.specific.route(request, [])


class WayIn(Orderable):
    """What doors and activities of the home page share: words and the page behind them, which has to be open to be linked."""

    title = models.CharField("titre", max_length=80)
    text = models.CharField("texte", max_length=200, help_text="Quinze mots suffisent.")
    target = models.ForeignKey(
        Page,
        verbose_name="page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Tant que cette page n’est pas choisie et publiée, il n’y a pas de lien, et une porte reste cachée.",
    )

    panels = [FieldPanel("title"), FieldPanel("text"), FieldPanel("target")]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self):
        return self.title


class HomeDoor(WayIn):
    """A way into the site for one kind of visitor, who speaks in its title: « Je cherche un travail »."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="doors")

    class Meta(WayIn.Meta):
        verbose_name = "porte"


class HomeActivity(WayIn, DrawnMixin):
    """One of the association's activities, as a field of the home page."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="activities")
    short_title = models.CharField("mot écrit en très grand", max_length=20, help_text="Un seul mot, par exemple « Dehors ».")

    panels = [FieldPanel("short_title"), *WayIn.panels, FieldPanel("drawing")]

    class Meta(WayIn.Meta):
        verbose_name = "activité"


class StandardPage(SitePageMixin, Page):
    page_description = "Une page libre : textes, images, listes, documents."
    parent_page_types = ["pages.HomePage", "pages.StandardPage"]
    subpage_types = ["pages.StandardPage"]
    is_part = shows_below = True  # visitors go from one to the next below another free page, and down from it

    body = StreamField(ProseBlock(), verbose_name="contenu", blank=True)

    content_panels = [*Page.content_panels, *SitePageMixin.introduction_panels, FieldPanel("body")]

    class Meta:
        verbose_name = "page libre"
        verbose_name_plural = "pages libres"
