"""Conformance of an engine: every vector of `vectors.toml` is asked of it, and must give the value that stands there.

A test module gives an open engine to `answers`, which asks everything in a few statements, and compares what it gets:
see `test_vectors.py`.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from qmscheck.cells import as_text
from qmscheck.engine import Engine, EngineError
from qmscheck.extracts import Batch, Rows
from qmscheck.sql.dialects import UnsayableError
from qmscheck.sql.expression import Expression, Scope, parse_value
from qmscheck.sql.figures import Spelling
from qmscheck.sql.functions import Values, expand, pattern
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, mapped_text, typed
from qmscheck.sql.mapping import value as read_value
from qmscheck.sql.statement import Statement
from qmscheck.sql.trees import exp

AS_OF, AUDIT = dt.date(2026, 6, 30), dt.date(2027, 3, 1)
PERIOD = (dt.date(2025, 7, 1), AS_OF)

#: The columns of a vector's record: what `cells` does not name is blank.
COLUMNS = {
    **dict.fromkeys(("t", "u"), Kind.TEXT),
    **dict.fromkeys(("i", "j"), Kind.INTEGER),
    **dict.fromkeys(("x", "y"), Kind.NUMBER),
    **dict.fromkeys(("b", "c"), Kind.BOOLEAN),
    **dict.fromkeys(("d", "e"), Kind.DATE),
    **dict.fromkeys(("s", "f"), Kind.TIMESTAMP),
}
TERMS = {"nobody": ("nobody", "n/a", "tbd"), "complaint": ("complain*", "beschwerde*", "claim")}
PARAMS = {"days": 5, "rate": 0.25, "word": "closed"}

SCOPE = Scope(
    {"cells": COLUMNS},
    "cells",
    {"days": Kind.INTEGER, "rate": Kind.NUMBER, "word": Kind.TEXT},
    frozenset(TERMS),
)
VALUES = Values(AS_OF, AUDIT, PERIOD, PARAMS, {name: pattern(words) for name, words in TERMS.items()})

#: A value of a vector, as it is told: every engine writes text alike, or is found out.
Answer = str | None


@dataclass(frozen=True)
class Vector:
    """One question: an expression of the rule language over one record, or a text that is read as a column says.

    `refused` are the engines that must not be able to say it.
    """

    says: str
    value: object
    expression: str = ""
    kind: Kind = Kind.BOOLEAN
    cells: Mapping[str, object] = field(default_factory=dict)
    read: str | None = None
    formats: tuple[str, ...] = ()
    spelling: Spelling = field(default_factory=Spelling)
    missing: tuple[str, ...] = ("",)
    zone: str | None = None
    refused: tuple[str, ...] = ()

    @property
    def told(self) -> Answer:
        """The value as a text."""
        return _told(self.value, self.kind)

    @property
    def name(self) -> str:
        """What a test calls it."""
        asked = self.expression or f"{self.read!r} as {self.kind} {' '.join(self.formats)}".strip()
        return f"{self.says}: {asked} over {dict(self.cells)}" if self.cells else f"{self.says}: {asked}"


@cache
def vectors() -> tuple[Vector, ...]:
    """Read all vectors."""
    given = tomllib.loads((Path(__file__).parent / "vectors.toml").read_text("utf-8"))
    found = [_expression(one) for one in given["expression"]]
    return (*found, *(_reading(one) for one in given["reading"]))


def _expression(one: Mapping[str, object]) -> Vector:
    text = str(one["is"])
    return Vector(
        says=str(one["says"]),
        value=one.get("value"),
        expression=text,
        kind=_parsed(text).kind,
        cells=one.get("cells", {}),  # type: ignore[arg-type]
        refused=tuple(one.get("refused", ())),  # type: ignore[arg-type]
    )


def _reading(one: Mapping[str, object]) -> Vector:
    spelling = {k: tuple(v) if isinstance(v, list) else v for k, v in one.get("spelling", {}).items()}  # type: ignore[attr-defined]
    return Vector(
        says=str(one["says"]),
        value=one.get("value"),
        kind=Kind(str(one["as"])),
        read=str(one["text"]),
        formats=tuple(one.get("formats", ())),  # type: ignore[arg-type]
        spelling=Spelling(**spelling),
        missing=tuple(one.get("missing", ("",))),  # type: ignore[arg-type]
        zone=one.get("zone"),  # type: ignore[arg-type]
        refused=tuple(one.get("refused", ())),  # type: ignore[arg-type]
    )


def answers(engine: Engine, asked: Sequence[Vector]) -> dict[str, Answer | Exception]:
    """Ask an engine all vectors: the values by name, or why there is none. The engine must hold nothing before.

    One statement asks for all of them; where the engine refuses it, each is asked by itself.
    """
    _load(engine, asked)
    numbered = list(enumerate(asked, 1))
    try:
        rows = engine.rows(_all(tuple(numbered)))
    except (EngineError, UnsayableError):
        return {vector.name: _one(engine, number, vector) for number, vector in numbered}
    found = {int(str(number)): value for number, value in rows}
    return {vector.name: _text(found[number]) for number, vector in numbered}


def _one(engine: Engine, number: int, vector: Vector) -> Answer | Exception:
    try:
        ((_, value),) = engine.rows(_all(((number, vector),)))
    except (EngineError, UnsayableError) as error:
        return error
    return _text(value)


def _text(value: object) -> Answer:
    return None if value is None else str(value)


def _load(engine: Engine, asked: Sequence[Vector]) -> None:
    """Give the engine one record for each vector: its cells as text, typed as a plan's columns are."""
    names = [*COLUMNS, "read"]
    cells = tuple(
        [vector.read if name == "read" else as_text(vector.cells.get(name)) for vector in asked] for name in names
    )
    numbers = list(range(1, len(asked) + 1))
    loaded = engine.load("cells_raw", names, Rows([Batch(cells, rows=numbers)]))
    columns = [
        MappedColumn(name, kind, raw, bare=True)
        for (name, kind), raw in zip([*COLUMNS.items(), ("read", Kind.TEXT)], loaded.names, strict=True)
    ]
    engine.define("cells", typed("cells_raw", columns, loaded.places, {"_row": "_row"}), materialise=True)


def _all(numbered: Sequence[tuple[int, Vector]]) -> Statement:
    """Write one statement that gives the number and the value, as text, of each vector."""
    return Statement("vectors", (tuple(numbered),), lambda: _union(numbered))


def _union(numbered: Iterable[tuple[int, Vector]]) -> exp.Expr:
    selects = [_select(number, vector) for number, vector in numbered]
    tree: exp.Query = selects[0]
    return exp.union(*selects, distinct=False) if len(selects) > 1 else tree


def _select(number: int, vector: Vector) -> exp.Select:
    own = exp.EQ(this=exp.column("_row", table="cells", quoted=True), expression=exp.Literal.number(number))
    cells = [
        exp.alias_(exp.Literal.number(number), "n"),
        exp.alias_(exp.cast(_tree(vector), "text", copy=False), "v"),
    ]
    return exp.select(*cells).from_(exp.to_table("cells", quoted=True)).where(own)


def _tree(vector: Vector) -> exp.Expr:
    if vector.expression:
        return exp.paren(expand(_parsed(vector.expression).tree, VALUES))
    column = MappedColumn(
        "read", vector.kind, "read", vector.formats, None, vector.missing, vector.spelling, vector.zone, bare=True
    )
    return read_value(column, mapped_text(column, exp.column("read", table="cells", quoted=True)))


@cache
def _parsed(text: str) -> Expression:
    return parse_value(text, SCOPE, frozenset(Kind))


def _told(value: object, kind: Kind) -> Answer:
    """Write a value of TOML as an engine writes one of its kind as text."""
    if value is None:
        return None
    match kind:
        case Kind.BOOLEAN:
            return "true" if value else "false"
        case Kind.NUMBER:
            return repr(float(str(value))) if isinstance(value, float) else str(value)
        case Kind.TIMESTAMP:
            assert isinstance(value, dt.datetime)
            fraction = f"{value.microsecond:06}".rstrip("0")
            return f"{value:%Y-%m-%d %H:%M:%S}{'.' if fraction else ''}{fraction}"
        case _:
            return str(value)


def differing(found: Mapping[str, Answer | Exception], asked: Sequence[Vector], dialect: str) -> list[str]:
    """Say which vectors an engine answers otherwise, one line each."""
    lines = []
    for vector in asked:
        got = found[vector.name]
        if dialect in vector.refused:
            if not isinstance(got, UnsayableError):
                lines.append(f"{vector.name}: it must be refused, and gives {got!r}")
        elif got != vector.told:
            lines.append(f"{vector.name}: {vector.told!r} is right, and it gives {got!r}")
    return lines
