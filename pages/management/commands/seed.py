from django.core.management.base import BaseCommand, CommandError, CommandParser

from pages.seed import add_missing, seed

from ...home.models import HomePage


class Command(BaseCommand):
    help = "Puts in the starting content, on a database that has no home page yet; on any other it changes nothing without --missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--missing",
            nargs="*",
            metavar="NAME",
            help="adds what is named of the starting content that this site lacks, pages as drafts; without names, lists it",
        )

    def handle(self, missing: list[str] | None = None, **options) -> None:
        if missing is None:
            done = seed()
            self.stdout.write("The starting content is in." if done else "The starting content was put in before: nothing was changed.")
            return
        if not HomePage.objects.exists():
            raise CommandError("This site has no home page: `seed` without --missing puts in all of the starting content.")
        lacking = add_missing(missing)
        if unknown := set(missing) - set(lacking):
            raise CommandError(f"Nothing is missing of this name: {', '.join(sorted(unknown))}. `seed --missing` lists what is.")
        if missing:
            self.stdout.write("Added: pages as drafts, which are read and published in the admin.")
        elif lacking:
            self.stdout.write("\n  ".join(["This site lacks, of the starting content:", *lacking]))
            self.stdout.write(f'Add what you want of it, such as: manage.py seed --missing "{lacking[0]}"')
        else:
            self.stdout.write("This site lacks nothing of the starting content.")
