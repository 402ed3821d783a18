"""Evidence as it was read and bound, and the places where it was seen."""

from collections.abc import Mapping
from typing import Literal

from qmscheck.model.plan import Provenance
from qmscheck.model.words import Noun

__all__ = [
    "BoundTable",
    "ClosedRecords",
    "Evidence",
    "EvidenceFile",
    "Location",
    "SkippedRow",
    "SourcePlace",
    "UnreadableCell",
]


class SourcePlace(Noun):
    """Where the records of one extract stand.

    `columns` gives each declared column its heading and its sheet column (0 = A).
    """

    path: str
    sheet: str | None
    columns: Mapping[str, tuple[str, int]]


class BoundTable(Noun):
    """A declared table after its sources were read: a relation of the same name in the engine.

    `lost` counts rows that are records and could not be taken apart; `flags` are the columns with unreadable cells;
    `absent` the declared columns that no source has, `lacking` those that some have, with the sources (path, and
    sheet in brackets) that have not, `blank` those without a value in any record. `problem` says why the table cannot
    be relied on at all, `unclear` why single columns cannot (their cells have two readings); it is not `sourced`
    where the plan names no source. Where the table was sieved, `doubtful` is a relation with the same columns, and
    with all records of it that may be unmet or unreadable in a rule of `sieved`; columns that are `apart` are columns
    of `doubtful` alone: in their place the table has, by rule, columns that tell which records are in its scope
    (`inside`), or their states (`told`). `short` says why its
    sources cannot show what holds for all of the period, `unlisted` by column which of its words are none of its list.
    """

    name: str
    rows: int
    lost: int
    flags: frozenset[str]
    absent: frozenset[str]
    blank: frozenset[str]
    places: tuple[SourcePlace, ...]
    problem: str | None = None
    unclear: Mapping[str, str] = {}
    sourced: bool = True
    doubtful: str = ""
    sieved: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    inside: Mapping[str, str] = {}
    told: Mapping[str, str] = {}
    short: str | None = None
    unlisted: Mapping[str, str] = {}
    lacking: Mapping[str, tuple[str, ...]] = {}


class Location(Noun):
    """Where evidence was seen, so that a person can open it. `path` is relative to the plan's folder.

    `row` counts as the program that opens the file does (first line of a CSV file is row 1); `column` is the
    column's own heading; `cell` its A1 name in a workbook, or its place in a table of a document (`table 2, row 5`);
    `page` counts from 1; `heading` is a path of headings.
    """

    path: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    page: int | None = None
    heading: str | None = None
    paragraph: int | None = None


class SkippedRow(Noun):
    """A row that was not taken as a record, and why."""

    path: str
    row: int | None
    reason: str
    sheet: str | None = None


class UnreadableCell(Noun):
    """A filled cell that cannot be read as its declared type. Its value is not copied."""

    location: Location
    column: str
    expected: str


class EvidenceFile(Noun):
    """One of the files of a source that has several. `sha256` is None where it could not be read again."""

    path: str
    sha256: str | None


class Evidence(Noun):
    """One source as it was read. `status` is `read`, or why it was not.

    `files` are given where the source is a folder: its own `sha256` is that of their list. `engine` holds and judges
    the records, and is asked in `dialect`.
    """

    table: str
    source: str
    locator: str
    engine: str = "duckdb"
    dialect: str = "duckdb"
    sha256: str | None
    files: tuple[EvidenceFile, ...] = ()
    reader: str | None
    rows_read: int
    rows_skipped: tuple[SkippedRow, ...]
    columns: Mapping[str, str]
    unmapped_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    unreadable_count: int
    unreadable: tuple[UnreadableCell, ...]
    notes: tuple[str, ...]
    status: str
    detail: str | None = None
    provenance: Provenance | None = None


class ClosedRecords(Noun):
    """What the closed records of a table say, as digests, so that the next audit can tell whether one was changed.

    `seals` are by the key of a record or, where there are many, by the first two digits of the digest of the key.
    """

    table: str
    closed: str
    columns: tuple[str, ...]
    records: int
    by: Literal["key", "group"]
    seals: Mapping[str, str]
