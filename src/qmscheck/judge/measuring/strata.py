"""Units of an organisation against the target of the whole: the worst is named, and none is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from qmscheck.judge.counting.scan import Count
from qmscheck.judge.counting.tally import tally
from qmscheck.judge.groups import smallest
from qmscheck.judge.measuring.estimates import Asked, Estimated, Numbers, Sample, estimate, standing
from qmscheck.judge.measuring.numbers import by_unit
from qmscheck.judge.measuring.reading import figure, reach, rounded
from qmscheck.model import Stratum
from qmscheck.statistics.intervals import Standing

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case

__all__ = ["Units", "judged"]

#: By this much a share has to stay off a limit that it must not reach: less than one record in any table.
_TOUCH = Fraction(1, 10**15)


@dataclass(frozen=True)
class Units:
    """Each unit with its standing. `sentence` names the worst, and those of which nothing can be said.

    `missed` says that the rule is about each unit and one certainly misses its target.
    """

    strata: tuple[Stratum, ...] | None = None
    sentence: str = ""
    missed: bool = False
    missed_names: tuple[str, ...] = ()
    all_met: bool = True


@dataclass(frozen=True)
class _Unit:
    """One unit with what was counted and estimated; `found` is None where it is too small."""

    column: str
    value: str | None
    one: Count
    numbers: Numbers
    found: Estimated | None
    standing: Standing | Literal["not assessable"]

    @property
    def name(self) -> str:
        """The unit as a person calls it."""
        return f"{self.column} {self.value if self.value is not None else '(blank)'}"


def judged(case: Case, bench: Bench, asked: Asked, sample: Sample) -> Units:
    """Hold each unit of each stratum column against the target.

    A unit of fewer records than the minimum is not assessable. Where records are a sample, a unit misses only at the
    confidence that S. Holm's correction (Scandinavian Journal of Statistics 6 (1979) 65-70) leaves among all units.
    """
    rule = case.rule
    if not rule.strata:
        return Units()
    each = _as_unit(asked)
    single = replace(sample, base=None)
    units = [unit for column in rule.strata for unit in _units(case, bench, asked, each, single, column)]
    large = [u for u in units if u.found is not None]
    corrected = {(u.column, u.value): u for u in _corrected(large, each, single)}
    whole = [corrected.get((u.column, u.value), u) for u in units]
    missed = tuple(u.name for u in whole if u.standing == "missed")
    return Units(
        strata=tuple(_stratum(u) for u in whole),
        sentence=_sentence(whole, each, len(large), single),
        missed=bool(missed) and rule.every_stratum,
        missed_names=missed if rule.every_stratum else (),
        all_met=all(u.standing == "met" for u in whole),
    )


def _as_unit(asked: Asked) -> Asked:
    """Give what is asked of a unit: a percentile is decided by counting, everything else as in the whole."""
    if asked.kind not in {"median", "percentile"}:
        return asked
    if asked.at_least:
        return asked._replace(kind="keeping", target=1 - asked.at + _TOUCH)
    return asked._replace(kind="reaching", target=asked.at, at_least=True)


def _units(case: Case, bench: Bench, asked: Asked, each: Asked, sample: Sample, column: str) -> list[_Unit]:
    ones = {value: one for name, value, one in case.counted.strata if name == column}
    least = max(sample.minimum, smallest(case.rule.table, bench))
    found = []
    for value, numbers in by_unit(case, bench, asked, column).items():
        one = ones[value]
        small = one.population < least
        estimated = None if small else estimate(each, numbers, sample)
        stands = "not assessable" if estimated is None else standing(each, estimated, sample)
        found.append(_Unit(column, value, one, numbers, estimated, stands))
    return found


def _corrected(units: Sequence[_Unit], asked: Asked, sample: Sample) -> list[_Unit]:
    """Step down: what misses at the confidence for m units is set aside, and m shrinks, until nothing more misses.

    The interval of a unit that misses, or that would without the correction, is that at the corrected confidence.
    """
    if not sample.widens:
        return []
    left, found = list(units), list[_Unit]()
    while left:
        alpha = (1 - sample.confidence) / len(left)
        strict = replace(sample, confidence=round(1 - alpha, 10))
        wider = [replace(u, found=estimate(asked, u.numbers, strict)) for u in left]
        stands = [standing(asked, u.found, strict) if u.found is not None else "" for u in wider]
        missing = [replace(u, standing="missed") for u, stand in zip(wider, stands, strict=True) if stand == "missed"]
        found += missing
        if not missing:
            return found + [
                replace(w, standing="not shown") if u.standing == "missed" else u
                for u, w in zip(left, wider, strict=True)
            ]
        left = [u for u, stand in zip(left, stands, strict=True) if stand != "missed"]
    return found


def _sentence(units: Sequence[_Unit], asked: Asked, looks: int, sample: Sample) -> str:
    large = [u for u in units if u.found is not None and u.found.value is not None]
    told = []
    if large:
        worst = min(large, key=lambda u: _rank(u, asked))
        word = {"missed": "misses the target", "met": "meets it", "not shown": "is not shown to meet or miss it"}
        many = f", corrected for {looks} looks (Holm)" if sample.widens and looks > 1 else ""
        told.append(
            f"Worst of {looks} {'unit' if looks == 1 else 'units'}: {worst.name}, {_value(worst, asked)}, "
            f"which {word[worst.standing]}{many}."
        )
    small = [u.name for u in units if u.found is None]
    if small:
        told.append(f"Not assessable, with fewer than {sample.minimum} records: {', '.join(small)}.")
    return " ".join(told)


def _rank(unit: _Unit, asked: Asked) -> tuple[float, str]:
    assert unit.found is not None  # noqa: S101
    value = float(unit.found.value or 0)
    return (value if asked.at_least else -value), unit.name


def _value(unit: _Unit, asked: Asked) -> str:
    assert unit.found is not None  # noqa: S101
    shown = figure(unit.found.value or 0, asked.kind, "", asked.target)
    if asked.kind == "share":
        return f"{shown} ({unit.numbers.hits} of {unit.numbers.n + unit.numbers.unknown})"
    side = {"reaching": " at or below the target", "keeping": " at or above the target"}.get(asked.kind, "")
    return f"{shown}{side} (n = {unit.one.population})"


def _stratum(unit: _Unit) -> Stratum:
    interval = unit.found.interval if unit.found is not None else None
    return Stratum(
        column=unit.column,
        value=unit.value,
        tally=tally(unit.one),
        figure=rounded(unit.found.value) if unit.found is not None else None,
        interval=None if interval is None else reach(interval),
        standing=unit.standing,
    )
