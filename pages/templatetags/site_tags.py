"""What templates ask the site: its menu, its organisation, its key figures, its drawings."""

import json
import re
from itertools import zip_longest
from urllib.parse import urljoin

import segno
from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from wagtail.images.models import ResponsiveImage
from wagtail.images.shortcuts import get_rendition_or_not_found, get_renditions_or_not_found

from .. import charts, glossary, navigation, search, typography
from ..linked_data import linked_data as linked_data_of
from ..models import District, EventPage, GlossaryTerm, KeyFigure, NewsPage, Organisation

register = template.Library()
IN_ELEMENT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}  # that JSON may hold but could end its element


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
def explained_words():
    return list(GlossaryTerm.objects.all())


@register.simple_tag
def next_events():
    return EventPage.coming()[:3]


@register.simple_tag
def latest_news():
    return NewsPage.listed()[:3]


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
    return navigation.address_of(page)


@register.simple_tag
def address_of_view(name):
    return navigation.address_of_view(name)


@register.simple_tag
def message_months():
    """How long messages are kept: what pages say is what `run_due` does."""
    return settings.MESSAGE_MONTHS


@register.simple_tag
def qr_code(page):
    """The page's address as an SVG that a phone's camera reads (ISO/IEC 18004), with a quarter of it to spare for dirt and folds."""
    drawing = segno.make_qr(canonical(page), error="q").svg_inline(svgclass="qr", lineclass=None, omitsize=True, title="Code QR")
    return mark_safe(drawing)  # noqa: S308 drawn here, of our own address


@register.simple_tag
def share_picture(page):
    """The address of the picture that stands for the page where its link is shared: its own, else the site's drawing."""
    own = page.shown_picture and get_rendition_or_not_found(page.shown_picture, "fill-1200x630|format-jpeg|bgcolor-ffffff").url
    return urljoin(settings.SITE_URL, own or static("img/share.png"))


@register.simple_tag(takes_context=True)
def linked_data(context):
    """The page's JSON-LD in its element. It is data, which a browser does not run."""
    graph = linked_data_of(*(context[name] for name in ("page", "around", "organisation", "districts", "picture")))
    if not graph:
        return ""
    data = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(data.translate(IN_ELEMENT)))  # noqa: S308 translated


@register.simple_tag
def responsive_image(image, *specs, **attributes):
    """An <img> of the renditions of `image` that `specs` ask for (Wagtail's filters), in WebP, without twins.

    A picture is never enlarged: asked for more than it has, it gives the same rendition twice, which `srcset` may not hold.
    """
    renditions = get_renditions_or_not_found(image, [f"{spec}|format-webp" for spec in specs])
    by_width = {rendition.width: rendition for rendition in renditions.values()}
    largest = by_width[max(by_width)]
    size = {"width": largest.width, "height": largest.height}
    return str(ResponsiveImage({rendition.filter_spec: rendition for rendition in by_width.values()}, size | attributes))


@register.filter
def marked(excerpt):
    """An excerpt of the search with the found words marked."""
    pieces = re.split(f"{search.START}(.*?){search.STOP}", excerpt, flags=re.DOTALL)
    return format_html_join(
        "",
        "{}{}",
        ((piece, format_html("<mark>{}</mark>", found) if found else "") for piece, found in zip_longest(pieces[::2], pieces[1::2])),
    )


@register.filter
def wall(number, columns=12):
    path, width, height = charts.wall(number, columns)
    return {"path": path, "width": width, "height": height}


register.filter("trend", charts.trend)


@register.tag
def typeset(parser, token):
    """{% typeset %}…{% endtypeset %}: what stands between, in French typography."""
    content = parser.parse(["endtypeset"])
    parser.delete_first_token()
    return TypesetNode(content)


class TypesetNode(template.Node):
    def __init__(self, content):
        self.content = content

    def render(self, context):
        return typography.typeset(self.content.render(context))


@register.tag
def explain(parser, token):
    """{% explain terms %}…{% endexplain %}: what stands between, with links to the explained words in it."""
    _, terms = token.split_contents()
    content = parser.parse(["endexplain"])
    parser.delete_first_token()
    return ExplainNode(content, parser.compile_filter(terms))


class ExplainNode(template.Node):
    def __init__(self, content, terms):
        self.content, self.terms = content, terms

    def render(self, context):
        where = GlossaryTerm.Where
        wanted = {where.EVERYWHERE} if isinstance(context.get("page"), NewsPage | EventPage) else {where.EVERYWHERE, where.LASTING}
        terms = [term for term in self.terms.resolve(context) if term.where in wanted]
        return glossary.explain(self.content.render(context), terms)
