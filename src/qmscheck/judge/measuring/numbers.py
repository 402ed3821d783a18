"""The numbers that a statistic takes: of all records in scope, or of each unit; read from the engine, exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from qmscheck.engine import counts
from qmscheck.judge.counting.scan import Count, flags
from qmscheck.judge.measuring.estimates import Asked, Numbers, Sample, ranks
from qmscheck.model import Rule
from qmscheck.sql import measures as sql
from qmscheck.statistics.survival import Counted as Cases

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case

__all__ = ["by_unit", "exact", "share_of", "summed", "whole"]

Units = Mapping[str | None, Numbers]


def whole(case: Case, bench: Bench, one: Count, asked: Asked, sample: Sample) -> Numbers:
    """Gather the numbers of all records in scope."""
    values, flagged, test = bench.values, flags(bench), case.test
    engine = bench.at(test.table)
    if asked.kind == "share":
        return share_of(case.rule, one)
    if asked.kind == "rate":
        return Numbers(one.met, one.unreadable, hits=one.met, exposure=_exposures(case, bench, None)[None])
    if asked.kind == "within":
        found = engine.rows(sql.cases(test, asked.limit, None, values, flagged))
        return Numbers(one.met, one.unreadable, cases=tuple(Cases(*counts(row)) for row in found))
    if asked.kind in {"median", "percentile"}:
        places = ranks(asked, one.met, one.unreadable, sample)
        wanted = tuple(sorted({place for place in places.values() if place is not None}))
        rows = engine.rows(sql.ranked(test, wanted, values, flagged)) if wanted else []
        return Numbers(one.met, one.unreadable, at={int(str(r)): exact(v) for r, v in rows})
    (row,) = engine.rows(sql.moments(test, None, values, flagged))
    return summed(row, one.unreadable)


def share_of(rule: Rule, one: Count) -> Numbers:
    """Take the numbers of a share from a tally. Of a measure with `at_most`, hits are those not certainly met."""
    hits = one.unmet if rule.measure is not None and rule.at_most is not None else one.met
    return Numbers(one.met + one.unmet, one.unreadable, hits=hits)


def summed(row: Sequence[object], unknown: int) -> Numbers:
    """Read a row of `sql.moments`: n, hits, sum, squares, promoters, detractors, and those of a ratio."""
    n, hits, total, squares, up, down, *below = row
    more = [exact(cell) for cell in below] or [Fraction(0)] * 3
    hit, over, under = counts((hits, up, down))
    return Numbers(
        int(str(n)),
        unknown,
        hits=hit,
        total=exact(total),
        squares=exact(squares),
        up=over,
        down=under,
        below=more[0],
        below_squares=more[1],
        cross=more[2],
    )


def exact(cell: object) -> Fraction:
    """Read a decimal of the engine as it is; what was summed over nothing is nothing."""
    return Fraction(0) if cell is None else Fraction(Decimal(str(cell)))


def by_unit(case: Case, bench: Bench, asked: Asked, column: str) -> Units:
    """Gather the numbers of each unit of a stratum column that has records in scope."""
    ones = {value: one for name, value, one in case.counted.strata if name == column}
    if asked.kind == "share" or not ones:
        return {value: share_of(case.rule, one) for value, one in ones.items()}
    found = _GATHER.get(asked.kind, _moments)(case, bench, asked, column)
    empty = Numbers(0, 0)
    return {value: replace(found.get(value, empty), unknown=one.unreadable) for value, one in ones.items()}


def _moments(case: Case, bench: Bench, asked: Asked, column: str) -> dict[str | None, Numbers]:
    del asked
    rows = bench.at(case.test.table).rows(sql.moments(case.test, column, bench.values, flags(bench)))
    return {_name(row[0]): summed(row[1:], 0) for row in rows}


def _counted(case: Case, bench: Bench, asked: Asked, column: str) -> dict[str | None, Numbers]:
    """Count the values on either side of the target: a percentile by counting."""
    limit = f"{Decimal(asked.target.numerator) / Decimal(asked.target.denominator):f}"
    rows = bench.at(case.test.table).rows(sql.reached(case.test, limit, column, bench.values, flags(bench)))
    found = {}
    for value, *numbers in rows:
        n, within, under = counts(numbers)
        found[_name(value)] = Numbers(n, 0, within=within, under=under)
    return found


def _cases(case: Case, bench: Bench, asked: Asked, column: str) -> dict[str | None, Numbers]:
    rows = bench.at(case.test.table).rows(sql.cases(case.test, asked.limit, column, bench.values, flags(bench)))
    found: dict[str | None, list[Cases]] = {}
    for value, *numbers in rows:
        found.setdefault(_name(value), []).append(Cases(*counts(numbers)))
    return {v: Numbers(sum(c.closed + c.open for c in cases), 0, cases=tuple(cases)) for v, cases in found.items()}


def _events(case: Case, bench: Bench, asked: Asked, column: str) -> dict[str | None, Numbers]:
    del asked
    ones = {value: one for name, value, one in case.counted.strata if name == column}
    against = _exposures(case, bench, column)
    nothing = (Fraction(0), Fraction(0))
    return {v: Numbers(one.met, 0, hits=one.met, exposure=against.get(v, nothing)) for v, one in ones.items()}


def _exposures(case: Case, bench: Bench, column: str | None) -> dict[str | None, tuple[Fraction, Fraction | None]]:
    """Give the least and the greatest exposure, of the whole (None) or of each unit; None where it has no upper end."""
    statistic = case.test.statistic
    other = statistic.exposure if statistic is not None else None
    assert other is not None  # noqa: S101
    rows = bench.at(other.table).rows(sql.totals(other, None, column, bench.values, flags(bench)))
    found = {}
    for *keys, sure, total, open_ in rows:
        open_records = counts((open_,))[0] + bench.tables[other.table].lost
        least = exact(total) if other.value is not None else Fraction(counts((sure,))[0])
        most = least if open_records == 0 else None if other.value is not None else least + open_records
        found[_name(keys[0]) if keys else None] = (least, most)
    return found


def _name(cell: object) -> str | None:
    return None if cell is None else str(cell)


_GATHER: Mapping[str, Callable[[Case, Bench, Asked, str], dict[str | None, Numbers]]] = {
    "median": _counted,
    "percentile": _counted,
    "within": _cases,
    "rate": _events,
}
