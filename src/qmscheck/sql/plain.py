"""Which cells of raw text need no treatment: a plain cast gives them the value that `mapping.typed` would.

Of a large file nearly all cells are such. The others are *odd*, and so are their records: these are put aside with
their raw cells, and typed as carefully as ever. The one duty of this module is to leave no odd cell among the plain
ones; an odd cell too many costs a little time and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import BOTH_ENDS, End, MappedColumn, can_fail, mapped_text, typed, untrimmed, value
from qmscheck.sql.sieve import DOUBTFUL, Sieve, doubtful
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["ASIDE", "may_be_plain", "plainly", "put_aside", "sample", "together", "typed_plainly"]

#: The column that holds the raw cells of an odd record, as a list; NULL in every other record.
ASIDE = "_aside"


def may_be_plain(column: MappedColumn) -> bool:
    """Tell whether cells of the column can be told to be plain: no text that is a number or a date may mean another."""
    if (
        column.veil
        or column.header is None
        or column.native is not None
        or column.bare
        or column.spreadsheet
        or column.others
    ):
        return False
    if column.kind is Kind.TEXT:
        return True
    told = not column.values and not any(c.isdigit() for code in column.missing for c in code)
    if column.kind.temporal:
        return told and not column.formats and column.zone is None
    return told and (not column.kind.numeric or column.spelling.is_usual)


def plainly(column: MappedColumn) -> MappedColumn:
    """Have a column read by a plain cast."""
    return replace(column, bare=True, plain=True)


@statement
def sample(raw: str, columns: Sequence[MappedColumn], records: int) -> exp.Expr:
    """Count the first records of a raw relation, and the odd cells of each column among them."""
    first = exp.select(exp.Star()).from_(_table(raw), copy=False).limit(records, copy=False)
    counted = [exp.CountIf(this=_odd(c, _raw(c), _value(plainly(c)))) for c in columns]
    return exp.select(exp.Count(this=exp.Star()), *counted).from_(first.subquery("_s", copy=False), copy=False)


@statement
def typed_plainly(
    raw: str, columns: Sequence[MappedColumn], passed: Sequence[str], sieve: Sieve | None = None
) -> exp.Expr:
    """Write the records of a raw relation: the `plain` columns by a plain cast, the others as `typed` does; flags of
    the latter; the columns that the relation has (`passed`); and `ASIDE`. With a sieve, `DOUBTFUL`, too.

    Texts of which a sieve shows that they need no trimming are looked at in doubtful records only.
    """
    plain = [c for c in columns if c.plain]
    cells = {c.name: exp.column(_put_by(c, columns), quoted=True) for c in plain}
    shown = {} if sieve is None else sieve.shown
    ends = {c.name: [e for e in BOTH_ENDS if c.kind is not Kind.TEXT or e not in shown.get(c.name, ())] for c in plain}
    odd = [_odd(c, cells[c.name], exp.column(c.name, quoted=True), ends[c.name]) for c in plain if ends[c.name]]
    below = _cast(raw, columns, passed)
    if sieve is not None:
        told = doubtful(sieve, {(sieve.table, c.name): False for c in columns if can_fail(c)})
        alias = exp.to_identifier(sieve.table, quoted=True)
        named = exp.alias_(told, DOUBTFUL, quoted=True, copy=False)
        below = exp.select(exp.Star(), named).from_(below.subquery(alias, copy=False), copy=False)
        rest = [_odd(c, cells[c.name], exp.null()) for c in plain if len(ends[c.name]) < len(BOTH_ENDS)]
        if rest:
            again = exp.paren(exp.or_(*rest, copy=False), copy=False)
            odd.append(exp.paren(exp.and_(exp.column(DOUBTFUL, quoted=True), again, copy=False), copy=False))
    aside = exp.Array(expressions=[exp.column(f"_h{i}", quoted=True) for i, _ in enumerate(_headers(columns))])
    kept = exp.Case(ifs=[exp.If(this=exp.or_(*odd, copy=False), true=aside)])
    shared = [exp.column(n, quoted=True) for n in _named(columns, passed, sieved=sieve is not None)]
    found = exp.select(*shared, exp.alias_(kept, ASIDE, quoted=True, copy=False))
    return found.from_(below.subquery("_l", copy=False), copy=False)


def _cast(raw: str, columns: Sequence[MappedColumn], passed: Sequence[str]) -> exp.Select:
    """Write the typed cells, flags of those that are read with care, the columns passed on, and the raw cells."""
    careful = [replace(c, name=f"_k_{c.name}") for c in columns if not c.plain]
    headers = _headers(columns)
    cells = [
        exp.alias_(_value(c), c.name, quoted=True, copy=False) if c.plain else _renamed(f"_k_{c.name}", c.name)
        for c in columns
    ]
    cells += [_renamed(f"_u__k_{c.name}", f"_u_{c.name}") for c in columns if can_fail(c)]
    cells += [exp.column(p, quoted=True) for p in passed]
    cells += [_renamed(h, f"_h{i}") for i, h in enumerate(headers)]
    found = exp.select(*cells)
    if not careful:
        return found.from_(_table(raw), copy=False)
    below = typed(raw, careful, [*headers, *passed]).tree
    assert isinstance(below, exp.Select)  # noqa: S101
    return found.from_(below.subquery("_k", copy=False), copy=False)


def _value(column: MappedColumn) -> exp.Expr:
    return value(column, mapped_text(column, _raw(column)))


def _put_by(column: MappedColumn, columns: Sequence[MappedColumn]) -> str:
    """Name the column that holds the raw cell."""
    return f"_h{_headers(columns).index(column.header or '')}"


def _named(columns: Sequence[MappedColumn], passed: Sequence[str], *, sieved: bool) -> list[str]:
    """Name the columns of typed records: values, flags, what is passed on, and `DOUBTFUL`."""
    flags = [f"_u_{c.name}" for c in columns if can_fail(c)]
    return [*(c.name for c in columns), *flags, *passed, *([DOUBTFUL] if sieved else [])]


def _raw(column: MappedColumn) -> exp.Expr:
    return exp.column(column.header or "", quoted=True)


def _renamed(name: str, other: str) -> exp.Expr:
    return exp.alias_(exp.column(name, quoted=True), other, quoted=True, copy=False)


@statement
def put_aside(base: str, columns: Sequence[MappedColumn], passed: Sequence[str], position: str) -> exp.Expr:
    """Write the odd records of typed ones as a raw relation again, with columns passed on and their position."""
    aside = exp.column(ASIDE, quoted=True)
    cells: list[exp.Expr] = [
        exp.alias_(
            exp.Anonymous(this="list_extract", expressions=[aside.copy(), exp.Literal.number(i)]), header, quoted=True
        )
        for i, header in enumerate(_headers(columns), 1)
    ]
    cells += [exp.column(p, quoted=True) for p in passed]
    cells.append(exp.alias_(exp.column("rowid"), position, quoted=True))
    known = exp.not_(exp.Is(this=aside, expression=exp.null()), copy=False)
    return exp.select(*cells).from_(_table(base), copy=False).where(known, copy=False)


@statement
def together(
    base: str,
    mended: str,
    columns: Sequence[MappedColumn],
    passed: Sequence[str],
    position: str,
    *,
    sieved: bool = False,
) -> exp.Expr:
    """Put the plain records of `base` and the odd ones, typed with care in `mended`, together, flagged like them.

    Every odd record is doubtful.
    """
    cells: list[exp.Expr] = [exp.column(c.name, quoted=True) for c in columns]
    rest = [exp.column(p, quoted=True) for p in passed]
    flagged = [c for c in columns if can_fail(replace(c, plain=False))]
    names = [f"_u_{c.name}" for c in flagged]
    quiet = [
        exp.alias_(exp.false() if c.plain else exp.column(n, quoted=True), n, quoted=True)
        for c, n in zip(flagged, names, strict=True)
    ]
    none = exp.Is(this=exp.column(ASIDE, quoted=True), expression=exp.null())
    at = exp.alias_(exp.column("rowid"), position, quoted=True)
    told = [exp.column(DOUBTFUL, quoted=True)] if sieved else []
    first = exp.select(*cells, *quiet, *rest, at, *told).from_(_table(base), copy=False).where(none, copy=False)
    flags = [exp.column(n, quoted=True) for n in names]
    again = [c.copy() for c in (*cells, *flags, *rest, exp.column(position, quoted=True))]
    second = exp.select(*again, *(exp.true() for _ in told)).from_(_table(mended), copy=False)
    return exp.union(first, second, distinct=False, copy=False)


def _headers(columns: Sequence[MappedColumn]) -> list[str]:
    """Give the raw columns that are read, each once."""
    return list(dict.fromkeys(c.header for c in columns if c.header is not None))


def _odd(column: MappedColumn, raw: exp.Expr, cast: exp.Expr, ends: Sequence[End] = BOTH_ENDS) -> exp.Expr:
    """Write that a cell is not certain to be plain: never NULL where it is odd. Of a text these ends are looked at."""
    if column.kind is Kind.TEXT:
        return exp.paren(_may_be_untrimmed(raw, ends, spaces=column.spaces), copy=False)
    text = mapped_text(column, raw)
    filled = exp.not_(exp.Is(this=text.copy(), expression=exp.null()), copy=False)
    sure = exp.func("coalesce", _is_sure(column.kind, text, cast), exp.false())
    return exp.paren(exp.and_(filled, exp.not_(sure, copy=False), copy=False), copy=False)


def _may_be_untrimmed(raw: exp.Expr, ends: Sequence[End], *, spaces: bool) -> exp.Expr:
    """Write that a text is empty, or has white space at an end; `spaces`: it has no other than the plain space."""
    if not spaces:
        return untrimmed(raw, ends)
    space = exp.Literal.string(" ")
    found: dict[End, exp.Expr] = {
        "start": exp.LT(this=raw, expression=exp.Literal.string("!")),
        "end": exp.Anonymous(this="ends_with", expressions=[raw.copy(), space]),
    }
    return exp.or_(*(found[end] for end in ends), copy=False)


def _is_sure(kind: Kind, text: exp.Expr, cast: exp.Expr) -> exp.Expr:
    """Write that a cast gives a text its value, whatever white space is around it.

    A whole number stands as the engine writes it. What the engine reads as a number is one, unless it is infinite, none
    (nan), or 1_000. A date has its shape, and a year of four digits: so nothing stands before it.
    """
    match kind:
        case Kind.INTEGER:
            return exp.EQ(this=exp.cast(cast, "text", copy=False), expression=text.copy())
        case Kind.NUMBER:
            finite = exp.Anonymous(this="isfinite", expressions=[cast])
            joined = exp.Contains(this=text.copy(), expression=exp.Literal.string("_"))
            return exp.and_(finite, exp.not_(joined, copy=False), copy=False)
        case Kind.BOOLEAN:
            return exp.not_(exp.Is(this=cast, expression=exp.null()), copy=False)
        case _:
            shaped = exp.Like(this=text.copy(), expression=exp.Literal.string("____-__-__%"))
            year = exp.cast(exp.Literal.string("1000-01-01"), "date", copy=False)
            return exp.and_(shaped, exp.GTE(this=cast, expression=year), copy=False)


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))
