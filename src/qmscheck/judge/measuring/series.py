"""A statistic by whole periods: which periods are whole, which are missing, and the value of each."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from qmscheck.engine import counts
from qmscheck.judge.counting.scan import flags
from qmscheck.judge.measuring.estimates import Numbers
from qmscheck.judge.measuring.numbers import exact, summed
from qmscheck.judge.measuring.reading import Reading, joined, rounded
from qmscheck.model import Point, Verdict
from qmscheck.sql import measures as sql
from qmscheck.sql.statistic import By

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case

__all__ = ["PER_YEAR", "Line", "Spot", "either_way", "first_day", "last_day", "line", "period_name", "points"]

#: So many periods before say how early the last record of a period usually is.
_USUAL = 8
PER_YEAR: Mapping[By, int] = {"month": 12, "quarter": 4, "year": 1}


@dataclass(frozen=True)
class Spot:
    """One period: its number, what was counted in it, what it was counted against, and its value (None: a gap)."""

    number: int
    numbers: Numbers
    exposure: Fraction
    value: Fraction | None


@dataclass(frozen=True)
class Line:
    """A series of whole periods, in order and without holes; `left_out` are the periods that are not whole.

    `open_exposure` counts records of the other table of which it cannot be told whether they count. `silent` are the
    last periods, in which there is no record: nothing shows that the register went on. `doubtful` is the last period
    with records where none of them, and none after it, shows that it was recorded to its end; `until` is its last one.
    """

    by: By
    spots: tuple[Spot, ...]
    left_out: tuple[str, ...]
    open_exposure: int = 0
    silent: tuple[str, ...] = ()
    doubtful: Spot | None = None
    until: dt.date | None = None

    @property
    def ended(self) -> bool:
        """True where the register may have ended long before the audit: two last periods are empty, or a whole year."""
        return len(self.silent) > (self.by != "year")

    @property
    def gaps(self) -> tuple[str, ...]:
        """The periods without a value, or without a record."""
        return tuple(period_name(s.number, self.by) for s in self.spots if s.value is None or not s.numbers.n)


def line(case: Case, bench: Bench) -> Line:
    """Gather a series. It begins with the first period that is whole for certain, and ends before the audit."""
    series = case.rule.trend or case.rule.signal
    assert series is not None  # noqa: S101
    by = series.by
    rows = bench.at(case.test.table).rows(sql.periods(case.test, by, None, bench.values, flags(bench)))
    counted = {int(str(row[0])): summed(row[3:], 0) for row in rows}
    against, open_ = _exposures(case, bench, by)
    begun = [*([int(str(rows[0][0]))] if rows else []), *([min(against)] if against else [])]
    running = period_of(bench.values.as_of, by)
    last = running - (bench.values.as_of < last_day(running, by))
    if not begun:
        return Line(by, (), (), open_)
    first, why = _first(series.since, begun, rows, by, bench)
    end = max((p for p in counted if p <= last), default=last)
    silent = tuple(period_name(p, by) for p in range(end + 1, last + 1))
    spots = tuple(_spot(p, counted.get(p), against, case) for p in range(first, end + 1))
    left_out = [f"{period_name(p, by)} ({why})" for p in range(min(begun), first)]
    left_out += [f"{period_name(p, by)} (not over by the audit)" for p in sorted(counted) if p > last]
    left_out += [f"{name} (no record, so the register may have ended)" for name in silent]
    until = _until(rows, end, by, bench.values.as_of)
    if until is None or not spots or spots[-1].number != end:
        return Line(by, spots, tuple(left_out), open_, silent)
    why = f"its last record, of {until}, is earlier in it than in those before, so it may not be whole"
    left_out.append(f"{period_name(end, by)} ({why})")
    return Line(by, spots[:-1], tuple(left_out), open_, silent, spots[-1], until)


def either_way(whole: Line, read: Callable[[Line], Reading]) -> Reading:
    """Read a series without a last period that may not be whole; what is good must be so with it, too.

    A register that was exported in the middle of a month shows too few records in it; and what happened in it is no
    reason to leave it out unseen. Nor is a series too short where it is long enough, and shows something, with it.
    """
    found = read(whole)
    if whole.doubtful is None or found.series is None or found.series.by == "record":
        return found
    name = period_name(whole.doubtful.number, whole.by)
    why = f"its last record, of {whole.until}, is earlier in it than in those before, so it may not be whole"
    told = f"{name} is left out: {why}."
    value = found.figures["value"]
    known = {"value": f"{value} (without {name}, which may not be whole)"} if value != "not known" else {}
    figures = {**found.figures, **known}
    if found.few or found.verdict in {Verdict.PASS, Verdict.NOT_APPLICABLE}:
        with_it = read(replace(whole, spots=(*whole.spots, whole.doubtful), doubtful=None, until=None))
        found = replace(found, few=found.few and with_it.few)
        if found.verdict is not Verdict.INSUFFICIENT and with_it.verdict is not found.verdict:
            reason = joined(
                [
                    f"Not shown: it depends on {name}: {why}.",
                    f"With it: {with_it.reason}",
                    f"Without it: {found.reason}",
                ]
            )
            return replace(found, verdict=Verdict.INSUFFICIENT, reason=reason, figures=figures)
    return replace(found, reason=joined([found.reason, told]), figures=figures)


def period_of(day: dt.date, by: By) -> int:
    """Number the period of a day: each is one more than the one before."""
    if by == "year":
        return day.year
    return day.year * PER_YEAR[by] + ((day.month - 1) if by == "month" else (day.month - 1) // 3)


def first_day(period: int, by: By) -> dt.date:
    """Give the first day of a period."""
    year, part = divmod(period, PER_YEAR[by])
    return dt.date(year, 1 + part * 12 // PER_YEAR[by], 1)


def last_day(period: int, by: By) -> dt.date:
    """Give the last day of a period."""
    year, part = divmod(period, PER_YEAR[by])
    month = (part + 1) * 12 // PER_YEAR[by]
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def period_name(period: int, by: By) -> str:
    """Name a period: 2026-03, 2026-Q1, 2026."""
    year, part = divmod(period, PER_YEAR[by])
    return {"month": f"{year}-{part + 1:02}", "quarter": f"{year}-Q{part + 1}", "year": str(year)}[by]


def points(whole: Line) -> tuple[Point, ...]:
    """Write the periods for the record."""
    return tuple(
        Point(period=period_name(s.number, whole.by), records=s.numbers.n, value=rounded(s.value)) for s in whole.spots
    )


def _until(rows: Sequence[Sequence[object]], end: int, by: By, as_of: dt.date) -> dt.date | None:
    """Give the last day of a record in the last period, where nothing shows that it was recorded to its end.

    A later record shows it; or that its last record is as late as the last one of a period before, of the latest eight:
    a yearly survey has all its answers in one month.
    """
    later = [row for row in rows if int(str(row[0])) > end and str(row[1]) <= as_of.isoformat()]
    known = [row for row in rows if int(str(row[0])) <= end]
    if later or not known:
        return None
    *before, quiet = [_quiet(row, by) for row in known[-_USUAL - 1 :]]
    return None if quiet <= max(before, default=0) else dt.date.fromisoformat(str(known[-1][2]))


def _quiet(row: Sequence[object], by: By) -> int:
    """Count the days of a period after its last record."""
    return (last_day(int(str(row[0])), by) - dt.date.fromisoformat(str(row[2]))).days


def _first(
    since: dt.date | str | None, begun: Sequence[int], rows: Sequence[Sequence[object]], by: By, bench: Bench
) -> tuple[int, str]:
    """Give the first period that is whole for certain, and why those before it are not."""
    if since is not None:
        day = bench.params[since].value if isinstance(since, str) else since
        assert isinstance(day, dt.date)  # noqa: S101
        period = period_of(day, by)
        return period + (day > first_day(period, by)), f"the register is complete since {day}"
    earliest = min(begun)
    opening = str(rows[0][1]) if rows and int(str(rows[0][0])) == earliest else ""
    whole = opening == first_day(earliest, by).isoformat()
    return earliest if whole else earliest + 1, "the first records lie in it, so it may not be whole; see 'since'"


def _exposures(case: Case, bench: Bench, by: By) -> tuple[dict[int, Fraction], int]:
    statistic = case.test.statistic
    other = statistic.exposure if statistic is not None else None
    if other is None:
        return {}, 0
    found, open_records = {}, bench.tables[other.table].lost
    for period, sure, total, open_ in bench.at(other.table).rows(
        sql.totals(other, by, None, bench.values, flags(bench))
    ):
        open_records += counts((open_,))[0]
        if period is not None:
            least = exact(total) if other.value is not None else Fraction(counts((sure,))[0])
            found[int(str(period))] = least
    return found, open_records


def _spot(period: int, numbers: Numbers | None, against: Mapping[int, Fraction], case: Case) -> Spot:
    measure = case.rule.measure
    kind = measure.kind if measure is not None else "count"
    one = numbers or Numbers(0, 0)
    exposure = against.get(period, Fraction(0)) if kind == "rate" else Fraction(1)
    value: Fraction | None = None
    if kind == "count":
        value = Fraction(one.n)
    elif kind == "rate" and measure is not None and measure.rate is not None:
        value = one.n * measure.rate.per / exposure if exposure > 0 else None
    elif one.n:
        value = {
            "share": Fraction(one.hits, one.n),
            "mean": one.total / one.n,
            "nps": Fraction(100 * (one.up - one.down), one.n),
        }[kind]
    return Spot(period, one, exposure, value)
