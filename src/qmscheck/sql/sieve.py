"""A sieve for a large table: while it is read once, the records that may be unmet or unreadable are kept apart.

What `candidates` writes is a scan of its own; this is the same condition, put where the records pass anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qmscheck.sql.candidates import good
from qmscheck.sql.ends import shown_by
from qmscheck.sql.few import Answer, answered, conditions_on_one, each_value
from qmscheck.sql.functions import Values
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import BOTH_ENDS, End, MappedColumn, typed, untrimmed
from qmscheck.sql.select import Flags, RowTest, columns_read
from qmscheck.sql.statement import statement, statement_with_values
from qmscheck.sql.trees import exp

__all__ = ["DOUBTFUL", "Sieve", "doubtful", "sifted", "sifted_by_values", "values_of"]

#: The column that is true of a record that may be unmet or unreadable.
DOUBTFUL = "_doubtful"


@dataclass(frozen=True)
class Sieve:
    """The tests that look at their own record only, of one table. `rules` are theirs, in the same order."""

    rules: tuple[str, ...]
    tests: tuple[RowTest, ...]
    values: Values

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


def doubtful(sieve: Sieve, flags: Flags) -> exp.Expr:
    """Write that a record may be unmet or unreadable in one of the tests: true or false, never NULL."""
    met = exp.and_(*(good(t, sieve.values, flags) for t in sieve.tests), copy=False)
    return exp.not_(exp.func("coalesce", met, exp.false()), copy=False)


@statement
def values_of(raw: str, sieve: Sieve, columns: Sequence[MappedColumn], column: MappedColumn) -> exp.Expr:
    """Write each value of a column, with what each condition of `sifted` that reads it alone says of it."""
    asked = conditions_on_one(exp.paren(_kept(sieve, columns), copy=False)).get(column.name, [])
    return each_value(raw, column, sieve.table, asked)


@statement
def sifted(raw: str, sieve: Sieve, columns: Sequence[MappedColumn], position: str) -> exp.Expr:
    """Write, of a file that is scanned in place, the records that are doubtful or have a cell that needs treatment.

    All `columns` are taken as they stand, as if an inspection had found nothing. Where that is wrong, a look at what
    this gives will tell, because no other record has such a cell.
    """
    return _sifted(raw, sieve, columns, position, ())


@statement_with_values
def sifted_by_values(
    raw: str, sieve: Sieve, columns: Sequence[MappedColumn], position: str, answers: Sequence[Answer]
) -> exp.Expr:
    """Write what `sifted` does, by what is known of columns of few values."""
    return _sifted(raw, sieve, columns, position, answers)


def _sifted(
    raw: str, sieve: Sieve, columns: Sequence[MappedColumn], position: str, answers: Sequence[Answer]
) -> exp.Expr:
    below = typed(raw, columns, [position]).tree
    assert isinstance(below, exp.Select)  # noqa: S101
    found = exp.select(exp.Star()).from_(below.subquery(exp.to_identifier(sieve.table, quoted=True)), copy=False)
    return found.where(answered(_kept(sieve, columns), answers), copy=False)


def _kept(sieve: Sieve, columns: Sequence[MappedColumn]) -> exp.Expr:
    """Write which records are kept."""
    kept = [doubtful(sieve, {})]
    for column in columns:
        cell = exp.column(column.name, quoted=True)
        ends = frozenset(BOTH_ENDS) - sieve.shown.get(column.name, frozenset())
        if column.native is Kind.TEXT and ends:
            kept.append(untrimmed(cell, ends))
        elif column.native is Kind.NUMBER:
            kept.append(exp.not_(exp.Anonymous(this="isfinite", expressions=[cell]), copy=False))
    return exp.or_(*kept, copy=False)
