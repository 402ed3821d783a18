"""The tables and views that a login can see in a database, for a proposal: by the schema that SQL itself describes.

Source: ISO/IEC 9075-11 (information schema), as PostgreSQL and most others have it; a database without one is asked by
`from` or `query` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qmscheck import Holding, Request, Unread
from qmscheck_sql.arrow_rows import fetched
from qmscheck_sql.connecting import known, opened
from qmscheck_sql.querying import SQLITE, asked, unread

__all__ = ["holds"]

_LISTED = """
SELECT CAST(table_schema AS varchar(300)), CAST(table_name AS varchar(300)) FROM information_schema.tables
WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY table_schema, table_name
"""


def holds(request: Request) -> Iterator[Holding | Unread]:
    """Name the tables and views, each with what reads it; nothing where the database cannot say it."""
    address, driver, seconds = asked(request)
    if driver is None and address.url.startswith(SQLITE):
        yield from _sqlite(request, address.url)
        return
    chosen = known(address, driver)
    if chosen is None:
        return
    listed = []
    try:
        with opened(address, chosen, seconds) as session:
            session.cursor.execute(_LISTED)
            rows = fetched(session.cursor.fetch_arrow())[1] if session.streams else session.cursor.fetchall()
            listed = [(str(schema), str(name)) for schema, name in rows]
    except Exception as error:  # noqa: BLE001  (each driver has errors of its own)
        if driver is None:  # of another database nobody knows whether it describes itself so
            yield unread(request, address, error)
        return
    for schema, name in listed:
        plain = not any(sign in schema + name for sign in '."')
        quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (schema, name))
        yield Holding(name, {"from": f"{schema}.{name}"} if plain else {"query": f"SELECT * FROM {quoted}"})  # noqa: S608


def _sqlite(request: Request, url: str) -> Iterator[Holding]:
    from qmscheck_tables.sqlite_tables import holds as in_file  # noqa: PLC0415

    path = request.root / url.removeprefix(SQLITE)
    if path.is_file():
        yield from in_file(replace(request, path=path, options={}))
