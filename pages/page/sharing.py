"""What all visitors share: answers that are the same for everybody, with the parameters they depend on, and what all pages show."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe
from wagtail.models import AbstractPage

Value, Row = TypeVar("Value"), TypeVar("Row", bound=Model)
Parameters = Mapping[str, Callable[[str], object] | None]
# The header Cache-Control of answers that may be cached.
CACHE_CONTROL = "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=600"
ENVIRON_KEY = "regie.shared"  # The key of a `Shared` in the environ (`request.META`); the page cache reads it after the view.


class Shared(NamedTuple):
    names: tuple[str, ...]  # of the parameters on which answers at this address depend
    query: str | None  # those of this answer, in one order; None if it must not be cached


def shared(**parameters: Callable[[str], object] | None) -> Callable:
    """Declares that a view's answer to GET is the same for every visitor; other methods are refused. Each parameter has a check of its value, None if it is not kept."""

    def declare(view: Callable) -> Callable:
        @wraps(view)
        def declared(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            take_away_others(request, parameters)
            return require_safe(view)(request, *args, **kwargs)

        declared.shared_parameters = parameters
        return declared

    return declare


def declare_page(page: AbstractPage, request: HttpRequest, args: tuple, kwargs: dict) -> None:
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


is_for_all = ContextVar("is_for_all", default=False)  # True while an answer for all visitors is rendered


@contextmanager
def render_for_all() -> Iterator[None]:
    """Makes this thread use what is already made of the state of the site. The keys of Django's cache must contain the state."""
    token = is_for_all.set(True)
    try:
        yield
    finally:
        is_for_all.reset(token)


def make_once(key: str, make: Callable[[], Value]) -> Value:
    """Returns what `make` returns, which many pages show: in answers for all visitors, it is called once for each state of the site.

    In previews, for staff, and outside of requests it is called each time. The value must not depend on the hour; it is pickled, so that
    each caller gets a copy.
    """
    return cache.get_or_set(key, make, timeout=None) if is_for_all.get() else make()


def once_a_state(make: Callable[[], Value]) -> Callable[[], Value]:
    """Decorates a function for `make_once`."""
    return wraps(make)(lambda: make_once(f"{make.__module__}.{make.__qualname__}", make))


def get_all(model: type[Row]) -> list[Row]:
    """Returns the rows of a small table that many pages show, made once a state of the site."""
    return make_once(model._meta.label, lambda: list(model.objects.all()))
