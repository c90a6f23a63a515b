"""Views of pages in the admin, with what Wagtail's own do not say, or do otherwise; how they save is in `saves.py`."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from wagtail.admin import messages
from wagtail.admin.action_menu import PublishMenuItem
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.history import PageHistoryView
from wagtail.admin.views.pages.ordering import SetPagePositionView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.admin.widgets.button import Button, HeaderButton

from ..page.base import SitePage
from ..text.dates import format_moment
from .draft_links import get_open_links
from .reviews import get_act_button, get_review_actions, show_announcement, with_act
from .saves import CreateOnceView, PageSaveMixin


class PublishLaterMenuItem(PublishMenuItem):
    """Opens the window that asks when (`templates/wagtailadmin/panels/publishing/`)."""

    name, label = "publish-later", "Publier plus tard…"
    icon_name = "calendar-alt"
    template_name = "staff/publish_later.html"


class PageEditView(PageSaveMixin, EditView):
    """Wagtail's view, for scheduled pages too, which stay editable."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        state = self.page.current_workflow_state
        if state and state.status == state.STATUS_NEEDS_CHANGES:
            review = state.current_task_state.specific
            who = review.finished_by
            words = f"{get_user_display_name(who)} a renvoyé cette page." if who else "Cette page est à reprendre."
            messages.warning(request, f"{words} « {review.comment} »" if review.comment else words)
        elif state and get_review_actions(self.page.current_workflow_task, self.page, request.user):
            messages.info(request, f"{get_user_display_name(state.requested_by)} vous demande de relire cette page.")
        if words := self.page.get_words_in_form():
            messages.warning(request, words)
        if self.scheduled_revision:
            words = f"Cette version paraîtra {format_moment(self.scheduled_revision.approved_go_live_at)}."
            url = reverse("wagtailadmin_pages:revisions_unschedule", args=[self.page.pk, self.scheduled_revision.pk])
            cancel = f"{url}?{urlencode({'next': request.path})}"
            messages.info(request, with_act(words, "Annuler", cancel) if self.page_perms.can_unschedule() else words)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: WagtailAdminPageForm) -> HttpResponse:
        if not self.expects_json_response and (words := form.instance.get_words_after_save()):  # an autosave would say it again and again
            messages.info(self.request, words)
        return super().form_valid(form)

    def add_save_confirmation_message(self) -> None:
        """Says what became of a page that was reviewed, for which Wagtail says that it was updated."""
        told = {"approve": "La page « {} » est relue, et publiée.", "reject": "La page « {} » est renvoyée."}
        if message := told.get(getattr(self, "workflow_action", None)):
            see = [self.get_view_live_message_button()] if self.workflow_action == "approve" else []
            messages.success(self.request, format_html(message, self.page.get_admin_display_title()), buttons=see)
            show_announcement(self.request, SitePage.objects.get(pk=self.page.pk))
        else:
            super().add_save_confirmation_message()


class PageRevertView(PageSaveMixin, RevisionsRevertView):
    """Wagtail's view of an earlier version, to save it as the latest."""


class DraftHistoryView(PageHistoryView):
    """Wagtail's view, with the button that withdraws the links to drafts."""

    @cached_property
    def header_buttons(self) -> list[Button]:
        url = reverse("withdraw_drafts", args=[self.object.pk])
        act = get_act_button("Retirer les liens donnés à lire", url, HeaderButton, icon_name="cross")
        return [*super().header_buttons, *([act] if get_open_links(self.object.pk).exists() else [])]


class TakeDownView(UnpublishView):
    """Wagtail's view, with a way back."""

    def get_success_message(self) -> str:
        if self.object.alias_of_id:
            return super().get_success_message()
        return with_act(super().get_success_message(), "La remettre", reverse("put_back", args=[self.object.pk]))


class OrderView(SetPagePositionView):
    """Answers 403 where a page may not be moved. Wagtail redirects to another screen, which its script takes for a success."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except PermissionDenied:
            return HttpResponseForbidden()


class SitePageViewSet(PageViewSet):
    add_view_class = CreateOnceView
    edit_view_class = PageEditView
    history_view_class = DraftHistoryView
    revisions_revert_view_class = PageRevertView
    unpublish_view_class = TakeDownView
    set_page_position_view_class = OrderView
