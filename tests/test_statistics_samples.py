"""Sample sizes; every figure of domain.md 5.3, and the planning figures of 9.2."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qmscheck.statistics.finite import failing_most
from qmscheck.statistics.intervals import against
from qmscheck.statistics.proportions import clopper_pearson, wilson
from qmscheck.statistics.samples import (
    accreditation_sites,
    discovery_size,
    enough,
    finding_chance,
    half_width,
    plan_size,
    root_size,
)


@pytest.mark.parametrize(
    ("population", "strict", "usual", "light", "root"),
    [
        (20, 19, 16, 14, 5),
        (30, 23, 19, 16, 6),
        (50, 31, 22, 18, 8),
        (100, 45, 25, 20, 10),
        (200, 51, 27, 21, 15),
        (500, 56, 28, 22, 23),
        (1000, 57, 29, 22, 32),
        (5000, 59, 29, 22, 71),
    ],
)
def test_the_discovery_sizes_of_domain_5_3(population, strict, usual, light, root):
    assert discovery_size(population, 0.05) == strict
    assert discovery_size(population, 0.1) == usual
    assert discovery_size(population, 0.1, confidence=0.9) == light
    assert root_size(population) == root


def test_of_ten_records_nine_show_90_percent_below_10_percent_where_domain_5_3_rounds_to_ten():
    """One bad of ten escapes nine draws with a chance of exactly 10 %, so nine are enough; the table's 10 comes from
    1 - 0.9 in floating point. It has 19 of 20 at 95 % below 5 %, which is the same tie the other way.
    """
    assert discovery_size(10, 0.05) == 10
    assert discovery_size(10, 0.1) == 10
    assert discovery_size(10, 0.1, confidence=0.9) == 9
    assert root_size(10) == 4


@pytest.mark.parametrize(("n", "percent"), [(3, 27), (5, 41), (10, 65)])
def test_what_looking_at_a_few_finds_in_domain_5_3(n, percent):
    assert round(100 * finding_chance(n, 0.1)) == percent


@pytest.mark.parametrize(
    ("population", "size", "tenth", "twentieth"), [(100, 10, 67, 42), (400, 20, 88, 65), (2500, 50, 99.5, 93)]
)
def test_what_the_square_root_finds_in_domain_5_3(population, size, tenth, twentieth):
    assert root_size(population) == size
    found = 100 * finding_chance(size, 0.1, population=population)
    assert found == pytest.approx(tenth, abs=0.5)
    assert (found > 99) == (population == 2500)
    assert round(100 * finding_chance(size, 0.05, population=population)) == twentieth


def test_ten_percent_is_far_too_few_of_few_and_far_too_many_of_many_as_domain_5_3_says():
    assert finding_chance(30 // 10, 0.1, population=30) < 0.3
    assert discovery_size(30, 0.1) == 19
    assert discovery_size(5000, 0.05) == 59 < 5000 // 10


QSIT = [
    (0, (11, 13, 17, 23, 35, 72)),
    (1, (17, 20, 26, 35, 52, 115)),
    (2, (22, 27, 34, 46, 72, 157)),
]
LIMITS = (0.3, 0.25, 0.2, 0.15, 0.1, 0.05)


def test_the_plans_of_qsit_table_1_for_no_failure_are_two_sided_at_95_percent_but_one_that_is_rounded():
    """FDA, Guide to Inspections of Quality Systems (1999), Sampling Plans, table 1. It prints 35 for 10 %: the limit
    after none in 35 is 10.003 %, so the exact size is 36.
    """
    assert [plan_size(limit) for limit in LIMITS] == [11, 13, 17, 23, 36, 72]
    assert clopper_pearson(0, 35).high == pytest.approx(0.10003, abs=1e-5)


def test_one_sided_plans_need_fewer():
    assert [plan_size(limit, sides=1) for limit in LIMITS] == [9, 11, 14, 19, 29, 59]


@pytest.mark.parametrize(("failures", "sizes"), QSIT)
def test_every_size_of_qsit_table_1_leaves_its_limit_to_within_half_a_point(failures, sizes):
    """Some cells (1 in 52: 10.3 %; 2 in 72: 9.7 %) lie beside the exact sizes 54 and 70: the guide's own rounding."""
    for limit, n in zip(LIMITS, sizes, strict=True):
        assert clopper_pearson(failures, n).high == pytest.approx(limit, abs=0.016)


@pytest.mark.parametrize(
    ("sites", "initial", "surveillance", "recertification"),
    [(1, 1, 1, 1), (4, 2, 2, 2), (5, 3, 2, 2), (25, 5, 3, 4), (26, 6, 4, 5), (100, 10, 6, 8), (400, 20, 12, 16)],
)
def test_accreditation_samples_sites_by_the_square_root(sites, initial, surveillance, recertification):
    assert accreditation_sites(sites, "initial") == initial == root_size(sites)
    assert accreditation_sites(sites, "surveillance") == surveillance
    assert accreditation_sites(sites, "recertification") == recertification


@settings(deadline=None)
@given(st.integers(1, 10**12))
def test_accreditation_rounds_up_exactly(sites):
    for stage, factor in (("surveillance", 3), ("recertification", 4)):
        got = accreditation_sites(sites, stage)
        assert 25 * (got - 1) ** 2 < factor**2 * sites <= 25 * got**2


@pytest.mark.parametrize(("n", "population", "endless", "finite"), [(8, 10, 35, 16), (30, 60, 18, 13)])
def test_the_half_widths_of_domain_9_2_are_planning_figures(n, population, endless, finite):
    assert round(100 * half_width(n)) == endless
    assert round(100 * half_width(n, population=population)) == finite


@pytest.mark.parametrize(("n", "population", "endless", "finite"), [(8, 10, 28, 10), (30, 60, 17, 12)])
def test_the_half_widths_of_wilson_are_narrower_than_those_of_domain_9_2(n, population, endless, finite):
    """Domain.md 9.2 gives z sqrt(p q / n); Wilson's interval at p = 0.5 is z sqrt(1 / (4 (n + z^2))), so a bit less.
    Of 10 customers with 8 answers, 4 good, the truth lies between 4 and 6 of 10: 10 points, whatever formula says 16.
    """
    for whole, wanted in ((None, endless), (population, finite)):
        seen = wilson(n // 2, n, population=whole)
        assert round(100 * (seen.high - seen.low) / 2) == wanted


def test_a_population_of_one_has_no_width():
    assert half_width(1, population=1) == 0


@settings(deadline=None)
@given(st.integers(1, 3000), st.floats(0.01, 1), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_a_discovery_size_is_the_smallest_that_shows_it(population, rate, confidence):
    n = discovery_size(population, rate, confidence=confidence)
    allowed = math.ceil(rate * population - 1e-9)
    assume(abs(rate * population - round(rate * population)) > 1e-9)
    assert failing_most(0, n, population, confidence=confidence) < allowed
    if n > 1:
        assert failing_most(0, n - 1, population, confidence=confidence) >= allowed


@settings(deadline=None)
@given(st.integers(1, 3000), st.floats(0.01, 0.5))
def test_more_confidence_or_a_lower_rate_never_needs_fewer(population, rate):
    size = discovery_size(population, rate)
    assert size <= discovery_size(population, rate, confidence=0.99)
    assert size <= discovery_size(population, rate / 2)
    assert 1 - finding_chance(size, rate, population=population) <= 0.05 + 1e-9


@settings(deadline=None)
@given(st.floats(0.02, 0.9), st.integers(0, 5), st.sampled_from([1, 2]))
def test_a_plan_is_the_smallest_whose_limit_holds(limit, failures, sides):
    n = plan_size(limit, failures, sides=sides)
    assert clopper_pearson(failures, n, sides=sides).high <= limit
    if n > failures + 1:
        assert clopper_pearson(failures, n - 1, sides=sides).high > limit


def test_enough_says_how_many_more_would_show_a_share():
    assert enough(45, 50, 0.8) == 62
    assert enough(10, 10, 0.8) == 16
    assert enough(10, 10, 0.9) == 35
    assert enough(85, 100, 0.8) == 246
    assert enough(2, 100, 0.05, at_least=False) == 203


def test_enough_has_no_answer_on_the_wrong_side_of_the_target():
    assert enough(7, 10, 0.8) is None
    assert enough(8, 10, 0.8) is None
    assert enough(3, 10, 0.2, at_least=False) is None
    assert enough(9, 10, 1) is None
    assert enough(10, 10, 1) is None
    assert enough(0, 10, 0, at_least=False) is None


def test_enough_of_a_finite_population_is_never_more_than_all_of_it():
    assert enough(9, 10, 0.8, population=12) == 11
    assert enough(8, 10, 0.8, population=12) == 12
    assert enough(40, 50, 0.75, population=100) == 75
    assert enough(45, 50, 0.8, population=100) == 50
    assert enough(1, 1, 0, population=1) == 1


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(0, 60), st.data())
def test_enough_of_a_population_agrees_with_its_interval(n, unseen, data):
    k = data.draw(st.integers(0, n))
    target = data.draw(st.sampled_from([0.1, 0.5, 0.66, 0.9]))
    for at_least in (True, False):
        standing = against(wilson(k, n, population=n + unseen), target, at_least=at_least)
        assert (standing == "met") == (enough(k, n, target, at_least=at_least, population=n + unseen) == n)


def test_enough_is_already_there_where_the_target_is_shown_or_empty():
    assert enough(90, 100, 0.8) == 100
    assert enough(3, 10, 0) == 10
    assert enough(0, 10, 0) == 10
    assert enough(10, 10, 1, at_least=False) == 10
    assert enough(10, 10, 1, population=30) == 30


@settings(deadline=None)
@given(st.integers(1, 200), st.data())
def test_enough_more_of_the_same_show_the_target_and_fewer_do_not(n, data):
    k = data.draw(st.integers(0, n))
    target = data.draw(st.sampled_from([0.1, 0.5, 0.75, 0.9]))
    needed = enough(k, n, target)
    if needed is None:
        assert k / n <= target
    else:
        low = _low(k / n, needed)
        assert low >= target - 1e-9
        if needed > n:
            assert _low(k / n, needed - 1) < target
        assert (against(wilson(k, n), target) == "met") == (needed == n)


def _low(share, n):
    """Wilson's lower end for a share that need not be a whole number of n."""
    z2 = 1.959963984540054**2
    return (share + z2 / (2 * n) - math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n)))) / (1 + z2 / n)


@pytest.mark.parametrize("refused", [-0.1, 0, 1.1])
def test_a_rate_outside_0_to_1_is_refused(refused):
    for ask in (lambda: discovery_size(10, refused), lambda: finding_chance(5, refused), lambda: plan_size(refused)):
        with pytest.raises(ValueError, match="rate"):
            ask()


def test_impossible_plans_are_refused():
    with pytest.raises(ValueError, match="no plan"):
        plan_size(1)
    with pytest.raises(ValueError, match="no plan"):
        plan_size(0.1, -1)
    with pytest.raises(ValueError, match="nothing was counted"):
        discovery_size(0, 0.1)
    with pytest.raises(ValueError, match="not possible"):
        finding_chance(11, 0.1, population=10)
    with pytest.raises(ValueError, match="none of initial"):
        accreditation_sites(4, "yearly")
    with pytest.raises(ValueError, match="target share"):
        enough(4, 5, 1.5)
    with pytest.raises(ValueError, match="a share lies"):
        half_width(4, share=2)


def test_a_problem_that_all_records_have_is_found_by_one():
    assert finding_chance(1, 1) == 1
    assert plan_size(0.95) == 2
