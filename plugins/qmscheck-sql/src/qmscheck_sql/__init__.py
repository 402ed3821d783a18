"""Reader for databases by query: PostgreSQL, SQLite, and any with an ADBC or DB-API driver. Loaded when it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmscheck import EngineKind, Reader, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qmscheck import Engine, Extract, Holding, Opening, Request, Unread

__all__ = ["qmscheck_engines", "qmscheck_readers"]


@hookimpl
def qmscheck_readers() -> list[Reader]:
    """Give the reader of this plugin."""
    return [
        Reader(
            name="sql",
            title="Database by query (PostgreSQL, SQLite, any ADBC or DB-API driver)",
            suffixes=(),
            read=_sql,
            holds=_tables,
            in_place=("postgresql",),
            options={
                "url": 'where the address is kept: "env:NAME", "file:path" or "keyring:service/name"; '
                "or a plain one without a secret",
                "from": 'name of a table or view, such as "erp.orders"',
                "query": "one SELECT, instead of `from`",
                "driver": 'another driver (PEP 249): "module" or "module:function"; default: by the address',
                "timeout": "seconds that a query may take; default: 60",
            },
        )
    ]


@hookimpl
def qmscheck_engines() -> list[EngineKind]:
    """Give the engine of this plugin."""
    return [EngineKind("postgresql", "postgres", _postgresql, "PostgreSQL, where the records are")]


def _sql(request: Request) -> Iterator[Extract | Unread]:
    from qmscheck_sql.querying import read  # noqa: PLC0415

    return read(request)


def _tables(request: Request) -> Iterator[Holding | Unread]:
    from qmscheck_sql.listing import holds  # noqa: PLC0415

    return holds(request)


def _postgresql(opening: Opening) -> Engine:
    from qmscheck_sql.engine import PostgreSQL  # noqa: PLC0415

    return PostgreSQL(opening)
