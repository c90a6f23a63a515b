"""News: what the association did and what happened in the quartiers, newest first."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import AbstractPage

from ..blocks.prose import ProseBlock
from ..districts.listing import ListPageMixin
from ..districts.models import InDistrictsMixin
from ..media.models import SiteImage
from ..media.renditions import ALL_SIZES
from ..organisation.linked_data import refer_to
from ..organisation.models import Organisation
from ..page.base import SitePage
from ..text.search_text import prose


def get_oldest_day() -> date:
    """Returns the day a year ago: news of that day or before are old; menus and the home page do not show a list of old news alone."""
    return timezone.localdate() - relativedelta(years=1)


def get_list_pictures() -> models.Prefetch:
    """Prefetches the pictures of articles with their renditions in lists, in two queries."""
    return models.Prefetch("picture", SiteImage.objects.prefetch_renditions(*ALL_SIZES["list"]))


class NewsIndexPage(ListPageMixin, SitePage):
    page_description = "La liste des actualités. Elle est dans le menu dès qu’une actualité est publiée."
    subpage_types = ["pages.NewsPage", "pages.SimplePage"]
    max_count = 1  # /actualites.atom is its feed
    show_in_menus_default = True
    facade = "quartier"

    class Meta:
        verbose_name = "liste des actualités"
        verbose_name_plural = "listes des actualités"

    @classmethod
    def get_listed(cls) -> models.QuerySet[NewsPage]:
        return NewsPage.objects.public().filter(date__gt=get_oldest_day())

    def get_entries(self, request: HttpRequest) -> models.QuerySet[NewsPage]:
        return NewsPage.listed().prefetch_related(get_list_pictures())


class NewsPage(InDistrictsMixin, SitePage):
    page_description = "Une actualité : ce que la Régie a fait, ce qui s’est passé dans un quartier."
    subpage_types = []
    review_years = None  # Its date says whether it is still right.
    shares_titles = is_entry = True
    facade = "quartier"

    date = models.DateField("date", default=timezone.localdate, help_text="La plus récente est la première de la liste.")
    body = StreamField(ProseBlock(), verbose_name="texte", blank=True)

    content_panels = [
        *AbstractPage.content_panels,
        "date",
        "introduction",
        FieldPanel("picture", help_text=f"{SitePage.picture_help} Elle est aussi dans la liste des actualités."),
        "body",
        InDistrictsMixin.districts_panel,
        SitePage.funders_panel,
    ]

    search_fields = [*SitePage.search_fields, *prose("body"), *InDistrictsMixin.district_search_fields]

    class Meta:
        verbose_name = "actualité"
        indexes = [models.Index(fields=["date", "sitepage_ptr"], name="news_order")]

    def clean(self) -> None:
        """Refuses a date to come, unless the page is published on that day or later."""
        super().clean()
        first_day = timezone.localdate(self.go_live_at) if self.go_live_at else timezone.localdate()
        if self.date and self.date > max(first_day, timezone.localdate()):
            raise ValidationError(
                {
                    "date": "Ce jour n’est pas encore venu. Pour publier plus tard : la flèche à côté de « Publier », puis « Publier plus tard… »."
                }
            )

    @classmethod
    def listed(cls) -> models.QuerySet[NewsPage]:
        """Returns the news that anybody may read, newest first, without their texts."""
        return cls.objects.public().defer("body").order_by("-date", "-pk")

    def get_linked_data(self, organisation: Organisation) -> dict:
        return {
            "@type": "NewsArticle",
            "headline": self.title,
            "datePublished": self.date.isoformat(),
            "dateModified": self.last_published_at and self.last_published_at.isoformat(timespec="seconds"),
            "author": refer_to(organisation),
            "publisher": refer_to(organisation),
            "inLanguage": "fr",
        }

    @property
    def is_recent(self) -> bool:
        return self.date > get_oldest_day()

    @property
    def age(self) -> int:
        """Its whole years."""
        return relativedelta(timezone.localdate(), self.date).years
