"""Migrations of a release are applied while the release before still serves: it must go on working on the new tables."""

import pytest
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

from regie import settings

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql(only="on SQLite, a change of columns makes the table anew, of which the check knows nothing"),
]

BEFORE_THE_FIRST_RELEASE = "0014_lighter"  # nothing served on the tables of these and of earlier ones


def find_unsafe(names):
    linter = MigrationLinter(str(settings.BASE_DIR), include_name=names, include_apps=["pages"], no_cache=True, no_output=True)
    linter.lint_all_migrations()
    assert linter.nb_total - linter.nb_ignored == len(names)
    return linter.nb_erroneous


def get_names():
    return sorted(name for app, name in MigrationLoader(None).disk_migrations if app == "pages")


def test_the_release_before_can_work_on_the_tables_of_this_one():
    names = [name for name in get_names() if name > BEFORE_THE_FIRST_RELEASE]
    assert not names or find_unsafe(names) == 0


def test_the_check_finds_what_the_release_before_would_miss():
    assert find_unsafe([BEFORE_THE_FIRST_RELEASE]) == 1  # it removes a column
