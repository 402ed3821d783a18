"""One extract becomes one typed relation in the engine; what could not be read of it is counted and located."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from qmscheck.engine import Engine, Loaded
from qmscheck.evidence import coded, words
from qmscheck.evidence.bound import Bound
from qmscheck.evidence.columns import check_mapping, headings, mapped_columns, repeated
from qmscheck.evidence.readings import date_formats, is_text, undeclared, zones
from qmscheck.evidence.typing import Typing
from qmscheck.evidence.unreadable import located_cells
from qmscheck.extracts import Delimited, Extract, InPlace, Parquet, Rows, Skipped, Stream
from qmscheck.model import Source, TableSpec
from qmscheck.sql.mapping import MappedColumn
from qmscheck.sql.sieve import Sieve

if TYPE_CHECKING:
    from qmscheck.evidence.cases import Folded

__all__ = ["as_cases", "begin"]

#: Raw records up to which it costs more to drop them than to keep them until the end of the audit.
_KEPT = 2_000


def begin(  # noqa: PLR0913  (one call)
    extract: Extract,
    source: Source,
    spec: TableSpec,
    wanted: Collection[str],
    engine: Engine,
    *,
    name: str,
    number: int,
    locator: str,
    sieve: Sieve | None = None,
    veils: Mapping[str, str] | None = None,
    loaded: Loaded | None = None,
    codes: bool = False,
) -> Callable[[], Bound]:
    """Load an extract. What is given types its wanted columns, places its records, counts and locates what cannot be
    read; it may be called in another thread. A large one is put through a sieve on the way.

    Raises EngineError for content that the engine cannot read and SourceMistake for a mapping that does not fit; what
    is given raises EngineError, too. `loaded` is given where the engine has the extract already. `codes` counts the
    cells that the plan's codes for nothing made blank, and not only where one of them may be a value.
    """
    given, narrow = _narrowed(extract, spec, source, wanted)
    loaded = loaded or engine.load(f"{name}_raw", given, narrow)
    scanned = narrow is extract.content
    present = tuple(heading for heading, _ in loaded.columns) if scanned else tuple(extract.columns)
    found = headings(spec, source, present)
    check_mapping(source, found, present, locator)
    errors = extract.sheet is not None or extract.marked
    columns = mapped_columns(spec, source, wanted, found, loaded, spreadsheet=errors, veils=veils)
    folded = source.cases is not None
    if folded:
        from qmscheck.evidence.cases import case_columns, counted_cells  # noqa: PLC0415  (only for logs of events)

        folding = case_columns(source, loaded, locator)
        columns = [*counted_cells(source, columns), *(column for column, _ in folding.values())]
        found |= {column: heading for column, (_, heading) in folding.items()}
    lacking = sieve is None or folded or any(found.get(c) is None for c in sieve.columns)
    if sieve is not None and any(found.get(c) is None for c in wanted):
        sieve = replace(sieve, apart=frozenset())
    work = Typing(engine, name, number, extract, loaded, None if lacking else sieve)
    return partial(_bound, work, columns, found, spec, wanted, present, locator, source, codes=codes)


def _narrowed(
    extract: Extract, spec: TableSpec, source: Source, wanted: Collection[str]
) -> tuple[tuple[str, ...], Delimited | Parquet | Rows | Stream | InPlace]:
    """Leave out of handed-over rows what no rule wants: (headings, content). A file that is scanned is not narrowed:
    of it only the columns that are asked for are read.
    """
    content = extract.content
    if not isinstance(content, Rows) or source.cases is not None:  # a log of events is folded by other columns, too
        return tuple(extract.columns), content
    named = {h for column, h in headings(spec, source, extract.columns).items() if column in wanted and h is not None}
    asked = named.union(*(repeated(heading, extract.columns) for heading in named))
    kept = [i for i, heading in enumerate(extract.columns) if heading in asked] or [0][: len(extract.columns)]
    batches = (
        replace(batch, columns=tuple(batch.columns[i] for i in kept if i < len(batch.columns)))
        for batch in content.batches
    )
    return tuple(extract.columns[i] for i in kept), Rows(batches)


def _bound(
    work: Typing,
    columns: list[MappedColumn],
    found: Mapping[str, str | None],
    spec: TableSpec,
    wanted: Collection[str],
    present: tuple[str, ...],
    locator: str,
    source: Source,
    *,
    codes: bool,
) -> Bound:
    engine, name, extract = work.engine, work.name, work.extract
    columns = work.inspected(columns)
    read = work.read(columns)
    asked = [c for c in columns if c.kind.temporal and not c.formats and read.unreadable.get(c.name) and is_text(c)]
    notes, questions, columns = date_formats(work, columns, asked, found)
    if notes:
        read = work.read(columns)
    notes += _told_twice(columns, found, present)
    notes += undeclared(work, [c for c in columns if read.unreadable.get(c.name)], found)
    if extract.zoned or work.loaded.zoned:
        told, asked_for = zones(work, columns, found)
        notes, questions = [*notes, *told], [*questions, *asked_for]
    counted = codes or coded.may_be_values(columns)
    taken = coded.taken(engine, f"{name}_raw", columns, found) if counted else ()
    notes += [one.told for one in taken] if codes else []
    again = asked or extract.zoned or counted or any(read.unreadable.values())
    if again and isinstance(extract.content, Delimited):
        engine.rejected()  # what was looked at again lost its rows again: they are not those of the next file
    passing = isinstance(extract.content, Stream) or (not isinstance(extract.content, Parquet) and read.rows > _KEPT)
    if passing and not work.stays:
        engine.forget(f"{name}_raw")
    sheet_columns = {h: i for i, h in enumerate(present)}
    headed = {
        c: (h, extract.first_column + sheet_columns[h]) for c, h in found.items() if h is not None and c in set(wanted)
    }
    bound = Bound(
        name=name,
        extract=extract,
        locator=locator,
        rows=read.rows,
        columns=tuple(columns),
        present=present,
        headings=headed,
        unreadable={c: n for c, n in read.unreadable.items() if n},
        cells=(),
        blank=read.blank,
        lost=_lost(read.lost, extract),
        missing=frozenset(c for c in spec.columns if found.get(c) is None),
        folded=tuple(sorted({found[c] or "" for c in found if c.startswith("_")})),
        notes=tuple(notes),
        open=tuple(questions),
        doubtful=read.doubtful,
        apart=read.apart,
        taken=taken,
    )
    return bound if source.cases is not None else located(engine, bound)  # events are located as cases


def located(engine: Engine, bound: Bound) -> Bound:
    """Say where the cells are that cannot be read, and which words are none of a closed list."""
    unlisted = words.unlisted(engine, bound.name, bound.columns, bound.headings)
    notes = (*bound.notes, *unlisted.values())
    return replace(bound, cells=located_cells(engine, bound), unlisted=unlisted, notes=notes)


def as_cases(engine: Engine, sources: Sequence[Source], bounds: Sequence[tuple[int, Bound]]) -> list[Bound]:
    """Put the cases of a log in the place of the events of its files, each with the number of its extract.

    Raises EngineError and SourceMistake.
    """
    from qmscheck.evidence.cases import Part, fold  # noqa: PLC0415  (only for logs of events)

    parts = [Part(bound.name, number, bound.columns, bound.missing) for number, bound in bounds]
    made = fold(engine, sources, parts)
    return [located(engine, _folded(bound, one)) for (_, bound), one in zip(bounds, made, strict=True)]


def _folded(bound: Bound, made: Folded) -> Bound:
    return replace(
        bound,
        name=made.name,
        rows=made.rows,
        columns=tuple(c for c in bound.columns if not c.name.startswith("_")),
        unreadable={c: n for c, n in made.unreadable.items() if n},
        blank=made.blank,
        missing=made.missing,
        lacking=bound.missing,
        lost=(*bound.lost, *made.lost),
        notes=(*bound.notes, *made.notes),
    )


def _lost(rejected: Sequence[Skipped], extract: Extract) -> tuple[Skipped, ...]:
    """Give the rows that may be records and were lost; a row that the reader knows to be none is not among them."""
    none = {s.row for s in extract.skipped if not s.lost}
    return (*(s for s in rejected if s.row not in none), *(s for s in extract.skipped if s.lost))


def _told_twice(columns: Sequence[MappedColumn], found: Mapping[str, str | None], present: Sequence[str]) -> list[str]:
    """Say what became of headings that stand several times."""
    notes = []
    for column in columns:
        heading = found.get(column.name)
        if heading is None or f"{heading} (2)" not in present:
            continue
        times = len(repeated(heading, present)) + 1
        if column.others:
            notes.append(f"'{heading}' stands {times} times: its cells are joined with '{column.joint}'")
        else:
            notes.append(f"'{heading}' stands {times} times: the first is read; the others are '{heading} (2)' ...")
    return notes
