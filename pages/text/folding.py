"""Words without case or accents, as both databases index them."""

import unicodedata


def fold(word: str) -> str:
    """Returns `word` without case or accents, œ as oe."""
    word = word.casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if letter.isalnum())
