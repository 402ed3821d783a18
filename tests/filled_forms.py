"""Filled forms for tests: a made-up audit with two open questions, and what a person may write into its form."""

from __future__ import annotations

import copy
import datetime as dt
import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from firm import GOOD, audit

from qmscheck import plugins, toml
from qmscheck.model import AuditRecord
from qmscheck.persons import filled, form_sheets, form_toml
from qmscheck.persons.filled import Filled
from qmscheck.persons.form_sheets import Fills
from qmscheck.persons.interview import Form, form

READERS = plugins.load().readers
RIGHT: dict[str, Any] = {
    "answer": "yes",
    "statement": "Five letters were read; each is fair.",
    "references": "letters L1 to L5",
    "by": "E. Example",
    "role": "Auditor",
    "on": dt.date(2026, 11, 20),
    "valid_until": dt.date(2027, 11, 20),
    "independent_of": "Service",
}


def made(tmp_path: Path, **plan: Any) -> tuple[AuditRecord, Form]:
    """Audit the firm before anybody answered; its tables have digests as if they had been files."""
    record = audit(tmp_path, copy.deepcopy(GOOD) | {"attestations": []}, **plan)
    evidence = tuple(e.model_copy(update={"sha256": e.table}) for e in record.evidence)
    record = record.model_copy(update={"evidence": evidence})
    return record, form(record)


def digest(path: str) -> str | None:
    """Give the digest of a table's file, as long as nothing has changed."""
    return path.removesuffix(".x") if path.endswith(".x") else None


def of_toml(found: Form, fills: Fills, alter: Callable[[str], str] = str) -> Filled:
    """Write the form as TOML, filled, and read it back."""
    text = alter(form_toml.write(found, fills))
    return filled._of_toml(toml.parse(text.encode(), "form.toml"))


def of_workbook(found: Form, fills: Fills, alter: Callable[[bytes], bytes] = bytes) -> Filled:
    """Write the form as a workbook, filled, and read it back by the installed reader."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        path.write_bytes(alter(form_sheets.write(found, fills)))
        return filled.read(path, "form.xlsx", READERS, Path(folder))


def part_changed(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Change one file inside a workbook."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w") as new:
        for part in old.namelist():
            raw = old.read(part)
            new.writestr(part, change(raw.decode()) if part == name else raw)
    return kept.getvalue()


def texts(found: Filled) -> list[Mapping[str, str | None]]:
    """Give what stands in the rows, without places."""
    names = ("obligation", "prompt", *filled.FIELDS)
    return [{name: row.cells[name].text for name in names} for row in found.rows]
