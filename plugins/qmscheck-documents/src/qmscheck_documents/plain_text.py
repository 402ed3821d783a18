"""Plain text taken apart: paragraphs between blank lines, lists, headings by underline, number or capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from qmscheck_documents import front_matter
from qmscheck_documents.blocks import Block, Parsed, Refused
from qmscheck_documents.labels import labelled
from qmscheck_documents.wording import decoded, joined, normalised

__all__ = ["parse", "parse_text"]

_BULLET = re.compile(r"\s*(?:[-*•\u2013]|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
_NUMBERED = re.compile(r"(\d+(?:\.\d+)*)\.?\s+[^\W\d_]\S*.{0,90}")
_UNDERLINE = re.compile(r"\s*([=\-~])\1{2,}\s*")
_SHORT = 90


def parse(content: bytes) -> Parsed | Refused:
    """Take a text file apart."""
    text = decoded(content)
    if text is None:
        return Refused("corrupt", "The file is not text.")
    source, guessed = text
    front, body = front_matter.split(source.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))
    notes = (f"read as {guessed}",) if guessed else ()
    return replace(parse_text(body), front=front, notes=notes)


def parse_text(text: str) -> Parsed:
    """Take text without front matter apart."""
    return Parsed([block for group in _groups(text) for block in _blocks(group) if block.text])


def _groups(text: str) -> Iterator[list[tuple[int, str]]]:
    """Give the runs of lines between blank lines, with their line numbers."""
    group: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            group.append((number, line))
        elif group:
            yield group
            group = []
    if group:
        yield group


def _blocks(group: list[tuple[int, str]]) -> Iterator[Block]:
    if _is_heading(group):
        numbered = _NUMBERED.fullmatch(group[0][1].strip())
        level = numbered[1].count(".") + 1 if numbered else 1
        yield Block("heading", normalised(group[0][1]), level=level, line=group[0][0])
        group = group[2:]
    pending: list[tuple[int, str]] = []
    for number, line in group:
        starts = _BULLET.match(line) is not None or labelled(normalised(line)) is not None
        if pending and (starts or labelled(normalised(pending[-1][1])) is not None):
            yield _paragraph(pending)
            pending = []
        pending.append((number, line))
    if pending:
        yield _paragraph(pending)


def _is_heading(group: list[tuple[int, str]]) -> bool:
    first = group[0][1].strip()
    if len(group) > 1 and _UNDERLINE.fullmatch(group[1][1]):
        return True
    if len(group) > 1 or len(first) > _SHORT or first.endswith((".", ":", ";", ",", "?", "!")):
        return False
    return _NUMBERED.fullmatch(first) is not None or (first.isupper() and sum(map(str.isalpha, first)) > 2)  # noqa: PLR2004


def _paragraph(lines: list[tuple[int, str]]) -> Block:
    bullet = _BULLET.match(lines[0][1])
    text = "\n".join(line for _, line in lines)
    return Block("bullet" if bullet else "paragraph", joined(text), line=lines[0][0])
