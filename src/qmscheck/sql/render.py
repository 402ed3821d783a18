"""The last step: a checked tree as the text of one dialect."""

from __future__ import annotations

from pathlib import Path

from qmscheck import cache as cache_room
from qmscheck.cache import Cache, digest
from qmscheck.sql.dialects import in_dialect
from qmscheck.sql.statement import Statement

__all__ = ["edition", "render"]


def render(statement: Statement, dialect: str, cache: Cache | None = None) -> str:
    """Write a statement in an engine's dialect, from its tree; or as it was written before."""
    if cache is None:
        return _written(statement, dialect)
    key = digest(dialect, statement)
    text = cache.get(key)
    if text is None:
        text = _written(statement, dialect)
        cache.put(key, text)
    return text


def edition() -> str:
    """Give the digest of everything that shapes what this room writes: its own source, and the release of sqlglot."""
    return cache_room.edition(Path(__file__).parent.rglob("*.py"), ("sqlglot",))


def _written(statement: Statement, dialect: str) -> str:
    return in_dialect(statement.tree, dialect).sql(dialect=dialect, comments=False, copy=False)
