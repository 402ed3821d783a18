"""The answers of other tools are compared with known ones before anything is measured: what is wrong is never hidden."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest
from asked import numbers
from environments import python_with
from evidence import write
from fresh import Failed
from peer_answers import SHARES, compared
from peer_tools import BY_HAND, PEERS, Otherwise, Peer

_BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
_RULES = tomllib.loads((_BENCHMARKS / "complaints.toml").read_text("utf-8"))
_KNOWN = {"filled.lot": (100, 97), "unique.lot": (100, 94), "share.effort": (50, 40)}


def _peer(**more: object) -> Peer:
    return Peer("some", "in_some.py", ("some==1",), "frame", "counts", **more)  # type: ignore[arg-type]


def test_a_count_is_equal_where_it_is_the_records_that_are_not_met() -> None:
    told = compared(_peer(), {"filled.lot": 3, "unique.lot": 6, "share.effort": 10}, _KNOWN, {})

    assert (told.equal, told.verdicts, told.unexplained) == (3, 0, ())


def test_a_verdict_is_equal_where_the_share_is_enough_and_where_none_or_some_are_not_met() -> None:
    right = compared(_peer(), {"filled.lot": False, "unique.lot": False, "share.effort": True}, _KNOWN, {})
    wrong = compared(_peer(), {"filled.lot": True, "unique.lot": True, "share.effort": False}, _KNOWN, {})

    assert (right.verdicts, right.unexplained) == (3, ())
    assert (wrong.verdicts, len(wrong.unexplained)) == (0, 3)


def test_no_verdict_passes_for_a_count_of_one_or_none() -> None:
    known = {"a": (10, 10), "b": (10, 9)}

    told = compared(_peer(), {"a": False, "b": True}, known, {})

    assert told.equal == 0
    assert told.unexplained == ("a: False; known count 0", "b: True; known count 1")


def test_a_rule_without_an_answer_is_wrong_unless_the_tool_is_known_not_to_say_it() -> None:
    answers = {"filled.lot": 3, "unique.lot": 6}

    silent = compared(_peer(), answers, _KNOWN, {})
    known = compared(_peer(unable={"share.effort": "it has no shares"}), answers, _KNOWN, {})

    assert silent.unexplained == ("share.effort: None; known count 10",)
    assert known.unexplained == ()
    assert known.unable == ("share.effort: cannot be said (it has no shares); known count 10",)


def test_a_count_that_is_known_to_differ_must_be_the_one_that_its_way_of_counting_gives() -> None:
    peer = _peer(otherwise={"unique.lot": Otherwise("it counts the surplus", "SELECT 4")})
    answers = {"filled.lot": 3, "unique.lot": 4, "share.effort": 10}

    right = compared(peer, answers, _KNOWN, {"unique.lot": 4})
    wrong = compared(peer, answers | {"unique.lot": 5}, _KNOWN, {"unique.lot": 4})

    assert right.explained == ("unique.lot: counts otherwise (it counts the surplus): 4; known count 6",)
    assert wrong.unexplained == ("unique.lot: 5; known count 6",)


def test_an_answer_to_a_rule_that_nobody_asked_is_wrong() -> None:
    told = compared(_peer(), {"filled.lot": 3, "unique.lot": 6, "share.effort": 10, "filled.lott": 0}, _KNOWN, {})

    assert told.unexplained == ("filled.lott: there is no such rule",)


def test_the_least_shares_are_those_of_the_ruleset() -> None:
    rules = {rule["id"].removeprefix("B-1."): rule for rule in _RULES["rule"]}

    assert {rule: _RULES["param"][rules[rule]["at_least"]]["default"] for rule in SHARES} == SHARES
    assert {rule for rule in rules if "at_least" in rules[rule]} == set(SHARES)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_has_a_file_exact_versions_and_names_only_rules_that_there_are(peer: Peer) -> None:
    rules = {rule["id"].removeprefix("B-1.") for rule in _RULES["rule"]}

    assert ast.get_docstring(ast.parse((_BENCHMARKS / "peers" / peer.file).read_text("utf-8")))
    assert all(pin.count("==") == 1 for pin in peer.pins)
    assert (set(peer.unable) | set(peer.otherwise)) <= rules
    assert not set(peer.unable) & set(peer.otherwise)


def test_nothing_of_a_peer_is_a_dependency_of_the_project() -> None:
    ours = (_BENCHMARKS.parent / "pyproject.toml").read_text("utf-8")
    names = {peer.pins[0].partition("==")[0].partition("[")[0] for peer in PEERS}

    assert len(names) == 7
    assert [name for name in names if f'"{name}' in ours] == []
    assert BY_HAND.pins[0] in ours


def test_the_ways_of_counting_otherwise_are_queries_that_the_evidence_answers(tmp_path: Path) -> None:
    write(2000, tmp_path, ["parquet"])
    queries = [one.counted for peer in PEERS for one in peer.otherwise.values() if one.counted]

    found = numbers(tmp_path, "parquet", queries)

    assert len(found) == len(queries) > 8
    assert all(0 <= number < 2000 for number in found)


def test_an_environment_that_was_made_is_taken_and_one_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Failed, match="uv is not installed"):
        python_with(tmp_path, "some", ["some==1"])

    tool = tmp_path / "tools" / "uv"
    tool.parent.mkdir()
    monkeypatch.setenv("PATH", str(tool.parent))
    _program(tool, 'for last; do :; done; case "$1" in venv) /bin/mkdir -p "$last";; esac')
    made = python_with(tmp_path, "some", ["some==1"])
    _program(tool, "echo 'no such version' >&2; exit 2")

    assert python_with(tmp_path, "some", ["some==1"]) == made
    with pytest.raises(Failed, match="no such version"):
        python_with(tmp_path, "some", ["some==2"])


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
