"""What the law wants an association to say of itself on its site."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from ..text.validators import validate_siren


class LegalFacts(models.Model):
    """Fields of the organisation for the legal notice, the page about personal data and the accessibility statement."""

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

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuses an audit without its author, and a rate that contradicts the list of what is not accessible."""
        super().clean()
        self.siren = re.sub(r"\s*([0-9]{3})\s*([0-9]{3})\s*([0-9]{3})\s*", r"\1 \2 \3", self.siren)
        if self.audit_rate is None:
            return
        if not self.audited_by:
            raise ValidationError(
                {"audited_by": "Écrivez qui a fait l’audit. Sans audit, videz le résultat : le site est « non conforme »."}
            )
        if self.audit_rate < 100 and not self.not_accessible:
            raise ValidationError({"not_accessible": "L’audit a trouvé des défauts : écrivez ici les contenus non accessibles."})
        if self.audit_rate == 100 and self.not_accessible:
            raise ValidationError({"not_accessible": "À 100 %, tout est accessible : videz cette liste, ou corrigez le résultat."})

    @property
    def accessibility(self) -> str:
        """The state of conformity, which the audit decides: totally at 100 % of the criteria, partly from 50 % on (RGAA 4.1.2)."""
        if self.audit_rate is None or self.audit_rate < 50:
            return "non conforme"
        return "totalement conforme" if self.audit_rate == 100 else "partiellement conforme"
