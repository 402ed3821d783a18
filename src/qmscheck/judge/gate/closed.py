"""Closed records that changed since the record before: what was settled should stay as it was.

The record keeps a digest of each closed record by its key or, where they are many, of each of 256 groups of keys. It
takes no personal column, so that nobody can be guessed from it, and is the same on every machine.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qmscheck.engine import EngineError
from qmscheck.model import ClosedRecords, Limit
from qmscheck.sql.closed import closed_records

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["altered", "sealed", "unsealed"]

#: Closed records up to which each has a digest of its own; records of a table above which none is kept.
_EACH, _MOST = 500, 200_000
_DIGITS = 16
_NAMED = 5


def sealed(bench: Bench) -> tuple[ClosedRecords, ...]:
    """Seal the closed records of every table that was read and says when a record is closed."""
    return tuple(filter(None, (_sealed(table, None, bench.values.as_of, bench) for table in sorted(bench.tables))))


def unsealed(bench: Bench) -> Iterator[Limit]:
    """List the tables elsewhere of which closed records cannot be sealed: their engine makes no digests."""
    for name in sorted(bench.elsewhere):
        try:
            _seal(name, None, bench.values.as_of, bench)
        except EngineError as error:
            yield Limit(kind="table", id=name, reason="closed records not sealed", detail=str(error))


def altered(bench: Bench) -> Iterator[Limit]:
    """List the tables of which records that were closed at the audit before are not as they were."""
    if bench.history is None:
        return
    for then in bench.history.closed:
        table = bench.tables.get(then.table)
        if table is not None and not table.rows:
            detail = f"none of the {then.records} closed then is there, since {bench.history.as_of}"
            yield Limit(kind="table", id=then.table, reason="closed records changed", detail=detail)
            continue
        now = None if table is None else _sealed(then.table, then, bench.history.as_of, bench)
        if now is None:
            detail = f"whether the {then.records} closed then are as they were cannot be told: other columns are read"
            yield Limit(kind="table", id=then.table, reason="closed records not compared", detail=detail)
        elif now.seals != then.seals:
            detail = f"{_difference(then, now)}, since {bench.history.as_of}"
            yield Limit(kind="table", id=then.table, reason="closed records changed", detail=detail)


def _sealed(name: str, then: ClosedRecords | None, until: dt.date, bench: Bench) -> ClosedRecords | None:
    """Seal the records of a table, if its engine can: see `unsealed`."""
    try:
        return _seal(name, then, until, bench)
    except EngineError:
        if name not in bench.elsewhere:
            raise
        return None


def _seal(name: str, then: ClosedRecords | None, until: dt.date, bench: Bench) -> ClosedRecords | None:
    """Seal the records of a table that were closed on a day: the columns of an earlier seal, or all that are read."""
    spec, table = bench.ruleset.tables.get(name), bench.tables[name]
    if spec is None or spec.closed is None or table.problem is not None or table.unclear or not 0 < table.rows <= _MOST:
        return None
    shown = [c for c, column in spec.columns.items() if not column.is_personal]
    read = [c for c in shown if c in bench.read.get(name, ()) and c not in table.absent]
    columns = sorted(read) if then is None else list(then.columns)
    if spec.closed not in read or not set(columns) <= set(read) or not set(spec.keys) <= set(read):
        return None
    rows = bench.at(name).rows(closed_records(name, spec.keys, columns, spec.closed, until))
    found: dict[str, list[str]] = {}
    for *key, digest in rows:
        found.setdefault(" / ".join(str(k) if k is not None else "(blank)" for k in key), []).append(str(digest))
    each = len(found) <= _EACH if then is None else then.by == "key"
    if not rows and then is None:
        return None
    return ClosedRecords(
        table=name, closed=spec.closed, columns=tuple(columns), records=len(rows), by="key" if each else "group",
        seals=_by_key(found) if each else _by_group(found),
    )  # fmt: skip


def _by_key(found: dict[str, list[str]]) -> dict[str, str]:
    return {key: _digest(sorted(digests)) for key, digests in sorted(found.items())}


def _by_group(found: dict[str, list[str]]) -> dict[str, str]:
    groups: dict[str, list[str]] = {}
    for key, digests in found.items():
        groups.setdefault(_digest([key])[:2], []).extend(f"{key}\t{digest}" for digest in digests)
    return {group: _digest(sorted(lines)) for group, lines in sorted(groups.items())}


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _difference(then: ClosedRecords, now: ClosedRecords) -> str:
    """Say in words what is not as it was."""
    before, after = then.seals, now.seals
    changed = sorted(k for k in before.keys() & after.keys() if before[k] != after[k])
    gone, more = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    if then.by == "group":
        different = len(changed) + len(gone) + len(more)
        return f"of {then.records} closed then and {now.records} now, at least {different} differ"
    told = [
        _told(changed, "changed"),
        _told(gone, "no longer there as closed"),
        _told(more, "there now as closed before that day, and not there then"),
    ]
    return "; ".join(filter(None, told))


def _told(keys: Sequence[str], what: str) -> str:
    if not keys:
        return ""
    named = ", ".join(keys[:_NAMED]) + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")
    return f"{len(keys)} {what} ({named})"
