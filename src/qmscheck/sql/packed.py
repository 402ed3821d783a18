"""The states of many rules in few columns: what is kept of a large table takes little memory, and so does keeping it.

While a table is made, each thread holds a block of 256 KiB for each column and another for its blanks. 43 columns of
states and two threads are 43 MiB; packed, two columns are 2 MiB. A state takes two bits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import reduce

from qmscheck.sql.select import PLACE, UNMET, UNREADABLE, exceptions
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, table_named

__all__ = ["packed", "packed_exceptions", "packed_notable", "packed_tallies"]

#: States in one number of 64 bits with a sign, and the bits of one. The last of the four stands for out of scope.
_IN_ONE, _BITS, _OUTSIDE = 31, 2, 3

#: More than any table has records.
_EVERYTHING = 2**62


@statement
def packed(relation: str, tests: int, keys: int) -> exp.Expr:
    """Write the records of a relation of states with their keys, places and packed states (`p0`, `p1`...)."""
    return exp.select(*_known(keys), *_packs(tests)).from_(table_named(relation), copy=False)


@statement
def packed_notable(relation: str, tests: int, keys: int) -> exp.Expr:
    """Write what `packed` does, of the records that are unmet or unreadable in one of the tests.

    The LIMIT, larger than any table, keeps the engine from judging each record twice, once for the condition and once
    for what is shown (measured at a million records and 47 tests: 2.3 s of CPU without it, 1.6 s with it).
    """
    states = [_column(f"s{i}") for i in range(tests)]
    judged = exp.select(*_known(keys), *states).from_(table_named(relation), copy=False).limit(_EVERYTHING, copy=False)
    wanted = [exp.Literal.number(state) for state in (UNMET, UNREADABLE)]
    bad = [exp.In(this=s.copy(), expressions=[w.copy() for w in wanted]) for s in states]
    found = exp.select(*_known(keys), *_packs(tests)).from_(judged.subquery("_j", copy=False), copy=False)
    return found.where(exp.or_(*bad, copy=False), copy=False)


@statement
def packed_tallies(relation: str, tests: int) -> exp.Expr:
    """Count the records of a relation that `packed` wrote: for each test unmet and unreadable, in order."""
    found = [
        exp.CountIf(this=exp.EQ(this=_column(f"s{i}"), expression=exp.Literal.number(state)))
        for i in range(tests)
        for state in (UNMET, UNREADABLE)
    ]
    return exp.select(*found).from_(_unpacked(relation, range(tests), ()), copy=False)


@statement
def packed_exceptions(relation: str, test: int, keys: int, wanted: Collection[int], limit: int) -> exp.Expr:
    """Write what `select.exceptions` does, of a relation that `packed` wrote. Only the one test is unpacked."""
    tree = exceptions(relation, test, keys, 0, wanted, limit).tree
    assert isinstance(tree, exp.Select)  # noqa: S101
    return tree.from_(_unpacked(relation, (test,), _known(keys)), copy=False)


def _unpacked(relation: str, tests: Iterable[int], known: Sequence[exp.Expr]) -> exp.Expr:
    """Write the records of a relation that `packed` wrote, with the states of some tests (`s0`, `s1`...)."""
    states = [exp.alias_(_state(i), f"s{i}", quoted=True, copy=False) for i in tests]
    return exp.select(*known, *states).from_(table_named(relation), copy=False).subquery("_u", copy=False)


def _packs(tests: int) -> list[exp.Expr]:
    """Write the numbers that hold the states of so many tests."""
    parts = [range(first, min(first + _IN_ONE, tests)) for first in range(0, tests, _IN_ONE)]
    return [
        exp.alias_(reduce(_both, (_shifted(i) for i in part)), f"p{n}", quoted=True, copy=False)
        for n, part in enumerate(parts)
    ]


def _both(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Write a sum: no two numbers have a bit in common."""
    return exp.Add(this=left, expression=right)


def _shifted(test: int) -> exp.Expr:
    """Write the state of a test at its place in its number."""
    state = exp.func("coalesce", _column(f"s{test}"), exp.Literal.number(_OUTSIDE))
    factor = exp.Literal.number(1 << _BITS * (test % _IN_ONE))
    return exp.Mul(this=exp.cast(state, "bigint", copy=False), expression=factor)


def _state(test: int) -> exp.Expr:
    """Write the state of a test; NULL where the record is out of scope."""
    moved = exp.BitwiseRightShift(
        this=_column(f"p{test // _IN_ONE}"), expression=exp.Literal.number(_BITS * (test % _IN_ONE))
    )
    state = exp.BitwiseAnd(this=exp.paren(moved, copy=False), expression=exp.Literal.number(_OUTSIDE))
    return exp.func("nullif", exp.paren(state, copy=False), exp.Literal.number(_OUTSIDE))


def _known(keys: int) -> Sequence[exp.Expr]:
    return [_column(name) for name in (*(f"k{i}" for i in range(keys)), *PLACE)]


def _column(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)
