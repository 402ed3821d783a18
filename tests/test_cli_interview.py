"""`qmscheck interview`, as a person at a terminal meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from firm import RULESET

from qmscheck.cli import main

PLAN = """[audit]
organization = "Test firm"
scope = "All sites"
rulesets = ["firm.toml"]
as_of = 2026-11-20

[[source]]
table = "complaints"
path = "complaints.csv"

[[source]]
table = "answers"
path = "answers.csv"
"""
COMPLAINTS = """id,owner,site,received,answered,state
C1,Ada,N,2026-05-01,2026-05-03,closed
C2,Bob,S,2026-06-01,2026-06-02,closed
"""
LETTERS = """letter,id,sent,body
L1,C1,2026-05-03,We are sorry.
L2,C2,2026-06-02,Our apologies.
"""


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a firm of which everything is met that a machine can tell; two questions wait for a person."""
    for name, text in (("qmscheck.toml", PLAN), ("complaints.csv", COMPLAINTS), ("answers.csv", LETTERS)):
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "firm.toml").write_text(RULESET, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_open_questions_are_written_as_a_workbook_and_as_toml(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["interview"]) == 0
    assert main(["interview", "-o", "f.toml", "--only", "A-3"]) == 0
    assert capsys.readouterr().out == "interview.xlsx: 2 questions\nf.toml: 1 question\n"
    assert (firm / "interview.xlsx").read_bytes()[:2] == b"PK"
    assert 'obligation = "A-3"' in (firm / "f.toml").read_text("utf-8")


def test_a_stored_record_gives_the_same_form(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", "-q", "-o", "json:r.json"])
    assert main(["interview", "-o", "a.toml"]) == main(["interview", "--record", "r.json", "-o", "b.toml"]) == 0
    assert (firm / "a.toml").read_bytes() == (firm / "b.toml").read_bytes()


def test_a_form_is_never_written_over_a_file_that_may_hold_answers(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (firm / "old.xlsx").write_bytes(b"")
    asked = ["-o", "old.xlsx", "-o", "x.pdf", "-o", "no/x.toml", "-o", "y.toml", "-o", "y.toml"]
    assert main(["interview", *asked]) == 2
    assert capsys.readouterr().err == (
        "No question was asked.\n"
        "no/x.toml: cannot be written: its folder does not exist\n"
        "old.xlsx: is there already: it may hold answers\n  hint: name another file\n"
        "x.pdf: is no name for a form\n  hint: a form is a file .xlsx or .toml\n"
        "y.toml: is asked for twice\n"
    )


def test_where_nothing_is_open_no_form_is_written(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ruleset = (firm / "firm.toml").read_text("utf-8").replace('question = "Was the answer fair?"\n', "")
    (firm / "firm.toml").write_text(ruleset.replace("conclusive = false\n", ""), "utf-8")
    assert main(["interview"]) == 0
    assert capsys.readouterr().out == "no question is open: no form was written (--all asks again what is answered)\n"
    assert not (firm / "interview.xlsx").exists()
