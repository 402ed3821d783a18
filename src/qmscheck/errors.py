"""What can go wrong before or during an audit, as values with a place and a hint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Problem", "QmscheckError", "Stopped", "did_you_mean", "told_time"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: `path:line:column: what`, a frame of the file, and what to do.

    `line` and `column` count from 1; 0 means unknown. `length` is how many characters of the frame to mark.
    """

    path: str
    line: int
    column: int
    message: str
    hint: str | None = None
    frame: str | None = None
    length: int = 1

    def __str__(self) -> str:
        """Write the problem as a person reads it in a terminal."""
        place = self.path + (f":{self.line}:{self.column}" if self.line else "")
        lines = [f"{place}: {self.message}" if place else self.message]
        if self.frame is not None and self.line:
            number = str(self.line)
            lines.append(f"  {number} | {self.frame}")
            lines.append(f"  {' ' * len(number)} | {' ' * (self.column - 1)}{'^' * max(1, self.length)}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class QmscheckError(Exception):
    """No audit was performed: the plan, a ruleset, a plugin or the call is wrong. Carries every problem found."""

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems in the order of their places."""
        self.problems = tuple(sorted(problems, key=lambda p: (p.path, p.line, p.column, p.message)))
        super().__init__("\n".join(map(str, self.problems)))


class Stopped(BaseException):
    """The work was stopped from outside, or by its time limit: nothing catches it but who leaves.

    `told` says by what, `code` is the exit code of the process, and `hint` what to do about it.
    """

    def __init__(self, told: str, code: int, hint: str | None = None) -> None:
        """Keep what is to be told."""
        super().__init__(told)
        self.told, self.code, self.hint = told, code, hint


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Hint at the known name nearest to a misspelt one."""
    import difflib  # noqa: PLC0415  (only where something is misspelt)

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else None


def told_time(seconds: float) -> str:
    """Write a length of time as a person says it."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            number = int(seconds // size)
            return f"{number} {unit}{'s' * (number != 1)}"
    return f"{seconds:g} second{'s' * (seconds != 1)}"
