"""The examples of the rulesets notice a mistake in a rule: at least 95 of 100 changes, each made as by a slip.

Rules are many, and each is changed in dozens of places: some are drawn by the hash of their names, which no other rule
moves, and `QMSCHECK_MUTANTS=all` takes them all (about ten minutes), and then holds each obligation to the same share.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from qmscheck import criteria
from qmscheck.criteria import Criteria
from qmscheck.mutation import Mutated, noticing

_ROOT = Path(__file__).parents[1]
_BASE = ("iso9001", _ROOT / "rulesets" / "iso9001" / "src" / "qmscheck_iso9001")
_LAW = ("complaints-law", _ROOT / "examples" / "complaints-law" / "ruleset")

_ENOUGH = 0.95
_ALL = os.environ.get("QMSCHECK_MUTANTS") == "all"


@pytest.mark.unmeasured
@pytest.mark.parametrize(("layers", "drawn"), [((_BASE,), 20), ((_BASE, _LAW), 2)], ids=["iso9001", "complaints-law"])
def test_examples_notice_nearly_every_change_of_a_rule(layers: tuple[tuple[str, Path], ...], drawn: int) -> None:
    found = list(noticing.run(_criteria(layers), _rules(layers, drawn)))
    assert [one.rule for one in found if one.failing or one.stale] == []
    units = [[one for one in found if one.obligation == o] for o in {one.obligation for one in found}] if _ALL else []
    assert [_told(unit) for unit in [found, *units] if _share(unit) < _ENOUGH] == []


def test_each_change_that_no_example_can_notice_says_why_in_a_sentence() -> None:
    declared = [(r.id, one) for r in _criteria((_BASE, _LAW)).ruleset.rules.values() for one in r.equivalent]
    assert [(rule, one.change) for rule, one in declared if len(one.why.split()) < 8 or not one.why.endswith(".")] == []


def _rules(layers: tuple[tuple[str, Path], ...], drawn: int) -> Sequence[str]:
    """Name the rules of the last layer, or those of them whose names have the lowest hashes."""
    below = set(_criteria(layers[:-1]).ruleset.rules) if len(layers) > 1 else set()
    own = sorted(set(_criteria(layers).ruleset.rules) - below, key=lambda name: sha256(name.encode()).hexdigest())
    return own if _ALL else own[:drawn]


def _share(found: Sequence[Mutated]) -> float:
    survived = sum(len(one.survived) for one in found)
    noticed = sum(len(one.noticed) for one in found)
    return noticed / (noticed + survived)


def _told(found: Sequence[Mutated]) -> tuple[float, list[str]]:
    return _share(found), [f"{one.rule}: {change}" for one in found for change in one.survived]


@cache
def _criteria(layers: tuple[tuple[str, Path], ...]) -> Criteria:
    return criteria.load(layers)
