"""Menu, footer and paths through the site, all read from the page tree in one query."""

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Left, Length, NullIf
from wagtail.models import Page, PageViewRestriction, Site, get_page_models


def open_pages():
    """The published pages that anybody may read. Wagtail's `public()` says the same with one more query."""
    above = Left(OuterRef("path"), Length("page__path"))
    return Page.objects.live().filter(~Exists(PageViewRestriction.objects.filter(page__path=above)))


def with_short_titles(pages):
    """The `pages` queryset, each page annotated with `short`: its short title, else its title.

    Short titles live in the tables of the page types. Joining them costs one query, `specific()` one a type.
    """
    types = (model._meta.model_name for model in get_page_models() if hasattr(model, "nav_title"))
    return pages.annotate(short=Coalesce(*(NullIf(F(f"{name}__nav_title"), Value("")) for name in types), F("title")))


def surroundings(request, page=None):
    """The pages that a visitor can go to from `page`, each with its `short` title:

    `menu` and `footer`, the pages under the home page, each with `current` ("page" itself, "true" above it, else empty);
    `above`, those from the home page down to the page's parent;
    `whole`, `previous` and `next`, for a page that is a part of a whole, each None where there is none.
    """
    around = {"menu": [], "footer": [], "above": [], "whole": None, "previous": None, "next": None}
    site = Site.find_for_request(request)
    if not site:
        return around
    home = site.root_page
    path = (page and page.path) or ""  # none yet in the preview of a new page
    step = Page.steplen
    wanted = Q(depth=home.depth + 1, path__startswith=home.path)
    wanted |= Q(path__in=[path[:end] for end in range(2 * step, len(path), step)])
    is_part = getattr(page, "is_part", False)
    if is_part:
        wanted |= Q(depth=page.depth, path__startswith=path[:-step])
    for near in with_short_titles(open_pages().filter(wanted)).order_by("path"):
        near.current = "page" if near.path == path else "true" if path.startswith(near.path) else ""
        if near.depth == home.depth + 1:
            around["menu" if near.show_in_menus else "footer"].append(near)
        if near.current == "true":
            around["above"].append(near)
            if is_part and near.depth == page.depth - 1:
                around["whole"] = near
        if is_part and near.depth == page.depth:
            if near.path < path:
                around["previous"] = near
            elif near.path > path and not around["next"]:
                around["next"] = near
    return around
