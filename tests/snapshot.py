"""A snapshot of a whole site: the responses of all its addresses, rendered once for the tests that only read them."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from assertions import parse
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from examples import OTHERS, addresses

from pages.models import SitePage
from pages.search import index
from regie.serving.static_files import compact


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict
    content: bytes

    @property
    def is_page(self):
        return self.headers["Content-Type"].startswith("text/html")

    @cached_property
    def page(self):
        return parse(self)


@dataclass
class Snapshot:
    """The responses of the site: `answers` by address, `links` as pairs of addresses (page, target).

    `names` has the addresses of `examples.addresses()`, `open_pages` those of the pages that anybody may read, `reached` all that
    links from the home page lead to.
    """

    names: dict
    open_pages: set
    answers: dict = field(default_factory=dict)
    links: list = field(default_factory=list)
    reached: set = field(default_factory=set)

    def find(self, url):
        """Returns the response at a `url` of a page or a static file; None for any other."""
        address = url.removeprefix(settings.SITE_URL)
        if path := address.startswith("/static/") and finders.find(address.removeprefix("/static/")):
            content = Path(path).read_bytes()
            if address == "/static/css/site.css":
                content = compact(content.decode()).encode()  # as in production
            return Answer(200, {"Content-Type": guess_type(path)[0]}, content)
        return self.answers.get(address)

    def serve(self, route):
        """Fulfils a browser's request. Returns whether it could; for any other address the request fails like a network."""
        answer = self.find(route.request.url)
        if answer:
            route.fulfill(status=answer.status, headers=answer.headers, body=answer.content)
        else:
            route.abort()
        return answer is not None


def take(media_root, prepare=lambda: None):
    """A snapshot of the starting content as `prepare` changes it. The database is afterwards as it was before."""
    with override_settings(MEDIA_ROOT=media_root), transaction.atomic():
        prepare()
        cache.clear()
        index.refresh_all()  # this transaction is never committed
        site = Snapshot(addresses(), {page.url for page in SitePage.objects.public().filter(depth__gt=1)})
        follow(site, ["/"])
        site.reached = set(site.answers)
        follow(site, [*site.names.values(), *OTHERS])
        transaction.set_rollback(True)
    cache.clear()
    return site


def ask(address):
    response = Client().get(address)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(response.status_code, dict(response.headers), content)


def follow(site, waiting):
    while waiting:
        address = waiting.pop()
        if address in site.answers:
            continue
        answer = site.answers[address] = ask(address)
        for link in addresses_in(answer.page) if answer.is_page else []:
            target = urljoin(address, link.removeprefix(settings.SITE_URL))
            if not urlsplit(target).scheme and not target.startswith("/static/"):  # those have tests of their own
                site.links.append((address, target))
                waiting.append(urldefrag(target)[0])


def pages_alone(pages):
    """Returns a snapshot of these addresses and their pictures only."""
    site = Snapshot({}, set())
    for address in pages:
        site.answers[address] = ask(address)
        site.answers |= {link: ask(link) for link in addresses_in(site.answers[address].page) if link.startswith("/media/")}
    return site


@contextmanager
def windows(browser, site):
    """Opens windows of a width in CSS pixels on the snapshot of a `site`; their requests are fulfilled from it, and go to no other host."""
    contexts, unanswered = [], []

    def answer(route):
        if not site.serve(route):
            unanswered.append(route.request.url)

    def open_window(width, height=800, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, base_url=settings.SITE_URL, **options))
        contexts[-1].route("**", answer)
        return contexts[-1].new_page()

    yield open_window
    for context in contexts:
        context.close()
    assert unanswered == []


def scroll_through(page):
    """Scrolls a browser's page to its end as a reader does, past each picture, which loads when it is near; waits for them all."""
    page.evaluate(
        "(async () => { for (const image of document.images) { image.scrollIntoView(); await new Promise(requestAnimationFrame) } })()"
    )
    page.mouse.wheel(0, 20_000)
    # `wait_for_function` evaluates a string in the page when it asks again, which the policy of the site forbids.
    page.evaluate(
        "(async () => { while ([...document.images].some(image => !image.complete)) await new Promise(requestAnimationFrame) })()"
    )


def addresses_in(page):
    """Returns all addresses in a page: of links, files and sizes of pictures."""
    for thing in page.select("[href], [src], [action]"):
        yield from (thing[name] for name in ("href", "src", "action") if thing.get(name))
    for thing in page.select("meta[property='og:image']"):
        yield thing["content"]
    for thing in page.select("[srcset]"):
        yield from re.findall(r"(\S+) \d+w", thing["srcset"])
