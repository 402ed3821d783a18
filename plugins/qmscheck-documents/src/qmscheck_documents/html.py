"""HTML taken apart with selectolax, which lives here: what a browser shows, and what it does not show told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from qmscheck_documents import tables
from qmscheck_documents.approvals import INNER, PICTURE, signed
from qmscheck_documents.blocks import Block, Kind, Mark, Parsed, Refused
from qmscheck_documents.labels import folded, is_known, labelled
from qmscheck_documents.wording import decoded, normalised

__all__ = ["parse", "parse_text"]

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
_NEVER_SHOWN = frozenset({"script", "style", "template", "noscript", "head", "svg", "math", "object", "iframe", "del",
                          "s", "strike"})  # fmt: skip
_OWN_LINE = frozenset({
    "address", "article", "aside", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer",
    "form", "header", "html", "legend", "li", "main", "nav", "ol", "option", "p",
    "pre", "section", "summary", "td", "th", "ul",
})  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MARKS: dict[str, Mark] = {"blockquote": "guidance", "pre": "quote", "header": "header_footer",
                           "footer": "header_footer", "nav": "header_footer"}  # fmt: skip
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_CONTROLS = frozenset({"hidden", "submit", "button", "reset", "image", "password", "file"})
_SHORT = 100
_PSEUDO_HEADING = 7
_DEEPEST = 400


def parse(content: bytes) -> Parsed | Refused:
    """Take an HTML file apart."""
    found = _CHARSET.search(content[:4000])
    if found and not content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return parse_text(content.decode(found[1].decode("ascii"), errors="replace"))
        except LookupError:
            pass
    text = decoded(content)
    if text is None:
        return Refused("corrupt", "The file is not text.")
    return parse_text(text[0], notes=(f"read as {text[1]}",) if text[1] else ())


def parse_text(text: str, *, notes: tuple[str, ...] = ()) -> Parsed | Refused:
    """Take HTML that was decoded apart."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    root = LexborHTMLParser(text).root
    if root is None:
        return Parsed([], notes=notes)
    page = _Page()
    page.walk(root, "", 0)
    page.flush()
    front = {
        str(meta.attributes.get("name") or meta.attributes.get("property")): normalised(
            meta.attributes["content"] or ""
        )
        for meta in root.css("head meta[content]")
        if meta.attributes.get("name") or meta.attributes.get("property")
    }
    title = root.css_first("head title")
    properties = {"title": normalised(title.text())} if title is not None else {}
    return Parsed(
        [block for block in page.blocks if block.text],
        front={name: value for name, value in front.items() if value},
        properties=properties,
        notes=(*notes, *(["nested too deeply: the deepest parts are not read"] if page.too_deep else [])),
    )


@dataclass(slots=True)
class _Page:
    """What was gathered so far, and the paragraph that is still open."""

    blocks: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    emphasis: list[bool] = field(default_factory=list)
    strength: list[bool] = field(default_factory=list)
    kind: Kind = "paragraph"
    level: int = 0
    mark: Mark = ""
    too_deep: bool = False

    def walk(self, node: Any, style: str, depth: int) -> None:
        """Take a node and all below it. `style` holds the letters e and s for emphasised and strong."""
        if depth > _DEEPEST:
            self.too_deep = True
            return
        tag = node.tag
        if tag == "-text":
            self._say(node.text_content or "", style)
        elif tag == "-comment" or node.is_comment_node:
            self.blocks.append(Block("paragraph", normalised(node.comment_content or ""), mark="comment"))
        elif tag == "br":
            self.words.append("\n")
        elif tag == "img":
            self._aside(f"Picture: {node.attributes.get('alt') or ''}" if node.attributes.get("alt") else "")
        elif tag in {"input", "textarea", "select"}:
            self._control(node, tag, style)
        elif tag == "table":
            self._table(node, depth)
        elif tag == "dl":
            self._definitions(node, style, depth)
        elif tag not in _NEVER_SHOWN and not _is_hidden(node):
            self._element(node, tag, style, depth)

    def flush(self) -> None:
        """Close the paragraph that is open."""
        lines = [normalised(line) for line in "".join(self.words).split("\n")]
        text = " ".join(line for line in lines if line)
        if text:
            several = sum(1 for line in lines if labelled(line)) > 1
            if several and self.kind != "heading":
                self.blocks.extend(Block(self.kind, line, mark=self.mark) for line in lines)
            else:
                self.blocks.append(self._block(text))
        self.words, self.emphasis, self.strength = [], [], []

    def _block(self, text: str) -> Block:
        if self.kind == "heading":
            return Block("heading", text, level=self.level)
        heads = all(self.strength) and len(text) < _SHORT and not text.endswith((".", "!", "?", ";"))
        if heads and self.kind == "paragraph" and not self.mark and labelled(text) is None:
            return Block("heading", text.rstrip(":"), level=_PSEUDO_HEADING)
        mark: Mark = self.mark or ("instruction" if all(self.emphasis) else "")
        return Block(self.kind, text, mark=mark)

    def _say(self, text: str, style: str) -> None:
        self.words.append(text.replace("\n", " "))
        if text.strip():
            self.emphasis.append("e" in style)
            self.strength.append("s" in style)

    def _aside(self, text: str) -> None:
        if text:
            self.blocks.append(Block("paragraph", normalised(text), mark="comment"))

    def _control(self, node: Any, tag: str, style: str) -> None:
        """Read what stands in a field of a form; a box says whether it is ticked."""
        kind = str(node.attributes.get("type") or "text").casefold()
        if tag == "textarea":
            self._say(f" {node.text() or '____'} ", style)
        elif tag == "select":
            chosen = [one.text() for one in node.css("option[selected]")]
            self._say(f" {', '.join(chosen) or '____'} ", style)
        elif kind in {"checkbox", "radio"}:
            self._say(" ☒ " if "checked" in node.attributes else " ☐ ", style)
        elif kind not in _CONTROLS:
            self._say(f" {node.attributes.get('value') or '____'} ", style)

    def _element(self, node: Any, tag: str, style: str, depth: int) -> None:
        own_line = tag in _OWN_LINE or tag in _HEADINGS or tag in _MARKS
        before = (self.kind, self.level, self.mark)
        if own_line:
            self.flush()
            if tag in _HEADINGS:
                self.kind, self.level = "heading", int(tag[1])
            elif tag in {"li", "dd", "dt"}:
                self.kind = "bullet"
            self.mark = _MARKS.get(tag, self.mark)
        style += {"em": "e", "i": "e", "b": "s", "strong": "s", "th": "s"}.get(tag, "")
        for child in _children(node):
            self.walk(child, style, depth + 1)
        if own_line:
            self.flush()
            self.kind, self.level, self.mark = before

    def _definitions(self, node: Any, style: str, depth: int) -> None:
        """Read a list of definitions; a label such as `Version` and what it says stand on one line."""
        self.flush()
        first = len(self.blocks)
        self._element(node, "div", style, depth)
        said = self.blocks[first:]
        del self.blocks[first:]
        for block in said:
            before = self.blocks[-1] if len(self.blocks) > first else None
            if before is not None and before.kind == block.kind == "bullet" and is_known(folded(before.text)):
                block = block._replace(text=f"{before.text.rstrip(': ')}: {block.text}")  # noqa: PLW2901
                self.blocks.pop()
            self.blocks.append(block)

    def _table(self, node: Any, depth: int) -> None:
        """Read a table; one that only arranges a page (a single cell, or tables within) is read as paragraphs."""
        self.flush()
        parts = list(_rows(node))
        rows = [cells for cells, _ in parts]
        if len(rows) == 1 and len(rows[0]) == 1:
            for child in _children(rows[0][0]):
                self.walk(child, "", depth + 1)
            self.flush()
            return
        grid: list[list[str]] = []
        nested: list[Block] = []
        spans: list[list[int]] = []  # for each column of each row: from which column its text is
        below: dict[int, int] = {}  # column: rows that a cell from above still covers
        for row in rows:
            cells: list[str] = []
            spans.append([])
            for cell in row:
                cells.extend(_covered(below, len(cells)))
                text, aside = self._cell(cell, depth)
                nested.extend(aside)
                width, height = _span(cell, "colspan"), _span(cell, "rowspan")
                below |= {len(cells) + n: height - 1 for n in range(width) if height > 1}
                spans[-1] += [*range(len(spans[-1]), len(cells)), *[len(cells)] * width]
                cells += [text, *[""] * (width - 1 if len(row) > 1 else 0)]
            cells.extend(_covered(below, len(cells)))
            grid.append(cells)
        headed = bool(rows) and all(cell.tag == "th" for cell in rows[0])
        title = next((n for n, row in enumerate(grid) if len(row) > 1), 0)
        heads = next((n for n, (_, is_head) in enumerate(parts[title:]) if not is_head), 0)
        if heads > 1 and signed(grid) is None:
            self.blocks.extend(_under_headings(grid, spans, title, heads))
        else:
            self.blocks.extend(tables.rows(grid, headed=headed))
        self.blocks.extend(nested)

    def _cell(self, cell: Any, depth: int) -> tuple[str, list[Block]]:
        """Give the text of a cell, and what stands in it on its own: tables and comments."""
        inner = _Page()
        for child in _children(cell):
            inner.walk(child, "", depth + 1)
        inner.flush()
        self.too_deep |= inner.too_deep
        text = " ".join(b.text for b in inner.blocks if b.kind != "row" and b.mark != "comment" and b.text)
        told = any(b.kind == "row" and b.text and not b.blank for b in inner.blocks)
        alone = INNER if told else PICTURE if not text and cell.css_first("img") is not None else ""
        return text or alone, [b for b in inner.blocks if b.kind == "row" or b.mark == "comment"]


def _children(node: Any) -> Iterator[Any]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _under_headings(
    grid: Sequence[Sequence[str]], spans: Sequence[Sequence[int]], title: int, heads: int
) -> Iterator[Block]:
    """Give the rows of a table whose headings take several rows: each column is called by all that stand above it."""
    wide = max(map(len, grid))
    labels = []
    for column in range(wide):
        told = []
        for row, starts in zip(grid[title : title + heads], spans[title : title + heads], strict=True):
            start = starts[column] if column < len(starts) else column
            told.append(row[start] if start < len(row) else "")
        labels.append(" ".join(dict.fromkeys(filter(None, told))))
    merged = [*grid[:title], labels, *grid[title + heads :]]
    for block in tables.rows(merged, headed=True):
        yield block._replace(row=block.row + heads - 1) if block.row > title else block


def _rows(table: Any) -> Iterator[tuple[list[Any], bool]]:
    """Give the cells of each row of a table, without those of tables inside it, and whether it is a row of headings."""
    for part in _children(table):
        rows = [part] if part.tag == "tr" else _children(part) if part.tag in {"thead", "tbody", "tfoot"} else ()
        for row in rows:
            if row.tag == "tr":
                cells = [cell for cell in _children(row) if cell.tag in {"td", "th"}]
                if cells:
                    yield cells, part.tag == "thead" or all(cell.tag == "th" for cell in cells)


def _covered(below: dict[int, int], column: int) -> Iterator[str]:
    """Give a blank for each column from this one on that a cell of a row above covers."""
    while below.get(column, 0):
        below[column] -= 1
        column += 1
        yield ""


def _span(cell: Any, name: str) -> int:
    told = str(cell.attributes.get(name) or "1")
    return min(int(told), 100) if told.isdecimal() and told.isascii() and int(told) else 1


def _is_hidden(node: Any) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or _HIDDEN.search(str(attributes.get("style") or "")) is not None
