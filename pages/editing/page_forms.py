"""The forms of pages in the admin: to write one and to copy one."""

from datetime import datetime
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm

from ..page.base import SitePage
from ..page.querysets import SitePageQuerySet
from ..text.slugs import free_slug, slugify_french

PUBLISH, LATER = "action-publish", "later"  # the name that the buttons post, and the value of « Publier plus tard »


class FirstErrorMixin:
    """Says of a field that is not understood only that: what the model says of it then follows from its being empty."""

    def _update_errors(self, errors: forms.ValidationError) -> None:
        if hasattr(errors, "error_dict"):
            errors = forms.ValidationError({name: error for name, error in errors.error_dict.items() if name not in self.errors})
        super()._update_errors(errors)


class FormKeyField(forms.UUIDField):
    widget = forms.HiddenInput

    def has_changed(self, initial: UUID, data: str) -> bool:
        return False  # it is nothing that staff write


class SitePageForm(FirstErrorMixin, WagtailAdminPageForm):
    """The form of a page. It contains a key, by which `saves.py` knows the autosaves of this form from the saves of others.

    The form of a new page contains the page's translation key, which is unique in the database.
    It is an idempotency key: an autosave and « Publier » that come from one form make one page.
    """

    form_key = FormKeyField(required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["form_key"] = uuid4() if self.instance.pk else self.instance.translation_key
        # A script fills it in while the title is typed, too late for people who are quick.
        self.fields["slug"].required = False
        if self.data and self.data.get(PUBLISH) != LATER:
            self.data = self.data.copy()
            self.data.pop("go_live_at", None)  # typed in a window that was closed again
        elif self.data:
            self.fields["go_live_at"].required = True

    def clean_go_live_at(self) -> datetime | None:
        """Returns the moment if the button of its window was pressed. « Publier » publishes now; a draft keeps that of the planned version."""
        moment, act = self.cleaned_data["go_live_at"], self.data.get(PUBLISH)
        if moment and moment <= timezone.now():
            raise forms.ValidationError("Ce moment est déjà passé. Pour publier tout de suite : « Publier ».")
        may_plan = self.parent_page.permissions_for_user(self.for_user).can_publish_subpage()
        return moment if act and may_plan else self.instance.go_live_at

    def clean_expire_at(self) -> datetime | None:
        """Refuses an end for a page that only administrators take down."""
        expire_at = self.cleaned_data.get("expire_at")
        if expire_at and not self.instance.may_be_taken_down_by(self.for_user):
            raise forms.ValidationError(
                "Les autres pages ont besoin de celle-ci : seule une personne qui administre le site peut la retirer."
            )
        return expire_at

    def clean_slug(self) -> str:
        """Returns the slug that was typed; if there is none, that of a published page, else one made from the title.

        Until they are published, pages of a type with `shares_titles` get a free one.
        """
        slug = self.cleaned_data["slug"] or (self.instance.slug if self.instance.first_published_at else "")
        if slug and (self.instance.first_published_at or not self.instance.shares_titles):
            return slug
        # A title in other letters gives no slug: the code of its language does.
        made = slugify_french(self.cleaned_data.get("title", "")) or self.cleaned_data.get("language")
        return free_slug(slug or made or "page", self.get_siblings())

    def _post_clean(self) -> None:
        """Refuses to publish a page with a fault; a draft may have it. Functions with the hook `find_page_faults` find them."""
        super()._post_clean()
        if self.is_deferred_validation:
            return
        for find_faults in hooks.get_hooks("find_page_faults"):
            for name, words in find_faults(self.instance):
                self.add_error(name if name in self.fields else None, words)

    def get_siblings(self) -> SitePageQuerySet:
        """Returns the other pages under the same parent, each with a slug of its own."""
        return self.parent_page.get_children().exclude(pk=self.instance.pk)

    def clean_form_key(self) -> UUID:
        """Returns the key; the instance's own if another page has it, which no form of ours sends."""
        key = self.cleaned_data["form_key"]
        return self.instance.translation_key if not key or SitePage.objects.filter(translation_key=key).exists() else key

    def save(self, commit: bool = True) -> SitePage:
        key = self.cleaned_data.get("form_key")
        if key and not self.instance.pk:
            self.instance.translation_key = key
        return super().save(commit)


class PageCopyForm(CopyForm):
    """Wagtail's form to copy a page, with a slug that is free."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_slug"].initial = free_slug(self.page.slug, self.page.get_parent().get_children())
