"""Links in rich text: one to a page or a document that is not open to all is shown as its words alone."""

import re

from django.utils.html import escape
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.rich_text.pages import PageLinkHandler

from ..models import SitePage


class PublicPageLinkHandler(PageLinkHandler):
    """Wagtail's handler of links to pages, but without an address while the page is not open."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        asked = [attrs.get("id", "") for attrs in attrs_list]
        pages = SitePage.objects.public().in_bulk([int(pk) for pk in asked if re.fullmatch(r"[0-9]{1,18}", pk)])
        urls = {str(pk): page.url for pk, page in pages.items()}
        return [f'<a href="{escape(urls[pk])}">' if urls.get(pk) else "<a>" for pk in asked]


class PublicDocumentLinkHandler(DocumentLinkHandler):
    """Wagtail's handler of links to documents, but without an address, which has the name of the file, while it is private."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        return [f'<a href="{escape(file.url)}">' if file and not file.is_private else "<a>" for file in cls.get_many(attrs_list)]
