"""The simple version of a page, for people who read French with difficulty."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import HelpPanel
from wagtail.fields import StreamField
from wagtail.models import AbstractPage

from ..about.parts import SectionMixin
from ..blocks.prose import CallBlock
from ..blocks.simple import TopicBlock
from ..editing.remarks import DashboardData, Remark
from ..page.base import SitePage
from ..work.models import JobOfferPage
from ..work.page import JobsPage

MAX_WORDS = 12  # the number of words of a sentence


class SimplePage(SitePage):
    """It is called a simple version, not FALC: that name asks for a review by people with an intellectual disability."""

    page_description = "La version simple de la page au-dessus : des phrases courtes, une idée par ligne. Cette page y mène par un lien."
    subpage_types = []
    max_count_per_parent = 1  # The page above links to one.
    unlisted = True
    review_years = None  # `find_outdated_versions` says when

    body = StreamField([("topic", TopicBlock()), ("call", CallBlock())], verbose_name="contenu", blank=True)

    content_panels = [
        HelpPanel(
            f"<p>Une phrase dit une seule chose, en {MAX_WORDS} mots au plus. Chaque phrase est sur sa ligne. "
            "Un mot difficile est expliqué tout de suite. Faites lire la page à une personne qui lit avec peine.</p>"
        ),
        *AbstractPage.content_panels,
        "body",
    ]

    class Meta:
        verbose_name = "version simple"
        verbose_name_plural = "versions simples"

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        """Adds `full_page`, and whether it `is_about_work`: then the `offers` are counted, and it ends with the form to be called."""
        full_page = self.get_parent()
        context = {**super().get_context(request, *args, **kwargs), "full_page": full_page}
        if full_page.specific_class is JobsPage:
            context |= {"is_about_work": True, "offers": JobOfferPage.objects.public().child_of(full_page)}
        return context


def find_outdated_versions(dashboard: DashboardData) -> Iterator[Remark]:
    """Yields those where the page above, or a part that it shows, has changed since or is gone, and those that were taken down."""
    pages = SimplePage.objects.exclude(first_published_at=None)
    live = [page for page in pages if page.live] if dashboard.may_publish else []
    parts = {content_type.pk for content_type in ContentType.objects.get_for_models(*SectionMixin.__subclasses__()).values()}
    shown = models.Q(path__in=[page.path[: -page.steplen] for page in live]) | models.Q(content_type__in=parts, live=True)
    others = list(SitePage.objects.with_is_public().filter(shown))
    for page in live:
        above = next((other for other in others if page.is_child_of(other)), None)
        seen_at = max(filter(None, [page.last_published_at, page.reviewed_at]), default=None)
        if not above or not seen_at:
            continue
        is_shown = [other for other in others if other == above or (other.content_type_id in parts and other.is_child_of(above))]
        if not above.is_public or any(other.last_published_at and other.last_published_at > seen_at for other in is_shown):
            effect = "la page complète a changé depuis, ou n’est plus en ligne. La version simple dit-elle encore vrai ?"
            read = ("Lire la page complète", above.url), ("Lire la version simple", page.url)
            yield Remark(page, page.title, effect, "", True, read, may_go=True)
    for page in [page for page in pages if not page.live]:
        yield Remark(page, page.title, "elle n’est plus sur le site. Corrigez-la et publiez-la de nouveau, ou supprimez-la.")
