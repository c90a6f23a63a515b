import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from pages.seed import seed

from ...operations.checks import find_unknown_migrations


class Command(BaseCommand):
    help = "What `make run` and `make serve` do before they serve: migrate, starting content, a first administrator."

    def handle(self, **options) -> None:
        if find_unknown_migrations(MigrationRecorder(connection).applied_migrations()):
            name = connection.settings_dict["NAME"]
            raise CommandError(f"The database was made by another version of the site. Remove it (rm {name}*), then run this again.")
        call_command("migrate", verbosity=0)
        if seed():
            self.stdout.write("The starting content is in.")
        self.make_first_administrator()

    def make_first_administrator(self) -> None:
        """Makes an administrator with a random password, printed once, on a database that has no administrator yet."""
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser("admin", password=password)
        self.stdout.write(f"\n  Admin:    {settings.SITE_URL}/admin/\n  Name:     admin\n  Password: {password}   (shown this once)\n")
