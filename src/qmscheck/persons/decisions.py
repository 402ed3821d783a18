"""The decisions file: what persons decided about findings, as TOML that is only ever added to.

An entry is a `[[decision]]`. Entries are never changed or taken out: a later one about the same takes the place of an
earlier one. Reading keeps every mistake at its place; adding writes the whole file with one more entry, or nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmscheck.cells import visible
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.model import Decision, DecisionKind, Grade, Location
from qmscheck.persons.adding import replace
from qmscheck.toml import Document, Loc, parse

__all__ = ["FILE", "DecisionFile", "add", "read", "written"]

#: The name beside the plan, where the plan names no other.
FILE = "decisions.toml"

_TEXTS = ("by", "role", "why", "rule", "obligation", "key", "correction", "cause", "action", "owner", "verified_by")
_RESPONSE = ("correction", "cause", "action", "owner", "due", "verified_on", "verified_by")
_SIGNED = ("kind", "by", "role", "on", "why", "withdrawn")
_FOUND = ("fingerprint", "rule", "obligation")
#: What each kind of entry may hold beside its signature, and what it must.
_MAY: Mapping[DecisionKind, tuple[str, ...]] = {
    DecisionKind.GRADE: (*_FOUND, "from", "to"),
    DecisionKind.WAIVER: (*_FOUND, "from", "until", "key", "unit"),
    DecisionKind.RISK: (*_FOUND, "from", "until", "key", "unit"),
    DecisionKind.NOT_APPLICABLE: ("obligation", "until"),
    DecisionKind.RESPONSE: (*_FOUND, *_RESPONSE),
}
_MUST: Mapping[DecisionKind, tuple[str, ...]] = {
    DecisionKind.GRADE: ("fingerprint", "why", "from", "to"),
    DecisionKind.WAIVER: ("fingerprint", "why", "until"),
    DecisionKind.RISK: ("fingerprint", "why", "until"),
    DecisionKind.NOT_APPLICABLE: ("obligation", "why"),
    DecisionKind.RESPONSE: ("fingerprint",),
}
_WHY_NEEDED = {
    "until": "it needs a last day: what has no end is no exception but a change of the rule",
    "why": "it needs a reason",
    "from": "write the grade that was proposed: when the proposal changes, the decision is looked at again",
    "to": "write major, minor, opportunity, or none where it is no finding",
    "fingerprint": "qmscheck explain RULE prints the fingerprint of a finding",
    "obligation": "write the id of the obligation",
}
_FINAL = (*(grade.value for grade in Grade), "none")
#: The order in which an entry is written.
_ORDER = ("kind", *_FOUND, "key", "unit", "from", "to", "until", *_RESPONSE, "withdrawn", "by", "role", "on", "why")


@dataclass(frozen=True)
class DecisionFile:
    """A decisions file as it was read; `place` is relative to the plan.

    `numbers` says for each decision which entry of the file it is.

    Mistakes stand in `document.problems`; an entry with a mistake is no decision.
    """

    document: Document
    place: str
    sha256: str
    decisions: tuple[Decision, ...]
    numbers: tuple[int, ...]
    entries: int

    def problem(self, number: int, message: str, hint: str | None = None, key: str | None = None) -> Problem:
        """Say what is to be said of a decision, at its place (or that of one of its keys)."""
        loc: Loc = ("decision", self.numbers[number], *([key] if key else []))
        return self.document.problem(loc, message, hint)


def read(path: Path, name: str, place: str | None = None) -> DecisionFile:
    """Read a decisions file; `name` is how messages call it, `place` how the record does (relative to the plan).

    Raises QmscheckError where it is no TOML file. What is wrong with an entry is kept in `document.problems`.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise QmscheckError(Problem(name, 0, 0, f"cannot be read: {error.strerror}")) from None
    file = _read(raw, name, place or name)
    _check_withdrawals(file)
    return file


def add(path: Path, name: str, entry: Decision) -> str:
    """Add an entry at the end of the file, whole or not at all, and give the lines that were added.

    A link stays one: what it leads to is written. Raises QmscheckError where the file, or the entry, has mistakes, or
    where somebody else is writing.
    """
    path = path.resolve()
    before = path.read_bytes() if path.exists() else b""
    known = _read(before, name, name)
    lines = written(entry)
    try:
        alone = _read(lines.encode(), "the new entry", name).document
    except UnicodeEncodeError:
        raise QmscheckError(Problem("the new entry", 0, 0, "holds a text that is not UTF-8")) from None
    if known.document.problems or alone.problems:
        raise QmscheckError(*known.document.problems, *alone.problems)
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    after = before + gap + lines.encode()
    whole = _read(after, name, name)
    if len(whole.decisions) != len(known.decisions) + 1:
        raise QmscheckError(Problem(name, 0, 0, "the end of the file takes no entry", "end it after a whole entry"))
    _check_withdrawals(whole)
    if whole.document.problems:
        raise QmscheckError(*whole.document.problems)
    replace(path, name, before, after, "a decision")
    return lines


def written(entry: Decision) -> str:
    """Write an entry as it stands in the file."""
    value = entry.model_dump(by_alias=True, exclude_none=True, exclude={"location", "state"})
    lines = [f"{key} = {_toml(value[key])}" for key in _ORDER if key in value and value[key] is not False]
    return "\n".join(["[[decision]]", *lines]) + "\n"


def _toml(value: Any) -> str:
    """Write a value in TOML: JSON's text is TOML's, but for one character."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") if isinstance(value, str) else str(value)


# ---------------------------------------------------------------- reading entries


def _read(raw: bytes, name: str, place: str) -> DecisionFile:
    document = parse(raw, name)
    found: list[Decision] = []
    numbers: list[int] = []
    listed = _entries(document)
    for number, one in enumerate(listed):
        entry = _entry(document, number, one, place)
        if entry is not None:
            found.append(entry)
            numbers.append(number)
    digest = hashlib.sha256(raw).hexdigest()
    return DecisionFile(document, place, digest, tuple(found), tuple(numbers), len(listed))


def _entries(document: Document) -> list[Any]:
    for key in document.value:
        if key != "decision":
            hint = did_you_mean(key, ["decision"]) or "a decisions file holds [[decision]] and nothing else"
            document.add(document.problem((key,), f"unknown key '{key}'", hint, key=True))
    listed = document.value.get("decision", [])
    if isinstance(listed, list) and all(isinstance(one, Mapping) for one in listed):
        return listed
    hint = "write [[decision]], with two brackets"
    document.add(document.problem(("decision",), "'decision' should be a list of tables", hint, key=True))
    return []


def _entry(document: Document, number: int, raw: Mapping[str, Any], path: str) -> Decision | None:
    """Check one entry: its types, its signature, and what its kind must and may hold."""
    loc = ("decision", number)
    before = len(document.problems)
    if isinstance(raw.get("to"), str) and raw["to"] not in _FINAL:
        document.add(document.problem((*loc, "to"), f"'to' should be {', '.join(_FINAL)}: not '{raw['to']}'"))
        return None
    entry = document.check(Decision, raw, loc)
    if entry is None:
        return None
    for key in _TEXTS:
        if isinstance(raw.get(key), str) and visible(raw[key]) is None:
            document.add(document.problem((*loc, key), f"'{key}' should not be empty"))
    _check_kind(document, loc, entry, raw)
    _check_days(document, loc, entry)
    if len(document.problems) > before:
        return None
    return entry.model_copy(update={"location": Location(path=path, row=document.place(loc).line)})


def _check_kind(document: Document, loc: Loc, entry: Decision, raw: Mapping[str, Any]) -> None:
    a = "an entry about 'not-applicable'" if entry.kind is DecisionKind.NOT_APPLICABLE else f"a {entry.kind}"
    for key in raw:
        if key not in (*_SIGNED, *_MAY[entry.kind]):
            hint = f"it may hold {', '.join(_MAY[entry.kind])}"
            document.add(document.problem((*loc, key), f"{a} has no '{key}'", hint, key=True))
    needed = dict.fromkeys(_MUST[entry.kind])
    if entry.withdrawn:
        needed = {key: None for key in (*needed, "why") if key in {"fingerprint", "obligation", "why"}}
    for key in needed:
        if key not in raw:
            document.add(document.problem(loc, f"{a} without '{key}' is refused", _WHY_NEEDED[key]))
    if entry.kind is DecisionKind.RESPONSE and not entry.withdrawn and not any(key in raw for key in _RESPONSE):
        document.add(document.problem(loc, "a response says nothing", f"it may hold {', '.join(_RESPONSE)}"))
    if (entry.verified_on is None) != (entry.verified_by is None):
        message = "whether it works is verified by somebody and on a day: write verified_on and verified_by"
        document.add(document.problem(loc, message))


def _check_withdrawals(file: DecisionFile) -> None:
    """Refuse an entry that takes back nothing: what somebody believes withdrawn would go on counting."""
    before = set()
    for at, entry in enumerate(file.decisions):
        if entry.withdrawn and entry.about not in before:
            message = f"this {entry.kind} takes back nothing: no entry before it is about the same"
            hint = "write kind, fingerprint (or obligation), key and unit as they stand in the entry that is withdrawn"
            file.document.add(file.problem(at, message, hint, "withdrawn"))
        before.add(entry.about)


def _check_days(document: Document, loc: Loc, entry: Decision) -> None:
    if entry.until is not None and entry.until < entry.on:
        message = f"it ends ({entry.until}) before it was decided ({entry.on})"
        document.add(document.problem((*loc, "until"), message))
    if entry.verified_on is not None and entry.verified_on > entry.on:
        message = f"it was verified ({entry.verified_on}) after the entry was written ({entry.on})"
        document.add(document.problem((*loc, "verified_on"), message, "add a new entry on the day of verification"))
