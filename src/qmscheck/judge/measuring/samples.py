"""What the records of a rule stand for, and what they were drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmscheck.engine import counts
from qmscheck.judge.counting.scan import flags
from qmscheck.judge.measuring.estimates import Asked, Estimated, Numbers, Sample
from qmscheck.model import Rule
from qmscheck.sql import measures as sql
from qmscheck.sql.select import RowTest

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["BaseProblem", "certain", "defined", "sample_of"]


@dataclass(frozen=True)
class BaseProblem:
    """Why nothing can be said: the sample is not one of its base."""

    reason: str


def sample_of(rule: Rule, test: RowTest, bench: Bench, drawn: int) -> Sample | BaseProblem:
    """Say what `drawn` records stand for. A base that may be larger counts at its largest: that widens."""
    base = _size(rule, test, bench)
    if base is not None and base < drawn:
        return BaseProblem(
            f"{drawn} records cannot be a sample of {_named(rule, base)}: the base holds all that were drawn from it. "
            "Correct the base, or narrow 'where' to the records that were drawn."
        )
    return Sample(rule.inference, rule.confidence, 1 if rule.sides == "one" else 2, rule.min_sample, base)


def certain(asked: Asked, numbers: Numbers, unreadable: int, sample: Sample) -> bool:
    """Tell whether all is known of each record and of what they are counted against: then only their number is open."""
    if unreadable or sample.inference == "judgement-sample":
        return False
    least, most = numbers.exposure
    return asked.kind != "rate" or (least > 0 and least == most)


def defined(asked: Asked, found: Estimated) -> bool:
    """Tell whether the statistic has a value; of cases that are all young Kaplan-Meier has none, and all is known."""
    return found.value is not None or asked.kind == "within"


def _size(rule: Rule, test: RowTest, bench: Bench) -> int | None:
    if rule.base is None:
        return None
    number = rule.base.number
    if number is not None:
        return int(str(bench.params[number].value)) if isinstance(number, str) else number
    other = test.statistic.base if test.statistic is not None else None
    assert other is not None  # noqa: S101
    ((sure, _, open_),) = bench.at(other.table).rows(sql.totals(other, None, None, bench.values, flags(bench)))
    return sum(counts((sure, open_))) + bench.tables[other.table].lost


def _named(rule: Rule, base: int) -> str:
    given = rule.base
    assert given is not None  # noqa: S101
    if given.table is not None:
        number = "1 record" if base == 1 else f"{base} records"
        return f"the {number} of {given.table}{' in its scope' if given.where else ''}"
    return f"a base of {base}" + (f" (parameter {given.number})" if isinstance(given.number, str) else "")
