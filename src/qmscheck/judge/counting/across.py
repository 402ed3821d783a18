"""Rules across engines: for `has` and `lacks`, what decides a match is brought to the engine of the records.

No record travels: of the other table only the columns that `on` and `where` read, each combination of values once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qmscheck.cells import WHITE_SPACE, as_text
from qmscheck.engine import Engine, EngineError
from qmscheck.extracts import Batch, Rows
from qmscheck.judge.counting.scan import flags
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, typed
from qmscheck.sql.select import Related, RowTest, flagged, matchable

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["MOST_KEYS", "across_engines", "put"]

#: Most combinations of keys that are brought from one engine to another for one rule.
MOST_KEYS = 100_000

_BATCH = 10_000


def across_engines(bench: Bench, applicable: Collection[str]) -> Bench:
    """Bring keys to where the records of each rule are, and say of which rules that cannot be done, and why."""
    if not bench.elsewhere:
        return bench
    tests, undecided = dict(bench.tests), dict(bench.undecided)
    for number, (rule, test) in enumerate(bench.tests.items()):
        if rule not in applicable or not _is_parted(test, bench):
            continue
        if test.related is None:
            undecided[rule] = "its tables lie in several engines, or on several servers, and a query is asked of one"
            continue
        relation = f"_keys {bench.name}{number}"
        try:
            reason = _brought(test.related, relation, test.table, bench)
        except EngineError as error:
            reason = f"the keys of {test.related.table} could not be brought to the records of {test.table}: {error}"
        if reason is not None:
            undecided[rule] = reason
        else:
            tests[rule] = replace(test, related=replace(test.related, relation=relation))
    return replace(bench, tests=tests, undecided=undecided)


def _is_parted(test: RowTest, bench: Bench) -> bool:
    """Tell whether a test reads tables of several engines that hold records."""
    more = [test.related.table] if test.related is not None else []
    tables = [test.table, *more, *(test.query.tables if test.query is not None else ())]
    held = all(bench.tables[table].rows for table in tables)
    return held and any(bench.at(table) is not bench.at(test.table) for table in tables)


def _brought(other: Related, relation: str, table: str, bench: Bench) -> str | None:
    """Bring what decides a match to the engine of a table; or say why that is not done."""
    known = flags(bench)
    statement = matchable(other, known, sorted(bench.tables[other.table].blank), bench.values, MOST_KEYS + 1)
    rows = bench.at(other.table).rows(statement)
    if len(rows) > MOST_KEYS:
        return (
            f"{other.table} lies in another engine than {table}, and has more than {MOST_KEYS} different keys that may "
            "match, which is the most that are brought from one to the other: keep both in one engine"
        )
    kinds = _kinds(other, known, bench)
    cells = [[as_text(cell) for cell in column] for column in zip(*rows, strict=True)] or [[] for _ in kinds]
    if any(cell is not None and cell.strip(WHITE_SPACE) != cell for column in cells for cell in column):
        return f"a key of {other.table} begins or ends with white space, and would not be brought as it is"
    put(bench.at(table), relation, kinds, cells)
    return None


def _kinds(other: Related, known: Mapping[tuple[str, str], bool], bench: Bench) -> dict[str, Kind]:
    """Give the columns of what is brought, with their types: the declared ones, and flags."""
    spec = bench.ruleset.tables[other.table].columns
    declared = {name: Kind(spec[name].type) for name in other.columns}
    return {**declared, **{f"_u_{name}": Kind.BOOLEAN for name in flagged(other, known)}}


def put(engine: Engine, relation: str, kinds: Mapping[str, Kind], cells: Sequence[Sequence[str | None]]) -> None:
    """Make a relation of columns of text, with the types that they had."""
    raw = f"{relation}, as text"
    size = len(cells[0]) if cells else 0
    parts = (Batch(tuple([*column[start : start + _BATCH]] for column in cells)) for start in range(0, size, _BATCH))
    loaded = engine.load(raw, tuple(kinds), Rows(parts))
    columns = [
        MappedColumn(name, kind, header, bare=True, plain=True)
        for (name, kind), header in zip(kinds.items(), loaded.names, strict=True)
    ]
    engine.define(relation, typed(raw, columns, ()), materialise=engine.keeps)
