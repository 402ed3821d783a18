"""Counting, as `judge.planner` planned it: what each scan asks of an engine, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from qmscheck.engine import EngineError, OutOfMemoryError, counts
from qmscheck.engine.abreast import abreast
from qmscheck.judge.planner import Scan, Way, flags, plan_of
from qmscheck.judge.small import Count, Fetched
from qmscheck.sql.candidates import candidates, kept
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

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["Count", "Counted", "count", "flags"]


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
    """Count every test, by a plan. A test that the engine refuses is an error of that rule alone."""
    plan = plan_of(tests, bench)
    bench.planned(plan)
    found = {rule: Counted(Count(0, 0, 0), undecided=bench.undecided.get(rule)) for rule in plan.left_out}
    asked = [partial(_together, scan, tests, bench) for scan in plan.scans]
    for scan, told in zip(plan.scans, abreast(asked, plan.abreast), strict=True):
        progress(f"counted {scan.table}")
        found.update(told)
    empty = {(t.name, c) for t in bench.tables.values() for c in t.blank} if bench.doubts else set()
    return {r: _doubted(found[r], tests[r], empty, bench) for r in tests}


def kinds_of(table: str, bench: Bench) -> Mapping[str, str]:
    """Give the type of every column of a table."""
    return {name: column.type for name, column in bench.ruleset.tables[table].columns.items()}


def _together(scan: Scan, tests: Mapping[str, RowTest], bench: Bench) -> dict[str, Counted]:
    """Count the rules of one scan; where the engine refuses it, one by one, so that the culprit is named."""
    if len(scan.rules) == 1:
        return {scan.rules[0]: _alone(scan, tests, bench)}
    try:
        return _with_strays(_counted(scan, tests, bench), tests, bench)
    except EngineError:
        alone = (plan_of({rule: tests[rule]}, bench).scans for rule in scan.rules)
        return {one.rules[0]: _alone(one, tests, bench) for (one,) in alone}


def _alone(scan: Scan, tests: Mapping[str, RowTest], bench: Bench) -> Counted:
    """Count the one rule of a scan."""
    (rule,) = scan.rules
    try:
        return _with_strays(_counted(scan, tests, bench), tests, bench)[rule]
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


def _counted(scan: Scan, tests: Mapping[str, RowTest], bench: Bench) -> dict[str, Counted]:
    """Judge each record once, then count.

    The states of a small table are kept. Those of a large one are a view, so that nothing of its size is ever held; of
    its records only those that are unmet or unreadable somewhere are kept, which judging them once more would cost.
    """
    relation = f"_judged {bench.name}{scan.rules[0]} of {len(scan.rules)}"
    if scan.way is Way.FETCHED:
        return _fetched(relation, scan, tests, bench)
    table, engine = bench.tables[scan.table], bench.at(scan.table)
    asked = [tests[r] for r in scan.rules]
    totals: dict[int, Count] = {}
    if scan.walked or scan.layers:
        statement = states(asked, scan.layers, scan.extra, bench.values, flags(bench))
        engine.define(relation, statement, materialise=scan.way is Way.KEPT)
    if scan.walked:
        (row,) = engine.rows(tallies(relation, scan.walked))
        totals.update(zip(scan.walked, _counts(row), strict=True))
    if scan.sought:
        _keep_notable(relation, scan, [asked[n] for n in scan.sought], bench)
        totals.update(_from_exceptions(relation, scan, asked, bench))
    found = _layers(relation, scan, bench)
    return {
        r: Counted(
            _with_lost(totals[n], table.lost),
            tuple(found[r]),
            relation=relation if n in scan.walked else _notable(relation),
            candidates=_candidates(relation) if scan.few and n in scan.sought else "",
            index=n if n in scan.walked else scan.sought.index(n),
            extra=scan.extra,
        )
        for n, r in enumerate(scan.rules)
    }


def _fetched(relation: str, scan: Scan, tests: Mapping[str, RowTest], bench: Bench) -> dict[str, Counted]:
    """Fetch the records of a small table with their states, and count them."""
    rules, layers, extra = scan.rules, scan.layers, scan.extra
    table, keys = bench.tables[scan.table], len(tests[rules[0]].keys)
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


def _notable(relation: str) -> str:
    return f"{relation}, notable"


def _candidates(relation: str) -> str:
    return f"{relation}, candidates"


def _from_exceptions(relation: str, scan: Scan, tests: Sequence[RowTest], bench: Bench) -> dict[int, Count]:
    """Count the records that are unmet or unreadable: what is in scope and neither is met."""
    engine, sought = bench.at(scan.table), scan.sought
    (row,) = engine.rows(notable_tallies(_notable(relation), range(len(sought))))
    numbers = counts(row)
    scoped = [n for n in sought if tests[n].scope is not None]
    population = dict.fromkeys(sought, scan.records)
    if scoped:
        (row,) = engine.rows(populations([tests[n] for n in scoped], bench.values, flags(bench)))
        population.update(zip(scoped, counts(row), strict=True))
    return {
        n: Count(population[n], population[n] - unmet - unreadable, unreadable)
        for n, unmet, unreadable in zip(sought, numbers[::2], numbers[1::2], strict=True)
    }


def _keep_notable(relation: str, scan: Scan, asked: Sequence[RowTest], bench: Bench) -> None:
    """Keep what may be unmet or unreadable: from a few candidates, else from judging every record.

    Where the table was sieved when it was read, a relation holds the candidates already.
    """
    unread, engine = flags(bench), bench.at(scan.table)
    if scan.few:
        doubtful = bench.tables[scan.table].doubtful
        wanted = kept(asked, doubtful, unread) if scan.sieved else candidates(asked, bench.values, unread)
        engine.define(_candidates(relation), wanted, materialise=not scan.sieved)
        told = states_of(_candidates(relation), asked, bench.values, unread)
    else:
        engine.define(_candidates(relation), states(asked, (), (), bench.values, unread), materialise=False)
        told = notable(_candidates(relation), range(len(asked)), len(asked[0].keys))
    engine.define(_notable(relation), told, materialise=True)


def _layers(relation: str, scan: Scan, bench: Bench) -> dict[str, list[tuple[str, str | None, Count]]]:
    """Count per value of each stratum column, in one scan for all rules that share it."""
    rules = scan.rules
    found: dict[str, list[tuple[str, str | None, Count]]] = {r: [] for r in rules}
    for i, column in enumerate(scan.layers):
        sharing = [n for n, r in enumerate(rules) if column in bench.ruleset.rules[r].strata]
        for value, *numbers in bench.at(scan.table).rows(strata(relation, i, sharing)):
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
