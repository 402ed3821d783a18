"""Queries of rules: one SELECT over the declared tables, checked clause by clause in the scopes that SQL gives it.

Library of this room: sqlglot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache as remembered

from qmscheck.cache import Cache
from qmscheck.errors import did_you_mean
from qmscheck.sql.expression import Checker, Expression, Reading, Scope, a_kind, recalled
from qmscheck.sql.kinds import Kind, comparable
from qmscheck.sql.reading import read_query
from qmscheck.sql.trees import exp

__all__ = ["parse_query"]


def parse_query(
    text: str, scope: Scope, keys: Mapping[str, Kind], cache: Cache | None = None, *, careful: bool = False
) -> Expression:
    """Parse and check one SELECT that returns the columns `keys`, as `parse_condition` does. Raises SqlProblem."""
    given = ("query", scope, keys, careful)
    return recalled(text, given, lambda: _query(text, scope, keys, careful=careful), cache)


def _query(text: str, scope: Scope, keys: Mapping[str, Kind], *, careful: bool) -> Reading:
    tree = read_query(text)
    checker = _QueryChecker(scope, text)
    given = checker.select(tree, None)
    checker.sweep(tree)
    checker.unfold(tree)
    if careful:
        checker.look_for_slips(tree)
    if set(given) != set(keys):
        wanted = ", ".join(keys)
        checker.refuse(tree, f"the query must return the key of the table, {wanted}, and returns {', '.join(given)}")
    for name, kind in keys.items():
        if not comparable(kind, given[name]):
            checker.refuse(tree, f"the query returns {name} as {given[name]}, and the key is {kind}")
    columns = list(checker.columns)
    known = {table for table, _ in columns}
    columns += [(table, "") for table in checker.used_tables if table not in known]
    return Reading(tree, Kind.UNKNOWN, tuple(columns), tuple(checker.params), tuple(checker.terms))


@dataclass
class _QueryChecker(Checker):
    """A checker that allows SELECTs, joins, sub-queries and the plain aggregates."""

    used_tables: dict[str, None] = field(default_factory=dict)
    ctes: dict[str, dict[str, Kind]] = field(default_factory=dict)
    unfolded: dict[str, int] = field(default_factory=dict)
    aggregates: bool = False
    declared: Scope = field(init=False)

    def __post_init__(self) -> None:
        """Keep the scope of the declared tables: inner scopes hide it."""
        self.declared = self.scope

    def parts(self) -> frozenset[type[exp.Expr]]:
        """Give the types of nodes that are parts of a SELECT."""
        return super().parts() | _parts()

    def select(self, node: exp.Expr, outer: Scope | None) -> dict[str, Kind]:
        """Check a SELECT in its own scope; give its columns."""
        if not isinstance(node, exp.Select):
            self.refuse(node, "only SELECT is allowed in a query", "UNION and the like are refused")
        unknown = _given(node) - {"expressions", "from_", "joins", "where", "group", "having", "with_", "distinct"}
        if unknown:
            self.refuse(node, f"'{min(unknown).rstrip('_')}' is not allowed in a query")
        if node.args.get("distinct") and _given(node.args["distinct"]):
            self.refuse(node, "'distinct on' is not allowed in a query")
        if not node.expressions:
            self.refuse(node, "the query returns nothing")
        before, counted = self.scope, self.aggregates
        self._derived(node, outer)
        joins = node.args.get("joins") or []
        self.scope = self._from_clause(node, joins, outer)
        try:
            for join in joins:
                self._join(join)
            return self._clauses(node)
        finally:
            self.scope, self.aggregates = before, counted

    def subquery(self, node: exp.Expr) -> Kind:
        """Check a sub-query: `exists (...)`, or one that gives a value."""
        if isinstance(node, exp.Exists):
            self.select(self._bare(node.this), self.scope)
            return Kind.BOOLEAN
        if not isinstance(node, exp.Query):
            self.refuse(node, "comparisons with 'any' and 'all' are refused", "use 'in' or 'exists'")
        given = self.select(self._bare(node), self.scope)
        if len(given) != 1:
            self.refuse(node, "a sub-query that gives a value returns one column")
        return next(iter(given.values()))

    def negation(self, node: exp.Not) -> Kind:
        """Check `not`: before `in (select ...)` it would be NULL throughout as soon as one value is blank."""
        inner = node.this.unnest()
        if isinstance(inner, exp.In) and inner.args.get("query"):
            self.refuse(
                node, "'not in (select ...)' finds nothing as soon as one value is blank", "write 'not exists (...)'"
            )
        return super().negation(node)

    def aggregate(self, node: exp.Expr) -> Kind:
        """Check count, sum, avg, min and max, where aggregates may stand."""
        if type(node) not in _known_aggregates():
            self.refuse(node, "of the aggregates, count, sum, avg, min and max are known; windows are refused")
        if not self.aggregates:
            self.refuse(node, "an aggregate may stand in SELECT and HAVING only, and not inside another")
        if node.args.get("expressions") or node.this is None:
            self.refuse(node, "an aggregate takes one argument")
        inner = node.this
        if isinstance(node, exp.Count) and isinstance(inner, exp.Star):
            return Kind.INTEGER
        if isinstance(inner, exp.Distinct):
            if len(inner.expressions) != 1 or inner.args.get("on"):
                self.refuse(node, "distinct takes one column here")
            inner = inner.expressions[0]
        self.aggregates = False
        kind = self.kind(inner)
        self.aggregates = True
        if isinstance(node, exp.Count):
            return Kind.INTEGER
        if isinstance(node, exp.Sum | exp.Avg) and not kind.numeric:
            self.refuse(node, f"expected a number, and this is {a_kind(kind)}")
        return Kind.NUMBER if isinstance(node, exp.Avg) else kind

    def join_text(self, node: exp.DPipe) -> Kind:
        """Check `||`: a text that is joined again in each of many steps doubles in each, and fills any memory."""
        kind = super().join_text(node)
        for column in node.find_all(exp.Column):
            if "base" not in column.meta:
                hint = "join columns of declared tables, where they are read"
                self.refuse(column, f"'{column.name}' is a column of a sub-query, and '||' does not join those", hint)
        return kind

    def unfold(self, node: exp.Expr) -> int:
        """Count the tables that a query reads, each as often as the names of what is made of it stand in it."""
        reads = sum(self.unfolded.get(table.name, 1) for table in node.find_all(exp.Table))
        if reads > _MOST_TABLES:
            self.refuse(node, f"with its sub-queries written out, the query reads more than {_MOST_TABLES} tables")
        return reads

    def _bare(self, node: exp.Expr) -> exp.Expr:
        """Take the parentheses off a SELECT; what else they carry (a limit, an order) is refused."""
        while isinstance(node, exp.Subquery):
            if _given(node) - {"this"}:
                self.refuse(node, f"'{min(_given(node) - {'this'}).rstrip('_')}' is not allowed in a query")
            node = node.this
        return node

    def _derived(self, node: exp.Select, outer: Scope | None) -> None:
        """Check the queries after `with`, each seeing those before it."""
        with_ = node.args.get("with_")
        if with_ is None:
            return
        if _given(with_) - {"expressions"}:
            self.refuse(node, "a recursive query is refused")
        for cte in with_.expressions:
            if _given(cte) - {"this", "alias"} or cte.args.get("materialized") is not None:
                self.refuse(cte, "only 'with name as (select ...)' is known")
            if cte.alias in self.declared.tables or cte.alias in self.ctes:
                self.refuse(cte, f"'{cte.alias}' is the name of a table already")
            given = self.select(cte.this, outer)
            self._alias(cte)
            self.ctes[cte.alias] = given
            self.unfolded[cte.alias] = self.unfold(cte.this)

    def _from_clause(self, node: exp.Select, joins: list[exp.Expr], outer: Scope | None) -> Scope:
        """Give the scope that FROM and the joins make."""
        tables: dict[str, Mapping[str, Kind]] = {}
        base: dict[str, str | None] = {}
        if not node.args.get("from_"):
            self.refuse(node, "a query reads at least one declared table")
        parts = [node.args["from_"].this]
        for part in parts + [join.this for join in joins]:
            alias, columns, declared = self._table(part, outer)
            if alias in tables:
                self.refuse(part, f"'{alias}' stands twice in FROM", "give one of them another name: table as other")
            tables[alias], base[alias] = columns, declared
        return Scope(tables, None, self.scope.params, self.scope.terms, base, outer, self.scope.words)

    def _table(self, node: exp.Expr, outer: Scope | None) -> tuple[str, Mapping[str, Kind], str | None]:
        """Give the alias, the columns and the declared table of one part of FROM."""
        if isinstance(node, exp.Subquery) and node.alias and not _given(node) - {"this", "alias"}:
            given = self.select(node.this, outer)
            self._alias(node)
            return node.alias, given, None
        plain = isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier)
        if not plain or _given(node) - {"this", "alias"}:
            self.refuse(node, "a query reads declared tables, and sub-queries with a name")
        if node.alias:
            self._alias(node)
        node.this.set("quoted", True)
        if node.name in self.ctes:
            return node.alias or node.name, self.ctes[node.name], None
        if node.name not in self.declared.tables:
            known = [*self.declared.tables, *self.ctes]
            self.refuse(node, f"there is no table '{node.name}'", did_you_mean(node.name, known))
        self.used_tables[node.name] = None
        return node.alias or node.name, self.declared.tables[node.name], node.name

    def _alias(self, node: exp.Expr) -> None:
        """Take a table's alias to the letter; one that renames columns is refused."""
        alias = node.args["alias"]
        if not isinstance(alias, exp.TableAlias) or _given(alias) - {"this"}:
            self.refuse(node, "an alias is one name", "rename columns in the SELECT: column as other")
        alias.this.set("quoted", True)

    def _join(self, join: exp.Expr) -> None:
        """Check one join, whose tables are in scope."""
        if join.args.get("using"):
            self.refuse(join, "'using' is not allowed", "write 'on a.x = b.x'")
        sides = {str(join.args.get(part) or "").upper() for part in ("side", "kind")}
        if _given(join) - {"this", "on", "side", "kind"} or sides - _JOINS:
            self.refuse(join, "this kind of join is not allowed", "write join, left join or cross join")
        on = join.args.get("on")
        if on is None and join.args.get("side"):
            self.refuse(join, "this join needs 'on'", "write 'on a.x = b.x'")
        if on is not None and "CROSS" in sides:
            self.refuse(join, "a cross join has no 'on'", "write 'join'")
        if on is not None:
            self.boolean(on)

    def _clauses(self, node: exp.Select) -> dict[str, Kind]:
        """Check the clauses of a SELECT whose tables are in scope."""
        self.aggregates = False
        if node.args.get("where") is not None:
            self.boolean(node.args["where"].this)
        group = node.args.get("group")
        keys: list[exp.Expr] = list(group.expressions) if group is not None else []
        literal = any(isinstance(key, exp.Literal) for key in keys)
        if group is not None and (_given(group) - {"expressions"} or group.args.get("all") is not None or literal):
            self.refuse(node, "only a plain GROUP BY is allowed", "it names its columns")
        for key in keys:
            self.kind(key)
        self.aggregates = True
        having = node.args.get("having")
        if having is not None:
            self.boolean(having.this)
        given: dict[str, Kind] = {}
        for projection in node.expressions:
            name, kind = self._projection(projection)
            if name in given:
                self.refuse(projection, f"two columns are called '{name}'", "name one of them: ... as other")
            given[name] = kind
        shown = [*node.expressions, *([having.this] if having is not None else [])]
        if group is not None or having is not None or any(_aggregates(part) for part in shown):
            for part in shown:
                self._grouped(part, keys)
        return given

    def _projection(self, node: exp.Expr) -> tuple[str, Kind]:
        inner = node.this if isinstance(node, exp.Alias) else node
        if isinstance(inner, exp.Star) or (isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star)):
            self.refuse(node, "name the columns: '*' is not allowed")
        kind = self.kind(inner)
        if isinstance(node, exp.Alias):
            node.args["alias"].set("quoted", True)
        return node.alias_or_name or inner.output_name, kind

    def _grouped(self, node: exp.Expr, keys: list[exp.Expr]) -> None:
        """Demand that a column beside an aggregate is one that the query groups by."""
        if type(node) in _known_aggregates() or node in keys:
            return
        if isinstance(node, exp.Column) and node.table in self.scope.tables:
            self.refuse(node, f"'{node.name}' is neither grouped by nor inside count, sum, avg, min or max")
        for inner in node.iter_expressions():
            if not isinstance(inner, exp.Query):
                self._grouped(inner, keys)


def _given(node: exp.Expr) -> set[str]:
    """The arguments that a node really has."""
    return {key for key, value in node.args.items() if value}


def _aggregates(node: exp.Expr) -> bool:
    """Tell whether a clause counts: sub-queries count for themselves."""
    inner = node.walk(prune=lambda n: isinstance(n, exp.Query))
    return any(type(part) in _known_aggregates() for part in inner)


_MOST_TABLES = 100

_JOINS = {"", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS"}


@remembered
def _known_aggregates() -> frozenset[type[exp.Expr]]:
    return frozenset({exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max})


@remembered
def _parts() -> frozenset[type[exp.Expr]]:
    """Give the types of nodes of which a SELECT is made."""
    return frozenset(
        {exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.With, exp.CTE, exp.Table}
        | {exp.TableAlias, exp.Alias, exp.Distinct, exp.Star}
    )
