"""The simple version of a page, for people who read French with difficulty."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import HelpPanel
from wagtail.fields import StreamField
from wagtail.models import AbstractPage

from ..blocks import SimpleBlock
from .about import SectionMixin
from .base import SitePage
from .jobs import JobOfferPage, JobsPage

MOST_WORDS = 12  # of a sentence


class SimplePage(SitePage):
    """It is called a simple version, not FALC: that name asks for a review by people with an intellectual disability."""

    page_description = "La version simple de la page au-dessus : des phrases courtes, une idée par ligne. Cette page y mène par un lien."
    subpage_types = []
    max_count_per_parent = 1  # the page above links to one
    stands_apart = True

    body = StreamField(SimpleBlock(), verbose_name="contenu", blank=True)
    kept_at = models.DateTimeField(null=True, editable=False)  # when staff said that it is right although the page has changed

    content_panels = [
        HelpPanel(
            f"<p>Une phrase dit une seule chose, en {MOST_WORDS} mots au plus. Chaque phrase est sur sa ligne. "
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
            context |= {"is_about_work": True, "offers": JobOfferPage.objects.open().child_of(full_page)}
        return context

    @property
    def is_outdated(self) -> bool:
        """Whether the page above, or one of the parts that it shows, has changed since this one was published or kept; or is gone."""
        above, parts = self.get_parent(), ContentType.objects.get_for_models(*SectionMixin.__subclasses__()).values()
        if not above.is_open:
            return True
        seen_at = max(filter(None, [self.last_published_at, self.kept_at]))
        shown = models.Q(pk=above.pk) | models.Q(path__startswith=above.path, depth=self.depth, content_type__in=parts, live=True)
        return SitePage.objects.filter(shown, last_published_at__gt=seen_at).exists()

    def keep(self) -> None:
        """Notes that the page is still right."""
        SimplePage.objects.filter(pk=self.pk).update(kept_at=timezone.now())
