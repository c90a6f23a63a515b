"""Keeps the search's index true where a page shows what stands elsewhere, and after a migration."""

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import post_delete, post_save
from django.utils import translation
from wagtail.search.index import insert_or_update_object


def follow():
    from .models import District, EventPage, FiguresPage, JobOfferPage, KeyFigure, LegalPage, NewsPage, Organisation

    def follow_snippet(**kwargs):
        """Pages that show what stands in the forms of the organisation and its figures."""
        for model in (FiguresPage, LegalPage):
            for page in model.objects.all():
                insert_or_update_object(page)

    def follow_district(instance, **kwargs):
        for model in (NewsPage, EventPage, JobOfferPage):
            for page in model.objects.filter(districts=instance):
                insert_or_update_object(page)

    post_save.connect(follow_district, sender=District, weak=False)
    post_delete.connect(follow_snippet, sender=KeyFigure, weak=False)
    for sender in (Organisation, KeyFigure):
        post_save.connect(follow_snippet, sender=sender, weak=False)


def rebuild(using="default", plan=(), **kwargs):
    """After migrations of our own, once all are in: they may have changed what is searched, and how."""
    if any(migration.app_label == "pages" for migration, _ in plan):
        loader = MigrationLoader(connections[using])
        if set(loader.graph.leaf_nodes("pages")) <= set(loader.applied_migrations):
            with translation.override(settings.LANGUAGE_CODE):  # `migrate` speaks English
                call_command("update_index", verbosity=0)
