"""The same meaning on another engine: a tree as the embedded engine reads it becomes one that another engine reads so.

A translation knows every kind of node and every function that it may meet, and refuses the rest: what it cannot say
exactly it does not say.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from qmscheck.sql.dialects.unsayable import UnsayableError
from qmscheck.sql.trees import exp

__all__ = ["OWN", "UnsayableError", "in_dialect", "preamble", "relation"]

#: The dialect in which trees are built.
OWN = "duckdb"

#: The dialects into which there is a translation: each is a module of this room, loaded when it is needed.
_KNOWN = ("postgres", "spark")


def in_dialect(tree: exp.Expr, dialect: str) -> exp.Expr:
    """Give the tree that means on another engine what this one means on the embedded one. It may change the given one.

    Raises UnsayableError for what that engine cannot say exactly.
    """
    if dialect == OWN:
        return tree
    if dialect not in _KNOWN:
        raise UnsayableError(f"there is no translation into {dialect}")
    translated: Callable[[exp.Expr], exp.Expr] = import_module(f"qmscheck.sql.dialects.{dialect}").translated
    return translated(tree)


def preamble(dialect: str) -> tuple[str, ...]:
    """Give the statements that a session must have run before it is asked anything in a dialect."""
    if dialect != "postgres":
        return ()
    from qmscheck.sql.dialects.postgres_session import statements  # noqa: PLC0415  (only where there is such a server)

    return statements()


def relation(name: str, dialect: str) -> str:
    """Give the name by which a translated tree calls a relation, without quotation marks."""
    if dialect != "postgres":
        return name
    from qmscheck.sql.dialects.postgres import relation as called  # noqa: PLC0415

    return called(name)
