"""The values that rulesets and plans give, against the type that was declared for them."""

from __future__ import annotations

import datetime as dt

__all__ = ["fits"]


def fits(value: object, kind: str) -> bool:
    """Tell whether a TOML value is of a declared type; a whole number is a number, a date is no timestamp."""
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "date":
            return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
        case "timestamp":
            return isinstance(value, dt.datetime | dt.date)
        case _:
            return isinstance(value, str)
