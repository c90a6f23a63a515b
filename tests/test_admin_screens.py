"""Every screen of the admin that the menu leads to opens, for each role: lists, forms, histories, usage, deletion."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import polib
import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.auth.models import User
from django.urls import Resolver404, resolve
from examples import fill
from reading import words

from pages.models import SitePage

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Not screens: they end the session, answer scripts only, or send a file.
NO_SCREENS = {"wagtailadmin_logout", "wagtailadmin_sprite", "wagtailadmin_tag_autocomplete"}
FORMS_OF_PAGES = {"wagtailadmin_pages:edit", "wagtailadmin_explore"}
# What a role must at least reach, so that an empty crawl cannot pass.
REACHED = {
    "Rédaction": ["wagtailadmin_pages:edit", "wagtailsnippets_pages_searchword:add", "wagtailsnippets_pages_keyfigure:history"],
    "Publication": ["wagtailsnippets_pages_searchword:delete", "message:index", "wagtailredirects:index", "wagtailadmin_pages:unpublish"],
    "administrator": ["wagtailusers_users:index", "wagtailsnippets_pages_district:usage", "wagtailadmin_reports:site_history"],
}


# The policy of the admin lets none run: one of Wagtail's next version would be found here.
SCRIPT_IN_PAGE = re.compile(r"<script(?![^>]*(?:\ssrc=|application/(?:ld\+)?json))[^>]*>|<[^>]*\son\w+=\"")


# English of Wagtail's, words of its trade, and the forms that French has not: « Ajouter un(e) », « ce/cette ».
WRONG_WORDS = re.compile(
    r"\((?:e|la|le|ne|tte|elle)\)|\b(?:ce/cette|le/la)\b"
    r"|\b(?:add|and|are|been|delete|draft|fragments?|have|is|live|new|none|of|password|snippets?|status|that|the|this|view|with|you|your)\b"
    r"|\b(?:alias|dépubli\w*|page parente?|slugs?|workflows?)\b",
    re.IGNORECASE,
)
READ_ALOUD = ("title", "aria-label", "placeholder", "alt", "label", "data-w-tooltip-content-value", "data-w-progress-active-value")
# Where administrators choose rights, which Django names in English.
OF_DJANGO = {"wagtailusers_groups:add", "wagtailusers_groups:edit"}


def wrong_words(html):
    """The texts of a screen that staff should not read."""
    page = BeautifulSoup(html, "lxml")
    for part in page.select("script, style, .w-side-panel-toggle__counter[hidden]"):
        part.decompose()
    texts = [*page.stripped_strings, *(part[name] for part in page.find_all(True) for name in READ_ALOUD if part.get(name))]
    own = {str(name) for model in apps.get_models() for name in (model._meta.verbose_name, model._meta.verbose_name_plural)}
    return sorted({words(text) for text in texts if WRONG_WORDS.search(words(text)) and text not in own})


def screen(address, each_type):
    """What kind of screen an address of the admin is: its view, and the model that it shows; None for no screen.

    Each page type has a form of its own, which counts with `each_type`; what else can be done with a page is one view for all types.
    """
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return None
    if match.view_name in NO_SCREENS:
        return None
    model = match.kwargs.get("content_type_model_name") or match.kwargs.get("model_name")
    if match.view_name in FORMS_OF_PAGES and each_type:
        page = SitePage.objects.get(pk=next(iter([*match.args, *match.kwargs.values()])))
        model = page.cached_content_type.model
    return match.view_name, model


def with_an_object(address, kind):
    """Screens for several objects at once are linked without them: the address with one of them, None where there is none."""
    if kind[0] != "wagtail_bulk_action":
        return address
    match = resolve(address)
    thing = apps.get_model(match.kwargs["app_label"], match.kwargs["model_name"]).objects.last()
    return thing and f"{address}?id={thing.pk}"


def links(text):
    """The addresses of the admin that a page leads to, those of its menu included."""
    found = re.findall(r'href="(/admin/[^"#]*)', text)
    props = re.search(r'id="wagtail-sidebar-props"[^>]*>(.*?)</script>', text, re.S)
    found += re.findall(r'"(/admin/[^"#]*)"', json.dumps(json.loads(props[1]), ensure_ascii=False)) if props else []
    return [unescape(address) for address in found]


def crawl(client, each_type):
    """Opens one address of each kind of screen, from the first one on: pairs of (kind, status, address)."""
    seen, waiting = {}, ["/admin/"]
    while waiting:
        address = waiting.pop(0)
        kind = screen(address, each_type)
        if kind is None or kind in seen or not (address := with_an_object(address, kind)):
            continue
        response = client.get(address)
        seen[kind] = (response.status_code, address)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            text = response.content.decode()
            waiting += links(text)
            assert SCRIPT_IN_PAGE.findall(text) == [], address
            assert not each_type or kind[0] in OF_DJANGO or wrong_words(text) == [], address
        elif response.status_code == 302:
            waiting.append(response["Location"])
    return seen


@pytest.mark.parametrize(
    ("role", "filled"),
    [
        pytest.param("Rédaction", False, marks=pytest.mark.any_database),
        pytest.param("Publication", False, marks=pytest.mark.any_database),
        pytest.param("administrator", True, marks=pytest.mark.any_database),
        pytest.param("Rédaction", True, marks=pytest.mark.exhaustive),
        pytest.param("Publication", True, marks=pytest.mark.exhaustive),
        pytest.param("administrator", False, marks=pytest.mark.exhaustive),
    ],
)
def test_every_screen_opens(client, staff, role, filled):
    client.raise_request_exception = False
    client.force_login(User.objects.create_superuser("chef") if role == "administrator" else staff(role))
    if filled:
        fill()
    seen = crawl(client, each_type=filled)
    assert {kind: found for kind, found in seen.items() if found[0] not in {200, 302}} == {}
    names = {kind[0] for kind in seen}
    assert set(REACHED[role]) <= names
    assert len(seen) > 30


@pytest.mark.any_database
def test_our_words_are_compiled():
    """`make words` does it. A message that a later Wagtail no longer has is named by it, and does no harm."""
    folder = Path("locale/fr/LC_MESSAGES")
    compiled = {entry.msgid: entry for entry in polib.mofile(folder / "django.mo")}
    for entry in polib.pofile(folder / "django.po"):
        found = compiled.pop(entry.msgid)
        assert (found.msgstr, found.msgstr_plural) == (entry.msgstr, entry.msgstr_plural)
        assert set(re.findall(r"%\(\w+\)s", entry.msgstr)) <= set(re.findall(r"%\(\w+\)s", entry.msgid))
    assert compiled == {}
