"""A source that is a log of events: one record for each case, as `[source.cases]` of the plan says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qmscheck.engine import Engine, Loaded, counts
from qmscheck.errors import did_you_mean
from qmscheck.evidence.columns import SourceMistake
from qmscheck.extracts import Skipped
from qmscheck.model import Cases, Source
from qmscheck.sql.cases import BEGIN, CASE, ORDER, Fold, case_counts, cases, ending_in, stray
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, can_fail, census, union

__all__ = ["Folded", "Part", "case_columns", "counted_cells", "fold"]

_DEFAULT = "last"


@dataclass(frozen=True)
class Part:
    """The events of one file: their relation, its columns, and those that the file lacks. `number` is its extract's."""

    name: str
    number: int
    columns: tuple[MappedColumn, ...]
    missing: frozenset[str]

    @property
    def own(self) -> list[MappedColumn]:
        """The columns that are asked for."""
        return [c for c in self.columns if c.name not in _KEYS]

    @property
    def flagged(self) -> frozenset[str]:
        """The columns with a flag for what cannot be read."""
        return frozenset(c.name for c in self.own if can_fail(c))


@dataclass(frozen=True)
class Folded:
    """The cases whose last event is in one file: the relation, how many, what cannot be read by column, columns without
    a value, notes, and events that name no case. `missing` are the columns that no file of the log has.
    """

    name: str
    rows: int
    unreadable: Mapping[str, int]
    blank: frozenset[str]
    notes: tuple[str, ...]
    lost: tuple[Skipped, ...]
    missing: frozenset[str]


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


def fold(engine: Engine, sources: Sequence[Source], parts: Sequence[Part]) -> list[Folded]:
    """Make one record of the events of each case, wherever they are; give for each file the cases that end in it.

    Raises EngineError, and SourceMistake where the sources of one log do not say the same of its cases.
    """
    source, asked = sources[0], sources[0].cases
    if asked is None or not parts:
        return []
    names = [c.name for c in parts[0].own]
    takes = {name: _take(source, name) for name in names}
    for other in sources[1:]:
        _same(asked, other, takes)
    how = Fold(takes, _flagged(parts), None if asked.begins is None else asked.begins.value)
    events = _together(engine, parts, [*names, *(c.name for c in parts[0].columns if c.name in _KEYS)], how)
    made = f"{parts[0].name}_cases"
    engine.forget(made)
    engine.define(made, cases(events, how), materialise=True)
    notes = tuple(_notes(engine, events, how, asked, len(parts)))
    lacking = frozenset.intersection(*(part.missing for part in parts))
    return [_of_part(engine, made, part, names, notes, lacking, alone=len(parts) == 1) for part in parts]


def _same(asked: Cases, other: Source, takes: Mapping[str, str]) -> None:
    """Hold another source of a log against the first. Raises SourceMistake."""
    theirs = other.cases
    wrong = next((name for name, take in takes.items() if _take(other, name) != take), None)
    if theirs is None or theirs.order.type != asked.order.type:
        raise SourceMistake("cases", "the sources of one log order its events by times here, by numbers there", _ONE)
    if (theirs.begins and theirs.begins.value) != (asked.begins and asked.begins.value):
        raise SourceMistake("cases", "the sources of one log do not say the same of a first event", _ONE)
    if wrong is not None:
        raise SourceMistake(f"columns.{wrong}", f"the sources of one log take '{wrong}' from different events", _ONE)


_ONE = "a case may have events in each of them, and becomes one record"


def _flagged(parts: Sequence[Part]) -> frozenset[str]:
    """Give the columns that some event may leave unknown: unreadable in its file, or not in it."""
    if len(parts) == 1:
        return parts[0].flagged
    names = {c.name for c in parts[0].own}
    return frozenset().union(*(part.flagged | (part.missing & names) for part in parts))


def _together(engine: Engine, parts: Sequence[Part], names: Sequence[str], how: Fold) -> str:
    """Put the events of several files together."""
    if len(parts) == 1:
        return parts[0].name
    events = f"{parts[0].name}_events"
    views = [(part.name, part.flagged, part.missing) for part in parts]
    engine.define(events, union(views, names, sorted(how.flagged)), materialise=False)
    return events


def _of_part(
    engine: Engine,
    made: str,
    part: Part,
    names: Sequence[str],
    notes: tuple[str, ...],
    lacking: frozenset[str],
    *,
    alone: bool,
) -> Folded:
    """Count the cases that end in a file."""
    view = made if alone else f"{part.name}_ended"
    if not alone:
        engine.define(view, ending_in(made, part.number), materialise=False)
    (counted,) = engine.rows(census(view, names, names))
    rows, *found = counts(counted)
    unreadable = dict(zip(names, found[: len(names)], strict=True))
    given = dict(zip(names, found[len(names) :], strict=True))
    lost = tuple(
        Skipped(int(str(row)), "an event that names no case", lost=True) for (row,) in engine.rows(stray(part.name))
    )
    return Folded(view, rows, unreadable, frozenset(n for n in names if not given[n]), notes, lost, lacking)


def _take(source: Source, column: str) -> str:
    mapping = source.columns.get(column)
    return _DEFAULT if mapping is None or mapping.take is None else mapping.take


def _notes(engine: Engine, name: str, how: Fold, asked: Cases, files: int) -> list[str]:
    events, number, late, loose = counts(engine.rows(case_counts(name, how))[0])
    where = "" if files == 1 else f" in {files} files"
    told = f"{events} events{where} are {number} cases, by '{asked.key}'; the row of a case is that of its last event"
    notes = [told]
    if late:
        notes.append(f"{late} cases have no first event in the log: what they began with is unreadable")
    if loose:
        notes.append(f"{loose} cases have an event without '{asked.order.from_}': which is their last is unreadable")
    return notes


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
