from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...accounts.second_factor import remove_second_factor


class Command(BaseCommand):
    help = "Removes the second factor of an account, such as that of a lost phone. Its password alone then opens it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name with which the user logs in")

    def handle(self, name: str, **options) -> None:
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no account named {name}.")
        had_one = remove_second_factor(user)
        self.stdout.write(f"The second factor of {name} is removed." if had_one else f"{name} has no second factor.")
