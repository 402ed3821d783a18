"""The bounds of a rule in force: as it writes them, or as the parameter that it names says."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from qmscheck.model import Rule

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["Bounds", "bounds", "target"]


class Bounds(NamedTuple):
    """Shares, or numbers of records, exactly as they are written (0.95 is 19/20)."""

    least: Fraction | None
    most: Fraction | None


def bounds(rule: Rule, bench: Bench) -> Bounds:
    """Give the bounds of a rule."""
    return Bounds(_number(rule.at_least, bench), _number(rule.at_most, bench))


def target(rule: Rule, bench: Bench) -> Fraction:
    """Give the share of records that must be met, exactly as it is written (95 % is 19/20)."""
    given = bounds(rule, bench)
    if given.most is not None:
        return 1 - given.most
    return Fraction(1) if given.least is None else given.least


def _number(bound: float | str | None, bench: Bench) -> Fraction | None:
    if bound is None:
        return None
    return Fraction(str(bench.params[bound].value if isinstance(bound, str) else bound))
