"""Hard words explained: the first use of each on a page leads to its definition, wherever staff wrote it."""

import re
from functools import lru_cache
from html import unescape

from django.urls import reverse
from django.utils.html import escape

from .typography import SPACE, TAG

MOST_LINKS = 8  # more would make a page hard to read
PLAIN = re.compile(r'class="(?:agenda|facts|lede|news|offers)\b')  # lists of short facts, the sentence under a title
# What is a link or a title already, or no prose.
LEFT_ALONE = {
    *("a", "b", "button", "caption", "code", "dt", "figcaption", "form", "h1", "h2", "h3", "h4", "header", "label", "legend", "nav"),
    *("pre", "script", "style", "summary", "svg", "th", "time", "title"),
}


def word_pattern(word):
    """A word of a form with its plural in s or without; as it is, for acronyms, small words and those in -x."""
    plain = re.sub("['’]", "(?:['’]|&#x27;)", re.escape(escape(unescape(word)).replace("&#x27;", "'")))
    if len(word) < 4 or word.isupper() or word.endswith("x"):
        return plain
    return f"{plain.removesuffix('s')}s?"


@lru_cache(maxsize=4)
def pattern_of(forms):
    """One pattern for all `forms`, pairs of a slug and what stands for it; a group a form, named by its place in `forms`."""
    alternatives = []
    for place, (_, form) in sorted(enumerate(forms), key=lambda item: -len(item[1][1])):  # « Régie de Quartier » goes before « quartier »
        words = f"{SPACE}+".join(map(word_pattern, form.split()))
        alternatives.append(f"(?P<f{place}>{words if form.isupper() else f'(?i:{words})'})")
    return re.compile(rf"(?<![\w&#-])(?:{'|'.join(alternatives)})(?![\w-])")


def explain(html, terms):
    """The `html` of a page's main part, with links to the `terms` in it, each once, `MOST_LINKS` at most."""
    forms = tuple((term.slug, form) for term in terms for form in term.forms)
    if not forms:
        return html
    pattern, glossary, explained = pattern_of(forms), reverse("glossary"), set()

    def link(match):
        slug = forms[int(match.lastgroup[1:])][0]
        if slug in explained or len(explained) == MOST_LINKS:
            return match[0]
        explained.add(slug)
        words = escape(unescape(match[0]))
        return f'<a class="term" href="{glossary}#{slug}" title="Voir ce que veut dire «\u00a0{words}\u00a0»">{match[0]}</a>'

    pieces = TAG.split(html)
    inside, depth = "", 0  # the element to leave alone that we are in, and how many of its name are open
    for i, piece in enumerate(pieces):
        if i % 2:
            name, closes = re.match(r"</?([a-zA-Z0-9]*)", piece)[1].lower(), piece.startswith("</")
            if inside:
                depth += (name == inside) * (-1 if closes else 1)
                inside = inside if depth else ""
            elif not closes and (name in LEFT_ALONE or PLAIN.search(piece)):
                inside, depth = name, 1
        elif not inside and len(explained) < MOST_LINKS and not piece.isspace():
            pieces[i] = pattern.sub(link, piece)
    return "".join(pieces)
