"""What is fuzzed: each reader by each of its endings, the plan and the ruleset. Law 5: a record or a located error.

A target raises `BrokenError` (or whatever the product raised) where the law does not hold.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz.seeds import seeds
from qmscheck_documents.asking import PARSERS, Asked
from qmscheck_documents.blocks import Refused
from qmscheck_documents.document import examine

from qmscheck import Extract, Reader, Request, Rows, Unread, plugins
from qmscheck.cli import main
from qmscheck.errors import QmscheckError

__all__ = ["PLAN", "RULESET", "BrokenError", "Target", "audit", "audit_of", "named", "targets"]


_FIRM = Path(__file__).parent / "firm"
PLAN = (_FIRM / "qmscheck.toml").read_text("utf-8")
RULESET = (_FIRM / "ruleset.toml").read_text("utf-8")
_TODAY = dt.date(2026, 11, 20)
_OPTIONS: Mapping[str, tuple[Mapping[str, str | int], ...]] = {
    "csv": (
        {}, {}, {}, {"header_rows": 2}, {"short_rows": "pad"}, {"delimiter": ";"}, {"encoding": "cp1252"}, {"quote": ""}, {"header_row": 2},
    ),
    "excel": ({}, {}, {"formulas": "mark"}, {"header_row": 2}),
    "json": ({}, {}, {"records": "result"}),
}  # fmt: skip


class BrokenError(AssertionError):
    """The law does not hold."""


@dataclass(frozen=True)
class Target:
    """What takes bytes: it raises where they are not answered as the law demands.

    `kind` is the table that they are evidence of; None for a plan or a ruleset.
    """

    name: str
    suffix: str
    run: Callable[[Path, bytes], None]
    seeds: Callable[[], list[bytes]]
    kind: str | None = None


def targets() -> dict[str, Target]:
    """Give every target by name: `csv`, `xlsx`, `md` ..., `plan`, `ruleset`."""
    found = {}
    for reader in plugins.load().readers.values():
        for suffix in () if "/" in reader.suffixes else reader.suffixes:
            found[suffix.strip(".")] = Target(
                suffix.strip("."), suffix, _table(reader, suffix), _seeds(suffix), "complaints"
            )
    for suffix in PARSERS:
        name = suffix.strip(".") if suffix.strip(".") not in found else f"document-{suffix.strip('.')}"
        found[name] = Target(name, suffix, _document(suffix), _seeds(suffix), "documents")
    found["plan"] = Target("plan", ".toml", _plan, lambda: [PLAN.encode()])
    found["ruleset"] = Target("ruleset", ".toml", _ruleset, lambda: [RULESET.encode()])
    return found


def _seeds(suffix: str) -> Callable[[], list[bytes]]:
    return lambda: seeds(suffix)


# ---------------------------------------------------------------- readers


def _table(reader: Reader, suffix: str) -> Callable[[Path, bytes], None]:
    def run(folder: Path, content: bytes) -> None:
        path = folder / f"complaints{suffix}"
        path.write_bytes(content)
        choices = _OPTIONS.get(reader.name, ({},))
        options = choices[zlib.crc32(content) % len(choices)]
        with _scratch(folder) as scratch:
            request = Request("complaints", path, options, _TODAY, scratch, folder)
            if _read(reader, request):
                audit_of(folder, path.name, options)
            for held in reader.holds(request) if reader.holds else ():
                _read(reader, Request("complaints", path, held.options, _TODAY, scratch, folder))

    return run


def _read(reader: Reader, request: Request) -> bool:
    """Read a file to its end; tell whether the engine itself has to parse it."""
    parts = 0
    by_engine = False
    try:
        for part in reader.read(request):
            parts += 1
            if isinstance(part, Unread):
                _hold(bool(part.detail) and part.path == request.path, f"an unread file without a reason: {part}")
            elif isinstance(part, Extract):
                by_engine = by_engine or not isinstance(part.content, Rows)
                _batches(part)
    except QmscheckError as error:  # an option that does not fit the file
        _hold(bool(error.problems), "a refusal without a reason")
        return False
    _hold(parts > 0, "neither records nor a reason")
    return by_engine


def _batches(extract: Extract) -> None:
    if not isinstance(extract.content, Rows):
        return
    last = 0
    for batch in extract.content.batches:
        _hold(len(batch.columns) == len(extract.columns), "columns without a heading")
        _hold(batch.rows is not None, "records without a row number")
        rows = batch.rows or []
        _hold({len(column) for column in batch.columns} <= {len(rows)}, "columns of different lengths")
        _hold(all(a < b for a, b in zip([last, *rows], rows, strict=False)), "row numbers that do not rise")
        last = rows[-1] if rows else last
        for column in batch.columns:
            for cell in column:
                if cell is not None:
                    cell.encode("utf-8")


def _document(suffix: str) -> Callable[[Path, bytes], None]:
    def run(folder: Path, content: bytes) -> None:
        del folder
        asked: Any = {"name": f"a{suffix}", "below": f"a{suffix}", "suffix": suffix, "content": content}
        found = examine(Asked(**asked))
        if isinstance(found, Refused):
            _hold(bool(found.reason and found.detail), "a refusal without a reason")
            return
        columns = (found.texts, found.lines, found.on_pages, found.headings, found.cells, found.roles, found.languages)
        json.dumps([found.document, columns, found.notes], ensure_ascii=False).encode("utf-8")
        _hold(len({len(column) for column in columns}) == 1, "passages without a place")
        _hold(bool(found.texts or found.scanned or found.unread), "neither passages nor a reason")

    return run


# ---------------------------------------------------------------- whole audits


def audit(folder: Path, *words: str) -> dict[str, Any] | None:
    """Audit a folder by the command, in this process; give the record, or None where the audit was refused."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["audit", str(folder), "--output-format", "json", "--no-cache", "--threads", "1", *words])
    printed, told = (stream.buffer.getvalue().decode("utf-8") for stream in map(_flushed, (out, err)))
    _hold("Traceback" not in told and "defect in qmscheck" not in told, told)
    _hold(code in {0, 1, 2, 3}, f"exit code {code}")
    _hold((code == 2) == told.startswith("No audit was performed.\n"), f"exit code {code} says {told!r}")
    _hold((code == 2) == (printed == ""), f"exit code {code} prints {printed[:200]!r}")
    if code == 2:
        _hold(len(told.splitlines()) > 1, "a refusal without a reason")
        return None
    record: dict[str, Any] = json.loads(printed)
    _hold(code == {"READY": 0, "NOT READY": 1, "CANNOT TELL": 3}[record["gate"]["result"]], "another exit code")
    _sound(record)
    return record


def audit_of(folder: Path, name: str, options: Mapping[str, str | int] | None = None) -> dict[str, Any] | None:
    """Audit one file as the complaints of the firm."""
    own = "".join(f"{key} = {json.dumps(value)}\n" for key, value in (options or {}).items())
    _firm(folder)
    plan = PLAN.replace('path = "complaints.csv"\n', f'path = "{name}"\n{own}')
    (folder / "qmscheck.toml").write_text(plan, "utf-8")
    record = audit(folder)
    if record is not None:
        named(record, name)
    return record


def named(record: Mapping[str, Any], path: str) -> None:
    """Tell whether a file was read, or is listed with a reason."""
    read = {one["locator"] for one in record["evidence"]} | {
        f["path"] for one in record["evidence"] for f in one["files"]
    }
    limits = {limit["id"] for limit in record["limits"]}
    _hold(any(place == path or place.startswith(f"{path}#") for place in read | limits), f"{path} is named nowhere")


def _plan(folder: Path, content: bytes) -> None:
    _firm(folder)
    (folder / "qmscheck.toml").write_bytes(content)
    audit(folder)


def _ruleset(folder: Path, content: bytes) -> None:
    _firm(folder)
    (folder / "ruleset.toml").write_bytes(content)
    audit(folder)


def _firm(folder: Path) -> None:
    """Write what is good of the firm; its complaints, if there are none yet."""
    for path in _FIRM.iterdir():
        shutil.copy(path, folder / path.name)
    if not any(folder.glob("complaints.*")):
        (folder / "complaints.csv").write_bytes(seeds(".csv")[0])


def _sound(record: Mapping[str, Any]) -> None:
    """Tell whether nothing got lost, and nothing broke on the way."""
    for finding in record["findings"]:
        tally = finding["tally"]
        if tally is not None and tally["population"] is not None:
            _hold(tally["population"] == tally["met"] + tally["unmet"] + tally["unreadable"], f"a gap: {finding}")
        _hold(finding["verdict"] != "error", f"a rule that failed to run: {finding['rule']}: {finding['reason']}")
    for limit in record["limits"]:
        failed = "failed: " in limit["detail"] and "the reader '" in limit["detail"]
        _hold(not failed and "exit code" not in limit["detail"], f"a reader that broke: {limit}")


def _hold(truth: bool, otherwise: str) -> None:
    if not truth:
        raise BrokenError(otherwise)


def _flushed(stream: io.TextIOWrapper) -> Any:
    stream.flush()
    return stream


@contextlib.contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    scratch = Path(tempfile.mkdtemp(dir=folder))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
