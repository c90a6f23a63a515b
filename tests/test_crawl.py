"""A visitor who follows every link finds no dead end: on the starting site, and on one with everything filled."""

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.conf import settings
from examples import fill

from pages.navigation import open_pages

pytestmark = pytest.mark.django_db


class Reader(HTMLParser):
    """What a page links to, its title and description, and its headings with their text."""

    def __init__(self, html):
        super().__init__()
        self.links, self.ids, self.headings, self.title, self.description, self.inside = [], set(), [], "", "", None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.links += [attributes[name] for name in ("href", "src", "action") if attributes.get(name)]
        self.ids |= {attributes.get("id")}
        if tag == "meta" and attributes.get("name") == "description":
            self.description = attributes["content"]
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append("")
            self.inside = tag
        if tag == "title" and not self.title:
            self.inside = tag

    def handle_endtag(self, tag):
        if tag == self.inside:
            self.inside = None

    def handle_data(self, data):
        if self.inside == "title":
            self.title += data
        elif self.inside:
            self.headings[-1] += data


def crawl(client):
    """All pages of the site that links lead to from the home page: Reader by address without fragment; and all links as pairs."""
    read, links, waiting = {}, [], ["/"]
    while waiting:
        address = waiting.pop()
        if address in read:
            continue
        response = client.get(address)
        assert response.status_code == 200, (address, [source for source, target in links if urldefrag(target)[0] == address])
        is_page = response.get("Content-Type", "").startswith("text/html")
        read[address] = Reader(response.content.decode()) if is_page else None
        for link in read[address].links if is_page else []:
            target = urljoin(address, link.removeprefix(settings.SITE_URL))
            if urlsplit(target).scheme or target.startswith("/static/"):
                continue  # another site, a phone, an e-mail address; static files have tests of their own
            links.append((address, target))
            waiting.append(urldefrag(target)[0])
    return read, links


@pytest.mark.parametrize("prepare", [lambda: None, fill], ids=["start", "filled"])
def test_a_crawl_finds_every_page_whole(client, prepare):
    prepare()
    read, links = crawl(client)
    pages = {address: page for address, page in read.items() if page and "?" not in address}
    # no orphan
    assert {page.url for page in open_pages().filter(depth__gt=1)} - set(pages) == set()
    # no link to a place that a page does not have
    assert [
        (source, target)
        for source, target in links
        if (place := urldefrag(target)[1]) and place not in read[urldefrag(target)[0]].ids | {"erreurs"}
    ] == []
    assert [(address, page.headings) for address, page in pages.items() if not all(map(str.strip, page.headings))] == []
    titles = [page.title for page in pages.values()]
    assert sorted(titles) == sorted(set(titles))
    assert [address for address, page in pages.items() if not page.description] == []
    assert len(pages) > 15
