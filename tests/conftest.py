import os
import shutil
import threading
from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import connection, connections
from examples import addresses, fill

from pages.models import EventPage, JobOfferPage, NewsPage, StandardPage
from pages.seed import seed

# Playwright keeps an event loop in this thread; Django would refuse every query beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PASSWORD = "un-mot-de-passe-long"
# Page types that the starting content has no page of, with the fields that one needs.
UNSEEDED = {
    StandardPage: {"title": "Une page libre"},
    NewsPage: {"title": "Une actualité"},
    EventPage: {"title": "Un événement", "first_day": date(2100, 1, 31)},
    JobOfferPage: {"title": "Une offre", "contract": "cdd", "last_day": date(2100, 1, 31)},
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Browser tests come last: they really write, and empty the database behind them."""
    items.sort(key=lambda item: "browser" in item.keywords)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """SQLite in a file, as in production: in memory, the live server would share the tests' own connection."""
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = str(tmp_path_factory.mktemp("db") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test starts from the starting content, as the seed command makes it."""
    with django_db_blocker.unblock():
        assert seed()
        # What Django puts back before each test that really writes (serialized_rollback): on this connection, and on the one
        # that it opens beside it once Playwright's event loop runs in this same thread.
        this = connections["default"]
        this._test_serialized_contents = type(this)._test_serialized_contents = this.creation.serialize_db_to_string()


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()  # it remembers renditions of pictures by their number, which the next test uses again


@pytest.fixture
def live_site(live_server):
    """The address of the site, served to a real browser from the starting content."""
    return live_server.url


@pytest.fixture
def filled(transactional_db):
    """The addresses of one page of each type, everything on them filled."""
    fill()
    return addresses()


@pytest.fixture
def visit(browser, live_site):
    """Opens a browser window of a width in CSS pixels; closed after the test."""
    contexts = []

    def open_window(width, height=800, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, base_url=live_site, **options))
        return contexts[-1].new_page()

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def staff(db):
    """Makes a member of the named staff group: `staff("Rédaction")`."""

    def make(group):
        user = User.objects.create_user(group.lower(), password=PASSWORD)
        user.groups.add(Group.objects.get(name=group))
        return user

    return make


@pytest.fixture
def admin(client, staff):
    """A client logged in as a member of the named staff group."""

    def log_in(group):
        client.force_login(staff(group))
        return client

    return log_in


@pytest.fixture
def at_once():
    """Does `act` so many times at the same time, each in a thread with a connection of its own: `at_once(6, act)`."""

    def run(number, act):
        together = threading.Barrier(number)

        def one():
            together.wait()
            act()
            connection.close()

        threads = [threading.Thread(target=one) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": quiet + (["--no-sandbox"] if os.geteuid() == 0 else []),
    }
