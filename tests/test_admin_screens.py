"""Every screen of the admin that the menu leads to opens, for each role: lists, forms, histories, usage, deletion."""

import re
from pathlib import Path

import polib
import pytest
from admin_crawl import NO_FRENCH, crawl
from django.apps import apps
from django.contrib.auth.models import User
from django.utils.translation import gettext, ngettext
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


def test_no_sentence_of_the_admin_has_a_form_that_french_has_not():
    """Also those of refusals, confirmations and mails, which no screen of the other test shows."""
    folders = [Path(app.path) / "locale/fr/LC_MESSAGES" for app in apps.get_app_configs() if app.name.startswith("wagtail")]
    entries = [entry for folder in folders for file in folder.glob("django.po") for entry in polib.pofile(file)]
    assert len(entries) > 1000
    messages = [(entry.msgid, entry.msgid_plural) for entry in entries if " locale" not in entry.msgid]
    shown = {
        translated for one, many in messages for translated in ([gettext(one)] if not many else [ngettext(one, many, n) for n in range(3)])
    }
    assert sorted(text for text in shown if re.search(NO_FRENCH, text, re.IGNORECASE)) == []


def test_our_words_are_compiled():
    """`make words` does it. A message that a later Wagtail no longer has is named by it, and does no harm."""
    folder = Path("locale/fr/LC_MESSAGES")
    compiled = {entry.msgid: entry for entry in polib.mofile(folder / "django.mo")}
    for entry in polib.pofile(folder / "django.po"):
        found = compiled.pop(entry.msgid)
        assert (found.msgstr, found.msgstr_plural) == (entry.msgstr, entry.msgstr_plural)
        assert set(re.findall(r"%\(\w+\)s", entry.msgstr)) <= set(re.findall(r"%\(\w+\)s", entry.msgid))
    assert compiled == {}
