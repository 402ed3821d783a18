"""The nouns of this plugin: a block of a document as its format gives it, and a document taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

__all__ = ["SHEET_LEVEL", "Block", "Kind", "Mark", "Parsed", "Refused", "Signed"]

#: Level of a heading that only names a sheet: below any heading that could be a title.
SHEET_LEVEL = 9

Kind = Literal["heading", "paragraph", "bullet", "row"]
Mark = Literal["", "comment", "contents", "example", "guidance", "header_footer", "instruction", "quote"]


@dataclass(frozen=True, slots=True)
class Signed:
    """What a table says of who prepared, reviewed and approved its document: `("approved by", "Ann")`; blank: nobody.

    `history` says that it is the newest row of a history of changes.
    """

    told: tuple[tuple[str, str], ...]
    history: bool = False


class Block(NamedTuple):
    """One paragraph, list entry, heading or table row, in reading order.

    `line` counts from 1 in text files and sheets and is 0 elsewhere; `page` counts from 1 in PDF and slides and is None
    elsewhere. `pairs` are the (label, value) pairs of a table row, `own_labels` says that they stand in the row itself
    (a head table), and `blank` that it has no value; `row` is its number in its table, and `cell` the cells of a sheet.
    `signed` stands at the first row of a table that tells who approved the document.
    `mark` is what the format itself tells: a comment, a block quote, italics. `inner` is what another document says
    that is contained in this one: what it says of itself is not true of the container. `doubt` says what nobody can
    tell of it.
    """

    kind: Kind
    text: str
    level: int = 0
    line: int = 0
    page: int | None = None
    mark: Mark = ""
    pairs: tuple[tuple[str, str], ...] = ()
    own_labels: bool = False
    blank: bool = False
    row: int = 0
    cell: str = ""
    inner: bool = False
    signed: Signed | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a file cannot be read: a reason of `Unread`, and a sentence."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document taken apart. `front` is its front matter, `properties` what its file format says of it.

    `scanned` are the pages that show a picture in place of text, `unread` what is contained in it and cannot be read.
    `unsure` are columns of `documents` for which it may tell something that nobody can be sure of, with a sentence.
    """

    blocks: list[Block]
    front: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    pages: int | None = None
    scanned: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    unread: tuple[Refused, ...] = ()
    unsure: tuple[tuple[str, str], ...] = ()
