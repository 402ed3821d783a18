"""How a cell is written: its value as text, the same in every reader; its name in a sheet; what of it can be seen."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal

__all__ = ["UNREADABLE", "WHITE_SPACE", "as_text", "bare", "cell_name", "plain_name", "visible"]

#: Stands in the rows that a reader hands over for a cell that is filled, and that nobody can read: words in a picture,
#: or in a language without terms. See `Extract.marked`.
UNREADABLE = "#UNREADABLE!"

#: White space around a cell of evidence, and what is as invisible: a cell that holds nothing else is blank.
WHITE_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\u00a0\u00ad\u115f\u1160\u1680\u180e\u2000\u2001\u2002\u2003\u2004"
    "\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f"
    "\u205f\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u2800\u3000\u3164\ufe0e\ufe0f\ufeff\uffa0"
)
#: Controls, signs that only direct others, and spaces, as Unicode has them (general categories).
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
#: Letters and marks that are blank: fillers of Hangul and Khmer, blank Braille, joiners, selectors of a variant.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}

#: A number with a point that could stand between thousands.
_GROUPED = re.compile(r"-?[0-9]{1,3}\.[0-9]{3}")

#: Below this a float holds whole numbers exactly.
_EXACT = 2**53


def as_text(value: object, *, comma: bool = False) -> str | None:
    """Write a cell's value as text: ISO 8601 dates, `true`/`false`, shortest numbers; None stays blank.

    A whole number in a float (as workbooks store them) is written without a decimal point. Bytes are written as
    hexadecimal digits. The text can be read back by the declared column type without loss.

    Where other cells are written with a decimal `comma`, 1.234 could be read as 1234: it is written as 1.2340.
    """
    if comma and isinstance(value, float | Decimal):
        text = as_text(value) or ""
        return f"{text}0" if _GROUPED.fullmatch(text) else text
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
        case dt.datetime():
            return value.isoformat(sep=" ")
        case dt.date() | dt.time():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case bytes():
            return value.hex()
        case _:
            return str(value)


def cell_name(column: int, row: int) -> str:
    """Write a sheet column (0 = A) and a row number as an A1 name."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def bare(cell: str | None) -> str | None:
    """Take white space off a cell of evidence; None where nothing is left."""
    return None if cell is None else cell.strip(WHITE_SPACE) or None


def visible(text: str | None) -> str | None:
    """Give a text without what is blank or invisible around it; None where nothing of it can be seen.

    What stands inside stays: joiners belong to many scripts.
    """
    if text is None:
        return None
    seen = [at for at, sign in enumerate(text) if not _unseen(sign)]
    return text[seen[0] : seen[-1] + 1] if seen else None


def plain_name(text: str) -> str:
    """Write the name of a person as it is compared: without what cannot be seen, letter case, and outer spaces."""
    return " ".join("".join(" " if s.isspace() else "" if _unseen(s) else s for s in text).split()).casefold()


def _unseen(sign: str) -> bool:
    return sign in _BLANK or unicodedata.category(sign) in _UNSEEN
