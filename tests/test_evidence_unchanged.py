"""What was judged is what is there when the audit ends; an audit changes no evidence itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from folders import HEADER

from qmscheck import plan, plugins
from qmscheck.audit import conduct
from qmscheck.errors import QmscheckError
from qmscheck.evidence.unchanged import changed, mark, sha256
from qmscheck.model import AuditRecord
from qmscheck.plan import Overrides

TODAY = dt.date(2026, 11, 20)
EXAMPLE = Path(__file__).parents[1] / "examples" / "repair-shop"
RULE = """
[table.notes]
purpose = "Notes."
key = "id"
[table.notes.columns]
id = { type = "text" }

[[rule]]
id = "T.1"
obligation = "T"
title = "Known"
each = "notes"
must = "id <> 'x'"
statement = "{unmet} of {population}."
"""


def audited(folder: Path, meanwhile: Callable[[Path], object]) -> AuditRecord:
    """Audit two notes; `meanwhile` is done with their file when the first rule is judged."""
    (folder / "rules.toml").write_text(HEADER + RULE, "utf-8")
    (folder / "notes.csv").write_text("id\na\nb\n", "utf-8")
    (folder / "qmscheck.toml").write_text(
        '[audit]\norganization = "O"\nscope = "S"\nrulesets = ["rules.toml"]\n'
        '[[source]]\ntable = "notes"\npath = "notes.csv"\n',
        "utf-8",
    )
    found = plugins.load()
    planfile = plan.read(folder, found.readers, Overrides(today=TODAY), found.rulesets, found.engines)
    steps: list[str] = []

    def told(step: str) -> None:
        if step == "judging T.1" and step not in steps:
            meanwhile(folder / "notes.csv")
        steps.append(step)

    record = conduct(planfile, found, threads=1, progress=told)
    assert "judging T.1" in steps
    return record


def test_evidence_that_nobody_writes_is_told_of(tmp_path: Path) -> None:
    record = audited(tmp_path, lambda _file: None)
    assert record.gate.result == "READY"
    assert record.evidence[0].sha256 == hashlib.sha256(b"id\na\nb\n").hexdigest()


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda file: file.write_text("id\na\nx\n", "utf-8"),
        lambda file: file.write_text("id\na\nb\nx\n", "utf-8"),
        lambda file: file.unlink(),
    ],
    ids=["other bytes of the same length", "one more record", "gone"],
)
def test_no_audit_is_told_of_evidence_that_was_written_meanwhile(
    tmp_path: Path, meanwhile: Callable[[Path], object]
) -> None:
    with pytest.raises(QmscheckError) as error:
        audited(tmp_path, meanwhile)
    (problem,) = error.value.problems
    assert problem.path == "notes.csv"
    assert "written while it was audited" in problem.message


def test_evidence_that_only_has_another_place_on_the_disk_and_other_rights_has_not_changed(tmp_path: Path) -> None:
    def moved(file: Path) -> None:
        copy = file.with_suffix(".copy")
        shutil.copy2(file, copy)
        copy.replace(file)
        file.chmod(0o400)

    assert audited(tmp_path, moved).gate.result == "READY"


def test_a_file_is_changed_when_its_bytes_are(tmp_path: Path) -> None:
    one, two, lost = tmp_path / "one", tmp_path / "two", tmp_path / "lost"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    files = [one, two, lost]
    marks, digests = {file: mark(file) for file in files}, {file: sha256(file) for file in files}
    assert (marks[lost], digests[lost]) == (None, None)
    assert changed(marks, digests) == []
    two.write_bytes(b"3")
    assert changed(marks, digests) == [two]


def test_a_file_that_was_written_after_it_was_read_and_before_it_was_hashed_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"1")
    before = {file: mark(file)}
    file.write_bytes(b"12")
    assert changed(before, {file: sha256(file)}) == [file]
    os.utime(file, (1, 1))
    assert changed({file: mark(file)}, {file: "of other bytes"}) == []
    file.chmod(0o400)
    assert changed({file: replace(mark(file), changed=0)}, {file: "of other bytes"}) == [file]


def test_an_audit_changes_nothing_in_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "firm"
    shutil.copytree(EXAMPLE, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        path.chmod(0o444)
    before = {path: (mark(path), sha256(path)) for path in files}
    found = plugins.load()
    conduct(plan.read(folder, found.readers, Overrides(today=TODAY), found.rulesets, found.engines), found)
    assert {path: (mark(path), sha256(path)) for path in sorted(folder.rglob("*")) if path.is_file()} == before
