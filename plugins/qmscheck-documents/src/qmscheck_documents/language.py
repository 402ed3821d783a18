"""English or German, by the small words of a text; None where neither clearly wins."""

from __future__ import annotations

import re

__all__ = ["language_of"]

_ENGLISH = frozenset({
    "the", "and", "of", "to", "is", "are", "for", "with", "be", "by", "this", "that", "shall", "not", "from", "which",
    "an", "as", "on", "or",
})  # fmt: skip
_GERMAN = frozenset({
    "der", "die", "das", "und", "ist", "sind", "für", "mit", "von", "nicht", "werden", "wird", "zu", "den", "im", "auf",
    "eine", "ein", "oder", "des", "dem",
})  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 3


def language_of(text: str) -> str | None:
    """Give `en`, `de` or None."""
    words = [word.casefold() for word in _WORD.findall(text[:20_000])]
    english = sum(word in _ENGLISH for word in words)
    german = sum(word in _GERMAN for word in words)
    if max(english, german) < _ENOUGH or english == german:
        return None
    return "en" if english > german else "de"
