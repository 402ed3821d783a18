"""A later ruleset may change how binding an obligation is, and whose number a limit is; every report says that it did."""

from __future__ import annotations

from pathlib import Path

import pytest
from firm import audit

from qmscheck.criteria import Criteria, load
from qmscheck.errors import QmscheckError
from qmscheck.model import Force, Grade, Origin, RulesetChange
from qmscheck.report import wording

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
        "9: there is no obligation 'A-1' in the rulesets before this one"
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


# ---------------------------------------------------------------- which way a value loosens

_SHARES = (
    HEADER.replace("branch", "shares").replace("What the branch adds", "Shares")
    + """
[param.in_time]
type = "number"
default = 0.9
min = 0.5
max = 1
origin = "own-procedure"
ref = "QP-2"
title = "Share to answer in time"

[param.late]
type = "number"
default = 0.1
min = 0
max = 0.5
origin = "own-procedure"
ref = "QP-2"
title = "Share that may be late"

[param.either]
type = "integer"
default = 5
min = 1
max = 9
origin = "own-procedure"
ref = "QP-2"
title = "A number that nobody says of which way it loosens"

[[rule]]
id = "A-1.share"
obligation = "A-1"
title = "A share of them has an owner"
each = "complaints"
where = "param('either') > 0"
must = "owner is not null"
at_least = "in_time"
statement = "{unmet} of {population}: too few."

[[rule]]
id = "A-1.late"
obligation = "A-1"
title = "Few of them are late"
each = "complaints"
must = "answered is null"
at_most = "late"
statement = "{unmet} of {population}: too many."
"""
)


@pytest.mark.parametrize(
    ("name", "value", "loosens"),
    [
        ("days", "6", True),
        ("days", "4", False),
        ("in_time", "0.8", True),
        ("in_time", "0.95", False),
        ("late", "0.2", True),
        ("late", "0.05", False),
        ("either", "6", True),
        ("either", "4", True),
    ],
)
def test_a_value_that_moves_to_where_it_is_easier_to_meet_is_loosened(
    tmp_path: Path, name: str, value: str, loosens: bool
) -> None:
    """The parameter says which way that is, or the bound that names it; where neither does, every change is marked."""
    second, third = tmp_path / "shares.toml", tmp_path / "branch.toml"
    second.write_text(_SHARES, encoding="utf-8")
    third.write_text(HEADER + f"[overlay.param.{name}]\ndefault = {value}\nwhy = 'x'\n", encoding="utf-8")
    used = load([("firm.toml", GOOD), ("shares.toml", second), ("branch.toml", third)]).ruleset.used
    assert [(c.key, c.loosens) for c in used[-1].changes] == [("default", loosens)]


def test_which_way_a_value_loosens_is_up_or_down(tmp_path: Path) -> None:
    text = GOOD.read_text(encoding="utf-8").replace('loosens = "up"', 'loosens = "more"')
    (tmp_path / "firm.toml").write_text(text, encoding="utf-8")
    with pytest.raises(QmscheckError, match="'loosens' should be 'up' or 'down'"):
        load([("firm.toml", tmp_path / "firm.toml")])


# ---------------------------------------------------------------- names

_DOTTED = (
    HEADER.replace("branch", "dotted").replace("What the branch adds", "Dots")
    + """
[[obligation]]
id = "B-10.2-a1"
title = "Owned"
force = "requirement"
clauses = ["10.2"]
doc_info = "none"
statement = "Owned."
grade = "minor"
grade_why = "It is so."
recommendation = "The quality manager names an owner."

[[rule]]
id = "B-10.2-a1.owner"
obligation = "B-10.2-a1"
title = "Owned by somebody"
each = "complaints"
must = "owner is not null"
statement = "{unmet} of {population} are owned by nobody."
"""
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[overlay.obligation.B-10.2-a1]\ngrade = 'opportunity'\nwhy = 'x'\n",
            [("'B-10.2-a1' has a dot and stands without quotes", 'write [overlay.obligation."B-10.2-a1"]')],
        ),
        (
            "[overlay.obligation.B-10.3-a1]\ngrade = 'opportunity'\nwhy = 'x'\n",
            [("there is no obligation 'B-10' in the rulesets before this one", None)],
        ),
    ],
)
def test_a_name_with_a_dot_and_without_quotes_is_found_again(
    tmp_path: Path, text: str, told: list[tuple[str, str | None]]
) -> None:
    second, third = tmp_path / "dotted.toml", tmp_path / "branch.toml"
    second.write_text(_DOTTED, encoding="utf-8")
    third.write_text(HEADER + text, encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        load([("firm.toml", GOOD), ("dotted.toml", second), ("branch.toml", third)])
    found = error.value.problems
    for message, hint in told:
        assert message in [p.message for p in found]
        assert hint is None or [p.hint for p in found] == [hint]
        assert {p.line for p in found} == {8}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[param.days]\ntype = 'integer'\ndefault = 1\norigin = 'convention'\ntitle = 'x'\n", '[overlay.param."days"]'),
        ("[term.sorry]\nen = ['regret']\n", None),
    ],
)
def test_a_name_of_an_earlier_ruleset_is_refused_with_both_places_and_a_way_out(
    tmp_path: Path, text: str, hint: str | None
) -> None:
    (tmp_path / "branch.toml").write_text(HEADER + text, encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        load([("firm.toml", GOOD), ("branch.toml", tmp_path / "branch.toml")])
    (problem,) = [p for p in error.value.problems if "stands twice" in p.message]
    assert (problem.path, problem.line) == ("branch.toml", 8)
    assert problem.hint is not None
    assert problem.hint.startswith("the first is at firm.toml:")
    assert "in an earlier ruleset: begin the names of this one with a prefix of its own" in problem.hint
    assert (hint is None) or problem.hint.endswith(f"or lay over it: {hint}")


def test_a_name_that_stands_twice_in_one_ruleset_is_no_matter_of_layers(tmp_path: Path) -> None:
    text = GOOD.read_text(encoding="utf-8")
    (tmp_path / "firm.toml").write_text(text + text[text.index("[[rule]]\n") :], encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        load([("firm.toml", tmp_path / "firm.toml")])
    hints = [p.hint for p in error.value.problems if "stands twice" in p.message]
    assert hints and all(h and "earlier" not in h for h in hints)  # noqa: PT018  (none of none says nothing)


def test_a_report_says_once_why_an_overlay_changes_several_things(tmp_path: Path) -> None:
    used = layered(tmp_path, OBLIGATION + PARAMETER.replace("default = 3", "default = 7")).ruleset.used
    record = audit(tmp_path).model_copy(update={"rulesets": used})
    told = "\n".join(wording.criteria(record)[1:])
    assert (
        told
        == """\
What the branch adds 1 (branch), for Branch rules:2
branch loosens A-1: force is guidance, was requirement; grade is opportunity, was major; and changes clauses is 1.1, \
branch 7, was 1.1 (The branch only recommends it.; branch.toml:11)
branch loosens days: default is 7, was 5; and changes origin is law, was convention; ref is Complaints Act 4, was \
nothing (Law says three days.; branch.toml:16)"""
    )


def test_the_hint_of_an_overlay_that_finds_nothing_names_no_neighbour_of_its_own_ruleset(tmp_path: Path) -> None:
    path = tmp_path / "branch.toml"
    own = PARAMETER.replace("overlay.param.days", "param.dayz").replace("why =", 'type = "integer"\ntitle =')
    path.write_text(HEADER + own + PARAMETER, encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        load([("branch.toml", path)])
    hints = [p.hint for p in error.value.problems if "no parameter 'days'" in p.message]
    assert hints == ["an overlay stands after the ruleset that it changes: name both, that one first"]
