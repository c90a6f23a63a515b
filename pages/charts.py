"""Geometry of the drawings that stand for numbers. All lengths are in the drawing's own units."""

from dataclasses import dataclass
from itertools import count

from django.contrib.humanize.templatetags.humanize import intcomma

PANE_WIDTH, PANE_HEIGHT = 10, 14  # one window
TOWER_PANES = 3  # windows side by side in a tower
MOST_ROWS = 8  # windows one above another in a tower
MOST_TOWERS = 6  # as many as a phone shows with readable years
LABEL_WIDTH = 6.5  # one character under or above a tower
ABOVE, BELOW = 18, 20  # room for the numbers above the towers and the years below


def wall(number, columns=12):
    """Path of a wall of `number` windows, `columns` a row, the last row shorter: (path data, width, height)."""
    rows, rest = divmod(number, columns)
    path = f"M0 0h{columns * PANE_WIDTH}v{rows * PANE_HEIGHT}H0z" if rows else ""
    if rest:
        path += f"M0 {rows * PANE_HEIGHT}h{rest * PANE_WIDTH}v{PANE_HEIGHT}H0z"
        rows += 1
    return path, columns * PANE_WIDTH, rows * PANE_HEIGHT


def pane_value(largest):
    """What one window stands for: the smallest of 1, 2, 5, 10, 20, 50… that lets `largest` fit into one tower."""
    steps = (step * 10**power for power in count() for step in (1, 2, 5))
    return next(step for step in steps if largest <= step * TOWER_PANES * MOST_ROWS)


@dataclass(frozen=True)
class Trend:
    """Towers of windows, one a year, standing on y = 0. `first` is the oldest year drawn."""

    one_pane: int
    first: int
    towers: list  # (year, number, x of the middle, y of the roof)
    walls: str
    panes: str
    width: float
    top: int

    @property
    def shown_width(self):
        """In CSS pixels, where there is room: two years are not drawn as large as six."""
        return round(self.width * 2)

    @property
    def view_box(self):
        return f"-1 {self.top - ABOVE} {self.width + 2:g} {BELOW + ABOVE - self.top}"


def trend(values):
    """The last MOST_TOWERS of `values` (with a year and a number of 1 or more, oldest first) as a Trend.

    A tower has its number divided by `one_pane` windows, rounded, at least one; rows fill from the ground up.
    """
    values = values[-MOST_TOWERS:]
    largest = max(value.number for value in values)
    one_pane = pane_value(largest)
    width = TOWER_PANES * PANE_WIDTH
    step = max(width + PANE_WIDTH, len(intcomma(largest)) * LABEL_WIDTH)
    towers, walls, panes = [], "", ""
    for i, value in enumerate(values):
        rows, rest = divmod(max(round(value.number / one_pane), 1), TOWER_PANES)
        x, roof = i * step, -PANE_HEIGHT * (rows + bool(rest))
        walls += f"M{x:g} 0v{roof}h{width}V0z"
        if rows:
            panes += f"M{x:g} 0v{-PANE_HEIGHT * rows}h{width}V0z"
        if rest:
            panes += f"M{x:g} {roof}h{rest * PANE_WIDTH}v{PANE_HEIGHT}h{-rest * PANE_WIDTH}z"
        towers.append((value.year, value.number, f"{x + width / 2:g}", roof))
    return Trend(one_pane, values[0].year, towers, walls, panes, (len(values) - 1) * step + width, min(roof for *_, roof in towers))
