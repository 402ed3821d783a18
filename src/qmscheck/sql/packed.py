"""What is wrong with a record, packed: whole numbers, in each of which `TESTS` tests have two bits, one for unmet and
one for unreadable. They are fetched, and kept, faster than a state for each of hundreds of tests.

How they are written, asked and read stands here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qmscheck.sql.functions import Values
from qmscheck.sql.select import PLACE, UNMET, UNREADABLE, Flags, RowTest, in_order, states_of
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["TESTS", "is_wrong", "names", "noted", "numbers", "wrong"]

#: Tests of which one whole number tells what is wrong.
TESTS = 30


@statement
def noted(relation: str, tests: Sequence[RowTest], values: Values, flags: Flags, most: int) -> exp.Expr:
    """Write, of records that a relation holds, keys, place and what is wrong (`numbers`), in the order in which records
    are shown; at most so many.
    """
    cells = [_column(n) for n in (*(f"k{i}" for i in range(len(tests[0].keys))), *PLACE)]
    judged = states_of(relation, tests, values, flags).tree
    assert isinstance(judged, exp.Select)  # noqa: S101
    found = exp.select(*cells, *numbers(len(tests))).from_(judged.subquery("_j", copy=False), copy=False)
    return found.order_by(*in_order(cells), copy=False).limit(most, copy=False)


def numbers(tests: int) -> list[exp.Expr]:
    """Write, from the states of a record in so many tests (`s0`, `s1`...), what is wrong with it: test n of a number
    adds 4 ** n where it is unmet, and twice that where it is unreadable.
    """
    return [_number(range(first, min(first + TESTS, tests))) for first in range(0, tests, TESTS)]


def names(tests: int) -> list[str]:
    """Give the names that the numbers of so many tests have where they are kept, in their order."""
    return [f"w{part}" for part in range(-(-tests // TESTS))]


def is_wrong(test: int, state: int) -> exp.Expr:
    """Write, of kept numbers, that a record is in a state of a test, unmet or unreadable."""
    part, place = divmod(test, TESTS)
    both = exp.BitwiseAnd(this=_column(f"w{part}"), expression=exp.Literal.number(_bit(place, state)))
    return exp.NEQ(this=exp.paren(both, copy=False), expression=exp.Literal.number(0))


def wrong(packed: Iterable[object]) -> Iterator[tuple[int, int]]:
    """Read the numbers of a record: each test that is unmet or unreadable, with that state, in the order of tests."""
    for part, number in enumerate(packed):
        left = int(str(number)) if number else 0
        while left:
            place = (left & -left).bit_length() - 1
            yield part * TESTS + place // 2, UNREADABLE if place % 2 else UNMET
            left &= left - 1


def _bit(place: int, state: int) -> int:
    return (1 if state == UNMET else 2) << 2 * place


def _number(tests: range) -> exp.Expr:
    total: exp.Expr | None = None
    for place, i in enumerate(tests):
        case = exp.Case(ifs=[], default=exp.Literal.number(0))
        for state in (UNMET, UNREADABLE):
            equal = exp.EQ(this=_column(f"s{i}"), expression=exp.Literal.number(state))
            case.append("ifs", exp.If(this=equal, true=exp.Literal.number(_bit(place, state))))
        total = case if total is None else exp.Add(this=total, expression=case)
    assert total is not None  # noqa: S101
    return total


def _column(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)
