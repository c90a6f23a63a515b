import logging
import time
from calendar import monthrange
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, transaction
from django.utils import timezone
from wagtail.models import Page, Revision, UploadedFile

from pages import outbox, search_index
from pages.models import DueRun, Message, OutgoingMail

LEASE = timedelta(minutes=5)  # a pass that was killed holds the next one up for so long
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Does all that is due: scheduled publication, mails, erasures. One pass; safe to run twice at once."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with a pass each so many seconds, until stopped")

    def handle(self, every=None, **options):
        if not every:
            self.run_pass()
        while every:
            close_old_connections()
            try:
                self.run_pass()
            except Exception:  # such as a database that is away: the next pass may find it back
                logger.exception("A pass failed.")
            time.sleep(every)

    def run_pass(self):
        DueRun.objects.get_or_create(pk=1)
        lease = timezone.now()

        def take():
            """Takes or renews the lease on this pass; whether it is ours."""
            nonlocal lease
            mine = DueRun.objects.filter(running_until__lte=timezone.now()) | DueRun.objects.filter(running_until=lease)
            until = timezone.now() + LEASE
            taken = bool(mine.update(running_until=until))
            lease = until if taken else lease
            return taken

        if not take():
            self.stdout.write("Another pass is under way: nothing was done.")
            return
        for task in (publish, search_index.refresh_all, erase, partial(outbox.send_due, take)):
            try:
                task()
            except Exception:  # one that fails does not hold the others up
                logger.exception("%s failed.", task)
        DueRun.objects.filter(running_until=lease).update(running_until=timezone.now(), finished_at=timezone.now())


def publish():
    """What Wagtail's `publish_scheduled` does, page by page: there, one that cannot be published keeps all others waiting, for ever."""
    now = timezone.now()
    for page in Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at"):
        attempt(page.unpublish, set_expired=True, log_action="wagtail.unpublish.scheduled")
    for revision in Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at"):
        attempt(revision.publish, log_action="wagtail.publish.scheduled")


def attempt(act, **how):
    """Does the whole of `act` or nothing of it; what fails is logged, and tried again by the next pass."""
    try:
        with transaction.atomic():
            act(**how)
    except Exception:
        logger.exception("%s failed.", act)


def erase():
    """Erases messages after `settings.MESSAGE_MONTHS`, what counts senders and parked uploads after a day, mails that no server took
    after a month."""
    now = timezone.localtime()
    year, month = divmod(now.year * 12 + now.month - 1 - settings.MESSAGE_MONTHS, 12)
    day = min(now.day, monthrange(year, month + 1)[1])
    Message.objects.filter(created_at__lte=now.replace(year=year, month=month + 1, day=day)).delete()
    Message.objects.filter(created_at__lte=now - timedelta(days=1)).exclude(sender="").update(sender="", fingerprint=None)
    OutgoingMail.objects.filter(created_at__lte=now - timedelta(days=30)).delete()
    erase_parked_uploads(now - timedelta(days=1))


def erase_parked_uploads(before):
    """Erases uploads from `before` that nobody filled the form of: Wagtail parks them in the screen for several pictures."""
    for upload in UploadedFile.objects.all():
        storage = upload.file.storage
        if not storage.exists(upload.file.name) or storage.get_modified_time(upload.file.name) < before:
            upload.file.delete(save=False)
            upload.delete()
