"""The reader that leaves records where they are: a table, a query or a folder of Parquet, by the address of a Spark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qmscheck import Extract, InPlace, Problem, QmscheckError, Request, resolve
from qmscheck_spark.literals import quoted

__all__ = ["read"]

_KINDS = ("from", "query", "parquet")


def read(request: Request) -> Iterator[Extract]:
    """Hand over where the records are, and what is to be asked of them. Raises QmscheckError for a wrong option."""
    if request.engine != "spark":
        raise _wrong("url is of records that stay with Spark, which is not their engine", 'add engine = "spark"')
    given = {name: request.options[name] for name in (*_KINDS, "url") if name in request.options}
    for name, value in given.items():
        if not isinstance(value, str) or not value.strip():
            raise _wrong(f"{name} must be text", f'write {name} = "..."')
    chosen = [name for name in _KINDS if name in given]
    if len(chosen) != 1:
        told = (
            f"{' and '.join(chosen)} exclude each other" if chosen else "a source of Spark needs from, query or parquet"
        )
        raise _wrong(told, 'from = "lake.orders"')
    url = str(given.get("url", "local[*]"))
    address = resolve(url, request.root, "url")
    name, asked = chosen[0], str(given[chosen[0]])
    place = request.root / f"spark:{_shown(name, asked)}"
    content = InPlace("spark", address, _query(name, asked, request))
    yield Extract(table=request.table, path=place, columns=(), content=content, files=())


def _query(kind: str, asked: str, request: Request) -> str:
    if kind == "query":
        return asked
    if kind == "from":
        return f"SELECT * FROM {'.'.join(quoted(part.strip('`')) for part in asked.split('.'))}"  # noqa: S608  (quoted)
    here = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", asked) is None
    path = (request.root / asked).absolute().as_uri() if here else asked
    return f"SELECT * FROM parquet.{quoted(path)}"  # noqa: S608  (quoted)


def _shown(kind: str, asked: str) -> str:
    """Name the source where others have the path of a file."""
    return "query" if kind == "query" else re.sub(r"^[a-z0-9+.-]+:/*", "", asked).strip("/").replace("/", ":")


def _wrong(message: str, hint: str) -> QmscheckError:
    """Make the error for a mistake in the plan; the core tells it at the line of the option that it names."""
    return QmscheckError(Problem("", 0, 0, message, hint))
