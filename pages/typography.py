"""French typography, done when a page is rendered, so that staff may type as they do anywhere.

The rules are those of the Imprimerie nationale's Lexique: a narrow no-break space before ; ! ? and between thousands,
a no-break space before : and », after « and between a number and its unit, the curved apostrophe.
"""

import re
from html import escape, unescape

from django.utils.safestring import mark_safe
from django.utils.text import slugify

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
]
# These break at their hyphen otherwise: « e-mail » anywhere, « sommes-nous ? » in large titles on small screens.
E_MAIL = re.compile(r"(?<![\w-])([eE]-mails?)(?![\w-])")
INVERTED = re.compile(rf"([^\W\d_]+-(?:t-)?(?:je|tu|il|elle|on|nous|vous|ils|elles|ce|là)\b(?:{SPACE}?[?!])?)")
TAG = re.compile(r"""(<(?:!--.*?--|(?:"[^"]*"|'[^']*'|[^'">])*)>)""", re.DOTALL)
LEFT_ALONE = {"code", "pre", "kbd", "samp", "script", "style", "svg", "textarea", "title"}
ADDRESS = re.compile(r"((?<!\S)\S*(?:://|www\.|@)\S*)")


def slug_of(text):
    """`text` as it stands in addresses, with œ as oe and æ as ae, which Django leaves out."""
    return slugify(text.translate(str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})))


def free_slug(slug, others, reserved=frozenset()):
    """`slug`, or the first of `slug`-2, `slug`-3… that neither one of the queryset `others` has nor `reserved` holds."""
    free, n = slug, 1
    while free in reserved or others.filter(slug=free).exists():
        n += 1
        free = f"{slug}-{n}"
    return free


def typeset_text(text):
    """`text`, plain and without markup, in French typography. Web and e-mail addresses stay as they are."""
    pieces = ADDRESS.split(text)
    for i in range(0, len(pieces), 2):
        for pattern, replacement in RULES:
            pieces[i] = pattern.sub(replacement, pieces[i])
    return "".join(pieces)


def typeset(html):
    """The `html` of a page with the text between its tags typeset; tags, attributes, code, drawings and fields are untouched."""
    pieces = TAG.split(html)
    inside = ""  # the element to leave alone that we are in
    in_title = False
    for i, piece in enumerate(pieces):
        if i % 2:
            name = re.match(r"</?([a-zA-Z0-9]*)", piece)[1].lower()
            if inside:
                inside = "" if name == inside and piece.startswith("</") else inside
            elif name in LEFT_ALONE and not piece.startswith("</") and not piece.endswith("/>"):
                inside = name
            elif name in {"h1", "h2"}:
                in_title = not piece.startswith("</")
        elif piece and not inside and not piece.isspace():
            text = escape(typeset_text(unescape(piece)), quote=False)
            for pattern in (E_MAIL, INVERTED) if in_title else (E_MAIL,):
                text = pattern.sub(r'<span class="nb">\1</span>', text)
            pieces[i] = text
    return mark_safe("".join(pieces))  # noqa: S308 - the page's own HTML, its texts escaped again
