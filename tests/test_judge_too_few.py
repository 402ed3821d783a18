"""Too few records for a statistic are judged one by one instead: when, when not, and what nobody gains by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import few as small
import firm
import pytest
from few import CHART, COUNTS, FEW, LIST, RATE, SHARE, TREND, WITHIN, judged
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import AS_OF

from qmscheck import record
from qmscheck.cells import as_text
from qmscheck.judge.finding.too_few import size
from qmscheck.model import AuditRecord, ObligationResult, Verdict

Answers = list[dict[str, Any]]

#: The full list of a rule that does not name it; it uses the parameter, so that nothing is left unused.
USED = LIST.replace("filled(site)", "filled(site) or score > param('few')")


def answers(*marks: object, site: object = "N", **more: object) -> Answers:
    """Give an answer of each mark, one every twenty days."""
    first = dt.date(2025, 1, 1)
    days = [first + dt.timedelta(days=20 * i) for i in range(len(marks))]
    return [{"id": f"A{i}", "score": m, "site": site, "opened": days[i], **more} for i, m in enumerate(marks)]


# ---------------------------------------------------------------- when the full list decides


@pytest.mark.parametrize("rule", [SHARE, TREND, COUNTS, CHART])
def test_few_records_that_another_rule_judged_one_by_one_leave_nothing_open(rule: str) -> None:
    found = judged(rule + FEW, answers(5, 5, 1))
    assert found.verdict is Verdict.NOT_APPLICABLE
    assert found.instead == "T.list"
    assert found.reason.startswith(
        "Too few for a statistic, so they are judged one by one: T.list, 3 of 3 records are met. Not shown: "
    )
    assert found.parameters[-1].name == "few"
    assert "of param('few') records or fewer, T.list judges each instead" in found.criterion


def test_without_the_key_they_stay_open() -> None:
    found = judged(SHARE, answers(5, 5, 1), USED)
    assert (found.verdict, found.instead) == (Verdict.INSUFFICIENT, None)


def test_what_the_full_list_finds_is_its_own_finding() -> None:
    found = judged(SHARE + FEW, answers(5, 5, site=None))
    assert found.verdict is Verdict.NOT_APPLICABLE
    assert "T.list, 0 of 2 records are met" in found.reason


def test_a_rate_names_what_its_few_records_are_counted_against() -> None:
    found = judged(RATE + FEW, answers(5, 5), customers=[{"id": str(i)} for i in range(40)])
    assert found.verdict is Verdict.NOT_APPLICABLE
    assert "2 records (2 of them count, to 40 of customers), and fewer than 10 say nothing of others" in found.reason


def test_one_open_case_of_few_leaves_a_share_open_and_is_judged_by_itself() -> None:
    young = {"id": "A9", "site": "N", "opened": dt.date(2026, 1, 9)}
    closed = [{"id": f"A{i}", "site": "N", "opened": "2025-02-01", "closed": "2025-02-02"} for i in range(3)]
    found = judged(WITHIN + FEW, [*closed, young])
    assert (found.verdict, found.measured.standing if found.measured else "") == (Verdict.NOT_APPLICABLE, "not shown")


def test_as_many_as_are_read_one_by_one_are_few_and_one_more_is_not() -> None:
    twelve = answers(*[5] * 9, *[1] * 3)
    assert judged(SHARE + FEW, twelve, few=12).verdict is Verdict.NOT_APPLICABLE
    assert judged(SHARE + FEW, twelve, few=11).verdict is Verdict.INSUFFICIENT


# ---------------------------------------------------------------- when it does not


def test_what_is_shown_is_never_hidden() -> None:
    bad, good = judged(SHARE + FEW, answers(*[1] * 12)), judged(SHARE + FEW, answers(*[5] * 25))
    assert (bad.verdict, bad.instead) == (Verdict.FAIL, None)
    assert (good.verdict, good.instead) == (Verdict.PASS, None)


def test_a_record_that_cannot_be_read_is_not_one_too_few() -> None:
    for rule in (SHARE, TREND, COUNTS, CHART):
        column = "score" if rule in {SHARE, TREND} else "opened"
        records = answers(5, 5, 1)
        records[1][column] = "?"
        assert judged(rule + FEW, records).verdict is Verdict.INSUFFICIENT


def test_a_series_is_not_too_short_that_shows_something_with_its_last_period() -> None:
    """Seven quarters, and an eighth that may not be whole: with it the number rises, and that is not hidden."""
    days = [dt.date(2024 + i // 4, i % 4 * 3 + 1, 20 if i < 7 else 2) for i in range(8) for _ in range(i + 2)]
    days[0] = dt.date(2024, 1, 1)
    records = [{"id": f"A{i}", "site": "N", "opened": day} for i, day in enumerate(days)]
    found = judged(COUNTS + FEW, records, as_of=dt.date(2025, 12, 31), few=60)
    assert found.verdict is Verdict.INSUFFICIENT
    assert "2025-Q4 is left out: its last record, of 2025-10-02, is earlier in it" in found.reason
    short = judged(COUNTS + FEW, records[:27], as_of=dt.date(2025, 12, 31), few=60)
    assert short.verdict is Verdict.NOT_APPLICABLE


def test_no_record_at_all_is_not_too_few() -> None:
    assert judged(SHARE + FEW, []).verdict is Verdict.INSUFFICIENT
    rule = 'where = "score > 5"\n' + SHARE + FEW
    assert judged(rule, answers(5, 5)).verdict is Verdict.INSUFFICIENT


def test_an_undecided_full_list_decides_nothing() -> None:
    own = LIST.replace('"filled(site)"', '"score >= 1"')
    records = answers(5, 5, 1)
    records[0]["score"] = "?"
    found = judged(TREND.replace("score >= 4", "site = 'N'") + FEW, records, own)
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.endswith("So few could be judged one by one, but T.list, which would, is not decided.")


def test_a_full_list_that_leaves_out_some_of_the_records_decides_nothing() -> None:
    own = LIST.replace('must = "filled', 'where = "score > 1"\nmust = "filled')
    found = judged(SHARE + FEW, answers(5, 5, 1), own)
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.endswith("but T.list, which would, is not about 1 of them.")
    assert judged(SHARE + FEW, answers(5, 5, 2), own).verdict is Verdict.NOT_APPLICABLE
    assert judged('where = "score > 4"\n' + SHARE + FEW, answers(5, 5, 1), own).verdict is Verdict.NOT_APPLICABLE


def test_a_rate_is_about_the_records_that_it_counts() -> None:
    own = LIST.replace('must = "filled', 'where = "score > 1"\nmust = "filled')
    rule = 'where = "score > 2"\n' + RATE + FEW
    customers = [{"id": str(i)} for i in range(40)]
    assert judged(rule, answers(5, 5, 1), own, customers=customers).verdict is Verdict.NOT_APPLICABLE
    looser = rule.replace("score > 2", "score > 0")
    assert judged(looser, answers(5, 5, 1), own, customers=customers).verdict is Verdict.INSUFFICIENT


def test_a_full_list_that_tolerates_some_decides_only_where_all_are_met() -> None:
    own = LIST.replace('must = "filled', 'at_least = "share"\nmust = "filled')
    whole, rest = answers(5, 5, 5, 1), answers(1, site=None)
    rest[0]["id"] = "B"
    assert judged(SHARE + FEW, whole, own).verdict is Verdict.NOT_APPLICABLE
    found = judged(SHARE + FEW, [*whole, *rest], own)
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.endswith("but T.list, which would, is met without some of them.")


def test_nothing_to_count_against_is_not_too_few() -> None:
    rule = RATE.replace('table = "customers"', 'table = "customers", where = "active"')
    idle = [{"id": "1", "active": False}]
    assert judged(rule + FEW, answers(5, 5), customers=idle).verdict is Verdict.INSUFFICIENT
    unknown = [{"id": "1", "active": True}, {"id": "2", "active": "?"}]
    assert judged(rule + FEW, answers(5, 5), customers=unknown).verdict is Verdict.INSUFFICIENT


def test_the_size_of_a_finding_is_what_it_is_about(tmp_path: Path) -> None:
    found = audited(tmp_path, answers(5, 5, 1)).finding("T.rule")
    assert size(found) == 3
    assert size(found.model_copy(update={"tally": None})) == 0


# ---------------------------------------------------------------- the laws

COUNT = settings(max_examples=25, deadline=None)
RULES = st.sampled_from([SHARE, WITHIN, TREND, COUNTS, CHART])
MARKS = st.lists(st.sampled_from([1, 5, None, "?"]), max_size=40)


@COUNT
@given(RULES, MARKS, st.integers(1, 40), st.sampled_from(["N", None, "?"]))
def test_the_key_turns_nothing_but_an_open_rule_into_one_that_does_not_apply(
    rule: str, marks: list[object], few: int, site: object
) -> None:
    """It never makes a pass, never hides what is shown, and excuses no longer list than it says."""
    records = answers(*marks, site=site)
    plain = judged(rule, records, USED, few=few)
    found = judged(rule + FEW, records, few=few)
    if plain.verdict is not Verdict.INSUFFICIENT:
        assert found.verdict is plain.verdict
    else:
        assert found.verdict in {Verdict.INSUFFICIENT, Verdict.NOT_APPLICABLE}
    if found.verdict is Verdict.NOT_APPLICABLE:
        assert found.instead == "T.list"
        assert found.tally is not None
        assert 0 < found.tally.population <= few
        assert found.tally.unreadable == 0


@COUNT
@given(st.sampled_from([SHARE, WITHIN, TREND]), MARKS, st.data())
def test_fewer_records_never_make_a_pass(rule: str, marks: list[object], data: st.DataObject) -> None:
    """Of a rule whose records are all bad, no number of them passes, and what is left out passes nothing either. (Of a
    rule that asks for a number of records, or for their spread, none is bad by itself.)
    """
    records = answers(*["?" if m == "?" else 1 for m in marks], closed=dt.date(2026, 1, 1))
    kept = data.draw(st.lists(st.sampled_from(records), unique_by=lambda r: r["id"]) if records else st.just([]))
    for given_ in (records, kept):
        assert judged(rule + FEW, given_).verdict is not Verdict.PASS


# ---------------------------------------------------------------- in an audit


def audited(folder: Path, records: Answers, *, previous: AuditRecord | None = None, as_of: dt.date = AS_OF) -> AuditRecord:  # fmt: skip
    """Audit a firm of these answers against the rule and the full list, with the record of the audit before."""
    answers = [{column: as_text(cell) for column, cell in one.items()} for one in records]
    more = {}
    if previous is not None:
        (folder / "before.json").write_text(record.write(previous), "utf-8")
        more["previous"] = "before.json"
    return firm.audit(
        folder, {"answers": answers}, ruleset=small.text(SHARE + FEW), as_of=as_of, select=("T.rule", "T.list"), **more
    )


def whole(found: AuditRecord) -> ObligationResult:
    return found.obligations[0]


def test_an_audit_lists_the_statistic_among_what_was_not_examined(tmp_path: Path) -> None:
    found = audited(tmp_path, answers(5, 5, 1))
    assert found.finding("T.rule").verdict is Verdict.NOT_APPLICABLE
    limits: Mapping[str, str] = {one.id: f"{one.reason}: {one.detail}" for one in found.limits if one.kind == "rule"}
    assert limits["T.rule"] == "too few records for a statistic: T.list judges each"
    assert "T.rule" not in whole(found).undecided


def test_a_statistic_that_failed_before_is_not_undone_by_fewer_records(tmp_path: Path) -> None:
    before = audited(tmp_path, answers(*[1] * 12), as_of=dt.date(2025, 12, 1))
    assert before.finding("T.rule").verdict is Verdict.FAIL
    found = audited(tmp_path, answers(1, 1), previous=before).finding("T.rule")
    assert (found.verdict, found.since) == (Verdict.INSUFFICIENT, "not-shown")
    assert found.reason.endswith("it failed at the audit of 2025-12-01, and fewer records do not undo that.")


@pytest.mark.parametrize(("then", "verdict"), [(31, "insufficient"), (30, "not-applicable")])
def test_a_register_that_lost_more_than_half_is_not_one_of_few_records(tmp_path: Path, then: int, verdict: str) -> None:
    before = audited(tmp_path, answers(*[5] * 25, *[1] * (then - 25)), as_of=dt.date(2025, 12, 1))
    assert before.finding("T.rule").verdict is not Verdict.FAIL
    found = audited(tmp_path, answers(*[5] * 9, *[1] * 6), previous=before).finding("T.rule")
    assert found.verdict.value == verdict
    if then > 30:
        assert found.reason.endswith("the audit of 2025-12-01 counted 31 of them: show where the others are.")


def test_half_as_many_as_before_may_be_fewer_complaints(tmp_path: Path) -> None:
    before = audited(tmp_path, answers(*[5] * 25, *[1] * 7), as_of=dt.date(2025, 12, 1))
    found = audited(tmp_path, answers(*[5] * 10, *[1] * 6), previous=before).finding("T.rule")
    assert found.verdict is Verdict.NOT_APPLICABLE
