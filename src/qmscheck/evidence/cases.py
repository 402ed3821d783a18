"""A source that is a log of events: one record for each case, as `[source.cases]` of the plan says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qmscheck.engine import Engine, Loaded, counts
from qmscheck.errors import did_you_mean
from qmscheck.evidence.columns import SourceMistake
from qmscheck.hookspecs import Skipped
from qmscheck.model import Cases, Source
from qmscheck.sql.cases import BEGIN, CASE, ORDER, Fold, case_counts, cases, stray
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, can_fail, census

__all__ = ["Folded", "case_columns", "counted_cells", "fold"]

_DEFAULT = "last"


@dataclass(frozen=True)
class Folded:
    """The cases of a log: the relation, how many, what cannot be read by column, columns without a value, notes, and
    events that name no case.
    """

    name: str
    rows: int
    unreadable: Mapping[str, int]
    blank: frozenset[str]
    notes: tuple[str, ...]
    lost: tuple[Skipped, ...]


def case_columns(source: Source, loaded: Loaded, path: str) -> dict[str, tuple[MappedColumn, str]]:
    """Give the columns that fold a log, with their headings. Raises SourceMistake for a heading that it lacks."""
    asked = source.cases
    if asked is None:
        return {}
    given_columns = zip(loaded.columns, loaded.names, strict=True)
    present = {_plain(heading): (heading, name, kind) for (heading, kind), name in given_columns}
    wanted = {CASE: (asked.key, Kind.TEXT), ORDER: (asked.order.from_, Kind(asked.order.type))}
    if asked.begins is not None:
        wanted[BEGIN] = (asked.begins.from_, Kind.TEXT)
    found: dict[str, tuple[MappedColumn, str]] = {}
    for column, (given, kind) in wanted.items():
        if _plain(given) not in present:
            hint = did_you_mean(given, [heading for heading, _, _ in present.values()])
            raise SourceMistake(_KEYS[column], f"{path} has no column '{given}'", hint)
        heading, name, native = present[_plain(given)]
        mapped = MappedColumn(
            name=column,
            kind=kind,
            header=name,
            formats=asked.order.formats if column == ORDER else (),
            missing=source.missing,
            native=native,
            zone=source.zone,
            bare=loaded.bare,
            spaces=loaded.spaces,
        )
        found[column] = mapped, heading
    return found


_KEYS = {CASE: "cases.key", ORDER: "cases.order.from", BEGIN: "cases.begins.from"}


def counted_cells(source: Source, columns: Sequence[MappedColumn]) -> list[MappedColumn]:
    """Read as text what is only counted: whatever type the number of events has in the end."""
    return [replace(c, kind=Kind.TEXT) if _take(source, c.name) == "count" else c for c in columns]


def fold(engine: Engine, name: str, columns: Sequence[MappedColumn], source: Source, asked: Cases) -> Folded:
    """Make one record of the events of each case. Raises EngineError."""
    own = [c for c in columns if c.name not in _KEYS]
    takes = {c.name: _take(source, c.name) for c in own}
    how = Fold(
        takes, frozenset(c.name for c in own if can_fail(c)), None if asked.begins is None else asked.begins.value
    )
    made = f"{name}_cases"
    engine.forget(made)
    engine.define(made, cases(name, how), materialise=True)
    names = [c.name for c in own]
    (counted,) = engine.rows(census(made, names, names))
    rows, *found = counts(counted)
    unreadable = dict(zip(names, found[: len(names)], strict=True))
    given = dict(zip(names, found[len(names) :], strict=True))
    lost = tuple(
        Skipped(int(str(row)), "an event that names no case", lost=True) for (row,) in engine.rows(stray(name))
    )
    return Folded(
        made,
        rows,
        unreadable,
        frozenset(n for n in names if not given[n]),
        tuple(_notes(engine, name, how, asked)),
        lost,
    )


def _take(source: Source, column: str) -> str:
    mapping = source.columns.get(column)
    return _DEFAULT if mapping is None or mapping.take is None else mapping.take


def _notes(engine: Engine, name: str, how: Fold, asked: Cases) -> list[str]:
    events, number, late, loose = counts(engine.rows(case_counts(name, how))[0])
    notes = [f"{events} events are {number} cases, by '{asked.key}'; the row of a case is that of its last event"]
    if late:
        notes.append(f"{late} cases have no first event in the log: what they began with is unreadable")
    if loose:
        notes.append(f"{loose} cases have an event without '{asked.order.from_}': which is their last is unreadable")
    return notes


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
