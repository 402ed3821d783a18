"""One extract becomes one typed relation in the engine; what could not be read of it is counted and located."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from qmscheck.cells import cell_name
from qmscheck.engine import Engine, Loaded, counts
from qmscheck.evidence import words
from qmscheck.evidence.cases import Folded, Part, case_columns, counted_cells, fold
from qmscheck.evidence.columns import check_mapping, headings, mapped_columns, repeated
from qmscheck.evidence.typing import Typing
from qmscheck.extracts import Delimited, Extract, InPlace, Parquet, Rows, Skipped, Stream
from qmscheck.model import Evidence, Location, SkippedRow, Source, TableSpec, UnreadableCell
from qmscheck.sql.days import DATE_FORMATS
from qmscheck.sql.figures import Spelling
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, format_fits, offsets, telling, two_readings, unreadable_cells
from qmscheck.sql.select import PLACE
from qmscheck.sql.sieve import Sieve

__all__ = ["Bound", "as_cases", "begin"]

_MAX_CELLS = 100

#: Raw records up to which it costs more to drop them than to keep them until the end of the audit.
_KEPT = 2_000


@dataclass(frozen=True)
class Question:
    """What only the user can say: how the cells of some columns are meant. Until then nothing follows from them."""

    told: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Bound:
    """An extract as the view `name`. `labels` are source, locator and reader; `headings` gives each mapped column its
    heading and sheet column; `unreadable` counts per column; `open` are questions to the user.
    `folded` are headings of a log that make cases of its events. `doubtful` is the view of the records that a sieve
    kept apart, if it was put through one; of columns with `few` values it asked each value once, and those that are
    `apart` are in that view alone. `lacking` are the columns that the file of a log lacks; its cases may have them from
    another (None: `missing`). A column counts the records of one that is `numbered`. `unlisted` says of columns with
    a closed list of words which of their texts are none of it.
    """

    name: str
    extract: Extract
    labels: tuple[str, str, str]
    rows: int
    columns: tuple[MappedColumn, ...]
    present: tuple[str, ...]
    headings: Mapping[str, tuple[str, int]]
    unreadable: Mapping[str, int]
    cells: tuple[UnreadableCell, ...]
    blank: frozenset[str]
    lost: tuple[Skipped, ...]
    missing: frozenset[str]
    notes: tuple[str, ...]
    open: tuple[Question, ...]
    doubtful: str = ""
    apart: frozenset[str] = frozenset()
    numbered: bool = False
    folded: tuple[str, ...] = ()
    lacking: frozenset[str] | None = None
    unlisted: Mapping[str, str] = field(default_factory=dict)

    def evidence(self, sha256: str | None) -> Evidence:
        """Write the manifest entry."""
        source, locator, reader = self.labels
        skipped = [*(s for s in self.extract.skipped if not s.lost), *self.lost]
        joined = {c.name for c in self.columns if c.others}
        used = {h for h, _ in self.headings.values()} | set(self.folded)
        used |= {o for c, (h, _) in self.headings.items() if c in joined for o in repeated(h, self.present)}
        return Evidence(
            table=self.extract.table,
            source=source,
            locator=locator,
            sha256=sha256,
            reader=reader,
            rows_read=self.rows,
            rows_skipped=tuple(
                SkippedRow(path=locator, row=s.row, reason=s.reason, sheet=self.extract.sheet)
                for s in sorted(skipped, key=lambda s: (s.row or 0, s.reason))
            ),
            columns={column: heading for column, (heading, _) in self.headings.items()},
            unmapped_columns=tuple(h for h in self.present if h not in used),
            missing_columns=tuple(sorted(self.missing if self.lacking is None else self.lacking)),
            unreadable_count=sum(self.unreadable.values()),
            unreadable=self.cells,
            notes=(*self.extract.notes, *self.notes),
            status="read" if not self.open else "ambiguous",
            detail="; ".join(question.told for question in self.open) or None,
        )


def begin(  # noqa: PLR0913  (one call)
    extract: Extract,
    source: Source,
    spec: TableSpec,
    wanted: Collection[str],
    engine: Engine,
    *,
    name: str,
    number: int,
    labels: tuple[str, str, str],
    sieve: Sieve | None = None,
    veils: Mapping[str, str] | None = None,
    loaded: Loaded | None = None,
) -> Callable[[], Bound]:
    """Load an extract. What is given types its wanted columns, places its records, counts and locates what cannot be
    read; it may be called in another thread. A large one is put through a sieve on the way.

    Raises EngineError for content that the engine cannot read and SourceMistake for a mapping that does not fit; what
    is given raises EngineError, too. `loaded` is given where the engine has the extract already.
    """
    given, narrow = _narrowed(extract, spec, source, wanted)
    loaded = loaded or engine.load(f"{name}_raw", given, narrow)
    scanned = narrow is extract.content
    present = tuple(heading for heading, _ in loaded.columns) if scanned else tuple(extract.columns)
    found = headings(spec, source, present)
    check_mapping(source, found, present, labels[1])
    errors = extract.sheet is not None or extract.marked
    columns = mapped_columns(spec, source, wanted, found, loaded, spreadsheet=errors, veils=veils)
    folding = case_columns(source, loaded, labels[1])
    if folding:
        columns = [*counted_cells(source, columns), *(column for column, _ in folding.values())]
    found |= {column: heading for column, (_, heading) in folding.items()}
    lacking = sieve is None or bool(folding) or any(found.get(c) is None for c in sieve.columns)
    if sieve is not None and any(found.get(c) is None for c in wanted):
        sieve = replace(sieve, apart=frozenset())
    work = Typing(engine, name, number, extract, loaded, None if lacking else sieve)
    return partial(_bound, work, columns, found, spec, wanted, present, labels, source)


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
    labels: tuple[str, str, str],
    source: Source,
) -> Bound:
    engine, name, extract = work.engine, work.name, work.extract
    columns = work.inspected(columns)
    read = work.read(columns)
    asked = [c for c in columns if c.kind.temporal and not c.formats and read.unreadable.get(c.name) and _is_text(c)]
    notes, questions, columns = _date_formats(work, columns, asked, found)
    if notes:
        read = work.read(columns)
    notes += _told_twice(columns, found, present)
    notes += _unexplained(work, [c for c in columns if read.unreadable.get(c.name)], found)
    if extract.zoned or work.loaded.zoned:
        told, asked_for = _zones(work, columns, found)
        notes, questions = [*notes, *told], [*questions, *asked_for]
    if isinstance(extract.content, Delimited) and (asked or extract.zoned or any(read.unreadable.values())):
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
        labels=labels,
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
        numbered=read.numbered,
    )
    return bound if source.cases is not None else located(engine, bound)  # events are located as cases


def located(engine: Engine, bound: Bound) -> Bound:
    """Say where the cells are that cannot be read, and which words are none of a closed list."""
    unlisted = words.unlisted(engine, bound.name, bound.columns, bound.headings)
    return replace(bound, cells=_cells(engine, bound), unlisted=unlisted, notes=(*bound.notes, *unlisted.values()))


def as_cases(engine: Engine, sources: Sequence[Source], bounds: Sequence[tuple[int, Bound]]) -> list[Bound]:
    """Put the cases of a log in the place of the events of its files, each with the number of its extract.

    Raises EngineError and SourceMistake.
    """
    parts = [Part(bound.name, number, bound.columns, bound.missing) for number, bound in bounds]
    made = fold(engine, sources, parts)
    return [located(engine, _folded(bound, one)) for (_, bound), one in zip(bounds, made, strict=True)]


def _folded(bound: Bound, made: Folded) -> Bound:
    return replace(
        bound,
        name=made.name,
        numbered=False,
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


def _unexplained(work: Typing, columns: Sequence[MappedColumn], found: Mapping[str, str | None]) -> list[str]:
    """Show the two readings of numbers that cannot be read because the plan does not say how they are spelled, and name
    what else it may declare of cells in files: codes for nothing, a unit, per cent.
    """
    notes: list[str] = []
    here = not isinstance(work.extract.content, InPlace)
    for column in columns:
        if here and _is_text(column) and column.kind is not Kind.TEXT:
            notes += _undeclared(work, column, found.get(column.name) or column.name)
        if not column.kind.numeric or not _is_text(column) or column.spelling.decimal or column.spelling.thousands:
            continue
        (number,) = counts(work.engine.rows(two_readings(f"{work.name}_raw", column))[0])
        if number:
            heading = found.get(column.name) or column.name
            readings = "which may be 1.234 or 1234: declare its decimal mark"
            notes.append(f"{number} cells of '{heading}' are written like 1,234, {readings}")
    return notes


def _undeclared(work: Typing, column: MappedColumn, heading: str) -> Iterator[str]:
    """Say that cells of a column hold what the plan could declare."""
    coded, united = counts(work.engine.rows(telling(f"{work.name}_raw", column))[0])
    if coded:
        told = "hold a code such as n/a, - or tbd: if it means blank, declare missing = [...]"
        yield f"{coded} cells of '{heading}' {told}"
    if united and column.kind.numeric and not column.spelling.units and column.spelling.percent is None:
        told = "have a unit or a sign of per cent beside the number: declare unit = [...] or percent"
        yield f"{united} cells of '{heading}' {told}"


def _zones(
    work: Typing, columns: Sequence[MappedColumn], found: Mapping[str, str | None]
) -> tuple[list[str], list[Question]]:
    """Say how times with their offset from UTC were read: (notes, questions). Different ones need a declared zone, even
    in two columns: one of their times may be compared with the other.
    """
    questions: list[Question] = []
    told: dict[str, list[str]] = {}
    alike: dict[str, list[str]] = {}
    compared: list[str] = []
    for column in columns:
        if not column.kind.temporal or column.header is None or not _is_text(column):
            continue
        heading = found.get(column.name) or column.name
        seen = [str(offset) for offset, _ in work.engine.rows(offsets(f"{work.name}_raw", column))]
        if column.zone is not None and seen:
            told.setdefault(f"an offset from UTC: they are told by {column.zone}", []).append(f"'{heading}'")
        elif len(seen) == 1:
            alike.setdefault(seen[0], []).append(f"'{heading}'")
            compared.append(column.name)
        elif seen:
            questions.append(Question(_asked_zone(f"the times in '{heading}'", seen), (column.name,)))
    if len(alike) > 1:
        which = f"the times in {', '.join(n for names in alike.values() for n in names)}"
        questions.append(Question(_asked_zone(which, [*alike]), tuple(compared)))
    else:
        told |= {f"the offset {o}: they are read as they are written": names for o, names in alike.items()}
    return [f"times in {', '.join(names)} have {how}" for how, names in told.items()], questions


def _asked_zone(which: str, seen: Sequence[str]) -> str:
    return (
        f"{which} have different offsets from UTC ({', '.join(seen[:4])}): declare the zone "
        'whose clock the audit goes by, [audit] timezone = "Europe/London"'
    )


def _is_text(column: MappedColumn) -> bool:
    return column.native in {None, Kind.TEXT}


def _date_formats(
    work: Typing, columns: Sequence[MappedColumn], asked: Sequence[MappedColumn], found: Mapping[str, str | None]
) -> tuple[list[str], list[Question], list[MappedColumn]]:
    """Find the format of date columns that declare none and are not ISO: (notes, questions, columns).

    The one possible format is used and reported; two possible readings are a question to the user, never a guess.
    """
    notes: list[str] = []
    questions: list[Question] = []
    given = list(columns)
    for column in asked:
        heading = found.get(column.name) or column.name
        form, note, question = _date_format(work.engine, f"{work.name}_raw", column, heading)
        if form is not None:
            given[given.index(column)] = replace(column, formats=(form,))
        notes.extend(filter(None, [note]))
        questions.extend([Question(question, (column.name,))] if question else [])
    return notes, questions, given


def _date_format(
    engine: Engine, raw: str, column: MappedColumn, heading: str
) -> tuple[str | None, str | None, str | None]:
    """Find the format of a date column: (format, note, question)."""
    (counted,) = engine.rows(format_fits(raw, column))
    filled, iso, *fits = counts(counted)
    readable = [form for form, n in zip(DATE_FORMATS, fits, strict=True) if n == filled]
    if not readable:  # some cells are no dates at all: the format that reads most is proposed only if it is alone
        most = max(fits)
        best = [form for form, n in zip(DATE_FORMATS, fits, strict=True) if n == most]
        readable = best if most > iso else []
    readable = _once(readable)
    if not readable:
        return None, None, None
    if _swapped(readable) and not _read_as_two_days(readable):
        listed = ", ".join(f'"{form}"' for form in readable)
        told = f"the dates in '{heading}' are written in more than one way: declare all of them"
        return None, None, f'{told}, {column.name} = {{ from = "{heading}", format = [{listed}] }}'
    if _swapped(readable):
        day, month = readable[0], readable[1]
        return (
            None,
            None,
            (
                f"the dates in '{heading}' can be read as {_spoken(day)} and as {_spoken(month)}: declare its format, "
                f'{column.name} = {{ from = "{heading}", format = "{day}" }} or format = "{month}"'
            ),
        )
    return readable[0], f"'{heading}' was read with the date format {readable[0]}: no other fits its cells", None


def _once(forms: Sequence[str]) -> list[str]:
    """Leave out one of two formats that mean the same: May is its own short form."""
    return [f for f in forms if "%B" not in f or f.replace("%B", "%b") not in forms]


def _swapped(forms: Sequence[str]) -> bool:
    """Tell whether two of the formats differ in the order of day and month (or of anything that changes the date)."""
    return len({"".join(c for c in f if c in "dmbBYy") for f in forms}) > 1 and len(forms) > 1


def _read_as_two_days(forms: Sequence[str]) -> bool:
    """Tell whether some two formats differ in the order of day and month only, so that a cell may be either day."""
    turned = {form.translate(str.maketrans("dm", "md")) for form in forms}
    return bool(turned & set(forms))


def _spoken(form: str) -> str:
    names = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year", "%b": "month", "%B": "month"}
    for code, word in names.items():
        form = form.replace(code, word)
    return form


def _cells(engine: Engine, bound: Bound) -> tuple[UnreadableCell, ...]:
    """Locate the unreadable cells, the first hundred of each column."""
    found: list[UnreadableCell] = []
    by_name = {c.name: c for c in bound.columns}
    for column in bound.unreadable:
        heading, position = bound.headings.get(column, (column, 0))  # it may be in another file of the log
        for record in engine.rows(unreadable_cells(bound.name, column, _MAX_CELLS)):
            _, row, path, page, under, paragraph, cell = record[-len(PLACE) :]
            number = int(str(row)) if row else None
            sheet = bound.extract.sheet
            name = cell_name(position, number) if sheet is not None and number else None
            place = Location(
                path=str(path) if path else bound.labels[1],
                sheet=sheet,
                row=number,
                column=heading,
                cell=str(cell) if cell else name,
                page=int(str(page)) if page else None,
                heading=str(under) if under else None,
                paragraph=int(str(paragraph)) if paragraph else None,
            )
            found.append(
                UnreadableCell(location=place, column=column, expected=_expected(by_name[column], bound.extract))
            )
    return tuple(found)


def _expected(column: MappedColumn, extract: Extract) -> str:
    if extract.marked and column.kind is Kind.TEXT:
        return "words in a language of the terms" if extract.worded else "text that can be read"
    if column.kind.temporal and column.formats:
        return f"{column.kind} written as {' or '.join(column.formats)}"
    if column.kind.temporal:
        return f"{column.kind} written as YYYY-MM-DD"
    return f"{column.kind}{_written(column.spelling) if column.kind.numeric else ''}"


def _written(spelling: Spelling) -> str:
    """Say how numbers should be written, where the plan declares it."""
    parts = []
    if spelling.decimal is not None:
        parts.append(f"with '{spelling.decimal}' before the fraction")
    if spelling.units:
        parts.append(f"with {' or '.join(spelling.units)} or nothing beside it")
    if spelling.percent is not None:
        parts.append("with %")
    return f" written {' and '.join(parts)}" if parts else ""
