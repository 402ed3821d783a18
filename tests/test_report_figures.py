"""Measures and series in every report, from findings that the product judged."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from measuring import judged, scores
from records import full_record

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import AuditRecord, Finding
from qmscheck.record import read, write
from qmscheck.report import concise, explain, figures, human, page
from qmscheck.report.counts import count_of

OPTIONS = RenderOptions(width=100, color=False, verbose=1)
SHARE = (
    'measure = { share = "score >= 4" }\nat_least = "share"\ninference = "self-selected"\n'
    'base = { table = "customers", mix = "site" }\nstrata = ["site"]\n'
)
SIGNAL = (
    'signal = { on = "opened", baseline = 12, watch = "high", '
    'reaction = { table = "actions", on = "done", days = "days" } }\n'
)
TREND = 'trend = { on = "opened", by = "quarter", must_not = "rise" }\n'


def within(finding: Finding) -> AuditRecord:
    """Put a finding in the place of one of a whole record."""
    record = full_record()
    old = next(f for f in record.findings if f.verdict is finding.verdict)
    new = finding.model_copy(update={"rule": old.rule, "obligation": old.obligation})
    return record.model_copy(update={"findings": tuple(new if f is old else f for f in record.findings)})


def share() -> Finding:
    answers = [
        {"id": f"{s}{i}", "site": s, "score": 5 if i < good else 1}
        for s, good in (("N", 12), ("S", 9))
        for i in range(15)
    ]
    customers = [{"id": str(i), "site": "NS"[i % 3 == 0]} for i in range(60)]
    return judged(SHARE, answers, customers)


def monthly(numbers: list[int]) -> list[dict[str, Any]]:
    return [
        {"id": f"{i}-{j}", "opened": dt.date(2021 + i // 12, i % 12 + 1, 1 + j % 28)}
        for i, number in enumerate(numbers)
        for j in range(number)
    ]


def signal() -> Finding:
    answers = monthly([9, 11, 10, 8, 12, 10, 9, 11, 10, 12, 8, 10, 30, 10])
    return judged(SIGNAL, answers, (), [{"id": "1", "done": dt.date(2021, 1, 1)}], as_of=dt.date(2022, 2, 28))


def trend() -> Finding:
    return judged(TREND, [r | {"opened": r["opened"]} for r in monthly(list(range(1, 31)))], as_of=dt.date(2023, 6, 30))


@pytest.mark.parametrize("found", [share(), signal(), trend()], ids=["share", "signal", "trend"])
def test_a_record_with_measures_is_read_back_as_it_was_written(found: Finding) -> None:
    record = within(found)
    assert read(write(record), "record.json") == record


def test_a_share_is_told_with_interval_target_mix_and_units() -> None:
    record = within(share())
    found = next(f for f in record.findings if f.measured is not None)
    assert found.measured is not None
    measure = figures.measure(found.measured)
    assert measure.startswith("share 70 %; ")
    assert "(Wilson with finite-population correction, 95 %, two-sided); target at least 80 %: not shown" in measure
    told = explain.explain(record, found.rule)
    assert "  mix       N: 15 (50 %) of the answers, 40 (66.67 %) of the base" in told
    assert "site N: 15 records: 12 met, 3 not met (80 % met): 80 %, not shown" in told
    shown = human.render(record, OPTIONS)
    assert "Measure" in shown
    assert "S: 15 (50 %) of the answers, 20 (33.33 %) of the base" in shown
    html = page.render(record, OPTIONS)
    assert "Who answered, and who there is" in html
    assert "Against the target" in html


def test_a_signal_is_told_with_its_point_limits_and_reaction() -> None:
    found = signal()
    record = within(found)
    told = explain.explain(record, next(f.rule for f in record.findings if f.series is not None))
    assert "series      u chart, the first 12 of 14 points set the limits" in told
    assert "  point     2022-01: 30 (30 records); 30, above the limit of 19.49; limits 0.51 to 19.49" in told
    assert "2022-01: 30 (30 records); 30, above the limit of 19.49" in human.render(record, OPTIONS)
    assert "14 points of the series" in page.render(record, OPTIONS)
    assert found.statement in concise.render(record, OPTIONS)


def test_a_trend_is_told_with_slope_and_points() -> None:
    record = within(trend())
    shown = human.render(record, OPTIONS)
    assert "slope 36 a year" in shown
    assert "Points" in shown
    quiet = human.render(record, RenderOptions(width=100, color=False, verbose=0))
    assert "Points" not in quiet


def test_counts_of_a_statistic_are_not_called_met() -> None:
    mean = judged('measure = { mean = "score" }\nat_least = "goal"\n', [*scores((3, 12)), {"id": "x"}])
    assert count_of(mean) == "13 records: 12 with a value, 1 without one that can be told"
    rate = judged(
        'where = "score < 3"\nmeasure = { rate = { table = "customers" } }\nat_most = "goal"\n',
        scores((1, 1), (5, 3)),
        [{"id": "1"}],
    )
    assert count_of(rate) == "1 counts of 4 records"
    plain = judged('measure = { share = "score > 3" }\nat_least = "share"\n', scores((5, 3)))
    assert count_of(plain) == "3 records: 3 met, 0 not met"


def test_what_has_no_figure_is_said() -> None:
    few = judged('measure = { share = "score > 3" }\nat_least = "share"\ninference = "process"\n', scores((5, 3)))
    assert few.measured is not None
    assert figures.measure(few.measured) == "share counts only, no figure; target at least 80 %: not shown"
    open_ = judged('measure = { mean = "score" }\nat_least = "goal"\n', [*scores((3, 12)), {"id": "x"}])
    assert open_.measured is not None
    assert figures.measure(open_.measured) == (
        "mean 3; without bound at worst, without bound at best; target at least 3.5: not shown"
    )
    more = judged(
        'measure = { share = "score > 3" }\nat_least = "share"\ninference = "process"\n', scores((5, 45), (1, 5))
    )
    assert more.measured is not None
    assert figures.measure(more.measured).endswith("target at least 80 %: not shown; 62 would show it")
    unbounded = judged(
        'measure = { median = "score" }\nat_least = "goal"\ninference = "process"\nmin_sample = 1\nsides = "one"\n',
        scores((5, 3)),
    )
    assert unbounded.measured is not None
    assert "no bound to no bound (order statistics (binomial), 95 %, one-sided)" in figures.measure(unbounded.measured)


def test_a_gap_has_no_value() -> None:
    numbers = [3, 3, 3, 0, 0, 0] + [4, 5, 6] * 8
    rows = [r | {"score": 3 + r["opened"].month % 2} for r in monthly(numbers)]
    found = judged('measure = { mean = "score" }\n' + TREND, rows, as_of=dt.date(2023, 6, 30))
    assert found.series is not None
    assert "2021-Q2 no value" in figures.points(found.series)
    assert any("without a record or a value: 2021-Q2" in line for line in figures.series(found.series))
