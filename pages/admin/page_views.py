"""Views of pages in the admin, where Wagtail's own would make a page twice, save in silence over a colleague's text, or keep a cancelled schedule."""

import json
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.timezone import localtime
from modelcluster.models import get_all_child_relations
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.ordering import SetPagePositionView
from wagtail.admin.views.pages.revisions import RevisionsRevertView, RevisionsUnscheduleView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.log_actions import get_active_log_context
from wagtail.models import PageLogEntry, Revision

from ..models import SitePage
from .second_saves import RevisionSaveMixin, read_id

BY_HAND = "by hand"


def get_form_key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("form_key", ""))
    except ValueError:
        return None


def sign(request: HttpRequest) -> None:
    """Makes the log entries of a post contain the key of its form, or one that is derived from it if the form is sent by hand.

    Wagtail's history shows entries with one UUID and action as one.
    """
    if key := get_form_key(request):
        get_active_log_context().uuid = uuid5(key, BY_HAND) if request.accepts("text/html") else key


def is_saved_by_form(request: HttpRequest, page: SitePage) -> bool:
    """Whether the latest revision of the page comes from the form that is posted: an answer to it may be on its way, or lost.

    An autosave that arrives after the form was sent by hand is older: for it, only autosaves count.
    """
    key, made = get_form_key(request), Q(revision=page.latest_revision_id)
    if page.revisions.count() == 1:
        made |= Q(action="wagtail.create")  # this entry is made before the revision
    keys = [key, uuid5(key, BY_HAND)] if key and request.accepts("text/html") else [key]
    return bool(key) and PageLogEntry.objects.filter(made, page=page, uuid__in=keys).exists()


def keep_published_revision(request: HttpRequest, page_id: int) -> None:
    """Makes an autosave a new revision where it would write over one that was published, or is planned: Publication has approved that text."""
    overwritten = read_id(request.POST.get("overwrite_revision_id", ""))
    if not overwritten:
        return
    is_published = PageLogEntry.objects.filter(page=page_id, revision=overwritten, action__startswith="wagtail.publish").exists()
    if is_published or Revision.objects.filter(pk=overwritten).exclude(approved_go_live_at=None).exists():
        request.POST = request.POST.copy()
        del request.POST["overwrite_revision_id"]


class AutosaveIndicator(Component):
    """Wagtail's, which says « Enregistré » beside « Publié », but here it says that visitors do not read yet what is saved."""

    template_name = "staff/autosave_indicator.html"

    def __init__(self, page: SitePage | None = None) -> None:
        self.page = page

    def get_context_data(self, parent_context: dict) -> dict:
        is_live = bool(self.page and self.page.live)
        return {"is_live": is_live, "has_unpublished_changes": is_live and self.page.has_unpublished_changes}


class CreateOnceView(CreateView):
    """Makes one page from one form, however often the form is posted: an autosave may still be on its way when staff publish."""

    def dispatch(self, request: HttpRequest, content_type_app_name: str, content_type_model_name: str, parent_page_id: int) -> HttpResponse:
        arguments = content_type_app_name, content_type_model_name, parent_page_id
        if request.method != "POST":
            return super().dispatch(request, *arguments)
        with transaction.atomic():  # on SQLite it takes the write lock at once (`transaction_mode`)
            list(SitePage.objects.filter(pk=parent_page_id).select_for_update())
            # What an earlier post of this form has made.
            page = SitePage.objects.filter(translation_key=get_form_key(request), content_type__model=content_type_model_name).first()
            if page:
                return self.resume(page)
            sign(request)
            return super().dispatch(request, *arguments)

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"autosave_indicator": AutosaveIndicator()}

    def resume(self, page: SitePage) -> HttpResponse:
        """Edits `page`, which an earlier post of this form has made."""
        if self.expects_json_response and not is_saved_by_form(self.request, page):
            # An autosave that was sent before the page was published, or saved by hand, and arrives after: its text is older.
            answer = {"success": True, "pk": page.pk, "revision_id": page.latest_revision_id}
        else:
            response = ResumeView.as_view()(self.request, page.pk)
            if not self.expects_json_response or response.status_code != 200:
                return response
            answer = json.loads(response.content)
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        return JsonResponse(answer | {"url": url, "hydrate_url": f"{url}?_w_hydrate_create_view=1"})


class PageSaveMixin(RevisionSaveMixin):
    """One post of a page at a time, which never saves in silence over another one."""

    form_id = "page-edit-form"

    @property
    def stored(self) -> SitePage:
        return self.page

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, page_id, **kwargs)
        # Else an autosave that has read the page before it is published writes it back afterwards, unpublished.
        with transaction.atomic():
            list(SitePage.objects.filter(pk=page_id).select_for_update())
            sign(request)
            keep_published_revision(request, page_id)
            return super().dispatch(request, page_id, **kwargs)

    @cached_property
    def is_out_of_date(self) -> bool:
        return super().is_out_of_date and not is_saved_by_form(self.request, self.page)

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        return context | {"autosave_indicator": AutosaveIndicator(self.real_page_record)} if "autosave_indicator" in context else context

    def get_comparison_url(self) -> str:
        return self.get_url_of_changes("wagtailadmin_pages:revisions_compare", "live" if self.page.live else None)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self.expects_json_response or self.locked_for_user or not self.is_second_save:
            return super().post(request, *args, **kwargs)
        posted = {"instance": self.page, "subscription": self.subscription, "parent_page": self.parent, "for_user": request.user}
        self.form = self.form_class(request.POST, request.FILES, **posted)
        if not self.form.has_changed():
            return super().post(request, *args, **kwargs)
        self.refuse_save()
        self.form.defer_required_fields()
        self.has_unsaved_changes = True
        return self.render_to_response(self.get_context_data())


class PageEditView(PageSaveMixin, EditView):
    """Wagtail's view, for scheduled pages too, which stay editable."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        state = self.page.current_workflow_state
        if state and state.status == state.STATUS_NEEDS_CHANGES:
            review = state.current_task_state.specific
            words = (
                f"{get_user_display_name(review.finished_by)} a renvoyé cette page."
                if review.finished_by
                else "Cette page est à reprendre."
            )
            messages.warning(request, f"{words} « {review.comment} »" if review.comment else words)
        if self.scheduled_revision:
            go_live_at = localtime(self.scheduled_revision.approved_go_live_at)
            words = format_html("Publication programmée le {} à {}.", date_format(go_live_at, "j F Y"), date_format(go_live_at, "H:i"))
            address = reverse("wagtailadmin_pages:revisions_unschedule", args=[self.page.pk, self.scheduled_revision.pk])
            cancel = [messages.button(address, "Annuler la publication programmée")] if self.page_perms.can_unschedule() else []
            messages.info(request, words, buttons=cancel)
        return super().get(request, *args, **kwargs)

    def add_save_confirmation_message(self) -> None:
        """Says what became of a page that was reviewed, for which Wagtail says that it was updated."""
        told = {"approve": "La page « {} » est relue.", "reject": "La page « {} » est renvoyée, avec votre mot."}
        if message := told.get(getattr(self, "workflow_action", None)):
            messages.success(self.request, format_html(message, self.page.get_admin_display_title()))
        else:
            super().add_save_confirmation_message()


class ResumeView(PageEditView):
    """Edits a page with the form of a new one. That form does not contain the ids of stored items: it replaces them."""

    def get_object(self) -> SitePage:
        page = super().get_object()
        for relation in get_all_child_relations(type(page)):
            if relation.related_model._meta.app_label == page._meta.app_label:  # not comments, which Wagtail adds to each page type
                setattr(page, relation.get_accessor_name(), [])
        return page


class PageRevertView(PageSaveMixin, RevisionsRevertView):
    """Wagtail's view of an earlier version, to save it as the latest."""


class UnscheduleView(RevisionsUnscheduleView):
    """Wagtail's view, which also removes the date from the form: it would delay the next « Publier »."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        SitePage.objects.filter(pk=self.object.pk).update(go_live_at=None)
        for revision in {self.revision, self.object.get_latest_revision()}:
            revision.content["go_live_at"] = None
            revision.save(update_fields=["content"])
        return response


class TakeDownView(UnpublishView):
    """Wagtail's view, with a way back."""

    def get_success_message(self) -> str:
        if self.object.alias_of_id:
            return super().get_success_message()
        button = (
            '<button class="button button-small button-secondary" type="button" data-controller="w-action" data-action="w-action#post"'
            ' data-w-action-url-value="{}">La remettre</button>'
        )
        return format_html("{} " + button, super().get_success_message(), reverse("put_back", args=[self.object.pk]))


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
    revisions_revert_view_class = PageRevertView
    revisions_unschedule_view_class = UnscheduleView
    unpublish_view_class = TakeDownView
    set_page_position_view_class = OrderView
