"""Every screen of the admin that the menu leads to opens, for each role: lists, forms, histories, usage, deletion."""

import re
from pathlib import Path

import polib
import pytest
from admin_crawl import crawl
from django.contrib.auth.models import User
from examples import fill

pytestmark = [pytest.mark.django_db]

# What a role must at least reach, so that an empty crawl cannot pass.
REACHED = {
    "Rédaction": ["wagtailadmin_pages:edit", "wagtailsnippets_pages_searchword:add", "wagtailsnippets_pages_keyfigure:history"],
    "Publication": ["wagtailsnippets_pages_searchword:delete", "message:index", "wagtailredirects:index", "wagtailadmin_pages:unpublish"],
    "administrator": ["wagtailusers_users:index", "wagtailsnippets_pages_district:usage", "wagtailadmin_reports:site_history"],
}


@pytest.mark.parametrize(
    ("role", "filled"),
    [
        ("Rédaction", False),
        ("Publication", False),
        ("administrator", True),
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


def test_our_words_are_compiled():
    """`make words` does it. A message that a later Wagtail no longer has is named by it, and does no harm."""
    folder = Path("locale/fr/LC_MESSAGES")
    compiled = {entry.msgid: entry for entry in polib.mofile(folder / "django.mo")}
    for entry in polib.pofile(folder / "django.po"):
        found = compiled.pop(entry.msgid)
        assert (found.msgstr, found.msgstr_plural) == (entry.msgstr, entry.msgstr_plural)
        assert set(re.findall(r"%\(\w+\)s", entry.msgstr)) <= set(re.findall(r"%\(\w+\)s", entry.msgid))
    assert compiled == {}
