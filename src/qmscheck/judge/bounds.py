"""The bounds of a rule in force: as it writes them, or as the parameter that it names says."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from qmscheck.model import Rule

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["Bounds", "bounds"]


class Bounds(NamedTuple):
    """Shares, or numbers of records, exactly as they are written (0.95 is 19/20)."""

    least: Fraction | None
    most: Fraction | None


def bounds(rule: Rule, bench: Bench) -> Bounds:
    """Give the bounds of a rule."""
    return Bounds(_number(rule.at_least, bench), _number(rule.at_most, bench))


def _number(bound: float | str | None, bench: Bench) -> Fraction | None:
    if bound is None:
        return None
    return Fraction(str(bench.params[bound].value if isinstance(bound, str) else bound))
