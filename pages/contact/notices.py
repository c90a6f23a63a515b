"""People who asked to be told of offers: staff send each a text message, or call."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin import messages

from ..editing.remarks import DashboardData
from ..organisation.models import Organisation
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
    for offer in JobOfferPage.objects.public():
        if number := sum(not message.is_told for message in get_people(offer, asked)):
            words = f"{number} personnes veulent" if number > 1 else "Une personne veut"
            yield format_html(
                '<li><a href="{}">{} savoir : «\u00a0{}\u00a0»</a></li>', reverse("tell_people", args=[offer.pk]), words, offer.title
            )


def tell_people(request: HttpRequest, page_id: int) -> HttpResponse:
    """Lists who is to be told of an offer; a post notes that one was told, that one was not, or that nobody else is to be."""
    offer = get_object_or_404(JobOfferPage.objects.public(), pk=page_id)
    if not request.user.has_perm("pages.change_message"):
        raise PermissionDenied
    people = get_people(offer, get_asked())
    if request.method == "POST":
        for message in people:
            if "finished" in request.POST or request.POST.get("told") == str(message.pk):
                message.told.add(offer)
            elif request.POST.get("again") == str(message.pk):
                message.told.remove(offer)
        if "finished" not in request.POST:
            return redirect("tell_people", offer.pk)
        again = messages.button(request.path, "Revoir la liste")
        messages.success(request, f"C’est fini pour « {offer.title} ».", buttons=[again])
        return redirect("wagtailadmin_home")
    organisation = Organisation.get()
    # Without an apostrophe or a quotation mark, a text message has 160 characters instead of 70 (3GPP TS 23.038).
    text = f"Bonjour, ici {organisation.short_name or organisation.name}. Une offre : {offer.title}. {offer.full_url}"
    if organisation.phone_uri:
        text += f" Pour ne plus recevoir de message : {organisation.phone}"
    for message in people:
        number = find_phone(message.phone)
        message.sms_uri = is_mobile(number) and sms_uri(number, text)
    return render(request, "staff/notices.html", {"offer": offer, "people": people, "text": text})
