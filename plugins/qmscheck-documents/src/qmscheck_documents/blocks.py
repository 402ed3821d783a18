"""The nouns of this plugin: a block of a document as its format gives it, and a document taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Block", "Kind", "Mark", "Parsed", "Refused"]

Kind = Literal["heading", "paragraph", "bullet", "row"]
Mark = Literal["", "comment", "contents", "example", "guidance", "header_footer", "instruction", "quote"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list entry, heading or table row, in reading order.

    `line` counts from 1 in text files and is 0 elsewhere; `page` counts from 1 in PDF and is None elsewhere. `pairs`
    are the (label, value) pairs of a table row, `own_labels` says that they stand in the row itself (a head table), and
    `blank` that it has no value. `mark` is what the format itself tells: a comment, a block quote, italics.
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


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document taken apart. `front` is its front matter, `properties` what its file format says of it."""

    blocks: list[Block]
    front: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    pages: int | None = None
    scanned: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a file cannot be read: a reason of `Unread`, and a sentence."""

    reason: str
    detail: str
