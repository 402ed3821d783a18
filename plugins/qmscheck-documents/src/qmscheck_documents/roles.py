"""What a passage is: a statement of the organisation, or one of the many things that only look like one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from qmscheck_documents import placeholders
from qmscheck_documents.blocks import Block
from qmscheck_documents.labels import folded, is_known

__all__ = ["Passage", "passages", "settled", "without_blank_particulars"]

_LEADERS = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]+$|(?:…\s?){2,}\s*\d+$|\S\t+\s*\d+$")
_CONTENTS = re.compile(
    r"(?:\d+\.?\s+)?(?:.{0,60}\b(?:table of contents|inhaltsverzeichnis)|contents|inhalt|list of (?:tables|figures)"
    r"|(?:abbildungs|tabellen)verzeichnis)\s*:?",
    re.IGNORECASE,
)
_CONTENTS_LINE = re.compile(r"^.{2,160}?\D\s*\d{1,4}$|^[\d.]+\s+\S.{0,120}$")
_EXAMPLE = re.compile(
    r"(?:an?\s+)?(?:examples?|sample|sample text|beispiele?|beispieltext|mustertext|example text)\s*:?", re.IGNORECASE
)
_INSTRUCTION = re.compile(
    r"\b(?:delete|remove) this (?:section|paragraph|text|page|note|box|template|instruction)"
    r"|\bthis (?:template|is an? (?:recommended |sample )?template|skeleton)\b"
    r"|\btemplate (?:copyright|author note|notes?|licen[sc]e|instructions?)\b"
    r"|\bplease (?:don'?t|do not) remove this notice\b|\bcustomi[sz]e this (?:section|template|document)\b"
    r"|\bdiese(?:s|r)? (?:vorlage|template|muster) (?:ist|dient|soll|muss|kann|beschreibt|dokumentiert)"
    r"|\bdiese[nr]? (?:abschnitt|text|hinweis|absatz) (?:bitte )?(?:löschen|entfernen|anpassen)"
    r"|\bfill (?:in|out) (?:the|this|your)\b.{0,40}\b(?:template|section|form)\b",
    re.IGNORECASE,
)
_GUIDANCE = re.compile(
    r"^(?:note|notes|hint|tip|guidance|hinweis|hinweise|anmerkung|tipp|erläuterung)(?:\s*#?\d+)?\s*[:\u2013-]\s"
    r"|(?:\b(?:ISO|IEC|DIN|EN|FDA|MDR)\b|\b(?:clause|section|kapitel|abschnitt|norm)\s|§)[^.;]{0,80}?\b\d(?:[^.;]|\.(?=\d)){0,40}?"
    r"\b(?:requires?|demands?|stipulates?|prescribes?|fordert|verlangt|schreibt\b.{0,40}\bvor)\b"
    r"|\b(?:the|this|die|der) (?:standard|norm) (?:requires|demands|states|fordert|verlangt)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„»«](?:[^\"“”„»«]{3,})[\"”“«»]\s*(?:[—\u2013-].{0,80}|\([^)]{0,80}\))?\.?")
_OPENING = '"“„»«'
_LONG, _SHORT = 400, 30
# Nearly all passages are settled by a look for these, before any pattern is tried.
_DOTS = ("..", ". .", "…", "\t")
_PAGE_ENDS = frozenset("0123456789ivxlcIVXLC")
_ADVICE = ("template", "delete this", "remove this", "skeleton", "this notice", "customi", "diese", "fill ")
_DEMANDS = ("require", "demand", "stipulate", "prescribe", "states", "fordert", "verlangt", "schreibt")
_NOTES = ("note", "hint", "tip", "guidance", "hinweis", "anmerkung", "erläuterung")


class Passage(NamedTuple):
    """A block with its role, the headings above it and the number of unfilled marks in it."""

    block: Block
    role: str
    heading: str | None
    marks: int


class _Sought(NamedTuple):
    """Which of the words that patterns are tried for stand anywhere in a document: most documents have few of them."""

    marks: placeholders.Sought
    advice: tuple[str, ...]
    demands: tuple[str, ...]
    notes: tuple[str, ...]


def passages(blocks: Iterable[Block]) -> Iterator[Passage]:
    """Judge each block in reading order; what stands under `Contents` or `Example:` depends on what came before.

    Under a heading such as `Example` all is one, down to the next heading of its level.
    """
    blocks = list(blocks)
    sought = _sought("\n".join([block.text for block in blocks]))
    may_hold = any(sought.marks)
    path: list[tuple[int, str]] = []
    above: str | None = None
    under = ""
    for block in blocks:
        if block.kind == "heading" and not block.mark:
            path = [*(step for step in path if step[0] < block.level), (block.level, block.text)]
            above = " > ".join(text for _, text in path) or None
            example = any(_EXAMPLE.fullmatch(text) for _, text in path)
            under = "contents" if _CONTENTS.fullmatch(block.text) else "example" if example else ""
        elif len(block.text) < _SHORT and _EXAMPLE.fullmatch(block.text):
            under = "example"
        elif under == "contents" and not _belongs_to_contents(block):
            under = ""
        if block.mark in {"comment", "contents"}:
            marks = 0
        else:
            marks = (placeholders.count(block.text, sought.marks) if may_hold else 0) + block.blank
        role = _role(block, under, marks, sought)
        yield Passage(block, role, None if role == "header_footer" else above, 0 if role == "contents" else marks)


def _sought(text: str) -> _Sought:
    held = placeholders.Held.by(text)
    return _Sought(placeholders.sought(text, held), *map(held.of, (_ADVICE, _DEMANDS, _NOTES)))


def without_blank_particulars(judged: Iterable[Passage]) -> list[Passage]:
    """Take `Checked by: (blank)` in a head table for a particular that is missing, not for a blank left in the text.

    For documents that are no forms and no templates. The row stays visible, and is neither evidence nor a placeholder.
    """
    return [
        passage._replace(role="header_footer", marks=0)
        if passage.role == "placeholder" and passage.marks == 1 and _is_particular(passage.block)
        else passage
        for passage in judged
    ]


def settled(judged: list[Passage], *, unfilled: bool) -> list[Passage]:
    """Take italics for what they are: advice to the author in a form or template, mere emphasis elsewhere."""
    if unfilled:
        return judged
    return [
        passage._replace(role="table" if passage.block.kind == "row" else "content")
        if passage.role == "instruction"
        and passage.block.mark == "instruction"
        and not _INSTRUCTION.search(passage.block.text)
        else passage
        for passage in judged
    ]


def _is_particular(block: Block) -> bool:
    """Say whether a row without values is one of version, owner, approval: by its labels, or by its first cell."""
    if not block.blank or not block.pairs:
        return False
    return all(is_known(folded(label)) for label, _ in block.pairs) or is_known(folded(block.pairs[0][1]))


def _belongs_to_contents(block: Block) -> bool:
    return block.mark in {"contents", "header_footer"} or _CONTENTS_LINE.match(block.text) is not None


def _role(block: Block, under: str, marks: int, sought: _Sought) -> str:
    """Name what a block is; the first that holds, from the surest to the plainest."""
    text = block.text
    if block.mark == "comment" or (block.mark == "header_footer" and not marks):
        return block.mark
    if under == "contents" or block.mark == "contents" or _leads_to_page(text):
        return "contents"
    advice = "]" in text[-6:] and placeholders.demands(text)
    if marks and not advice:
        return "placeholder"
    if block.mark in {"guidance", "instruction", "quote"} and not advice:
        return block.mark
    if advice or (sought.advice and _instructs(text, sought.advice)):
        return "instruction"
    if block.kind == "heading":
        return "heading"
    if under == "example" or ((sought.notes or sought.demands) and _guides(text[:_LONG], sought)):
        return "guidance"
    if text[:1] in _OPENING and _QUOTED.fullmatch(text):
        return "quote"
    return "table" if block.kind == "row" else "content"


def _leads_to_page(text: str) -> bool:
    if text[-1:] not in _PAGE_ENDS:
        return False
    for dots in _DOTS:
        if dots in text:
            return _LEADERS.search(text[-_LONG:]) is not None
    return False


def _instructs(text: str, advice: Iterable[str]) -> bool:
    small = text.casefold()
    for word in advice:
        if word in small:
            return _INSTRUCTION.search(small) is not None
    return False


def _guides(text: str, sought: _Sought) -> bool:
    small = text.casefold()[:_LONG]
    if small.startswith(sought.notes):
        return _GUIDANCE.search(text) is not None
    for word in sought.demands:
        if word in small:
            return _GUIDANCE.search(text) is not None
    return False
