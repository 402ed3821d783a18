"""Counting: rules that look at their own record share one scan of their table; the others have one each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmscheck.engine import EngineError, counts
from qmscheck.sql.select import RowTest, Statement, strata, stray_keys, tallies

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["Count", "Counted", "count", "flags"]

#: Rules in one scan: planning grows faster than their number above this (performance.md 3.5: 200 to 250).
_WIDTH = 200


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
class Counted:
    """What a rule counted, as a whole and per stratum (column, value); or why it could not be counted."""

    total: Count
    strata: tuple[tuple[str, str | None, Count], ...] = ()
    error: str | None = None
    stray: int = 0


def count(tests: Mapping[str, RowTest], bench: Bench, progress: Callable[[str], None]) -> dict[str, Counted]:
    """Count every test. A test that the engine refuses is an error of that rule alone."""
    found: dict[str, Counted] = {}
    plain: dict[str, list[str]] = {}
    for rule, test in tests.items():
        if _unusable(test, bench):
            found[rule] = Counted(Count(0, 0, 0))
        elif test.is_plain:
            plain.setdefault(test.table, []).append(rule)
        else:
            progress(f"counting {rule}")
            found[rule] = _alone(rule, test, bench)
    for table, rules in plain.items():
        for start in range(0, len(rules), _WIDTH):
            progress(f"counting {table}")
            found.update(_together(table, rules[start : start + _WIDTH], tests, bench))
    return found


def flags(bench: Bench) -> frozenset[tuple[str, str]]:
    """Give every (table, column) that has unreadable cells."""
    return frozenset((t.name, c) for t in bench.tables.values() for c in t.flags)


def _unusable(test: RowTest, bench: Bench) -> bool:
    """Tell whether a table of the test holds nothing to count."""
    return any(bench.tables[t].rows == 0 for t in _tables(test))


def _tables(test: RowTest) -> Sequence[str]:
    more = [test.related.table] if test.related is not None else []
    return [test.table, *more, *(sorted(test.query.tables) if test.query is not None else [])]


def _together(table: str, rules: Sequence[str], tests: Mapping[str, RowTest], bench: Bench) -> dict[str, Counted]:
    """Count rules of one table in one scan; where the engine refuses it, one by one, so that the culprit is named."""
    group = [tests[r] for r in rules]
    try:
        (row,) = bench.engine.rows(tallies(table, group, bench.values, flags(bench)))
    except EngineError:
        return {r: _alone(r, tests[r], bench) for r in rules}
    totals = dict(zip(rules, _counts(row), strict=True))
    layers = _layers(table, rules, tests, bench)
    return {r: Counted(_with_lost(totals[r], table, bench), tuple(layers.get(r, ()))) for r in rules}


def _layers(
    table: str, rules: Sequence[str], tests: Mapping[str, RowTest], bench: Bench
) -> dict[str, list[tuple[str, str | None, Count]]]:
    """Count strata: one scan for all rules that share a stratum column."""
    found: dict[str, list[tuple[str, str | None, Count]]] = {}
    by_column: dict[str, list[str]] = {}
    for rule in rules:
        for column in bench.ruleset.rules[rule].strata:
            if column not in bench.tables[table].absent:
                by_column.setdefault(column, []).append(rule)
    for column, sharing in by_column.items():
        statement = strata(table, column, [tests[r] for r in sharing], bench.values, flags(bench))
        for value, *row in bench.engine.rows(statement):
            for rule, one in zip(sharing, _counts(row), strict=True):
                if one.population:
                    found.setdefault(rule, []).append((column, None if value is None else str(value), one))
    return found


def _alone(rule: str, test: RowTest, bench: Bench) -> Counted:
    """Count one rule by itself."""
    try:
        (row,) = bench.engine.rows(tallies(test.table, [test], bench.values, flags(bench)))
        stray = _number(bench, stray_keys(test, bench.values)) if test.query is not None else 0
        layers = _layers(test.table, [rule], {rule: test}, bench)
    except EngineError as error:
        return Counted(Count(0, 0, 0), error=str(error))
    return Counted(_with_lost(_counts(row)[0], test.table, bench), tuple(layers.get(rule, ())), stray=stray)


def _with_lost(one: Count, table: str, bench: Bench) -> Count:
    """Add the rows that are records and could not be taken apart: each may be in scope of every rule."""
    lost = bench.tables[table].lost
    return Count(one.population + lost, one.met, one.unreadable + lost)


def _counts(row: Sequence[object]) -> list[Count]:
    numbers = counts(row)
    return [Count(*numbers[i : i + 3]) for i in range(0, len(numbers), 3)]


def _number(bench: Bench, statement: Statement) -> int:
    (row,) = bench.engine.rows(statement)
    return counts(row)[0]
