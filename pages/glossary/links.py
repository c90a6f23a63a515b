"""Links from the first use of a hard word on a page to its definition in the glossary."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import unescape

from django.urls import reverse
from django.utils.html import escape

from ..text.html import MAX_REMEMBERED, map_text
from ..text.typography import SPACE

MAX_LINKS = 8  # More links would make a page hard to read.
PLAIN = re.compile(r'class="(?:agenda|facts|lede|news|offers)\b')  # lists of short facts, the sentence under a title
# Elements that are skipped: links, titles, and what is not prose.
SKIPPED = {
    *("a", "b", "button", "caption", "code", "dt", "figcaption", "form", "h1", "h2", "h3", "h4", "header", "label", "legend", "nav"),
    *("pre", "script", "style", "summary", "svg", "th", "time", "title"),
}


def get_word_pattern(word: str) -> str:
    """Returns the pattern of a word with or without a plural s; without one for acronyms, small words and those in -x."""
    plain = re.sub("['’]", "(?:['’]|&#x27;)", re.escape(escape(unescape(word)).replace("&#x27;", "'")))
    if len(word) < 4 or word.isupper() or word.endswith("x"):
        return plain
    return f"{plain.removesuffix('s')}s?"


def get_pattern(forms: tuple[tuple[str, str], ...]) -> re.Pattern:
    """Returns one pattern for all `forms`, pairs of a slug and a spelling; each has a group named by its index in `forms`."""
    alternatives = []
    # The longest first: « Régie de Quartier » before « quartier ».
    for place, (_, form) in sorted(enumerate(forms), key=lambda item: -len(item[1][1])):
        words = f"{SPACE}+".join(map(get_word_pattern, form.split()))
        alternatives.append(f"(?P<f{place}>{words if form.isupper() else f'(?i:{words})'})")
    return re.compile(rf"(?<![\w&#-])(?:{'|'.join(alternatives)})(?![\w-])")


@lru_cache(maxsize=4)
def get_finder(forms: tuple[tuple[str, str], ...]) -> Callable[[str], tuple]:
    """Returns a function that finds `forms` in a text: begin, end, and slug of each place."""
    pattern = get_pattern(forms)

    @lru_cache(MAX_REMEMBERED)
    def find(text: str) -> tuple[tuple[int, int, str], ...]:
        return tuple((found.start(), found.end(), forms[int(found.lastgroup[1:])][0]) for found in pattern.finditer(text))

    return find


def is_skipped(name: str, tag: str) -> bool:
    return name in SKIPPED or bool(PLAIN.search(tag))


def link_glossary(html: str, terms: Iterable) -> str:
    """Returns the `html` of a page's main part with the first use of each of `terms` linked to the glossary, `MAX_LINKS` at most."""
    forms = tuple((term.slug, form) for term in terms for form in term.forms)
    if not forms:
        return html
    find, glossary, explained = get_finder(forms), reverse("glossary"), set()

    def link(text: str) -> str:
        pieces, done = [], 0
        for begin, end, slug in find(text):
            if slug not in explained and len(explained) < MAX_LINKS:
                explained.add(slug)
                title = f"Voir ce que veut dire «\u00a0{escape(unescape(text[begin:end]))}\u00a0»"
                pieces += [text[done:begin], f'<a class="term" href="{glossary}#{slug}" title="{title}">{text[begin:end]}</a>']
                done = end
        return "".join([*pieces, text[done:]])

    return map_text(html, link, is_skipped)
