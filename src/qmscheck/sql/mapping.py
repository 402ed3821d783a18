"""The plan's column mapping as SQL: a view of casts over raw text, the same in every engine.

Three layers: the cell's text with blanks and missing codes taken out; its typed value; and a flag for a cell that is
filled and cannot be read as its type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from qmscheck.sql.kinds import Kind
from qmscheck.sql.select import PLACE, Statement

__all__ = [
    "DATE_FORMATS",
    "SPREADSHEET_ERRORS",
    "MappedColumn",
    "RowNumber",
    "can_fail",
    "census",
    "filled",
    "format_fits",
    "format_mistake",
    "placed",
    "records",
    "typed",
    "union",
    "unreadable_cells",
]

SPREADSHEET_ERRORS = (
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#FORMULA!",
    "#SPILL!",
    "#CALC!",
)

#: Date formats that are tried where a column declares none and its cells are not ISO 8601.
DATE_FORMATS = (
    "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y",
    "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%Y%m%d",
)  # fmt: skip

_TRUE = ("true", "yes", "y", "1", "x", "t", "ja", "j", "wahr", "oui", "si", "sí", "✓")
_FALSE = ("false", "no", "n", "0", "f", "nein", "falsch", "non", "-")


@dataclass(frozen=True)
class MappedColumn:
    """How one declared column is read. `header` is its column of the raw relation; None: the source has none.

    `native` is the type that the file itself gives the column (a Parquet file has types); None for text.
    """

    name: str
    kind: Kind
    header: str | None
    formats: tuple[str, ...] = ()
    values: Mapping[str, str] | None = None
    missing: tuple[str, ...] = ("",)
    decimal: str = "."
    native: Kind | None = None
    spreadsheet: bool = False


def typed(raw: str, columns: Sequence[MappedColumn], passed: Sequence[str]) -> Statement:
    """Write the records of one raw relation with typed cells, a flag `_u_<column>` where one can be unreadable, and the
    place columns that the relation has (`passed`).
    """
    through = [exp.column(p, quoted=True) for p in passed]
    text = [_alias(_text(c), f"_t_{c.name}") for c in columns]
    first = exp.select(*text, *(p.copy() for p in through)).from_(_quoted(raw), copy=False).subquery("a", copy=False)
    cells = [_alias(_typed(c), c.name) for c in columns]
    kept = [exp.column(f"_t_{c.name}", quoted=True) for c in columns if can_fail(c)]
    second = exp.select(*cells, *kept, *(p.copy() for p in through)).from_(first, copy=False).subquery("b", copy=False)
    outer: list[exp.Expr] = [exp.column(c.name, quoted=True) for c in columns]
    outer += [_alias(_flag(c), f"_u_{c.name}") for c in columns if can_fail(c)]
    return Statement(exp.select(*outer, *(p.copy() for p in through)).from_(second, copy=False))


def placed(
    base: str, columns: Sequence[str], places: Mapping[str, str | int], row: RowNumber | None, hollow: str | None = None
) -> Statement:
    """Write typed records with all place columns: `places` maps one to a column of `base` or to a fixed number.

    `hollow` is a column of `base` that is true of what is no record.
    """
    cells: list[exp.Expr] = [exp.column(c, quoted=True) for c in columns]
    for name in PLACE:
        target = exp.DataType.build("text" if name in {"_path", "_heading"} else "bigint")
        given: exp.Expr
        if name == "_row" and row is not None:
            given = _row(row)
        else:
            place = places.get(name)
            known = exp.column(place, quoted=True) if isinstance(place, str) else exp.null()
            given = exp.Literal.number(place) if isinstance(place, int) else known
        cells.append(_alias(exp.Cast(this=given, to=target), name))
    found = exp.select(*cells).from_(_quoted(base), copy=False)
    return Statement(
        found if hollow is None else found.where(exp.not_(exp.column(hollow, quoted=True), copy=False), copy=False)
    )


def census(base: str, flagged: Sequence[str], columns: Sequence[str]) -> Statement:
    """Count the records, the unreadable cells of each flagged column, and the filled cells of some columns."""
    unread = [exp.CountIf(this=exp.column(f"_u_{c}", quoted=True)) for c in flagged]
    given = [exp.Count(this=exp.column(c, quoted=True)) for c in columns]
    return Statement(exp.select(exp.Count(this=exp.Star()), *unread, *given).from_(_quoted(base), copy=False))


def filled(table: str, columns: Sequence[str]) -> Statement:
    """Tell of each of some columns, by 1 or 0, whether it has a value in any record: the search ends at the first."""
    found = []
    for name in columns:
        given = exp.not_(exp.Is(this=exp.column(name, quoted=True), expression=exp.null()), copy=False)
        one = exp.select(exp.Literal.number(1)).from_(_quoted(table), copy=False).where(given, copy=False)
        found.append(exp.cast(exp.Exists(this=one.limit(1, copy=False)), "int", copy=False))
    return Statement(exp.select(*found))


def unreadable_cells(view: str, column: str, limit: int) -> Statement:
    """Fetch the places of a column's unreadable cells, in the order of their places."""
    places = [exp.column(p, quoted=True) for p in PLACE]
    order = [exp.Ordered(this=p.copy(), desc=False, nulls_first=False) for p in places]
    flag = exp.column(f"_u_{column}", quoted=True)
    return Statement(
        exp.select(*places)
        .from_(_quoted(view), copy=False)
        .where(flag, copy=False)
        .order_by(*order, copy=False)
        .limit(limit, copy=False)
    )


def records(table: str, columns: Sequence[str]) -> Statement:
    """Fetch some columns of a small table as text, with their places."""
    cells = [exp.cast(exp.column(c, quoted=True), "text", copy=False) for c in columns]
    return Statement(exp.select(*cells, *(exp.column(p, quoted=True) for p in PLACE)).from_(_quoted(table), copy=False))


@dataclass(frozen=True)
class RowNumber:
    """How a record's row number follows from its position: `position` is a column that counts from 0.

    `gaps` are positions, ascending, before which a row of the file holds no record.
    """

    position: str
    first: int
    gaps: tuple[int, ...] = ()


def _row(row: RowNumber) -> exp.Expr:
    position = exp.column(row.position)
    number: exp.Expr = exp.Add(this=position, expression=exp.Literal.number(row.first))
    if row.gaps:
        listed = exp.Array(expressions=[exp.Literal.number(g) for g in row.gaps])
        inside = exp.Lambda(
            this=exp.LTE(this=exp.column("g"), expression=position.copy()), expressions=[exp.to_identifier("g")]
        )
        before = exp.func("len", exp.Anonymous(this="list_filter", expressions=[listed, inside]))
        number = exp.Add(this=number, expression=before)
    return number


def union(
    views: Sequence[tuple[str, frozenset[str], frozenset[str]]], columns: Sequence[str], flagged: Sequence[str]
) -> Statement:
    """Put the records of several views (name, flagged columns, absent columns) together; each has every flag.

    A cell of a column that a file does not have is unreadable: nobody knows what it would say.
    """
    selects: list[exp.Query] = []
    for view, flags, absent in views:
        cells: list[exp.Expr] = [exp.column(c, quoted=True) for c in columns]
        for column in flagged:
            name = f"_u_{column}"
            known = exp.column(name, quoted=True) if column in flags else exp.false()
            cells.append(_alias(exp.true() if column in absent else known, name))
        cells += [exp.column(p, quoted=True) for p in PLACE]
        selects.append(exp.select(*cells).from_(_quoted(view), copy=False))
    tree = selects[0]
    for more in selects[1:]:
        tree = exp.union(tree, more, distinct=False)
    return Statement(tree)


def format_fits(raw: str, column: MappedColumn) -> Statement:
    """Count, in one row, the filled cells of a date column, those in ISO form, and those that each format reads."""
    first = exp.select(_alias(_text(column), "v")).from_(_quoted(raw), copy=False).subquery("a", copy=False)
    value = exp.column("v", quoted=True)
    counts: list[exp.Expr] = [exp.Count(this=value.copy()), exp.Count(this=_iso(value, column.kind))]
    for form in DATE_FORMATS:
        counts.append(
            exp.Count(this=exp.func("coalesce", _iso(value, column.kind), _parsed(value, [form], column.kind)))
        )
    return Statement(exp.select(*counts).from_(first, copy=False))


def format_mistake(form: str) -> str | None:
    """Say what is wrong with a date format (strptime codes); None where it is fine."""
    known = set("aAbBdjmyYHIMSpfzZ%-")
    codes = re.findall(r"%(-?.?)", form)
    unknown = [c for c in codes if not c or c.lstrip("-") not in known or c == "-"]
    if unknown:
        return f"'%{unknown[0]}' is no code of a date format (%d day, %m month, %Y year, %b Jan, %H:%M time)"
    letters = {c.lstrip("-") for c in codes}
    if not ({"y", "Y"} & letters and ({"j"} & letters or ({"m", "b", "B"} & letters and "d" in letters))):
        return "a date format needs day, month and year (%d, %m, %Y)"
    return None


def _text(column: MappedColumn) -> exp.Expr:
    """Write the cell's text: trimmed, mapped, with blanks and missing codes as NULL. A native value passes."""
    if column.header is None:
        return exp.cast(exp.null(), "text", copy=False)
    raw: exp.Expr = exp.column(column.header, quoted=True)
    if column.native is not None and column.native is not Kind.TEXT:
        if column.native is column.kind or (column.native is Kind.INTEGER and column.kind is Kind.NUMBER):
            return raw
        if column.native is Kind.TIMESTAMP and column.kind is Kind.DATE:
            return raw
        raw = exp.cast(raw, "text", copy=False)
    trimmed = exp.Trim(this=raw)
    missing = sorted({m.strip().lower() for m in (*column.missing, "")})
    if missing == [""]:
        found: exp.Expr = exp.Nullif(this=trimmed, expression=exp.Literal.string(""))
    else:
        codes = exp.In(this=exp.Lower(this=trimmed.copy()), expressions=[exp.Literal.string(m) for m in missing])
        found = exp.Case(ifs=[exp.If(this=exp.not_(codes, copy=False), true=trimmed)])
    if column.values:
        case = exp.Case(ifs=[])
        for given, meaning in column.values.items():
            same = exp.EQ(this=exp.Lower(this=trimmed.copy()), expression=exp.Literal.string(given.strip().lower()))
            case.append("ifs", exp.If(this=same, true=exp.Literal.string(meaning)))
        case.set("default", found)
        return case
    return found


def can_fail(column: MappedColumn) -> bool:
    """Tell whether a filled cell of the column may be unreadable."""
    if column.header is None:
        return False
    if column.kind is Kind.TEXT:
        return column.spreadsheet
    if column.native is None or column.native is Kind.TEXT:
        return True
    same = column.native is column.kind
    return not (same or (column.native, column.kind) in {(Kind.INTEGER, Kind.NUMBER), (Kind.TIMESTAMP, Kind.DATE)})


def _typed(column: MappedColumn) -> exp.Expr:
    """Write the cell as its declared type; what cannot be read becomes NULL."""
    text: exp.Expr = exp.column(f"_t_{column.name}", quoted=True)
    if not can_fail(column):
        target = _SQL_TYPE[column.kind]
        same = column.header is not None and (column.kind is Kind.TEXT or column.native is column.kind)
        return (
            text
            if same and column.kind not in {Kind.INTEGER, Kind.NUMBER}
            else exp.TryCast(this=text, to=_type(target))
        )
    if column.spreadsheet:
        errors = exp.In(this=text.copy(), expressions=[exp.Literal.string(e) for e in SPREADSHEET_ERRORS])
        text = exp.Case(ifs=[exp.If(this=exp.not_(errors, copy=False), true=text)])
    match column.kind:
        case Kind.TEXT:
            return text
        case Kind.BOOLEAN:
            return _boolean(text)
        case Kind.INTEGER | Kind.NUMBER:
            return _number(text, column)
        case _:
            forms = [_iso(text, column.kind), *([_parsed(text, column.formats, column.kind)] if column.formats else [])]
            return exp.func("coalesce", *forms) if len(forms) > 1 else forms[0]


def _boolean(text: exp.Expr) -> exp.Expr:
    low = exp.Lower(this=text.copy())
    yes = exp.In(this=low, expressions=[exp.Literal.string(t) for t in _TRUE])
    no = exp.In(this=low.copy(), expressions=[exp.Literal.string(f) for f in _FALSE])
    return exp.Case(ifs=[exp.If(this=yes, true=exp.true()), exp.If(this=no, true=exp.false())])


def _number(text: exp.Expr, column: MappedColumn) -> exp.Expr:
    """Write a number: thousands separators only in their places, so that 1,5 is never read as 15."""
    thousands = "." if column.decimal == "," else ","
    dot, comma = re.escape(thousands), re.escape(column.decimal)
    fraction = f"({comma}0*)?" if column.kind is Kind.INTEGER else f"({comma}[0-9]+)?([eE][+-]?[0-9]+)?"
    shape = rf"[+-]?([0-9]+|[0-9]{{1,3}}({dot}[0-9]{{3}})+){fraction}"
    if column.kind is Kind.NUMBER:
        shape = rf"{shape}|[+-]?{comma}[0-9]+"
    fits = exp.Anonymous(this="regexp_full_match", expressions=[text.copy(), exp.Literal.string(shape)])
    plain = exp.func("replace", text.copy(), exp.Literal.string(thousands), exp.Literal.string(""))
    if column.decimal == ",":
        plain = exp.func("replace", plain, exp.Literal.string(","), exp.Literal.string("."))
    if column.kind is Kind.INTEGER:
        whole = exp.TryCast(this=exp.TryCast(this=plain, to=_type("decimal(38, 6)")), to=_type("bigint"))
        written = exp.Case(ifs=[exp.If(this=fits, true=whole)])
        direct = exp.TryCast(this=text.copy(), to=_type("bigint"))  # most cells: written as the engine writes it
        same = exp.EQ(this=exp.cast(direct, "text", copy=False), expression=text.copy())
        return exp.func("coalesce", exp.Case(ifs=[exp.If(this=same, true=direct.copy())]), written)
    spelled = exp.Case(ifs=[exp.If(this=fits, true=exp.TryCast(this=plain, to=_type("double")))])
    if column.decimal == ",":
        return spelled
    direct = exp.TryCast(this=text.copy(), to=_type("double"))  # most cells: no pattern is needed
    finite = exp.Case(ifs=[exp.If(this=exp.Anonymous(this="isfinite", expressions=[direct]), true=direct.copy())])
    return exp.func("coalesce", finite, spelled)


def _iso(text: exp.Expr, kind: Kind) -> exp.Expr:
    """Read ISO 8601 only: a cast alone takes slashes, words and years before 1 as well."""
    shaped = exp.Like(this=text.copy(), expression=exp.Literal.string("____-__-__%"))
    cast: exp.Expr = exp.TryCast(this=text.copy(), to=_type(_SQL_TYPE[kind]))
    after = exp.GTE(this=cast, expression=exp.cast(exp.Literal.string("0001-01-01"), "date", copy=False))
    return exp.Case(ifs=[exp.If(this=exp.and_(shaped, after, copy=False), true=cast.copy())])


def _parsed(text: exp.Expr, formats: Sequence[str], kind: Kind) -> exp.Expr:
    """Read a date in given formats. The engine's %Y takes two digits as well: 06 would be the year 6."""
    listed: exp.Expr = exp.Array(expressions=[exp.Literal.string(f) for f in formats])
    parsed = exp.Anonymous(this="try_strptime", expressions=[text.copy(), listed])
    cast: exp.Expr = exp.TryCast(this=parsed, to=_type(_SQL_TYPE[kind]))
    after = exp.GTE(this=cast, expression=exp.cast(exp.Literal.string("1000-01-01"), "date", copy=False))
    return exp.Case(ifs=[exp.If(this=after, true=cast.copy())])


def _flag(column: MappedColumn) -> exp.Expr:
    filled = exp.not_(exp.Is(this=exp.column(f"_t_{column.name}", quoted=True), expression=exp.null()), copy=False)
    blank = exp.Is(this=exp.column(column.name, quoted=True), expression=exp.null())
    return exp.and_(filled, blank, copy=False)


def _type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="duckdb")


def _quoted(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _alias(node: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(node, name, quoted=True, copy=False)


_SQL_TYPE = {
    Kind.TEXT: "text",
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "double",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamp",
}
