"""The file of attestations: answers of persons as TOML that is only ever added to, and how an audit reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qmscheck import toml
from qmscheck.cells import visible
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.extracts import Batch, Extract, Request, Rows
from qmscheck.model import SignedAnswer
from qmscheck.persons.adding import replace
from qmscheck.toml import Document

__all__ = ["add", "extract", "read", "written"]

_HEADER = re.compile(r"[ \t]*\[\[[ \t]*attestation[ \t]*\]\]")
_COLUMNS = (
    "obligation",
    "answer",
    "statement",
    "refs",
    "by",
    "role",
    "on",
    "valid_until",
    "independent_of",
    "question",
    "seen",
)


@dataclass(frozen=True)
class AttestationFile:
    """A file of attestations as it was read; `lines` says where each answer begins."""

    document: Document
    answers: tuple[SignedAnswer, ...]
    lines: tuple[int, ...]


def read(path: Path, name: str) -> AttestationFile:
    """Read a file of attestations; `name` is how messages call it. Raises QmscheckError with every mistake in it."""
    return _read(path.read_bytes() if path.exists() else b"", name)


def extract(request: Request) -> Iterator[Extract]:
    """Give the answers as records of the table of attestations. Raises QmscheckError with every mistake in the file."""
    if request.path is None:
        raise QmscheckError(
            Problem("", 0, 0, "the reader 'attestations' needs a path", 'write path = "attestations.toml"')
        )
    try:
        raw = request.path.read_bytes()
    except OSError as error:
        raise QmscheckError(Problem(request.path.name, 0, 0, f"cannot be read: {error.strerror}")) from None
    found = _read(raw, request.path.name)
    cells = tuple(map(list, zip(*map(_cells, found.answers), strict=True)))
    batches = [Batch(cells, rows=list(found.lines))] if found.answers else []
    yield Extract(request.table, request.path, _COLUMNS, Rows(batches), (request.path,), first_row=2)


def add(path: Path, name: str, answers: Sequence[SignedAnswer]) -> tuple[SignedAnswer, ...]:
    """Add answers at the end of the file, all or none, and give those that were not there already.

    What is in the file stays as it is, byte for byte. Raises QmscheckError where the file has mistakes, cannot be
    written, or where somebody else is writing.
    """
    path = path.resolve()  # a link stays one: what it leads to is written
    before = path.read_bytes() if path.exists() else b""
    known = _read(before, name)
    new = tuple(answer for answer in dict.fromkeys(answers) if answer not in known.answers)
    if not new:
        return ()
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    after = before + gap + "\n".join(map(written, new)).encode()
    if _read(after, name).answers != (*known.answers, *new):
        raise QmscheckError(Problem(name, 0, 0, "the end of the file takes no answer", "end it after a whole answer"))
    replace(path, name, before, after, "an answer")
    return new


def written(answer: SignedAnswer) -> str:
    """Write an answer as it stands in the file."""
    lines = ["[[attestation]]"]
    for key, value in answer.model_dump(exclude_none=True, exclude={"seen", "references"}).items():
        lines.append(f"{key} = {toml.text(value) if isinstance(value, str) else value}")
    lines.append(f"references = [{', '.join(map(toml.text, answer.references))}]")
    seen = [f"  {{ path = {toml.text(was.path)}, sha256 = {toml.text(was.sha256)} }}," for was in answer.seen]
    lines += ["seen = [", *seen, "]"] if seen else []
    return "\n".join(lines) + "\n"


def _cells(answer: SignedAnswer) -> list[str | None]:
    seen = json.dumps([[was.path, was.sha256] for was in answer.seen]) if answer.seen else None
    return [
        answer.obligation,
        answer.answer,
        answer.statement,
        "; ".join(answer.references) or None,
        answer.by,
        answer.role,
        answer.on.isoformat(),
        answer.valid_until.isoformat(),
        answer.independent_of,
        answer.question,
        seen,
    ]


def _read(raw: bytes, name: str) -> AttestationFile:
    document = toml.parse(raw, name)
    for key in document.value:
        if key != "attestation":
            hint = did_you_mean(key, ["attestation"]) or "a file of attestations holds [[attestation]] and nothing else"
            document.add(document.problem((key,), f"unknown key '{key}'", hint, key=True))
    listed = document.value.get("attestation", [])
    if not isinstance(listed, list):
        hint = "write [[attestation]], with two brackets"
        document.add(document.problem(("attestation",), "'attestation' should be a list of tables", hint, key=True))
        listed = []
    found = []
    for number, one in enumerate(listed):
        answer = document.check(SignedAnswer, one, ("attestation", number))
        if answer is not None:
            _check(document, number, answer)
            found.append(answer)
    if document.problems:
        raise QmscheckError(*document.problems)
    return AttestationFile(document, tuple(found), tuple(_lines(document, len(listed))))


def _check(document: Document, number: int, answer: SignedAnswer) -> None:
    for key in ("obligation", "question", "statement", "by", "role"):
        if visible(getattr(answer, key)) is None:
            document.add(document.problem(("attestation", number, key), f"'{key}' should not be empty"))
    if answer.valid_until < answer.on:
        message = f"it ends ({answer.valid_until}) before it was given ({answer.on})"
        document.add(document.problem(("attestation", number, "valid_until"), message))


def _lines(document: Document, count: int) -> list[int]:
    """Find the lines of the answers, without the parser that locates everything unless it is needed."""
    lines = [number for number, row in enumerate(document.lines, 1) if _HEADER.match(row)]
    if len(lines) == count:
        return lines
    return [document.place(("attestation", number)).line for number in range(count)]
