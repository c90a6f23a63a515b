"""What the law wants said: the wording is in templates, what is true of the association in its own form."""

from collections.abc import Iterator
from datetime import date, datetime
from html import unescape

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import AbstractPage

from ..blocks.prose import ProseBlock
from ..districts.models import District
from ..editing.remarks import DashboardData, Remark
from ..media.models import CONSENT_YEARS
from ..organisation.models import Organisation
from ..page.base import SitePage
from ..text.dates import MIDNIGHT, belfort_datetime
from ..text.search_text import SearchText, prose

# The day on which the wording of each template in templates/legal/ last changed.
WORDING_CHANGED = {"notice": date(2026, 11, 26), "privacy": date(2026, 11, 29), "accessibility": date(2026, 11, 26)}
HOW_TO_VALIDATE = "Lisez la page en ligne, puis écrivez la date dans « Validée par l’association le »."


class LegalPage(SitePage):
    page_description = "Mentions légales, données personnelles ou accessibilité. Les textes de loi y sont déjà."
    subpage_types = []
    max_count = 3  # one of each kind
    review_years = None  # The association validates it instead.

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
        "validée par l’association le",
        null=True,
        blank=True,
        help_text="Si vous laissez vide, la page est rappelée sur l’accueil de l’administration. Elle l’est aussi quand une mise à jour du site en change le texte.",
    )

    content_panels = [
        *AbstractPage.content_panels,
        FieldPanel("kind", required_on_save=True),  # two drafts without one would not be unique
        *("introduction", "picture", "body", "validated_on"),
    ]

    search_fields = [*SitePage.search_fields, *prose("body"), SearchText("wording_text")]

    class Meta:
        verbose_name = "page légale"
        verbose_name_plural = "pages légales"

    def clean(self) -> None:
        super().clean()
        if self.validated_on and self.validated_on > timezone.localdate():
            raise ValidationError(
                {"validated_on": "Cette date n’est pas encore venue : écrivez le jour où l’association a validé la page."}
            )

    @property
    def updated_at(self) -> datetime | None:
        changed_at = belfort_datetime(WORDING_CHANGED[self.kind], MIDNIGHT)
        return self.last_published_at and max(self.last_published_at, changed_at)

    @property
    def is_to_validate(self) -> bool:
        """True if the association has not validated the wording of today."""
        return not self.validated_on or self.validated_on < WORDING_CHANGED[self.kind]

    def wording_text(self) -> str:
        html = render_to_string(f"legal/{self.kind}.html", {"page": self, "organisation": Organisation.get(), **self.wording_context})
        return unescape(strip_tags(html))

    @property
    def wording_context(self) -> dict:
        """Variables of the wording beside the organisation's own facts."""
        return {"site_url": settings.SITE_URL, "seat": District.objects.filter(is_seat=True).first(), "consent_years": CONSENT_YEARS}

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        return {**super().get_context(request, *args, **kwargs), **self.wording_context}


def get_legal_pages() -> list[LegalPage]:
    return list(LegalPage.objects.all())


def find_never_validated(dashboard: DashboardData) -> Iterator[Remark]:
    for page in dashboard.once(get_legal_pages):
        if not page.validated_on:
            yield Remark(page, page.title, f"à valider. {HOW_TO_VALIDATE}")


def find_missing_kinds(dashboard: DashboardData) -> Iterator[Remark]:
    for home in dashboard.homes:
        for kind, name in LegalPage.Kind.choices:
            if kind not in {page.kind for page in dashboard.once(get_legal_pages)}:
                yield Remark(home, name, "la loi demande cette page, et il n’y en a pas. Ajoutez-la sous l’accueil.")


def find_changed_wording(dashboard: DashboardData) -> Iterator[Remark]:
    for page in dashboard.once(get_legal_pages):
        if page.validated_on and page.is_to_validate:
            effect = f"une mise à jour du site en a changé le texte : elle est à valider de nouveau. {HOW_TO_VALIDATE}"
            yield Remark(page, page.title, effect)
