"""How far a fail goes, in records, as the form of its rule counts: what grading and the smallest change start from.

What cannot be read counts as not met here: the fail is certain without it, and evidence that becomes unreadable must
not make a fail look smaller (law 7).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from qmscheck.judge.bounds import bounds, target
from qmscheck.judge.counting.scan import Count
from qmscheck.model import Rule

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["Breach", "breach"]


@dataclass(frozen=True, slots=True)
class Breach:
    """What is not shown to be met.

    `cases` are the records not shown to be met, `beyond` those of them that are more than the rule allows (all, where
    it allows none), `of` the number that both are counted against: records in scope, or the number asked for of a
    count. `unreadable` are among `cases`. `whole` says that nothing is shown to be met. `words` say it in a sentence.
    """

    cases: int
    beyond: int
    of: int
    unreadable: int
    whole: bool
    words: str

    @property
    def share(self) -> Fraction:
        """The part of `of` that is beyond what the rule allows, 0 to 1."""
        return Fraction(self.beyond, self.of) if self.of else Fraction(0)


def breach(rule: Rule, one: Count, bench: Bench) -> Breach:
    """Say how far a tally stays behind its rule."""
    if rule.count is not None:
        return _of_count(rule, one, bench)
    cases = one.population - one.met
    allowed = one.population - math.ceil(target(rule, bench) * one.population)
    words = f"{cases} of {one.population}"
    if one.unreadable:
        words += f", {one.unreadable} of them unreadable"
    if allowed:
        words += f", where {allowed} {'is' if allowed == 1 else 'are'} allowed"
    return Breach(cases, max(cases - allowed, 0), one.population, one.unreadable, one.met == 0, words)


def _of_count(rule: Rule, one: Count, bench: Bench) -> Breach:
    """Count against the number asked for, or the records that are too many against those that were looked at."""
    least, most = (None if b is None else int(b) for b in bounds(rule, bench))
    if most is not None and one.met > most:
        found = one.met + one.unreadable
        words = f"{one.met} where at most {most} {'is' if most == 1 else 'are'} allowed"
        return Breach(found - most, found - most, one.population, one.unreadable, found - most == one.population, words)
    asked = least or 0
    cases = max(asked - one.met, 0)
    words = f"{cases} of {asked} asked for {'is' if cases == 1 else 'are'} missing"
    return Breach(cases, cases, asked, 0, one.met == 0, words)
