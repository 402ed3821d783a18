"""Lines that know their indent and label, and the page that folds them. Library of this format: rich.

The sections of the report yield lines; only `printed` knows the width.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmscheck.hookspecs import RenderOptions
from qmscheck.report import wording

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["Line", "heading", "labelled", "printed", "unbroken"]

_LABEL = 7
_NARROWEST = 50
_ROOM = 18  # the least width of text beside a label: that of a row of counts
_UNBROKEN = "\ue000"  # stands for a blank of a path until it is folded


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: `text` starts at `indent`, after `label` where there is one, and its later lines align with it."""

    text: str = ""
    indent: int = 0
    label: str | None = None
    label_width: int = _LABEL
    style: str = ""
    label_style: str = "dim"


def heading(title: str, count: str = "", style: str = "") -> Iterator[Line]:
    """Begin a section."""
    yield Line()
    yield Line()
    yield Line(title.upper() + (f": {count}" if count else ""), style=f"bold {style}".strip())
    yield Line()


def unbroken(path: str) -> str:
    """Keep a path in one piece: it is folded where the line ends, and not at its blanks, which would hide them."""
    return path.replace(" ", _UNBROKEN)


def labelled(label: str, text: str) -> Line:
    """Write a labelled paragraph of a finding."""
    return Line(text, 4, label)


def printed(lines: Iterable[Line], options: RenderOptions) -> str:
    """Wrap every line at the width. Nothing is cropped: what does not fit on a line goes on in the next."""
    from io import StringIO  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415

    console = Console(
        file=StringIO(),
        width=max(options.width, _NARROWEST),
        color_system="standard" if options.color else None,
        force_terminal=options.color,
        no_color=not options.color,
        legacy_windows=False,
        highlight=False,
        _environ={},
    )
    texts = (text for line in lines for text in _wrapped(line, console))
    if not options.color:
        return "".join(f"{text.plain}\n" for text in texts)
    with console.capture() as capture:
        for text in texts:
            console.print(text, no_wrap=True, overflow="ignore", crop=False)
    return capture.get()


def _wrapped(line: Line, console: Console) -> Iterator[Text]:
    from rich.text import Text  # noqa: PLC0415

    start = line.indent if line.label is None else line.indent + max(line.label_width, len(line.label)) + 2
    if line.label is not None and console.width - start < _ROOM:
        yield from _wrapped(Line(line.label, line.indent, style=line.label_style), console)
        yield from _wrapped(Line(line.text, line.indent + 2, style=line.style), console)
        return
    body = Text(_UNBROKEN.join(map(wording.clean, line.text.split(_UNBROKEN))), line.style)
    room = console.width - start
    parts = [body] if body.cell_len <= room else body.wrap(console, room, overflow="fold")
    for number, part in enumerate(parts):
        part.plain = part.plain.replace(_UNBROKEN, " ").rstrip()
        if number or line.label is None:
            yield Text(" " * start) + part if part.plain else Text()
        else:
            label = Text(wording.clean(line.label), line.label_style)
            yield Text(" " * line.indent) + label + " " * (start - line.indent - len(label)) + part
