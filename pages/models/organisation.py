"""The association itself: what is true of it on every page."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, RevisionMixin

from ..text.phones import format_phone, parse_phone, phone_uri
from .validators import validate_phone, validate_siren, validate_year


class ContactWay(NamedTuple):
    """A way to reach the association; without a `uri`, it is not a link."""

    name: str
    label: str
    text: str
    uri: str = ""


class Organisation(RevisionMixin, ClusterableModel):
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

    # Legal notice (LCEN, articles 1-1 and 19)
    siren = models.CharField("numéro SIREN", max_length=11, blank=True, validators=[validate_siren], help_text="9 chiffres.")
    rna = models.CharField(
        "numéro RNA",
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^W[0-9]{9}$", "Vérifiez ce numéro : le RNA commence par W, suivi de 9 chiffres.")],
        help_text="Du répertoire national des associations : W et 9 chiffres.",
    )
    vat_number = models.CharField(
        "numéro de TVA",
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^FR[0-9A-Z]{2}[0-9]{9}$", "Vérifiez ce numéro : FR, 2 caractères, puis les 9 chiffres du SIREN.")],
        help_text="Dû si l’association vend des services.",
    )
    publication_director = models.CharField(
        "directrice ou directeur de la publication", max_length=120, blank=True, help_text="En principe, la présidente ou le président."
    )
    host = models.TextField(
        "hébergeur du site",
        blank=True,
        help_text="Son nom, son adresse et son téléphone, un par ligne : la loi demande les trois. La personne qui a mis le site en ligne les connaît.",
    )
    made_by = models.CharField("conception et réalisation du site", max_length=200, blank=True)
    photo_credits = models.CharField("crédits des photos", max_length=250, blank=True)

    # Personal data (GDPR, article 13)
    data_contact = models.CharField(
        "contact pour les données personnelles", max_length=200, blank=True, help_text="Une phrase, si ce n’est pas le formulaire."
    )
    data_officer = models.CharField(
        "personne déléguée à la protection des données",
        max_length=200,
        blank=True,
        help_text="Seulement si l’association en a désigné une : un e-mail ou un téléphone pour la joindre.",
    )
    hosting_country = models.CharField(
        "pays d’hébergement", max_length=60, blank=True, help_text="Seulement le pays, par exemple : France."
    )
    hosted_outside_europe = models.BooleanField(
        "hébergé hors de l’Union européenne et de l’EEE",
        default=False,
        help_text="L’EEE : l’Union, l’Islande, le Liechtenstein et la Norvège. L’hébergeur sait où sont les données.",
    )
    transfer_safeguards = models.TextField(
        "garanties hors d’Europe",
        blank=True,
        help_text="Seulement si le site est hébergé hors d’Europe : ce qui y protège les données (décision de la Commission européenne, "
        "clauses types…), et comment en avoir une copie. L’hébergeur le sait.",
    )

    # Accessibility statement (RGAA 4.1.2, its model)
    audit_rate = models.DecimalField(
        "part des critères respectés, en %",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100, "100 % au plus.")],
        help_text="Le résultat de l’audit. L’état du site en vient : sans audit ou sous 50 %, non conforme ; à 100 %, totalement conforme.",
    )
    audited_by = models.CharField("audit fait par", max_length=120, blank=True)
    not_accessible = models.TextField("contenus non accessibles", blank=True, help_text="Ceux que l’audit a trouvés, un par ligne.")
    exempted = models.TextField(
        "dérogations",
        blank=True,
        help_text="Les contenus que l’association ne peut pas rendre accessibles, et pourquoi : la charge serait trop lourde.",
    )
    out_of_scope = models.TextField(
        "contenus hors de l’obligation", blank=True, help_text="Par exemple : des documents d’un autre organisme, de vieux fichiers."
    )
    accessibility_plan = models.TextField(
        "plan sur plusieurs années", blank=True, help_text="Ce qui est prévu pour rendre le site plus accessible, ou l’adresse du document."
    )
    statement_date = models.DateField("date de la déclaration", null=True, blank=True)
    test_tools = models.CharField("outils et lecteurs d’écran des tests", max_length=250, blank=True)
    pages_tested = models.TextField("pages vérifiées", blank=True)
    article_47 = models.BooleanField(
        "écrire l’engagement de l’article 47",
        default=False,
        help_text="La loi de 2005 oblige une association si un service public lui est confié, ou si elle a été créée pour l’intérêt général "
        "et que l’État ou des collectivités la financent pour plus de la moitié, la contrôlent ou nomment plus de la moitié de ses dirigeants.",
    )

    # Staff are told what is missing: first what visitors look for and the law demands of each site, then the rest.
    BEFORE_OPENING = {
        "phone": "aucun numéro n’est affiché en haut des pages ; la loi en demande un.",
        "email": "aucune adresse e-mail n’est affichée en bas des pages ; la loi en demande une.",
        "address": "les visiteurs ne savent pas où venir ; la loi demande celle du siège.",
        "opening_hours": "les visiteurs ne savent pas quand venir ou appeler.",
        "publication_director": "ce nom manque aux mentions légales.",
        "host": "son nom, son adresse et son téléphone manquent aux mentions légales.",
    }
    TO_COMPLETE = {
        "siren": "il manque aux mentions légales.",
        "vat_number": "il manque aux mentions légales.",
        "hosting_country": "la page « Données personnelles » n’en dit rien.",
        "statement_date": "la déclaration d’accessibilité n’a pas de date.",
    }

    # Beside these, the form has those of the opening and of the notice (`pages/admin/organisation.py`).
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
                "not_accessible",
                "exempted",
                "out_of_scope",
                "statement_date",
                "test_tools",
                "pages_tested",
                "accessibility_plan",
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
        if number := parse_phone(self.phone):
            self.phone = format_phone(number)
        self.siren = re.sub(r"\s*([0-9]{3})\s*([0-9]{3})\s*([0-9]{3})\s*", r"\1 \2 \3", self.siren)
        self._check_accessibility()
        if self.notice and not self.notice_until:
            raise ValidationError({"notice_until": "Écrivez le dernier jour de l’annonce : elle s’enlèvera toute seule."})
        if self.notice_from and self.notice_until and self.notice_until < self.notice_from:
            raise ValidationError({"notice_until": "Le dernier jour vient avant le premier : vérifiez les deux dates."})

    def _check_accessibility(self) -> None:
        """Refuses an audit without its author, and a rate that contradicts the list of what is not accessible."""
        if self.audit_rate is None:
            return
        if not self.audited_by:
            raise ValidationError(
                {"audited_by": "Écrivez qui a fait l’audit. Sans audit, videz le résultat : le site est « non conforme »."}
            )
        if (self.audit_rate < 100) is not bool(self.not_accessible):
            words = (
                "L’audit a trouvé des défauts : écrivez ici les contenus non accessibles."
                if self.audit_rate < 100
                else "À 100 %, tout est accessible : videz cette liste, ou corrigez le résultat."
            )
            raise ValidationError({"not_accessible": words})

    @property
    def accessibility(self) -> str:
        """The state of conformity, which the audit decides: totally at 100 % of the criteria, partly from 50 % on (RGAA 4.1.2)."""
        if self.audit_rate is None or self.audit_rate < 50:
            return "non conforme"
        return "totalement conforme" if self.audit_rate == 100 else "partiellement conforme"

    @cached_property
    def has_recipient(self) -> bool:
        """Whether somebody is told of messages. `get()` reads it with the organisation."""
        return self.recipients.exists()

    def get_missing_to_open(self) -> list[str]:
        """Returns what is missing before search engines may show the site: the law demands it (LCEN, articles 1-1 and 19), or visitors do."""
        needed = {
            "un téléphone ou une adresse e-mail": self.phone or self.email,
            "la directrice ou le directeur de la publication": self.publication_director,
            "l’hébergeur": self.host,
            "une personne qui reçoit les messages": self.has_recipient,
        }
        return [name for name, value in needed.items() if not value]

    @property
    def is_ready(self) -> bool:
        return not self.get_missing_to_open()

    def get_missing(self) -> dict[str, str]:
        """Returns the fields that staff are asked for, with the effect on visitors while they are empty."""
        missing = {name: effect for name, effect in self.TO_COMPLETE.items() if not getattr(self, name)}
        if self.host and len(self.host.split("\n")) < 3:  # some hosts have a number of four digits only
            missing["host"] = "la loi demande son nom, son adresse et son téléphone, un par ligne."
        if self.hosted_outside_europe and not self.transfer_safeguards:
            missing["transfer_safeguards"] = (
                "le site est hébergé hors d’Europe : écrivez ce qui y protège les données. L’hébergeur le sait."
            )
        if self.article_47 and not self.accessibility_plan:
            missing["accessibility_plan"] = "l’article 47 demande de publier ce plan."
        if self.audit_rate is not None:
            missing |= {
                name: "la déclaration d’accessibilité doit le dire." for name in ("test_tools", "pages_tested") if not getattr(self, name)
            }
        return missing

    @classmethod
    def get(cls) -> "Organisation":
        """Returns the one organisation, or an empty unsaved one."""
        # Of several recipients this makes the same row several times; `first()` reads one.
        return cls.objects.annotate(has_recipient=models.Q(recipients__isnull=False)).first() or cls()

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
    def links(self) -> list["SocialLink"]:
        return list(self.social_links.all())

    @property
    def contact_ways(self) -> list[ContactWay]:
        """The ways to reach the association that are known, in the order in which pages show them."""
        ways = [
            ContactWay("phone", "Téléphone", self.phone_uri and self.phone, self.phone_uri),
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

    class Meta(Orderable.Meta):
        verbose_name = "réseau social"

    def __str__(self) -> str:
        return self.name
