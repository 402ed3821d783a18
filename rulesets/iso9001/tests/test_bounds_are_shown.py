"""The boundary of each threshold: no bound of a rule can move by a step, nor what lies on it change sides, unnoticed.

To judge all rules takes minutes, and a rule that is as it was need not be judged again: `bounds.txt` keeps, for each
rule, the digest of what was seen (the rule with its examples, and its parameters) and how many changes of bounds its
examples noticed. A rule that is another one by now is judged here, and so is a sample of the others.
`QMSCHECK_UPDATE_GOLDENS=1` judges what changed and writes the list anew; `QMSCHECK_MUTANTS=all` judges all (minutes).
"""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path

import pytest
import qmscheck_iso9001
import shared

from qmscheck.model import Rule
from qmscheck.mutation import Mutated, noticing

_FOLDER = Path(qmscheck_iso9001.__file__).parent
_LIST = Path(__file__).with_name("bounds.txt")
_ALL = os.environ.get("QMSCHECK_MUTANTS") == "all"
_WRITE = os.environ.get("QMSCHECK_UPDATE_GOLDENS") == "1"

#: What a rule says of itself decides nothing.
_WORDS = {"title", "statement", "recommendation"}

#: How many of the rules that are as they were are judged all the same: those whose names have the lowest hashes.
_SAMPLE = 4


@pytest.mark.unmeasured
def test_the_examples_of_each_rule_show_where_its_bounds_lie() -> None:
    seen = _seen()
    changed = [name for name, rule in _rules().items() if _ALL or seen.get(name, ("", 0))[0] != _digest(rule)]
    drawn = sorted(_rules(), key=lambda name: sha256(name.encode()).hexdigest())[:_SAMPLE]
    judged = {one.rule: one for one in noticing.run(shared.iso9001(), [*changed, *drawn], bounds=True)}
    assert [(name, one.survived) for name, one in judged.items() if one.survived or one.failing] == []
    now = {name: (_digest(rule), _noticed(judged, seen, name)) for name, rule in _rules().items()}
    if _WRITE:
        _LIST.write_text("".join(f"{name} {digest} {n}\n" for name, (digest, n) in sorted(now.items())), "utf-8")
    assert [(n, seen[n][1], now[n][1]) for n in drawn if n in seen and n not in changed and seen[n] != now[n]] == []
    assert sum(n for _, n in now.values()) > 1000


def test_the_list_of_what_was_seen_names_only_rules_that_are_there() -> None:
    assert set(_seen()) <= set(_rules())


def _noticed(judged: dict[str, Mutated], seen: dict[str, tuple[str, int]], name: str) -> int:
    return len(judged[name].noticed) if name in judged else seen[name][1]


def _seen() -> dict[str, tuple[str, int]]:
    lines = [line.split() for line in _LIST.read_text("utf-8").splitlines()] if _LIST.is_file() else []
    return {name: (digest, int(n)) for name, digest, n in lines}


def _digest(rule: Rule) -> str:
    """Make one of the rule, its examples, the rule that judges where records are few, and the parameters it names."""
    texts = [
        r.model_dump_json(exclude=_WORDS) for r in (rule, *([_rules()[rule.too_few.instead]] if rule.too_few else ()))
    ]
    words = set(re.findall(r"\w+", " ".join(texts)))
    params = [f"{n} {p.model_dump_json()}" for n, p in sorted(shared.iso9001().ruleset.params.items()) if n in words]
    return sha256("\n".join([*texts, *params]).encode()).hexdigest()[:16]


def _rules() -> dict[str, Rule]:
    return dict(shared.iso9001().ruleset.rules)
