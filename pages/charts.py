"""Geometry of the drawings that stand for numbers. All lengths are in the drawing's own units."""

from dataclasses import dataclass

PANE_WIDTH, PANE_HEIGHT = 10, 14  # one window of the wall and of the towers
TOWER_WIDTH, TOWER_GAP, TOWER_HEIGHT = 30, 10, 98  # three windows wide, seven high


def wall(number, columns=12):
    """Path of a wall of `number` windows, `columns` a row, the last row shorter: (path data, width, height)."""
    rows, rest = divmod(number, columns)
    path = f"M0 0h{columns * PANE_WIDTH}v{rows * PANE_HEIGHT}H0z" if rows else ""
    if rest:
        path += f"M0 {rows * PANE_HEIGHT}h{rest * PANE_WIDTH}v{PANE_HEIGHT}H0z"
        rows += 1
    return path, columns * PANE_WIDTH, rows * PANE_HEIGHT


@dataclass(frozen=True)
class Tower:
    year: int
    number: int
    x: int
    y: float
    height: float
    middle: float
    label_y: float  # the foot of the number written above the tower


def towers(values):
    """One tower for each of `values` (with a year and a number of 1 or more), oldest first, the largest TOWER_HEIGHT high."""
    largest = max(value.number for value in values)
    drawn = []
    for i, value in enumerate(values):
        height = max(round(TOWER_HEIGHT * value.number / largest, 1), 1)
        x = i * (TOWER_WIDTH + TOWER_GAP)
        drawn.append(Tower(value.year, value.number, x, TOWER_HEIGHT - height, height, x + TOWER_WIDTH / 2, TOWER_HEIGHT - height - 4))
    return drawn
