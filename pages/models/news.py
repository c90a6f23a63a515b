"""News: what the association did and what happened in the quartiers, newest first."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.models import Page

from ..blocks import ProseBlock
from ..navigation import open_pages
from ..page_forms import NumerousPageForm
from .base import InDistrictsMixin, ListPageMixin, SitePageMixin


class NewsIndexPage(ListPageMixin, SitePageMixin, Page):
    page_description = "La liste des actualités. Elle est dans le menu dès qu’une actualité est publiée."
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.NewsPage"]
    max_count = 1  # /actualites.atom is its feed
    show_in_menus_default = True
    facade = "quartier"

    content_panels = [*Page.content_panels, *SitePageMixin.introduction_panels]

    class Meta:
        verbose_name = "liste des actualités"
        verbose_name_plural = "listes des actualités"

    def entries_for(self, request):
        pictures = get_image_model().objects.prefetch_renditions(*(f"{size}|format-webp" for size in NewsPage.SIZES))
        return NewsPage.listed().prefetch_related(models.Prefetch("picture", pictures))


class NewsPage(InDistrictsMixin, SitePageMixin, Page):
    page_description = "Une actualité : ce que la Régie a fait, ce qui s’est passé dans un quartier."
    parent_page_types = ["pages.NewsIndexPage"]
    subpage_types = []
    base_form_class = NumerousPageForm
    facade = "quartier"

    SIZES = ["fill-240x160", "fill-480x320", "fill-720x480"]  # of the picture in lists, as the template asks for them

    date = models.DateField("date", default=timezone.localdate, db_index=True, help_text="La plus récente est la première de la liste.")
    body = StreamField(ProseBlock(), verbose_name="texte", blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        *SitePageMixin.introduction_panels,
        FieldPanel("body"),
        InDistrictsMixin.districts_panel,
    ]

    class Meta:
        verbose_name = "actualité"
        verbose_name_plural = "actualités"

    def clean(self):
        """Refuses a date to come, unless the page is published on that day or later."""
        super().clean()
        first_day = timezone.localdate(self.go_live_at) if self.go_live_at else timezone.localdate()
        if self.date and self.date > max(first_day, timezone.localdate()):
            raise ValidationError(
                {"date": "Ce jour n’est pas encore venu. Pour publier plus tard, planifiez la publication (icône « i », en haut)."}
            )

    @classmethod
    def listed(cls):
        """What anybody may read, newest first."""
        return open_pages(cls).order_by("-date", "-pk")
