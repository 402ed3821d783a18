"""The types of the rule language, and which of them may meet."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Kind", "comparable", "joined"]


class Kind(StrEnum):
    """The type of an expression. `UNKNOWN` is that of a bare NULL."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    UNKNOWN = "unknown"

    @property
    def numeric(self) -> bool:
        """True of integers and numbers."""
        return self in {Kind.INTEGER, Kind.NUMBER}

    @property
    def temporal(self) -> bool:
        """True of dates and timestamps."""
        return self in {Kind.DATE, Kind.TIMESTAMP}


def comparable(left: Kind, right: Kind) -> bool:
    """Tell whether two values may be compared: numbers with numbers, dates with timestamps, like with like."""
    return (
        left is right
        or Kind.UNKNOWN in {left, right}
        or (left.numeric and right.numeric)
        or (left.temporal and right.temporal)
    )


def joined(left: Kind, right: Kind) -> Kind:
    """Give the type that holds both of two comparable types."""
    if left is right or right is Kind.UNKNOWN:
        return left
    if left is Kind.UNKNOWN:
        return right
    return Kind.NUMBER if left.numeric else Kind.TIMESTAMP
