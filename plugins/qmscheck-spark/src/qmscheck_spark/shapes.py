"""The columns of a frame of Spark with the types that statements know: names by number, other types made known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qmscheck import Kind
from qmscheck_spark.literals import quoted

__all__ = ["Shaped", "shaped"]

_SMALL = {"tinyint": Kind.INTEGER, "smallint": Kind.INTEGER, "int": Kind.INTEGER, "bigint": Kind.INTEGER}
_KNOWN = {
    **_SMALL,
    "float": Kind.NUMBER,
    "double": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "timestamp_ntz": Kind.TIMESTAMP,
    "string": Kind.TEXT,
}


@dataclass(frozen=True)
class Shaped:
    """A frame whose columns are `names`; `columns` are their headings, with the kinds that they have.

    `zoned` tells that points in time became text with their offset from UTC.
    """

    frame: Any
    columns: tuple[tuple[str, Kind | None], ...]
    names: tuple[str, ...]
    zoned: bool


def shaped(frame: Any, passed: tuple[str, ...] = ()) -> Shaped:
    """Number the columns of a frame, and give each a type of the rule language; those `passed` on stay."""
    fields = [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
    own = [(name, kind) for name, kind in fields if name not in passed]
    names = tuple(f"c{i}" for i in range(len(own)))
    renamed = frame.toDF(*(f"c{i}" for i in range(len(own))), *passed)
    cells = [f"{_made_known(name, kind)} AS {name}" for name, (_, kind) in zip(names, own, strict=True)]
    known = tuple((heading, _kind(kind)) for heading, kind in own)
    zoned = any(kind == "timestamp" for _, kind in own)
    return Shaped(renamed.selectExpr(*cells, *(quoted(p) for p in passed)), known, names, zoned)


def _kind(native: str) -> Kind:
    """Give the kind of a type of Spark; one that the rule language does not have is read through its text."""
    if native == "timestamp":
        return Kind.TEXT
    if native.startswith("decimal"):
        return Kind.NUMBER
    if native.startswith(("string", "varchar", "char")):
        return Kind.TEXT
    return _KNOWN.get(native, Kind.UNKNOWN)


def _made_known(name: str, native: str) -> str:
    """Write a column as one of the types that statements are written for."""
    if native in _SMALL:
        return f"CAST({name} AS BIGINT)"
    if native == "float":
        return f"CAST({name} AS DOUBLE)"
    if native == "timestamp":  # a point in time: told in UTC
        return f"CONCAT(CAST(CAST({name} AS TIMESTAMP_NTZ) AS STRING), '+00')"
    if native == "string" or native.startswith("decimal") or native in _KNOWN:
        return name
    return (
        f"CAST(CAST({name} AS STRING) AS STRING COLLATE UTF8_BINARY)"
        if "collate" in native
        else f"CAST({name} AS STRING)"
    )
