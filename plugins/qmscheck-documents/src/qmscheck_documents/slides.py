"""Slides as office-oxide gives them: each slide is a page; what the speaker is to say is told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qmscheck_documents import word
from qmscheck_documents.blocks import SHEET_LEVEL, Block, Parsed

__all__ = ["parsed", "said_hidden", "told_hidden"]

_TITLES = range(1, 7)
#: Where a slide shows what stands on every slide: footer, header, number, date.
_MARGINS = frozenset({"ftr", "hdr", "sldNum", "dt"})


def parsed(tree: Mapping[str, Any]) -> Parsed:
    """Take a tree of slides apart."""
    slides = tree.get("sections") or []
    blocks: list[Block] = []
    margins: set[str] = set()
    scanned: list[int] = []
    hidden: list[int] = []
    for number, slide in enumerate(slides, 1):
        found = [block for block in _slide(slide, number) if block.text]
        if slide.get("hidden") is True:
            hidden.append(number)
            found = list(said_hidden(found, number))
        if not found and word.shows_pictures(slide.get("elements") or ()):
            scanned.append(number)
        blocks.extend(block for block in found if block.mark != "header_footer" or block.text not in margins)
        margins |= {block.text for block in found if block.mark == "header_footer"}
    return Parsed(blocks, pages=len(slides), scanned=tuple(scanned), notes=told_hidden(hidden))


def told_hidden(slides: Sequence[int]) -> tuple[str, ...]:
    """Write the note that names the hidden slides, if there are any."""
    return (f"hidden slides are read, too, and called so: {', '.join(map(str, slides))}",) if slides else ()


def said_hidden(blocks: Sequence[Block], number: int) -> Iterator[Block]:
    """Say of a slide that is never shown that it is hidden, as of a sheet: in its heading, or in one of its own."""
    if blocks and blocks[0].kind == "heading":
        yield blocks[0]._replace(text=f"{blocks[0].text} (hidden)")
        yield from blocks[1:]
    elif blocks:
        yield Block("heading", f"Slide {number} (hidden)", level=SHEET_LEVEL, page=number)
        yield from blocks


def _slide(slide: Mapping[str, Any], number: int) -> Iterator[Block]:
    for element in slide.get("elements") or ():
        in_margin = element.get("placeholder_role") in _MARGINS
        for block in word.blocks([element]):
            # Slides are written large throughout: size makes no heading there, only the place of a title does.
            by_size = block.kind == "heading" and (block.level not in _TITLES or in_margin)
            found = block._replace(page=number, kind="paragraph" if by_size else block.kind)
            yield found._replace(mark="header_footer") if in_margin else found
    for name in ("speaker_notes", "notes"):
        for block in word.blocks(slide.get(name) or ()):
            yield Block("paragraph", f"Speaker notes: {block.text}" if block.text else "", page=number, mark="comment")
