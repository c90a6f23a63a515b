import gc
import json
import os
import shutil
import sys
import threading
import tracemalloc  # noqa: F401 pytest imports it while it reports a file that was left open, and fails if another one comes in between
from functools import partial

import hypothesis
import pytest
import strict_templates  # noqa: F401 from here on, templates are strict
from database import Database
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from examples import PASSWORD, fill
from playwright.sync_api import expect
from policy import watch_policy
from quick_restic import begin
from snapshot import take
from wagtail.models import get_page_models

from pages.districts.listing import ListPageMixin
from pages.search import query
from regie.operations.backups import Repository

# Playwright keeps an event loop in this thread; Django would refuse every query beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# The same examples in each run; `--hypothesis-profile=exhaustive` tries more of them.
for profile, number in (("default", 40), ("exhaustive", 150)):
    hypothesis.settings.register_profile(
        profile,
        max_examples=number,
        deadline=None,
        derandomize=True,
        suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
    )
hypothesis.settings.load_profile("default")
DURATIONS = settings.BASE_DIR / "var" / "test-durations.json"
FAST = 0.1  # seconds
# Made once for many tests: all of these run in one process, one after the other.
SHARED = {"starting_site", "filled_site", "site", "matrix", "shared_server"}
seconds = {}


def refuse_other_hosts(event, arguments):
    """Lets this process reach no host but its own (PEP 578)."""
    if event in {"socket.connect", "socket.getaddrinfo"}:
        address = arguments[1] if event == "socket.connect" else arguments
        host = address[0] if isinstance(address, tuple) else ""  # of a socket in a file
        assert not host or str(host) in {"localhost", "127.0.0.1", "::1"}, f"A test asks {host}."


sys.addaudithook(refuse_other_hosts)


def pytest_addoption(parser):
    parser.addoption("--fast", action="store_true", help=f"leave out what has never taken less than {FAST} s, or shares a whole site")


def pytest_itemcollected(item):
    for mark in item.iter_markers("postgresql"):
        if "only" in mark.kwargs:
            item.add_marker(pytest.mark.skipif(connection.vendor != "postgresql", reason=mark.kwargs["only"]))
    if SHARED & set(item.fixturenames):
        item.add_marker(pytest.mark.xdist_group("shared"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Browser tests come last: what fails without a browser is easier to understand. `--fast` takes what is known to be fast, or is new."""
    items.sort(key=lambda item: "browser" in item.keywords)
    if config.getoption("fast") and DURATIONS.exists():
        known = json.loads(DURATIONS.read_text())
        slow = {item for item in items if known.get(item.nodeid, 0) > FAST or SHARED & set(item.fixturenames)}
        config.hook.pytest_deselected(items=[*slow])
        items[:] = [item for item in items if item not in slow]


def pytest_runtest_logreport(report):
    seconds[report.nodeid] = seconds.get(report.nodeid, 0) + report.duration


def pytest_sessionfinish(session):
    """Stores how long each test took on SQLite, for `--fast`: the shortest time of all runs, as others may have kept the machine busy."""
    if not hasattr(session.config, "workerinput") and connection.vendor == "sqlite":
        known = json.loads(DURATIONS.read_text()) if DURATIONS.exists() else {}
        DURATIONS.parent.mkdir(exist_ok=True)
        DURATIONS.write_text(json.dumps(known | {name: min(time, known.get(name, time)) for name, time in seconds.items()}))


def pytest_collection_finish():
    """Has the garbage collector leave alone what lives as long as the run, and come less often: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter, config):
    """Prints the first failure last, with the command that runs it alone, and the seed that gives the same order again."""
    failed = [*terminalreporter.getreports("error"), *terminalreporter.getreports("failed")]
    if failed:
        if len(failed) > 1:
            terminalreporter.section(f"{len(failed)} failed; the first of them, again")
            terminalreporter.write_line("\n".join(str(failed[0].longrepr).splitlines()[-20:]))
        program = "tests/with_postgres " * (connection.vendor == "postgresql") + ".venv/bin/pytest"
        terminalreporter.write_line(f"Run it alone: {program} '{failed[0].nodeid.removesuffix('@shared')}'")
        terminalreporter.write_line(
            f"The tests ran in random order; for the same again: --randomly-seed={config.getoption('randomly_seed', 0)}"
        )


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, tmp_path_factory):
    """Every test starts from the starting content, as the seed command makes it; tests that commit put it back (`database.py`)."""
    with django_db_blocker.unblock():
        database = Database(tmp_path_factory.mktemp("db"))
        database.start()
    # A private method of Django's, which would empty all tables: where a new Django has another, tests after a commit fail at once.
    assert hasattr(TransactionTestCase, "_fixture_teardown")
    TransactionTestCase._fixture_teardown = lambda case: database.restore()
    yield
    with django_db_blocker.unblock():
        database.drop()


@pytest.fixture(autouse=True)
def no_files_of_other_tests(settings, tmp_path):
    """Uploads in a folder of the test's own; an empty cache, as it remembers renditions by the number that the next test uses again."""
    settings.MEDIA_ROOT, settings.BACKUP_ROOT = tmp_path / "media", tmp_path / "backups"
    settings.EMAIL_BACKEND = "regie.mail.outbox.OutboxBackend"  # Django gives tests another one
    cache.clear()


@pytest.fixture
def live_site(live_server):
    """The address of the site, served to a real browser from the starting content."""
    return live_server.url


@pytest.fixture(scope="session")
def starting_site(django_db_setup, django_db_blocker, tmp_path_factory):
    """The starting content as visitors get it (`snapshot.py`)."""
    with django_db_blocker.unblock():
        return take(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="session")
def filled_site(django_db_setup, django_db_blocker, tmp_path_factory):
    """A site with everything filled as visitors get it."""
    with django_db_blocker.unblock():
        return take(tmp_path_factory.mktemp("media"), fill)


@pytest.fixture
def visit(browser, live_site):
    """Opens a browser window of a width in CSS pixels; closed after the test. What it shows must not break its policy."""
    contexts, violations = [], []

    def open_window(width, height=800, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, base_url=live_site, **options))
        page = contexts[-1].new_page()
        violations.append(watch_policy(page))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert [found for found in violations if found] == []


@pytest.fixture
def staff():
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
def log_browser_in(page, client, live_site):
    """Gives the browser the session of a user, which the client has too."""

    def run(user):
        client.force_login(user)
        page.context.add_cookies([{"name": name, "value": cookie.value, "url": live_site} for name, cookie in client.cookies.items()])

    return run


@pytest.fixture
def as_member(page, live_site, staff, log_browser_in):
    """The admin's first screen, for a member of the named group who logs in; no request may leave the site."""
    strangers, violations = [], watch_policy(page)
    page.set_default_timeout(10_000)
    page.on("request", lambda request: None if request.url.startswith((live_site, "data:", "blob:")) else strangers.append(request.url))

    def log_in(group, types_password=False):
        user = staff(group)
        if not types_password:
            log_browser_in(user)
        page.goto(f"{live_site}/admin/")
        if types_password:
            page.locator("[name=username]").fill(user.username)
            page.locator("[name=password]").fill(PASSWORD)
            page.get_by_role("button", name="Entrer").click()
        expect(page.get_by_role("heading", name="À compléter")).to_be_visible()
        return page

    yield log_in
    assert strangers == []
    assert violations == []


@pytest.fixture
def short_lists(monkeypatch):
    """Lists of three entries a page, so that few make a second page."""
    for model in [each for each in get_page_models() if issubclass(each, ListPageMixin)]:
        monkeypatch.setattr(model, "PER_PAGE", 3)
    monkeypatch.setattr(query, "PER_PAGE", 3)


@pytest.fixture
def quick_copies(monkeypatch):
    """Copies whose key restic tries at once."""
    run = Repository.run

    def run_quickly(repository, *arguments, **options):
        make = partial(run, repository, *arguments, **options)
        return begin(repository, make) if arguments[0] == "init" else make()

    monkeypatch.setattr(Repository, "run", run_quickly)


@pytest.fixture
def at_once():
    """Runs `act` in several threads at the same time, each with its own connection: `at_once(6, act)`."""

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
    quiet = [
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": quiet + (["--no-sandbox"] if os.geteuid() == 0 else []),
    }
