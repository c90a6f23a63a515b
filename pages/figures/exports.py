"""Key figures for other programs (CSV, JSON)."""

import csv
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from ..organisation.models import Organisation
from ..page.sharing import shared
from ..text.spreadsheets import escape_formula
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
    """Answers with the key figures as CSV: UTF-8 with its byte order mark and semicolons, so that a French spreadsheet opens it by itself."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="chiffres-cles.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows([escape_formula(cell) for cell in row] for row in get_rows())
    return response


@shared()
def figures_json(request: HttpRequest) -> JsonResponse:
    """Answers with the key figures as JSON: `organisation`, and `chiffres`, a list of objects with the columns of the CSV; null is unknown."""
    rows = [{key: value or None for key, value in zip(COLUMNS, row, strict=True)} for row in get_rows()]
    answer = {"organisation": Organisation.get().name, "chiffres": rows}
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Access-Control-Allow-Origin"] = "*"  # public data, for partners' pages too
    return response
