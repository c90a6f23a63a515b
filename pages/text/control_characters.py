"""Characters that nobody sees, in what staff and visitors type or paste.

Control characters and halves of others: no feed takes them (XML 1.0, 2.2), no workbook, and PostgreSQL not all. Embeddings, overrides and
isolates of writing directions (UAX 9), which show a text in another order; characters without width or meaning.
"""

from django import forms

UNSEEN = [0x200B, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000), *range(0xE0000, 0xE0080)]
# For `str.translate`. Tabs and ends of lines stay; the line break of Word (U+000B), and ends of lines and pages that others do not know,
# become spaces.
TABLE = dict.fromkeys([*range(9), *range(14, 32), *range(127, 160), *UNSEEN]) | dict.fromkeys((11, 12, 0x85, 0x2028, 0x2029), " ")
read = forms.CharField.to_python


def read_text(self: forms.CharField, value: object) -> str | None:
    """Replaces `to_python` of Django's `CharField`: removes control characters before it checks whether there is a text."""
    return read(self, value.translate(TABLE) if isinstance(value, str) else value)
