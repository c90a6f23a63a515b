"""The application for gunicorn. If packages or migrations are missing, it exits with one line that says what to run."""

import os
import sys
from pathlib import Path

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regie.settings")


def prepare_database() -> None:
    """Makes SQLite open its file and never create an empty one: another program may have moved it away for a moment.

    PostgreSQL gets the limits of visitors.
    """
    if connection.vendor == "postgresql":
        from .serving.postgresql import limit_to_visits

        limit_to_visits(connection.settings_dict)
    else:
        path = Path(connection.settings_dict["NAME"])
        if not path.exists():
            sys.exit(f"There is no database at {path}. Run: python manage.py migrate")
        connection.settings_dict["NAME"] = f"{path.absolute().as_uri()}?mode=rw"


try:
    django_application = get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018 imports all views, which a first request would do otherwise
except ModuleNotFoundError as error:
    if error.name.partition(".")[0] in {"pages", "regie"}:
        raise
    sys.exit(f"The package {error.name} is not installed. Run: pip install --require-hashes -r requirements.txt")
prepare_database()

from .operations.checks import DATABASE_AWAY, check_database  # noqa: E402 these need the applications
from .serving.health import Health  # noqa: E402
from .serving.logs import LoggedRequests  # noqa: E402
from .serving.page_cache import PageCache  # noqa: E402

missing = [each for each in check_database() if each.id != DATABASE_AWAY]  # While the database is away, pages answer 503.
connection.close()  # gunicorn forks its workers after this: they must not share it, nor the threads of a pool
getattr(connection, "close_pool", bool)()
if missing:
    sys.exit(f"{missing[0].msg} Run: python {missing[0].hint}")

page_cache = PageCache(LoggedRequests(django_application))
application = Health(page_cache, page_cache.reader)
