"""Views beside the page tree: for visitors the plan of the site, for machines the rest."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import get_page_models

from ..models import ContactPage, Organisation
from ..page.querysets import SitePageQuerySet
from ..page.sharing import shared
from .navigation import get_site_pages


@shared()
def manifest(request: HttpRequest) -> JsonResponse:
    """Answers with what a phone needs to put the site on its home screen (W3C Web Application Manifest)."""
    icons = [{"src": static(f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"} for side in (192, 512)]
    answer = {
        "name": Organisation.get().name,
        "lang": "fr",
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": "#f3b7a3",
        "theme_color": "#0d4a3c",
        "icons": [*icons, {**icons[1], "purpose": "maskable"}],
    }
    return JsonResponse(answer, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Redirects to the icon from the address where browsers and feed readers without SVG look for it."""
    return redirect(static("img/favicon.ico"))


@shared()
def site_map(request: HttpRequest) -> HttpResponse:
    """Shows the plan of the site to visitors, in tree order, without what lists show (`get_listed`), and without empty lists."""
    tree, levels = [], {}
    lists = {page_type: listed.model for page_type in get_page_models() if (listed := page_type.get_listed()) is not None}
    empty = [index_type for index_type, entry_type in lists.items() if not entry_type.objects.public().exists()]
    for page in get_site_pages(request).not_type(*lists.values(), *empty):
        # `unordered_list` renders a list after an item as the children of that item.
        levels = {depth: items for depth, items in levels.items() if depth <= page.depth}
        level = levels[max(levels)] if levels else tree  # Where the page above is not public, it is the level of the one above that.
        below = []
        level += [format_html('<a href="{}">{}</a>', page.get_url(request), page.title), below]
        levels |= {page.depth: level, page.depth + 1: below}
    return render(request, "pages/site_map.html", {"tree": without_empty(tree)})


def without_empty(items: list) -> list:
    """Returns nested lists without the empty ones."""
    return [without_empty(item) if isinstance(item, list) else item for item in items if item != []]


class SiteMap(Sitemap):
    """sitemap.xml: all pages that anybody may read, in two queries; Wagtail's own makes one more for each page type."""

    def items(self) -> SitePageQuerySet:
        return get_site_pages(self.request)


@shared()
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@shared()
def security_txt(request: HttpRequest) -> HttpResponse:
    """Says where to report a weakness (RFC 9116, which wants `Expires` within a year), once the association can be reached."""
    contacts = [f"mailto:{email}" for email in [Organisation.get().email] if email]
    contacts += [f"{settings.SITE_URL}{page.get_url(request)}" for page in ContactPage.objects.public()]
    if not contacts:
        raise Http404
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=180)
    lines = [*(f"Contact: {contact}" for contact in contacts), f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: fr, en", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
