"""Keeps the saves of the admin in order: no save goes over another one in silence, and one form makes one page.

| what is done here | why | when it goes |
|---|---|---|
| every post is asked whether its form is out of date, under a lock of the row, and refused with what was typed and a button | Wagtail asks `is_out_of_date` of autosaves alone, without a lock: two posts at once both pass | when Wagtail asks it of every save, in the transaction of the save (wagtail#13863) |
| a key in each form (`page_forms.py`) tells its own autosaves from the saves of others | an autosave whose answer was lost, or is on its way, would bar the person who made it | when an autosave can be sent twice |
| a new page gets that key, which is unique in the database | an autosave that is on its way while « Publier » is pressed makes a second page | the same |
| an autosave over a published or planned revision, or one that was given to read, makes a new one | somebody has approved that text | when Wagtail does not write over such a revision |

Looked at last: Wagtail 8.0.1 and 8.1rc1, which has none of it. Autosave itself stays on: phones end tabs by themselves. Snippets and messages,
which are live when they are saved, have no autosave (`snippets.py`).
"""

import json
from datetime import datetime
from uuid import UUID, uuid5

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Model, Q
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from modelcluster.models import get_all_child_relations
from wagtail.admin import messages
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.admin.ui.components import Component
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.log_actions import get_active_log_context
from wagtail.models import PageLogEntry, Revision

from ..page.base import SitePage
from ..text.dates import format_moment
from .draft_links import SHARED

BY_HAND = "by hand"
MAX_ID_DIGITS = 18  # Both databases take numbers of so many digits.


def read_id(text: str) -> int | None:
    """Returns the number of a row that a form posts, or None for what no form of ours posts."""
    return int(text) if text.isdecimal() and len(text) <= MAX_ID_DIGITS else None


class LockedPostMixin:
    """Locks the row of a view of Wagtail's for one model until a post has ended, reads it again under the lock, and refuses a second save."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():  # on SQLite it takes the write lock at once (`transaction_mode`)
            list(self.model.objects.select_for_update().filter(pk=self.object_pk))
            self.object = self.get_object()
            return super().dispatch(request, *args, **kwargs)

    def is_valid(self, form: BaseForm) -> bool:
        if not (self.is_conflict and form.has_changed()):
            return super().is_valid(form)
        self.refuse_save()
        self.produced_error_message = None  # The refusal has its own message.
        return False


class ConflictMixin:
    """Needs a `version` of what is stored, and `is_out_of_date`: whether the form was opened with an older one."""

    form_id = "w-editor-form"
    is_refused = False

    @property
    def is_conflict(self) -> bool:
        """True if this save would overwrite somebody else's and the user has not confirmed it."""
        return self.is_out_of_date and self.request.GET.get("replaces") != self.version

    def refuse(self, user: AbstractBaseUser | None, saved_at: datetime, theirs: SafeString) -> None:
        """Adds the message of the refusal: who saved when, `theirs`, and the one button that saves."""
        if user == self.request.user:
            who = "Une autre version a été enregistrée avec votre compte"
        else:
            who = f"{user_display_name(user) if user else 'Le site'} a enregistré une autre version"
        self.is_refused = True
        posted = self.request.POST
        action = next((name for name in posted if name.startswith("action-") or name == "answered"), "")
        message = render_to_string(
            "staff/conflict.html",
            {
                "who": who,
                "is_opened_again": "opened_again" in posted,
                "moment": format_moment(saved_at),
                "theirs": theirs,
                "form_id": self.form_id,
                "action_url": f"{self.get_edit_url()}?{urlencode({'replaces': self.version})}",
                "action": action,
                "has_history": hasattr(self, "latest_revision"),
                "fields": {name: value for name, value in posted.items() if name.startswith("workflow-action-")},
            },
        )
        messages.error(self.request, message)


class RevisionSaveMixin(ConflictMixin):
    """For what has revisions: the version is the latest one, which an autosave may write again."""

    @property
    def stored(self) -> Model:
        return self.object

    @cached_property
    def is_out_of_date(self) -> bool:
        posted = self.request.POST
        if self.latest_revision and not (posted.get("overwrite_revision_id") or posted.get("loaded_revision_id")):
            return True  # the form was opened before there was a revision
        return super().is_out_of_date

    @property
    def version(self) -> str:
        return f"{self.latest_revision.pk}-{self.latest_revision.created_at.timestamp()}"

    @cached_property
    def loaded_revision_id(self) -> int | None:
        """The revision with which the form was opened, or None if there is none."""
        loaded = read_id(self.request.POST.get("overwrite_revision_id") or self.request.POST.get("loaded_revision_id") or "")
        return loaded if loaded and self.stored.revisions.filter(pk=loaded).exists() else None

    def get_url_of_changes(self, view_name: str, older: str | None) -> str:
        """Returns the address of Wagtail's comparison, with `older` where the loaded revision is gone; else that of the form, as it is now."""
        loaded, latest = self.loaded_revision_id, self.latest_revision.pk
        base = loaded if loaded and loaded != latest else older
        return reverse(view_name, args=[self.stored.pk, base, latest]) if base else self.get_edit_url()

    def refuse_save(self) -> None:
        latest = self.latest_revision
        theirs = format_html('<a href="{}" target="_blank">Voir ce qui a changé</a>', self.get_comparison_url())
        self.refuse(latest.user, latest.created_at, theirs)

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        if self.is_refused:
            # The form stays as old as it is: only the button of the message saves it.
            self.stored.latest_revision_id = self.loaded_revision_id
            context["loaded_revision_created_at"] = self.request.POST.get("loaded_revision_created_at", "")
            context["autosave_enabled"] = False
        return context


# Pages, whose forms Wagtail saves by itself while somebody types


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
    """Returns True if the latest revision of the page comes from the form that is posted: an answer to it may be on its way, or lost.

    An autosave that arrives after the form was sent by hand is older: for it, only autosaves count. A form to which somebody has gone back
    is as old as it was.
    """
    if "opened_again" in request.POST:
        return False
    key, made = get_form_key(request), Q(revision=page.latest_revision_id)
    if page.revisions.count() == 1:
        made |= Q(action="wagtail.create")  # this entry is made before the revision
    keys = [key, uuid5(key, BY_HAND)] if key and request.accepts("text/html") else [key]
    return bool(key) and PageLogEntry.objects.filter(made, page=page, uuid__in=keys).exists()


def protect_read_revision(request: HttpRequest, page_id: int) -> None:
    """Makes an autosave a new revision where it would write over one that was published, is planned, or was given to read: somebody has approved that text."""
    overwritten = read_id(request.POST.get("overwrite_revision_id", ""))
    if not overwritten:
        return
    read = PageLogEntry.objects.filter(Q(action__startswith="wagtail.publish") | Q(action=SHARED), page=page_id, revision=overwritten)
    if read.exists() or Revision.objects.filter(pk=overwritten).exclude(approved_go_live_at=None).exists():
        request.POST = request.POST.copy()
        del request.POST["overwrite_revision_id"]


class AutosaveIndicator(Component):
    """Wagtail's indicator of « Enregistré », which also says that visitors do not see the draft yet."""

    template_name = "staff/autosave_indicator.html"

    def __init__(self, page: SitePage | None = None) -> None:
        self.page = page

    def get_context_data(self, parent_context: dict) -> dict:
        is_live = bool(self.page and self.page.live)
        return {"is_live": is_live, "has_unpublished_changes": is_live and self.page.has_unpublished_changes}


class PageSaveMixin(RevisionSaveMixin):
    """One post of a page at a time, which never saves in silence over another one."""

    form_id = "page-edit-form"

    @property
    def stored(self) -> SitePage:
        return self.page

    def get_object(self) -> SitePage:
        page = super().get_object()
        page.go_live_at = self.scheduled_revision.approved_go_live_at if self.scheduled_revision else None
        return page

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, page_id, **kwargs)
        # Else an autosave that has read the page before it is published writes it back afterwards, unpublished.
        with transaction.atomic():
            list(SitePage.objects.filter(pk=page_id).select_for_update())
            sign(request)
            protect_read_revision(request, page_id)
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
        if self.expects_json_response or self.locked_for_user or not self.is_conflict:
            return super().post(request, *args, **kwargs)
        posted = {"instance": self.page, "subscription": self.subscription, "parent_page": self.parent, "for_user": request.user}
        self.form = self.form_class(request.POST, request.FILES, **posted)
        if not self.form.has_changed():
            return super().post(request, *args, **kwargs)
        self.refuse_save()
        self.form.defer_required_fields()
        self.has_unsaved_changes = True
        return self.render_to_response(self.get_context_data())


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


class ResumeView(PageSaveMixin, EditView):
    """Edits a page with the form of a new one. That form does not contain the ids of stored items: it replaces them."""

    def get_object(self) -> SitePage:
        page = super().get_object()
        for relation in get_all_child_relations(type(page)):
            if relation.related_model._meta.app_label == page._meta.app_label:  # not comments, which Wagtail adds to each page type
                setattr(page, relation.get_accessor_name(), [])
        return page
