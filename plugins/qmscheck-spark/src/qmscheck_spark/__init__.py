"""Apache Spark as an engine of qmscheck, and the reader that leaves records in a lakehouse. Loaded when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmscheck import EngineKind, Reader, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qmscheck import Engine, Extract, Opening, Request

__all__ = ["qmscheck_engines", "qmscheck_readers"]


@hookimpl
def qmscheck_engines() -> list[EngineKind]:
    """Give the engine of this plugin."""
    return [EngineKind("spark", "spark", _opened, "Apache Spark, in this process or on a cluster", takes=True)]


@hookimpl
def qmscheck_readers() -> list[Reader]:
    """Give the reader of this plugin."""
    return [
        Reader(
            name="spark",
            title="Lakehouse by Apache Spark (a table, a query, a folder of Parquet)",
            suffixes=(),
            read=_read,
            in_place=("spark",),
            options={
                "url": 'where Spark is: "local[2]", "spark://host:port", "sc://host:port"; '
                'or where that is kept: "env:NAME", "file:path" or "keyring:service/name"; default: this process',
                "from": 'name of a table or view, such as "lake.orders"',
                "query": "one SELECT, instead of `from`",
                "parquet": "a folder or file of Parquet as Spark sees it, instead of `from`",
            },
        )
    ]


def _opened(opening: Opening) -> Engine:
    from qmscheck_spark.engine import Spark  # noqa: PLC0415

    return Spark(opening)


def _read(request: Request) -> Iterator[Extract]:
    from qmscheck_spark.reading import read  # noqa: PLC0415

    return read(request)
