"""Menu, footer and paths through the site, all read from the page tree in one query."""

from django.apps import apps
from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Left, Length, NullIf
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site, get_page_models


def restricted(restrictions, node, path):
    """The condition that one of the model `restrictions` on a `node` ("page", "collection") holds for what stands at `path` or above."""
    # A subquery and no join: SQLite would begin with all nodes, and there are hardly any restrictions.
    above = restrictions._meta.get_field(node).related_model.objects.filter(pk=OuterRef(f"{node}_id")).order_by().values("path")
    restricting = restrictions.objects.annotate(above=Subquery(above))
    return Exists(restricting.filter(above=Left(OuterRef(path), Length("above"))))


def open_pages(model=Page):
    """The published pages of the `model` that anybody may read, without what has expired: for every list and link.

    Offers expire at the end of their last day in Belfort.
    """
    # Wagtail's `public()` says the same of restrictions, with one more query.
    pages = model.objects.live().filter(
        ~restricted(PageViewRestriction, "page", "path"), Q(expire_at=None) | Q(expire_at__gt=timezone.now())
    )
    offers = {Page: "jobofferpage__last_day__lt", apps.get_model("pages", "JobOfferPage"): "last_day__lt"}
    return pages.exclude(**{offers[model]: timezone.localdate()}) if model in offers else pages


def has_nothing():
    """The condition that a page is a list with nothing to show: no news, or no event to come. It is then in no menu."""
    news = open_pages().filter(newspage__isnull=False)
    coming = open_pages().filter(eventpage__past_from__gt=timezone.localdate())
    return Q(newsindexpage__isnull=False) & ~Exists(news) | Q(eventindexpage__isnull=False) & ~Exists(coming)


def address_of(page):
    """The page's one address, on the site's own host whatever host was asked; empty while it has none."""
    parts = page.get_url_parts()
    return f"{settings.SITE_URL}{parts[2]}" if parts else ""


def address_of_view(name):
    """The one address of a view beside the page tree, on the site's own host."""
    return f"{settings.SITE_URL}{reverse(name)}"


def site_pages(request):
    """The open pages of the site that is asked for, in the order of the tree, from its home page on."""
    site = Site.find_for_request(request)
    return open_pages().descendant_of(site.root_page, inclusive=True).order_by("path") if site else Page.objects.none()


def with_short_titles(pages):
    """The `pages` queryset, each page annotated with `short`: its short title, else its title.

    Short titles live in the tables of the page types. Joining them costs one query, `specific()` one a type.
    """
    types = (model._meta.model_name for model in get_page_models() if hasattr(model, "nav_title"))
    return pages.annotate(short=Coalesce(*(NullIf(F(f"{name}__nav_title"), Value("")) for name in types), F("title")))


def surroundings(request, page=None):
    """The pages that a visitor can go to from `page`, each with its `short` title:

    `menu` and `footer`, the pages under the home page, each with `current` ("page" itself, "true" above it, else empty), without
    lists that have nothing to show;
    `by_type`, the same pages by the lower-case name of their model: such as the contact page, which exists once;
    `above`, those from the home page down to the page's parent;
    `below`, its own children, for a page that says `shows_below`;
    `whole`, `previous` and `next`, for a page that is a part of a whole, each None where there is none.
    """
    around = {"menu": [], "footer": [], "by_type": {}, "above": [], "below": [], "whole": None, "previous": None, "next": None}
    site = Site.find_for_request(request)
    if not site:
        return around
    home = site.root_page
    path = (page and page.path) or ""  # none yet in the preview of a new page
    step = Page.steplen
    wanted = Q(depth=home.depth + 1, path__startswith=home.path)
    wanted |= Q(path__in=[path[:end] for end in range(2 * step, len(path), step)])
    is_part = getattr(page, "is_part", False) and page.depth and page.depth > home.depth + 1
    if is_part:
        wanted |= Q(depth=page.depth, path__startswith=path[:-step])
    kinds = {
        "type": F("content_type__model"),
        "legal_kind": F("legalpage__kind"),
        "is_empty": Case(When(has_nothing(), then=True), default=False),
    }
    shows_below = path and getattr(page, "shows_below", False)
    if shows_below:
        wanted |= Q(depth=page.depth + 1, path__startswith=path)
    for near in with_short_titles(open_pages().filter(wanted).annotate(**kinds)).order_by("path"):
        near.current = "page" if near.path == path else "true" if path.startswith(near.path) else ""
        if near.depth == home.depth + 1 and not near.is_empty:
            around["menu" if near.show_in_menus else "footer"].append(near)
            around["by_type"][near.type] = near
        if near.current == "true":
            around["above"].append(near)
            if is_part and near.depth == page.depth - 1:
                around["whole"] = near
        if shows_below and near.depth == page.depth + 1 and near.path.startswith(path):
            around["below"].append(near)
        if is_part and near.depth == page.depth:
            if near.path < path:
                around["previous"] = near
            elif near.path > path and not around["next"]:
                around["next"] = near
    return around
