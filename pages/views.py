"""What stands beside the page tree, since a page's address holds no dot."""

import csv
import re
from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap

from . import search
from .models import ContactPage, GlossaryTerm, KeyFigure, Organisation
from .navigation import open_pages, site_pages

COLUMNS = ["identifiant", "libelle", "explication", "annee", "nombre", "source", "compte_depuis"]


def figure_rows():
    """One row a known value, in the order of COLUMNS. A counted figure has one row: today's count, with its first year."""
    for figure in KeyFigure.objects.known():
        if figure.since_year:
            values = [(timezone.localdate().year, figure.number, "", figure.since_year)]
        else:
            values = [(value.year, value.number, value.source, "") for value in figure.history]
        for value in values:
            yield [figure.slug, figure.label_plural, figure.explanation, *value]


def harmless(cell):
    """`cell` for a spreadsheet, where one that begins like a formula would run as one."""
    return f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) else cell


@require_safe
def figures_csv(request):
    """The key figures as CSV: UTF-8 with its mark and semicolons, so that a French spreadsheet opens it by itself."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="chiffres-cles.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in row] for row in figure_rows())
    return response


@require_safe
def figures_json(request):
    """The key figures as JSON: `organisation`, and `chiffres`, a list of objects with the columns of the CSV; null is unknown."""
    rows = [{key: value or None for key, value in zip(COLUMNS, row, strict=True)} for row in figure_rows()]
    answer = {"organisation": Organisation.get().name, "chiffres": rows}
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Access-Control-Allow-Origin"] = "*"  # public data, for partners' pages too
    return response


@require_safe
def manifest(request):
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
def favicon(request):
    """Where browsers and feed readers that know no SVG look for the site's icon by themselves."""
    return redirect(static("img/favicon.ico"))


@require_safe
def site_map(request):
    """All pages that anybody may read, as a list in the order of the tree: for visitors. News and events have lists of their own."""
    tree, levels = [], {}
    for page in site_pages(request).filter(newspage=None, eventpage=None):
        # `unordered_list` draws a list that follows an item as what stands below that item.
        levels = {depth: items for depth, items in levels.items() if depth <= page.depth}
        level = levels[max(levels)] if levels else tree  # where the page above is not open, the one above that
        below = []
        level += [format_html('<a href="{}">{}</a>', page.get_url(request), page.title), below]
        levels |= {page.depth: level, page.depth + 1: below}
    return render(request, "pages/site_map.html", {"tree": without_empty(tree)})


def without_empty(items):
    return [without_empty(item) if isinstance(item, list) else item for item in items if item != []]


@require_safe
def glossary(request):
    """All explained words; each is a place of its own, which pages lead to."""
    if not GlossaryTerm.objects.exists():
        raise Http404
    return render(request, "pages/glossary.html")


@require_safe
def find(request):
    """Answers `?q=`, with `?page=`: the explanation of the word itself, and the pages that hold it."""
    question = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    words, page = search.words_of(question), request.GET.get("page", "1")
    page = int(page) if re.fullmatch(r"[1-9][0-9]?", page) else 1
    hits, total = search.found(words, page) if words else ([], 0)
    kept = urlencode({"q": question})
    if page > 1 and not hits:
        return redirect(f"{reverse('search')}?{kept}")
    pages = open_pages().select_related("newspage", "eventpage").in_bulk([pk for pk, _ in hits])
    context = {
        "question": question,
        "words": words,
        "meant": [term for term in GlossaryTerm.objects.all() if words and any(search.are_the_same(words, form) for form in term.forms)],
        "results": [(pages[pk], excerpt) for pk, excerpt in hits if pk in pages],
        "total": total,
        "most": search.MOST_HITS,
        "entries": Paginator(range(total), search.PER_PAGE).page(page),
        "kept": kept,
        "reach": not search.ASKS_TO_REACH.isdisjoint(words),
        "nearest": " ".join(search.nearest(words) or []) if words and not total else "",
    }
    return render(request, "pages/search.html", context)


class SiteMap(Sitemap):
    """sitemap.xml: all pages that anybody may read, in two queries where Wagtail's own makes one more a page type."""

    def items(self):
        return site_pages(self.request)


@require_safe
def robots(request):
    lines = ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request):
    """Where to report a weakness (RFC 9116), once the association can be reached; it asks for an end within a year."""
    contacts = [f"mailto:{email}" for email in [Organisation.get().email] if email]
    contacts += [f"{settings.SITE_URL}{page.get_url(request)}" for page in ContactPage.objects.filter(pk__in=open_pages())]
    if not contacts:
        raise Http404
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=180)
    lines = [*(f"Contact: {contact}" for contact in contacts), f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: fr, en", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
