"""A plan while it is read: its file, its folder, the readers and engines it may use, and the mistakes so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qmscheck.errors import Problem
from qmscheck.hookspecs import EngineKind, Reader
from qmscheck.toml import Document, Loc

__all__ = ["COMMAND_LINE", "NAME", "Draft", "inside", "is_replaced", "listed"]

COMMAND_LINE = "the command line"
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What every part of the plan is read with. Mistakes gather in the document, to be told all at once."""

    document: Document
    base: Loc
    root: Path
    readers: Mapping[str, Reader]
    replaced: frozenset[Loc] = frozenset()
    engines: Mapping[str, EngineKind] = field(default_factory=dict)

    def refuse(self, loc: Loc, message: str, hint: str | None = None, *, key: bool = False) -> None:
        """Keep a mistake at a place of the plan, or of the command line where that took the place."""
        if is_replaced(loc, self.replaced):
            self.refuse_option(message, hint)
        else:
            self.document.add(self.document.problem(self.base + loc, message, hint, key=key))

    def refuse_option(self, message: str, hint: str | None = None) -> None:
        """Keep a mistake in the options of the command line."""
        self.document.add(Problem(COMMAND_LINE, 0, 0, message, hint))


def is_replaced(loc: Loc, replaced: frozenset[Loc]) -> bool:
    """Tell whether the command line, and not the file, says what stands at a place."""
    return any(loc[: len(taken)] == taken for taken in replaced)


def inside(path: str, root: Path) -> str:
    """Write an absolute path that lies in the folder of the plan as a relative one, the same on every machine."""
    if not Path(path).is_absolute():
        return path
    try:
        return Path(path).relative_to(root).as_posix()
    except ValueError:
        return path


def listed(what: str, names: Iterable[str]) -> str:
    """Write a list for a hint; an empty one says so."""
    return f"{what}: {', '.join(names) or 'none'}"
