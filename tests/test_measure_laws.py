"""Laws of rules that measure, on any records, through the public path."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest
import shared
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import AS_OF, loaded

from qmscheck.criteria import Criteria
from qmscheck.model import Finding, Verdict
from qmscheck.testing import judge_records

COUNT = settings(max_examples=25, deadline=None)
INFERENCES = ("census", "random-sample", "judgement-sample", "self-selected", "process")
MEASURES = {
    "share": 'measure = { share = "score >= 4" }\nat_least = "share"\n',
    "share-at-most": 'measure = { share = "score <= 2" }\nat_most = "share"\n',
    "mean": 'measure = { mean = "score", scale = [1, 5] }\nat_least = "goal"\n',
    "median": 'measure = { median = "score", scale = [1, 5] }\nat_least = "goal"\n',
    "percentile": 'measure = { percentile = "score", at = 0.9, scale = [1, 5] }\nat_least = "goal"\n',
    "nps": 'measure = { nps = "score", scale = [0, 10] }\nat_least = "goal"\n',
    "must": 'must = "score >= 4"\nat_least = "share"\n',
}
#: From bad to good: what an auditor would call an improvement goes to the right.
ORDER = (Verdict.FAIL, Verdict.INSUFFICIENT, Verdict.PASS)
SCORES = st.lists(st.integers(1, 5), min_size=1, max_size=40)


@cache
def asked(rule: str) -> Criteria:
    return loaded(rule)


def judged(rule: str, values: list[object]) -> Finding:
    answers: list[dict[str, Any]] = [{"id": str(i), "score": v, "site": "NS"[i % 2]} for i, v in enumerate(values)]
    return judge_records(asked(rule), "T.rule", {"answers": answers}, as_of=AS_OF, engine=shared.engine())


def rule_of(name: str, inference: str) -> str:
    return MEASURES[name] + (f'inference = "{inference}"\nmin_sample = 1\n' if inference != "census" else "")


@COUNT
@given(SCORES, st.sampled_from(sorted(MEASURES)), st.sampled_from(INFERENCES), st.data())
def test_a_worse_answer_never_raises_the_verdict(
    values: list[int], name: str, inference: str, data: st.DataObject
) -> None:
    rule = rule_of(name, inference)
    place = data.draw(st.integers(0, len(values) - 1))
    worse: list[object] = [*values]
    worse[place] = data.draw(st.integers(1, values[place]))
    before, after = judged(rule, [*values]), judged(rule, worse)
    assert ORDER.index(after.verdict) <= ORDER.index(before.verdict)


@COUNT
@given(SCORES, st.sampled_from(sorted(MEASURES)), st.sampled_from(INFERENCES), st.data())
def test_a_blank_or_unreadable_answer_never_turns_anything_into_a_pass(
    values: list[int], name: str, inference: str, data: st.DataObject
) -> None:
    rule = rule_of(name, inference)
    place = data.draw(st.integers(0, len(values) - 1))
    lost: list[object] = [*values]
    lost[place] = data.draw(st.sampled_from([None, "?"]))
    if judged(rule, lost).verdict is Verdict.PASS:
        assert judged(rule, [*values]).verdict is Verdict.PASS


@COUNT
@given(SCORES, st.sampled_from(["share", "mean", "median", "nps", "must"]), st.sampled_from(INFERENCES[1:]))
def test_more_uncertainty_never_decides_what_was_open(values: list[int], name: str, inference: str) -> None:
    certain, widened = judged(MEASURES[name], [*values]), judged(rule_of(name, inference), [*values])
    assert widened.verdict in {certain.verdict, Verdict.INSUFFICIENT}


@COUNT
@given(SCORES, st.sampled_from(["share", "mean", "nps"]), st.floats(0.55, 0.9))
def test_more_confidence_never_decides_what_was_open(values: list[int], name: str, low: float) -> None:
    rule = rule_of(name, "process")
    weak = judged(rule + f"confidence = {low:.3f}\n", [*values])
    strong = judged(rule + "confidence = 0.99\n", [*values])
    assert strong.verdict in {weak.verdict, Verdict.INSUFFICIENT}


@COUNT
@given(st.lists(st.sampled_from([1, 3, 5, 7, None, "?"]), min_size=1, max_size=30), st.sampled_from(sorted(MEASURES)))
def test_every_record_is_counted_once(values: list[object], name: str) -> None:
    found = judged(MEASURES[name] + 'strata = ["site"]\n', values)
    tally = found.tally
    assert tally is not None
    assert tally.population == len(values) == tally.met + tally.unmet + tally.unreadable
    assert sum(s.tally.population for s in found.strata) == len(values)


@COUNT
@given(
    st.lists(st.sampled_from([1, 3, 5, None]), min_size=2, max_size=30),
    st.sampled_from(sorted(MEASURES)),
    st.integers(),
)
def test_the_order_of_records_does_not_matter(values: list[object], name: str, seed: int) -> None:
    rule = rule_of(name, "process")
    answers: list[dict[str, Any]] = [{"id": f"{i:02}", "score": v, "site": "NS"[i % 2]} for i, v in enumerate(values)]
    turned = [*answers]
    random.Random(seed).shuffle(turned)
    one, two = (
        judge_records(asked(rule), "T.rule", {"answers": a}, as_of=AS_OF, engine=shared.engine())
        for a in (answers, turned)
    )
    assert (one.verdict, one.reason, one.calculation, one.measured) == (
        two.verdict,
        two.reason,
        two.calculation,
        two.measured,
    )


@COUNT
@given(SCORES, st.sampled_from(["share", "mean", "percentile", "median"]))
def test_asking_it_of_each_unit_never_raises_the_verdict(values: list[int], name: str) -> None:
    whole = judged(MEASURES[name] + 'strata = ["site"]\n', [*values])
    each = judged(MEASURES[name] + 'strata = ["site"]\nevery_stratum = true\nmin_sample = 1\n', [*values])
    assert ORDER.index(each.verdict) <= ORDER.index(whole.verdict)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_no_evidence_is_no_pass(name: str) -> None:
    for inference in INFERENCES:
        assert judged(rule_of(name, inference), []).verdict is Verdict.INSUFFICIENT
