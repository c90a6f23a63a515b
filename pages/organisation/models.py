"""The association itself: what is true of it on every page."""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, RevisionMixin

from ..page.sharing import get_all, once_a_state
from ..text.phones import format_phone, parse_phone, phone_uri, sms_uri
from ..text.validators import validate_mobile, validate_phone, validate_year
from .legal_facts import LegalFacts
from .readiness import ReadinessMixin


class ContactWay(NamedTuple):
    """A way to reach the association; without a `uri`, it is not a link."""

    name: str
    label: str
    text: str
    uri: str = ""


class Organisation(ReadinessMixin, RevisionMixin, LegalFacts, ClusterableModel):
    """The association itself: one row, read by header, footer and every page. What is empty is not shown."""

    name = models.CharField("nom", max_length=120, help_text="Le nom complet, dans l’en-tête et le pied de chaque page.")
    short_name = models.CharField(
        "nom court",
        max_length=60,
        blank=True,
        help_text="Par exemple : la Régie. Dans quelques phrases du site, et pour les moteurs de recherche.",
    )
    founded = models.PositiveSmallIntegerField(
        "année de création", null=True, blank=True, validators=[validate_year], help_text="Pour les moteurs de recherche."
    )
    legal_form = models.CharField(
        "forme juridique", max_length=120, blank=True, help_text="Par exemple : association. Affichée en bas de page."
    )
    phone = models.CharField(
        "téléphone",
        max_length=30,
        blank=True,
        validators=[validate_phone],
        help_text="En haut de chaque page, à toucher pour appeler. Si vous laissez vide, aucun numéro n’est affiché.",
    )
    sms_phone = models.CharField(
        "mobile pour les SMS",
        max_length=30,
        blank=True,
        validators=[validate_mobile],
        help_text="Un téléphone de la Régie, que quelqu’un lit chaque jour de travail. Jamais celui d’une personne. "
        "Dans le formulaire « Je voudrais qu’on me rappelle », et sur la page de contact.",
    )
    email = models.EmailField("adresse e-mail", blank=True, help_text="En bas de chaque page.")
    address = models.TextField("adresse", blank=True, help_text="L’adresse postale du siège, sur plusieurs lignes.")
    map_url = models.URLField(
        "lien vers un plan", blank=True, help_text="L’adresse d’une carte en ligne. Elle s’ouvre quand on touche « Voir sur un plan »."
    )
    opening_hours = models.TextField("horaires", blank=True, help_text="Par exemple : du lundi au vendredi, de 9 h à 12 h.")
    directions = models.TextField(
        "comment venir", blank=True, help_text="Par exemple : la ligne de bus, l’étage, la sonnette. Sur la page de contact."
    )
    answer_days = models.PositiveSmallIntegerField(
        "réponse sous … jours",
        null=True,
        blank=True,
        validators=[MinValueValidator(1, "1 au moins."), MaxValueValidator(60, "60 au plus.")],
        help_text="Dit après l’envoi d’un message, tant qu’aucun message sans réponse n’est plus vieux. Si vous laissez vide, le site ne dit rien.",
    )
    network_name = models.CharField("réseau national", max_length=120, blank=True, help_text="En bas de page, après « Membre du ».")
    network_url = models.URLField("site du réseau national", blank=True)
    notice = models.CharField(
        "annonce", max_length=160, blank=True, help_text="Une phrase en haut de chaque page, par exemple : « Fermé du 1er au 15 août. »"
    )
    notice_from = models.DateField(
        "annonce affichée à partir du", null=True, blank=True, help_text="Si vous laissez vide, elle l’est tout de suite."
    )
    notice_until = models.DateField("jusqu’au", null=True, blank=True, help_text="Dernier jour compris. Obligatoire avec une annonce.")

    # Beside these, the form has those of the opening and of the notice (`pages/organisation/admin.py`).
    panels = [
        MultiFieldPanel(["map_url", "directions", "answer_days"], heading="Venir, et avoir une réponse"),
        MultiFieldPanel(
            ["name", "short_name", "founded", "legal_form", "siren", "rna", "vat_number", "photo_credits"], heading="Qui est l’organisation"
        ),
        MultiFieldPanel(
            ["hosting_country", "hosted_outside_europe", "transfer_safeguards", "made_by"], heading="Où est le site, et qui l’a fait"
        ),
        MultiFieldPanel(["data_contact", "data_officer"], heading="Données personnelles"),
        MultiFieldPanel(
            [
                FieldRowPanel(["audit_rate", "audited_by"]),
                *("not_accessible", "exempted", "out_of_scope", "statement_date", "test_tools", "pages_tested", "accessibility_plan"),
                "article_47",
            ],
            heading="Accessibilité du site",
        ),
        MultiFieldPanel(["network_name", "network_url"], heading="Réseau national"),
        InlinePanel("social_links", heading="Réseaux sociaux", label="réseau social"),
    ]

    class Meta:
        verbose_name = "organisation"
        verbose_name_plural = "organisation"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_organisation")]

    def __str__(self) -> str:
        return self.name or "L’organisation"

    def save(self, *args, **kwargs) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        for name in ("phone", "sms_phone"):
            if number := parse_phone(getattr(self, name)):
                setattr(self, name, format_phone(number))
        if self.notice and not self.notice_until:
            raise ValidationError({"notice_until": "Écrivez le dernier jour de l’annonce : elle s’enlèvera toute seule."})
        if self.notice_from and self.notice_until and self.notice_until < self.notice_from:
            raise ValidationError({"notice_until": "Le dernier jour vient avant le premier : vérifiez les deux dates."})

    @staticmethod
    @once_a_state
    def get() -> "Organisation":
        """Returns the one organisation, or an empty unsaved one."""
        # Of several recipients this makes the same row several times; `first()` reads one.
        return Organisation.objects.annotate(has_recipient=models.Q(recipients__isnull=False)).first() or Organisation()

    @classmethod
    def get_for(cls, request: HttpRequest | None) -> "Organisation":
        """Returns the one organisation, which each request reads once."""
        if request is None:
            return cls.get()
        if not hasattr(request, "organisation"):
            request.organisation = cls.get()
        return request.organisation

    @cached_property
    def phone_uri(self) -> str:
        return phone_uri(parse_phone(self.phone))

    @cached_property
    def sms_uri(self) -> str:
        return self.sms_phone and sms_uri(parse_phone(self.sms_phone))

    @cached_property
    def links(self) -> list["SocialLink"]:
        return get_all(SocialLink)

    @property
    def contact_ways(self) -> list[ContactWay]:
        """The ways to reach the association that are known, in the order in which pages show them."""
        ways = [
            ContactWay("phone", "Téléphone", self.phone_uri and self.phone, self.phone_uri),
            ContactWay("sms", "SMS", self.sms_phone, self.sms_uri),
            ContactWay("address", "Adresse", self.address_line),
            ContactWay("email", "Adresse e-mail", self.email, f"mailto:{self.email}"),
            ContactWay("opening_hours", "Horaires", self.opening_hours),
        ]
        return [way for way in ways if way.text]

    @property
    def address_line(self) -> str:
        return ", ".join(self.address.splitlines())

    @property
    def current_notice(self) -> str:
        """The notice, from its first day to its last in Belfort, else an empty text."""
        today = timezone.localdate()
        if self.notice_until and today <= self.notice_until and (not self.notice_from or self.notice_from <= today):
            return self.notice
        return ""


class SocialLink(Orderable):
    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="social_links")
    name = models.CharField("nom du réseau", max_length=40, help_text="Par exemple : Facebook.")
    url = models.URLField("adresse de votre page")

    def __str__(self) -> str:
        return self.name
