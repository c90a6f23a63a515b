"""Keeps the search's index true where Wagtail alone would not."""

from django.core.management import call_command
from django.db.models.signals import post_save
from wagtail.search.index import insert_or_update_object
from wagtail.signals import page_published


def follow():
    from .models import District, EventPage, FiguresPage, JobOfferPage, KeyFigure, LegalPage, NewsPage, Organisation

    def follow_page(instance, **kwargs):
        # Wagtail indexes a page when it is saved, which is before the items below it are.
        insert_or_update_object(instance)

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
    page_published.connect(follow_page, weak=False)
    for sender in (Organisation, KeyFigure):
        post_save.connect(follow_snippet, sender=sender, weak=False)


def rebuild(plan, **kwargs):
    """After migrations of our own, which may have changed what is searched, and how."""
    if any(migration.app_label == "pages" for migration, _ in plan):
        call_command("update_index", verbosity=0)
