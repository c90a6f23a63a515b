"""The content encodings of answers: gzip and Brotli."""

import gzip
from functools import lru_cache

import brotli

SMALLEST = 500  # bytes of an answer that is worth compressing


@lru_cache(256)
def choose_encoding(accepted: str) -> str:
    """Returns "br", "gzip" or "" for a header Accept-Encoding (RFC 9110, 12.5.3)."""
    offers = {}
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        offers[name.strip()] = quality.replace(" ", "").rstrip("0.") != "q="
    return next((name for name in ("br", "gzip") if offers.get(name)), "")


def compress(body: bytes) -> dict[str, bytes]:
    """Returns the body in each encoding that is worth it."""
    if len(body) < SMALLEST:
        return {}
    return {"gzip": gzip.compress(body, 6, mtime=0), "br": brotli.compress(body, quality=5)}
