"""How rules will be counted: which scans of which table, of which rules, and what each of them saves.

A plan is a value, made before any record is looked at; `judge.scan` carries it out, and `judge.plan_text` shows it.
Nothing here asks an engine. Every way of counting gives the same numbers (`tests/test_judge_planner.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qmscheck.model import BoundTable, Rule
from qmscheck.sql.candidates import narrows
from qmscheck.sql.functions import Values
from qmscheck.sql.select import RowTest, columns_read
from qmscheck.sql.sieve import Sieve

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["SMALL", "Scan", "ScanPlan", "Way", "flags", "plan_of", "sieves_of"]

#: Records up to which a table is small: it is fetched whole.
SMALL = 2_000

#: Records up to which the states that were computed are kept; above, they are computed where they are asked for.
KEPT = 200_000

#: Rules in one scan: planning grows faster than their number above this (performance.md 3.5: 200 to 250).
WIDTH = 200

#: Scans of large tables at the same time. The engine uses every processor for one, but not from its begin to its end:
#: what is left over is enough for a second, and a third would only take memory.
_TWO = 2

#: Columns that are quoted where a rule finds words.
_QUOTED = ("text",)


class Way(StrEnum):
    """How a scan comes to its counts.

    FETCHED: every record of a small table comes with its states. KEPT: the states of all records are kept in the
    engine. WALKED: they are computed as often as they are asked for. SOUGHT: only records that may be unmet or
    unreadable are judged in full.
    """

    FETCHED = "fetched"
    KEPT = "kept"
    WALKED = "walked"
    SOUGHT = "sought"


@dataclass(frozen=True)
class Scan:
    """One walk over a table for some rules.

    `sought` are the rules of which only exceptions are looked for (by number, as `walked` are those of which every
    record is judged); `few` tells that their exceptions are among records that a cheap condition finds, and `sieved`
    that these were found while the table was read. `layers` are the columns of strata, `extra` those that are quoted,
    `reads` what is looked at, by table. `scopes` are the texts of scopes that several rules share: each is evaluated
    once for each record. Conditions on one column of `by_value` alone were asked of each of its values once.
    """

    table: str
    dialect: str
    records: int
    way: Way
    rules: tuple[str, ...]
    sought: tuple[int, ...] = ()
    few: bool = False
    sieved: bool = False
    layers: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    reads: tuple[tuple[str, tuple[str, ...]], ...] = ()
    scopes: tuple[tuple[str, int], ...] = ()
    by_value: tuple[str, ...] = ()

    @property
    def walked(self) -> tuple[int, ...]:
        """The rules, by number, of which every record is judged."""
        return tuple(n for n in range(len(self.rules)) if n not in set(self.sought))


@dataclass(frozen=True)
class ScanPlan:
    """All scans of an audit, in the order in which they begin; `abreast` of them run at the same time.

    `left_out` are the rules for which nothing is scanned: a table that they read has no record, or what they need of
    another engine was not brought.
    """

    scans: tuple[Scan, ...]
    left_out: tuple[str, ...]
    abreast: int
    width: int


def plan_of(tests: Mapping[str, RowTest], bench: Bench) -> ScanPlan:
    """Plan the scans of some tests: plain ones of a table share scans, and so do all tests of small tables."""
    groups: dict[str, list[str]] = {}
    singles: list[str] = []
    left_out: list[str] = []
    for rule, test in tests.items():
        if rule in bench.undecided or any(bench.tables[t].rows == 0 for t in _tables(test)):
            left_out.append(rule)
        elif test.is_plain or _small(test, bench):
            groups.setdefault(test.table, []).append(rule)
        else:
            singles.append(rule)
    # The longest statement first: the last one to end should not be one that began late.
    parts = [part for rules in groups.values() for part in _parts(rules, tests)]
    parts = [*sorted(parts, key=len, reverse=True), *([rule] for rule in singles)]
    small = all(_small(tests[rule], bench) for part in parts for rule in part)
    width = min([bench.engine.width if small else _TWO, *(engine.width for engine in bench.elsewhere.values())])
    return ScanPlan(tuple(_scan(part, tests, bench) for part in parts), tuple(left_out), width, WIDTH)


def flags(bench: Bench) -> dict[tuple[str, str], bool]:
    """Give every (table, column) that has unreadable cells, or that some source does not have."""
    return {(t.name, c): False for t in bench.tables.values() for c in sorted(t.flags)}


def sieves_of(rules: Iterable[Rule], tests: Mapping[str, RowTest], values: Values) -> dict[str, Sieve]:
    """Give a sieve for each table of which some of these rules look for single records that are not met."""
    if not values.savings.by_exception:
        return {}
    found: dict[str, dict[str, RowTest]] = {}
    for rule in rules:
        test = tests[rule.id]
        if test.is_plain and _by_exception(rule, test) and narrows(test, {}):
            found.setdefault(test.table, {})[rule.id] = test
    return {table: Sieve(tuple(asked), tuple(asked.values()), values) for table, asked in found.items()}


def _small(test: RowTest, bench: Bench) -> bool:
    """Tell whether all tables of a test are small, and its records may be fetched."""
    return bench.at(test.table).keeps and all(bench.tables[t].rows <= SMALL for t in _tables(test))


def _tables(test: RowTest) -> Sequence[str]:
    more = [test.related.table] if test.related is not None else []
    return [test.table, *more, *(sorted(test.query.tables) if test.query is not None else [])]


def _parts(rules: Sequence[str], tests: Mapping[str, RowTest]) -> list[list[str]]:
    """Cut rules into parts of about equal length; those that read the same columns stay together."""
    if len(rules) <= WIDTH:
        return [list(rules)]
    number = -(-len(rules) // WIDTH)
    near = sorted(rules, key=lambda r: sorted(columns_read([tests[r]]).get(tests[r].table, ())))
    size = -(-len(rules) // number)
    return [near[n : n + size] for n in range(0, len(near), size)]


def _scan(part: Sequence[str], tests: Mapping[str, RowTest], bench: Bench) -> Scan:
    """Decide how some rules of one table are counted."""
    table = bench.tables[tests[part[0]].table]
    engine = bench.at(table.name)
    own = {r: bench.ruleset.rules[r] for r in part}
    first = sorted(part, key=lambda r: not tests[r].is_plain)  # the order of strata is that of the plain rules' scan
    quoted = any(not rule.conclusive for rule in own.values())
    way = _way(table, keeps=engine.keeps)
    sought: tuple[int, ...] = ()
    if way is Way.WALKED and engine.keeps and bench.values.savings.by_exception:
        sought = tuple(n for n, r in enumerate(part) if _by_exception(own[r], tests[r]))
    unread = flags(bench)
    few = bool(sought) and all(narrows(tests[part[n]], unread) for n in sought)
    read = columns_read([tests[r] for r in part])
    sieved = few and bool(table.doubtful) and table.sieved.issuperset(part[n] for n in sought)
    return Scan(
        table.name,
        engine.dialect,
        table.rows,
        Way.SOUGHT if sought else way,
        tuple(part),
        sought,
        few=few,
        sieved=sieved,
        layers=tuple(dict.fromkeys(c for r in first for c in own[r].strata if c not in table.absent)),
        extra=tuple(c for c in _QUOTED if quoted and c in bench.ruleset.tables[table.name].columns),
        reads=tuple((name, tuple(sorted(read[name]))) for name in sorted(read)),
        scopes=_shared([tests[r] for r in part]) if bench.values.savings.shared else (),
        by_value=table.few if sieved else (),
    )


def _way(table: BoundTable, *, keeps: bool) -> Way:
    if table.rows <= SMALL and keeps:
        return Way.FETCHED
    return Way.KEPT if table.rows <= KEPT and keeps else Way.WALKED


def _by_exception(rule: Rule, test: RowTest) -> bool:
    """Tell whether unmet and unreadable records are few, and all that is ever shown of a rule."""
    few = rule.count is None and rule.conclusive and rule.at_least is None and rule.at_most is None
    return few and test.statistic is None


def _shared(tests: Sequence[RowTest]) -> tuple[tuple[str, int], ...]:
    """Give the scopes that several tests have, with their number."""
    found = Counter(test.scope.fingerprint for test in tests if test.scope is not None)
    texts = {test.scope.fingerprint: test.scope.text for test in tests if test.scope is not None}
    return tuple((" ".join(texts[key].split()), number) for key, number in found.items() if number > 1)
