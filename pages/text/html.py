"""Changes to the text of an HTML page that leave its tags alone."""

import re
from collections.abc import Callable

TAG = re.compile(r"""(<(?:!--.*?--|(?:"[^"]*"|'[^']*'|[^'">])*)>)""", re.DOTALL)


def map_text(html: str, change: Callable[[str], str], is_skipped: Callable[[str, str], bool] = lambda name, tag: False) -> str:
    """Returns `html` with its texts changed, but for those in skipped elements.

    `is_skipped` gets the lower-case name of an element and its start tag.
    """
    pieces = TAG.split(html)  # texts and tags in turn
    skipped, depth = "", 0  # the element that is skipped, and how many elements of its name are open
    for i, piece in enumerate(pieces):
        if i % 2:
            name = re.match(r"</?([a-zA-Z0-9]*)", piece)[1].lower()
            if name == skipped:
                depth += -1 if piece.startswith("</") else 1
                skipped = skipped if depth else ""
            elif not skipped and not piece.startswith("</") and not piece.endswith("/>") and is_skipped(name, piece):
                skipped, depth = name, 1
        elif not skipped and not piece.isspace():
            pieces[i] = change(piece)
    return "".join(pieces)
