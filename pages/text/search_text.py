"""Text for the search index."""

import re
from collections.abc import Iterable

from wagtail.search import index

from .control_characters import TABLE


def as_sentences(texts: Iterable[str]) -> str:
    """Joins `texts`, each ended like a sentence, so that an excerpt does not run one into the next; two control characters mark its words."""
    texts = (" ".join(text.translate(TABLE).split()) for text in texts)
    return " ".join(text if text[-1] in ".!?:;…" else f"{text}." for text in texts if text)


class CleanText:
    def get_value(self, obj: object) -> str:
        value = super().get_value(obj) or ""
        text = as_sentences([value] if isinstance(value, str) else value)
        # PostgreSQL parses « Mont/Pépinière » as a file name, « M.Dupont » as a host: a zero-width space separates the words.
        return re.sub(r"(?<=\w)[-/.@_](?=\w)", "\\g<0>\u200b", text)


class SearchText(CleanText, index.SearchField):
    """A field or method whose text is searched and shown in excerpts. Each one that a page type does not list stays out of the index."""


class ProseColumn(CleanText, index.AutocompleteField):
    """On SQLite, whose index has no weights: a second column in which a word of the prose counts once more."""


def prose(*names: str) -> list[index.BaseField]:
    """Returns fields for a page's own prose, in which a word counts twice as much as in the items that the page lists."""
    return [field for name in names for field in (SearchText(name, boost=1.5), ProseColumn(name))]
