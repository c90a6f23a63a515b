import secrets
import shutil

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from pages.models import Message, SiteImage, SitePage

from ...operations import backups, dumps
from ...operations.erasures import read_erased
from ...operations.storage import RESTORED
from ...operations.worker import WorkerRun, erase
from ...serving.state import Generation


class Command(BaseCommand):
    help = "Replaces the database and the uploads by those of a backup: the last one, or the one that is named. docs/backup.md"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "backup", nargs="?", default="", help="the name of a backup, as `backup --list` writes it; the last one without it"
        )
        parser.add_argument("--from-backup-to", action="store_true", help="from BACKUP_TO, even if there are backups on this machine")
        parser.add_argument("--skip-backup", action="store_true", help="make no backup of what is there now, such as a damaged database")
        parser.add_argument("--yes", action="store_true", help="do not ask before what is there now is replaced")

    def handle(self, backup: str, from_backup_to: bool, skip_backup: bool, yes: bool, **options) -> None:
        try:
            self.restore(backup, from_backup_to, skip_backup, yes)
        except dumps.DumpError as error:
            raise CommandError(f"{error} The site still has all that it had.") from error

    def restore(self, name: str, from_backup_to: bool, skip_backup: bool, yes: bool) -> None:
        repository, chosen = self.choose(name, from_backup_to)
        if (is_full := self.has_content()) and not yes:
            self.ask(repository, chosen, skip_backup)
        folder = settings.MEDIA_ROOT / RESTORED
        shutil.rmtree(folder, ignore_errors=True)
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        try:
            repository.extract(chosen, folder)
            backups.check(folder)
            backed_up_at = None
            if is_full and not skip_backup:
                self.copy_what_is_there()
                backed_up_at = WorkerRun.objects.values_list("backed_up_at", flat=True).first()
            erased = {*read_erased(), *repository.read_manifest(repository.get_backups()[0])["erased"]}
            backups.replace_content(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        call_command("migrate", verbosity=0, interactive=False)  # the backup may be older than this code
        if backed_up_at:  # The backup does not know that it arrived.
            WorkerRun.objects.update_or_create(pk=1, defaults={"backed_up_at": backed_up_at})
        number = self.clean_up(erased)
        self.stdout.write(f"The site is as it was on {chosen.time:%Y-%m-%d at %H:%M:%S}. Everybody has to log in again.")
        if number:
            self.stdout.write(f"Messages that were erased since, and are erased again: {number}")
        self.describe()

    def describe(self) -> None:
        """Writes how much there is now, so that an operator sees at once whether it is the right backup."""
        for name, rows, moment in (
            ("Pages", SitePage.objects.filter(depth__gt=1), "latest_revision_created_at"),
            ("Messages", Message.objects.all(), "created_at"),
            ("Pictures", SiteImage.objects.all(), "created_at"),
        ):
            newest = rows.aggregate(newest=Max(moment))["newest"]
            self.stdout.write(f"{name}: {rows.count()}{(newest and f', the newest of {timezone.localtime(newest):%Y-%m-%d}') or ''}")

    def has_content(self) -> bool:
        try:
            return bool(connection.introspection.table_names())
        except Error as error:
            cure = "Stop the site, move the file away (with those of its name and -wal, -shm), and restore again."
            raise dumps.DumpError(f"The database that the site has now cannot be read: {error}. On SQLite: {cure}") from error

    def copy_what_is_there(self) -> None:
        try:
            backups.make_backup("before-restore")
        except (dumps.DumpError, Error) as error:
            raise dumps.DumpError(
                f"What the site has now cannot be copied ({error}). To replace it all the same: --skip-backup."
            ) from error

    def choose(self, name: str, from_backup_to: bool) -> tuple[backups.Repository, backups.Backup]:
        """Returns the backup of a name, or the last one, with its repository: of this machine if there is one, else of BACKUP_TO."""
        if from_backup_to and not settings.BACKUP_TO:
            raise dumps.DumpError("BACKUP_TO is not set.")
        places = [backups.get_remote()] if from_backup_to else [backups.get_local(), backups.get_remote()]
        for repository in filter(None, places):
            for backup in repository.get_backups():
                if not name or backup.name == name:
                    return repository, backup
        raise dumps.DumpError(f"There is no backup{f' named {name}' * bool(name)}. See: backup --list. Check BACKUP_TO.")

    def ask(self, repository: backups.Repository, backup: backups.Backup, skip_backup: bool) -> None:
        database = f"{connection.settings_dict['NAME']} {connection.settings_dict['HOST']}".strip()
        self.stdout.write(f"This replaces the database {database} and the uploads in {settings.S3_BUCKET or settings.MEDIA_ROOT}")
        self.stdout.write(f"by the backup {backup.name} of {backup.time:%Y-%m-%d %H:%M:%S} ({backup.reason}) in {repository.place}.")
        if not skip_backup:
            self.stdout.write("What is there now is copied first, as before-restore.")
        try:
            answer = input("Type yes to go on: ")
        except EOFError as error:
            raise CommandError("Nobody can answer here: add --yes. Nothing was changed.") from error
        if answer != "yes":
            raise CommandError("Nothing was changed.")

    @transaction.atomic
    def clean_up(self, erased: set[str]) -> int:
        """Erases again what was erased since, and invalidates sessions, links for passwords and cached pages.

        Returns the number of messages that were erased again, as somebody has erased them since the backup.
        """
        again = [message for message in Message.objects.all() if message.identity in erased]
        for message in again:
            message.delete()
        erase()
        Session.objects.all().delete()
        get_user_model().objects.update(last_login=timezone.now())  # a link for a new password is valid until the next login
        jump = secrets.randbelow(10**9) + 10**6  # greater than the changes since the backup, so that no cache finds a number again
        Generation.objects.update(number=F("number") + jump, withdrawals=F("withdrawals") + jump)
        return len(again)
