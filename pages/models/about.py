"""« Qui sommes-nous ? »: one long page and its parts, each of them a page of its own too."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from ..blocks import PointsBlock, ProseBlock
from ..navigation import open_pages
from .base import DrawnMixin, SitePageMixin, TitledItem
from .site import MOST_WINDOWS, KeyFigure


class AboutPage(SitePageMixin, Page):
    page_description = "La page « Qui sommes-nous ? ». Elle montre ses parties l’une après l’autre."
    parent_page_types = ["pages.HomePage"]
    subpage_types = [
        "pages.HistoryPage",
        "pages.FiguresPage",
        "pages.VocationPage",
        "pages.StrengthsPage",
        "pages.MissionPage",
        "pages.NetworkPage",
    ]
    max_count = 1  # the menu, the home page and its parts' addresses know one
    show_in_menus_default = True

    text = RichTextField("texte", blank=True, help_text="Ce qu’est l’association, avant ses parties.")

    content_panels = [*Page.content_panels, *SitePageMixin.introduction_panels, FieldPanel("text")]

    class Meta:
        verbose_name = "Qui sommes-nous ?"

    @cached_property
    def parts(self):
        """The parts that anybody may read, whole, in the order that staff gave them."""
        names = [model._meta.model_name for model in self.allowed_subpage_models()]
        # Joining the parts' own tables gives them in one query, where `specific()` is one more for each.
        children = open_pages().child_of(self).select_related("content_type", *names).order_by("path")
        parts = [getattr(child, child.content_type.model) for child in children]
        return [part for part in parts if part.has_content]


class SectionMixin(SitePageMixin):
    """A part of the about page: shown whole there, and as a page of its own by the same section template."""

    parent_page_types = ["pages.AboutPage"]
    subpage_types = []
    max_count = 1  # the about page has one part of each kind
    is_part = True  # visitors go from one to the next
    anchor = None  # the part's permanent place in the about page, whatever its address and title become

    class Meta:
        abstract = True

    @property
    def has_content(self):
        """Whether there is something to show of this part on the about page."""
        return True

    @property
    def facade(self):
        return self.anchor  # each part has a drawing of its own

    @property
    def section_template(self):
        return f"sections/{self.anchor}.html"

    def get_template(self, request, *args, **kwargs):
        # The six parts differ by their section only: one page template around it, instead of six alike.
        return "pages/section_page.html"


class HistoryPage(SectionMixin, Page):
    page_description = "L’histoire de l’association : les étapes, et les constats qui l’ont fait naître."
    anchor = "histoire"

    findings_heading = models.CharField("titre des constats", max_length=120, blank=True)
    findings_introduction = models.TextField("phrase avant les constats", blank=True)

    content_panels = [
        *Page.content_panels,
        *SectionMixin.introduction_panels,
        MultiFieldPanel(
            [
                FieldPanel("findings_heading"),
                FieldPanel("findings_introduction"),
                InlinePanel("findings", heading="Constats", label="constat"),
            ],
            heading="Pourquoi l’association est née",
        ),
        InlinePanel("milestones", heading="Étapes", label="étape", help_text="Dans l’ordre du temps, la plus ancienne d’abord."),
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
        validators=[MaxValueValidator(MOST_WINDOWS, f"{MOST_WINDOWS} au plus.")],
        help_text="Autant de portes sont dessinées sous le texte. Vide : pas de dessin.",
    )

    panels = [FieldPanel("label"), FieldPanel("year"), *TitledItem.panels, FieldPanel("garages")]


class Finding(TitledItem):
    page = ParentalKey(HistoryPage, on_delete=models.CASCADE, related_name="findings")


class FiguresPage(SectionMixin, Page):
    page_description = "Tous les chiffres clés, avec leur histoire. Les chiffres se changent dans le menu « Chiffres clés »."
    anchor = "chiffres"

    content_panels = [*Page.content_panels, *SectionMixin.introduction_panels]

    class Meta:
        verbose_name = "page des chiffres clés"

    @cached_property
    def figures(self):
        return KeyFigure.objects.known()

    @property
    def has_content(self):
        return bool(self.figures)

    def searched(self):
        return " ".join([super().searched(), *(f"{figure.label_plural} : {figure.explanation}" for figure in self.figures)])


class VocationPage(SectionMixin, Page):
    page_description = "Ce pour quoi l’association existe, et ce qu’elle ajoute à une entreprise classique."
    anchor = "vocation"

    body = StreamField(ProseBlock(), verbose_name="texte", blank=True)
    missions_heading = models.CharField("titre des missions", max_length=120, blank=True)
    missions_introduction = models.TextField("phrase avant les missions", blank=True)

    content_panels = [
        *Page.content_panels,
        *SectionMixin.introduction_panels,
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("missions_heading"),
                FieldPanel("missions_introduction"),
                InlinePanel("missions", heading="Missions", label="mission"),
            ],
            heading="Missions ajoutées",
        ),
    ]

    class Meta:
        verbose_name = "vocation"


class AddedMission(TitledItem):
    page = ParentalKey(VocationPage, on_delete=models.CASCADE, related_name="missions")


class StrengthsPage(SectionMixin, Page):
    page_description = "Les forces de l’association, numérotées dans leur ordre. L’accueil les reprend en court."
    anchor = "forces"

    content_panels = [*Page.content_panels, *SectionMixin.introduction_panels, InlinePanel("strengths", heading="Forces", label="force")]

    class Meta:
        verbose_name = "forces"


class Strength(TitledItem, DrawnMixin):
    page = ParentalKey(StrengthsPage, on_delete=models.CASCADE, related_name="strengths")
    short_title = models.CharField("titre sur l’accueil", max_length=80, blank=True, help_text="Vide : le titre sert.")
    short_text = models.CharField("phrase sur l’accueil", max_length=160, blank=True)
    details_heading = models.CharField("titre des détails", max_length=120, blank=True)
    details = StreamField(PointsBlock(), verbose_name="détails", blank=True)

    panels = [
        *TitledItem.panels,
        FieldPanel("details_heading"),
        FieldPanel("details"),
        FieldPanel("drawing"),
        FieldPanel("short_title"),
        FieldPanel("short_text"),
    ]


class MissionPage(SectionMixin, Page):
    page_description = "La mission de l’association, en quelques idées."
    anchor = "mission"

    content_panels = [*Page.content_panels, *SectionMixin.introduction_panels, InlinePanel("statements", heading="Idées", label="idée")]

    class Meta:
        verbose_name = "mission"


class Statement(TitledItem):
    page = ParentalKey(MissionPage, on_delete=models.CASCADE, related_name="statements")


class NetworkPage(SectionMixin, Page):
    page_description = "Le réseau national de l’association, sa charte, et le lien vers son site."
    anchor = "reseau"

    text = RichTextField("texte", blank=True)
    charter_heading = models.CharField("titre de la charte", max_length=120, blank=True)
    charter_introduction = models.TextField("phrase avant les thèmes", blank=True)
    link_introduction = models.CharField("phrase avant le lien", max_length=160, blank=True)
    link_label = models.CharField("mots du lien", max_length=120, blank=True, help_text="Ils disent où mène le lien.")
    link_url = models.URLField("adresse du lien", blank=True, help_text="Les deux sont nécessaires : les mots et l’adresse.")

    content_panels = [
        *Page.content_panels,
        *SectionMixin.introduction_panels,
        FieldPanel("text"),
        MultiFieldPanel(
            [
                FieldPanel("charter_heading"),
                FieldPanel("charter_introduction"),
                InlinePanel("themes", heading="Thèmes de la charte", label="thème"),
            ],
            heading="La charte",
        ),
        MultiFieldPanel([FieldPanel("link_introduction"), FieldPanel("link_label"), FieldPanel("link_url")], heading="Lien vers le réseau"),
    ]

    class Meta:
        verbose_name = "réseau"


class CharterTheme(TitledItem):
    page = ParentalKey(NetworkPage, on_delete=models.CASCADE, related_name="themes")
