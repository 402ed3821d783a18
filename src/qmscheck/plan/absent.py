"""No plan at all: the message that says what one would need, and the command line that would do without."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from qmscheck.errors import Problem
from qmscheck.hookspecs import Reader
from qmscheck.plan.draft import NAME, listed
from qmscheck.plan.sources import reader_for

__all__ = ["no_plan"]

_MAX_LISTED = 8
_MAX_LOOKED_AT = 5000


def no_plan(
    path: Path,
    readers: Mapping[str, Reader],
    installed: Collection[str],
    *,
    rulesets: Collection[str],
    sources: Collection[str],
) -> Problem:
    """Say what a plan would need, with the command line that would do without one."""
    found = list(_readable(path, readers))
    files = [name for name, in_folders in found if not in_folders]
    documents = len(found) - len(files)
    shown = files[:_MAX_LISTED] + ([f"and {len(files) - _MAX_LISTED} more"] if len(files) > _MAX_LISTED else [])
    rulesets = rulesets or tuple(sorted(installed))[:1] or ("PATH",)
    sources = sources or tuple(_example(path, name) for name in files[:1])
    sources = sources or ((f"documents={path.as_posix()}",) if documents else ("TABLE=PATH",))
    words = ["qmscheck", "audit", path.as_posix()]
    words += [word for name in rulesets for word in ("--ruleset", name)]
    words += [word for source in sources for word in ("--source", source)]
    lines = [
        "a plan says what is audited, against which rulesets, and where the records of each table are.",
        "Write it as qmscheck.toml, or go without one:",
        f"  {shlex.join(words)}",
        listed("installed rulesets", sorted(installed)),
        listed("files here that can be read", shown),
    ]
    if documents:
        lines.append(f"documents here: {documents}; name their folder: --source documents={path.as_posix()}")
    message = "has no plan: no qmscheck.toml, and no [tool.qmscheck] in a pyproject.toml"
    return Problem(path.as_posix(), 0, 0, message, "\n        ".join(lines))


def _readable(path: Path, readers: Mapping[str, Reader]) -> Iterator[tuple[str, bool]]:
    """Give each file that some reader knows, and whether that reader takes its folder whole."""
    looked_at = 0
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            looked_at += 1
            if looked_at > _MAX_LOOKED_AT:
                return
            reader = None if name.startswith(".") else reader_for(name, Path(folder), readers)
            if reader is not None:
                yield (Path(folder) / name).relative_to(path).as_posix(), "/" in reader.suffixes


def _example(path: Path, name: str) -> str:
    """Guess a table's name from a file's, where that is one word; any other would be wrong for certain."""
    word = Path(name).name.partition(".")[0].lower()
    return f"{word if word.isalpha() and NAME.fullmatch(word) else 'TABLE'}={(path / name).as_posix()}"
