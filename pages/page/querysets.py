"""Querysets of pages: which ones visitors may read, and which ones staff are to read again."""

from __future__ import annotations

from collections.abc import Iterable

from dateutil.relativedelta import relativedelta
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from wagtail.models import AbstractPage, PageViewRestriction, get_page_models
from wagtail.query import PageQuerySet

from .restrictions import IsRestricted


class SitePageQuerySet(PageQuerySet):
    def public(self) -> SitePageQuerySet:
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
        seen_at = Greatest("last_published_at", Coalesce("reviewed_at", "last_published_at"))
        return self.filter(live=True).annotate(seen_at=seen_at).filter(is_old).order_by("seen_at", "pk")

    def with_is_public(self) -> SitePageQuerySet:
        """Sets `is_public` on each page."""
        return self.annotate(is_public=Exists(self.model.objects.public().filter(pk=OuterRef("pk"))))


def get_closing_content_types() -> list[ContentType]:
    """Returns the content types of the page types that lists leave out once they are over. One query, then cached by Django."""
    return list(ContentType.objects.get_for_models(*(each for each in get_page_models() if each.closes_when_over)).values())


def get_specific_pages(pages: SitePageQuerySet, page_types: Iterable[type[AbstractPage]]) -> list[AbstractPage]:
    """Returns a queryset's pages, those of these types as specific pages: in one query, where `specific()` makes one for each type."""
    tables = {page_type._meta.model_name for page_type in page_types}
    found = ((page, page.specific_class._meta.model_name) for page in pages.select_related(*tables))
    return [getattr(page, table) if table in tables else page for page, table in found]
