"""The last step: a checked tree as the text of one dialect."""

from __future__ import annotations

from qmscheck.sql.select import Statement

__all__ = ["render"]


def render(statement: Statement, dialect: str) -> str:
    """Write a statement in an engine's dialect, from its tree."""
    return statement.tree.sql(dialect=dialect, comments=False, copy=False)
