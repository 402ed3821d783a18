"""A plan says which rules are counted in which scan; however it is carried out, the record is the same."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, RULESET, audit
from hypothesis import given, settings
from hypothesis import strategies as st
from test_judge_large import LETTERS, MORE, WORDS, records

from qmscheck.judge.counting import planner, scan
from qmscheck.model import AuditRecord
from qmscheck.sql.savings import ALL, NAIVE, Savings

LOOKED_FOR = r"""
[[rule]]
id = "A-1.no-placeholder"
obligation = "A-1"
title = "No placeholder"
each = "complaints"
where = "state <> 'open'"
must = "not matches(owner, '\\b(Ada|TBD)\\b')"
statement = "{unmet} of {population} complaints have a placeholder for an owner."
"""
WHOLE = RULESET + MORE + LOOKED_FOR
EACH = [replace(NAIVE, **{name: True}) for name in Savings.__dataclass_fields__]


def planned(folder: Path, savings: Savings, firm: dict[str, Any], *, large: bool = True) -> tuple[AuditRecord, str]:
    """Audit as if the tables were large, with some savings."""
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        if large:
            patch.setattr(planner, "SMALL", 0)
            patch.setattr(planner, "KEPT", 0)
        record = audit(folder, firm, ruleset=WHOLE, savings=savings, planned=told.append)
    return record.model_copy(update={"rulesets": ()}), "\n".join(told)


@settings(max_examples=8, deadline=None)
@given(records(WORDS), records(LETTERS), st.sampled_from([*EACH, ALL]), st.booleans())  # type: ignore[arg-type]
def test_each_saving_alone_and_all_together_give_the_record_of_the_naive_plan(
    complaints: list[dict[str, Any]], answers: list[dict[str, Any]], savings: Savings, large: bool
) -> None:
    firm = {**GOOD, "complaints": complaints, "answers": answers}
    with tempfile.TemporaryDirectory() as folder:
        wanted, _ = planned(Path(folder), NAIVE, firm)
        found, _ = planned(Path(folder), savings, firm, large=large)
    assert found == wanted


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let a scan have few rules."""
    return lambda width: monkeypatch.setattr(planner, "WIDTH", width)


@pytest.mark.parametrize("width", [1, 2, 5])
def test_the_number_of_rules_in_a_scan_changes_no_record(
    tmp_path: Path, cut: Callable[[int], None], width: int
) -> None:
    wanted, _ = planned(tmp_path, ALL, GOOD)
    cut(width)
    found, told = planned(tmp_path, ALL, GOOD)
    assert found == wanted
    assert f"at most {planner.WIDTH} rules in one" in told


def test_rules_are_cut_into_scans_of_about_equal_length_and_those_of_the_same_columns_stay_together(
    tmp_path: Path, cut: Callable[[int], None]
) -> None:
    cut(3)
    _, told = planned(tmp_path, ALL, GOOD)
    heads = [line for line in told.splitlines() if line.startswith("  scan")]
    assert heads[:2] == ["  scan 1: 2 rules", "  scan 2: 2 rules"]


def test_records_that_are_too_many_to_be_fetched_stay_in_the_engine_and_the_record_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, _ = planned(tmp_path, ALL, GOOD)
    monkeypatch.setattr(scan, "MOST", 0)
    found, _ = planned(tmp_path, ALL, GOOD)
    assert found == wanted


def test_the_states_of_many_rules_are_not_all_kept_where_only_exceptions_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "SMALL", 0)
    wanted, kept = planned(tmp_path, ALL, GOOD, large=False)
    monkeypatch.setattr(planner, "_STATES", 0)
    found, sought = planned(tmp_path, ALL, GOOD, large=False)
    assert found == wanted
    assert sought.count("computed once and kept") < kept.count("computed once and kept")


def test_a_plan_names_its_scans_what_they_read_and_what_they_save(tmp_path: Path) -> None:
    _, told = planned(tmp_path, ALL, {**GOOD, "answers": []})
    golden = Path(__file__).parent / "goldens" / "plan.txt"
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS"):
        golden.write_text(told, "utf-8")
    assert told == golden.read_text("utf-8")


def test_a_naive_plan_judges_every_record_and_shares_nothing(tmp_path: Path) -> None:
    _, told = planned(tmp_path, NAIVE, GOOD)
    assert "every record is judged" in told
    assert not [word for word in ("shared", "rewritten", "only records") if word in told]


def test_of_a_small_table_every_record_is_fetched_with_the_states_of_all_rules(tmp_path: Path) -> None:
    _, told = planned(tmp_path, ALL, GOOD, large=False)
    assert "every record is fetched once" in told
