"""The offers of work."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import chain

from django import forms
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import floatformat
from django.template.response import TemplateResponse
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.log_actions import log

from ..blocks.prose import ProseBlock
from ..districts.models import InDistrictsMixin
from ..organisation.models import Organisation
from ..organisation.recipients import Recipient, Subject
from ..page.addresses import get_view_url
from ..page.base import SitePage
from ..page.drawings import DrawnMixin
from ..page.poster import PosterMixin
from ..text.dates import format_day
from ..text.search_text import SearchText, prose
from .linked_data import describe_offer

PLATFORM = "https://emplois.inclusion.beta.gouv.fr"
POSTS = f"{PLATFORM}/company/job_description/"  # what the address of a post there begins with
MAX_HOURLY_WAGE = 100  # euros; more is by the month, less by the hour
DAYS_OPEN = 60  # An offer without a last day stays for so long.
WARNING_DAYS = (14, 3)  # Staff get a mail so many days before the offer leaves the site.


class JobOfferPage(PosterMixin, InDistrictsMixin, SitePage, DrawnMixin):
    """An offer. From the midnight after its last day, in Belfort, it is in no list and answers 410 (RFC 9110, 15.5.11: gone).

    Without a last day it stays for DAYS_OPEN days after staff published or confirmed it last; they are asked before.
    One that staff end early is in no list at once, and its address says why; it answers 410 from the next day on, as a click may be a mistake.
    """

    page_description = "Une offre d’emploi. Elle s’enlève toute seule après son dernier jour. Elle a son affiche, à imprimer."
    subpage_types = []
    review_years = None  # It leaves the site by itself.
    shares_titles = is_entry = True
    closes_when_over = True
    unversioned_fields = ("confirmed_on", "warnings", "outcome", "ended_on", "tells_nobody_else")
    exclude_fields_in_copy = list(unversioned_fields)
    facade = "travail"
    poster_template = "components/poster_offer.html"
    poster_mark = "Offre d’emploi"
    duplicate_question = "Quel est le dernier jour pour répondre ?"

    class Contract(models.TextChoices):
        INSERTION = "cddi", "CDD d’insertion (contrat à durée déterminée d’insertion)"
        FIXED_TERM = "cdd", "CDD (contrat à durée déterminée)"
        PERMANENT = "cdi", "CDI (contrat à durée indéterminée)"
        APPRENTICE = "alternance", "Contrat en alternance"
        OTHER = "autre", "Autre contrat"

    class Outcome(models.TextChoices):
        FILLED = "pourvue", "Ce poste est pourvu."
        CANCELLED = "annulee", "La Régie ne recherche plus pour ce poste."

    class WageUnit(models.TextChoices):
        HOUR = "HOUR", "heure"
        MONTH = "MONTH", "mois"

    contract = models.CharField("contrat", max_length=10, choices=Contract)
    hours = models.DecimalField(
        "heures par semaine",
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(48, "Une semaine de travail a 48 heures au plus.")],
    )
    at_minimum_wage = models.BooleanField("payé au SMIC", default=False, help_text="Le salaire minimum. Cochez, ou écrivez des montants.")
    wage_from = models.DecimalField(
        "salaire brut, en euros", max_digits=7, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(1)]
    )
    wage_to = models.DecimalField(
        "jusqu’à",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Si le montant n’est pas fixe.",
    )
    wage_unit = models.CharField("par", max_length=5, choices=WageUnit, default=WageUnit.HOUR, blank=True)
    length = models.CharField("durée", max_length=80, blank=True, help_text="Par exemple : 4 mois, renouvelable.")
    posts = models.PositiveSmallIntegerField("nombre de postes", null=True, blank=True, validators=[MinValueValidator(1, "1 au moins.")])
    sent_by = models.CharField(
        "passer d’abord par",
        max_length=160,
        blank=True,
        help_text="Qui envoie les personnes à la Régie, avec son téléphone. Par exemple : France Travail, ou la Mission locale.",
    )
    platform_url = models.URLField(
        "adresse sur Les emplois de l’inclusion",
        blank=True,
        validators=[RegexValidator(rf"^{re.escape(POSTS)}\d+/", "Collez l’adresse de l’annonce, telle qu’elle est sur ce site.")],
        help_text="La même annonce est sur ce site de l’État ? Collez son adresse. "
        "On peut alors y répondre aussi, et l’annonce n’est montrée qu’une fois.",
    )
    place = models.CharField("lieu de travail", max_length=120, blank=True)
    start = models.CharField("début", max_length=80, blank=True, help_text="Par exemple : dès que possible, le 1er mars 2027.")
    last_day = models.DateField(
        "dernier jour pour répondre",
        null=True,
        blank=True,
        help_text="Ce jour compris. Ensuite, l’offre s’enlève toute seule des listes et son adresse dit qu’elle est close. "
        f"Si vous laissez vide, l’offre n’a pas de date limite. Le site vous demande alors tous les {DAYS_OPEN} jours si elle est encore ouverte.",
    )
    confirmed_on = models.DateField(null=True, editable=False)  # the day when staff confirmed it last
    warnings = models.PositiveSmallIntegerField(default=0, editable=False)  # the number of mails since then
    tells_nobody_else = models.BooleanField(default=False, editable=False)  # True once staff have ended the list of whom to tell
    outcome = models.CharField(max_length=10, choices=Outcome, default="", db_default="", editable=False)  # why it was ended early
    ended_on = models.DateField(null=True, editable=False)
    body = StreamField(ProseBlock(), verbose_name="le travail", blank=True)
    audience = RichTextField("qui peut répondre", blank=True)
    application = RichTextField("comment répondre", blank=True, help_text="Si vous laissez vide, le formulaire de contact est proposé.")

    content_panels = [
        TitleFieldPanel("title", help_text="Au féminin et au masculin, ou avec (F/H)."),
        *SitePage.content_panels[1:],
        MultiFieldPanel(
            [
                "last_day",
                "contract",
                FieldRowPanel(["hours", "at_minimum_wage"]),
                FieldRowPanel(["wage_from", "wage_to", "wage_unit"]),
                FieldRowPanel(["start", "length"]),
                FieldRowPanel(["posts", "place"]),
                "sent_by",
                "platform_url",
                FieldPanel("districts", widget=forms.CheckboxSelectMultiple),
            ],
            heading="L’essentiel",
        ),
        *("body", "audience", "application"),
        SitePage.funders_panel,
        FieldPanel("drawing", help_text="Au pied de l’affiche. Si vous laissez vide, c’est une personne qui salue."),
    ]

    search_fields = [
        *SitePage.search_fields,
        *prose("body"),
        *map(SearchText, ("place", "start", "length", "sent_by", "audience", "application", "kind_text")),
        *InDistrictsMixin.district_search_fields,
    ]

    class Meta:
        verbose_name = "offre d’emploi"
        verbose_name_plural = "offres d’emploi"

    def clean(self) -> None:
        """Refuses amounts that do not fit, and a new last day that has passed already, but for an offer that was published: it ends it."""
        super().clean()
        self.wage_unit = self.wage_unit or self.WageUnit.HOUR
        stored = JobOfferPage.objects.filter(pk=self.pk).values_list("last_day", flat=True).first()
        is_new = self.last_day and self.last_day != stored and not self.first_published_at
        errors = {}
        if self.at_minimum_wage and (self.wage_from or self.wage_to):
            errors["wage_from"] = "Videz les montants, ou décochez « payé au SMIC »."
        elif self.wage_to and not self.wage_from:
            errors["wage_from"] = "Écrivez le montant le plus bas."
        elif self.wage_to and self.wage_to < self.wage_from:
            errors["wage_to"] = "Écrivez un montant plus grand que le premier."
        elif self.wage_from and (self.wage_from > MAX_HOURLY_WAGE) is (self.wage_unit == self.WageUnit.HOUR):
            errors["wage_unit"] = f"Vérifiez : {self.wage} ?"
        if is_new and self.last_day < timezone.localdate():
            errors["last_day"] = f"Le {self.last_day:%d/%m/%Y} est déjà passé : l’offre ne serait pas montrée."
        if errors:
            raise ValidationError(errors)

    def get_duplicate_changes(self, day: date) -> dict:
        return {"last_day": day}

    def get_linked_data(self, organisation: Organisation) -> dict:
        return describe_offer(self, organisation)

    def get_words_in_form(self) -> str:
        return f"Cette offre est close. {self.get_outcome_display()} Pour la rouvrir : « … », puis « Rouvrir »." if self.ended_on else ""

    def get_admin_display_title(self) -> str:
        if "last_day" in self.get_deferred_fields():  # see `EventPage`
            return super().get_admin_display_title()
        until = f"jusqu’au {format_day(self.last_day, 'j F Y')}" if self.last_day else "sans date limite"
        return f"{super().get_admin_display_title()} ({'close' if self.is_over else until})"

    @property
    def poster_texts(self) -> list[str]:
        facts = [self.length, self.wage, self.place, self.start, self.posts, self.hours]
        return [self.sent_by, self.introduction, *(str(fact).ljust(28) for fact in facts if fact)]  # a line each, however short

    @property
    def wage(self) -> str:
        """The pay in words; empty if staff have not said it."""
        if self.at_minimum_wage:
            return "au SMIC"
        amounts = [floatformat(amount, "-2g") for amount in (self.wage_from, self.wage_to) if amount]
        words = f"de {' à '.join(amounts)}" if len(amounts) > 1 else "".join(amounts)
        return words and f"{words} € brut {'de l’heure' if self.wage_unit == self.WageUnit.HOUR else 'par mois'}"

    @property
    def contract_words(self) -> list[str]:
        """The usual name of the contract, and the long form of an abbreviation in it."""
        return self.get_contract_display().rstrip(")").split(" (")

    @property
    def fact_lists(self) -> list[list[str]]:
        """Contract and hours; pay, length and posts; place: those that there are."""
        hours = f"{self.hours.normalize():f} h par semaine".replace(".", ",") if self.hours else ""
        posts = f"{self.posts} postes" if self.posts and self.posts > 1 else ""
        lists = [[self.contract_words[0], hours], [self.wage, self.length, posts], [self.place]]
        return [list(filter(None, facts)) for facts in lists if any(facts)]

    @property
    def facts(self) -> str:
        return " · ".join(chain(*self.fact_lists))

    def kind_text(self) -> str:
        return f"Offre d’emploi, {self.get_contract_display()}" + (f", salaire : {self.wage}" if self.wage else "")

    def get_over_from(self) -> date | None:
        if self.ended_on:
            return self.ended_on
        return self.last_day + timedelta(days=1) if self.last_day else self.get_confirmed_from() + timedelta(days=DAYS_OPEN)

    def get_confirmed_from(self) -> date:
        """Returns the day when staff published or confirmed the offer last; today for one that was never published."""
        published = self.last_published_at and timezone.localdate(self.last_published_at)
        return max(filter(None, [self.confirmed_on, published]), default=timezone.localdate())

    @property
    def closed_on(self) -> date:
        """The last day on which it is open, as far as is known today."""
        return self.get_over_from() - timedelta(days=1)

    def confirm(self) -> None:
        """Confirms that the offer without a last day is still open: it stays for DAYS_OPEN days from today on."""
        self.confirmed_on = timezone.localdate()
        JobOfferPage.objects.filter(pk=self.pk).update(confirmed_on=self.confirmed_on, warnings=0, over_from=self.get_over_from())

    def end(self, outcome: str, on: date | None) -> None:
        """Ends a published offer early, or opens it again if `outcome` is empty; without a last day it then stays for DAYS_OPEN days."""
        self.outcome, self.ended_on, self.confirmed_on = outcome, on, self.confirmed_on if outcome else timezone.localdate()
        fields = {name: getattr(self, name) for name in ("outcome", "ended_on", "confirmed_on")}
        JobOfferPage.objects.filter(pk=self.pk).update(**fields, over_from=self.get_over_from())
        log(instance=self, action="wagtail.edit")

    @classmethod
    @transaction.atomic
    def warn(cls) -> None:
        """Queues mails to staff for offers without a last day that leave in a number of WARNING_DAYS, once for each number."""
        if not (recipients := Recipient.get_emails(Subject.JOB)):
            return
        for offer in cls.objects.public().filter(last_day=None).select_for_update():
            left = (offer.over_from - timezone.localdate()).days
            due = sum(left <= days for days in WARNING_DAYS)
            if offer.warnings != due:
                cls.objects.filter(pk=offer.pk).update(warnings=due)
            if offer.warnings < due:  # more were sent than are due if it was published again since
                link = get_view_url("confirm_page", offer.pk)
                body = (
                    f"L’offre « {offer.title} » n’a pas de date limite. Est-elle encore ouverte ?\n\nOui, la garder : {link}\n\n"
                    f"Sinon, ne faites rien : elle quitte le site le {format_day(offer.over_from, 'j F Y')}.\n"
                )
                send_mail(f"Offre à confirmer : {offer.title}", body, None, recipients)

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.is_closed:
            return super().serve(request, *args, **kwargs)
        context = self.get_context(request) | {"offers": self.get_parent().specific.offers}
        status = 200 if self.ended_on == timezone.localdate() else 410
        return TemplateResponse(request, "pages/job_offer_closed.html", context, status=status)
