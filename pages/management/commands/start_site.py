from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pages.seed import start_site


class Command(BaseCommand):
    help = "Makes an empty site for another régie, on a database that has no home page yet: its pages, in neutral words, without facts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help='the full name of the association, such as "Régie de quartier de l\'Exemple"')

    def handle(self, name: str, **options) -> None:
        call_command("migrate", verbosity=0)
        if not 0 < len(name.strip()) <= 120:
            raise CommandError("A name has 1 to 120 characters.")
        done = start_site(name.strip())
        cure = "The site is there. `make run` serves it; « Ouvrir le site » in its admin asks for what is missing."
        self.stdout.write(cure if done else "There is a site already: nothing was changed.")
