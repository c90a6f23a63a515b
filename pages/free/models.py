"""A free page, for content without a page type of its own."""

from django.http import HttpRequest
from wagtail.fields import StreamField

from ..blocks.prose import ProseBlock
from ..page.base import SitePage
from ..page.poster import PARAMETER
from ..text.search_text import prose

WALL = "a3"


class StandardPage(SitePage):
    page_description = "Une page libre : textes, images, listes, documents."
    subpage_types = ["pages.StandardPage", "pages.SimplePage"]
    shows_siblings = shows_children = True
    stands_in_footer = False  # It would be in the footer of every page, unasked.
    shared_parameters = {PARAMETER: WALL.__eq__}

    body = StreamField(ProseBlock(), verbose_name="contenu", blank=True)

    content_panels = [*SitePage.content_panels, SitePage.funders_panel, "body"]
    search_fields = [*SitePage.search_fields, *prose("body")]

    class Meta:
        verbose_name = "page libre"
        verbose_name_plural = "pages libres"

    def get_template(self, request: HttpRequest, *args, **kwargs) -> str:
        is_asked = request.GET.get(PARAMETER) == WALL and self.has_wall_poster
        return "pages/wall_poster.html" if is_asked else super().get_template(request, *args, **kwargs)

    @property
    def has_wall_poster(self) -> bool:
        """True if the European Union pays for what the page is about: a sheet of A3 says so on the wall (Regulation (EU) 2021/1060, article 50)."""
        return any(funder.is_european_union for funder in self.all_funders)
