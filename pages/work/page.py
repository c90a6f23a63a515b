"""The page for people who look for a job."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.search import index

from ..blocks.prose import ProseBlock, StepBlock
from ..page.base import SitePage
from ..page.drawings import DrawnMixin
from ..page.items import TitledItem
from ..text.phones import dial_uri
from ..text.search_text import SearchText, prose
from ..text.validators import validate_dialled
from .models import POSTS, JobOfferPage


class JobsPage(SitePage):
    page_description = "La page « Travailler » : pour qui, comment demander, et les offres d’emploi, placées dessous."
    subpage_types = ["pages.JobOfferPage", "pages.SimplePage"]
    max_count = 1  # Offers lead back to it.
    shows_languages = True
    show_in_menus_default = True
    unversioned_fields = ("platform_read_on", "platform_contact", "platform_contact_since")
    facade = "travail"

    ways_heading = models.CharField("titre des situations", max_length=80, blank=True)
    ways_text = models.TextField("phrase avant les situations", blank=True)
    body = StreamField(
        ProseBlock(),
        verbose_name="formation, accompagnement…",
        blank=True,
        help_text="En bas de la page. Des blocs « Question et réponse » la gardent courte.",
    )
    application = StreamField(
        [("step", StepBlock())],
        verbose_name="comment poser sa candidature",
        blank=True,
        help_text="Une étape après l’autre : à qui s’adresser, avec quels papiers, ce qui se passe ensuite. Si vous laissez vide, le titre n’est pas montré.",
    )
    situations = RichTextField(
        "pour quelles situations ?",
        blank=True,
        help_text="Les situations de la liste de l’État, avec son adresse et le jour où vous l’avez lue. Le texte se déplie quand on le touche.",
    )
    counsellors = RichTextField(
        "pour les conseillères et les conseillers",
        blank=True,
        help_text="Comment envoyer quelqu’un à la Régie. Le texte se déplie quand on le touche.",
    )
    notifies = models.BooleanField(
        "proposer d’être prévenu", default=False, help_text="Quelqu’un de l’équipe devra envoyer un SMS à chaque personne, à chaque offre."
    )
    shows_platform = models.BooleanField(
        "montrer les postes des Emplois de l’inclusion",
        default=False,
        help_text="Le site lit chaque jour les postes de la Régie sur ce site de l’État. "
        "Il lui faut le SIREN et l’adresse, avec son code postal : dans « L’organisation ».",
    )
    platform_read_on = models.DateField(null=True, editable=False)
    # The telephone numbers and e-mail addresses that the platform gives, and this site does not; since when.
    platform_contact = models.CharField(max_length=200, default="", editable=False)
    platform_contact_since = models.DateField(null=True, editable=False)
    no_offer = models.TextField("phrase quand il n’y a pas d’offre", blank=True)

    content_panels = [
        *SitePage.content_panels,
        MultiFieldPanel(
            [
                "application",
                InlinePanel("prescribers", heading="Qui peut envoyer quelqu’un à la Régie", label="organisme"),
                "situations",
                "counsellors",
            ],
            heading="Comment entrer à la Régie",
        ),
        MultiFieldPanel(
            ["ways_heading", "ways_text", InlinePanel("ways", heading="Situations", label="situation")], heading="Qui peut travailler ici"
        ),
        *("body", "no_offer", "notifies", "shows_platform"),
    ]

    search_fields = [
        *SitePage.search_fields,
        *prose("body", "application"),
        *map(SearchText, ("situations", "counsellors", "ways_heading", "ways_text", "platform_text")),
        index.RelatedFields("ways", TitledItem.search_fields),
        index.RelatedFields("prescribers", [*map(SearchText, ("heading", "audience", "phone", "address", "opening_hours"))]),
    ]

    class Meta:
        verbose_name = "travailler"
        verbose_name_plural = "travailler"

    admin_default_ordering = "-latest_revision_created_at"  # The admin lists offers page by page.

    @cached_property
    def offers(self) -> models.QuerySet[JobOfferPage]:
        """The offers that are open today, the one that ends first at the head, without their texts."""
        offers = JobOfferPage.objects.public().child_of(self).defer("body", "audience", "application")
        return offers.order_by(models.F("last_day").asc(nulls_last=True), "path")

    @cached_property
    def platform_posts(self) -> list[PlatformPost]:
        return list(PlatformPost.get_open()) if self.shows_platform else []

    def platform_text(self) -> list[str]:
        return [post.title for post in self.platform_posts]


class EmploymentWay(TitledItem, DrawnMixin):
    """A situation in which one can work here, written for people who look for a job."""

    page = ParentalKey(JobsPage, on_delete=models.CASCADE, related_name="ways")

    panels = [*TitledItem.panels, "drawing"]


class Prescriber(Orderable):
    """A body that may send people to the association (Code du travail, L5132-3)."""

    page = ParentalKey(JobsPage, on_delete=models.CASCADE, related_name="prescribers")
    title = models.CharField("nom", max_length=80, help_text="Par exemple : France Travail, la Mission locale.")
    audience = models.CharField("pour qui", max_length=120, blank=True, help_text="Par exemple : si vous avez moins de 26 ans.")
    phone = models.CharField(
        "téléphone", max_length=30, blank=True, validators=[validate_dialled], help_text="Dix chiffres, ou un numéro court."
    )
    address = models.CharField("adresse", max_length=160, blank=True)
    opening_hours = models.CharField("horaires", max_length=120, blank=True)

    def __str__(self) -> str:
        return self.title

    @property
    def heading(self) -> str:
        return self.title

    @property
    def phone_uri(self) -> str:
        return dial_uri(self.phone)


class PlatformPost(models.Model):
    """A post of the association on « Les emplois de l’inclusion », as `read_platform` read it last."""

    DAYS, MAX = timedelta(days=3), 5  # It stays for so long while the platform does not answer; the page shows so many.

    number = models.PositiveBigIntegerField(primary_key=True)  # its number there
    title = models.CharField(max_length=200)
    contract, place = models.CharField(max_length=200, blank=True), models.CharField(max_length=200, blank=True)
    posts = models.PositiveIntegerField()
    read_on = models.DateField()

    class Meta:
        ordering = ["title", "number"]

    @classmethod
    def get_open(cls) -> models.QuerySet[PlatformPost]:
        """Returns the posts to show, without those that an open offer is about."""
        address = Concat(models.Value(POSTS), Cast(models.OuterRef("number"), models.CharField()), models.Value("/"))
        twins = JobOfferPage.objects.public().filter(platform_url__startswith=address)
        return cls.objects.filter(~models.Exists(twins), read_on__gt=timezone.localdate() - cls.DAYS)[: cls.MAX]

    @property
    def facts(self) -> str:
        return " · ".join(filter(None, [self.contract, f"{self.posts} postes" if self.posts > 1 else "", self.place]))

    @property
    def address(self) -> str:
        return f"{POSTS}{self.number}/card"
