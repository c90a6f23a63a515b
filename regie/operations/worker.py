"""One pass of all that is due: erasures, scheduled publication, mails; and what other processes left unfinished of pictures and the search index."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.models import Revision, UploadedFile

from pages.editing.draft_links import erase_readers
from pages.models import JobOfferPage, Message, Rendition, SitePage, UnknownWord
from pages.search import index
from pages.work import platform

from ..accounts.attempts import Attempt, end_sessions
from ..deadlines import deadline
from ..mail import delivery
from ..mail.outbox import OutgoingMail


class WorkerRun(models.Model):
    """The one row that says when `run_due` last finished a pass, when a backup last arrived at BACKUP_TO, and when to look next."""

    MAX_PASS_AGE, MAX_BACKUP_AGE = timedelta(minutes=15), timedelta(days=2)  # Staff are warned after so long.

    finished_at = models.DateTimeField(null=True)
    backed_up_at = models.DateTimeField(null=True)
    next_look = models.DateTimeField(null=True)  # the time when `alerts.py` looks again for what needs a person

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_worker_run")]


PUBLICATION_TIMEOUT = 10  # seconds
PLATFORM_TIMEOUT = 30  # seconds, for all of its answers
TASK_TIMEOUT = 60  # seconds; the next pass does what is left
logger = logging.getLogger(__name__)


def run_pass() -> None:
    """Runs all tasks. Two passes may run at once: each publication and each mail is claimed by one of them."""
    for task in (
        erase,  # first: the other tasks may fail
        run_scheduled,
        Rendition.delete_misplaced,
        read_platform,
        index.refresh_all,
        JobOfferPage.warn,
        Message.announce_deferred,
        delivery.send_due,
    ):
        try:
            with deadline(TASK_TIMEOUT, "The task"):
                task()
        except Exception:  # the other tasks must not wait for one that fails, or never ends
            logger.exception("%s failed.", task.__qualname__)
            if not connection.in_atomic_block:
                connection.close()  # it may have been left in the middle of a query
    WorkerRun.objects.update_or_create(pk=1, defaults={"finished_at": timezone.now()})


def read_platform() -> None:
    with deadline(PLATFORM_TIMEOUT, "The platform"):
        if page := platform.read_platform():
            index.mark([page])


def run_scheduled() -> None:
    """Publishes and unpublishes pages at their time, as Wagtail's `publish_scheduled` does; there, one that fails blocks all others."""
    now = timezone.now()
    expired = SitePage.objects.filter(live=True, expire_at__lt=now)
    for pk in expired.order_by("expire_at").values_list("pk", flat=True):
        run_if_due(expired, pk, lambda page: page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled"))
    scheduled = Revision.objects.filter(approved_go_live_at__lt=now)
    for pk in scheduled.order_by("approved_go_live_at").values_list("pk", flat=True):
        run_if_due(scheduled, pk, lambda revision: revision.publish(log_action="wagtail.publish.scheduled"))


def run_if_due(queryset: QuerySet, pk: int, action: Callable) -> None:
    """Runs `action` on an object unless another pass has done so meanwhile. What fails is rolled back, and tried by the next pass."""
    try:
        # On SQLite the transaction takes the write lock at once (`transaction_mode`).
        with deadline(PUBLICATION_TIMEOUT, "The page"), transaction.atomic():
            if due := queryset.select_for_update().filter(pk=pk).first():
                action(due)
    except Exception:
        logger.exception("The scheduled publication or expiry of %s %s failed.", queryset.model.__name__, pk)


def erase() -> None:
    """Erases personal data that is no longer needed.

    Messages after their months, the hashes by which senders and failed logins are counted after LIMIT_DAYS, unfinished uploads after a
    day, mails that no server accepted and words that found nothing after 30 days, names of readers of drafts after VALIDITY.
    """
    now = timezone.localtime()
    counted_since = now - timedelta(days=settings.LIMIT_DAYS)
    Message.erase_old()
    Message.objects.filter(created_at__lte=counted_since).exclude(sender="").update(sender="", network="", fingerprint=None)
    Attempt.objects.filter(created_at__lte=counted_since).delete()
    OutgoingMail.objects.filter(created_at__lte=now - timedelta(days=30)).delete()
    UnknownWord.erase_old()
    erase_readers()
    erase_unfinished_uploads(now - timedelta(days=1))
    end_sessions(get_user_model().objects.filter(is_active=False))  # else they come back with the account


def erase_unfinished_uploads(before: datetime) -> None:
    """Erases uploads from before that time whose form nobody filled in: Wagtail's for several pictures, and ours that were refused."""
    for upload in UploadedFile.objects.all():
        storage = upload.file.storage
        if not storage.exists(upload.file.name) or storage.get_modified_time(upload.file.name) < before:
            upload.file.delete(save=False)
            upload.delete()
