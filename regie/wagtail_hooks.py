"""What staff are told of the server, and the screens of their accounts."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import INFO, WARNING, CheckMessage
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.safestring import SafeString
from wagtail import hooks

from pages.desk.remarks import get_planned
from pages.editing.remarks import DashboardData, Remark
from pages.models import SitePage
from pages.text.dates import format_moment

from .accounts.second_factor import SecondFactorPanel
from .mail.outbox import OutgoingMail
from .operations import checks
from .operations.worker import WorkerRun

OVERDUE = "Le site n’y arrive pas et essaie encore. Ouvrez-la et faites-le vous-même, et prévenez la personne qui s’occupe du serveur."

hooks.register("register_account_settings_panel", SecondFactorPanel)
session_ping = path("session/ping/", lambda request: HttpResponse(status=204), name="session_ping")
hooks.register("register_admin_urls", lambda: [session_ping])  # Wagtail answers 403 once the session has ended.


def get_tasks() -> dict[str, CheckMessage]:
    """Returns what the checks of the tasks say that run by themselves."""
    return {found.id: found for found in checks.run(checks.TASKS, level=INFO)}


def is_late(dashboard: DashboardData, task: str) -> bool:
    tasks = dashboard.once(get_tasks)
    return task in tasks and tasks[task].level >= WARNING


@hooks.register("find_waiting")
def find_failing_mails(dashboard: DashboardData) -> Iterator[SafeString]:
    if dashboard.user.has_perm("pages.change_message"):
        mails = list(OutgoingMail.objects.filter(tries__gt=0).values("recipient", "error"))
        if mails:
            yield render_to_string("staff/failing_mails.html", {"mails": mails})


@hooks.register("find_waiting")
def find_trouble(dashboard: DashboardData) -> Iterator[SafeString]:
    is_down = is_late(dashboard, checks.NO_TASKS)
    lacks_backup = not settings.BACKUP_TO or is_late(dashboard, checks.LATE_BACKUP)
    if is_down or lacks_backup:
        run = dashboard.once(get_tasks)[checks.NO_TASKS].obj
        yield render_to_string("staff/server.html", {"run": run, "is_down": is_down, "lacks_backup": lacks_backup})


@hooks.register("find_to_review", order=20)
def find_overdue(dashboard: DashboardData) -> Iterator[Remark]:
    """Yields pages that were to come or to go, and do not: something in them fails, and `run_due` tries again."""
    if is_late(dashboard, checks.NO_TASKS):
        return  # nothing is done at all, which staff are told
    late = dashboard.now - WorkerRun.MAX_PASS_AGE
    for revision in dashboard.once(get_planned):
        if revision.approved_go_live_at < late and (page := revision.content_object):
            yield Remark(page, page.title, f"elle devait paraître {format_moment(revision.approved_go_live_at)}. {OVERDUE}")
    for page in SitePage.objects.filter(expire_at__lt=late, live=True):
        yield Remark(page, page.title, f"elle devait quitter le site {format_moment(page.expire_at)}. {OVERDUE}")
