"""The forms of pages in the admin: writing and copying one."""

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.models import Page

from .typography import free_slug, slug_of


class SitePageForm(WagtailAdminPageForm):
    """The form of a page. The form of a new one carries the page's translation key, which is unique in the database.

    It is an idempotency key: an autosave and « Publier » that come from one form make one page (`pages/page_admin.py`).
    """

    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["form_key"]
        else:
            self.initial["form_key"] = self.instance.translation_key
        # A script fills it in while the title is typed, and comes too late for who is quick.
        self.fields["slug"].required = False

    def clean_slug(self):
        """The address that was typed; where there is none, that of a published page, else one made of the title."""
        slug = self.cleaned_data["slug"] or (self.instance.slug if self.instance.first_published_at else "")
        return slug or free_slug(slug_of(self.cleaned_data.get("title", "")) or "page", self.siblings())

    def siblings(self):
        """The other pages beside this one, each with an address of its own."""
        return self.parent_page.get_children().exclude(pk=self.instance.pk)

    def clean_form_key(self):
        """The key; the instance's own where another page has taken it, which no form of ours does."""
        key = self.cleaned_data["form_key"]
        return self.instance.translation_key if not key or Page.objects.filter(translation_key=key).exists() else key

    def save(self, commit=True):
        if key := self.cleaned_data.get("form_key"):
            self.instance.translation_key = key
        return super().save(commit)


class NumerousPageForm(SitePageForm):
    """For pages that come in numbers, some with the same title: until it is published, each gets a free address by itself."""

    def clean_slug(self):
        slug = super().clean_slug()
        return slug if self.instance.first_published_at else free_slug(slug, self.siblings())


class PageCopyForm(CopyForm):
    """Wagtail's, but the address that it proposes is free."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_slug"].initial = free_slug(self.page.slug, self.page.get_parent().get_children())
