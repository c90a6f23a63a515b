"""First answers in other languages, for people who do not read French yet."""

from django import forms
from django.conf.locale import LANG_INFO
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput

from ..page.base import SitePage
from ..text.search_text import SearchText

# Languages that Django does not know, as it describes those that it knows, with the name in French.
MORE_LANGUAGES = {
    "am": {"french": "amharique", "name_local": "አማርኛ"},
    "bm": {"french": "bambara", "name_local": "Bamanankan"},
    "ku": {"french": "kurde (kurmandji)", "name_local": "Kurmancî"},
    "ln": {"french": "lingala", "name_local": "Lingála"},
    "prs": {"french": "dari", "name_local": "دری", "bidi": True},
    "ps": {"french": "pachto", "name_local": "پښتو", "bidi": True},
    "so": {"french": "somali", "name_local": "Soomaali"},
    "ti": {"french": "tigrigna", "name_local": "ትግርኛ"},
    "wo": {"french": "wolof", "name_local": "Wolof"},
}
# Without variants such as Algerian Arabic; but Chinese has two scripts, and no code without one.
INFO = {code: info for code, info in LANG_INFO.items() if "name_local" in info and code.split("-")[0] in {code, "zh"}} | MORE_LANGUAGES


def get_languages() -> list[tuple[str, str]]:
    """Returns the choices of a language, by their names in French."""
    names = {code: info.get("french") or gettext(info["name"]).lower() for code, info in INFO.items() if code != "fr"}
    return sorted(((code, f"{name} – {INFO[code]['name_local']}") for code, name in names.items()), key=lambda choice: choice[1])


# The answers of a page: the beginning of the names of its fields, the question in French for staff, the pictogram.
ANSWERS = {
    "what": ("Qu’est-ce que la Régie ?", "people"),
    "work": ("Comment travailler à la Régie ?", "tool"),
    "place": ("Où et quand venir ?", "place"),
    "call": ("Comment appeler ?", "phone"),
}
AS_WRITTEN = {"dir": "auto"}  # Text goes in the direction of its letters.


def get_panels(name: str) -> MultiFieldPanel:
    """Returns the fields of an answer."""
    title = FieldPanel(f"{name}_title", widget=forms.TextInput(attrs=AS_WRITTEN))
    text = FieldPanel(f"{name}_text", widget=AdminAutoHeightTextInput(attrs=AS_WRITTEN))
    return MultiFieldPanel([title, text], heading=ANSWERS[name][0])


class LanguagePage(SitePage):
    page_description = (
        "Les premières réponses dans une autre langue. Son nom est en bas de chaque page, et en haut de l’accueil et de « Travailler »."
    )
    subpage_types = []
    unlisted = True

    language = models.CharField("langue", max_length=10, choices=get_languages)
    what_title = models.CharField("titre", max_length=120, blank=True)
    what_text = models.TextField("réponse", blank=True)
    work_title = models.CharField("titre", max_length=120, blank=True)
    work_text = models.TextField("réponse", blank=True)
    place_title = models.CharField("titre", max_length=120, blank=True)
    place_text = models.TextField("réponse", blank=True, help_text="Le site ajoute dessous l’adresse, et les horaires en français.")
    call_title = models.CharField("titre", max_length=120, blank=True)
    call_text = models.TextField("réponse", blank=True, help_text="Le site ajoute dessous le numéro de téléphone : ne l’écrivez pas ici.")
    read_by = models.CharField(
        "relue par",
        max_length=120,
        help_text="La personne qui parle cette langue et qui a lu la page. Jamais montré aux visiteurs. Obligatoire pour publier.",
    )

    content_panels = [
        HelpPanel(
            "<p>Cette page ne se traduit pas toute seule. <b>Une personne qui parle la langue doit l’avoir lue</b> avant sa publication. "
            "Une machine fait des fautes que vous ne pouvez pas voir. Écrivez le nom de cette personne en bas.</p>"
        ),
        "language",
        TitleFieldPanel("title", widget=forms.TextInput(attrs=AS_WRITTEN)),
        *map(get_panels, ANSWERS),
        "read_by",
    ]
    search_fields = [*SitePage.search_fields, *(SearchText(f"{name}_{part}") for name in ANSWERS for part in ("title", "text"))]

    class Meta:
        verbose_name = "page dans une autre langue"
        verbose_name_plural = "pages dans d’autres langues"

    @property
    def summary(self) -> str:
        return self.search_description or Truncator(self.what_text).chars(160)

    @property
    def own_name(self) -> str:
        name = INFO[self.language]["name_local"]
        return name[:1].upper() + name[1:]

    @property
    def direction(self) -> str:
        """The direction in which the language is written, as HTML's `dir` has it."""
        return "rtl" if INFO.get(self.language, {}).get("bidi") else "ltr"

    @property
    def answers(self) -> list[dict]:
        """The answers that are written: `name`, `pictogram`, `title`, `text`."""
        answers = (
            {"name": name, "pictogram": pictogram, "title": getattr(self, f"{name}_title"), "text": getattr(self, f"{name}_text")}
            for name, (_, pictogram) in ANSWERS.items()
        )
        return [answer for answer in answers if answer["text"]]
