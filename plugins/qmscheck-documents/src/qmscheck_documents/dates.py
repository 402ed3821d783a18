"""Dates in documents: ISO where only one reading is possible, otherwise the text as it stands."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["date_in", "is_date", "iso_date", "split_date"]

_MONTHS = (
    "jan jän", "feb", "mar mär mrz maerz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez",
)  # fmt: skip
_WORD = r"(?:jan|jän|feb|m[aä]r|mrz|maerz|apr|ma[iy]|ju[nl]|aug|sep|o[ck]t|nov|de[cz])[a-zä]*"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?({_WORD})\.?,?\s+(\d{{4}})", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"({_WORD})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.IGNORECASE)
_ANY = (
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\s?\d{{1,2}}\.\s?\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?\s+{_WORD}\.?,?\s+\d{{4}}|{_WORD}\.?\s+\d{{1,2}},?\s+\d{{4}}"
)
_TAIL = re.compile(
    r"^(?P<name>.*?\w.*?)[\s,;/|(\u2013-]+(?:on\s+|am\s+|den\s+|date:?\s*|datum:?\s*)?"
    rf"(?P<date>{_ANY})\)?\.?$",
    re.IGNORECASE,
)
_INSIDE = re.compile(rf"(?<!\d)(?:{_ANY})(?!\d)", re.IGNORECASE)
_ALONE = re.compile(
    rf"(?:on\s+|am\s+|den\s+|vom\s+)?(?P<date>{_ANY}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}})", re.IGNORECASE
)
_LONG = 200


def iso_date(text: str) -> str:
    """Write a date in ISO form if it can be read in one way only; else give the text back."""
    bare = text.strip()
    if found := _ISO.fullmatch(bare):
        return _written(found[1], found[2], found[3]) or text
    if found := _DOTS.fullmatch(bare):
        return _written(found[3], found[2], found[1]) or text
    if found := _DAY_FIRST.fullmatch(bare):
        return _written(found[3], _month(found[2]), found[1]) or text
    if found := _MONTH_FIRST.fullmatch(bare):
        return _written(found[3], _month(found[1]), found[2]) or text
    if found := _SLASHES.fullmatch(bare):
        readings = {_written(found[3], found[2], found[1]), _written(found[3], found[1], found[2])} - {None}
        return readings.pop() or text if len(readings) == 1 else text
    return text


def is_date(text: str) -> bool:
    """Say whether a text is a date and nothing besides, whatever its reading."""
    return len(text) < _LONG and _ALONE.fullmatch(text.strip()) is not None


def split_date(text: str) -> tuple[str, str | None]:
    """Split `A. Smith, 12 March 2026` into the name and the date."""
    found = _TAIL.match(text) if len(text) < _LONG else None
    return (found["name"].rstrip(" ,;/|(\u2013-"), found["date"]) if found else (text, None)


def date_in(text: str) -> str | None:
    """Give the date that stands in a text, as it stands; None where there is none, or several."""
    found = _INSIDE.findall(text) if len(text) < _LONG else []
    return found[0] if len(found) == 1 else None


def _month(word: str) -> str:
    short = word[:3].casefold()
    return next((str(number) for number, names in enumerate(_MONTHS, 1) if short in names), "0")


def _written(year: str, month: str, day: str) -> str | None:
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
