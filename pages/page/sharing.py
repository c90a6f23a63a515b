"""Which answers are the same for every visitor, and on which parameters of the address they depend."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict

from .base import SitePage

Parameters = Mapping[str, Callable[[str], object] | None]
# The header Cache-Control of answers that may be cached.
CACHE_CONTROL = "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=600"
ENVIRON_KEY = "regie.shared"  # The key of a `Shared` in the environ (`request.META`); the page cache reads it after the view.


class Shared(NamedTuple):
    names: tuple[str, ...]  # of the parameters on which answers at this address depend
    query: str | None  # those of this answer, in one order; None if it must not be cached


def shared(**parameters: Callable[[str], object] | None) -> Callable:
    """Declares that a view's answer is the same for every visitor. Each parameter has a check of its value, None if it is not kept."""

    def declare(view: Callable) -> Callable:
        @wraps(view)
        def declared(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            take_away_others(request, parameters)
            return view(request, *args, **kwargs)

        declared.shared_parameters = parameters
        return declared

    return declare


def declare_page(page: SitePage, request: HttpRequest, args: tuple, kwargs: dict) -> None:
    """Removes undeclared parameters before a page is served (a hook of Wagtail's)."""
    take_away_others(request, page.shared_parameters)


def take_away_others(request: HttpRequest, parameters: Parameters) -> None:
    """Removes the parameters that the answer does not declare: a cached answer goes to all visitors."""
    known = QueryDict(mutable=True)
    for name in sorted(request.GET.keys() & parameters.keys()):
        known.setlist(name, request.GET.getlist(name))
    pairs = [(name, value) for name, values in known.lists() for value in values]
    may_be_cached = len(known) == len(pairs) and all(parameters[name] and parameters[name](value) for name, value in pairs)
    request.GET, request.META["QUERY_STRING"] = known, known.urlencode()
    request.META[ENVIRON_KEY] = Shared(tuple(parameters), urlencode(pairs) if may_be_cached else None)
