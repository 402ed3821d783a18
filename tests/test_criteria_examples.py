"""A rule's own examples are judged as docs/rulesets.md says, by the same path as an audit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import shared

from qmscheck.criteria import Criteria, load
from qmscheck.errors import QmscheckError
from qmscheck.model import Verdict
from qmscheck.testing import judge_records, run

GOOD = Path(__file__).parent / "rulesets" / "good" / "firm.toml"
EXTRA = """
[[rule]]
id = "A-1.period"
obligation = "A-1"
title = "Each complaint is of the period"
each = "complaints"
must = "in_period(received) and received <= as_of() and as_of() = audit_date() and received >= period_from()"
statement = "{unmet} of {population} complaints are not of the period."

[[rule]]
id = "A-1.cost"
obligation = "A-1"
title = "Each complaint has a cost"
each = "complaints"
must = "cost >= 0"
statement = "{unmet} of {population} complaints have no cost."

[[rule.example]]
title = "as the author wrongly believes"
verdict = "pass"
given.complaints = [{ id = "1" }]

[[rule.example]]
verdict = "fail"
unmet = 2
given.complaints = [{ id = "1" }]
"""


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Criteria:
    path = tmp_path_factory.mktemp("rules") / "firm.toml"
    path.write_text(GOOD.read_text(encoding="utf-8") + EXTRA, encoding="utf-8")
    return load([("firm.toml", path)])


def test_the_examples_of_a_good_ruleset_are_judged_one_by_one(firm: Criteria) -> None:
    found = list(run(firm, ["A-1.in-time"]))
    assert [(r.rule, r.number, r.expected, r.got, r.ok) for r in found] == [
        ("A-1.in-time", 1, Verdict.PASS, Verdict.PASS, True),
        ("A-1.in-time", 2, Verdict.FAIL, Verdict.FAIL, True),
    ]


def test_examples_are_chosen_by_rule_or_by_obligation(firm: Criteria) -> None:
    assert {r.rule for r in run(firm, ["A-1.letter"])} == {"A-1.letter"}
    assert len(list(run(firm, ["A-1"]))) == len(list(run(firm))) == 5
    assert list(run(firm, ["B-1"])) == []


def test_an_example_that_does_not_hold_says_what_was_found(firm: Criteria) -> None:
    wrong, counted = run(firm, ["A-1.cost"])
    assert (wrong.title, wrong.expected, wrong.got, wrong.ok) == (
        "as the author wrongly believes",
        Verdict.PASS,
        Verdict.FAIL,
        False,
    )
    assert wrong.message
    assert (counted.got, counted.ok) == (Verdict.FAIL, False)
    assert counted.message.startswith("expected 2 unmet, counted 1 in scope = 0 met + 1 unmet + 0 unreadable")


def verdict(firm: Criteria, rule: str, *records: dict[str, object], **more: object) -> str:
    return judge_records(firm, rule, {"complaints": records}, engine=shared.engine(), **more).verdict.value  # type: ignore[arg-type]


def test_the_audit_is_of_30_june_2026_and_its_period_the_twelve_months_up_to_that_day(firm: Criteria) -> None:
    assert verdict(firm, "A-1.period", {"id": "1", "received": dt.date(2026, 6, 30)}) == "pass"
    assert verdict(firm, "A-1.period", {"id": "1", "received": dt.date(2025, 7, 1)}) == "pass"
    assert verdict(firm, "A-1.period", {"id": "1", "received": dt.date(2025, 6, 30)}) == "fail"
    assert verdict(firm, "A-1.period", {"id": "1", "received": dt.date(2026, 7, 1)}) == "fail"


@pytest.mark.parametrize(
    ("as_of", "first"),
    [
        (dt.date(2026, 10, 31), dt.date(2025, 11, 1)),
        (dt.date(2024, 2, 29), dt.date(2023, 3, 1)),
        (dt.date(2025, 2, 28), dt.date(2024, 2, 29)),
        (dt.date(2026, 1, 1), dt.date(2025, 1, 2)),
    ],
)
def test_the_period_follows_the_date_of_the_audit(firm: Criteria, as_of: dt.date, first: dt.date) -> None:
    before = first - dt.timedelta(days=1)
    assert verdict(firm, "A-1.period", {"id": "1", "received": first}, as_of=as_of) == "pass"
    assert verdict(firm, "A-1.period", {"id": "1", "received": as_of}, as_of=as_of) == "pass"
    assert verdict(firm, "A-1.period", {"id": "1", "received": before}, as_of=as_of) == "fail"


def test_a_column_that_is_left_out_is_blank(firm: Criteria) -> None:
    found = judge_records(firm, "A-1.cost", {"complaints": [{"id": "1"}, {"id": "2", "cost": 0}]})
    assert found.tally is not None
    assert (found.tally.met, found.tally.unmet, found.tally.unreadable) == (1, 1, 0)


def test_text_that_is_no_date_is_unreadable_and_not_blank(firm: Criteria) -> None:
    records = [{"id": "1", "received": "?unreadable", "answered": dt.date(2026, 3, 3)}]
    found = judge_records(firm, "A-1.in-time", {"complaints": records})
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.tally is not None
    assert (found.tally.population, found.tally.unreadable) == (1, 1)


def test_text_that_is_a_value_of_the_type_is_read(firm: Criteria) -> None:
    assert verdict(firm, "A-1.cost", {"id": "1", "cost": "12.50"}) == "pass"
    assert verdict(firm, "A-1.period", {"id": "1", "received": "2026-01-01"}) == "pass"


def test_a_table_that_is_not_given_is_empty_and_never_passes(firm: Criteria) -> None:
    assert judge_records(firm, "A-1.cost", {}).verdict is Verdict.INSUFFICIENT
    assert judge_records(firm, "A-1.cost", {"complaints": []}).verdict is Verdict.INSUFFICIENT
    assert verdict(firm, "A-1.letter", {"id": "1"}) == "insufficient"


def test_a_parameter_is_the_given_one_or_its_default(firm: Criteria) -> None:
    record = {"id": "1", "received": dt.date(2026, 3, 2), "answered": dt.date(2026, 3, 9)}
    assert verdict(firm, "A-1.in-time", record) == "pass"
    assert verdict(firm, "A-1.in-time", record, params={"days": 4}) == "fail"


def test_an_exception_names_its_key_and_its_row(firm: Criteria) -> None:
    records = [{"id": "B", "cost": 1}, {"id": "A"}, {"id": None}]
    found = judge_records(firm, "A-1.cost", {"complaints": records})
    assert [(e.key, e.location.row) for e in found.exceptions] == [("A", 2), ("(blank)", 3)]


def test_a_rule_is_judged_alone(firm: Criteria) -> None:
    found = judge_records(
        firm,
        "A-1.letter",
        {"complaints": [{"id": "1"}], "letters": [{"letter": "L", "complaint": "1", "body": "Sorry!"}]},
    )
    assert (found.rule, found.verdict) == ("A-1.letter", Verdict.PASS)


def test_records_of_a_table_or_a_column_that_is_not_declared_are_refused(firm: Criteria) -> None:
    with pytest.raises(ValueError, match="there is no table 'complaint'"):
        judge_records(firm, "A-1.cost", {"complaint": [{"id": "1"}]})
    with pytest.raises(
        ValueError, match="table 'complaints' has no column 'costs'; table 'complaints' has no column 'x'"
    ):
        judge_records(firm, "A-1.cost", {"complaints": [{"id": "1", "cost": 1}, {"id": "2", "costs": 2, "x": 3}]})


def test_an_example_may_name_the_day_of_the_planned_audit(firm: Criteria) -> None:
    record = {"id": "1", "received": dt.date(2026, 6, 1)}
    assert verdict(firm, "A-1.period", record, planned_audit=dt.date(2026, 6, 30)) == "pass"
    assert verdict(firm, "A-1.period", record, planned_audit=dt.date(2026, 9, 30)) == "fail"  # as_of() = audit_date()


PERIOD = GOOD.read_text(encoding="utf-8") + EXTRA.partition('\n[[rule]]\nid = "A-1.cost"')[0]


def test_the_day_of_the_planned_audit_is_read_from_the_example(tmp_path: Path) -> None:
    example = '\n[[rule.example]]\nverdict = "{}"\nplanned_audit = {}\n'
    given = 'given.complaints = [{ id = "1", received = 2026-06-01 }]\n'
    text = PERIOD + example.format("pass", "2026-06-30") + given + example.format("fail", "2026-12-01") + given
    (tmp_path / "r.toml").write_text(text, "utf-8")
    asked = load([("r.toml", tmp_path / "r.toml")])
    assert [one.ok for one in run(asked, ["A-1.period"])][-2:] == [True, True]


def test_a_planned_audit_before_the_audit_is_refused_at_its_line(tmp_path: Path) -> None:
    example = '\n[[rule.example]]\nverdict = "pass"\nplanned_audit = 2026-06-29\n'
    (tmp_path / "r.toml").write_text(PERIOD + example, "utf-8")
    with pytest.raises(QmscheckError) as refused:
        load([("r.toml", tmp_path / "r.toml")])
    (problem,) = refused.value.problems
    assert "the planned audit (2026-06-29) lies before the date of this one" in problem.message
    assert problem.line == (PERIOD + example).splitlines().index("planned_audit = 2026-06-29") + 1
