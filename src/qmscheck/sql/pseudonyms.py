"""Personal columns: what rules ask of them, and what stands in the engine in place of their texts.

Most rules ask only whether somebody is named, or by a word that stands for nobody: a mark and these words are enough.
Where texts are compared, a keyed pseudonym stands for each, and what a personal column is compared with is turned into
one, too. Only a rule that looks into the letters of a text in another way makes the column be read as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache as remembered

from qmscheck.cache import Cache, digest
from qmscheck.sql.expression import Expression
from qmscheck.sql.select import RowTest
from qmscheck.sql.trees import exp
from qmscheck.sql.veil import MARK, PSEUDONYM, Pair, bare

__all__ = ["Need", "Needs", "needs"]


class Need(StrEnum):
    """What rules need of the texts of a personal column."""

    WORDS = "words"
    EQUALITY = "equality"
    LETTERS = "letters"

    @property
    def veil(self) -> str:
        """The function of the engine that takes the place of the text; empty where the text itself is needed."""
        return {Need.WORDS: MARK, Need.EQUALITY: PSEUDONYM, Need.LETTERS: ""}[self]


@dataclass(frozen=True)
class Needs:
    """What is needed of each personal column, and the term families whose words are kept beside a pseudonym."""

    columns: Mapping[Pair, Need] = field(default_factory=dict)
    families: frozenset[str] = frozenset()

    @property
    def compared(self) -> frozenset[Pair]:
        """The columns that hold pseudonyms."""
        return frozenset(pair for pair, need in self.columns.items() if need is Need.EQUALITY)


def needs(
    tests: Sequence[RowTest], personal: Collection[Pair], compared: Collection[Pair] = (), cache: Cache | None = None
) -> Needs:
    """Find out what tests need of personal columns. `compared` are those that the product itself compares."""
    found = dict.fromkeys(personal, Need.WORDS)
    families: set[str] = set()
    told = [(pair, Need.EQUALITY, "") for pair in compared]
    for test in tests:
        told += _of_test(test, personal, cache)
    for pair, need, family in told:
        if pair in found:
            found[pair] = max(found[pair], need, key=list(Need).index)
            families |= {family} - {""}
    return Needs(found, frozenset(families))


Told = tuple[Pair, Need, str]


def _of_test(test: RowTest, personal: Collection[Pair], cache: Cache | None) -> list[Told]:
    told: list[Told] = [((test.table, column), Need.EQUALITY, "") for column in test.unique]
    if test.related is not None:
        for left, right in test.related.pairs:
            told += [((test.table, left), Need.EQUALITY, ""), ((test.related.table, right), Need.EQUALITY, "")]
    for other in test.statistic.others if test.statistic is not None else ():
        told += [((other.table, key), Need.LETTERS, "") for key in other.keys]
    keys = test.keys if test.query is not None else ()
    for expression in test.expressions:
        if any(pair in personal for pair in expression.columns):
            told += _recalled(expression, test.table, keys if expression is test.query else (), cache)
    return told


def _recalled(expression: Expression, table: str, keys: tuple[str, ...], cache: Cache | None) -> list[Told]:
    """Look through an expression, or recall what was found: to parse it again takes long."""
    name = digest("needs of personal columns", expression.fingerprint, table, keys)
    known = cache.get(name) if cache is not None else None
    if known is None:
        told = [(pair, need.value, family) for pair, need, family in _looked(expression.tree, table, keys)]
        known = json.dumps(told)
        if cache is not None:
            cache.put(name, known)
    return [((pair[0], pair[1]), Need(need), family) for pair, need, family in json.loads(known)]


def _looked(tree: exp.Expr, table: str, keys: tuple[str, ...]) -> list[Told]:
    found: list[Told] = []
    for node in tree.find_all(exp.Column):
        base = node.meta.get("base")
        if base is not None:
            found.append((base, *_use(node, tree, table, keys)))
    # A key that a query returns from elsewhere is compared with the text of the table's own.
    if isinstance(tree, exp.Select):
        returned = {base for one in tree.expressions if (base := one.unalias().meta.get("base")) is not None}
        found += [((table, key), Need.LETTERS, "") for key in keys if (table, key) not in returned]
    return found


def _use(node: exp.Expr, tree: exp.Expr, table: str, keys: tuple[str, ...]) -> tuple[Need, str]:
    """Say what the condition around a column asks of its text."""
    top = node
    while top.parent is not None and bare(top.parent) is not top.parent:
        top = top.parent
    above = top.parent
    if isinstance(above, exp.Is | exp.Count):
        return Need.WORDS, ""
    if isinstance(above, exp.Anonymous):
        name = str(above.this).lower()
        if name == "filled":
            return Need.WORDS, ""
        if name == "mentions" and above.expressions[0] is top:
            return Need.WORDS, above.expressions[1].name
    counted = isinstance(above, exp.Distinct) and isinstance(above.parent, exp.Count)
    listed = isinstance(above, exp.In) and above.this is top and not above.args.get("query")
    if counted or listed or isinstance(above, (*_equalities(), exp.Group)):
        return Need.EQUALITY, ""
    shown = above.parent if isinstance(above, exp.Alias) else above
    named = above.alias if isinstance(above, exp.Alias) else node.name
    own = node.meta.get("base") == (table, named) and top is node
    if shown is tree and isinstance(tree, exp.Select) and own and named in keys:
        return Need.EQUALITY, ""
    return Need.LETTERS, ""


@remembered
def _equalities() -> tuple[type[exp.Expr], ...]:
    return (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ)
