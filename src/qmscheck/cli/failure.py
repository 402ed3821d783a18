"""What was not done, and why: every way to fail, told on stderr, with what to do."""

from __future__ import annotations

import os
import shlex
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from qmscheck.errors import QmscheckError, Stopped

__all__ = ["DeliveryError", "MistakesError", "tell"]

_NO_AUDIT = "No audit was performed."
_NOT_DONE = {
    ("init",): "No plan was proposed.",
    ("evidence",): "No evidence was looked at.",
    ("report",): "No report was written.",
    ("explain",): "Nothing was explained.",
    ("interview", "--read"): "No answer was taken over.",
    ("interview",): "No question was asked.",
    ("sample", "--read"): "Nothing was concluded.",
    ("sample",): "No sample was drawn.",
    ("decisions", "lint"): "No decision was checked.",
    ("decisions", "list"): "No decision was listed.",
    ("decisions", "add"): "No decision was added.",
    ("plugins",): "No plugin was listed.",
    ("ruleset", "lint"): "No ruleset was checked.",
    ("ruleset", "test"): "No example was run.",
    ("ruleset", "mutate"): "No rule was changed.",
    ("ruleset", "schema"): "No schema was written.",
    ("ruleset", "request"): "Nothing was asked for.",
}
_MISTAKES = "The ruleset has mistakes."
_AFTER_AUDIT = "The audit was performed, but not everything that was asked for was done."
_NOT_ALL = "Not everything that was asked for was written."
_NOT_PERFORMED = 2
_INTERRUPTED = 130
_SMALLER = "set a --memory-limit below what is free, so that work goes to disk, or audit less at once (--select)"
_LONGEST = 500


class DeliveryError(QmscheckError):
    """The audit was performed, and something after it failed: not all that was asked for is there."""


class MistakesError(QmscheckError):
    """A ruleset that was to be checked has mistakes: that is what the check found."""


def tell(error: BaseException, args: Sequence[str]) -> int:
    """Say on stderr what went wrong, and give the exit code."""
    done, not_done = _command(args)
    match error:
        case Stopped(hint=str()):
            _say(not_done, error.told, f"  hint: {error.hint}")
            return error.code
        case Stopped():
            _say(f"{not_done.removesuffix('.')}: {error.told}.")
            return error.code
        case MemoryError():
            _say(not_done, "There is not enough memory for it on this machine.", f"  hint: {_SMALLER}")
        case click.Abort() | KeyboardInterrupt():
            _say(f"{not_done.removesuffix('.')}: it was interrupted.")
            return _INTERRUPTED
        case click.exceptions.NoArgsIsHelpError():
            _say(not_done, error.format_message())
        case click.ClickException():
            context = getattr(error, "ctx", None)
            where = context.command_path if context else "qmscheck"
            _say(not_done, _refused(error), f"  hint: see {where} --help")
        case DeliveryError():
            _say(done, str(error), *getattr(error, "__notes__", ()))
        case MistakesError():
            _say(_MISTAKES, str(error))
        case QmscheckError():
            _say(not_done, str(error))
        case _:
            _say(not_done, *_unforeseen(error, args))
    return _NOT_PERFORMED


def _refused(error: click.ClickException) -> str:
    """Say which option was refused, and why, as problems of a plan are told; what is no value is in click's words."""
    named = getattr(error, "param", None)
    if type(error) is not click.BadParameter or named is None:
        return error.format_message()
    return f"{named.opts[0]}: {error.message}"


def _command(args: Sequence[str]) -> tuple[str, str]:
    """Say of the command that was called what to say where it was done but not told, and where it was not done."""
    words = [word for word in args if not word.startswith("-")]
    given = {word.partition("=")[0] for word in args}
    for name, not_done in _NOT_DONE.items():
        plain = [word for word in name if not word.startswith("-")]
        if words[: len(plain)] == plain and given.issuperset(set(name) - set(plain)):
            return _NOT_ALL, not_done
    return _AFTER_AUDIT, _NO_AUDIT


def _unforeseen(error: BaseException, args: Sequence[str]) -> list[str]:
    """Tell of a mistake of our own so that it can be reported without a machine's paths.

    The library of the command line writes help and version on stdout by itself: where it cannot, that is none.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, OSError) and frames and "click" in Path(frames[-1].filename).parts:
        return [f"standard output: cannot be written: {error.strerror}"]
    ours = [frame for frame in frames if "qmscheck" in Path(frame.filename).parts] or frames
    place = f" ({_short(ours[-1].filename)}:{ours[-1].lineno})" if ours else ""
    message = " ".join(f"{type(error).__name__}: {error}".removesuffix(": ").split())[:_LONGEST]
    lines = [f"This is a defect in qmscheck: {message}{place}"]
    if "--traceback" in args or os.environ.get("QMSCHECK_TRACEBACK"):
        return [*lines, "".join(traceback.format_exception(error)).rstrip()]
    again = shlex.join(["qmscheck", "--traceback", *args])
    return [*lines, f"  hint: please report it, with what this prints: {again}"]


def _short(filename: str) -> str:
    """Write a file from its package on."""
    parts = Path(filename).parts
    starts = [at for at, part in enumerate(parts) if part.startswith("qmscheck") and "." not in part]
    return "/".join(parts[starts[-1] :] if starts else parts[-1:])


def _say(*lines: str) -> None:
    """Write on stderr; a file's name or its text may hold what a terminal would obey."""
    text = "\n".join(lines)
    plain = "".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text)
    try:
        click.echo(plain, err=True)
    except OSError:  # nobody listens: the exit code still tells
        return
