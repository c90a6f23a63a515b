"""People who asked to be told of offers: staff send each a text message, or call."""

from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets import Button

from ..editing.remarks import DashboardData
from ..organisation.models import Organisation
from ..page.base import SitePage
from ..text.phones import find_phone, is_mobile, sms_uri
from ..work.models import JobOfferPage
from ..work.page import JobsPage
from .inbox import get_waiting_messages
from .models import Message


def get_people(offer: JobOfferPage, asked: list[Message]) -> list[Message]:
    """Returns the last of the messages of each phone number from before the offer came out, each with `is_told`."""
    came_out = offer.first_published_at or timezone.now()
    people = {message.phone_uri: message for message in asked if message.created_at < came_out}
    for message in people.values():
        message.is_told = offer in message.told.all()
    return list(people.values())


def get_asked() -> list[Message]:
    """Returns the messages of those who want to be told of offers today, the oldest first."""
    return list(Message.objects.filter(notify_until__gte=timezone.localdate()).order_by("created_at").prefetch_related("told"))


def find_people_to_tell(dashboard: DashboardData) -> Iterator[SafeString]:
    is_asked = dashboard.user.has_perm("pages.change_message") and dashboard.once(get_waiting_messages)["asked"]
    if not (is_asked and JobsPage.objects.filter(notifies=True).exists()):
        return
    asked = get_asked()
    for offer in JobOfferPage.objects.public().filter(tells_nobody_else=False):
        if number := sum(not message.is_told for message in get_people(offer, asked)):
            who, them = (f"{number} personnes veulent", "Prévenez-les") if number > 1 else ("Une personne veut", "Prévenez-la")
            address = reverse("tell_people", args=[offer.pk])
            yield format_html('<li>{} savoir : «\u00a0{}\u00a0». <a href="{}">{}</a>.</li>', who, offer.title, address, them)


def get_tell_button(page: SitePage, user: AbstractBaseUser, *args, **kwargs) -> Iterator[Button]:
    """Yields the way to the list of whom to tell of an offer, for the menus of its form and of its row in a list."""
    if page.specific_class is JobOfferPage and page.live and user.has_perm("pages.change_message"):
        yield Button("Qui prévenir", reverse("tell_people", args=[page.pk]), icon_name="mail", priority=24)


def tell_people(request: HttpRequest, page_id: int) -> HttpResponse:
    """Lists who is to be told of an offer. A post notes that one was told, was not, or wants no more, or ends the list, or opens it again."""
    offer = get_object_or_404(JobOfferPage.objects.public(), pk=page_id)
    if not request.user.has_perm("pages.change_message"):
        raise PermissionDenied
    people = get_people(offer, get_asked())
    if request.method == "POST":
        acts = {"told": lambda person: person.told.add(offer), "again": lambda person: person.told.remove(offer), "stop": Message.end_wish}
        for name, act in acts.items():
            for person in people:
                if request.POST.get(name) == str(person.pk):
                    act(person)
        if "ended" in request.POST:
            JobOfferPage.objects.filter(pk=offer.pk).update(tells_nobody_else=bool(request.POST["ended"]))
        return redirect("tell_people", offer.pk)
    organisation = Organisation.get()
    # Without an apostrophe or a quotation mark, a text message has 160 characters instead of 70 (3GPP TS 23.038).
    text = f"Bonjour, ici {organisation.short_name or organisation.name}. Une offre : {offer.title}. {offer.full_url}"
    if organisation.phone_uri:
        text += f" Pour ne plus recevoir de message : {organisation.phone}"
    for person in people:
        number = find_phone(person.phone)
        person.sms_uri = is_mobile(number) and sms_uri(number, text)
    return render(request, "staff/notices.html", {"offer": offer, "people": people, "text": text})
