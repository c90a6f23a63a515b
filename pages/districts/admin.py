"""Quartiers in the admin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column

from ..editing.snippets import LiveViewSet
from .models import District, get_pages_naming


class DistrictViewSet(LiveViewSet):
    model = District
    icon = "site"
    menu_label = "Quartiers"
    menu_order = 130
    list_display = ["__str__", Column("is_seat", label="Quartier du siège", accessor=lambda district: "oui" if district.is_seat else "")]


def protect_used_districts(request: HttpRequest, instances: list) -> HttpResponse | None:
    """Refuses to delete a quartier that pages have: without it they would be shown as concerning all quartiers."""
    for district in instances:
        if not isinstance(district, District):
            continue
        if titles := [page.title for pages in get_pages_naming(district) for page in pages[:3]]:
            named = ", ".join(f"« {title} »" for title in titles)
            messages.error(request, f"Le quartier « {district} » reste, car il est coché dans : {named}. Décochez-le d’abord.")
            return redirect("wagtailsnippets_pages_district:list")
    return None
