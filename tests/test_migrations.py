"""Migrations of a release are applied while the release before still serves: it must go on working on the new tables."""

from importlib import import_module

from django.db import models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from reading import fail_with

BEFORE_THE_FIRST_RELEASE = "0014_lighter"  # nothing served on the tables of these and of earlier ones
REMOVING = (operations.RemoveField, operations.RenameField, operations.DeleteModel, operations.RenameModel, operations.AlterModelTable)


def find_unsafe(name):
    """Yields what the release before could not work with: the migration, the column, and what to do."""
    before = MigrationLoader(None).project_state(("pages", name), at_end=False)
    for operation in import_module(f"pages.migrations.{name}").Migration.operations:
        column = ".".join(filter(None, [getattr(operation, "model_name", ""), getattr(operation, "name", "") or ""]))
        if isinstance(operation, REMOVING):
            yield f"{name}: {column}: do this in the release after the one that stops using it. {operation.describe()}."
        elif isinstance(operation, operations.AddField | operations.AlterField) and not isinstance(operation.field, models.ManyToManyField):
            field = operation.field
            was_null = (
                isinstance(operation, operations.AddField) or before.models["pages", operation.model_name].fields[operation.name].null
            )
            if was_null and not field.null and not field.has_db_default():
                yield f"{name}: {column}: give it null=True, or db_default beside its default: the code before does not fill it in."


def get_names():
    return sorted(name for app, name in MigrationLoader(None).disk_migrations if app == "pages")


def test_the_release_before_can_work_on_the_tables_of_this_one():
    fail_with(line for name in get_names() if name > BEFORE_THE_FIRST_RELEASE for line in find_unsafe(name))


def test_the_check_finds_what_the_release_before_would_miss():
    found = "\n".join(find_unsafe(BEFORE_THE_FIRST_RELEASE))
    assert "0014_lighter: eventpage.cancelled_days: give it null=True, or db_default" in found
    assert "do this in the release after the one that stops using it" in found
