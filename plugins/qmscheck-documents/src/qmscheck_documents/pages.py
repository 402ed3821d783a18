"""The lines of PDF pages put together again: paragraphs, headings by size, headers and footers by repetition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from qmscheck_documents.blocks import Block
from qmscheck_documents.labels import labelled
from qmscheck_documents.wording import joined, normalised

__all__ = ["Line", "blocks"]

_LARGER = 1.14
_SAME_SIZE = 1.08
_LEVELS = 4
_HEAD_LENGTH = 160
_OPEN_LINES = 8
_EDGE_LINES = 2
_SHORT_LINE = 0.75
_LABEL_LINE = 0.8
_GAP = 1.4
_BULLET = re.compile(r"\s*(?:[•▪●○‣◦\uf0b7\uf0a7\u2013*-]|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
_NUMBERED = re.compile(r"\d+(?:\.\d+)+\.?\s+\S.{0,120}")
_PAGE_NUMBER = re.compile(
    r"(?:page|seite|p\.|s\.)?\s*[-\u2013]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:/|of|von)\s*\d{1,4})?\s*[-\u2013]?",
    re.IGNORECASE,
)
_CHAPTER = re.compile(r"(?:chapter|kapitel|part|teil) [\divxlc]+$", re.IGNORECASE)
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d*$|(?:…\s?){2,}\d*$")


class Line(NamedTuple):
    """One line of a page: its words, the height of its letters and where it stands (bottom and right edge)."""

    page: int
    text: str
    size: float
    bottom: float
    right: float


def blocks(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """Put the lines of all pages together; each block keeps its page."""
    body = _body_size(pages)
    margins = _repeated(pages)
    levels = _levels(pages, body)
    found: list[Block] = []
    for lines in pages:
        last = len(lines) - 1
        inner: list[Line] = []
        for n, line in enumerate(lines):
            at_edge = n < _EDGE_LINES or n > last - _EDGE_LINES
            if at_edge and (_shape(line.text) in margins or (n in {0, last} and _PAGE_NUMBER.fullmatch(line.text))):
                found.append(Block("paragraph", normalised(line.text), page=line.page, mark="header_footer"))
            else:
                inner.append(line)
        found.extend(_paragraphs(inner, levels, body))
    return [block for block in found if block.text]


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _repeated(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """Give the lines that stand at the edge of many pages, whatever their page number."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_shape(line.text) for line in (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:])})
    least = max(3, len(pages) // 3)
    return frozenset(shape for shape, times in seen.items() if times >= least and len(shape) > 1)


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", normalised(text))


def _levels(pages: Sequence[Sequence[Line]], body: float) -> Mapping[float, int]:
    """Rank the sizes that are larger than the body text."""
    sizes = {line.size for lines in pages for line in lines if line.size > body * _LARGER}
    levels: dict[float, int] = {}
    rank, largest = 0, float("inf")
    for size in sorted(sizes, reverse=True):
        if size * _SAME_SIZE < largest:
            rank, largest = rank + 1, size
        levels[size] = min(rank, _LEVELS)
    return levels


def _paragraphs(lines: Sequence[Line], levels: Mapping[float, int], body: float) -> Iterator[Block]:
    edge = max((line.right for line in lines), default=0.0)
    steps = sorted(a.bottom - b.bottom for a, b in pairwise(lines) if a.bottom > b.bottom)
    step = steps[len(steps) // 2] if steps else body
    group: list[Line] = []
    opened = 0
    for line in lines:
        if group and _starts_anew(group, line, edge, step, levels, still_open=opened > 0):
            yield _block(group, levels)
            group, opened = [], 0
        group.append(line)
        if "[" in line.text or "]" in line.text:
            opened += line.text.count("[") - line.text.count("]")
    if group:
        yield _block(group, levels)


def _starts_anew(
    group: list[Line], line: Line, edge: float, step: float, levels: Mapping[float, int], *, still_open: bool
) -> bool:
    """Say whether a line begins a new paragraph after the lines gathered so far."""
    before = group[-1]
    if still_open and len(group) < _OPEN_LINES and abs(line.size - before.size) < 1:
        return False  # an open bracket is one thought, as in the cells of a table
    if line.size in levels and levels.get(before.size) == levels[line.size] and not _CHAPTER.match(before.text):
        return before.bottom - line.bottom > 2 * line.size  # a heading of two lines
    return (
        _leads(before.text)
        or _leads(line.text)
        or _NUMBERED.fullmatch(line.text) is not None
        or _BULLET.match(line.text) is not None
        or _is_labelled(line.text)
        or abs(line.size - before.size) > (_SAME_SIZE - 1) * max(line.size, before.size, 1.0)
        or before.bottom - line.bottom > _GAP * step
        or line.bottom > before.bottom + step
        or _was_last(group, line, edge)
    )


def _leads(text: str) -> bool:
    return (".." in text or ". ." in text or "…" in text) and _LEADERS.search(text) is not None


def _is_labelled(text: str) -> bool:
    return ":" in text and labelled(normalised(text)) is not None


def _was_last(group: list[Line], line: Line, edge: float) -> bool:
    """Say whether the line before looks like the last of its paragraph."""
    before = group[-1]
    capital = line.text[:1].isupper()
    if len(group) == 1 and capital and _NUMBERED.fullmatch(before.text):
        return True
    if before.right < edge * _LABEL_LINE and _is_labelled(before.text):
        return True
    return before.right < edge * _SHORT_LINE and (capital or before.text.endswith((".", ":", ";", "!", "?")))


def _block(group: list[Line], levels: Mapping[float, int]) -> Block:
    text = joined("\n".join(line.text for line in group))
    page = group[0].page
    level = levels.get(group[0].size, 0)
    if level and len(text) <= _HEAD_LENGTH and any(map(str.isalpha, text)) and labelled(text) is None:
        return Block("heading", text, level=level, page=page)
    ended = text.endswith((".", ";", ",")) or _leads(text)
    if len(group) == 1 and not ended and _NUMBERED.fullmatch(text):
        return Block("heading", text, level=_LEVELS + text.split()[0].count("."), page=page)
    bullet = _BULLET.match(text)
    if bullet is None:
        return Block("paragraph", text, page=page)
    return Block("bullet", text if text[0].isalnum() or text[0] == "(" else text[bullet.end() :], page=page)
