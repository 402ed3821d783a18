"""Small tables: one statement fetches every record with its states, and they are counted and listed here.

Several statements for each rule take longer to plan than a few thousand records take to count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qmscheck.sql.select import MET, PLACE, UNMET, UNREADABLE

__all__ = ["Count", "Fetched", "nearest"]


@dataclass(frozen=True, slots=True)
class Count:
    """Records in scope, those that are met, and those of which it cannot be told."""

    population: int
    met: int
    unreadable: int

    @property
    def unmet(self) -> int:
        """The rest: every record in scope is exactly one of the three."""
        return self.population - self.met - self.unreadable


@dataclass(frozen=True)
class Fetched:
    """Every record of a table as `sql.select.judged` gives it, in the order in which records are shown.

    `keys`, `strata` and `extra` are the numbers of these columns; the places follow, and then the state of each rule.
    """

    rows: Sequence[tuple[object, ...]]
    keys: int
    strata: int
    extra: int

    def total(self, rule: int) -> Count:
        """Count the records of a rule."""
        at = self._state(rule)
        return _count(row[at] for row in self.rows)

    def layers(self, stratum: int, rule: int) -> Mapping[str | None, Count]:
        """Count the records of a rule for each value of a stratum that it meets, in the order of the values."""
        value, at = self.keys + stratum, self._state(rule)
        found: dict[str | None, list[object]] = {}
        for row in self.rows:
            if row[at] is not None:
                found.setdefault(None if row[value] is None else str(row[value]), []).append(row[at])
        return {value: _count(found[value]) for value in sorted(found, key=lambda v: (v is None, v or ""))}

    def listed(self, rule: int, extra: int, wanted: Collection[int], limit: int) -> list[tuple[object, ...]]:
        """Give the first records in some states of a rule, as `sql.select.exceptions` does."""
        at, places = self._state(rule), self.keys + self.strata + self.extra
        more = self.keys + self.strata
        chosen = [row for row in self.rows if row[at] in wanted][:limit]
        return [
            (*row[: self.keys], *row[more : more + extra], row[at], *row[places : places + len(PLACE)])
            for row in chosen
        ]

    def unmet(self, rule: int) -> list[tuple[object, ...]]:
        """Give keys and place of each record that is unmet in a rule."""
        at, places = self._state(rule), self.keys + self.strata + self.extra
        return [(*row[: self.keys], *row[places : places + len(PLACE)]) for row in self.rows if row[at] == UNMET]

    @property
    def repeated(self) -> int:
        """Count the records whose key, filled in as a whole, another one has, too."""
        keys = Counter(row[: self.keys] for row in self.rows if None not in row[: self.keys])
        return sum(number for number in keys.values() if number > 1)

    def _state(self, rule: int) -> int:
        return self.keys + self.strata + self.extra + len(PLACE) + rule


def nearest(told: Iterable[tuple[tuple[object, ...], object, object]], keys: int) -> tuple[tuple[object, ...], ...]:
    """Give the unmet records of a rule that miss it by some margin, as `sql.margins.margins` does.

    `told` says the margin of each unmet record: its keys, and whatever follows them; unit; margin.
    """
    missed = [(float(str(by)), row[:keys], unit, by) for row, unit, by in told if by is not None]
    missed = [one for one in missed if one[0] > 0]
    missed.sort(key=lambda one: (one[0], [(k is None, k or "") for k in one[1]]))
    return tuple((*row, unit, by, len(missed), missed[-1][-1]) for _, row, unit, by in missed)


def _count(states: Iterable[object]) -> Count:
    given = [state for state in states if state is not None]
    return Count(len(given), given.count(MET), given.count(UNREADABLE))
