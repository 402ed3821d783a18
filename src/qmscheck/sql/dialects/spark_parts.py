"""Small parts of which Spark's trees are put together. A tree may stand in one place only, so each use is a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qmscheck.sql.trees import exp

__all__ = ["call", "case", "fits", "is_type", "once", "replaced", "spark_type", "text", "text_of", "tried", "whole"]


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Call a function by its name, as it is: nothing is made of it on the way."""
    return exp.Anonymous(this=name, expressions=[a.copy() for a in arguments])


def text(value: str) -> exp.Expr:
    """Write a text."""
    return exp.Literal.string(value)


def whole(value: int) -> exp.Expr:
    """Write a whole number."""
    number = exp.Literal.number(abs(value))
    return exp.paren(exp.Neg(this=number), copy=False) if value < 0 else number


def spark_type(name: str) -> exp.DataType:
    """Name a type as Spark does."""
    return exp.DataType.build(name, dialect="spark")


def tried(node: exp.Expr, kind: str) -> exp.Expr:
    """Cast to a type of Spark, or to nothing."""
    return exp.TryCast(this=node.copy(), to=spark_type(kind), safe=True)


def text_of(node: exp.Expr) -> exp.Expr:
    """Cast to text; nothing is done to a text."""
    return exp.Cast(this=node.copy(), to=exp.DataType.build("text"))


def case(branches: Iterable[tuple[exp.Expr, exp.Expr]], default: exp.Expr | None = None) -> exp.Expr:
    """Write what holds under the first condition that is true."""
    ifs = [exp.If(this=condition.copy(), true=value.copy()) for condition, value in branches]
    return exp.Case(ifs=ifs, default=None if default is None else default.copy())


def fits(node: exp.Expr, pattern: str) -> exp.Expr:
    """Write that a pattern of Java is found in a text."""
    return call("regexp_like", node, text(pattern))


def replaced(node: exp.Expr, pattern: str, new: str) -> exp.Expr:
    """Replace what a pattern of Java finds; `$1` is its first group."""
    return call("regexp_replace", node, text(pattern), text(new))


def is_type(node: exp.Expr, *names: str) -> exp.Expr:
    """Tell the type of a value: Spark knows it before it runs anything, and drops what is then not needed."""
    return exp.In(this=call("typeof", node), expressions=[text(name) for name in names])


def once(node: exp.Expr, write: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Write what needs a value many times, so that the value itself is written once: else statements grow without end.

    Spark has no `let`; a list of one value does.
    """
    if isinstance(node, exp.Column | exp.Literal | exp.Null):
        return write(node)
    name = f"_v{_depth(node)}"
    inner = exp.Lambda(this=write(exp.column(name)), expressions=[exp.to_identifier(name)])
    return call("element_at", call("transform", call("array", node), inner), exp.Literal.number(1))


def _depth(node: exp.Expr) -> int:
    """Count the values that are named inside a tree: each has a name of its own."""
    return sum(1 for _ in node.find_all(exp.Lambda))
