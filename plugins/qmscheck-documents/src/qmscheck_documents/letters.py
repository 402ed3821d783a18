"""What mails of all formats have in common: the head, the text, and what is attached, which is read like a file.

A mail is read as one document. Each attachment stands under a heading of its own; one that cannot be read is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import PurePosixPath

from qmscheck_documents.asking import PARSERS
from qmscheck_documents.blocks import Block, Parsed, Refused
from qmscheck_documents.wording import normalised

__all__ = ["Attachment", "Letter", "put_together"]

_DEEPEST = 3
_MOST = 100
_QUOTED = re.compile(r"\s*>")
_MAILS = frozenset({"mail", "outlook"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail. A mail in a mail may be a `letter` already."""

    name: str
    content: bytes
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: its head (`From`, `To`, `Cc`, `Date`), subject, day in ISO form, text and attachments."""

    head: Mapping[str, str]
    subject: str
    day: str
    text: Parsed
    attachments: tuple[Attachment, ...]


def put_together(letter: Letter, depth: int = 0) -> Parsed:
    """Give a mail as one document. Attachments are read at most three mails deep, and a hundred of each."""
    found = [Block("heading", letter.subject, level=1)]
    found += [Block("paragraph", f"{name}: {text}", mark="header_footer") for name, text in letter.head.items() if text]
    found += map(_deeper, letter.text.blocks)
    unread: list[Refused] = []
    for attachment in letter.attachments[:_MOST]:
        name = normalised(attachment.name) or "without a name"
        parsed = _attached(attachment, depth)
        if isinstance(parsed, Refused):
            unread.append(replace(parsed, detail=f"Attachment {name}: {parsed.detail}"))
            continue
        found.append(Block("heading", f"Attachment {name}", level=2, inner=True))
        found += (_deeper(block, 2)._replace(inner=True) for block in parsed.blocks)
        unread += [replace(one, detail=f"Attachment {name}: {one.detail}") for one in parsed.unread]
        unread += _scans(name, parsed)
    if len(letter.attachments) > _MOST:
        unread.append(Refused("too-large", f"Of {len(letter.attachments)} attachments {_MOST} were read."))
    properties = {"title": letter.subject, "modified": letter.day}
    return Parsed(
        [block for block in found if block.text],
        properties={name: text for name, text in properties.items() if text},
        notes=letter.text.notes,
        unread=tuple(unread),
    )


def quoted(blocks: Iterable[Block]) -> Iterator[Block]:
    """Tell apart what a mail repeats of the mail before."""
    for block in blocks:
        yield block._replace(mark="quote") if _QUOTED.match(block.text) else block


def _attached(attachment: Attachment, depth: int) -> Parsed | Refused:
    if depth >= _DEEPEST:
        return Refused("too-large", f"Mails are read {_DEEPEST} deep, and this lies deeper.")
    if attachment.letter is not None:
        return put_together(attachment.letter, depth + 1)
    suffix = PurePosixPath(attachment.name.casefold()).suffix
    name = PARSERS.get(suffix)
    if name is None:
        return Refused("unsupported", f"Documents of this kind ({suffix or 'no suffix'}) are not read.")
    if not attachment.content.strip():
        return Refused("empty", "The file is empty.")
    parser = import_module(f"qmscheck_documents.{name}")
    found: Parsed | Refused = (
        parser.parse(attachment.content, depth + 1) if name in _MAILS else parser.parse(attachment.content)
    )
    return found


def _scans(name: str, parsed: Parsed) -> Iterator[Refused]:
    for page in parsed.scanned:
        yield Refused("no-text-layer", f"Attachment {name}, page {page}: a picture, which cannot be read.")


def _deeper(block: Block, by: int = 1) -> Block:
    return block._replace(level=block.level + by) if block.kind == "heading" else block
