"""Which of the conditions that a rule joins by `and` do not hold in its unmet records, and how often a blank is why."""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.sql.functions import Values
from qmscheck.sql.select import UNMET, Flags, RowTest, guarded_tree, states_of, unreadable
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, sides

__all__ = ["lacking"]


@statement
def lacking(tests: Sequence[RowTest], values: Values, flags: Flags, relation: str = "") -> exp.Expr:
    """Count, among the unmet records of each test with `parts`, for each of these those in which it does not hold, and
    those of them in which the column that it judges is blank.

    A condition of which it cannot be told, as a cell is unreadable, is none of them. `relation` may stand for the
    tests' table: it has all unmet records.
    """
    inner = states_of(relation, tests, values, flags).tree
    assert isinstance(inner, exp.Select)  # noqa: S101
    counted: list[exp.Expr] = []
    for i, test in enumerate(tests):
        assert test.must is not None  # noqa: S101
        unmet = exp.EQ(this=_column(f"s{i}"), expression=exp.Literal.number(UNMET))
        for n, (side, part) in enumerate(zip(sides(test.must.tree), test.parts, strict=True)):
            inner.select(_named(_fails(side, test, values, flags), f"_p{i}_{n}"), copy=False)
            fails = exp.and_(unmet.copy(), _column(f"_p{i}_{n}"), copy=False)
            counted.append(exp.CountIf(this=fails))
            if part.by_blank and part.column is not None:
                blank = exp.Is(this=exp.column(part.column, table=test.table, quoted=True), expression=exp.null())
                inner.select(_named(blank, f"_b{i}_{n}"), copy=False)
                counted.append(exp.CountIf(this=exp.and_(fails.copy(), _column(f"_b{i}_{n}"), copy=False)))
            else:
                counted.append(exp.Literal.number(0))
    return exp.select(*counted).from_(inner.subquery("_j", copy=False), copy=False)


def _fails(side: exp.Expr, test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Write that a condition does not hold: it is false, or says nothing though every cell of it is readable."""
    columns = [(test.table, column.name) for column in side.find_all(exp.Column)]
    holds = guarded_tree(side.copy(), columns, values, flags)
    case = exp.Case(ifs=[exp.If(this=holds, true=exp.false())], default=exp.true())
    hidden = unreadable(columns, flags)
    if hidden is not None:
        unknown = exp.and_(exp.Is(this=holds.copy(), expression=exp.null()), hidden, copy=False)
        case.append("ifs", exp.If(this=unknown, true=exp.false()))
    return case


def _named(node: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(node, name, quoted=True, copy=False)


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
