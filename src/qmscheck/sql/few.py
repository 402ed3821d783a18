"""Columns of few values: a condition on such a column alone is asked of each value once, and not of each record.

An answer is exact: it says of every value that the file has, and of a blank, what the condition itself says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qmscheck.cache import Fingerprinted
from qmscheck.sql.mapping import MappedColumn
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, table_named

__all__ = ["MOST", "Answer", "answered", "answers_in", "conditions_on_one", "each_value", "variety"]

#: Values up to which they are few, and up to which some of them are listed in a condition.
MOST, _LISTED = 1_000, 20


@dataclass(frozen=True)
class Answer(Fingerprinted):
    """What condition `number` of a column says: of a blank, of the `listed` values, and of every other value."""

    column: str
    number: int
    blank: bool | None
    listed: tuple[str, ...]
    of_listed: bool | None
    otherwise: bool | None


@statement
def variety(raw: str, columns: Sequence[MappedColumn], first: int) -> exp.Expr:
    """Count the different values of some columns among the first records of a file."""
    near = exp.select(*(_header(c) for c in columns)).from_(table_named(raw), copy=False).limit(first, copy=False)
    found = [exp.Count(this=exp.Distinct(expressions=[_header(c)])) for c in columns]
    return exp.select(*found).from_(near.subquery("_n", copy=False), copy=False)


def each_value(raw: str, column: MappedColumn, table: str, conditions: Sequence[exp.Expr]) -> exp.Expr:
    """Write each value of a column, one more than are few at most, with what each condition says of it."""
    named = exp.alias_(_header(column), column.name, quoted=True, copy=False)
    values = exp.select(named).distinct(copy=False).from_(table_named(raw), copy=False).limit(MOST + 1, copy=False)
    told = [exp.alias_(c.copy(), f"_{i}", quoted=True, copy=False) for i, c in enumerate(conditions)]
    whole = values.subquery(exp.to_identifier(table, quoted=True), copy=False)
    return exp.select(exp.column(column.name, quoted=True), *told).from_(whole, copy=False)


def answers_in(column: str, rows: Sequence[Sequence[object]]) -> Iterator[Answer]:
    """Read what `each_value` told; nothing where the values are not few, or too many would have to be listed."""
    if len(rows) > MOST or not rows:
        return
    for number in range(len(rows[0]) - 1):
        said: dict[bool | None, list[str]] = {}
        blanks: list[bool | None] = []
        for value, *results in rows:
            result = None if results[number] is None else bool(results[number])
            if value is None:
                blanks.append(result)
            else:
                said.setdefault(result, []).append(str(value))
        common, *rare = sorted(said, key=lambda result: -len(said[result])) or blanks
        listed = tuple(sorted(said[rare[0]])) if rare else ()
        if len(rare) <= 1 and len(listed) <= _LISTED:
            blank = blanks[0] if blanks else common  # where no cell is blank, it does not matter
            yield Answer(column, number, blank, listed, rare[0] if rare else None, common)


def answered(tree: exp.Expr, answers: Sequence[Answer]) -> exp.Expr:
    """Write the answers in the place of the conditions that they answer."""
    given = {(a.column, a.number): a for a in answers}
    root = exp.paren(tree, copy=False)
    for column, nodes in conditions_on_one(root).items():
        for number, node in enumerate(nodes):
            answer = given.get((column, number))
            if answer is not None:
                node.replace(_written(answer, node))
    return root.this  # type: ignore[no-any-return]


def conditions_on_one(tree: exp.Expr) -> Mapping[str, list[exp.Expr]]:
    """Give the largest conditions of a tree that read one column each, by column, in order."""
    found: dict[str, list[exp.Expr]] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        columns = {c.name for c in node.find_all(exp.Column)}
        if len(columns) == 1 and _is_condition(node):
            found.setdefault(columns.pop(), []).append(node)
        elif columns:
            waiting.extend(reversed([n for n in node.iter_expressions() if isinstance(n, exp.Expr)]))
    return found


def _is_condition(node: exp.Expr) -> bool:
    """Tell whether a node is true, false or NULL for certain by its kind."""
    if isinstance(node, exp.Paren | exp.Not):
        return _is_condition(node.this)
    if isinstance(node, exp.And | exp.Or):
        return all(_is_condition(side) for side in node.flatten())
    if isinstance(node, exp.Case):
        given = [branch.args["true"] for branch in node.args["ifs"]] + [node.args.get("default") or exp.null()]
        some = [branch for branch in given if not isinstance(branch, exp.Null)]
        return bool(some) and all(_is_condition(branch) for branch in some)
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower() in {"regexp_matches", "contains"}
    compared = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Is, exp.Like, exp.ILike)
    found = (exp.Glob, exp.NullSafeEQ, exp.NullSafeNEQ, exp.StartsWith, exp.EndsWith, exp.Contains, exp.Boolean)
    return isinstance(node, (*compared, *found))


def _written(answer: Answer, node: exp.Expr) -> exp.Expr:
    """Write an answer as a condition."""
    cell = next(iter(node.find_all(exp.Column))).copy()
    if not answer.listed and answer.blank is answer.otherwise:
        return _truth(answer.otherwise)
    case = exp.Case(ifs=[], default=_truth(answer.otherwise))
    if answer.listed:
        listed = exp.In(this=cell.copy(), expressions=[exp.Literal.string(v) for v in answer.listed])
        case.append("ifs", exp.If(this=listed, true=_truth(answer.of_listed)))
    if answer.blank is not answer.otherwise:
        blank = exp.Is(this=cell, expression=exp.null())
        case.append("ifs", exp.If(this=blank, true=_truth(answer.blank)))
    return exp.paren(case, copy=False)


def _truth(said: bool | None) -> exp.Expr:  # noqa: FBT001  (one of three)
    if said is None:
        return exp.cast(exp.null(), "boolean", copy=False)
    return exp.true() if said else exp.false()


def _header(column: MappedColumn) -> exp.Column:
    return exp.column(column.header or "", quoted=True)
