"""Views beside the page tree: for visitors the search, the glossary and the plan of the site, for machines the rest."""

import re
from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import get_page_models

from ..models import (
    ContactPage,
    GlossaryTerm,
    HomeDoor,
    HomePage,
    Organisation,
    SitePage,
    UnknownWord,
)
from ..models.base import SitePageQuerySet
from ..navigation import get_site_pages
from ..search import closeness, query
from .sharing import shared


@shared()
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the site on its home screen (W3C Web Application Manifest)."""
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
    """The address where browsers and feed readers without SVG look for the icon."""
    return redirect(static("img/favicon.ico"))


@shared()
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """The plan of the site for visitors, in tree order, without what lists show (`get_listed`), and without empty lists."""
    tree, levels = [], {}
    lists = {page_type: listed.model for page_type in get_page_models() if (listed := page_type.get_listed()) is not None}
    empty = [index_type for index_type, entry_type in lists.items() if not entry_type.objects.open().exists()]
    for page in get_site_pages(request).not_type(*lists.values(), *empty):
        # `unordered_list` renders a list after an item as the children of that item.
        levels = {depth: items for depth, items in levels.items() if depth <= page.depth}
        level = levels[max(levels)] if levels else tree  # where the page above is not open, the one above that
        below = []
        level += [format_html('<a href="{}">{}</a>', page.get_url(request), page.title), below]
        levels |= {page.depth: level, page.depth + 1: below}
    return render(request, "pages/site_map.html", {"tree": without_empty(tree)})


def without_empty(items: list) -> list:
    """Returns nested lists without the empty ones."""
    return [without_empty(item) if isinstance(item, list) else item for item in items if item != []]


@shared()
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """All explained words, each with an anchor that pages link to."""
    if not GlossaryTerm.objects.exists():
        raise Http404
    return render(request, "pages/glossary.html")


@shared(q=None, page=None)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answers `?q=`, with `?page=`: the explanation of the word itself, and the pages that contain it."""
    question = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    words, page = query.get_words(question), request.GET.get("page", "1")
    page = int(page) if re.fullmatch(r"[1-9][0-9]?", page) else 1
    asked = QueryDict(mutable=True)
    asked["q"] = question
    context = {"question": question, "words": words, "asked": asked}
    if words:
        found = query.find_pages(words, page)
        is_french = all(map(closeness.is_known, words))
        suggestion = "" if found.has_all or is_french else query.suggest(words)
        if suggestion:
            found = query.find_pages(query.get_words(suggestion), page)
        elif len(words) == 1 and not found.has_any:
            UnknownWord.note(words[0], found.hits[0].page if found.hits else None)
        if page > 1 and not found.hits:
            return redirect(f"{reverse('search')}?{asked.urlencode()}")
        context |= get_results(found.hits) | {
            "found": found,
            "suggestion": suggestion,
            "meant": query.find_terms(words),
            "entries": Paginator(range(found.total), query.PER_PAGE).page(page),
            "asks_for_contact": not query.CONTACT_WORDS.isdisjoint(words),
        }
        if not found.total:
            context |= {"is_french": is_french, "doors": get_doors()}
    return render(request, "pages/search.html", context)


def get_doors() -> list[HomeDoor]:
    """Returns the doors of the home page, for who has found nothing."""
    home = HomePage.objects.open().first()
    return home.get_open_doors() if home else []


def get_results(hits: list[query.Hit]) -> dict:
    """Returns `results`: pages with their hits. News and events have their own tables joined, for their day."""
    pages = SitePage.objects.select_related("newspage", "eventpage").in_bulk([hit.page for hit in hits])
    return {"results": [(pages[hit.page], hit) for hit in hits if hit.page in pages]}


class SiteMap(Sitemap):
    """sitemap.xml: all pages that anybody may read, in two queries; Wagtail's own makes one more for each page type."""

    def items(self) -> SitePageQuerySet:
        return get_site_pages(self.request)


@shared()
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@shared()
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116, which wants `Expires` within a year), once the association can be reached."""
    contacts = [f"mailto:{email}" for email in [Organisation.get().email] if email]
    contacts += [f"{settings.SITE_URL}{page.get_url(request)}" for page in ContactPage.objects.open()]
    if not contacts:
        raise Http404
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=180)
    lines = [*(f"Contact: {contact}" for contact in contacts), f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: fr, en", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
