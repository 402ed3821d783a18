"""An explanation lets a person recompute a verdict by hand."""

from __future__ import annotations

import pytest
from records import full_record

from qmscheck.errors import QmscheckError
from qmscheck.model import AuditException, Location
from qmscheck.report.explain import explain

FULL = full_record()


def test_the_first_three_lines_are_population_criterion_and_result() -> None:
    assert explain(FULL, "CF-8.2.1-c2.acknowledged").splitlines()[:4] == [
        "population  312 records of complaints in scope, from evidence/complaints-2026.csv (read)",
        (
            "criterion   working_days(received_on, acknowledged_on) <= param('ack_days'); "
            "with ack_days = 2 (own procedure, QP-14 4.2)"
        ),
        "result      fail, minor (not met); 312 records: 301 met, 4 not met, 7 unreadable (96.5 % to 98.7 % met)",
        "",
    ]


def test_the_criterion_says_which_dates_the_audit_gave() -> None:
    finding = FULL.finding("CF-P-01.named").model_copy(
        update={"criterion": "count of p where in_period(on) and on <= as_of() and on <= audit_date(): at least 1"}
    )
    line = explain(FULL.model_copy(update={"findings": (finding,)}), finding.rule).splitlines()[1]
    planned = FULL.plan.planned_audit or FULL.as_of
    period = f"{FULL.plan.period.from_} to {FULL.plan.period.to}"
    assert line.endswith(f"; with as_of() = {FULL.as_of}, audit_date() = {planned}, in_period = {period}")


def test_what_was_found_is_told_once_and_after_the_reason() -> None:
    text = explain(FULL, "CF-9.1.2-1.asked")
    assert text.index("because     Only 3") < text.index("found       3 of 3")
    finding = FULL.finding("CF-9.1.2-1.asked")
    same = finding.model_copy(update={"statement": finding.reason})
    assert "found " not in explain(FULL.model_copy(update={"findings": (same,)}), same.rule)


def test_a_document_that_is_itself_the_record_is_named_once() -> None:
    place = Location(path="qms/policy.docx")
    exception = AuditException(key="qms/policy.docx", state="unmet", location=place)
    finding = FULL.finding("CF-P-01.named").model_copy(update={"exceptions": (exception,), "exceptions_total": 1})
    assert explain(FULL.model_copy(update={"findings": (finding,)}), finding.rule).endswith(
        "\n  unmet       qms/policy.docx\n"
    )


def test_a_fail_says_grade_what_would_turn_it_and_every_place() -> None:
    text = explain(FULL, "CF-8.2.1-c2.owner")
    assert "grade       major, proposed. Graded major: the share not met is what it is." in text
    assert "  of which  site (blank): 2 records: 0 met, 2 not met" in text
    assert "to turn it  312 more complaints need an owner." in text
    assert "do          The service manager names an owner" in text
    assert text.count("  unmet       R-2026-") == 300
    assert text.endswith("  and 12 more that the record does not list\n")


def test_a_fail_without_its_own_advice_takes_that_of_its_obligation() -> None:
    assert "do          The quality manager sets CF-P-01 right" in explain(FULL, "CF-P-01.named")
    assert "to turn it  no single change is known" in explain(FULL, "CF-P-01.named")


def test_a_pass_has_nothing_to_turn_and_nothing_to_do() -> None:
    text = explain(FULL, "CF-4.2-a1.filled")
    assert "result      pass (met); 20000 records: 19999 met, 1 not met (99.995 % met)" in text
    assert "to turn it" not in text
    assert "\ndo " not in text


def test_what_was_not_counted_says_so() -> None:
    first, *_ = explain(FULL, "CF-P-02.workshop").splitlines()
    assert first == "population  nothing was counted in complaints, from evidence/complaints-2026.csv (read)"
    assert "result      not-selected; nothing was counted" in explain(FULL, "CF-P-02.workshop")
    bare = FULL.model_copy(update={"evidence": ()})
    assert explain(bare, "CF-P-02.workshop").startswith("population  nothing was counted in complaints, from no source")


def test_a_quoted_passage_stands_with_its_page_and_heading() -> None:
    assert (
        "  quoted      1  evidence/qms/Handbuch Kundenorientierung.docx, page 4, "
        "under “5 Führung > 5.1 Verpflichtung”, paragraph 3: “Die Geschäftsführung richtet"
    ) in explain(FULL, "CF-5.1.2-1.policy")


def test_a_fingerprint_is_explained_as_its_rule() -> None:
    finding = FULL.finding("CF-8.2.1-c2.owner")
    assert explain(FULL, finding.fingerprint) == explain(FULL, finding.rule)


def test_an_obligation_is_explained_with_all_of_its_rules_gravest_first() -> None:
    text = explain(FULL, "CF-8.2.1-c2")
    assert text.startswith(
        "CF-8.2.1-c2  Every complaint is recorded, owned and acknowledged in time\nresult      fail, major"
    )
    assert "answer      nobody has answered it" in text
    order = [text.index(f"\nCF-8.2.1-c2.{name}  ") for name in ("owner", "acknowledged", "logged", "reopened")]
    assert order == sorted(order)


def test_an_answer_is_told_with_its_person() -> None:
    assert "answer      “yes”, by J. Müller (Internal auditor), on 2026-11-03" in explain(FULL, "CF-4.2-a1")


def test_an_obligation_without_a_question_has_no_answer() -> None:
    assert "answer" not in explain(FULL, "CF-8.5.3-1")


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(QmscheckError, match=r"has no rule, obligation or finding 'CF-9\.1\.2-1\.aske'") as caught:
        explain(FULL, "CF-9.1.2-1.aske")
    assert caught.value.problems[0].hint == "did you mean 'CF-9.1.2-1.asked'?"
    with pytest.raises(QmscheckError, match="give the id of a rule") as caught:
        explain(FULL, "?")
