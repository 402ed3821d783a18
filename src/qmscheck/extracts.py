"""What a reader is asked, and what it hands over: values, of which the core makes evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qmscheck.hookspecs import OWN_ENGINE

if TYPE_CHECKING:
    from qmscheck.model import Option

__all__ = [
    "Batch",
    "Begun",
    "Delimited",
    "Extract",
    "Holding",
    "InPlace",
    "Parquet",
    "PlaceColumn",
    "Request",
    "Rows",
    "Skipped",
    "Stream",
    "Unread",
]


@dataclass(frozen=True, slots=True)
class Request:
    """One `[[source]]` of the plan, for one file or folder that exists.

    `path` is absolute (None for a source without a path); `options` are the `[[source]]` keys that the reader
    named in `Reader.options`; `scratch` is a private folder that is deleted after the audit. `comma` tells that the
    plan declares a decimal comma for some column: a number with three decimals is then written with a fourth (`as_text`
    with `comma`), so that nobody takes its point for one between thousands. `cache` is a folder in which only the user
    can write, where a reader may remember what it found; None where nothing may be remembered. `engine` is the name of
    the engine that will hold the records: a reader that names it in `Reader.in_place` hands over an `InPlace` for it.
    `most` tells that the first so many records will do: a reader that can get fewer more cheaply may stop there.
    """

    table: str
    path: Path | None
    options: Mapping[str, Option]
    as_of: date
    scratch: Path
    root: Path
    comma: bool = False
    cache: Path | None = None
    engine: str = OWN_ENGINE
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row of the file that was not handed over, and why. `row` counts from 1, as a spreadsheet does.

    `lost` tells that it may be a record that could not be taken apart: it counts as unreadable in every rule.
    """

    row: int | None
    reason: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Delimited:
    """Text that the engine parses itself, so that large files never become Python objects.

    `path` is UTF-8 (a copy in `Request.scratch` if the original is not), may be gzip, and stays until the audit ends.
    `skip` lines stand before the first record (the heading included). `quote` is empty where the file holds no
    quotation mark. `lines` is the number of its records by its line ends, where no line is blank and no cell holds a
    line end: only with it, or without quotation marks, is a file parsed in parallel, and with it that is checked.
    `missing_rows` are row numbers, from `first_row` on, that hold no record (blank lines), ascending. `hollow` tells
    that lines of delimiters only may occur: they are no records, and keep their row number. `spaces` tells that its
    cells hold no other white space than the plain space. `totals` are records that are none, because they sum others
    up, cell by cell (None: blank).
    """

    path: Path
    delimiter: str
    skip: int
    quote: str = '"'
    missing_rows: tuple[int, ...] = ()
    hollow: bool = False
    lines: int | None = None
    spaces: bool = False
    totals: tuple[tuple[str | None, ...], ...] = ()

    @property
    def parallel(self) -> bool:
        """Whether the file can be cut at any of its line ends."""
        return not self.quote or self.lines is not None


@dataclass(frozen=True, slots=True)
class Parquet:
    """A Parquet file that the engine scans in place, with the types it has.

    `partition` are columns that its folders give it (`year=2025/`), with their one value; a column of the file goes
    before one of the same name.
    """

    path: Path
    partition: tuple[tuple[str, str | None], ...] = ()


class PlaceColumn(NamedTuple):
    """A column that says where records stand: its name in an engine, a cell for each record, and texts or numbers."""

    name: str
    cells: Sequence[str | None] | Sequence[int | None]
    is_text: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records, column by column. Cells are text as `as_text` writes it; None is blank.

    `rows` are the row numbers of the records as a person sees them. `pages`, `headings`, `paragraphs`, `cells` (as
    `table 2, row 5`) and `paths` (relative to `Request.root`, with `/`) are given where records come from documents.
    `languages` are those of the words in them (ISO 639-1; None where it is not known): see `Extract.worded`.
    """

    columns: tuple[list[str | None], ...]
    rows: list[int] | None = None
    pages: list[int | None] | None = None
    headings: list[str | None] | None = None
    paragraphs: list[int | None] | None = None
    cells: list[str | None] | None = None
    paths: list[str] | None = None
    languages: list[str | None] | None = None

    def places(self) -> tuple[PlaceColumn, ...]:
        """Give the columns in which an engine keeps where the records stand: those that the reader told."""
        told: tuple[tuple[str, Sequence[str | None] | Sequence[int | None] | None, bool], ...] = (
            ("_row", self.rows, False),
            ("_path", self.paths, True),
            ("_page", self.pages, False),
            ("_heading", self.headings, True),
            ("_paragraph", self.paragraphs, False),
            ("_cell", self.cells, True),
        )
        return tuple(PlaceColumn(name, cells, is_text) for name, cells, is_text in told if cells is not None)


@dataclass(frozen=True, slots=True)
class Rows:
    """Records that the reader hands over in batches (some thousands each); iterated once."""

    batches: Iterable[Batch]


@dataclass(frozen=True, slots=True)
class Stream:
    """Records as an Arrow stream (anything with `__arrow_c_stream__`), with the types that their source gives them.

    It is read once, before the reader is asked to go on. It names its columns itself: `Extract.columns` is empty.
    """

    arrow: object


@dataclass(frozen=True, slots=True)
class InPlace:
    """Records that stay where they are: the engine of that name asks `query` of them, and only tallies and exceptions
    travel. It names its columns itself: `Extract.columns` is empty.

    `address` says where they are. It may hold a secret, and is never shown. Sources of one engine with the same address
    and the same `settings` (keys of the `[[source]]`, such as a time limit) share a connection.
    """

    engine: str
    address: str = field(repr=False)
    query: str
    settings: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extract:
    """Records found for one table in one file (or, for documents, in one folder).

    `columns` are the headings as they stand in the file; a heading that stands twice gets ` (2)`, ` (3)` ...; a
    blank one is `Column C`. `files` are what the core hashes. `first_row` is the row number of the first record and
    `first_column` the sheet column (0 = A) of the first heading. `notes` say what was guessed (encoding, delimiter).
    `skipped` may be a list that the reader still fills while its batches are read. `zoned` tells that times with their
    offset from UTC were seen. `worded` is the heading of the column that holds words of a language, in which rules look
    for terms. `marked` tells that cells of text may be `qmscheck.UNREADABLE`: filled, and not to be read; the core sets
    it, too, where a language has no terms. `advised` are options with which the file would seem to be read better, such
    as `header_rows = 2`: an audit takes none of them by itself, and `qmscheck init` looks at the file so and says it.
    `total` is how many records the file says there are in all, where it is one page of them (None: it does not say);
    `more` tells that it says that other pages follow. Where they are not among the files of the source, nothing passes.
    """

    table: str
    path: Path
    columns: tuple[str, ...]
    content: Delimited | Parquet | Rows | Stream | InPlace
    files: tuple[Path, ...]
    sheet: str | None = None
    first_row: int = 1
    first_column: int = 0
    skipped: tuple[Skipped, ...] | list[Skipped] = ()
    notes: tuple[str, ...] = ()
    zoned: bool = False
    worded: str | None = None
    marked: bool = False
    advised: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or a page of it, that could not be read. It is listed in the limits and never passes for evidence.

    `reason` is one of: missing, empty, encrypted, corrupt, no-text-layer, too-large, unsupported, lfs-pointer,
    ambiguous, timeout, crashed, no-such-sheet, no-such-table.
    """

    path: Path
    reason: str
    detail: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """Said first by a reader that is `ahead`: the work has begun, and goes on while other sources are read.

    `memory` is about what its processes take together, in bytes: a limit of memory counts it, too.
    """

    memory: int = 0


@dataclass(frozen=True, slots=True)
class Holding:
    """One of the tables that a file holds. `name` is what a person knows it by (a sheet, a table of a database; empty
    for the file itself); `options` are the `[[source]]` keys with which the reader reads it, and no other.
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
