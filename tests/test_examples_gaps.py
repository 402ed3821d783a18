"""The two tables of each example's GAPS.md, and what an audit of the example finds, are the same: nothing more, nothing less."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import shared

_EXAMPLES = Path(__file__).parents[1] / "examples"
_FIRMS = ("repair-shop", "pump-maker")
_EXIT = {"READY": 0, "NOT READY": 1, "CANNOT TELL": 3}


@pytest.mark.parametrize("firm", _FIRMS)
def test_each_planted_gap_is_found_with_its_count_and_grade_and_no_other_rule_fails(firm: str) -> None:
    found = {
        finding["rule"]: (*_figures(finding), finding["proposed_grade"])
        for finding in _record(firm)["findings"]
        if finding["verdict"] == "fail"
    }
    assert found == _planted(firm)


@pytest.mark.unmeasured
@pytest.mark.parametrize("firm", _FIRMS)
def test_each_obligation_comes_out_as_its_page_says(firm: str) -> None:
    found = {o["id"]: (o["verdict"], o["grade"] or "") for o in _record(firm)["obligations"]}
    rows = re.findall(r"^\| (CF-\S+) \| ([a-z-]+) \| ([a-z]*) ?\| [^|]+ \|$", _page(firm), re.MULTILINE)
    assert found == {obligation: (verdict, grade) for obligation, verdict, grade in rows}


@pytest.mark.parametrize("firm", _FIRMS)
def test_the_gate_and_the_exit_code_are_those_of_the_page(firm: str) -> None:
    (stated,) = re.findall(r"^\*\*Expected result: ([A-Z ]+) \(exit (\d)\)\.\*\*", _page(firm), re.MULTILINE)
    assert (_record(firm)["gate"]["result"], _audit(firm)[0]) == (stated[0], int(stated[1]))
    assert _EXIT[stated[0]] == int(stated[1])


@pytest.mark.parametrize("firm", _FIRMS)
def test_no_rule_ends_in_an_error_and_each_exception_has_a_place(firm: str) -> None:
    findings = _record(firm)["findings"]
    assert [f["rule"] for f in findings if f["verdict"] == "error"] == []
    assert [
        e for f in findings for e in f["exceptions"] if not (_EXAMPLES / firm / e["location"]["path"]).exists()
    ] == []


@pytest.mark.parametrize("firm", _FIRMS)
def test_each_file_that_a_page_names_is_there(firm: str) -> None:
    rows = re.findall(r"^\| CF-\S+ \| [^|]+ \| [^|]+ \| ([^|]+) \|", _page(firm), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([^`]+\.[a-z]{2,6})`", row)}
    there = {path.name for path in (_EXAMPLES / firm).rglob("*")}
    missing = {name for name in named if not list((_EXAMPLES / firm).glob(name)) and Path(name).name not in there}
    assert named
    assert missing == set()


def _figures(finding: Mapping[str, Any]) -> tuple[int, int]:
    """Give what the page counts: the unmet and the population; of a count, the records that were found."""
    tally = finding["tally"]
    return (tally["met"] if finding["form"] == "count" else tally["unmet"]), tally["population"]


def _planted(firm: str) -> Mapping[str, tuple[int, int, str]]:
    """Read the rows `rule | 2 of 9 | minor | where | auditor`; `none of 5` stands for a count that found nothing."""
    rows = re.findall(
        r"^\| (CF-\S+) \| (none|\d+) of (\d+) \| (major|minor|opportunity) \| [^|]+ \| [^|]+ \|$",
        _page(firm),
        re.MULTILINE,
    )
    assert len(rows) == len(re.findall(r"^\| CF-\S+ \| [^|]* of ", _page(firm), re.MULTILINE))
    return {rule: (0 if number == "none" else int(number), int(of), grade) for rule, number, of, grade in rows}


def _page(firm: str) -> str:
    return (_EXAMPLES / firm / "GAPS.md").read_text(encoding="utf-8")


def _record(firm: str) -> Mapping[str, Any]:
    record: Mapping[str, Any] = json.loads(_audit(firm)[1])
    return record


@cache
def _audit(firm: str) -> tuple[int, bytes]:
    command = [sys.executable, "-m", "qmscheck", "audit", str(_EXAMPLES / firm), "--output-format", "json"]
    done = subprocess.run(command, capture_output=True, check=False, env=shared.unmeasured())
    assert done.stdout, done.stderr.decode()
    return done.returncode, done.stdout
