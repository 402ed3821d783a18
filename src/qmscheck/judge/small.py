"""Small tables: one statement fetches every record with its states, and they are counted and listed here.

Several statements for each rule take longer to plan than a few thousand records take to count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qmscheck.sql.select import MET, PLACE, UNMET, UNREADABLE

__all__ = ["Count", "Fetched"]


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

    def nearest(self, rule: int, told: Iterable[tuple[object, ...]]) -> tuple[tuple[object, ...], ...]:
        """Give the unmet records of a rule that miss it by some margin, as `sql.margins.margins` does.

        `told` says the margin of every record: keys, place, unit, margin.
        """
        at, places = self._state(rule), self.keys + self.strata + self.extra
        unmet = Counter(
            (*row[: self.keys], *row[places : places + len(PLACE)]) for row in self.rows if row[at] == UNMET
        )
        found = [row for row in told if row[-1] is not None and float(str(row[-1])) > 0 and unmet[row[:-2]]]
        found.sort(key=lambda row: (float(str(row[-1])), [(k is None, k or "") for k in row[: self.keys]]))
        return tuple((*row[: self.keys], *row[-2:], len(found), found[-1][-1]) for row in found)

    def _state(self, rule: int) -> int:
        return self.keys + self.strata + self.extra + len(PLACE) + rule


def _count(states: Iterable[object]) -> Count:
    given = [state for state in states if state is not None]
    return Count(len(given), given.count(MET), given.count(UNREADABLE))
