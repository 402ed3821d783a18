"""Counting, as `judge.counting.planner` planned it: what each scan asks of an engine, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from qmscheck.engine import EngineError, OutOfMemoryError, counts
from qmscheck.engine.abreast import abreast
from qmscheck.judge.counting.doubles import doubles_of, size
from qmscheck.judge.counting.noted import MOST, Noted
from qmscheck.judge.counting.noted import noted as read
from qmscheck.judge.counting.planner import Scan, Way, flags, plan_of
from qmscheck.judge.counting.small import Count, Fetched, nearest
from qmscheck.sql.candidates import blank_keys, candidates, kept
from qmscheck.sql.doubles import among, hashes
from qmscheck.sql.mapping import census
from qmscheck.sql.margins import misses, noted_with_margins
from qmscheck.sql.packed import packed, packed_notable, packed_tallies
from qmscheck.sql.select import (
    PLACE,
    RowTest,
    columns_read,
    insiders,
    judged,
    noted,
    states,
    states_of,
    strata,
    stray_keys,
    tallies,
)
from qmscheck.sql.statement import Statement
from qmscheck.sql.totals import is_counted_at_once, totals

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["Count", "Counted", "by_scan", "count", "flags"]


@dataclass(frozen=True)
class Counted:
    """What a rule counted, as a whole and per stratum (column, value); or why it could not be counted
    (`error`), or was not (`undecided`).

    `relation` holds the state of each record in column `s<index>`; it is empty where nothing could be counted. `packed`
    tells that it holds the states of notable records only, as `sql.packed` writes them. Of
    a small table `fetched` are the records with their states, `nearest` those unmet that have a margin, and `relation`
    is but a name. Of a large one `candidates` holds the records, with their columns, among which are all that are unmet
    or unreadable, where they were looked for; where they are few, `noted` has them, and `nearest` too. `nearest` is
    None where the engine could not say.
    `blank` are the columns that the rule reads and that have no value in any record; `doubted` is the count if nobody
    knows what stands in them.
    """

    total: Count
    strata: tuple[tuple[str, str | None, Count], ...] = ()
    error: str | None = None
    undecided: str | None = None
    stray: int = 0
    relation: str = ""
    packed: bool = False
    candidates: str = ""
    fetched: Fetched | None = None
    noted: Noted | None = None
    nearest: tuple[tuple[object, ...], ...] | None = ()
    index: int = 0
    extra: tuple[str, ...] = ()
    blank: tuple[tuple[str, str], ...] = ()
    doubted: Count | None = None


def count(tests: Mapping[str, RowTest], bench: Bench, progress: Callable[[str], None]) -> dict[str, Counted]:
    """Count every test, by a plan. A test that the engine refuses is an error of that rule alone."""
    found = {rule: one for told in by_scan(tests, bench, progress) for rule, one in told.items()}
    return {rule: found[rule] for rule in tests}


def by_scan(
    tests: Mapping[str, RowTest], bench: Bench, progress: Callable[[str], None]
) -> Iterator[Mapping[str, Counted]]:
    """Give what `count` does, of each scan as soon as it has ended, in the order of the plan: others may still run."""
    plan = plan_of(tests, bench)
    bench.planned(plan)
    yield {rule: Counted(Count(0, 0, 0), undecided=bench.undecided.get(rule)) for rule in plan.left_out}
    empty = {(t.name, c) for t in bench.tables.values() for c in t.blank} if bench.doubts else set()
    asked = [partial(_together, scan, tests, bench) for scan in plan.scans]
    for scan, told in zip(plan.scans, abreast(asked, plan.abreast), strict=True):
        progress(f"counted {scan.table}")
        yield {rule: _doubted(one, tests[rule], empty, bench) for rule, one in told.items()}


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
        own = _unsieved(scan.table, bench) if scan.there else bench
        alone = (plan_of({rule: tests[rule]}, own).scans for rule in scan.rules)
        return {one.rules[0]: _alone(one, tests, own) for (one,) in alone}


def _unsieved(table: str, bench: Bench) -> Bench:
    """Leave out what a sieve tells of a table: where it lies, one rule that fails would fail with all others."""
    found = bench.tables[table].model_copy(update={"doubtful": "", "sieved": frozenset()})
    return replace(bench, tables={**bench.tables, table: found})


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
    walked = frozenset(scan.walked)
    if walked or scan.layers:
        layered = {n for n, r in enumerate(scan.rules) if bench.ruleset.rules[r].strata}
        needed = tuple(sorted(layered | walked))
        told = {n: table.told[r] for n, r in enumerate(scan.rules) if r in table.told}
        statement = states(asked, scan.layers, scan.extra, bench.values, flags(bench), needed, told)
        engine.define(relation, statement, materialise=scan.way is Way.KEPT)
    counted, population = _totals(relation, scan, asked, bench)
    seen: Noted | None = None
    if scan.sought:
        sought = [asked[n] for n in scan.sought]
        _seek(relation, scan, sought, bench)
        seen = _noted(relation, scan, sought, bench)
        if seen is None and not engine.keeps:
            return _counted(replace(scan, way=Way.WALKED, sought=(), few=False), tests, bench)
        counted.update(_from_exceptions(relation, scan, population, seen, bench))
    missed = _missed(seen, scan, asked, counted, bench)
    found = _layers(relation, scan, bench)
    return {
        r: Counted(
            _with_lost(counted[n], table.lost),
            tuple(found[r]),
            relation=relation if n in walked else _notable(relation),
            candidates=_candidates(relation) if scan.few and n not in walked else "",
            packed=n not in walked and seen is None,
            noted=None if n in walked else seen,
            nearest=missed.get(n, ()),
            index=n if n in walked else scan.sought.index(n),
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
    missed = {n: tests[r] for n, r in enumerate(rules) if tests[r].margin is not None and found.total(n).unmet}
    near = _nearest(found, missed, bench)
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
            nearest=near.get(n, ()),
            index=n,
            extra=extra,
        )
        for n, r in enumerate(rules)
    }


def _nearest(
    found: Fetched | Noted, asked: Mapping[int, RowTest], bench: Bench, relation: str = ""
) -> Mapping[int, tuple[tuple[object, ...], ...] | None]:
    """Ask once by how much the fetched records miss the rules, by number, that some of them do not meet.

    `relation` may stand for their table. None: the engine could not say of that rule.
    """
    tests = list(asked.values())
    if not tests:
        return {}
    try:
        rows = bench.at(tests[0].table).rows(misses(tests, kinds_of(tests[0].table, bench), bench.values, relation))
    except OutOfMemoryError:
        raise
    except EngineError:  # a date that moves out of the calendar: that verdict stands, and tells of it
        if len(tests) == 1:
            return dict.fromkeys(asked)
        alone = [_nearest(found, {n: test}, bench, relation) for n, test in asked.items()]
        return {n: near for one in alone for n, near in one.items()}
    keys = len(tests[0].keys)
    there: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
    for row in rows:
        there.setdefault(row[: keys + len(PLACE)], []).append(row[keys + len(PLACE) :])
    told = {n: ((place, by) for place in dict.fromkeys(found.unmet(n)) for by in there.get(place, ())) for n in asked}
    return {n: nearest(((row, by[2 * i], by[2 * i + 1]) for row, by in told[n]), keys) for i, n in enumerate(asked)}


def _notable(relation: str) -> str:
    return f"{relation}, notable"


def _candidates(relation: str) -> str:
    return f"{relation}, candidates"


def _seek(relation: str, scan: Scan, asked: Sequence[RowTest], bench: Bench) -> None:
    """Seek what may be unmet or unreadable: a few candidates, else by judging every record.

    Where the table was sieved when it was read, a relation holds the candidates already.
    """
    unread, engine = flags(bench), bench.at(scan.table)
    if scan.few:
        wanted = _may_be_unmet(relation, scan, asked, bench)
        engine.define(_candidates(relation), wanted, materialise=not (scan.sieved and engine.keeps))
    else:
        engine.define(_candidates(relation), states(asked, (), (), bench.values, unread), materialise=False)


def _noted(relation: str, scan: Scan, asked: Sequence[RowTest], bench: Bench) -> Noted | None:
    """Fetch a few candidates with what is wrong with them. Too many stay in the engine, packed: then there is None."""
    unread, engine = flags(bench), bench.at(scan.table)
    found, many, keys = _candidates(relation), len(asked), len(asked[0].keys)
    if not engine.keeps:
        return _noted_there(found, asked, bench)
    if scan.few and counts(engine.rows(census(found, (), ()))[0])[0] <= MOST:
        return read(engine.rows(noted(found, asked, bench.values, unread, MOST)), keys, many)
    if scan.few:
        judged = f"{found}, judged"
        engine.define(judged, states_of(found, asked, bench.values, unread), materialise=False)
        told = packed(judged, many, keys) if many > 1 else packed_notable(judged, many, keys)
    else:
        told = packed_notable(found, many, keys)
    engine.define(_notable(relation), told, materialise=True)
    return None


def _noted_there(candidates: str, asked: Sequence[RowTest], bench: Bench) -> Noted | None:
    """Fetch the candidates of a server with their margins in one walk: it keeps nothing. None where they are many."""
    engine, unread, kinds = bench.at(asked[0].table), flags(bench), kinds_of(asked[0].table, bench)
    units = {i: test.margin for i, test in enumerate(asked) if test.margin is not None}
    try:
        rows = engine.rows(noted_with_margins(candidates, asked, list(units), kinds, bench.values, unread, MOST + 1))
        told: Mapping[int, str] | None = units
    except OutOfMemoryError:
        raise
    except EngineError:  # a date that moves out of the calendar: then margins are asked for one by one
        rows, told = engine.rows(noted(candidates, asked, bench.values, unread, MOST + 1)), None
    return read(rows, len(asked[0].keys), len(asked), told) if len(rows) <= MOST else None


def _may_be_unmet(relation: str, scan: Scan, asked: Sequence[RowTest], bench: Bench) -> Statement:
    """Write the records among which are all that may be unmet or unreadable."""
    unread, savings = flags(bench), bench.values.savings
    if scan.sieved:
        return kept(asked, bench.tables[scan.table].doubtful, unread)
    (first, *_), engine = asked, bench.at(scan.table)
    if scan.growing and (found := doubles_of(relation, first, scan.records, engine, unread)):
        return among(first, found, unread)
    if not first.unique or not savings.hashes_first:
        return candidates(asked, bench.values, unread)
    doubled = f"{relation}, doubled"
    engine.define(doubled, hashes(first, bench.values, unread), materialise=True)
    if size(doubled, engine):
        return candidates(asked, bench.values, unread, doubled)
    if scan.filled:
        return blank_keys(first, bench.tables[scan.table].doubtful, bench.values, unread)
    return candidates(asked, bench.values, unread, None)


def _totals(
    relation: str, scan: Scan, tests: Sequence[RowTest], bench: Bench
) -> tuple[dict[int, Count], dict[int, int]]:
    """Count the rules of which every record is judged; give the population of each that is sought by exception.

    Where every record has its state already, and where a state takes more than a condition, states are counted.
    """
    table, engine, unread = bench.tables[scan.table], bench.at(scan.table), flags(bench)
    fast = bench.values.savings.at_once and engine.keeps and scan.way is not Way.KEPT
    untold = [n for n in scan.walked if fast and scan.rules[n] not in table.told]
    plainly = [n for n in untold if is_counted_at_once(tests[n], unread)]
    by_state = [n for n in scan.walked if n not in plainly]
    scoped = [n for n in scan.sought if tests[n].scope is not None]
    counted: dict[int, Count] = {}
    if by_state:
        (row,) = engine.rows(tallies(relation, by_state))
        counted.update(zip(by_state, _counts(row), strict=True))
    population = dict.fromkeys(scan.sought, scan.records)
    if scoped and all(scan.rules[n] in table.inside for n in scoped):
        (row,) = engine.rows(insiders(scan.table, [table.inside[scan.rules[n]] for n in scoped]))
        population.update(zip(scoped, counts(row), strict=True))
        scoped = []
    if plainly or scoped:
        (row,) = engine.rows(totals([tests[n] for n in plainly], [tests[n] for n in scoped], bench.values, unread))
        numbers = counts(row)
        counted.update(zip(plainly, _counts(numbers[: 3 * len(plainly)]), strict=True))
        population.update(zip(scoped, numbers[3 * len(plainly) :], strict=True))
    return counted, population


def _from_exceptions(
    relation: str, scan: Scan, population: Mapping[int, int], seen: Noted | None, bench: Bench
) -> dict[int, Count]:
    """Count the records that are unmet or unreadable: what is in scope and neither is met."""
    engine, sought = bench.at(scan.table), scan.sought
    if seen is not None:
        return {n: seen.total(i, population[n]) for i, n in enumerate(sought)}
    (row,) = engine.rows(packed_tallies(_notable(relation), len(sought)))
    numbers = counts(row)
    return {
        n: Count(population[n], population[n] - unmet - unreadable, unreadable)
        for n, unmet, unreadable in zip(sought, numbers[::2], numbers[1::2], strict=True)
    }


def _missed(
    found: Noted | None, scan: Scan, tests: Sequence[RowTest], counted: Mapping[int, Count], bench: Bench
) -> Mapping[int, tuple[tuple[object, ...], ...] | None]:
    """Say by how much the unmet records miss their rules, by number of the rule, where they were fetched."""
    if found is None:
        return {}
    missed = {i: tests[n] for i, n in enumerate(scan.sought) if tests[n].margin is not None and counted[n].unmet}
    if found.units is not None:
        return {scan.sought[i]: nearest(found.margins(i), len(tests[0].keys)) for i in missed}
    near = _nearest(found, missed, bench, _candidates(f"_judged {bench.name}{scan.rules[0]} of {len(scan.rules)}"))
    return {scan.sought[i]: rows for i, rows in near.items()}


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
