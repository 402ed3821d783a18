"""SQLite databases: one table, view or SELECT, read without any means to write."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from qmscheck import Batch, Extract, Holding, Problem, QmscheckError, Request, Rows, Skipped, Unread, as_text
from qmscheck_tables.headings import name_columns
from qmscheck_tables.opening import first_bytes, source_path, text_option

__all__ = ["holds", "read"]

_BATCH = 10_000
_MARK = b"SQLite format 3\0"
_SIDECARS = ("-wal", "-journal")
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_LISTED = 20


def read(request: Request) -> Iterator[Extract | Unread]:
    """Give the rows of a table, view or query, or say why they cannot be read."""
    path = source_path(request)
    query, name = text_option(request, "query"), text_option(request, "from")
    if query is not None and name is not None:
        raise _wrong(path, "query and from exclude each other", "leave one of them out")
    head = first_bytes(path, 100)
    if isinstance(head, Unread):
        yield head
    elif not head.startswith(_MARK):
        yield Unread(path, "corrupt", "the file is not an SQLite database, or it is encrypted")
    else:
        yield _extract(request, path, query, name)


def holds(request: Request) -> Iterator[Holding]:
    """Name the tables and views of a database; none where it cannot be opened."""
    path = source_path(request)
    head = first_bytes(path, 100)
    if isinstance(head, Unread) or not head.startswith(_MARK):
        return
    try:
        names = _names(_untouched(_files(path), request.scratch))
    except (sqlite3.Error, sqlite3.Warning, OSError, UnicodeDecodeError):
        return
    for name in names:
        yield Holding(name, {"from": name} if len(names) > 1 else {})


def _files(path: Path) -> tuple[Path, ...]:
    """Give the database, and the files beside it in which changes wait."""
    return (path, *(side for side in map(path.with_name, _side_names(path)) if _has_bytes(side)))


def _extract(request: Request, path: Path, query: str | None, name: str | None) -> Extract | Unread:
    asked = query is not None
    files = _files(path)
    try:
        place = _untouched(files, request.scratch)
        if query is None:
            found = _table(path, _names(place), name)
            if isinstance(found, Unread):
                return found
            query = f"SELECT * FROM {_quoted(found)}"  # noqa: S608 (the name is quoted)
        columns = _tried(path, place, query)
    except (sqlite3.Error, sqlite3.Warning) as error:
        return _unread(path, error, asked=asked)
    except (OSError, UnicodeDecodeError) as error:
        return Unread(path, "corrupt", f"the database cannot be read: {error}")
    skipped: list[Skipped] = []
    content = Rows(_batches(place, query, len(columns), skipped))
    return Extract(table=request.table, path=path, columns=columns, content=content, files=files, skipped=skipped)


def _side_names(path: Path) -> list[str]:
    return [path.name + ending for ending in _SIDECARS]


def _has_bytes(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _untouched(files: tuple[Path, ...], scratch: Path) -> str:
    """Give the address of the database; of a copy where changes wait beside it, which opening would carry out."""
    if len(files) == 1:
        return files[0].resolve().as_uri() + "?mode=ro&immutable=1"
    folder = Path(tempfile.mkdtemp(dir=scratch))
    for file in files:
        shutil.copyfile(file, folder / file.name)
    return (folder / files[0].name).resolve().as_uri()


def _open(place: str) -> sqlite3.Connection:
    database = sqlite3.connect(place, uri=True, isolation_level=None)
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    return database


def _only_reads(action: int, _first: str | None, second: str | None, *_others: str | None) -> int:
    if action in _ALLOWED and not (action == sqlite3.SQLITE_FUNCTION and second == "load_extension"):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _names(place: str) -> list[str]:
    with closing(_open(place)) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
        return [name for (name,) in found if not name.startswith("sqlite_")]


def _table(path: Path, names: list[str], wanted: str | None) -> str | Unread:
    listed = ", ".join(names[:_LISTED]) or "none"
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None:
        return Unread(path, "no-such-table", f'set from = "..." to one of the tables of the database: {listed}')
    exact = [name for name in names if name == wanted] or [name for name in names if name.lower() == wanted.lower()]
    if exact:
        return exact[0]
    return Unread(path, "no-such-table", f"the database has no table {wanted}; it has: {listed}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tried(path: Path, place: str, query: str) -> tuple[str, ...]:
    """Run the query to its end once, so that a damaged page is found before any record is handed over."""
    with closing(_open(place)) as database:
        database.set_authorizer(_only_reads)
        rows = database.execute(query)
        if rows.description is None:
            raise _wrong(path, "query is not a SELECT", 'write query = "SELECT ... FROM ..."')
        while rows.fetchmany(_BATCH):
            pass
        return name_columns([column[0] for column in rows.description])


def _unread(path: Path, error: Exception, *, asked: bool) -> Unread:
    """Tell a fault of the query, which stops the audit, from a fault of the database."""
    code, text = getattr(error, "sqlite_errorcode", None), str(error)
    if text.startswith(("no such table", "no such column")):
        return Unread(path, "no-such-table", f"{text}, which {'query' if asked else 'the table'} asks for")
    if asked and (code in {sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY} or text == "not authorized"):
        raise _wrong(path, "query may only read", 'write one SELECT: query = "SELECT ... FROM ..."') from error
    if code in {None, sqlite3.SQLITE_ERROR} and asked:
        raise _wrong(path, f"query is not one SELECT: {text}", 'write query = "SELECT ... FROM ..."') from error
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Unread(path, "corrupt", "the database is locked by another program; close it or audit a copy")
    return Unread(path, "corrupt", f"the database cannot be read: {text}")


def _batches(place: str, query: str, width: int, skipped: list[Skipped]) -> Iterator[Batch]:
    row = 0
    try:
        with closing(_open(place)) as database:
            database.set_authorizer(_only_reads)
            rows = database.execute(query)
            while found := rows.fetchmany(_BATCH):
                cells = tuple([as_text(record[position]) for record in found] for position in range(width))
                yield Batch(columns=cells, rows=list(range(row + 1, row + len(found) + 1)))
                row += len(found)
    except (sqlite3.Error, OSError) as error:
        skipped.append(Skipped(row + 1, f"the database cannot be read from this row on: {error}", lost=True))


def _wrong(path: Path, message: str, hint: str) -> QmscheckError:
    return QmscheckError(Problem(path.as_posix(), 0, 0, message, hint))
