"""The glossary."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ..page.sharing import get_all, shared
from .models import GlossaryTerm


@shared()
def glossary(request: HttpRequest) -> HttpResponse:
    """Shows all explained words, each with an anchor that pages link to."""
    if not get_all(GlossaryTerm):
        raise Http404
    return render(request, "pages/glossary.html")
