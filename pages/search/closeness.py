"""How close French words are in meaning, by the vectors in meanings.bin (`make -f tools/Makefile meanings`; docs/search.md)."""

from array import array
from bisect import bisect_left
from functools import lru_cache
from math import hypot
from operator import mul
from pathlib import Path
from string import ascii_lowercase

# Read when the module is imported: before gunicorn forks, so that all workers share it.
size, words, rest = (Path(__file__).parent / "meanings.bin").read_bytes().split(b"\n\n", 2)
SIZE = int(size)  # the length of a vector, whose numbers have four bits each
WORDS = words.split(b"\n")  # folded, in alphabetical order
ROWS = array("H", rest[: 2 * len(WORDS)])  # the index of each word's vector; words that are much alike share one
VECTORS = memoryview(rest)[2 * len(WORDS) :]


def find(word: str) -> int | None:
    """Returns the number of the vector of a folded word, the lower the more frequent; None for a word that is not known."""
    at = bisect_left(WORDS, word.encode())
    return ROWS[at] if at < len(WORDS) and WORDS[at] == word.encode() else None


def is_known(word: str) -> bool:
    return find(word) is not None


def correct(word: str) -> str:
    """Returns the most frequent word one letter away (more, less, other, or two swapped) from a folded word of five letters or more."""
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    near = {one + more + other[skipped:] for one, other in parts for more in ("", *ascii_lowercase) for skipped in (0, 1)}
    near |= {one + other[1] + other[0] + other[2:] for one, other in parts if len(other) > 1}
    return min(filter(is_known, near), key=lambda each: (find(each), each), default=word) if len(word) > 4 else word


def shorten(vector: list[float]) -> list[float]:
    """Returns the vector with length 1."""
    length = hypot(*vector) or 1
    return [number / length for number in vector]


def get_vector(number: int) -> list[float]:
    packed = VECTORS[number * SIZE // 2 : (number + 1) * SIZE // 2]
    return shorten([half - 8 for byte in packed for half in (byte >> 4, byte & 15)])


@lru_cache(maxsize=4096)
def get_meaning(words: tuple[str, ...]) -> list[float]:
    """Returns the vector of the folded `words` together, of length 1; [] if none of them is known."""
    numbers = [number for word in words if (number := find(word)) is not None]
    return shorten([sum(column) for column in zip(*map(get_vector, numbers), strict=True)])


def get_closeness(one: list[float], other: list[float]) -> float:
    """Returns 1 for the same meaning, about 0 for meanings that have nothing to do with each other or are not known."""
    return sum(map(mul, one, other))
