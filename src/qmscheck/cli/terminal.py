"""The place that is printed to: its width, its colour, its progress line, and what is written on stdout."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from types import TracebackType
from typing import Literal, Self, TextIO

import click

from qmscheck.cli.failure import DeliveryError
from qmscheck.errors import Problem, QmscheckError
from qmscheck.hookspecs import RenderOptions

__all__ = ["Color", "Progress", "render_options", "say", "write_out"]

Color = Literal["auto", "always", "never"]

_NARROWEST, _WIDEST, _PIPED = 60, 160, 100
_PATIENCE = 1.0


def render_options(color: Color, verbose: int) -> RenderOptions:
    """Say what a report on stdout may know of the place where it is printed."""
    return RenderOptions(width=_width(), color=_colored(color), verbose=verbose)


def write_out(text: str) -> None:
    """Write a result on stdout: UTF-8 with plain line ends in a pipe, as well as it can be shown on a terminal.

    A reader that stops early (`| head`) is no failure. Raises DeliveryError where stdout cannot take the text.
    """
    try:
        if sys.stdout.isatty():
            encoding = sys.stdout.encoding or "utf-8"
            click.echo(text.encode(encoding, "replace").decode(encoding), nl=False, color=True)
        else:
            click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
        sys.stdout.flush()
    except BrokenPipeError:
        _close_stdout()
    except OSError as error:
        _close_stdout()
        raise DeliveryError(Problem("standard output", 0, 0, f"cannot be written: {error.strerror}")) from None


def say(text: str) -> None:
    """Tell the person who runs the command something that is no result."""
    click.echo(text, err=True)


class Progress:
    """One line on a terminal that says what is being done, once the work has lasted a second."""

    def __init__(self, stream: TextIO, *, quiet: bool = False, patience: float = _PATIENCE) -> None:
        """Stay silent where nobody looks: in a pipe, or where quiet was asked for."""
        self._stream = stream
        self._silent = quiet or not stream.isatty()
        self._text = ""
        self._shown = False
        self._timer = threading.Timer(patience, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Begin to wait."""
        if not self._silent:
            self._timer.start()
        return self

    def __call__(self, text: str) -> None:
        """Say what is being done now."""
        self._text = text
        if self._shown:
            self._show()

    @property
    def text(self) -> str:
        """What is being done now."""
        return self._text

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the line."""
        self._timer.cancel()
        if not self._silent:
            self._timer.join()
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _show(self) -> None:
        self._shown = True
        if not self._text:  # nothing is known yet of what is being done
            return
        room = max(shutil.get_terminal_size().columns - 1, 10)
        text = "".join(sign if sign.isprintable() else "?" for sign in self._text)
        shown = text if len(text) <= room else text[: room - 1] + "…"
        encoding = self._stream.encoding or "utf-8"
        self._stream.write("\r\x1b[K" + shown.encode(encoding, "replace").decode(encoding))
        self._stream.flush()


def _width() -> int:
    asked = os.environ.get("QMSCHECK_WIDTH", "")
    if asked:
        if not (asked.isascii() and asked.isdigit() and int(asked) > 0):
            raise QmscheckError(Problem("", 0, 0, f"QMSCHECK_WIDTH should be a number of characters, not '{asked}'"))
        return max(int(asked), _NARROWEST)
    columns = os.environ.get("COLUMNS", "")
    if not sys.stdout.isatty() and not (columns.isascii() and columns.isdigit() and int(columns) > 0):
        return _PIPED
    return min(max(shutil.get_terminal_size((_PIPED, 24)).columns, _NARROWEST), _WIDEST)


def _colored(color: Color) -> bool:
    """Decide on colour: the option over NO_COLOR over FORCE_COLOR over what stdout is."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _close_stdout() -> None:
    """Let nothing more be written, or Python complains of it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
