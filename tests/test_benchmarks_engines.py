"""Engines are measured only where their findings are those of DuckDB: every field, and every exception by its key."""

from __future__ import annotations

import pytest
from engines import different_findings, main


def _finding(**more: object) -> dict[str, object]:
    place = {"path": "complaints.parquet", "row": 7, "column": "owner"}
    exceptions = [{"key": "C-7", "location": place, "state": "unmet"}]
    return {"rule": "B-1.filled.owner", "verdict": "fail", "exceptions": exceptions, **more}


def test_the_same_records_at_places_of_another_kind_are_no_difference() -> None:
    there = [{"key": "C-7", "location": {"path": "postgresql:erp", "row": None, "column": "owner"}, "state": "unmet"}]

    assert different_findings([_finding()], [_finding(exceptions=there)]) == []


@pytest.mark.parametrize(
    "exceptions",
    [
        [],
        [{"key": "C-8", "location": {"column": "owner"}, "state": "unmet"}],
        [{"key": "C-7", "location": {"column": "lot"}, "state": "unmet"}],
        [{"key": "C-7", "location": None, "state": "unmet"}],
        [{"key": "C-7", "location": {"column": "owner"}, "state": "unreadable"}],
    ],
    ids=["fewer", "another record", "another column", "no place", "another state"],
)
def test_other_exceptions_are_a_difference(exceptions: list[dict[str, object]]) -> None:
    lines = different_findings([_finding()], [_finding(exceptions=exceptions)])

    assert [line[:27] for line in lines] == ["B-1.filled.owner: exception"]


def test_another_verdict_a_missing_finding_and_one_more_are_differences() -> None:
    other = _finding(verdict="pass")

    assert different_findings([_finding()], [other]) == ['B-1.filled.owner: verdict "fail" is "pass"']
    assert different_findings([_finding()], []) == ["B-1.filled.owner: no finding"]
    assert different_findings([], [_finding()]) == ["B-1.filled.owner: one finding more"]


def test_there_is_no_run_without_records_or_rounds(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in ("--rows=0", "--rounds=0"):
        with pytest.raises(SystemExit, match="2"):
            main([wrong])

    assert "1 or more" in capsys.readouterr().err
