"""What the first screen of the admin is made of: remarks, which each subject adds by a hook, and what they ask the database once.

The hooks `find_first_needs`, `find_missing` and `find_to_review` get a `DashboardData` and yield remarks; `find_waiting` yields HTML of list items.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NamedTuple
from zlib import crc32

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail import hooks
from wagtail.models import get_page_models

from ..page.base import SitePage


class Remark(NamedTuple):
    """Something that staff are asked to fill in or to read again, with its effect on visitors; it leads to the form of `thing`, or to `url`."""

    thing: Model
    name: str
    effect: str
    url: str = ""
    may_be_confirmed: bool = False  # True if staff may say that the page is still right
    read: tuple[tuple[str, str], ...] = ()  # labels and addresses of what to read before they say so
    may_go: bool = False  # True if they may take the page down

    @property
    def key(self) -> str:
        return f"{self.thing._meta.model_name}-{self.thing.pk}-{crc32(f'{self.name}{self.effect}'.encode())}"


class DashboardData:
    """The data of the first screen: each query runs once for all panels."""

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.user, self.now = request, request.user, timezone.now()
        self.found = {}

    def once(self, find: Callable[[], Any]) -> Any:
        """Calls `find` the first time only, and returns what it returned."""
        if find not in self.found:
            self.found[find] = find()
        return self.found[find]

    def collect(self, hook: str) -> Iterator:
        """Yields what the functions of a hook find, in their order."""
        return chain.from_iterable(find(self) for find in hooks.get_hooks(hook))

    @cached_property
    def may_publish(self) -> bool:
        return any(home.permissions_for_user(self.user).can_publish() for home in self.homes)

    @cached_property
    def may_write(self) -> bool:
        return any(home.permissions_for_user(self.user).can_edit() for home in self.homes)

    @property
    def homes(self) -> list[SitePage]:
        return [page for page in chain(*self.unique_pages.values()) if page.depth == 2]

    @cached_property
    def unique_pages(self) -> dict[type[SitePage], list[SitePage]]:
        """The pages of the types that exist once, or a given number of times."""
        types = ContentType.objects.get_for_models(*(model for model in get_page_models() if model.max_count is not None))
        pages = list(SitePage.objects.with_is_public().filter(content_type__in=types.values()))
        return {model: [page for page in pages if page.content_type_id == each.pk] for model, each in types.items()}
