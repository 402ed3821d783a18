"""Lines that know their indent and label, and the page that folds them. Library of this format: rich.

The sections of the report yield lines; only `printed` knows the width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from qmscheck.hookspecs import RenderOptions
from qmscheck.report import wording

__all__ = ["Line", "heading", "labelled", "printed", "unbroken"]

_LABEL = 7
_NARROWEST = 50
_ROOM = 18  # the least width of text beside a label: that of a row of counts
_UNBROKEN = "\ue000"  # stands for a blank of a path until it is folded

#: Texts of which every character is one cell wide. For any other rich is asked, whose import is a tenth of an audit.
_NARROW = re.compile(r"[\x20-\u02ff\u2010-\u2027\u20ac\ue000]*")
#: As many words as end before a blank; the end of a word before a blank.
_FITS, _WORD_END = re.compile(r".*\S(?=\s)", re.DOTALL), re.compile(r"\S(?=\s)")

#: One row of the page: texts with their styles.
Row = tuple[tuple[str, str], ...]


class Line(NamedTuple):
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
    width = max(options.width, _NARROWEST)
    rows = (row for line in lines for row in _rows(line, width))
    return _colored(rows, width) if options.color else "".join(f"{''.join(t for t, _ in row)}\n" for row in rows)


def _colored(rows: Iterable[Row], width: int) -> str:
    """Write rows as a terminal with colours takes them."""
    from io import StringIO  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(
        file=StringIO(),
        width=width,
        height=1,  # of no use here, and without it the terminal is asked for each line
        color_system="standard",
        force_terminal=True,
        no_color=False,
        legacy_windows=False,
        highlight=False,
        _environ={},
    )
    with console.capture() as capture:
        for row in rows:
            console.print(Text.assemble(*row), no_wrap=True, overflow="ignore", crop=False)
    return capture.get()


def _rows(line: Line, width: int) -> Iterator[Row]:
    """Fold a line into rows, each a few texts with their styles."""
    start = line.indent if line.label is None else line.indent + max(line.label_width, len(line.label)) + 2
    if line.label is not None and width - start < _ROOM:
        yield from _rows(Line(line.label, line.indent, style=line.label_style), width)
        yield from _rows(Line(line.text, line.indent + 2, style=line.style), width)
        return
    body = _UNBROKEN.join(map(wording.clean, line.text.split(_UNBROKEN)))
    for number, folded in enumerate(_folded(body, width - start)):
        part = (folded.replace(_UNBROKEN, " ").rstrip(), line.style)
        if number or line.label is None:
            yield ((" " * start, ""), part) if part[0] else ()
        else:
            label = wording.clean(line.label)
            gap = " " * (start - line.indent - len(label))
            yield (" " * line.indent, ""), (label, line.label_style), (gap, ""), part


def _folded(text: str, room: int) -> list[str]:
    """Fold a text before words, and words that are longer than a row where it ends."""
    if not _NARROW.fullmatch(text):
        from rich.console import Console  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        console = Console(width=room, height=1, _environ={})
        return [row.plain for row in Text(text).wrap(console, room, overflow="fold")]
    if len(text.rstrip()) <= room:
        return [text]
    rows, begin = [], 0
    while len(text) - begin > room:
        if (fits := _FITS.match(text, begin, begin + room + 1)) is not None:
            end = _after_blanks(text, fits.end())
        elif begin and text[begin].isspace():  # behind the last piece of a word that filled its row
            end = _after_blanks(text, begin)
        else:
            word = _WORD_END.search(text, begin)
            end = len(text) if word is None else _after_blanks(text, word.end())
            while begin + room < end:
                rows.append(text[begin : begin + room])
                begin += room
            continue
        rows.append(text[begin:end])
        begin = end
    return [*rows, text[begin:]] if begin < len(text) else rows


def _after_blanks(text: str, begin: int) -> int:
    return len(text) - len(text[begin:].lstrip())
