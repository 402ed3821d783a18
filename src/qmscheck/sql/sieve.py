"""A sieve for a large table: while it is read once, the records that may be unmet or unreadable are kept apart.

What `candidates` writes is a scan of its own; this is the same condition, put where the records pass anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qmscheck.sql.candidates import doubtful as doubtful_in
from qmscheck.sql.ends import shown_by
from qmscheck.sql.entries import LONG, SHORT, by_entry
from qmscheck.sql.functions import Values
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import BOTH_ENDS, End, MappedColumn, typed, untrimmed
from qmscheck.sql.select import Flags, RowTest, columns_read, inside, state
from qmscheck.sql.shapes import in_shape
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["DOUBTFUL", "Sieve", "answered_by", "doubtful", "plainly_said", "sifted"]

#: The column that is true of a record that may be unmet or unreadable.
DOUBTFUL = "_doubtful"


@dataclass(frozen=True)
class Sieve:
    """The tests that look at their own record only, of one table. `rules` are theirs, in the same order.

    Of the columns that are `apart` nothing is asked but of records that a sieve keeps apart (decision 0037), and of
    every record what `answers` holds: who is in the scopes of the rules, and the states of some others, `walked`.
    """

    rules: tuple[str, ...]
    tests: tuple[RowTest, ...]
    values: Values
    apart: frozenset[str] = frozenset()
    walked: tuple[tuple[str, RowTest], ...] = ()

    @property
    def table(self) -> str:
        """The table that is sieved."""
        return self.tests[0].table

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the tests read."""
        return columns_read(self.tests).get(self.table, frozenset())

    @property
    def shown(self) -> Mapping[str, frozenset[End]]:
        """The ends of texts that need no look in a record that is not doubtful."""
        return shown_by(self.tests)

    @property
    def inside(self) -> Mapping[str, str]:
        """By rule the column that tells, where columns lie apart, which records are in its scope, or may be."""
        scoped = {r: t.scope.fingerprint for r, t in zip(self.rules, self.tests, strict=True) if t.scope is not None}
        names = {scope: f"_in{i}" for i, scope in enumerate(dict.fromkeys(scoped.values()))}
        return {rule: names[scope] for rule, scope in scoped.items()} if self.apart else {}

    @property
    def told(self) -> Mapping[str, str]:
        """By rule the column that holds, where columns lie apart, the states of those that are walked."""
        return {rule: f"_s{i}" for i, (rule, _) in enumerate(self.walked)} if self.apart else {}

    @property
    def answers(self) -> tuple[str, ...]:
        """The columns of `inside` and `told`."""
        return tuple(dict.fromkeys((*self.inside.values(), *self.told.values())))


def plainly_said(sieve: Sieve) -> Sieve:
    """Give the same sieve without what only the engine that comes with the product says."""
    savings = replace(sieve.values.savings, shapes=False, entries=False)
    return replace(sieve, values=replace(sieve.values, savings=savings))


def doubtful(sieve: Sieve, flags: Flags, *, in_place: bool = False) -> exp.Expr:
    """Write that a record may be unmet or unreadable in one of the tests: true or false, never NULL.

    A file that is scanned `in_place` may have dictionaries of its texts.
    """
    savings = sieve.values.savings
    found = doubtful_in(sieve.tests, sieve.values, flags)
    if savings.shapes:
        found = in_shape(found)
    return by_entry(found, SHORT if in_place else LONG, patterns=in_place) if savings.entries else found


def answered_by(sieve: Sieve, flags: Flags) -> list[exp.Expr]:
    """Write the columns `answers` of a record."""
    tests = dict(zip(sieve.rules, sieve.tests, strict=True)) | dict(sieve.walked)
    asked = {name: inside(tests[rule], sieve.values, flags) for rule, name in sieve.inside.items()}
    states = {name: state(tests[rule], sieve.values, flags) for rule, name in sieve.told.items()}
    asked |= {name: exp.cast(found, "tinyint", copy=False) for name, found in states.items()}
    return [exp.alias_(asked[name], name, quoted=True, copy=False) for name in sieve.answers]


@statement
def sifted(raw: str, sieve: Sieve, columns: Sequence[MappedColumn], passed: Sequence[str]) -> exp.Expr:
    """Write, of a file that is scanned in place, the records that are doubtful or have a cell that needs treatment.

    All `columns` are taken as they stand, as if an inspection had found nothing. Where that is wrong, a look at what
    this gives will tell, because no other record has such a cell. Columns that are `passed` are kept beside them.
    """
    below = typed(raw, columns, passed).tree
    assert isinstance(below, exp.Select)  # noqa: S101
    found = exp.select(exp.Star()).from_(below.subquery(exp.to_identifier(sieve.table, quoted=True)), copy=False)
    return found.where(_kept(sieve, columns), copy=False)


def _kept(sieve: Sieve, columns: Sequence[MappedColumn]) -> exp.Expr:
    """Write which records are kept."""
    kept = [doubtful(sieve, {}, in_place=True)]
    for column in columns:
        cell = exp.column(column.name, quoted=True)
        ends = frozenset(BOTH_ENDS) - sieve.shown.get(column.name, frozenset())
        if column.native is Kind.TEXT and ends:
            kept.append(untrimmed(cell, ends))
        elif column.native is Kind.NUMBER:
            kept.append(exp.not_(exp.Anonymous(this="isfinite", expressions=[cell]), copy=False))
    return exp.or_(*kept, copy=False)
