"""Measures and series in words: what a record holds of them, as a person reads it. It computes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from qmscheck.model import Finding, Measured, MixPart, Point, Reach, Series, Stratum

__all__ = [
    "amount",
    "ends",
    "kind_of_unit",
    "limits",
    "measure",
    "mix",
    "point",
    "points",
    "series",
    "standing",
    "unit_name",
    "units",
    "worst_first",
]

_SHARES = {"share", "within"}
_BY_COUNTING = {"median", "percentile"}


def measure(one: Measured) -> str:
    """Write a statistic, what sampling leaves of it, and its target."""
    value = "counts only, no figure" if one.value is None else amount(one.value, one.statistic, one.unit)
    target = f"{one.bound} {amount(one.target, one.statistic, one.unit)}"
    parts = [f"{_name(one.statistic)} {value}"]
    if one.interval is not None:
        parts.append(ends(one.interval, one.statistic, one.unit))
    elif one.value is not None and (one.worst is None or one.worst != one.best):
        worst, best = (
            "without bound" if x is None else amount(x, one.statistic, one.unit) for x in (one.worst, one.best)
        )
        parts.append(f"{worst} at worst, {best} at best")
    parts.append(f"target {target}: {one.standing}")
    if one.enough is not None:
        parts.append(f"{amount(one.enough, '', '')} would show it")
    return "; ".join(parts)


def ends(reach: Reach, statistic: str, unit: str) -> str:
    """Write an interval with its method, confidence and sides."""
    sides = "one-sided" if reach.sides == 1 else "two-sided"
    low, high = ("no bound" if x is None else amount(x, statistic, "") for x in (reach.low, reach.high))
    shown = f"{low} to {high} {unit if statistic not in _SHARES else ''}".rstrip()
    return f"{shown} ({reach.method}, {reach.confidence * 100:g} %, {sides})"


def standing(part: Stratum, finding: Finding) -> str:
    """Write how a unit stands to the target; empty where units were not judged."""
    if part.standing is None:
        return ""
    kind, unit = ("share", "") if finding.measured is None else (finding.measured.statistic, finding.measured.unit)
    kind = "share" if kind in _BY_COUNTING else kind
    value = "" if part.figure is None else f"{amount(part.figure, kind, unit if kind not in _SHARES else '')}, "
    return f"{value}{part.standing}"


def worst_first(finding: Finding) -> tuple[Stratum, ...]:
    """Put units in the order in which a person looks at them: what misses its target, then the lowest share met.

    What is not assessable comes last.
    """
    order = {"missed": 0, "not shown": 1, "met": 2, None: 3, "not assessable": 4}
    return tuple(sorted(finding.strata, key=lambda part: (order[part.standing], _met(part), part.value or "")))


def units(finding: Finding) -> Iterator[str]:
    """Say of the units of a finding what a reader should know although it is met: some miss the target, are too small
    to tell, or move otherwise than the whole.
    """
    missed = [part for part in worst_first(finding) if part.standing == "missed"]
    if missed:
        named = [f"{unit_name(part)} ({standing(part, finding).removesuffix(', missed')})" for part in missed]
        yield f"misses the target by itself: {', '.join(named)}"
    small = [unit_name(part) for part in finding.strata if part.standing == "not assessable"]
    if small:
        yield f"not assessable, too few records: {', '.join(small)}"
    if finding.series is not None and finding.series.paradox is not None:
        yield finding.series.paradox


def unit_name(part: Stratum) -> str:
    """Name a unit: `site Leeds`."""
    return f"{part.column} {part.value if part.value is not None else '(blank)'}"


def _met(part: Stratum) -> float:
    return part.tally.met / part.tally.population if part.tally.population else 1.0


def kind_of_unit(one: Measured) -> str:
    """Name what is told of a unit: of a percentile the share on the good side of the target."""
    return "share" if one.statistic in _BY_COUNTING else one.statistic


def limits(one: Point, whole: Series) -> str:
    """Write the limits of a point; empty where it has none."""
    low, high = (None if x is None else amount(x, whole.statistic, "") for x in (one.low, one.high))
    return "" if low is None and high is None else f"{low or 'none'} to {high or 'none'}"


def mix(parts: tuple[MixPart, ...]) -> Iterator[str]:
    """Write each group: how many answered, how many there are."""
    records, base = sum(p.records for p in parts), sum(p.base for p in parts)
    for part in parts:
        name = part.group if part.group is not None else "(blank)"
        yield f"{name}: {_of(part.records, records)} of the answers, {_of(part.base, base)} of the base"


def series(one: Series) -> Iterator[str]:
    """Write what was found in a series, without its points."""
    if one.slope is not None:
        reach = f", {ends(one.interval, one.statistic, '')}" if one.interval is not None else ""
        points = one.statistic in _SHARES
        value = (
            amount(one.slope, one.statistic, "").removesuffix(" %") if points else amount(one.slope, one.statistic, "")
        )
        yield f"slope {value} {'percentage points a year' if points else 'a year'}{reach}"
    if one.p is not None:
        yield f"p = {one.p:.4f}, {one.method}"
    elif one.method and one.baseline is not None:
        yield f"{one.method} chart, the first {one.baseline} of {len(one.points)} points set the limits"
    if one.gaps:
        yield f"without a record or a value: {', '.join(one.gaps)}"
    if one.left_out:
        yield f"left out: {', '.join(one.left_out)}"


def points(one: Series) -> str:
    """Write all points on one line."""
    return ", ".join(f"{p.period} {_value(p, one)}" for p in one.points)


def point(one: Point, whole: Series) -> str:
    """Write one point with its limits and what it asks."""
    told = f"{one.period}: {_value(one, whole)} ({one.records} records)"
    if one.signal is not None:
        told += f"; {one.signal}"
        told += f"; reacted on {one.reaction}" if one.reaction is not None else ""
    return told


def amount(value: float, statistic: str, unit: str) -> str:
    """Write a figure; a share in percent."""
    shown = f"{value * 100:.2f}" if statistic in _SHARES else f"{value:.2f}" if abs(value) >= _SMALL else f"{value:.6f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    shown = "0" if shown in {"", "-0"} else shown
    return f"{shown} %" if statistic in _SHARES else f"{shown} {unit}".rstrip()


_SMALL = 0.1


def _value(one: Point, whole: Series) -> str:
    if one.value is None:
        return "no value"
    return amount(one.value, whole.statistic, "")


def _name(statistic: str) -> str:
    return {"nps": "NPS", "within": "closed within the limit"}.get(statistic, statistic)


def _of(number: int, whole: int) -> str:
    return f"{number} ({amount(number / whole, 'share', '')})" if whole else str(number)
