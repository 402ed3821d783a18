"""Each statistic, trend and chart can be recomputed by hand from what `qmscheck explain` prints of it, on records of a made-up survey."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import firm
import pytest
from measuring import HEAD, REST
from recompute import Printed, check_measure, check_series, near

from qmscheck.cells import as_text
from qmscheck.model import AuditRecord
from qmscheck.report.explain import explain

AS_OF = dt.date(2026, 1, 10)

SAMPLED = 'inference = "random-sample"\n'
RULES: Mapping[str, str] = {
    "share": 'measure = { share = "score >= 4" }\nat_least = "share"\n' + SAMPLED + 'strata = ["site"]\n',
    "share-census": 'measure = { share = "score >= 4" }\nat_least = "share"\n',
    "share-at-most": 'measure = { share = "score <= 2" }\nat_most = "share"\ninference = "self-selected"\n',
    "share-one-sided": 'measure = { share = "score >= 4" }\nat_least = "share"\nsides = "one"\nconfidence = 0.9\n' + SAMPLED,
    "every-unit": 'measure = { share = "score >= 4" }\nat_least = "share"\nevery_stratum = true\nstrata = ["site"]\n' + SAMPLED,
    "mean": 'measure = { mean = "score" }\nat_least = "goal"\n' + SAMPLED,
    "median": 'measure = { median = "price" }\nat_least = "goal"\n' + SAMPLED,
    "percentile": 'measure = { percentile = "price", at = 0.9 }\nat_most = "goal"\n' + SAMPLED,
    "nps": 'measure = { nps = "lines", scale = [0, 10] }\nat_least = "goal"\n' + SAMPLED,
    "ratio": 'measure = { ratio = "price", to = "lines" }\nat_least = "goal"\n' + SAMPLED,
    "rate": 'measure = { rate = { table = "customers", per = 100 } }\nat_most = "goal"\ninference = "process"\n',
    "rate-none": 'where = "score > 5"\nmeasure = { rate = { table = "customers", per = 100 } }\nat_most = "goal"\n'
    'inference = "process"\n',
    "within": 'measure = { within = { opened = "opened", closed = "closed", days = "days" } }\nat_least = "share"\n',
}  # fmt: skip
TRENDS: Mapping[str, str] = {
    "plain": 'trend = { on = "opened", by = "quarter", must_not = "rise", test = "mann-kendall" }\n',
    "share": 'measure = { share = "score >= 4" }\ntrend = { on = "opened", by = "quarter", must_not = "fall" }\n',
    "mean": 'measure = { mean = "score" }\n'
    'trend = { on = "opened", by = "quarter", must_not = "fall", by_more_than = "tolerated" }\n',
    "years": 'trend = { on = "opened", by = "year", must_not = "rise", test = "mann-kendall" }\n',
}
CHARTS: Mapping[str, str] = {
    "counts": 'signal = { on = "opened", by = "month", watch = "high" }\n',
    "shares": 'measure = { share = "score >= 4" }\nsignal = { on = "opened", by = "month" }\n',
    "means": 'measure = { mean = "score" }\nsignal = { on = "opened", by = "month", watch = "low" }\n',
}


def text(rules: Mapping[str, str]) -> str:
    """Write a ruleset of all these rules."""
    written = [
        f'[[rule]]\nid = "T.{name}"\nobligation = "T"\ntitle = "{name}"\neach = "answers"\n'
        f'statement = "{{value}}; {{interval}}; {{target}}; {{met}}"\n{rule}'
        for name, rule in rules.items()
    ]
    return HEAD + "\n".join(written) + REST


def answers(size: int, good: float, seed: int) -> list[dict[str, Any]]:
    """Give answers of two sites, of which so large a share is good at N, and half as large a one at S."""
    rng = random.Random(seed)
    found = []
    for i in range(size):
        site = "NS"[i % 2]
        fine = rng.random() < (good if site == "N" else good / 2)
        opened = dt.date(2025, 1, 1) + dt.timedelta(days=rng.randrange(370))
        closed = opened + dt.timedelta(days=rng.randrange(9))
        one: dict[str, Any] = {"id": f"A{i}", "site": site, "score": rng.randint(4, 5) if fine else rng.randint(1, 3)}
        one |= {"price": f"{rng.randrange(100, 900) / 100}", "lines": rng.randint(0, 10), "opened": str(opened)}
        found.append(one | {"closed": str(closed) if closed <= AS_OF else ""})
    return found


def series(numbers: Sequence[int], months: int, good: Sequence[int]) -> list[dict[str, Any]]:
    """Give so many answers in each period of some months from 2019 on; of each ten, so many are good."""
    found = []
    for i, number in enumerate(numbers):
        month = i * months
        for j in range(number):
            day = dt.date(2019 + month // 12, month % 12 + 1, 1 + j % 28)
            mark = 5 if j % 10 < good[i % len(good)] else 1
            found.append({"id": f"{i}-{j}", "site": "N", "score": mark, "opened": str(day)})
    return found


def printed(
    rules: Mapping[str, str], records: list[dict[str, Any]], as_of: dt.date, more: str = ""
) -> dict[str, Printed]:
    """Audit these answers, against forty customers, and explain each rule."""
    whole: list[dict[str, Any]] = [{"id": str(i), "site": "NS"[i % 2], "orders": 9} for i in range(40)]
    given = {"answers": [_cells(r) for r in records], "customers": [_cells(r) for r in whole]}
    with TemporaryDirectory() as folder:
        record: AuditRecord = firm.audit(Path(folder), given, ruleset=text(rules) + more, as_of=as_of, select=("T",))
    return {name: Printed(explain(record, f"T.{name}")) for name in rules}


def _cells(record: Mapping[str, object]) -> dict[str, str | None]:
    return {column: as_text(cell) for column, cell in record.items()}


@cache
def explained(size: int, good: float, seed: int) -> dict[str, Printed]:
    return printed(RULES, answers(size, good, seed), AS_OF)


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize(
    ("size", "good", "seed"), [(40, 0.9, 1), (200, 0.97, 2), (200, 0.3, 3), (12, 0.8, 4), (6, 0.5, 5)]
)
def test_each_statistic_follows_from_the_printed_figures(rule: str, size: int, good: float, seed: int) -> None:
    check_measure(explained(size, good, seed)[rule])


def test_all_three_standings_and_a_unit_that_misses_are_among_them() -> None:
    told = [explained(*case)["share"] for case in ((40, 0.9, 1), (200, 0.97, 2), (200, 0.3, 3), (12, 0.8, 4))]
    assert {t["measure"].rsplit(": ", 1)[1].split(";")[0] for t in told} >= {"missed", "not shown"}
    assert any("missed" in unit for t in told for unit, _ in t.units)


def test_more_durations_than_anybody_multiplies_by_hand_are_counted() -> None:
    first = dt.date(2025, 1, 1)
    long = [
        {"id": str(i), "site": "N", "opened": str(first), "closed": str(first + dt.timedelta(days=i))}
        for i in range(70)
    ]
    rule = {"within": RULES["within"].replace('"days"', '"many"')}
    param = '\n[param.many]\ntype = "integer"\ndefault = 90\nmin = 1\norigin = "convention"\ntitle = "Days"\n'
    assert "70 durations up to the limit; limit 90 days" in printed(rule, long, AS_OF, param)["within"]["calculation"]
    silent = [{"id": "1", "site": "N", "opened": "?", "closed": ""}]
    told = printed({"within": RULES["within"]}, silent, AS_OF)["within"]
    assert "Kaplan-Meier; limit 5 days" in told["calculation"]


SERIES = {
    "rises": (list(range(2, 26)), [9, 8, 8, 7]),
    "falls": (list(range(30, 6, -1)), [3, 4, 5]),
    "wanders": ([12, 9, 14, 8, 11, 13, 9, 12, 10, 14, 8, 12, 13, 9, 11, 10, 14, 12, 9, 13, 8, 12, 11, 10], [6, 5, 7]),
}


@pytest.mark.parametrize("rule", sorted(TRENDS))
@pytest.mark.parametrize("name", sorted(SERIES))
def test_each_trend_follows_from_the_printed_points(name: str, rule: str) -> None:
    numbers, good = SERIES[name]
    check_series(printed(TRENDS, series(numbers, 3, good), dt.date(2024, 12, 31))[rule])


@pytest.mark.parametrize("rule", sorted(CHARTS))
@pytest.mark.parametrize("last", [[12, 10], [60, 9], [2, 2, 3, 2, 3, 2, 2, 3]])
def test_each_chart_follows_from_the_printed_points(last: list[int], rule: str) -> None:
    numbers = [10, 12, 9, 11, 14, 8, 12, 10, 13, 9, 11, 10, 12, 11, *last]
    good = [7, 6, 8, 5, 7, 6, 8, 7, 6, 5, 7, 8, 6, 7, 1, 9]
    end = dt.date(2019 + len(numbers) // 12, len(numbers) % 12 + 1, 1) - dt.timedelta(days=1)
    check_series(printed(CHARTS, series(numbers, 1, good), end)[rule])


def test_hand_arithmetic_refuses_what_is_off_by_a_hundredth() -> None:
    """The checks of this page can fail: a figure, a standing or a verdict that does not follow is found."""
    assert not near(58.70, 58.69)
    for told in (explained(40, 0.9, 1)["share"], explained(200, 0.3, 3)["mean"], explained(40, 0.9, 1)["rate"]):
        lines = list(told.lines)
        for label, old, new in (("measure", " to ", " to 1"), ("result", told.result, "error")):
            told.lines[:] = [(n, t.replace(old, new, 1) if n == label else t) for n, t in lines]
            with pytest.raises(AssertionError):
                check_measure(told)
        told.lines[:] = lines
