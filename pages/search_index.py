"""Keeps the search's index true: each change marks the pages that show it, and their entries are made anew once it is committed."""

from collections import defaultdict

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import post_delete, post_save
from django.utils import translation
from modelcluster.fields import ParentalManyToManyField
from wagtail.models import Page, get_page_models
from wagtail.search.backends import get_search_backend

from .models import District, EventPage, FiguresPage, IndexUpdate, JobOfferPage, KeyFigure, LegalPage, NewsPage, Organisation
from .search import child_names

AT_ONCE = 20  # pages that are indexed by the request that changed them; `run_due` does the others
IN_BULK = 200  # pages of one transaction of `run_due`


def mark(page_ids):
    """Has the pages indexed: AT_ONCE of them when the transaction is committed, all by the next pass of `run_due`."""
    page_ids = sorted(page_ids)  # in one order, so that two transactions do not wait for each other
    # An update of the row that is there already, so that nobody indexes the page and deletes the row before this transaction ends.
    IndexUpdate.objects.bulk_create(
        [IndexUpdate(page_id=pk) for pk in page_ids], update_conflicts=True, unique_fields=["page"], update_fields=["marked_at"]
    )
    # A lambda and no partial: where it fails, Django writes the `__qualname__` into the log, and a partial has none.
    transaction.on_commit(lambda: refresh(page_ids[:AT_ONCE]), robust=True)


def refresh(page_ids):
    """Indexes those of the pages that are marked, in bulk."""
    marked = IndexUpdate.objects.filter(pk__in=page_ids)
    if not marked.exists():
        return
    with transaction.atomic():
        # Deleted before the pages are read: this waits for transactions that have marked them, and later ones wait for it.
        marked.delete()
        by_model = defaultdict(list)
        for page in Page.objects.filter(pk__in=page_ids).select_related("content_type"):
            by_model[page.specific_class].append(page.pk)
        for model, ids in by_model.items():
            get_search_backend().add_bulk(model, model.objects.filter(pk__in=ids).prefetch_related(*relations_of(model)))


def refresh_all():
    """Indexes all pages that are marked: what more than AT_ONCE pages show, and what a process that died has left."""
    while page_ids := list(IndexUpdate.objects.values_list("pk", flat=True)[:IN_BULK]):
        refresh(page_ids)


def relations_of(model):
    """The names of what is stored below a page and searched with it."""
    return [*child_names(model), *(field.name for field in model._meta.many_to_many if isinstance(field, ParentalManyToManyField))]


def page_saved(instance, raw=False, update_fields=None, **kwargs):
    if not raw and not update_fields:  # as for a draft, which is not to be found
        mark([instance.pk])


def facts_changed(**kwargs):
    """Some pages show what is written in the forms of the organisation and its figures."""
    mark(Page.objects.type(FiguresPage, LegalPage).values_list("pk", flat=True))


def district_changed(instance, **kwargs):
    mark(
        pk for model in (NewsPage, EventPage, JobOfferPage) for pk in model.objects.filter(districts=instance).values_list("pk", flat=True)
    )


def connect():
    """Connects the signals of all page types, which Wagtail leaves alone (`search_auto_update`), and of what pages show."""
    for model in get_page_models():
        if not getattr(model, "search_auto_update", True):
            post_save.connect(page_saved, sender=model)  # the entry of a deleted page goes with it, by its generic relation
    post_save.connect(district_changed, sender=District)
    post_delete.connect(facts_changed, sender=KeyFigure)
    for sender in (Organisation, KeyFigure):
        post_save.connect(facts_changed, sender=sender)


def rebuild(using="default", plan=(), **kwargs):
    """After migrations of our own, once all are in: they may have changed what is searched, and how."""
    if any(migration.app_label == "pages" for migration, _ in plan):
        loader = MigrationLoader(connections[using])
        if set(loader.graph.leaf_nodes("pages")) <= set(loader.applied_migrations):
            with translation.override(settings.LANGUAGE_CODE):  # `migrate` speaks English
                call_command("update_index", verbosity=0)
