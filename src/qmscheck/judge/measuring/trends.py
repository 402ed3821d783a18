"""Is a statistic falling or rising over whole periods? A slope with its interval against what is tolerated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from qmscheck.judge.counting.breach import Breach
from qmscheck.judge.counting.scan import Count, flags
from qmscheck.judge.measuring import reading as told
from qmscheck.judge.measuring.reading import Reading
from qmscheck.judge.measuring.series import PER_YEAR, Line, either_way, line, period_name, points
from qmscheck.judge.measuring.units import kind_of, slope_unit, unit_of
from qmscheck.model import Reach, Series, Trend, Verdict
from qmscheck.sql import measures as sql
from qmscheck.statistics.intervals import TooLittle
from qmscheck.statistics.many import simpson
from qmscheck.statistics.seasons import seasonal_mann_kendall
from qmscheck.statistics.trends import Trend as Tested
from qmscheck.statistics.trends import hamed_rao, mann_kendall, prewhitened, yue_wang

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case

__all__ = ["read_trend"]

#: So many periods without a record are named in a sentence.
_GAPS = 12

#: A slope is a float and what is tolerated is exact: 0.9 - 0.8 is not 0.1. So near to each other they are the same.
_ALIKE = 1e-9

_TESTS = {"mann-kendall": mann_kendall, "yue-wang": yue_wang, "hamed-rao": hamed_rao, "pre-whitened": prewhitened}


class _Slope(NamedTuple):
    """A slope per year, and its ends, in the unit of the statistic."""

    value: float
    low: float
    high: float


def read_trend(case: Case, bench: Bench, one: Count) -> Reading:
    """Test the series of a rule. What cannot be placed in it leaves everything open."""
    return either_way(line(case, bench), lambda whole: _read(case, bench, one, whole))


def _read(case: Case, bench: Bench, one: Count, given: Line) -> Reading:
    trend = case.rule.trend
    assert trend is not None  # noqa: S101
    whole = _whole_years(given, trend)
    try:
        found = _tested([None if s.value is None else float(s.value) for s in whole.spots], trend, case.rule.confidence)
    except TooLittle as little:
        reason = f"Not shown: {_sentence(str(little))} {_spread(whole)}"
        few = not (one.unreadable or whole.open_exposure)
        return Reading(Verdict.INSUFFICIENT, reason, series=_series(case, whole, None, None), few=few)
    slope = _per_year(found, trend)
    verdict, head = _decide(trend, found, slope, _tolerance(case, bench), case)
    few = verdict is Verdict.INSUFFICIENT and not (one.unreadable or whole.open_exposure)
    if one.unreadable or whole.open_exposure:
        number = one.unreadable + whole.open_exposure
        verdict = Verdict.INSUFFICIENT
        head = f"Not shown: {told.records(number)} cannot be placed in the series, or not be read. Without them: {head}"
    if verdict is Verdict.PASS and whole.ended:
        verdict, head = Verdict.INSUFFICIENT, f"Not shown: {_silence(whole)} Before: {head}"
    paradox = _paradox(case, bench, whole)
    reason = told.joined([head, _gaps(whole), paradox])
    return Reading(
        verdict,
        reason,
        calculation=_calculation(case, whole, found, slope),
        to_pass=_to_pass(case, trend, slope, bench) if verdict is Verdict.FAIL else None,
        series=_series(case, whole, found, slope).model_copy(update={"paradox": paradox or None}),
        breach=Breach(max(found.n, 2), 0, max(found.n, 2), 0, whole=False, words=_slope(case, slope.value)),
        few=few,
        figures={
            "value": _slope(case, slope.value),
            "interval": f"{_number(case, slope.low)} to {_slope(case, slope.high)}",
            "target": _slope(case, float(_tolerance(case, bench))),
        },
    )


def _whole_years(whole: Line, trend: Trend) -> Line:
    """Leave out the earliest periods where seasons are compared and they make no whole year."""
    rest = len(whole.spots) % PER_YEAR[trend.by] if _seasonal(trend) else 0
    dropped = tuple(f"{period_name(s.number, trend.by)} (to compare whole years)" for s in whole.spots[:rest])
    return replace(whole, spots=whole.spots[rest:], left_out=(*whole.left_out, *dropped))


def _seasonal(trend: Trend) -> bool:
    return trend.test == "seasonal" or (trend.test is None and trend.by == "month")


def _tested(values: Sequence[float | None], trend: Trend, confidence: float) -> Tested:
    """Choose the test: by season; else with the variance that fits how periods resemble those before them."""
    if _seasonal(trend):
        return seasonal_mann_kendall(values, period=PER_YEAR[trend.by], confidence=confidence)
    return _TESTS[trend.test or "yue-wang"](values, confidence=confidence)


def _per_year(found: Tested, trend: Trend) -> _Slope:
    times, slope = PER_YEAR[trend.by], found.slope
    return _Slope((slope.value or 0.0) * times, slope.interval.low * times, slope.interval.high * times)


def _tolerance(case: Case, bench: Bench) -> Fraction:
    """Give what is tolerated a year, in the unit of the statistic. Of a share it is written in percentage points."""
    given = case.rule.trend.by_more_than if case.rule.trend is not None else None
    if given is None:
        return Fraction(0)
    written = Fraction(str(bench.params[given].value if isinstance(given, str) else given))
    return written / 100 if kind_of(case.rule) == "share" else written


def _decide(trend: Trend, found: Tested, slope: _Slope, tolerated: Fraction, case: Case) -> tuple[Verdict, str]:
    """Hold the slope against what is tolerated. That no trend is shown is not that there is none."""
    falls = trend.must_not == "fall"
    shown = (found.p <= 1 - case.rule.confidence) and found.s != 0
    flat = shown and slope.value == 0
    badly = shown and (found.s < 0) == falls
    ends = (slope.high, slope.low) if falls else (-slope.low, -slope.high)
    beyond, within = _clearly_below(ends[0], -tolerated), not _clearly_below(ends[1], -tolerated)
    facts = _facts(case, found, slope)
    more = f" by more than {_slope(case, float(tolerated))}" if tolerated else ""
    if flat and (badly or not tolerated):
        return Verdict.INSUFFICIENT, f"Not shown: most periods are alike, so that the slope is 0: {facts}."
    if badly and (beyond or not tolerated):
        return Verdict.FAIL, f"It {trend.must_not}s{more}: {facts}."
    good = within and (tolerated > 0 or (shown and not badly))
    if good and tolerated:
        return Verdict.PASS, f"It does not {trend.must_not}{more}: {facts}."
    if good:
        return Verdict.PASS, f"It {'rises' if falls else 'falls'}: {facts}."
    if badly:
        return Verdict.INSUFFICIENT, f"Not shown: it {trend.must_not}s, and whether{more} is open: {facts}."
    hint = "" if tolerated else " A pass needs a trend the other way, or a tolerated slope ('by_more_than')."
    return Verdict.INSUFFICIENT, f"No trend shown, which is not the same as no trend: {facts}.{hint}"


def _clearly_below(end: float, tolerated: Fraction) -> bool:
    """Tell whether an end lies below what is tolerated; one within a billionth of it (or of 1) counts as the same."""
    return end < tolerated and not math.isclose(end, tolerated, rel_tol=_ALIKE, abs_tol=_ALIKE)


def _facts(case: Case, found: Tested, slope: _Slope) -> str:
    confidence = f"{case.rule.confidence * 100:g} %, two-sided"
    return (
        f"{_slope(case, slope.value)} ({_number(case, slope.low)} to {_number(case, slope.high)}, {confidence}), "
        f"p = {_chance(found.p)}, {found.n} periods, {found.method}"
    )


def _calculation(case: Case, whole: Line, found: Tested, slope: _Slope) -> tuple[str, ...]:
    values = " ".join(_value(case, s.value) for s in whole.spots)
    return (
        f"{period_name(whole.spots[0].number, whole.by)} to {period_name(whole.spots[-1].number, whole.by)}: {values}",
        f"S = rises less falls over all pairs = {found.s}, variance {found.variance:.4g}, p = {_chance(found.p)}",
        f"slope = median of pairwise slopes (Sen), {_slope(case, slope.value)}",
        *([f"left out: {', '.join(whole.left_out)}"] if whole.left_out else []),
    )


def _to_pass(case: Case, trend: Trend, slope: _Slope, bench: Bench) -> str:
    tolerated = float(_tolerance(case, bench))
    verb, end = ("rise", -tolerated) if trend.must_not == "fall" else ("fall", tolerated)
    start, gap = _number(case, slope.value), _number(case, abs(slope.value - end))
    return f"The slope must {verb} by {gap}, from {start} to {_slope(case, end)}."


def _paradox(case: Case, bench: Bench, whole: Line) -> str:
    """Show where the whole moves one way and no unit does: shares and mix of the earlier and the later half."""
    measure = case.rule.measure
    if measure is None or measure.kind != "share" or len(whole.spots) < 2:  # noqa: PLR2004  (two halves)
        return ""
    middle, last = whole.spots[len(whole.spots) // 2].number, whole.spots[-1].number
    told_ = []
    for column in case.rule.strata:
        rows = bench.at(case.test.table).rows(sql.periods(case.test, whole.by, column, bench.values, flags(bench)))
        halves: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
        for period, _, _, unit, n, hits, *_ in rows:
            number = int(str(period))
            if whole.spots[0].number <= number <= last:
                one = halves[number >= middle].setdefault("(blank)" if unit is None else str(unit), [0, 0])
                one[0] += int(str(hits or 0))
                one[1] += int(str(n))
        told_.append(_opposed(column, *halves))
    return told.joined(told_)


def _opposed(column: str, first: dict[str, list[int]], last: dict[str, list[int]]) -> str:
    names = sorted({*first, *last})
    before, after = ([(h.get(n, [0, 0])[0], h.get(n, [0, 0])[1]) for n in names] for h in (first, last))
    if not sum(n for _, n in before) or not sum(n for _, n in after) or not simpson(before, after):
        return ""
    sums = [sum(n for _, n in half) for half in (before, after)]
    units = "; ".join(
        f"{name} {_share(*a)} to {_share(*b)} (mix {_share(a[1], sums[0])} to {_share(b[1], sums[1])})"
        for name, a, b in zip(names, before, after, strict=True)
    )
    whole = " to ".join(_share(sum(k for k, _ in half), size) for half, size in zip((before, after), sums, strict=True))
    return f"Earlier to later half the whole goes from {whole}, but only because its mix changed; by {column}: {units}."


def _share(k: int, n: int) -> str:
    return told.figure(Fraction(k, n), "share", "") if n else "nothing"


def _series(case: Case, whole: Line, found: Tested | None, slope: _Slope | None) -> Series:
    interval = found.slope.interval if found is not None else None
    return Series(
        by=whole.by,
        statistic=kind_of(case.rule),
        method=found.method if found is not None else "",
        points=points(whole),
        gaps=whole.gaps,
        left_out=whole.left_out,
        slope=told.rounded(slope.value) if slope is not None else None,
        interval=None
        if slope is None or interval is None
        else Reach(
            low=told.rounded(slope.low),
            high=told.rounded(slope.high),
            method=interval.method,
            confidence=interval.confidence,
            sides=interval.sides,
        ),
        p=told.rounded(found.p) if found is not None else None,
        centre=None,
        baseline=None,
    )


def _gaps(whole: Line) -> str:
    more = len(whole.gaps) - _GAPS
    rest = f", and {more} more" if more > 0 else ""
    return f"Without a record: {', '.join(whole.gaps[:_GAPS])}{rest}." if whole.gaps else ""


def _silence(whole: Line) -> str:
    return f"there is no record from {whole.silent[0]} on, and nothing shows that the register went on."


def _spread(whole: Line) -> str:
    if not whole.spots:
        return "No whole period has a record."
    first, last = (period_name(s.number, whole.by) for s in (whole.spots[0], whole.spots[-1]))
    return f"{len(whole.spots)} whole periods, {first} to {last}."


def _value(case: Case, value: Fraction | None) -> str:
    return "-" if value is None else told.figure(value, kind_of(case.rule), "").replace(" %", "%")


def _slope(case: Case, value: float) -> str:
    return f"{_number(case, value)} {slope_unit(case.rule, unit_of(case.rule))}"


def _number(case: Case, value: float) -> str:
    return told.figure(value, kind_of(case.rule), "").removesuffix(" %")


def _chance(p: float) -> str:
    return f"{p:.4f}" if p >= 0.0001 else "less than 0.0001"  # noqa: PLR2004  (four decimals)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
