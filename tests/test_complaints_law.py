"""The second ruleset, laid over iso9001: sound with its examples, and what an audit finds is what GAPS.md says was planted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qmscheck.cli import main
from qmscheck.criteria import Criteria, load
from qmscheck.model import Origin, Rule, Verdict

_FOLDER = Path(__file__).parents[1] / "examples" / "complaints-law"
_RULESET = _FOLDER / "ruleset"
_BASE = Path(__file__).parents[1] / "rulesets" / "iso9001" / "src" / "qmscheck_iso9001"


@pytest.mark.unmeasured
def test_it_stands_over_iso9001_and_each_of_its_examples_gives_its_verdict(
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = [o for o in _layers().ruleset.obligations if o.startswith("DISP-")]
    code = main(["ruleset", "test", "iso9001", str(_RULESET), *(part for o in own for part in ("--select", o))])
    told = capsys.readouterr().out
    assert (code, told) == (0, f"{sum(len(r.example) for r in _rules())} examples, none failed\n")


def test_each_rule_has_an_example_that_passes_one_that_fails_and_one_without_records() -> None:
    sides = {Verdict.PASS, Verdict.FAIL, Verdict.INSUFFICIENT}
    assert [r.id for r in _rules() if not sides <= {e.verdict for e in r.example}] == []
    assert len(_rules()) == 17


@pytest.mark.unmeasured
def test_each_limit_of_the_law_says_where_it_is_written() -> None:
    base = load([("iso9001", _BASE)]).ruleset.params
    set_here = {n: p for n, p in _layers().ruleset.params.items() if p != base.get(n)}
    own = {n: p for n, p in set_here.items() if p.origin is Origin.LAW}
    assert sorted(own) == [
        "answer_days",
        "answer_days_high",
        "final_days",
        "fund_record_months",
        "payment_days",
        "payment_final_days",
        "record_months",
        "report_days",
        "returns_a_year",
        "summary_days",
    ]
    assert {p.origin for n, p in set_here.items() if n not in own} == {Origin.CONVENTION}
    assert [n for n, p in own.items() if not re.match(r"FCA Handbook DISP 1\.\d+", p.ref or "")] == []


@pytest.mark.unmeasured
def test_each_planted_gap_is_found_by_its_rule_at_its_records_and_nothing_else_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, record = _audit(capsys)
    found = {
        f["rule"]: (
            f["tally"]["unmet"],
            f["tally"]["population"],
            f["proposed_grade"],
            sorted(e["key"] for e in f["exceptions"]),
        )
        for f in record["findings"]
        if f["verdict"] in {"fail", "error"}
    }
    assert found == _planted()
    assert (code, record["gate"]["result"]) == (1, "NOT READY")


def test_a_finding_of_the_first_layer_is_judged_by_the_limit_of_the_second_and_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, record = _audit(capsys)
    (answered,) = (f for f in record["findings"] if f["rule"] == "CF-10.2-a1.answered")
    used = {p["name"]: (p["value"], p["origin"]) for p in answered["parameters"]}
    assert used == {"answer_days": (40, "law"), "answer_days_high": (40, "law")}
    base, law = record["rulesets"]
    assert base["changes"] == []
    assert {(c["id"], c["key"], c["was"], c["now"]) for c in law["changes"]} >= {
        ("answer_days", "default", "10", "40"),
        ("answer_days", "origin", "convention", "law"),
        ("CF-10.2-a1", "grade", "minor", "major"),
    }


def test_each_record_that_the_page_calls_right_is_an_exception_of_no_rule_of_the_law_on_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, record = _audit(capsys)
    late = {e["key"] for f in record["findings"] if f["rule"].startswith("DISP-") for e in f["exceptions"]}
    right = set(re.findall(r"^- (?:.*?\b)?([A-Z]+-[\d-]+)\b", _page().split("## What is right")[1], re.MULTILINE))
    assert right == {"H-004", "G-101", "A-2025-2", "H-009"}
    assert late & right == set()


def _audit(capsys: pytest.CaptureFixture[str]) -> tuple[int, Mapping[str, Any]]:
    """Audit the made-up firm with both layers; give exit code and record."""
    code = main(["audit", str(_FOLDER / "evidence"), "--output-format", "json"])
    record: Mapping[str, Any] = json.loads(capsys.readouterr().out)
    return code, record


@cache
def _layers() -> Criteria:
    return load([("iso9001", _BASE), ("complaints-law", _RULESET)])


def _rules() -> list[Rule]:
    return [r for r in _layers().ruleset.rules.values() if r.id.startswith("DISP-")]


def _page() -> str:
    return (_FOLDER / "GAPS.md").read_text("utf-8")


def _planted() -> Mapping[str, tuple[int, int, str, list[str]]]:
    """Read the rows `rule | 1 of 7 | minor | records | what`."""
    rows = re.findall(r"^\| (\S+) \| (\d+) of (\d+) \| ([a-z]+) \| ([^|]+) \| [^|]+ \|$", _page(), re.MULTILINE)
    assert len(rows) == len(re.findall(r"^\| \S+ \| \d", _page(), re.MULTILINE))
    return {rule: (int(n), int(of), grade, sorted(keys.split(", "))) for rule, n, of, grade, keys in rows}
