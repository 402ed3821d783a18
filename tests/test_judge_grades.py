"""A grade is proposed step by step: each step names the criterion that fired, and its figures."""

from __future__ import annotations

import copy
import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, RULESET, audit
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.judge.counting.breach import Breach
from qmscheck.judge.finding.grades import SEVERITY, Grounds, Layer, Repeat, propose, sentence
from qmscheck.judge.limits import LIMITS
from qmscheck.model import Force, Grade, GradeStep, Obligation, Origin, ParameterUse, Rule

OBLIGATION = Obligation(
    id="A-1",
    title="Complaints are owned",
    force=Force.REQUIREMENT,
    clauses=("1.1",),
    doc_info="retain",
    statement="Each complaint has an owner.",
    grade=Grade.MAJOR,
    grade_why="It is the core.",
    recommendation="The quality manager names an owner.",
)
RULE = Rule(id="A-1.owner", obligation="A-1", title="Owner", statement="x", each="complaints", must="owner is not null")
CONVENTION = ParameterUse(name="days", value=5, origin=Origin.CONVENTION, ref=None, title="Days to answer")
AGO = Repeat(dt.date(2025, 11, 20), 365, LIMITS["repeat_after_days"])
LATELY = Repeat(dt.date(2026, 11, 19), 1, LIMITS["repeat_after_days"])


def unmet(cases: int, of: int, allowed: int = 0) -> Breach:
    """So many records of so many not met, where some are allowed."""
    return Breach(cases, max(cases - allowed, 0), of, 0, cases == of, f"{cases} of {of}")


def grounds(breach: Breach, layers: tuple[Layer, ...] = (), **changed: Any) -> Grounds:
    obligation = {k: v for k, v in changed.items() if k in {"force", "grade", "adopted_by"}}
    rule = {k: v for k, v in changed.items() if k in {"touches", "escape"}}
    return Grounds(
        obligation=OBLIGATION.model_copy(update=obligation),
        rule=RULE.model_copy(update=rule | ({"grade": changed["own"]} if "own" in changed else {})),
        breach=breach,
        layers=layers,
        used=changed.get("used", ()),
        share=LIMITS["escalate_share"],
        minimum=LIMITS["escalate_min"],
        isolated=LIMITS["isolated_share"],
        repeated=changed.get("repeated"),
    )


def fired(steps: tuple[GradeStep, ...]) -> list[tuple[str, str, str]]:
    return [(s.criterion, s.effect, s.grade.value) for s in steps]


def test_nothing_met_keeps_the_obligations_own_grade() -> None:
    steps = propose(grounds(unmet(12, 12)))
    assert fired(steps) == [("default", "start", "major"), ("whole", "keep", "major")]
    assert sentence(steps) == (
        "The obligation's own grade, if nothing is met, is major. Nothing is met (12 of 12): major."
    )


def test_a_partial_breach_is_one_lower_and_says_its_figures() -> None:
    steps = propose(grounds(unmet(43, 1284)))
    assert fired(steps) == [("default", "start", "major"), ("partial", "lower", "minor")]
    assert (steps[1].cases, steps[1].of, steps[1].why) == (
        43,
        1284,
        "A partial breach (43 of 1284), one lower: minor.",
    )


def test_a_partial_breach_of_what_is_minor_stays_minor() -> None:
    steps = propose(grounds(unmet(3, 40), grade=Grade.MINOR))
    assert fired(steps)[-1] == ("partial", "keep", "minor")


def test_from_the_escalation_share_on_a_partial_breach_counts_as_whole() -> None:
    steps = propose(grounds(unmet(20, 100)))
    assert fired(steps)[-1] == ("share", "raise", "major")
    assert (steps[-1].share, steps[-1].parameter) == (0.2, LIMITS["escalate_share"])
    assert steps[-1].why == "The breach is large (20 of 100, 20 %; 20 % or more): major."
    assert fired(propose(grounds(unmet(19, 100))))[-1] == ("partial", "lower", "minor")


def test_of_few_records_more_than_half_must_be_unmet_to_count_as_whole() -> None:
    assert propose(grounds(unmet(4, 8)))[-1].grade is Grade.MINOR
    steps = propose(grounds(unmet(5, 8)))
    assert steps[-1].why == "The breach is large (5 of 8, 62.5 %; of fewer than 10, more than half): major."


def test_what_the_rule_allows_is_no_breach_that_counts_for_the_share() -> None:
    steps = propose(grounds(unmet(35, 100, allowed=30)))
    assert fired(steps)[-1] == ("partial", "lower", "minor")
    assert "50 of 100 beyond what is allowed, 50 %" in propose(grounds(unmet(80, 100, allowed=30)))[-1].why


def test_a_large_breach_in_one_stratum_raises_if_the_stratum_is_large_enough() -> None:
    site = Layer("site", "B", unmet(4, 10))
    steps = propose(grounds(unmet(4, 500), (Layer("site", "A", unmet(0, 490)), site)))
    assert fired(steps)[-1] == ("stratum", "raise", "major")
    assert (steps[-1].stratum, steps[-1].cases, steps[-1].of) == ("site B", 4, 10)
    small = Layer("site", None, unmet(4, 9))
    assert fired(propose(grounds(unmet(6, 500), (small,))))[-1] == ("partial", "lower", "minor")


def test_a_single_case_in_a_small_stratum_is_still_isolated() -> None:
    steps = propose(grounds(unmet(1, 500), (Layer("site", "B", unmet(1, 1)),)))
    assert fired(steps)[-1] == ("isolated", "keep", "minor")


def test_a_share_never_raises_above_what_nothing_met_would_be() -> None:
    steps = propose(grounds(unmet(90, 100), grade=Grade.MINOR))
    assert fired(steps)[-1] == ("share", "keep", "minor")
    assert steps[-1].why.endswith("and no more than if nothing were met: minor.")


@pytest.mark.parametrize(("cases", "of"), [(1, 2), (1, 3), (9, 901)])
def test_an_isolated_case_of_a_requirement_is_minor_and_no_less(cases: int, of: int) -> None:
    steps = propose(grounds(unmet(cases, of)))
    assert fired(steps)[-1] == ("isolated", "keep", "minor")
    assert "what is required and not met is at least minor" in steps[-1].why


def test_an_isolated_case_of_adopted_guidance_is_an_opportunity() -> None:
    steps = propose(grounds(unmet(1, 40), force=Force.GUIDANCE, adopted_by="QP-14"))
    assert fired(steps)[2:] == [("isolated", "lower", "opportunity"), ("adopted", "keep", "opportunity")]
    assert steps[-1].why == "The cap of force guidance is lifted: adopted by QP-14."


def test_under_one_percent_is_isolated_and_names_the_parameter() -> None:
    step = propose(grounds(unmet(9, 1000)))[-1]
    assert (step.criterion, step.share, step.parameter) == ("isolated", 0.009, LIMITS["isolated_share"])
    assert step.why.startswith("Isolated (0.9 %, under 1 %)")
    assert propose(grounds(unmet(10, 1000)))[-1].criterion == "partial"


def test_few_cases_in_one_place_are_not_isolated() -> None:
    steps = propose(grounds(unmet(18, 10_000), (Layer("site", "B", unmet(18, 80)),)))
    assert fired(steps)[1:] == [("partial", "lower", "minor"), ("stratum", "raise", "major")]


@pytest.mark.parametrize(
    ("changed", "criterion", "words"),
    [
        ({"touches": ("law",)}, "law", "A requirement of law is touched, one higher: major."),
        ({"touches": ("safety",)}, "safety", "A requirement of safety is touched, one higher: major."),
        ({"escape": True}, "escape", "What does not conform reached customers, and nobody reacted, one higher: major."),
        ({"repeated": AGO}, "repeat", "The audit of 2025-11-20, 365 days before, found the same, one higher: major."),
    ],
)
def test_law_safety_escape_and_repetition_raise_by_one(changed: dict[str, Any], criterion: str, words: str) -> None:
    steps = propose(grounds(unmet(2, 100), **changed))
    assert fired(steps)[-1] == (criterion, "raise", "major")
    assert steps[-1].why == words


def test_several_reasons_to_raise_raise_once_and_are_all_named() -> None:
    steps = propose(grounds(unmet(30, 100), touches=("law",), escape=True, repeated=AGO, own=Grade.MINOR))
    assert fired(steps) == [
        ("default", "start", "minor"),
        ("partial", "keep", "minor"),
        ("share", "keep", "minor"),
        ("law", "raise", "major"),
        ("escape", "keep", "major"),
        ("repeat", "keep", "major"),
    ]


def test_what_was_found_before_is_not_isolated() -> None:
    criteria = [s.criterion for s in propose(grounds(unmet(1, 100), repeated=AGO))]
    assert criteria == ["default", "partial", "repeat"]


def test_what_was_found_yesterday_had_no_time_to_be_corrected() -> None:
    steps = propose(grounds(unmet(2, 100), repeated=LATELY))
    assert fired(steps)[-1] == ("repeat", "keep", "minor")
    assert steps[-1].why == (
        "The audit of 2026-11-19, 1 day before, found the same, and 90 days to correct it are not over: minor."
    )
    assert steps[-1].parameter == LIMITS["repeat_after_days"]


def test_an_opportunity_does_not_grow_by_being_found_again() -> None:
    steps = propose(grounds(unmet(5, 100), own=Grade.OPPORTUNITY, repeated=AGO))
    assert fired(steps)[-1] == ("repeat", "keep", "opportunity")


def test_a_convention_and_mere_guidance_are_capped_at_opportunity_last() -> None:
    steps = propose(grounds(unmet(50, 100), used=(CONVENTION,), touches=("law",)))
    assert fired(steps)[-1] == ("origin", "cap", "opportunity")
    assert steps[-1].parameter == CONVENTION
    steps = propose(grounds(unmet(50, 100), force=Force.GUIDANCE, grade=Grade.OPPORTUNITY, touches=("law",)))
    assert fired(steps)[-1] == ("force", "cap", "opportunity")
    steps = propose(grounds(unmet(50, 100), force=Force.PRINCIPLE, grade=Grade.OPPORTUNITY))
    assert steps[-1].why == "Force principle allows no more than opportunity."


# ---------------------------------------------------------------- laws

GROUNDS = st.fixed_dictionaries(
    {
        "force": st.sampled_from(Force),
        "grade": st.sampled_from(Grade),
        "adopted_by": st.sampled_from([None, "QP-14"]),
        "touches": st.sampled_from([(), ("law",), ("safety", "law")]),
        "escape": st.booleans(),
        "repeated": st.sampled_from([None, AGO, LATELY]),
        "used": st.sampled_from([(), (CONVENTION,)]),
    }
)


@given(GROUNDS, st.integers(1, 400), st.data())
@settings(max_examples=300)
def test_more_unmet_records_never_lower_a_grade(changed: dict[str, Any], population: int, data: st.DataObject) -> None:
    inside = data.draw(st.integers(0, population))
    allowed = data.draw(st.integers(0, population - 1))
    ranks = []
    for here, there in _worsening(inside, population - inside, data.draw(st.randoms(use_true_random=False))):
        cases = here + there
        if cases <= allowed:
            continue  # the rule passes: there is nothing to grade
        layers = [Layer("site", "B", unmet(here, inside))] if inside else []
        layers += [Layer("site", "A", unmet(there, population - inside))] if population > inside else []
        steps = propose(grounds(unmet(cases, population, allowed), tuple(layers), **changed))
        ranks.append(SEVERITY.index(steps[-1].grade))
    assert ranks == sorted(ranks, reverse=True)


def _worsening(here: int, there: int, random: Any) -> list[tuple[int, int]]:
    """Turn one record after the other to unmet, in two strata, in any order."""
    order = [(1, 0)] * here + [(0, 1)] * there
    random.shuffle(order)
    return list(itertools.accumulate(order, lambda a, b: (a[0] + b[0], a[1] + b[1])))


@given(GROUNDS, st.integers(1, 60), st.integers(1, 60))
def test_a_grade_never_exceeds_its_caps_and_its_last_step_is_it(changed: dict[str, Any], cases: int, of: int) -> None:
    steps = propose(grounds(unmet(min(cases, of), of), **changed))
    capped = changed["used"] or (changed["force"] in {Force.GUIDANCE, Force.PRINCIPLE} and not changed["adopted_by"])
    assert not capped or steps[-1].grade is Grade.OPPORTUNITY
    for before, after in itertools.pairwise(steps):
        difference = SEVERITY.index(before.grade) - SEVERITY.index(after.grade)
        allowed = {"keep": {0}, "lower": {-1}, "raise": {1}, "cap": {-1, -2}}[after.effect]
        assert difference in allowed
    assert sum(s.effect == "raise" for s in steps) <= 1 or steps[0].grade is not Grade.MAJOR


@given(GROUNDS, st.integers(1, 60), st.integers(1, 60))
def test_a_reason_to_raise_never_lowers_a_grade(changed: dict[str, Any], cases: int, of: int) -> None:
    breach = unmet(min(cases, of), of)
    plain = propose(grounds(breach, **changed | {"touches": (), "escape": False, "repeated": None}))[-1].grade
    assert SEVERITY.index(propose(grounds(breach, **changed))[-1].grade) <= SEVERITY.index(plain)


# ---------------------------------------------------------------- in an audit


def test_evidence_that_becomes_unreadable_does_not_make_a_fail_look_smaller(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint |= {"answered": "2026-12-31", "state": "closed"}
    own = RULESET.replace('origin = "convention"', 'origin = "own-procedure"\nref = "QP-1"')
    own = own.replace('grade = "minor"', 'grade = "major"')
    assert audit(tmp_path, firm, ruleset=own).finding("A-2.in-time").proposed_grade is Grade.MAJOR
    firm["complaints"][0]["answered"] = "31.02.2026"
    finding = audit(tmp_path, firm, ruleset=own).finding("A-2.in-time")
    assert finding.proposed_grade is Grade.MAJOR
    assert "3 of 3, 1 of them unreadable" in (finding.grade_why or "")


def test_a_ruleset_sets_the_numbers_of_grading_and_a_rule_its_own_share(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"][:2]:
        complaint["owner"] = None
    assert audit(tmp_path, firm).finding("A-1.owner").proposed_grade is Grade.MAJOR  # two of three
    param = (
        '[param.{}]\ntype = "{}"\ndefault = {}\nmin = {}\nmax = {}\norigin = "contract"\nref = "K-1"\ntitle = "T"\n\n'
    )
    fewest = param.format("escalate_min", "integer", 3, 1, 9)
    lenient = fewest + param.format("lenient", "number", 0.9, 0.01, 1)
    asked = RULESET.replace("[term.sorry]", f"{lenient}[term.sorry]")
    asked = asked.replace('must = "owner is not null"', 'must = "owner is not null"\nescalate_share = "lenient"')
    assert audit(tmp_path, firm, ruleset=asked).finding("A-1.owner").proposed_grade is Grade.MINOR
    strict = RULESET.replace("[term.sorry]", f"{fewest}[term.sorry]")
    step = audit(tmp_path, firm, ruleset=strict).finding("A-1.owner").grade_steps[-1]
    assert (step.grade, step.why) == (Grade.MAJOR, "The breach is large (2 of 3, 66.67 %; 20 % or more): major.")


def test_too_many_records_that_count_are_a_breach_of_those_looked_at(tmp_path: Path) -> None:
    asked = RULESET.replace('at_least = 1\nstatement = "{met} letters in', 'at_most = 0\nstatement = "{met} letters in')
    steps = audit(tmp_path, ruleset=asked).finding("A-2.recent").grade_steps
    assert (steps[1].criterion, steps[1].cases, steps[1].of) == ("whole", 3, 3)


def test_three_minors_on_one_clause_are_one_question_to_the_auditor_and_no_verdict(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    firm["complaints"][1] |= {"owner": None, "id": "C1"}
    more = RULESET.replace('clauses = ["1.2 a", "2"]', 'clauses = ["1.2 a", "1.1"]')
    more = more.replace("audit_date(), -12", "audit_date(), -1")
    more = more.replace('at_least = 1\nstatement = "{met} letters in', 'at_most = 0\nstatement = "{met} letters in')
    record = audit(tmp_path, firm, ruleset=more)
    graded = {f.rule: f.proposed_grade for f in record.findings if f.proposed_grade}
    assert graded == {
        "A-1.owner": Grade.MINOR,
        "A-1.once": Grade.MAJOR,
        "A-2.letter": Grade.MINOR,
        "A-2.recent": Grade.MINOR,
    }
    assert record.aggregations == ()  # a major is proposed on the clause already
    mild = more.replace('grade = "major"', 'grade = "minor"')
    (asked,) = audit(tmp_path, firm, ruleset=mild).aggregations
    assert (asked.clauses, asked.obligations) == (("1.1",), ("A-1", "A-2"))
    assert asked.findings == ("A-1.owner", "A-1.once", "A-2.letter", "A-2.recent")
    assert asked.question.startswith("4 findings on clause 1.1 are minor each: ")
    assert (asked.parameter.name, asked.parameter.value) == ("aggregate_minors", 3)
