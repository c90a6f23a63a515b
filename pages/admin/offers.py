"""The screen on which staff confirm with one click that an offer without a last day is still open."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from wagtail.admin import messages

from ..models import JobOfferPage


def keep_offer(request: HttpRequest, page_id: int) -> HttpResponse:
    """Shows the button, to which mails and « À compléter » lead; a post keeps the offer."""
    offer = get_object_or_404(JobOfferPage, pk=page_id, live=True, last_day=None)
    if not offer.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "staff/keep_offer.html", {"offer": offer})
    offer.keep()
    messages.success(request, f"L’offre « {offer.title} » reste sur le site.")
    return redirect("wagtailadmin_home")


def get_offer_urls() -> list[URLPattern]:
    return [path("offres/<int:page_id>/garder/", keep_offer, name="keep_offer")]
