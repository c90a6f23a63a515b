from django.core.management.base import BaseCommand

from pages.seed import seed


class Command(BaseCommand):
    help = "Puts in the starting content, on a database that has no home page yet; on any other it changes nothing."

    def handle(self, **options) -> None:
        done = seed()
        self.stdout.write("The starting content is in." if done else "There is a home page already: nothing was changed.")
