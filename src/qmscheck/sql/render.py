"""The last step: a checked tree as the text of one dialect."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from qmscheck.cache import Cache, digest
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
    found = importlib.util.find_spec("sqlglot")
    own = sorted(Path(__file__).parent.glob("*.py"))
    library = [Path(found.origin).with_name("_version.py")] if found is not None and found.origin else []
    seen = hashlib.sha256()
    for file in [*own, *library]:
        seen.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return seen.hexdigest()


def _written(statement: Statement, dialect: str) -> str:
    return statement.tree.sql(dialect=dialect, comments=False, copy=False)
