"""The parts of « Qui sommes-nous ? »: history, figures, vocation, strengths, mission, network."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.search import index

from ..blocks.prose import PointBlock, ProseBlock
from ..figures.models import MAX_WINDOWS, KeyFigure
from ..media.models import SiteImage
from ..media.renditions import SIZES
from ..page.base import SitePage
from ..page.drawings import DrawnMixin
from ..page.items import TitledItem
from ..page.keys import optional_key
from ..text.search_text import SearchText, prose


class SectionMixin(models.Model):
    """A part of the about page: shown whole there, and as a page of its own by the same section template."""

    subpage_types = []
    max_count = 1  # The about page has one part of each kind.
    shows_siblings = True
    anchor = None  # the part's permanent place in the about page, whatever its address and title become

    class Meta:
        abstract = True

    @property
    def has_content(self) -> bool:
        """True if there is something to show of this part on the about page."""
        return True

    @property
    def facade(self) -> str:
        return self.anchor  # each part has a drawing of its own

    def get_template(self, request: HttpRequest, *args, **kwargs) -> str:
        # The six parts differ by their section template only.
        return "pages/section_page.html"


class HistoryPage(SectionMixin, SitePage):
    review_years = 3
    page_description = "L’histoire de l’association : les étapes, et les constats qui l’ont fait naître."
    anchor = "histoire"

    findings_heading = models.CharField("titre des constats", max_length=120, blank=True)
    findings_introduction = models.TextField("phrase avant les constats", blank=True)

    content_panels = [
        *SitePage.content_panels,
        MultiFieldPanel(
            ["findings_heading", "findings_introduction", InlinePanel("findings", heading="Constats", label="constat")],
            heading="Pourquoi l’association est née",
        ),
        InlinePanel("milestones", heading="Étapes", label="étape", help_text="Dans l’ordre du temps, la plus ancienne d’abord."),
    ]

    search_fields = [
        *SitePage.search_fields,
        SearchText("findings_heading"),
        SearchText("findings_introduction"),
        index.RelatedFields("findings", TitledItem.search_fields),
        index.RelatedFields("milestones", [SearchText("label"), *TitledItem.search_fields]),
    ]

    class Meta:
        verbose_name = "histoire"


class Milestone(TitledItem):
    page = ParentalKey(HistoryPage, on_delete=models.CASCADE, related_name="milestones")
    label = models.CharField("moment", max_length=30, help_text="Écrit en grand : une année, ou « D’abord », « Ensuite »…")
    year = models.PositiveSmallIntegerField("année", null=True, blank=True, help_text="Vide si elle n’est pas connue.")

    garages = models.PositiveSmallIntegerField(
        "garages à dessiner",
        null=True,
        blank=True,
        validators=[MaxValueValidator(MAX_WINDOWS, f"{MAX_WINDOWS} au plus.")],
        help_text="Autant de portes sont dessinées sous le texte. Si vous laissez vide, il n’y a pas de dessin.",
    )

    panels = ["label", "year", *TitledItem.panels, "garages"]


class Finding(TitledItem):
    page = ParentalKey(HistoryPage, on_delete=models.CASCADE, related_name="findings")


class FiguresPage(SectionMixin, SitePage):
    page_description = "Tous les chiffres clés, avec leur histoire. Les chiffres se changent dans le menu « Chiffres clés »."
    anchor = "chiffres"

    search_fields = [*SitePage.search_fields, SearchText("figures_text")]

    class Meta:
        verbose_name = "page des chiffres clés"

    @cached_property
    def figures(self) -> list[KeyFigure]:
        return KeyFigure.get_known()

    @property
    def has_content(self) -> bool:
        return bool(self.figures)

    def figures_text(self) -> list[str]:
        return [f"{figure.label_plural} : {figure.explanation}" for figure in self.figures]


class VocationPage(SectionMixin, SitePage):
    review_years = 3
    page_description = "Ce pour quoi l’association existe, et ce qu’elle ajoute à une entreprise classique."
    anchor = "vocation"

    body = StreamField(ProseBlock(), verbose_name="texte", blank=True)
    missions_heading = models.CharField("titre des missions", max_length=120, blank=True)
    missions_introduction = models.TextField("phrase avant les missions", blank=True)

    content_panels = [
        *SitePage.content_panels,
        "body",
        MultiFieldPanel(
            ["missions_heading", "missions_introduction", InlinePanel("missions", heading="Missions", label="mission")],
            heading="Missions ajoutées",
        ),
    ]

    search_fields = [
        *SitePage.search_fields,
        *prose("body"),
        SearchText("missions_heading"),
        SearchText("missions_introduction"),
        index.RelatedFields("missions", TitledItem.search_fields),
    ]

    class Meta:
        verbose_name = "vocation"


class AddedMission(TitledItem):
    page = ParentalKey(VocationPage, on_delete=models.CASCADE, related_name="missions")


class StrengthsPage(SectionMixin, SitePage):
    page_description = "Les forces de l’association, numérotées dans leur ordre. L’accueil les reprend en court."
    anchor = "forces"

    content_panels = [*SitePage.content_panels, InlinePanel("strengths", heading="Forces", label="force")]

    search_fields = [
        *SitePage.search_fields,
        index.RelatedFields(
            "strengths", [*TitledItem.search_fields, *map(SearchText, ("details_heading", "details", "short_title", "short_text"))]
        ),
    ]

    class Meta:
        verbose_name = "forces"


class Strength(TitledItem, DrawnMixin):
    page = ParentalKey(StrengthsPage, on_delete=models.CASCADE, related_name="strengths")
    short_title = models.CharField("titre sur l’accueil", max_length=80, blank=True, help_text="Si vous laissez vide, le titre sert.")
    short_text = models.CharField("phrase sur l’accueil", max_length=160, blank=True)
    details_heading = models.CharField("titre des détails", max_length=120, blank=True)
    details = StreamField([("point", PointBlock())], verbose_name="détails", blank=True)

    panels = [*TitledItem.panels, "details_heading", "details", "drawing", "short_title", "short_text"]


class MissionPage(SectionMixin, SitePage):
    review_years = 3
    page_description = "La mission de l’association, en quelques idées."
    anchor = "mission"

    content_panels = [*SitePage.content_panels, InlinePanel("statements", heading="Idées", label="idée")]

    search_fields = [*SitePage.search_fields, index.RelatedFields("statements", TitledItem.search_fields)]

    class Meta:
        verbose_name = "mission"


class Statement(TitledItem):
    page = ParentalKey(MissionPage, on_delete=models.CASCADE, related_name="statements")


class NetworkPage(SectionMixin, SitePage):
    page_description = "Le réseau national de l’association, sa charte, et le lien vers son site."
    anchor = "reseau"

    text = RichTextField("texte", blank=True)
    charter_heading = models.CharField("titre de la charte", max_length=120, blank=True)
    charter_introduction = models.TextField("phrase avant les thèmes", blank=True)
    link_introduction = models.CharField("phrase avant le lien", max_length=160, blank=True)
    link_label = models.CharField("mots du lien", max_length=120, blank=True, help_text="Ils disent où mène le lien.")
    link_url = models.URLField("adresse du lien", blank=True, help_text="Les deux sont nécessaires : les mots et l’adresse.")

    content_panels = [
        *SitePage.content_panels,
        "text",
        MultiFieldPanel(
            ["charter_heading", "charter_introduction", InlinePanel("themes", heading="Thèmes de la charte", label="thème")],
            heading="La charte",
        ),
        MultiFieldPanel(["link_introduction", "link_label", "link_url"], heading="Lien vers le réseau"),
        InlinePanel("partners", heading="Partenaires", label="partenaire", help_text="Un partenaire retiré sort des pages qu’il finance."),
    ]

    search_fields = [
        *SitePage.search_fields,
        *prose("text"),
        *map(SearchText, ("charter_heading", "charter_introduction", "link_introduction", "link_label")),
        index.RelatedFields("themes", TitledItem.search_fields),
        index.RelatedFields("partners", [SearchText("name"), SearchText("mention")]),
    ]

    class Meta:
        verbose_name = "réseau"

    @cached_property
    def partners_with_logos(self) -> list[Partner]:
        return Partner.with_logos(self.partners.all())

    def with_content_json(self, content: dict) -> NetworkPage:
        """Keeps the primary keys of partners, to which pages refer: in a revision, those that were new with it have none."""
        page = super().with_content_json(content)
        kept = [partner.pk for partner in page.partners.all()]
        keys = dict(Partner.objects.filter(page=self.pk).exclude(pk__in=kept).values_list("name", "pk"))
        for partner in page.partners.all():
            partner.pk = partner.pk or keys.pop(partner.name, None)
        return page


class CharterTheme(TitledItem):
    page = ParentalKey(NetworkPage, on_delete=models.CASCADE, related_name="themes")


class Partner(Orderable):
    page = ParentalKey(NetworkPage, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField("nom", max_length=120)
    url = models.URLField("site", blank=True)
    logo = optional_key(settings.WAGTAILIMAGES_IMAGE_MODEL, "logo du partenaire")
    mention = models.CharField(
        "phrase demandée", max_length=300, blank=True, help_text="Votre convention dit la phrase exacte : recopiez-la."
    )
    is_european_union = models.BooleanField(
        "Union européenne",
        default=False,
        db_default=False,
        help_text="Les pages qu’il finance montrent alors son emblème et « Cofinancé par l’Union européenne ».",
    )

    class Meta(Orderable.Meta):
        verbose_name = "partenaire"

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def with_logos(partners: Iterable[Partner]) -> list[Partner]:
        """Returns the partners, each with the `shown_logo` that visitors may see."""
        partners = list(partners)
        logos = SiteImage.objects.prefetch_renditions(*SIZES["logo"]).in_bulk({partner.logo_id for partner in partners} - {None})
        for partner in partners:
            logo = logos.get(partner.logo_id)
            partner.shown_logo = logo if logo and not logo.is_private else None
        return partners
