"""Which records of a large table may be unmet or unreadable: a cheap condition first, so that few are judged in full.

What a candidate turns out to be is for `select.states` to say, which is asked of the candidates alone. The one duty of
this module is to leave no record out that is unmet or unreadable; one too many costs a little time and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.sql.functions import Values
from qmscheck.sql.select import PLACE, Flags, Related, RowTest, columns_read, guarded, unreadable
from qmscheck.sql.statement import statement
from qmscheck.sql.strictest import Condition, scoped, strictest
from qmscheck.sql.trees import exp, table_named
from qmscheck.sql.veil import equal as equal_columns

__all__ = ["blank_keys", "candidates", "doubled_hashes", "doubtful", "kept", "narrows"]


def narrows(test: RowTest, flags: Flags) -> bool:
    """Tell whether the candidates of a test can be told from the rest of its table by looking at few columns.

    Not those of a query; nor where an unreadable key, or a match within one table, makes records depend on each other.
    """
    if test.query is not None or test.statistic is not None:
        return False
    if test.related is not None:
        hidden = unreadable([(test.related.table, right) for _, right in test.related.pairs], flags) is not None
        return test.related.table != test.table and not (test.lacks and hidden)
    return not test.unique or unreadable([(test.table, c) for c in test.unique], flags) is None


@statement
def candidates(tests: Sequence[RowTest], values: Values, flags: Flags, doubled: str | None = None) -> exp.Expr:
    """Write the records that may be unmet or unreadable in one of these tests, with the columns that this needs.

    All tests look at their own record only, or there is one. `doubled` is a relation of the hashes that several keys
    have (`doubled_hashes`); None where there are none.
    """
    table = tests[0].table
    found = _cells(tests, flags).from_(table_named(table), copy=False)
    (first, *_) = tests
    if first.unique:
        return _in_scope(found, first, _by_key(first, doubled), values, flags)
    if first.related is not None:
        return _in_scope(found, first, _by_match(first, first.related, values, flags), values, flags)
    return found.where(doubtful(tests, values, flags), copy=False)


@statement
def doubled_hashes(test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Write the hashes (`_h`) that several keys have, of the records that may be in scope of a test.

    Equal ones stand beside one another when they are sorted, which costs less than groups of which nearly each has one
    record (decision 0040).
    """
    hashed = exp.alias_(_hash([_cell(test.table, c) for c in test.unique]), "_h", quoted=True)
    below = exp.select(hashed).from_(table_named(test.table), copy=False)
    if test.scope is not None:
        below = below.where(_near(guarded(test.scope, values, flags)), copy=False)
    own, before = exp.column("_h", quoted=True), exp.column("_p", quoted=True)
    order = exp.Order(expressions=[exp.Ordered(this=own.copy())])
    told = exp.alias_(exp.Window(this=exp.Lag(this=own.copy()), order=order), "_p", quoted=True)
    beside = exp.select(own.copy(), told).from_(below.subquery("_r", copy=False), copy=False)
    found = exp.select(own.copy()).from_(beside.subquery("_w", copy=False), copy=False).distinct(copy=False)
    return found.where(exp.EQ(this=own, expression=before), copy=False)


@statement
def kept(tests: Sequence[RowTest], relation: str, flags: Flags) -> exp.Expr:
    """Write what `candidates` does, of a relation that holds such records of the table already."""
    return _kept(tests, relation, flags)


@statement
def blank_keys(test: RowTest, relation: str, values: Values, flags: Flags) -> exp.Expr:
    """Write the candidates of a test for keys of which none stands twice, of a relation that holds every record of the
    table that has a blank key.
    """
    return _in_scope(_kept([test], relation, flags), test, _by_key(test, None), values, flags)


def _kept(tests: Sequence[RowTest], relation: str, flags: Flags) -> exp.Select:
    alias = exp.TableAlias(this=exp.to_identifier(tests[0].table, quoted=True))
    there = exp.Table(this=exp.to_identifier(relation, quoted=True), alias=alias)
    return _cells(tests, flags).from_(there, copy=False)


def _cells(tests: Sequence[RowTest], flags: Flags) -> exp.Select:
    """Select the columns that it takes to judge a record, and its place."""
    table = tests[0].table
    names = sorted(columns_read(tests).get(table, ()))
    flagged = [f"_u_{c}" for c in names if flags.get((table, c)) is False]
    return exp.select(*(_cell(table, c) for c in [*names, *flagged, *PLACE]))


def doubtful(tests: Sequence[RowTest], values: Values, flags: Flags) -> exp.Expr:
    """Write that a record may be unmet or unreadable in one of these tests: true or false, never NULL."""
    conditions = [_condition(test, values, flags) for test in tests]
    if values.savings.strictest:
        good = strictest(conditions)
    else:
        good = exp.and_(*(scoped(c.scope, [c.must]) for c in conditions), copy=False)
    return exp.not_(exp.func("coalesce", good, exp.false()), copy=False)


def _condition(test: RowTest, values: Values, flags: Flags) -> Condition:
    assert test.must is not None  # noqa: S101
    must = guarded(test.must, values, flags)
    scope = guarded(test.scope, values, flags) if test.scope is not None else None
    return Condition(exp.not_(must, copy=False) if test.invert else must, scope)


def _in_scope(found: exp.Select, test: RowTest, doubtful: exp.Expr, values: Values, flags: Flags) -> exp.Select:
    """Keep doubtful records that are in scope, and those of which that cannot be told."""
    if test.scope is None:
        return found.where(doubtful, copy=False)
    scope = guarded(test.scope, values, flags)
    untold = exp.or_(doubtful, _is_null(scope.copy()), copy=False)
    return found.where(_near(scope), copy=False).where(untold, copy=False)


def _near(scope: exp.Expr) -> exp.Expr:
    return exp.func("coalesce", scope, exp.true())


def _by_key(test: RowTest, doubled: str | None) -> exp.Expr:
    """Write that a key is blank, or has the hash of another: equal keys have equal hashes."""
    own = [_cell(test.table, c) for c in test.unique]
    parts: list[exp.Expr] = [_is_null(c) for c in own]
    if doubled is not None:
        known = exp.select(exp.column("_h", quoted=True)).from_(table_named(doubled), copy=False)
        parts.insert(0, exp.In(this=_hash(own), query=known.subquery(copy=False)))
    return exp.or_(*parts, copy=False)


def _hash(columns: Sequence[exp.Expr]) -> exp.Expr:
    return exp.Anonymous(this="hash", expressions=list(columns))


def _by_match(test: RowTest, other: Related, values: Values, flags: Flags) -> exp.Expr:
    """Write that a record has no match for certain (`has`), or may have one (`lacks`), or has a key not to be told."""
    mine = [(test.table, left) for left, _ in other.pairs]
    equal = [equal_columns((other.table, right), (test.table, left), values.compared) for left, right in other.pairs]
    if other.where is not None and not test.lacks:
        equal.append(guarded(other.where, values, flags))
    there = exp.Exists(this=other.records.where(*equal, copy=False))
    parts: list[exp.Expr] = [there if test.lacks else exp.not_(there, copy=False)]
    if test.lacks:
        parts += [_is_null(_cell(*pair)) for pair in mine]
    hidden = unreadable(mine, flags)
    return exp.or_(*parts, *([hidden] if hidden is not None else []), copy=False)


def _is_null(node: exp.Expr) -> exp.Expr:
    return exp.Is(this=node.copy(), expression=exp.null())


def _cell(table: str, name: str) -> exp.Column:
    return exp.column(name, table=table, quoted=True)
