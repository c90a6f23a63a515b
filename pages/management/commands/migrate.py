import shutil

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from regie.backups import make_backup
from regie.dumps import DumpError


class Command(migrate.Command):
    help = f"{migrate.Command.help} A copy of the site is made before: `restore` is the way back."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--skip-backup", action="store_true", help="make no copy before")

    def handle(self, *arguments, skip_backup: bool = False, **options) -> None:
        executor = MigrationExecutor(connection)
        only_asks = skip_backup or options["plan"] or options["check_unapplied"]
        changes = options["migration_name"] or executor.migration_plan(executor.loader.graph.leaf_nodes())
        if changes and executor.loader.applied_migrations and not only_asks:
            self.back_up()
        super().handle(*arguments, **options)

    def back_up(self) -> None:
        if settings.PLAIN_HTTP and not shutil.which("restic"):  # on one's own machine
            self.stderr.write("No copy was made before these migrations, as restic is not installed.")
            return
        try:
            make_backup("before-migration")
        except DumpError as error:
            raise CommandError(f"No copy could be made before the migrations (--skip-backup goes on without one). {error}") from error
