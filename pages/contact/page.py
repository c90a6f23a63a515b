"""The contact page, with the site's one form."""

import logging
from datetime import date
from http import HTTPMethod

from django.core import signing
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from ..organisation.models import Organisation
from ..organisation.recipients import Subject
from ..page.base import SitePage
from ..text.search_text import SearchText
from ..work.models import JobOfferPage
from .form import CallbackForm, ContactForm, RefusedError, check_and_store
from .models import Message

HOUR = 3600  # seconds
logger = logging.getLogger(__name__)


class ContactPage(SitePage):
    page_description = (
        "La page de contact, avec le formulaire du site. Le téléphone, l’adresse et les horaires viennent de « L’organisation »."
    )
    subpage_types = ["pages.SimplePage"]
    max_count = 1  # The site has one form.
    show_in_menus_default = True
    facade = "contact"
    shared_parameters = {"sujet": Subject.values.__contains__, "rappel": "oui".__eq__, "offre": None, "envoye": None}
    allowed_http_methods = [*SitePage.allowed_http_methods, HTTPMethod.POST]

    form_help = models.TextField("phrase avant le formulaire", blank=True)

    content_panels = [*SitePage.content_panels, "form_help"]
    search_fields = [*SitePage.search_fields, SearchText("form_help"), SearchText("contact_text")]

    class Meta:
        verbose_name = "contact"

    def contact_text(self) -> str:
        return ", ".join([*(way.label for way in Organisation.get().contact_ways), "Formulaire de contact"])

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        request.encoding = "utf-8"  # The client's charset is ignored: some of Python's codecs do not return text.
        slug = request.GET.get("offre", "").replace("\0", "")
        offer = slug and JobOfferPage.objects.public().filter(slug=slug).first()
        context = {"offer": offer, "is_offer_closed": bool(slug and not offer)}
        asks_for_call = slug or request.GET.get("sujet") == Subject.JOB or "rappel" in request.GET
        form_class = CallbackForm if asks_for_call else ContactForm
        if request.method != "POST":
            form = form_class(initial=form_class.get_initial(request.GET.get("sujet"), offer))
            return self.answer(request, form=form, **context, **self.get_confirmation(request))
        form = form_class()
        try:
            form = form_class.from_request(request)
            message = check_and_store(form, request)
        except RefusedError as refusal:
            logger.info("A message was refused: %s %s", refusal.status, " ".join(form.errors))
            return self.answer(request, status=refusal.status, form=form, refusal=refusal.words, **context)
        # Redirected, so that a reload sends nothing; signed, so that an address that somebody made up does not show the confirmation.
        until = message.notify_until and message.notify_until.isoformat()
        parameters = {"envoye": signing.dumps([message.subject, until])} | ({"offre": slug} if slug else {})
        return HttpResponse(status=303, headers={"Location": f"{self.get_url(request)}?{urlencode(parameters)}#envoye"})

    def get_confirmation(self, request: HttpRequest) -> dict:
        """Returns the subject of the message that was just sent, until when its writer wants to be told of offers, and within how many days staff answer; nothing if none was sent."""
        try:
            sent, until = signing.loads(request.GET.get("envoye", ""), max_age=HOUR)
        except signing.BadSignature:
            return {}
        return {"sent": sent, "notify_until": until and date.fromisoformat(until), "answer_days": self.get_answer_days()}

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict:
        return {**super().get_preview_context(request, mode_name), "form": ContactForm()}

    def get_answer_days(self) -> int | None:
        """Returns within how many days staff answer, as long as they do."""
        days = Organisation.get().answer_days
        return None if not days or Message.is_waiting_since(days) else days

    def answer(self, request: HttpRequest, status: int = 200, **context) -> TemplateResponse:
        return TemplateResponse(request, self.get_template(request), self.get_context(request) | context, status=status)
