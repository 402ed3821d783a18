"""Names and values as texts of Spark's SQL. Everything that is not a plain letter of ASCII is written by its number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

__all__ = ["literal", "quoted", "selected_values"]

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;_-+*/()[]{}<>=!?#@&|~^%")

#: The least whole number that can be written with a minus sign before it, and the digits of a decimal.
_LEAST, _PRECISION = -(2**63) + 1, 38


def quoted(name: str) -> str:
    """Write a name."""
    return "`" + name.replace("`", "``") + "`"


def literal(value: object) -> str:
    """Write a value of one of the types that records have."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value}L" if value >= _LEAST else f"CAST('{value}' AS BIGINT)"
        case float():
            return f"CAST('{value!r}' AS DOUBLE)"
        case Decimal():
            return f"CAST('{value}' AS DECIMAL({_PRECISION}, {max(0, -int(value.as_tuple().exponent))}))"
        case dt.datetime():
            return f"TIMESTAMP_NTZ'{value.isoformat(sep=' ')}'"
        case dt.date():
            return f"DATE'{value.isoformat()}'"
    return "'" + "".join(sign if sign in _PLAIN else _by_number(sign) for sign in str(value)) + "'"


def _by_number(sign: str) -> str:
    code = ord(sign)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004


def selected_values(columns: Sequence[tuple[str, str]], records: Sequence[tuple[object, ...]]) -> str:
    """Write a SELECT of some records; `columns` are names and types."""
    cells = ", ".join(f"CAST({quoted(name)} AS {kind}) AS {quoted(name)}" for name, kind in columns)
    if not records:
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in columns)
        return f"SELECT {nothing} WHERE false"
    rows = ", ".join(f"({', '.join(literal(cell) for cell in record)})" for record in records)
    names = ", ".join(quoted(name) for name, _ in columns)
    return f"SELECT {cells} FROM VALUES {rows} AS t({names})"  # noqa: S608  (every name and value is quoted)
