"""What a document says of itself: version, owner, approval; where it says it twice and differently.

Sources in the order in which they are believed: front matter, rows of the head table and blocks of approvals (see
`approvals`), lines such as `Version: 2.1`, headers and footers, the newest entry of a history of changes, the
properties of the file. A block of approvals that nobody signed is believed before all of them: then nobody approved
the document. The author property of a file is not its owner: word processors fill it in unasked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qmscheck_documents.blocks import Block, Parsed
from qmscheck_documents.dates import iso_date
from qmscheck_documents.labels import bare_step, column_of, folded, labelled
from qmscheck_documents.placeholders import says_nothing
from qmscheck_documents.signing import meant
from qmscheck_documents.wording import normalised

__all__ = ["Particulars", "particulars"]

_HEAD = 80
_TAIL = 12
_DATES = frozenset({"approved_on", "prepared_on", "reviewed_on", "review_due", "modified_on"})
_SIGNINGS = frozenset(f"{step}_{told}" for step in ("prepared", "reviewed", "approved") for told in ("by", "on"))
_BLOCK, _HISTORY = "block of approvals", "history of changes"
_BY = ("prepared_by", "reviewed_by", "approved_by")
_AT_THE_END = _SIGNINGS | {"version"}
#: Columns in which sources may differ: who wrote it is told in many ways, and a program changes title and date.
_NOT_COMPARED = frozenset({"title", "kind", "modified_on", "language", *(_SIGNINGS - {"approved_by", "approved_on"})})
_NOT_OWN = frozenset({"qms", "record", "template", "standard", "iso"})
_TOLD = re.compile(r"\b(?:Version|Rev(?:ision)?\.?|Ausgabe)\s+v?(\d+(?:\.\d+)*)\b")
_SECOND_LABEL = re.compile(r"\s[*_\s|]*(Date|Datum|Signature|Unterschrift)\s*:\s*[*_]*\s*", re.IGNORECASE)
_SHORT = 80
_COMPARED = re.compile(r"\b(?:version|id|revision)$")
#: Blocks of the head of a document, and of its end (True).
_Zones = Sequence[tuple[Block, bool]]


@dataclass(frozen=True, slots=True)
class Particulars:
    """Values for the columns of `documents`, and the contradictions between their sources.

    `contradictions` is `none` where the document names particulars that agree, and None where it names none at all.
    `doubtful` are columns for which it may tell something that is not written like a name, with a sentence.
    """

    values: Mapping[str, str]
    contradictions: str | None
    doubtful: tuple[tuple[str, str], ...] = ()


def particulars(parsed: Parsed) -> Particulars:
    """Gather what the document says of itself from all its sources."""
    doubtful: dict[str, str] = {}
    zones = list(_zones(parsed.blocks))
    sources = {
        "front matter": _folded(parsed.front.items(), doubtful),
        "table": _told(_table_pairs(zones), doubtful),
        _BLOCK: _told(_signings(zones, history=False), doubtful),
        "text": _told(_text_pairs(zones), doubtful),
        "header or footer": _told(_margin_pairs(parsed.blocks), doubtful),
        _HISTORY: _told(_signings(zones, history=True), doubtful),
        "properties": _folded(parsed.properties.items(), doubtful),
    }
    is_form = any(label.startswith("template ") for told in sources.values() for label in told)
    if not is_form:
        sources = {name: {**told, **_own(told, _of_controlled(told))} for name, told in sources.items()}
    values: dict[str, str] = {}
    for told in sources.values():
        for label, value in {**told, **(_own(told, _of_form(told)) if is_form else {})}.items():
            column = column_of(label)
            if column and column not in values:
                values[column] = iso_date(value) if column in _DATES else value
    if _is_open(zones):
        sources = {**sources, _BLOCK: {**sources[_BLOCK], "approved by": "(blank)"}}
        values = {column: value for column, value in values.items() if column not in {"approved_by", "approved_on"}}
    return Particulars(values, _contradictions(sources), tuple(doubtful.items()))


def _folded(pairs: Iterable[tuple[str, str]], doubtful: dict[str, str]) -> dict[str, str]:
    return _told(((folded(label), value) for label, value in pairs), doubtful)


def _told(pairs: Iterable[tuple[str, str]], doubtful: dict[str, str]) -> dict[str, str]:
    """Keep the first value of each label; what is blank or not filled in says nothing, and some is doubtful."""
    told: dict[str, str] = {}
    for said, value in pairs:
        text = normalised(value).strip("* ")
        if says_nothing(text):
            continue
        means = meant(said, text)
        if means is None:
            sentence = f"whether {f'{said}: {text[:_SHORT]}'!r} names a person cannot be told"
            doubtful.setdefault(f"{bare_step(said)}_by", sentence)
            continue
        for label, what in means:
            told.setdefault(label, what)
    return told


def _zones(blocks: list[Block]) -> Iterator[tuple[Block, bool]]:
    """Give the blocks of the head, and those of the end, where approvals stand."""
    seen = [b for b in blocks if b.mark not in {"comment", "contents", "guidance"} and not b.inner]
    yield from ((block, False) for block in seen[:_HEAD])
    yield from ((block, True) for block in seen[max(_HEAD, len(seen) - _TAIL) :])


def _table_pairs(zones: _Zones) -> Iterator[tuple[str, str]]:
    for block, at_end in zones:
        # A register may have a column Owner or Status too; only rows with labels of their own describe the document.
        if block.mark == "header_footer":
            continue
        yield from _kept(_row_pairs(block), at_end=at_end)


def _row_pairs(block: Block) -> Iterator[tuple[str, str]]:
    """Give what a row says of its document, but for what its whole table says of approvals."""
    told = block.signed.told if block.signed is not None and not block.signed.history else ()
    settled = {column_of(label) for label, _ in told}
    for label, value in block.pairs if block.own_labels else ():
        if column_of(folded(label)) not in settled:
            yield folded(label), value
    if block.pairs and not any(label for label, _ in block.pairs):
        for _, value in block.pairs:  # `Marlow Pumps | Version: 3 | Page 1 of 9`
            yield from _line_pairs(value)


def _signings(zones: _Zones, *, history: bool) -> Iterator[tuple[str, str]]:
    """Give what the first block of approvals says, or the newest entry of the first history of changes."""
    found = (b.signed for b, _ in zones if b.signed is not None and b.signed.history is history)
    first = next(found, None)
    yield from first.told if first is not None else ()


def _is_open(zones: _Zones) -> bool:
    """Say whether the document has a block of approvals, or a history of changes, whose approval is blank."""
    found = sorted((b.signed for b, _ in zones if b.signed is not None), key=lambda one: one.history)
    told = next((one for one in found if any(label == "approved by" for label, _ in one.told)), None)
    return told is not None and says_nothing(normalised(dict(told.told)["approved by"]))


def _text_pairs(zones: _Zones) -> Iterator[tuple[str, str]]:
    for block, at_end in zones:
        if block.kind != "row" and block.mark != "header_footer":
            yield from _kept(_line_pairs(block.text), at_end=at_end)


def _margin_pairs(blocks: list[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if block.mark != "header_footer" or block.inner:
            continue
        yield from _row_pairs(block)
        for part in re.split(r"\s*[|•·]\s*|\t+|\s{3,}", block.text):
            yield from _line_pairs(part)
            if len(part) < _SHORT and (found := _TOLD.search(part)):
                yield "version", found[1]


def _line_pairs(text: str) -> Iterator[tuple[str, str]]:
    pair = labelled(text)
    if pair is None:
        return
    label = folded(pair[0])
    value, *rest = _SECOND_LABEL.split(" " + pair[1])
    by = column_of(label)
    if by not in _BY or not rest:
        yield label, value
    elif any(not says_nothing(normalised(told)) for told in rest[1::2]):
        # A name beside a blank date and a blank signature is that of the one who is to sign.
        yield label, value
        yield from (
            (by.replace("_by", " on"), told)
            for asked, told in zip(rest[::2], rest[1::2], strict=True)
            if asked.casefold() in {"date", "datum"}
        )


def _kept(pairs: Iterable[tuple[str, str]], *, at_end: bool) -> Iterator[tuple[str, str]]:
    for label, value in pairs:
        column = column_of(label)
        if not at_end or column in _AT_THE_END:
            yield label, value


def _of_controlled(told: Mapping[str, str]) -> list[str]:
    """Give the prefixes of a procedure's own labels: its `sop_version` is its own, its `qms_version` is not."""
    firsts = [label.rpartition(" ")[0] for label in told if label.endswith((" version", " id"))]
    return [first for first in firsts if first not in _NOT_OWN]


def _of_form(told: Mapping[str, str]) -> list[str]:
    """Give the prefixes of a form's own labels: its `sop_version` is that of the procedure it belongs to."""
    return ["record", "template"] if "record version" in told else ["template", "record"]


def _own(told: Mapping[str, str], firsts: list[str]) -> dict[str, str]:
    own: dict[str, str] = {}
    for column, last, label in (("version", "version", "version"), ("doc_id", "id", "document id")):
        if not any(column_of(known) == column for known in told):
            found = [told[f"{first} {last}"] for first in firsts if f"{first} {last}" in told]
            own |= {label: found[0]} if found else {}
    return own


def _contradictions(sources: Mapping[str, Mapping[str, str]]) -> str | None:
    """Name each label that two sources fill differently; `none` if they agree, None if there is nothing to compare."""
    said: dict[str, dict[str, str]] = {}
    for source, told in sources.items():
        for label, value in told.items():
            column = column_of(label)
            if column == "approved_by" and source in {_BLOCK, _HISTORY} and value != "(blank)":
                continue  # names the person, where the head names the role
            if column in _NOT_COMPARED or (column is None and not _COMPARED.search(label)):
                continue
            said.setdefault(column or label, {}).setdefault(source, value)
    lines = [
        f"{label}: " + ", ".join(f"{source} {value}" for source, value in by_source.items())
        for label, by_source in said.items()
        if len({_comparable(label, value) for value in by_source.values()}) > 1
    ]
    return "; ".join(lines) or ("none" if said else None)


def _comparable(label: str, value: str) -> str:
    if label in _DATES:
        return iso_date(value)
    bare = re.sub(r"[\W_]+", "" if label != "version" else ".", value.casefold()).strip(".")
    return re.sub(r"^(?:v|version|rev|revision)\.?(?=\d)", "", bare)
