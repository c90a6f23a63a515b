"""A free page, for content without a page type of its own."""

from wagtail.fields import StreamField

from ..blocks.prose import ProseBlock
from ..page.base import SitePage
from ..text.search_text import prose


class StandardPage(SitePage):
    page_description = "Une page libre : textes, images, listes, documents."
    subpage_types = ["pages.StandardPage", "pages.SimplePage"]
    shows_siblings = shows_children = True
    stands_in_footer = False  # It would be in the footer of every page, unasked.

    body = StreamField(ProseBlock(), verbose_name="contenu", blank=True)

    content_panels = [*SitePage.content_panels, "body"]
    search_fields = [*SitePage.search_fields, *prose("body")]

    class Meta:
        verbose_name = "page libre"
        verbose_name_plural = "pages libres"
