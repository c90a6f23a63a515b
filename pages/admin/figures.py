"""Key figures in the admin: forms with error messages in plain French, which keep what was typed."""

import re

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.views.snippets import IndexView

from ..models import KeyFigure
from .snippets import LiveViewSet


class WholeNumberField(forms.IntegerField):
    """A whole number typed as text, so that a wrong entry is shown again with its message; « 1 250 » is 1250."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {"invalid": "Écrivez un nombre entier, en chiffres. Par exemple : 35."}

    def to_python(self, value: object) -> int | None:
        if isinstance(value, str):
            value = re.sub(r"(?<=\d)\s(?=\d)", "", value.strip())
            if value and not re.fullmatch(r"-?[0-9]+", value):  # Django reads "1.000" as 1
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class FigureValueForm(WagtailAdminModelForm):
    """One yearly value; the model's validators check its bounds."""

    year = WholeNumberField(label="Année")
    number = WholeNumberField(label="Nombre")


class FigureValueFormSet(BaseChildFormSet):
    def validate_unique(self) -> None:
        """Refuses a second value for a year, with an error beside it: typed twice, or added by somebody else since the form was opened."""
        shown = {form.instance.pk for form in self.forms}
        numbers = {value.year: value.number for value in self.instance.values.all() if value.pk not in shown}
        for form in self.forms:
            if form in self.deleted_forms or not form.is_valid() or "year" not in form.cleaned_data:
                continue
            year = form.cleaned_data["year"]
            if year in numbers:
                form.add_error("year", f"Il y a déjà une valeur pour {year} : {numbers[year]}. Gardez une seule des deux lignes.")
            else:
                numbers[year] = form.cleaned_data["number"]


class KeyFigureForm(WagtailAdminModelForm):
    def is_valid(self) -> bool:
        """Refuses a figure that is both counted and typed, as its values would not be shown. `clean` runs before the values' forms."""
        if not super().is_valid():
            return False
        values = self.formsets["values"]
        typed = [form for form in values.forms if form not in values.deleted_forms and (form.instance.pk or form.has_changed())]
        if self.cleaned_data.get("since_year") and typed:
            self.add_error("since_year", "Ce chiffre a des valeurs par année. Videz cette case, ou supprimez les valeurs : l’un des deux.")
            return False
        return True


class FigureValuesPanel(InlinePanel):
    """The yearly values, with forms and messages of their own."""

    def get_form_options(self) -> dict:
        options = super().get_form_options()
        options["formsets"][self.relation_name] |= {"form": FigureValueForm, "formset": FigureValueFormSet, "extra": 0}
        return options


class KeyFigureIndexView(IndexView):
    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [*super().header_buttons, HeaderButton("Les chiffres de l’année", url=reverse("year_figures"), icon_name="table")]


class KeyFigureViewSet(LiveViewSet):
    model = KeyFigure
    index_view_class = KeyFigureIndexView
    icon = "view"
    menu_label = "Chiffres clés"
    menu_order = 110
    list_display = [
        "label_plural",
        "shown",
        Column("on_home", label="Sur l’accueil", accessor=lambda figure: "sur l’accueil" if figure.on_home else "pas sur l’accueil"),
    ]
    edit_handler = ObjectList(
        [
            FigureValuesPanel(
                "values",
                heading="Valeurs par année",
                label="valeur",
                panels=[FieldRowPanel(["year", "number", "source"])],
                help_text="Une ligne par année. La plus récente est montrée aux visiteurs. Sans valeur, le chiffre reste caché.",
            ),
            MultiFieldPanel(
                [FieldRowPanel(["label_singular", "label_plural"]), "explanation", "on_home", "since_year"],
                heading="Ce que compte ce chiffre",
            ),
        ],
        base_form_class=KeyFigureForm,
    )
