"""AsciiDoc taken apart line by line: sections, attributes, lists, tables, delimited blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qmscheck_documents import front_matter, tables
from qmscheck_documents.blocks import Block, Mark, Parsed, Refused
from qmscheck_documents.labels import labelled
from qmscheck_documents.wording import decoded, normalised

__all__ = ["parse"]

_SECTION = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_ATTRIBUTE = re.compile(r":(!?[\w-]+!?):\s*(.*)")
_REVISION = re.compile(r"v?(\d[\w.]*)(?:,\s*([^:,]+))?(?::.*)?|v(\d[\w.]*)")
_BULLET = re.compile(r"\s*(?:\*{1,5}|-|\.{1,5}|\d+\.)\s+(?=\S)")
_TERM = re.compile(r"(\S.{0,80}?)::\s*(.*)")
_ADMONITION = re.compile(r"(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s")
_FENCES: dict[str, Mark] = {"----": "quote", "....": "quote", "____": "guidance", "====": "guidance", "****": "",
                            "////": "comment", "--": ""}  # fmt: skip
_MACRO = re.compile(r"(?:include|image|toc|video|audio)::?([^\[]*)\[([^\]]*)\]")
_INLINE = re.compile(r"(?<!\w)([*_`#]{1,2})(?=\S)(.+?)(?<=\S)\1(?!\w)")
_LINK = re.compile(
    r"(?:link:|xref:)?(?:https?://\S+?|<<[^>,]+(?:,([^>]+))?>>|(?<=xref:)\S+?|(?<=link:)\S+?)\[([^\]]*)\]"
)
_CELL = re.compile(r"(?:^|\s)(?:\d+\+|\.\d+\+|[<^>aehlmsv]|\d+\*){0,3}\|")


def parse(content: bytes) -> Parsed | Refused:
    """Take an AsciiDoc file apart."""
    text = decoded(content)
    if text is None:
        return Refused("corrupt", "The file is not text.")
    source, guessed = text
    front, body = front_matter.split(source.replace("\r\n", "\n").replace("\r", "\n"))
    reading = _Reading(body.split("\n"))
    blocks = [block for block in reading.blocks() if block.text]
    notes = (f"read as {guessed}",) if guessed else ()
    return Parsed(blocks, front={**reading.attributes, **front}, notes=notes)


@dataclass(slots=True)
class _Reading:
    """The lines of a file, and the attributes of its head."""

    lines: list[str]
    attributes: dict[str, str] = field(default_factory=dict)

    def blocks(self) -> Iterator[Block]:
        """Give the blocks in their order."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at].rstrip()
            fence = next(
                (known for known in _FENCES if line == known or (line[:4] == known and not line.strip(line[0]))), ""
            )
            if line.startswith(("|===", "!===")):
                end = self._end(at, line)
                yield from self._table(at + 1, end)
                at = end + 1
            elif fence:
                end = self._end(at, line)
                yield from self._fenced(at + 1, end, _FENCES[fence])
                at = end + 1
            else:
                found, at = self._plain(at)
                yield from found

    def _end(self, at: int, fence: str) -> int:
        """Find the line that closes a block; one that nobody closed ends with the file."""
        rest = range(at + 1, len(self.lines))
        return next((n for n in rest if self.lines[n].rstrip() == fence), len(self.lines))

    def _fenced(self, start: int, stop: int, mark: Mark) -> Iterator[Block]:
        if mark in {"quote", "comment"}:
            yield Block("paragraph", normalised(" ".join(self.lines[start:stop])), line=start + 1, mark=mark)
            return
        inner = _Reading(self.lines[start:stop])
        for block in inner.blocks():
            yield block._replace(line=block.line + start, mark=block.mark or mark)

    def _plain(self, at: int) -> tuple[list[Block], int]:
        """Read a line that begins no delimited block, with the lines that belong to it."""
        line = self.lines[at].strip()
        number = at + 1
        if not line or (line.startswith(("[", "<<<", "'''")) and not line.startswith("[TODO")):
            return [], at + 1
        if line.startswith("//"):
            return [Block("paragraph", normalised(line[2:]), line=number, mark="comment")], at + 1
        if section := _SECTION.fullmatch(line):
            level = len(section[1]) - 1
            after = self._head(at + 1) if level == 0 else at + 1
            return [Block("heading", _worded(section[2].rstrip("= ")), level=level, line=number)], after
        if attribute := _ATTRIBUTE.fullmatch(line):
            self.attributes.setdefault(attribute[1], attribute[2])
            return [], at + 1
        if macro := _MACRO.fullmatch(line):
            return [Block("paragraph", normalised(f"{macro[1]} {macro[2]}"), line=number, mark="comment")], at + 1
        if line.startswith(".") and len(line) > 1 and not line[1].isspace() and line[1] != ".":
            return [Block("heading", _worded(line[1:]), level=7, line=number)], at + 1
        stop = at + 1
        while stop < len(self.lines) and self._goes_on(self.lines[stop]):
            stop += 1
        return list(self._paragraph(self.lines[at:stop], number)), stop

    def _head(self, at: int) -> int:
        """Read the lines below the title: author, revision; give the line where the text begins."""
        while at < len(self.lines) and self.lines[at].strip() and not self.lines[at].startswith(("=", "|", ":")):
            revision = _REVISION.fullmatch(self.lines[at].strip())
            if revision:
                self.attributes.setdefault("version", revision[1] or revision[3])
                if revision[2]:
                    self.attributes.setdefault("modified", revision[2].strip())
            at += 1
        return at

    def _goes_on(self, line: str) -> bool:
        bare = line.rstrip()
        if not bare or bare == "+" or bare in _FENCES or bare.startswith(("|===", "//", "[")):
            return False
        return not (_BULLET.match(line) or _SECTION.fullmatch(bare) or _TERM.fullmatch(bare))

    def _paragraph(self, lines: list[str], number: int) -> Iterator[Block]:
        texts = [_worded(line.rstrip(" +") if line.endswith(" +") else line) for line in lines]
        if sum(1 for text in texts if labelled(text)) > 1:
            yield from (Block("paragraph", text, line=number + n) for n, text in enumerate(texts))
            return
        bullet = _BULLET.match(lines[0])
        whole = " ".join(lines)
        text = _worded(whole[bullet.end() :] if bullet else whole)
        if _ADMONITION.match(text):
            yield Block("paragraph", text, line=number, mark="guidance")
        elif term := _TERM.fullmatch(text):
            yield Block("bullet", f"{term[1]}: {term[2]}", line=number)
        else:
            lone = whole.strip()
            slanted = len(lone) > 2 and lone[0] == lone[-1] == "_" and "_" not in lone[1:-1]  # noqa: PLR2004
            yield Block("bullet" if bullet else "paragraph", text, line=number, mark="instruction" if slanted else "")

    def _table(self, start: int, stop: int) -> Iterator[Block]:
        """Read a table: the first line with cells gives their number, unless each cell has a line of its own."""
        cells: list[tuple[str, int]] = []
        width = 0
        blank_after_first = False
        for n in range(start, stop):
            line = self.lines[n]
            parts = _CELL.split(line)
            if len(parts) == 1:
                blank_after_first |= not line.strip() and bool(cells) and len(cells) == width
                if cells and line.strip():
                    cells[-1] = (f"{cells[-1][0]} {_worded(line)}".strip(), cells[-1][1])
                continue
            width = width or len(parts) - 1
            cells.extend((_worded(part), n + 1) for part in parts[1:])
        if not cells:
            return
        columns = self._columns(start) or width
        grid = [[text for text, _ in cells[i : i + columns]] for i in range(0, len(cells), columns)]
        lines = [cells[i][1] for i in range(0, len(cells), columns)]
        headed = blank_after_first or any("header" in self.lines[n] for n in range(max(0, start - 3), start - 1))
        yield from tables.rows(grid, lines, headed=headed)

    def _columns(self, start: int) -> int:
        """Read `[cols="1,3"]` above a table."""
        for n in range(max(0, start - 3), start - 1):
            if found := re.search(r"cols\s*=\s*\"?([^\"\]]+)", self.lines[n]):
                told = found[1]
                times = re.fullmatch(r"(\d{1,3})\*.*", told.strip())
                return int(times[1]) if times else told.count(",") + told.count(";") + 1
        return 0


def _worded(text: str) -> str:
    """Give the words of a line without its markup."""
    plain = _LINK.sub(lambda link: link[2] or link[1] or "", text)
    return normalised(_INLINE.sub(r"\2", _INLINE.sub(r"\2", plain)))
