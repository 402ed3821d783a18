"""PostgreSQL as an engine: rules are judged where the records are, and only tallies and exceptions travel.

Nothing is made on the server but functions of the session (see `qmscheck.sql.dialects`): what has a name here becomes a
part (WITH) of the statements that use it. So all statements of an audit run in one transaction that only reads, of one
moment.
Library of this module: adbc-driver-postgresql.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from qmscheck import (
    Delimited,
    EngineError,
    InPlace,
    Kind,
    Loaded,
    Opening,
    Parquet,
    Rows,
    Skipped,
    Statement,
    Stream,
    UnsayableError,
    bare,
    preamble,
    relation,
    render,
)
from qmscheck_sql.address import Address
from qmscheck_sql.arrow_rows import Field, fetched
from qmscheck_sql.connecting import state_of

__all__ = ["PostgreSQL"]

_PATIENCE = 60
#: Records that may be brought into a session: they stand in the text of each statement that needs them.
_MOST_ROWS = 100_000
_OLDEST = 150_000
#: Ends a part that the planner may not merge with what is asked of it, so that each state is computed once. Written as
#: a bigint it is a constant from the start; a plain 0 would still be a cast when the planner asks whether a part may be
#: worked on by several processes, and a part whose number of rows is computed may not (`set_rel_consider_parallel`).
_FENCE = "OFFSET bigint '0'"
_MENTIONED = re.compile(r'"(~(?:[^"]|"")+)"')
_SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET extra_float_digits = 1",
    "SET standard_conforming_strings = on",
    "SET jit = off",
    "SET synchronize_seqscans = off",
    "SET work_mem = '64MB'",
    "SELECT set_config('search_path', 'pg_catalog, ' || current_setting('search_path'), false)",
)
_REASONS = {"57014": "timeout", "42P01": "no-such-table", "42703": "no-such-table", "3F000": "no-such-table"}
_REASONS |= {"42501": "no-such-table"}

#: The kinds of a server's own types, by their Arrow formats, and what they are read as.
_KINDS: dict[str, tuple[Kind, str]] = {
    "b": (Kind.BOOLEAN, ""),
    **dict.fromkeys(("c", "s", "i", "l"), (Kind.INTEGER, "bigint")),
    **dict.fromkeys(("f", "g", "numeric"), (Kind.NUMBER, "double precision")),
    "tdD": (Kind.DATE, ""),
    "tsu:": (Kind.TIMESTAMP, ""),
}


@dataclass(frozen=True)
class _Made:
    """Something with a name: the text of its SELECT, and whether it is computed once in a statement."""

    text: str
    once: bool


class PostgreSQL:
    """PostgreSQL, as an `Engine`."""

    dialect = "postgres"
    sifts = keeps = veils = False
    sieves = True
    width = 1

    def __init__(self, opening: Opening) -> None:
        """Open a session that only reads. Raises EngineError where there is none to be had."""
        self._cache = opening.cache
        self._address = Address("the server", opening.address)
        self._made: dict[str, _Made] = {}
        self._turn = threading.RLock()
        self._inside = False
        seconds = opening.settings.get("timeout", _PATIENCE)
        more = [] if opening.threads is None else [f"SET max_parallel_workers_per_gather = {opening.threads - 1}"]
        self._connection = self._connected()
        try:
            self._begin([*_SETTINGS, f"SET statement_timeout = '{int(seconds)}s'", *more])
        except BaseException:
            self.close()
            raise
        opening.on_stop(self._interrupt)

    def _connected(self) -> Any:
        connect = import_module("adbc_driver_postgresql.dbapi").connect
        try:
            return connect(self._address.url, autocommit=True)
        except Exception as error:  # noqa: BLE001  (the driver's own errors)
            raise self._told(error, "missing") from None

    def _begin(self, settings: Sequence[str]) -> None:
        """Look at the server, set the session up, and let it only read from here on."""
        ((version, encoding),) = self._asked(
            "SELECT current_setting('server_version_num'), current_setting('server_encoding')"
        )
        if int(str(version)) < _OLDEST:
            raise EngineError(
                f"the server is of version {int(str(version)) // 10_000}: 15 or later is needed", "unsupported"
            )
        if encoding != "UTF8":
            raise EngineError(f"the database keeps its texts as {encoding}: UTF8 is needed", "unsupported")
        for setting in settings:
            self._asked(setting)
        self._create(preamble(self.dialect))
        self._asked("SET default_transaction_read_only = on")

    def _create(self, functions: Sequence[str]) -> None:
        """Make functions of the session."""
        body = ";\n".join(functions)
        try:
            self._asked(f"DO $do$ BEGIN {body}; END $do$")
        except EngineError as error:
            told = f"the login may make no functions of its own session (TEMPORARY on the database): {error}"
            raise EngineError(told, error.reason) from None

    def veil(self, blocks: tuple[bytes, bytes], patterns: Sequence[str]) -> None:
        """Refuse: the key would have to be told to the server."""
        del blocks, patterns
        raise EngineError("personal texts get no pseudonyms on a server: its key would be told there", "unsupported")

    def load(
        self,
        name: str,
        columns: Sequence[str],
        content: Delimited | Parquet | Rows | Stream | InPlace,
        *,
        careful: bool = False,
    ) -> Loaded:
        """Take a query of records that lie on the server, or a few records that are brought."""
        del careful
        match content:
            case InPlace():
                return self._load_query(name, content)
            case Rows():
                return self._load_rows(name, columns, content)
            case _:
                raise EngineError("the engine 'postgresql' judges records of its server, and no files", "unsupported")

    def define(self, name: str, statement: Statement, *, materialise: bool) -> None:
        """Keep a statement as a part of those that come."""
        self._made[relation(name, self.dialect)] = _Made(f"{self._rendered(statement)} {_FENCE}", materialise)

    def rows(self, statement: Statement) -> list[tuple[object, ...]]:
        """Run a SELECT, with all parts that it needs before it."""
        text = self._rendered(statement)
        return self._asked(f"{self._parts(text)}{text}")

    def rejected(self) -> list[Skipped]:
        """Give nothing: no file is read."""
        return []

    def forget(self, name: str) -> None:
        """Let go of a part."""
        self._made.pop(relation(name, self.dialect), None)

    def rename(self, name: str, other: str) -> bool:
        """Rename nothing: there are no tables."""
        del name, other
        return False

    def lock(self, readable: Sequence[Path], *, small: bool = False) -> None:
        """Do nothing: the session only reads, and statements name no files."""

    def plan_thoroughly(self) -> None:
        """Do nothing: the server always does."""

    def clear(self) -> None:
        """Forget all parts."""
        self._made.clear()

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(Exception):
            self._connection.close()

    def _interrupt(self) -> None:
        """Have the server give up the statement that it is at. Called by another thread."""
        with contextlib.suppress(Exception):
            self._connection.adbc_cancel()

    # ------------------------------------------------------------ what is loaded

    def _load_query(self, name: str, content: InPlace) -> Loaded:
        """Give a query a name. Its columns are named anew, and have the types of the rule language."""
        if not self._inside:
            self._asked("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._inside = True
        query = content.query.strip().removesuffix(";")
        fields, _ = self._answer(f"SELECT * FROM (\n{query}\n) AS q LIMIT 0")  # noqa: S608  (the plan's own query)
        listed = ", ".join(f"{_quoted(f'h{i}')}" for i in range(len(fields)))
        cells = ", ".join(f"{_cell(f'h{i}', kind)} AS {_quoted(f'c{i}')}" for i, (_, kind) in enumerate(fields))
        text = f"SELECT {cells} FROM (\n{query}\n) AS q({listed})"  # noqa: S608  (as above)
        self._made[relation(name, self.dialect)] = _Made(text, once=False)
        names = tuple(f"c{i}" for i in range(len(fields)))
        given = tuple((heading, _KINDS.get(kind, (Kind.TEXT, ""))[0]) for heading, kind in _headed(fields))
        return Loaded(given, names, (), None, parsed_by_engine=False, zoned=any(k == "tsu:UTC" for _, k in fields))

    def _load_rows(self, name: str, columns: Sequence[str], content: Rows) -> Loaded:
        names = [f"c{i}" for i in range(len(columns))]
        cells: list[list[object]] = [[] for _ in names]
        places: dict[str, tuple[str, list[object]]] = {}
        signed: set[str] = set()
        for batch in content.batches:
            for mine, theirs in zip(cells, batch.columns, strict=False):
                mine.extend(bare(cell) for cell in theirs)
            for place in batch.places():
                kind = "text" if place.is_text else "bigint"
                places.setdefault(place.name, (kind, []))[1].extend(place.cells)
            if cells and len(cells[0]) > _MOST_ROWS:
                raise EngineError(f"more than {_MOST_ROWS} records cannot be brought to a server", "too-large")
        for own, column in zip(names, cells, strict=True):
            signed.update(own for cell in column if str(cell or "")[:1] == "#")
        told = [(own, "text", column) for own, column in zip(names, cells, strict=True)]
        told += [(place, kind, given) for place, (kind, given) in places.items()]
        self._made[relation(name, self.dialect)] = _Made(_values(told), once=True)
        headed = tuple((c, None) for c in columns)
        return Loaded(
            headed, tuple(names), tuple(places), None, parsed_by_engine=False, bare=True, signed=frozenset(signed)
        )

    # ------------------------------------------------------------ what is asked

    def _rendered(self, statement: Statement) -> str:
        try:
            return render(statement, self.dialect, self._cache)
        except UnsayableError as error:
            raise EngineError(str(error), "unsupported") from None

    def _parts(self, text: str) -> str:
        """Write the parts that a statement needs, each after those that it needs itself."""
        needed: dict[str, None] = {}

        def need(told: str) -> None:
            for name in dict.fromkeys(_MENTIONED.findall(told)):
                if name in self._made and name not in needed:
                    need(self._made[name].text)
                    needed[name] = None

        need(text)
        parts = []
        for name in needed:
            made = self._made[name]
            parts.append(f'"{name}" AS {"" if made.once else "NOT "}MATERIALIZED ({made.text})')
        return f"WITH {', '.join(parts)} " if parts else ""

    def _asked(self, text: str) -> list[tuple[object, ...]]:
        return self._answer(text)[1]

    def _answer(self, text: str) -> tuple[list[Field], list[tuple[object, ...]]]:
        """Ask; where an answer fails inside the transaction, the transaction goes on."""
        with self._turn, self._saved(), self._connection.cursor() as cursor:
            try:
                cursor.execute(text)
                return fetched(cursor.fetch_arrow())
            except Exception as error:  # noqa: BLE001  (the driver's own errors)
                raise self._told(error, "corrupt") from None

    @contextlib.contextmanager
    def _saved(self) -> Iterator[None]:
        if not self._inside:
            yield
            return
        self._run("SAVEPOINT asked")
        try:
            yield
        except EngineError:
            with contextlib.suppress(Exception):
                self._run("ROLLBACK TO SAVEPOINT asked")
            raise
        self._run("RELEASE SAVEPOINT asked")

    def _run(self, text: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(text)

    def _told(self, error: Exception, reason: str) -> EngineError:
        """Tell an error of the driver without any part of the address."""
        state = state_of(error)
        if "statement timeout" in str(error):  # while rows are fetched, the driver tells no state
            state = "57014"
        told = re.sub(r"^[A-Z_]+: (?:\[libpq\] )?(?:Failed to \w+ query: )?", "", self._address.hidden_in(str(error)))
        return EngineError(
            told.replace("ERROR:  ", ""), _REASONS.get(state, "missing" if state[:2] == "08" else reason)
        )


def _cell(name: str, kind: str) -> str:
    """Write a column of a server as the rule language has it; what it has not becomes text."""
    if kind == "tsu:UTC":
        return f'(pg_temp.qm_text({_quoted(name)}) COLLATE "C")'
    if kind not in _KINDS:
        return f'({_quoted(name)}::text COLLATE "C")'
    target = _KINDS[kind][1]
    return f"{_quoted(name)}::{target}" if target else _quoted(name)


def _headed(fields: Sequence[Field]) -> list[Field]:
    """Tell headings apart that stand several times."""
    seen: dict[str, int] = {}
    found = []
    for name, kind in fields:
        seen[name] = seen.get(name, 0) + 1
        found.append((name if seen[name] == 1 else f"{name} ({seen[name]})", kind))
    return found


def _values(columns: Sequence[tuple[str, str, Sequence[object]]]) -> str:
    """Write records as a SELECT, column by column."""
    if not columns:
        return "SELECT"
    lists = ", ".join(f"{_listed(cells)}::{kind}[]" for _, kind, cells in columns)
    names = ", ".join(_quoted(name) for name, _, _ in columns)
    cells = ", ".join(
        f'{_quoted(name)} COLLATE "C" AS {_quoted(name)}' if kind == "text" else _quoted(name)
        for name, kind, _ in columns
    )
    return f"SELECT {cells} FROM unnest({lists}) AS v({names})"  # noqa: S608  (every value is quoted)


def _listed(cells: Sequence[object]) -> str:
    """Write cells as an array, and that as a text."""
    told = []
    for cell in cells:
        if cell is None:
            told.append("NULL")
            continue
        text = str(cell)
        if "\0" in text:
            raise EngineError("a text of PostgreSQL holds no NUL", "unsupported")
        told.append('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return "'{" + ",".join(told).replace("'", "''") + "}'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
