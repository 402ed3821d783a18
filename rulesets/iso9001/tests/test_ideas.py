"""What the obligations ask to be tested, idea by idea: each is a rule, or says why it is none; and no rule comes from nowhere.

The ideas stand in `ideas/*.toml`, beside the ruleset and not in it: they are for those who write rules. What they say is not tested
is told on the page docs/not-tested.md; QMSCHECK_UPDATE_GOLDENS=1 writes it anew.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import shared

from qmscheck.model import Ruleset

_FOLDER = Path(__file__).parent.parent / "ideas"

#: How many ideas there are: none is to vanish.
_IDEAS = 333

_KINDS = {"question", "not-machine-testable", "nobody-keeps-it", "form-missing"}
_KEYS = {
    "obligation": [{"id", "ideas"}],
    "idea": [
        {"obligation", "number", "text", "rules"},
        {"obligation", "number", "text", "rules", "not_yet"},
        {"obligation", "number", "text", "why_not", "kind"},
    ],
    "own": [{"rule", "why"}],
}


def test_each_obligation_has_its_ideas_written_down() -> None:
    told = [entry["id"] for entry in _entries("obligation")]
    assert [name for name, times in Counter(told).items() if times > 1] == []
    assert set(told) == set(_ruleset().obligations)
    assert sum(entry["ideas"] for entry in _entries("obligation")) == _IDEAS


def test_each_entry_has_the_keys_of_its_kind_and_no_others() -> None:
    wrong = [(f"{path.name}: {key}", entry) for path, key, entry in _all() if set(entry) not in _KEYS.get(key, [])]
    assert wrong == []


def test_the_ideas_of_an_obligation_are_numbered_without_gap_or_doubt() -> None:
    asked = {entry["id"]: list(range(1, entry["ideas"] + 1)) for entry in _entries("obligation")}
    told: dict[str, list[int]] = {name: [] for name in asked}
    for entry in _entries("idea"):
        told.setdefault(entry["obligation"], []).append(entry["number"])
    assert told == asked


def test_each_idea_is_a_rule_that_exists_or_says_why_it_is_none() -> None:
    rules = set(_ruleset().rules)
    ideas = _entries("idea")
    assert [(e["obligation"], e["number"]) for e in ideas if not (e.get("rules") or e.get("why_not"))] == []
    assert {name for e in ideas for name in e.get("rules", ())} - rules == set()
    assert [(e["obligation"], e["number"]) for e in ideas if "why_not" in e and e["kind"] not in _KINDS] == []


def test_each_rule_comes_from_an_idea_or_is_our_own_and_never_both() -> None:
    asked = {name for e in _entries("idea") for name in e.get("rules", ())}
    own = [e["rule"] for e in _entries("own")]
    assert set(_ruleset().rules) - asked - set(own) == set()
    assert [name for name in own if own.count(name) > 1 or name in asked or name not in _ruleset().rules] == []


def test_our_own_rules_stand_in_the_file_of_their_obligation() -> None:
    home = {entry["id"]: path for path, key, entry in _all() if key == "obligation"}
    wrong = [
        e["rule"] for path, key, e in _all() if key == "own" and home[_ruleset().rules[e["rule"]].obligation] != path
    ]
    assert wrong == []


def test_ideas_and_reasons_are_short_enough_to_be_read_aloud() -> None:
    texts = [str(e[key]) for _, _, e in _all() for key in ("text", "why_not", "not_yet", "why") if key in e]
    assert [t for t in texts if not t.strip() or len(t) > 160] == []


def test_the_page_of_what_is_not_tested_says_what_the_ideas_say() -> None:
    page = _FOLDER.parents[2] / "docs" / "not-tested.md"
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS"):
        page.write_text(_page(), "utf-8", newline="\n")
    assert page.read_text("utf-8") == _page()


def _page() -> str:
    """Write the page: ideas that no rule carries, and parts of ideas that their rules leave out."""
    whole = [e for e in _entries("idea") if "why_not" in e]
    part = [e for e in _entries("idea") if "not_yet" in e]
    rows = [f"| {e['obligation']} | {e['text']} | {e['kind'].replace('-', ' ')} | {e['why_not']} |" for e in whole]
    parts = [f"| {e['obligation']} | {e['text']} | {e['not_yet']} |" for e in part]
    return "\n".join(
        [
            "# What the ruleset does not test",
            "",
            f"Of {_IDEAS} ideas for tests, {_IDEAS - len(whole)} are carried by rules, {len(part)} of them in part.",
            "A person answers the question of the obligation for the rest. This page is written from `rulesets/iso9001/ideas/*.toml`",
            "(`QMSCHECK_UPDATE_GOLDENS=1 uv run --dev pytest rulesets/iso9001/tests/test_ideas.py`).",
            "",
            "## Ideas that no rule carries",
            "",
            "| Obligation | Idea | Kind of reason | Why |",
            "|---|---|---|---|",
            *rows,
            "",
            "## Parts that the rules of an idea leave out",
            "",
            "| Obligation | Idea | What is left out, and why |",
            "|---|---|---|",
            *parts,
            "",
        ]
    )


def _entries(key: str) -> list[dict[str, Any]]:
    return [entry for _, found, entry in _all() if found == key]


@cache
def _all() -> tuple[tuple[Path, str, dict[str, Any]], ...]:
    """Read every entry: its file, the name of its list, and itself."""
    files = sorted(_FOLDER.glob("*.toml"))
    assert [p.name for p in files if not re.match(r"\d\d-[a-z-]+\.toml\Z", p.name)] == []
    read = ((p, key, entries) for p in files for key, entries in tomllib.loads(p.read_text("utf-8")).items())
    return tuple((path, key, entry) for path, key, entries in read for entry in entries)


def _ruleset() -> Ruleset:
    return shared.iso9001().ruleset
