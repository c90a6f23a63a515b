"""How long sentences are."""

import re
from html import unescape

END = re.compile(r"<[^>]*>|(?<=[.!?…])\s+")  # of a sentence: a tag of a paragraph or list item, or a full stop


def find_long_sentences(html: str, most: int) -> list[str]:
    """Returns the sentences of an HTML text without inline elements that have more than `most` words."""
    return [sentence.strip() for sentence in END.split(unescape(html)) if len(re.findall(r"\w+", sentence)) > most]
