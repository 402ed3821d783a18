"""How alike two names of a column, a sheet or a file are: their words, without case, umlauts, endings and filling.

`Kd.-Nr`, `Kundennummer` and `customer no` are each two words, one of which says *number*. Three such marks (number,
date, by whom) count less than a word that tells what the column is about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import takewhile
from math import fsum
from types import MappingProxyType

__all__ = ["alike", "covered", "own_name", "plain", "stems", "words"]

Words = frozenset[str]

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "a"})
_NUMBER, _DAY, _BY = "@number", "@day", "@by"
_MARKS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("no", "nr", "num", "number", "nummer", "id", "key", "code", "ref", "kennung", "#"), _NUMBER)
    | dict.fromkeys(("date", "datum", "on", "at", "am", "dt", "day", "tag", "time", "timestamp", "zeitpunkt"), _DAY)
    | dict.fromkeys(("by", "von", "durch"), _BY)
)
_LIGHT = 0.4
#: Parts of German words that are words of their own.
_ENDINGS = ("nummer", "datum", "kennung", "nr")
_FILLING = frozenset(
    {
        *("the", "a", "an", "of", "to", "in", "for", "and", "or", "it", "its", "is", "was", "were", "be", "been"),
        *("der", "die", "das", "den", "dem", "des", "ein", "eine", "ist", "im", "zu", "zur", "zum", "und", "oder"),
        *("wird", "lfd", "eur", "euro", "usd", "gbp", "chf"),
    }
)
_SHORT: Mapping[str, str] = MappingProxyType({"kd": "kunden", "kdn": "kunden", "qty": "quantity", "acct": "account"})
_LEAST_STEM, _CLOSE = 3, 0.75
#: German participles lose what makes them one: geprüft and Prüf-Nr. are about the same.
_PARTICIPLE = re.compile(r"ge([a-z]{4,})t")
_WORD = re.compile(r"#|[^\W_]+")
_WRAPPED = re.compile(r"(?i)(?:custom field|benutzerdefiniertes feld) \((.+)\)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def plain(text: str) -> str:
    """Write a name without case, umlauts, and all that is no letter and no digit."""
    return "".join(_WORD.findall(_folded(text)))


def own_name(heading: str) -> str:
    """Take from a heading what a ticket tool wrapped its name in: `Custom field (Customer)` is `Customer`."""
    wrapped = _WRAPPED.fullmatch(heading.strip())
    return wrapped[1] if wrapped else heading


@lru_cache(maxsize=20_000)
def words(text: str) -> Words:
    """Give the words of a name, with marks for number, date and by whom."""
    found = {word for part in _WORD.findall(_folded(_CAMEL.sub(" ", text))) for word in _parts(part)}
    telling = {word for word in found - _FILLING if not word.isdigit()}
    return frozenset(telling or found)


@lru_cache(maxsize=200_000)
def alike(one: Words, other: Words) -> float:
    """Tell how alike two names are, 0 to 1: twice what they share over what they have (Dice's coefficient)."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    mine = [_weight(word) * _best(word, other) for word in one]
    theirs = [_weight(word) * _best(word, one) for word in other]
    return fsum([*mine, *theirs]) / (_weights(one) + _weights(other))


def covered(name: Words, text: Words) -> float:
    """Tell how much of a name stands in a longer text, 0 to 1; marks alone are nothing."""
    telling = [word for word in name if not word.startswith("@")]
    if not telling or not any(_best(word, text) for word in telling):
        return 0.0
    return fsum(_weight(word) * _best(word, text) for word in name) / _weights(name)


def stems(name: Words) -> Words:
    """Give the beginnings of a name's words: names that are alike share one."""
    return frozenset(word if word.startswith("@") else word[:_LEAST_STEM] for word in name)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    if folded.isascii():
        return folded
    return "".join(sign for sign in unicodedata.normalize("NFD", folded) if not unicodedata.combining(sign))


def _parts(word: str) -> Iterable[str]:
    if word in _MARKS:
        return (_MARKS[word],)
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _LEAST_STEM:
            return (stem.removesuffix("s"), _MARKS[ending])
    participle = _PARTICIPLE.fullmatch(word)
    return (participle[1] if participle else _SHORT.get(word, word),)


def _best(word: str, among: Words) -> float:
    return max((_same(word, other) for other in among), default=0.0)


@lru_cache(maxsize=50_000)
def _same(one: str, other: str) -> float:
    """Tell whether two words are one: equal, one short for the other, or with other endings."""
    if one == other:
        return 1.0
    if one[0] == "@" or other[0] == "@" or one[0] != other[0]:
        return 0.0
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    short, long = sorted((len(one), len(other)))
    if shared == short and short >= _LEAST_STEM:
        return 0.6 + 0.4 * short / long
    return shared / long if shared / long >= _CLOSE else 0.0


def _weights(name: Words) -> float:
    return fsum(map(_weight, name))  # words come in any order, and the last digit must not depend on it


def _weight(word: str) -> float:
    return _LIGHT if word.startswith("@") else 1.0
