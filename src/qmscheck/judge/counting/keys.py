"""Keys that stand more than once where no rule asks for it: a record counts as often as it is there (decision 0069).

A declared key names what identifies a record (`TableSpec.key`). Nothing is decided by what is found here: an export by
line, where the table asks for one record each order, may be what somebody wants. Whoever reads a share should know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qmscheck.engine import EngineError, counts
from qmscheck.judge.counting.planner import SMALL, flags
from qmscheck.judge.counting.small import Fetched
from qmscheck.model import Limit
from qmscheck.sql.candidates import candidates, doubled_hashes
from qmscheck.sql.mapping import census
from qmscheck.sql.margins import sizes
from qmscheck.sql.select import RowTest

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["repeated_keys"]


def repeated_keys(tests: Mapping[str, RowTest], fetched: Mapping[str, Fetched], bench: Bench) -> list[Limit]:
    """List the tables whose records are judged by one of these tests, and whose keys some records share.

    Tables that were `fetched` are not asked again.
    """
    judged = {test.table for test in tests.values()} - {test.table for test in tests.values() if _asks(test, bench)}
    return [one for table in bench.ruleset.tables if table in judged for one in _told(table, fetched.get(table), bench)]


def _asks(test: RowTest, bench: Bench) -> bool:
    """Tell whether a rule asks of each record of its table that its key, or a part of it, stands once."""
    return bool(test.unique) and test.scope is None and set(test.unique) <= set(bench.ruleset.tables[test.table].keys)


def _told(table: str, fetched: Fetched | None, bench: Bench) -> list[Limit]:
    keys, bound = bench.ruleset.tables[table].keys, bench.tables[table]
    if bound.rows < 2 or not bound.absent.isdisjoint(keys):  # noqa: PLR2004  (no other record; half a key is no key)
        return []
    if any((table, key) in bench.values.personal for key in keys):  # a mark stands for each: they look the same
        return []
    try:
        number = fetched.repeated if fetched else _repeated(RowTest(table, keys, unique=keys), bench)
    except EngineError as error:  # too little memory, too: what no verdict stands on costs no audit
        return [Limit(kind="table", id=table, reason="keys not looked at", detail=str(error))]
    if not number:
        return []
    detail = (
        f"{number} of {bound.rows} records share their {' and '.join(keys)} with another: each of them counts, and no "
        "rule asks that it stands once"
    )
    return [Limit(kind="table", id=table, reason="keys that stand more than once", detail=detail)]


def _repeated(test: RowTest, bench: Bench) -> int:
    """Count the records whose key another one has, too; those of a large table are looked for by hashes."""
    engine, relation = bench.at(test.table), ""
    hashes, shared = (f"_repeated {bench.name}{test.table}, {what}" for what in ("doubled", "shared"))
    if engine.keeps and bench.tables[test.table].rows > SMALL:
        engine.define(hashes, doubled_hashes(test, bench.values, flags(bench)), materialise=True)
        (row,) = engine.rows(census(hashes, (), ()))
        if not counts(row)[0]:
            return 0
        engine.define(shared, candidates([test], bench.values, flags(bench), hashes), materialise=True)
        relation = shared
    return sum(size * keys for size, keys in map(counts, engine.rows(sizes(test, bench.values, relation))))
