"""French typography, applied when a page is rendered, so that staff type as they do anywhere.

The rules are those of the Imprimerie nationale's Lexique: a narrow no-break space before ; ! ? and between thousands,
a no-break space before : and », after « and between a number and its unit, the curved apostrophe.
"""

import re
from functools import lru_cache
from html import escape, unescape

from django.utils.safestring import SafeString, mark_safe

from .html import MAX_REMEMBERED, map_text

NARROW, WIDE = "\u202f", "\u00a0"
SPACE = f"[ {NARROW}{WIDE}]"
UNITS = "€|%|°C?|h|min|s|km|hm|m|cm|mm|m²|m³|ha|kg|g|t|l|L|ans?|mois|jours?|heures?|euros?"
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
RULES = [
    (re.compile(r"(?<=[^\W\d_])['ʼ](?=[\w«]|$)"), "’"),
    (re.compile(f"«{SPACE}*"), f"«{WIDE}"),
    (re.compile(f"(?<!{SPACE}){SPACE}*»"), f"{WIDE}»"),
    (re.compile(f"(?<!{SPACE}){SPACE}+([;!?])"), rf"{NARROW}\1"),
    (re.compile(f"(?<!{SPACE}){SPACE}+:(?!//)"), f"{WIDE}:"),
    # Glued to a word by mistake: « Bonjour! ». Not inside an address or a time, where something follows.
    (re.compile(r"(?<=[^\W\d_]|[»)])([;!?]+)(?=[\s»)]|$)"), rf"{NARROW}\1"),
    (re.compile(r"(?<=[^\W\d_]|[»)]):(?=\s|$)"), f"{WIDE}:"),
    (re.compile(rf"\b(\d{{1,3}}){SPACE}(?=\d{{3}}\b)"), rf"\1{NARROW}"),
    (re.compile(rf"(?<=\d){SPACE}(?=(?:{UNITS})(?![\w’']))"), WIDE),
    (re.compile(rf"(?<=\d{WIDE}h){SPACE}à{SPACE}(?=\d)"), f"{WIDE}à{WIDE}"),
    (re.compile(rf"(?<=\d{WIDE}h){SPACE}(?=\d)"), WIDE),
    (re.compile(rf"(?<=\b\d\d){SPACE}(?=\d\d\b)"), WIDE),  # the pairs of a phone number
    (re.compile(rf"\b1{SPACE}(?={MONTHS})"), f"1er{WIDE}"),
    (re.compile(rf"\b(\d{{1,2}}|1er){SPACE}(?={MONTHS})"), rf"\1{WIDE}"),
    (re.compile(rf"\b(n°){SPACE}(?=\d)"), rf"\1{WIDE}"),
    (re.compile(rf"(?<=\d){SPACE}(et|ou){SPACE}(?=\d)"), rf"{WIDE}\1{WIDE}"),
]
SIGNS = re.compile("['ʼ«»;!?:0-9]")  # Each rule needs one of these signs.
# These break at their hyphen otherwise: « e-mail » anywhere, « sommes-nous ? » in large titles on small screens.
E_MAIL = re.compile(r"(?<![\w-])([eE]-mails?)(?![\w-])")
INVERTED = re.compile(rf"([^\W\d_]+-(?:t-)?(?:je|tu|il|elle|on|nous|vous|ils|elles|ce|là)\b(?:{SPACE}?[?!])?)")
NO_BREAK = r'<span class="nb">\1</span>'
# A title does not end a line with one of these, unless the next word is long.
SHORT = "les?|la|une?|du|des?|à|aux?|et|ou|en|sur|par|dans"
WITH_NEXT = re.compile(rf"(?<![\w’-])((?:(?:{SHORT}) )+[\w’-]{{1,12}}(?![\w’-])(?:{SPACE}?[;!?:»]|[.,…)])*)", re.IGNORECASE)
MAX_GLUED = 10  # characters
TITLE = re.compile(r"<(h[1-3])\b.*?</\1>|<([ab]) class=\"title\".*?</\2>", re.DOTALL)
SKIPPED = {"code", "pre", "kbd", "samp", "script", "style", "svg", "textarea", "title"}
ADDRESS = re.compile(r"((?<!\S)\S*(?:://|www\.|@)\S*)")


def typeset_text(text: str) -> str:
    """Returns plain `text` in French typography. Web and e-mail addresses are not changed."""
    if not SIGNS.search(text):
        return text
    pieces = ADDRESS.split(text)
    for i in range(0, len(pieces), 2):
        for pattern, replacement in RULES:
            pieces[i] = pattern.sub(replacement, pieces[i])
    return "".join(pieces)


def typeset(content: str) -> SafeString:
    """Returns the `content` of a page, HTML, with the text between its tags typeset; tags, code, drawings, fields and other
    languages are not changed.
    """
    html = map_text(content, typeset_piece, is_skipped)
    return mark_safe(TITLE.sub(lambda match: map_text(match[0], keep_together), html))  # noqa: S308 - the page's own HTML, its texts escaped again


def is_skipped(name: str, tag: str) -> bool:
    return name in SKIPPED or (" lang=" in tag and ' lang="fr"' not in tag)


@lru_cache(MAX_REMEMBERED)
def typeset_piece(text: str) -> str:
    return E_MAIL.sub(NO_BREAK, escape(typeset_text(unescape(text)), quote=False))


@lru_cache(MAX_REMEMBERED)
def keep_together(text: str) -> str:
    return WITH_NEXT.sub(glue, INVERTED.sub(NO_BREAK, text))


def glue(match: re.Match) -> str:
    """Glues a few words by no-break spaces; more than fit on a small screen with large text by markup, in which they may still break."""
    return match[0].replace(" ", WIDE) if len(match[0]) <= MAX_GLUED else match.expand(NO_BREAK)
