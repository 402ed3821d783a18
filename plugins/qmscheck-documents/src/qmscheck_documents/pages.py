"""Lines and tables of PDF pages put together again: paragraphs, headings by size, headers and footers by repetition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from qmscheck_documents.blocks import Block
from qmscheck_documents.labels import folded, labelled
from qmscheck_documents.placing import Table
from qmscheck_documents.spread import Spread, margin, rows, together
from qmscheck_documents.wording import joined, normalised

__all__ = ["Line", "blocks"]

_LARGER = 1.14
_SAME_SIZE = 1.08
_LEVELS = 4
_HEAD_LENGTH = 160
_OWN = frozenset({"version", "revision", "rev", "ausgabe", "status", "owner", "approved by", "freigegeben von"})
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
_NUMBERS = re.compile(r"\d+")
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d*$|(?:…\s?){2,}\d*$")


class Line(NamedTuple):
    """One line of a page: its words, the height of its letters and where it stands (bottom and right edge)."""

    page: int
    text: str
    size: float
    bottom: float
    right: float


def blocks(pages: Sequence[Sequence[Line | Table]]) -> list[Block]:
    """Put the lines and tables of all pages together; each block keeps its page."""
    lines = [[item for item in items if isinstance(item, Line)] for items in pages]
    body = _body_size(lines)
    levels = _levels(lines, body)
    margins = _repeated(pages)
    edges: list[list[Block]] = []
    inner: list[list[Line | Table]] = []
    for items in pages:
        edges.append([])
        inner.append(list(_inner(items, margins, edges[-1])))
    found: list[Block] = []
    for edge, page in zip(edges, together(inner), strict=True):
        found.extend(edge)
        found.extend(_paragraphs(page, levels, body))
    return [block for block in found if block.text]


def _inner(items: Sequence[Line | Table], margins: frozenset[str], edge: list[Block]) -> Iterator[Line | Table]:
    """Give what is no header and no footer; add what is one to `edge`."""
    last = len(items) - 1
    for n, item in enumerate(items):
        if _EDGE_LINES <= n <= last - _EDGE_LINES or not (
            _shape(item) in margins or (n in {0, last} and isinstance(item, Line) and _PAGE_NUMBER.fullmatch(item.text))
        ):
            yield item
        elif isinstance(item, Line):
            edge.append(Block("paragraph", normalised(item.text), page=item.page, mark="header_footer"))
        else:
            edge.extend(margin(item))


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _repeated(pages: Sequence[Sequence[Line | Table]]) -> frozenset[str]:
    """Give the lines and tables that stand at the edge of many pages, whatever their page number.

    A table that stands at the very top or bottom need be on two pages only, or tell what another table tells, too.
    """
    seen: Counter[str] = Counter()
    tables: Counter[str] = Counter()
    for items in pages:
        edge = (*items[:_EDGE_LINES], *items[-_EDGE_LINES:])
        seen.update({_shape(item) for item in edge})
        tables.update({_shape(item) for item in edge if isinstance(item, Table) and item.at_edge})
    least = max(3, len(pages) // 3)
    repeated = {shape for shape, times in seen.items() if times >= least and len(shape) > 1}
    twice = {shape for shape, times in tables.items() if times > 1}
    return frozenset(repeated | twice | (_doubled(pages) if tables else set()))


def _doubled(pages: Sequence[Sequence[Line | Table]]) -> set[str]:
    """Give the tables at the edge of a page with labels that stand in another table, too."""
    tables = [item for items in pages for item in items if isinstance(item, Table)]
    told = {id(table): {folded(cell) for row in table.rows for cell in row} & _OWN for table in tables}
    return {
        _shape(table)
        for table in tables
        if table.at_edge and any(told[id(one)] & told[id(table)] for one in tables if not one.at_edge)
    }


def _shape(item: Line | Table) -> str:
    text = item.text if isinstance(item, Line) else " ".join(cell for row in item.rows for cell in row)
    return _NUMBERS.sub("#", normalised(text))


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


def _paragraphs(items: Sequence[Line | Spread], levels: Mapping[float, int], body: float) -> Iterator[Block]:
    lines = [item for item in items if isinstance(item, Line)]
    edge = max((line.right for line in lines), default=0.0)
    steps = sorted(a.bottom - b.bottom for a, b in pairwise(lines) if a.bottom > b.bottom)
    step = steps[len(steps) // 2] if steps else body
    signs = _signs(lines)
    group: list[Line] = []
    opened = 0
    for line in items:
        if isinstance(line, Spread):
            if group:
                yield _block(group, levels)
            group, opened = [], 0
            yield from rows(line.parts)
            continue
        if group and _starts_anew(group, line, edge, step, levels, signs, still_open=opened > 0):
            yield _block(group, levels)
            group, opened = [], 0
        group.append(line)
        if signs.brackets:
            opened += line.text.count("[") - line.text.count("]")
    if group:
        yield _block(group, levels)


class _Signs(NamedTuple):
    """What stands anywhere in the lines of a page, so that it is looked for in each: most pages have none of it."""

    dots: bool
    colons: bool
    brackets: bool


def _signs(lines: Sequence[Line]) -> _Signs:
    text = "\n".join([line.text for line in lines])
    return _Signs(_has_dots(text), ":" in text, "[" in text or "]" in text)


def _starts_anew(
    group: list[Line],
    line: Line,
    edge: float,
    step: float,
    levels: Mapping[float, int],
    signs: _Signs,
    *,
    still_open: bool,
) -> bool:
    """Say whether a line begins a new paragraph after the lines gathered so far: by its place, then by its words."""
    before = group[-1]
    text, size, last_size, lower = line.text, line.size, before.size, before.bottom - line.bottom
    if still_open and len(group) < _OPEN_LINES and abs(size - last_size) < 1:
        return False  # an open bracket is one thought, as in the cells of a table
    if size in levels and levels.get(last_size) == levels[size] and not _CHAPTER.match(before.text):
        return lower > 2 * size  # a heading of two lines
    return (
        lower > _GAP * step
        or line.bottom > before.bottom + step
        or (size != last_size and abs(size - last_size) > (_SAME_SIZE - 1) * max(size, last_size, 1.0))
        or _was_last(group, line, edge, signs)
        or (not text[:2].isalpha() and (_numbered(text) or _BULLET.match(text) is not None))
        or (signs.dots and (_leads(before.text) or _leads(text)))
        or (signs.colons and _is_labelled(text))
    )


def _numbered(text: str) -> bool:
    return text[:1].isdecimal() and _NUMBERED.fullmatch(text) is not None


def _leads(text: str) -> bool:
    return _has_dots(text) and _LEADERS.search(text) is not None


def _has_dots(text: str) -> bool:
    return ".." in text or ". ." in text or "…" in text


def _is_labelled(text: str) -> bool:
    return ":" in text and labelled(normalised(text)) is not None


def _was_last(group: list[Line], line: Line, edge: float, signs: _Signs) -> bool:
    """Say whether the line before looks like the last of its paragraph."""
    before = group[-1]
    capital = line.text[:1].isupper()
    if len(group) == 1 and capital and _numbered(before.text):
        return True
    if signs.colons and before.right < edge * _LABEL_LINE and _is_labelled(before.text):
        return True
    return before.right < edge * _SHORT_LINE and (capital or before.text.endswith((".", ":", ";", "!", "?")))


def _block(group: list[Line], levels: Mapping[float, int]) -> Block:
    text = joined("\n".join([line.text for line in group]) if len(group) > 1 else group[0].text)
    page = group[0].page
    level = levels.get(group[0].size, 0)
    if level and len(text) <= _HEAD_LENGTH and any(map(str.isalpha, text)) and labelled(text) is None:
        return Block("heading", text, level=level, page=page)
    if len(group) == 1 and _numbered(text) and not (text.endswith((".", ";", ",")) or _leads(text)):
        return Block("heading", text, level=_LEVELS + text.split()[0].count("."), page=page)
    bullet = None if text[:2].isalpha() else _BULLET.match(text)  # two letters begin no entry of a list
    if bullet is None:
        return Block("paragraph", text, page=page)
    return Block("bullet", text if text[0].isalnum() or text[0] == "(" else text[bullet.end() :], page=page)
