"""How rules will be counted: which scans of which table, of which rules, and what each of them saves.

A plan is a value, made before any record is looked at; `counting.scan` carries it out, `counting.plan_text` shows it.
Nothing here asks an engine. Every way of counting gives the same numbers (`tests/test_judge_planner.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qmscheck.model import BoundTable, Rule, TableSpec
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

#: States up to which all of a table are kept; where there are more, and only exceptions count, those are sought.
_STATES = 2_000_000

#: Rules in one scan: planning grows faster than their number above this (performance.md 3.5: 200 to 250).
WIDTH = 200

#: Scans of large tables at the same time. The engine uses every processor for one, but not from its begin to its end:
#: what is left over is enough for a second, and a third would only take memory.
_TWO = 2

#: Columns that are quoted where a rule finds words.
_QUOTED = ("text",)

Names = AbstractSet[str]


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
    that these were found while the table was read, or `there`, where it lies, before any cell is read; `filled` that
    records with a blank key are among those that a sieve kept. `layers` are the columns of strata, `extra` those that
    are quoted, `reads` what is looked at, by table. `scopes` are the texts of scopes that several rules share: each is
    evaluated once for each record.
    """

    table: str
    dialect: str
    records: int
    way: Way
    rules: tuple[str, ...]
    sought: tuple[int, ...] = ()
    few: bool = False
    sieved: bool = False
    there: bool = False
    filled: bool = False
    layers: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    reads: tuple[tuple[str, tuple[str, ...]], ...] = ()
    scopes: tuple[tuple[str, int], ...] = ()

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


def sieves_of(
    rules: Collection[Rule], tests: Mapping[str, RowTest], values: Values, tables: Mapping[str, TableSpec]
) -> dict[str, Sieve]:
    """Give a sieve for each table of which some of these rules, which are all that are judged, look for single records
    that are not met.
    """
    if not values.savings.by_exception:
        return {}
    found: dict[str, dict[str, RowTest]] = {}
    walked: dict[str, dict[str, RowTest]] = {}
    for rule in rules:
        test = tests[rule.id]
        if test.is_plain and _by_exception(rule, test) and narrows(test, {}):
            found.setdefault(test.table, {})[rule.id] = test
        elif _is_told(rule, test):
            walked.setdefault(test.table, {})[rule.id] = test
    sieves: dict[str, Sieve] = {}
    reads: dict[str, list[tuple[Rule, Names]]] = {}
    for rule in rules if found else ():
        for table, columns in columns_read([tests[rule.id]]).items():
            reads.setdefault(table, []).append((rule, columns))
    for table, asked in found.items():
        also = walked.get(table, {})
        apart = _apart(table, {*asked, *also}, reads[table], tables[table])
        sieves[table] = Sieve(tuple(asked), tuple(asked.values()), values, apart, tuple(also.items()))
    return sieves


def _is_told(rule: Rule, test: RowTest) -> bool:
    """Tell whether all that is asked of the records of a rule that walks them is their state, which can be kept."""
    return test.is_plain and test.statistic is None and rule.conclusive and test.margin is None


def _apart(table: str, asked: Names, reads: Sequence[tuple[Rule, Names]], spec: TableSpec) -> frozenset[str]:
    """Give the columns of a table of which nothing but these rules is `asked`: each record's state of them is known by
    what a sieve keeps apart and tells. `reads` are all rules that read the table, with the columns that they read.

    What else reads a table: other rules, of the same table or another; the scopes of rules that stand for a statistic;
    keys, strata, what is quoted, what names persons, words of a closed list, and the seal of closed
    records, which is made of all columns.
    """
    if spec.closed is not None or any(rule.too_few is not None and rule.table == table for rule, _ in reads):
        return frozenset()
    whole = {*spec.keys, *_QUOTED, *(c for c, column in spec.columns.items() if column.is_personal or column.values)}
    for rule, columns in reads:
        if rule.id not in asked or rule.strata:  # strata are counted over all records
            whole |= columns
        if rule.table == table:
            whole.update(rule.strata)
    return frozenset().union(*(columns for rule, columns in reads if rule.id in asked)) - whole


def _small(test: RowTest, bench: Bench) -> bool:
    """Tell whether all tables of a test are small, and its records may be fetched."""
    tables = [bench.tables[t] for t in _tables(test)]
    return bench.at(test.table).keeps and all(t.rows <= SMALL and not t.apart for t in tables)


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
    if way is Way.KEPT and table.rows * len(part) > _STATES and all(_by_exception(own[r], tests[r]) for r in part):
        way = Way.WALKED
    sought: tuple[int, ...] = ()
    unread = flags(bench)
    if way is Way.WALKED and bench.values.savings.by_exception:
        asked = [n for n, r in enumerate(part) if _by_exception(own[r], tests[r])]
        sought = tuple(n for n in asked if engine.keeps or _is_seen(tests[part[n]], unread))
    few = bool(sought) and all(narrows(tests[part[n]], unread) for n in sought)
    read = columns_read([tests[r] for r in part])
    sieved = few and bool(table.doubtful) and table.sieved.issuperset(part[n] for n in sought)
    known = [r for r in sorted(table.sieved) if r in tests] if table.doubtful else []
    return Scan(
        table.name,
        engine.dialect,
        table.rows,
        Way.SOUGHT if sought else way,
        tuple(part),
        sought,
        few=few,
        sieved=sieved,
        filled=few and bench.values.savings.blanks and _is_filled(tests[part[0]], [tests[r] for r in known]),
        there=sieved and not engine.keeps,
        layers=tuple(dict.fromkeys(c for r in first for c in own[r].strata if c not in table.absent)),
        extra=tuple(c for c in _QUOTED if quoted and c in bench.ruleset.tables[table.name].columns),
        reads=tuple((name, tuple(sorted(read[name]))) for name in sorted(read)),
        scopes=_shared([tests[r] for r in part]) if bench.values.savings.shared else (),
    )


def _way(table: BoundTable, *, keeps: bool) -> Way:
    if table.apart:
        return Way.WALKED
    if table.rows <= SMALL and keeps:
        return Way.FETCHED
    return Way.KEPT if table.rows <= KEPT and keeps else Way.WALKED


def _by_exception(rule: Rule, test: RowTest) -> bool:
    """Tell whether unmet and unreadable records are few, and all that is ever shown of a rule."""
    few = rule.count is None and rule.conclusive and rule.at_least is None and rule.at_most is None
    return few and test.statistic is None


def _is_seen(test: RowTest, unread: Mapping[tuple[str, str], bool]) -> bool:
    """Tell whether a server that keeps nothing can tell unmet records by one look at each."""
    return test.is_plain and narrows(test, unread)


def _is_filled(test: RowTest, sieved: Sequence[RowTest]) -> bool:
    """Tell whether a blank in any column of the key that a test looks for makes a record one that the sieve keeps."""
    plain = [s.must.text for s in sieved if s.must is not None and s.scope is None and not s.invert]
    wanted = {" ".join(text.split()).casefold() for text in plain}
    return bool(test.unique) and all(f"{column} is not null" in wanted for column in test.unique)


def _shared(tests: Sequence[RowTest]) -> tuple[tuple[str, int], ...]:
    """Give the scopes that several tests have, with their number."""
    found = Counter(test.scope.fingerprint for test in tests if test.scope is not None)
    texts = {test.scope.fingerprint: test.scope.text for test in tests if test.scope is not None}
    return tuple((" ".join(texts[key].split()), number) for key, number in found.items() if number > 1)
