"""Nothing that the ruleset began with is left without a row: each sentence of the article, each clause, each obligation.

`coverage.toml` beside the ruleset says which obligation answers what; docs/coverage.md shows it with rules and questions.
QMSCHECK_UPDATE_GOLDENS=1 writes the page anew.
"""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import shared

from qmscheck.model import Obligation, Ruleset

_HERE = Path(__file__).parent.parent
_PAGE = _HERE.parents[1] / "docs" / "coverage.md"

#: Sentences of the article, headings included.
_SENTENCES = 38


def test_each_sentence_of_the_article_has_its_row() -> None:
    assert [s["number"] for s in _rows("sentence")] == list(range(1, _SENTENCES + 1))


def test_a_sentence_without_an_obligation_says_what_it_is() -> None:
    empty = {s["number"]: s["says"] for s in _rows("sentence") if not s["obligations"]}
    assert empty.keys() == {1, 2, 17, 23, 24, 36, 37, 38}
    assert [
        n for n, says in empty.items() if not re.match("Heading|Addressed|.*motive|Advertising|Navigation", says)
    ] == []


def test_each_obligation_that_is_named_exists() -> None:
    named = {o for kind in ("sentence", "clause") for row in _rows(kind) for o in row["obligations"]}
    assert named - set(_ruleset().obligations) == set()


def test_each_obligation_stands_in_one_group() -> None:
    grouped = [name for row in _rows("group") for name in row["obligations"]]
    assert sorted(grouped) == sorted(_ruleset().obligations)
    assert [row["letter"] for row in _rows("group")] == list("ABCDEFGHIJK")


def test_each_obligation_answers_a_sentence_and_each_clause_has_one() -> None:
    answered = {o for row in _rows("sentence") for o in row["obligations"]}
    assert set(_ruleset().obligations) - answered == set()
    assert [row["clause"] for row in _rows("clause") if not row["obligations"]] == []


def test_each_clause_that_an_obligation_cites_has_a_row_which_names_it() -> None:
    rows = {row["clause"]: set(row["obligations"]) for row in _rows("clause")}
    missing = [
        (obligation.id, cited)
        for obligation in _ruleset().obligations.values()
        for cited in obligation.clauses
        if re.match(r"\d", cited) and not any(obligation.id in rows.get(c, ()) for c in _upwards(cited))
    ]
    assert missing == []


def test_each_obligation_has_a_rule_and_a_question() -> None:
    ruled = {rule.obligation for rule in _ruleset().rules.values()}
    assert [o.id for o in _ruleset().obligations.values() if o.id not in ruled or not o.question] == []


def test_the_page_shows_every_row() -> None:
    wanted = _page()
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS") == "1":
        _PAGE.write_text(wanted, encoding="utf-8", newline="\n")
    assert _PAGE.read_text("utf-8") == wanted


def _upwards(clause: str) -> list[str]:
    """Give a clause and those above it: 9.3.2 c is under 9.3.2 and 9.3."""
    parts = clause.split(" ", maxsplit=1)[0].split(".")
    return [".".join(parts[:n]) for n in range(len(parts), 0, -1)]


def _page() -> str:
    ruleset = _ruleset()
    lines = [
        "# What the ruleset covers",
        "",
        f"ISO 9001, customer focus: {len(ruleset.obligations)} obligations, {len(ruleset.rules)} rules.",
        "This page is written from `rulesets/iso9001/coverage.toml` and the ruleset",
        "(`QMSCHECK_UPDATE_GOLDENS=1 uv run --dev pytest rulesets/iso9001/tests/test_coverage.py`).",
        "What no rule tests, and why, stands in",
        "[not-tested.md](not-tested.md). All words are our own.",
        "",
        "## Groups",
        "",
        "| Group | About | Obligations | Rules | Questions |",
        "|---|---|---|---|---|",
        *(f"| {g['letter']} | {g['title']} | {_counted(g['obligations'])} |" for g in _rows("group")),
        "",
        "## Sentences of the article that it began with",
        "",
        "| No. | In our words | Obligations | Rules | Questions |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {s['number']} | {s['says']} | {_counted(s['obligations'])} |" for s in _rows("sentence")]
    head = ["| Clause | Asks | Documented | Obligations | Rules | Questions |", "|---|---|---|---|---|---|"]
    lines += ["", "## Clauses", "", *head]
    lines += [
        f"| {c['clause']} | {c['asks']} | {c['documented']} | {_counted(c['obligations'])} |" for c in _rows("clause")
    ]
    lines += ["", "## Obligations", ""]
    for obligation in ruleset.obligations.values():
        lines += _told(obligation)
    return "\n".join(lines).rstrip() + "\n"


def _told(obligation: Obligation) -> list[str]:
    rules = [r for r in _ruleset().rules.values() if r.obligation == obligation.id]
    return [
        f"### {obligation.id}",
        "",
        f"{obligation.title} ({obligation.force}; {', '.join(obligation.clauses)}).",
        f"Asked of a person: {obligation.question}",
        "",
        *(f"- `{rule.id}`: {rule.title}" for rule in rules),
        "",
    ]


def _linked(names: list[str]) -> str:
    return ", ".join(f"[{n}](#{re.sub('[^a-z0-9-]', '', n.lower())})" for n in names) or "none"


def _counted(names: list[str]) -> str:
    """Link the obligations of a row, and count their rules and the questions that only a person can answer."""
    rules = sum(rule.obligation in names for rule in _ruleset().rules.values())
    questions = sum(_ruleset().obligations[name].question is not None for name in names)
    return f"{_linked(names)} | {rules} | {questions}"


def _rows(kind: str) -> list[dict[str, Any]]:
    return list(_coverage()[kind])


@cache
def _coverage() -> dict[str, Any]:
    return tomllib.loads((_HERE / "coverage.toml").read_text("utf-8"))


def _ruleset() -> Ruleset:
    return shared.iso9001().ruleset
