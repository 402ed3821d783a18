"""One file examined: parsed, judged, and described as a row of `documents` and rows of `passages`.

Runs in a worker process (see `worker`): what happens here may crash, hang or fill the memory.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import PurePosixPath

from qmscheck import as_text
from qmscheck_documents.asking import DOCUMENTS, PARSERS, TEMPLATES, Asked, Examined, Place
from qmscheck_documents.blocks import SHEET_LEVEL, Parsed, Refused
from qmscheck_documents.kinds import kind_of
from qmscheck_documents.language import language_of
from qmscheck_documents.particulars import Particulars, particulars
from qmscheck_documents.roles import Passage, passages, settled, without_blank_particulars

__all__ = ["examine"]

_CHAPTER = re.compile(r"(?:chapter|kapitel|part|teil) [\divxlc]+", re.IGNORECASE)
_TO_FILL_IN = frozenset({"template", "form"})
_NOT_WORDS = frozenset({"comment", "header_footer"})


def examine(asked: Asked) -> Examined | Refused:
    """Examine one file. Whatever its bytes are, the answer is what it holds or why it cannot be read."""
    parser = import_module(f"qmscheck_documents.{PARSERS[asked.suffix]}")
    try:
        parsed: Parsed | Refused = parser.parse(asked.content)
        if isinstance(parsed, Refused):
            return parsed
        if not parsed.blocks and not parsed.scanned and not parsed.unread:
            return Refused("empty", "The file holds no text.")
        return _examined(asked, parsed)
    except (RecursionError, MemoryError, OverflowError) as error:
        return Refused("too-large", f"The file is nested or filled beyond what can be read: {type(error).__name__}.")


def _examined(asked: Asked, parsed: Parsed) -> Examined:
    told = particulars(parsed)
    judged = list(passages(parsed.blocks))
    title = told.values.get("title") or _title(judged) or PurePosixPath(asked.name).stem
    unfilled = any(passage.marks for passage in judged)
    stated = [told.values["kind"]] if "kind" in told.values else []
    kind = "template" if asked.suffix in TEMPLATES else kind_of(asked.below, title, stated, unfilled=unfilled)
    marked = any(passage.marks > passage.block.blank for passage in judged)
    judged = settled(judged, unfilled=marked or kind in _TO_FILL_IN)
    if kind not in _TO_FILL_IN:
        judged = without_blank_particulars(judged)
    return Examined(
        document=_document(asked, title, kind, parsed, told, judged),
        passages=list(_passages(asked.name, title, kind, judged)),
        places=[Place(one.block.line, one.block.page, one.heading) for one in judged],
        scanned=list(parsed.scanned),
        has_text=bool(parsed.blocks),
        notes=[f"{asked.name}: {note}" for note in parsed.notes],
        unread=[(one.reason, one.detail) for one in parsed.unread],
    )


def _title(judged: list[Passage]) -> str | None:
    """Give the first of the highest headings; in PDF, where levels are guessed, on the first page that has any."""
    headings = [passage.block for passage in judged if passage.block.kind == "heading" and passage.role != "contents"]
    headings = [block for block in headings if not _CHAPTER.fullmatch(block.text) and block.level < SHEET_LEVEL]
    if not headings:
        return None
    first = [block for block in headings if block.page == headings[0].page]
    highest = min(block.level for block in first)
    return next(block.text for block in first if block.level == highest)


def _document(
    asked: Asked, title: str, kind: str, parsed: Parsed, told: Particulars, judged: list[Passage]
) -> list[str | None]:
    text = [passage.block.text for passage in judged if passage.role not in _NOT_WORDS]
    values: dict[str, object] = {
        **told.values,
        "path": asked.name,
        "title": title,
        "kind": kind,
        # Blank would mean that nobody looked: rules must be able to tell that from a document that says no status.
        "status": told.values.get("status") or ("not stated" if parsed.blocks else None),
        "language": told.values.get("language") or language_of(" ".join(text[:400])),
        "pages": parsed.pages,
        "words": sum(len(part.split()) for part in text),
        "text_layer": bool(parsed.blocks),
        "placeholders": sum(passage.marks for passage in judged),
        "sha256": hashlib.sha256(asked.content).hexdigest(),
        "contradictions": told.contradictions,
    }
    return [as_text(values.get(name)) for name in DOCUMENTS]


def _passages(name: str, title: str, kind: str, judged: list[Passage]) -> Iterator[list[str | None]]:
    """Write the cells of each passage; a row of a table says which row it is, of which table."""
    table = last = 0
    for number, passage in enumerate(judged, 1):
        block = passage.block
        if block.row:
            table, last = table + (block.row <= last or not last), block.row
        else:
            last = 0
        cell = block.cell or (f"table {table} row {block.row}" if block.row else None)
        cells = (
            f"{name}#{number}",
            name,
            title,
            kind,
            block.page,
            passage.heading,
            number,
            cell,
            passage.role,
            block.text,
        )
        yield [as_text(value) for value in cells]
