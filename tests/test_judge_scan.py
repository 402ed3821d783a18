"""Counts come scan by scan, as the plan has them; findings are written of one scan while others still run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import pytest
from firm import audit

from qmscheck import judge as judging
from qmscheck.engine import Means
from qmscheck.judge import Bench
from qmscheck.judge.counting import planner
from qmscheck.judge.counting.scan import Counted, by_scan, count
from qmscheck.judge.finding.exceptions import Shown
from qmscheck.judge.finding.findings import Case, Weighed, weigh
from qmscheck.model import AuditRecord
from qmscheck.sql.select import RowTest


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Say in which order scans end and rules are judged, where each scan has one rule."""
    told: list[str] = []

    def scanned(
        tests: Mapping[str, RowTest], bench: Bench, progress: Callable[[str], None]
    ) -> Iterator[Mapping[str, Counted]]:
        plan = planner.plan_of(tests, bench)
        wanted: list[Collection[str]] = [plan.left_out, *(scan.rules for scan in plan.scans)]
        together: dict[str, Counted] = {}
        for rules, found in zip(wanted, by_scan(tests, bench, progress), strict=True):
            assert list(found) == list(rules)
            together |= found
            told.append("counted")
            yield found
        again = count(tests, bench, progress)
        assert list(again) == list(tests)
        assert {rule: one.total for rule, one in again.items()} == {r: one.total for r, one in together.items()}

    def weighed(case: Case, bench: Bench, shown: Shown) -> Weighed:
        told.append("judged")
        return weigh(case, bench, shown)

    monkeypatch.setattr(planner, "WIDTH", 1)
    monkeypatch.setattr(judging, "by_scan", scanned)
    monkeypatch.setattr(judging, "weigh", weighed)
    return told


def _verdicts(record: AuditRecord) -> list[tuple[str, str, object]]:
    return [(f.rule, f.verdict.value, f.tally) for f in record.findings]


def test_findings_of_a_scan_that_has_ended_are_written_before_the_last_scan_is_counted(
    tmp_path: Path, heard: list[str]
) -> None:
    roomy = audit(tmp_path)
    last = len(heard) - 1 - heard[::-1].index("counted")
    assert "judged" in heard[:last]
    heard.clear()
    narrow = audit(tmp_path, means=Means(memory=1 << 30))
    counted = heard.count("counted")
    assert heard == ["counted"] * counted + ["judged"] * (len(heard) - counted)
    assert _verdicts(narrow) == _verdicts(roomy)
