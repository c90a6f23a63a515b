"""Refuses to save over what somebody else saved since a form was opened, and shows what was typed, with a button to save it all the same.

Wagtail asks `is_out_of_date` of autosaves alone. Here every post is asked, under a lock of the row, or two posts at once would both pass.
"""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from wagtail.admin import messages
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name

from ..text.dates import format_moment

LONGEST_ID = 18  # digits, which both databases take


def read_id(text: str) -> int | None:
    """Returns the number of a row that a form posts, or None for what no form of ours posts."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ID else None


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
        if not (self.is_second_save and form.has_changed()):
            return super().is_valid(form)
        self.refuse_save()
        self.produced_error_message = None  # it is said
        return False


class SecondSaveMixin:
    """Needs a `version` of what is stored, and `is_out_of_date`: whether the form was opened with an older one."""

    form_id = "w-editor-form"
    is_refused = False

    @property
    def is_second_save(self) -> bool:
        """Whether this save would undo another one, and nobody said that it may."""
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
            "staff/second_save.html",
            {
                "who": who,
                "moment": format_moment(saved_at),
                "theirs": theirs,
                "form_id": self.form_id,
                "action_url": f"{self.get_edit_url()}?{urlencode({'replaces': self.version})}",
                "action": action,
                "is_kept": hasattr(self, "latest_revision"),
                "fields": {name: value for name, value in posted.items() if name.startswith("workflow-action-")},
            },
        )
        messages.error(self.request, message)


class RevisionSaveMixin(SecondSaveMixin):
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
