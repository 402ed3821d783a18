"""A real QMS folder, with its registers mapped by hand: what a person found wrong in it is found, and nothing passes for words."""

from __future__ import annotations

import datetime as dt
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from folders import audited

from qmscheck.model import AuditRecord, Finding, Verdict

EVIDENCE = Path(__file__).parent / "evidence" / "gstt-csc-qms"
SEEN_ON = dt.date(2026, 11, 22)
TABLES = ("audit_programme", "audits", "objectives", "reviews")


def test_the_management_review_is_overdue() -> None:
    held, late = found("CF-9.3-1.held"), found("CF-9.3-1.on-time")
    assert (held.verdict, figures(held)) == (Verdict.FAIL, (0, 4))
    assert (late.verdict, figures(late), keys(late)) == (Verdict.FAIL, (3, 4), {"I.004 line 30"})


def test_five_internal_audits_stand_in_the_past_and_were_not_held() -> None:
    late = found("CF-9.2-1.on-time")
    assert (late.verdict, figures(late)) == (Verdict.FAIL, (17, 22))
    assert keys(late) == {f"I.004 line {n}" for n in range(54, 59)}


def test_of_six_objectives_none_is_about_customer_satisfaction() -> None:
    objective = found("CF-6.2.1-1.satisfaction")
    assert (objective.verdict, figures(objective)) == (Verdict.FAIL, (0, 6))


def test_an_objective_of_which_nobody_says_whether_it_still_holds_passes_nothing() -> None:
    conformity = found("CF-6.2.1-1.conformity")
    assert (conformity.verdict, figures(conformity)[0]) == (Verdict.INSUFFICIENT, 0)


def test_approval_is_empty_in_each_controlled_document() -> None:
    approved = found("CF-7.5-1.approved")
    assert (approved.verdict, figures(approved)[0]) == (Verdict.FAIL, 0)
    assert {e.location.path for e in approved.exceptions} >= {
        "qms/CSC-PL-001-Quality-Manual.md",
        "qms/CSC-PR-006-Feedback-Management.md",
        "qms/CSC-PR-011-Management-Review.md",
    }


def test_the_versions_that_contradict_each_other_are_named() -> None:
    agrees = found("CF-7.5-1.agrees")
    assert agrees.verdict is Verdict.FAIL
    assert {e.location.path for e in agrees.exceptions} == {
        "qms/CSC-PL-001-Quality-Manual.md",
        "qms/CSC-PR-006-Feedback-Management.md",
    }


def test_the_template_of_a_report_is_no_report_and_no_obligation_passes() -> None:
    assert [o.id for o in whole().obligations if o.verdict is Verdict.PASS] == []
    minutes = [f for f in whole().findings if f.rule.startswith("CF-9.3-1.minutes")]
    assert minutes != []
    assert [f.rule for f in minutes if f.verdict is Verdict.PASS] == []


def figures(finding: Finding) -> tuple[int, int]:
    """Give how many records are met (of a count: found), and of how many."""
    assert finding.tally is not None
    return finding.tally.met, finding.tally.population


def keys(finding: Finding) -> set[str]:
    return {e.key or "" for e in finding.exceptions}


def found(rule: str) -> Finding:
    return whole().finding(rule)


@cache
def whole() -> AuditRecord:
    """Audit the folder and its mapped tables once, on the day on which a person read them."""
    sources = '[[source]]\ntable = "documents"\npath = "qms"\n'
    sources += "".join(f'[[source]]\ntable = "{table}"\npath = "mapped/{table}.csv"\n' for table in TABLES)
    with TemporaryDirectory() as folder:
        for part in ("qms", "mapped"):
            shutil.copytree(EVIDENCE / part, Path(folder) / part)
        return audited(Path(folder), "iso9001", sources, as_of=SEEN_ON)
