"""The parts of which SQL trees are made (sqlglot's `exp`), imported when the first tree is built.

To import them takes longer than a whole small audit, and an audit whose statements are known builds no tree.
Library of this room: sqlglot.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

__all__ = ["exp", "sides", "table_named"]

if TYPE_CHECKING:
    from sqlglot import exp
else:

    class _Late:
        """Stands for the module; each part is looked up once."""

        def __getattr__(self, name: str) -> Any:
            from sqlglot import exp as parts  # noqa: PLC0415

            found = getattr(parts, name)
            setattr(self, name, found)
            return found

    exp = _Late()


def table_named(name: str) -> exp.Table:
    """Write a relation by its name, whatever letters are in it."""
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def sides(node: exp.Expr) -> Iterator[exp.Expr]:
    """Give what has to hold together, in order, whatever stands in parentheses; of another condition, itself."""
    bare = node.unnest()
    if isinstance(bare, exp.And):
        for side in bare.flatten():
            yield from sides(side)
    else:
        yield bare
