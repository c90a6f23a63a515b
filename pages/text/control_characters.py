"""Control characters, and halves of others, in what staff type or paste: no feed takes them (XML 1.0, 2.2), and no workbook."""

from django import forms

# For `str.translate`. Tabs and ends of lines stay; the line break of Word (U+000B) becomes a space.
TABLE = dict.fromkeys([*range(9), 12, *range(14, 32), 127, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]) | {11: " "}
read = forms.CharField.to_python


def read_text(self: forms.CharField, value: object) -> str | None:
    """`to_python` of Django's `CharField`, without control characters."""
    text = read(self, value)
    return text.translate(TABLE) if isinstance(text, str) else text
