"""What trees mean in PostgreSQL, from version 15 on.

Every node is of a kind that is known here, or the tree is refused. Functions that PostgreSQL has not, or means
otherwise, are those that `postgres_session` makes for a session. Texts are ordered by the numbers of their letters
(COLLATE "C"), as DuckDB orders them: columns of tables have that collation from the start, and what becomes a text here
is given it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache as remembered
from hashlib import sha256

from qmscheck.sql.dialects.postgres_patterns import translated as pattern_of
from qmscheck.sql.dialects.postgres_prints import between, both
from qmscheck.sql.dialects.unsayable import UnsayableError
from qmscheck.sql.trees import exp

__all__ = ["relation", "translated"]

#: The longest name that PostgreSQL keeps whole, in bytes.
_LONGEST = 63
_OWN = "pg_temp.qm_"
#: What `trim` takes off: the separators of Unicode that are spaces (Zs).
_SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_MOST_DIGITS = 38
#: The parts of a node that is written otherwise which its writer looks at, or which say nothing.
_PARTS = frozenset(
    {
        *("this", "expression", "expressions", "low", "high", "to", "decimals", "length", "separator", "position"),
        *("negate", "is_string", "quoted", "desc", "nulls_first", "ignore_nulls", "typed", "safe"),
    }
)


def translated(tree: exp.Expr) -> exp.Expr:
    """Give the tree that means in PostgreSQL what this one means in DuckDB. Raises UnsayableError."""
    root = exp.paren(tree, copy=False)
    parts = {one.alias for one in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        _called(table, parts)
    for node in reversed(list(root.walk())):  # children before their parents
        if node is root:
            continue
        written = _written(node)
        if written is not node:
            node.replace(written)
    found: exp.Expr = root.this
    found.pop()
    return found


def relation(name: str) -> str:
    """Give the name of a relation: one that no table of a server has."""
    return _name(f"~{name}").replace('"', "'")


def _called(table: exp.Table, parts: Collection[str]) -> None:
    """Call a table by the name of its relation, and what is said of it by its own."""
    if table.name not in parts:
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("this", exp.to_identifier(relation(table.name), quoted=True))


def _name(name: str) -> str:
    """Give a name as PostgreSQL keeps it: a long one is cut, and told apart by its digest."""
    if len(name.encode()) <= _LONGEST:
        return name
    return f"{name.encode()[:40].decode(errors='ignore')}~{sha256(name.encode()).hexdigest()[:20]}"


def _written(node: exp.Expr) -> exp.Expr:
    if type(node) in _same():
        return node
    write = _writers().get(type(node))
    if write is not None:
        more = {key for key, value in node.args.items() if value} - _PARTS
        if more:
            raise UnsayableError(f"{type(node).__name__} with {min(more)} has no exact translation into PostgreSQL")
        return write(node)
    if isinstance(node, exp.Anonymous):
        name = str(node.this).lower()
        call = _FUNCTIONS.get(name)
        if call is not None:
            return call(*node.expressions)
        raise UnsayableError(f"the function {name}() has no exact translation into PostgreSQL")
    raise UnsayableError(f"{type(node).__name__} has no exact translation into PostgreSQL")


@remembered
def _same() -> frozenset[type[exp.Expr]]:
    """Give the kinds of nodes that mean the same in both."""
    return frozenset(
        {
            *(exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.With, exp.CTE, exp.Table),
            *(exp.TableAlias, exp.Alias, exp.Distinct, exp.Star, exp.Subquery, exp.Union, exp.Limit, exp.Order),
            *(exp.Column, exp.Boolean, exp.Null, exp.Paren, exp.Or, exp.Not, exp.If, exp.Case, exp.Is),
            *(exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Exists, exp.Tuple, exp.DataType),
            *(exp.DataTypeParam, exp.DPipe, exp.Coalesce, exp.Nullif, exp.Abs, exp.Count, exp.Sum, exp.RowNumber),
            *(exp.Window, exp.Filter, exp.StartsWith, exp.Replace, exp.SplitPart, exp.Var),
        }
    )


# ---------------------------------------------------------------- names and values


def _identifier(node: exp.Identifier) -> exp.Expr:
    node.set("this", _name(node.name if node.args.get("quoted") else node.name.lower()))
    node.set("quoted", True)
    return node


def _literal(node: exp.Literal) -> exp.Expr:
    """A number with an exponent, or of more digits than a decimal of DuckDB has, is one of floating point."""
    if node.is_string:
        if "\0" in node.name:
            raise UnsayableError("a text of PostgreSQL holds no NUL")
        return node
    if re.search(r"[eE]", node.name) or len(re.sub(r"[^0-9]", "", node.name)) > _MOST_DIGITS:
        return exp.cast(exp.Literal.string(node.name), "double", copy=False)
    return node


def _ordered(node: exp.Ordered) -> exp.Expr:
    """What is blank comes last, unless it is asked for first; PostgreSQL puts it first where the order is turned."""
    node.set("nulls_first", bool(node.args.get("nulls_first")))
    return node


# ---------------------------------------------------------------- comparisons of texts


def _compared(node: exp.Expr) -> exp.Expr:
    """Give sides that are texts by themselves, without a column, the order of the numbers of letters."""
    for key in ("this", "expression", "low", "high"):
        side = node.args.get(key)
        if isinstance(side, exp.Expr) and _is_said(side):
            node.set(key, _c(side))
    return node


def _extreme(node: exp.Expr) -> exp.Expr:
    """Write the greatest or the least: what is blank is passed over in both. A text is ordered as others are."""
    parts = [node.this, *node.expressions]
    told = [_c(part) if _is_said(part) else part for part in parts]
    return type(node)(this=told[0], expressions=told[1:], ignore_nulls=True)


def _is_said(node: exp.Expr) -> bool:
    """Tell whether a value is a text that the statement itself holds."""
    if isinstance(node, exp.Literal):
        return bool(node.is_string)
    if isinstance(node, exp.Paren | exp.Nullif):
        return _is_said(node.this)
    if isinstance(node, exp.DPipe):
        return True
    if isinstance(node, exp.Case):
        return any(_is_said(i.args["true"]) for i in node.args["ifs"]) or (
            node.args.get("default") is not None and _is_said(node.args["default"])
        )
    return isinstance(node, exp.Coalesce) and any(_is_said(part) for part in (node.this, *node.expressions))


def _c(text: exp.Expr) -> exp.Expr:
    """Write a text that is ordered by the numbers of its letters."""
    inner = (
        text if isinstance(text, exp.Column | exp.Paren | exp.Literal | exp.Anonymous) else exp.paren(text, copy=False)
    )
    return exp.paren(exp.Collate(this=inner, expression=exp.to_identifier("C", quoted=True)), copy=False)


# ---------------------------------------------------------------- numbers


def _arithmetic(node: exp.Expr) -> exp.Expr:
    """Whole numbers have 64 bits: a small one that is written in a rule has 32 in PostgreSQL, and would overflow."""
    for key in ("this", "expression"):
        side = node.args.get(key)
        if isinstance(side, exp.Literal) and not side.is_string and side.name.isdigit():
            node.set(key, _cast(side, "bigint"))
    return node


def _divided(node: exp.Div) -> exp.Expr:
    sides = [_cast(exp.paren(side, copy=False), "double") for side in (node.this, node.expression)]
    return exp.paren(exp.Div(this=sides[0], expression=sides[1], typed=True, safe=False), copy=False)


def _divided_whole(node: exp.IntDiv) -> exp.Expr:
    """Both cut off what is behind the point."""
    _arithmetic(node)
    return exp.Div(this=node.this, expression=node.expression, typed=True, safe=False)


def _rounded(node: exp.Round) -> exp.Expr:
    digits = node.args.get("decimals")
    return _own("round", node.this, *([digits] if digits is not None else []))


def _average(node: exp.Avg) -> exp.Expr:
    whole = _cast(exp.Sum(this=node.this.copy()), "double")
    number = _cast(exp.Nullif(this=exp.Count(this=node.this.copy()), expression=exp.Literal.number(0)), "double")
    return exp.paren(exp.Div(this=whole, expression=number, typed=True, safe=False), copy=False)


# ---------------------------------------------------------------- casts


def _tried(node: exp.TryCast) -> exp.Expr:
    """Write a cast that gives NULL where it cannot."""
    value, target = node.this, _type(node.to)
    if isinstance(value, exp.Null):
        return _cast(value, target)
    match target:
        case "text":
            return _text(value)
        case "bigint" | "double" | "date" | "timestamp":
            return _own(target, value)
        case "timestamptz":
            return _own("instant", value)
        case _ if target.startswith("decimal"):
            return _own("decimal", value, *(exp.Literal.number(n) for n in re.findall(r"[0-9]+", target)))
    raise UnsayableError(f"a cast to {target} has no exact translation into PostgreSQL")


def _sure(node: exp.Cast) -> exp.Expr:
    """Write a cast of what the target holds; a literal is read like any other text."""
    value, target = node.this, _type(node.to)
    if target == "text" and not isinstance(value, exp.Null):
        return _text(value)
    if isinstance(value, exp.Literal) and target in {"bigint", "double"}:
        return _own(target, value)
    if target == "bigint" and not isinstance(value, exp.Null | exp.Literal):
        return _own("bigint", value)
    return _cast(value, target)


def _type(kind: exp.DataType) -> str:
    """Name the target of a cast; one that is not known is refused."""
    name = _types().get(kind.this)
    if name is None or (kind.expressions and name != "decimal"):
        raise UnsayableError(f"the type {kind.sql('duckdb').lower()} has no counterpart in PostgreSQL")
    if name == "decimal":
        width, scale = (int(one.name) for one in kind.expressions)
        return f"decimal({width}, {scale})"
    return name


def _text(value: exp.Expr) -> exp.Expr:
    return _c(_own("text", value))


def _cast(value: exp.Expr, target: str) -> exp.Expr:
    return exp.cast(value, target, copy=False, dialect="duckdb")


@remembered
def _types() -> Mapping[exp.DType, str]:
    kinds = exp.DType
    return {
        **dict.fromkeys((kinds.TEXT, kinds.VARCHAR), "text"),
        kinds.INT: "int",
        kinds.BIGINT: "bigint",
        kinds.DOUBLE: "double",
        kinds.DECIMAL: "decimal",
        kinds.BOOLEAN: "boolean",
        kinds.DATE: "date",
        **dict.fromkeys((kinds.TIMESTAMP, kinds.TIMESTAMPNTZ), "timestamp"),
        kinds.TIMESTAMPTZ: "timestamptz",
    }


# ---------------------------------------------------------------- days


def _part(node: exp.Expr) -> exp.Expr:
    part = exp.Extract(this=exp.Var(this=type(node).__name__.upper()), expression=node.this)
    return _cast(part, "bigint")


def _epoch(span: exp.Expr) -> exp.Expr:
    return _cast(exp.Extract(this=exp.Var(this="EPOCH"), expression=span), "double")


def _interval(place: int) -> Callable[[exp.Expr], exp.Expr]:
    """Write an interval of so many months, days or seconds: PostgreSQL takes them by their place."""

    def write(number: exp.Expr) -> exp.Expr:
        before = [exp.Literal.number(0) for _ in range(place)]
        return _function("make_interval", *before, number)

    return write


def _parsed(text: exp.Expr, formats: exp.Expr) -> exp.Expr:
    (form,) = formats.expressions
    listed = exp.Array(expressions=[exp.Literal.string(code) for code in codes_of(form.name)])
    return _own("parsed", text, _cast(listed, "text[]"))


def codes_of(form: str) -> list[str]:
    """Take a date format apart: each code, and each letter between them. Raises UnsayableError."""
    codes = [c.replace("-", "") if c.startswith("%") else c for c in re.findall(r"%-?.|[^%]", form, re.DOTALL)]
    for code in codes:
        if code.startswith("%") and code[1:] not in set("aAbBdmyYHIMSpf%"):
            raise UnsayableError(f"PostgreSQL reads no date with {code}, as in {form}")
    if "%p" in codes and "%I" not in codes:
        raise UnsayableError(f"PostgreSQL reads no hours up to 24 with AM or PM, as in {form}")
    return ["%" if code == "%%" else code for code in codes]


# ---------------------------------------------------------------- texts


def _small(node: exp.Lower) -> exp.Expr:
    return _own("lower", node.this)


def _capital(node: exp.Upper) -> exp.Expr:
    return _own("upper", node.this)


def _trimmed(node: exp.Trim) -> exp.Expr:
    if node.args.get("position"):
        raise UnsayableError("only a trim of both ends is known in PostgreSQL")
    return _function("btrim", node.this, node.expression or exp.Literal.string(_SPACES))


def _contains(text: exp.Expr, part: exp.Expr) -> exp.Expr:
    found = exp.GT(this=_function("strpos", text, part), expression=exp.Literal.number(0))
    return exp.paren(found, copy=False)


def _ends(text: exp.Expr, end: exp.Expr) -> exp.Expr:
    last = _function("right", text, _function("length", end.copy()))
    return exp.paren(exp.EQ(this=last, expression=end), copy=False)


def _like(node: exp.Like) -> exp.Expr:
    """No sign takes the meaning of % and _ away."""
    return _like_plainly(node, node.this, node.expression)


def _ilike(node: exp.ILike) -> exp.Expr:
    return _like_plainly(node, _own("lower", node.this), _own("lower", node.expression))


def _like_plainly(node: exp.Expr, text: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    like = exp.Like(this=text, expression=pattern)
    found: exp.Expr = exp.Escape(this=like, expression=exp.Literal.string(""))
    if node.args.get("negate"):
        found = exp.not_(exp.paren(found, copy=False), copy=False)
    return exp.paren(found, copy=False)


def _letter(text: exp.Expr, place: exp.Expr) -> exp.Expr:
    """Write the first or the last letter of a text."""
    number = place.find(exp.Literal)
    if number is not None and number.name == "1":
        return _function("right" if isinstance(place, exp.Neg) else "left", text, exp.Literal.number(1))
    raise UnsayableError("only the first and the last letter of a text are known in PostgreSQL")


def _characters(node: exp.Length) -> exp.Expr:
    return _cast(_function("length", node.this), "bigint")


def _matches(text: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    return _found(text, pattern_of(_plain(pattern)))


def _matches_whole(text: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    return _found(text, f"^{pattern_of(_plain(pattern))}$")


def _found(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.paren(exp.RegexpLike(this=_c(text), expression=exp.Literal.string(pattern)), copy=False)


def _replaced(text: exp.Expr, pattern: exp.Expr, new: exp.Expr, flags: exp.Expr) -> exp.Expr:
    """Replace every match. Only of patterns without a choice between a shorter and a longer one this is the same."""
    if flags.name != "g" or "\\" in new.name:
        raise UnsayableError("only a replacement of every match by a plain text is known in PostgreSQL")
    return _function("regexp_replace", _c(text), exp.Literal.string(pattern_of(_plain(pattern))), new, flags)


def _extracted(text: exp.Expr, pattern: exp.Expr, group: exp.Expr) -> exp.Expr:
    return _own("extract", text, exp.Literal.string(pattern_of(_plain(pattern), keep=True)), group)


def _plain(pattern: exp.Expr) -> str:
    if not (isinstance(pattern, exp.Literal) and pattern.is_string):
        raise UnsayableError("a pattern that is computed has no exact translation into PostgreSQL")
    return str(pattern.name)


def _digest(text: exp.Expr) -> exp.Expr:
    octets = _function("convert_to", text, exp.Literal.string("UTF8"))
    return _function("encode", _function("sha256", octets), exp.Literal.string("hex"))


def _digested(node: exp.SHA2) -> exp.Expr:
    if node.args.get("length") is None or node.args["length"].name != "256":
        raise UnsayableError("of the digests, SHA-256 is known in PostgreSQL")
    return _digest(node.this)


def _hashed(*cells: exp.Expr) -> exp.Expr:
    """Write a number that is the same for the same cells."""
    row = exp.Anonymous(this="row", expressions=list(cells))
    return exp.Anonymous(this="hash_record_extended", expressions=[row, exp.Literal.number(0)])


# ---------------------------------------------------------------- aggregates


def _counted_if(node: exp.CountIf) -> exp.Expr:
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=node.this))


def _any_true(node: exp.LogicalOr) -> exp.Expr:
    return exp.Anonymous(this="bool_or", expressions=[node.this])


def _any_value(node: exp.AnyValue) -> exp.Expr:
    return _own("any", node.this)


def _first(value: exp.Expr, by: exp.Expr) -> exp.Expr:
    """Write the value that is filled and has the smallest number."""
    order = exp.Order(this=value, expressions=[exp.Ordered(this=by, desc=False, nulls_first=False)])
    return _own("any", order)


def _strung(node: exp.GroupConcat) -> exp.Expr:
    inner = node.this
    if not isinstance(inner, exp.Order):
        raise UnsayableError("texts are put together in an order only")
    return exp.GroupConcat(this=inner, separator=node.args["separator"])


def _extremum(node: exp.Expr) -> exp.Expr:
    return type(node)(this=_c(node.this)) if _is_said(node.this) else node


def _function(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _own(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Call a function that `postgres_session` makes."""
    return exp.Anonymous(this=f"{_OWN}{name}", expressions=list(arguments))


_Write = Callable[..., "exp.Expr"]


@remembered
def _writers() -> dict[type[exp.Expr], _Write]:
    """Give what is written otherwise, by the kind of its node."""
    return {
        exp.Identifier: _identifier,
        exp.Literal: _literal,
        exp.Ordered: _ordered,
        exp.And: both,
        exp.Between: lambda n: between(n) or _compared(n),
        **dict.fromkeys((exp.LT, exp.LTE, exp.GT, exp.GTE), _compared),
        **dict.fromkeys((exp.Greatest, exp.Least), _extreme),
        **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Neg), _arithmetic),
        exp.Div: _divided,
        exp.IntDiv: _divided_whole,
        exp.Round: _rounded,
        exp.Ceil: lambda n: _own("ceil", n.this),
        exp.Floor: lambda n: _own("floor", n.this),
        exp.Avg: _average,
        exp.Cast: _sure,
        exp.TryCast: _tried,
        **dict.fromkeys((exp.Year, exp.Month, exp.Day), _part),
        exp.Lower: _small,
        exp.Upper: _capital,
        exp.Trim: _trimmed,
        exp.Contains: lambda n: _contains(n.this, n.expression),
        exp.EndsWith: lambda n: _ends(n.this, n.expression),
        exp.Like: _like,
        exp.ILike: _ilike,
        exp.Length: _characters,
        exp.SHA2: _digested,
        exp.CountIf: _counted_if,
        exp.LogicalOr: _any_true,
        exp.AnyValue: _any_value,
        exp.GroupConcat: _strung,
        **dict.fromkeys((exp.Min, exp.Max), _extremum),
        exp.Array: lambda n: n,
    }


_FUNCTIONS: dict[str, _Write] = {
    "array_extract": _letter,
    "arg_min": _first,
    "ceil": lambda x: _own("ceil", x),
    "concat_ws": lambda *parts: _function("concat_ws", *parts),
    "contains": _contains,
    "ends_with": _ends,
    "epoch": _epoch,
    "floor": lambda x: _own("floor", x),
    "greatest": lambda *parts: _extreme(exp.Greatest(this=parts[0], expressions=list(parts[1:]))),
    "hash": _hashed,
    "isfinite": lambda x: _own("finite", x),
    "least": lambda *parts: _extreme(exp.Least(this=parts[0], expressions=list(parts[1:]))),
    "personal_mark": lambda x: _own("personal_mark", x),
    "pseudonym": lambda x: _own("pseudonym", x),
    "regexp_extract": _extracted,
    "regexp_full_match": _matches_whole,
    "regexp_matches": _matches,
    "regexp_replace": _replaced,
    "round": lambda *parts: _own("round", *parts),
    "sha256": _digest,
    "starts_with": lambda a, b: _function("starts_with", a, b),
    "timezone": lambda zone, at: _function("timezone", zone, at),
    "to_days": _interval(3),
    "to_months": _interval(1),
    "to_seconds": _interval(6),
    "try_strptime": _parsed,
}
