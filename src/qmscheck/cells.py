"""How a cell is written: its value as text, the same in every reader, and its name in a sheet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

__all__ = ["as_text", "cell_name"]


#: Below this a float holds whole numbers exactly.
_EXACT = 2**53


def as_text(value: object) -> str | None:
    """Write a cell's value as text: ISO 8601 dates, `true`/`false`, shortest numbers; None stays blank.

    A whole number in a float (as workbooks store them) is written without a decimal point. Bytes are written as
    hexadecimal digits. The text can be read back by the declared column type without loss.
    """
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
