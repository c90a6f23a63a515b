"""Opens every screen of the admin that its menu leads to, and looks for words that staff should not read."""

import json
import re
from html import unescape
from urllib.parse import urlsplit

from assertions import filled, words
from django.apps import apps
from django.conf import settings
from django.urls import Resolver404, resolve
from lxml.html import document_fromstring

from pages.models import SitePage

# Not screens: they end the session, answer scripts only, or send a file.
NO_SCREENS = {"wagtailadmin_logout", "wagtailadmin_sprite", "wagtailadmin_tag_autocomplete"}

FORMS_OF_PAGES = {"wagtailadmin_pages:edit", "wagtailadmin_explore"}

# The policy of the admin lets none run: one of Wagtail's next version would be found here.
SCRIPT_IN_PAGE = re.compile(r"<script(?![^>]*(?:\ssrc=|application/(?:ld\+)?json))[^>]*>|<[^>]*\son\w+=\"")

# The forms that French has not: « Ajouter un(e) », « ce/cette ».
NO_FRENCH = r"\((?:e|la|le|ne|tte|elle|s|es)\)|\b(?:ce/cette|le/la)\b"

# These, English of Wagtail's, words of its trade, and what nobody says: « à 0 endroit ».
WRONG_WORDS = re.compile(
    rf"{NO_FRENCH}|\b(?:[àa] 0 |mio\b|modération|promotion\b|texte alternatif|point d.intérêt|transf(?:ert|érer)|champ requis)"
    r"|\b(?:add|and|are|been|delete|draft|fragments?|have|is|live|new|none|of|password|snippets?|status|that|the|this|view|with|you|your)\b"
    r"|\b(?:alias|dépubli\w*|page parente?|slugs?|workflows?)\b",
    re.IGNORECASE,
)

READ_ALOUD = ("title", "aria-label", "placeholder", "alt", "label", "data-w-tooltip-content-value", "data-w-progress-active-value")

# Where administrators choose rights, which Django names in English.
OF_DJANGO = {"wagtailusers_groups:add", "wagtailusers_groups:edit"}
# What `data-begin` may name.
BEGUN = set(json.loads(re.search(r"const BEGUN = (\[.*?\]);", (settings.BASE_DIR / "static/js/admin.js").read_text())[1]))


def wrong_words(html):
    """The texts of a screen that staff should not read."""
    page = document_fromstring(html)
    for part in page.xpath("//script | //style | //*[@hidden and contains(@class, 'w-side-panel-toggle__counter')]"):
        part.drop_tree()
    texts = page.xpath(" | ".join(["//text()[not(ancestor::template)]", *(f"//@{name}" for name in READ_ALOUD)]))
    own = {str(name) for model in apps.get_models() for name in (model._meta.verbose_name, model._meta.verbose_name_plural)}
    return sorted({words(text) for text in texts if WRONG_WORDS.search(words(text)) and text not in own})


def assert_words(response, address):
    found = wrong_words(response.content.decode())
    assert found == [], f"{address}: {found}"


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


def assert_words_of_errors(client, view_name, address, response):
    """Asks the words of a form that is sent empty, and of a search that finds nothing."""
    if view_name.endswith(":add"):
        form = response.context.get("form")
        blocks = {f"{name}-count": "0" for name, field in form.fields.items() if hasattr(field, "block")} if form else {}
        answer = client.post(address, filled(response) | blocks | {"action-publish": "1"})
        assert answer.status_code == 200, address
        assert_words(answer, f"{address}, sent empty")
    if view_name.endswith((":index", ":list", "_explore")):
        assert_words(client.get(address, {"q": "zzzz"}), f"{address}?q=zzzz")


def crawl(client, each_type):
    """Opens one address of each kind of screen, from the first one on: pairs of (kind, status, address)."""
    seen, waiting, asked = {}, ["/admin/"], set()
    while waiting:
        address = waiting.pop(0)
        if address in asked:
            continue  # every screen leads to those of the menu
        asked.add(address)
        kind = screen(address, each_type)
        if kind is None or kind in seen or not (address := with_an_object(address, kind)):
            continue
        response = client.get(address)
        seen[kind] = (response.status_code, address)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            text = response.content.decode()
            waiting += links(text)
            assert SCRIPT_IN_PAGE.findall(text) == [], address
            assert set(re.findall(r'data-begin="([^"]+)"', text)) <= BEGUN, address
            if each_type and kind[0] not in OF_DJANGO:
                assert_words(response, address)
                assert_words_of_errors(client, kind[0], address, response)
        elif response.status_code == 302:
            waiting.append(response["Location"])
    return seen
