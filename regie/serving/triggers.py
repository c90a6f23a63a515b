"""Raises the generation of the site with each change that visitors could see, whatever makes the change.

Triggers of the database do it, in the transaction of the change: signals would miss `QuerySet.update()`, with which Wagtail moves
pictures to a private collection. On PostgreSQL they run at commit, so that two publications at once do not wait for each other.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import F, Model
from modelcluster.fields import ParentalKey
from wagtail.models import get_page_models

from pages.models import SitePage

from .state import Generation

EVENTS = ("INSERT", "UPDATE", "DELETE")
# Tables of which visitors see each change, beside those of pages (`get_page_triggers`).
SHOWN = [
    "pages.Organisation",
    "pages.SocialLink",
    "pages.Recipient",  # while there is none, search engines must not show the site
    *("pages.KeyFigure", "pages.FigureValue", "pages.District", "pages.GlossaryTerm", "pages.SearchWord", "pages.PlatformPost"),
    "wagtailredirects.Redirect",
]
# Tables with which something can be taken away from visitors: a copy from before is never shown again.
# Adding a row does so if it is a restriction.
WITHDRAWING = [
    *("pages.SiteImage", "pages.SiteDocument", "wagtailcore.Collection", "wagtailcore.CollectionViewRestriction"),
    *("wagtailcore.PageViewRestriction", "wagtailcore.Site"),
]
# Columns of a page that visitors do not see: those of its draft, and what only the admin shows.
DRAFT_COLUMNS = {
    *("draft_title", "go_live_at", "has_unpublished_changes", "reviewed_at", "latest_revision_created_at", "latest_revision_id", "locked"),
    *("locked_at", "locked_by_id", "numchild", "owner_id"),
}
FUNCTION = """
CREATE OR REPLACE FUNCTION raise_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE regie_generation SET number = number + 1, raised_in = txid_current() WHERE raised_in IS DISTINCT FROM txid_current();
    IF TG_ARGV[0] = 'withdrawal' THEN
        UPDATE regie_generation SET withdrawals = withdrawals + 1, withdrawn_in = txid_current()
            WHERE withdrawn_in IS DISTINCT FROM txid_current();
    END IF;
    RETURN NULL;
END $$
"""
RAISE = {False: "number = number + 1", True: "number = number + 1, withdrawals = withdrawals + 1"}


class Trigger(NamedTuple):
    name: str
    event: str
    table: str
    condition: str = ""
    withdraws: bool = False


def get_triggers() -> Iterator[Trigger]:
    for label in (*SHOWN, *WITHDRAWING):
        table = apps.get_model(label)._meta.db_table
        for event in EVENTS:
            withdraws = label in WITHDRAWING and (event != "INSERT" or label.endswith("Restriction"))
            yield Trigger(f"generation_{table}_{event.lower()}", event, table, withdraws=withdraws)
    # Pages make renditions themselves when they are rendered.
    yield Trigger("generation_rendition_deleted", "DELETE", "pages_rendition")
    yield from get_page_triggers()


def get_page_triggers() -> Iterator[Trigger]:
    """Yields the triggers of the tables of pages. Drafts are stored as revisions, apart from some columns.

    A page that was never published is saved as a whole, and raises the generation too; its first save does not.
    """
    table = SitePage._meta.db_table
    columns = sorted(field.column for field in SitePage._meta.concrete_fields if field.column not in DRAFT_COLUMNS)
    update = f"UPDATE OF {', '.join(columns)}"
    yield Trigger("generation_page_added", "INSERT", table, "NEW.live")
    yield Trigger("generation_page_changed", update, table, "NEW.live OR OLD.live")
    gone = "OLD.live AND (NOT NEW.live OR NEW.url_path <> OLD.url_path)"
    yield Trigger("generation_page_withdrawn", update, table, gone, withdraws=True)
    yield Trigger("generation_page_deleted", "DELETE", table, "OLD.live", withdraws=True)
    for model in get_page_tables():
        table = model._meta.db_table
        for event in ("UPDATE", "DELETE"):
            yield Trigger(f"generation_{table}_{event.lower()}", event, table)


def get_page_tables() -> set[type[Model]]:
    """Returns the page types, the models of their items, and those of their relations to many."""
    page_types = {page_type for page_type in get_page_models() if page_type is not SitePage}
    keys = ((model, field) for model in apps.get_app_config("pages").get_models() for field in model._meta.fields)
    items = {model for model, field in keys if isinstance(field, ParentalKey) and field.related_model in page_types}
    return page_types | items | {field.remote_field.through for each in get_page_models() for field in each._meta.local_many_to_many}


def create_triggers(**kwargs) -> None:
    """Creates all triggers again, and raises the generation: a migration may have changed anything."""
    drop_triggers()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        tables = connection.introspection.table_names(cursor)  # of an older state, where the migrations end before the last
        for trigger in get_triggers():
            if trigger.table not in tables:
                continue
            condition = f"WHEN ({trigger.condition})" if trigger.condition else ""
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE CONSTRAINT TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table} DEFERRABLE INITIALLY DEFERRED "
                    f"FOR EACH ROW {condition} EXECUTE FUNCTION raise_generation('{'withdrawal' if trigger.withdraws else ''}')"
                )
            else:
                change = f"UPDATE regie_generation SET {RAISE[trigger.withdraws]}"  # noqa: S608 constants
                cursor.execute(f"CREATE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table} {condition} BEGIN {change}; END")
    Generation.objects.get_or_create(pk=1)
    Generation.objects.update(number=F("number") + 1, withdrawals=F("withdrawals") + 1)


def drop_triggers(**kwargs) -> None:
    """Drops all triggers: on SQLite, a migration that renames a table would fail over one that names another table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE tgname LIKE 'generation\\_%'")
            for name, table in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'generation\\_%' ESCAPE '\\'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
