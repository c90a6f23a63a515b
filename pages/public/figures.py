"""Key figures for other programs (CSV, JSON), and the geometry of the drawings that show numbers, in their own units."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import ceil

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..models import FigureValue, KeyFigure, Organisation
from ..text.spreadsheets import escape_formula
from .sharing import shared

COLUMNS = ["identifiant", "libelle", "explication", "annee", "nombre", "source", "compte_depuis"]


def get_rows() -> Iterator[list]:
    """Yields a row for each known value, in the order of COLUMNS. A counted figure has one row: today's count, with its first year."""
    for figure in KeyFigure.objects.get_known():
        if figure.since_year:
            values = [(timezone.localdate().year, figure.number, "", figure.since_year)]
        else:
            values = [(value.year, value.number, value.source, "") for value in figure.history]
        for value in values:
            yield [figure.slug, figure.label_plural, figure.explanation, *value]


@shared()
@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The key figures as CSV: UTF-8 with its mark and semicolons, so that a French spreadsheet opens it by itself."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="chiffres-cles.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows([escape_formula(cell) for cell in row] for row in get_rows())
    return response


@shared()
@require_safe
def figures_json(request: HttpRequest) -> JsonResponse:
    """The key figures as JSON: `organisation`, and `chiffres`, a list of objects with the columns of the CSV; null is unknown."""
    rows = [{key: value or None for key, value in zip(COLUMNS, row, strict=True)} for row in get_rows()]
    answer = {"organisation": Organisation.get().name, "chiffres": rows}
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Access-Control-Allow-Origin"] = "*"  # public data, for partners' pages too
    return response


PANE_WIDTH, PANE_HEIGHT = 10, 14  # one window
TOWER_PANES = 3  # windows side by side in a tower
MOST_ROWS = 8  # windows one above another in a tower
MOST_TOWERS = 6  # as many as a phone shows with readable years
LABEL_WIDTH = 6.5  # one character under or above a tower
ABOVE, BELOW = 18, 20  # room for the numbers above the towers and the years below


def draw_wall(number: int, columns: int = 12) -> dict:
    """Returns a wall of `number` windows, `columns` in a row, the last row shorter: its SVG `path` data, `width` and `height`."""
    rows, rest = divmod(number, columns)
    path = f"M0 0h{columns * PANE_WIDTH}v{rows * PANE_HEIGHT}H0z" if rows else ""
    if rest:
        path += f"M0 {rows * PANE_HEIGHT}h{rest * PANE_WIDTH}v{PANE_HEIGHT}H0z"
        rows += 1
    return {"path": path, "width": columns * PANE_WIDTH, "height": rows * PANE_HEIGHT}


def get_pane_value(largest: int) -> int:
    """Returns how many one window represents: the smallest of 1, 2, 5, 10, 20, 50… with which `largest` fits into one tower."""
    steps = (step * 10**power for power in count() for step in (1, 2, 5))
    return next(step for step in steps if largest <= step * TOWER_PANES * MOST_ROWS)


@dataclass(frozen=True)
class Trend:
    """Towers of windows, one a year, standing on y = 0. `first` is the oldest year drawn."""

    one_pane: int
    first: int
    towers: list[tuple[int, int, str, int]]  # year, number, x of the middle, y of the roof
    walls: str
    panes: str
    width: float
    top: int

    @property
    def shown_width(self) -> int:
        """In CSS pixels, where there is room: two years are not drawn as large as six."""
        return round(self.width * 2)

    @property
    def description(self) -> str:
        return ", ".join(f"{intcomma(number)} en {year}" for year, number, *_ in self.towers)

    @property
    def view_box(self) -> str:
        return f"-1 {self.top - ABOVE} {self.width + 2:g} {BELOW + ABOVE - self.top}"


def draw_trend(values: list[FigureValue]) -> Trend:
    """Returns the last MOST_TOWERS of `values` (oldest first) as a Trend.

    A tower has `number / one_pane` windows, at least one; rows fill from the ground up. Of the last window only the part is lit that
    the number gives, so that two towers are the same only if their numbers are.
    """
    values = values[-MOST_TOWERS:]
    largest = max(value.number for value in values)
    one_pane = get_pane_value(largest)
    width = TOWER_PANES * PANE_WIDTH
    step = max(width + PANE_WIDTH, len(intcomma(largest)) * LABEL_WIDTH)
    towers, walls, panes = [], "", ""
    for i, value in enumerate(values):
        rows, rest = divmod(max(value.number / one_pane, 1), TOWER_PANES)
        x, rows = i * step, int(rows)
        roof = -PANE_HEIGHT * (rows + 1 if rest else rows)
        walls += f"M{x:g} 0v{roof}h{ceil(rest) * PANE_WIDTH if rest else width}v{PANE_HEIGHT if rest else 0}H{x + width:g}V0z"
        if rows:
            panes += f"M{x:g} 0v{-PANE_HEIGHT * rows}h{width}V0z"
        if rest:
            panes += f"M{x:g} {roof}h{rest * PANE_WIDTH:g}v{PANE_HEIGHT}h{-rest * PANE_WIDTH:g}z"
        towers.append((value.year, value.number, f"{x + width / 2:g}", roof))
    return Trend(one_pane, values[0].year, towers, walls, panes, (len(values) - 1) * step + width, min(roof for *_, roof in towers))
