"""« Copier pour une autre date »: a page with a date again, with one question."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4, uuid5

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from wagtail.admin import messages
from wagtail.admin.widgets import Button

from ..page.base import SitePage
from ..text.date_fields import DayField
from ..text.slugs import free_slug, slugify_french


class DateForm(forms.Form):
    form_key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    day = DayField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # Wagtail's calendar would cover the only button.

    def clean_day(self) -> date:
        if self.cleaned_data["day"] < timezone.localdate():
            raise forms.ValidationError("Ce jour est déjà passé : écrivez le jour, le mois et l’année.")
        return self.cleaned_data["day"]


def get_changes(page: SitePage, day: date) -> dict:
    """Returns what is not copied: the date, an address of its own, and what became of the page."""
    slug = free_slug(slugify_french(page.title) or page.slug, page.get_siblings(inclusive=True))
    changes = {"slug": slug} | dict.fromkeys(("go_live_at", "expire_at", "reviewed_at"))
    return changes | page.get_duplicate_changes(day)


def begin_duplicate(request: HttpRequest, page: SitePage) -> None:
    """Lets one page at a time be made beside `page`, until the transaction ends. Raises PermissionDenied."""
    if not page.get_parent().permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    list(SitePage.objects.select_for_update().filter(pk=page.get_parent().pk))


@transaction.atomic
def duplicate_for_date(request: HttpRequest, page_id: int) -> HttpResponse:
    page = get_object_or_404(SitePage, pk=page_id).specific
    if not page.duplicate_question:
        raise Http404
    begin_duplicate(request, page)
    form = DateForm(request.POST or None)
    form.fields["day"].label = page.duplicate_question
    if not form.is_valid():
        return render(request, "staff/duplicate_for_date.html", {"page": page, "form": form, "media": form.media})
    day = form.cleaned_data["day"]
    key = {"translation_key": uuid5(form.cleaned_data["form_key"], f"{page.pk} {day}")}
    copy = SitePage.objects.filter(**key).first()  # The form may have been sent before.
    if not copy:
        copy = page.copy(update_attrs=get_changes(page, day) | key, copy_revisions=False, keep_live=False, user=request.user)
    messages.success(request, "Voici la copie. Les visiteurs ne la voient pas encore : relisez-la, puis publiez.")
    return redirect("wagtailadmin_pages:edit", copy.pk)


def get_duplicate_button(page: SitePage, user: AbstractBaseUser, *args, **kwargs) -> Iterator[Button]:
    """Yields the button for pages with a date, in the menus of their form and of their row in a list."""
    if page.specific_class.duplicate_question and page.permissions_for_user(user).can_edit():
        yield Button("Copier pour une autre date", url=reverse("duplicate_for_date", args=[page.pk]), icon_name="date", priority=25)
