"""Changes to the text of an HTML page that leave its tags alone."""

import re
from collections.abc import Callable

MAX_REMEMBERED = 4096  # texts, such as those of header and footer, that a process need not change again; tags contain what visitors typed
TAG = re.compile(r"""(<(?:!--.*?--|(?:"[^"]*"|'[^']*'|[^'">])*)>)""", re.DOTALL)
NAME = re.compile(r"</?([a-zA-Z0-9]*)")


def map_text(html: str, change: Callable[[str], str], is_skipped: Callable[[str, str], bool] = lambda name, tag: False) -> str:
    """Returns `html` with its texts changed, and the blank lines between its tags left out, but for those in skipped elements.

    `is_skipped` gets the lower-case name of an element and its start tag.
    """
    pieces = TAG.split(html)  # Texts and tags alternate.
    skipped, depth = "", 0  # the name of the skipped element, and the number of its open elements of that name
    for i, piece in enumerate(pieces):
        if i % 2:
            is_end = piece.startswith("</")
            name = NAME.match(piece)[1].lower() if skipped or not is_end else ""
            if skipped and name == skipped:
                depth += -1 if is_end else 1
                skipped = skipped if depth else ""
            elif not (skipped or is_end or piece.endswith("/>")) and is_skipped(name, piece):
                skipped, depth = name, 1
        elif not skipped:
            pieces[i] = change(piece) if not piece.isspace() else "\n" if "\n" in piece else piece
    return "".join(pieces)
