"""Template tags and filters of the site: navigation, facts, key figures, pictures, text."""

import json
import re
from html import unescape
from urllib.parse import quote, urlencode, urljoin

import segno
from django import template
from django.conf import settings
from django.db.models import Count
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.images.models import ResponsiveImage
from wagtail.images.shortcuts import get_rendition_or_not_found, get_renditions_or_not_found
from wagtail.models import Site

from ..about.parts import Partner
from ..contact.form import CallbackForm
from ..figures import drawings
from ..glossary import links
from ..media.renditions import SHARED_SIZE
from ..models import District, EventPage, GlossaryTerm, KeyFigure, Message, NewsPage, Organisation, SiteImage, SitePage
from ..page.addresses import get_canonical_url, get_view_url
from ..page.sharing import get_all, once_a_state
from ..search.sql import START, STOP
from ..text import typography
from ..text.dates import format_moment
from ..text.phones import sms_uri
from ..visits.linked_data import get_graph
from ..visits.navigation import Navigation
from ..visits.navigation import get_navigation as get_navigation_of

register = template.Library()
CRLF = "\r\n"  # of mails (RFC 6068, 5)
JSON_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}  # These signs could end the script element.


@register.simple_tag(takes_context=True)
def get_navigation(context: template.Context) -> Navigation:
    return get_navigation_of(context["request"], context.get("page"))


@register.simple_tag(takes_context=True)
def organisation(context: template.Context) -> Organisation:
    return Organisation.get_for(context.get("request"))


@register.simple_tag(takes_context=True)
def is_staff_visit(context: template.Context) -> bool:
    """Returns True if a member of staff who is logged in reads the page itself, not a preview of it.

    The session is asked for only if there is a cookie: it adds `Vary: Cookie` to the answer.
    """
    request = context["request"]
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or getattr(request, "is_preview", False):
        return False
    return hasattr(request, "user") and request.user.has_perm("wagtailadmin.access_admin")


@register.simple_tag(takes_context=True)
def get_edit_url(context: template.Context) -> str:
    """Returns the address of the form of the page that a member of staff reads; empty where there is none, or not for this member."""
    page, user = context.get("page"), context["request"].user
    may_edit = isinstance(page, SitePage) and page.pk and page.permissions_for_user(user).can_edit()
    return reverse("wagtailadmin_pages:edit", args=[page.pk]) if may_edit else ""


@register.simple_tag(takes_context=True)
def is_taken_down(context: template.Context) -> bool:
    """Returns True if there was a page at this address that staff have taken down or whose time is over."""
    request = context["request"]
    if not re.fullmatch(r"/(?:[\w-]+/)*", request.path):  # as the addresses of pages are; PostgreSQL refuses some others
        return False
    site = Site.find_for_request(request)
    return bool(site) and SitePage.objects.taken_down().filter(url_path=f"{site.root_page.url_path}{request.path.lstrip('/')}").exists()


register.simple_tag(lambda: CallbackForm(), name="callback_form")  # the empty form with which people who look for work ask to be called
register.simple_tag(lambda: get_all(District), name="districts")
register.simple_tag(lambda: get_all(GlossaryTerm), name="glossary_terms")
register.simple_tag(lambda: [figure for figure in KeyFigure.get_known() if figure.on_home], name="home_figures")
register.simple_tag(Message.get_months, name="message_months")


@register.simple_tag
def send_uris(page: SitePage) -> dict[str, str]:
    """Returns the URIs by which a visitor sends the words of a page to somebody: `sms`, and `mail` (RFC 6068)."""
    lines = unescape(render_to_string("components/announced.html", {"page": page})).split("\n")
    lines = [line.strip() for line in lines if line.strip()]
    mail = f"mailto:?subject={quote(page.title)}&body={quote(CRLF.join(lines))}"
    return {"sms": sms_uri(None, "\n".join(lines)), "mail": mail}


@register.simple_tag
def get_funders(pages: SitePage | list[SitePage]) -> list[Partner]:
    """Returns who pays for a page, or for some of several, with their logos; the European Union comes first."""
    funders = pages.all_funders if isinstance(pages, SitePage) else Partner.objects.filter(sitepage__in=pages).distinct()
    return Partner.with_logos(sorted(funders, key=lambda funder: (not funder.is_european_union, funder.sort_order or 0)))


register.simple_tag(get_canonical_url, name="canonical_url")
register.simple_tag(get_view_url, name="view_url")


@register.simple_tag
def retention_days(name: str) -> str:
    """Returns for how many days something is kept: BACKUP_DAYS, LIMIT_DAYS or LOG_DAYS of the settings, by which it is erased."""
    days = getattr(settings, name)
    return f"{days} jour{pluralize(days)}"


@register.simple_tag
def count_events(districts: list[District], agenda: SitePage | None) -> list[tuple[District, int]]:
    """Returns the `districts`, each with the number of events to come that concern it; those without a quartier concern all."""
    numbers = dict(EventPage.taking_place().order_by().values_list("districts").annotate(Count("pk"))) if agenda else {}
    return [(district, numbers.get(district.pk, 0) + numbers.get(None, 0)) for district in districts]


@register.simple_tag
@once_a_state
def next_event() -> EventPage | None:
    """Returns the next event that takes place, or None."""
    return EventPage.taking_place().first()


@register.simple_tag
def map_address(place: str, organisation: Organisation) -> str:
    """Returns the address at which a map looks for a `place`, with the town of the organisation's own address unless it names one."""
    town = "" if re.search(r"\b[0-9]{5}\b", place) else organisation.address.strip().rpartition("\n")[2]
    return f"https://www.openstreetmap.org/search?{urlencode({'query': f'{place} {town}'.strip()})}"


@register.simple_tag
def qr_code(page: SitePage) -> SafeString:
    """Returns the page's address as a QR code in SVG (ISO/IEC 18004), a quarter of which may be damaged by dirt and folds."""
    drawing = segno.make_qr(get_canonical_url(page), error="q").svg_inline(svgclass="qr", lineclass=None, omitsize=True, title="Code QR")
    return mark_safe(drawing)  # noqa: S308 made here from our own address


@register.simple_tag
def share_picture(page: SitePage) -> str:
    """Returns the address of the picture that is shown where the page's link is shared: its own, else the site's drawing."""
    own = page.shown_picture and get_rendition_or_not_found(page.shown_picture, SHARED_SIZE)
    return urljoin(settings.SITE_URL, own.url if own and own.width else static("img/share.png"))


@register.simple_tag(takes_context=True)
def linked_data(context: template.Context) -> SafeString:
    """Returns the page's JSON-LD in a script element, which browsers do not run."""
    page, organisation, picture = (context[name] for name in ("page", "organisation", "picture"))
    graph = get_graph(page, context["navigation"].ancestors, organisation, picture)
    if not graph:
        return mark_safe("")
    data = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(data.translate(JSON_ESCAPES)))  # noqa: S308 translated


@register.simple_tag
def responsive_image(image: SiteImage, use: str, **attributes: str) -> str:
    """Returns an <img> with the renditions of a `use` of `pages.media.renditions.SIZES` in its `srcset`, with the class `upright` if it is.

    A picture is never enlarged: for two sizes that are larger than the picture, Wagtail makes the same rendition, which `srcset` may
    not contain twice. A picture whose file is lost or damaged (Wagtail gives its renditions no width) is left out.
    """
    renditions = get_renditions_or_not_found(image, image.get_sizes(use))
    by_width = {rendition.width: rendition for rendition in renditions.values() if rendition.width}
    if not by_width:
        return ""
    largest = by_width[max(by_width)]
    attributes = {"width": largest.width, "height": largest.height} | attributes | ({"class": "upright"} if image.is_upright else {})
    return str(ResponsiveImage({rendition.filter_spec: rendition for rendition in by_width.values()}, attributes))


@register.filter
def mark_words(excerpt: str) -> SafeString:
    """Returns an excerpt of the search with the found words in <mark> elements."""
    return mark_safe(escape(excerpt).replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308 escaped


register.filter("moment", format_moment)
register.filter("draw_wall", drawings.draw_wall)
register.filter("draw_trend", drawings.draw_trend)
register.simple_block_tag(typography.typeset)  # {% typeset %}…{% endtypeset %}: the content in French typography


@register.simple_block_tag(takes_context=True)
def link_glossary(context: template.Context, content: str, terms: list[GlossaryTerm]) -> str:
    """{% link_glossary terms %}…{% endlink_glossary %}: the content, with the first use of each explained word linked to the glossary."""
    where = GlossaryTerm.Where
    shown = {where.EVERYWHERE} if isinstance(context.get("page"), NewsPage | EventPage) else {where.EVERYWHERE, where.LASTING}
    return mark_safe(links.link_glossary(content, [term for term in terms if term.where in shown]))  # noqa: S308 HTML of the page
