"""Counting, as `judge.counting.planner` planned it: what each scan asks of an engine, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, cast

from qmscheck.engine import EngineError, OutOfMemoryError, counts
from qmscheck.engine.abreast import abreast
from qmscheck.judge.counting.noted import MOST, Noted
from qmscheck.judge.counting.noted import noted as read
from qmscheck.judge.counting.planner import Scan, Way, flags, plan_of
from qmscheck.judge.counting.small import Count, Fetched, nearest
from qmscheck.sql.candidates import blank_keys, candidates, doubled_hashes, kept
from qmscheck.sql.lacking import lacking
from qmscheck.sql.mapping import census
from qmscheck.sql.margins import margins, misses, noted_with_margins
from qmscheck.sql.notable import notable, notable_first, notable_nearest, notable_tallies
from qmscheck.sql.packed import noted
from qmscheck.sql.select import (
    PLACE,
    UNMET,
    UNREADABLE,
    RowTest,
    columns_read,
    insiders,
    judged,
    states,
    strata,
    stray_keys,
    tallies,
)
from qmscheck.sql.statement import Statement
from qmscheck.sql.totals import is_counted_at_once, totals

if TYPE_CHECKING:
    from qmscheck.engine import Engine
    from qmscheck.judge import Bench

__all__ = ["NEAREST", "Count", "Counted", "by_scan", "count", "flags", "missed_by"]

#: As many records that miss a condition as a person takes in hand at once; the finding's places list the others.
NEAREST = 20


@dataclass(frozen=True)
class Counted:
    """What a rule counted, as a whole and per stratum (column, value); or why it could not be counted
    (`error`), or was not (`undecided`).

    `relation` holds the state of each record in column `s<index>`; it is empty where nothing could be counted, and but
    a name where records were fetched: those of a small table with their states (`fetched`), and of a large one those
    that are unmet or unreadable (`noted`), or as many of them as are shown. Then `nearest` are those unmet that have a
    margin; it is None where the engine could not say. `candidates` holds the records of a large table, with their
    columns, among which are all that are unmet or unreadable, where they were looked for.
    `lacking` tells, for each part of a condition that has several, of how many unmet records it does not hold, and of
    how many of them because its cell is blank; it is empty where nobody asked, or the engine could not say.
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
    noted: Noted | None = None
    nearest: tuple[tuple[object, ...], ...] | None = ()
    index: int = 0
    extra: tuple[str, ...] = ()
    lacking: tuple[tuple[int, int], ...] = ()
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
        return _with_more(_counted(scan, tests, bench), tests, bench)
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
        return _with_more(_counted(scan, tests, bench), tests, bench)[rule]
    except EngineError as error:
        return Counted(Count(0, 0, 0), error=str(error))


def _with_more(counted: Mapping[str, Counted], tests: Mapping[str, RowTest], bench: Bench) -> dict[str, Counted]:
    """Add what is asked of some rules only: keys without a record, and what of a condition does not hold."""
    found = _with_strays(counted, tests, bench)
    return _with_parts(found, tests, bench) if bench.asides else found


def _with_parts(counted: Mapping[str, Counted], tests: Mapping[str, RowTest], bench: Bench) -> dict[str, Counted]:
    """Ask once, of all rules whose unmet records stand in one relation, which parts of their conditions do not hold."""
    groups: dict[str, list[str]] = {}
    for rule, one in counted.items():
        if one.total.unmet and one.relation and len(tests[rule].parts) > 1 and not tests[rule].invert:
            groups.setdefault(one.candidates, []).append(rule)
    told = {r: parts for relation, rules in groups.items() for r, parts in _parts(rules, relation, tests, bench)}
    return {r: replace(one, lacking=told[r]) if r in told else one for r, one in counted.items()}


def _parts(
    rules: Sequence[str], relation: str, tests: Mapping[str, RowTest], bench: Bench
) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    """Give what `sql.lacking` counts; nothing of a rule of which the engine cannot say it, part by part."""
    asked = [tests[r] for r in rules]
    try:
        (row,) = bench.at(asked[0].table).rows(lacking(asked, bench.values, flags(bench), relation))
    except OutOfMemoryError:
        raise
    except EngineError:  # such as a date out of the calendar, from which another part of the condition kept it
        if len(rules) > 1:
            for rule in rules:
                yield from _parts([rule], relation, tests, bench)
        return
    numbers = iter(counts(row))
    for rule, test in zip(rules, asked, strict=True):
        yield rule, tuple((next(numbers), next(numbers)) for _ in test.parts)


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
    found: _Exceptions | None = None
    if scan.sought:
        sought = [asked[n] for n in scan.sought]
        _seek(relation, scan, sought, bench)
        found = _exceptions(relation, scan, sought, [population[n] for n in scan.sought], bench)
        if found is None:
            return _counted(replace(scan, way=Way.WALKED, sought=(), few=False), tests, bench)
        counted.update(zip(scan.sought, found.totals, strict=True))
    layers = _layers(relation, scan, bench)
    weighed: dict[str, Counted] = {}
    for n, r in enumerate(scan.rules):
        one = Counted(
            _with_lost(counted[n], table.lost), tuple(layers[r]), relation=relation, index=n, extra=scan.extra
        )
        weighed[r] = one if found is None or n in walked else _sought(one, relation, scan, found)
    return weighed


@dataclass(frozen=True)
class _Exceptions:
    """What rules that are sought by exception come to, each by its number among them: the count, the records, and the
    nearest of those that have a margin (None: the engine could not say).
    """

    totals: Sequence[Count]
    noted: Noted
    nearest: Mapping[int, tuple[tuple[object, ...], ...] | None]


def _sought(counted: Counted, relation: str, scan: Scan, found: _Exceptions) -> Counted:
    """Add to what a rule that is sought by exception counted where its exceptions are."""
    number = scan.sought.index(counted.index)
    return replace(
        counted,
        relation=_notable(relation),
        candidates=_candidates(relation) if scan.few else "",
        noted=found.noted,
        nearest=found.nearest.get(number, ()),
        index=number,
    )


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
    """Seek the few candidates among which is all that may be unmet or unreadable, where a cheap condition tells them.

    Where the table was sieved when it was read, a relation holds the candidates already.
    """
    if scan.few:
        engine, wanted = bench.at(scan.table), _may_be_unmet(relation, scan, asked, bench)
        engine.define(_candidates(relation), wanted, materialise=not (scan.sieved and engine.keeps))


def _exceptions(
    relation: str, scan: Scan, asked: Sequence[RowTest], population: Sequence[int], bench: Bench
) -> _Exceptions | None:
    """Count and fetch what is wrong with the candidates. None where a server, which keeps nothing, has too many."""
    engine, found = bench.at(scan.table), _candidates(relation)
    if not engine.keeps:
        seen = _noted_there(found, asked, bench)
    elif scan.few and counts(engine.rows(census(found, (), ()))[0])[0] <= MOST:
        rows = engine.rows(noted(found, asked, bench.values, flags(bench), MOST))
        seen = read(rows, len(asked[0].keys), len(asked))
    else:
        return _of_many(_notable(relation), found if scan.few else "", asked, population, bench)
    if seen is None:
        return None
    totals = [seen.total(i, number) for i, number in enumerate(population)]
    missed = {i: test for i, test in enumerate(asked) if test.margin is not None and totals[i].unmet}
    if seen.units is None:
        return _Exceptions(totals, seen, _nearest(seen, missed, bench, found))
    return _Exceptions(totals, seen, {i: nearest(seen.margins(i), len(asked[0].keys)) for i in missed})


def _of_many(
    relation: str, candidates: str, asked: Sequence[RowTest], population: Sequence[int], bench: Bench
) -> _Exceptions:
    """Keep the records with which something is wrong in a relation, and count all rules and fetch what is shown of
    them by one statement each. Candidates that have no name are all records of the table.
    """
    engine, keys, unread = bench.at(asked[0].table), len(asked[0].keys), flags(bench)
    kinds, units = kinds_of(asked[0].table, bench), {i: t.margin for i, t in enumerate(asked) if t.margin is not None}
    try:
        kept = notable(candidates, asked, list(units), kinds, bench.values, unread)
        engine.define(relation, kept, materialise=True)
        alone = False
    except OutOfMemoryError:
        raise
    except EngineError:  # a date that moves out of the calendar: then margins are asked for one by one
        alone = bool(units)
        engine.define(relation, notable(candidates, asked, (), kinds, bench.values, unread), materialise=True)
    (row,) = engine.rows(notable_tallies(relation, len(asked)))
    numbers = counts(row)
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    totals = [Count(n, n - sum(pair), pair[1]) for n, pair in zip(population, pairs, strict=True)]
    shown = [
        (i, s) for i, pair in enumerate(pairs) for s, number in zip((UNMET, UNREADABLE), pair, strict=True) if number
    ]
    limit = bench.plan.max_exceptions
    rows = engine.rows(notable_first(relation, len(asked), keys, shown, limit)) if shown else []
    missed = [i for i in units if totals[i].unmet]
    if alone:
        near = {i: missed_by(asked[i], bench, candidates) for i in missed}
    else:
        near = _kept_margins(relation, {i: units[i] for i in missed}, keys, engine)
    return _Exceptions(totals, read(rows, keys, len(asked)), near)


def _kept_margins(
    relation: str, units: Mapping[int, str], keys: int, engine: Engine
) -> dict[int, tuple[tuple[object, ...], ...] | None]:
    """Read by how much records of a relation that `notable` wrote miss some tests, by number."""
    if not units:
        return {}
    (row,) = engine.rows(notable_nearest(relation, list(units), keys, NEAREST))
    told = zip(units.items(), row[::3], row[1::3], row[2::3], strict=True)
    return {
        i: tuple((*key, unit, by, measured, most) for by, *key in cast("Iterable[Sequence[object]]", least or ()))
        for (i, unit), measured, most, least in told
    }


def missed_by(test: RowTest, bench: Bench, relation: str) -> tuple[tuple[object, ...], ...] | None:
    """Ask by how much the unmet records of one rule miss it, the nearest first: see `sql.margins.margins`.

    `relation` has all of them, or is empty. None: the engine could not say, such as of a date that moves out of the
    calendar; the verdict stands, and tells of it.
    """
    kinds = kinds_of(test.table, bench)
    try:
        return tuple(bench.at(test.table).rows(margins(test, kinds, bench.values, flags(bench), NEAREST, relation)))
    except OutOfMemoryError:
        raise
    except EngineError:
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
    unread = flags(bench)
    if scan.sieved:
        return kept(asked, bench.tables[scan.table].doubtful, unread)
    (first, *_), engine = asked, bench.at(scan.table)
    if not first.unique:
        return candidates(asked, bench.values, unread)
    doubled = f"{relation}, doubled"
    engine.define(doubled, doubled_hashes(first, bench.values, unread), materialise=True)
    if counts(engine.rows(census(doubled, (), ()))[0])[0]:
        return candidates(asked, bench.values, unread, doubled)
    if scan.filled:
        return blank_keys(first, bench.tables[scan.table].doubtful, bench.values, unread)
    return candidates(asked, bench.values, unread)


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
