"""What a tested sample allows to conclude, in words and in figures; never more than the exact limit."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from qmscheck.persons.filled_sheet import Seen
from qmscheck.persons.samples import Draw, percent, place, plural
from qmscheck.statistics.stratified import DrawnFrom, estimate, limits

__all__ = ["Conclusion", "conclude"]

#: Below so many records read, counts are told and no estimate (domain.md 9.2).
_FEWEST = 10


@dataclass(frozen=True)
class Conclusion:
    """A draw, what was seen of it, and what follows.

    `least` and `most` are the numbers failing in the population that the draw does not refute (None of a judgement
    sample); with one side, only `most` is to be read. `sheet` is the SHA-256 of the filled sheet.
    """

    draw: Draw
    criterion: str
    drawn: tuple[Seen, ...]
    picked: tuple[Seen, ...]
    least: int | None
    most: int | None
    sheet: str

    @property
    def failing(self) -> tuple[Seen, ...]:
        """The records that were not met or not found, drawn or picked."""
        return tuple(seen for seen in (*self.drawn, *self.picked) if seen.fails)

    @property
    def sentence(self) -> str:
        """Say what may be concluded, in one sentence."""
        draw, asked = self.draw, self.draw.asked
        k, n, size = _fails(self.drawn), len(self.drawn), draw.size
        failing = f'do not meet "{self.criterion}"'
        nouns = draw.table.replace("_", " ")
        if self.most is None or self.least is None:
            k, n = _fails(self.picked), len(self.picked)
            return f"{k} of {n} {nouns} picked by judgement {failing}: nothing follows for the other {size - n:,}."
        if n == size:
            return f"{k} of all {size:,} {nouns} {failing}: every one was read."
        begin = f"{k} of {n} randomly drawn from {size:,}: with {percent(asked.confidence)} confidence"
        if self.most == size:
            return f"{begin} nothing is shown: all of the {nouns} may fail."
        if asked.sides == 2:  # noqa: PLR2004
            low, high = _below(self.least, size), _above(self.most, size)
            return f"{begin} between {low} and {high} of the {nouns} {failing}."
        return f"{begin} fewer than {self._bound()} of the {nouns} {failing}."

    def lines(self) -> tuple[str, ...]:
        """Say what may be concluded, how, and what must be said with it."""
        found = [self.sentence]
        if self.most is not None and len(self.drawn) < self.draw.size:
            found += self._how()
        found += self._counts()
        found += [f"Not met: {_told(seen)}" for seen in self.failing]
        return tuple(found)

    def values(self) -> dict[str, Any]:
        """Give the conclusion as plain values: what a record cites, and a row of a table `samples`."""
        draw, asked = self.draw, self.draw.asked
        counted = Counter(seen.result for seen in self.drawn)
        days = sorted(seen.on for seen in (*self.drawn, *self.picked))
        found = {
            "sample": draw.id,
            "of": asked.name,
            "table": draw.table,
            "criterion": self.criterion,
            "method": draw.method,
            "population": draw.population,
            "records": draw.size,
            "drawn": len(self.drawn),
            "met": counted["met"],
            "not_met": counted["not met"],
            "not_found": counted["not found"],
            "not_applicable": counted["not applicable"],
            "failing_at_least": self.least if asked.sides == 2 else None,  # noqa: PLR2004
            "failing_at_most": self.most,
            "confidence": asked.confidence if self.most is not None else None,
            "sides": asked.sides if self.most is not None else None,
            "picked": len(self.picked),
            "picked_failing": _fails(self.picked),
            "seed": asked.seed if draw.is_random else None,
            "as_of": str(asked.as_of),
            "by": "; ".join(sorted({seen.tester for seen in (*self.drawn, *self.picked)})),
            "tested_from": str(days[0]),
            "tested_on": str(days[-1]),
            "sheet_sha256": self.sheet,
            "sentence": self.sentence,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _bound(self) -> str:
        """Give a share that is refuted: the one that was asked about, else the least."""
        assert self.most is not None  # noqa: S101
        asked, size = self.draw.asked, self.draw.size
        if asked.size is None and Fraction(self.most, size) < Fraction(str(asked.rate)):
            return percent(asked.rate)
        return _above(self.most + 1, size)

    def _how(self) -> list[str]:
        asked, size = self.draw.asked, self.draw.size
        assert self.most is not None  # noqa: S101
        assert self.least is not None  # noqa: S101
        strata = _strata(self.draw, self.drawn)
        parts = [s for s in strata if s.drawn < s.size]
        exact = len(parts) == 1 or not any(s.failing for s in parts)
        method = "exact, hypergeometric" if exact else "binomial bound over strata, not exact: rather too wide"
        if asked.sides == 1:
            found = [f"At most {self.most:,} of {size:,} (one-sided; {method})."]
        else:
            found = [f"At least {self.least:,} and at most {self.most:,} of {size:,} (two-sided; {method})."]
        k, n = _fails(self.drawn), len(self.drawn)
        if asked.size is None and Fraction(self.most, size) >= Fraction(str(asked.rate)):
            found.append(f"That fewer than {percent(asked.rate)} fail, as was asked, is not shown.")
        if k and n >= _FEWEST:
            how = "each stratum weighted with its size" if len(strata) > 1 else f"{k} of {n}"
            found.append(f"Estimate: {estimate(strata):.1%} ({how}).".replace("%", " %"))
        if len(strata) > 1:
            found += [
                f"Stratum {stratum.name}: {one.failing} of {one.drawn} fail, of {one.size:,}."
                for stratum, one in zip(self.draw.strata, strata, strict=True)
            ]
        return found

    def _counts(self) -> list[str]:
        found = []
        unfit = sum(seen.result == "not applicable" for seen in self.drawn)
        missing = sum(seen.result == "not found" for seen in self.drawn)
        if missing:
            found.append(f"{missing} of the drawn could not be found: that counts as not met.")
        if unfit:
            told = f"{unfit} of the drawn did not apply: all shares are of all {self.draw.size:,} records"
            found.append(f"{told}, not of those to which the criterion applies.")
        if self.picked and self.draw.is_random:
            fails = _fails(self.picked)
            found.append(f"Picked by judgement, apart: {fails} of {len(self.picked)} fail; nothing follows for others.")
        cut = sum(seen.cut is not None for seen in (*self.drawn, *self.picked))
        if cut:
            found.append(f"Of {plural(cut, 'date')} the time of day (midnight) was cut.")
        if self.draw.lost:
            found.append(f"{plural(self.draw.lost, 'row')} could not be taken apart: nothing is said of that.")
        return found


def conclude(draw: Draw, criterion: str, drawn: Sequence[Seen], picked: Sequence[Seen], sheet: str) -> Conclusion:
    """Say what follows from what was seen of each record of a draw."""
    least = most = None
    if draw.is_random:
        least, most = limits(_strata(draw, drawn), confidence=draw.asked.confidence, sides=draw.asked.sides)
    return Conclusion(draw, criterion, tuple(drawn), tuple(picked), least, most, sheet)


def _strata(draw: Draw, drawn: Sequence[Seen]) -> list[DrawnFrom]:
    fails = Counter(seen.record.stratum for seen in drawn if seen.fails)
    return [DrawnFrom(s.size, s.drawn, fails[s.name]) for s in draw.strata]


def _fails(seen: Sequence[Seen]) -> int:
    return sum(one.fails for one in seen)


def _told(seen: Seen) -> str:
    where = ", ".join(cell for cell in place(seen.record.location) if cell is not None)
    return f"{seen.record.number}, {seen.record.key} ({where}): {seen.result}"


def _above(part: int, whole: int) -> str:
    """Write a share as a percentage, rounded up to a tenth: it never claims more than is shown."""
    return f"{math.ceil(Fraction(1000 * part, whole)) / 10:g} %"


def _below(part: int, whole: int) -> str:
    return f"{math.floor(Fraction(1000 * part, whole)) / 10:g} %"
