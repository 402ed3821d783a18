"""What a measure or a series says: verdict, reason and figures, before they become part of a finding."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from qmscheck.judge.measuring.estimates import Asked, Estimated, Sample
from qmscheck.model import Measured, Reach, Series, Stratum, Verdict
from qmscheck.statistics.intervals import Interval

if TYPE_CHECKING:
    from qmscheck.judge.counting.breach import Breach

__all__ = ["Reading", "bound", "enough", "figure", "joined", "level", "reach", "records", "rounded", "span"]

Number = Fraction | float

#: Decimals of the figures in a record.
_DIGITS = 6
_SHARES = {"share", "within", "reaching", "keeping"}
_MOST = 12


@dataclass(frozen=True)
class Reading:
    """A verdict with its reason, how it was calculated, and what goes into the record.

    `to_pass` says how much must move. `strata` are the units, where they were judged. `figures` are what a statement
    may name. `breach` says how far a fail goes, where a count of records does not. `few` says that nothing but the
    number of records keeps it from being decided.
    """

    verdict: Verdict
    reason: str
    calculation: tuple[str, ...] = ()
    to_pass: str | None = None
    measured: Measured | None = None
    series: Series | None = None
    strata: tuple[Stratum, ...] | None = None
    breach: Breach | None = None
    few: bool = False
    figures: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(("value", "interval", "target"), "not known")
    )


def figure(value: Number, kind: str, unit: str, apart: Number | None = None) -> str:
    """Write a statistic with its unit; with as many decimals as it takes to stand `apart` from another number."""
    if math.isinf(value):
        return "without bound"
    for digits in range(2, _MOST):
        text = _plain(value, kind, digits)
        if apart is None or value == apart or math.isinf(apart) or text != _plain(apart, kind, digits):
            break
    return f"{text} %" if kind in _SHARES else f"{text} {unit}".rstrip()


def span(low: Number, high: Number, kind: str, unit: str, target: Number | None = None) -> str:
    """Write two ends, or one where they are the same."""
    if low == high:
        return figure(low, kind, unit, target)
    if math.isinf(low) and math.isinf(high):
        return "anything"
    first = "any lower value" if math.isinf(low) else figure(low, kind, "" if not math.isinf(high) else unit, target)
    last = "any higher value" if math.isinf(high) else figure(high, kind, unit, target)
    return f"{first} to {last}"


def name(kind: str) -> str:
    """Name a statistic as it stands in a sentence."""
    return {"nps": "NPS", "within": "share closed within the limit"}.get(kind, kind)


def bound(asked: Asked, unit: str) -> str:
    """Write what is asked of a statistic."""
    word = "at least" if asked.at_least else "at most"
    end = "asked for" if asked.at_least else "allowed"
    return f"{word} {figure(asked.target, asked.kind, unit)} {end}"


def level(interval: Interval | Sample) -> str:
    """Write a confidence and its sides."""
    sides = "one-sided" if interval.sides == 1 else "two-sided"
    return f"{float(interval.confidence * 100):g} %, {sides}"


def reach(interval: Interval) -> Reach:
    """Write an interval for the record; an end without bound is None."""
    return Reach(
        low=rounded(interval.low),
        high=rounded(interval.high),
        method=interval.method,
        confidence=round(interval.confidence, _DIGITS + 4),
        sides=interval.sides,
    )


def records(number: int) -> str:
    """Write a number of records: `1 record`, `2 records`."""
    return "1 record" if number == 1 else f"{number} records"


def rounded(value: Number | None) -> float | None:
    """Round a figure to the decimals of the record; None where it has no bound. Never minus zero."""
    if value is None or math.isinf(value):
        return None
    return round(float(value), _DIGITS) + 0.0


def enough(asked: Asked, found: Estimated, n: int, noun: str) -> str:
    """Say how much more evidence would show it, if what was observed held."""
    if found.enough is None or found.interval is None:
        if found.interval is None or found.value is None:
            return ""
        if found.value == asked.target:
            return "As observed it lies exactly on the target, so more of the same would not show it."
        return ""
    good = found.value is not None and (found.value >= asked.target if asked.at_least else found.value <= asked.target)
    what = "would show it" if good else "would show that the target is missed"
    whole = math.ceil(found.enough)
    if whole <= n:
        return ""
    return f"If it held, {whole} {noun} {what}: {whole - n} more."


def joined(parts: Sequence[str]) -> str:
    """Join sentences that are not empty."""
    return " ".join(part for part in parts if part)


def _plain(value: Number, kind: str, digits: int) -> str:
    scaled = value * 100 if kind in _SHARES else value
    text = f"{float(scaled):.{digits}f}"
    if float(text) == 0 and value != 0 and digits < _MOST - 1:
        return _plain(value, kind, digits + 1)
    if kind in _SHARES and value != 1 and float(text) == 100 and digits < _MOST - 1:  # noqa: PLR2004  (percent)
        return _plain(value, kind, digits + 1)
    text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
