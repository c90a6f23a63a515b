"""What stands beside the page tree, since a page's address holds no dot."""

import csv

from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from .models import KeyFigure, Organisation

COLUMNS = ["identifiant", "libelle", "explication", "annee", "nombre", "source", "compte_depuis"]


def figure_rows():
    """One row a known value, in the order of COLUMNS. A counted figure has one row: today's count, with its first year."""
    for figure in KeyFigure.objects.known():
        if figure.since_year:
            values = [(timezone.localdate().year, figure.number, "", figure.since_year)]
        else:
            values = [(value.year, value.number, value.source, "") for value in figure.history]
        for value in values:
            yield [figure.slug, figure.label_plural, figure.explanation, *value]


@require_safe
def figures_csv(request):
    """The key figures as CSV: UTF-8 with its mark and semicolons, so that a French spreadsheet opens it by itself."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="chiffres-cles.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(COLUMNS)
    # A cell that begins like a formula would run as one in a spreadsheet.
    writer.writerows([f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t")) else cell for cell in row] for row in figure_rows())
    return response


@require_safe
def figures_json(request):
    """The key figures as JSON: `organisation`, and `chiffres`, a list of objects with the columns of the CSV; null is unknown."""
    rows = [{key: value or None for key, value in zip(COLUMNS, row, strict=True)} for row in figure_rows()]
    answer = {"organisation": Organisation.get().name, "chiffres": rows}
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Access-Control-Allow-Origin"] = "*"  # public data, for partners' pages too
    return response


@require_safe
def manifest(request):
    """What a phone needs to put the site on its home screen (W3C Web Application Manifest)."""
    icons = [{"src": static(f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"} for side in (192, 512)]
    answer = {
        "name": Organisation.get().name,
        "lang": "fr",
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": "#f3b7a3",
        "theme_color": "#0d4a3c",
        "icons": [*icons, {**icons[1], "purpose": "maskable"}],
    }
    return JsonResponse(answer, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
