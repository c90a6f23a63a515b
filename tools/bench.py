"""How fast the site is: beside other programs, beside a plain page of Wagtail, and with 10 to 10,000 pages. `make bench` prints tables.

It makes a site of its own in a temporary SQLite database, or on the server that DATABASE_URL names in a database that it drops again.
"""

import os
import statistics
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import django

SIZES = (10, 100, 1_000, 10_000)
COMING = 100  # of the first so many pages half the events are still to come; what an agenda gathers later is past
ROUNDS = 25
PAGES = {
    "home (menu, next events, news)": "/",
    "list of news": "/actualites/",
    "a later page of it": "/actualites/?page=3",
    "one quartier's news": "/actualites/?quartier=les-glacis",
    "agenda": "/agenda/",
    "past events": "/agenda/?quand=passes",
    "search, a word that all hold": "/recherche/?q=exemple",
    "search, a word that few hold": "/recherche/?q=relogement",
    "feed": "/actualites.atom",
    "calendar": "/agenda.ics",
    "sitemap, for each address": "/sitemap.xml",
}


WORK = ("/qui-sommes-nous/", "/", "/travailler-a-la-regie/", "/contact/", "/plan-du-site/", "/recherche/?q=emploi")


def main():
    measure_servers()
    django.setup()
    from django.conf import settings
    from django.test.utils import get_runner, setup_test_environment

    runner = get_runner(settings)(verbosity=0, interactive=False)
    setup_test_environment()
    databases = runner.setup_databases()
    try:
        measure()
    finally:
        runner.teardown_databases(databases)


def measure_servers():
    """In a folder and a SQLite database of its own: other processes read it."""
    from tools import bench_servers

    with TemporaryDirectory() as folder:
        database_url = f"sqlite:///{folder}/db.sqlite3"
        page = "HomePage.objects.get().add_child(instance=StandardPage(title='Une page'))"
        for command in (["migrate", "-v0"], ["seed"], ["shell", "-v0", "-c", f"from pages.models import *; {page}"]):
            subprocess.run([sys.executable, "manage.py", *command], env=os.environ | {"DATABASE_URL": database_url}, check=True)
        bench_servers.measure(Path(folder), database_url)


def measure():
    from django.db import connection

    from pages.seed import seed

    seed()
    measure_statements()
    times, made = {}, 0
    for size in SIZES:
        print(f"Making {size} pages…", file=sys.stderr)
        add(made, size)
        made = size
        times[size] = {
            name: median(address) / (size if "each" in name else 1)
            for name, address in PAGES.items()
            if "?page" not in address or size > 10
        }
        times[size]["publication of a page"] = publish()
    print(f"\n{connection.vendor}, medians of {ROUNDS} in milliseconds, rendered; news and events, half and half")
    print(f"{'':32}{''.join(f'{size:>10}' for size in SIZES)}{f'{SIZES[-1]}/{SIZES[1]}':>12}")
    for name in times[made]:
        row = [times[size].get(name) for size in SIZES]
        cells = (f"{value:10.2f}" if value else f"{'':10}" for value in row)
        print(f"{name:32}{''.join(cells)}{row[-1] / row[1]:12.2f}")


def publish():
    """The median time to publish a change of a page, in milliseconds."""
    from pages.news.models import NewsPage

    page, times = NewsPage.objects.first(), []
    for n in range(ROUNDS):
        page.introduction = f"Changée {n} fois."
        start = time.perf_counter()
        page.save_revision().publish()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def measure_statements():
    """Prints the SQL statements of the first page of a state of the site, and those of the same page once others were rendered."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from pages.page.sharing import render_for_all
    from regie.serving.state import current, read_state

    client, current.state = Client(), read_state()
    print(f"{connection.vendor}: SQL statements{'first page':>15}{'later page':>15}")
    for address in WORK:
        numbers = []
        with render_for_all():
            client.get(address)
            for before in ([], {"/", "/agenda/"} - {address}):
                cache.clear()
                for other in before:
                    client.get(other)
                with CaptureQueriesContext(connection) as queries:
                    client.get(address)
                numbers.append(len(queries))
        print(f"{address:30}{numbers[0]:10}{numbers[1]:15}")
    current.state = None


def add(first, last):
    """Adds pages number `first` to `last`, which all contain the word « exemple »."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from pages.agenda.models import EventIndexPage, EventPage
    from pages.districts.models import District
    from pages.news.models import NewsIndexPage, NewsPage

    parents = {NewsPage: NewsIndexPage.objects.get(), EventPage: EventIndexPage.objects.get()}
    district = District.objects.first()
    with transaction.atomic(), patch("pages.search.index.mark"):  # indexed all at once at the end
        for n in range(first, last):
            body = [("paragraph", f"<p>Un exemple de texte, numéro {n}. {'Une phrase de plus, pour faire une page. ' * 20}</p>")]
            if n % 2:
                page = NewsPage(title=f"Nouvelle {n}", date=date(2000, 1, 1) + timedelta(days=n // 4), body=body)
            else:
                first_day = date(2090 if n < COMING and n % 4 else 2000, 1, 1) + timedelta(days=n // 4)
                page = EventPage(title=f"Événement {n}", first_day=first_day, body=body)
            if n % 3 == 0:
                page.districts = [district]
            parents[type(page)].add_child(instance=page)
    call_command("update_index", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def median(address):
    """The median time to answer, in milliseconds."""
    from django.core.cache import cache
    from django.test import Client

    client, times = Client(), []
    for _ in range(ROUNDS):
        cache.clear()
        start = time.perf_counter()
        response = client.get(address)
        times.append(time.perf_counter() - start)
        if response.status_code != 200:
            sys.exit(f"{address} answered {response.status_code}.")
    return statistics.median(times) * 1000


if __name__ == "__main__":
    sys.path.insert(0, ".")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regie.settings")
    main()
