"""The contact page, with the site's one form."""

from http import HTTPMethod

from django.core import signing
from django.db import models
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from ..contact_form import ContactForm, RefusedError, keep
from ..navigation import open_pages
from .base import SitePageMixin
from .jobs import JobOfferPage

HOUR = 3600  # seconds


class ContactPage(SitePageMixin, Page):
    page_description = (
        "La page de contact, avec le formulaire du site. Le téléphone, l’adresse et les horaires viennent de « L’organisation »."
    )
    parent_page_types = ["pages.HomePage"]
    subpage_types = []
    max_count = 1  # the site has one form
    show_in_menus_default = True
    facade = "contact"
    allowed_http_methods = [*SitePageMixin.allowed_http_methods, HTTPMethod.POST]

    form_help = models.TextField("phrase avant le formulaire", blank=True)

    content_panels = [*Page.content_panels, *SitePageMixin.introduction_panels, FieldPanel("form_help")]

    class Meta:
        verbose_name = "contact"

    def searched(self):
        return f"{super().searched()} Téléphone, adresse, plan, horaires, formulaire de contact."

    @cached_property
    def privacy_page(self):
        return open_pages().filter(legalpage__kind="privacy").first()

    def serve(self, request, *args, **kwargs):
        request.encoding = "utf-8"  # whatever the client says: Python knows encodings that give no text
        slug = request.GET.get("offre", "").replace("\0", "")
        offer = slug and JobOfferPage.objects.filter(pk__in=open_pages(), slug=slug).first()
        if request.method != "POST":
            form = ContactForm(initial=ContactForm.chosen(request.GET.get("sujet"), offer))
            return self.answer(request, form=form, offer=offer, sent=self.was_sent(request))
        form = ContactForm()
        try:
            form = ContactForm.posted(request)
            message = keep(form, request)
        except RefusedError as refusal:
            return self.answer(request, status=refusal.status, form=form, offer=offer, refusal=refusal.words)
        # To a page of its own, so that a reload sends nothing; signed, so that it tells nobody else that a message was sent.
        return HttpResponse(
            status=303, headers={"Location": f"{self.get_url(request)}?{urlencode({'envoye': signing.dumps(message.pk)})}#envoye"}
        )

    def get_preview_context(self, request, mode_name):
        return {**super().get_preview_context(request, mode_name), "form": ContactForm()}

    def was_sent(self, request):
        try:
            return bool(signing.loads(request.GET.get("envoye", ""), max_age=HOUR))
        except signing.BadSignature:
            return False

    def answer(self, request, status=200, **context):
        return TemplateResponse(request, self.get_template(request), self.get_context(request) | context, status=status)
