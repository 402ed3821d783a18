"""Texts in PostgreSQL: compared, searched, cut and put together as DuckDB does it."""

from __future__ import annotations

from functools import cache as remembered

from qmscheck.sql.dialects.postgres_parts import Write, by_letters, call, cast_to, is_said, own
from qmscheck.sql.dialects.postgres_patterns import translated as pattern_of
from qmscheck.sql.dialects.postgres_prints import between
from qmscheck.sql.dialects.unsayable import UnsayableError
from qmscheck.sql.trees import exp

__all__ = ["TEXT_FUNCTIONS", "text_writers"]

#: What `trim` takes off: the separators of Unicode that are spaces (Zs).
_SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def _compared(node: exp.Expr) -> exp.Expr:
    """Give sides that are texts by themselves, without a column, the order of the numbers of letters."""
    for key in ("this", "expression", "low", "high"):
        side = node.args.get(key)
        if isinstance(side, exp.Expr) and is_said(side):
            node.set(key, by_letters(side))
    return node


def _extreme(node: exp.Expr) -> exp.Expr:
    """Write the greatest or the least: what is blank is passed over in both. A text is ordered as others are."""
    parts = [node.this, *node.expressions]
    told = [by_letters(part) if is_said(part) else part for part in parts]
    return type(node)(this=told[0], expressions=told[1:], ignore_nulls=True)


def _extremum(node: exp.Expr) -> exp.Expr:
    return type(node)(this=by_letters(node.this)) if is_said(node.this) else node


def _small(node: exp.Lower) -> exp.Expr:
    return own("lower", node.this)


def _capital(node: exp.Upper) -> exp.Expr:
    return own("upper", node.this)


def _trimmed(node: exp.Trim) -> exp.Expr:
    if node.args.get("position"):
        raise UnsayableError("only a trim of both ends is known in PostgreSQL")
    return call("btrim", node.this, node.expression or exp.Literal.string(_SPACES))


def _contains(text: exp.Expr, part: exp.Expr) -> exp.Expr:
    found = exp.GT(this=call("strpos", text, part), expression=exp.Literal.number(0))
    return exp.paren(found, copy=False)


def _ends(text: exp.Expr, end: exp.Expr) -> exp.Expr:
    last = call("right", text, call("length", end.copy()))
    return exp.paren(exp.EQ(this=last, expression=end), copy=False)


def _like(node: exp.Like) -> exp.Expr:
    """No sign takes the meaning of % and _ away."""
    return _like_plainly(node, node.this, node.expression)


def _ilike(node: exp.ILike) -> exp.Expr:
    return _like_plainly(node, own("lower", node.this), own("lower", node.expression))


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
        return call("right" if isinstance(place, exp.Neg) else "left", text, exp.Literal.number(1))
    raise UnsayableError("only the first and the last letter of a text are known in PostgreSQL")


def _characters(node: exp.Length) -> exp.Expr:
    return cast_to(call("length", node.this), "bigint")


def _matches(text: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    return _found(text, pattern_of(_plain(pattern)))


def _matches_whole(text: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    return _found(text, f"^{pattern_of(_plain(pattern))}$")


def _found(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.paren(exp.RegexpLike(this=by_letters(text), expression=exp.Literal.string(pattern)), copy=False)


def _replaced(text: exp.Expr, pattern: exp.Expr, new: exp.Expr, flags: exp.Expr) -> exp.Expr:
    """Replace every match. Only of patterns without a choice between a shorter and a longer one this is the same."""
    if flags.name != "g" or "\\" in new.name:
        raise UnsayableError("only a replacement of every match by a plain text is known in PostgreSQL")
    return call("regexp_replace", by_letters(text), exp.Literal.string(pattern_of(_plain(pattern))), new, flags)


def _extracted(text: exp.Expr, pattern: exp.Expr, group: exp.Expr) -> exp.Expr:
    return own("extract", text, exp.Literal.string(pattern_of(_plain(pattern), keep=True)), group)


def _plain(pattern: exp.Expr) -> str:
    if not (isinstance(pattern, exp.Literal) and pattern.is_string):
        raise UnsayableError("a pattern that is computed has no exact translation into PostgreSQL")
    return str(pattern.name)


def _digest(text: exp.Expr) -> exp.Expr:
    octets = call("convert_to", text, exp.Literal.string("UTF8"))
    return call("encode", call("sha256", octets), exp.Literal.string("hex"))


def _digested(node: exp.SHA2) -> exp.Expr:
    if node.args.get("length") is None or node.args["length"].name != "256":
        raise UnsayableError("of the digests, SHA-256 is known in PostgreSQL")
    return _digest(node.this)


@remembered
def text_writers() -> dict[type[exp.Expr], Write]:
    """Give what is written otherwise of texts, by the kind of its node."""
    return {
        exp.Between: lambda n: between(n) or _compared(n),
        **dict.fromkeys((exp.LT, exp.LTE, exp.GT, exp.GTE), _compared),
        **dict.fromkeys((exp.Greatest, exp.Least), _extreme),
        exp.Lower: _small,
        exp.Upper: _capital,
        exp.Trim: _trimmed,
        exp.Contains: lambda n: _contains(n.this, n.expression),
        exp.EndsWith: lambda n: _ends(n.this, n.expression),
        exp.Like: _like,
        exp.ILike: _ilike,
        exp.Length: _characters,
        exp.SHA2: _digested,
        **dict.fromkeys((exp.Min, exp.Max), _extremum),
    }


#: The same, by the name of a function.
TEXT_FUNCTIONS: dict[str, Write] = {
    "array_extract": _letter,
    "concat_ws": lambda *parts: call("concat_ws", *parts),
    "contains": _contains,
    "ends_with": _ends,
    "greatest": lambda *parts: _extreme(exp.Greatest(this=parts[0], expressions=list(parts[1:]))),
    "least": lambda *parts: _extreme(exp.Least(this=parts[0], expressions=list(parts[1:]))),
    "regexp_extract": _extracted,
    "regexp_full_match": _matches_whole,
    "regexp_matches": _matches,
    "regexp_replace": _replaced,
    "sha256": _digest,
    "starts_with": lambda a, b: call("starts_with", a, b),
}
