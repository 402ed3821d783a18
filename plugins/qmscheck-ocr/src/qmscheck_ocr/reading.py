"""One request read: the scanned pages below a path as passages, each file by a process of its own.

Only passages: whether a scan was approved, and by whom, stays unknown, because a misread letter must not decide it.
What was read with little confidence is no passage: its page is named as unread.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from qmscheck_documents.asking import PASSAGES
from qmscheck_documents.blocks import Block
from qmscheck_documents.folder import files, relative
from qmscheck_documents.kinds import kind_of
from qmscheck_documents.roles import Passage, passages

from qmscheck import Batch, Extract, Problem, QmscheckError, Request, Rows, Unread

__all__ = ["read"]

_SUFFIXES = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})
#: Seconds and bytes that the reading of one file may take.
_SECONDS = 300
_MEMORY = 2 << 30
#: Mean confidence of a page's words, in per cent, below which they are taken for noise. A convention of this reader.
_LEAST = 60.0
_LANGUAGES = re.compile(r"[A-Za-z_]{2,30}(\+[A-Za-z_]{2,30})*")

_Page = tuple[int, list[tuple[str, float]]]


def read(request: Request) -> Iterator[Extract | Unread]:
    """Read the scans of a folder or one file. Raises QmscheckError where tesseract, or a language, is not there."""
    path = request.path or request.root
    languages = _languages(request)
    rows: list[tuple[str | None, ...]] = []
    places: list[tuple[str, Passage]] = []
    seen: list[Path] = []
    notes: list[str] = [f"scans were read by {_version()} with {languages}; letters may be wrong"]
    for file in files(path):
        if isinstance(file, Unread) or file.suffix.casefold() not in _SUFFIXES:
            continue  # the reader of documents names them
        answer = _answer(file, languages)
        if isinstance(answer, Unread):
            yield answer
            continue
        name = relative(file, request.root)
        for number, found in answer:
            confidence = _confidence(found)
            if confidence < _LEAST:
                told = f"The letters of the page were recognised with a confidence of {confidence:.0f} %: not used."
                yield Unread(file, "no-text-layer", told, number)
                continue
            notes.append(f"{name} page {number}: read with a confidence of {confidence:.0f} %")
            places += [(name, one) for one in passages([Block("paragraph", t, page=number) for t, _ in found])]
        seen.append(file)
    for number, (name, one) in enumerate(places, 1):
        rows.append(_row(name, number, one))
    if rows:
        batch = _batch(rows, places)
        yield Extract("passages", path, PASSAGES, Rows([batch]), tuple(seen), notes=tuple(notes), worded="text")
    elif not seen:
        yield Unread(path, "empty", "There is no scan that could be read.")
    else:
        yield Unread(path, "empty", "No page is a picture of text that could be read.")


def _row(name: str, number: int, one: Passage) -> tuple[str | None, ...]:
    stem = Path(name).stem
    values = {
        "passage_id": f"{name}#scan{number}",
        "document": name,
        "document_title": stem,
        "document_kind": kind_of(name, stem, [], unfilled=False),
        "page": str(one.block.page),
        "heading": one.heading,
        "paragraph": str(number),
        "role": one.role,
        "text": one.block.text,
    }
    return tuple(values.get(column) for column in PASSAGES)


def _batch(rows: Sequence[tuple[str | None, ...]], places: Sequence[tuple[str, Passage]]) -> Batch:
    return Batch(
        columns=tuple(list(column) for column in zip(*rows, strict=True)),
        rows=[0] * len(rows),
        pages=[one.block.page for _, one in places],
        headings=[one.heading for _, one in places],
        paragraphs=list(range(1, len(rows) + 1)),
        paths=[name for name, _ in places],
    )


def _answer(file: Path, languages: str) -> list[_Page] | Unread:
    """Let a process of its own read a file."""
    command = [sys.executable, "-m", "qmscheck_ocr.recognition", str(file), languages, str(_MEMORY)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Unread(file, "timeout", f"Reading the scan took longer than {_SECONDS} seconds.")
    if done.returncode != 0:
        return Unread(file, "crashed", f"The process that read the scan ended with {done.returncode}.")
    told = json.loads(done.stdout)
    if "refused" in told:
        return Unread(file, "corrupt", f"The scan cannot be read: {told['refused']}.")
    return [(number, [(text, mean) for text, mean in found]) for number, found in told["pages"]]


def _confidence(found: Sequence[tuple[str, float]]) -> float:
    letters = sum(len(text) for text, _ in found)
    return sum(len(text) * mean for text, mean in found) / letters if letters else 0.0


def _languages(request: Request) -> str:
    asked = str(request.options.get("languages", "eng"))
    if shutil.which("tesseract") is None:
        raise QmscheckError(Problem("", 0, 0, "the program tesseract is not installed", "install tesseract-ocr"))
    if not _LANGUAGES.fullmatch(asked):
        raise QmscheckError(Problem("", 0, 0, f"languages = '{asked}' names no languages", 'as in "deu+eng"'))
    done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)  # noqa: S607
    known = done.stdout.split()
    lost = [name for name in asked.split("+") if name not in known]
    if lost:
        message = f"languages: tesseract has no data for '{lost[0]}'"
        raise QmscheckError(Problem("", 0, 0, message, f"install tesseract-ocr-{lost[0]}"))
    return asked


def _version() -> str:
    done = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False)  # noqa: S607
    return (done.stdout or done.stderr).splitlines()[0]
