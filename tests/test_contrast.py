"""The colours of text on their surfaces, computed from the tokens of the stylesheet (WCAG 2.2, 1.4.6: 7:1)."""

import re

import pytest
from django.conf import settings

STYLE = (settings.BASE_DIR / "static" / "css" / "site.css").read_text()
TOKENS = STYLE[STYLE.index("==== tokens") : STYLE.index("==== bare elements")]
LIGHT, DARK = TOKENS.split("prefers-color-scheme: dark")
PAIRS = [
    *(("text", surface) for surface in ("surface", "surface-warm", "sky", "surface-pale", "surface-green")),
    *(("link", surface) for surface in ("surface", "surface-pale", "surface-green")),
    ("numeral", "surface"),
    ("on-surface-deep", "surface-deep"),
    *(("on-surface-dark", surface) for surface in ("surface-dark", "surface-footer")),
    ("on-accent", "accent"),
    ("on-accent", "band"),
    ("accent", "surface-dark"),
    ("on-button", "button"),
    ("text", "rock"),  # the hero's text crosses it on a tablet
]

# Parts of drawings that carry meaning: what is lit (1.4.11: 3:1).
DRAWN = [("accent", surface) for surface in ("wall", "wall-shade", "glass", "leaf")]


def colours(part):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", part))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def get_faint(pairs, ratio):
    """Returns the pairs whose contrast is lower, by day or by night."""
    schemes = {"day": colours(LIGHT), "night": colours(LIGHT) | colours(DARK)}
    return [(scheme, *pair) for scheme, tokens in schemes.items() for pair in pairs if contrast(*(tokens[name] for name in pair)) < ratio]


def test_text_reaches_seven_to_one():
    assert get_faint(PAIRS, 7) == []


def test_each_colour_beside_those_of_drawings_is_in_a_pair():
    named = {name for pair in PAIRS + DRAWN for name in pair} | {"frame", "error", "button"}  # lines, and words beside a sign
    assert set(colours(LIGHT.partition("/* drawings only")[0])) - named == set()


def test_what_means_something_in_a_drawing_reaches_three_to_one():
    assert get_faint(DRAWN, 3) == []
