"""A later ruleset may change how binding an obligation is, and whose number a limit is; every report says that it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmscheck.criteria import Criteria, load
from qmscheck.errors import QmscheckError
from qmscheck.model import Force, Grade, Origin, RulesetChange

GOOD = Path(__file__).parent / "rulesets" / "good" / "firm.toml"
HEADER = """\
[ruleset]
id = "branch"
title = "What the branch adds"
standard = "Branch rules"
edition = "2"
version = "1"
language = "en"
"""
OBLIGATION = """
[overlay.obligation.A-1]
force = "guidance"
clauses = ["1.1", "branch 7"]
grade = "opportunity"
why = "The branch only recommends it."
"""
PARAMETER = """
[overlay.param.days]
default = 3
origin = "law"
ref = "Complaints Act 4"
why = "Law says three days."
"""


def layered(folder: Path, text: str, *, first: bool = False) -> Criteria:
    path = folder / "branch.toml"
    path.write_text(HEADER + text, encoding="utf-8")
    both = [("firm.toml", GOOD), ("branch.toml", path)]
    return load(both[::-1] if first else both)


def refused(folder: Path, text: str, *, first: bool = False) -> list[str]:
    with pytest.raises(QmscheckError) as error:
        layered(folder, text, first=first)
    return [f"{p.line}: {p.message}" for p in error.value.problems]


def test_an_overlay_changes_force_and_clauses_of_an_obligation_and_nothing_else(tmp_path: Path) -> None:
    plain, changed = (
        c.ruleset.obligations["A-1"] for c in (load([("firm.toml", GOOD)]), layered(tmp_path, OBLIGATION))
    )
    assert (changed.force, changed.clauses) == (Force.GUIDANCE, ("1.1", "branch 7"))
    assert changed.grade is Grade.OPPORTUNITY
    assert changed == plain.model_copy(update={k: getattr(changed, k) for k in ("force", "clauses", "grade")})


def test_an_overlay_changes_the_value_of_a_parameter_and_whose_it_is(tmp_path: Path) -> None:
    spec = layered(tmp_path, PARAMETER).ruleset.params["days"]
    assert (spec.default, spec.origin, spec.ref, spec.max) == (3, Origin.LAW, "Complaints Act 4", 30)


def test_each_change_is_told_with_its_place_and_whether_it_loosens(tmp_path: Path) -> None:
    first, second = layered(tmp_path, OBLIGATION + PARAMETER).ruleset.used
    assert first.changes == ()
    told = [(c.kind, c.id, c.key, c.was, c.now, c.place, c.loosens) for c in second.changes]
    assert told == [
        ("obligation", "A-1", "clauses", "1.1", "1.1, branch 7", "branch.toml:11", False),
        ("obligation", "A-1", "force", "requirement", "guidance", "branch.toml:10", True),
        ("obligation", "A-1", "grade", "major", "opportunity", "branch.toml:12", True),
        ("parameter", "days", "default", "5", "3", "branch.toml:16", False),
        ("parameter", "days", "origin", "convention", "law", "branch.toml:17", False),
        ("parameter", "days", "ref", "nothing", "Complaints Act 4", "branch.toml:18", False),
    ]
    assert isinstance(second.changes[0], RulesetChange)
    assert second.changes[0].why == "The branch only recommends it."


def test_a_limit_that_comes_to_bind_nobody_is_loosened(tmp_path: Path) -> None:
    back = "[overlay.param.days]\norigin = 'convention'\nwhy = 'Repealed.'\n"
    third = tmp_path / "third.toml"
    third.write_text(HEADER.replace("branch", "third") + back, encoding="utf-8")
    second = tmp_path / "branch.toml"
    second.write_text(HEADER + PARAMETER, encoding="utf-8")
    used = load([("firm.toml", GOOD), ("branch.toml", second), ("third.toml", third)]).ruleset.used
    assert [(c.key, c.loosens) for c in used[-1].changes] == [("origin", True)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[overlay.obligation.A-9]\nwhy = 'x'\nforce = 'implied'\n",
            "there is no obligation 'A-9' in the rulesets before",
        ),
        ("[overlay.param.day]\nwhy = 'x'\ndefault = 3\n", "there is no parameter 'day' in the rulesets before"),
        ("[overlay.obligation.A-1]\nwhy = 'x'\nforce = 'requirement'\n", "it changes nothing: 'force' is that already"),
        ("[overlay.obligation.A-1]\nwhy = 'x'\n", "it says nothing that changes"),
        ("[overlay.obligation.A-1]\nforce = 'implied'\n", "'why' is missing"),
        ("[overlay.obligation.A-1]\nwhy = 'x'\ntitle = 'Other'\n", "unknown key 'title'"),
        ("[overlay.rule.x]\nwhy = 'x'\n", "an overlay cannot change 'rule'"),
        ("[overlay]\nobligation = 3\n", "write [overlay.obligation.NAME]"),
        ("[overlay.param.days]\nwhy = 'x'\ndefault = 31\n", "of parameter 'days'"),
    ],
    ids=lambda text: text[:40].splitlines()[0],
)
def test_an_overlay_that_is_wrong_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert any(told in line for line in refused(tmp_path, text)), refused(tmp_path, text)


def test_an_overlay_that_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "branch.toml"
    path.write_text("overlay = 3\n" + HEADER, encoding="utf-8")
    with pytest.raises(QmscheckError, match=r"write \[overlay\.obligation\.ID\]"):
        load([("firm.toml", GOOD), ("branch.toml", path)])


def test_an_overlay_before_what_it_changes_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, OBLIGATION, first=True) == [
        "10: there is no obligation 'A-1' in the rulesets before this one"
    ]


def test_a_ruleset_does_not_lay_over_itself(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text(GOOD.read_text(encoding="utf-8") + OBLIGATION, encoding="utf-8")
    with pytest.raises(QmscheckError, match="stands in this ruleset itself"):
        load([("firm.toml", path)])


def test_what_nobody_could_verify_is_said_of_the_ruleset(tmp_path: Path) -> None:
    path = tmp_path / "branch.toml"
    path.write_text(HEADER + 'unverified = "The final text is not known."\n' + OBLIGATION, encoding="utf-8")
    assert (
        load([("firm.toml", GOOD), ("branch.toml", path)]).ruleset.used[1].unverified == "The final text is not known."
    )
