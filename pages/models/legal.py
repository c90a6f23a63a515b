"""What the law wants said: the wording is in templates, what is true of the association in its own form."""

from html import unescape

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.fields import StreamField
from wagtail.models import AbstractPage

from ..blocks import ProseBlock
from ..text.search_text import SearchText
from .base import SitePage
from .districts import District
from .organisation import Organisation


class LegalPage(SitePage):
    page_description = "Mentions légales, données personnelles ou accessibilité. Les textes de loi y sont déjà."
    subpage_types = []
    max_count = 3  # one of each kind

    class Kind(models.TextChoices):
        NOTICE = "notice", "Mentions légales"
        PRIVACY = "privacy", "Données personnelles"
        ACCESSIBILITY = "accessibility", "Accessibilité"

    kind = models.CharField("sorte de page", max_length=13, choices=Kind, unique=True, error_messages={"unique": "Cette page existe déjà."})
    body = StreamField(
        ProseBlock(),
        verbose_name="à ajouter",
        blank=True,
        help_text="Après le texte prévu. Les noms et numéros sont dans « L’organisation ».",
    )
    validated_on = models.DateField(
        "validée par l’association le", null=True, blank=True, help_text="Vide : la page est rappelée sur l’accueil de l’administration."
    )

    content_panels = [
        *AbstractPage.content_panels,
        "kind",
        "introduction",
        "picture",
        "body",
        "validated_on",
    ]

    search_fields = [*SitePage.search_fields, SearchText("body"), SearchText("wording_text")]

    class Meta:
        verbose_name = "page légale"
        verbose_name_plural = "pages légales"

    def clean(self) -> None:
        super().clean()
        if self.validated_on and self.validated_on > timezone.localdate():
            raise ValidationError(
                {"validated_on": "Cette date n’est pas encore venue : écrivez le jour où l’association a validé la page."}
            )

    def wording_text(self) -> str:
        html = render_to_string(self.legal_template, {"page": self, "organisation": Organisation.get(), **self.facts})
        return unescape(strip_tags(html))

    @property
    def facts(self) -> dict:
        """Variables of the wording beside the organisation's own facts."""
        return {"site_url": settings.SITE_URL, "seat": District.objects.filter(is_seat=True).first()}

    @property
    def legal_template(self) -> str:
        return f"legal/{self.kind}.html"

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        return {**super().get_context(request, *args, **kwargs), **self.facts}
