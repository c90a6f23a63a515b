"""The glossary."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..page.sharing import get_all, shared
from .models import GlossaryTerm


@shared()
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Shows all explained words, each with an anchor that pages link to."""
    if not get_all(GlossaryTerm):
        raise Http404
    return render(request, "pages/glossary.html")
