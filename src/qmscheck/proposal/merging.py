"""One register a year whose columns drift: several files that are the same declared table become one source.

Only what can be written in one source is put together: each file has one of the headings of a column, or lacks the
column, and all write the same thing in the same way. Otherwise each file stays a source of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from qmscheck.proposal.looking import pattern_of
from qmscheck.proposal.mapping import Mapped
from qmscheck.proposal.proposed import Proposed

__all__ = ["merged"]


def merged(tables: Sequence[Proposed], found_by: Callable[[str], frozenset[str]]) -> tuple[Proposed, ...]:
    """Put together what one source can read. `found_by` gives the paths of the files that a pattern would read."""
    groups: dict[object, list[Proposed]] = {}
    for one in tables:
        groups.setdefault(_register(one), []).append(one)
    return tuple(each for group in groups.values() for each in _as_one(group, found_by))


def _register(one: Proposed) -> object:
    """Name what files of one register have in common; a table that is not sure is no part of any."""
    table = one.table
    if not one.sure or one.again or one.second or one.events is not None:
        return one.table.label, one.name, one.second
    form = re.sub(r"\d+", "0", table.path)
    return form, one.name, table.reader, *table.options.items(), *table.advised.items(), table.header_row


def _as_one(group: Sequence[Proposed], found_by: Callable[[str], frozenset[str]]) -> Iterator[Proposed]:
    paths = [path for one in group for path in one.table.paths]
    pattern = pattern_of(paths)
    columns = list(_columns(group)) if len(group) > 1 else [None]
    if None in columns or found_by(pattern) != frozenset(paths) or len(set(paths)) < len(paths):
        yield from group
        return
    first = group[0]
    seen: dict[str, None] = {}
    notes = [note for one in group for note in one.table.notes if not (note in seen or seen.setdefault(note))]
    table = replace(
        first.table, path=pattern, paths=tuple(paths), rows=sum(one.table.rows for one in group), notes=tuple(notes)
    )
    known = {heading for column in columns if column is not None for heading in column.headings}
    rest = {shape.column.heading: shape for one in group for shape in one.rest if shape.column.heading not in known}
    yield replace(
        first,
        table=table,
        score=min(one.score for one in group),
        columns=tuple(column for column in columns if column is not None),
        rest=tuple(rest.values()),
    )


def _columns(group: Sequence[Proposed]) -> Iterator[Mapped | None]:
    """Give each column once, in the order of the declared ones; None where one source cannot say it."""
    by_file = [{column.column: column for column in one.columns} for one in group]
    order = list(dict.fromkeys(name for columns in by_file for name in columns))
    for name in order:
        having = [(one, columns[name]) for one, columns in zip(group, by_file, strict=True) if name in columns]
        lacking = [path for one in group if name not in {c.column for c in one.columns} for path in one.table.paths]
        yield _column(group, having, lacking)


def _column(
    group: Sequence[Proposed], having: Sequence[tuple[Proposed, Mapped]], lacking: Sequence[str]
) -> Mapped | None:
    headings = list(dict.fromkeys(column.heading for _, column in having))
    columns = [column for _, column in having]
    first = columns[0]
    formats = {column.formats for column in columns if column.formats}
    ways = {(column.spelling, column.spellings, column.either, column.sure) for column in columns}
    if len(formats) > 1 or len(ways) > 1 or _more_than_one(group, headings):
        return None
    if formats and any(not column.formats and column.heading in _text_dates(one) for one, column in having):
        return None
    words = _words(columns)
    if words is None:
        return None
    told = [f"'{column.heading}' in {one.table.path}" for one, column in having] if len(headings) > 1 else []
    told += [f"not in {', '.join(lacking)}"] if lacking else []
    return replace(
        first,
        others=tuple(headings[1:]),
        optional=bool(lacking),
        formats=next(iter(formats), ()),
        values=words,
        missing=tuple(dict.fromkeys(code for column in columns for code in column.missing)),
        why=(*told, *first.why),
        questions=tuple(dict.fromkeys(question for column in columns for question in column.questions)),
    )


def _more_than_one(group: Iterable[Proposed], headings: Sequence[str]) -> bool:
    """Tell whether some file has two of the headings, so that nobody knows which of them would be read."""
    return any(sum(column.heading in headings for column in one.table.columns) > 1 for one in group)


def _text_dates(one: Proposed) -> frozenset[str]:
    """Give the headings whose dates are not all ISO 8601, and could be read by the format of another file."""
    return frozenset(column.heading for column in one.table.columns if column.filled > column.iso)


def _words(columns: Sequence[Mapped]) -> Mapping[str, str] | None:
    """Put what words mean together; None where a word means two things."""
    found: dict[str, str] = {}
    for column in columns:
        for given, word in column.values.items():
            if found.setdefault(given, word) != word:
                return None
    return found
