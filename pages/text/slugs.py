"""Slugs: the parts of addresses that are made from French words."""

import unicodedata
from collections.abc import Container

from django.db.models import QuerySet
from django.utils.text import slugify


def slugify_french(text: str) -> str:
    """Returns the slug of `text`, with œ as oe and æ as ae, which Django's `slugify` drops."""
    return slugify(text.translate(str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})))


def free_slug(slug: str, others: QuerySet, reserved: Container[str] = ()) -> str:
    """Returns `slug`, or the first of `slug`-2, `slug`-3… that neither an object of the queryset `others` nor `reserved` has."""
    free, n = slug, 1
    while free in reserved or others.filter(slug=free).exists():
        n += 1
        free = f"{slug}-{n}"
    return free


def fold(word: str) -> str:
    """Returns `word` without case or accents, œ as oe."""
    word = word.casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if letter.isalnum())
