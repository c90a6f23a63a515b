"""The panels of the first screen of the admin: what staff do most, what waits, what to read again, what is missing on the site."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import RecentEditsPanel, UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel
from wagtail.models import WorkflowState

from ..agenda.models import get_months
from ..contact.inbox import get_waiting_messages
from ..editing.remarks import DashboardData, Remark
from ..models import EventIndexPage, EventPage, JobOfferPage, JobsPage, NewsIndexPage, NewsPage, Organisation, UnknownWord
from ..organisation.admin import FORM
from ..text.dates import format_day
from .remarks import get_planned

MAX_LINES = 3  # « À revoir » shows so many remarks and folds the others; « Ce qui attend » has four at most.
LATER = "plus-tard-"  # The prefix of a cookie's name: with « Plus tard », a remark stays away from a browser for LATER_DAYS.
LATER_DAYS = 30


def with_urls(remarks: Iterable[Remark], user: AbstractBaseUser) -> list[Remark]:
    """Returns the remarks that lead to a screen which `user` may open, each with its `url`."""
    get_edit_url = AdminURLFinder(user).get_edit_url
    found = (remark if remark.url else remark._replace(url=get_edit_url(remark.thing)) for remark in remarks)
    return [remark for remark in found if remark.url]


class DashboardPanel(Component):
    def __init__(self, dashboard: DashboardData) -> None:
        self.dashboard = dashboard


class ToCompletePanel(DashboardPanel):
    """Lists what is missing on the site and what that means for visitors, each with a link to the field: the first needs, then the rest, folded."""

    template_name = "staff/to_complete.html"
    order = 100

    def get_context_data(self, parent_context: dict) -> dict:
        user = self.dashboard.user
        return {
            "missing_to_open": Organisation.get_for(self.dashboard.request).get_missing_to_open(),
            "opening_url": reverse(FORM) if user.has_perm("pages.change_organisation") else "",
            "first": with_urls(self.dashboard.collect("find_first_needs"), user),
            "later": with_urls(self.dashboard.collect("find_missing"), user),
        }


@require_POST
def postpone(request: HttpRequest, key: str) -> HttpResponse:
    """Hides a remark of « À revoir » in this browser for LATER_DAYS."""
    response = redirect("wagtailadmin_home")
    path = reverse("wagtailadmin_home")
    response.set_cookie(f"{LATER}{key}", "1", LATER_DAYS * 86400, path=path, secure=settings.SESSION_COOKIE_SECURE, httponly=True)
    return response


class ToReviewPanel(DashboardPanel):
    """Lists what may no longer be right, and what visitors looked for in vain."""

    template_name = "staff/to_review.html"
    order = 90

    def get_context_data(self, parent_context: dict) -> dict:
        user, cookies = self.dashboard.user, parent_context["request"].COOKIES
        found = with_urls(self.dashboard.collect("find_to_review"), user)
        remarks = [remark for remark in found if f"{LATER}{remark.key}" not in cookies]
        unknown_words = UnknownWord.get_shown() if user.has_perm("pages.add_searchword") else []
        return {
            "csrf_token": parent_context["csrf_token"],
            "postponed": len(found) - len(remarks),
            "parts": (remarks[:MAX_LINES], remarks[MAX_LINES:]),
            "folded": len(remarks[MAX_LINES:]) + len(unknown_words),
            "unknown_words": unknown_words,
            "add_word_url": reverse("wagtailsnippets_pages_searchword:add"),
        }


class QuickActionsPanel(DashboardPanel):
    """Offers what staff do most, each with one button."""

    template_name = "staff/acts.html"
    order = 10

    def get_context_data(self, parent_context: dict) -> dict:
        user, acts = self.dashboard.user, []
        for label, icon, list_model, model in (
            ("Annoncer un événement", "date", EventIndexPage, EventPage),
            ("Publier une actualité", "doc-full-inverse", NewsIndexPage, NewsPage),
            ("Publier une offre", "group", JobsPage, JobOfferPage),
        ):
            if not self.dashboard.may_publish:
                label = f"Proposer {label.partition(' ')[2]}"
            parents = [page for page in self.dashboard.unique_pages[list_model] if page.permissions_for_user(user).can_add_subpage()]
            acts += [(label, icon, reverse("wagtailadmin_pages:add", args=["pages", model._meta.model_name, page.pk])) for page in parents]
        for agenda in self.dashboard.unique_pages[EventIndexPage]:
            if agenda.is_public:
                acts += [
                    (f"Imprimer l’agenda ({format_day(month, 'F')})", "doc-full", f"{agenda.url}?affiche={month:%Y-%m}")
                    for month in get_months()
                ]
        if user.has_perm("pages.change_keyfigure"):
            acts.append(("Mettre à jour les chiffres", "view", reverse("wagtailsnippets_pages_keyfigure:list")))
        return {"acts": [*acts, ("Voir le site", "site", "/")]}


class WaitingPanel(DashboardPanel):
    """Messages without an answer, pages with a date on which they come out, and what the functions of the hook `find_waiting` add."""

    template_name = "staff/waiting.html"
    order = 50

    def get_context_data(self, parent_context: dict) -> dict:
        planned = self.dashboard.once(get_planned) if self.dashboard.may_write else []
        context = {
            "scheduled": [revision for revision in planned if revision.approved_go_live_at > self.dashboard.now],
            "reads_messages": self.dashboard.user.has_perm("pages.change_message"),
            "others": list(self.dashboard.collect("find_waiting")),
        }
        return context | self.dashboard.once(get_waiting_messages) if context["reads_messages"] else context


def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Adds our panels. Of Wagtail's, staff see what they changed last, and what waits for somebody who publishes."""
    dashboard = DashboardData(request)
    is_any_submitted = WorkflowState.objects.active().exists()  # The panel of reviews would make three queries more.
    submitted = WorkflowObjectsToModeratePanel if dashboard.may_publish else UserObjectsInWorkflowModerationPanel
    panels[:] = [panel for panel in panels if isinstance(panel, RecentEditsPanel) or (is_any_submitted and isinstance(panel, submitted))]
    for panel in panels:
        if isinstance(panel, submitted):
            panel.order = WaitingPanel.order + 1
    panels += [panel(dashboard) for panel in (QuickActionsPanel, WaitingPanel, ToReviewPanel, ToCompletePanel)]
