"""The base page model of the site, and the pages that any page may lead to."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPMethod

from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PublishingPanel
from wagtail.locks import BaseLock, BasicLock, ScheduledForPublishLock
from wagtail.models import AbstractPage, PageManager, PageViewRestriction, Site, get_page_models
from wagtail.models.pages import AbstractPageMeta, DefaultBasePageMixin
from wagtail.search import index
from wagtail.url_routing import RouteResult

from ..text.search_text import SearchText, prose
from ..text.slugs import slugify_french
from .addresses import reserved_slugs
from .keys import optional_key
from .querysets import SitePageQuerySet
from .rights import SitePagePermissions
from .sharing import is_for_all, make_once, once_a_state


class SitePage(AbstractPage, DefaultBasePageMixin):
    """The base of every page of the site (`WAGTAIL_PAGE_MODEL`). Each page type is a subclass with a table of its own."""

    nav_title = models.CharField(
        "titre court",
        max_length=40,
        blank=True,
        help_text="Il remplace le titre dans le menu et dans le chemin « Vous êtes ici ». Si vous laissez vide, le titre sert.",
    )
    introduction = models.TextField(
        "introduction", blank=True, help_text="Une ou deux phrases simples, sous le titre. Elles disent ce que l’on trouve sur la page."
    )
    picture_help = "Facultative. Elle remplace le dessin en haut de la page, et on la voit quand on partage l’adresse de la page."
    picture = optional_key(settings.WAGTAILIMAGES_IMAGE_MODEL, "image", picture_help)
    funders = ParentalManyToManyField("pages.Partner", verbose_name="financé par", blank=True)
    over_from = models.DateField(null=True, editable=False, db_index=True)  # `get_over_from()`, stored for querysets
    reviewed_at = models.DateTimeField(null=True, editable=False)  # the last time when staff said that the page is still right

    objects = PageManager.from_queryset(SitePageQuerySet)()

    unversioned_fields = ()  # These fields keep their value in the database when a revision is published.
    language = ""  # the code of the language that the page is written in; empty for French
    facts = ""  # one line that describes a page without an introduction, for page types with a date or terms
    facade = "rue"  # the drawing in the page's head: `templates/drawings/facade_<value>.html`
    admin_default_ordering = "ord"  # the order of the tree, which is the order on the site
    shares_titles = False  # True if several may have the same title: drafts then get a free slug
    is_entry = False  # True for an entry of a list: staff may announce it, and the search does not suggest it by its meaning
    review_years = 1  # After so many years without a change, staff are asked whether the page is still right; None: never.
    closes_when_over = False  # True if lists leave the page out once it is over
    shared_parameters = {}  # The parameters of the address that the answer depends on, each with a check of its value; None: such answers are not cached.
    unlisted = False  # True if menus, siblings and lists leave the page out, as another page links to it
    duplicate_question = ""  # what « Copier pour une autre date » asks; empty for page types without a date
    stands_in_footer = True  # True if a page right under the home page is in the footer when it is not in the menu
    shows_languages = False  # True if its head leads to the pages in other languages
    shows_siblings = shows_children = False  # True if visitors are led to the pages beside it, or below it
    subpage_types = ["pages.HomePage"]  # what the root of the tree allows; each page type says its own
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]
    content_panels = [*AbstractPage.content_panels, "introduction", "picture"]
    # For page types that show their funders.
    funders_panel = FieldPanel(
        "funders",
        widget=forms.CheckboxSelectMultiple,
        help_text="Les partenaires s’ajoutent sur la page du réseau, avec la phrase de leur convention. "
        "L’affiche A3 de l’Union européenne s’imprime depuis une page libre. "
        "Gardez la page en ligne : le financeur peut vérifier des années après.",
    )
    promote_panels = [
        MultiFieldPanel(
            [
                "nav_title",
                FieldPanel(
                    "show_in_menus",
                    heading="Dans le menu",
                    help_text="Pour une page placée sous l’accueil. Coché : elle est dans le menu du haut. Décoché : dans le pied de page ; une page libre, nulle part.",
                ),
                FieldPanel(
                    "slug",
                    heading="Fin de l’adresse",
                    help_text="Sans accents ni espaces. Si vous la changez, les liens déjà donnés mènent encore à la page.",
                ),
            ],
            heading="Dans le site",
        ),
        FieldPanel(
            "expire_at", heading="La retirer du site", help_text="Par exemple : 31 décembre 2026 à 18 h. Si vous laissez vide, elle reste."
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "seo_title", heading="Titre pour les moteurs de recherche", help_text="Si vous laissez vide, le titre de la page sert."
                ),
                FieldPanel(
                    "search_description",
                    heading="Description pour les moteurs de recherche",
                    help_text="Une phrase de 120 à 155 caractères. Elle est lue sous le titre dans une liste de résultats.",
                ),
            ],
            heading="Dans les moteurs de recherche",
        ),
    ]
    settings_panels = [
        PublishingPanel(children=[FieldPanel("go_live_at", heading="Quand ?", help_text="Par exemple : 1er décembre 2026 à 9 h.")])
    ]
    # A page type adds what visitors read of it: SearchText("body"), RelatedFields("items", TitledItem.search_fields).
    search_fields = [
        *(field for field in AbstractPage.search_fields if type(field) is not index.SearchField),
        *DefaultBasePageMixin.search_fields,
        SearchText("title", boost=2),
        *prose("introduction"),
    ]
    search_auto_update = False  # `pages.search.index` updates it, once a transaction

    class Meta(AbstractPageMeta):
        verbose_name = "page"
        indexes = [
            models.Index(fields=["depth", "path"], name="page_level"),  # menus read one level of the tree
            # Asked for with the state of the site.
            models.Index(fields=["expire_at"], condition=Q(expire_at__isnull=False), name="page_expiry"),
        ]

    def full_clean(self, *args, **kwargs) -> None:
        if not self.slug and self.title and (slug := slugify_french(self.title)):
            self.slug = self._get_autogenerated_slug(slug)
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.title = " ".join(self.title.split())
        if self.slug in reserved_slugs():
            raise ValidationError({"slug": "Cette fin d’adresse sert déjà au site lui-même : choisissez-en une autre."})

    def save(self, *args, **kwargs) -> None:
        if type(self) is not SitePage:  # Wagtail also saves pages without the fields of their type, for example when they expire
            self.over_from = self.get_over_from()
        super().save(*args, **kwargs)

    def with_content_json(self, content: dict) -> SitePage:
        page = super().with_content_json(content)
        stored = page.unversioned_fields and type(page).objects.filter(pk=self.pk).values(*page.unversioned_fields).first()
        page.__dict__.update(stored or {})
        return page

    @cached_property
    def all_funders(self) -> list[models.Model]:
        return list(self.funders.all())

    def get_over_from(self) -> date | None:
        """Returns the day, in Belfort, from whose midnight on the page is over; None for a page that lasts."""
        return None

    @property
    def is_over(self) -> bool:
        over_from = self.get_over_from()
        return over_from is not None and over_from <= timezone.localdate()

    @property
    def is_closed(self) -> bool:
        return self.closes_when_over and self.is_over

    @classmethod
    def get_listed(cls) -> SitePageQuerySet | None:
        """Returns the entries without which menus leave out a page of this type; None for a page type that is no list."""
        return None

    @cached_property
    def is_public(self) -> bool:
        """True if anybody may read the page today. Querysets `with_is_public()` set it without a query for each page."""
        return SitePage.objects.public().filter(pk=self.pk).exists()

    @staticmethod
    def route_for_request(request: HttpRequest, path: str) -> RouteResult | None:
        """Finds the site by `find_site`."""
        find_site(request)
        return AbstractPage.route_for_request(request, path)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Returns the page at this address, in two queries at any depth; Wagtail's method makes two a level.

        Main pages take one, as their type is known. Whether anybody may read them is asked anew.

        Raises Http404 once the page has expired; `run_due` unpublishes it with its next pass.
        """
        if path_components:
            url_path = f"{self.url_path}{'/'.join(path_components)}/"
            model = next((each.specific_class for each in get_known_pages().values() if each.url_path == url_path), SitePage)
            page = model.objects.with_is_public().filter(slug=path_components[-1], url_path=url_path).first()
            if page is None:
                raise Http404
            specific = page.specific
            specific.is_public = page.is_public
            return specific.route(request, [])
        if self.expire_at and self.expire_at <= timezone.now():
            raise Http404
        return super().route(request, [])

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Spares Wagtail's two queries for a page that is open. What an alias shows may be restricted elsewhere."""
        if self.is_public and not self.alias_of_id:
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()

    def permissions_for_user(self, user: AbstractBaseUser) -> SitePagePermissions:
        return SitePagePermissions(user, self)

    def get_lock(self) -> BaseLock | None:
        """Returns what keeps staff from editing; a scheduled publication does not, so that its date can be seen and changed."""
        lock = super().get_lock()
        if isinstance(lock, ScheduledForPublishLock):
            return BasicLock(self) if self.locked else None
        return lock

    @classmethod
    def may_be_taken_down_by(cls, user: AbstractBaseUser) -> bool:
        """Returns True if `user` may take such a page from visitors, in any way. Administrators alone may do so with types that have a `max_count`."""
        return user.is_superuser or cls.max_count is None

    def confirm(self) -> None:
        """Notes that the page is still right."""
        self.reviewed_at = timezone.now()
        SitePage.objects.filter(pk=self.pk).update(reviewed_at=self.reviewed_at)

    def get_duplicate_changes(self, day: date) -> dict:
        """Returns the fields that differ in a copy for another date, of a page type with a `duplicate_question`."""
        raise NotImplementedError

    def get_linked_data(self, organisation: models.Model) -> dict | None:
        """Returns what search engines are told of the page in the vocabulary of schema.org; None for a page that is only a page."""
        return None

    def get_words_in_form(self) -> str:
        """Returns what staff are told when they open the form of the page."""
        return ""

    def get_words_after_save(self) -> str:
        """Returns what staff are told once the page is saved, beside that it is."""
        return ""

    @property
    def shown_picture(self) -> models.Model | None:
        """The picture, if visitors may see it."""
        return self.picture if self.picture and not self.picture.is_private else None

    @property
    def has_faces(self) -> bool:
        """True if its text has a photograph of a person's face, which search engines are asked to leave out."""
        return any(block["type"] == "face" for block in getattr(getattr(self, "body", None), "raw_data", ()))

    @property
    def updated_at(self) -> datetime | None:
        """The time that « Page mise à jour le » gives."""
        return self.last_published_at

    @property
    def summary(self) -> str:
        """The text that search engines show below the title."""
        return self.search_description or Truncator(self.introduction or self.facts).chars(160)

    @property
    def short_title(self) -> str:
        return self.nav_title or self.title


# What pages show of main pages, with the kinds of legal pages and the languages.
MAIN_FIELDS = [
    *("content_type", "depth", "nav_title", "path", "show_in_menus", "slug", "title", "url_path"),
    *("jobspage__notifies", "languagepage__language", "legalpage__kind"),
]


@once_a_state
def get_main_pages() -> list[SitePage]:
    """Returns the open pages that any page may lead to: the home page, those right under it, and the unlisted ones, in tree order.

    `is_empty_list` is True for a list that has no entries.
    """
    homes = {root.root_url: root.root_path for root in Site.get_site_root_paths()}
    # Until the next `migrate` writes a new SITE_URL into it, the row of the site has the old address.
    if not (home := homes.get(settings.SITE_URL, next(iter(homes.values()), ""))):
        return []
    unlisted = [page_type for page_type in get_page_models() if page_type.unlisted]
    wanted = Q(url_path=home) | Q(depth=home.count("/") + 1) | Q(content_type__in=ContentType.objects.get_for_models(*unlisted).values())
    pages = SitePage.objects.public().filter(wanted, url_path__startswith=home).select_related("legalpage", "languagepage", "jobspage")
    found = in_tree_order(pages.only(*MAIN_FIELDS))
    for page in found:
        entries = page.specific_class.get_listed()
        page.is_public, page.is_empty_list = True, entries is not None and not entries.exists()
    return found


def find_site(request: HttpRequest) -> Site | None:
    """Returns the site at the address of `request`. In answers for all visitors, it is made once a state of the site with its home page."""
    if is_for_all.get() and not hasattr(request, "_wagtail_site"):
        request._wagtail_site = make_once(f"site/{request.get_host()}", lambda: find_with_home(request))
    return Site.find_for_request(request)


def find_with_home(request: HttpRequest) -> Site | None:
    if site := Site.find_for_request(request):
        site.root_page = site.root_page.specific
    return site


def get_known_pages() -> dict[int, SitePage]:
    """Returns the pages by their primary keys that are known to be public without a query, as they are made once a state of the site."""
    return {page.pk: page for page in get_main_pages()} if is_for_all.get() else {}


def in_tree_order(pages: SitePageQuerySet) -> list[SitePage]:
    """Sorts here: asked for an order, SQLite walks through all pages in it."""
    return sorted(pages.order_by(), key=lambda page: page.path)
