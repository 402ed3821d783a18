"""The text of Word files as office-oxide gives it, block by block. Word stores no pages, so none are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from qmscheck_documents import tables
from qmscheck_documents.approvals import INNER, PICTURE
from qmscheck_documents.blocks import Block, Parsed
from qmscheck_documents.labels import labelled
from qmscheck_documents.wording import normalised

__all__ = ["blocks", "parsed", "shows_pictures"]

_SHORT = 100
_TITLE_SIZE = 28
_PSEUDO_HEADING = 7
#: Columns that one cell can cover.
_WIDEST = 100


def parsed(tree: Mapping[str, Any]) -> Parsed:
    """Take a tree of Word apart. A file that shows nothing but pictures has one scanned page, for want of pages."""
    found = [block for block in _sections(tree) if block.text]
    pictures = not found and any(shows_pictures(one.get("elements") or ()) for one in tree.get("sections") or ())
    return Parsed(found, scanned=(1,) if pictures else ())


def shows_pictures(elements: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether there is a picture among elements, at any depth."""
    for element in elements:
        if element.get("type") == "image":
            return True
        inner = element.get("content")
        if isinstance(inner, list) and shows_pictures(part for part in inner if isinstance(part, dict)):
            return True
    return False


def blocks(elements: Iterable[Mapping[str, Any]]) -> Iterator[Block]:
    """Give the blocks of some elements."""
    return _blocks(elements)


def _sections(tree: Mapping[str, Any]) -> Iterator[Block]:
    margins: dict[str, Block] = {}
    for section in tree.get("sections") or ():
        yield from _blocks(section.get("elements") or ())
        for name, part in section.items():
            if ("header" in name or "footer" in name) and isinstance(part, dict):
                for block in _blocks(part.get("content") or ()):
                    margins.setdefault(block.text, block._replace(kind="paragraph", mark="header_footer"))
    yield from margins.values()


def _blocks(elements: Iterable[Mapping[str, Any]], *, kind: str = "paragraph") -> Iterator[Block]:
    for element in elements:
        match element.get("type"):
            case "heading":
                yield Block("heading", _text(element), level=int(element.get("level") or 1))
            case "paragraph":
                yield from _paragraph(element, kind)
            case "list":
                # A numbered list of one entry is how many authors number their headings.
                alone = element.get("ordered") and len(element.get("items") or ()) == 1
                for entry in element.get("items") or ():
                    yield from _blocks(entry.get("content") or (), kind="paragraph" if alone else "bullet")
                    yield from _blocks([entry["nested"]] if isinstance(entry.get("nested"), dict) else ())
            case "table":
                yield from _table(element)
            case "endnote" if str(element.get("marker", "")).startswith("Comment"):
                words = " ".join(block.text for block in _blocks(element.get("content") or ()))
                author = f"{element['author']}: " if element.get("author") else ""
                yield Block("paragraph", author + words, mark="comment")
            case "code_block" | "quote":
                text = _text(element) or " ".join(block.text for block in _blocks(element.get("content") or ()))
                yield Block("paragraph", text, mark="quote")
            case _:
                inner = element.get("content") or element.get("elements") or element.get("items") or ()
                if isinstance(inner, list):
                    yield from _blocks(part for part in inner if isinstance(part, dict))


def _paragraph(element: Mapping[str, Any], kind: str) -> Iterator[Block]:
    runs = [run for run in element.get("content") or () if str(run.get("text") or "").strip()]
    for inner in element.get("content") or ():
        if inner.get("type") not in {"text", "line_break"} and isinstance(inner.get("content"), list):
            yield from _blocks(inner["content"])
    raw = _raw(element)
    if "\n" in raw:
        lines = raw.split("\n")
        if sum(1 for line in lines if labelled(normalised(line))) > 1:
            yield from (Block("paragraph", normalised(line)) for line in lines)
            return
    leads_to_page = any(tab.get("leader") not in {None, "None", "none"} for tab in element.get("tabs") or ())
    raw = raw.strip()
    text = normalised(raw)
    if "\t" in raw and raw[-1:].isdigit() and (leads_to_page or raw.rsplit("\t", 1)[1].isdigit()):
        yield Block("paragraph", text, mark="contents")
    elif runs and all(run.get("bold") for run in runs) and kind == "paragraph" and _may_head(text):
        size = max(int(run.get("font_size_half_pt") or 0) for run in runs)
        yield Block("heading", text.rstrip(":"), level=0 if size >= _TITLE_SIZE else _PSEUDO_HEADING)
    elif runs and all(run.get("italic") for run in runs):
        yield Block("paragraph", text, mark="instruction")
    else:
        large = bool(runs) and all(int(run.get("font_size_half_pt") or 0) >= _TITLE_SIZE for run in runs)
        is_title = large and kind == "paragraph" and _may_head(text)
        yield Block("heading" if is_title else "bullet" if kind == "bullet" else "paragraph", text)


def _plain(parts: Sequence[Mapping[str, Any]]) -> str | None:
    """Give the text of a cell that holds one paragraph of one run, as nearly all do; None for any other."""
    if len(parts) != 1 or parts[0].get("type") != "paragraph":
        return None
    runs: list[Any] = parts[0].get("content") or []
    if len(runs) != 1 or runs[0].get("type") != "text" or runs[0].get("bold"):
        return None
    text = runs[0].get("text")
    return normalised(text) if isinstance(text, str) else None


def _may_head(text: str) -> bool:
    return len(text) < _SHORT and not text.endswith((".", "!", "?", ";")) and labelled(text) is None


def _raw(element: Mapping[str, Any]) -> str:
    """Join the runs with nothing between them: Word divides words at will."""
    parts = []
    for run in element.get("content") or ():
        if run.get("type") == "line_break":
            parts.append("\n")
        elif isinstance(run.get("text"), str):
            parts.append(run["text"])
    return "".join(parts)


def _text(element: Mapping[str, Any]) -> str:
    return normalised(_raw(element))


def _table(element: Mapping[str, Any]) -> Iterator[Block]:
    grid: list[list[str]] = []
    nested: list[Block] = []
    for row in element.get("rows") or ():
        cells: list[str] = []
        boxed = len(row.get("cells") or ()) == 1 and len(element.get("rows") or ()) == 1
        for cell in row.get("cells") or ():
            parts = list(cell.get("content") or ())
            aside = [""] * (min(int(cell.get("col_span") or 1), _WIDEST) - 1) if len(row["cells"]) > 1 else []
            if not boxed and (plain := _plain(parts)) is not None:
                cells += [plain, *aside]
                continue
            inner = [part for part in parts if part.get("type") == "table"]
            within = [block for part in inner for block in _table(part)]
            nested.extend(within)
            blocks = list(_blocks(part for part in parts if part.get("type") != "table"))
            if boxed:
                yield from blocks  # a box with one cell holds ordinary paragraphs
                continue
            text = " ".join(block.text for block in blocks if block.text)
            told = any(block.text and not block.blank for block in within)
            cells += [text or (INNER if told else PICTURE if shows_pictures(parts) else ""), *aside]
        grid.append(cells)
    yield from tables.rows(grid)
    yield from nested
