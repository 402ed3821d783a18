"""`qmscheck decisions`: list, lint and add, as a person at a terminal meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from qmscheck.cli import main

FIRM = Path(__file__).parent / "broken" / "19-not-applicable-without-reason"
PLAN = """[audit]
organization = "Test firm"
scope = "All sites"
rulesets = ["ruleset.toml"]
as_of = 2026-11-20

[[source]]
table = "complaints"
path = "complaints.csv"
"""
SIGNED = ["--by", "Ada", "--role", "QM", "--why", "We looked.", "--on", "2026-11-20"]
UNSEEN = "; whether their findings are still there was not looked at (--record RECORD)"
WAIVER = """[[decision]]
kind = "waiver"
fingerprint = "ffffffffffffffff"
until = 2026-11-01
by = "Ada"
role = "QM"
on = 2026-10-01
why = "We looked."
"""


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a firm with one complaint of two without an owner: one minor finding."""
    for name in ("ruleset.toml", "complaints.csv"):
        shutil.copy(FIRM / name, tmp_path)
    (tmp_path / "qmscheck.toml").write_text(PLAN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_file_there_is_nothing_to_say(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", "lint"]) == 0
    assert main(["decisions", "list"]) == 0
    assert capsys.readouterr().out == "there is no decisions file: no entry\nno entry\n"


def test_a_grade_is_added_with_the_proposal_that_it_is_about(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", "add", "grade", "A-1.owner", "--to", "major", *SIGNED]) == 0
    printed = capsys.readouterr().out
    assert printed == (firm / "decisions.toml").read_text("utf-8")
    assert 'rule = "A-1.owner"\nfrom = "minor"\nto = "major"\nby = "Ada"' in printed
    assert main(["decisions", "lint"]) == 0
    assert capsys.readouterr().out == f"1 entry as of 2026-11-20: none to look at now, 0 notes{UNSEEN}\n"
    assert main(["decisions", "list"]) == 0
    assert capsys.readouterr().out == (
        "decisions.toml:1: in-force: grade major in place of minor (A-1.owner), Ada (QM), 2026-11-20: We looked.\n"
    )


def test_the_record_carries_what_was_decided(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["decisions", "add", "grade", "A-1.owner", "--to", "major", *SIGNED])
    main(["audit", "-o", "json:record.json", "-q"])
    capsys.readouterr()
    record = json.loads((firm / "record.json").read_text("utf-8"))
    assert [(f["proposed_grade"], f["final_grade"]) for f in record["findings"]] == [("minor", "major")]
    assert record["obligations"][0]["final_grade"] == "major"
    assert record["decisions_file"]["path"] == "decisions.toml"
    assert [(d["by"], d["state"], d["location"]["row"]) for d in record["decisions"]] == [("Ada", "in-force", 1)]


def test_everything_that_can_be_decided_can_be_added_and_listed(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = (firm / "ruleset.toml").read_text("utf-8")
    (firm / "ruleset.toml").write_text(asked.replace("must =", 'strata = ["state"]\nmust ='), "utf-8")
    calls = [
        ["waiver", "A-1.owner", "--until", "2027-01-31", "--unit", "state=open"],
        ["risk", "A-1", "--until", "2027-01-31"],
        ["waiver", "A-1.owner", "--until", "2027-01-31", "--key", "C2"],
        ["waiver", "A-1.owner", "--withdrawn", "--key", "C2"],
        ["grade", "A-1", "--to", "none"],
        ["grade", "A-1.owner", "--to", "minor"],
        ["response", "A-1.owner", "--correction", "done", "--cause", "no field", "--action", "field", "--owner", "Bob"],
        ["response", "A-1.owner", "--due", "2027-01-31", "--verified-on", "2026-11-20", "--verified-by", "Eve"],
        ["not-applicable", "A-1"],
    ]
    for call in calls:
        assert main(["decisions", "add", *call, *SIGNED]) == 0
    capsys.readouterr()
    assert main(["decisions", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"decisions.toml:{line} (QM), 2026-11-20: We looked."
        for line in (
            "1: in-force: waived until 2027-01-31 (A-1.owner, state open), Ada",
            "13: in-force: risk accepted until 2027-01-31 (A-1), Ada",
            "24: superseded: waived until 2027-01-31 (A-1.owner, record C2), Ada",
            "36: withdrawn: waiver withdrawn (A-1.owner, record C2), Ada",
            "48: in-force: grade no finding in place of minor (A-1), Ada",
            "59: in-force: grade minor confirmed (A-1.owner), Ada",
            "70: superseded: response: correction “done”, cause “no field”, action “field”, owner Bob (A-1.owner), Ada",
            "83: in-force: response: correction “done”, cause “no field”, action “field”, owner Bob, due 2027-01-31, verified on 2026-11-20 by Eve (A-1.owner), Ada",
            "99: in-force: declared not applicable (A-1), Ada",
        )
    ]


def test_lint_exits_with_1_where_somebody_has_to_act(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (firm / "decisions.toml").write_text(WAIVER, "utf-8")
    assert main(["decisions", "lint"]) == 1
    assert capsys.readouterr().out == (
        "decisions.toml:1:1: this waiver decides about nothing: the rulesets have no finding with the fingerprint ffffffffffffffff\n"
        "  1 | [[decision]]\n    | ^^^^^^^^^^^^\n"
        "  hint: qmscheck explain RULE prints the fingerprint of a finding\n"
        f"1 entry as of 2026-11-20: 1 to look at now, 0 notes{UNSEEN}\n"
    )


def test_lint_notes_what_runs_out_soon_without_failing(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["decisions", "add", "waiver", "A-1.owner", "--until", "2027-01-31", *SIGNED])
    capsys.readouterr()
    assert main(["decisions", "lint"]) == 0
    assert capsys.readouterr().out.startswith("1 entry")
    assert main(["decisions", "lint", "--soon", "90"]) == 0
    assert capsys.readouterr().out.startswith("note: decisions.toml:6:9: this waiver runs out soon: ")
    assert main(["decisions", "lint", "--as-of", "2027-02-01"]) == 1
    assert "expired on 2027-01-31" in capsys.readouterr().out


def test_lint_with_a_record_knows_what_is_stale(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["decisions", "add", "grade", "A-1.owner", "--to", "major", *SIGNED])
    (firm / "complaints.csv").write_text("id,owner,received,state\nC1,,2026-05-01,closed\n", "utf-8")
    main(["audit", "-o", "json:record.json", "-q"])
    capsys.readouterr()
    assert main(["decisions", "lint"]) == 0
    assert main(["decisions", "lint", "--record", "record.json"]) == 1
    assert "decided of a proposal 'minor', and that has changed" in capsys.readouterr().out


def test_lint_with_a_record_names_a_waiver_of_a_record_that_no_finding_has(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["audit", "-o", "json:record.json", "-q"])
    main(["decisions", "add", "waiver", "A-1.owner", "--key", "C2", "--until", "2027-01-31", *SIGNED])
    capsys.readouterr()
    assert main(["decisions", "lint", "--record", "record.json"]) == 0
    assert capsys.readouterr().out == "1 entry as of 2026-11-20: none to look at now, 0 notes\n"
    text = (firm / "decisions.toml").read_text("utf-8")
    (firm / "decisions.toml").write_text(text.replace('key = "C2"', 'key = "C20"'), "utf-8")
    capsys.readouterr()
    assert main(["decisions", "lint", "--record", "record.json"]) == 1
    assert "A-1.owner has no record 'C20' that is not met" in capsys.readouterr().out
    assert main(["decisions", "lint"]) == 0
    assert "note: decisions.toml:1:1: this waiver is about record 'C20'" in capsys.readouterr().out
    main(["audit"])
    assert "orphaned: waived until 2027-01-31" in capsys.readouterr().out


def test_an_entry_that_does_not_count_yet_is_said_to_when_it_is_added(
    firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The day of an entry is today unless it is said, and a plan may fix the day of the audit before."""
    later = [*SIGNED[:-1], "2026-11-21"]
    assert main(["decisions", "add", "grade", "A-1.owner", "--to", "none", *later]) == 0
    told = capsys.readouterr().err
    assert "note: it is dated 2026-11-21, after the day of the audit (2026-11-20): it does not count in it" in told
    assert main(["decisions", "add", "grade", "A-1.owner", "--to", "none", *SIGNED]) == 0
    assert "note:" not in capsys.readouterr().err


def test_a_waiver_without_a_reason_performs_no_audit(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (firm / "decisions.toml").write_text(WAIVER.replace('why = "We looked."\n', ""), "utf-8")
    for call, first in (("audit", "No audit was performed."), ("list", "No decision was listed.")):
        assert main(["audit"] if call == "audit" else ["decisions", call]) == 2
        told = capsys.readouterr().err.splitlines()
        assert told[:2] == [first, "decisions.toml:1:1: a waiver without 'why' is refused"]
    assert main(["decisions", "lint"]) == 1
    assert "a waiver without 'why' is refused" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["waiver", "A-1.owner", *SIGNED], "the new entry:1:1: a waiver without 'until' is refused"),
        (["grade", "A-1.ownr", "--to", "none", *SIGNED], "the audit has no rule, obligation or finding 'A-1.ownr'"),
        (
            ["grade", "A-1.owner", "qmscheck-ok.toml", "--to", "none", *SIGNED],
            "'A-1.owner' is no fail now: there is nothing to decide of a grade",
        ),
        (["waiver", "A-1.owner", "--unit", "Leeds", *SIGNED], "--unit 'Leeds' is not COLUMN=VALUE"),
        (
            ["waiver", "A-1.owner", "--key", "C9", "--until", "2027-01-31", *SIGNED],
            "'A-1.owner' has no record 'C9' that is not met",
        ),
        (
            ["waiver", "A-1.owner", "--unit", "state=open", "--until", "2027-01-31", *SIGNED],
            "'A-1.owner' has no unit 'state=open' that is not met",
        ),
        (
            ["risk", "A-1", "--unit", "site=Leeds", "--until", "2027-01-31", *SIGNED],
            "'A-1' has no unit 'site=Leeds' that is not met",
        ),
    ],
)
def test_what_cannot_be_added_is_told_and_nothing_is_written(
    firm: Path, capsys: pytest.CaptureFixture[str], call: list[str], said: str
) -> None:
    (firm / "ok.csv").write_text("id,owner,received,state\nC1,Ada,2026-05-01,closed\n", "utf-8")
    (firm / "qmscheck-ok.toml").write_text(PLAN.replace("complaints.csv", "ok.csv"), "utf-8")
    assert main(["decisions", "add", *call]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "No decision was added."
    assert told[1] == said
    assert not (firm / "decisions.toml").exists()


def test_the_plan_may_name_the_file_and_then_it_must_be_there(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (firm / "qmscheck.toml").write_text(PLAN.replace("as_of", 'decisions = "qm/decided.toml"\nas_of'), "utf-8")
    assert main(["decisions", "lint"]) == 2
    assert "qmscheck.toml:5:13: there is no file 'qm/decided.toml'" in capsys.readouterr().err
    (firm / "qm").mkdir()
    (firm / "qm" / "decided.toml").touch()
    assert main(["decisions", "add", "grade", "A-1.owner", "--to", "major", *SIGNED]) == 0
    assert (firm / "qm" / "decided.toml").read_text("utf-8").startswith("[[decision]]")


def test_a_record_may_be_decided_about_without_a_new_audit(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", "-o", "json:record.json", "-q"])
    (firm / "complaints.csv").unlink()
    assert main(["decisions", "add", "grade", "A-1.owner", "--to", "none", "--record", "record.json", *SIGNED]) == 0
    assert 'from = "minor"' in capsys.readouterr().out


def test_a_file_whose_link_leads_nowhere_is_lost_and_not_none(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (firm / "decisions.toml").symlink_to(firm / "gone.toml")
    assert main(["audit"]) == 2
    told = capsys.readouterr().err
    assert told == "No audit was performed.\ndecisions.toml: cannot be read: No such file or directory\n"
