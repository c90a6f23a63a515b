"""What templates ask the site: its menu, its organisation, its key figures, its drawings."""

from django import template
from django.conf import settings
from wagtail.models import Page

from .. import charts, navigation
from ..models import District, KeyFigure, Organisation

register = template.Library()


@register.simple_tag(takes_context=True)
def site_entries(context):
    """Pages under the home page: those for the menu and those for the footer, each with `short`, `url` and `current`."""
    request = context.get("request")
    page = context.get("page")
    entries = navigation.entries(request)
    for entry in entries:
        entry.address = entry.get_url(request)
        entry.current = ""
        if page and page.path and page.path.startswith(entry.path):
            entry.current = "page" if page.pk == entry.pk else "true"
    return {
        "menu": [entry for entry in entries if entry.show_in_menus],
        "footer": [entry for entry in entries if not entry.show_in_menus],
    }


@register.simple_tag
def organisation():
    return Organisation.get()


@register.simple_tag
def districts():
    return District.objects.all()


@register.simple_tag
def key_figures(home_only=False):
    """The known key figures, in their order; with `home_only`, those that staff put on the home page."""
    return [figure for figure in KeyFigure.objects.known() if figure.on_home or not home_only]


@register.simple_tag
def breadcrumbs(page):
    return navigation.path_to(page)


@register.simple_tag(takes_context=True)
def live_pages(context, *names):
    """The published pages of the models with these lower-case `names`, by name: for links to pages that exist once."""
    home = navigation.home_of(context["request"])
    pages = Page.objects.descendant_of(home).live().public().filter(content_type__model__in=names) if home else []
    return {page.content_type.model: page for page in pages.select_related("content_type")} if home else {}


@register.simple_tag
def canonical(page):
    """The page's one address, on the site's own host whatever host was asked."""
    parts = page.get_url_parts()
    return f"{settings.SITE_URL}{parts[2]}" if parts else ""


@register.filter
def wall(number):
    path, width, height = charts.wall(number)
    return {"path": path, "width": width, "height": height}


@register.filter
def towers(values):
    drawn = charts.towers(values)
    return {"towers": drawn, "width": len(drawn) * (charts.TOWER_WIDTH + charts.TOWER_GAP) - charts.TOWER_GAP}
