"""Ranges of characters, by their code points: what classes of a pattern are made of."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["LAST", "Range", "joined", "outside"]

#: The first and the last character of a range.
Range = tuple[int, int]

#: The last code point of Unicode.
LAST = 0x10FFFF


def joined(ranges: Iterable[Range]) -> list[Range]:
    """Sort ranges, and put those together that meet."""
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def outside(ranges: Iterable[Range]) -> list[Range]:
    """Give all characters that are not in some ranges."""
    found, start = [], 0
    for low, high in joined(ranges):
        if start < low:
            found.append((start, low - 1))
        start = high + 1
    return [*found, (start, LAST)] if start <= LAST else found
