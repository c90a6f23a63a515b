"""The base page model of the site, and the items with a title and a text that pages have in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from http import HTTPMethod

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest
from django.urls import get_resolver
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PublishingPanel
from wagtail.fields import RichTextField
from wagtail.locks import BaseLock, BasicLock, ScheduledForPublishLock
from wagtail.models import AbstractPage, Orderable, PageLogEntry, PageManager, PageViewRestriction, get_page_models
from wagtail.models.pages import AbstractPageMeta, DefaultBasePageMixin, PagePermissionTester
from wagtail.query import PageQuerySet
from wagtail.search import index
from wagtail.url_routing import RouteResult

from ..text.search_text import SearchText, prose
from ..text.slugs import slugify_french
from .restrictions import IsRestricted

DELETED_AFTER = timedelta(days=30)  # that a page was taken down


class SitePageQuerySet(PageQuerySet):
    def open(self) -> SitePageQuerySet:
        """Keeps only the pages that anybody may read today: published, not restricted, not expired, and no closed offer.

        All lists and links of the site begin here.
        """
        # Wagtail's `public()` does the same for restrictions, with one query more.
        pages = self.filter(
            ~IsRestricted(PageViewRestriction, "page", "path"), Q(expire_at=None) | Q(expire_at__gt=timezone.now()), live=True
        )
        return pages.exclude(content_type__in=get_closing_content_types(), over_from__lte=timezone.localdate())

    def taken_down(self) -> SitePageQuerySet:
        """Keeps only the pages that were published and are not any more, with the address that they had; those that are private are left out.

        A draft that is saved after that may have another address, which nobody may guess.
        """
        has_ended = Q(live=False) | Q(expire_at__lte=timezone.now())
        is_as_published = Q(latest_revision_created_at=None) | Q(latest_revision_created_at__lte=F("last_published_at"))
        pages = self.filter(~IsRestricted(PageViewRestriction, "page", "path"), has_ended, is_as_published)
        return pages.exclude(first_published_at=None)

    def to_review(self) -> SitePageQuerySet:
        """Keeps only the published pages that nobody has changed, or found right, for their `review_years`; the oldest come first."""
        now, is_old = timezone.now(), Q()
        for model, content_type in ContentType.objects.get_for_models(*get_page_models()).items():
            if years := getattr(model, "review_years", None):
                is_old |= Q(content_type=content_type, seen_at__lt=now - relativedelta(years=years))
        seen_at = Greatest("last_published_at", Coalesce("kept_at", "last_published_at"))
        return self.filter(live=True).annotate(seen_at=seen_at).filter(is_old).order_by("seen_at", "pk")

    def with_is_open(self) -> SitePageQuerySet:
        """Sets `is_open` on each page."""
        return self.annotate(is_open=Exists(SitePage.objects.open().filter(pk=OuterRef("pk"))))


class SitePagePermissions(PagePermissionTester):
    """Taking a page down can be undone, which Publication may; deleting cannot, and is for administrators, a month later."""

    def can_unpublish(self) -> bool:
        return super().can_unpublish() and self.page.specific_class.may_be_taken_down_by(self.user)

    def can_set_view_restrictions(self) -> bool:
        return super().can_set_view_restrictions() and self.page.specific_class.may_be_taken_down_by(self.user)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Lets staff delete drafts of their own that were never published, and administrators what was taken down DELETED_AFTER ago."""
        page, pages = self.page, self.page.get_descendants(inclusive=True)
        if self.user.is_superuser:
            recent = PageLogEntry.objects.filter(action__startswith="wagtail.unpublish", timestamp__gt=timezone.now() - DELETED_AFTER)
            may_go = not page.live and not pages.filter(Q(live=True) | Q(pk__in=recent.values("page"))).exists()
        else:
            is_own_draft = not page.live and not page.first_published_at and page.owner_id == self.user.pk
            others = pages.exclude(live=False, first_published_at=None, owner=self.user)
            may_go = is_own_draft and not (page.numchild and others.exists())  # lists ask of each row
        return may_go and super().can_delete(ignore_bulk)

    def can_move(self) -> bool:
        """Asks Wagtail's rule for deleting: its `can_move()` would ask the stricter one of this class, and refuse all published pages."""
        return super().can_delete(ignore_bulk=True)

    def get_new_parents(self) -> list[SitePage]:
        """Returns the other pages below which the user may move this one, in the order of the site."""
        pages = SitePage.objects.type(*self.page.specific_class.allowed_parent_page_models()).order_by("path")
        return [page for page in pages if not self.page.is_child_of(page) and self.can_move_to(page)]


class SitePage(AbstractPage, DefaultBasePageMixin):
    """What every page of the site has (`WAGTAIL_PAGE_MODEL`). Each page type is a subclass with a table of its own."""

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
    picture = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=picture_help,
    )
    over_from = models.DateField(null=True, editable=False, db_index=True)  # `get_over_from()`, stored for querysets
    kept_at = models.DateTimeField(null=True, editable=False)  # when staff said that it is still right

    objects = PageManager.from_queryset(SitePageQuerySet)()

    unversioned_fields = ()  # of a page type: those that publishing a revision leaves as they are in the database
    facts = ""  # in one line, of what has a date or terms: they describe a page without an introduction
    facade = "rue"  # the drawing in the page's head: `templates/drawings/facade_<value>.html`
    shares_titles = False  # whether several may have the same title: drafts then get a free slug
    review_years = 1  # without a change, after which staff are asked whether it is still right; None for pages that are never asked about
    closes_when_over = False  # whether lists leave the page out once it is over
    shared_parameters = {}  # on which the answer depends, each with a check of its value; None if it is not kept (`regie/page_cache.py`)
    stands_apart = False  # whether menus, siblings and lists leave it out, as other pages lead to it in a way of their own
    stands_in_footer = True  # right under the home page, unless it is in the menu
    shows_languages = False  # whether its head leads to the pages in other languages
    shows_siblings = shows_children = False  # whether visitors are led to the pages beside it, below it
    subpage_types = ["pages.HomePage"]  # of the root of the tree; each page type says its own
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]
    content_panels = [*AbstractPage.content_panels, "introduction", "picture"]
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
            "expire_at",
            heading="La retirer du site",
            help_text="Par exemple : 31 décembre 2026 à 18 h. Si vous laissez vide, elle reste.",
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
            models.Index(
                fields=["expire_at"], condition=Q(expire_at__isnull=False), name="page_expiry"
            ),  # asked for with the state of the site
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
    def is_open(self) -> bool:
        """Whether anybody may read the page today. Querysets `with_is_open()` set it without a query for each page."""
        return SitePage.objects.open().filter(pk=self.pk).exists()

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Returns the page at this address, in two queries at any depth; Wagtail's method makes two a level.

        Raises Http404 from the minute on at which the page expires; `run_due` unpublishes it with its next pass.
        """
        if path_components:
            url_path = f"{self.url_path}{'/'.join(path_components)}/"
            page = SitePage.objects.with_is_open().filter(slug=path_components[-1], url_path=url_path).first()
            if page is None:
                raise Http404
            specific = page.specific
            specific.is_open = page.is_open
            return specific.route(request, [])
        if self.expire_at and self.expire_at <= timezone.now():
            raise Http404
        return super().route(request, [])

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Spares Wagtail's two queries for a page that is open. What an alias shows may be restricted elsewhere."""
        if self.is_open and not self.alias_of_id:
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

    def get_admin_default_ordering(self) -> str:
        return "ord"  # the order of the tree, which is the order on the site

    @classmethod
    def may_be_taken_down_by(cls, user: AbstractBaseUser) -> bool:
        """Whether `user` may take such a page from visitors, in any way: of the skeleton, types with a `max_count`, administrators alone."""
        return user.is_superuser or cls.max_count is None

    def keep(self) -> None:
        """Notes that the page is still right."""
        self.kept_at = timezone.now()
        SitePage.objects.filter(pk=self.pk).update(kept_at=self.kept_at)

    @property
    def shown_picture(self) -> models.Model | None:
        """The picture, if visitors may see it."""
        return self.picture if self.picture and not self.picture.is_private else None

    @property
    def has_faces(self) -> bool:
        """Whether its text has a photograph of a person's face, which search engines are asked to leave out."""
        return any(block["type"] == "face" for block in getattr(getattr(self, "body", None), "raw_data", ()))

    @property
    def updated_at(self) -> datetime | None:
        """The time that « Page mise à jour le » gives."""
        return self.last_published_at

    @property
    def summary(self) -> str:
        """What search engines show below the title."""
        return self.search_description or Truncator(self.introduction or self.facts).chars(160)

    @property
    def facade_template(self) -> str:
        return f"drawings/facade_{self.facade}.html"

    @property
    def short_title(self) -> str:
        return self.nav_title or self.title


@cache
def get_closing_page_types() -> list[type[SitePage]]:
    """Returns the page types that lists leave out once they are over."""
    return [page_type for page_type in get_page_models() if page_type.closes_when_over]


def get_closing_content_types() -> list[ContentType]:
    """Returns the content types of these page types. One query, then cached by Django."""
    return list(ContentType.objects.get_for_models(*get_closing_page_types()).values())


@cache
def reserved_slugs() -> frozenset[str]:
    """Returns the slugs with which a page would be hidden by the addresses in `regie/urls.py` or by static files."""
    routes = [str(pattern.pattern) for pattern in get_resolver().url_patterns]
    parts = (route.lstrip("/").partition("/") for route in [*routes, settings.STATIC_URL])
    # A slug has no dot: `agenda/<slug>.ics` hides no page.
    return frozenset(first for first, slash, rest in parts if slash and "." not in rest and re.fullmatch(r"[\w-]+", first))


class TitledItem(Orderable):
    """A repeated item with a title and a text, in the order that staff give."""

    title = models.CharField("titre", max_length=120)
    text = RichTextField("texte")

    panels = ["title", "text"]
    search_fields = [SearchText("heading"), SearchText("text")]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def heading(self) -> str:
        """The title, under a name that Wagtail's index does not add to the words of the page's own title."""
        return self.title


def get_specific_pages(pages: SitePageQuerySet, page_types: Iterable[type[SitePage]]) -> list[SitePage]:
    """Returns a queryset's pages, those of these types as specific pages: in one query, where `specific()` makes one for each type."""
    tables = {page_type._meta.model_name for page_type in page_types}
    found = ((page, page.specific_class._meta.model_name) for page in pages.select_related(*tables))
    return [getattr(page, table) if table in tables else page for page, table in found]


def set_open_targets(items: Iterable[models.Model], field: str) -> None:
    """Sets `open_target` on each of `items`: the page in its foreign key `field` if anybody may read it, else None. One query."""
    pks = {pk for item in items if (pk := getattr(item, f"{field}_id"))}
    pages = SitePage.objects.open().in_bulk(pks)
    for item in items:
        item.open_target = pages.get(getattr(item, f"{field}_id"))
