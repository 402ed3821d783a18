"""Counting: rules that look at their own record share one scan of their table; the others have one each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from qmscheck.engine import EngineError, OutOfMemoryError, counts
from qmscheck.engine.abreast import abreast
from qmscheck.judge.small import SMALL, Count, Fetched
from qmscheck.model import Rule
from qmscheck.sql.candidates import candidates, kept, narrows
from qmscheck.sql.functions import Values
from qmscheck.sql.margins import has_margin, misses
from qmscheck.sql.select import (
    PLACE,
    RowTest,
    columns_read,
    judged,
    notable,
    notable_tallies,
    populations,
    states,
    states_of,
    strata,
    stray_keys,
    tallies,
)
from qmscheck.sql.sieve import Sieve

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["Count", "Counted", "count", "flags", "sieves_of"]

#: Scans of large tables at the same time. The engine uses every processor for one, but not from its begin to its end:
#: what is left over is enough for a second, and a third would only take memory.
_TWO = 2

#: Rules in one scan: planning grows faster than their number above this (performance.md 3.5: 200 to 250).
_WIDTH = 200

#: Tables up to this many records keep the states that were computed; above, they are computed where they are asked for.
_KEPT = 200_000

#: Columns that are quoted where a rule finds words.
_QUOTED = ("text",)


@dataclass(frozen=True)
class Counted:
    """What a rule counted, as a whole and per stratum (column, value); or why it could not be counted
    (`error`), or was not (`undecided`).

    `relation` holds the state of each record in column `s<index>`; it is empty where nothing could be counted. Of
    a small table `fetched` are the records with their states, `nearest` those unmet that have a margin, and `relation`
    is but a name. Of a large one `candidates` holds the records, with their columns, among which are all that are unmet
    or unreadable, where they were looked for.
    `blank` are the columns that the rule reads and that have no value in any record; `doubted` is the count if nobody
    knows what stands in them.
    """

    total: Count
    strata: tuple[tuple[str, str | None, Count], ...] = ()
    error: str | None = None
    undecided: str | None = None
    stray: int = 0
    relation: str = ""
    candidates: str = ""
    fetched: Fetched | None = None
    nearest: tuple[tuple[object, ...], ...] = ()
    index: int = 0
    extra: tuple[str, ...] = ()
    blank: tuple[tuple[str, str], ...] = ()
    doubted: Count | None = None


def count(tests: Mapping[str, RowTest], bench: Bench, progress: Callable[[str], None]) -> dict[str, Counted]:
    """Count every test. A test that the engine refuses is an error of that rule alone."""
    found: dict[str, Counted] = {}
    groups: dict[str, list[str]] = {}
    singles: list[str] = []
    for rule, test in tests.items():
        if _unusable(test, bench) or rule in bench.undecided:
            found[rule] = Counted(Count(0, 0, 0), undecided=bench.undecided.get(rule))
        elif test.is_plain or _small(test, bench):
            groups.setdefault(test.table, []).append(rule)
        else:
            singles.append(rule)
    # The longest statement first: the last one to end should not be one that began late.
    parts = [rules[n : n + _WIDTH] for rules in groups.values() for n in range(0, len(rules), _WIDTH)]
    parts = [*sorted(parts, key=len, reverse=True), *([rule] for rule in singles)]
    small = all(_small(tests[r], bench) for part in parts for r in part)
    width = min([bench.engine.width if small else _TWO, *(engine.width for engine in bench.elsewhere.values())])
    asked = [partial(_together, part, tests, bench) for part in parts]
    for part, told in zip(parts, abreast(asked, width), strict=True):
        progress(f"counted {tests[part[0]].table}")
        found.update(told)
    empty = {(t.name, c) for t in bench.tables.values() for c in t.blank} if bench.doubts else set()
    return {r: _doubted(counted, tests[r], empty, bench) for r, counted in found.items()}


def _small(test: RowTest, bench: Bench) -> bool:
    """Tell whether all tables of a test are small, and its records may be fetched."""
    return bench.at(test.table).keeps and all(bench.tables[t].rows <= SMALL for t in _tables(test))


def kinds_of(table: str, bench: Bench) -> Mapping[str, str]:
    """Give the type of every column of a table."""
    return {name: column.type for name, column in bench.ruleset.tables[table].columns.items()}


def flags(bench: Bench) -> dict[tuple[str, str], bool]:
    """Give every (table, column) that has unreadable cells, or that some source does not have."""
    return {(t.name, c): False for t in bench.tables.values() for c in sorted(t.flags)}


def _unusable(test: RowTest, bench: Bench) -> bool:
    """Tell whether a table of the test holds nothing to count."""
    return any(bench.tables[t].rows == 0 for t in _tables(test))


def _tables(test: RowTest) -> Sequence[str]:
    more = [test.related.table] if test.related is not None else []
    return [test.table, *more, *(sorted(test.query.tables) if test.query is not None else [])]


def _together(rules: Sequence[str], tests: Mapping[str, RowTest], bench: Bench) -> dict[str, Counted]:
    """Count rules of one table in one scan; where the engine refuses it, one by one, so that the culprit is named."""
    if len(rules) == 1:
        return {rules[0]: _alone(rules[0], tests, bench)}
    try:
        return _with_strays(_counted(rules, tests, bench), tests, bench)
    except EngineError:
        return {r: _alone(r, tests, bench) for r in rules}


def _alone(rule: str, tests: Mapping[str, RowTest], bench: Bench) -> Counted:
    """Count one rule by itself."""
    try:
        return _with_strays(_counted([rule], tests, bench), tests, bench)[rule]
    except EngineError as error:
        return Counted(Count(0, 0, 0), error=str(error))


def _with_strays(counted: Mapping[str, Counted], tests: Mapping[str, RowTest], bench: Bench) -> dict[str, Counted]:
    """Count the keys that queries return and their table does not have."""
    asked = [r for r in counted if tests[r].query is not None]
    if not asked:
        return dict(counted)
    engine = bench.at(tests[asked[0]].table)
    (row,) = engine.rows(stray_keys([tests[r] for r in asked], bench.values, flags(bench)))
    return {**counted, **{r: replace(counted[r], stray=n) for r, n in zip(asked, counts(row), strict=True)}}


def _counted(rules: Sequence[str], tests: Mapping[str, RowTest], bench: Bench) -> dict[str, Counted]:
    """Judge each record once, then count.

    The states of a small table are kept. Those of a large one are a view, so that nothing of its size is ever held; of
    its records only those that are unmet or unreadable somewhere are kept, which judging them once more would cost.
    """
    table = bench.tables[tests[rules[0]].table]
    engine = bench.at(table.name)
    first = sorted(rules, key=lambda r: not tests[r].is_plain)  # the order of strata is that of the plain rules' scan
    layers = list(dict.fromkeys(c for r in first for c in bench.ruleset.rules[r].strata if c not in table.absent))
    quoted = any(not bench.ruleset.rules[r].conclusive for r in rules)
    extra = tuple(c for c in _QUOTED if quoted and c in bench.ruleset.tables[table.name].columns)
    relation = f"_judged {bench.name}{rules[0]} of {len(rules)}"
    if table.rows <= SMALL and engine.keeps:
        return _fetched(relation, rules, tests, layers, extra, bench)
    small = table.rows <= _KEPT
    narrow = (
        []
        if small or not engine.keeps
        else [n for n, r in enumerate(rules) if _by_exception(bench.ruleset.rules[r], tests[r])]
    )
    wide = [n for n in range(len(rules)) if n not in set(narrow)]
    totals: dict[int, Count] = {}
    if wide or layers:
        statement = states([tests[r] for r in rules], layers, extra, bench.values, flags(bench))
        engine.define(relation, statement, materialise=small and engine.keeps)
    if wide:
        (row,) = engine.rows(tallies(relation, wide))
        totals.update(zip(wide, _counts(row), strict=True))
    few = bool(narrow) and all(narrows(tests[rules[n]], flags(bench)) for n in narrow)
    if narrow:
        sieved = table.doubtful if table.sieved.issuperset(rules[n] for n in narrow) else ""
        _keep_notable(relation, [tests[rules[n]] for n in narrow], bench, few=few, sieved=sieved)
        totals.update(_from_exceptions(relation, narrow, [tests[r] for r in rules], table.rows, bench))
    found = _layers(relation, layers, rules, bench)
    return {
        r: Counted(
            _with_lost(totals[n], table.lost),
            tuple(found[r]),
            relation=relation if n in wide else _notable(relation),
            candidates=_candidates(relation) if few and n not in wide else "",
            index=n if n in wide else narrow.index(n),
            extra=extra,
        )
        for n, r in enumerate(rules)
    }


def _fetched(
    relation: str,
    rules: Sequence[str],
    tests: Mapping[str, RowTest],
    layers: Sequence[str],
    extra: tuple[str, ...],
    bench: Bench,
) -> dict[str, Counted]:
    """Fetch the records of a small table with their states, and count them."""
    table, keys = bench.tables[tests[rules[0]].table], len(tests[rules[0]].keys)
    rows = bench.at(table.name).rows(judged([tests[r] for r in rules], layers, extra, bench.values, flags(bench)))
    found = Fetched(rows, keys, len(layers), len(extra))
    kinds = kinds_of(table.name, bench)
    missed = {n: tests[r] for n, r in enumerate(rules) if has_margin(tests[r], kinds) and found.total(n).unmet}
    nearest = _nearest(found, missed, bench)
    return {
        r: Counted(
            _with_lost(found.total(n), table.lost),
            tuple(
                (column, value, one)
                for column in (layers if tests[r].is_plain else bench.ruleset.rules[r].strata)
                if column in layers and column in bench.ruleset.rules[r].strata
                for value, one in found.layers(layers.index(column), n).items()
            ),
            relation=relation,
            fetched=found,
            nearest=nearest.get(n, ()),
            index=n,
            extra=extra,
        )
        for n, r in enumerate(rules)
    }


def _nearest(
    found: Fetched, asked: Mapping[int, RowTest], bench: Bench
) -> Mapping[int, tuple[tuple[object, ...], ...]]:
    """Ask once by how much the records of a small table miss the rules, by number, that some of them do not meet."""
    tests = list(asked.values())
    if not tests:
        return {}
    try:
        rows = bench.at(tests[0].table).rows(misses(tests, kinds_of(tests[0].table, bench), bench.values))
    except OutOfMemoryError:
        raise
    except EngineError:  # a date that moves out of the calendar: that verdict stands without a margin
        alone = [] if len(tests) == 1 else [_nearest(found, {n: test}, bench) for n, test in asked.items()]
        return {n: near for one in alone for n, near in one.items()}
    width = len(tests[0].keys) + len(PLACE)
    return {
        n: found.nearest(n, [(*row[:width], *row[width + 2 * i : width + 2 * i + 2]) for row in rows])
        for i, n in enumerate(asked)
    }


def _by_exception(rule: Rule, test: RowTest) -> bool:
    """Tell whether unmet and unreadable records are few, and all that is ever shown of a rule."""
    few = rule.count is None and rule.conclusive and rule.at_least is None and rule.at_most is None
    return few and test.statistic is None


def sieves_of(rules: Iterable[Rule], tests: Mapping[str, RowTest], values: Values) -> dict[str, Sieve]:
    """Give a sieve for each table of which some of these rules look for single records that are not met."""
    found: dict[str, dict[str, RowTest]] = {}
    for rule in rules:
        test = tests[rule.id]
        if test.is_plain and _by_exception(rule, test) and narrows(test, {}):
            found.setdefault(test.table, {})[rule.id] = test
    return {table: Sieve(tuple(asked), tuple(asked.values()), values) for table, asked in found.items()}


def _notable(relation: str) -> str:
    return f"{relation}, notable"


def _candidates(relation: str) -> str:
    return f"{relation}, candidates"


def _from_exceptions(
    relation: str, narrow: Sequence[int], tests: Sequence[RowTest], rows: int, bench: Bench
) -> dict[int, Count]:
    """Count the records that are unmet or unreadable: what is in scope and neither is met."""
    engine = bench.at(tests[0].table)
    (row,) = engine.rows(notable_tallies(_notable(relation), range(len(narrow))))
    numbers = counts(row)
    scoped = [n for n in narrow if tests[n].scope is not None]
    population = dict.fromkeys(narrow, rows)
    if scoped:
        (row,) = engine.rows(populations([tests[n] for n in scoped], bench.values, flags(bench)))
        population.update(zip(scoped, counts(row), strict=True))
    return {
        n: Count(population[n], population[n] - unmet - unreadable, unreadable)
        for n, unmet, unreadable in zip(narrow, numbers[::2], numbers[1::2], strict=True)
    }


def _keep_notable(relation: str, asked: Sequence[RowTest], bench: Bench, *, few: bool, sieved: str) -> None:
    """Keep what may be unmet or unreadable: from a few candidates, else from judging every record.

    `sieved` is a relation that holds the candidates already, where the table was sieved when it was read.
    """
    unread, engine = flags(bench), bench.at(asked[0].table)
    if few:
        wanted = kept(asked, sieved, unread) if sieved else candidates(asked, bench.values, unread)
        engine.define(_candidates(relation), wanted, materialise=True)
        told = states_of(_candidates(relation), asked, bench.values, unread)
    else:
        engine.define(_candidates(relation), states(asked, (), (), bench.values, unread), materialise=False)
        told = notable(_candidates(relation), range(len(asked)), len(asked[0].keys))
    engine.define(_notable(relation), told, materialise=True)


def _layers(
    relation: str, layers: Sequence[str], rules: Sequence[str], bench: Bench
) -> dict[str, list[tuple[str, str | None, Count]]]:
    """Count per value of each stratum column, in one scan for all rules that share it."""
    found: dict[str, list[tuple[str, str | None, Count]]] = {r: [] for r in rules}
    for i, column in enumerate(layers):
        sharing = [n for n, r in enumerate(rules) if column in bench.ruleset.rules[r].strata]
        for value, *numbers in bench.at(bench.ruleset.rules[rules[0]].table).rows(strata(relation, i, sharing)):
            for n, one in zip(sharing, _counts(numbers), strict=True):
                if one.population:
                    found[rules[n]].append((column, None if value is None else str(value), one))
    return found


def _doubted(counted: Counted, test: RowTest, empty: Collection[tuple[str, str]], bench: Bench) -> Counted:
    """Count again as if nobody knew what stands in the blank columns: a pass must not come from blankness alone."""
    read = {(table, c) for table, columns in columns_read([test]).items() for c in columns}
    blank = tuple(sorted(read & set(empty)))
    if not counted.relation or not blank:
        return counted
    unknown = flags(bench) | dict.fromkeys(blank, True)
    relation, engine = f"_doubted {counted.relation} {counted.index}", bench.at(test.table)
    try:
        if counted.fetched is not None:
            rows = engine.rows(judged([test], [], [], bench.values, unknown))
            one = Fetched(rows, len(test.keys), 0, 0).total(0)
        else:
            engine.define(relation, states([test], [], [], bench.values, unknown), materialise=False)
            (row,) = engine.rows(tallies(relation, [0]))
            (one,) = _counts(row)
    except EngineError as error:
        return replace(counted, error=str(error))
    return replace(counted, blank=blank, doubted=_with_lost(one, bench.tables[test.table].lost))


def _with_lost(one: Count, lost: int) -> Count:
    """Add the rows that are records and could not be taken apart: each may be in scope of every rule."""
    return Count(one.population + lost, one.met, one.unreadable + lost)


def _counts(row: Sequence[object]) -> list[Count]:
    numbers = counts(row)
    return [Count(*numbers[i : i + 3]) for i in range(0, len(numbers), 3)]
