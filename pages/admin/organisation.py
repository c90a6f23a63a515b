"""The organisation in the admin: one form without a list, and « Ouvrir le site », with what a site needs first."""

from functools import cached_property

from django.http import HttpRequest, HttpResponse
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


class OrganisationForm(WagtailAdminModelForm):
    def clean(self) -> dict:
        """Refuses a new last day of the notice that has passed. An old one that stays as it is does not block the form."""
        cleaned = super().clean()
        last_day = cleaned.get("notice_until")
        if "notice_until" in self.changed_data and last_day and last_day < timezone.localdate():
            self.add_error("notice_until", f"Le {last_day:%d/%m/%Y} est déjà passé : écrivez le jour, le mois et l’année.")
        return cleaned


class OrganisationIndexView(IndexView):
    """Opens the form of the one organisation instead of a list of one; makes the row if there is none yet."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.user_has_permission("change"):
            return super().dispatch(request, *args, **kwargs)
        organisation = Organisation.get()
        if not organisation.pk:
            organisation.save()
        return redirect(self.get_edit_url(organisation))


def get_field_names(figure: KeyFigure) -> tuple[str, str]:
    """Returns the names of the fields for the figure's number and its year."""
    return f"figure_{figure.pk}", f"figure_{figure.pk}_year"


class OpeningForm(OrganisationForm):
    """The form of the organisation, with two fields for each key figure that has no number: a number and its year."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.missing_figures = KeyFigure.objects.get_missing()
        number, year = (FigureValue._meta.get_field(name) for name in ("number", "year"))
        for figure in self.missing_figures:
            name, year_name = get_field_names(figure)
            self.fields[name] = WholeNumberField(
                label=f"{capfirst(figure.label_plural)} : combien ?",
                required=False,
                help_text=figure.explanation,
                validators=number.validators,
            )
            self.fields[year_name] = WholeNumberField(
                label="En quelle année ?", required=False, initial=timezone.localdate().year - 1, validators=year.validators
            )

    def clean(self) -> dict:
        cleaned = super().clean()
        for figure in self.missing_figures:
            name, year_name = get_field_names(figure)
            if cleaned.get(name) and not cleaned.get(year_name) and year_name not in self.errors:
                self.add_error(year_name, "Écrivez l’année de ce nombre.")
        return cleaned

    def save(self, commit: bool = True) -> Organisation:
        for figure in self.missing_figures:
            number, year = (self.cleaned_data[name] for name in get_field_names(figure))
            if number:
                figure.values.add(FigureValue(number=number, year=year))
                figure.save()
                figure.save_revision(user=self.for_user, log_action=True)
        return super().save(commit)


class MissingFiguresPanel(MultiFieldPanel):
    """The fields that `OpeningForm` adds; hidden if there are none."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        @cached_property
        def children(self) -> list[Panel.BoundPanel]:
            rows = [FieldRowPanel([FieldPanel(name) for name in get_field_names(figure)]) for figure in self.form.missing_figures]
            bound = (self.instance, self.request, self.form)
            return [row.bind_to_model(Organisation).get_bound_panel(*bound, f"{self.prefix}-{n}") for n, row in enumerate(rows)]


class OpeningPanels(ObjectList):
    class BoundPanel(ObjectList.BoundPanel):
        def render_missing_fields(self) -> str:
            return (
                ""  # Wagtail would add those of `MissingFiguresPanel` a second time, as they are of no panel when it is bound to the model
            )


OPENING_PANELS = OpeningPanels(
    [
        HelpPanel(
            "<p>Remplissez ce que vous savez, puis enregistrez. Vous pouvez revenir pour le reste : ce qui est vide n’est pas montré.</p>"
            "<p>Les moteurs de recherche, comme Google, montrent le site quand ces quatre choses sont là : "
            "un téléphone ou une adresse e-mail, le nom de la directrice ou du directeur, l’hébergeur, une personne qui reçoit les messages.</p>"
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
        MissingFiguresPanel([], heading="Les chiffres clés qui manquent", help_text="Vous ne les connaissez pas ? Laissez vide."),
    ],
    base_form_class=OpeningForm,
)


class OpeningView(LiveEditView):
    """Edits the one organisation, which is made if there is none yet, with the panels of the opening."""

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        if not Organisation.objects.exists():
            Organisation().save()
        super().setup(request, *args, pk="1", **kwargs)

    def get_page_subtitle(self) -> str:
        return "Ouvrir le site"

    def get_edit_url(self) -> str:
        return reverse(OPENING_URL)

    def get_success_url(self) -> str:
        return reverse("wagtailadmin_home")

    def get_success_message(self) -> str:
        missing = Organisation.get().get_missing_to_open()
        if not missing:
            return "Enregistré. Le site est ouvert : les moteurs de recherche peuvent le montrer."
        return f"Enregistré. Pour ouvrir le site, il manque encore : {', '.join(missing)}."

    def get_success_buttons(self) -> list[Button]:
        return [messages.button("/", "Voir le site")]


class OpeningMenuItem(MenuItem):
    """The entry of the menu, until the site is ready."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pages.change_organisation") and not Organisation.get().is_ready


class OrganisationViewSet(LiveViewSet):
    model = Organisation
    icon = "home"
    menu_label = "L’organisation"
    menu_order = 120
    index_view_class = OrganisationIndexView
    edit_handler = ObjectList(Organisation.panels, base_form_class=OrganisationForm)

    def get_urlpatterns(self) -> list[URLPattern]:
        panel = OPENING_PANELS.bind_to_model(Organisation)
        opening = self.construct_view(OpeningView, **self.get_edit_view_kwargs(panel=panel, form_class=panel.get_form_class()))
        return [*super().get_urlpatterns(), path("ouvrir/", opening, name="open")]
