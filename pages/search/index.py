"""Keeps the search index up to date: each change marks the pages that show it; their entries are updated after the commit."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from wagtail.models import get_page_models
from wagtail.search.backends import get_search_backend

from ..districts.models import get_pages_naming
from ..models import ContactPage, District, FiguresPage, KeyFigure, LegalPage, Organisation, SitePage
from .models import IndexUpdate, SearchWord, UnknownWord
from .question import get_words

MAX_AT_ONCE = 20  # The request that changes pages indexes so many of them; `run_due` does the others.
MAX_IN_BULK = 200  # the number of pages in one transaction of `run_due`


def mark(page_ids: Iterable[int]) -> None:
    """Marks the pages as outdated in the index: MAX_AT_ONCE of them are indexed after the commit, all by the next pass of `run_due`."""
    page_ids = sorted(page_ids)  # Two transactions with another order could deadlock.
    # An upsert locks a row that exists: nobody indexes the page and deletes the row before this transaction ends.
    IndexUpdate.objects.bulk_create(
        [IndexUpdate(page_id=pk) for pk in page_ids], update_conflicts=True, unique_fields=["page"], update_fields=["marked_at"]
    )
    # A lambda, not a partial: Django logs the `__qualname__` of a callback that fails, and a partial has none.
    transaction.on_commit(lambda: refresh(page_ids[:MAX_AT_ONCE]), robust=True)


def refresh(page_ids: list[int]) -> None:
    """Indexes those of the pages that are marked, in bulk."""
    marked = IndexUpdate.objects.filter(pk__in=page_ids)
    if not marked.exists():
        return
    with transaction.atomic():
        # Deleted before the pages are read: this waits for transactions that mark them, and later ones wait for it.
        marked.delete()
        by_model = defaultdict(list)
        for page in SitePage.objects.filter(pk__in=page_ids).select_related("content_type"):
            by_model[page.specific_class].append(page.pk)
        for model, ids in by_model.items():
            get_search_backend().add_bulk(model, model.get_indexed_objects().filter(pk__in=ids))


def refresh_all() -> None:
    """Indexes all marked pages: those beyond MAX_AT_ONCE of a change, and those of a process that died."""
    while page_ids := list(IndexUpdate.objects.values_list("pk", flat=True)[:MAX_IN_BULK]):
        refresh(page_ids)


def page_saved(instance: SitePage, raw: bool = False, update_fields: Iterable[str] | None = None, **kwargs) -> None:
    if not raw and not update_fields:  # a draft saves some fields only, and is not searched
        mark([instance.pk])


def facts_changed(**kwargs) -> None:
    """Marks the figures page, the contact page and the legal pages, which contain what staff write in other forms."""
    mark(SitePage.objects.type(FiguresPage, ContactPage, LegalPage).values_list("pk", flat=True))


def district_changed(instance: District, **kwargs) -> None:
    """Marks the pages about a quartier, which contain its name, and the legal notice, which contains that of the seat."""
    querysets = [*get_pages_naming(instance), LegalPage.objects.filter(kind=LegalPage.Kind.NOTICE)]
    mark(pk for queryset in querysets for pk in queryset.values_list("pk", flat=True))


def word_answered(instance: SearchWord, **kwargs) -> None:
    """Deletes the words that staff have answered, so that they are not shown to them any more."""
    UnknownWord.objects.filter(word__in=get_words(instance.words)).delete()


def connect_signals() -> None:
    """Connects the signals of all page types, for which Wagtail connects none (`search_auto_update`), and of what pages show."""
    for model in get_page_models():
        post_save.connect(page_saved, sender=model)  # the entry of a deleted page is deleted by its generic relation
    post_save.connect(district_changed, sender=District)
    post_save.connect(word_answered, sender=SearchWord)
    pre_delete.connect(district_changed, sender=District)  # while its pages can still be found
    post_delete.connect(facts_changed, sender=KeyFigure)
    for sender in (Organisation, KeyFigure):
        post_save.connect(facts_changed, sender=sender)
