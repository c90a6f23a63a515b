"""Lists of pages, twenty by twenty, with filters."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import classproperty


@dataclass(frozen=True)
class ListFilter:
    """A way to narrow a list by a parameter of the address, as in `?quartier=les-glacis`; an entry of `ListPageMixin.filters`."""

    parameter: str
    label: str  # of the group of links
    all_label: str  # of the link that shows the whole list
    get_choices: Callable[[], Iterable]  # objects with a `slug`, whose `str` is their label
    get_condition: Callable[[Any], models.Q]  # on the entries of the list

    def get_chosen(self, query: QueryDict) -> Any:
        """Returns the choice that `query` names; None without the parameter. Raises InvalidPage for an unknown choice."""
        if self.parameter not in query:
            return None
        for choice in self.get_choices():
            if choice.slug == query[self.parameter]:
                return choice
        raise InvalidPage


is_number = re.compile("[1-9][0-9]{0,3}").fullmatch
is_slug = re.compile(r"[-\w]{1,80}", re.ASCII).fullmatch


class ListPageMixin(models.Model):
    """A page that lists entries in pages of `PER_PAGE`; plain links narrow the list by its `filters`."""

    PER_PAGE = 20
    filters: list[ListFilter] = []

    class Meta:
        abstract = True

    def get_admin_default_ordering(self) -> str:
        return "-latest_revision_created_at"

    def get_entries(self, request: HttpRequest) -> models.QuerySet:
        """Returns the entries before filters. Raises InvalidPage if the address asks for a list that does not exist."""
        raise NotImplementedError

    def get_asked(self, request: HttpRequest) -> QueryDict:
        """Returns the parameters of the address that this list knows, for its links; a stranger's are left out."""
        asked = QueryDict(mutable=True)
        for name in self.get_parameters():
            if name in request.GET:
                asked[name] = request.GET[name]
        return asked

    @classmethod
    def get_parameters(cls) -> list[str]:
        return [each.parameter for each in cls.filters]

    @classproperty
    def shared_parameters(cls) -> dict[str, Callable[[str], object]]:  # noqa: N805
        return {"page": is_number, **dict.fromkeys(cls.get_parameters(), is_slug)}

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        entries, asked = self.get_entries(request), self.get_asked(request)
        filters, chosen = [], []
        for each in self.filters:
            choice = each.get_chosen(asked)
            if choice:
                entries = entries.filter(each.get_condition(choice))
                chosen.append(choice)
            filters.append((each, get_links(each, choice, asked)))
        return {
            **super().get_context(request, *args, **kwargs),
            "entries": Paginator(entries, self.PER_PAGE).page(request.GET.get("page", 1)),
            "asked": asked,
            "chosen": chosen,
            "filters": filters,
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


def get_links(list_filter: ListFilter, chosen: Any, asked: QueryDict) -> list[dict]:
    """Returns the links of a filter, the one for the whole list first: `label`, `query` (a QueryDict), `is_current`."""

    def link(label, slug, is_current):
        query = without_parameter(asked, list_filter.parameter)
        if slug:
            query[list_filter.parameter] = slug
        return {"label": label, "query": query, "is_current": is_current}

    return [
        link(list_filter.all_label, "", chosen is None),
        *(link(str(choice), choice.slug, choice == chosen) for choice in list_filter.get_choices()),
    ]
