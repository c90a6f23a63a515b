"""Items with a title and a text that pages have in numbers."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from ..text.search_text import SearchText
from .base import SitePage, get_known_pages


class TitledItem(Orderable):
    """A repeated item with a title and a text, in the order that staff give."""

    title = models.CharField("titre", max_length=120)
    text = RichTextField("texte")

    panels = ["title", "text"]
    search_fields = [SearchText("heading"), SearchText("text")]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def heading(self) -> str:
        """The title, under a name that Wagtail's index does not add to the words of the page's own title."""
        return self.title


def set_public_targets(items: Iterable[models.Model], field: str) -> None:
    """Sets `public_target` on each of `items`: the page in its foreign key `field` if anybody may read it, else None.

    Makes one query at most.
    """
    pages = get_known_pages()
    if unknown := {getattr(item, f"{field}_id") for item in items} - {None, *pages}:
        pages |= SitePage.objects.public().in_bulk(unknown)
    for item in items:
        item.public_target = pages.get(getattr(item, f"{field}_id"))
