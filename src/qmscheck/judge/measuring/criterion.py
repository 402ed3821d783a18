"""What a rule that measures asks, as its author wrote it, in one line."""

from __future__ import annotations

from collections.abc import Iterator

from qmscheck.judge.measuring.units import slope_unit, unit_of
from qmscheck.model import Measure, Rule, plain

__all__ = ["MEASURING", "inference_criterion", "measured_criterion"]

MEASURING = ("measure", "trend", "signal")


def measured_criterion(rule: Rule) -> list[str]:
    """Write the statistic of a rule, its records, and what is looked for in its series."""
    scope = f" where {_line(rule.where)}" if rule.where else ""
    what = "number" if rule.measure is None else " ".join(_statistic(rule.measure))
    head = f"{what} of {rule.each}{scope}"
    if rule.trend is not None:
        trend = rule.trend
        unit = slope_unit(rule, unit_of(rule))
        more = f" by more than {_named(trend.by_more_than)} {unit}" if trend.by_more_than is not None else ""
        since = f", since {_named(trend.since)}" if trend.since is not None else ""
        return [f"{head}, by {trend.by} of {_line(trend.on)}{since}", f"must not {trend.must_not}{more}"]
    if rule.signal is not None:
        signal, reaction = rule.signal, rule.signal.reaction
        chart = f"chart {signal.chart}" if signal.chart is not None else "a control chart"
        chart += f", {signal.watch} values are watched" if signal.watch != "both" else ""
        told = [
            f"{head}, by {signal.by} of {_line(signal.on)}",
            f"{chart}, the first {signal.baseline} points set the limits",
        ]
        if reaction is not None:
            more = f" where {_line(reaction.where)}" if reaction.where else ""
            told.append(
                f"each signal has a record in {reaction.table}{more}, by {_line(reaction.on)}, "
                f"within {_named(reaction.days)} days of the end of its period"
            )
        return told
    return [head]


def inference_criterion(rule: Rule) -> list[str]:
    """Write what the records stand for, where they stand for more than themselves."""
    told = []
    if rule.inference != "census":
        sides = f"{rule.confidence * 100:g} %, {rule.sides}-sided"
        article = "" if rule.inference == "self-selected" else "a "
        told.append(f"the records are {article}{rule.inference} ({sides}; at least {rule.min_sample})")
    base = rule.base
    if base is not None:
        where = f" where {_line(base.where)}" if base.where else ""
        told.append(f"of {base.table}{where}" if base.table else f"of a base of {_named(base.number)}")
    if rule.every_stratum:
        told.append(f"for each {' and each '.join(rule.strata)} too")
    if rule.too_few is not None:
        told.append(f"of param('{rule.too_few.up_to}') records or fewer, {rule.too_few.instead} judges each instead")
    return told


def _statistic(measure: Measure) -> Iterator[str]:
    kind = measure.kind
    if measure.rate is not None:
        rate = measure.rate
        per = f"{rate.per} " if rate.per > 1 else ""
        noun = f"{_line(rate.sum)} of {rate.table}" if rate.sum else rate.table
        yield f"rate per {per}{noun}" + (f" where {_line(rate.where)}" if rate.where else "")
        return
    if measure.within is not None:
        within = measure.within
        unit, limit = ("days", within.days) if within.days is not None else ("hours", within.hours)
        yield f"share from {_line(within.opened)} to {_line(within.closed)} within {_named(limit)} {unit}"
        return
    name = f"percentile {plain((measure.at or 0) * 100)}" if kind == "percentile" else kind
    yield f"{name} ({_line(str(getattr(measure, kind)))})"
    if measure.to is not None:
        yield f"to ({_line(measure.to)})"
    if measure.scale is not None:
        yield f"on a scale of {plain(measure.scale[0])} to {plain(measure.scale[1])}"


def _named(value: object) -> str:
    return f"param('{value}')" if isinstance(value, str) else plain(value)


def _line(text: str) -> str:
    return " ".join(text.split())
