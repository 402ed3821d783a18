"""Units in every output: the worst with its correction, what is not assessable, and Simpson's case with shares and mix."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from folders import audited
from measuring import HEAD

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import AuditRecord
from qmscheck.report import human, page
from qmscheck.report.explain import explain

RULES = """
[[rule]]
id = "T.whole"
obligation = "T"
title = "Satisfied"
each = "answers"
measure = { share = "score >= 4" }
at_least = "share"
inference = "random-sample"
strata = ["site"]
statement = "{value}."

[[rule]]
id = "T.each"
obligation = "T"
title = "Satisfied at each site"
each = "answers"
measure = { share = "score >= 4" }
at_least = "share"
inference = "random-sample"
strata = ["site"]
every_stratum = true
statement = "{value}."

[[rule]]
id = "T.trend"
obligation = "T"
title = "It does not fall"
each = "answers"
measure = { share = "score >= 4" }
trend = { on = "opened", by = "quarter", must_not = "fall", test = "mann-kendall" }
strata = ["site"]
statement = "{value}."

[[rule]]
id = "T.rest"
obligation = "T"
title = "The rest"
each = "answers"
where = "score > param('goal') and opened > param('begun') and site <> param('text')"
must = "score > param('days') - param('tolerated') - param('goal_of_points') - param('nothing')"
statement = "{unmet}."
"""


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def rows() -> list[str]:
    """Both sites improve, and the whole falls, because the poor site grows; Cork has four answers."""
    found = []
    for i in range(12):
        late = i >= 6
        day = dt.date(2021 + i // 4, i % 4 * 3 + 1, 1)
        a, b = (12 + (11 - i), 40 + i) if late else (90 + (5 - i), 10 + i)
        for site, n, good in (("A", a, a if late else a * 9 // 10), ("B", b, b // 2 if late else b // 3)):
            found += [f"{i}{site}{j},{5 if j < good else 1},{site},{day + dt.timedelta(j % 85)}" for j in range(n)]
    return found + [f"C{j},5,Cork,2023-11-0{j + 1}" for j in range(4)]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> AuditRecord:
    folder = tmp_path_factory.mktemp("firm")
    (folder / "answers.csv").write_text("\n".join(["id,score,site,opened", *rows()]) + "\n", "utf-8")
    ruleset = HEAD[: HEAD.index("[table.customers]")] + RULES
    ruleset = ruleset.replace("default = 0.8", "default = 0.7")
    source = '[[source]]\ntable = "answers"\npath = "answers.csv"\n'
    return audited(folder, ruleset, source, as_of=dt.date(2023, 12, 31))


def outputs(record: AuditRecord) -> dict[str, str]:
    return {
        "human": plain(human.render(record, RenderOptions())),
        "explain": plain("\n".join(explain(record, r) for r in ("T.whole", "T.each", "T.trend"))),
        "html": plain(page.render(record, RenderOptions())),
    }


def test_the_firm_is_what_the_test_needs(record: AuditRecord) -> None:
    verdicts = {f.rule: f.verdict.value for f in record.findings}
    assert (verdicts["T.whole"], verdicts["T.each"], verdicts["T.trend"]) == ("pass", "fail", "fail")


@pytest.mark.parametrize("output", ["human", "explain", "html"])
def test_the_worst_unit_is_named_with_its_correction(record: AuditRecord, output: str) -> None:
    text = outputs(record)[output]
    assert "Worst of 2 units: site B" in text
    assert "which misses the target, corrected for 2 looks (Holm)" in text


@pytest.mark.parametrize("output", ["human", "explain", "html"])
def test_a_unit_of_few_records_is_not_assessable(record: AuditRecord, output: str) -> None:
    text = outputs(record)[output]
    assert "Not assessable, with fewer than 10 records: site Cork." in text
    assert "4 records: 4 met, 0 not met: not assessable" in text or output == "html"


@pytest.mark.parametrize("output", ["human", "explain", "html"])
def test_simpsons_case_is_shown_with_shares_and_mix_also_where_it_fails(record: AuditRecord, output: str) -> None:
    text = outputs(record)[output]
    assert re.search(r"the whole goes from [\d.]+ % to [\d.]+ %, but only because its mix changed; by site: A", text)
    assert re.search(r"B [\d.]+ % to [\d.]+ % \(mix [\d.]+ % to [\d.]+ %\)", text)


def test_a_rule_that_is_met_names_the_units_that_are_not(record: AuditRecord) -> None:
    text = outputs(record)["human"]
    met = text[text.index("Single rules that are met") :]
    assert re.search(r"T\.whole Satisfied Units misses the target by itself: site B \([\d.]+ %\)", met)
    assert "Units not assessable, too few records: site Cork" in met


def test_a_slope_of_a_share_is_told_in_points_everywhere(record: AuditRecord) -> None:
    for text in outputs(record).values():
        assert re.search(r"slope -[\d.]+ percentage points a year", text)
        assert "% a year" not in text


def test_the_interval_of_a_unit_is_that_of_its_verdict(record: AuditRecord) -> None:
    (site,) = [s for s in record.finding("T.each").strata if s.value == "B"]
    assert site.standing == "missed"
    assert site.interval is not None
    assert site.interval.confidence == 0.975
    assert site.interval.high is not None
    assert site.interval.high < 0.7
    assert "(Wilson, 97.5 %, two-sided)" in outputs(record)["html"]


def test_of_many_units_the_worst_are_shown(tmp_path: Path) -> None:
    answers = [
        f"{s}{j},{5 if j > s or s == 9 else 1},S{9 - s},2023-01-0{j % 9 + 1}" for s in range(10) for j in range(12)
    ]
    (tmp_path / "answers.csv").write_text("\n".join(["id,score,site,opened", *answers]) + "\n", "utf-8")
    ruleset = HEAD[: HEAD.index("[table.customers]")] + RULES
    source = '[[source]]\ntable = "answers"\npath = "answers.csv"\n'
    found = audited(tmp_path, ruleset, source, as_of=dt.date(2023, 12, 31))
    text = plain(human.render(found, RenderOptions()))
    assert re.search(
        r"site S1: .* site S2: .* site S3: .* site S4: .* site S5: .* and 5 more, none of them worse", text
    )
