"""Memory that runs out is told where it did: a rule, a table, or the audit as a whole; never as a pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from folders import HEADER, audited

from qmscheck.engine import EngineError, OutOfMemoryError, embedded
from qmscheck.engine.embedded import Embedded
from qmscheck.errors import QmscheckError
from qmscheck.judge.counting import planner
from qmscheck.model import AuditRecord
from qmscheck.sql.statement import Statement

RULES = """
[table.complaints]
purpose = "Every complaint"
key = "id"
[table.complaints.columns]
id = { type = "text" }
owner = { type = "text" }

[[rule]]
id = "T.owned"
obligation = "T"
title = "Each has an owner"
statement = "Each has an owner."
each = "complaints"
must = "filled(owner)"

[[rule]]
id = "T.once"
obligation = "T"
title = "Each is listed once"
statement = "Each is listed once."
each = "complaints"
unique = ["id"]
"""
SOURCE = '\n[[source]]\ntable = "complaints"\npath = "complaints.csv"\n'
FULL = "Out of Memory Error: failed to allocate data of size 512.0 MiB"


def lacking(monkeypatch: pytest.MonkeyPatch, wanted: Callable[[Statement], bool]) -> None:
    """Let some statements find no memory."""
    real_rows, real_define = Embedded.rows, Embedded.define

    def rows(self: Embedded, statement: Statement) -> list[tuple[object, ...]]:
        if wanted(statement):
            raise OutOfMemoryError(FULL)
        return real_rows(self, statement)

    def define(self: Embedded, name: str, statement: Statement, *, materialise: bool) -> None:
        if wanted(statement):
            raise OutOfMemoryError(FULL)
        real_define(self, name, statement, materialise=materialise)

    monkeypatch.setattr(Embedded, "rows", rows)
    monkeypatch.setattr(Embedded, "define", define)


def audit(folder: Path) -> AuditRecord:
    (folder / "complaints.csv").write_text("id,owner\nC1,Ada\nC2,\nC2,Bob\n", "utf-8")
    return audited(folder, HEADER + RULES, SOURCE)


def test_a_rule_that_finds_no_memory_is_an_error_of_that_rule_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "SMALL", 0)
    lacking(monkeypatch, lambda statement: "unique=('id',)" in str(statement.given) and "tallies" not in statement.name)
    found = {finding.rule: finding for finding in audit(tmp_path).findings}
    assert found["T.once"].verdict.value == "error"
    assert FULL in found["T.once"].reason
    assert found["T.owned"].verdict.value == "fail"


def test_a_rule_whose_exceptions_find_no_memory_is_an_error_and_shows_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "SMALL", 0)
    lacking(monkeypatch, lambda statement: statement.name.endswith(".exceptions"))
    told = "give more memory (--memory-limit), or audit less at once (--select)"
    found = audit(tmp_path).findings
    assert [(finding.verdict.value, finding.exceptions) for finding in found] == [("error", ()), ("error", ())]
    assert {finding.reason for finding in found} == {f"The engine could not evaluate the rule: {FULL}; {told}."}


def test_a_table_that_finds_no_memory_is_no_audit_and_names_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking(monkeypatch, lambda statement: statement.name.endswith("typed"))
    with pytest.raises(QmscheckError) as caught:
        audit(tmp_path)
    first, *_, hint = str(caught.value).splitlines()
    place, _, told = first.partition(": ")
    assert place.endswith("qmscheck.toml:8:9")
    assert told == f"there is not enough memory to read complaints.csv as the table 'complaints': {FULL}"
    assert hint == "  hint: give more memory (--memory-limit), or audit less at once (--select)"


def test_anything_else_that_finds_no_memory_is_no_audit_and_says_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weigh(*_given: object) -> object:
        raise OutOfMemoryError(FULL)

    monkeypatch.setattr("qmscheck.judge.weigh", weigh)
    with pytest.raises(QmscheckError, match=r"there is not enough memory \(judging T\.owned\): Out of Memory"):
        audit(tmp_path)


def test_a_full_disk_is_a_lack_of_memory() -> None:

    full = embedded._told(duckdb.IOException("IO Error: Could not write file: No space left on device"))
    other = embedded._told(duckdb.IOException("IO Error: gone"))
    assert isinstance(full, OutOfMemoryError)
    assert (type(other), str(other)) == (EngineError, "IO Error: gone")
