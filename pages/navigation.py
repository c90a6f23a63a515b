"""Menu, footer and paths through the site, all read from the page tree."""

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from wagtail.models import Page, Site, get_page_models


def with_short_titles(pages):
    """The `pages` queryset, each page annotated with `short`: its short title, else its title.

    Short titles live in the tables of the page types. Joining them costs one query, `specific()` one a type.
    """
    from .models.base import SitePageMixin

    types = (model._meta.model_name for model in get_page_models() if issubclass(model, SitePageMixin))
    return pages.annotate(short=Coalesce(*(NullIf(F(f"{name}__nav_title"), Value("")) for name in types), F("title")))


def home_of(request):
    """The home page of the site that `request` is for, or None while there is none."""
    site = Site.find_for_request(request)
    return site.root_page if site else None


def entries(request):
    """The published pages under the home page, in tree order, each with its `short` title."""
    home = home_of(request)
    return list(with_short_titles(home.get_children().live().public())) if home else []


def path_to(page):
    """The pages above `page`, from the home page down, each with its `short` title."""
    return with_short_titles(Page.objects.ancestor_of(page).filter(depth__gt=1))
