import secrets
import shutil

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from pages.models import Generation, Message
from pages.outbox.tasks import erase
from regie import backups, dumps


class Command(BaseCommand):
    help = "Replaces the database and the uploads by those of a copy: the last one, or the one that is named. docs/backup.md"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("copy", nargs="?", default="", help="the name of a copy, as `backup --list` writes it; the last one without it")
        parser.add_argument("--from-backup-to", action="store_true", help="from BACKUP_TO, even if there are copies on this machine")
        parser.add_argument("--skip-backup", action="store_true", help="make no copy of what is there now, such as a damaged database")
        parser.add_argument("--yes", action="store_true", help="do not ask before what is there now is replaced")

    def handle(self, copy: str, from_backup_to: bool, skip_backup: bool, yes: bool, **options) -> None:
        try:
            self.restore(copy, from_backup_to, skip_backup, yes)
        except dumps.DumpError as error:
            raise CommandError(f"{error} Nothing was changed.") from error

    def restore(self, name: str, from_backup_to: bool, skip_backup: bool, yes: bool) -> None:
        repository, copies = self.choose(from_backup_to)
        chosen = next((copy for copy in copies if not name or copy.name == name), None)
        if not chosen:
            raise dumps.DumpError(f"There is no copy {name} in {repository.place}.")
        if (is_full := dumps.has_content()) and not yes:
            self.ask(chosen)
        folder = settings.MEDIA_ROOT / backups.RESTORED
        shutil.rmtree(folder, ignore_errors=True)
        try:
            repository.extract(chosen, folder)
            manifest = backups.check(folder)
            if is_full and not skip_backup:
                backups.make_backup("before-restore")
                repository = backups.get_local()
            erased = self.find_erased(repository, manifest)
            backups.replace_content(folder, manifest)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        call_command(migrate.Command(), verbosity=0, interactive=False)  # the copy may be older than this code
        self.clean_up(erased)
        self.stdout.write(f"The site is as it was on {chosen.time:%Y-%m-%d at %H:%M}. Everybody has to log in again.")

    def choose(self, from_backup_to: bool) -> tuple[backups.Repository, list[backups.Copy]]:
        """Returns a repository and its copies: that of this machine if it has any."""
        local, remote = backups.get_local(), backups.get_remote()
        if from_backup_to and not remote:
            raise dumps.DumpError("BACKUP_TO is not set.")
        if not from_backup_to and (copies := local.get_copies()):
            return local, copies
        if not remote:
            raise dumps.DumpError(f"There is no copy in {local.place}, and BACKUP_TO is not set.")
        return remote, remote.get_copies()

    def ask(self, copy: backups.Copy) -> None:
        self.stdout.write(f"This replaces what is on the site now by the copy of {copy.time:%Y-%m-%d %H:%M} ({copy.reason}).")
        self.stdout.write("What is there now is copied first, as before-restore.")
        if input("Type yes to go on: ") != "yes":
            raise CommandError("Nothing was changed.")

    def find_erased(self, repository: backups.Repository, manifest: dict) -> set[int]:
        """Returns the messages of the copy that the newest one no longer has, as somebody has erased them since."""
        newest = repository.read_manifest(repository.get_copies()[0])
        return set(manifest["messages"]) - set(newest["messages"])

    @transaction.atomic
    def clean_up(self, erased: set[int]) -> None:
        """Erases what is not to come back, and ends what was valid: sessions, links for passwords, copies of pages."""
        Message.objects.filter(pk__in=erased).delete()
        erase()
        Session.objects.all().delete()
        get_user_model().objects.update(last_login=timezone.now())  # a link for a new password is valid until the next login
        jump = secrets.randbelow(10**9) + 10**6  # more than has changed since the copy: caches must not find numbers again
        Generation.objects.update(number=F("number") + jump, withdrawals=F("withdrawals") + jump)
