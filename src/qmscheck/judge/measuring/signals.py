"""Did something happen? A control chart by whole periods, and whether somebody reacted to what it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from qmscheck.engine import counts
from qmscheck.judge.counting.breach import Breach
from qmscheck.judge.counting.scan import Count, flags
from qmscheck.judge.measuring import reading as told
from qmscheck.judge.measuring.reading import Reading
from qmscheck.judge.measuring.series import Line, Spot, either_way, first_day, last_day, line, period_name, points
from qmscheck.judge.measuring.units import kind_of, unit_of
from qmscheck.model import Point, Series, Signal, Verdict
from qmscheck.sql import measures as sql
from qmscheck.statistics import charts
from qmscheck.statistics.intervals import TooLittle

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case

__all__ = ["read_signal"]

#: Below so many records a period, limits of counts give false alarms: the time between them is charted instead.
_RARE = 2


@dataclass(frozen=True)
class _Charted:
    """A chart with the name, the first and the last day of each of its points."""

    chart: charts.Chart
    names: tuple[str, ...]
    days: tuple[tuple[dt.date, dt.date], ...]
    records: tuple[int, ...]
    unit: str


@dataclass(frozen=True)
class _Question:
    """A signal after the baseline: its place, what it is, and whether somebody reacted (None: not asked for)."""

    place: int
    what: str
    until: dt.date | None = None
    reacted: str | None = None


def read_signal(case: Case, bench: Bench, one: Count) -> Reading:
    """Chart the series of a rule. A signal is a question; only where a reaction is asked for can its absence fail."""
    return either_way(line(case, bench), lambda whole: _read(case, bench, one, whole))


def _read(case: Case, bench: Bench, one: Count, whole: Line) -> Reading:
    signal = case.rule.signal
    assert signal is not None  # noqa: S101
    try:
        charted = _chart(case, bench, whole)
    except TooLittle as little:
        text = str(little)
        reason = f"Not shown: {text[0].upper()}{text[1:]}."
        few = not (one.unreadable or whole.open_exposure)
        return Reading(Verdict.INSUFFICIENT, reason, series=_series(case, whole, None, ()), few=few)
    after = len(charted.names) - charted.chart.baseline
    questions = _answered(case, bench, charted, _questions(signal, charted))
    verdict, reason = _decide(case, bench, charted, questions, after)
    number = one.unreadable + whole.open_exposure
    if number and verdict is not Verdict.MANUAL:
        verdict = Verdict.INSUFFICIENT
        records = "1 record" if number == 1 else f"{number} records"
        reason = f"Not shown: {records} cannot be placed in the chart, or not be read. Without them: {reason}"
    if whole.ended and verdict is Verdict.PASS and charted.chart.kind != "t":
        verdict = Verdict.INSUFFICIENT
        reason = f"Not shown: there is no record from {whole.silent[0]} on, and the register may have ended. {reason}"
    missing = [q for q in questions if q.until is not None and q.reacted is None]
    return Reading(
        verdict,
        told.joined([reason, _early(charted)]),
        calculation=_calculation(charted, whole),
        to_pass=_to_pass(case, missing, charted) if verdict is Verdict.FAIL else None,
        series=_series(case, whole, charted, questions),
        breach=Breach(
            len(missing),
            len(missing),
            len(questions),
            0,
            whole=len(missing) == len(questions),
            words=f"{len(missing)} of {_number(len(questions), 'signal')} without a reaction",
        ),
        figures={
            "value": f"{len(questions)} signals" if len(questions) != 1 else "1 signal",
            "interval": _limits(charted),
            "target": "a reaction to each" if signal.reaction is not None else "none",
        },
    )


def _chart(case: Case, bench: Bench, whole: Line) -> _Charted:
    """Draw the chart that a rule asks for, or the one that fits what it counts."""
    signal = case.rule.signal
    assert signal is not None  # noqa: S101
    kind, baseline, by = kind_of(case.rule), signal.baseline, whole.by
    name = signal.chart or {"share": "p", "rate": "u", "count": "u"}.get(kind, "xmr")
    start = whole.spots[:baseline]
    rare = kind == "count" and len(start) == baseline and sum(s.numbers.n for s in start) < _RARE * baseline
    if name == "between" or (signal.chart is None and rare):
        return _between(case, bench, baseline)
    spots = [s for s in whole.spots if s.value is not None]
    if len(spots) <= baseline:
        raise TooLittle(
            f"{len(spots)} whole periods are no more than the baseline of {baseline}: no point is left to judge"
        )
    return _Charted(
        _drawn(name, case, spots, baseline),
        tuple(period_name(s.number, by) for s in spots),
        tuple((first_day(s.number, by), last_day(s.number, by)) for s in spots),
        tuple(s.numbers.n for s in spots),
        unit_of(case.rule),
    )


def _drawn(name: str, case: Case, spots: Sequence[Spot], baseline: int) -> charts.Chart:
    measure = case.rule.measure
    per = measure.rate.per if measure is not None and measure.rate is not None else 1
    if name in {"p", "laney-p"}:
        shares = [(s.numbers.hits, s.numbers.n) for s in spots]
        return (charts.p if name == "p" else charts.laney_p)(shares, baseline=baseline)
    if name in {"u", "laney-u"}:
        rates = [(s.numbers.n, float(s.exposure / per)) for s in spots]
        return (charts.u if name == "u" else charts.laney_u)(rates, baseline=baseline)
    return charts.xmr([float(s.value) for s in spots if s.value is not None], baseline=baseline)


def _between(case: Case, bench: Bench, baseline: int) -> _Charted:
    """Chart the days between records: each point is the record that ends the wait."""
    days = [
        dt.date.fromisoformat(str(row[0]))
        for row in bench.at(case.test.table).rows(sql.days(case.test, bench.values, flags(bench)))
        for _ in range(counts(row[1:2])[0])
    ]
    days = [day for day in days if day <= bench.values.as_of]
    gaps = [float((b - a).days) for a, b in pairwise(days)]
    if len(gaps) <= baseline:
        raise TooLittle(f"{len(gaps)} waits between records are no more than the baseline of {baseline}")
    chart = charts.t(gaps, baseline=baseline)
    ends = days[1:]
    return _Charted(chart, tuple(d.isoformat() for d in ends), tuple((d, d) for d in ends), (1,) * len(ends), "days")


def _questions(signal: Signal, charted: _Charted) -> tuple[_Question, ...]:
    """Give the signals after the baseline, on the side that is watched; a run is told of once, where it is complete."""
    # Where the days between records stand for a number of records, short waits are what high numbers are.
    turned = charted.chart.kind == "t" and signal.chart is None
    sides = {"above": "low", "below": "high"} if turned else {"above": "high", "below": "low"}
    found: dict[int, str] = {}
    runs: dict[str, int] = {}
    for one in charted.chart.signals:
        watched = signal.watch in {"both", sides[one.side]}
        running = (
            one.rule == "eight on one side"
            and runs.get(one.side) == one.place - 1
            and one.place > charted.chart.baseline
        )
        if one.rule == "eight on one side":
            runs[one.side] = one.place
        if one.place < charted.chart.baseline or not watched or running:
            continue
        point = charted.chart.points[one.place]
        edge = point.high if one.side == "above" else point.low
        what = (
            f"eight in a row {one.side} the centre"
            if one.rule != "beyond a limit"
            else _beyond(charted, point.value, edge)
        )
        found[one.place] = f"{found[one.place]}, and {what}" if one.place in found else what
    return tuple(_Question(place, what) for place, what in sorted(found.items()))


def _beyond(charted: _Charted, value: float, edge: float) -> str:
    kind = "share" if charted.chart.kind in {"p", "Laney p'"} else ""
    shown = told.figure(value, kind, charted.unit, edge)
    return (
        f"{shown}, {'above' if value > edge else 'below'} the limit of {told.figure(edge, kind, charted.unit, value)}"
    )


def _answered(case: Case, bench: Bench, charted: _Charted, questions: tuple[_Question, ...]) -> tuple[_Question, ...]:
    """Look for a reaction to each signal, from the first day of its period to the end of the time allowed."""
    signal, statistic = case.rule.signal, case.test.statistic
    other = statistic.reaction if statistic is not None else None
    if signal is None or signal.reaction is None or other is None:
        return questions
    given = signal.reaction.days
    allowed = int(str(bench.params[given].value)) if isinstance(given, str) else given
    rows = bench.at(other.table).rows(sql.days_of(other, bench.values, flags(bench)))
    days = sorted(dt.date.fromisoformat(str(row[0])) for row in rows)
    found = []
    for question in questions:
        first, last = charted.days[question.place]
        until = last + dt.timedelta(days=min(allowed, (dt.date.max - last).days))  # the calendar has an end
        seen = next((day for day in days if first <= day <= min(until, bench.values.as_of)), None)
        found.append(replace(question, until=until, reacted=seen.isoformat() if seen else None))
    return tuple(found)


def _decide(
    case: Case, bench: Bench, charted: _Charted, questions: tuple[_Question, ...], after: int
) -> tuple[Verdict, str]:
    signal = case.rule.signal
    assert signal is not None  # noqa: S101
    number = _number(len(questions), "signal") if questions else "No signal"
    head = f"{number} in {_number(after, 'point')} after the baseline ({charted.chart.kind} chart)"
    named = "; ".join(f"{charted.names[q.place]}: {q.what}{_reply(q)}" for q in questions)
    if signal.reaction is None:
        if questions:
            return Verdict.MANUAL, f"{head}: {named}. What happened? A person answers."
        return Verdict.PASS, f"{head}: every point lies within the limits, and none of them runs on one side."
    if not questions:
        return Verdict(case.rule.on_zero), f"{head}: there was nothing to react to."
    silent = [q for q in questions if q.reacted is None]
    late = [q for q in silent if q.until is not None and q.until < bench.values.as_of]
    if late:
        if _open_reactions(case, bench):
            return (
                Verdict.INSUFFICIENT,
                f"Not shown: {head}: {named}. A reaction may be among records that cannot be read.",
            )
        return Verdict.FAIL, f"{head}: {named}."
    if silent:
        return Verdict.INSUFFICIENT, f"Not shown: {head}: {named}. The time allowed is not over."
    return Verdict.PASS, f"{head}: {named}."


def _open_reactions(case: Case, bench: Bench) -> bool:
    """Tell whether records of the other table may be reactions, and cannot be read."""
    statistic = case.test.statistic
    other = statistic.reaction if statistic is not None else None
    if other is None:
        return False
    rows = bench.at(other.table).rows(sql.unread(other, bench.values, flags(bench)))
    return counts(rows[0])[0] + bench.tables[other.table].lost > 0


def _reply(question: _Question) -> str:
    if question.until is None:
        return ""
    return f" (reacted on {question.reacted})" if question.reacted else f" (no reaction by {question.until})"


def _early(charted: _Charted) -> str:
    """Say where the baseline itself has a signal: its limits may be too wide."""
    early = [s for s in charted.chart.signals if s.place < charted.chart.baseline]
    names = list(dict.fromkeys(charted.names[s.place] for s in early))
    return f"The baseline itself has a signal ({', '.join(names)}), so its limits may be too wide." if names else ""


def _calculation(charted: _Charted, whole: Line) -> tuple[str, ...]:
    chart = charted.chart
    kind = "share" if chart.kind in {"p", "Laney p'"} else ""
    values = " ".join(told.figure(p.value, kind, "").replace(" %", "%") for p in chart.points)
    centre = told.figure(chart.points[-1].centre, kind, charted.unit)
    told_ = [
        f"{chart.kind} chart, the first {chart.baseline} of {len(chart.points)} points set the limits",
        f"{charted.names[0]} to {charted.names[-1]}: {values}",
        f"limits {_limits(charted)} around {centre} at the last point",
        "a signal is a point beyond a limit, or the eighth in a row on one side",
    ]
    left_out = whole.left_out if charted.chart.kind != "t" else ()
    return (*told_, *([f"left out: {', '.join(left_out)}"] if left_out else []))


def _limits(charted: _Charted) -> str:
    point = charted.chart.points[-1]
    kind = "share" if charted.chart.kind in {"p", "Laney p'"} else ""
    return told.span(point.low, point.high, kind, charted.unit)


def _to_pass(case: Case, missing: Sequence[_Question], charted: _Charted) -> str:
    signal = case.rule.signal
    table = signal.reaction.table if signal is not None and signal.reaction is not None else ""
    spans = [f"{charted.days[q.place][0]} to {q.until}" for q in missing]
    return f"A record in {table} dated {', and one dated '.join(spans)}."


def _series(case: Case, whole: Line, charted: _Charted | None, questions: Sequence[_Question]) -> Series:
    asked = {q.place: q for q in questions}
    if charted is None:
        spots = points(whole)
    else:
        spots = tuple(
            Point(
                period=charted.names[i],
                records=charted.records[i],
                value=told.rounded(p.value),
                low=told.rounded(p.low),
                high=told.rounded(p.high),
                signal=asked[i].what if i in asked else None,
                reaction=asked[i].reacted if i in asked else None,
            )
            for i, p in enumerate(charted.chart.points)
        )
    between = charted is not None and charted.chart.kind == "t"
    return Series(
        by="record" if between else whole.by,
        statistic="days between" if between else kind_of(case.rule),
        method=charted.chart.kind if charted is not None else "",
        points=spots,
        gaps=() if between else whole.gaps,
        left_out=() if between else whole.left_out,
        slope=None,
        interval=None,
        p=None,
        centre=told.rounded(charted.chart.points[-1].centre) if charted is not None else None,
        baseline=charted.chart.baseline if charted is not None else None,
    )


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
