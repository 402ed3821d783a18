"""The SELECTs of a verdict: tallies of many rules in one scan, strata, and the exceptions of one rule.

The state of a record is one small number: met, unmet, unreadable, or NULL for a record that is out of scope. NULL never
satisfies a condition (design section 7); a scope that cannot be told counts as unreadable, never as out of scope.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from qmscheck.sql.expression import Expression
from qmscheck.sql.functions import PATTERN, Values, expand
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, table_named
from qmscheck.sql.veil import equal as equal_columns

if TYPE_CHECKING:
    from qmscheck.sql.statistic import Statistic

__all__ = [
    "MET",
    "PLACE",
    "PLACE_WORDS",
    "UNMET",
    "UNREADABLE",
    "Part",
    "Related",
    "RowTest",
    "exceptions",
    "flagged",
    "guarded",
    "guarded_tree",
    "in_order",
    "inside",
    "insiders",
    "instead",
    "judged",
    "matchable",
    "outside",
    "shown",
    "state",
    "states",
    "states_of",
    "strata",
    "stray_keys",
    "tallies",
    "unreadable",
]

UNMET, MET, UNREADABLE = 0, 1, 2
#: The name of a query's rows. No table can have it: a table begins with a letter.
_FOUND = "_q"
PLACE = ("_source", "_row", "_path", "_page", "_heading", "_paragraph", "_cell")
#: Those of them that are words; the others are numbers.
PLACE_WORDS = frozenset({"_path", "_heading", "_cell"})

#: The (table, column) pairs with cells that are unknown: all of them where True, else those that `_u_<column>` flags.
Flags = Mapping[tuple[str, str], bool]

_NOTHING: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True)
class Related:
    """The other table of `has` and `lacks`. `relation` stands for it where its records lie in another engine."""

    table: str
    pairs: tuple[tuple[str, str], ...]
    where: Expression | None
    relation: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the other table that decide whether a record matches."""
        read = self.where.columns_of(self.table) if self.where is not None else ()
        return tuple(dict.fromkeys([*(right for _, right in self.pairs), *read]))

    @property
    def records(self) -> exp.Select:
        """Write a SELECT of one constant from its records, to be narrowed."""
        found = exp.select(exp.Literal.number(1)).from_(table_named(self.table), copy=False)
        return instead(found, self.table, self.relation)


@dataclass(frozen=True)
class Part:
    """One of the conditions that have to hold together: in words, as `sql.words` says them (None: no plain way), the
    column that is judged (None: it reads none), and whether a blank cell of that column is why it does not hold.
    """

    said: str | None
    column: str | None
    by_blank: bool


@dataclass(frozen=True)
class RowTest:
    """One rule as a test of each record of `table`.

    Exactly one of `must`, `related`, `unique`, `query` is given; for the form `count` `must` is its `where` and `scope`
    is None. `invert` turns the test round; `unknown_met` says that a NULL of `must` may stand for met (count, at most).
    `statistic` is what a measure or a series takes of the records that are met. `margin` is the unit in which records
    miss the condition, where it compares days or times. `about` says in words which records are asked for, with
    names of parameters in braces; `parts` are the conditions that `must` joins by `and`, likewise.
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
    statistic: Statistic | None = None
    margin: str | None = None
    about: str | None = None
    parts: tuple[Part, ...] = ()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All conditions and values that the test reads."""
        matched = self.related.where if self.related is not None else None
        own = tuple(e for e in (self.scope, self.must, self.query, matched) if e is not None)
        return own if self.statistic is None else (*own, *self.statistic.expressions)

    @property
    def is_plain(self) -> bool:
        """True of a test that looks at its own record only: many of them share one scan."""
        return self.related is None and not self.unique and self.query is None


@statement
def states(
    tests: Sequence[RowTest],
    strata: Sequence[str],
    extra: Sequence[str],
    values: Values,
    flags: Flags,
    only: Collection[int] | None = None,
    told: Mapping[int, str] | None = None,
) -> exp.Expr:
    """Write, for each record of a table, its key, strata and `extra` columns as text, its place and its states, or
    `only` those of some tests, by number. Columns of the table hold those that are `told` already.

    Columns: `k0`... (keys), `v0`... (strata), `x0`... (extra), the place columns, `s0`... (states).
    """
    return _states(tests, strata, extra, values, flags, only, told or {})


@statement
def judged(
    tests: Sequence[RowTest], strata: Sequence[str], extra: Sequence[str], values: Values, flags: Flags
) -> exp.Expr:
    """Write `states` in the order in which records are shown: by key, then by place.

    A pattern that several tests look for in a column is looked for once in each record: to prepare it takes longer than
    to look through a small table, even where a test could have done without.
    """
    names = [*(f"k{i}" for i in range(len(tests[0].keys))), *PLACE]
    found = _states(tests, strata, extra, values, flags)
    if values.savings.shared:
        found = _with_patterns_once(found, tests[0].table)
    return found.order_by(*in_order([exp.column(n, quoted=True) for n in names]), copy=False)


def _with_patterns_once(tree: exp.Select, table: str) -> exp.Select:
    """Look for the patterns of a tree that occur more than once in a record of its table below everything else."""
    places: dict[exp.Anonymous, list[exp.Anonymous]] = {}
    for node in tree.find_all(exp.Anonymous):
        if str(node.this).lower() != PATTERN:
            continue
        own = all(column.table == table for column in node.find_all(exp.Column))
        if own and not _is_nested(node, tree, table):
            places.setdefault(node, []).append(node)
    often = [found for found in places.values() if len(found) > 1]
    if not often:
        return tree
    told = [_alias(found[0].copy(), f"_p{i}") for i, found in enumerate(often)]
    for i, same in enumerate(often):
        for node in same:
            node.replace(_column(table, f"_p{i}"))
    below = exp.select(exp.Star(), *told).from_(table_named(table), copy=False)
    innermost = tree
    while isinstance(inner := innermost.args["from_"].this, exp.Subquery):
        innermost = inner.this
    innermost.args["from_"].set("this", below.subquery(exp.to_identifier(table, quoted=True), copy=False))
    return tree


def _is_nested(node: exp.Expr, tree: exp.Select, table: str) -> bool:
    """Tell whether a node stands in a query of its own, whose records are others."""
    query = node.find_ancestor(exp.Select)
    while query is not tree and query is not None:
        above = query.parent
        if not (isinstance(above, exp.Subquery) and above.alias == table and isinstance(above.parent, exp.From)):
            return True
        query = query.find_ancestor(exp.Select)
    return False


def _states(
    tests: Sequence[RowTest],
    strata: Sequence[str],
    extra: Sequence[str],
    values: Values,
    flags: Flags,
    only: Collection[int] | None = None,
    told: Mapping[int, str] = _NOTHING,
) -> exp.Select:
    table, keys = tests[0].table, tests[0].keys
    asked = {i: t for i, t in enumerate(tests) if only is None or i in only}
    cells = [
        _alias(shown(table, name, values), f"{letter}{i}")
        for letter, names in (("k", keys), ("v", strata), ("x", extra))
        for i, name in enumerate(names)
    ]
    places = [_column(table, p) for p in PLACE]
    shared = [t.scope for i, t in asked.items() if t.scope is not None and values.savings.shared and i not in told]
    scopes = {scope.fingerprint: scope for scope in shared}
    named = {key: f"_c{i}" for i, key in enumerate(scopes)}
    given = [
        _alias(_column(table, told[i]) if i in told else _state(t, named, values, flags), f"s{i}")
        for i, t in asked.items()
    ]
    found = exp.select(*cells, *places, *given)
    if not scopes:
        return found.from_(table_named(table), copy=False)
    # Scopes are shared by rules, and each is asked for twice: they are written once, below.
    cells = [_alias(_guarded(scopes[key], values, flags), name) for key, name in named.items()]
    below = exp.select(exp.Star(), *cells).from_(table_named(table), copy=False)
    return found.from_(below.subquery(exp.to_identifier(table, quoted=True), copy=False), copy=False)


def shown(table: str, name: str, values: Values) -> exp.Expr:
    """Write a cell as text. What is personal is not shown: records must not even stand in its order."""
    return exp.cast(exp.null() if (table, name) in values.personal else _column(table, name), "text", copy=False)


@statement
def states_of(relation: str, tests: Sequence[RowTest], values: Values, flags: Flags) -> exp.Expr:
    """Write `states` for those records of the tests' table that a relation holds."""
    return instead(_states(tests, (), (), values, flags), tests[0].table, relation)


def instead(tree: exp.Select, table: str, relation: str) -> exp.Select:
    """Let a relation stand for a table whose columns it has: what the tree says of the table, it then says of it."""
    if relation:
        for node in list(tree.find_all(exp.Table)):
            if node.name == table:
                alias = exp.TableAlias(this=exp.to_identifier(table, quoted=True))
                node.replace(exp.Table(this=exp.to_identifier(relation, quoted=True), alias=alias))
    return tree


def inside(test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Write that a record is in scope of a test, or may be: true or false, never NULL."""
    assert test.scope is not None  # noqa: S101
    return exp.func("coalesce", _guarded(test.scope, values, flags), exp.true())


def state(test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Write the state of a record as a number, or NULL where it is out of scope."""
    return _state(test, {}, values, flags)


@statement
def insiders(table: str, columns: Sequence[str]) -> exp.Expr:
    """Count the records of which columns of a table are true: those that hold what `inside` says."""
    return exp.select(*(exp.CountIf(this=exp.column(c, quoted=True)) for c in columns)).from_(
        table_named(table), copy=False
    )


@statement
def outside(test: RowTest, other: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Count the records that may be in scope of a test and are not certainly in scope of another of the same table.

    What a rate counts is its condition: that is its scope here.
    """
    counted = test.statistic is not None and test.statistic.kind == "rate"
    own, theirs = (test.must if counted else test.scope), other.scope
    found = exp.select(exp.Count(this=exp.Star())).from_(table_named(test.table), copy=False)
    inside = exp.true() if own is None else exp.func("coalesce", _guarded(own, values, flags), exp.true())
    known = exp.true() if theirs is None else exp.func("coalesce", _guarded(theirs, values, flags), exp.false())
    return found.where(inside, exp.not_(known, copy=False), copy=False)


@statement
def tallies(relation: str, tests: Sequence[int]) -> exp.Expr:
    """Count tests of a relation of states in one scan: for each population, met and unreadable, in order."""
    return exp.select(*_counts(tests)).from_(table_named(relation), copy=False)


@statement
def strata(relation: str, stratum: int, tests: Sequence[int]) -> exp.Expr:
    """Count tests per value of a stratum: the value, then population, met and unreadable of each test."""
    value = exp.column(f"v{stratum}", quoted=True)
    counted = exp.select(value, *_counts(tests)).from_(table_named(relation), copy=False)
    return counted.group_by(value.copy(), copy=False).order_by(_ordered(value.copy()), copy=False)


@statement
def exceptions(relation: str, test: int, keys: int, extra: int, wanted: Collection[int], limit: int) -> exp.Expr:
    """Fetch the records in some states of a test: keys, extra columns, state and place, by key, then by place."""
    state = exp.column(f"s{test}", quoted=True)
    names = [f"k{i}" for i in range(keys)] + [f"x{i}" for i in range(extra)]
    cells = [exp.column(n, quoted=True) for n in names]
    places = [exp.column(p, quoted=True) for p in PLACE]
    chosen = exp.In(this=state, expressions=[exp.Literal.number(s) for s in sorted(wanted)])
    order = in_order([*cells[:keys], *places])
    found = exp.select(*cells, state.copy(), *places).from_(table_named(relation), copy=False).where(chosen, copy=False)
    return found.order_by(*order, copy=False).limit(limit, copy=False)


@statement
def matchable(other: Related, flags: Flags, blank: Collection[str], values: Values, most: int) -> exp.Expr:
    """Fetch what decides whether a record of the other table matches, each combination once, at most so many: its
    columns, then the flags of those of which cells are unreadable.

    What can match no record is left out, where the table's own columns tell. Columns that are `blank` in every record
    tell nothing: a rule is counted once more as if they were unknown.
    """
    names = [*other.columns, *(f"_u_{c}" for c in flagged(other, flags))]
    found = exp.select(*(_column(other.table, n) for n in names)).distinct().from_(table_named(other.table), copy=False)
    if other.where is not None and all(table == other.table for table, _ in other.where.columns):
        doubted = {**flags, **{(other.table, c): True for c in blank}}
        possible = exp.func("coalesce", _guarded(other.where, values, doubted), exp.true())
        hidden = _flags([(other.table, right) for _, right in other.pairs], doubted)
        found = found.where(possible if hidden is None else exp.or_(possible, hidden, copy=False), copy=False)
    return found.limit(most, copy=False)


def flagged(other: Related, flags: Flags) -> list[str]:
    """Give the columns of the other table that decide whether a record matches and have flags."""
    return [c for c in other.columns if (other.table, c) in flags]


@statement
def stray_keys(tests: Sequence[RowTest], values: Values, flags: Flags | None = None) -> exp.Expr:
    """Count, for each of some rules, the keys that its query returns and its table does not have: exceptions without a
    place.

    A blank key is not counted where it may come from a cell that cannot be read.
    """
    return exp.select(*(_strays(test, values, flags or {}).subquery(copy=False) for test in tests))


def _strays(test: RowTest, values: Values, flags: Flags) -> exp.Select:
    assert test.query is not None  # noqa: S101
    query = _query(test.query, values).subquery(_FOUND, copy=False)
    own = (
        exp.select(exp.Literal.number(1)).from_(table_named(test.table), copy=False).where(_same_keys(test), copy=False)
    )
    found = exp.select(exp.Count(this=exp.Star())).from_(query, copy=False)
    found = found.where(exp.not_(exp.Exists(this=own), copy=False), copy=False)
    if any(c in flags for c in test.query.columns):
        for key in test.keys:
            found = found.where(exp.not_(_is_null(exp.column(key, table=_FOUND, quoted=True)), copy=False), copy=False)
    return found


def _counts(tests: Iterable[int]) -> list[exp.Expr]:
    """Write population, met and unreadable of state columns."""
    found: list[exp.Expr] = []
    for i in tests:
        found.append(exp.Count(this=exp.column(f"s{i}", quoted=True)))
        for state in (MET, UNREADABLE):
            equal = exp.EQ(this=exp.column(f"s{i}", quoted=True), expression=exp.Literal.number(state))
            found.append(exp.CountIf(this=equal))
    return found


def _state(test: RowTest, scopes: Mapping[str, str], values: Values, flags: Flags) -> exp.Expr:
    """Write the state of one record as a CASE. `scopes` are the columns that hold shared scopes, by fingerprint."""
    case = exp.Case(ifs=[])
    if test.scope is not None:
        named = scopes.get(test.scope.fingerprint)
        scope = _guarded(test.scope, values, flags) if named is None else _column(test.table, named)
        _when(case, exp.not_(scope, copy=False), None)
        _when(case, _is_null(scope.copy()), UNREADABLE)
    if test.must is not None:
        return _by_condition(case, test, test.must, values, flags)
    if test.related is not None:
        return _by_match(case, test, test.related, values, flags)
    if test.unique:
        return _by_key(case, test, values, flags)
    assert test.query is not None  # noqa: S101
    return _by_query(case, test, test.query, values, flags)


def _by_condition(case: exp.Case, test: RowTest, must: Expression, values: Values, flags: Flags) -> exp.Expr:
    condition = _guarded(must, values, flags)
    _when(case, exp.not_(condition, copy=False) if test.invert else condition, MET)
    unreadable = _flags(must.columns, flags)
    if test.unknown_met:
        _when(case, _is_null(condition.copy()), UNREADABLE)
    elif unreadable is not None:
        _when(case, exp.and_(_is_null(condition.copy()), unreadable, copy=False), UNREADABLE)
    return _else(case, UNMET)


def _by_match(case: exp.Case, test: RowTest, other: Related, values: Values, flags: Flags) -> exp.Expr:
    """Write `has` or `lacks`: a match that is certain decides; one that is only possible makes it unreadable."""
    met, unmet = (UNMET, MET) if test.lacks else (MET, UNMET)
    mine = [(test.table, left) for left, _ in other.pairs]
    own = _flags(mine, flags)
    if own is not None:
        _when(case, own, UNREADABLE)
    blank = _or([_is_null(_column(table, left)) for table, left in mine])
    _when(case, blank, UNREADABLE if test.lacks else UNMET)  # a match may be there that nobody can find
    equal = [equal_columns((other.table, right), (test.table, left), values.compared) for left, right in other.pairs]

    condition = _guarded(other.where, values, flags) if other.where is not None else None
    certain = [*equal, *([condition] if condition is not None else [])]
    _when(case, exp.Exists(this=other.records.where(*(c.copy() for c in certain), copy=False)), met)
    maybe: list[exp.Expr] = []
    unread = _flags(other.where.columns, flags) if other.where is not None else None
    if condition is not None and (test.lacks or unread is not None):
        unknown = [_is_null(condition.copy()), *([] if test.lacks or unread is None else [unread])]
        maybe.append(exp.paren(exp.and_(*(e.copy() for e in equal), *unknown, copy=False), copy=False))
    unread_key = _flags([(other.table, right) for _, right in other.pairs], flags)
    if unread_key is not None:
        maybe.append(unread_key)
    if maybe:
        _when(case, exp.Exists(this=other.records.where(_or(maybe), copy=False)), UNREADABLE)
    return _else(case, unmet)


def _by_key(case: exp.Case, test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Write `unique`: a key that cannot be read, or a record that may be in scope, may double any other."""
    columns = [(test.table, c) for c in test.unique]
    unreadable = _flags(columns, flags)
    if unreadable is not None:
        _when(case, unreadable, UNREADABLE)
    _when(case, _or([_is_null(_column(*c)) for c in columns]), UNMET)
    scope = _guarded(test.scope, values, flags) if test.scope is not None else None
    _when(case, _is_double(test, scope), UNMET)
    if scope is not None:
        near = exp.func("coalesce", scope.copy(), exp.true())
        _when(case, _is_double(test, near), UNREADABLE)
        scope = near
    hidden = _flags(columns, flags)
    if hidden is not None:
        inside = [hidden, *([scope.copy()] if scope is not None else [])]
        one = exp.select(exp.Literal.number(1)).from_(table_named(test.table), copy=False)
        any_hidden = exp.Exists(this=one.where(*inside, copy=False).limit(1, copy=False))
        _when(case, any_hidden, UNREADABLE)
    return _else(case, MET)


def _is_double(test: RowTest, scope: exp.Expr | None) -> exp.Expr:
    """Write that the record's key occurs more than once among the records of a scope."""
    own = [_column(test.table, c) for c in test.unique]
    key = own[0] if len(own) == 1 else exp.Tuple(expressions=own)
    inner = exp.select(*(c.copy() for c in own)).from_(table_named(test.table), copy=False)
    if scope is not None:
        inner = inner.where(scope.copy(), copy=False)
    twice = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    found = inner.group_by(*(c.copy() for c in own), copy=False).having(twice, copy=False)
    return exp.In(this=key, query=found.subquery(copy=False))


def _by_query(case: exp.Case, test: RowTest, query: Expression, values: Values, flags: Flags) -> exp.Expr:
    """Write `query`: a record is certain to be an exception only where no unreadable cell made it one."""
    own = _flags([(test.table, k) for k in test.keys], flags)
    if own is not None:
        _when(case, own, UNREADABLE)
    tree = _query(query, values)
    unread = any(c in flags for c in query.columns)
    certain = _certain(tree, flags) if unread else tree
    if certain is not None:
        found = exp.select(exp.Literal.number(1)).from_(certain.subquery(_FOUND, copy=False), copy=False)
        _when(case, exp.Exists(this=found.where(_same_keys(test), copy=False)), UNMET)
    return _else(case, UNREADABLE if unread else MET)


def _certain(tree: exp.Select, flags: Flags) -> exp.Select | None:
    """Write a query so that it returns only what it would return whatever the unreadable cells say.

    None where that cannot be told: in `not exists`, an outer join or a count, what is missing may be what decides.
    """
    joins = tree.args.get("joins") or []
    more = tree.find(exp.AggFunc, exp.With, exp.Group, exp.Having)
    nested = any(inner is not tree for inner in tree.find_all(exp.Query))
    if more is not None or nested or any(join.args.get("side") for join in joins):
        return None
    tables = [tree.args["from_"].this, *(join.this for join in joins)]
    named = {t.alias_or_name: t.name for t in tables}
    seen = {(a, c): whole for (table, c), whole in flags.items() for a, name in named.items() if name == table}
    for clause, part in [(tree.args.get("where"), "this"), *((join, "on") for join in joins)]:
        if clause is not None and clause.args.get(part) is not None:
            clause.set(part, _guard(clause.args[part], seen))
    shown = _flags([(c.table, c.name) for e in tree.expressions for c in e.find_all(exp.Column)], seen)
    return tree if shown is None else tree.where(exp.not_(exp.paren(shown, copy=False), copy=False), copy=False)


def _guarded(expression: Expression, values: Values, flags: Flags) -> exp.Expr:
    """Write a condition in which whatever reads an unreadable cell is NULL, also `is null` and the like.

    So `and` and `or` (Kleene's logic) are true or false only where that holds whatever the cell says.
    """
    return guarded_tree(expression.tree, expression.columns, values, flags)


def guarded_tree(tree: exp.Expr, columns: Iterable[tuple[str, str]], values: Values, flags: Flags) -> exp.Expr:
    """Write what `guarded` does, of a part of a checked condition, which reads these columns."""
    written = expand(tree, values)
    return exp.paren(_guard(written, flags) if any(c in flags for c in columns) else written, copy=False)


def guarded(expression: Expression, values: Values, flags: Flags) -> exp.Expr:
    """Write a condition or a value so that it is NULL where it rests on an unreadable cell."""
    return _guarded(expression, values, flags)


def _guard(node: exp.Expr, flags: Flags) -> exp.Expr:
    if isinstance(node, exp.And | exp.Or):
        sides = [_guard(side, flags) for side in node.flatten()]
        return exp.and_(*sides, copy=False) if isinstance(node, exp.And) else exp.or_(*sides, copy=False)
    if isinstance(node, exp.Paren):
        return exp.paren(_guard(node.this, flags), copy=False)
    if isinstance(node, exp.Not):
        return exp.not_(exp.paren(_guard(node.this, flags), copy=False), copy=False)
    unreadable = _flags([(c.table, c.name) for c in node.find_all(exp.Column)], flags)
    if unreadable is None:
        return node
    return exp.Case(ifs=[exp.If(this=exp.not_(exp.paren(unreadable, copy=False), copy=False), true=node)])


def _query(query: Expression, values: Values) -> exp.Select:
    tree = expand(query.tree, values)
    assert isinstance(tree, exp.Select)  # noqa: S101
    return tree


def _same_keys(test: RowTest) -> exp.Expr:
    """Write that a row of the query has the key of the record; a blank key is that of a record whose key is blank."""
    pairs = [(exp.column(k, table=_FOUND, quoted=True), _column(test.table, k)) for k in test.keys]
    return exp.and_(*(exp.NullSafeEQ(this=found, expression=own) for found, own in pairs), copy=False)


def _flags(columns: Sequence[tuple[str, str]], flags: Flags) -> exp.Expr | None:
    """Write that one of these columns is unreadable in the record; None where none ever is."""
    found = [
        exp.true() if flags[table, column] else _column(table, f"_u_{column}")
        for table, column in dict.fromkeys(columns)
        if (table, column) in flags
    ]
    return _or(found) if found else None


def unreadable(columns: Sequence[tuple[str, str]], flags: Flags) -> exp.Expr | None:
    """Write that one of these columns is unreadable in the record; None where none ever is."""
    return _flags(columns, flags)


def _or(conditions: Sequence[exp.Expr]) -> exp.Expr:
    return exp.paren(exp.or_(*conditions, copy=False), copy=False) if len(conditions) > 1 else conditions[0]


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


def _alias(node: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(node, name, quoted=True, copy=False)


def in_order(cells: Sequence[exp.Expr]) -> list[exp.Expr]:
    """Write the order of some cells: as they grow, blanks last."""
    return [_ordered(cell.copy()) for cell in cells]


def _ordered(node: exp.Expr) -> exp.Expr:
    return exp.Ordered(this=node, desc=False, nulls_first=False)


def columns_read(tests: Sequence[RowTest]) -> Mapping[str, frozenset[str]]:
    """Give the columns that tests read, by table: what need not be brought is not."""
    found: dict[str, set[str]] = {}
    for test in tests:
        for expression in test.expressions:
            for table, column in expression.columns:
                found.setdefault(table, set()).add(column)
        for other in test.statistic.others if test.statistic is not None else ():
            found.setdefault(other.table, set()).update(other.keys)
        found.setdefault(test.table, set()).update((*test.keys, *test.unique))
        if test.related is not None:
            found[test.table].update(left for left, _ in test.related.pairs)
            found.setdefault(test.related.table, set()).update(right for _, right in test.related.pairs)
    return {table: frozenset(c for c in columns if c) for table, columns in found.items()}
