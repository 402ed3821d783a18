"""Units against the target: the worst is named, small ones are listed, many looks are corrected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from measuring import judged

from qmscheck.model import Finding, Verdict

SHARE = 'measure = { share = "score >= 4" }\nat_least = "share"\nstrata = ["site"]\n'
EACH = SHARE + "every_stratum = true\n"


def sites(counts: Mapping[str | None, tuple[int, int]]) -> list[dict[str, object]]:
    """Give (good, all) answers of each site."""
    return [
        {"id": f"{site}{i}", "site": site, "score": 5 if i < good else 1}
        for site, (good, n) in counts.items()
        for i in range(n)
    ]


def standings(finding: Finding) -> dict[str | None, str | None]:
    return {s.value: s.standing for s in finding.strata}


def test_the_worst_unit_is_named_and_does_not_decide_by_itself() -> None:
    found = judged(SHARE, sites({"A": (100, 100), "B": (12, 20)}))
    assert found.verdict is Verdict.PASS
    assert "Worst of 2 units: site B, 60 % (12 of 20), which misses the target." in found.reason
    assert standings(found) == {"A": "met", "B": "missed"}


def test_where_each_unit_is_asked_for_the_worst_one_fails_the_rule() -> None:
    found = judged(EACH, sites({"A": (100, 100), "B": (12, 20)}))
    assert found.verdict is Verdict.FAIL
    assert found.to_pass == "site B must reach the target as well."
    assert "for each site too" in found.criterion


def test_a_unit_under_the_minimum_is_listed_and_never_dropped() -> None:
    found = judged(EACH, sites({"A": (100, 100), "B": (0, 9), None: (2, 2)}))
    assert standings(found) == {"A": "met", "B": "not assessable", None: "not assessable"}
    assert "Not assessable, with fewer than 10 records: site B, site (blank)." in found.reason
    assert found.verdict is Verdict.INSUFFICIENT  # nobody has shown that each unit reaches it
    assert judged(SHARE, sites({"A": (100, 100), "B": (0, 9)})).verdict is Verdict.PASS


def test_one_bad_unit_of_many_has_to_be_worse_to_be_shown() -> None:
    """Holm: 11 of 20 misses 80 % at 95 % when it is the only unit, and not when it is the worst of twenty."""
    rule = EACH + 'inference = "process"\n'
    alone = judged(rule, sites({"A": (11, 20)}))
    assert standings(alone) == {"A": "missed"}
    among = judged(rule, sites({"A": (11, 20), **{f"B{i:02}": (40, 40) for i in range(19)}}))
    assert standings(among)["A"] == "not shown"
    assert "corrected for 20 looks (Holm)" in among.reason
    assert among.verdict is Verdict.INSUFFICIENT
    worse = judged(rule, sites({"A": (4, 20), **{f"B{i:02}": (40, 40) for i in range(19)}}))
    assert standings(worse)["A"] == "missed"
    assert worse.verdict is Verdict.FAIL


def test_setting_a_bad_unit_aside_leaves_more_for_the_next() -> None:
    rule = EACH + 'inference = "process"\n'
    found = judged(rule, sites({"A": (0, 40), "B": (22, 40)}))
    assert standings(found) == {"A": "missed", "B": "missed"}


def test_a_plain_share_is_asked_of_each_unit_too() -> None:
    rule = 'must = "score >= 4"\nat_least = "share"\nstrata = ["site"]\nevery_stratum = true\n'
    found = judged(rule, sites({"A": (100, 100), "B": (12, 20)}))
    assert (found.form, found.verdict) == ("must", Verdict.FAIL)


@pytest.mark.parametrize(
    ("measure", "worst"),
    [
        ('mean = "score"', "site B, 3.4 (n = 20)"),
        ('median = "score"', "site B, 60 % at or above the target (n = 20)"),
        ('percentile = "score", at = 0.1', "site B, 60 % at or above the target (n = 20)"),
        ('ratio = "score", to = "score + 1"', "site B, 0.77 (n = 20)"),
    ],
)
def test_other_statistics_have_worst_units(measure: str, worst: str) -> None:
    rule = f'measure = {{ {measure} }}\nat_least = "share"\nstrata = ["site"]\n'
    goal = {"share": 0.95} if "ratio" in measure else {}
    answers = sites({"A": (20, 20), "B": (12, 20)})
    if "ratio" not in measure:
        rule, goal = rule.replace('"share"', '"goal"'), {"goal": 3.5}
    assert worst in judged(rule, answers, params=goal).reason


def test_a_percentile_that_must_not_exceed_is_counted_at_or_below() -> None:
    rule = 'measure = { percentile = "score", at = 0.9 }\nat_most = "goal"\nstrata = ["site"]\nevery_stratum = true\n'
    found = judged(rule, sites({"A": (1, 20), "B": (4, 20)}))
    assert standings(found) == {"A": "met", "B": "missed"}
    assert "site B, 80 % at or below the target (n = 20)" in found.reason


@pytest.mark.parametrize(("low", "standing"), [(1, "missed"), (0, "met")])
def test_a_percentile_at_its_boundary_is_decided_by_counting(low: int, standing: str) -> None:
    """The 10th percentile of 20 is the 2nd value: two below the target miss it, one does not."""
    rule = 'measure = { percentile = "score", at = 0.1 }\nat_least = "goal"\nstrata = ["site"]\n'
    found = judged(rule, sites({"A": (19 - low, 20)}))
    assert standings(found) == {"A": standing}
    assert (found.verdict is Verdict.PASS) is (standing == "met")


def test_the_rate_of_a_unit_is_counted_against_that_unit() -> None:
    rule = 'measure = { rate = { table = "customers" } }\nat_most = "goal"\nstrata = ["site"]\nmin_sample = 1\n'
    customers = [{"id": str(i), "site": "AB"[i >= 8]} for i in range(10)]
    found = judged(rule, sites({"A": (8, 8), "B": (0, 8), "C": (0, 8)}), customers)
    assert [(s.value, s.figure, s.standing) for s in found.strata] == [
        ("A", 1.0, "met"),
        ("B", 4.0, "missed"),
        ("C", None, "not shown"),
    ]


def test_open_cases_of_a_unit_are_that_units() -> None:
    rule = (
        'measure = { within = { opened = "opened", closed = "closed", days = "days" } }\nat_least = "share"\n'
        'strata = ["site"]\n'
    )
    day = dt.date(2025, 1, 1)
    answers = [
        {"id": f"{s}{i}", "site": s, "opened": day, "closed": day + dt.timedelta(days=3) if s == "A" else None}
        for s in "AB"
        for i in range(10)
    ]
    found = judged(rule, answers)
    assert [(s.value, s.figure, s.standing) for s in found.strata] == [("A", 1.0, "met"), ("B", 0.0, "missed")]


def test_a_stratum_column_that_no_source_has_has_no_units() -> None:
    found = judged(SHARE, [{"id": "1", "score": 5}])
    assert standings(found) == {None: "not assessable"}
