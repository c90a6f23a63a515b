"""First answers in other languages, for people who do not read French yet."""

from django import forms
from django.conf.locale import LANG_INFO
from django.db import models
from django.utils.translation import get_language_info
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput

from ..text.search_text import SearchText
from .base import SitePage

# Languages that Django does not know: the code (BCP 47), the name in French, the language's own name.
MORE_LANGUAGES = {"am": ("amharique", "አማርኛ"), "bm": ("bambara", "Bamanankan"), "ku": ("kurde (kurmandji)", "Kurmancî")}
MORE_LANGUAGES |= {"ln": ("lingala", "Lingála"), "prs": ("dari", "دری"), "ps": ("pachto", "پښتو"), "so": ("somali", "Soomaali")}
MORE_LANGUAGES |= {"ti": ("tigrigna", "ትግርኛ"), "wo": ("wolof", "Wolof")}
RIGHT_TO_LEFT = {"prs", "ps"} | {code for code, info in LANG_INFO.items() if info.get("bidi")}


def get_own_name(code: str) -> str:
    """Returns the name of a language in that language."""
    name = MORE_LANGUAGES[code][1] if code in MORE_LANGUAGES else LANG_INFO[code]["name_local"]
    return name[:1].upper() + name[1:]


def get_languages() -> list[tuple[str, str]]:
    """Returns the choices of a language, by their names in French."""
    known = [code for code, info in LANG_INFO.items() if "name_local" in info and code != "fr"]
    names = {code: get_language_info(code)["name_translated"].lower() for code in known}
    names |= {code: french for code, (french, _) in MORE_LANGUAGES.items()}
    return sorted(((code, f"{name} – {get_own_name(code)}") for code, name in names.items()), key=lambda choice: choice[1])


# The answers of a page: the beginning of the names of its fields, the question in French for staff, the pictogram.
ANSWERS = {
    "what": ("Qu’est-ce que la Régie ?", "people"),
    "work": ("Comment travailler à la Régie ?", "tool"),
    "place": ("Où et quand venir ?", "place"),
    "call": ("Comment appeler ?", "phone"),
}
AS_WRITTEN = {"dir": "auto"}  # text in the direction of its letters


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
    stands_apart = True

    language = models.CharField(
        "langue", max_length=10, choices=get_languages, unique=True, error_messages={"unique": "Cette langue a déjà une page."}
    )
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
        blank=True,
        help_text="La personne qui parle cette langue et qui a lu la page. Jamais montré aux visiteurs.",
    )

    content_panels = [
        HelpPanel(
            "<p>Cette page ne se traduit pas toute seule. <b>Une personne qui parle la langue doit l’avoir lue</b> avant sa publication. "
            "Une machine fait des fautes que vous ne pouvez pas voir. Écrivez le nom de cette personne en bas.</p>"
        ),
        FieldPanel("language", required_on_save=True),  # two drafts without one would not be unique
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
        return self.search_description or self.what_text

    @property
    def own_name(self) -> str:
        return get_own_name(self.language)

    @property
    def direction(self) -> str:
        """The direction in which the language is written, as HTML's `dir` has it."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @property
    def answers(self) -> list[dict]:
        """The answers that are written: `name`, `pictogram`, `title`, `text`."""
        answers = (
            {"name": name, "pictogram": pictogram, "title": getattr(self, f"{name}_title"), "text": getattr(self, f"{name}_text")}
            for name, (_, pictogram) in ANSWERS.items()
        )
        return [answer for answer in answers if answer["text"]]
