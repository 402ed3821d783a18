"""A sketch of a text: the smallest digests of its runs of words, from which the likeness of two texts is estimated.

Source: A. Broder, On the resemblance and containment of documents, 1997 (bottom-k sketches of shingles). Of the
runs one in four is looked at, and `_KEPT` of these are kept: the estimate is off by about 1/sqrt(_KEPT), that is 0.06.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from zlib import crc32

__all__ = ["LIKE", "likeness", "sketch"]

#: Likeness from which on one text is called similar to another.
LIKE = 0.8
_KEPT = 256
_LEAST = 20


def sketch(text: str) -> list[int]:
    """Give the sketch of a text, ascending; nothing for one that is too short to be a copy of anything."""
    words = " ".join(text.casefold().split()).encode("utf-8", "surrogatepass").split(b" ")
    if len(words) < _LEAST:
        return []
    # One run in four, chosen by its first word, says as much as all.
    first = frozenset(word for word in set(words) if not crc32(word) & 3)
    runs = compress(zip(words, words[1:], words[2:], words[3:], strict=False), map(first.__contains__, words))
    return sorted(set(map(crc32, map(b" ".join, runs))))[:_KEPT]


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimate the share of runs of words that two texts have in common, from 0 to 1."""
    if not one or not other:
        return 0.0
    first, second = set(one), set(other)
    whole = len(one) < _KEPT and len(other) < _KEPT
    union = sorted(first | second)[: None if whole else _KEPT]
    return sum(digest in first and digest in second for digest in union) / len(union)
