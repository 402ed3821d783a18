"""Where evidence comes from: what the plan says of it, what follows, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import audited
from test_privacy_key import RULESET

from qmscheck.errors import QmscheckError
from qmscheck.hookspecs import RenderOptions
from qmscheck.model import AuditRecord, Verdict
from qmscheck.report import human, page
from qmscheck.report.wording import origin_of

PERIOD = "period = { from = 2025-11-01, to = 2026-10-31 }\n"
LATE = 'extracted_on = 2026-11-02\nowner = "Quality manager"\nmethod = "examine"\nreliability = "A"\n'
COUNT = """
[[rule]]
id = "A-1.there"
obligation = "A-1"
title = "There are records"
count = "log"
at_least = 1
statement = "{met} are there."
"""


def record(folder: Path, *sources: str, ruleset: str = RULESET, rows: str = "1,Anna\n2,Bob\n") -> AuditRecord:
    named = []
    for number, more in enumerate(sources):
        numbered = [f"{number or ''}{row}" for row in rows.splitlines(keepends=True)]  # no record stands twice
        (folder / f"log{number}.csv").write_text("".join(["id,owner\n", *numbered]))
        named.append(f'[[source]]\ntable = "log"\npath = "log{number}.csv"\n{more}')
    return audited(folder, ruleset, PERIOD + "\n".join(named))


def told(found: AuditRecord) -> list[str]:
    return [f"{limit.kind} {limit.id}: {limit.reason}: {limit.detail}" for limit in found.limits]


def verdict(found: AuditRecord, rule: str = "A-1.owned") -> Verdict:
    return next(f.verdict for f in found.findings if f.rule == rule)


def test_what_the_plan_says_stands_in_the_manifest(tmp_path: Path) -> None:
    found = record(tmp_path, LATE + "period = { from = 2025-11-01, to = 2026-10-31 }\n")
    (entry,) = found.evidence
    assert entry.provenance is not None
    assert entry.provenance.model_dump(mode="json", by_alias=True) == {
        "extracted_on": "2026-11-02", "owner": "Quality manager", "method": "examine", "reliability": "A",
        "period": {"from": "2025-11-01", "to": "2026-10-31"},
    }  # fmt: skip
    assert (verdict(found), told(found)) == (Verdict.PASS, [])


def test_reports_say_where_evidence_comes_from(tmp_path: Path) -> None:
    found = record(tmp_path, LATE + "period = { from = 2025-11-01, to = 2026-10-31 }\n", "")
    line = (
        "extracted on 2026-11-02, about 2025-11-01 to 2026-10-31, owner: Quality manager, method: examine, "
        "reliability A (system export with an audit log)"
    )
    assert [origin_of(one) for one in found.evidence] == [line, ""]
    assert line in page.render(found, RenderOptions())
    assert line in human.render(found, RenderOptions(width=200, verbose=1))
    assert line not in human.render(found, RenderOptions(width=200))


def test_a_plan_that_says_nothing_claims_nothing(tmp_path: Path) -> None:
    found = record(tmp_path, "")
    assert found.evidence[0].provenance is None
    assert (verdict(found), told(found)) == (Verdict.PASS, [])


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("extracted_on = 2026-10-30\n", "log0.csv was extracted on 2026-10-30, before 2026-10-31"),
        (
            "period = { from = 2025-11-02, to = 2026-10-31 }\n",
            "the declared periods do not cover 2025-11-01, and the audit looks at 2025-11-01 to 2026-10-31",
        ),
        (
            "period = { from = 2025-01-01, to = 2026-09-30 }\nextracted_on = 2026-09-01\n",
            (
                "log0.csv was extracted on 2026-09-01, before 2026-09-30; "
                "the declared periods do not cover 2026-10-01, and the audit looks at 2025-11-01 to 2026-10-31"
            ),
        ),
    ],
)
def test_evidence_that_ends_before_the_period_shows_no_pass_and_is_a_limit(
    tmp_path: Path, source: str, short: str
) -> None:
    found = record(tmp_path, source, ruleset=RULESET + COUNT)
    assert verdict(found) is Verdict.INSUFFICIENT
    reason = next(f.reason for f in found.findings if f.rule == "A-1.owned")
    assert reason.endswith(f"But that is not shown for all of the period: {short}.")
    assert told(found) == [
        f"table log: period not covered: {short}: what holds for all of the period is not shown by it"
    ]
    assert verdict(found, "A-1.there") is Verdict.PASS, "that records are there is shown by those that are"


def test_what_fails_in_a_part_of_the_period_fails(tmp_path: Path) -> None:
    assert verdict(record(tmp_path, "extracted_on = 2026-01-01\n", rows="1,\n")) is Verdict.FAIL


def test_one_file_a_year_covers_the_period_together(tmp_path: Path) -> None:
    first = "period = { from = 2025-01-01, to = 2025-12-31 }\nextracted_on = 2026-01-02\n"
    second = "period = { from = 2026-01-01, to = 2026-12-31 }\nextracted_on = 2026-10-31\n"
    assert told(record(tmp_path, second, first)) == []
    (gap,) = told(record(tmp_path, first, second.replace("2026-01-01", "2026-01-02")))
    assert "do not cover 2026-01-01" in gap


def test_an_audit_within_its_period_asks_for_no_days_to_come(tmp_path: Path) -> None:
    found = record(tmp_path, "period = { from = 2025-11-01, to = 2026-10-31 }\nextracted_on = 2026-10-31\n")
    assert told(found) == []


def test_what_rests_on_somebodys_word_only_is_a_remark(tmp_path: Path) -> None:
    weak, strong = 'reliability = "D"\n', 'reliability = "B"\n'
    assert told(record(tmp_path, weak, 'reliability = "E"\n')) == [
        (
            "table log: weak evidence: all its sources are of class D (what the person responsible says), "
            "E (a copy without origin): what only they prove should be looked at elsewhere, too"
        )
    ]
    assert told(record(tmp_path, weak, strong)) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('extracted_on = "soon"', "qmscheck.toml:10:16: 'extracted_on' should be a date"),
        ("extracted_on = 2026-11-21", "qmscheck.toml:10:16: it was extracted (2026-11-21) after the date of the audit"),
        ("period = { from = 2026-01-02, to = 2026-01-01 }", "qmscheck.toml:10:10: the period ends (2026-01-01) before"),
        ('method = "guess"', "qmscheck.toml:10:10: 'method' should be"),
        ('reliability = "F"', "qmscheck.toml:10:15: 'reliability' should be"),
        ('owner = ""', "qmscheck.toml:10:9: 'owner' should"),
        ('extracted = "2026-01-01"', "qmscheck.toml:10:1: unknown key 'extracted' for reader 'csv'"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(QmscheckError) as error:
        record(tmp_path, source + "\n")
    assert message in str(error.value)


# ---------------------------------------------------------------- pages of an export


def pages(folder: Path, *texts: str, path: str = "log*.json") -> AuditRecord:
    for number, text in enumerate(texts):
        (folder / f"log{number}.json").write_text(text)
    return audited(folder, RULESET + COUNT, f'{PERIOD}[[source]]\ntable = "log"\npath = "{path}"\n')


def paged(total: int, *ids: int) -> str:
    listed = ", ".join(f'{{"id": "{number}", "owner": "Anna"}}' for number in ids)
    return f'{{"totalSize": {total}, "records": [{listed}]}}'


def test_a_page_of_several_shows_no_pass_and_is_a_limit(tmp_path: Path) -> None:
    found = pages(tmp_path, paged(3, 1))

    assert verdict(found) is Verdict.INSUFFICIENT
    short = "log0.json says that there are 3 records, and 1 is here"
    assert told(found) == [f"table log: pages missing: {short}: what holds for all records is not shown by it"]
    assert next(f.reason for f in found.findings if f.rule == "A-1.owned").endswith(f"{short}.")
    assert verdict(found, "A-1.there") is Verdict.PASS, "that records are there is shown by those that are"


def test_all_pages_together_are_the_whole(tmp_path: Path) -> None:
    found = pages(tmp_path, paged(3, 1, 2), paged(3, 3))
    assert (verdict(found), told(found)) == (Verdict.PASS, [])


def test_pages_of_which_none_is_the_last_are_not_the_whole(tmp_path: Path) -> None:
    last = '{"records": [{"id": "1", "owner": "Anna"}], "done": true}'
    more = last.replace("true", "false")
    (limit,) = told(pages(tmp_path, more))
    assert "log0.json says that more pages follow, and the last one is not here" in limit
    assert told(pages(tmp_path, more, last.replace('"1"', '"2"'))) == []


def test_what_fails_on_one_page_fails(tmp_path: Path) -> None:
    assert verdict(pages(tmp_path, paged(3, 1).replace('"Anna"', "null"))) is Verdict.FAIL
