"""The embedded engine: DuckDB in this process, in memory, spilling to a private folder, locked before rules run.

Library of this room: duckdb.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import duckdb

from qmscheck.cache import Cache
from qmscheck.cells import bare
from qmscheck.engine import EngineError, Loaded, OutOfMemoryError
from qmscheck.extracts import Delimited, InPlace, Parquet, PlaceColumn, Rows, Skipped, Stream
from qmscheck.privacy.key import LENGTH
from qmscheck.sql.kinds import Kind
from qmscheck.sql.render import render
from qmscheck.sql.statement import Statement
from qmscheck.sql.veil import MARK, PSEUDONYM

__all__ = ["Embedded"]

#: The pass that joins a list of values as a table: it pays for long lists and many records, and costs most of the time
#: to plan a statement of many small lists. It changes no result (decision 0011).
_OF_LARGE_TABLES = "in_clause"


#: Bytes that the program takes beside the database: the interpreter, its libraries, findings and the record.
_BESIDE = 224 << 20

#: Bytes that were let go from which on the allocator gives them back to the system. By itself it keeps up to 128 MiB a
#: thread and 512 MiB at once, which no limit of the database counts (decision 0052).
_SPARE = 8 << 20
_GIVEN_BACK = ("allocator_flush_threshold", "allocator_bulk_deallocation_flush_threshold")

#: What the engine says where the disk has no room for what it spills.
_NO_ROOM = ("No space left on device", "max_temp_directory_size")


#: A point in time, whatever clock shows it.
_INSTANT = "TIMESTAMP WITH TIME ZONE"

#: Most threads that ask at the same time. Not measured above two processors.
_WIDTH = 4


#: Bytes of a record of delimited text above which it is rejected, and bytes that are read at a time: those that DuckDB
#: takes by itself, and more of a large file, which so reaches the table in fewer and larger pieces (decision 0019).
_LONGEST_RECORD = 2_000_000
_NARROW, _WIDE, _MANY_BYTES = 16 * _LONGEST_RECORD, 64 << 20, 128 << 20

#: Bytes that are read at a time where the database has less memory than that.
_SMALL_PIECE, _ROOMY = 2 * _LONGEST_RECORD, 512 << 20


#: What DuckDB says where the system refuses memory; where its own limit does, it says how much of it is used.
_NO_MEMORY = "(bad allocation)"

#: What DuckDB says before it quotes a cell of a Parquet file that is no UTF-8: nobody knows whose name that is.
_QUOTES_A_CELL = ": value "


class Embedded:
    """DuckDB, as an `Engine`."""

    dialect = "duckdb"
    sifts = sieves = keeps = veils = True

    def __init__(
        self, scratch: Path, threads: int | None = None, cache: Cache | None = None, *, memory: int | None = None
    ) -> None:
        """Open an empty database. `scratch` is where it may spill; `cache` remembers the texts of statements; `memory`
        is what the whole program may use, in bytes: what it takes beside the database is taken off.
        """
        self._cache = cache
        self._threads = threads
        self._made: dict[str, str] = {}
        self._locked = False
        self._stopped = False
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_unsigned_extensions": False,
        }
        if threads is not None:
            config["threads"] = threads
        self._share = None if memory is None else _share(memory)
        if self._share is not None:
            config["memory_limit"] = f"{self._share}B"
            config |= dict.fromkeys(_GIVEN_BACK, f"{_SPARE}B")
        self._database = duckdb.connect(":memory:", config=config)
        self._database.execute("SET GLOBAL TimeZone = 'UTC'")
        self._database.execute(f"SET disabled_optimizers = '{_OF_LARGE_TABLES}'")
        self._own = threading.local()
        self._cursors: list[duckdb.DuckDBPyConnection] = []

    @property
    def width(self) -> int:
        """How many threads may ask at the same time, and gain by it: none where the user asked for one."""
        given = self._threads
        return min(_WIDTH, given or os.cpu_count() or 1)

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """The connection of the thread that asks: each has its own to the one database."""
        if self._stopped:
            raise EngineError("it was interrupted")
        found: duckdb.DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if found is None:
            found = self._own.cursor = self._database.cursor()
            self._cursors.append(found)
        return found

    def interrupt(self) -> None:
        """Stop what is being asked, in whatever thread, and answer nothing any more. May be called in any thread."""
        self._stopped = True
        for cursor in (*self._cursors, self._database):
            cursor.interrupt()

    def veil(self, blocks: tuple[bytes, bytes], patterns: Sequence[str]) -> None:
        """Make the functions of `sql.veil`: HMAC-SHA-256 (RFC 2104) of the text without case and spare spaces.

        They are macros of this database, which is in memory: the key stands in no statement and in no cache.
        """
        inner, outer = (f"unhex('{block.hex()}')" for block in blocks)
        found = (f"nullif(lower(trim(regexp_extract(t, {_literal(p)}))), '')" for p in patterns)
        kept = "".join(f" || coalesce('|' || {word}, '')" for word in found)
        plain = r"lower(trim(regexp_replace(regexp_replace(t, '\p{Cf}+', '', 'g'), '[\s\p{Z}]+', ' ', 'g')))"
        hashed = f"sha256({outer} || unhex(sha256({inner} || encode(nfc_normalize({plain})))))"
        mark = f"CASE WHEN t IS NOT NULL THEN '~'{kept} END"
        for name, text in ((PSEUDONYM, f"'~' || left({hashed}, {LENGTH}){kept}"), (MARK, mark)):
            self._connection.execute(f"CREATE OR REPLACE MACRO {name}(t) AS {text}")

    def load(
        self,
        name: str,
        columns: Sequence[str],
        content: Delimited | Parquet | Rows | Stream | InPlace,
        *,
        careful: bool = False,
    ) -> Loaded:
        """Make a raw relation: a view over a file that DuckDB reads itself, or a table of handed-over rows."""
        try:
            match content:
                case Parquet():
                    return self._load_parquet(name, content)
                case Delimited():
                    return self._load_delimited(name, columns, content, careful=careful)
                case Rows():
                    return self._load_rows(name, columns, content)
                case Stream():
                    return self._load_stream(name, content)
                case InPlace():
                    msg = "the embedded engine has no server: its records are brought to it"
                    raise EngineError(msg)
        except duckdb.Error as error:
            raise _told(error) from None

    def define(self, name: str, statement: Statement, *, materialise: bool) -> None:
        """Create a table, or a view."""
        kind = "TABLE" if materialise else "VIEW"
        try:
            self._connection.execute(f"CREATE {kind} {_quoted(name)} AS {render(statement, self.dialect, self._cache)}")
        except duckdb.Error as error:
            raise _told(error) from None
        self._made[name] = kind

    def rows(self, statement: Statement) -> list[tuple[object, ...]]:
        """Run a SELECT."""
        try:
            return self._connection.execute(render(statement, self.dialect, self._cache)).fetchall()
        except duckdb.Error as error:
            raise _told(error) from None

    def rejected(self) -> list[Skipped]:
        """Give the rows that a delimited file lost, and forget them."""
        try:
            found = self._connection.execute(
                "SELECT DISTINCT line, error_type FROM reject_errors ORDER BY ALL"
            ).fetchall()
            self._connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
        except duckdb.CatalogException:
            return []
        return [Skipped(int(line), _REJECTED.get(str(kind), str(kind).lower())) for line, kind in _first_by_line(found)]

    def forget(self, name: str) -> None:
        """Drop a table or view."""
        kind = self._made.pop(name, None)
        if kind is not None:
            self._connection.execute(f"DROP {kind} {_quoted(name)}")
            self.forget(f"{name}_stream")

    def rename(self, name: str, other: str) -> bool:
        """Rename a table; a view has others above it."""
        if self._made.get(name) != "TABLE":
            return False
        self._connection.execute(f"ALTER TABLE {_quoted(name)} RENAME TO {_quoted(other)}")
        self._made[other] = self._made.pop(name)
        return True

    def lock(self, readable: Sequence[Path], *, small: bool = False) -> None:
        """Shut the file system but for `readable`, and the settings. If not all tables are `small`, plan thoroughly."""
        if self._locked and not readable:  # shut already, and nothing is asked for
            return
        self._locked = True
        if not small:
            self.plan_thoroughly()
        if readable:
            self._connection.execute("SET allowed_paths = $paths", {"paths": [str(p) for p in readable]})
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def plan_thoroughly(self) -> None:
        """Let no pass of the planner out any more."""
        self._connection.execute("SET disabled_optimizers = ''")

    def clear(self) -> None:
        """Drop everything that was made, so that other evidence may be judged; what is shut stays shut."""
        for name in reversed(list(self._made)):
            self.forget(name)

    def close(self) -> None:
        """Close the database; its memory and its spill files go."""
        self._stopped = True
        for cursor in self._cursors:
            cursor.close()
        self._database.close()

    def _load_parquet(self, name: str, content: Parquet) -> Loaded:
        relation = self._connection.read_parquet(str(content.path), file_row_number=True, hive_partitioning=False)
        known = {column.casefold() for column in relation.columns}
        given_by_folder = [(key, value) for key, value in content.partition if key.casefold() not in known]
        if given_by_folder:
            cells = (f"{_literal(value)} AS {_quoted(key)}" for key, value in given_by_folder)
            relation = relation.project(f"*, {', '.join(cells)}")
        instants = [c for c, t in zip(relation.columns, relation.types, strict=True) if str(t).upper() == _INSTANT]
        if instants:
            told = ", ".join(f"CAST({_quoted(c)} AS VARCHAR) AS {_quoted(c)}" for c in instants)
            relation = relation.project(f"* REPLACE ({told})")
        relation.create_view(name)
        self._made[name] = "VIEW"
        given = [(c, _kind(str(t))) for c, t in zip(relation.columns, relation.types, strict=True)]
        columns = tuple((c, kind) for c, kind in given if c != "file_row_number")
        names = tuple(c for c, _ in columns)
        return Loaded(columns, names, (), "file_row_number", parsed_by_engine=False, zoned=bool(instants))

    def _load_delimited(self, name: str, columns: Sequence[str], content: Delimited, *, careful: bool) -> Loaded:
        """Make a view that loses nothing silently: strict, without padding, parallel only where it can be cut.

        Measured: see the reader `qmscheck_tables.delimited`.
        """
        names = tuple(f"c{i}" for i in range(len(columns)))
        relation = self._connection.read_csv(
            str(content.path),
            header=False,
            skiprows=content.skip,
            delimiter=content.delimiter,
            quotechar=content.quote,
            escapechar=content.quote,
            columns=dict.fromkeys(names, "VARCHAR"),
            auto_detect=False,
            strict_mode=True,
            store_rejects=True,
            null_padding=False,
            parallel=content.parallel and not careful,
            max_line_size=_LONGEST_RECORD,
            buffer_size=_piece(content.path, self._share, careful=careful),
        )
        if content.hollow or content.totals:
            relation = relation.project(f"*, {_no_record(names, content)} AS _hollow")
        relation.create_view(name)
        self._made[name] = "VIEW"
        headed = tuple((c, None) for c in columns)
        hollow = "_hollow" if content.hollow or content.totals else None
        return Loaded(headed, names, (), None, parsed_by_engine=True, hollow=hollow, spaces=content.spaces)

    def _load_rows(self, name: str, columns: Sequence[str], content: Rows) -> Loaded:
        names = tuple(f"c{i}" for i in range(len(columns)))
        places: tuple[str, ...] = ()
        signed: set[str] = set()
        for batch in content.batches:
            given = batch.places()
            if name not in self._made:
                places = tuple(place.name for place in given)
            cells = [[bare(cell) for cell in c] for c in batch.columns]
            signed.update(n for n, c in zip(names, cells, strict=False) if any(x and x[0] == "#" for x in c))
            self._append(name, names, cells, given)
        if name not in self._made:
            texts = ", ".join(f"{_quoted(c)} VARCHAR" for c in names)
            self._connection.execute(f"CREATE TABLE {_quoted(name)} ({texts})")
            self._made[name] = "TABLE"
        headed = tuple((c, None) for c in columns)
        return Loaded(headed, names, places, None, parsed_by_engine=False, bare=True, signed=frozenset(signed))

    def _load_stream(self, name: str, content: Stream) -> Loaded:
        """Read an Arrow stream to its end. An instant becomes text with its offset, so that it is told by one zone."""
        relation = self._connection.from_arrow(content.arrow)
        given = [(heading, str(kind).upper()) for heading, kind in zip(relation.columns, relation.types, strict=True)]
        whole = f"{name}_stream"
        relation.create(whole)  # it can be read only once, and only as a whole
        self._made[whole] = "TABLE"
        names = tuple(f"c{i}" for i in range(len(given)))
        cells = [
            f"{f'CAST({_quoted(heading)} AS VARCHAR)' if kind == _INSTANT else _quoted(heading)} AS {_quoted(n)}"
            for n, (heading, kind) in zip(names, given, strict=True)
        ]
        told = ", ".join([*cells, "rowid + 1 AS _row"])
        shown = f"SELECT {told} FROM {_quoted(whole)}"  # noqa: S608  (every name is quoted)
        self._connection.execute(f"CREATE VIEW {_quoted(name)} AS {shown}")
        self._made[name] = "VIEW"
        columns = tuple((h, Kind.TEXT if kind == _INSTANT else _kind(kind)) for h, kind in given)
        zoned = any(kind == _INSTANT for _, kind in given)
        return Loaded(columns, names, ("_row",), None, parsed_by_engine=False, zoned=zoned)

    def _append(
        self,
        name: str,
        columns: Sequence[str],
        cells: Sequence[list[str | None]],
        given: Sequence[PlaceColumn],
    ) -> None:
        """Insert a batch column by column: row by row is a hundred times slower (measured: style.md, trap 7).

        The first batch makes the table: one statement less, which counts where tables are many and small.
        """
        lists = [*cells, *(place.cells for place in given)]
        if not lists:
            return
        kinds = ["VARCHAR"] * len(columns) + ["VARCHAR" if place.is_text else "BIGINT" for place in given]
        named = [*columns, *(place.name for place in given)]
        named_cells = ", ".join(
            f"unnest(${i}::{kind}[]) AS {_quoted(n)}" for i, (kind, n) in enumerate(zip(kinds, named, strict=True), 1)
        )
        into = f"INSERT INTO {_quoted(name)}" if name in self._made else f"CREATE TABLE {_quoted(name)} AS"
        self._connection.execute(f"{into} SELECT {named_cells}", lists)
        self._made[name] = "TABLE"


def _no_record(names: Sequence[str], content: Delimited) -> str:
    """Write the test for what is no record: nothing but delimiters, or a row that sums others up."""
    tests = [f"coalesce({', '.join(names)}) IS NULL"] if content.hollow else []
    for total in content.totals:
        cells = (
            f"{name} IS NULL" if cell is None else f"coalesce({name} = {_literal(cell)}, false)"
            for name, cell in zip(names, total, strict=True)
        )
        tests.append(f"({' AND '.join(cells)})")
    return f"({' OR '.join(tests)})"


def _piece(path: Path, share: int | None, *, careful: bool) -> int:
    """Say how many bytes of a delimited file are read at a time. Each thread holds some such pieces."""
    if share is not None and share < _ROOMY:
        return _SMALL_PIECE
    return _NARROW if careful or not _is_huge(path) else _WIDE


def _is_huge(path: Path) -> bool:
    return path.is_file() and path.stat().st_size >= _MANY_BYTES


def _kind(native: str) -> Kind:
    """Give the kind of a file's own type; one that the rule language does not have is read through its text."""
    name = native.upper()
    if name in {"VARCHAR", "ENUM"} or name.startswith("ENUM"):
        return Kind.TEXT
    if name in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}:
        return Kind.INTEGER
    if name in {"FLOAT", "DOUBLE", "HUGEINT", "UBIGINT"} or name.startswith("DECIMAL"):
        return Kind.NUMBER
    if name.startswith("TIMESTAMP"):
        return Kind.TIMESTAMP
    return {"DATE": Kind.DATE, "BOOLEAN": Kind.BOOLEAN}.get(name, Kind.UNKNOWN)


def _first_by_line(found: Sequence[tuple[object, ...]]) -> list[tuple[int, object]]:
    seen: dict[int, object] = {}
    for line, kind in found:
        seen.setdefault(int(str(line)), kind)
    return list(seen.items())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str | None) -> str:
    return "NULL::VARCHAR" if text is None else "'" + text.replace("'", "''") + "'"


def _share(memory: int) -> int:
    """Give the database its share of what the whole program may use: see decision 0036 for what the rest takes."""
    return max(memory - _BESIDE, memory * 2 // 5)


def _told(error: duckdb.Error) -> EngineError:
    """Say what the engine says; what it lacks memory or disk for is told apart."""
    told = _first_line(error)
    if isinstance(error, duckdb.OutOfMemoryException) or any(sign in told for sign in _NO_ROOM):
        return OutOfMemoryError(told)
    return EngineError(told)


def _first_line(error: Exception) -> str:
    """Give what the engine says. Where the system gave it no memory, nothing that it says after that can be relied on:
    that is no fault of one statement. Raises MemoryError.
    """
    told = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if _NO_MEMORY in told:
        raise MemoryError(told) from None
    return told.partition(_QUOTES_A_CELL)[0]


_REJECTED = {
    "MISSING COLUMNS": "fewer cells than the heading has",
    "TOO MANY COLUMNS": "more cells than the heading has",
    "UNQUOTED VALUE": "a quotation mark is not closed",
    "LINE SIZE OVER MAXIMUM": "the line is too long",
    "INVALID ENCODING": "bytes that are not text",
    "INVALID STATE": "quotation marks that do not fit",
}
