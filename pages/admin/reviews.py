"""What staff answer under « À revoir » with one click: that an offer is still open, that a simple version is still right."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from ..models import JobOfferPage, SimplePage, SitePage


def keep(request: HttpRequest, page: SitePage, name: str) -> HttpResponse:
    page.keep()
    messages.success(request, f"{name} « {page.title} » reste sur le site.")
    return redirect("wagtailadmin_home")


def keep_offer(request: HttpRequest, page_id: int) -> HttpResponse:
    """Shows the button, to which mails and « À revoir » lead; a post keeps the offer."""
    offer = get_object_or_404(JobOfferPage, pk=page_id, live=True, last_day=None)
    if not offer.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    return keep(request, offer, "L’offre") if request.method == "POST" else render(request, "staff/keep_offer.html", {"offer": offer})


@require_POST
def keep_simple_page(request: HttpRequest, page_id: int) -> HttpResponse:
    """Notes that a simple version is still right although the page above has changed."""
    page = get_object_or_404(SimplePage, pk=page_id, live=True)
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    return keep(request, page, "La page")


def get_review_urls() -> list[URLPattern]:
    return [
        path("offres/<int:page_id>/garder/", keep_offer, name="keep_offer"),
        path("versions-simples/<int:page_id>/garder/", keep_simple_page, name="keep_simple_page"),
    ]
