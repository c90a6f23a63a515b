"""Links between pages: one that leads to a page which is not open to all loses its address, and staff are told."""

import re

from django.contrib.contenttypes.models import ContentType
from django.utils.html import escape
from wagtail.models import Page, ReferenceIndex
from wagtail.rich_text.pages import PageLinkHandler

from .navigation import open_pages


class OpenPageLinkHandler(PageLinkHandler):
    """Wagtail's link to a page, in rich text, but its words alone while the page is not open."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list):
        asked = [attrs.get("id", "") for attrs in attrs_list]
        pages = open_pages().in_bulk([int(pk) for pk in asked if re.fullmatch(r"[0-9]{1,18}", pk)])
        urls = {str(pk): page.url for pk, page in pages.items()}
        return [f'<a href="{escape(urls[pk])}">' if urls.get(pk) else "<a>" for pk in asked]


def closed_links():
    """Pairs of an open page and a page that it leads to in vain, which is unpublished, private or expired."""
    pages = ContentType.objects.get_for_model(Page)
    found = ReferenceIndex.objects.filter(base_content_type=pages, to_content_type=pages).values_list("object_id", "to_object_id")
    references = sorted({(int(source), int(target)) for source, target in found})
    sources = open_pages().in_bulk([source for source, _ in references])
    closed = Page.objects.exclude(pk__in=open_pages()).in_bulk([target for _, target in references])
    return [(sources[source], closed[target]) for source, target in references if source in sources and target in closed]
