"""The application for gunicorn. If packages or migrations are missing, it exits with one line that says what to run."""

import os
import sys

from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regie.settings")


def check_migrations() -> None:
    """Ends the program where the database lacks a migration of this code; newer ones than its own do no harm.

    A database that is away is no reason: pages answer 503 until it is back.
    """
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError:
        return
    finally:
        connection.close()  # gunicorn forks its workers after this: they must not share it
    if plan:
        sys.exit(f"The database lacks migrations, the first of them {plan[0][0]}. Run: python manage.py migrate")


try:
    application = get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018 imports all views, which a first request would do otherwise
except ModuleNotFoundError as error:
    if error.name.partition(".")[0] in {"pages", "regie"}:
        raise
    sys.exit(f"The package {error.name} is not installed. Run: pip install --require-hashes -r requirements.txt")
check_migrations()
