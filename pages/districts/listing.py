"""Lists of pages, twenty by twenty, which a visitor narrows to a quartier."""

import re

from django.core.paginator import InvalidPage, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from .models import District

DISTRICT = "quartier"  # the parameter of the address, as in `?quartier=les-glacis`
is_number = re.compile("[1-9][0-9]{0,3}").fullmatch
is_slug = re.compile(r"[-\w]{1,80}", re.ASCII).fullmatch


def get_chosen_district(query: QueryDict) -> District | None:
    """Returns the quartier that `query` names; None without the parameter. Raises InvalidPage for an unknown one."""
    if DISTRICT not in query:
        return None
    for district in District.objects.all():  # not a queryset's filter: PostgreSQL refuses some characters of an address
        if district.slug == query[DISTRICT]:
            return district
    raise InvalidPage


class ListPageMixin(models.Model):
    """A page that lists what `get_entries()` returns in pages of `PER_PAGE`; plain links narrow the list to a quartier."""

    PER_PAGE = 20
    shared_parameters = {"page": is_number, DISTRICT: is_slug}
    admin_default_ordering = "-latest_revision_created_at"

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        entries, district = self.get_entries(request), get_chosen_district(request.GET)
        if district:
            entries = entries.filter(district.get_condition())
        asked = without_parameter(request.GET, "page")
        return {
            **super().get_context(request, *args, **kwargs),
            "entries": Paginator(entries, self.PER_PAGE).page(request.GET.get("page", 1)),
            "asked": asked,
            "district": district,
            "all_districts": without_parameter(asked, DISTRICT),
        }

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return super().serve(request, *args, **kwargs)
        except InvalidPage:  # such as a page that existed when the list was longer
            return redirect(self.get_url(request))


def without_parameter(query: QueryDict, parameter: str) -> QueryDict:
    """Returns a copy of `query` without a parameter; `{% querystring query parameter=None %}` would leave a question mark."""
    copy = query.copy()
    copy.pop(parameter, None)
    return copy
