"""Helpers that read pages as a visitor does: words, links and headings, whatever the markup."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from pages.search import index

# Between these, readers see a space or a new line even where the source has none.
APART = "br, dd, div, dt, h1, h2, h3, h4, li, p, td, th"

# Returns in a browser the classes of what is cut on a sheet of paper.
CUT = "[...document.querySelectorAll('.sheet, .sheet *:not(svg *)')].filter(e => e.scrollHeight > e.clientHeight + 1 && getComputedStyle(e).overflow !== 'visible').map(e => e.className)"


def parse(answer):
    """The page of a response (or of an `Answer` of a snapshot), to ask with CSS selectors."""
    page = BeautifulSoup(answer.content, "lxml")
    for thing in page.select(APART):
        thing.insert_after("\n")
    return page


def words(thing):
    """The text of a page or of a part of it, with each run of spaces, also those that do not break, as one space."""
    return re.sub(r"\s+", " ", thing if isinstance(thing, str) else thing.get_text()).strip()


def links(part):
    """The links in a part of a page: pairs of words and address, in their order."""
    return [(words(link), link["href"]) for link in part.select("a[href]")]


def facts(part):
    """The description lists in a part of a page: the words of each `dd` by those of its `dt`."""
    return {words(term): words(term.find_next_sibling("dd")) for term in part.select("dt")}


def leads_to(address):
    """Returns the parts of an address for a comparison: path, sorted parameters, fragment."""
    parts = urlsplit(address)
    return parts.path, parse_qs(parts.query, keep_blank_values=True), parts.fragment


def queries(client, address):
    """Returns the SQL statements of a page, each shortened to its beginning and end; without those that a process makes once a generation."""
    cache.clear()
    Site.get_site_root_paths()
    ContentType.objects.get_for_models(*apps.get_models())  # a process reads each once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [re.sub(r"^(SELECT ).*?( FROM )", r"\1…\2", query["sql"])[:160] for query in captured.captured_queries]


def sentences(page):
    """Returns the sentences of four words or more in the paragraphs, list items and definitions of a page's main part."""
    for title in page.select("main b"):
        title.insert_after("\n")  # the title of a list item is no sentence
    blocks = [block for block in page.select("main :is(p, li, dd)") if not block.find_parent(["p", "li", "dd"])]
    lines = (words(line) for block in blocks for line in block.get_text().split("\n"))
    found = (sentence for line in lines for sentence in re.split(r"(?<=[.!?…])\s+", line))
    return [sentence for sentence in found if count_words(sentence) >= 4]


def count_words(sentence):
    return len(re.findall(r"\w+", sentence))


def versions(client, address):
    """What a form says of the version that it was opened with."""
    names = ("loaded_revision_id", "loaded_revision_created_at", "form_key", "version")
    fields = parse(client.get(address)).select(", ".join(f"form input[name={name}]" for name in names))
    return {field["name"]: field.get("value", "") for field in fields}


def filled(answer):
    """The fields of an editing form, with what a browser would send of them if its first button were not named."""
    fields = {}
    for field in parse(answer).select("form[data-edit-form] :is(input, textarea, select)[name]"):
        if "__prefix__" in field["name"] or (field.get("type") in {"checkbox", "radio"} and not field.has_attr("checked")):
            continue
        chosen = field.select_one("option[selected]") if field.name == "select" else field
        fields[field["name"]] = (field.get_text() if field.name == "textarea" else chosen.get("value", "")) if chosen else ""
        fields[field["name"]] = fields[field["name"]].removeprefix("\n")
    return fields


def menu(client):
    """The names in the admin's menu, as its sidebar gets them."""
    text = client.get("/admin/").content.decode()
    props = json.loads(re.search(r'id="wagtail-sidebar-props"[^>]*>(.*?)</script>', text, re.S)[1])
    found = re.findall(r'"label": "([^"]+)"', json.dumps(props, ensure_ascii=False))
    return [label for label in found if label != "Rechercher"]


def to_complete(client):
    text = unescape(client.get("/admin/").content.decode())
    return re.search(r'<section class="[^"]*to-complete.*?</section>', text, re.S)[0]


def ask_search(client, question, **more):
    index.refresh_all()  # the transaction of a test is never committed
    response = client.get("/recherche/", {"q": question} | more)
    assert response.status_code == 200
    text = re.sub(r"\s+", " ", response.content.decode())
    return text[text.index("<main") : text.index("</main")]


def found(client, question, **more):
    """The addresses of the results, in their order."""
    text = ask_search(client, question, **more)
    results = text[text.index('<ol class="results">') :] if '<ol class="results">' in text else ""
    return re.findall(r'<li> <a href="([^"]+)">', results)


def fail_with(faults):
    """Fails if there are any, with a line for each."""
    if lines := [*faults]:
        pytest.fail("\n".join(lines[:20]), pytrace=False)
