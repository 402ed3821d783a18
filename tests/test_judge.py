"""Judgement, from tally to gate, on the made-up firm of `firm.py`."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, RULESET, audit, verdicts

from qmscheck.cache import Cache
from qmscheck.engine import EngineError, embedded
from qmscheck.errors import QmscheckError
from qmscheck.extracts import Skipped, Unread
from qmscheck.judge.counting import planner
from qmscheck.model import GateResult, Grade, NotApplicable, Origin, ParameterValue, Verdict
from qmscheck.sql.statement import Statement


def changed(table: str, index: int, **cells: Any) -> dict[str, list[dict[str, Any]]]:
    firm = copy.deepcopy(GOOD)
    firm[table][index] |= cells
    return firm


def test_good_evidence_and_signed_answers_make_the_gate_ready(tmp_path: Path) -> None:
    record = audit(tmp_path)
    assert verdicts(record) == {
        "A-1.owner": "pass",
        "A-1.once": "pass",
        "A-2.in-time": "pass",
        "A-2.letter": "pass",
        "A-2.recent": "pass",
        "A-3.sorry": "manual",
        "A-1": "pass",
        "A-2": "pass",
        "A-3": "pass",
    }
    assert record.gate.result is GateResult.READY


def test_one_unmet_record_fails_the_rule_with_its_place_and_what_would_turn_it(tmp_path: Path) -> None:
    finding = audit(tmp_path, changed("complaints", 1, owner=None)).finding("A-1.owner")
    assert finding.verdict is Verdict.FAIL
    assert finding.statement == "1 of 3 complaints have no owner (66.6 % have)."
    assert finding.calculation.startswith("3 in scope = 2 met + 1 unmet + 0 unreadable")
    (exception,) = finding.exceptions
    assert (exception.key, exception.location.path, exception.location.row) == ("C2", "complaints.x", 3)
    assert exception.location.column == "owner"
    assert finding.to_pass == "1 more of the 3 records of complaints must meet the rule."
    assert finding.proposed_grade is Grade.MINOR


def test_strata_show_where_the_unmet_records_are(tmp_path: Path) -> None:
    finding = audit(tmp_path, changed("complaints", 1, owner=None)).finding("A-1.owner")
    assert [(s.column, s.value, s.tally.unmet, s.tally.population) for s in finding.strata] == [
        ("site", "N", 0, 2),
        ("site", "S", 1, 1),
    ]


def test_the_obligations_own_grade_is_proposed_only_if_nothing_is_met(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint["owner"] = None
    record = audit(tmp_path, firm)
    assert record.finding("A-1.owner").proposed_grade is Grade.MAJOR
    assert record.gate.result is GateResult.NOT_READY
    assert record.gate.conditions[0].decided_by == ("A-1",)


def test_a_breach_of_a_convention_is_at_most_an_opportunity(tmp_path: Path) -> None:
    firm = changed("complaints", 0, answered="2026-05-30")
    finding = audit(tmp_path, firm).finding("A-2.in-time")
    assert finding.verdict is Verdict.FAIL
    assert finding.proposed_grade is Grade.OPPORTUNITY
    assert "convention" in (finding.grade_why or "")
    own = {"days": ParameterValue(value=5, origin=Origin.OWN_PROCEDURE, ref="QP-1")}
    finding = audit(tmp_path, firm, params=own).finding("A-2.in-time")
    assert finding.proposed_grade is Grade.MINOR
    assert [(p.name, p.value, p.origin, p.ref) for p in finding.parameters] == [
        ("days", 5, "own-procedure", "QP-1"),
        ("share", 0.9, "own-procedure", "QP-1"),
    ]


@pytest.mark.parametrize("table", ["complaints", "answers"])
def test_zero_records_are_insufficient_and_never_a_pass(tmp_path: Path, table: str) -> None:
    record = audit(tmp_path, GOOD | {table: []})
    reading = {
        "complaints": ["A-1.owner", "A-1.once", "A-2.in-time", "A-2.letter"],
        "answers": ["A-2.letter", "A-2.recent"],
    }
    assert {verdicts(record)[r] for r in reading[table]} == {"insufficient"}
    assert record.gate.result is GateResult.CANNOT_TELL


def test_a_table_without_a_source_is_insufficient_and_listed_in_the_limits(tmp_path: Path) -> None:
    record = audit(tmp_path, {t: r for t, r in GOOD.items() if t != "answers"})
    assert verdicts(record)["A-2.letter"] == "insufficient"
    assert "names no source" in record.finding("A-2.letter").reason
    assert [(limit.kind, limit.id) for limit in record.limits] == [("table", "answers")]


def test_a_refused_source_spoils_its_table_and_is_named(tmp_path: Path) -> None:
    refused = {"answers": Unread(tmp_path / "answers.x", "encrypted", "it asks for a password")}
    record = audit(tmp_path, unread=refused)
    assert "it asks for a password" in record.finding("A-2.letter").reason
    assert [(limit.kind, limit.reason) for limit in record.limits] == [("source", "encrypted")]
    assert [e.status for e in record.evidence if e.table == "answers"] == ["encrypted"]


def test_an_unreadable_cell_is_neither_met_nor_unmet_and_is_located(tmp_path: Path) -> None:
    record = audit(tmp_path, changed("complaints", 0, answered="31.02.2026"))
    finding = record.finding("A-2.in-time")
    assert finding.verdict is Verdict.INSUFFICIENT
    assert finding.tally is not None
    assert (finding.tally.met, finding.tally.unmet, finding.tally.unreadable) == (1, 0, 1)
    assert finding.tally.interval == (0.5, 1.0)
    (cell,) = next(e for e in record.evidence if e.table == "complaints").unreadable
    assert (cell.column, cell.location.row, cell.location.column) == ("answered", 2, "answered")
    assert [(e.key, e.state) for e in finding.exceptions] == [("C1", "unreadable")]


def test_a_blank_scope_is_unreadable_and_not_out_of_scope(tmp_path: Path) -> None:
    finding = audit(tmp_path, changed("complaints", 0, state=None)).finding("A-2.in-time")
    assert finding.tally is not None
    assert (finding.tally.population, finding.tally.unreadable) == (2, 1)


def test_an_empty_scope_may_be_not_applicable_but_not_through_a_blank_column(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint["state"] = "open"
    assert audit(tmp_path, firm).finding("A-2.in-time").verdict is Verdict.NOT_APPLICABLE
    for complaint in firm["complaints"]:
        complaint["state"] = None
    assert audit(tmp_path, firm).finding("A-2.in-time").verdict is Verdict.INSUFFICIENT


def test_a_column_that_no_source_has_is_missing_evidence_and_not_a_breach(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        del complaint["owner"]
    finding = audit(tmp_path, firm).finding("A-1.owner")
    assert finding.verdict is Verdict.INSUFFICIENT
    assert finding.reason == (
        "No source of complaints has the column owner: name it in the plan, or keep it. "
        "Not shown: 0 of 3 records are met, 3 cannot be told, and all must be."
    )
    assert finding.statement == finding.reason
    assert (finding.exceptions, finding.exceptions_total) == ((), 0)


def test_what_is_unmet_is_listed_though_a_column_is_not_there(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        del complaint["owner"]
    asked = RULESET.replace('must = "owner is not null"', "must = \"site = 'N' and owner is not null\"")
    finding = audit(tmp_path, firm, ruleset=asked).finding("A-1.owner")
    assert finding.verdict is Verdict.FAIL
    assert finding.statement == "1 of 3 complaints have no owner (0 % have)."
    assert [(e.key, e.state) for e in finding.exceptions] == [("C2", "unmet")]


def test_a_statement_is_made_only_where_some_record_was_decided(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint["received"] = "soon"
    finding = audit(tmp_path, firm).finding("A-2.in-time")
    assert finding.verdict is Verdict.INSUFFICIENT
    assert finding.statement == finding.reason
    assert finding.reason == (
        "Not shown: 0 of 2 records are met, 2 cannot be told, and at least 90 % must be. "
        "Cells of received (complaints) cannot be read. Make them readable."
    )


def test_an_undecided_record_points_to_the_cell_that_left_it_so(tmp_path: Path) -> None:
    asked = RULESET.replace("where = \"state <> 'open'\"", "where = \"received <= as_of() and state <> 'open'\"")
    (exception,) = (
        audit(tmp_path, changed("complaints", 0, received="soon"), ruleset=asked).finding("A-2.in-time").exceptions
    )
    assert (exception.key, exception.location.column) == ("C1", "received")
    finding = audit(tmp_path, changed("complaints", 0, state=None)).finding("A-2.in-time")
    assert [e.location.column for e in finding.exceptions] == ["state"]
    assert finding.reason.endswith("Fill the blank cells of state that say whether the rule is about it.")


def test_a_pass_that_rests_on_blanks_shows_the_count_that_takes_it_away(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint["note"] = None
    asked = RULESET.replace('must = "owner is not null"', 'must = "note is null or owner = note"')
    finding = audit(tmp_path, firm, ruleset=asked).finding("A-1.owner")
    assert finding.verdict is Verdict.INSUFFICIENT
    assert finding.reason.endswith("But that rests on blank cells: note is blank in all 3 records of complaints.")
    assert finding.calculation.endswith(
        "; if complaints.note (blank throughout) were unknown: 3 in scope = 0 met + 0 unmet + 3 unreadable"
    )


def test_a_column_that_is_not_there_is_never_called_blank(tmp_path: Path) -> None:
    asked = RULESET.replace('must = "owner is not null"', 'must = "note is null or owner = note"')
    finding = audit(tmp_path, ruleset=asked).finding("A-1.owner")
    assert finding.reason.startswith("No source of complaints has the column note: name it in the plan, or keep it.")
    assert "blank" not in finding.reason + finding.calculation


def test_rows_that_were_lost_are_in_the_calculation(tmp_path: Path) -> None:
    lost = {"complaints": [Skipped(9, "3 cells where 9 are expected", lost=True)]}
    finding = audit(tmp_path, skipped=lost).finding("A-1.owner")
    assert finding.calculation.startswith(
        "4 in scope = 3 met + 0 unmet + 1 unreadable; "
        "1 of the unreadable is a row that could not be taken apart; share met from 75.00% to 100.00%"
    )
    assert finding.reason.endswith("Mend the row that could not be taken apart.")


def test_one_record_is_told_in_the_singular(tmp_path: Path) -> None:
    firm = changed("complaints", 0, owner=None)
    firm["complaints"] = firm["complaints"][:1]
    record = audit(tmp_path, firm, fail_on=Grade.MAJOR)
    assert record.finding("A-1.owner").to_pass == "The one record of complaints must meet the rule."
    assert record.finding("A-1.owner").reason == "0 of 1 record is met; all must be."
    assert record.finding("A-1.once").reason == "1 of 1 record is met; all must be."
    assert record.gate.conditions[0].detail == "1 obligation is not met at that grade"


def test_all_records_that_must_change_are_called_all(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint["owner"] = None
    assert audit(tmp_path, firm).finding("A-1.owner").to_pass == "All 3 records of complaints must meet the rule."


def test_a_key_that_stands_twice_is_found_in_each_of_its_places(tmp_path: Path) -> None:
    finding = audit(tmp_path, changed("complaints", 2, id="C1")).finding("A-1.once")
    assert [(e.key, e.location.row) for e in finding.exceptions] == [("C1", 2), ("C1", 4)]


def test_a_match_needs_its_condition_too(tmp_path: Path) -> None:
    finding = audit(tmp_path, changed("answers", 0, sent="2026-04-30")).finding("A-2.letter")
    assert [e.key for e in finding.exceptions] == ["C1"]


def test_words_alone_wait_for_a_person_and_are_quoted(tmp_path: Path) -> None:
    finding = audit(tmp_path).finding("A-3.sorry")
    assert finding.verdict is Verdict.MANUAL
    assert [(e.key, e.state) for e in finding.exceptions] == [("L1", "quoted"), ("L2", "quoted")]


def test_words_that_are_not_found_show_nothing(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for answer in firm["answers"]:
        answer["body"] = "No."
    assert audit(tmp_path, firm).finding("A-3.sorry").verdict is Verdict.INSUFFICIENT


@pytest.mark.parametrize(
    ("answer", "verdict", "reason"),
    [
        ({"answer": "no"}, "fail", "A person answered 'no' to the question (Auditor, 2026-10-01)."),
        ({"answer": "partly"}, "fail", "A person answered 'partly' to the question (Auditor, 2026-10-01)."),
        (
            {"answer": "perhaps"},
            "manual",
            "The answer 'perhaps' to the question is none of yes, partly, no (Auditor, 2026-10-01).",
        ),
        (
            {"valid_until": "2026-11-19"},
            "manual",
            "The answer to the question expired on 2026-11-19 (Auditor, 2026-10-01).",
        ),
        (
            {"valid_until": "2026-11-20"},
            "pass",
            "All rules are met. A person answered 'yes' to the question (Auditor, 2026-10-01).",
        ),
        ({"by": None}, "manual", "The answer to the question is not signed or not dated."),
        ({"on": None}, "manual", "The answer to the question is not signed or not dated."),
        (
            {"on": "2026-11-21"},
            "manual",
            "The rules are met where there are any; a person has still to answer the question.",
        ),
        (
            {"answer": None},
            "manual",
            "The rules are met where there are any; a person has still to answer the question.",
        ),
    ],
)
def test_only_a_signed_valid_yes_answers_a_question(
    tmp_path: Path, answer: dict[str, Any], verdict: str, reason: str
) -> None:
    record = audit(tmp_path, changed("attestations", 0, **answer))
    (found,) = [o for o in record.obligations if o.id == "A-2"]
    assert (found.verdict.value, found.reason) == (verdict, reason)


def test_the_newest_answer_counts(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    firm["attestations"].append({"obligation": "A-2", "answer": "no", "by": "Auditor", "on": "2026-11-01"})
    assert verdicts(audit(tmp_path, firm))["A-2"] == "fail"
    firm["attestations"].reverse()
    assert verdicts(audit(tmp_path, firm))["A-2"] == "fail"


def test_fail_on_decides_which_grades_count_and_undecided_is_never_ready(tmp_path: Path) -> None:
    firm = changed("complaints", 0, owner=None)
    assert audit(tmp_path, firm, fail_on=Grade.MAJOR).gate.result is GateResult.READY
    assert audit(tmp_path, firm, fail_on=Grade.MINOR).gate.result is GateResult.NOT_READY
    assert audit(tmp_path, firm, fail_on=None).gate.result is GateResult.READY
    assert audit(tmp_path, GOOD | {"answers": []}, fail_on=None).gate.result is GateResult.CANNOT_TELL


def test_not_applicable_needs_a_person_and_is_listed(tmp_path: Path) -> None:
    declared = {"A-2": NotApplicable(reason="No answers are given.", by="Quality manager", on=dt.date(2026, 10, 1))}
    record = audit(tmp_path, GOOD | {"answers": []}, not_applicable=declared)
    assert verdicts(record)["A-2"] == "not-applicable"
    assert [(limit.kind, limit.id) for limit in record.limits] == [("obligation", "A-2")]
    assert not [f for f in record.findings if f.obligation == "A-2"]


def test_selecting_judges_less_and_says_so(tmp_path: Path) -> None:
    record = audit(tmp_path, select=("A-1",))
    assert verdicts(record) == {
        "A-1.owner": "pass",
        "A-1.once": "pass",
        "A-1": "pass",
        "A-2": "not-selected",
        "A-3": "not-selected",
    }
    assert [(limit.kind, limit.id) for limit in record.limits] == [
        ("source", "answers"),
        ("obligation", "A-2"),
        ("obligation", "A-3"),
    ]


def test_an_obligation_says_of_its_open_rules_why_each_is_open_and_not_one_reason_for_all(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    firm["complaints"][0] |= {"answered": "?"}
    firm["answers"] = []
    (found,) = [o for o in audit(tmp_path, firm).obligations if o.id == "A-2"]
    first, second = (f"A-2.{name}" for name in ("in-time", "letter"))
    assert found.reason.startswith(f"{first} could not be decided: Not shown: 1 of 2 records is met")
    assert f"{second}, A-2.recent could not be decided: The table answers holds no records" in found.reason


def test_of_more_than_two_reasons_an_obligation_tells_the_first_two_and_how_many_rules_have_others(
    tmp_path: Path,
) -> None:
    firm = copy.deepcopy(GOOD)
    firm["complaints"][0] |= {"answered": "?"}
    firm["answers"] = [letter | {"sent": "?"} for letter in firm["answers"]]
    (found,) = [o for o in audit(tmp_path, firm).obligations if o.id == "A-2"]
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.endswith(" 1 more could not be decided, for a reason of its own.")


def test_an_obligation_with_rules_left_out_cannot_pass(tmp_path: Path) -> None:
    record = audit(tmp_path, ignore=("A-1.once",))
    assert verdicts(record)["A-1"] == "manual"
    assert ("rule", "A-1.once") in [(limit.kind, limit.id) for limit in record.limits]


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("1", {"A-1.owner", "A-1.once", "A-2.in-time", "A-2.letter", "A-2.recent"}),
        ("3", {"A-3.sorry"}),
        ("1.2", {"A-2.in-time", "A-2.letter", "A-2.recent"}),
    ],
)
def test_a_clause_selects_the_rules_of_its_obligations(tmp_path: Path, name: str, rules: set[str]) -> None:
    assert {f.rule for f in audit(tmp_path, select=(name,)).findings} == rules


def test_a_selection_that_names_nothing_stops_the_audit(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match="'A-9' names no rule, obligation or clause"):
        audit(tmp_path, select=("A-9",))
    with pytest.raises(QmscheckError, match="leave no rule"):
        audit(tmp_path, select=("A-1",), ignore=("A-1",))


@pytest.mark.parametrize("small", [0, 2000])
def test_a_rule_that_the_engine_cannot_evaluate_is_an_error_of_that_rule_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    execute = embedded.render

    def refuse(statement: Statement, dialect: str, cache: Cache | None = None) -> str:
        text = execute(statement, dialect, cache)
        if 'WHEN (NOT "complaints"."owner" IS NULL) THEN 1' in text:
            raise EngineError("Out of Range Error: overflow")
        return text

    monkeypatch.setattr(planner, "SMALL", small)
    monkeypatch.setattr(embedded, "render", refuse)
    record = audit(tmp_path)
    assert {r: v for r, v in verdicts(record).items() if v == "error"} == {"A-1.owner": "error", "A-1": "error"}
    assert "overflow" in record.finding("A-1.owner").reason
    assert record.gate.result is GateResult.CANNOT_TELL


def test_a_query_names_exceptions_by_key_and_a_foreign_key_is_an_error(tmp_path: Path) -> None:
    query = "select complaints.id from complaints where complaints.owner = 'Bob'"
    asked = RULESET.replace('must = "owner is not null"', f'query = "{query}"')
    finding = audit(tmp_path, ruleset=asked).finding("A-1.owner")
    assert [e.key for e in finding.exceptions] == ["C2"]
    foreign = asked.replace(
        "select complaints.id from complaints where complaints.owner = 'Bob'", "select letter as id from answers"
    )
    assert audit(tmp_path, ruleset=foreign).finding("A-1.owner").verdict is Verdict.ERROR


def test_fewer_records_than_the_minimum_show_nothing(tmp_path: Path) -> None:
    asked = RULESET.replace('must = "owner is not null"', 'must = "owner is not null"\nmin_population = 4')
    finding = audit(tmp_path, ruleset=asked).finding("A-1.owner")
    assert (finding.verdict.value, finding.reason) == (
        "insufficient",
        "Only 3 records are in scope, and at least 4 are needed.",
    )


def with_bound(must: str, bound: str, value: float, kind: str = "number") -> str:
    """Put a bound that a parameter holds on the rule A-1.owner (or, for a count, on A-2.recent)."""
    param = f"""
[param.bound]
type = "{kind}"
default = {value}
min = {0.01 if bound == "at_least" and kind == "number" else 0}
max = {99 if kind == "integer" else 1 if bound == "at_least" else 0.99}
origin = "contract"
ref = "K-1"
title = "A bound"

[[rule]]"""
    rules = RULESET.replace("[[rule]]", param.strip(), 1)
    if kind == "integer":
        return rules.replace(
            'where = "sent >= add_months(audit_date(), -12)"\nat_least = 1', f'{must}\n{bound} = "bound"'
        )
    return rules.replace('must = "owner is not null"', f'{must}\n{bound} = "bound"')


@pytest.mark.parametrize(
    ("bound", "number", "verdict", "to_pass"),
    [
        ("at_least", 3, "pass", None),
        ("at_least", 4, "fail", "1 more record of answers that counts."),
        ("at_most", 2, "fail", "1 fewer record of answers that counts."),
        ("at_most", 0, "fail", "3 fewer records of answers that count."),
        ("at_most", 3, "pass", None),
    ],
)
def test_a_count_is_judged_at_its_bounds(
    tmp_path: Path, bound: str, number: int, verdict: str, to_pass: str | None
) -> None:
    asked = with_bound('where = "sent is not null"', bound, number, "integer")
    finding = audit(tmp_path, ruleset=asked).finding("A-2.recent")
    assert (finding.verdict.value, finding.to_pass) == (verdict, to_pass)
    assert finding.criterion == f"count of answers where sent is not null: {bound.replace('_', ' ')} param('bound')"
    assert [(p.name, p.value) for p in finding.parameters] == [("bound", number)]


@pytest.mark.parametrize(("share", "verdict"), [(0.66, "pass"), (0.67, "fail"), (1, "fail"), (0.01, "pass")])
def test_a_share_is_judged_exactly_at_its_bound(tmp_path: Path, share: float, verdict: str) -> None:
    asked = with_bound('must = "owner is not null"', "at_least", share)
    finding = audit(tmp_path, changed("complaints", 0, owner=None), ruleset=asked).finding("A-1.owner")
    assert finding.verdict.value == verdict


@pytest.mark.parametrize(
    ("share", "owner", "verdict"), [(0.34, "Ada", "pass"), (0.33, "Ada", "fail"), (0.34, None, "fail")]
)
def test_at_most_turns_the_condition_round_and_a_blank_stays_bad(
    tmp_path: Path, share: float, owner: str | None, verdict: str
) -> None:
    asked = with_bound("must = \"owner = 'Bob'\"", "at_most", share)
    finding = audit(tmp_path, changed("complaints", 0, owner=owner), ruleset=asked).finding("A-1.owner")
    assert finding.verdict.value == verdict
    assert "met are those for which what is asked about is certainly not so" in finding.calculation
    assert finding.calculation.endswith(f"target {1 - share:.2%} (100% less {share:.2%})")


def test_the_breach_of_a_count_is_told_in_what_it_counts(tmp_path: Path) -> None:
    asked = with_bound('where = "sent is not null"', "at_least", 4, "integer")
    finding = audit(tmp_path, ruleset=asked).finding("A-2.recent")
    assert finding.reason == "3 of 3 records count; at least 4 are asked for."
    assert " A partial breach (1 of 4 asked for is missing) is no less than minor: minor." in (finding.grade_why or "")
    asked = with_bound('where = "sent is not null"', "at_most", 1, "integer")
    finding = audit(tmp_path, ruleset=asked).finding("A-2.recent")
    assert finding.reason == "3 of 3 records count; at most 1 is allowed."
    assert " A partial breach (3 where at most 1 is allowed) is no less than minor: minor." in (finding.grade_why or "")


def test_the_grade_of_a_rule_stands_below_that_of_its_obligation(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint["owner"] = None
    mild = RULESET.replace('must = "owner is not null"', 'must = "owner is not null"\ngrade = "minor"')
    finding = audit(tmp_path, firm, ruleset=mild).finding("A-1.owner")
    assert (finding.proposed_grade, finding.grade_why) == (
        Grade.MINOR,
        "The rule's own grade, if nothing is met, is minor. Nothing is met (3 of 3): minor.",
    )


def test_what_an_unreadable_cell_cannot_change_is_judged_all_the_same(tmp_path: Path) -> None:
    asked = RULESET.replace('must = "owner is not null"', 'must = "owner is not null or received is not null"')
    finding = audit(tmp_path, changed("complaints", 0, received="soon"), ruleset=asked).finding("A-1.owner")
    assert finding.verdict is Verdict.PASS
    both = changed("complaints", 0, received="soon", owner=None)
    finding = audit(tmp_path, both, ruleset=asked).finding("A-1.owner")
    assert (finding.verdict, finding.tally.unreadable if finding.tally else 0) == (Verdict.INSUFFICIENT, 1)


def test_freshness_is_asked_for_at_the_planned_audit(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for answer in firm["answers"]:
        answer["sent"] = "2026-11-19"
    assert audit(tmp_path, firm).finding("A-2.recent").verdict is Verdict.PASS
    later = audit(tmp_path, firm, planned_audit=dt.date(2027, 11, 20))
    assert later.finding("A-2.recent").verdict is Verdict.FAIL


def test_a_record_that_several_rules_show_stands_in_each_with_the_column_that_the_rule_looks_at(tmp_path: Path) -> None:
    record = audit(tmp_path, changed("complaints", 1, owner=None, answered=None))
    shown = {rule: record.finding(rule).exceptions for rule in ("A-1.owner", "A-2.in-time")}
    assert {rule: [(e.key, e.location.row, e.location.column) for e in found] for rule, found in shown.items()} == {
        "A-1.owner": [("C2", 3, "owner")],
        "A-2.in-time": [("C2", 3, "answered")],
    }


def test_more_exceptions_than_are_listed_are_counted(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint["owner"] = None
    finding = audit(tmp_path, firm, max_exceptions=2).finding("A-1.owner")
    assert ([e.key for e in finding.exceptions], finding.exceptions_total) == (["C1", "C2"], 3)


def test_records_that_are_wrong_are_listed_before_those_of_which_it_cannot_be_told(tmp_path: Path) -> None:
    firm = changed("complaints", 0, received="soon", owner=None)
    firm["complaints"][1]["received"] = "later"
    firm["complaints"][2]["owner"] = None
    asked = RULESET.replace('must = "owner is not null"', 'must = "owner is not null and received is not null"')
    finding = audit(tmp_path, firm, ruleset=asked).finding("A-1.owner")
    listed = [("C1", "unmet"), ("C3", "unmet"), ("C2", "unreadable")]
    assert [(e.key, e.state) for e in finding.exceptions] == listed
    finding = audit(tmp_path, firm, ruleset=asked, max_exceptions=2).finding("A-1.owner")
    assert ([(e.key, e.state) for e in finding.exceptions], finding.exceptions_total) == (listed[:2], 3)


def test_a_personal_key_is_never_printed(tmp_path: Path) -> None:
    asked = RULESET.replace('id = { type = "text" }\nowner', 'id = { type = "text", sensitivity = "personal" }\nowner')
    record = audit(tmp_path, changed("complaints", 0, owner=None), ruleset=asked)
    assert [e.key for e in record.finding("A-1.owner").exceptions] == ["(personal)"]
    assert '"C1"' not in record.model_dump_json()


@pytest.mark.parametrize(
    "firm",
    [
        GOOD,
        changed("complaints", 1, owner=None),
        changed("complaints", 0, answered="31.02.2026"),
        changed("complaints", 0, state=None),
        changed("complaints", 2, id="C1"),
        changed("answers", 0, sent="2026-04-30"),
    ],
)
def test_a_large_table_is_judged_as_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, firm: dict[str, list[dict[str, Any]]]
) -> None:
    """Records of a small table are fetched with their states; of a middling one the states are kept; of a large one
    only the notable records. What is said of it is the same to the letter.
    """
    small = audit(tmp_path, firm)
    monkeypatch.setattr(planner, "SMALL", 0)
    assert audit(tmp_path, firm).model_dump_json() == small.model_dump_json()
    monkeypatch.setattr(planner, "KEPT", 0)
    assert audit(tmp_path, firm).model_dump_json() == small.model_dump_json()
