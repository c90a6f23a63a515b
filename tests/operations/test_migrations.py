"""Migrations of a release are applied while the release before still serves: it must go on working on the new tables."""

from importlib import import_module

from assertions import fail_with
from django.db import models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

BEFORE_THE_FIRST_RELEASE = {
    "pages": "0005_way_in",
    "regie": "0001_initial",
}  # nothing served on the tables of these and of earlier ones
REMOVING = (operations.RemoveField, operations.RenameField, operations.DeleteModel, operations.RenameModel, operations.AlterModelTable)


def find_unsafe(app, name, before, changes):
    """Yields what the release before could not work with: the migration, the column, and what to do."""
    for operation in changes:
        column = ".".join(filter(None, [getattr(operation, "model_name", ""), getattr(operation, "name", "") or ""]))
        if isinstance(operation, REMOVING):
            yield f"{name}: {column}: do this in the release after the one that stops using it. {operation.describe()}."
        elif isinstance(operation, operations.AddField | operations.AlterField) and not isinstance(operation.field, models.ManyToManyField):
            field = operation.field
            was_null = isinstance(operation, operations.AddField) or before.models[app, operation.model_name].fields[operation.name].null
            if was_null and not field.null and not field.has_db_default():
                yield f"{name}: {column}: give it null=True, or db_default beside its default: the code before does not fill it in."


def test_the_release_before_can_work_on_the_tables_of_this_one():
    loader = MigrationLoader(None)
    ours = sorted(key for key in loader.disk_migrations if key[0] in BEFORE_THE_FIRST_RELEASE)
    assert ours
    fail_with(
        line
        for app, name in ours
        if name > BEFORE_THE_FIRST_RELEASE[app]
        for line in find_unsafe(
            app,
            name,
            loader.project_state((app, name), at_end=False),
            import_module(f"{app}.migrations.{name}").Migration.operations,
        )
    )


def test_the_check_finds_what_the_release_before_would_miss():
    before = ProjectState()
    before.add_model(ModelState("pages", "Concert", [("id", models.AutoField(primary_key=True)), ("hall", models.TextField(null=True))]))
    missed = [
        operations.AddField("concert", "price", models.TextField(default="")),
        operations.AlterField("concert", "hall", models.TextField()),
        operations.RemoveField("concert", "hall"),
        operations.RenameField("concert", "hall", "place"),
        operations.DeleteModel("Concert"),
    ]
    harmless = [
        operations.AddField("concert", "price", models.TextField(default="", db_default="")),
        operations.AddField("concert", "price", models.TextField(null=True)),
        operations.AlterField("concert", "id", models.AutoField(primary_key=True, verbose_name="number")),
        operations.CreateModel("Hall", [("id", models.AutoField(primary_key=True))]),
    ]
    for operation in missed:
        assert len(list(find_unsafe("pages", "0009_example", before, [operation]))) == 1, operation
    assert list(find_unsafe("pages", "0009_example", before, harmless)) == []
    assert list(find_unsafe("pages", "0009_example", before, missed[:1])) == [
        "0009_example: concert.price: give it null=True, or db_default beside its default: the code before does not fill it in."
    ]
