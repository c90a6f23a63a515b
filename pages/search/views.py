"""The page of results."""

import re

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from ..models import EventPage, HomeDoor, HomePage, NewsPage, SitePage
from ..page.querysets import get_specific_pages
from ..page.sharing import shared
from . import closeness, query
from .models import UnknownWord
from .question import get_words


@shared(q=None, page=None)
def search(request: HttpRequest) -> HttpResponse:
    """Answers `?q=`, with `?page=`: the explanation of the word itself, and the pages that contain it."""
    question = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    words, page = get_words(question), request.GET.get("page", "1")
    page = int(page) if re.fullmatch(r"[1-9][0-9]?", page) else 1
    asked = QueryDict(mutable=True)
    asked["q"] = question
    context = {"question": question, "words": words, "asked": asked}
    if words:
        found = query.find_pages(words, page)
        is_french = all(map(closeness.is_known, words))
        suggestion = "" if found.has_all or is_french else query.suggest(words)
        if suggestion:
            found = query.find_pages(get_words(suggestion), page)
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
    """Returns the doors of the home page, for a visitor who found nothing."""
    home = HomePage.objects.public().first()
    return home.get_public_doors() if home else []


def get_results(hits: list[query.Hit]) -> dict:
    """Returns `results`: pages, the names of their models, and their hits. News and events are specific, for their day."""
    found = get_specific_pages(SitePage.objects.filter(pk__in=[hit.page for hit in hits]), [NewsPage, EventPage])
    pages = {page.pk: page for page in found}
    return {"results": [(pages[hit.page], pages[hit.page]._meta.model_name, hit) for hit in hits if hit.page in pages]}
