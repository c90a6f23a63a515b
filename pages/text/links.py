"""Links in finished HTML whose words do not say where they lead (RGAA 4.1, criterion 6.1)."""

import html
import re

VAGUE = frozenset(
    (
        "cliquez ici", "cliquer ici", "clic ici", "ici", "là", "lien", "ce lien", "le lien", "suivez ce lien", "lire", "lire la suite", "la suite",
        "suite", "en savoir plus", "savoir plus", "plus d’informations", "plus d’infos", "plus", "voir", "voir plus", "télécharger", "page", "site",
    )
)  # fmt: skip
LONGEST = 200  # characters of a link that are looked at
LINK = re.compile(r"<a\b[^>]*\bhref=[^>]*>(?P<words>.{0,500}?)</a>", re.DOTALL | re.IGNORECASE)
ADDRESS = re.compile(r"(https?://|www\.)[^\s@]+|[^\s@]+\.(fr|com|org|net|eu)(/[^\s@]*)?", re.IGNORECASE)


def is_vague(words: str) -> bool:
    """Whether the words of a link are « cliquez ici » or the like, or a bare address of a page; an e-mail address says what it is."""
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", words)).replace("'", "’").split()).strip(" .:…!?>»«")[:LONGEST]
    return text.lower() in VAGUE or bool(ADDRESS.fullmatch(text))


def mark_vague_links(page: str) -> str:
    """Gives `data-vague` to the links of the main part of a page whose words are vague."""
    before, opening, rest = page.partition("<main")
    main, closing, after = rest.partition("</main>")

    def mark(link: re.Match) -> str:
        return link[0].replace("<a", "<a data-vague", 1) if is_vague(link["words"]) else link[0]

    return before + opening + LINK.sub(mark, main) + closing + after
