import logging
import time

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from ...operations.alerts import warn_administrators
from ...operations.worker import run_pass

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Does all that is due: scheduled publication, the search index, erasures, mails. One pass; safe to run twice at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with a pass each so many seconds, until stopped")

    def handle(self, every: int | None = None, **options) -> None:
        if not every:
            run_pass()
            warn_administrators()
        while every:
            close_old_connections()
            try:
                run_pass()
                warn_administrators()
            except Exception:  # such as a database that is away: the next pass may find it back
                logger.exception("A pass failed.")
            time.sleep(every)
