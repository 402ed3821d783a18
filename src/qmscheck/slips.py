"""What people write who have never heard of TOML, or count in another country: the hint for what a parser refuses."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection

from qmscheck.errors import did_you_mean

__all__ = ["hint_for", "meant_key", "without_quotes"]

_DAY_FIRST = re.compile(r"(?<![\w.])(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHES = re.compile(r"(?<![\w/])\d{1,4}/\d{1,2}/\d{1,4}")
_SHORT_DATE = re.compile(r"(?<![\w-])(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_COMMA = re.compile(r"=\s*(-?\d{1,3}(?:[.']\d{3})+|-?\d+),(\d+)")
_PER_CENT = re.compile(r"=\s*(\d+(?:[.,]\d+)?)\s*%")
_NO_NOUGHT = re.compile(r"=\s*(-?)(\.\d+)")
_YES_NO = re.compile(r"=\s*(true|yes|ja|wahr|on|false|no|nein|falsch|off)\b", re.IGNORECASE)
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
#: Low quotation marks; all others open or close by their category.
_LOW = "\u201a\u201e"
_YES = ("true", "yes", "ja", "wahr", "on")


#: What keys are called elsewhere.
_ELSEWHERE = {
    "condition": "must",
    "check": "must",
    "data": "given",
    "description": "statement",
    "expect": "verdict",
    "expected": "verdict",
    "file": "path",
    "filter": "where",
    "name": "id",
    "records": "given",
    "severity": "grade",
    "table": "each",
    "tables": "given",
    "when": "where",
}
_QUOTED = re.compile(r"(-?\d+)(?:[.,](\d+))?(\s*%)?")


def meant_key(name: str, known: Collection[str]) -> str | None:
    """Hint at the key that is meant by one that is not known here: all of them, if it is like none."""
    other = _ELSEWHERE.get(name.lower())
    if other in known:
        return f"did you mean '{other}'?"
    return did_you_mean(name, known) or (f"the keys here are {', '.join(sorted(known))}" if known else None)


def without_quotes(value: object) -> str | None:
    """Hint at the number, the date or the true or false that stands in a text."""
    if not isinstance(value, str):
        return None
    bare = value.strip()
    if bare.lower() in {"true", "false"}:
        return f"write it without quotes: {bare.lower()}"
    if (found := _QUOTED.fullmatch(bare)) is not None:
        number = f"{found[1]}.{found[2]}" if found[2] else found[1]
        return f"write it without quotes: {f'{float(number) / 100:.6g}' if found[3] else number}"
    for pattern, order in ((_DAY_FIRST, (3, 2, 1)), (_SHORT_DATE, (1, 2, 3))):
        if (found := pattern.fullmatch(bare)) is not None:
            return _day(*(found[n] for n in order))
    return None


def hint_for(text: str, line: int, column: int) -> str | None:
    """Give a hint for what stands at a line and column (both count from 1) of a TOML file; None for nothing known."""
    lines = text.split("\n")
    shown, at = lines[line - 1] if line <= len(lines) else "", column - 1
    mark = shown[at : at + 1]
    if mark and (mark in _LOW or unicodedata.category(mark) in {"Pi", "Pf"}):
        return 'these quotation marks are typographic: write straight ones, "..."'
    if (brackets := _brackets(lines, shown)) is not None:
        return brackets
    for pattern, told in _SLIPS:
        for found in pattern.finditer(shown):
            if found.start() <= at <= found.end() and (hint := told(found)) is not None:
                return hint
    return _marks(shown, at)


def _brackets(lines: list[str], shown: str) -> str | None:
    """Tell of a list of tables that has one bracket in one place and two in another."""
    header = _HEADER.match(shown)
    if header is None:
        return None
    name = header[2]
    others = {found[1] for other in lines if (found := _HEADER.match(other)) is not None and found[2] == name}
    return f"there are several: write [[{name}]] with two brackets, each time" if len(others) > 1 else None


def _marks(shown: str, at: int) -> str | None:
    """Tell of a text that holds the mark between which it stands."""
    mark = shown[at - 1 : at]
    if mark not in {"'", '"'} or mark not in shown[at:]:
        return None
    other = '"' if mark == "'" else "'"
    return f"the text ends at its second {mark}: put the whole between {other * 3}"


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return f"a date is written {dt.date(int(year), int(month), int(day))}, without quotes"
    except ValueError:
        return "a date is written 2026-11-20, and this day is in no calendar"


def _number(found: re.Match[str]) -> str:
    whole = re.sub("[.']", "", found[1])
    return f"a number has a point before its fraction, and nothing between thousands: {whole}.{found[2]}"


def _share(found: re.Match[str]) -> str:
    return f"a share is a number, and has no sign: {float(found[1].replace(',', '.')) / 100:.6g}"


def _truth(found: re.Match[str]) -> str:
    return f"yes and no are true and false: {'true' if found[1].lower() in _YES else 'false'}"


_SLIPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_DAY_FIRST, lambda found: _day(found[3], found[2], found[1])),
    (_SLASHES, lambda _: "a date is written 2026-11-20: year, month, day"),
    (_SHORT_DATE, lambda found: _day(found[1], found[2], found[3])),
    (_PER_CENT, _share),
    (_COMMA, _number),
    (_NO_NOUGHT, lambda found: f"a number has a digit before the point: {found[1]}0{found[2]}"),
    (_YES_NO, _truth),
)
