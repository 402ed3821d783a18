"""Of a large table, the records that may be unmet or unreadable: one statement fetches them with their states.

They are few. A statement for each rule would take longer to plan, and on a server to walk through the table again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from qmscheck.judge.counting.small import Count
from qmscheck.sql.packed import names, wrong
from qmscheck.sql.select import PLACE, UNMET, UNREADABLE

__all__ = ["MOST", "Noted", "noted"]

#: Records up to which they are fetched; more stay in the engine.
MOST = 20_000


@dataclass(frozen=True)
class Noted:
    """Records as `sql.packed.noted` gives them, in the order in which they are shown; `keys` is the number of keys.

    `found` are, by rule, the number of each record that is unmet or unreadable in it, and its state. `units` are those
    of the margins that stand in the rows after all else, by rule, in their order; None where none were asked for.
    """

    rows: Sequence[tuple[object, ...]]
    keys: int
    found: Mapping[int, Sequence[tuple[int, int]]]
    units: Mapping[int, str] | None = None

    def total(self, rule: int, population: int) -> Count:
        """Count the records of a rule: who is in scope and not here is met."""
        states = [state for _, state in self.found.get(rule, ())]
        return Count(population, population - len(states), states.count(UNREADABLE))

    def listed(self, rule: int, wanted: Collection[int], limit: int) -> list[tuple[object, ...]]:
        """Give the first records in some states of a rule, as `sql.select.exceptions` does."""
        chosen = [(self.rows[n], state) for n, state in self.found.get(rule, ()) if state in wanted][:limit]
        return [(*row[: self.keys], state, *row[self.keys : self.keys + len(PLACE)]) for row, state in chosen]

    def unmet(self, rule: int) -> list[tuple[object, ...]]:
        """Give keys and place of each record that is unmet in a rule."""
        return [self.rows[n][: self.keys + len(PLACE)] for n in self._unmet(rule)]

    def margins(self, rule: int) -> list[tuple[tuple[object, ...], str, object]]:
        """Give each record that is unmet in a rule with unit and margin, where these stand in the rows."""
        if self.units is None or rule not in self.units:
            return []
        at = list(self.units).index(rule) - len(self.units)
        return [(self.rows[n], self.units[rule], self.rows[n][at]) for n in self._unmet(rule)]

    def _unmet(self, rule: int) -> list[int]:
        return [n for n, state in self.found.get(rule, ()) if state == UNMET]


def noted(rows: Sequence[tuple[object, ...]], keys: int, tests: int, units: Mapping[int, str] | None = None) -> Noted:
    """Read which records are unmet or unreadable in which of so many rules."""
    found: dict[int, list[tuple[int, int]]] = {}
    first = keys + len(PLACE)
    last = first + len(names(tests))
    for number, row in enumerate(rows):
        for test, state in wrong(row[first:last]):
            found.setdefault(test, []).append((number, state))
    return Noted(rows, keys, found, units)
