"""Rules made for the benchmark of many rules are all different, and the same in our language and in SQL."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import shared
from fresh import Cost
from width import cost_of_a_rule
from width_rules import Rule, of_postgresql, ruleset, some

_BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_a_thousand_rules_are_all_different_and_begin_with_the_fifty() -> None:
    rules = some(1000)

    assert len({rule.name for rule in rules}) == len({(rule.must, rule.where) for rule in rules}) == 1000
    assert rules[:50] == some(50)


def test_one_rule_in_ten_is_a_pattern_unless_patterns_are_unwanted() -> None:
    def patterns(*, wanted: bool) -> int:
        return sum("matches(" in rule.must for rule in some(200, patterns=wanted))

    assert patterns(wanted=True) == 20
    assert patterns(wanted=False) == 0
    assert len({rule.name for rule in some(1000, patterns=False)}) == 1000


def test_the_ruleset_declares_only_what_its_rules_use() -> None:
    made = tomllib.loads(ruleset(some(30), _BENCHMARKS / "complaints.toml"))

    assert len(made["rule"]) == 30
    assert set(made["table"]) == {"complaints"}
    assert "param" not in made


@pytest.mark.parametrize("more", [(), ("--plain", "--format=csv")])
def test_an_audit_of_sixty_rules_and_sixty_queries_agree(tmp_path: Path, more: tuple[str, ...]) -> None:
    line = [sys.executable, _BENCHMARKS / "width.py", "--rows=2000", "--rounds=1", "--rules=60", "--folder", tmp_path]

    done = subprocess.run([*line, *more], capture_output=True, text=True, check=False, env=shared.unmeasured())

    assert done.returncode == 0, done.stdout + done.stderr
    assert "60 rules: both give the same answers" in done.stdout
    assert "| first audit of 60 |" in done.stdout
    assert "| 60 |" in done.stdout


def test_a_rule_costs_what_is_beyond_the_audit_of_one_rule() -> None:
    many, one = [Cost(3, 5, 1), Cost(4, 6, 1), Cost(5, 7, 1)], [Cost(1, 2, 1), Cost(9, 1, 1), Cost(1, 1, 1)]

    assert cost_of_a_rule(many, one, 101) == (30, 50)


def test_a_query_of_postgresql_writes_hours_and_patterns_in_its_way() -> None:
    rule = Rule("x.1", "", "a is null or b <= c + interval 9 hour and regexp_matches(d, '^x$|^1$')", where="e > 1")

    assert of_postgresql(rule) == (
        "SELECT 'x.1', count(*), count(*) FILTER (WHERE a is null or b <= c + interval '9 hour' and d ~ '^x$|^1$')"
        " FROM complaints WHERE e > 1;"
    )
