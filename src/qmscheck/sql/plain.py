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
from qmscheck.sql.sieve import DOUBTFUL, Sieve, answered_by, doubtful
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, table_named

__all__ = ["ASIDE", "ODD", "in_doubt", "may_be_plain", "plainly", "put_aside", "sample", "together", "typed_plainly"]

#: The column that holds the raw cells of an odd record, as a list; NULL in every other record.
ASIDE = "_aside"
#: Where columns lie apart, doubtful records have their raw cells there, too: this is true of odd ones, else NULL.
ODD = "_odd"
_SEEN = "_seen"


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
    """Count the first records of a raw relation; of each column the odd cells, and those with a value, among them."""
    first = exp.select(exp.Star()).from_(table_named(raw), copy=False).limit(records, copy=False)
    counted: list[exp.Expr] = []
    for column in columns:
        odd = exp.CountIf(this=_odd(column, _raw(column), _value(plainly(column))))
        counted += [odd, exp.Count(this=_value(plainly(column)))]
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
    rest = [_odd(c, cells[c.name], exp.null()) for c in plain if len(ends[c.name]) < len(BOTH_ENDS)]
    below = _cast(raw, columns, passed)
    if sieve is not None:
        below = _sieved(below, sieve, columns)
    if sieve is not None and sieve.apart:
        return _narrow(below, odd, rest, columns, passed, sieve)
    if rest:
        odd.append(_in_doubt(rest))
    kept = exp.Case(ifs=[exp.If(this=exp.or_(*odd, copy=False), true=_aside(columns))])
    shared = [exp.column(n, quoted=True) for n in _named(columns, passed, sieve)]
    found = exp.select(*shared, exp.alias_(kept, ASIDE, quoted=True, copy=False))
    return found.from_(below.subquery("_l", copy=False), copy=False)


def _sieved(below: exp.Select, sieve: Sieve, columns: Sequence[MappedColumn]) -> exp.Select:
    """Add what a sieve tells of each record."""
    flags = {(sieve.table, c.name): False for c in columns if can_fail(c)}
    told = exp.alias_(doubtful(sieve, flags), DOUBTFUL, quoted=True, copy=False)
    found = exp.select(exp.Star(), told, *answered_by(sieve, flags))
    return found.from_(below.subquery(exp.to_identifier(sieve.table, quoted=True), copy=False), copy=False)


def _in_doubt(odd: Sequence[exp.Expr]) -> exp.Expr:
    """Write that a record is doubtful, and has a cell that is odd."""
    again = exp.paren(exp.or_(*odd, copy=False), copy=False)
    return exp.paren(exp.and_(exp.column(DOUBTFUL, quoted=True), again, copy=False), copy=False)


def _narrow(
    below: exp.Select,
    odd: Sequence[exp.Expr],
    rest: Sequence[exp.Expr],
    columns: Sequence[MappedColumn],
    passed: Sequence[str],
    sieve: Sieve,
) -> exp.Select:
    """Write records without the columns that lie apart: doubtful ones and odd ones have all raw cells in `ASIDE`, and
    odd ones are marked. `rest` are the signs that are looked for in doubtful records only.
    """
    seen = exp.alias_(exp.or_(exp.false(), *odd, copy=False), _SEEN, quoted=True, copy=False)
    below = exp.select(exp.Star(), seen).from_(below.subquery("_l", copy=False), copy=False)
    marked = exp.or_(exp.column(_SEEN, quoted=True), *([_in_doubt(rest)] if rest else []), copy=False)
    kept = exp.or_(exp.column(_SEEN, quoted=True), exp.column(DOUBTFUL, quoted=True), copy=False)
    told = [
        exp.alias_(exp.Case(ifs=[exp.If(this=marked, true=exp.true())]), ODD, quoted=True, copy=False),
        exp.alias_(exp.Case(ifs=[exp.If(this=kept, true=_aside(columns))]), ASIDE, quoted=True, copy=False),
    ]
    apart = {c.name for c in columns if c.plain and c.name in sieve.apart}
    shared = [exp.column(n, quoted=True) for n in _named(columns, passed, sieve) if n not in apart]
    return exp.select(*shared, *told).from_(below.subquery("_n", copy=False), copy=False)


def _aside(columns: Sequence[MappedColumn]) -> exp.Expr:
    return exp.Array(expressions=[exp.column(f"_h{i}", quoted=True) for i, _ in enumerate(_headers(columns))])


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
        return found.from_(table_named(raw), copy=False)
    below = typed(raw, careful, [*headers, *passed]).tree
    assert isinstance(below, exp.Select)  # noqa: S101
    return found.from_(below.subquery("_k", copy=False), copy=False)


def _value(column: MappedColumn) -> exp.Expr:
    return value(column, mapped_text(column, _raw(column)))


def _put_by(column: MappedColumn, columns: Sequence[MappedColumn]) -> str:
    """Name the column that holds the raw cell."""
    return f"_h{_headers(columns).index(column.header or '')}"


def _named(columns: Sequence[MappedColumn], passed: Sequence[str], sieve: Sieve | None) -> list[str]:
    """Name the columns of typed records: values, flags, what is passed on, `DOUBTFUL`, answers."""
    flags = [f"_u_{c.name}" for c in columns if can_fail(c)]
    told = [] if sieve is None else [*([] if sieve.apart else [DOUBTFUL]), *sieve.answers]
    return [*(c.name for c in columns), *flags, *passed, *told]


def _raw(column: MappedColumn) -> exp.Expr:
    return exp.column(column.header or "", quoted=True)


def _renamed(name: str, other: str) -> exp.Expr:
    return exp.alias_(exp.column(name, quoted=True), other, quoted=True, copy=False)


@statement
def put_aside(
    base: str, columns: Sequence[MappedColumn], passed: Sequence[str], position: str, mark: str = ASIDE
) -> exp.Expr:
    """Write the odd records of typed ones, which have a `mark`, as a raw relation again, with columns passed on and
    their position.
    """
    cells = [exp.alias_(_from_aside(i), header, quoted=True) for i, header in enumerate(_headers(columns))]
    cells += [exp.column(p, quoted=True) for p in passed]
    cells.append(exp.alias_(exp.column("rowid"), position, quoted=True))
    return exp.select(*cells).from_(table_named(base), copy=False).where(_is_given(mark), copy=False)


def _from_aside(number: int) -> exp.Expr:
    """Write a raw cell that was put aside, by the number of its column from 0."""
    given = [exp.column(ASIDE, quoted=True), exp.Literal.number(number + 1)]
    return exp.Anonymous(this="list_extract", expressions=given)


def _is_given(name: str) -> exp.Expr:
    return exp.not_(exp.Is(this=exp.column(name, quoted=True), expression=exp.null()), copy=False)


@statement
def in_doubt(
    base: str, columns: Sequence[MappedColumn], passed: Sequence[str], position: str, mended: str | None
) -> exp.Expr:
    """Write the doubtful records of `base`, of which columns lie apart, with all columns: plain cells are cast from raw
    ones once more. Odd ones are as they are in `mended`, where there is one, and all are flagged like them.
    """
    given = [exp.alias_(_from_aside(i), f"_h{i}", quoted=True) for i, _ in enumerate(_headers(columns))]
    names = [c.name for c in columns if not c.plain] + [f"_u_{c.name}" for c in columns if can_fail(c)]
    at = exp.alias_(exp.column("rowid"), position, quoted=True)
    below = exp.select(*given, *(exp.column(n, quoted=True) for n in (*names, *passed)), at)
    none = exp.Is(this=exp.column(ODD, quoted=True), expression=exp.null())
    below = below.from_(table_named(base), copy=False).where(_is_given(ASIDE), none, copy=False)
    cells = [
        exp.alias_(_value(replace(c, header=_put_by(c, columns))), c.name, quoted=True, copy=False)
        if c.plain
        else exp.column(c.name, quoted=True)
        for c in columns
    ]
    flagged = [c for c in columns if can_fail(c if mended is None else replace(c, plain=False))]
    flags = [exp.alias_(_quiet(c), f"_u_{c.name}", quoted=True) for c in flagged]
    rest = [exp.column(n, quoted=True) for n in (*passed, position)]
    first = exp.select(*cells, *flags, *rest).from_(below.subquery("_d", copy=False), copy=False)
    if mended is None:
        return first
    again = [exp.column(n, quoted=True) for n in (*(c.name for c in columns), *(f"_u_{c.name}" for c in flagged))]
    second = exp.select(*again, *(c.copy() for c in rest)).from_(table_named(mended), copy=False)
    return exp.union(first, second, distinct=False, copy=False)


def _quiet(column: MappedColumn) -> exp.Expr:
    """Write the flag of a cell that is not odd."""
    return exp.false() if column.plain else exp.column(f"_u_{column.name}", quoted=True)


@statement
def together(
    base: str,
    mended: str,
    columns: Sequence[MappedColumn],
    passed: Sequence[str],
    position: str,
    sieve: Sieve | None = None,
) -> exp.Expr:
    """Put the plain records of `base` and the odd ones, typed with care in `mended`, together, flagged like them.

    Every odd record is doubtful. Columns that lie apart are left out.
    """
    apart = frozenset() if sieve is None else sieve.apart
    cells: list[exp.Expr] = [exp.column(c.name, quoted=True) for c in columns if c.name not in apart]
    rest = [exp.column(p, quoted=True) for p in passed]
    flagged = [c for c in columns if can_fail(replace(c, plain=False))]
    names = [f"_u_{c.name}" for c in flagged]
    quiet = [exp.alias_(_quiet(c), n, quoted=True) for c, n in zip(flagged, names, strict=True)]
    none = exp.Is(this=exp.column(ODD if apart else ASIDE, quoted=True), expression=exp.null())
    at = exp.alias_(exp.column("rowid"), position, quoted=True)
    told: list[exp.Expr] = []
    answers: list[exp.Expr] = []
    if sieve is not None:
        told = [exp.column(n, quoted=True) for n in _named((), (), sieve)]
        answers = [] if apart else [exp.true()]
        answers += answered_by(sieve, {(sieve.table, c.name): False for c in flagged})
    first = exp.select(*cells, *quiet, *rest, at, *told).from_(table_named(base), copy=False).where(none, copy=False)
    flags = [exp.column(n, quoted=True) for n in names]
    again = [c.copy() for c in (*cells, *flags, *rest, exp.column(position, quoted=True))]
    alias = None if sieve is None else exp.TableAlias(this=exp.to_identifier(sieve.table, quoted=True))
    there = exp.Table(this=exp.to_identifier(mended, quoted=True), alias=alias)
    second = exp.select(*again, *answers).from_(there, copy=False)
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
