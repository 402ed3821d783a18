"""Working papers that a command writes: checked before the work, and never over one that is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from qmscheck.cli.failure import DeliveryError
from qmscheck.errors import Problem, QmscheckError

__all__ = ["check", "save"]


def check(paths: Sequence[str], suffixes: Sequence[str]) -> tuple[Path, ...]:
    """Give the places of papers. Raises QmscheckError for what cannot be written there, or is there already."""
    problems = []
    for i, name in enumerate(paths):
        path = Path(name)
        if path.suffix.lower() not in suffixes:
            problems.append(Problem(name, 0, 0, "this file ending is not known", f"known: {', '.join(suffixes)}"))
        elif name in paths[:i]:
            problems.append(Problem(name, 0, 0, "is asked for twice"))
        elif os.path.lexists(name):
            hint = "what a person wrote into it would be lost: remove it, or choose another name"
            problems.append(Problem(name, 0, 0, "is there already", hint))
        elif not os.path.isdir(path.parent):  # noqa: PTH112  (false, too, for what can be no name)
            problems.append(Problem(name, 0, 0, "cannot be written: its folder does not exist"))
    if problems:
        raise QmscheckError(*problems)
    return tuple(Path(name) for name in paths)


def save(paths: Sequence[Path], content: Callable[[str], bytes]) -> None:
    """Write each paper, whole or not at all. Raises DeliveryError where one cannot be written."""
    for path in paths:
        written = content(path.suffix.lower())
        try:
            with path.open("xb") as file:  # never over one that came meanwhile
                _fill(path, file, written)
        except OSError as error:
            problem = Problem(path.as_posix(), 0, 0, f"cannot be written: {error.strerror or error}")
            raise DeliveryError(problem) from None


def _fill(path: Path, file: BinaryIO, written: bytes) -> None:
    """Write into a file that was just made, and take it away again where that fails or is interrupted."""
    try:
        file.write(written)
        file.flush()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
