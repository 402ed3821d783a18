"""A Parquet file whose ends are whole and that is damaged inside is told as such: no rule is to blame."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NoReturn

import duckdb
import pytest
from folders import HEADER

from qmscheck import judge, plan, plugins
from qmscheck.audit import conduct
from qmscheck.cli import main
from qmscheck.engine import EngineError, OutOfMemoryError
from qmscheck.errors import Problem, QmscheckError
from qmscheck.evidence.typing import Typing
from qmscheck.judge.counting import scan
from qmscheck.model import AuditRecord, Verdict
from qmscheck.plan import Overrides
from qmscheck.sql.mapping import MappedColumn

RULE = """
[table.notes]
purpose = "Notes."
key = "id"
[table.notes.columns]
id = { type = "text" }
owner = { type = "text" }
spare = { type = "text" }

[[rule]]
id = "T.1"
obligation = "T"
title = "Owned"
each = "notes"
must = "owner <> 'nobody'"
statement = "{unmet} of {population}."
"""
PLAN = """
[audit]
organization = "O"
scope = "S"
rulesets = ["rules.toml"]
[[source]]
table = "notes"
path = "notes.parquet"
"""
COLUMNS = ("id", "owner", "spare")


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    (tmp_path / "rules.toml").write_text(HEADER + RULE, "utf-8")
    (tmp_path / "qmscheck.toml").write_text(PLAN, "utf-8")
    with duckdb.connect() as connection:
        told = ", ".join(f"'{column} ' || hash(i + {n}) AS {column}" for n, column in enumerate(COLUMNS))
        connection.execute(f"CREATE TABLE t AS SELECT {told} FROM range(3000) AS r(i)")
        file = tmp_path / "notes.parquet"
        connection.execute(f"COPY t TO '{file}' (FORMAT parquet, COMPRESSION uncompressed)")
    return tmp_path


def spoil(firm: Path, column: str, by: bytes) -> None:
    """Write over a value of a column in the middle of its page."""
    file = firm / "notes.parquet"
    content = file.read_bytes()
    place = content.index(f"{column} ".encode(), content.index(f"{column} ".encode()) + 9_000)
    file.write_bytes(content[:place] + by + content[place + len(by) :])


def audited(firm: Path) -> AuditRecord:
    found = plugins.load()
    overrides = Overrides(today=dt.date(2026, 11, 20))
    return conduct(plan.read(firm, found.readers, overrides, found.rulesets, found.engines), found, threads=1)


BROKEN = pytest.mark.parametrize("by", [b"\xff\xfe", b"\xff" * 400], ids=["a text that is none", "a page that is none"])


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody look at the pages of a file before a rule does."""

    def believed(self: Typing, columns: list[MappedColumn]) -> list[MappedColumn]:
        return self._known(columns, dict.fromkeys(COLUMNS, 0), COLUMNS)

    monkeypatch.setattr(Typing, "inspected", believed)


@BROKEN
def test_a_file_that_is_damaged_inside_is_named_and_no_verdict_rests_on_it(firm: Path, by: bytes) -> None:
    spoil(firm, "owner", by)
    record = audited(firm)
    assert [(limit.kind, limit.id, limit.reason) for limit in record.limits] == [("source", "notes.parquet", "corrupt")]
    assert [finding.verdict for finding in record.findings] == [Verdict.INSUFFICIENT]


@BROKEN
@pytest.mark.usefixtures("hasty")
def test_a_damaged_page_that_only_a_rule_comes_to_is_told_with_the_file_and_the_column(firm: Path, by: bytes) -> None:
    spoil(firm, "owner", by)
    with pytest.raises(QmscheckError) as caught:
        audited(firm)
    (problem,) = caught.value.problems
    message = "the file is damaged inside: the column 'owner' cannot be read to its end"
    hint = "it was damaged on its way, or when it was written: export or fetch it again"
    assert problem == Problem("notes.parquet", 0, 0, message, hint)


@pytest.mark.usefixtures("hasty")
def test_the_command_says_that_there_was_no_audit(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(firm, "owner", b"\xff\xfe")
    assert main(["audit", str(firm), "--no-cache", "--isolation", "never"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("No audit was performed.\nnotes.parquet: the file is damaged inside")


def test_no_cell_of_a_damaged_file_is_quoted(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = firm / "notes.parquet"
    file.write_bytes(file.read_bytes().replace(b"owner 1", b"owner \xff"))
    assert main(["audit", str(firm), "--no-cache", "--isolation", "never"]) == 3
    printed = capsys.readouterr()
    assert "Invalid string encoding found in Parquet file" in printed.out
    assert "xFF" not in printed.out + printed.err


def test_what_no_rule_reads_may_be_damaged(firm: Path) -> None:
    spoil(firm, "spare", b"\xff" * 400)
    assert [finding.verdict for finding in audited(firm).findings] == [Verdict.PASS]


def give_up(*_given: object) -> NoReturn:
    raise EngineError("it gives up")


def test_a_rule_that_fails_on_whole_evidence_is_an_error_of_that_rule(
    firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_counted", give_up)
    assert [finding.verdict for finding in audited(firm).findings] == [Verdict.ERROR]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(("by", "raised"), [(b"", EngineError), (b"\xff\xfe", QmscheckError)])
def test_where_the_engine_gives_up_a_damaged_file_is_told_and_nothing_else(
    firm: Path, monkeypatch: pytest.MonkeyPatch, by: bytes, raised: type[Exception]
) -> None:
    spoil(firm, "owner", by)
    monkeypatch.setattr(judge, "judge", give_up)
    with pytest.raises(raised):
        audited(firm)


def test_a_file_for_which_there_is_not_enough_memory_is_not_called_damaged(
    firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> NoReturn:
        raise OutOfMemoryError("no room")

    monkeypatch.setattr(scan, "_counted", give_up)
    monkeypatch.setattr("qmscheck.evidence.every_cell", refuse)
    assert [finding.verdict for finding in audited(firm).findings] == [Verdict.ERROR]
