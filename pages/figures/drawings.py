"""The geometry of the drawings that show numbers, in their own units."""

from dataclasses import dataclass
from itertools import count
from math import ceil

from django.contrib.humanize.templatetags.humanize import intcomma

from .models import FigureValue

PANE_WIDTH, PANE_HEIGHT = 10, 14  # the size of one window
TOWER_PANES = 3  # the number of windows side by side in a tower
MAX_ROWS = 8  # the number of windows one above another in a tower
MAX_TOWERS = 6  # A phone shows so many with readable years.
LABEL_WIDTH = 6.5  # the width of one character under or above a tower
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
    return next(step for step in steps if largest <= step * TOWER_PANES * MAX_ROWS)


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
    """Returns the last MAX_TOWERS of `values` (oldest first) as a Trend.

    A tower has `number / one_pane` windows, at least one; rows fill from the ground up. Of the last window only the part is lit that
    the number gives, so that two towers are the same only if their numbers are.
    """
    values = values[-MAX_TOWERS:]
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
