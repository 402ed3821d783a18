"""A sketch of a text: the smallest digests of its runs of words, from which the likeness of two texts is estimated.

Source: A. Broder, On the resemblance and containment of documents, 1997 (bottom-k sketches of shingles). A text of up
to `_KEPT` runs is kept whole, and compared exactly; of a longer one the estimate is off by about 0.4/sqrt(_KEPT), that
is 0.02 (docs/documents.md says what was measured).
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

__all__ = ["DIGESTS", "LIKE", "likeness", "sketch", "words_of"]

#: Likeness from which on one text is called similar to another.
LIKE = 0.8
_KEPT = 512
#: The digests that there are.
DIGESTS = 1 << 32
_LEAST = 20


def words_of(text: str) -> list[bytes]:
    """Give the words of a text in small letters; of one that holds no blanks but spaces without a second copy."""
    if text.isascii() and text.isprintable():
        return text.encode().lower().split()
    words = text.casefold().split()
    return " ".join(words).encode("utf-8", "surrogatepass").split(b" ") if words else []


def sketch(words: Sequence[bytes]) -> list[int]:
    """Give the sketch of a text by its words, ascending; nothing for one that is too short to be a copy of any."""
    if len(words) < _LEAST:
        return []
    digests = list(map(crc32, map(b" ".join, zip(words, words[1:], words[2:], words[3:], strict=False))))
    # To sort all would be most of the work. Digests are spread evenly: enough are below a bound, or below its double
    # where a text repeats itself.
    bound = (DIGESTS * _KEPT + DIGESTS * _KEPT // 4) // len(words)
    while bound < DIGESTS:
        smallest = {digest for digest in digests if digest < bound}
        if len(smallest) >= _KEPT:
            return sorted(smallest)[:_KEPT]
        bound *= 2
    return sorted(set(digests))[:_KEPT]


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Give the share of runs of words that two texts have in common, from 0 to 1: exact where both are kept whole."""
    if not one or not other:
        return 0.0
    first, second = set(one), set(other)
    both, either = first & second, first | second
    if len(one) < _KEPT and len(other) < _KEPT:
        return len(both) / len(either)
    smallest = sorted(either)[:_KEPT]
    return sum(map(both.__contains__, smallest)) / len(smallest)
