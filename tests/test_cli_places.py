"""No command writes over a file of the audit, or where the next audit would take what is written for evidence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qmscheck.cli import main

FIRM = Path(__file__).parent / "broken" / "19-not-applicable-without-reason"
PLAN = """[audit]
organization = "Test firm"
scope = "All sites"
rulesets = ["own"]
as_of = 2026-11-20
decisions = "qm/decided.toml"
attestations = "qm/answers.toml"
previous = "before.json"

[[source]]
table = "complaints"
path = "data/complaints*.csv"

[[source]]
table = "documents"
path = "papers"
"""
DOCUMENTS = """
[table.documents]
purpose = "Documents"
key = "path"
[table.documents.columns]
path = { type = "text" }

[[rule]]
id = "A-1.paper"
obligation = "A-1"
title = "Paper"
count = "documents"
at_least = 1
statement = "{met} documents."
"""
SIGNED = ["--by", "Ada", "--role", "QM", "--why", "We looked.", "--on", "2026-11-20"]

#: A place, and what is said of it.
PLACES = {
    "data/complaints.csv": "is evidence of this audit (table 'complaints')",
    "data/complaints-form.xlsx": None,
    "data/complaints-2.csv": "would be evidence (table 'complaints')",
    "linked.csv": "is evidence of this audit (table 'complaints')",
    "papers/policy.md": "is evidence of this audit (table 'documents')",
    "papers/sub/report.md": "would be evidence (table 'documents')",
    "papers/record.json": None,
    "qmscheck.toml": "is the plan of this audit, not a place for a report",
    "own/rules.toml": "belongs to the ruleset 'own' of this audit",
    "own/more.toml": "belongs to the ruleset 'own' of this audit",
    "qm/decided.toml": "holds what persons decided",
    "qm/answers.toml": "holds answers of persons",
    "before.json": "is the record of the audit before",
    "report.md": None,
}


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a firm with everything that a plan can name."""
    for folder in ("data", "papers/sub", "own", "qm"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(FIRM / "complaints.csv", tmp_path / "data")
    ruleset = (
        (FIRM / "ruleset.toml").read_text("utf-8").replace('grade = "major"', 'question = "Is it?"\ngrade = "major"')
    )
    (tmp_path / "own" / "rules.toml").write_text(ruleset + DOCUMENTS, "utf-8")
    (tmp_path / "papers" / "policy.md").write_text("# Policy\n", "utf-8")
    (tmp_path / "qm" / "decided.toml").touch()
    (tmp_path / "qm" / "answers.toml").touch()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "qmscheck.toml").write_text(PLAN.replace('previous = "before.json"\n', ""), "utf-8")
    assert main(["audit", "-q", "-o", "json:before.json"]) in {1, 3}
    (tmp_path / "qmscheck.toml").write_text(PLAN, "utf-8")
    (tmp_path / "linked.csv").symlink_to("data/complaints.csv")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("place", [place for place, told in PLACES.items() if told])
def test_an_audit_writes_no_report_over_its_own_files(
    firm: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    before = contents(firm)
    capsys.readouterr()
    assert main(["audit", "-o", f"html:{place}"]) == 2
    assert f"{place}: {PLACES[place]}" in capsys.readouterr().err
    assert contents(firm) == before


@pytest.mark.parametrize("place", [place for place, told in PLACES.items() if told is None])
def test_a_report_may_stand_anywhere_else(firm: Path, place: str) -> None:
    assert main(["audit", "-q", "-o", f"html:{place}"]) in {1, 3}
    assert (firm / place).exists()


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (["interview", "-o"], "papers/new.xlsx"),
        (["interview", "-o"], "own/new.toml"),
        (["sample", "complaints", "-o"], "own/new.toml"),
    ],
)
def test_forms_and_sheets_keep_out_too(
    firm: Path, capsys: pytest.CaptureFixture[str], command: list[str], place: str
) -> None:
    plan = (
        PLAN.replace("complaints*.csv", "complaints.csv")
        + '\n[[source]]\ntable = "documents"\npath = "papers/*.xlsx"\n'
    )
    (firm / "qmscheck.toml").write_text(plan, "utf-8")
    capsys.readouterr()
    assert main([*command, place]) == 2
    assert f"{place}: " in capsys.readouterr().err
    assert not (firm / place).exists()


def test_a_form_never_takes_the_place_of_the_file_of_answers(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (firm / "qmscheck.toml").write_text(PLAN.replace('attestations = "qm/answers.toml"\n', ""), "utf-8")
    assert main(["interview", "-o", "attestations.toml"]) == 2
    assert "attestations.toml: holds answers of persons" in capsys.readouterr().err


def test_a_form_of_a_stored_record_keeps_out_of_the_plan_beside_it(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["interview", "--record", "before.json", "-o", "own/form.toml"]) == 2
    assert "belongs to the ruleset 'own'" in capsys.readouterr().err
    (firm / "elsewhere").mkdir()
    assert main(["interview", "elsewhere", "--record", "before.json", "-o", "form.toml"]) == 0


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ('decisions = "data/complaints.csv"', "is evidence of this audit (table 'complaints')"),
        ('decisions = "own/rules.toml"', "belongs to the ruleset 'own' of this audit"),
        ('decisions = "qm/answers.toml"', "holds answers of persons"),
        ('decisions = "qmscheck.toml"', "is the plan of this audit"),
    ],
)
def test_decisions_are_added_to_no_other_file_of_the_audit(
    firm: Path, capsys: pytest.CaptureFixture[str], key: str, said: str
) -> None:
    (firm / "qmscheck.toml").write_text(PLAN.replace('decisions = "qm/decided.toml"', key), "utf-8")
    before = contents(firm)
    capsys.readouterr()
    assert main(["decisions", "add", "grade", "A-1.owner", "--to", "none", "--record", "before.json", *SIGNED]) == 2
    assert said in capsys.readouterr().err
    assert contents(firm) == before


def test_answers_are_added_to_no_evidence(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = PLAN.replace("qm/answers.toml", "papers/answers.md")
    (firm / "papers" / "answers.md").touch()
    (firm / "qmscheck.toml").write_text(plan, "utf-8")
    assert main(["interview", "--read", "form.toml"]) == 2
    assert "papers/answers.md: is evidence of this audit (table 'documents')" in capsys.readouterr().err


def test_a_report_of_a_record_is_not_written_over_it_nor_over_what_it_has_seen(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(firm)
    for place, said in (
        ("before.json", "is the record that is reported of"),
        ("data/complaints.csv", "is evidence of this audit (table 'complaints')"),
        ("papers/policy.md", "is evidence of this audit (table 'documents')"),
    ):
        assert main(["report", "before.json", "-o", f"json:{place}"]) == 2
        assert f"{place}: {said}" in capsys.readouterr().err
    assert contents(firm) == before
    assert main(["report", "before.json", "-o", "json:again.json"]) == 0
    assert main(["report", "before.json", "-o", "html:again.json"]) == 0
