"""What is said of the entries of a decisions file: what ran out, what decides about nothing, what contradicts itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from qmscheck.judge.finding.fingerprints import fingerprint
from qmscheck.judge.gate.decided import Target, standing
from qmscheck.model import Grade
from qmscheck.persons import decisions
from qmscheck.persons.review import Remark, review

DAY = dt.date(2026, 11, 20)
OWNER = fingerprint("A-1", "A-1.owner")
KNOWN = {OWNER: Target("A-1.owner", "A-1"), fingerprint("A-1"): Target("A-1", "A-1")}


def entry(kind: str, *lines: str, fp: str = OWNER, by: str = "Ada", on: str = "2026-11-01") -> str:
    named = [] if kind == "not-applicable" else [f'fingerprint = "{fp}"']
    signed = [f'by = "{by}"', 'role = "QM"', f"on = {on}", 'why = "seen"']
    return "\n".join(["[[decision]]", f'kind = "{kind}"', *named, *lines, *signed]) + "\n"


def remarks(tmp_path: Path, *entries: str, soon: int = 30, known: dict[str, Target] = KNOWN) -> tuple[Remark, ...]:
    path = tmp_path / "decisions.toml"
    path.write_text("".join(entries), "utf-8")
    file = decisions.read(path, "decisions.toml")
    return review(file, standing(file.decisions, known, {"A-1"}, DAY), DAY, soon)


def told(tmp_path: Path, *entries: str, soon: int = 30, known: dict[str, Target] = KNOWN) -> list[str]:
    found = remarks(tmp_path, *entries, soon=soon, known=known)
    return [f"{'' if r.grave else 'note '}{r.problem.line}: {r.problem.message}" for r in found]


def test_a_file_in_order_has_nothing_to_say(tmp_path: Path) -> None:
    assert told(tmp_path, entry("grade", 'from = "minor"', 'to = "major"'), entry("waiver", "until = 2027-06-01")) == []


def test_an_entry_that_ran_out_is_named(tmp_path: Path) -> None:
    assert told(tmp_path, entry("waiver", "until = 2026-11-19")) == ["1: this waiver expired on 2026-11-19"]


def test_an_entry_that_runs_out_soon_is_noted_within_the_days_asked_for(tmp_path: Path) -> None:
    runs_out = entry("risk", "until = 2026-12-20")
    assert told(tmp_path, runs_out) == ["note 4: this risk runs out soon: its last day is 2026-12-20, in 30 days"]
    assert told(tmp_path, runs_out, soon=29) == []
    assert told(tmp_path, entry("risk", "until = 2026-11-20"), soon=0) == [
        "note 4: this risk runs out soon: today is its last day"
    ]


def test_an_entry_about_nothing_is_named(tmp_path: Path) -> None:
    assert told(tmp_path, entry("waiver", "until = 2027-06-01", fp="0" * 16)) == [
        "1: this waiver decides about nothing: the rulesets have no finding with the fingerprint 0000000000000000"
    ]
    assert told(tmp_path, entry("not-applicable", 'obligation = "B-1"')) == [
        "1: this not-applicable decides about nothing: the rulesets have no B-1"
    ]


def test_an_entry_about_a_record_or_a_unit_that_is_not_there_is_named(tmp_path: Path) -> None:
    units = frozenset({("site", "N")})
    known = {OWNER: Target("A-1.owner", "A-1", True, Grade.MINOR, frozenset({"C4"}), units)}
    there = (entry("waiver", "until = 2027-06-01", 'key = "C4"'), entry("risk", "until = 2027-06-01", 'key = "C4"'))
    assert told(tmp_path, *there, known=known) == []
    assert told(tmp_path, entry("waiver", 'rule = "A-1.owner"', "until = 2027-06-01", 'key = "C44"'), known=known) == [
        "1: this waiver decides about nothing: A-1.owner has no record 'C44' that is not met"
    ]
    unit = 'unit = { column = "site", value = "S" }'
    assert told(tmp_path, entry("risk", 'rule = "A-1.owner"', "until = 2027-06-01", unit), known=known) == [
        "1: this risk decides about nothing: A-1.owner has no unit site = 'S' that is not met"
    ]


def test_without_an_audit_it_is_said_that_nobody_looked_for_the_record(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text(entry("waiver", "until = 2027-06-01", 'key = "C4"'), "utf-8")
    file = decisions.read(path, "decisions.toml")
    (remark,) = review(file, standing(file.decisions, KNOWN, {"A-1"}, DAY), DAY, judged=False)
    assert not remark.grave
    assert remark.problem.message == "this waiver is about record 'C4': whether there is one was not looked at"
    assert remark.problem.hint == "give --record RECORD: an audit knows the records that are not met"


def test_an_entry_whose_fingerprint_is_not_that_of_its_rule_is_named(tmp_path: Path) -> None:
    assert told(tmp_path, entry("waiver", 'rule = "A-1.once"', "until = 2027-06-01")) == [
        "1: this waiver contradicts itself: the fingerprint is not that of A-1.once"
    ]


def test_an_entry_of_another_proposal_is_named_as_stale(tmp_path: Path) -> None:
    known = {OWNER: Target("A-1.owner", "A-1", fails=True, proposed=Grade.MAJOR)}
    assert told(tmp_path, entry("grade", 'from = "minor"', 'to = "none"'), known=known) == [
        "1: this grade is stale: it was decided of a proposal 'minor', and that has changed"
    ]


def test_what_has_no_effect_is_noted_and_asks_for_nothing(tmp_path: Path) -> None:
    passed = {OWNER: Target("A-1.owner", "A-1", fails=False)}
    assert told(tmp_path, entry("grade", 'from = "minor"', 'to = "none"'), known=passed) == [
        "note 1: this grade decides about a finding that is no fail now"
    ]
    assert told(
        tmp_path,
        entry("risk", "until = 2027-06-01"),
        entry("risk", "withdrawn = true"),
        entry("grade", 'from = "minor"', 'to = "major"', on="2026-11-21"),
    ) == [
        "note 1: this risk does not count any more: a later entry takes its place",
        "note 9: this risk takes back the entry before it",
        "note 17: this grade does not count yet: it is dated 2026-11-21",
    ]


def test_a_decision_about_own_work_is_named(tmp_path: Path) -> None:
    own = entry("response", 'action = "train"', 'owner = "Bob"', "verified_on = 2026-10-01", 'verified_by = "BOB "')
    assert told(tmp_path, own) == ["7: this response was verified by the person whose action it is"]
    action = entry("response", 'action = "train"', 'owner = "Bob"')
    assert told(tmp_path, action, entry("waiver", "until = 2027-06-01", by="bob")) == [
        "14: this waiver was decided by the person whose action it is"
    ]


def test_entries_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    none = entry("grade", 'from = "minor"', 'to = "none"')
    assert told(tmp_path, none, entry("response", 'action = "train"')) == [
        "5: this grade says that it is no finding, and another entry deals with it as one"
    ]
    assert told(tmp_path, entry("waiver", "until = 2027-06-01"), entry("risk", "until = 2027-06-01")) == [
        "1: this waiver and an accepted risk are about the same finding"
    ]


def test_entries_out_of_order_are_named(tmp_path: Path) -> None:
    first = entry("waiver", "until = 2027-06-01", on="2026-11-10")
    second = entry("waiver", "until = 2027-07-01", on="2026-11-09")
    assert told(tmp_path, first, second) == [
        "note 1: this waiver does not count any more: a later entry takes its place",
        "15: this waiver is dated 2026-11-09 and takes the place of one dated 2026-11-10",
    ]


def test_mistakes_are_told_among_the_rest_in_the_order_of_the_file(tmp_path: Path) -> None:
    assert told(tmp_path, entry("waiver", "until = 2026-11-10"), entry("waiver")) == [
        "1: this waiver expired on 2026-11-10",
        "9: a waiver without 'until' is refused",
    ]
