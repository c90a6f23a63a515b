"""The organisation in the admin: one form without a list, and « Ouvrir le site », with what a site needs first."""

import re

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import IndexView

from ..models import FigureValue, KeyFigure, Organisation
from .figures import WholeNumberField
from .snippets import LiveEditView, LiveViewSet

OPENING_URL = "wagtailsnippets_pages_organisation:open"


def compact(value: str | None) -> str:
    """Writes a number as its register does: « w901 000 123 » is W901000123."""
    return re.sub(r"[\s.-]", "", value or "").upper()


class OrganisationForm(WagtailAdminModelForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in {"rna", "vat_number"} & set(self.fields):
            self.fields[name].to_python = compact  # before its length and its characters are checked
            self.fields[name].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict:
        """Refuses a new last day of the notice that has passed. An old one that stays as it is does not block the form."""
        cleaned = super().clean()
        last_day = cleaned.get("notice_until")
        if "notice_until" in self.changed_data and last_day and last_day < timezone.localdate():
            self.add_error("notice_until", f"Le {last_day:%d/%m/%Y} est déjà passé : écrivez le jour, le mois et l’année.")
        return cleaned


def get_or_make_organisation() -> Organisation:
    """Returns the one organisation, and makes its row if there is none yet."""
    organisation = Organisation.get()
    if not organisation.pk:
        organisation.save()
    return organisation


class OrganisationIndexView(IndexView):
    """Opens the form of the one organisation instead of a list of one."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.user_has_permission("change"):
            return super().dispatch(request, *args, **kwargs)
        return redirect(self.get_edit_url(get_or_make_organisation()))


def get_field_names(figure: KeyFigure) -> tuple[str, str]:
    """Returns the names of the fields for the figure's number and its year."""
    return f"figure_{figure.pk}", f"figure_{figure.pk}_year"


class OpeningForm(OrganisationForm):
    """The form of the organisation; `make_opening_panel()` adds two fields for each of `figures`: a number and its year."""

    figures = ()

    def clean(self) -> dict:
        cleaned = super().clean()
        for figure in self.figures:
            name, year_name = get_field_names(figure)
            number, year = cleaned.get(name), cleaned.get(year_name)
            if number and not year and year_name not in self.errors:
                self.add_error(year_name, "Écrivez l’année de ce nombre.")
            elif number and (known := figure.values.filter(year=year).first()):
                self.add_error(name, f"Il y a déjà une valeur pour {year} : {known.number}. Changez-la dans « Chiffres clés ».")
        return cleaned

    def save(self, commit: bool = True) -> Organisation:
        for figure in self.figures:
            number, year = (self.cleaned_data[name] for name in get_field_names(figure))
            if number:
                figure.values.add(FigureValue(number=number, year=year))
                figure.save()
                figure.save_revision(user=self.for_user, log_action=True)
        return super().save(commit)


OPENING_PANELS = [
    HelpPanel(
        "<p>Remplissez ce que vous savez, puis enregistrez. Vous pouvez revenir pour le reste : ce qui est vide n’est pas montré.</p>"
        "<p>Le site s’ouvre tout seul quand ces quatre choses sont enregistrées : "
        "un téléphone ou une adresse e-mail, la directrice ou le directeur, l’hébergeur, une personne qui reçoit les messages. "
        "Alors les moteurs de recherche, comme Google, peuvent le montrer.</p>"
    ),
    MultiFieldPanel(["phone", "email", "address", "opening_hours"], heading="Joindre l’organisation"),
    MultiFieldPanel(["publication_director", "host"], heading="Ce que la loi demande"),
    InlinePanel(
        "recipients",
        heading="Qui reçoit les messages",
        label="personne",
        panels=[FieldRowPanel([FieldPanel("email", help_text="Un e-mail y part à chaque message."), "subject"])],
        help_text="Une personne pour tous les sujets, ou une personne pour chaque sujet.",
    ),
]


def make_opening_panel(posted: QueryDict) -> Panel:
    """Returns the panels of the opening, with fields for the figures without a value, and for those that somebody has just given one."""
    typed = KeyFigure.objects.filter(since_year=None).prefetch_related("values")
    figures = [figure for figure in typed if not figure.number or get_field_names(figure)[0] in posted]
    number, year = (FigureValue._meta.get_field(name).validators for name in ("number", "year"))
    last_year, fields = timezone.localdate().year - 1, {}
    for figure in figures:
        name, year_name = get_field_names(figure)
        label = f"{capfirst(figure.label_plural)} : combien ?"
        fields[name] = WholeNumberField(label=label, required=False, help_text=figure.explanation, validators=number)
        fields[year_name] = WholeNumberField(label="En quelle année ?", required=False, initial=last_year, validators=year)
    rows = [FieldRowPanel([*map(FieldPanel, get_field_names(figure))]) for figure in figures]
    heading, help_text = "Les chiffres clés qui manquent", "Vous ne les connaissez pas ? Laissez vide."
    panels = [*OPENING_PANELS, MultiFieldPanel(rows, heading=heading, help_text=help_text)] if rows else OPENING_PANELS
    return ObjectList(panels, base_form_class=type("OpeningForm", (OpeningForm,), fields | {"figures": figures})).bind_to_model(
        Organisation
    )


class OrganisationEditView(LiveEditView):
    """Says with each save whether search engines may show the site, above all when they may no longer."""

    def get_object(self, queryset: QuerySet | None = None) -> Organisation:
        organisation = super().get_object(queryset)
        self.was_ready = organisation.is_ready
        return organisation

    def get_success_message(self) -> str | None:
        missing = ", ".join(Organisation.get().get_missing_to_open())
        if not missing:
            return "Enregistré." if self.was_ready else "Enregistré. Le site est ouvert : les moteurs de recherche peuvent le montrer."
        begins = (
            "Attention : les moteurs de recherche ne montrent plus le site. Il manque"
            if self.was_ready
            else "Pour ouvrir le site, il manque"
        )
        messages.warning(self.request, f"Enregistré. {begins} : {missing}.", buttons=self.get_success_buttons())
        return None

    def get_success_buttons(self) -> list[Button]:
        return [messages.button(reverse(OPENING_URL), "Compléter"), messages.button("/", "Voir le site")]


class OpeningView(OrganisationEditView):
    """Edits the one organisation with the panels of the opening."""

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        if request.user.has_perm("pages.change_organisation"):
            get_or_make_organisation()
        super().setup(request, *args, pk="1", **kwargs)

    def get_panel(self) -> Panel:
        return make_opening_panel(self.request.POST)

    def get_page_subtitle(self) -> str:
        return "L’essentiel du site" if self.was_ready else "Ouvrir le site"

    def get_edit_url(self) -> str:
        return reverse(OPENING_URL)

    def get_success_url(self) -> str:
        return reverse("wagtailadmin_home")


class OpeningMenuItem(MenuItem):
    """The entry of the menu, until the site is ready."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pages.change_organisation") and not Organisation.get_for(request).is_ready


class OrganisationViewSet(LiveViewSet):
    model = Organisation
    icon = "home"
    menu_label = "L’organisation"
    menu_order = 120
    index_view_class = OrganisationIndexView
    edit_view_class = OrganisationEditView
    edit_handler = ObjectList(Organisation.panels, base_form_class=OrganisationForm)

    def get_urlpatterns(self) -> list[URLPattern]:
        opening = self.construct_view(OpeningView, **self.get_edit_view_kwargs(form_class=None))  # the view makes it
        return [*super().get_urlpatterns(), path("ouvrir/", opening, name="open")]
