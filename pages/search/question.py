"""The words of a question, and their forms."""

import re
import unicodedata

from ..text.slugs import fold

MAX_WORDS = 8  # The other words of a question are ignored.
STOP_WORDS = frozenset(
    "ai apres as au aussi aux avant avec avez avoir bien ca ce cela ces cet cette chez combien comment contre dans de depuis des dont du elle en "  # noqa: SIM905
    "entre es est et etait etes etre eux faire fait faites faut il ils je la le les leur leurs lui ma mais me mes moi mon ne ni nos notre "
    "nous on ont ou par pas pendant peut peux plus pour pourquoi puis qu quand que quel quelle quelles quels qui quoi sa sans se selon ses si "
    "sommes son sont sous suis sur ta te tes toi ton tous tout toute toutes tres tu un une va vais vers veut veux voici vos votre voudrais "
    "vous".split()
)
# Who asks where asks for the address.
PLACE = re.compile(r"\boù\b|^\W*ou\b|\bou\W*$|\bcomment (?:y |vous |se |on )*(?:aller|trouver|rejoindre|rendre|venir)\b", re.IGNORECASE)


def get_words(question: str) -> list[str]:
    """Returns the folded words of `question`, at least two letters or digits long, without stop words unless it has no others."""
    question = PLACE.sub(" adresse ", unicodedata.normalize("NFC", question))
    words = [fold(word) for word in re.findall(r"[^\W_]{2,40}", question)]
    words = list(dict.fromkeys(word for word in words if len(word) > 1))
    return ([word for word in words if word not in STOP_WORDS] or words)[:MAX_WORDS]


def get_forms(word: str) -> list[str]:
    """Returns `word` with its plural or singular in s or x, and the other gender of what may be a participle: salarié, salariée."""
    one = word[:-1] if len(word) > 3 and word[-1] in "sx" else word
    other = one[:-1] if one.endswith("ee") else f"{one}e"
    return [word, one if one != word else f"{word}s", *([other, f"{other}s"] if one[-1] == "e" and len(one) > 4 else [])]


def are_same_words(words: list[str], text: str) -> bool:
    """Returns True if the `words` of a question are those of `text`, in singular or plural."""
    others = get_words(text)
    return len(words) == len(others) and all(
        one in get_forms(other) or other in get_forms(one) for one, other in zip(words, others, strict=True)
    )
