"""The page cache: what it keeps, for how long, and what it never shows."""

import errno
import gzip
import os
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from math import inf

import brotli
import pytest
import time_machine
from cached_site import CachedSite, make_session
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import OperationalError, connections
from django.urls import get_resolver
from django.utils import timezone
from examples import fill, news, offer, picture
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, PageViewRestriction, Site, get_page_models

from pages.models import AboutPage, ContactPage, HomePage, KeyFigure, NewsIndexPage, NewsPage, Organisation, SiteDocument, StandardPage
from pages.page import sharing
from regie.serving import page_cache, state
from regie.serving.state import State, current

# Requests close the connection of the test. On PostgreSQL, `test_cache_and_changes.py` and `test_workers.py` test the cache.
pytestmark = [pytest.mark.django_db(transaction=True)]

PHONE = "03 84 00 00 00"
AWAY = OperationalError("The database is away.")


@pytest.fixture
def visitor():
    return CachedSite()


@pytest.fixture
def database_away(monkeypatch):
    """Switches the database off and on."""

    def switch(is_away):
        if is_away:
            connections.close_all()
            monkeypatch.setattr(type(connections["default"]), "get_new_connection", fail)
        else:
            monkeypatch.undo()

    def fail(*args):
        raise AWAY

    return switch


def html(answer):
    return answer.content.decode()


# What is kept, and under which key


def test_a_page_is_rendered_once(visitor):
    first, second = visitor.get("/"), visitor.get("/")
    assert first.status == second.status == 200
    assert first.content == second.content == visitor.get_anew("/").content
    assert visitor.rendered == ["/"]


def test_a_hit_makes_no_query(visitor, django_assert_num_queries):
    visitor.get("/")
    with django_assert_num_queries(0):
        visitor.get("/")
    with django_assert_num_queries(1):
        visitor.read_state()


def test_the_answer_to_head_is_that_to_get_without_its_body(visitor):
    answer = visitor.get("/", method="HEAD")
    assert answer.content == b""
    assert answer.headers == visitor.get("/").headers
    assert visitor.rendered == ["/"]


def test_a_browser_that_has_the_page_gets_a_304_without_a_body(visitor):
    tag = visitor.get("/").headers["etag"]
    for sent in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        answer = visitor.get("/", if_none_match=sent)
        assert (answer.status, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        assert "content-type" not in answer.headers
    assert visitor.get("/", if_none_match='"other"').status == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.001", "br"),
        ("gzip; q=0.000", ""),
        ("", ""),
    ],
)
def test_the_encoding_is_one_that_the_browser_accepts(visitor, accepted, encoding):
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    answer = visitor.get("/", accept_encoding=accepted)
    assert answer.headers.get("content-encoding", "") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert decode(answer.content) == visitor.get("/").content


def test_a_strangers_parameters_neither_split_the_cache_nor_reach_the_page(visitor):
    fill()
    visitor.read_state()
    plain = visitor.get("/actualites/?page=1")
    for query in ("page=1&fbclid=x", "utm_source=a&page=1", "page=1&utm_source=b&utm_source=c"):
        answer = visitor.get(f"/actualites/?{query}")
        assert answer.content == plain.content
        assert "utm_" not in html(answer)
    assert visitor.rendered == ["/actualites/?page=1"]


@pytest.mark.parametrize(
    "address",
    [
        "/contact/?sujet=zzz",
        "/contact/?sujet=marche&sujet=emploi",
        "/contact/?offre=1",
        "/contact/?envoye=abc",
        "/recherche/?q=emploi",
        "/actualites/?page=0",
        "/actualites/?page=dernier",
        "/actualites/?quartier=%00",
    ],
)
def test_values_that_nobody_declared_are_not_kept(visitor, address):
    for _ in range(2):
        answer = visitor.get(address)
        assert answer.status in {200, 302}
        assert "s-maxage" not in answer.headers.get("cache-control", "")
    assert visitor.rendered == [address, address]


def test_a_declared_value_has_a_copy_of_its_own(visitor):
    assert "checked" in html(visitor.get("/contact/?sujet=marche"))
    assert visitor.get("/contact/?sujet=marche&utm_source=x").content == visitor.get_anew("/contact/?sujet=marche").content
    assert visitor.get("/contact/").content == visitor.get_anew("/contact/").content
    assert visitor.rendered == ["/contact/?sujet=marche", "/contact/"]


def test_parameters_of_a_page_follow_its_address(visitor):
    visitor.get("/contact/?sujet=marche")
    page = ContactPage.objects.get()
    page.slug = "ecrire"
    page.save_revision().publish()
    visitor.read_state()
    assert visitor.get("/ecrire/?sujet=marche").content == visitor.get_anew("/ecrire/?sujet=marche").content


def test_an_unknown_host_gets_its_400_and_a_port_does_not_split(visitor):
    assert visitor.get("/", host="example.org").status == 400
    plain = visitor.get("/", host="localhost")
    for port in (80, 8000, 12345):
        assert (
            visitor.get("/", host=f"localhost:{port}").content == plain.content == visitor.get_anew("/", host=f"localhost:{port}").content
        )
    assert visitor.get("/", host="127.0.0.1").status == 200
    assert visitor.rendered == ["/", "/", "/"]  # of the unknown host, and of each known one


def test_a_header_about_https_counts_behind_a_front_server_only(visitor, settings, monkeypatch):
    visitor.get("/")
    visitor.get("/", x_forwarded_proto="https")
    assert visitor.rendered == ["/"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    monkeypatch.setattr(page_cache, "RENDERED", {*page_cache.RENDERED, "HTTP_X_FORWARDED_PROTO"})
    visitor.get("/", x_forwarded_proto="https")
    assert visitor.rendered == ["/", "/"]


# What is never kept


def test_an_address_that_django_reads_in_another_way_is_not_kept(visitor):
    """Of a document, with an Arabic digit; and one that begins with a prefix, which would stand before all links of the page."""
    document = SiteDocument.objects.create(title="Un fichier", file=ContentFile(b"x" * 1000, name="un.txt"))
    digits = "".join(chr(0x660 + int(digit)) for digit in str(document.pk))
    assert visitor.get(f"/documents/{digits}/{document.filename}".encode().decode("latin-1")).status == 404
    assert CachedSite.ask(visitor.cache, "/", script_name="/brise").status == 200
    assert not visitor.cache.pages
    assert b"/brise/" not in visitor.get("/").content


def test_redirects_are_not_kept(visitor, settings):
    for address, expected in {"/contact?sujet=marche": "/contact/?sujet=marche", "/contact": "/contact/"}.items():
        assert visitor.get(address).headers["location"] == expected
    settings.SECURE_SSL_REDIRECT = True
    secure = CachedSite()
    assert secure.get("/contact/?a=1").headers["location"] == "https://localhost/contact/?a=1"
    assert secure.get("/contact/").headers["location"] == "https://localhost/contact/"
    assert not secure.cache.pages


def test_the_answer_to_a_form_is_not_kept(visitor):
    assert visitor.get("/contact/", method="POST").status == 422
    assert not visitor.cache.pages


def test_a_private_page_is_not_kept_and_its_copy_dies(visitor):
    assert visitor.get("/qui-sommes-nous/").status == 200
    PageViewRestriction.objects.create(page=AboutPage.objects.get().sitepage_ptr, restriction_type="login")
    visitor.read_state()
    assert visitor.get("/qui-sommes-nous/").status == 302
    assert visitor.get("/qui-sommes-nous/").status == 302
    assert b'href="/qui-sommes-nous/"' not in visitor.get("/").content


def test_a_live_session_gets_an_answer_of_its_own(visitor):
    visitor.get("/")
    key = make_session()
    for address in ("/", "/contact/", "/admin/login/"):
        answer = visitor.get(address, cookie=f"sessionid={key}")
        assert {"private", "no-store"} <= set(answer.headers["cache-control"].split(", "))
        assert address in visitor.rendered[-1]


@pytest.mark.parametrize("cookie", ["sessionid=abc", f"sessionid={'a' * 32}", "autre=1", "sessionid", 'a="; sessionid=x'])
def test_an_invented_session_gets_the_copy(visitor, cookie):
    visitor.get("/")
    answer = visitor.get("/", cookie=cookie)
    assert visitor.rendered == ["/"]
    assert "Cookie" not in answer.headers["vary"]
    assert answer.headers["cache-control"] == sharing.CACHE_CONTROL


def test_a_session_that_has_ended_gets_the_copy(visitor):
    key = make_session()
    visitor.get("/")
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        visitor.read_state()
        visitor.get("/")
        visitor.get("/", cookie=f"sessionid={key}")
    assert visitor.rendered == ["/", "/"]


def test_what_reads_the_user_is_private(visitor):
    answer = visitor.get("/admin/login/")
    assert {"private", "no-store"} <= set(answer.headers["cache-control"].split(", "))


def test_only_declared_views_are_kept():
    """A new view is not kept. Whoever adds it here has seen that it answers every visitor alike, and which parameters it reads."""
    patterns = [pattern for pattern in get_resolver().url_patterns if hasattr(pattern, "callback")]
    assert {pattern.name for pattern in patterns if hasattr(pattern.callback, "shared_parameters")} == {
        "calendar",
        "event_calendar",
        "figures_csv",
        "figures_json",
        "glossary",
        "manifest",
        "contact_card",
        "news_feed",
        "robots",
        "search",
        "security_txt",
        "site_map",
        "sitemap",
    }


def test_every_parameter_that_a_page_type_declares_is_known():
    assert {page_type.__name__: set(page_type.shared_parameters) for page_type in get_page_models() if page_type.shared_parameters} == {
        "ContactPage": {"sujet", "rappel", "offre", "envoye"},
        "EventIndexPage": {"affiche", "page", "quartier", "quand"},
        "EventPage": {"affiche"},
        "JobOfferPage": {"affiche"},
        "NewsIndexPage": {"page", "quartier"},
        "StandardPage": {"affiche"},
    }


# Addresses at which there is nothing


def test_an_unknown_address_is_not_kept_but_in_the_front_server_for_a_second(visitor):
    for _ in range(2):
        answer = visitor.get("/rien/")
        assert (answer.status, answer.headers["cache-control"]) == (404, sharing.CACHE_CONTROL)
    assert visitor.rendered == ["/rien/", "/rien/"]
    assert not visitor.cache.pages
    key = make_session()
    assert "private" in visitor.get("/rien/", cookie=f"sessionid={key}").headers["cache-control"]


def test_a_redirect_that_depends_on_the_query_is_found(visitor):
    Redirect.objects.create(old_path="/vieux.php?id=3", redirect_link="/contact/")
    visitor.read_state()
    assert visitor.get("/vieux.php").status == 404
    assert visitor.get("/vieux.php?id=3").headers["location"] == "/contact/"
    assert visitor.get("/vieux.php?id=4").status == 404
    assert visitor.get("/vieux.php?id=3").headers["location"] == "/contact/"


def test_a_page_and_a_redirect_appear_where_there_was_nothing(visitor):
    assert visitor.get("/neuve/").status == visitor.get("/ancienne/").status == 404
    HomePage.objects.get().add_child(instance=StandardPage(title="Neuve"))
    Redirect.objects.create(old_path="/ancienne", redirect_link="/contact/")
    visitor.read_state()
    assert visitor.get("/neuve/").status == 200
    assert visitor.get("/ancienne/").status == 301


def test_a_redirect_replaces_the_404_for_good(visitor, database_away):
    assert visitor.get("/ancienne/").status == 404
    Redirect.objects.create(old_path="/ancienne", redirect_link="/contact/")
    visitor.read_state()
    assert visitor.get("/ancienne/").status == 301
    database_away(True)
    visitor.read_state()
    assert visitor.get("/ancienne/").status == 503  # not 404


def test_scans_leave_the_pages_in_place(visitor, monkeypatch):
    """Unknown addresses, random values of declared parameters and random sessions."""
    pages = ["/", "/contact/", "/contact/?sujet=marche", "/actualites/", "/agenda/"]
    for address in pages:
        visitor.get(address)
    kept = dict(visitor.cache.pages)
    scan(visitor, 40)
    assert {key: visitor.cache.pages.get(key) for key in kept} == kept
    assert len(visitor.cache.pages) <= len(kept) + 40


@pytest.mark.exhaustive
def test_a_long_scan_leaves_the_pages_in_place(visitor):
    fill()
    visitor.read_state()
    visitor.get("/")
    visitor.get("/contact/")
    scan(visitor, 2_000)
    visitor.rendered.clear()
    visitor.get("/")
    visitor.get("/contact/")
    assert visitor.rendered == []
    assert visitor.cache.bytes <= page_cache.MAX_BYTES


def scan(visitor, number):
    chance = random.Random(14)  # noqa: S311 the same addresses in each run
    for n in range(number):
        value = chance.choice([f"{chance.getrandbits(40):x}", str(chance.randrange(10**6)), "é" * (n % 9)])
        visitor.get(f"/{value}/{n}.php?{value}={n}")
        list_page = chance.choice(["actualites", "agenda", "agenda.ics", "contact"])
        visitor.get(
            f"/{list_page}{'' if '.' in list_page else '/'}?{chance.choice(['page', 'quartier', 'quand', 'sujet', 'offre'])}={value}"
        )
        visitor.get("/", cookie=f"sessionid={chance.getrandbits(160):032x}"[:42])


def test_memory_is_bounded_by_what_was_not_used_for_longest(visitor, monkeypatch):
    monkeypatch.setattr(page_cache, "MAX_BYTES", 30_000)
    cache, body = visitor.cache, random.Random(1).randbytes(1000)  # noqa: S311
    for name in "abcde":
        cache.put((name,), page_cache.CachedPage([], body, cache.reader.state, 0))
        cache.find(("a",))
    assert list(cache.pages)[-2:] == [("e",), ("a",)]
    assert ("b",) not in cache.pages
    assert cache.bytes == sum(copy.size for copy in cache.pages.values()) <= 30_000


# Until when


def test_a_change_is_seen_wherever_it_shows(visitor):
    addresses = ["/", "/contact/", "/mentions-legales/"]
    for address in addresses:
        visitor.get(address)
    Organisation.objects.update(phone=PHONE)
    for address in addresses:
        assert PHONE.replace(" ", "") not in html(visitor.get(address)).replace("\u202f", "").replace(" ", "")
    visitor.read_state()
    for address in addresses:
        assert b"tel:+33-3-84-00-00-00" in visitor.get(address).content
        assert visitor.get(address).content == visitor.get_anew(address).content


def test_what_begins_before_a_change_does_not_outlive_it(visitor):
    """A page that was rendered while something changed is not taken for one of after the change."""
    render = visitor.django

    def change_meanwhile(environ, start_response):
        response = render(environ, start_response)
        Organisation.objects.update(phone=PHONE)
        return response

    visitor.django = change_meanwhile
    assert b"tel:+33-3-84-00-00-00" not in visitor.get("/").content
    visitor.django = render
    visitor.read_state()
    assert b"tel:+33-3-84-00-00-00" in visitor.get("/").content


def test_addresses_of_the_site_that_wagtail_remembers_are_of_the_same_generation(visitor):
    """Wagtail keeps the roots of sites for an hour: another worker may have moved one."""
    visitor.get("/")
    assert visitor.get("/plan-du-site/").status == 200
    root = Site.objects.get().root_page
    Site.objects.filter(is_default_site=True).update(root_page=root.get_children().get(slug="qui-sommes-nous"))  # fires no signal
    visitor.read_state()
    assert b'href="/histoire/"' in visitor.get("/").content


def test_a_page_is_never_of_yesterday(visitor):
    """Before the thread has read the state of the new day."""
    figure = KeyFigure.objects.filter(since_year__isnull=False).first()
    with time_machine.travel(datetime(2026, 12, 31, 22, 59, 50, tzinfo=UTC), tick=False) as clock:
        visitor.read_state()
        visitor.get("/")
        clock.shift(10)
        answer = visitor.get("/")
    assert f"<dd>{2027 - figure.since_year}</dd>" in html(answer)
    assert "age" not in answer.headers


def test_pages_change_at_midnight_in_belfort(visitor):
    figure = KeyFigure.objects.filter(since_year__isnull=False).first()
    with time_machine.travel(datetime(2026, 12, 31, 22, 59, 50, tzinfo=UTC), tick=False) as clock:
        visitor.read_state()
        before = html(visitor.get("/"))
        assert visitor.cache.reader.state.ends_at == datetime(2026, 12, 31, 23, tzinfo=UTC).timestamp()
        clock.shift(20)
        visitor.read_state()
        after = html(visitor.get("/"))
    assert f"<dd>{2026 - figure.since_year}</dd>" in before
    assert f"<dd>{2027 - figure.since_year}</dd>" in after


def test_an_expired_page_is_gone_and_its_links_too(visitor):
    page = AboutPage.objects.get()
    page.expire_at = timezone.now() + timedelta(minutes=10)
    page.save_revision().publish()
    with time_machine.travel(timezone.now()) as clock:
        visitor.read_state()
        assert visitor.cache.reader.state.next_withdrawal == page.expire_at.timestamp()
        for address in ("/", "/contact/"):
            assert b'href="/qui-sommes-nous/"' in visitor.get(address).content
        assert visitor.get("/qui-sommes-nous/").status == 200
        clock.shift(601)
        visitor.read_state()
        assert visitor.get("/qui-sommes-nous/").status == 404
        for address in ("/contact/", "/"):
            assert b'href="/qui-sommes-nous/"' not in visitor.get(address).content


def test_the_end_of_a_consent_is_a_withdrawal_and_midnight_is_none(visitor):
    consent = {"people": "recognisable", "consent_by": "La personne", "consent_on": datetime(2026, 1, 31, tzinfo=UTC).date()}
    image = picture(**consent, consent_until=datetime(2026, 12, 31, tzinfo=UTC).date())
    article = news(picture=image)
    with time_machine.travel(datetime(2026, 12, 30, 22, 59, 50, tzinfo=UTC)) as clock:
        visitor.read_state()
        seen = []
        for _ in range(3):
            seen.append((visitor.cache.reader.state.withdrawals, b"/media/" in visitor.get(article.url).content))
            clock.shift(24 * 3600)
            visitor.read_state()
    assert [is_shown for _, is_shown in seen] == [True, True, False]
    assert seen[0][0] == seen[1][0] != seen[2][0]


# While a page is rendered anew


def render_slowly(visitor, started, go_on):
    render = visitor.django

    def wait(environ, start_response):
        started.set()
        assert go_on.wait(10)
        return render(environ, start_response)

    visitor.django = wait


def test_others_get_the_previous_copy_while_a_page_is_rendered_anew(visitor):
    old = visitor.get("/").content
    Organisation.objects.update(phone=PHONE)
    visitor.read_state()
    started, go_on = threading.Event(), threading.Event()
    render_slowly(visitor, started, go_on)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(visitor.get, "/")
        assert started.wait(5)
        other = visitor.get("/")
        go_on.set()
        assert b"tel:+33-3-84-00-00-00" in first.result().content
    assert other.content == old
    assert "age" not in other.headers
    assert visitor.rendered == ["/", "/"]


def test_what_was_taken_away_is_not_sent_as_the_previous_copy(visitor):
    visitor.get("/")
    AboutPage.objects.get().unpublish()
    visitor.read_state()
    started, go_on = threading.Event(), threading.Event()
    render_slowly(visitor, started, go_on)
    with ThreadPoolExecutor() as pool:
        first, other = pool.submit(visitor.get, "/"), None
        assert started.wait(5)
        other = pool.submit(visitor.get, "/")
        go_on.set()
        for answer in (first.result(), other.result()):
            assert b'href="/qui-sommes-nous/"' not in answer.content
    assert visitor.rendered == ["/", "/"]


def test_many_visitors_of_a_page_that_nobody_has_seen_render_it_once(visitor):
    started, go_on = threading.Event(), threading.Event()
    render_slowly(visitor, started, go_on)
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(visitor.get, "/") for _ in range(8)]
        assert started.wait(5)
        go_on.set()
        assert len({answer.result().content for answer in answers}) == 1
    assert visitor.rendered == ["/"]


# When something fails


def test_pages_outlive_the_database(visitor, database_away):
    home = visitor.get("/")
    database_away(True)
    visitor.read_state()
    for _ in range(3):
        answer = visitor.get("/?utm_source=x", cookie=f"sessionid={'a' * 32}")
        assert (answer.status, answer.content) == (200, home.content)
        assert int(answer.headers["age"]) >= 0
    assert visitor.get("/", if_none_match=home.headers["etag"]).status == 304
    for address in ("/contact/", "/rien/"):
        unseen = visitor.get(address)
        assert unseen.status == 503
        assert unseen.headers["retry-after"]
    database_away(False)
    Organisation.objects.update(phone=PHONE)
    visitor.read_state()
    assert b"tel:+33-3-84-00-00-00" in visitor.get("/").content
    assert "age" not in visitor.get("/").headers


def test_pages_that_another_worker_has_rendered_outlive_the_database(visitor, database_away):
    """As long as nothing was withdrawn since; the newest of both."""
    other = CachedSite()
    other.cache.files = visitor.cache.files
    old = visitor.get("/contact/")
    Organisation.objects.update(phone=PHONE)
    other.read_state()
    new, about = other.get("/contact/"), other.get("/qui-sommes-nous/")
    visitor.read_state()
    database_away(True)
    visitor.read_state()
    for _ in range(2):
        assert visitor.get("/qui-sommes-nous/").content == about.content
        assert visitor.get("/contact/").content == new.content != old.content
    database_away(False)
    visitor.read_state()
    Collection.objects.update(name="x")  # a withdrawal
    visitor.read_state()
    visitor.cache.pages.clear()
    database_away(True)
    visitor.read_state()
    assert visitor.get("/contact/").status == 503


def test_a_page_that_another_worker_has_rendered_is_fresh_with_the_parameters_of_its_address(visitor):
    other = CachedSite()
    other.cache.files = visitor.cache.files
    chosen, plain = visitor.get("/contact/?sujet=marche"), visitor.get("/contact/")
    assert chosen.content != plain.content
    assert other.get("/contact/?utm_source=x&sujet=marche").content == chosen.content
    assert other.get("/contact/?sujet=marche").content == chosen.content
    assert other.get("/contact/?utm_source=x").content == plain.content
    assert other.rendered == []


def test_what_workers_share_ends_with_their_process(tmp_path):
    """Not with a worker that ends before."""
    script = (
        "import os, django; django.setup(); from regie.serving.page_cache import SharedFiles\n"
        "files = SharedFiles(); files.set((1,), 2)\n"
        "if pid := os.fork(): os.waitpid(pid, 0); print(files.get((1,)))"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(settings.BASE_DIR / "tests")}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert (done.stdout, list(tmp_path.iterdir())) == ("2\n", []), done.stderr


@pytest.mark.parametrize("fault", ["no folder", "read-only", "full"])
def test_a_disk_that_cannot_be_written_is_no_fault_of_a_page(monkeypatch, fault):
    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    if fault == "no folder":
        monkeypatch.setattr(page_cache.tempfile, "mkdtemp", fail)
    visitor = CachedSite()
    if fault == "read-only":
        visitor.cache.files.cache._dir = "/proc/1/nowhere"  # root, too, may not write there
    elif fault == "full":
        visitor.get("/contact/")
        monkeypatch.setattr("django.core.cache.backends.filebased.tempfile.mkstemp", fail)
    for _ in range(2):
        assert visitor.get("/?utm_source=x").status == 200
    assert visitor.rendered[-1] == "/?utm_source=x"
    assert visitor.rendered.count("/?utm_source=x") == 1


def test_pages_of_yesterday_outlive_a_database_that_is_away_at_midnight(visitor, database_away):
    with time_machine.travel(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) as clock:
        visitor.read_state()
        home = visitor.get("/")
        database_away(True)
        clock.shift(3600)
        visitor.read_state()
        assert visitor.get("/").content == home.content


def test_a_page_that_expires_while_the_database_is_away_is_not_shown(visitor, database_away):
    page = AboutPage.objects.get()
    page.expire_at = timezone.now() + timedelta(minutes=10)
    page.save_revision().publish()
    with time_machine.travel(timezone.now()) as clock:
        visitor.read_state()
        visitor.get("/qui-sommes-nous/")
        database_away(True)
        clock.shift(601)
        visitor.read_state()
        assert visitor.get("/qui-sommes-nous/").status == 503


def test_a_picture_whose_consent_ends_while_the_database_is_away_is_not_shown(visitor, database_away):
    consent = {"people": "recognisable", "consent_by": "La personne", "consent_on": datetime(2026, 1, 31, tzinfo=UTC).date()}
    article = news(picture=picture(**consent, consent_until=datetime(2026, 12, 31, tzinfo=UTC).date()))
    picture(**consent)  # without an end
    with time_machine.travel(datetime(2026, 12, 31, 12, tzinfo=UTC)) as clock:
        visitor.read_state()
        assert b"/media/" in visitor.get(article.url).content
        database_away(True)
        clock.shift(24 * 3600)
        visitor.read_state()
        assert visitor.get(article.url).status == 503


def test_a_reading_that_takes_too_long_counts_as_a_database_that_is_away(visitor, monkeypatch):
    home = visitor.get("/")
    visitor.cache.reader.reading_since = 1.0
    answer = visitor.get("/")
    assert answer.content == home.content
    assert "age" in answer.headers


def test_an_old_copy_of_a_page_that_has_expired_since_is_not_shown(visitor, database_away):
    """Made before the editor wrote when the page expires, and not asked for since."""
    page = AboutPage.objects.get()
    with time_machine.travel(timezone.now()) as clock:
        visitor.get("/qui-sommes-nous/")
        page.expire_at = timezone.now() + timedelta(minutes=10)
        page.save_revision().publish()
        visitor.read_state()
        clock.shift(601)
        for is_away, statuses in {False: {404}, True: {503}}.items():
            database_away(is_away)
            visitor.read_state()
            started, go_on = threading.Event(), threading.Event()
            render_slowly(visitor, started, go_on)
            with ThreadPoolExecutor() as pool:
                answers = [pool.submit(visitor.get, "/qui-sommes-nous/") for _ in range(2)]
                assert started.wait(5)
                go_on.set()
                assert {answer.result().status for answer in answers} == statuses


def test_an_unseen_page_that_fails_is_asked_for_once(visitor, database_away):
    database_away(True)
    visitor.read_state()
    assert visitor.get("/contact/?utm_source=x").status == 503
    assert len(visitor.rendered) == 1


def test_a_page_that_becomes_personal_has_no_copy(visitor):
    visitor.get("/")
    Organisation.objects.update(phone=PHONE)
    visitor.read_state()

    def answer_one_visitor(environ, start_response):
        start_response("200 OK", [("Set-Cookie", "a=b")])
        return [b"Bonjour."]

    visitor.django = answer_one_visitor
    answer = visitor.get("/")
    assert answer.content == b"Bonjour."
    assert not visitor.cache.pages


def test_a_page_that_cannot_be_rendered_is_sent_as_it_was(visitor):
    old, render = visitor.get("/").content, visitor.django
    Organisation.objects.update(phone=PHONE)
    visitor.read_state()

    def fail(environ, start_response):
        start_response("500 Internal Server Error", [])
        return [b""]

    visitor.django = fail
    for _ in range(2):
        answer = visitor.get("/")
        assert (answer.status, answer.content) == (200, old)
        assert "age" in answer.headers
    visitor.django = render
    assert b"tel:+33-3-84-00-00-00" in visitor.get("/").content


def test_a_page_that_is_withdrawn_while_it_is_rendered_is_not_sent_as_it_was(visitor):
    visitor.get("/qui-sommes-nous/")
    Organisation.objects.update(phone=PHONE)
    visitor.read_state()

    def fail_after_a_withdrawal(environ, start_response):
        AboutPage.objects.get().unpublish()
        visitor.read_state()
        start_response("500 Internal Server Error", [])
        return [b""]

    visitor.django = fail_after_a_withdrawal
    assert visitor.get("/qui-sommes-nous/").status == 500


def test_a_page_that_is_gone_stays_so_and_no_copy_comes_back_from_the_files(visitor, database_away):
    """It is no withdrawal that an offer ends."""
    page = offer(last_day=date(2100, 1, 31))
    with time_machine.travel(datetime(2100, 1, 31, 22, 59, tzinfo=UTC), tick=False) as clock:
        visitor.read_state()
        assert visitor.get(page.url).status == 200
        clock.shift(120)
        visitor.read_state()
        assert visitor.get(page.url).status == 410
        database_away(True)
        visitor.read_state()
        assert visitor.get(page.url).status == 503


def test_addresses_with_parameters_ask_the_files_once(visitor, monkeypatch):
    visitor.get("/")
    asked = []
    monkeypatch.setattr(visitor.cache.files, "get", asked.append)
    for number in range(3):
        assert visitor.get(f"/?utm_source={number}").status == 200
    assert (asked, visitor.rendered) == ([], ["/"])


def test_an_error_is_not_kept(visitor):
    render = visitor.django

    def fail(environ, start_response):
        start_response("500 Internal Server Error", [])
        return [b""]

    visitor.django = fail
    assert visitor.get("/").status == 500
    visitor.django = render
    assert visitor.get("/").status == 200


def test_a_worker_that_starts_without_the_database_answers_503(database_away):
    database_away(True)
    visitor = CachedSite()
    assert visitor.get("/").status == 503
    database_away(False)
    visitor.read_state()
    assert visitor.get("/").status == 200


# The rest


def test_the_state_is_read_beside_requests_and_before_an_answer_when_nobody_has_come_for_a_second(monkeypatch):
    now, read, threads = [1000.0], [], []

    class Thread(threading.Thread):
        def start(self):
            threads.append(self)

    monkeypatch.setattr(page_cache.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(page_cache.threading, "Thread", Thread)
    monkeypatch.setattr(state, "read_state", lambda: read.append(now[0]) or State(len(read), (), inf, inf))
    reader = state.StateReader()
    for seconds, number, is_beside in ((0, 1, False), (0.3, 1, False), (0.2, 1, True), (0.9, 2, True), (10, 4, False)):
        now[0] += seconds
        assert reader.get().generation == number
        assert bool(threads) is is_beside
        for thread in threads:
            thread.run()
        threads.clear()


def test_who_comes_while_the_state_is_read_for_long_does_not_wait(visitor, monkeypatch):
    home, go_on, began, known = visitor.get("/"), threading.Event(), threading.Event(), visitor.cache.reader.state
    monkeypatch.setattr(state, "READING_TIMEOUT", 0.2)
    monkeypatch.setattr(state, "read_state", lambda: began.set() or (go_on.wait(20) and known))
    visitor.cache.reader.read_at = -inf
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(visitor.get, "/")
        assert began.wait(5)
        second = pool.submit(visitor.get, "/")
        assert (second.result(5).content, first.done()) == (home.content, False)
        assert "age" in second.result().headers
        go_on.set()
        assert first.result(5).content == home.content


@pytest.mark.parametrize("part", ["generation", "withdrawals", "last expiry", "last end of a consent", "next_withdrawal", "ends_at"])
def test_entries_of_djangos_cache_depend_on_each_part_of_the_state(part):
    expired, ended = datetime(2026, 11, 30, tzinfo=UTC), date(2026, 11, 30)
    known = State(3, (2, expired, ended), inf, 1000.0)
    changed = {
        "last expiry": {"withdrawals": (2, expired + timedelta(seconds=1), ended)},
        "last end of a consent": {"withdrawals": (2, expired, ended + timedelta(days=1))},
        "withdrawals": {"withdrawals": (3, expired, ended)},
    }.get(part) or {part: getattr(known, part) + 1 if part != "next_withdrawal" else 2000.0}
    try:
        current.state = known
        cache.set("name", "before")
        current.state = State(*known)
        assert cache.get("name") == "before"
        current.state = known._replace(**changed)
        assert cache.get("name") is None
    finally:
        current.state = None


@pytest.mark.parametrize("change", ["delete", "restrict", "move", "restrict the home page"])
def test_whether_a_page_may_be_read_is_asked_anew_before_the_state_is_known(visitor, change):
    """Its address and menu entry were made before; less than a second has passed since the change."""
    home = HomePage.objects.get()
    page = home.add_child(instance=StandardPage(title="Une page", slug="une-page", introduction="Avant", show_in_menus=True))
    visitor.read_state()
    visitor.get("/contact/")
    changed = home if "home" in change else page
    if change == "delete":
        page.delete()
    elif change == "move":
        page.slug = "ailleurs"
        page.save_revision().publish()
    else:
        PageViewRestriction.objects.create(page=changed.sitepage_ptr, restriction_type="login")
        type(changed).objects.filter(pk=changed.pk).update(introduction="Secret")
    answer = visitor.get("/" if changed == home else "/une-page/")
    assert answer.status in {301, 302, 404}
    assert b"Secret" not in answer.content


def test_staff_read_what_the_database_has_now(visitor):
    name = Organisation.get().name
    visitor.get("/contact/")
    current.state = visitor.cache.reader.state
    cache.set("pages.organisation.models.Organisation.get", Organisation(name="Une Régie d’avant"))
    assert "Une Régie d’avant" in html(visitor.get("/agenda/"))
    assert name in (read := html(visitor.get("/agenda/", cookie=f"sessionid={make_session()}")))
    assert "Une Régie d’avant" not in read


def test_news_are_found_through_every_list(visitor):
    index = NewsIndexPage.objects.get()
    for address in ("/", "/actualites/", "/actualites.atom", "/sitemap.xml"):
        visitor.get(address)
    page = index.add_child(instance=NewsPage(title="Nouvelle toute neuve"))
    visitor.read_state()
    for address in ("/", "/actualites/", "/actualites.atom"):
        assert "Nouvelle toute neuve" in html(visitor.get(address))
    assert page.slug in html(visitor.get("/sitemap.xml"))
