"""Menu, footer, breadcrumbs, siblings and children of a page, read from the page tree."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import Site

from ..models import LanguagePage, LegalPage, SimplePage, SitePage
from ..page.base import find_site, get_main_pages, in_tree_order
from ..page.querysets import SitePageQuerySet

PRIVACY = LegalPage.Kind.PRIVACY
STEP = SitePage.steplen  # the number of characters of a tree path for one level


class UniquePages(dict):
    """The pages right under the home page by the lower-case name of their model, such as `contactpage`; None where there is none."""

    def __missing__(self, name: str) -> None:
        apps.get_model("pages", name)  # raises LookupError for a misspelt name, which templates do not hide


@dataclass
class Navigation:
    """The pages that a visitor can go to from a page."""

    menu: list[SitePage] = field(default_factory=list)
    footer: list[SitePage] = field(default_factory=list)
    privacy: LegalPage | None = None
    unique: UniquePages = field(default_factory=UniquePages)  # the pages of menu and footer by type, and those beside the page
    ancestors: list[SitePage] = field(default_factory=list)  # from the home page down to the parent
    parent: SitePage | None = None  # None if it is not public, or the home page
    children: list[SitePage] = field(default_factory=list)  # the pages below the home page, or below a page type with `shows_children`
    previous: SitePage | None = None  # the pages beside a page type with `shows_siblings`
    next: SitePage | None = None
    simple: SitePage | None = None  # the simple version of the page
    languages: list[LanguagePage] = field(default_factory=list)


def get_navigation(request: HttpRequest, page: SitePage | None = None) -> Navigation:
    """Returns the navigation of `page`, or that of an address without a page."""
    site = find_site(request)
    if not site:
        return Navigation()
    home = site.root_page
    page = page or SitePage()
    found = get_main_pages() + get_other_pages(home, page)
    for each in found:
        each.current = "page" if each.path == page.path else "true" if page.path.startswith(each.path) else ""
    apart = [each for each in found if each.specific_class.unlisted]
    nearby = [each for each in found if not each.specific_class.unlisted]
    navigation = Navigation(
        simple=next((each for each in apart if each.specific_class is SimplePage and is_parent(page, each)), None),
        privacy=next((each.legalpage for each in nearby if each.specific_class is LegalPage and each.legalpage.kind == PRIVACY), None),
        languages=[each.languagepage for each in apart if each.specific_class is LanguagePage],
        ancestors=[each for each in nearby if each.current == "true"],
        children=[each for each in nearby if is_parent(page, each)],
    )
    add_menu_and_footer(navigation, [each for each in nearby if is_parent(home, each)])
    if len(page.path) > len(home.path) + STEP:  # pages right under the home page have no others beside them: they are the menu
        add_parent_and_siblings(navigation, page, nearby)
    return navigation


def is_parent(page: SitePage, child: SitePage) -> bool:
    return child.path[:-STEP] == page.path


def get_other_pages(home: SitePage, page: SitePage) -> list[SitePage]:
    """Returns the other open ancestors of `page`, and the pages beside and below it that its type shows, in tree order."""
    path, depth = page.path, len(page.path) // STEP  # The path is empty at an address without a page.
    wanted = Q(path__in=ancestors) if (ancestors := [path[:end] for end in range(len(home.path) + 2 * STEP, len(path), STEP)]) else Q()
    if page.shows_siblings and depth > home.depth + 1:
        wanted |= Q(depth=depth, path__startswith=path[:-STEP])
    if page.shows_children and depth > home.depth:
        wanted |= Q(depth=depth + 1, path__startswith=path)
    return in_tree_order(SitePage.objects.public().filter(wanted).not_type(SimplePage)) if wanted else []


def add_menu_and_footer(navigation: Navigation, pages: list[SitePage]) -> None:
    """Sorts the pages right under the home page into menu and footer, without lists that have no entries."""
    for page in pages:
        if page.is_empty_list:
            continue
        if page.show_in_menus or page.specific_class.stands_in_footer:
            (navigation.menu if page.show_in_menus else navigation.footer).append(page)
        navigation.unique[page.specific_class._meta.model_name] = page


def add_parent_and_siblings(navigation: Navigation, page: SitePage, nearby: list[SitePage]) -> None:
    """Finds the open parent of `page` and the pages before and after it."""
    navigation.parent = next((each for each in navigation.ancestors if is_parent(each, page)), None)
    siblings = [each for each in nearby if each.path[:-STEP] == page.path[:-STEP]]
    navigation.unique |= {each.specific_class._meta.model_name: each for each in siblings if each.specific_class.max_count == 1}
    navigation.previous = next((each for each in reversed(siblings) if each.path < page.path), None)
    navigation.next = next((each for each in siblings if each.path > page.path), None)


def get_site_pages(request: HttpRequest) -> SitePageQuerySet:
    """Returns the open pages of the requested site in tree order, from its home page on."""
    site = Site.find_for_request(request)
    return SitePage.objects.public().descendant_of(site.root_page, inclusive=True) if site else SitePage.objects.none()
