"""The rows of one query, or why they cannot be had."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from qmscheck import Batch, Extract, InPlace, QmscheckError, Request, Rows, Skipped, Stream, Unread, as_text
from qmscheck_sql.address import Address, resolved, wrong
from qmscheck_sql.connecting import Session, known, opened, state_of

__all__ = ["SQLITE", "asked", "read", "unread"]

_BATCH = 10_000
_PATIENCE = 60
SQLITE = "sqlite:///"
#: The engines to which records can be left, and what their addresses begin with.
_IN_PLACE = {"postgresql": ("postgresql", "postgres")}
_COMMENT = r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*"
_READS = re.compile(rf"{_COMMENT}\(*(?:select|with|values|table)\b", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.DOTALL)
_CHANGES = re.compile(
    r"\b(?:insert|update|delete|merge|drop|alter|create|truncate|grant|revoke|call|exec|execute|into)\b|\breplace\b(?!\s*\()",
    re.IGNORECASE,
)
_NOT_THERE = {"42P01", "42703", "3F000", "42501"}
_FORBIDDEN = {"25006"}
_LATE = {"57014"}


def read(request: Request) -> Iterator[Extract | Unread]:
    """Give the rows of a query, or say why they cannot be read. The address is never repeated in a message."""
    query = _query(request)
    address, driver, seconds = asked(request)
    if request.engine in _IN_PLACE:
        yield _in_place(request, address, query, seconds)
        return
    if driver is None and address.url.startswith(SQLITE):
        yield from _sqlite(request, address)
        return
    chosen = known(address, driver)
    if chosen is None:
        message = f"no driver for addresses of kind '{address.scheme}' is known; set driver to one that is installed"
        yield Unread(_place(request, address), "unsupported", message)
        return
    if query is None:
        raise wrong("a database by its address needs 'query' or 'from'", 'from = "schema.table"')
    try:
        with opened(address, chosen, seconds) as session:
            yield _extract(request, address, session, query)
    except QmscheckError:
        raise
    except Exception as error:  # noqa: BLE001  (each driver has errors of its own)
        yield unread(request, address, error)


def asked(request: Request) -> tuple[Address, str | None, int]:
    """Give where the database is, its driver if the plan names one, and the seconds that a query may take."""
    given = _text(request, "url")
    if given is None:
        raise wrong("a source with reader = \"sql\" needs 'url'", 'url = "env:NAME"')
    return resolved(request, given), _text(request, "driver"), _seconds(request)


def _in_place(request: Request, address: Address, query: str | None, seconds: int) -> Extract:
    """Leave the rows where they are: the engine asks the query of them."""
    if query is None:
        raise wrong("a database by its address needs 'query' or 'from'", 'from = "schema.table"')
    if request.options.get("driver") is not None:
        raise wrong("driver is not for records that stay on their server: its engine has one", "leave it out")
    if address.scheme not in _IN_PLACE[request.engine]:
        schemes = " or ".join(f"{scheme}://" for scheme in _IN_PLACE[request.engine])
        raise wrong(f"url is no address of the engine '{request.engine}'", f"it begins with {schemes}")
    content = InPlace(request.engine, address.url, query, {"timeout": seconds})
    return Extract(table=request.table, path=_place(request, address), columns=(), content=content, files=())


def _sqlite(request: Request, address: Address) -> Iterator[Extract | Unread]:
    """Read a file of SQLite without any driver, in no way that could change it."""
    from qmscheck_tables.sqlite_tables import read as read_file  # noqa: PLC0415

    path = request.root / address.url.removeprefix(SQLITE)
    if not path.is_file():
        yield Unread(_place(request, address), "missing", f"the database that {address.name} names does not exist")
        return
    options = {key: value for key, value in request.options.items() if key in {"query", "from"}}
    yield from read_file(replace(request, path=path, options=options))


def _extract(request: Request, address: Address, session: Session, query: str) -> Extract:
    """Ask, and hand the rows over: as a stream, or in batches. The connection stays open until they were taken."""
    if not session.safe and (word := _CHANGES.search(_QUOTED.sub(" ", query))):
        hint = "use a login that may only read, and a driver that knows SET TRANSACTION READ ONLY"
        raise wrong(f"query may only read, and it holds the word {word[0].upper()}", hint)
    if session.streams and request.most is not None:  # a stream is read whole
        query = f"SELECT * FROM ({query.rstrip().rstrip(';')}\n) AS looked_at LIMIT {request.most}"  # noqa: S608
    session.cursor.execute(query)
    skipped: list[Skipped] = []
    columns: tuple[str, ...] = ()  # a stream has its own
    content: Rows | Stream
    if session.streams:
        content = Stream(session.cursor.fetch_arrow())
    else:
        described = session.cursor.description
        if not described:
            raise wrong("query gives no rows: it is not a SELECT", 'query = "SELECT ... FROM ..."')
        columns = _headings([str(column[0]) for column in described])
        content = Rows(_batches(session.cursor, len(columns), address, skipped))
    return Extract(
        table=request.table,
        path=_place(request, address),
        columns=columns,
        content=content,
        files=(),
        skipped=skipped,
        notes=session.notes,
        zoned=not session.streams,  # of a stream the engine tells
    )


def _place(request: Request, address: Address) -> Path:
    """Name a database where others have the path of a file."""
    return request.root / address.name.replace("/", ":").replace("::", ":")


def _batches(cursor: Any, width: int, address: Address, skipped: list[Skipped]) -> Iterator[Batch]:
    row = 0
    try:
        while found := cursor.fetchmany(_BATCH):
            cells = tuple([as_text(record[position]) for record in found] for position in range(width))
            yield Batch(columns=cells, rows=list(range(row + 1, row + len(found) + 1)))
            row += len(found)
    except Exception as error:  # noqa: BLE001  (each driver has errors of its own)
        told = address.hidden_in(str(error))
        skipped.append(Skipped(row + 1, f"the rows cannot be read from this one on: {told}", lost=True))


def _headings(names: list[str]) -> tuple[str, ...]:
    from qmscheck_tables.headings import name_columns  # noqa: PLC0415

    return name_columns(names)


def unread(request: Request, address: Address, error: Exception) -> Unread:
    """Tell a fault of the query, which stops the audit, from a database that does not give what is asked."""
    state, told = state_of(error), address.hidden_in(str(error))
    place = _place(request, address)
    if state in _FORBIDDEN:
        raise wrong("query may only read", 'write one SELECT: query = "SELECT ... FROM ..."') from None
    if state in _NOT_THERE:
        return Unread(place, "no-such-table", f"{address.name}: {told}")
    if state in _LATE:
        return Unread(
            _place(request, address), "timeout", f"{address.name}: the query took too long; set timeout to more seconds"
        )
    if state.startswith("42"):
        raise wrong(f"query is not one SELECT that the database understands: {told}", "try it there first") from None
    return Unread(place, "missing", f"{address.name}: the database does not give the rows: {told}")


def _query(request: Request) -> str | None:
    query, name = _text(request, "query"), _text(request, "from")
    if query is not None and name is not None:
        raise wrong("query and from exclude each other", "leave one of them out")
    if name is not None:
        quoted = ".".join('"' + part.strip('"').replace('"', '""') + '"' for part in name.split("."))
        return f"SELECT * FROM {quoted}"  # noqa: S608  (the name is quoted)
    if query is not None and not _READS.match(query):
        raise wrong("query may only read", 'write one SELECT: query = "SELECT ... FROM ..."')
    return query


def _text(request: Request, name: str) -> str | None:
    value = request.options.get(name)
    if value is None or isinstance(value, str):
        return value
    raise wrong(f"{name} must be text", f'write {name} = "..."')


def _seconds(request: Request) -> int:
    value = request.options.get("timeout", _PATIENCE)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise wrong("timeout must be a whole number of seconds from 1", "write timeout = 60")
