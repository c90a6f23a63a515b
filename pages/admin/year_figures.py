"""« Les chiffres de l’année »: all figures that staff type on one screen, beside those of the year before."""

from typing import NamedTuple

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ..models import FigureValue, KeyFigure
from ..text.dates import format_moment
from .figures import WholeNumberField

NUMBER, SOURCE = (FigureValue._meta.get_field(name) for name in ("number", "source"))


class Row(NamedTuple):
    figure: KeyFigure
    before: FigureValue | None
    number: forms.BoundField
    source: forms.BoundField
    loaded: forms.BoundField


def find_value(figure: KeyFigure, year: int) -> FigureValue | None:
    return next((value for value in figure.values.all() if value.year == year), None)


def describe(number: int | None, source: str) -> str:
    return f"{number or ''} {source}".strip()


class YearForm(forms.Form):
    """For each figure a number, its source, and what the form was opened with, so that a second save undoes no other."""

    def __init__(self, *args, figures: list[KeyFigure], year: int, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.figures, self.year = figures, year
        self.stored = {figure: find_value(figure, year) for figure in figures}
        for figure, value in self.stored.items():
            number, source = (value.number, value.source) if value else (None, "")
            label = capfirst(figure.label_plural)
            self.fields[f"number_{figure.pk}"] = WholeNumberField(label=label, required=False, initial=number, validators=NUMBER.validators)
            self.fields[f"source_{figure.pk}"] = forms.CharField(
                label=f"Source : {figure.label_plural}", required=False, initial=source, max_length=SOURCE.max_length
            )
            self.fields[f"loaded_{figure.pk}"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=describe(number, source))

    @property
    def rows(self) -> list[Row]:
        fields = Row._fields[2:]
        return [
            Row(figure, find_value(figure, self.year - 1), *(self[f"{name}_{figure.pk}"] for name in fields)) for figure in self.figures
        ]

    def get_typed(self, figure: KeyFigure) -> tuple[int | None, str]:
        return self.cleaned_data.get(f"number_{figure.pk}"), self.cleaned_data.get(f"source_{figure.pk}", "")

    def clean(self) -> dict:
        """Refuses a number that somebody else has changed meanwhile; sent once more, it is saved."""
        self.data, self.changed = self.data.copy(), []
        for figure, value in self.stored.items():
            number, source = self.get_typed(figure)
            typed, loaded = describe(number, source), self.cleaned_data.get(f"loaded_{figure.pk}", "")
            stored = describe(value.number, value.source) if value else ""
            if typed in {loaded, stored}:
                continue  # it was not changed, or it is what is stored
            self.changed.append(figure)
            if source and not number and f"number_{figure.pk}" not in self.errors:
                self.add_error(f"number_{figure.pk}", "Écrivez le nombre, ou videz la source.")
            elif stored != loaded:
                latest = figure.latest_revision
                who = user_display_name(latest.user) if latest and latest.user else "Quelqu’un"
                when = f" {format_moment(latest.created_at)}" if latest else ""
                text = f"{who} a enregistré « {stored or 'rien'} »{when}. Pour garder le vôtre, enregistrez encore une fois."
                self.add_error(f"number_{figure.pk}", text)
                self.data[f"loaded_{figure.pk}"] = stored
        return self.cleaned_data

    def save(self, user: AbstractBaseUser) -> None:
        for figure in self.changed:
            number, source = self.get_typed(figure)
            values = [value for value in figure.values.all() if value.year != self.year]
            figure.values = [*values, FigureValue(year=self.year, number=number, source=source)] if number else values
            figure.save()
            figure.save_revision(user=user, log_action=True)


class YearFiguresView(WagtailAdminTemplateMixin, FormView):
    form_class = YearForm
    template_name = "staff/year_figures.html"
    header_icon = "view"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm("pages.change_keyfigure"):
            raise PermissionDenied
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            list(KeyFigure.objects.select_for_update())
            return super().dispatch(request, *args, **kwargs)

    @cached_property
    def years(self) -> list[int]:
        this_year = timezone.localdate().year
        return [this_year - 2, this_year - 1, this_year]

    @cached_property
    def year(self) -> int:
        """The year in the address; last year, whose numbers are known, without one of `years`."""
        asked = self.request.GET.get("annee", "")
        return int(asked) if asked in map(str, self.years) else self.years[1]

    def get_page_title(self) -> str:
        return f"Les chiffres de {self.year}"

    def get_form_kwargs(self) -> dict:
        figures = KeyFigure.objects.filter(since_year=None).select_related("latest_revision__user").prefetch_related("values")
        return super().get_form_kwargs() | {"figures": list(figures), "year": self.year}

    def get_context_data(self, **kwargs) -> dict:
        url = reverse("wagtailsnippets_pages_keyfigure:list")
        breadcrumbs = [*self.breadcrumbs_items, {"url": url, "label": "Chiffres clés"}, {"url": "", "label": self.get_page_title()}]
        context = super().get_context_data(**kwargs) | {"breadcrumbs_items": breadcrumbs, "year": self.year, "years": self.years}
        return context | {"submit_button_label": "Enregistrer", "submit_button_active_label": "Enregistrement…"}

    def form_valid(self, form: YearForm) -> HttpResponse:
        form.save(self.request.user)
        number = len(form.changed)
        said = f"{number} chiffre{'s' * (number > 1)} de {self.year} enregistré{'s' * (number > 1)}." if number else "Rien n’a changé."
        messages.success(self.request, said)
        return redirect("wagtailsnippets_pages_keyfigure:list")

    def form_invalid(self, form: YearForm) -> HttpResponse:
        messages.error(self.request, "Rien n’est encore enregistré : corrigez ce qui est en rouge. Ce que vous avez écrit est toujours là.")
        return super().form_invalid(form)
