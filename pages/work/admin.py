"""Offers in the admin: staff end one early, or open it again."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.widgets import Button

from ..editing.remarks import DashboardData, Remark
from ..editing.reviews import get_act_button, with_act
from ..organisation.admin import FORM
from ..page.base import SitePage
from ..text.dates import format_day
from .models import WARNING_DAYS, JobOfferPage
from .page import JobsPage, PlatformPost

REOPENED = "ouverte"
OUTCOMES = {JobOfferPage.Outcome.FILLED: "Pourvue", JobOfferPage.Outcome.CANCELLED: "Annulée", REOPENED: "Rouvrir"}


@require_POST
def end_offer(request: HttpRequest, page_id: int, outcome: str) -> HttpResponse:
    """Ends an offer before its last day, with one of `JobOfferPage.Outcome`, or opens it again with `ouverte`."""
    offer = get_object_or_404(JobOfferPage, id=page_id, live=True)
    if outcome not in OUTCOMES:
        raise Http404
    if not offer.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if outcome == REOPENED:
        offer.end("", None)
        words = f"La date limite de l’offre « {offer.title} » est passée : changez-la, puis publiez."
        opened = f"L’offre « {offer.title} » est de nouveau ouverte."
        messages.warning(request, words) if offer.is_over else messages.success(request, opened)
    else:
        offer.end(outcome, timezone.localdate())
        words = f"L’offre « {offer.title} » n’est plus dans les listes. Son adresse dit : « {offer.get_outcome_display()} »"
        messages.success(request, with_act(words, "Rouvrir", reverse("end_offer", args=[offer.pk, REOPENED])))
    return redirect("wagtailadmin_explore", offer.get_parent().pk)


def get_end_buttons(page: SitePage, user: AbstractBaseUser, *args, **kwargs) -> Iterator[Button]:
    """Yields what ends a published offer, or opens it again, for the menus of its form and of its row in a list."""
    if page.specific_class is JobOfferPage and page.live and page.permissions_for_user(user).can_publish():
        for priority, (value, label) in enumerate(OUTCOMES.items(), 22):
            if (value == REOPENED) is bool(page.specific.ended_on):
                url = reverse("end_offer", args=[page.pk, value])
                yield get_act_button(label, url, icon_name="success" if value == REOPENED else "cross", priority=priority)


def ask_for_wage(request: HttpRequest, page: SitePage) -> None:
    """Says after the publication of an offer without pay what is missing. Nothing is refused."""
    if page.specific_class is JobOfferPage and page.live and not page.specific.wage:
        button = messages.button(f"{reverse('wagtailadmin_pages:edit', args=[page.pk])}#id_at_minimum_wage", "Ajouter")
        messages.success(request, "C’est en ligne. Il manque le salaire : c’est la première question des gens.", buttons=[button])


ENDING = timedelta(days=7)


def get_jobs_pages() -> list[JobsPage]:
    return list(JobsPage.objects.annotate(prescriber_count=Count("prescribers")))


def find_missing_application(dashboard: DashboardData) -> Iterator[Remark]:
    for page in dashboard.once(get_jobs_pages):
        parts = {"Comment poser sa candidature": page.application, "Qui peut envoyer quelqu’un à la Régie": page.prescriber_count}
        for words in [words for words, filled_in in parts.items() if not filled_in]:
            yield Remark(page, f"« {words} », sur « {page.title} »", "les visiteurs n’en lisent rien.")


def find_other_contact(dashboard: DashboardData) -> Iterator[Remark]:
    """Yields what the platform says otherwise, once it has done so for as long as it may take to hear of a change."""
    for page in dashboard.once(get_jobs_pages):
        if page.shows_platform and page.platform_contact and page.platform_contact_since <= timezone.localdate() - PlatformPost.DAYS:
            effect = f"ce site de l’État donne {page.platform_contact}, et pas le téléphone ou l’e-mail d’ici. Corrigez-le là-bas, ou ici."
            yield Remark(page, "Les emplois de l’inclusion", effect, reverse(FORM))


def find_ending_offers(dashboard: DashboardData) -> Iterator[Remark]:
    today = timezone.localdate()
    ends, is_to_confirm = Q(last_day__lte=today + ENDING), Q(last_day=None, over_from__lte=today + timedelta(days=max(WARNING_DAYS)))
    for offer in JobOfferPage.objects.public().filter(ends | is_to_confirm):
        if offer.last_day:
            effect = f"son dernier jour est le {format_day(offer.last_day, 'j F Y')}. Le lendemain, elle quitte le site."
            yield Remark(offer, f"Offre « {offer.title} »", effect)
        elif dashboard.may_publish:
            effect = f"elle n’a pas de date limite et quitte le site le {format_day(offer.over_from, 'j F Y')}. Est-elle encore ouverte ?"
            yield Remark(offer, f"Offre « {offer.title} »", effect, reverse("confirm_page", args=[offer.pk]))
