"""RTF taken apart by our own reader, because none that was tried leaves out what tracked changes have deleted.

Source of the control words: Rich Text Format Specification 1.9.1. Read are paragraphs, headings (by style or outline
level), lists, tables, headers, footers, footnotes, comments, text boxes and results of fields; not read are pictures,
field codes, hidden and deleted text, and every destination that is marked as optional and is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from qmscheck_documents import tables
from qmscheck_documents.blocks import Block, Mark, Parsed, Refused
from qmscheck_documents.labels import labelled
from qmscheck_documents.wording import normalised

__all__ = ["parse"]

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?(?: |(?![a-zA-Z0-9]))|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)"
)
_SKIPPED = frozenset({
    "colortbl", "pict", "object", "themedata", "colorschememapping", "datastore", "latentstyles", "generator",
    "listtable", "listoverridetable", "rsidtbl", "xmlnstbl", "fldinst", "sp", "nonshppict", "bkmkstart", "bkmkend",
    "filetbl", "revtbl", "pgptbl", "mmathpr", "wgrffmtfilter", "listtext", "pntext", "pntxta", "pntxtb", "atnid",
    "atnref", "atndate", "atnparent", "formfield", "ffname", "xe", "tc", "ftnsep", "ftnsepc", "ftncn", "aftnsep",
    "aftnsepc", "private", "userprops", "docvar", "template", "operator", "keywords", "company", "hlinkbase",
    "doccomm", "subject", "author", "manager",
})  # fmt: skip
_MARGINS = frozenset(["header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"])
_ASIDE: Mapping[str, Mark] = MappingProxyType({"footnote": "", "annotation": "comment", "shptxt": ""})
_PASSED_THROUGH = frozenset(
    {"shpinst", "shptxt", "footnote", "annotation", "ud", "fldrslt", "result", "shppict", "atnauthor"}
)
_SIGNS: Mapping[str, str] = MappingProxyType({
    "tab": "\t", "line": "\n", "emdash": "\u2014", "endash": "\u2013", "bullet": "\u2022", "lquote": "\u2018",
    "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d", "emspace": " ", "enspace": " ", "qmspace": " ",
})  # fmt: skip
_CHARSETS: Mapping[int, str] = MappingProxyType({
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
})  # fmt: skip
_SHORT = 100
_PSEUDO_HEADING = 7
_DEEPEST = 2000


@dataclass(slots=True)
class _Flow:
    """Text on its way into blocks: the body, a header, a note, a comment, a box."""

    mark: Mark = ""
    margin: bool = False
    author: str = ""
    blocks: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    italic: list[bool] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    grid: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """What holds until the closing brace."""

    flow: _Flow
    skipped: bool = False
    target: str = ""
    bold: bool = False
    italic: bool = False
    unseen: bool = False
    after_u: int = 1
    encoding: str = "cp1252"
    first: bool = True
    may_skip: bool = False


@dataclass(slots=True)
class _Paragraph:
    """What holds for the paragraph: its style, its outline level, whether it stands in a table or a list."""

    style: int = 0
    level: int | None = None
    in_table: bool = False
    listed: bool = False


@dataclass(slots=True)
class _Reading:
    """A file on its way from bytes to blocks. Notes, comments and boxes are `waiting` for their paragraph to end."""

    body: _Flow = field(default_factory=_Flow)
    groups: list[_Group] = field(default_factory=list)
    here: _Paragraph = field(default_factory=_Paragraph)
    levels: dict[int, int] = field(default_factory=dict)
    fonts: dict[int, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    margins: dict[str, Block] = field(default_factory=dict)
    gathered: list[str] = field(default_factory=list)
    waiting: list[Block] = field(default_factory=list)
    font: int = 0
    style: int = 0
    author: str = ""
    to_skip: int = 0
    encoding: str = "cp1252"


def parse(content: bytes) -> Parsed | Refused:
    """Take an RTF file apart."""
    start = content[:200].lstrip()
    if not start.startswith(b"{\\rtf"):
        return Refused("corrupt", "The file is no RTF file.")
    reading = _Reading()
    reading.groups.append(_Group(reading.body))
    at, end = content.index(b"{"), len(content)
    while at < end:
        token = _TOKEN.match(content, at)
        if token is None:
            at += 1
            continue
        at = token.end()
        if token[1] == b"bin" and token[2]:
            at += max(0, int(token[2]))
        elif len(reading.groups) > _DEEPEST:
            return Refused("too-large", f"The file is nested more than {_DEEPEST:,} deep.")
        else:
            _take(reading, token)
    _close_paragraph(reading, reading.body)
    _close_table(reading.body)
    reading.body.blocks.extend(reading.waiting)
    found = [block for block in (*reading.body.blocks, *reading.margins.values()) if block.text]
    return Parsed(found, properties={name: text for name, text in reading.texts.items() if text})


def _take(reading: _Reading, token: re.Match[bytes]) -> None:
    word, number, code, sign, brace, text = token.groups()
    group = reading.groups[-1]
    if brace == b"{":
        reading.groups.append(replace(group, first=True, may_skip=False, target=group.target))
    elif brace == b"}":
        _close_group(reading)
    elif word is not None:
        _control(reading, group, word.decode("ascii"), int(number) if number else None)
    elif code is not None:
        _say(reading, group, bytes([int(code, 16)]).decode(group.encoding, errors="replace"), units=1)
    elif sign is not None:
        _signed(reading, group, sign)
    elif text is not None:
        _say(reading, group, text.decode(group.encoding, errors="replace"), units=len(text))


def _signed(reading: _Reading, group: _Group, sign: bytes) -> None:
    if sign == b"*":
        group.may_skip = True
    elif sign in {b"\r", b"\n"}:
        _close_paragraph(reading, group.flow)
    elif sign in {b"~", b"_", b"\\", b"{", b"}"}:
        _say(reading, group, {b"~": " ", b"_": "-"}.get(sign, sign.decode()), units=1)


def _close_group(reading: _Reading) -> None:
    if len(reading.groups) == 1:
        return
    group = reading.groups.pop()
    outer = reading.groups[-1]
    if group.target != outer.target and group.target:
        _told(reading, group.target)
    if group.flow is not outer.flow:
        flow = group.flow
        _close_paragraph(reading, flow)
        _close_table(flow)
        if flow.margin:
            for block in flow.blocks:
                reading.margins.setdefault(block.text, block._replace(kind="paragraph", mark="header_footer"))
        elif flow.mark == "comment":
            words = " ".join(block.text for block in flow.blocks)
            author = f"{reading.author}: " if reading.author else ""
            reading.waiting.append(Block("paragraph", author + words, mark="comment"))
            reading.author = ""
        else:
            reading.waiting.extend(flow.blocks)


def _told(reading: _Reading, target: str) -> None:
    """Take down what a group with a name of its own has told: a style, an author, the title."""
    text = "".join(reading.gathered).strip(" ;\r\n")
    reading.gathered.clear()
    if target == "stylesheet":
        heading = re.match(r"(?:heading|überschrift|berschrift)\s*(\d)", text.casefold())
        if heading:
            reading.levels[reading.style] = int(heading[1])
        elif text.casefold() in {"title", "titel"}:
            reading.levels[reading.style] = 0
    elif target == "atnauthor":
        reading.author = normalised(text)
    elif target == "title":
        reading.texts["title"] = normalised(text)


def _control(reading: _Reading, group: _Group, word: str, number: int | None) -> None:
    first, group.first = group.first, False
    if first or group.may_skip:
        if _destination(reading, group, word):
            group.may_skip = False
            return
        if group.may_skip:
            group.skipped, group.may_skip = True, False
            return
    if word in _SIGNS:
        _say(reading, group, _SIGNS[word], units=0)
    elif word == "u" and number is not None:
        _say(reading, group, chr(number % 65536), units=0)
        reading.to_skip = group.after_u
    elif handler := _WORDS.get(word):
        handler(reading, group, number)


def _destination(reading: _Reading, group: _Group, word: str) -> bool:
    """Turn the text of a group to where its first word says; say whether it named a destination."""
    if word in _MARGINS:
        group.flow = _Flow(margin=True)
    elif word in _ASIDE:
        group.flow = _Flow(mark=_ASIDE[word])
    elif word in {"stylesheet", "fonttbl", "atnauthor", "title", "info"}:
        group.target = word
    elif word in _PASSED_THROUGH:
        group.skipped = group.skipped and word != "ud"
    elif word == "upr" or word in _SKIPPED:
        group.skipped = True
    else:
        return False
    reading.gathered.clear()
    return True


def _say(reading: _Reading, group: _Group, text: str, *, units: int) -> None:
    """Add text where the group leads; after a character in Unicode its older spelling is left out."""
    group.first = False
    if reading.to_skip and units:
        gone = min(reading.to_skip, units)
        reading.to_skip -= gone
        text = text[gone:]
    if group.skipped or not text:
        return
    if group.target:
        reading.gathered.append(text)
        if group.target == "stylesheet" and text.rstrip().endswith(";"):
            _told(reading, "stylesheet")
        return
    if group.unseen:
        return
    flow = group.flow
    flow.words.append(text)
    if text.strip():
        flow.bold.append(group.bold)
        flow.italic.append(group.italic)


def _plain(_reading: _Reading, group: _Group, _number: int | None) -> None:
    group.bold = group.italic = group.unseen = False


def _bold(_reading: _Reading, group: _Group, number: int | None) -> None:
    group.bold = number != 0


def _italic(_reading: _Reading, group: _Group, number: int | None) -> None:
    group.italic = number != 0


def _unseen(_reading: _Reading, group: _Group, number: int | None) -> None:
    group.unseen = number != 0


def _after_u(_reading: _Reading, group: _Group, number: int | None) -> None:
    group.after_u = 1 if number is None else max(0, number)


def _codepage(reading: _Reading, group: _Group, number: int | None) -> None:
    try:
        "".encode(f"cp{number}")
    except LookupError:
        return
    reading.encoding = group.encoding = f"cp{number}"
    for outer in reading.groups:
        outer.encoding = reading.encoding


def _font(reading: _Reading, group: _Group, number: int | None) -> None:
    reading.font = number or 0
    if group.target != "fonttbl":
        group.encoding = reading.fonts.get(reading.font, reading.encoding)


def _charset(reading: _Reading, group: _Group, number: int | None) -> None:
    if group.target == "fonttbl" and number in _CHARSETS and number:
        reading.fonts[reading.font] = _CHARSETS[number]


def _styled(reading: _Reading, group: _Group, number: int | None) -> None:
    if group.target == "stylesheet":
        reading.style = number or 0
        reading.gathered.clear()
    else:
        reading.here.style = number or 0


def _outlined(reading: _Reading, group: _Group, number: int | None) -> None:
    level = None if number is None or number > 8 else number + 1  # noqa: PLR2004
    if group.target == "stylesheet":
        if level is not None:
            reading.levels.setdefault(reading.style, level)
    else:
        reading.here.level = level


def _fresh(reading: _Reading, _group: _Group, _number: int | None) -> None:
    reading.here = _Paragraph()


def _in_table(reading: _Reading, _group: _Group, _number: int | None) -> None:
    reading.here.in_table = True


def _listed(reading: _Reading, group: _Group, _number: int | None) -> None:
    if not group.target:
        reading.here.listed = True


def _ended(reading: _Reading, group: _Group, _number: int | None) -> None:
    if not group.skipped and not group.target:
        _close_paragraph(reading, group.flow)


def _cell_ended(reading: _Reading, group: _Group, _number: int | None) -> None:
    reading.here.in_table = True
    _close_paragraph(reading, group.flow)
    group.flow.cells.append(" ".join(group.flow.cell))
    group.flow.cell = []


def _row_ended(_reading: _Reading, group: _Group, _number: int | None) -> None:
    if group.flow.cells:
        group.flow.grid.append(group.flow.cells)
        group.flow.cells = []


_WORDS: Mapping[str, Callable[[_Reading, _Group, int | None], None]] = MappingProxyType({
    "plain": _plain, "b": _bold, "i": _italic, "v": _unseen, "deleted": _unseen, "uc": _after_u, "ansicpg": _codepage,
    "f": _font, "fcharset": _charset, "s": _styled, "outlinelevel": _outlined, "pard": _fresh, "intbl": _in_table,
    "ls": _listed, "pn": _listed, "par": _ended, "sect": _ended, "page": _ended, "cell": _cell_ended,
    "nestcell": _cell_ended, "row": _row_ended, "nestrow": _row_ended,
})  # fmt: skip


def _close_paragraph(reading: _Reading, flow: _Flow) -> None:
    raw = "".join(flow.words).encode("utf-16-le", "surrogatepass").decode("utf-16-le", errors="replace")
    bold, italic = all(flow.bold), all(flow.italic)
    flow.words, flow.bold, flow.italic = [], [], []
    lines = [normalised(line) for line in raw.split("\n")]
    text = " ".join(line for line in lines if line)
    if reading.here.in_table and not flow.margin:
        if text:
            flow.cell.append(text)
        return
    if text:
        _close_table(flow)
        flow.blocks.extend(_blocks(reading, lines, text, bold=bold, italic=italic))
    if flow is reading.body:
        flow.blocks.extend(reading.waiting)
        reading.waiting.clear()


def _blocks(reading: _Reading, lines: list[str], text: str, *, bold: bool, italic: bool) -> Iterator[Block]:
    """Tell what a paragraph is: a heading, an entry of a list, lines with labels, or plain text."""
    here = reading.here
    level = here.level if here.level is not None else reading.levels.get(here.style)
    if level is not None:
        yield Block("heading", text, level=level)
    elif sum(1 for line in lines if labelled(line)) > 1:
        yield from (Block("paragraph", line) for line in lines if line)
    elif here.listed:
        yield Block("bullet", text)
    elif bold and len(text) < _SHORT and not text.endswith((".", "!", "?", ";")) and labelled(text) is None:
        yield Block("heading", text.rstrip(":"), level=_PSEUDO_HEADING)
    else:
        yield Block("paragraph", text, mark="instruction" if italic else "")


def _close_table(flow: _Flow) -> None:
    if flow.grid:
        flow.blocks.extend(tables.rows(flow.grid))
        flow.grid = []
