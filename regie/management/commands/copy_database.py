from itertools import islice
from pathlib import Path

import dj_database_url
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.color import no_style
from django.db import Error, connection, connections, transaction
from django.db.models import Model
from django.db.models.query import QuerySet

from pages.models import HomePage

SOURCE = "source"
BATCH_SIZE = 500  # rows


class Command(BaseCommand):
    help = "Copies all rows of another database into this one, which is migrated and has no pages yet: from SQLite to PostgreSQL, or back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="of the other database, as in DATABASE_URL; it is only read")

    def handle(self, url: str, **options) -> None:
        source = dj_database_url.parse(url) | {"OPTIONS": {}, "CONN_HEALTH_CHECKS": False}
        if "sqlite" in source["ENGINE"]:
            source["NAME"] = f"{Path(source['NAME']).absolute().as_uri()}?mode=ro"  # no empty file where the path is misspelt
        connections.settings[SOURCE] = connection.settings_dict | source
        try:
            self.copy_all()
        except Error as error:
            raise CommandError(
                f"{error} Is the path of the other database right, and is this one migrated? Nothing was changed."
            ) from error

    def copy_all(self) -> None:
        if HomePage.objects.exists():
            raise CommandError("The database of DATABASE_URL has pages already: name a new one, and run `migrate`.")
        # The search index has other columns in each database: it is made anew.
        models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label != "wagtailsearch"]
        try:
            with transaction.atomic():
                # Migrations have put rows in, whose numbers may be others than in the source.
                call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
                numbers = {model._meta.db_table: self.copy(model) for model in models}
                with connection.cursor() as cursor:
                    for sql in connection.ops.sequence_reset_sql(no_style(), models):
                        cursor.execute(sql)
        finally:
            connections[SOURCE].close()
        call_command("update_index", verbosity=0)
        self.stdout.write(f"{sum(numbers.values())} rows of {len(numbers)} tables were copied.")

    def copy(self, model: type[Model]) -> int:
        """Copies the rows of one table, without signals and without values that a field sets itself, and returns their number."""
        fields, number = model._meta.local_concrete_fields, 0
        rows = model._base_manager.using(SOURCE).order_by("pk").iterator(BATCH_SIZE)
        while batch := list(islice(rows, BATCH_SIZE)):
            QuerySet(model)._insert(batch, fields=fields, using=connection.alias, raw=True)
            number += len(batch)
        return number
