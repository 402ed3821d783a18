"""Spark, as an engine: statements in its dialect, records as views. What lies in a lakehouse stays there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from qmscheck import (
    Delimited,
    EngineError,
    InPlace,
    Loaded,
    Opening,
    Parquet,
    Rows,
    Skipped,
    Statement,
    Stream,
    UnsayableError,
    bare,
    render,
)
from qmscheck_spark.literals import quoted, selected_values
from qmscheck_spark.session import opened
from qmscheck_spark.shapes import shaped

__all__ = ["Spark"]

T = TypeVar("T")

#: Cells up to which records become a part of the statement: Spark then needs no job to read them.
_FEW = 20_000


class Spark:
    """A session of Spark, as an `Engine`. Records that were brought to it may be kept; those of a lakehouse stay."""

    dialect = "spark"
    sifts = sieves = False
    veils = False
    width = 1

    def __init__(self, opening: Opening) -> None:
        """Open a session. Raises EngineError where none can be had."""
        self._cache = opening.cache
        self.keeps = not opening.address
        self._open = opened(opening.address, opening.threads, opening.memory)
        self._session = self._open.session
        self._made: dict[str, None] = {}

    def veil(self, blocks: tuple[bytes, bytes], patterns: Sequence[str]) -> None:
        """Refuse: this engine compares no personal texts."""
        del blocks, patterns
        raise EngineError("Spark puts nothing in the place of personal texts", "unsupported")

    def load(
        self,
        name: str,
        columns: Sequence[str],
        content: Delimited | Parquet | Rows | Stream | InPlace,
        *,
        careful: bool = False,
    ) -> Loaded:
        """Make a raw relation: a view over what lies in the lakehouse, or over handed-over records."""
        del careful
        return _told(lambda: self._load(name, columns, content))

    def define(self, name: str, statement: Statement, *, materialise: bool) -> None:
        """Give a statement a name. What is to be computed now is kept by Spark until it is forgotten."""
        frame = self._frame(statement)
        if materialise:
            frame = _told(lambda: self._computed(frame))
        self._view(name, frame)

    def rows(self, statement: Statement) -> list[tuple[object, ...]]:
        """Run a SELECT."""
        frame = self._frame(statement)
        return _told(lambda: [tuple(row) for row in frame.collect()])

    def rejected(self) -> list[Skipped]:
        """Give nothing: a file with a record that cannot be taken apart is not loaded at all."""
        return []

    def forget(self, name: str) -> None:
        """Drop a view."""
        if name in self._made:
            del self._made[name]
            self._session.catalog.dropTempView(name)

    def rename(self, name: str, other: str) -> bool:
        """Do nothing: everything is a view."""
        del name, other
        return False

    def lock(self, readable: Sequence[Path], *, small: bool = False) -> None:
        """Do nothing: a checked statement reads views only."""

    def plan_thoroughly(self) -> None:
        """Do nothing: Spark always does."""

    def clear(self) -> None:
        """Drop every view."""
        for name in reversed(list(self._made)):
            self.forget(name)

    def close(self) -> None:
        """Let go of the session, and of what was started for it."""
        _told(self.clear)
        self._open.close()

    # ------------------------------------------------------------ statements

    def _frame(self, statement: Statement) -> Any:
        try:
            text = render(statement, self.dialect, self._cache)
        except UnsayableError as reason:
            raise EngineError(f"Spark cannot say this exactly: {reason}", "unsupported") from None
        return _told(lambda: self._session.sql(text))

    def _computed(self, frame: Any) -> Any:
        """Compute now. What is small becomes a part of every statement about it: Spark needs no job to read it then."""
        fields = [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
        most = _FEW // max(len(fields), 1)
        first = frame.limit(most + 1).collect()
        if len(first) > most or any(kind.startswith("array") for _, kind in fields):
            return frame.localCheckpoint(eager=True)
        return self._session.sql(selected_values(fields, [tuple(row) for row in first]))

    def _view(self, name: str, frame: Any) -> None:
        _told(lambda: frame.createOrReplaceTempView(quoted(name)))
        self._made[name] = None

    # ------------------------------------------------------------ records

    def _load(
        self, name: str, columns: Sequence[str], content: Delimited | Parquet | Rows | Stream | InPlace
    ) -> Loaded:
        match content:
            case InPlace():
                return self._load_query(name, content.query)
            case Rows():
                return self._load_rows(name, columns, content)
            case Stream():
                return self._load_stream(name, content)
            case Parquet():
                return self._load_parquet(name, content)
            case Delimited():
                told = "Spark does not read delimited files: leave 'engine' out, or make Parquet of it"
                raise EngineError(told, "unsupported")

    def _load_query(self, name: str, query: str) -> Loaded:
        """Ask for the columns only. What is no query is none inside parentheses either."""
        frame = self._session.sql(f"SELECT * FROM (\n{query}\n)")  # noqa: S608  (the plan's own query)
        found = shaped(frame)
        self._view(name, found.frame)
        return Loaded(found.columns, found.names, (), None, parsed_by_engine=False, zoned=found.zoned)

    def _load_rows(self, name: str, columns: Sequence[str], content: Rows) -> Loaded:
        names = tuple(f"c{i}" for i in range(len(columns)))
        places: tuple[tuple[str, str], ...] = ()
        records: list[tuple[object, ...]] = []
        signed: set[str] = set()
        for batch in content.batches:
            given = batch.places()
            places = tuple((place.name, "string" if place.is_text else "bigint") for place in given)
            cells = [[bare(cell) for cell in column] for column in batch.columns]
            signed.update(n for n, c in zip(names, cells, strict=False) if any(x and x[0] == "#" for x in c))
            records += zip(*cells, *(place.cells for place in given), strict=True)
        self._records(name, [*((n, "string") for n in names), *places], records)
        headed = tuple((c, None) for c in columns)
        placed = tuple(place for place, _ in places)
        return Loaded(headed, names, placed, None, parsed_by_engine=False, bare=True, signed=frozenset(signed))

    def _records(self, name: str, columns: list[tuple[str, str]], records: list[tuple[object, ...]]) -> None:
        """Make a view of records: a part of the statement where they are few, else Arrow."""
        if len(records) * len(columns) <= _FEW:
            self._view(name, self._session.sql(selected_values(columns, records)))
            return
        import pyarrow as pa  # noqa: PLC0415

        kinds = {"string": pa.string(), "bigint": pa.int64()}
        arrays = [
            pa.array(cells, kinds[kind]) for (_, kind), cells in zip(columns, zip(*records, strict=True), strict=True)
        ]
        self._view(name, self._session.createDataFrame(pa.table(arrays, names=[n for n, _ in columns])))

    def _load_stream(self, name: str, content: Stream) -> Loaded:
        """Read an Arrow stream to its end, and number its records."""
        import pyarrow as pa  # noqa: PLC0415

        table = pa.RecordBatchReader.from_stream(content.arrow).read_all()
        headings = table.column_names
        table = table.rename_columns([f"c{i}" for i in range(len(headings))])
        table = table.append_column("_row", pa.array(range(1, table.num_rows + 1), pa.int64()))
        found = shaped(self._session.createDataFrame(table), passed=("_row",))
        self._view(name, found.frame)
        columns = tuple((h, kind) for h, (_, kind) in zip(headings, found.columns, strict=True))
        return Loaded(columns, found.names, ("_row",), None, parsed_by_engine=False, zoned=found.zoned)

    def _load_parquet(self, name: str, content: Parquet) -> Loaded:
        """Read a file of Parquet that this machine and all of Spark see; its records are numbered as they stand."""
        frame = self._session.read.parquet(content.path.absolute().as_uri())
        known = {column.casefold() for column in frame.columns}
        cells = [*(quoted(c) for c in frame.columns), "_metadata.row_index + 1L AS `_row`"]
        cells += [f"{_literal(v)} AS {quoted(k)}" for k, v in content.partition if k.casefold() not in known]
        found = shaped(frame.selectExpr(*cells), passed=("_row",))
        self._view(name, found.frame)
        return Loaded(found.columns, found.names, ("_row",), None, parsed_by_engine=False, zoned=found.zoned)


def _literal(value: str | None) -> str:
    from qmscheck_spark.literals import literal  # noqa: PLC0415

    return f"CAST({literal(value)} AS STRING)"


def _told(asked: Callable[[], T]) -> T:
    """Ask Spark; what it raises, with the first line of its reason, becomes an EngineError."""
    from py4j.protocol import Py4JError  # noqa: PLC0415
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        return asked()
    except (PySparkException, Py4JError, OSError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        missing = "_NOT_FOUND" in str(error) or "PATH_NOT_FOUND" in str(error)
        raise EngineError(
            lines[0] if lines else type(error).__name__, "no-such-table" if missing else "corrupt"
        ) from None
