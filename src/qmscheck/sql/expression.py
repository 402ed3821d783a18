"""Conditions and queries of rules: parsed by sqlglot, then every node of the tree is allowed by type or refused.

The allow-list is the security boundary (a rule is untrusted text): what is rendered later is the checked tree, never
the author's text. An expression is typed while it is walked; see `docs/rulesets.md` for the language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from qmscheck.errors import did_you_mean
from qmscheck.sql.functions import FUNCTIONS, Signature
from qmscheck.sql.kinds import Kind, comparable, joined

__all__ = ["Expression", "Scope", "SqlProblem", "parse_condition", "parse_query"]

_MAX_LENGTH = 8_000
_MAX_DEPTH = 40


class SqlProblem(Exception):  # noqa: N818  (a problem of the author's text, found while it is checked)
    """What is wrong in an expression, and where in its text (line and column count from 1)."""

    def __init__(self, message: str, hint: str | None = None, place: tuple[int, int, int] = (1, 1, 1)) -> None:
        """Keep message, hint and place."""
        super().__init__(message)
        self.message, self.hint, self.place = message, hint, place


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use.

    `tables` maps a table (or alias) to its columns; `default` is the table of plain names; `base` maps an alias to the
    declared table behind it (None for a derived one).
    """

    tables: Mapping[str, Mapping[str, Kind]]
    default: str | None
    params: Mapping[str, Kind]
    terms: frozenset[str]
    base: Mapping[str, str | None] = field(default_factory=dict)
    outer: Scope | None = None


@dataclass(frozen=True)
class Expression:
    """A checked tree. `columns` are (declared table, column) in order of appearance; plain names are qualified."""

    tree: exp.Expr
    kind: Kind
    columns: tuple[tuple[str, str], ...]
    params: tuple[str, ...]
    text: str
    nullable_scope: bool = True

    def columns_of(self, table: str) -> tuple[str, ...]:
        """The columns of one table that the expression reads."""
        return tuple(column for owner, column in self.columns if owner == table)

    @property
    def tables(self) -> frozenset[str]:
        """The declared tables that the expression reads."""
        return frozenset(owner for owner, _ in self.columns)


def parse_condition(text: str, scope: Scope) -> Expression:
    """Parse and check one boolean expression over the columns in `scope`. Raises SqlProblem."""
    tree = _parse(text)
    if isinstance(tree, exp.Query | exp.Command | exp.DDL | exp.DML | exp.Drop):
        raise SqlProblem("a condition is one expression, not a statement", "write only the condition, as after WHERE")
    checker = _Checker(scope, text)
    kind = checker.kind(tree)
    if kind is not Kind.BOOLEAN:
        raise SqlProblem(f"a condition must be true or false, and this is {_a(kind)}", None, checker.place(tree))
    return Expression(tree, kind, tuple(checker.columns), tuple(checker.params), text)


def parse_query(text: str, scope: Scope, keys: Mapping[str, Kind]) -> Expression:
    """Parse and check one SELECT that returns the columns `keys`. Raises SqlProblem."""
    tree = _parse(text)
    if not isinstance(tree, exp.Select):
        raise SqlProblem("a query is one SELECT")
    checker = _Checker(scope, text, query=True)
    checker.used_tables = {}
    given = checker.select(tree, None)
    if set(given) != set(keys):
        wanted = ", ".join(keys)
        raise SqlProblem(f"the query must return the key of the table, {wanted}, and returns {', '.join(given)}")
    for name, kind in keys.items():
        if not comparable(kind, given[name]):
            raise SqlProblem(f"the query returns {name} as {given[name]}, and the key is {kind}")
    columns = list(checker.columns)
    known = {table for table, _ in columns}
    columns += [(table, "") for table in checker.used_tables if table not in known]
    return Expression(tree, Kind.UNKNOWN, tuple(columns), tuple(checker.params), text)


def _parse(text: str) -> exp.Expr:
    """Parse one expression or statement, with limits set before the parser sees it."""
    if len(text) > _MAX_LENGTH:
        raise SqlProblem(f"the expression is longer than {_MAX_LENGTH} characters")
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > _MAX_DEPTH or len(re.findall(r"\bcase\b|\bnot\b", text, re.IGNORECASE)) > 200:  # noqa: PLR2004
        raise SqlProblem(f"the expression is nested more than {_MAX_DEPTH} deep")
    stray = re.search(r"[@$?{}#`\\]", re.sub(r"'(?:[^']|'')*'", lambda m: " " * len(m[0]), text))
    if stray:
        line = text.count("\n", 0, stray.start()) + 1
        at = (line, stray.start() - text.rfind("\n", 0, stray.start()), 1)
        raise SqlProblem(f"the character {stray[0]} is not part of the rule language", None, at)
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except ParseError as error:
        first = error.errors[0]
        highlight = first.get("highlight") or ""
        at = (first.get("line") or 1, max(1, (first.get("col") or 1) - len(highlight) + 1), max(1, len(highlight)))
        message = str(first.get("description") or "not an expression").rstrip(".")
        raise SqlProblem(f"not valid SQL: {message[:1].lower()}{message[1:]}", None, at) from None
    except TokenError as error:
        raise SqlProblem(f"not valid SQL: {str(error).splitlines()[0][:80]}") from None
    except (RecursionError, ValueError, AttributeError, TypeError, IndexError, KeyError):
        raise SqlProblem("not valid SQL") from None
    if len(trees) != 1:
        raise SqlProblem("one expression only: a second statement is refused" if trees else "the expression is empty")
    if trees[0] is None:
        raise SqlProblem("the expression is empty")
    for node in trees[0].walk():
        if node.comments:
            raise SqlProblem("comments are refused inside an expression", "put a TOML comment (#) on a line of its own")
    return trees[0]


@dataclass
class _Checker:
    """Walks a tree once: types it, refuses what is not allowed, collects what it reads, qualifies plain names."""

    scope: Scope
    text: str
    query: bool = False
    columns: dict[tuple[str, str], None] = field(default_factory=dict)
    params: dict[str, None] = field(default_factory=dict)
    used_tables: dict[str, None] = field(default_factory=dict)
    aggregates: bool = False
    ctes: dict[str, dict[str, Kind]] = field(default_factory=dict)
    declared: Scope = field(init=False)

    def __post_init__(self) -> None:
        """Keep the scope of the declared tables: inner scopes hide it."""
        self.declared = self.scope

    def kind(self, node: exp.Expr) -> Kind:
        """Give the type of a node that is allowed; raise SqlProblem for any other."""
        check = _CHECKS.get(type(node))
        if check is not None:
            return check(self, node)
        name = node.sql_name().lower() if isinstance(node, exp.Func) else ""
        if isinstance(node, exp.Anonymous):
            return self.call(node, str(node.this).lower(), list(node.expressions))
        known = _NODE_FUNCTIONS.get(type(node))
        if known is not None:
            return self.call(node, known, _arguments(node))
        if isinstance(node, exp.Subquery | exp.Query | exp.Exists):
            self.refuse(node, "a sub-query is not allowed here", "use 'has', 'lacks' or 'query'")
        if isinstance(node, exp.AggFunc | exp.Window):
            self.refuse(node, "an aggregate is not allowed in a condition on one record", "use 'count' or 'query'")
        what = f"the function {name}()" if name else f"'{type(node).__name__.lower()}'"
        self.refuse(node, f"{what} is not part of the rule language", did_you_mean(name, FUNCTIONS) if name else None)
        raise AssertionError

    def refuse(self, node: exp.Expr, message: str, hint: str | None = None) -> None:
        """Raise the problem at the node's place."""
        raise SqlProblem(message, hint, self.place(node))

    def place(self, node: exp.Expr) -> tuple[int, int, int]:
        """Find the first token of a node that knows where it stands."""
        for inner in node.walk():
            meta = inner.meta
            if "line" in meta and "start" in meta:
                start = int(meta["start"])
                line = self.text.count("\n", 0, start) + 1
                column = start - (self.text.rfind("\n", 0, start) + 1) + 1
                return line, column, int(meta.get("end", start)) - start + 1
        if isinstance(node, exp.Func):
            name = str(node.this) if isinstance(node, exp.Anonymous) else node.sql_name()
            found = re.search(rf"\b{re.escape(name)}\s*\(", self.text, re.IGNORECASE)
            if found:
                line = self.text.count("\n", 0, found.start()) + 1
                return line, found.start() - (self.text.rfind("\n", 0, found.start()) + 1) + 1, len(name)
        return 1, 1, max(1, len(self.text.split("\n")[0]))

    # ------------------------------------------------------------ names

    def column(self, node: exp.Column) -> Kind:
        """Look a column up, and write its table down in the tree."""
        if node.args.get("db") or node.args.get("catalog") or not isinstance(node.this, exp.Identifier):
            self.refuse(node, "a column is written 'column' or 'table.column'")
        name, table = node.name, node.table
        scope: Scope | None = self.scope
        while scope is not None:
            owner = table or self._owner(node, name, scope)
            if owner in scope.tables:
                kind = scope.tables[owner].get(name)
                if kind is not None:
                    node.set("table", exp.to_identifier(owner, quoted=True))
                    node.set("this", exp.to_identifier(name, quoted=True).copy())
                    base = scope.base.get(owner, owner)
                    if base:
                        self.columns[base, name] = None
                    return kind
                if table:
                    break
            scope = scope.outer
        known = [c for t in self.scope.tables for c in self.scope.tables[t]]
        if table and table not in self.scope.tables and not (self.scope.outer and table in self.scope.outer.tables):
            hint = did_you_mean(table, self.scope.tables) or f"the tables here are {', '.join(self.scope.tables)}"
            self.refuse(node, f"there is no table '{table}' here", hint)
        where = f"table '{table or self.scope.default}'" if table or self.scope.default else "the tables read here"
        if table:
            known = list(self.scope.tables.get(table, {}))
        self.refuse(node, f"{where} has no column '{name}'", did_you_mean(name, known))
        raise AssertionError

    def _owner(self, node: exp.Column, name: str, scope: Scope) -> str:
        """Find the table of a plain name."""
        if scope.default is not None:
            return scope.default
        owners = [table for table, columns in scope.tables.items() if name in columns]
        if len(owners) > 1:
            self.refuse(node, f"'{name}' is a column of {' and '.join(owners)}", "qualify it: table.column")
        return owners[0] if owners else ""

    # ------------------------------------------------------------ operators

    def literal(self, node: exp.Literal) -> Kind:
        """Type a literal."""
        if node.is_string:
            return Kind.TEXT
        return Kind.INTEGER if re.fullmatch(r"\d{1,18}", node.name) else Kind.NUMBER

    def compare(self, node: exp.Binary) -> Kind:
        """Check both sides of a comparison."""
        left, right = self.kind(node.left), self.kind(node.right)
        if Kind.UNKNOWN in {left, right} and not isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ):
            self.refuse(node, "a comparison with NULL is never true", "write 'is null' or 'is not null'")
        self.same(node, left, right)
        return Kind.BOOLEAN

    def same(self, node: exp.Expr, left: Kind, right: Kind) -> Kind:
        """Demand that two types may meet."""
        if not comparable(left, right):
            hint = None
            if {left, right} & {Kind.DATE, Kind.TIMESTAMP} and Kind.TEXT in {left, right}:
                hint = "write a date as date '2026-01-31'"
            self.refuse(node, f"{left} cannot be compared with {right}", hint)
        return joined(left, right)

    def connect(self, node: exp.Connector) -> Kind:
        """Check `and` and `or`; long chains are flat here, so that they do not count as depth."""
        for side in node.flatten():
            self.boolean(side)
        return Kind.BOOLEAN

    def boolean(self, node: exp.Expr) -> Kind:
        """Demand a boolean."""
        kind = self.kind(node)
        if kind not in {Kind.BOOLEAN, Kind.UNKNOWN}:
            self.refuse(node, f"expected a condition, and this is {_a(kind)}")
        return Kind.BOOLEAN

    def is_(self, node: exp.Is) -> Kind:
        """Check `is null`, `is true`, `is false`."""
        if not isinstance(node.expression, exp.Null | exp.Boolean):
            self.refuse(node, "only 'is null', 'is true' and 'is false' are known")
        if isinstance(node.expression, exp.Boolean):
            return self.boolean(node.this)
        self.kind(node.this)
        return Kind.BOOLEAN

    def between(self, node: exp.Between) -> Kind:
        """Check the three sides of `between`."""
        kind = self.kind(node.this)
        for bound in (node.args["low"], node.args["high"]):
            self.same(node, kind, self.kind(bound))
        return Kind.BOOLEAN

    def in_(self, node: exp.In) -> Kind:
        """Check `in (...)`: a list of values, or a sub-query where one is allowed."""
        kind = self.kind(node.this)
        query = node.args.get("query")
        if query is not None:
            if not self.query:
                self.refuse(node, "a sub-query is not allowed here", "use 'has' or 'lacks' with the other table")
            given = self.select(query.unnest(), self.scope)
            if len(given) != 1:
                self.refuse(node, "a sub-query after 'in' returns one column")
            self.same(node, kind, next(iter(given.values())))
            return Kind.BOOLEAN
        if node.args.get("unnest") or node.args.get("field") or not node.expressions:
            self.refuse(node, "'in' takes a list of values in parentheses")
        for value in node.expressions:
            if isinstance(value, exp.Null):
                self.refuse(node, "NULL in a list is never equal to anything", "leave it out")
            self.same(node, kind, self.kind(value))
        return Kind.BOOLEAN

    def like(self, node: exp.Binary) -> Kind:
        """Check `like` and `ilike`: text, and a literal pattern."""
        if self.kind(node.left) not in {Kind.TEXT, Kind.UNKNOWN}:
            self.refuse(node, "'like' needs text")
        if not (isinstance(node.right, exp.Literal) and node.right.is_string):
            self.refuse(node, "the pattern of 'like' is a text in quotes")
        return Kind.BOOLEAN

    def arithmetic(self, node: exp.Binary) -> Kind:
        """Check + - * /: numbers only; a date is moved with add_days and add_months."""
        left, right = self.kind(node.left), self.kind(node.right)
        if left.temporal or right.temporal:
            self.refuse(node, "dates are moved with add_days() and add_months()", "days_between(a, b) counts days")
        if not (left.numeric and right.numeric):
            self.refuse(node, f"expected numbers, and these are {left} and {right}")
        if isinstance(node, exp.Div):
            self._divisor(node.right)
            return Kind.NUMBER
        return joined(left, right)

    def _divisor(self, node: exp.Expr) -> None:
        inner = node.unnest()
        if isinstance(inner, exp.Nullif) or (isinstance(inner, exp.Literal) and float(inner.name) != 0):
            return
        self.refuse(node, "this could divide by zero", "write nullif(x, 0)")

    def negative(self, node: exp.Neg) -> Kind:
        """Check a minus sign."""
        kind = self.kind(node.this)
        if not kind.numeric:
            self.refuse(node, f"a minus sign needs a number, and this is {_a(kind)}")
        return kind

    def join_text(self, node: exp.DPipe) -> Kind:
        """Check `||`."""
        for side in (node.left, node.right):
            if self.kind(side) is not Kind.TEXT:
                self.refuse(node, "'||' joins texts", "cast(x as text)")
        return Kind.TEXT

    def case(self, node: exp.Case) -> Kind:
        """Check `case when ... then ... else ... end`."""
        if node.this is not None:
            self.refuse(node, "write 'case when condition then ...'")
        kind = Kind.UNKNOWN
        for branch in node.args["ifs"]:
            self.boolean(branch.this)
            kind = self.same(node, kind, self.kind(branch.args["true"]))
        default = node.args.get("default")
        return self.same(node, kind, self.kind(default)) if default is not None else kind

    def cast(self, node: exp.Cast) -> Kind:
        """Check a cast by its target; what cannot be cast becomes NULL, never an error."""
        if not isinstance(node.to, exp.DataType) or node.args.get("format") or node.args.get("default"):
            self.refuse(node, "this cast is not known")
        target = _CASTS.get(node.to.this)
        if target is None or (node.to.expressions and node.to.this is not exp.DType.DECIMAL):
            self.refuse(node, "casts go to text, date, integer or number")
        assert target is not None  # noqa: S101
        source = self.kind(node.this)
        if target is Kind.DATE and isinstance(node.this, exp.Literal):
            if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", node.this.name):
                self.refuse(node, f"'{node.this.name}' is not a date", "write a date as date '2026-01-31'")
        elif target is Kind.DATE and not (source.temporal or source in {Kind.TEXT, Kind.UNKNOWN}):
            self.refuse(node, f"{_a(source)} cannot become a date")
        elif target.numeric and not (source.numeric or source in {Kind.TEXT, Kind.UNKNOWN}):
            self.refuse(node, f"{_a(source)} cannot become a number")
        if target is Kind.NUMBER:
            node.set("to", exp.DataType.build("double"))
        elif target is Kind.INTEGER:
            node.set("to", exp.DataType.build("bigint"))
        return target

    # ------------------------------------------------------------ functions

    def call(self, node: exp.Expr, name: str, arguments: list[exp.Expr]) -> Kind:
        """Check a call against the signature of the function."""
        signature = FUNCTIONS.get(name)
        if signature is None:
            hint = did_you_mean(name, FUNCTIONS)
            self.refuse(node, f"the function {name}() is not part of the rule language", hint)
            raise AssertionError
        low, high = signature.arity
        if not low <= len(arguments) <= high:
            self.refuse(node, f"{name}() takes {signature.usage}")
        if signature.literal is not None:
            self._literal_argument(node, signature, arguments)
        kinds = []
        for i, argument in enumerate(arguments):
            if signature.literal == i:
                kinds.append(Kind.TEXT)
                continue
            kind = self.kind(argument)
            wanted = signature.arguments[min(i, len(signature.arguments) - 1)]
            if wanted and kind is not Kind.UNKNOWN and kind not in wanted:
                names = " or ".join(sorted(wanted))
                self.refuse(argument, f"{name}() takes {signature.usage}: expected {names}, and this is {_a(kind)}")
            kinds.append(kind)
        if signature.same:
            result = Kind.UNKNOWN
            for kind in kinds:
                result = self.same(node, result, kind)
            return result
        if name == "param":
            return self.scope.params[arguments[0].name]
        return kinds[0] if signature.result is None else signature.result

    def _literal_argument(self, node: exp.Expr, signature: Signature, arguments: list[exp.Expr]) -> None:
        literal = arguments[signature.literal or 0]
        if not (isinstance(literal, exp.Literal) and literal.is_string):
            self.refuse(node, f"{signature.name}() takes {signature.usage}: a text in quotes")
        text = literal.name
        if signature.name == "param":
            if text not in self.scope.params:
                self.refuse(node, f"there is no parameter '{text}'", did_you_mean(text, self.scope.params))
            self.params[text] = None
        elif signature.name == "mentions" and text not in self.scope.terms:
            self.refuse(node, f"there is no term family '{text}'", did_you_mean(text, self.scope.terms))
        elif signature.name == "matches":
            _check_pattern(self, node, text)

    # ------------------------------------------------------------ queries

    def select(self, node: exp.Expr, outer: Scope | None) -> dict[str, Kind]:
        """Check a SELECT in its own scope; give its columns."""
        if not isinstance(node, exp.Select):
            self.refuse(node, "only SELECT is allowed in a query", "UNION and the like are refused")
            raise AssertionError
        unknown = {key for key, value in node.args.items() if value} - _SELECT_PARTS
        if unknown:
            self.refuse(node, f"'{min(unknown).rstrip('_')}' is not allowed in a query")
        tables: dict[str, Mapping[str, Kind]] = {}
        base: dict[str, str | None] = {}
        self._derived(node, outer)
        parts = [node.args["from_"].this] if node.args.get("from_") else []
        joins = node.args.get("joins") or []
        for part in parts + [join.this for join in joins]:
            self._table(part, tables, base, outer)
        if not tables:
            self.refuse(node, "a query reads at least one declared table")
        before, self.scope = self.scope, Scope(tables, None, self.scope.params, self.scope.terms, base, outer)
        try:
            for join in joins:
                if set(k for k, v in join.args.items() if v) - {"this", "on", "side", "kind", "using"}:
                    self.refuse(join, "this kind of join is not allowed")
                if join.args.get("using"):
                    self.refuse(join, "'using' is not allowed", "write 'on a.x = b.x'")
                if join.args.get("on") is not None:
                    self.boolean(join.args["on"])
            return self._clauses(node)
        finally:
            self.scope = before

    def _derived(self, node: exp.Select, outer: Scope | None) -> None:
        """Check the queries after `with`, each seeing those before it."""
        with_ = node.args.get("with_")
        if with_ is None:
            return
        if with_.args.get("recursive"):
            self.refuse(node, "a recursive query is refused")
        for cte in with_.expressions:
            if cte.alias in self.declared.tables or cte.alias in self.ctes:
                self.refuse(cte, f"'{cte.alias}' is the name of a table already")
            self.ctes[cte.alias] = self.select(cte.this, outer)
            self._quote_alias(cte)

    def _table(
        self,
        node: exp.Expr,
        tables: dict[str, Mapping[str, Kind]],
        base: dict[str, str | None],
        outer: Scope | None,
    ) -> None:
        """Add one table, or sub-query, of FROM to the scope."""
        if isinstance(node, exp.Subquery) and node.alias:
            tables[node.alias], base[node.alias] = self.select(node.this, outer), None
            self._quote_alias(node)
            return
        plain = isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier)
        if not plain or set(k for k, v in node.args.items() if v) - {"this", "alias"}:
            self.refuse(node, "a query reads declared tables only")
        alias = node.alias or node.name
        if node.name in self.ctes:
            tables[alias], base[alias] = self.ctes[node.name], None
        elif node.name in self.declared.tables:
            tables[alias], base[alias] = self.declared.tables[node.name], node.name
            self.used_tables[node.name] = None
        else:
            self.refuse(
                node, f"there is no table '{node.name}'", did_you_mean(node.name, [*self.declared.tables, *self.ctes])
            )
        node.set("this", exp.to_identifier(node.name, quoted=True))
        if node.alias:
            self._quote_alias(node)

    @staticmethod
    def _quote_alias(node: exp.Expr) -> None:
        alias = node.args.get("alias")
        if isinstance(alias, exp.TableAlias):
            alias.this.set("quoted", True)

    def _clauses(self, node: exp.Select) -> dict[str, Kind]:
        """Check the clauses of a SELECT whose tables are in scope."""
        self.aggregates = False
        if node.args.get("where") is not None:
            self.boolean(node.args["where"].this)
        group = node.args.get("group")
        if group is not None:
            if set(k for k, v in group.args.items() if v) - {"expressions"}:
                self.refuse(node, "only a plain GROUP BY is allowed")
            for key in group.expressions:
                if isinstance(key, exp.Literal):
                    self.refuse(node, "GROUP BY names its columns")
                self.kind(key)
        self.aggregates = True
        if node.args.get("having") is not None:
            self.boolean(node.args["having"].this)
        given: dict[str, Kind] = {}
        for projection in node.expressions:
            inner = projection.this if isinstance(projection, exp.Alias) else projection
            if isinstance(inner, exp.Star) or (isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star)):
                self.refuse(node, "name the columns: '*' is not allowed")
            name = projection.alias or projection.output_name
            kind = self.kind(inner)
            if isinstance(projection, exp.Alias):
                projection.args["alias"].set("quoted", True)
            given[name] = kind
        self.aggregates = False
        return given

    def aggregate(self, node: exp.AggFunc) -> Kind:
        """Check count, sum, avg, min and max, where aggregates may stand."""
        if not (self.query and self.aggregates):
            self.refuse(node, "an aggregate is not allowed in a condition on one record", "use 'count' or 'query'")
        if node.args.get("expressions"):
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
            self.refuse(node, f"expected a number, and this is {_a(kind)}")
        return Kind.NUMBER if isinstance(node, exp.Avg) else kind

    def subquery(self, node: exp.Subquery) -> Kind:
        """Check a scalar sub-query of a query."""
        if not self.query or set(k for k, v in node.args.items() if v) - {"this"}:
            self.refuse(node, "a sub-query is not allowed here", "use 'has', 'lacks' or 'query'")
        given = self.select(node.this, self.scope)
        if len(given) != 1:
            self.refuse(node, "a sub-query used as a value returns one column")
        return next(iter(given.values()))

    def exists(self, node: exp.Exists) -> Kind:
        """Check `exists (select ...)` inside a query."""
        if not self.query:
            self.refuse(node, "a sub-query is not allowed here", "use 'has' or 'lacks' with the other table")
        self.select(node.this.unnest(), self.scope)
        return Kind.BOOLEAN


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    """Give the arguments of a function that sqlglot knows, in order; flags of its own making are not arguments."""
    given: list[exp.Expr] = []
    for key in node.arg_types:
        value: Any = node.args.get(key)
        given.extend(v for v in (value if isinstance(value, list) else [value]) if isinstance(v, exp.Expr))
    return given


def _check_pattern(checker: _Checker, node: exp.Expr, pattern: str) -> None:
    """Refuse patterns that engines read differently (look-around, back-references) or that are broken."""
    if len(pattern) > 500 or re.search(r"\(\?[=!<]|\\[1-9]|\\k", pattern):  # noqa: PLR2004
        checker.refuse(node, "look-around and back-references are not part of the rule language")
    try:
        re.compile(pattern)
    except re.error as error:
        checker.refuse(node, f"the pattern is broken: {error}")


def _a(kind: Kind) -> str:
    return {"integer": "an integer", "unknown": "NULL", "text": "text"}.get(kind, f"a {kind}")


_SELECT_PARTS = {"expressions", "from_", "joins", "where", "group", "having", "with_", "distinct", "kind"} - {"kind"}

_CASTS = {
    exp.DType.TEXT: Kind.TEXT,
    exp.DType.VARCHAR: Kind.TEXT,
    exp.DType.DATE: Kind.DATE,
    exp.DType.INT: Kind.INTEGER,
    exp.DType.BIGINT: Kind.INTEGER,
    exp.DType.DECIMAL: Kind.NUMBER,
    exp.DType.DOUBLE: Kind.NUMBER,
}

_Check = Callable[[_Checker, Any], Kind]

_CHECKS: dict[type[exp.Expr], _Check] = {
    exp.Column: _Checker.column,
    exp.Literal: _Checker.literal,
    exp.Boolean: lambda _c, _n: Kind.BOOLEAN,
    exp.Null: lambda _c, _n: Kind.UNKNOWN,
    exp.Paren: lambda c, n: c.kind(n.this),
    exp.And: _Checker.connect,
    exp.Or: _Checker.connect,
    exp.Not: lambda c, n: c.boolean(n.this),
    exp.Is: _Checker.is_,
    exp.EQ: _Checker.compare,
    exp.NEQ: _Checker.compare,
    exp.GT: _Checker.compare,
    exp.GTE: _Checker.compare,
    exp.LT: _Checker.compare,
    exp.LTE: _Checker.compare,
    exp.NullSafeEQ: _Checker.compare,
    exp.NullSafeNEQ: _Checker.compare,
    exp.Between: _Checker.between,
    exp.In: _Checker.in_,
    exp.Like: _Checker.like,
    exp.ILike: _Checker.like,
    exp.Add: _Checker.arithmetic,
    exp.Sub: _Checker.arithmetic,
    exp.Mul: _Checker.arithmetic,
    exp.Div: _Checker.arithmetic,
    exp.Neg: _Checker.negative,
    exp.DPipe: _Checker.join_text,
    exp.Case: _Checker.case,
    exp.Cast: _Checker.cast,
    exp.Count: _Checker.aggregate,
    exp.Sum: _Checker.aggregate,
    exp.Avg: _Checker.aggregate,
    exp.Min: _Checker.aggregate,
    exp.Max: _Checker.aggregate,
    exp.Subquery: _Checker.subquery,
    exp.Exists: _Checker.exists,
}

_NODE_FUNCTIONS: dict[type[exp.Expr], str] = {
    exp.Lower: "lower",
    exp.Upper: "upper",
    exp.Trim: "trim",
    exp.Length: "length",
    exp.StartsWith: "starts_with",
    exp.EndsWith: "ends_with",
    exp.Contains: "contains",
    exp.Coalesce: "coalesce",
    exp.Nullif: "nullif",
    exp.Greatest: "greatest",
    exp.Least: "least",
    exp.Abs: "abs",
    exp.Round: "round",
    exp.Year: "year",
    exp.Month: "month",
    exp.Day: "day",
    exp.AddMonths: "add_months",
}
