"""Key figures for other programs (CSV, JSON)."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from ..organisation.models import Organisation
from ..page.sharing import shared
from ..text.spreadsheets import respond_csv
from .models import KeyFigure

COLUMNS = ["identifiant", "libelle", "explication", "annee", "nombre", "source", "compte_depuis"]


def get_rows() -> Iterator[list]:
    """Yields a row for each known value, in the order of COLUMNS. A counted figure has one row: today's count, with its first year."""
    for figure in KeyFigure.get_known():
        if figure.since_year:
            values = [(timezone.localdate().year, figure.number, "", figure.since_year)]
        else:
            values = [(value.year, value.number, value.source, "") for value in figure.history]
        for value in values:
            yield [figure.slug, figure.label_plural, figure.explanation, *value]


@shared()
def figures_csv(request: HttpRequest) -> HttpResponse:
    return respond_csv("chiffres-cles", [COLUMNS, *get_rows()])


@shared()
def figures_json(request: HttpRequest) -> JsonResponse:
    """Answers with the key figures as JSON: `organisation`, and `chiffres`, a list of objects with the columns of the CSV; null is unknown."""
    rows = [{key: value or None for key, value in zip(COLUMNS, row, strict=True)} for row in get_rows()]
    answer = {"organisation": Organisation.get().name, "chiffres": rows}
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Access-Control-Allow-Origin"] = "*"  # public data, for partners' pages too
    return response
