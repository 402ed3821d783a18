"""Conditions of rules: parsed, then every node of the tree is allowed by its type or refused. Queries: see `query`.

The allow-list is the security boundary (a rule is untrusted text): what is rendered later is the checked tree, never
the author's text. An expression is typed while it is walked; see `docs/rulesets.md` for the language.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache as remembered
from functools import cached_property
from typing import Any, NoReturn

from qmscheck.cache import Cache, Fingerprinted, digest
from qmscheck.errors import did_you_mean
from qmscheck.sql.decided import slip
from qmscheck.sql.functions import FUNCTIONS, Signature
from qmscheck.sql.kinds import Kind, comparable, joined
from qmscheck.sql.reading import SqlProblem, read_condition, spot
from qmscheck.sql.regex import pattern_mistake
from qmscheck.sql.trees import exp

__all__ = [
    "Checker",
    "Expression",
    "Reading",
    "Scope",
    "SqlProblem",
    "a_kind",
    "parse_condition",
    "parse_value",
    "recalled",
]


@dataclass(frozen=True)
class Scope(Fingerprinted):
    """The names that an expression may use.

    `tables` maps a table (or alias) to its columns; `default` is the table of plain names; `base` maps an alias to the
    declared table behind it (None for a derived one). `words` are the closed lists of declared tables, by column.
    """

    tables: Mapping[str, Mapping[str, Kind]]
    default: str | None
    params: Mapping[str, Kind]
    terms: frozenset[str]
    base: Mapping[str, str | None] = field(default_factory=dict)
    outer: Scope | None = None
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def within(self, default: str, *others: str) -> Scope:
        """Give the names of some tables only; plain names are columns of the first."""
        tables = {name: self.tables[name] for name in (default, *others)}
        words = {name: listed for name in tables if (listed := self.words.get(name))}
        return Scope(tables, default, self.params, self.terms, words=words)


@dataclass(frozen=True)
class Expression:
    """A checked text. `columns` are (declared table, column) in order of appearance. `fingerprint` is the digest of all
    that its tree depends on; `read` gives the checked tree, in which plain names are qualified.
    """

    text: str
    kind: Kind
    columns: tuple[tuple[str, str], ...]
    params: tuple[str, ...]
    terms: tuple[str, ...]
    fingerprint: str
    read: Callable[[], exp.Expr] = field(repr=False, compare=False)

    @cached_property
    def tree(self) -> exp.Expr:
        """The checked tree. Nothing changes it: what needs another copies it."""
        return self.read()

    def columns_of(self, table: str) -> tuple[str, ...]:
        """The columns of one table that the expression reads."""
        return tuple(column for owner, column in self.columns if owner == table)

    @property
    def tables(self) -> frozenset[str]:
        """The declared tables that the expression reads."""
        return frozenset(owner for owner, _ in self.columns)


@dataclass(frozen=True)
class Reading:
    """What came of parsing and checking a text: its tree, its type, what it reads."""

    tree: exp.Expr
    kind: Kind
    columns: tuple[tuple[str, str], ...]
    params: tuple[str, ...]
    terms: tuple[str, ...]


def parse_condition(text: str, scope: Scope, cache: Cache | None = None, *, careful: bool = False) -> Expression:
    """Parse and check one boolean expression over the columns in `scope`. Raises SqlProblem.

    One that was found right before, in the same scope, is parsed again only when its tree is asked for. `careful`
    refuses what is part of the language, and a slip of its author (`decided`).
    """
    return recalled(text, ("condition", scope, careful), lambda: _condition(text, scope, careful=careful), cache)


def parse_value(
    text: str, scope: Scope, wanted: frozenset[Kind], cache: Cache | None = None, *, careful: bool = False
) -> Expression:
    """Parse and check one expression of one of these types, as `parse_condition` does. Raises SqlProblem."""
    given = ("value", scope, wanted, careful)
    return recalled(text, given, lambda: _value(text, scope, wanted, careful=careful), cache)


def recalled(text: str, given: tuple[object, ...], read: Callable[[], Reading], cache: Cache | None) -> Expression:
    """Read a text, or recall what was found of it; `given` is all that the reading depends on beside the text."""
    key = digest(text, given)
    known = cache.get(key) if cache is not None else None
    if known is not None:
        kind, columns, params, terms = json.loads(known)
        named = tuple((table, column) for table, column in columns)
        return Expression(text, Kind(kind), named, tuple(params), tuple(terms), key, lambda: read().tree)
    found = read()
    if cache is not None:
        cache.put(key, json.dumps([found.kind, found.columns, found.params, found.terms]))
    return Expression(text, found.kind, found.columns, found.params, found.terms, key, lambda: found.tree)


def _condition(text: str, scope: Scope, *, careful: bool) -> Reading:
    tree = read_condition(text)
    checker = Checker(scope, text)
    kind = checker.kind(tree)
    if kind is not Kind.BOOLEAN:
        checker.refuse(tree, f"a condition must be true or false, and this is {a_kind(kind)}")
    checker.sweep(tree)
    if careful:
        checker.look_for_slips(tree)
    return Reading(tree, kind, tuple(checker.columns), tuple(checker.params), tuple(checker.terms))


def _value(text: str, scope: Scope, wanted: frozenset[Kind], *, careful: bool) -> Reading:
    tree = read_condition(text)
    checker = Checker(scope, text)
    kind = checker.kind(tree)
    if kind not in wanted:
        names = " or ".join(sorted(wanted))
        checker.refuse(tree, f"this must be of type {names}, and it is {a_kind(kind)}", _LIFT.get((kind, min(wanted))))
    checker.sweep(tree)
    if careful:
        checker.look_for_slips(tree)
    return Reading(tree, kind, tuple(checker.columns), tuple(checker.params), tuple(checker.terms))


def a_kind(kind: Kind) -> str:
    """Name a type with its article."""
    return {"integer": "an integer", "unknown": "NULL", "text": "text"}.get(kind, f"a {kind}")


@dataclass
class Checker:
    """Walks a tree once: types it, refuses what is not allowed, collects what it reads, qualifies plain names."""

    scope: Scope
    text: str
    columns: dict[tuple[str, str], None] = field(default_factory=dict)
    params: dict[str, None] = field(default_factory=dict)
    terms: dict[str, None] = field(default_factory=dict)

    def kind(self, node: exp.Expr | None) -> Kind:  # noqa: RET503  (refuse never returns)
        """Give the type of a node that is allowed; raise SqlProblem for any other."""
        if node is None:  # what a parser leaves out it leaves empty
            raise SqlProblem("not valid SQL: something is missing", None, spot(self.text, 0, len(self.text)))
        check = _checks().get(type(node))
        if isinstance(node, _comparisons()) and any(isinstance(n, _comparisons()) for n in _sides(node)):
            self.refuse(node, "comparisons cannot be chained", "join them with 'and', or put one in parentheses")
        if check is not None:
            return check(self, node)
        if isinstance(node, exp.Anonymous):
            return self.call(node, str(node.this).lower(), list(node.expressions))
        known = _node_functions().get(type(node))
        if known is not None and not (isinstance(node, exp.Trim) and node.args.get("position")):
            return self.call(node, known, _arguments(node))
        if isinstance(node, exp.Query | exp.SubqueryPredicate):
            self.subquery(node)
        if isinstance(node, exp.AggFunc | exp.Window | exp.Filter):
            self.aggregate(node)
        if isinstance(node, exp.Func) and re.match(r"\w+\s*\(", self._from(node)):
            self.call(node, self.word(node), [])
        self.refuse(node, f"{self._called(node)} is not part of the rule language", _INSTEAD.get(self.word(node)))

    def sweep(self, tree: exp.Expr) -> None:
        """Refuse a tree that still holds a node of a type that is never allowed, wherever it hides."""
        for node in tree.walk():
            known = type(node) in _checks() or type(node) in _node_functions() or type(node) in self.parts()
            if not known and not (isinstance(node, exp.Anonymous) and str(node.this).lower() in FUNCTIONS):
                self.refuse(node, f"{self._called(node)} is not part of the rule language")
            extra = _extra().get(type(node), _NOTHING if type(node) not in self.parts() else None)
            odd = None if extra is None else {key for key, value in node.args.items() if value} - _PLAIN - extra
            if odd:
                self.refuse(node, f"'{min(odd)}' is not part of the rule language")

    def look_for_slips(self, tree: exp.Expr) -> None:
        """Refuse a checked tree that says the same of every record, in whole or in part, or that has two readings."""
        for node in tree.walk():
            found = slip(node)
            if found is not None:
                self.refuse(found.node, found.message, found.hint)

    def parts(self) -> frozenset[type[exp.Expr]]:
        """Give the types of nodes that are parts of others and have no type of their own."""
        return frozenset({exp.Identifier, exp.DataType, exp.If})

    # ------------------------------------------------------------ places

    def refuse(self, node: exp.Expr, message: str, hint: str | None = None) -> NoReturn:
        """Raise the problem at the node's place."""
        raise SqlProblem(message, hint, self.place(node))

    def place(self, node: exp.Expr) -> tuple[int, int, int]:
        """Give the place of a node; of a function, that of its name."""
        start, stop = self._span(node)
        if isinstance(node, exp.Func) and not isinstance(node, exp.Connector | exp.Cast):
            stop = start + len(self.word(node))
        return spot(self.text, start, stop)

    def word(self, node: exp.Expr) -> str:
        """Give the word with which a node begins, as its author wrote it, in lower case."""
        return re.match(r"\w*", self._from(node))[0].lower()  # type: ignore[index]

    def _from(self, node: exp.Expr) -> str:
        return self.text[self._span(node)[0] :]

    def _called(self, node: exp.Expr) -> str:
        for kinds, name in _called():
            if isinstance(node, kinds):
                return name
        if isinstance(node, exp.Func) and not isinstance(node, exp.Binary) and self.word(node):
            return f"the function {self.word(node)}()"
        start, stop = self._span(node)
        shown = " ".join(self.text[start:stop].split())
        return f"'{shown}'" if len(shown) <= _SHOWN else f"'{shown[:_SHOWN]} ...'"

    def _span(self, node: exp.Expr) -> tuple[int, int]:
        """Find where a node starts and ends, by those of its tokens that know where they stand."""
        known = [inner.meta for inner in node.walk() if "start" in inner.meta]
        if not known:  # a function without parentheses, such as current_date, has no token that knows
            names = "|".join(type(node).sql_names()) if isinstance(node, exp.Func) else ""
            word = re.search(rf"\b(?:{names})\b", self.text, re.IGNORECASE) if names else None
            return (0, len(self.text)) if word is None else word.span()
        start, stop = min(int(m["start"]) for m in known), max(int(m["end"]) for m in known) + 1
        if isinstance(node, exp.Cast):
            before = _CAST.search(self.text, 0, start)
            return (start if before is None else before.start()), stop
        if "start" not in node.meta:
            opening = _QUERY if isinstance(node, exp.Query) else _OPENING
            found = list(opening.finditer(self.text, 0, start))
            if isinstance(node, exp.Func | exp.Query | exp.SubqueryPredicate) and found:
                start = found[-1].start()
        return start, stop

    # ------------------------------------------------------------ names

    def column(self, node: exp.Column) -> Kind:  # noqa: RET503  (refuse never returns)
        """Look a column up, and write its table down in the tree."""
        if {k for k, v in node.args.items() if v} - {"this", "table"} or not isinstance(node.this, exp.Identifier):
            self.refuse(node, "a column is written 'column' or 'table.column'")
        name, table = node.name, node.table
        scope: Scope | None = self.scope
        while scope is not None:
            owner = table or self._owner(node, name, scope)
            if owner in scope.tables:
                kind = scope.tables[owner].get(name)
                if kind is not None:
                    node.this.set("quoted", True)
                    if not table:
                        node.meta["plain"] = True
                    node.set("table", exp.to_identifier(owner, quoted=True))
                    node.meta["kind"] = kind
                    base = scope.base.get(owner, owner)
                    if base:
                        self.columns[base, name] = None
                        node.meta["base"] = (base, name)
                    return kind
                if table:
                    break
            scope = scope.outer
        self._unknown(node, name, table)

    def _unknown(self, node: exp.Column, name: str, table: str) -> NoReturn:
        """Refuse a name that no scope has."""
        tables: dict[str, Mapping[str, Kind]] = {}
        scope: Scope | None = self.scope
        while scope is not None:
            tables = {**scope.tables, **tables}
            scope = scope.outer
        if table and table not in tables:
            hint = did_you_mean(table.lower(), tables) or f"the tables here are {', '.join(tables)}"
            self.refuse(node, f"there is no table '{table}' here", hint)
        owner = table or self.scope.default
        known = list(tables[owner]) if owner else [column for columns in tables.values() for column in columns]
        where = f"table '{owner}' has" if owner else "the tables here have"
        hint = did_you_mean(name.lower(), known) or f"its columns are {', '.join(dict.fromkeys(known))}"
        if node.this.args.get("quoted"):
            hint = f"a text stands between single quotation marks: '{name}'"
        elif name.lower() in _CLOCKS:
            hint = _INSTEAD["now"]
        self.refuse(node, f"{where} no column '{name}'", hint)

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
        if re.fullmatch(r"[0-9]{1,19}", node.name) and int(node.name) < 2**63:
            return Kind.INTEGER
        if not _NUMBER.fullmatch(node.name):
            self.refuse(node, f"'{node.name}' is not a number")
        if not math.isfinite(float(node.name)):
            self.refuse(node, "the number is too large")
        if not float(node.name) and re.search("[1-9]", re.split("[eE]", node.name)[0]):
            self.refuse(node, "the number is too small")
        return Kind.NUMBER

    def compare(self, node: exp.Binary) -> Kind:
        """Check both sides of a comparison."""
        left, right = self.kind(node.left), self.kind(node.right)
        if Kind.UNKNOWN in {left, right} and not isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ):
            self.refuse(node, "a comparison with NULL is never true", "write 'is null' or 'is not null'")
        self.same(node, left, right)
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(node, exp.EQ | exp.NEQ | exp.NullSafeEQ | exp.NullSafeNEQ):
                self.listed(side, other)
        return Kind.BOOLEAN

    def listed(self, node: exp.Expr, other: exp.Expr) -> None:
        """Refuse to compare a column that has a closed list of words with a word that is none of it."""
        node, other = node.unnest(), other.unnest()
        folds: list[Callable[[str], str]] = []
        while isinstance(node, exp.Lower | exp.Upper | exp.Trim):
            folds += {exp.Lower: [str.lower], exp.Upper: [str.upper]}.get(type(node), [])
            node = node.this.unnest()
        besides: list[exp.Expr] = []
        if isinstance(node, exp.Coalesce):
            node, besides = node.this, node.expressions
        if not (isinstance(node, exp.Column) and isinstance(other, exp.Literal) and other.is_string):
            return
        table, column = node.meta.get("base", ("", ""))
        words = list(self.scope.words.get(table, {}).get(column, ()))
        known = [*words, *(b.name for b in besides if isinstance(b, exp.Literal))]
        for fold in reversed(folds):  # what stands inside is done first
            words, known = list(map(fold, words)), list(map(fold, known))
        if words and other.name not in known:
            hint = did_you_mean(other.name, words) or f"its words: {', '.join(words)}"
            self.refuse(other, f"'{other.name}' is none of the 'values' of {table}.{column}", hint)

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
            self.refuse(node, f"expected a condition, and this is {a_kind(kind)}")
        return Kind.BOOLEAN

    def negation(self, node: exp.Not) -> Kind:
        """Check `not`."""
        return self.boolean(node.this)

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
            given = self.subquery(query)
            self.same(node, kind, given)
            return Kind.BOOLEAN
        if node.args.get("unnest") or node.args.get("field") or not node.expressions:
            self.refuse(node, "'in' takes a list of values in parentheses")
        for value in node.expressions:
            if isinstance(value, exp.Null):
                self.refuse(node, "NULL in a list is never equal to anything", "leave it out")
            self.same(node, kind, self.kind(value))
            self.listed(node.this, value)
        return Kind.BOOLEAN

    def like(self, node: exp.Binary) -> Kind:
        """Check `like` and `ilike`: text, and a literal pattern."""
        if self.kind(node.left) not in {Kind.TEXT, Kind.UNKNOWN}:
            self.refuse(node, "'like' needs text")
        if not (isinstance(node.right, exp.Literal) and node.right.is_string):
            self.refuse(node, "the pattern of 'like' is a text in quotes")
        if not {"%", "_"} & set(node.right.name):
            text = node.right.name
            hint = f"write '%{text}%' for a part of the text, and = '{text}' for all of it"
            self.refuse(node.right, "a pattern without % and _ fits that very text only", hint)
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
        if isinstance(inner, exp.Neg):
            inner = inner.this.unnest()
        if _is_number(inner) and float(inner.name) != 0:
            return
        if isinstance(inner, exp.Nullif) and _is_number(inner.expression) and float(inner.expression.name) == 0:
            return
        self.refuse(node, "this could divide by zero", "write nullif(x, 0)")

    def negative(self, node: exp.Neg) -> Kind:
        """Check a minus sign."""
        kind = self.kind(node.this)
        if not kind.numeric:
            self.refuse(node, f"a minus sign needs a number, and this is {a_kind(kind)}")
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
        target = _casts().get(node.to.this) if isinstance(node.to, exp.DataType) else None
        sized = target is not None and node.to.expressions and node.to.this is not exp.DType.DECIMAL
        renamed = re.match(r"\w+\s*\(", self._from(node)) and self.word(node) not in {"cast", "date"}
        if target is None or sized or renamed or {k for k, v in node.args.items() if v} - {"this", "to"}:
            self.refuse(node, "casts go to text, date, integer or number")
        source = self.kind(node.this)
        if target is Kind.DATE and isinstance(node.this, exp.Literal):
            if not _is_day(node.this.name):
                self.refuse(node.this, f"'{node.this.name}' is not a date", "write a date as date '2026-01-31'")
        elif target.numeric and isinstance(node.this, exp.Literal) and not _NUMBER.fullmatch(node.this.name):
            self.refuse(node.this, f"'{node.this.name}' is not a number")
        elif target is Kind.DATE and not (source.temporal or source in {Kind.TEXT, Kind.UNKNOWN}):
            self.refuse(node.this, f"{a_kind(source)} cannot become a date")
        elif target.numeric and not (source.numeric or source in {Kind.TEXT, Kind.UNKNOWN}):
            self.refuse(node.this, f"{a_kind(source)} cannot become a number")
        node.set("to", exp.DataType.build(_SQL_TYPE[target]))
        return target

    # ------------------------------------------------------------ functions

    def call(self, node: exp.Expr, name: str, arguments: list[exp.Expr]) -> Kind:
        """Check a call against the signature of the function."""
        signature = FUNCTIONS.get(name)
        if signature is None:
            import difflib  # noqa: PLC0415  (only where something is misspelt)

            near = difflib.get_close_matches(name, FUNCTIONS, n=1, cutoff=0.75)
            hint = _INSTEAD.get(name) or (f"did you mean '{near[0]}'?" if near else None)
            self.refuse(node, f"the function {name}() is not part of the rule language", hint)
        low, high = signature.arity
        if not low <= len(arguments) <= high:
            self.refuse(node, f"{name}() has the wrong number of arguments", f"it is {signature.usage}")
        if signature.literal is not None:
            self._literal_argument(signature, arguments)
        kinds = []
        for i, argument in enumerate(arguments):
            if signature.literal == i:
                kinds.append(Kind.TEXT)
                continue
            kind = self.kind(argument)
            wanted = signature.arguments[min(i, len(signature.arguments) - 1)]
            if wanted and kind is not Kind.UNKNOWN and kind not in wanted:
                names = " or ".join(sorted(wanted))
                hint = f"it is {signature.usage}"
                self.refuse(argument, f"{name}() takes {names} here, and this is {a_kind(kind)}", hint)
            kinds.append(kind)
        if kinds[:1] == [Kind.TIMESTAMP]:
            node.meta["keeps_hours"] = True
        return self._result(node, signature, arguments, kinds)

    def _result(self, node: exp.Expr, signature: Signature, arguments: list[exp.Expr], kinds: list[Kind]) -> Kind:
        if signature.same:
            result = Kind.UNKNOWN
            for kind in kinds:
                result = self.same(node, result, kind)
            return result
        if signature.name == "param":
            return self.scope.params[arguments[0].name]
        return kinds[0] if signature.result is None else signature.result

    def _literal_argument(self, signature: Signature, arguments: list[exp.Expr]) -> None:
        literal = arguments[signature.literal or 0]
        if not (isinstance(literal, exp.Literal) and literal.is_string):
            self.refuse(literal, f"{signature.name}() takes a text in quotes here", f"it is {signature.usage}")
        text = literal.name
        if signature.name == "param":
            if text not in self.scope.params:
                self.refuse(literal, f"there is no parameter '{text}'", did_you_mean(text, self.scope.params))
            self.params[text] = None
        elif signature.name == "mentions":
            if text not in self.scope.terms:
                self.refuse(literal, f"there is no term family '{text}'", did_you_mean(text, self.scope.terms))
            self.terms[text] = None
        elif signature.name == "matches":
            mistake = pattern_mistake(text)
            if mistake is not None:
                self.refuse(literal, mistake)

    # ------------------------------------------------------------ what only a query may hold

    def subquery(self, node: exp.Expr) -> Kind:
        """Refuse a sub-query."""
        self.refuse(node, "a sub-query is not allowed here", "use 'has', 'lacks' or 'query'")

    def aggregate(self, node: exp.Expr) -> Kind:
        """Refuse an aggregate and a window function."""
        self.refuse(node, "an aggregate is not allowed in a condition on one record", "use 'count' or 'query'")


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    """Give the arguments of a function that sqlglot knows, in order; flags of its own making are not arguments."""
    given: list[exp.Expr] = []
    for key in node.arg_types:
        value: Any = node.args.get(key)
        given.extend(v for v in (value if isinstance(value, list) else [value]) if isinstance(v, exp.Expr))
    return given


def _sides(node: exp.Expr) -> list[Any]:
    return [node.args.get(part) for part in ("this", "expression", "low", "high")]


def _is_number(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_SHOWN = 40

#: What turns one type into another, by type given and type wanted.
_LIFT = {
    (Kind.TEXT, Kind.INTEGER): "declare the column as integer or number",
    (Kind.TEXT, Kind.DATE): "declare the column as date or timestamp",
}


@remembered
def _comparisons() -> tuple[type[exp.Expr], ...]:
    """Give what compares, and is never chained."""
    return (
        *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ),
        *(exp.Is, exp.Between, exp.In, exp.Like, exp.ILike),
    )


_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

#: A word before a parenthesis, or one of two others, with which a node that has no place of its own begins.
_OPENING = re.compile(r"\b\w+\s*\(|\bcase\b", re.IGNORECASE)
#: How a cast begins right before what is cast.
_CAST = re.compile(r"\b\w+\s*\([\s(]*\Z|\bdate\s*\Z", re.IGNORECASE)
_QUERY = re.compile(r"\b(?:select|with|values)\b", re.IGNORECASE)


@remembered
def _called() -> tuple[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], str], ...]:
    """Name the parts of a tree that authors know by other words."""
    return (
        (exp.Interval, "an interval"),
        (exp.Tuple, "a list of values in parentheses"),
        (exp.Star, "'*'"),
        ((exp.Any, exp.All), "a comparison with 'any' or 'all'"),
        (exp.AtTimeZone, "'at time zone'"),
        (exp.Collate, "'collate'"),
        (exp.Escape, "'escape'"),
        (exp.SimilarTo, "'similar to'"),
        (exp.Glob, "'glob'"),
        (exp.RegexpLike, "a regular expression outside matches()"),
        (exp.ByteString, "a text with a prefix"),
        (exp.Placeholder, "a placeholder"),
        (exp.Mod, "'%'"),
        (exp.IntDiv, "'//'"),
        ((exp.JSONExtract, exp.JSONExtractScalar), "'->'"),
        (exp.Distinct, "'distinct'"),
        (exp.Order, "'order by'"),
    )


_CLOCKS = ("now", "today", "current_date", "current_timestamp", "localtime", "getdate")
_INSTEAD = {
    **dict.fromkeys(_CLOCKS, "as_of() is the only clock"),
    **dict.fromkeys(("if", "iif"), "write 'case when ... then ... else ... end'"),
    **dict.fromkeys(("datediff", "date_diff", "date_sub"), "days_between(a, b) counts days"),
    **dict.fromkeys(("date_add", "dateadd", "interval"), "dates are moved with add_days() and add_months()"),
    **dict.fromkeys(("extract", "date_part", "strftime"), "use year(d), month(d) or day(d)"),
    **dict.fromkeys(("regexp_matches", "regexp_full_match", "regexp_like"), "use matches(x, 'pattern')"),
    **dict.fromkeys(("concat", "concat_ws"), "write x || y"),
    **dict.fromkeys(("substring", "substr", "left", "right"), "use starts_with(), ends_with() or matches()"),
    "try_cast": "cast(x as ...) gives NULL where it cannot",
}


@remembered
def _casts() -> dict[exp.DType, Kind]:
    """Give the targets of a cast."""
    return {
        exp.DType.TEXT: Kind.TEXT,
        exp.DType.VARCHAR: Kind.TEXT,
        exp.DType.DATE: Kind.DATE,
        exp.DType.INT: Kind.INTEGER,
        exp.DType.BIGINT: Kind.INTEGER,
        exp.DType.DECIMAL: Kind.NUMBER,
        exp.DType.DOUBLE: Kind.NUMBER,
    }


#: What any node may hold.
_PLAIN = frozenset({"this", "expression", "expressions"})
_NOTHING: frozenset[str] = frozenset()


@remembered
def _extra() -> dict[type[exp.Expr], frozenset[str]]:
    """Give what a node of a type may hold beside that. Whatever else hangs on it would be rendered unchecked."""
    return {
        exp.Identifier: frozenset({"quoted"}),
        exp.Column: frozenset({"table"}),
        exp.Literal: frozenset({"is_string"}),
        exp.DataType: frozenset({"nested"}),
        exp.If: frozenset({"true"}),
        exp.Case: frozenset({"ifs", "default"}),
        exp.Cast: frozenset({"to"}),
        exp.Between: frozenset({"low", "high"}),
        exp.In: frozenset({"query"}),
        exp.Like: frozenset({"negate"}),
        exp.ILike: frozenset({"negate"}),
        exp.DPipe: frozenset({"safe"}),
        exp.Div: frozenset({"typed", "safe"}),
        exp.Round: frozenset({"decimals"}),
        exp.Greatest: frozenset({"ignore_nulls"}),
        exp.Least: frozenset({"ignore_nulls"}),
        exp.Count: frozenset({"big_int"}),
        exp.Subquery: frozenset({"alias"}),
    }


_SQL_TYPE = {Kind.TEXT: "text", Kind.DATE: "date", Kind.INTEGER: "bigint", Kind.NUMBER: "double"}

_Check = Callable[[Checker, Any], Kind]


@remembered
def _checks() -> dict[type[exp.Expr], _Check]:
    """Give what is allowed, and how it is checked: the allow-list."""
    return {
        exp.Column: Checker.column,
        exp.Literal: Checker.literal,
        exp.Boolean: lambda _c, _n: Kind.BOOLEAN,
        exp.Null: lambda _c, _n: Kind.UNKNOWN,
        exp.Paren: lambda c, n: c.kind(n.this),
        exp.And: Checker.connect,
        exp.Or: Checker.connect,
        exp.Not: lambda c, n: c.negation(n),
        exp.Is: Checker.is_,
        exp.EQ: Checker.compare,
        exp.NEQ: Checker.compare,
        exp.GT: Checker.compare,
        exp.GTE: Checker.compare,
        exp.LT: Checker.compare,
        exp.LTE: Checker.compare,
        exp.NullSafeEQ: Checker.compare,
        exp.NullSafeNEQ: Checker.compare,
        exp.Between: Checker.between,
        exp.In: Checker.in_,
        exp.Like: Checker.like,
        exp.ILike: Checker.like,
        exp.Add: Checker.arithmetic,
        exp.Sub: Checker.arithmetic,
        exp.Mul: Checker.arithmetic,
        exp.Div: Checker.arithmetic,
        exp.Neg: Checker.negative,
        exp.DPipe: lambda c, n: c.join_text(n),
        exp.Case: Checker.case,
        exp.Cast: Checker.cast,
        exp.Count: lambda c, n: c.aggregate(n),
        exp.Sum: lambda c, n: c.aggregate(n),
        exp.Avg: lambda c, n: c.aggregate(n),
        exp.Min: lambda c, n: c.aggregate(n),
        exp.Max: lambda c, n: c.aggregate(n),
        exp.Subquery: lambda c, n: c.subquery(n),
        exp.Exists: lambda c, n: c.subquery(n),
    }


@remembered
def _node_functions() -> dict[type[exp.Expr], str]:
    """Name the functions for which sqlglot has a type of its own."""
    return {
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
