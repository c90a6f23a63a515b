"""What templates ask the site: its menu, its organisation, its key figures, its drawings."""

from django import template
from django.conf import settings

from .. import charts, navigation
from ..models import District, KeyFigure, Organisation

register = template.Library()


@register.simple_tag(takes_context=True)
def surroundings(context):
    return navigation.surroundings(context["request"], context.get("page"))


@register.simple_tag
def organisation():
    return Organisation.get()


@register.simple_tag
def districts():
    return District.objects.all()


@register.simple_tag
def home_figures():
    """The known key figures that staff put on the home page, in their order."""
    return [figure for figure in KeyFigure.objects.known() if figure.on_home]


@register.simple_tag
def only_pages(*names):
    """The open pages of the models with these lower-case `names`, which exist once, by name."""
    # Joining the models' own tables gives the whole page at once, where `specific` is a query more for each.
    pages = navigation.open_pages().filter(content_type__model__in=names).select_related("content_type", *names)
    return {page.content_type.model: getattr(page, page.content_type.model) for page in pages}


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
