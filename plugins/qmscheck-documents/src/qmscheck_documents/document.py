"""One file examined: parsed, judged, and described as a row of `documents` and rows of `passages`.

Runs in a worker process (see `worker`): what happens here may crash, hang or fill the memory.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import PurePosixPath

from qmscheck import UNREADABLE, as_text
from qmscheck_documents.asking import COMPARED, DOCUMENTS, PARSERS, TEMPLATES, Asked, Examined
from qmscheck_documents.blocks import SHEET_LEVEL, Block, Parsed, Refused
from qmscheck_documents.kinds import kind_of
from qmscheck_documents.language import is_plainly, language_of
from qmscheck_documents.particulars import Particulars, particulars
from qmscheck_documents.placeholders import count
from qmscheck_documents.roles import Passage, passages, settled, without_blank_particulars
from qmscheck_documents.sketch import sketch, words_of

__all__ = ["examine"]

_CHAPTER = re.compile(r"(?:chapter|kapitel|part|teil) [\divxlc]+", re.IGNORECASE)
_MAILS = frozenset({".eml", ".msg"})
_CONTROLLED = frozenset({"policy", "manual", "procedure", "instruction"})
_TO_FILL_IN = frozenset({"template", "form"})
#: Characters, and small words, from which on a passage tells its language by itself.
_LONG, _OWN_WORDS = 80, 5
#: What a scan may show and nobody can read; and how many pages from either end a document tells it.
_PARTICULARS = (
    "doc_id", "version", "status", "owner", "prepared_by", "reviewed_by", "reviewed_on", "approved_by", "approved_on",
    "review_due",
)  # fmt: skip
#: What stands where the document was read and tells nothing of it. Blank would mean that nobody looked.
_NOT_STATED = "not stated"
_EDGE = 2
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
    declared = asked.template or asked.suffix in TEMPLATES
    kind = "template" if declared else kind_of(asked.below, title, stated, unfilled=unfilled)
    if asked.suffix in _MAILS and kind in _CONTROLLED:
        kind = "record"  # a mail with the subject `Quality policy` is no policy
    marked = any(passage.marks > passage.block.blank for passage in judged)
    judged = settled(judged, unfilled=marked or kind in _TO_FILL_IN)
    if kind not in _TO_FILL_IN:
        judged = without_blank_particulars(judged)
    text = [passage.block.text for passage in judged if passage.role not in _NOT_WORDS]
    language = language_of(" ".join(text[:400]))
    words = words_of(" ".join(text))
    return Examined(
        document=_document(asked, title, kind, parsed, told, judged, language, len(words)),
        lines=[one.block.line for one in judged],
        on_pages=[one.block.page for one in judged],
        headings=[one.heading for one in judged],
        cells=list(_cells(judged)),
        roles=[one.role for one in judged],
        texts=[one.block.text for one in judged],
        languages=[_language(one.block.text, language) for one in judged],
        sketch=sketch(words),
        scanned=list(parsed.scanned),
        has_text=bool(parsed.blocks),
        notes=[f"{asked.name}: {note}" for note in (*parsed.notes, *_open(parsed, told))],
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
    asked: Asked,
    title: str,
    kind: str,
    parsed: Parsed,
    told: Particulars,
    judged: list[Passage],
    language: str | None,
    words: int,
) -> list[str | None]:
    values: dict[str, object] = {
        **told.values,
        "path": asked.name,
        "title": title,
        "kind": kind,
        **{name: told.values.get(name) or _NOT_STATED for name in ("status", "prepared_by", "reviewed_by")},
        # What the words say counts for more than what a word processor fills in unasked.
        "language": language or (told.values.get("language") or "")[:2].casefold() or None,
        "pages": parsed.pages,
        "words": words,
        "text_layer": bool(parsed.blocks),
        "placeholders": sum(passage.marks for passage in judged),
        "sha256": hashlib.sha256(asked.content).hexdigest(),
        "contradictions": told.contradictions,
    }
    if _may_say_more(parsed):
        values |= {name: UNREADABLE for name in _PARTICULARS if values.get(name) in {None, _NOT_STATED}}
    values |= {
        name: UNREADABLE for name, _ in (*parsed.unsure, *told.doubtful) if values.get(name) in {None, _NOT_STATED}
    }
    return [as_text(values.get(name)) for name in DOCUMENTS if name not in COMPARED]


def _open(parsed: Parsed, told: Particulars) -> Iterator[str]:
    """Say why something that the document may tell of itself is unknown."""
    yield from dict.fromkeys(said for name, said in (*parsed.unsure, *told.doubtful) if name not in told.values)


def _may_say_more(parsed: Parsed) -> bool:
    """Say whether a page that is a picture may hold what the text does not tell: approvals stand at either end."""
    last = parsed.pages or 1
    return not parsed.blocks or any(page <= _EDGE or page > last - _EDGE for page in parsed.scanned)


def _language(text: str, whole: str | None) -> str | None:
    """Give the language of a passage: its own where it is long enough to tell, else that of the document."""
    if len(text) <= _LONG or (whole is not None and is_plainly(text, whole)):
        return whole
    return language_of(text, _OWN_WORDS) or whole


def _cells(judged: list[Passage]) -> Iterator[str | None]:
    """Give the cells of a sheet that each passage stands in, or the row of which table, or nothing.

    Where one cell alone makes a row what it is, a blank to be filled in, its column is named too.
    """
    table = last = 0
    for passage in judged:
        block = passage.block
        if block.row:
            table, last = table + (block.row <= last or not last), block.row
        else:
            last = 0
        place = f"table {table}, row {block.row}" if block.row else None
        column = _unfilled(block) if place and passage.marks else None
        yield block.cell or (f"{place}, column {column}" if column else place)


def _unfilled(block: Block) -> int | None:
    """Give the column, from 1, of the one cell of a row that nobody has filled in."""
    step = 2 if block.own_labels else 1
    found = [n * step + step for n, (_, value) in enumerate(block.pairs) if count(value) or (block.blank and not value)]
    return found[0] if len(found) == 1 else None
