"""A statement is known by what it is made of: which function writes it, and of what. Its tree is built when needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import ParamSpec

from qmscheck.cache import digest
from qmscheck.sql.trees import exp

__all__ = ["Statement", "statement"]

P = ParamSpec("P")


@dataclass(frozen=True)
class Statement:
    """A checked SELECT, ready to be rendered for an engine. Nothing else reaches one.

    `given` are the values that `write` makes a tree of, and all that its tree depends on. Values of the
    evidence are none of them: nothing of the evidence is ever remembered.
    """

    name: str
    given: tuple[object, ...]
    write: Callable[[], exp.Expr] = field(repr=False, compare=False)

    @property
    def tree(self) -> exp.Expr:
        """The tree, built anew."""
        return self.write()

    @cached_property
    def fingerprint(self) -> str:
        """The digest of what the statement is made of: two with the same one have the same tree."""
        return digest(self.name, self.given)


def statement(write: Callable[P, exp.Expr]) -> Callable[P, Statement]:
    """Make a function that writes a tree into one that gives a statement, whose tree is written when it is needed."""

    @wraps(write)
    def given(*args: P.args, **kwargs: P.kwargs) -> Statement:
        return Statement(f"{write.__module__}.{write.__qualname__}", (args, kwargs), lambda: write(*args, **kwargs))

    return given
