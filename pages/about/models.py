"""« Qui sommes-nous ? »: one long page and its parts, each of them a page of its own too."""

from __future__ import annotations

from django.utils.functional import cached_property
from wagtail.fields import RichTextField

from ..page.base import SitePage
from ..page.querysets import get_specific_pages
from ..text.search_text import prose
from .parts import SectionMixin


class AboutPage(SitePage):
    page_description = "La page « Qui sommes-nous ? ». Elle montre ses parties l’une après l’autre."
    subpage_types = [
        *("pages.HistoryPage", "pages.FiguresPage", "pages.VocationPage", "pages.StrengthsPage", "pages.MissionPage", "pages.NetworkPage"),
        *("pages.StandardPage", "pages.SimplePage"),
    ]
    max_count = 1  # The menu, the home page and the addresses of its parts know one.
    show_in_menus_default = True

    text = RichTextField("texte", blank=True, help_text="Ce qu’est l’association, avant ses parties.")

    content_panels = [*SitePage.content_panels, "text"]
    search_fields = [*SitePage.search_fields, *prose("text")]

    class Meta:
        verbose_name = "Qui sommes-nous ?"

    @cached_property
    def public_children(self) -> list[SitePage]:
        """The specific pages below that anybody may read, in the order that staff gave them."""
        return get_specific_pages(SitePage.objects.public().child_of(self), SectionMixin.__subclasses__())

    @property
    def parts(self) -> list[SitePage]:
        return [page for page in self.public_children if isinstance(page, SectionMixin) and page.has_content]

    @property
    def has_faces(self) -> bool:
        return any(part.has_faces for part in self.parts)

    @property
    def free_pages(self) -> list[SitePage]:
        """The pages that are no part, such as one about the team: the about page links to them."""
        pages = [page for page in self.public_children if not page.specific_class.unlisted]
        return [page for page in pages if not isinstance(page, SectionMixin)]
