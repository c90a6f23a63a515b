"""What is true on every page: the organisation, its quartiers and its key figures."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable, PreviewableMixin, RevisionMixin

from ..typography import free_slug, slug_of

FIRST_YEAR = 1900
LARGEST = 999_999_999  # fits both databases
MOST_WINDOWS = 60  # that can still be counted in a drawing


def parse_phone(value):
    """The phone number in `value`, read as French unless it begins with + (ITU E.164); None if it is no valid number."""
    if not re.fullmatch(r"[\d\s.()+-]+", value):
        return None
    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def find_phone(value):
    """The first phone number in `value`, whatever else a visitor writes beside it; None if there is none."""
    found = next(iter(phonenumbers.PhoneNumberMatcher(value.replace("/", " "), "FR")), None)
    return found and found.number


def format_phone(number):
    """A parsed `number` as it is written in France, or with its country; an empty text for None."""
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if number.country_code == 33 else style.INTERNATIONAL) if number else ""


def phone_link(number):
    """A parsed `number` as a link for telephones (RFC 3966); an empty text for None."""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966) if number else ""


def validate_siren(value):
    """Refuses what is not nine digits whose last one checks the others (Luhn, as INSEE gives it)."""
    digits = re.sub(r"\s", "", value)
    doubled = [int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(digits))] if re.fullmatch(r"[0-9]{9}", digits) else [1]
    if sum(number - 9 * (number > 9) for number in doubled) % 10:
        raise ValidationError("Vérifiez ce numéro : le SIREN a 9 chiffres.")


def validate_phone(value):
    if not parse_phone(value):
        raise ValidationError("Vérifiez ce numéro : écrivez 10 chiffres, ou commencez par + et l’indicatif du pays.")


def validate_year(value):
    """Refuses a year before 1900 or after the current one in Belfort."""
    this_year = timezone.localdate().year
    if not FIRST_YEAR <= value <= this_year:
        raise ValidationError(f"Écrivez une année entre {FIRST_YEAR} et {this_year}.")


class SluggedMixin(models.Model):
    """A thing with a name for addresses and machines, made once of its own first name, that stays when that one changes."""

    TAKEN = frozenset()  # names that mean something else
    slug = models.SlugField(unique=True, editable=False, max_length=80)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.pk and not self.slug:  # as in a revision from before slugs
            self.slug = type(self).objects.filter(pk=self.pk).values_list("slug", flat=True).first() or ""
        if not self.slug:
            self.slug = free_slug(slug_of(str(self))[:70] or "nom", type(self).objects.exclude(pk=self.pk), self.TAKEN)
        super().save(*args, **kwargs)


class Organisation(RevisionMixin, ClusterableModel):
    """The association itself: one row, read by header, footer and every page. What is empty is not shown."""

    name = models.CharField("nom", max_length=120, help_text="Le nom complet, dans l’en-tête et le pied de chaque page.")
    short_name = models.CharField(
        "nom court", max_length=60, blank=True, help_text="Par exemple : la Régie. Pour les moteurs de recherche."
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
        help_text="En haut de chaque page, à toucher pour appeler. Vide : aucun numéro n’est affiché.",
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
    network_name = models.CharField("réseau national", max_length=120, blank=True, help_text="En bas de page, après « Membre du ».")
    network_url = models.URLField("site du réseau national", blank=True)
    notice = models.CharField(
        "annonce", max_length=160, blank=True, help_text="Une phrase en haut de chaque page, par exemple : « Fermé du 1er au 15 août. »"
    )
    notice_from = models.DateField("annonce affichée à partir du", null=True, blank=True, help_text="Vide : tout de suite.")
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
        help_text="Dû si l’association vend des services. Sans espaces.",
    )
    publication_director = models.CharField(
        "directrice ou directeur de la publication", max_length=120, blank=True, help_text="En principe, la présidente ou le président."
    )
    host_name = models.CharField("hébergeur du site", max_length=120, blank=True)
    host_address = models.CharField("adresse de l’hébergeur", max_length=200, blank=True)
    host_phone = models.CharField("téléphone de l’hébergeur", max_length=30, blank=True, validators=[validate_phone])
    made_by = models.CharField("conception et réalisation du site", max_length=200, blank=True)
    photo_credits = models.CharField("crédits des photos", max_length=250, blank=True)

    # Personal data (GDPR, article 13)
    data_contact = models.CharField(
        "contact pour les données personnelles", max_length=200, blank=True, help_text="Une phrase, si ce n’est pas le formulaire."
    )
    data_officer = models.CharField("personne déléguée à la protection des données", max_length=200, blank=True)
    backups_kept = models.CharField("durée des copies de sauvegarde", max_length=60, blank=True, help_text="Par exemple : 30 jours.")
    logs_kept = models.CharField("durée des journaux techniques", max_length=60, blank=True, help_text="Par exemple : 30 jours.")
    hosting_country = models.CharField("pays d’hébergement", max_length=60, blank=True)

    # Accessibility statement (RGAA 4.1.2, its model)
    class Conformity(models.TextChoices):
        NONE = "none", "non conforme"
        PARTIAL = "partial", "partiellement conforme"
        FULL = "full", "totalement conforme"

    accessibility = models.CharField(
        "état du site", max_length=7, choices=Conformity, default=Conformity.NONE, help_text="Sans audit : non conforme."
    )
    audit_rate = models.DecimalField(
        "part des critères respectés, en %",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100, "100 % au plus.")],
    )
    audited_by = models.CharField("audit fait par", max_length=120, blank=True)
    not_accessible = models.TextField("contenus non accessibles", blank=True, help_text="Ceux que l’audit a trouvés, un par ligne.")
    statement_date = models.DateField("date de la déclaration", null=True, blank=True)
    test_tools = models.CharField("outils et lecteurs d’écran des tests", max_length=250, blank=True)
    pages_tested = models.TextField("pages vérifiées", blank=True)
    article_47 = models.BooleanField(
        "écrire l’engagement de l’article 47",
        default=False,
        help_text="La loi de 2005 n’oblige une association que dans certains cas : à décider par l’association.",
    )

    # What is looked for first, or owed by law; staff are told while it is empty.
    WANTED = {
        "phone": "aucun numéro n’est affiché en haut des pages.",
        "email": "aucune adresse e-mail n’est affichée en bas des pages ; la loi en demande une.",
        "address": "les visiteurs ne savent pas où venir.",
        "opening_hours": "les visiteurs ne savent pas quand venir ou appeler.",
        "siren": "il manque aux mentions légales.",
        "vat_number": "il manque aux mentions légales.",
        "publication_director": "ce nom manque aux mentions légales.",
        "host_name": "ce nom manque aux mentions légales.",
        "host_address": "elle manque aux mentions légales.",
        "host_phone": "il manque aux mentions légales.",
        "backups_kept": "la page « Données personnelles » n’en dit rien.",
        "logs_kept": "la page « Données personnelles » n’en dit rien.",
        "hosting_country": "la page « Données personnelles » n’en dit rien.",
        "statement_date": "la déclaration d’accessibilité n’a pas de date.",
    }

    class Meta:
        verbose_name = "organisation"
        verbose_name_plural = "organisation"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_organisation")]

    def __str__(self):
        return self.name or "L’organisation"

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        for name in ("phone", "host_phone"):
            if number := parse_phone(getattr(self, name)):
                setattr(self, name, format_phone(number))
        self.siren = re.sub(r"\s*([0-9]{3})\s*([0-9]{3})\s*([0-9]{3})\s*", r"\1 \2 \3", self.siren)
        self._check_accessibility()
        if self.notice and not self.notice_until:
            raise ValidationError({"notice_until": "Écrivez le dernier jour de l’annonce : elle s’enlèvera toute seule."})
        if self.notice_from and self.notice_until and self.notice_until < self.notice_from:
            raise ValidationError({"notice_until": "Le dernier jour vient avant le premier : vérifiez les deux dates."})

    def _check_accessibility(self):
        """Refuses a state that no audit bears out: totally at 100 % of the criteria, partly from 50 % on (RGAA 4.1.2)."""
        least = {self.Conformity.FULL: 100, self.Conformity.PARTIAL: 50}.get(self.accessibility, 0)
        if least and (self.audit_rate is None or not self.audited_by):
            raise ValidationError(
                {"accessibility": "Sans audit, le site est « non conforme ». Écrivez qui a fait l’audit, et son résultat."}
            )
        if least and self.audit_rate < least:
            raise ValidationError({"accessibility": f"Cet état demande {least} % des critères au moins."})

    @classmethod
    def get(cls):
        """The one organisation, or an empty unsaved one."""
        return cls.objects.first() or cls()

    @cached_property
    def phone_uri(self):
        return phone_link(parse_phone(self.phone))

    @cached_property
    def links(self):
        return list(self.social_links.all())

    @property
    def address_line(self):
        return ", ".join(self.address.splitlines())

    @property
    def current_notice(self):
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

    def __str__(self):
        return self.name


class District(SluggedMixin, RevisionMixin, Orderable):
    """A quartier where the association works."""

    name = models.CharField("nom", max_length=60, unique=True)
    is_seat = models.BooleanField(
        "quartier du siège", default=False, help_text="Un seul quartier peut l’être. C’est écrit sous son nom, sur l’accueil."
    )

    class Meta(Orderable.Meta):
        verbose_name = "quartier"
        verbose_name_plural = "quartiers"
        constraints = [
            models.UniqueConstraint(
                fields=["is_seat"],
                condition=models.Q(is_seat=True),
                name="one_seat",
                violation_error_message="Un autre quartier est déjà celui du siège : décochez-le d’abord.",
            )
        ]

    def names_it(self):
        """The condition that news or an event is of this quartier, or of all of them."""
        return models.Q(districts=self) | models.Q(districts=None)

    def __str__(self):
        return self.name


class GlossaryTerm(SluggedMixin, RevisionMixin, models.Model):
    """A hard word, explained in one sentence; its first use on a page leads to it (`pages/glossary.py`)."""

    TAKEN = {"contenu", "haut", "menu"}  # places that every page has

    term = models.CharField(
        "mot", max_length=80, help_text="Par exemple : bailleur, ou ACI. Il est expliqué sur le site dès que vous enregistrez."
    )
    long_form = models.CharField("en toutes lettres", max_length=120, blank=True, help_text="Pour un sigle.")
    definition = models.CharField("ce que cela veut dire", max_length=250, help_text="Une phrase simple, sans le mot lui-même.")
    other_forms = models.CharField(
        "autres formes", max_length=200, blank=True, help_text="Séparées par des virgules. Les pluriels en s sont trouvés tout seuls."
    )

    class Where(models.TextChoices):
        EVERYWHERE = "everywhere", "Dans toutes les pages"
        LASTING = "lasting", "Sauf dans les actualités et l’agenda"
        GLOSSARY = "glossary", "Seulement dans le glossaire"

    where = models.CharField(
        "expliqué",
        max_length=10,
        choices=Where,
        default=Where.EVERYWHERE,
        help_text="Un mot de tous les jours a parfois un autre sens dans une actualité : « marché de Noël », « la veille de la fête ».",
    )

    class Meta:
        verbose_name = "mot expliqué"
        verbose_name_plural = "mots expliqués"
        ordering = ["slug"]  # that is by the alphabet, accents ignored, on both databases
        constraints = [models.UniqueConstraint(Lower("term"), name="one_explanation", violation_error_message="Ce mot est déjà expliqué.")]

    def __str__(self):
        return self.term

    @property
    def forms(self):
        """All that stands for the word on pages."""
        return [form.strip() for form in (self.term, self.long_form, *self.other_forms.split(",")) if form.strip()]


class KeyFigureQuerySet(models.QuerySet):
    def known(self):
        """The figures that have a number to show today, with their values, in their order: a list."""
        return [figure for figure in self.prefetch_related("values") if figure.number]


class KeyFigure(SluggedMixin, PreviewableMixin, RevisionMixin, Orderable, ClusterableModel):
    """A number that sums the association up: typed once a year, or counted since a year.

    Unknown (no value, no year to count from) is hidden from visitors; it is never shown as 0.
    """

    label_singular = models.CharField("nom au singulier", max_length=80, help_text="Pour un seul. Par exemple : salarié.")
    label_plural = models.CharField("nom au pluriel", max_length=80, help_text="Par exemple : salariés.")
    explanation = models.CharField("explication", max_length=250, blank=True, help_text="Une phrase simple : que compte ce chiffre ?")
    on_home = models.BooleanField("sur la page d’accueil", default=True)
    since_year = models.PositiveSmallIntegerField(
        "compter depuis l’année",
        null=True,
        blank=True,
        validators=[validate_year],
        help_text="Seulement pour un chiffre qui grandit tout seul, comme les années d’expérience : 1990 donne 36 en 2026, 37 en 2027. "
        "Alors, laissez la liste des valeurs vide.",
    )

    objects = KeyFigureQuerySet.as_manager()

    class Meta(Orderable.Meta):
        verbose_name = "chiffre clé"
        verbose_name_plural = "chiffres clés"

    def __str__(self):
        return self.label_plural

    def save(self, *args, **kwargs):
        with transaction.atomic():
            # Values that go or change their year are cleared away first: two that swap their years would meet (one a year).
            kept = {(value.pk, value.year) for value in self.values.all()}
            stored = FigureValue.objects.filter(figure_id=self.pk).values_list("pk", "year")
            FigureValue.objects.filter(pk__in=[pk for pk, year in stored if (pk, year) not in kept]).delete()
            super().save(*args, **kwargs)

    @property
    def history(self):
        """The yearly values, oldest first; empty for a counted figure."""
        return [] if self.since_year else sorted(self.values.all(), key=lambda value: value.year)

    @property
    def number(self):
        """The figure to show today in Belfort, 1 or more; None while unknown."""
        if self.since_year:
            return max(timezone.localdate().year - self.since_year, 0) or None
        return self.history[-1].number if self.history else None

    @property
    def year(self):
        """The year that `number` is of; None for a counted figure, which is always of today."""
        return self.history[-1].year if self.history else None

    @property
    def number_of_windows(self):
        """How many windows stand for this figure: as many as it counts years, if they can be drawn; 0 for other figures."""
        return self.number if self.since_year and self.number and self.number <= MOST_WINDOWS else 0

    @property
    def has_sources(self):
        return any(value.source for value in self.history)

    @property
    def label(self):
        """The label that goes with `number` (French: singular below 2)."""
        return self.label_singular if self.number == 1 else self.label_plural

    def shown(self):
        """What visitors read of this figure, for the list in the admin."""
        if not self.number:
            return "à compléter : caché aux visiteurs"
        return f"{self.number} ({self.year or f'depuis {self.since_year}'})"

    shown.short_description = "Sur le site"

    def get_preview_template(self, request, mode_name):
        return "pages/key_figure_preview.html"

    def get_preview_context(self, request, mode_name):
        return {**super().get_preview_context(request, mode_name), "figures": [self]}


class FigureValue(models.Model):
    figure = ParentalKey(KeyFigure, on_delete=models.CASCADE, related_name="values")
    year = models.PositiveSmallIntegerField("année", validators=[validate_year])
    number = models.PositiveIntegerField(
        "nombre",
        validators=[
            MinValueValidator(
                1, "Écrivez un nombre entier, de 1 ou plus. Vous ne le connaissez pas ? Supprimez la ligne : le chiffre reste caché."
            ),
            MaxValueValidator(LARGEST, "Ce nombre est trop grand : vérifiez-le."),
        ],
    )
    source = models.CharField("source, visible sur le site", max_length=200, blank=True)

    class Meta:
        verbose_name = "valeur d’une année"
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["figure", "year"], name="one_value_a_year")]

    def __str__(self):
        return f"{self.year} : {self.number}"
