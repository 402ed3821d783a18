"""A count as the record has it."""

from __future__ import annotations

from qmscheck.judge.counting.scan import Count
from qmscheck.model import Tally

__all__ = ["tally"]


def tally(one: Count) -> Tally:
    """Write a count for the record."""
    interval = (one.met / one.population, (one.met + one.unreadable) / one.population) if one.population else None
    return Tally(population=one.population, met=one.met, unmet=one.unmet, unreadable=one.unreadable, interval=interval)
