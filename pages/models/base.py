"""What page types share: their short title and introduction, their promotion tab, and children with a title and a text."""

import re
from http import HTTPMethod

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage, Paginator
from django.db import models
from django.shortcuts import redirect
from django.utils.http import urlencode
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.locks import BasicLock, ScheduledForPublishLock
from wagtail.models import Orderable, Page
from wagtail.search import index

from ..navigation import open_pages
from ..page_forms import PageCopyForm, SitePageForm
from ..search import texts_of
from .site import District

# Beginnings of addresses that are not pages (`regie/urls.py`).
RESERVED_SLUGS = {"admin", "documents", "glossaire", "media", "plan-du-site", "recherche", "static", "_util"}


class Drawing(models.TextChoices):
    """The site's own drawings of people at work: `templates/drawings/<value>.html`."""

    BROOM = "broom", "Une personne balaie"
    TONGS = "tongs", "Une personne ramasse avec une pince"
    TOOLBOX = "toolbox", "Une personne porte une boîte à outils"
    LEVEL = "level", "Une personne pose un niveau contre un mur"
    TALK = "talk", "Deux personnes se parlent à une porte"


class DrawnMixin(models.Model):
    """A thing that one of the drawings may stand beside."""

    drawing = models.CharField("dessin", max_length=10, choices=Drawing, blank=True, help_text="Vide : pas de dessin.")

    class Meta:
        abstract = True

    @property
    def drawing_template(self):
        return f"drawings/{self.drawing}.html"


class SitePageMixin(models.Model):
    """The words that every page of the site has beside its title."""

    nav_title = models.CharField(
        "titre court",
        max_length=40,
        blank=True,
        help_text="Il remplace le titre dans le menu et dans le chemin « Vous êtes ici ». Vide : le titre sert.",
    )
    introduction = models.TextField(
        "introduction", blank=True, help_text="Une ou deux phrases simples, sous le titre. Elles disent ce que l’on trouve sur la page."
    )

    picture = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Facultative. Elle remplace le dessin en haut de la page, et on la voit quand on partage l’adresse de la page. "
        "Sur l’accueil, elle sert seulement au partage.",
    )

    facade = "rue"  # the drawing in the page's head: `templates/drawings/facade_<value>.html`
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]
    base_form_class = SitePageForm
    copy_form_class = PageCopyForm
    introduction_panels = [FieldPanel("introduction"), FieldPanel("picture")]
    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("nav_title"),
                FieldPanel(
                    "show_in_menus",
                    heading="Dans le menu",
                    help_text="Pour une page placée sous l’accueil. Coché : elle est dans le menu du haut. Décoché : dans le pied de page.",
                ),
                FieldPanel(
                    "slug",
                    heading="Fin de l’adresse",
                    help_text="Sans accents ni espaces. Si vous la changez, les liens déjà donnés mènent encore à la page.",
                ),
            ],
            heading="Dans le site",
        ),
        MultiFieldPanel(
            [
                FieldPanel("seo_title", heading="Titre pour les moteurs de recherche", help_text="Vide : le titre de la page sert."),
                FieldPanel(
                    "search_description",
                    heading="Description pour les moteurs de recherche",
                    help_text="Une phrase de 120 à 155 caractères. Elle est lue sous le titre dans une liste de résultats.",
                ),
            ],
            heading="Dans les moteurs de recherche",
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("indexed")]
    search_auto_update = False  # `pages.search_index` does it, once a transaction

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": "Cette fin d’adresse sert déjà au site lui-même : choisissez-en une autre."})

    def searched(self):
        """What the search knows of the page beside its title: all the words that staff wrote on it, whatever its type."""
        return " ".join(texts_of(self))

    def indexed(self):
        # PostgreSQL takes « Mont/Pépinière » for a file, « M.Dupont » for a host: an invisible space makes them words.
        return re.sub(r"(?<=\w)[-/.@_](?=\w)", "\\g<0>\u200b", f"{self.searched()} {self.title}")

    def get_lock(self):
        """What keeps staff from editing; not a scheduled publication, whose date they may see and change."""
        lock = super().get_lock()
        if isinstance(lock, ScheduledForPublishLock):
            return BasicLock(self) if self.locked else None
        return lock

    def get_admin_default_ordering(self):
        return "ord"  # lists of the admin show the tree's own order, which is the order on the site

    @property
    def shown_picture(self):
        """The picture, where visitors may see it; else None."""
        return self.picture if self.picture and not self.picture.is_private else None

    @property
    def facade_template(self):
        return f"drawings/facade_{self.facade}.html"

    @property
    def short_title(self):
        return self.nav_title or self.title


class InDistrictsMixin(models.Model):
    """What is of some quartiers; news and events without any are of all of them."""

    districts = ParentalManyToManyField("pages.District", verbose_name="quartiers", blank=True)

    districts_panel = FieldPanel("districts", widget=forms.CheckboxSelectMultiple, help_text="Aucun coché : tous les quartiers.")

    class Meta:
        abstract = True

    def searched(self):
        return f"{super().searched()} {', '.join(district.name for district in self.districts.all())}"


class ListPageMixin(models.Model):
    """A page that lists what stands under it, twenty by twenty; plain links narrow it to a quartier.

    The list itself is `entries_for(request)`, which raises InvalidPage where the address asks for a list that there is not.
    """

    PER_PAGE = 20

    class Meta:
        abstract = True

    def get_admin_default_ordering(self):
        return "-latest_revision_created_at"

    def get_context(self, request, *args, **kwargs):
        entries, chosen = self.entries_for(request), None
        if "quartier" in request.GET:
            chosen = District.objects.filter(slug=request.GET["quartier"].replace("\0", "")).first()
            if not chosen:
                raise InvalidPage
            entries = entries.filter(chosen.names_it())
        return {
            **super().get_context(request, *args, **kwargs),
            "entries": Paginator(entries, self.PER_PAGE).page(request.GET.get("page", 1)),
            "chosen": chosen,
            "kept": urlencode({name: request.GET[name] for name in ("quand", "quartier") if name in request.GET}),
        }

    def serve(self, request, *args, **kwargs):
        try:
            return super().serve(request, *args, **kwargs)
        except InvalidPage:  # such as a page that was there when the list was longer
            return redirect(self.get_url(request))


class TitledItem(Orderable):
    """A repeated thing with a title and a text, in the order that staff give."""

    title = models.CharField("titre", max_length=120)
    text = RichTextField("texte")

    panels = [FieldPanel("title"), FieldPanel("text")]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self):
        return self.title


def with_open_pages(items, field):
    """The `items`, each with `page_behind`: the page that its `field` holds, if it is open to all, or None. One query."""
    pages = open_pages().in_bulk({getattr(item, f"{field}_id") for item in items if getattr(item, f"{field}_id")})
    for item in items:
        item.page_behind = pages.get(getattr(item, f"{field}_id"))
    return items
