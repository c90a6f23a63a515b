"""Key figures in the admin: forms with error messages in plain French, which keep what was typed."""

import re
from collections.abc import Iterator
from itertools import dropwhile, pairwise

from django import forms
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column

from ..editing.remarks import DashboardData, Remark
from ..editing.snippets import LiveEditView, LiveViewSet, get_remaining_forms
from .models import KeyFigure

MAX_RATIO = 5  # Beyond this ratio of the numbers of two years, staff are asked whether they are right.


def get_last_year() -> int:
    """Returns the year whose numbers are known now."""
    return timezone.localdate().year - 1


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
    """The rows of a typed figure, with an empty one for last year if it has no value yet; a row that nobody has touched is left out."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial_extra = [{"year": get_last_year()}]
        if self.instance.pk and not self.instance.since_year and all(each.year != get_last_year() for each in self.instance.values.all()):
            self.extra = 1

    def _construct_form(self, i: int, **kwargs) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)
        if form.initial.get("year") and not form.instance.pk:
            form.fields["number"].widget.attrs["autofocus"] = True
        return form

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
        if self.cleaned_data.get("since_year") and get_remaining_forms(self.formsets["values"]):
            self.add_error("since_year", "Ce chiffre a des valeurs par année. Videz cette case, ou supprimez les valeurs : l’un des deux.")
            return False
        return True

    def find_doubt(self) -> str:
        """Returns a question about each number that was typed and is MAX_RATIO times that of the year before, or a fraction of it."""
        doubts = []
        rows = [form for form in self.formsets["values"].forms if form.cleaned_data.get("number") and not form.cleaned_data["DELETE"]]
        for before, after in pairwise(sorted(rows, key=lambda form: form.cleaned_data["year"])):
            old, new = (form.cleaned_data["number"] for form in (before, after))
            if {"number", "year"} & {*before.changed_data, *after.changed_data} and not old / MAX_RATIO <= new <= old * MAX_RATIO:
                doubts.append(f"{new} en {after.cleaned_data['year']}, {old} en {before.cleaned_data['year']} : est-ce juste ?")
        return " ".join(doubts)


class FigureValuesPanel(InlinePanel):
    """The yearly values, with forms and messages of their own."""

    def get_form_options(self) -> dict:
        options = super().get_form_options()
        options["formsets"][self.relation_name] |= {"form": FigureValueForm, "formset": FigureValueFormSet, "extra": 0}
        return options

    class BoundPanel(InlinePanel.BoundPanel):
        def __init__(self, **kwargs) -> None:
            super().__init__(**kwargs)
            if self.form:
                self.children.sort(key=lambda child: bool(child.form.instance.pk))  # what is to be filled in comes first


class KeyFigureEditView(LiveEditView):
    """Leads from one figure to the next one that has no value for last year, and asks about a number that may be a mistake."""

    def get_question(self, form: KeyFigureForm) -> str:
        doubt = form.find_doubt()
        if not doubt or self.request.GET.get("sure") == doubt:
            return ""
        address = f"{self.get_edit_url()}?{urlencode({'sure': doubt})}"
        return render_to_string("staff/figure_doubt.html", {"doubt": doubt, "address": address})

    def get_success_url(self) -> str:
        typed = KeyFigure.objects.filter(since_year=None).prefetch_related("values")
        following = list(dropwhile(lambda figure: figure != self.object, typed))[1:]
        for figure in following:
            if (figure.year or 0) < get_last_year():
                return reverse(self.edit_url_name, args=[figure.pk])
        return super().get_success_url()


class KeyFigureViewSet(LiveViewSet):
    model = KeyFigure
    icon = "view"
    menu_label = "Chiffres clés"
    menu_order = 110
    edit_view_class = KeyFigureEditView
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


def get_typed_figures() -> list[KeyFigure]:
    """Returns the figures that staff type, each with the year of its `newest` value, None without one."""
    return list(KeyFigure.objects.filter(since_year=None).annotate(newest=Max("values__year")))


def find_unknown_figures(dashboard: DashboardData) -> Iterator[Remark]:
    for figure in dashboard.once(get_typed_figures):
        if not figure.newest:
            yield Remark(figure, f"Chiffre clé « {figure} »", "les visiteurs ne voient pas un chiffre sans valeur.")


def find_old_figures(dashboard: DashboardData) -> Iterator[Remark]:
    last_year = get_last_year()
    for figure in dashboard.once(get_typed_figures):
        if figure.newest and figure.newest < last_year:
            effect = f"le nombre de {last_year} n’est pas écrit : les visiteurs lisent celui de {figure.newest}."
            yield Remark(figure, f"Chiffre clé « {figure} »", effect)
