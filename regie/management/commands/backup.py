from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from ...operations.backups import get_local, get_remote, is_to_migrate, make_backup
from ...operations.dumps import DumpError


class Command(BaseCommand):
    help = "Backs up the database and all uploads, on this machine (BACKUP_ROOT) and to BACKUP_TO, while the site runs. docs/backup.md"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="only list the backups that there are")
        parser.add_argument(
            "--before-migration", action="store_true", help="on this machine alone, and only if migrate has something to do"
        )

    def handle(self, **options) -> None:
        try:
            if options["before_migration"]:
                if is_to_migrate():
                    make_backup("before-migration")
                return
            if not options["list"]:
                make_backup("backup", elsewhere=True)
            for repository in filter(None, (get_local(), get_remote())):
                self.stdout.write(f"Backups in {repository.place}:")
                for backup in repository.get_backups():
                    self.stdout.write(f"  {backup.name}  {backup.time:%Y-%m-%d %H:%M:%S}  {backup.reason}")
        except (DumpError, Error) as error:
            raise CommandError(str(error)) from error
        if not options["list"] and not get_remote():
            self.stderr.write("BACKUP_TO is not set: if this machine is lost, its backups are lost too.")
