"""What staff answer under « À revoir » with one click."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from ..models import SimplePage


@require_POST
def review_simple_page(request: HttpRequest, page_id: int) -> HttpResponse:
    """Takes a simple version off the site, or notes that it is still right although the page above has changed."""
    page = get_object_or_404(SimplePage, pk=page_id, live=True)
    if not page.permissions_for_user(request.user).can_unpublish():
        raise PermissionDenied
    if "withdraw" in request.POST:
        page.unpublish(user=request.user)
        edit = messages.button(reverse("wagtailadmin_pages:edit", args=[page.pk]), "La corriger et la publier de nouveau")
        messages.success(request, f"« {page.title} » n’est plus sur le site. Rien n’est perdu.", buttons=[edit])
    else:
        page.confirm()
        messages.success(request, f"« {page.title} » reste sur le site.")
    return redirect("wagtailadmin_home")


def get_review_urls() -> list[URLPattern]:
    return [path("versions-simples/<int:page_id>/", review_simple_page, name="review_simple_page")]
