"""The SELECTs of a verdict: tallies of many rules in one scan, strata, and the exceptions of one rule.

The state of a record is one small number: met, unmet, unreadable, or NULL for a record that is out of scope. NULL never
satisfies a condition (design section 7); a scope that cannot be told counts as unreadable, never as out of scope.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from qmscheck.sql.expression import Expression
from qmscheck.sql.functions import Values, expand

__all__ = [
    "MET",
    "PLACE",
    "UNMET",
    "UNREADABLE",
    "Related",
    "RowTest",
    "Statement",
    "exceptions",
    "states",
    "strata",
    "stray_keys",
    "tallies",
]

UNMET, MET, UNREADABLE = 0, 1, 2
PLACE = ("_source", "_row", "_path", "_page", "_heading", "_paragraph")

Flags = Collection[tuple[str, str]]


@dataclass(frozen=True)
class Statement:
    """A checked SELECT, ready to be rendered for an engine. Nothing else reaches one."""

    tree: exp.Expr


@dataclass(frozen=True)
class Related:
    """The other table of `has` and `lacks`."""

    table: str
    pairs: tuple[tuple[str, str], ...]
    where: Expression | None


@dataclass(frozen=True)
class RowTest:
    """One rule as a test of each record of `table`.

    Exactly one of `must`, `related`, `unique`, `query` is given; for the form `count` `must` is its `where` and `scope`
    is None. `invert` turns the test round; `unknown_met` says that a NULL of `must` may stand for met (count, at most).
    """

    table: str
    keys: tuple[str, ...]
    scope: Expression | None = None
    must: Expression | None = None
    related: Related | None = None
    lacks: bool = False
    unique: tuple[str, ...] = ()
    query: Expression | None = None
    invert: bool = False
    unknown_met: bool = False

    @property
    def is_plain(self) -> bool:
        """True of a test that looks at its own record only: many of them share one scan."""
        return self.related is None and not self.unique and self.query is None


def states(
    tests: Sequence[RowTest], strata: Sequence[str], extra: Sequence[str], values: Values, flags: Flags
) -> Statement:
    """Write, for each record of a table, its key, strata and `extra` columns as text, its place, its state in each test.

    Columns: `k0`... (keys), `v0`... (strata), `x0`... (extra), the place columns, `s0`... (states).
    """
    table, keys = tests[0].table, tests[0].keys
    cells = [
        _alias(exp.cast(_column(table, name), "text"), f"{letter}{i}")
        for letter, names in (("k", keys), ("v", strata), ("x", extra))
        for i, name in enumerate(names)
    ]
    places = [_column(table, p) for p in PLACE]
    judged = [_alias(_state(t, values, flags), f"s{i}") for i, t in enumerate(tests)]
    return Statement(exp.select(*cells, *places, *judged).from_(_table(table)))


def tallies(relation: str, number: int) -> Statement:
    """Count all tests of a relation of states in one scan: for each population, met and unreadable, in order."""
    return Statement(exp.select(*_counts(range(number))).from_(_table(relation)))


def strata(relation: str, stratum: int, tests: Sequence[int]) -> Statement:
    """Count tests per value of a stratum: the value, then population, met and unreadable of each test."""
    value = exp.column(f"v{stratum}", quoted=True)
    counted = exp.select(value, *_counts(tests)).from_(_table(relation))
    return Statement(counted.group_by(value.copy()).order_by(_ordered(value.copy())))


def exceptions(relation: str, test: int, keys: int, extra: int, wanted: Collection[int], limit: int) -> Statement:
    """Fetch the records in some states of a test: keys, extra columns, state and place, by key, then by place."""
    state = exp.column(f"s{test}", quoted=True)
    names = [f"k{i}" for i in range(keys)] + [f"x{i}" for i in range(extra)]
    cells = [exp.column(n, quoted=True) for n in names]
    places = [exp.column(p, quoted=True) for p in PLACE]
    chosen = exp.In(this=state, expressions=[exp.Literal.number(s) for s in sorted(wanted)])
    order = [_ordered(c.copy()) for c in [*cells[:keys], *places]]
    found = exp.select(*cells, state.copy(), *places).from_(_table(relation)).where(chosen)
    return Statement(found.order_by(*order).limit(limit))


def stray_keys(test: RowTest, values: Values) -> Statement:
    """Count the keys that a rule's query returns and its table does not have: exceptions without a place."""
    assert test.query is not None  # noqa: S101
    query = _query(test.query, values).subquery("q")
    own = exp.select(exp.Literal.number(1)).from_(_table(test.table)).where(_same_keys(test, "q"))
    return Statement(exp.select(exp.Count(this=exp.Star())).from_(query).where(exp.not_(exp.Exists(this=own))))


def _counts(tests: Iterable[int]) -> list[exp.Expr]:
    """Write population, met and unreadable of state columns."""
    found: list[exp.Expr] = []
    for i in tests:
        found.append(exp.Count(this=exp.column(f"s{i}", quoted=True)))
        for state in (MET, UNREADABLE):
            equal = exp.EQ(this=exp.column(f"s{i}", quoted=True), expression=exp.Literal.number(state))
            found.append(exp.CountIf(this=equal))
    return found


def _state(test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Write the state of one record as a CASE: what cannot be told comes first."""
    case = exp.Case(ifs=[])
    if test.scope is not None:
        unreadable = _any_unreadable(test.scope, test.table, flags)
        if unreadable is not None:
            _when(case, unreadable, UNREADABLE)
        scope = exp.paren(expand(test.scope.tree, values))
        _when(case, exp.not_(scope), None)
        _when(case, exp.Is(this=scope.copy(), expression=exp.null()), UNREADABLE)
    return _judged(case, test, values, flags)


def _judged(case: exp.Case, test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Add the condition itself to the CASE."""
    met, unmet = (UNMET, MET) if test.invert else (MET, UNMET)
    if test.must is not None:
        unreadable = _any_unreadable(test.must, test.table, flags)
        if unreadable is not None:
            _when(case, unreadable, UNREADABLE)
        condition = exp.paren(expand(test.must.tree, values))
        if test.unknown_met:
            _when(case, exp.Is(this=condition.copy(), expression=exp.null()), UNREADABLE)
        _when(case, exp.not_(condition) if test.invert else condition, MET)
        return _else(case, UNMET)
    own = _own_columns(test)
    unreadable = _flags([(test.table, c) for c in own], flags)
    if unreadable is not None:
        _when(case, unreadable, UNREADABLE)
    if test.related is not None:
        _when(case, _exists(test, values, flags, certain=True), unmet if test.lacks else met)
        possible = _exists(test, values, flags, certain=False)
        if possible is not None:
            _when(case, possible, UNREADABLE)
        return _else(case, met if test.lacks else unmet)
    if test.unique:
        _when(case, _or([_is_null(_column(test.table, c)) for c in test.unique]), UNMET)
        _when(case, exp.Exists(this=_doubles(test, values, flags)), UNMET)
        return _else(case, MET)
    assert test.query is not None  # noqa: S101
    query = (
        exp.select(exp.Literal.number(1)).from_(_query(test.query, values).subquery("q")).where(_same_keys(test, "q"))
    )
    _when(case, exp.Exists(this=query), UNMET)
    others = [c for c in test.query.columns if c in flags]
    return _else(case, UNREADABLE if others else MET)


def _own_columns(test: RowTest) -> tuple[str, ...]:
    """The columns of the walked table that a test of another form than `must` reads."""
    if test.related is not None:
        inside = test.related.where.columns_of(test.table) if test.related.where is not None else ()
        return tuple(left for left, _ in test.related.pairs) + inside
    return test.unique


def _exists(test: RowTest, values: Values, flags: Flags, *, certain: bool) -> exp.Expr | None:
    """Write that a matching record exists; or, not `certain`, that one may (None where nothing is unreadable)."""
    other = test.related
    assert other is not None  # noqa: S101
    equal = [
        exp.EQ(this=_column(other.table, right), expression=_column(test.table, left)) for left, right in other.pairs
    ]
    keys = [(other.table, right) for _, right in other.pairs]
    inside = [(other.table, c) for c in other.where.columns_of(other.table)] if other.where is not None else []
    body = exp.select(exp.Literal.number(1)).from_(_table(other.table))
    if certain:
        conditions = [*equal, *([exp.paren(expand(other.where.tree, values))] if other.where is not None else [])]
        blocked = _flags([*keys, *inside], flags)
        if blocked is not None:
            conditions.append(exp.not_(exp.paren(blocked)))
        return exp.Exists(this=body.where(*conditions))
    unread_key, unread = _flags(keys, flags), _flags(inside, flags)
    if unread_key is None and unread is None:
        return None
    maybe: list[exp.Expr] = [exp.paren(exp.and_(*equal, exp.paren(unread)))] if unread is not None else []
    if unread_key is not None:
        maybe.append(unread_key)
    return exp.Exists(this=body.where(_or(maybe)))


def _doubles(test: RowTest, values: Values, flags: Flags) -> exp.Select:
    """Write the keys that occur more than once among the records in scope, correlated to the record at hand."""
    columns = [_column(test.table, c) for c in test.unique]
    named = [_alias(c.copy(), f"d{i}") for i, c in enumerate(columns)]
    inner = exp.select(*named).from_(_table(test.table))
    if test.scope is not None:
        inner = inner.where(exp.paren(expand(test.scope.tree, values)))
        unreadable = _any_unreadable(test.scope, test.table, flags)
        if unreadable is not None:
            inner = inner.where(exp.not_(exp.paren(unreadable)))
    twice = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    groups = inner.group_by(*(c.copy() for c in columns)).having(twice)
    equal = [
        exp.EQ(this=exp.column(f"d{i}", table="d", quoted=True), expression=c.copy()) for i, c in enumerate(columns)
    ]
    return exp.select(exp.Literal.number(1)).from_(groups.subquery("d")).where(*equal)


def _query(query: Expression, values: Values) -> exp.Select:
    tree = expand(query.tree, values)
    assert isinstance(tree, exp.Select)  # noqa: S101
    return tree


def _same_keys(test: RowTest, alias: str) -> exp.Expr:
    return exp.and_(
        *(exp.EQ(this=exp.column(k, table=alias, quoted=True), expression=_column(test.table, k)) for k in test.keys)
    )


def _any_unreadable(expression: Expression, table: str, flags: Flags) -> exp.Expr | None:
    return _flags([c for c in expression.columns if c[0] == table], flags)


def _flags(columns: Sequence[tuple[str, str]], flags: Flags) -> exp.Expr | None:
    """Write that one of these columns is unreadable in the record; None where none ever is."""
    found = [_column(table, f"_u_{column}") for table, column in dict.fromkeys(columns) if (table, column) in flags]
    return _or(found) if found else None


def _or(conditions: Sequence[exp.Expr]) -> exp.Expr:
    return exp.paren(exp.or_(*conditions)) if len(conditions) > 1 else conditions[0]


def _is_null(node: exp.Expr) -> exp.Expr:
    return exp.Is(this=node, expression=exp.null())


def _when(case: exp.Case, condition: exp.Expr | None, state: int | None) -> None:
    value = exp.null() if state is None else exp.Literal.number(state)
    case.append("ifs", exp.If(this=condition, true=value))


def _else(case: exp.Case, state: int) -> exp.Expr:
    if not case.args["ifs"]:
        return exp.Literal.number(state)
    case.set("default", exp.Literal.number(state))
    return case


def _column(table: str, name: str) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _alias(node: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(node, name, quoted=True)


def _ordered(node: exp.Expr) -> exp.Expr:
    return exp.Ordered(this=node, desc=False, nulls_first=False)


def columns_read(tests: Sequence[RowTest]) -> Mapping[str, frozenset[str]]:
    """Give the columns that tests read, by table: what need not be brought is not."""
    found: dict[str, set[str]] = {}
    for test in tests:
        for expression in (test.scope, test.must, test.query, test.related.where if test.related else None):
            for table, column in expression.columns if expression is not None else ():
                found.setdefault(table, set()).add(column)
        found.setdefault(test.table, set()).update((*test.keys, *test.unique))
        if test.related is not None:
            found[test.table].update(left for left, _ in test.related.pairs)
            found.setdefault(test.related.table, set()).update(right for _, right in test.related.pairs)
    return {table: frozenset(c for c in columns if c) for table, columns in found.items()}
