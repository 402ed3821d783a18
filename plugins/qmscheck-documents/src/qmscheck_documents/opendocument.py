"""OpenDocument text and slides (ODT, OTT, ODP): XML in a zip, read with the standard library.

A part that declares entities is refused: no office program writes any. What was deleted under tracked changes is not
read; what was inserted is. Headers and footers come from the page styles.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from qmscheck_documents import tables
from qmscheck_documents.approvals import INNER, PICTURE
from qmscheck_documents.blocks import Block, Kind, Mark, Parsed, Refused
from qmscheck_documents.containers import parts_of, xml_is_safe
from qmscheck_documents.fields import Fields, filled
from qmscheck_documents.labels import labelled
from qmscheck_documents.slides import said_hidden, told_hidden
from qmscheck_documents.wording import normalised

__all__ = ["parse"]

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _OFFICE, _DRAW = (f"{{{_NS}{part}:1.0}}" for part in ("text", "table", "office", "drawing"))
_STYLE, _META = f"{{{_NS}style:1.0}}", f"{{{_NS}meta:1.0}}"
_PRESENTATION = f"{{{_NS}presentation:1.0}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_UNREAD = frozenset({
    f"{_TEXT}tracked-changes", f"{_TEXT}note-citation", f"{_OFFICE}forms", f"{_TEXT}sequence-decls",
    f"{_TEXT}variable-decls", f"{_TEXT}user-field-decls", f"{_DC}creator", f"{_DC}date", f"{_STYLE}style",
})  # fmt: skip
_INDEXES = frozenset(f"{_TEXT}{name}" for name in ("table-of-content", "illustration-index", "alphabetical-index"))
_MOST_REPEATED = 200
_LOCKED = b"encryption-data"


def parse(content: bytes) -> Parsed | Refused:
    """Take an OpenDocument file apart."""
    names = parts_of(content, "OpenDocument file")
    if isinstance(names, Refused):
        return names
    if "content.xml" not in names:
        return Refused("corrupt", "The file is no OpenDocument file.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            if "META-INF/manifest.xml" in names and _LOCKED in container.read("META-INF/manifest.xml"):
                return Refused("encrypted", "The OpenDocument file is protected by a password.")
            parts = {name: container.read(name) for name in ("content.xml", "styles.xml", "meta.xml") if name in names}
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError, RuntimeError):
        return Refused("corrupt", "The OpenDocument file is damaged.")
    if not all(map(xml_is_safe, parts.values())):
        return Refused("corrupt", "The OpenDocument file declares entities of its own, as no office program does.")
    try:
        trees = {name: ET.fromstring(part) for name, part in parts.items()}  # noqa: S314  (declarations were refused)
    except ET.ParseError as error:
        return Refused("corrupt", f"The OpenDocument file is damaged: {error}.")
    return _parsed(trees)


def _parsed(trees: dict[str, ET.Element]) -> Parsed:
    fields = Fields.of(trees["content.xml"])
    body = _Body(fields, _unshown(trees["content.xml"]))
    root = trees["content.xml"].find(f"{_OFFICE}body")
    if root is not None:
        body.walk(root, "paragraph", "")
    margins: dict[str, Block] = {}
    for element in trees["styles.xml"].iter() if "styles.xml" in trees else ():
        if element.tag.startswith(f"{_STYLE}header") or element.tag.startswith(f"{_STYLE}footer"):
            inner = _Body(fields)
            inner.walk(element, "paragraph", "")
            for block in inner.blocks:
                margins.setdefault(block.text, block._replace(kind="paragraph", mark="header_footer"))
    found = [block for block in (*body.blocks, *margins.values()) if block.text]
    scanned = (1,) if not found and root is not None and root.find(f".//{_DRAW}image") is not None else ()
    properties = {**fields.users, **_properties(trees.get("meta.xml"))}
    notes = told_hidden(body.hidden)
    return Parsed(found, properties=properties, pages=body.page or None, scanned=scanned, notes=notes)


def _unshown(content: ET.Element) -> frozenset[str]:
    """Name the styles of slides that a presentation leaves out (`presentation:visibility` of OpenDocument 1.2)."""
    return frozenset(
        style.get(f"{_STYLE}name", "")
        for style in content.iter(f"{_STYLE}style")
        for properties in style.iter(f"{_STYLE}drawing-page-properties")
        if properties.get(f"{_PRESENTATION}visibility") == "hidden"
    )


def _properties(meta: ET.Element | None) -> dict[str, str]:
    told: dict[str, str] = {}
    for element in meta.iter() if meta is not None else ():
        if element.tag == f"{_META}user-defined":
            told.setdefault(element.get(f"{_META}name", ""), element.text or "")
        elif element.tag in {f"{_DC}title", f"{_DC}language"}:
            told[element.tag.removeprefix(_DC)] = element.text or ""
        elif element.tag == f"{_DC}date":
            told["modified"] = element.text or ""
    return {name: value for name, value in told.items() if name and value}


@dataclass(slots=True)
class _Body:
    """The fields of the text, the styles of hidden slides, the blocks found so far, the slide that is being read (0 in
    a text), and those that are hidden.
    """

    fields: Fields
    unshown: frozenset[str] = frozenset()
    blocks: list[Block] = field(default_factory=list)
    page: int = 0
    hidden: list[int] = field(default_factory=list)

    def _slide(self, element: ET.Element, kind: Kind, mark: Mark) -> None:
        before, self.blocks = self.blocks, []
        self.walk(element, kind, mark)
        found = [block for block in self.blocks if block.text]
        if element.get(f"{_DRAW}style-name") in self.unshown:
            self.hidden.append(self.page)
            found = list(said_hidden(found, self.page))
        before += found
        self.blocks = before

    def walk(self, element: ET.Element, kind: Kind, mark: Mark) -> None:
        """Take an element that holds paragraphs."""
        for child in element:
            tag = child.tag
            if tag == f"{_TEXT}h":
                self._paragraph(child, "heading", mark)
            elif tag == f"{_TEXT}p":
                self._paragraph(child, kind, mark)
            elif tag == f"{_TABLE}table":
                self._table(child, mark)
            elif tag == f"{_DRAW}page":
                self.page += 1
                self._slide(child, kind, mark)
            elif tag == f"{_PRESENTATION}notes":
                self.walk(child, kind, "comment")
            elif tag == f"{_TEXT}list-item":
                self.walk(child, "bullet", mark)
            elif tag == f"{_DRAW}control":
                self.blocks.append(Block(kind, normalised(filled(child, self.fields) or ""), page=self.page or None))
            elif tag not in _UNREAD:
                self.walk(child, kind, "contents" if tag in _INDEXES else mark)

    def _paragraph(self, element: ET.Element, kind: Kind, mark: Mark) -> None:
        parts: list[str] = []
        inside: list[tuple[ET.Element, Mark]] = []
        _gather(element, self.fields, parts, inside)
        raw = "".join(parts)
        lines = [normalised(line) for line in raw.split("\n")]
        level = element.get(f"{_TEXT}outline-level", "1") if kind == "heading" else "0"
        page = self.page or None
        if kind != "heading" and sum(1 for line in lines if labelled(line)) > 1:
            self.blocks.extend(Block(kind, line, page=page, mark=mark) for line in lines)
        else:
            text = " ".join(line for line in lines if line)
            self.blocks.append(Block(kind, text, int(level) if level.isdecimal() else 1, page=page, mark=mark))
        for part, told in inside:
            self._inside(part, told or mark)

    def _inside(self, part: ET.Element, mark: Mark) -> None:
        """Read what hangs on a paragraph: a note, a comment with its author, a box."""
        if part.tag != f"{_OFFICE}annotation":
            self.walk(part, "paragraph", mark)
            return
        inner = _Body(self.fields, page=self.page)
        inner.walk(part, "paragraph", "comment")
        author = part.findtext(f"{_DC}creator")
        words = " ".join(block.text for block in inner.blocks)
        shown = f"{author}: {words}" if author else words
        self.blocks.append(Block("paragraph", normalised(shown), page=self.page or None, mark="comment"))

    def _table(self, element: ET.Element, mark: Mark) -> None:
        grid: list[list[str]] = []
        aside: list[Block] = []
        for row in _rows(element):
            cells: list[str] = []
            for cell in row:
                inner = _Body(self.fields, page=self.page)
                inner.walk(cell, "paragraph", "")
                text = " ".join(b.text for b in inner.blocks if b.kind != "row" and not b.mark and b.text)
                told = any(b.kind == "row" and b.text and not b.blank for b in inner.blocks)
                picture = PICTURE if not text and cell.find(f".//{_DRAW}image") is not None else ""
                cells.append(text or (INNER if told else picture))
                aside.extend(b for b in inner.blocks if b.kind == "row" or b.mark)
                repeated = cell.get(f"{_TABLE}number-columns-repeated", "1")
                cells += [cells[-1]] * (min(int(repeated), _MOST_REPEATED) - 1 if repeated.isdecimal() else 0)
            grid.append(cells)
        headed = element.find(f"{_TABLE}table-header-rows") is not None
        page = self.page or None
        self.blocks.extend(b._replace(page=page, mark=mark or b.mark) for b in tables.rows(grid, headed=headed))
        self.blocks.extend(aside)


def _gather(element: ET.Element, fields: Fields, parts: list[str], inside: list[tuple[ET.Element, Mark]]) -> None:
    """Gather the words of a paragraph, and apart what hangs on it."""
    parts.append((element.text or "").replace("\n", " "))
    for child in element:
        tag = child.tag
        if tag == f"{_TEXT}s":
            told = child.get(f"{_TEXT}c", "1")
            parts.append(" " * (min(int(told), 100) if told.isdecimal() else 1))
        elif tag == f"{_TEXT}tab":
            parts.append("\t")
        elif tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif tag == f"{_TEXT}note":
            inside.extend((part, "") for part in child if part.tag == f"{_TEXT}note-body")
        elif tag == f"{_OFFICE}annotation":
            inside.append((child, "comment"))
        elif tag in {f"{_DRAW}frame", f"{_DRAW}custom-shape", f"{_DRAW}text-box", f"{_DRAW}g"}:
            inside.append((child, ""))
        elif (shown := filled(child, fields)) is not None:
            parts.append(shown)
        elif tag not in _UNREAD:
            _gather(child, fields, parts, inside)
        parts.append((child.tail or "").replace("\n", " "))


def _rows(table: ET.Element) -> Iterator[list[ET.Element]]:
    """Give the cells of each row, through groups of rows; cells that another covers are blank."""
    for part in table:
        if part.tag == f"{_TABLE}table-row":
            yield [cell for cell in part if cell.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}]
        elif part.tag in {f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", f"{_TABLE}table-row-group"}:
            yield from _rows(part)
