"""The plan's column mapping as SQL: a view of casts over raw text, the same in every engine.

Four layers: the cell's text without the white space around it; that text with blanks and missing codes taken out; its
typed value; and a flag for a cell that is filled and cannot be read as its type.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qmscheck.cells import UNREADABLE, WHITE_SPACE
from qmscheck.sql.codes import CODES, UNIT, WITH_UNIT
from qmscheck.sql.days import DATE_FORMATS, OFFSET, day, iso, parsed
from qmscheck.sql.figures import PLAIN, TWO_READINGS, Spelling, finite, number
from qmscheck.sql.functions import literal
from qmscheck.sql.kinds import Kind
from qmscheck.sql.select import PLACE, PLACE_WORDS
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, table_named
from qmscheck.sql.veil import veiled

__all__ = [
    "BOTH_ENDS",
    "FALSE",
    "SPREADSHEET_ERRORS",
    "TRUE",
    "MappedColumn",
    "RowNumber",
    "as_it_stands",
    "begun",
    "can_fail",
    "census",
    "coded",
    "filled",
    "finished",
    "format_fits",
    "inspection",
    "mapped_text",
    "offsets",
    "placed",
    "records",
    "telling",
    "two_readings",
    "typed",
    "union",
    "unlisted",
    "unlisted_rows",
    "unlisted_words",
    "unreadable_cells",
    "untrimmed",
    "value",
]

SPREADSHEET_ERRORS = (
    UNREADABLE,
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
    "#ERROR!",
)

End = Literal["start", "end"]
BOTH_ENDS: tuple[End, ...] = ("start", "end")
_NO_NUMBERS = ("nan", "inf", "-inf")

TRUE = ("true", "yes", "y", "1", "x", "t", "ja", "j", "wahr", "oui", "si", "sí", "✓")
FALSE = ("false", "no", "n", "0", "f", "nein", "falsch", "non", "-")


@dataclass(frozen=True)
class MappedColumn:
    """How one declared column is read. `header` is its column of the raw relation; None: the source has none.

    `spelling` is how its numbers are written; `zone` the time zone whose clock times with an offset from UTC are told
    by. `others` are columns of the raw relation with the same heading, whose cells are joined to it with `joint`.
    `native` is the type that the file itself gives the column (a Parquet file has types); None for text. `bare` tells
    that its cells hold no white space at their ends, and no empty text; `spaces` that the only white space in them
    is the plain space; `finite` that its numbers are numbers. `plain` tells that a plain cast gives each its value.
    `veil` is the function that takes the place of a text that is `personal`. `words` are what its texts may
    be, where they are a closed list.
    """

    name: str
    kind: Kind
    header: str | None
    formats: tuple[str, ...] = ()
    values: Mapping[str, str] | None = None
    missing: tuple[str, ...] = ("",)
    spelling: Spelling = PLAIN
    zone: str | None = None
    others: tuple[str, ...] = ()
    joint: str = "; "
    native: Kind | None = None
    spreadsheet: bool = False
    bare: bool = False
    spaces: bool = False
    finite: bool = False
    plain: bool = False
    veil: str = ""
    words: tuple[str, ...] = ()
    personal: bool = False

    @property
    def missing_codes(self) -> list[str]:
        """The codes that stand for a blank cell, but for blankness itself."""
        return sorted({m.strip(WHITE_SPACE).lower() for m in self.missing} - {""})


@statement
def typed(
    raw: str, columns: Sequence[MappedColumn], passed: Sequence[str], places: Mapping[str, str | int] | None = None
) -> exp.Expr:
    """Write the records of one raw relation with typed cells, a flag `_u_<column>` where one can be unreadable, and the
    place columns that the relation has (`passed`); or, with `places`, all place columns as `placed` writes them.
    """
    through = [exp.column(p, quoted=True) for p in passed]
    if all(c.header is None or (c.bare and c.native is None) for c in columns):
        text = [_alias(mapped_text(c, _bare(c)), f"_t_{c.name}") for c in columns]
        start: exp.Expr = table_named(raw)
    else:
        bare = [_alias(_bare(c), f"_r_{c.name}") for c in columns]
        text = [_alias(mapped_text(c, exp.column(f"_r_{c.name}", quoted=True)), f"_t_{c.name}") for c in columns]
        taken = exp.select(*bare, *(p.copy() for p in through)).from_(table_named(raw), copy=False)
        start = taken.subquery("_a", copy=False)
    first = exp.select(*text, *(p.copy() for p in through)).from_(start, copy=False).subquery("_b", copy=False)
    cells = [_alias(value(c, _of_text(f"_t_{c.name}", c)), c.name) for c in columns]
    kept = [exp.column(f"_t_{c.name}", quoted=True) for c in columns if can_fail(c)]
    second = exp.select(*cells, *kept, *(p.copy() for p in through)).from_(first, copy=False).subquery("_c", copy=False)
    outer: list[exp.Expr] = [exp.column(c.name, quoted=True) for c in columns]
    outer += [_alias(_flag(c), f"_u_{c.name}") for c in columns if can_fail(c)]
    outer += [p.copy() for p in through] if places is None else _place_cells(places, None)
    return exp.select(*outer).from_(second, copy=False)


@statement
def placed(
    base: str,
    columns: Sequence[str],
    places: Mapping[str, str | int],
    row: RowNumber | None,
    hollow: str | None = None,
    only: str | None = None,
) -> exp.Expr:
    """Write typed records with all place columns: `places` maps one to a column of `base` or to a fixed number.

    `hollow` is a column of `base` that is true of what is no record; `only` one that is true of the records wanted.
    """
    cells: list[exp.Expr] = [exp.column(c, quoted=True) for c in columns]
    found = exp.select(*cells, *_place_cells(places, row)).from_(table_named(base), copy=False)
    if hollow is not None:
        found = found.where(exp.not_(exp.column(hollow, quoted=True), copy=False), copy=False)
    return found if only is None else found.where(exp.column(only, quoted=True), copy=False)


def _place_cells(places: Mapping[str, str | int], row: RowNumber | None) -> list[exp.Expr]:
    cells: list[exp.Expr] = []
    for name in PLACE:
        target = exp.DataType.build("text" if name in PLACE_WORDS else "bigint")
        given: exp.Expr
        if name == "_row" and row is not None:
            given = _row(row)
        else:
            place = places.get(name)
            known = exp.column(place, quoted=True) if isinstance(place, str) else exp.null()
            given = exp.Literal.number(place) if isinstance(place, int) else known
        cells.append(_alias(exp.Cast(this=given, to=target), name))
    return cells


@statement
def census(base: str, flagged: Sequence[str], columns: Sequence[str]) -> exp.Expr:
    """Count the records, the unreadable cells of each flagged column, and the filled cells of some columns."""
    unread = [exp.CountIf(this=exp.column(f"_u_{c}", quoted=True)) for c in flagged]
    given = [exp.Count(this=exp.column(c, quoted=True)) for c in columns]
    return exp.select(exp.Count(this=exp.Star()), *unread, *given).from_(table_named(base), copy=False)


@statement
def begun(base: str, columns: Sequence[str], first: int) -> exp.Expr:
    """Count the filled cells of some columns among the first records: nearly every column has one there."""
    near = exp.select(*(exp.column(c, quoted=True) for c in columns)).from_(table_named(base), copy=False)
    given = [exp.Count(this=exp.column(c, quoted=True)) for c in columns]
    return exp.select(*given).from_(near.limit(first, copy=False).subquery("_n", copy=False), copy=False)


@statement
def inspection(raw: str, columns: Sequence[MappedColumn], *, exactly: bool = False) -> exp.Expr:
    """Count, for each column that the source has, its cells that are not NULL, and those that cannot be taken as they
    are: text to be trimmed, numbers that are none. One cheap scan, after which most columns need no treatment.

    Text that ends in a letter beyond ASCII counts too, unless it is looked at `exactly`.
    """
    found: list[exp.Expr] = []
    for column in columns:
        cell = exp.column(column.header or "", quoted=True)
        found.append(exp.Count(this=cell))
        odd: exp.Expr = exp.false()
        if column.native is Kind.TEXT:
            odd = untrimmed(cell) if exactly else exp.not_(exp.paren(_ends_in_print(cell), copy=False), copy=False)
        elif column.native is Kind.NUMBER:
            number = exp.TryCast(this=cell.copy(), to=_type("double"))
            odd = exp.not_(exp.Anonymous(this="isfinite", expressions=[number]), copy=False)
        found.append(exp.CountIf(this=odd))
    return exp.select(*found).from_(table_named(raw), copy=False)


def finished(column: MappedColumn, odd: int) -> MappedColumn:
    """Take down what an inspection found: a column without an odd cell is read as it stands."""
    if odd:
        return column
    return replace(column, bare=column.bare or column.native is Kind.TEXT, finite=column.native is Kind.NUMBER)


def as_it_stands(column: MappedColumn) -> bool:
    """Tell whether every cell of the column that is not NULL has a value, the one that the file gives it."""
    if column.header is None or column.missing_codes or column.values or column.veil:
        return False
    if column.native is Kind.TEXT:
        return column.bare and column.kind is Kind.TEXT
    return _fits(column) and not can_fail(column)


@statement
def filled(table: str, columns: Sequence[str]) -> exp.Expr:
    """Tell of each of some columns, by 1 or 0, whether it has a value in any record: the search ends at the first."""
    found = []
    for name in columns:
        given = exp.not_(exp.Is(this=exp.column(name, quoted=True), expression=exp.null()), copy=False)
        one = exp.select(exp.Literal.number(1)).from_(table_named(table), copy=False).where(given, copy=False)
        found.append(exp.cast(exp.Exists(this=one.limit(1, copy=False)), "int", copy=False))
    return exp.select(*found)


@statement
def unreadable_cells(view: str, column: str, limit: int) -> exp.Expr:
    """Fetch the places of a column's unreadable cells, in the order of their places."""
    places = [exp.column(p, quoted=True) for p in PLACE]
    order = [exp.Ordered(this=p.copy(), desc=False, nulls_first=False) for p in places]
    flag = exp.column(f"_u_{column}", quoted=True)
    return (
        exp.select(*places)
        .from_(table_named(view), copy=False)
        .where(flag, copy=False)
        .order_by(*order, copy=False)
        .limit(limit, copy=False)
    )


@statement
def unlisted(view: str, columns: Sequence[MappedColumn]) -> exp.Expr:
    """Count the cells of each column whose text is none of its words."""
    found = [exp.CountIf(this=_is_unlisted(column)) for column in columns]
    return exp.select(*found).from_(table_named(view), copy=False)


@statement
def unlisted_words(view: str, column: MappedColumn, limit: int) -> exp.Expr:
    """Fetch texts of a column that are none of its words, the most frequent first."""
    text = exp.column(column.name, quoted=True)
    found = exp.select(text.copy()).from_(table_named(view), copy=False).where(_is_unlisted(column), copy=False)
    often = exp.Ordered(this=exp.Count(this=exp.Star()), desc=True, nulls_first=False)
    named = exp.Ordered(this=text.copy(), desc=False, nulls_first=False)
    return found.group_by(text, copy=False).order_by(often, named, copy=False).limit(limit, copy=False)


@statement
def unlisted_rows(view: str, column: MappedColumn, limit: int) -> exp.Expr:
    """Fetch the rows in which a column has a text that is none of its words, in their order."""
    row = exp.column("_row", quoted=True)
    found = exp.select(row).from_(table_named(view), copy=False).where(_is_unlisted(column), copy=False)
    order = exp.Ordered(this=row.copy(), desc=False, nulls_first=False)
    return found.order_by(order, copy=False).limit(limit, copy=False)


def _is_unlisted(column: MappedColumn) -> exp.Expr:
    """Write that a cell has a text that is none of the words; of veiled texts, the words are veiled alike."""
    words = [veiled(exp.Literal.string(word), column.veil) for word in column.words]
    return exp.not_(exp.In(this=exp.column(column.name, quoted=True), expressions=words), copy=False)


@statement
def records(table: str, columns: Sequence[str]) -> exp.Expr:
    """Fetch some columns of a small table as text, with their places."""
    cells = [exp.cast(exp.column(c, quoted=True), "text", copy=False) for c in columns]
    return exp.select(*cells, *(exp.column(p, quoted=True) for p in PLACE)).from_(table_named(table), copy=False)


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
            this=exp.LTE(this=exp.column("_g"), expression=position.copy()), expressions=[exp.to_identifier("_g")]
        )
        before = exp.func("len", exp.Anonymous(this="list_filter", expressions=[listed, inside]))
        number = exp.Add(this=number, expression=before)
    return number


@statement
def union(
    views: Sequence[tuple[str, frozenset[str], frozenset[str]]],
    columns: Sequence[str],
    flagged: Sequence[str],
) -> exp.Expr:
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
        selects.append(exp.select(*cells).from_(table_named(view), copy=False))
    tree = selects[0]
    for more in selects[1:]:
        tree = exp.union(tree, more, distinct=False)
    return tree


@statement
def format_fits(raw: str, column: MappedColumn) -> exp.Expr:
    """Count, in one row, the filled cells of a date column, those in ISO form, and those that each format reads."""
    bare = _alias(_bare(column), f"_r_{column.name}")
    start = exp.select(bare).from_(table_named(raw), copy=False).subquery("_a", copy=False)
    first = (
        exp.select(_alias(mapped_text(column, exp.column(f"_r_{column.name}", quoted=True)), "v"))
        .from_(start, copy=False)
        .subquery("_b", copy=False)
    )
    value = _of_text("v", column)
    counts: list[exp.Expr] = [exp.Count(this=value.copy()), exp.Count(this=iso(value, column.kind))]
    counts.extend(
        exp.Count(this=exp.func("coalesce", iso(value, column.kind), parsed(value, [form], column.kind)))
        for form in DATE_FORMATS
    )
    return exp.select(*counts).from_(first, copy=False)


@statement
def two_readings(raw: str, column: MappedColumn) -> exp.Expr:
    """Count the cells of a column of numbers that may have a fraction or thousands."""
    bare = exp.select(_alias(_bare(column), "v")).from_(table_named(raw), copy=False).subquery("_a", copy=False)
    pattern = exp.Literal.string(TWO_READINGS)
    fits = exp.Anonymous(this="regexp_full_match", expressions=[exp.column("v", quoted=True), pattern])
    return exp.select(exp.Count(this=exp.Star())).from_(bare, copy=False).where(fits, copy=False)


@statement
def telling(raw: str, column: MappedColumn) -> exp.Expr:
    """Count the cells of a column that hold a code for nothing which the plan does not name, and those that hold a
    number with a unit or a sign of per cent beside it.
    """
    bare = exp.select(_alias(_bare(column), "v")).from_(table_named(raw), copy=False).subquery("_a", copy=False)
    cell = exp.column("v", quoted=True)
    known = {code.casefold() for code in column.missing}
    listed = [exp.Literal.string(code) for code in sorted(CODES - known)]
    coded = exp.In(this=exp.Lower(this=cell.copy()), expressions=listed)
    shaped = exp.Anonymous(this="regexp_full_match", expressions=[cell.copy(), exp.Literal.string(WITH_UNIT)])
    marked = exp.Anonymous(this="regexp_matches", expressions=[cell, exp.Literal.string(UNIT)])
    united = exp.and_(shaped, marked, copy=False)
    return exp.select(exp.CountIf(this=coded), exp.CountIf(this=united)).from_(bare, copy=False)


@statement
def coded(raw: str, columns: Sequence[tuple[MappedColumn, Sequence[str]]]) -> exp.Expr:
    """Count, of each column with codes for nothing: its cells that are not empty, and those that hold each code."""
    cells = [_alias(_bare(replace(c, missing=())), f"_r_{c.name}") for c, _ in columns]
    start = exp.select(*cells).from_(table_named(raw), copy=False).subquery("_a", copy=False)
    found: list[exp.Expr] = []
    for column, codes in columns:
        cell = exp.column(f"_r_{column.name}", quoted=True)
        found.append(exp.Count(this=cell))
        for code in codes:
            if _fits(column) and column.native is not None:
                value = _native_code(column.native, code.lower())
                same: exp.Expr = exp.EQ(this=cell.copy(), expression=literal(value))
            else:
                same = exp.EQ(this=exp.Lower(this=cell.copy()), expression=exp.Literal.string(code.lower()))
            found.append(exp.CountIf(this=same))
    return exp.select(*found).from_(start, copy=False)


@statement
def offsets(raw: str, column: MappedColumn) -> exp.Expr:
    """Count the cells of a column of times by their offset from UTC, or their zone, if they have one."""
    text = exp.column("v", quoted=True)
    bare = exp.select(_alias(_bare(column), "v")).from_(table_named(raw), copy=False).subquery("_a", copy=False)
    offset = exp.Anonymous(
        this="regexp_extract", expressions=[text, exp.Literal.string(f"{OFFSET}$"), exp.Literal.number(1)]
    )
    given = exp.NEQ(this=offset.copy(), expression=exp.Literal.string(""))
    found = exp.select(_alias(offset, "o"), _alias(exp.Count(this=exp.Star()), "n")).from_(bare, copy=False)
    return found.where(given, copy=False).group_by(exp.column("o"), copy=False).order_by(exp.column("o"), copy=False)


def _bare(column: MappedColumn) -> exp.Expr:
    """Write the cell's text without the white space around it, NULL where nothing is left. A native value passes."""
    if column.header is None:
        return exp.cast(exp.null(), "text", copy=False)
    raw: exp.Expr = exp.column(column.header, quoted=True)
    if column.others:
        cells = [exp.column(name, quoted=True) for name in (column.header, *column.others)]
        bare = [_trimmed(exp.cast(cell, "text", copy=False)) for cell in cells]
        joined = exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string(column.joint), *bare])
        return exp.Nullif(this=joined, expression=exp.Literal.string(""))
    if column.native is None or column.native is Kind.TEXT:
        if column.spaces and not column.bare:
            return _unspaced(raw)
        return raw if column.bare else _trimmed(raw)
    codes = _native_codes(column.native, column.missing)
    if codes:
        known = exp.not_(exp.In(this=raw.copy(), expressions=codes), copy=False)
        raw = exp.Case(ifs=[exp.If(this=known, true=raw)])
    return raw if _fits(column) else exp.cast(raw, "text", copy=False)


def _trimmed(raw: exp.Expr) -> exp.Expr:
    """Trim all white space. The engine's trim is slow with a list, so a cell that begins and ends in print is taken as
    it is: that makes the whole faster than a plain trim (measured), and dictionaries of Parquet stay in use.
    """
    ends = [
        exp.Between(
            this=exp.Anonymous(this="array_extract", expressions=[raw.copy(), literal(end)]),
            low=exp.Literal.string("!"),
            high=exp.Literal.string("~"),
        )
        for end in (1, -1)
    ]
    given = exp.NEQ(this=raw.copy(), expression=exp.Literal.string(""))
    bare = exp.Nullif(this=_trim(raw), expression=exp.Literal.string(""))
    return exp.Case(
        ifs=[exp.If(this=exp.and_(*ends, copy=False), true=raw), exp.If(this=given, true=bare)],
    )


def _unspaced(raw: exp.Expr) -> exp.Expr:
    """Trim a cell that holds no other white space than the plain space: a third of the cost of all (measured)."""
    space = exp.Literal.string(" ")
    printed = exp.GTE(this=raw.copy(), expression=exp.Literal.string("!"))
    ended = exp.not_(exp.Anonymous(this="ends_with", expressions=[raw.copy(), space]), copy=False)
    given = exp.NEQ(this=raw.copy(), expression=exp.Literal.string(""))
    trimmed = exp.Trim(this=raw.copy(), expression=space.copy())
    bare = exp.Nullif(this=trimmed, expression=exp.Literal.string(""))
    return exp.Case(
        ifs=[exp.If(this=exp.and_(printed, ended, copy=False), true=raw), exp.If(this=given, true=bare)],
    )


def _ends_in_print(raw: exp.Expr, ends: Collection[End] = BOTH_ENDS) -> exp.Expr:
    """Write that a text begins and ends in print. To compare is cheaper than to take it apart, and dictionaries of
    Parquet stay in use (measured on 14 columns of a million records: 0.33 s of CPU, with CASE 0.66 s).
    """
    last = exp.Anonymous(this="array_extract", expressions=[raw.copy(), literal(-1)])
    cells = {"start": raw, "end": last}
    bounds = [
        (kind, cells[end], exp.Literal.string(limit))
        for end in BOTH_ENDS
        if end in ends
        for kind, limit in ((exp.GTE, "!"), (exp.LT, "\x7f"))
    ]
    return exp.and_(*(kind(this=cell.copy(), expression=limit) for kind, cell, limit in bounds), copy=False)


def untrimmed(raw: exp.Expr, ends: Collection[End] = BOTH_ENDS) -> exp.Expr:
    """Write that a text is empty or has white space at one of these ends; it may say so of the other end, too."""
    empty = exp.EQ(this=raw.copy(), expression=exp.Literal.string(""))
    trimmed = exp.NEQ(this=_trim(raw), expression=raw.copy())
    return exp.Case(
        ifs=[exp.If(this=_ends_in_print(raw, ends), true=exp.false())], default=exp.or_(empty, trimmed, copy=False)
    )


def _trim(raw: exp.Expr) -> exp.Expr:
    return exp.Trim(this=raw.copy(), expression=exp.Literal.string(WHITE_SPACE))


def _native_codes(native: Kind, missing: Sequence[str]) -> list[exp.Expr]:
    """Write those missing codes that are values of a column's own type: no other can be in it."""
    found = (_native_code(native, code.strip(WHITE_SPACE).lower()) for code in missing)
    return [literal(value) for value in dict.fromkeys(found) if value is not None]


def _native_code(native: Kind, code: str) -> object:
    try:
        match native:
            case Kind.INTEGER:
                return int(code)
            case Kind.NUMBER:
                return float(code) if math.isfinite(float(code)) else None
            case Kind.DATE:
                return dt.date.fromisoformat(code)
            case Kind.TIMESTAMP:
                return dt.datetime.fromisoformat(code).replace(tzinfo=None)
            case _:
                return {"true": True, "false": False}.get(code)
    except ValueError:
        return None


def mapped_text(column: MappedColumn, text: exp.Expr) -> exp.Expr:
    """Write the cell's text with values mapped, and with missing codes as NULL. A native value passes."""
    if column.header is None or _fits(column):
        return text
    low = exp.Lower(this=text.copy())
    missing = column.missing_codes
    found: exp.Expr = text
    if missing:
        codes = exp.In(this=low.copy(), expressions=[exp.Literal.string(m) for m in missing])
        found = exp.Case(ifs=[exp.If(this=exp.not_(codes, copy=False), true=text)])
    if not column.values:
        return found
    case = exp.Case(ifs=[], default=found)
    for given, meaning in column.values.items():
        word = given.strip(WHITE_SPACE).lower()
        blank = exp.Is(this=text.copy(), expression=exp.null())
        same = exp.EQ(this=low.copy(), expression=exp.Literal.string(word)) if word else blank
        value = exp.Literal.string(meaning) if meaning.strip(WHITE_SPACE) else exp.null()
        case.append("ifs", exp.If(this=same, true=value))
    return case


def _of_text(name: str, column: MappedColumn) -> exp.Column:
    """Name what `mapped_text` wrote: an engine that must know that it is text (Spark) is told."""
    found = exp.column(name, quoted=True)
    if not _fits(column):
        found.meta["kind"] = Kind.TEXT
    return found


def _fits(column: MappedColumn) -> bool:
    """Tell whether the file's own type of the column is the declared one, or becomes it without loss."""
    if column.native is None or column.native is Kind.TEXT:
        return False
    pair = (column.native, column.kind)
    return column.native is column.kind or pair in {(Kind.INTEGER, Kind.NUMBER), (Kind.TIMESTAMP, Kind.DATE)}


def can_fail(column: MappedColumn) -> bool:
    """Tell whether a filled cell of the column may be unreadable."""
    if column.header is None or column.plain:
        return False
    if column.native is Kind.NUMBER:
        return not (column.finite and column.kind is Kind.NUMBER)  # NaN and infinity are no numbers
    return column.spreadsheet if column.kind is Kind.TEXT else not _fits(column)


def value(column: MappedColumn, text: exp.Expr) -> exp.Expr:
    """Write the text of a cell as its declared type; what cannot be read becomes NULL. A personal text is veiled."""
    return veiled(_value(column, text), column.veil)


def _value(column: MappedColumn, text: exp.Expr) -> exp.Expr:
    if column.plain and column.kind is Kind.BOOLEAN:
        return _boolean(text, plainly=True)
    if not can_fail(column):
        target = _SQL_TYPE[column.kind]
        same = column.header is not None and (column.kind is Kind.TEXT or column.native is column.kind)
        return (
            text
            if same and column.kind not in {Kind.INTEGER, Kind.NUMBER}
            else exp.TryCast(this=text, to=_type(target))
        )
    if _fits(column):
        return finite(exp.TryCast(this=text, to=_type(_SQL_TYPE[column.kind])))
    # What stands for an error in a sheet reads as nothing but text: only there must it be told from a value.
    wrong = [*(SPREADSHEET_ERRORS if column.kind is Kind.TEXT else ()), *(_NO_NUMBERS if column.native else ())]
    if wrong:
        errors = exp.In(this=text.copy(), expressions=[exp.Literal.string(e) for e in wrong])
        text = exp.Case(ifs=[exp.If(this=exp.not_(errors, copy=False), true=text)])
    match column.kind:
        case Kind.TEXT:
            return text
        case Kind.BOOLEAN:
            return _boolean(text)
        case Kind.INTEGER | Kind.NUMBER:
            return number(text, column.kind, column.spelling)
        case _:
            return day(text, column.kind, column.formats, column.zone)


def _boolean(text: exp.Expr, *, plainly: bool = False) -> exp.Expr:
    """Write a yes or no; `plainly` asks first for the two words that machines write."""
    low = exp.Lower(this=text.copy())
    words = [(TRUE[:1], FALSE[:1], text)] if plainly else []
    ifs = []
    for true, false, cell in [*words, (TRUE, FALSE, low)]:
        for given, meaning in ((true, exp.true()), (false, exp.false())):
            one_of = exp.In(this=cell.copy(), expressions=[exp.Literal.string(w) for w in given])
            ifs.append(exp.If(this=one_of, true=meaning))
    return exp.Case(ifs=ifs)


def _flag(column: MappedColumn) -> exp.Expr:
    filled = exp.not_(exp.Is(this=exp.column(f"_t_{column.name}", quoted=True), expression=exp.null()), copy=False)
    blank = exp.Is(this=exp.column(column.name, quoted=True), expression=exp.null())
    return exp.and_(filled, blank, copy=False)


def _type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="duckdb")


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
