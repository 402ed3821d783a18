"""Each finding of both examples can be recomputed by hand, from nothing but what `qmscheck explain` prints."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path

import pytest
from recompute import Printed, check_measure, check_series, measured, of_series

from qmscheck import record
from qmscheck.report.explain import explain

_GOLDENS = Path(__file__).parent / "goldens"
_RECORDS = {firm: record.load(_GOLDENS / f"{firm}.json", firm)[0] for firm in ("pump-maker", "repair-shop")}
_FINDINGS = [(firm, finding.rule) for firm, found in _RECORDS.items() for finding in found.findings]
_SEVERITY = ("opportunity", "minor", "major")


def printed(firm: str, rule: str) -> Printed:
    return Printed(explain(_RECORDS[firm], rule))


@pytest.mark.parametrize(("firm", "rule"), _FINDINGS)
def test_the_records_add_up_as_a_whole_and_in_each_stratum(firm: str, rule: str) -> None:
    told = printed(firm, rule)
    population, met, unmet, unreadable = told.sum
    assert population == met + unmet + unreadable
    assert told["population"].startswith(f"{population} record")
    sums: dict[str, int] = {}
    for line in told.all("of which"):
        found = re.match(r"(\w+) .*?: (\d+) records?(?:: (\d+) met, (\d+) not met(?:, (\d+) unreadable)?)?", line)
        assert found, line
        whole, *parts = (int(n or 0) for n in found.groups()[1:])
        assert whole == sum(parts) or ((measured(told) or of_series(told)) and not sum(parts))
        sums[found[1]] = sums.get(found[1], 0) + whole
    lost = re.search(r"(\d+) of the unreadable (?:is a row|are rows)", told["calculation"])
    counted = met + unreadable if measured(told) and told["measure"].startswith("rate") else population
    for summed in sums.values():
        assert summed + (int(lost[1]) if lost else 0) == counted


@pytest.mark.parametrize(("firm", "rule"), _FINDINGS)
def test_the_verdict_follows_from_the_interval_and_the_target(firm: str, rule: str) -> None:
    told = printed(firm, rule)
    population, met, _, unreadable = told.sum
    calculation = told["calculation"]
    enough = re.search(r"at least (\d+) in scope are needed", calculation)
    share = re.search(r"share met (?:from )?([\d.]+)%(?: to ([\d.]+)%)?, target ([\d.]+)%", calculation)
    count = re.search(r"met are those that count: at least (\d+)", calculation)
    if not population:
        assert told.result in {"insufficient", "not-applicable", "manual"}
        return
    if population == unreadable:
        assert told.result in {"insufficient", "manual"}  # nothing can be read, so nothing is shown
        return
    if measured(told):
        check_measure(told)
        return
    if of_series(told):
        check_series(told)
        return
    if enough and population < int(enough[1]):
        assert told.result == "insufficient"
        return
    if share:
        low, high = Fraction(met, population), Fraction(met + unreadable, population)
        assert math.isclose(float(low) * 100, float(share[1]), abs_tol=0.005)
        assert math.isclose(float(high) * 100, float(share[2] or share[1]), abs_tol=0.005)
        wanted = Fraction(share[3]) / 100
    else:
        assert count, calculation
        low, high, wanted = Fraction(met), Fraction(met + unreadable), Fraction(count[1])
    expected = {"pass"} if low >= wanted else {"fail"} if high < wanted else {"insufficient"}
    if told["result"].startswith("manual") or "Words" in told["because"] or "words" in told["because"]:
        expected = {"manual"} if expected == {"pass"} else {"insufficient"}  # words alone prove nothing
    if "rests on blank cells" in told["because"]:
        expected = {"insufficient"}
    assert {told.result} == expected


#: Says how groups are shown, and judges nothing.
_SHOWN = "smallest_group = 5 (convention, qmscheck)"


@pytest.mark.parametrize(
    ("firm", "rule"), [(firm, f.rule) for firm, found in _RECORDS.items() for f in found.findings if f.proposed_grade]
)
def test_the_grade_follows_from_the_printed_steps(firm: str, rule: str) -> None:
    told = printed(firm, rule)
    population, met, unmet, unreadable = told.sum
    grade = ""
    for effect, text in told.steps:
        before, grade = grade, _after(text)
        if effect == "start":
            assert re.match(r"The (rule|obligation)'s own grade, if nothing is met, is \w+\.", text)
            continue
        moved = _SEVERITY.index(grade) - _SEVERITY.index(before)
        assert (moved < 0) if effect in {"lower", "cap"} else (moved == 1) if effect == "raise" else (moved == 0)
        _check_figures(text, told, (population, met, unmet, unreadable))
    assert grade == told.grade
    if "(convention" in told["criterion"].replace(_SHOWN, ""):
        assert grade == "opportunity"


def _after(text: str) -> str:
    found = re.search(r"(major|minor|opportunity)\.(?: \[.*\])?$", text) or re.match(r"Capped at (opportunity)", text)
    assert found, text
    return found[1]


def _check_figures(text: str, told: Printed, sums: tuple[int, int, int, int]) -> None:
    """Check the figures of a step against the tally, and that what fired had to fire."""
    population, met, unmet, unreadable = sums
    counted = "asked for" in told["calculation"]
    if text.startswith("Nothing is met"):
        assert met == 0
    elif text.startswith("A partial breach") and not counted:
        assert met > 0
        assert text.startswith(f"A partial breach ({unmet + unreadable} of {population}")
    elif text.startswith("Isolated (one case)"):
        assert counted or unmet + unreadable == 1
    elif text.startswith("Isolated"):
        assert Fraction(unmet + unreadable, population) < Fraction(1, 100)
    elif text.startswith("The breach is large"):
        found = re.search(r"\((\d+) of (\d+)( beyond what is allowed)?, ([\d.]+) %; (?:([\d.]+) % or more|of fewer than (\d+), more than half)\)", text)  # fmt: skip
        assert found, text
        share = Fraction(int(found[1]), int(found[2]))
        assert math.isclose(float(share) * 100, float(found[4]), rel_tol=1e-3)
        assert share >= Fraction(found[5]) / 100 if found[5] else (share > Fraction(1, 2) and int(found[2]) < int(found[6]))  # fmt: skip
        stratum = re.search(r"large in (\w+ .*?) \(", text)
        if stratum:
            line = next(x for x in told.all("of which") if x.startswith(f"{stratum[1]}: "))
            assert f"{found[2]} records" in line
        else:
            assert int(found[2]) == population
            assert int(found[1]) < unmet + unreadable if found[3] else int(found[1]) == unmet + unreadable


@pytest.mark.parametrize(
    ("firm", "rule"), [(firm, f.rule) for firm, found in _RECORDS.items() for f in found.findings if f.change]
)
def test_the_smallest_change_follows_from_the_tally(firm: str, rule: str) -> None:
    told = printed(firm, rule)
    population, met, _, _ = told.sum
    number = int((re.match(r"(?:All )?(\d+)|The one", told["to turn it"]) or [0, 1])[1] or 1)
    share = re.search(r"target ([\d.]+)%", told["calculation"])
    count = re.search(r"at least (\d+)", told["calculation"])
    if share:
        assert number == math.ceil(Fraction(share[1]) / 100 * population) - met
    else:
        assert count
        assert number == int(count[1]) - met
    assert told.all("nearest") == sorted(told.all("nearest"), key=lambda x: float(re.findall(r"by ([\d.]+) ", x)[-1]))
