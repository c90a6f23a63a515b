"""The news as Atom (RFC 4287)."""

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from ..organisation.models import Organisation
from ..page.addresses import get_canonical_url, get_view_url
from ..text.dates import MIDNIGHT, belfort_datetime
from .models import NewsIndexPage, NewsPage

MAX_NEWS = 20


class NewsFeed(Feed):
    feed_type = Atom1Feed
    language = "fr"

    def get_object(self, request: HttpRequest) -> NewsIndexPage:
        page = NewsIndexPage.objects.public().first()
        if not page:
            raise Http404
        return page

    def title(self, page: NewsIndexPage) -> str:
        return f"{page.title} – {Organisation.get().name}"

    def subtitle(self, page: NewsIndexPage) -> str:
        return page.introduction

    def link(self, page: NewsIndexPage) -> str:
        return get_canonical_url(page)

    def author_name(self, page: NewsIndexPage) -> str:
        return Organisation.get().name  # RFC 4287, 4.1.1: a feed has an author

    def feed_url(self, page: NewsIndexPage) -> str:
        return get_view_url("news_feed")

    def feed_guid(self, page: NewsIndexPage) -> str:
        return page.translation_key.urn

    def items(self, page: NewsIndexPage) -> QuerySet[NewsPage]:
        return NewsPage.listed().prefetch_related("districts")[:MAX_NEWS]

    def item_title(self, article: NewsPage) -> str:
        return article.title

    def item_description(self, article: NewsPage) -> str:
        return escape(article.introduction)  # it is read as HTML

    def item_link(self, article: NewsPage) -> str:
        return get_canonical_url(article)

    def item_guid(self, article: NewsPage) -> str:
        return article.translation_key.urn

    def item_pubdate(self, article: NewsPage) -> datetime:
        return belfort_datetime(article.date, MIDNIGHT)

    def item_updateddate(self, article: NewsPage) -> datetime | None:
        return article.last_published_at

    def item_categories(self, article: NewsPage) -> list[str]:
        return list(map(str, article.districts.all()))
