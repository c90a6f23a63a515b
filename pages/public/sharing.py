"""Which answers are the same for every visitor, and on which parameters of the address they depend."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from django.conf import settings
from django.urls import Resolver404, resolve
from wagtail.models import get_page_models

from ..models import SitePage

Parameters = Mapping[str, Callable[[str], object] | None]


def shared(**parameters: Callable[[str], object] | None) -> Callable:
    """Declares that a view's answer is the same for every visitor. Each parameter has a check of its value, None if it is not kept."""

    def declare(view: Callable) -> Callable:
        view.shared_parameters = parameters
        return view

    return declare


def get_parameters(path: str, of_pages: Mapping[str, Parameters]) -> Parameters | None:
    """Returns the parameters on which the answer at `path` depends; None if it is not shared: no view is, unless it says so.

    `of_pages` is what `read_parameters_of_pages()` has returned.
    """
    view_name, parameters = resolve_parameters(path)
    return of_pages.get(path, {}) if view_name == "wagtail_serve" else parameters


@lru_cache(1024)
def resolve_parameters(path: str) -> tuple[str, Parameters | None]:
    """Returns the name of the view at `path`, and the parameters that it declares."""
    try:
        match = resolve(path)
    except Resolver404:
        return "", None if path.startswith(settings.STATIC_URL) else {}
    return match.view_name, getattr(match.func, "shared_parameters", None)


def read_parameters_of_pages() -> dict[str, Parameters]:
    """Returns the parameters of the pages whose type declares some, by their address."""
    page_types = [page_type for page_type in get_page_models() if page_type.shared_parameters]
    pages = ((page, page.get_url_parts()) for page in SitePage.objects.open().exact_type(*page_types))
    return {parts[2]: page.specific_class.shared_parameters for page, parts in pages if parts}  # those that have an address
