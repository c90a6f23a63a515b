"""« Copier pour une autre date »: an event or an offer again, with one question."""

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
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.widgets import Button

from ..models import EventPage, JobOfferPage, SitePage
from ..text.date_fields import DayField
from ..text.slugs import free_slug, slugify_french

QUESTIONS = {EventPage: "Quel jour ?", JobOfferPage: "Quel est le dernier jour pour répondre ?"}


class DateForm(forms.Form):
    form_key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    day = DayField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # Wagtail's calendar covers the only button

    def clean_day(self) -> date:
        if self.cleaned_data["day"] < timezone.localdate():
            raise forms.ValidationError("Ce jour est déjà passé : écrivez le jour, le mois et l’année.")
        return self.cleaned_data["day"]


def get_changes(page: SitePage, day: date) -> dict:
    """Returns what is not copied: the date, an address of its own, and what became of the page."""
    slug = free_slug(slugify_french(page.title) or page.slug, page.get_siblings(inclusive=True))
    changes = {"slug": slug} | dict.fromkeys(("go_live_at", "expire_at", "kept_at"))
    if isinstance(page, EventPage):
        later = day - page.first_day
        days = {name: getattr(page, name) and getattr(page, name) + later for name in ("last_day", "repeats_until")}
        return changes | days | {"first_day": day, "cancelled_days": [], "series": None, "state": EventPage.State.PLANNED}
    return changes | {"last_day": day}


def begin_copy(request: HttpRequest, page: SitePage) -> None:
    """Lets one page at a time be made beside `page`, until the transaction ends. Raises PermissionDenied."""
    if not page.get_parent().permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    list(SitePage.objects.select_for_update().filter(pk=page.get_parent().pk))


@require_POST
@transaction.atomic
def copy_date(request: HttpRequest, page_id: int, day: str) -> HttpResponse:
    """Opens the page for one date of an event that repeats, at another hour or place; the first time, it is made as a draft."""
    page = get_object_or_404(EventPage, id=page_id)
    if not page.is_series or day not in map(str, page.days_of_series):
        raise Http404
    begin_copy(request, page)
    made = page.copies.filter(first_day=day).first()
    if not made:
        once = get_changes(page, date.fromisoformat(day)) | {"repeats": "", "repeats_until": None, "series": page}
        made = page.copy(update_attrs=once, copy_revisions=False, keep_live=False, user=request.user)
        messages.success(request, "Cette date a maintenant sa page. Changez l’heure ou le lieu, puis publiez.")
    return redirect(f"{reverse('wagtailadmin_pages:edit', args=[made.pk])}#id_start_time")


@transaction.atomic
def copy_for_date(request: HttpRequest, page_id: int) -> HttpResponse:
    page = get_object_or_404(SitePage, pk=page_id).specific
    if type(page) not in QUESTIONS:
        raise Http404
    begin_copy(request, page)
    form = DateForm(request.POST or None)
    form.fields["day"].label = QUESTIONS[type(page)]
    if not form.is_valid():
        return render(request, "staff/copy_for_date.html", {"page": page, "form": form, "media": form.media})
    day = form.cleaned_data["day"]
    key = {"translation_key": uuid5(form.cleaned_data["form_key"], f"{page.pk} {day}")}
    copy = SitePage.objects.filter(**key).first()  # of a form that was sent before
    if not copy:
        copy = page.copy(update_attrs=get_changes(page, day) | key, copy_revisions=False, keep_live=False, user=request.user)
    messages.success(request, "Voici la copie. Les visiteurs ne la voient pas encore : relisez-la, puis publiez.")
    return redirect("wagtailadmin_pages:edit", copy.pk)


def get_copy_button(page: SitePage, user: AbstractBaseUser, *args, **kwargs) -> Iterator[Button]:
    """Yields the button for pages with a date, in the menus of their form and of their row in a list."""
    if page.specific_class in QUESTIONS and page.permissions_for_user(user).can_edit():
        yield Button("Copier pour une autre date", url=reverse("copy_for_date", args=[page.pk]), icon_name="date", priority=25)
