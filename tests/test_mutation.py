"""Rules changed as by mistake, and what their examples notice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from qmscheck import criteria
from qmscheck.criteria import Criteria
from qmscheck.model import ParameterSpec, Rule
from qmscheck.mutation import Mutated, noticing
from qmscheck.mutation.changes import changes, moved
from qmscheck.testing import run as run_examples

_GOOD = Path(__file__).parent / "rulesets" / "good"

_HEAD = """
[ruleset]
id = "own"
title = "Own"
standard = "Own rules"
edition = "1"
version = "1"
language = "en"
[param.p]
type = "integer"
default = 5
min = 1
max = 30
origin = "convention"
title = "A bound"
[param.goal]
type = "number"
default = 0.5
min = 0.1
max = 1
origin = "convention"
title = "A share"
[term.sorry]
en = ["sorry"]
[table.t]
purpose = "Records"
key = "k"
[table.t.columns]
k = { type = "text" }
g = { type = "text" }
n = { type = "integer" }
a = { type = "integer" }
b = { type = "integer" }
d = { type = "date" }
[table.u]
purpose = "Other records"
key = "k"
[table.u.columns]
k = { type = "text" }
g = { type = "text" }
n = { type = "integer" }
[[obligation]]
id = "O"
title = "Own"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "Own."
grade = "minor"
grade_why = "Own."
recommendation = "The manager does it."
[[rule]]
id = "O.other"
obligation = "O"
title = "Uses all"
each = "t"
must = "n <= param('p') and mentions(g, 'sorry')"
at_least = "goal"
has = { table = "u", on = ["k"] }
statement = "x"
"""


def _criteria(folder: Path, body: str) -> Criteria:
    """Make criteria of one rule, whose other half uses what this rule leaves out."""
    rest = _HEAD.replace('has = { table = "u", on = ["k"] }\n', "").replace("O.other", "O.uses")
    other = _HEAD.partition("[[rule]]")[2].replace("must = \"n <= param('p') and mentions(g, 'sorry')\"\n", "")
    rule = f'[[rule]]\nid = "O.rule"\nobligation = "O"\ntitle = "Own"\nstatement = "x"\n{body}'
    file = folder / "own.toml"
    file.write_text(f"{rest}\n[[rule]]{other}\n{rule}", encoding="utf-8")
    return criteria.load([("own", file)])


def _mutated(folder: Path, body: str) -> Mutated:
    (found,) = noticing.run(_criteria(folder, body), ("O.rule",))
    return found


# One record more in the example, and the change is noticed: it says something else of that record.
@pytest.mark.parametrize(
    ("rule", "change", "verdict", "record"),
    [
        ('must = "n < 5"', "must: n < 5 becomes n <= 5", "fail", "n = 5"),
        ('must = "n >= 5"', "must: n >= 5 becomes n > 5", "pass", "n = 5"),
        ('must = "n = 5"', "must: n = 5 becomes n <> 5", "pass", "n = 5"),
        ('must = "n <= 5"', "must: 5 becomes 6 in n <= 5", "fail", "n = 6"),
        ('must = "n <= 5"', "must: 5 becomes 4 in n <= 5", "pass", "n = 5"),
        (
            "must = \"n <= param('p')\"",
            "must: param('p') moved up in n <= param('p')",
            "fail",
            "n = 6",
        ),
        (
            "must = \"n <= param('p')\"",
            "must: param('p') moved down in n <= param('p')",
            "pass",
            "n = 5",
        ),
        ('must = "a = 1 and b = 1"', "must: a = 1 dropped", "fail", "a = 2, b = 1"),
        ('must = "a = 1 and b = 1"', "must: b = 1 dropped", "fail", "a = 1, b = 2"),
        ('must = "a = 1 and b = 1"', "must: and becomes or: a = 1 AND b = 1", "fail", "a = 2, b = 1"),
        ('must = "a = 1 or b = 1"', "must: or becomes and: a = 1 OR b = 1", "pass", "a = 2, b = 1"),
        ('must = "filled(n)"', "must: not filled(n)", "pass", "n = 1"),
        ('must = "n is null"', "must: n IS NULL becomes is not null", "pass", "a = 1"),
        ('must = "n in (1, 2)"', "must: 2 taken out of n IN (1, 2)", "pass", "n = 2"),
        ('must = "n = 1"', "must negated", "pass", "n = 1"),
        ('must = "n = 1"\nwhere = "a = 1"', "where dropped", "insufficient", "a = 2, n = 2"),
        ('must = "n = 1"', "scope emptied", "fail", "n = 2"),
        (
            'must = "n = 1"\nwhere = "a = 1"\non_zero = "not-applicable"',
            "on_zero dropped",
            "not-applicable",
            "a = 2, n = 1",
        ),
        ('has = { table = "u", on = ["k"] }', "has becomes lacks", "fail", "n = 1"),
        ('has = { table = "u", on = ["k", "g"] }', "has.on: g dropped", "fail", 'g = "1"'),
    ],
)
def test_an_example_of_the_record_that_a_change_is_about_notices_it(
    rule: str, change: str, verdict: str, record: str, tmp_path: Path
) -> None:
    body = f'each = "t"\n{rule}\n'
    others = 'given.u = [{ k = "1", g = "2" }]\n' if "has.on" in change else ""
    others = others or ('given.u = [{ k = "2" }]\n' if "has" in change else "")
    example = f'[[rule.example]]\nverdict = "{verdict}"\ngiven.t = [{{ k = "1", {record} }}]\n{others}'
    without, with_ = _mutated(tmp_path, body), _mutated(tmp_path, body + example)
    assert with_.failing == ()
    assert change in without.survived
    assert change in with_.noticed


def test_a_change_that_no_check_would_let_pass_is_not_counted(tmp_path: Path) -> None:
    found = _mutated(tmp_path, 'count = "t"\nat_least = 1\n')
    assert {*found.noticed, *found.survived} == {"scope emptied"}


def test_a_bound_moves_from_where_the_example_puts_it(tmp_path: Path) -> None:
    body = (
        'count = "t"\nat_least = "p"\n[[rule.example]]\nverdict = "pass"\nparams = { p = 1 }\ngiven.t = [{ k = "1" }]\n'
    )
    found = _mutated(tmp_path, body)
    assert "at_least = p moved up" in found.noticed
    assert "at_least = p moved down" in found.survived


def test_the_number_of_unmet_records_notices_what_the_verdict_does_not(tmp_path: Path) -> None:
    body = 'each = "t"\nmust = "n <= 5"\n[[rule.example]]\nverdict = "fail"\n{}given.t = [{{ k = "1", n = 6 }}, {{ k = "2", n = 9 }}]\n'
    change = "must: 5 becomes 6 in n <= 5"
    assert change in _mutated(tmp_path, body.format("")).survived
    assert change in _mutated(tmp_path, body.format("unmet = 2\n")).noticed


def test_an_example_that_the_rule_itself_fails_notices_nothing(tmp_path: Path) -> None:
    body = 'each = "t"\nmust = "n <= 5"\n[[rule.example]]\nverdict = "pass"\ngiven.t = [{ k = "1", n = 6 }]\n'
    found = _mutated(tmp_path, body)
    assert (found.failing, found.noticed) == ((1,), ())


def test_a_declared_change_is_told_apart_and_one_that_is_noticed_is_a_mistake(tmp_path: Path) -> None:
    body = 'each = "t"\nmust = "n <= 5"\n[[rule.example]]\nverdict = "pass"\ngiven.t = [{ k = "1", n = 5 }]\n'
    for change in ("must: 5 becomes 6 in n <= 5", "must: n <= 5 becomes n < 5", "no change at all"):
        body += f'[[rule.equivalent]]\nchange = "{change}"\nwhy = "Made up."\n'
    found = _mutated(tmp_path, body)
    assert found.declared == ("must: 5 becomes 6 in n <= 5",)
    assert found.stale == ("must: n <= 5 becomes n < 5", "no change at all")
    assert not {*found.declared} & {*found.survived, *found.noticed}


def test_of_bounds_only_what_moves_one_or_changes_the_side_of_what_lies_on_it_is_made(tmp_path: Path) -> None:
    body = (
        'each = "t"\nwhere = "g is not null and b = 2"\nmust = "n <= param(\'p\') and a > 0"\nmin_population = 1\n'
        '[[rule.example]]\nverdict = "pass"\nparams = { p = 5 }\ngiven.t = [{ k = "1", g = "x", b = 2, n = 5, a = 1 }]\n'
        '[[rule.equivalent]]\nchange = "scope emptied"\nwhy = "It is not made here, and so it is not missed."\n'
    )
    (found,) = noticing.run(_criteria(tmp_path, body), ("O.rule",), bounds=True)
    assert {*found.noticed, *found.survived} == {
        "where: 2 becomes 1 in b = 2",
        "where: 2 becomes 3 in b = 2",
        "must: n <= param('p') becomes n < param('p')",
        "must: param('p') moved down in n <= param('p')",
        "must: param('p') moved up in n <= param('p')",
        "must: a > 0 becomes a >= 0",
        "must: 0 becomes -1 in a > 0",
        "must: 0 becomes 1 in a > 0",
        "min_population = 1 becomes 0",
        "min_population = 1 becomes 2",
    }
    assert found.stale == ()


@pytest.mark.parametrize("at_once", [4, 100])
def test_all_changes_together_or_few_at_a_time_are_judged_as_each_alone(
    at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noticing, "_AT_ONCE", at_once)
    asked = _criteria(
        tmp_path,
        'each = "t"\nwhere = "a > 0"\nmust = "(n <= param(\'p\') and g is not null) or b in (1, 4)"\n'
        '[[rule.example]]\nverdict = "pass"\ngiven.t = [{ k = "1", a = 1, n = 5, g = "x" }, { k = "2", a = 1, b = 4 }]\n'
        '[[rule.example]]\nverdict = "fail"\nunmet = 1\ngiven.t = [{ k = "1", a = 1, n = 6, g = "x", b = 3 }]\n',
    )
    (found,) = noticing.run(asked, ("O.rule",))
    rule = asked.ruleset.rules["O.rule"]
    text = (tmp_path / "own.toml").read_text(encoding="utf-8")
    alone: dict[str, bool] = {}
    for variant in changes(rule, ()):
        changed = text
        for key in ("where", "must"):
            new = getattr(variant.rule, key)
            written = {"true": "", "false": f'{key} = "a > 99"'}.get(
                new, f'{key} = "{new}"'
            )  # no author may write these
            changed = changed.replace(f'{key} = "{getattr(rule, key)}"', written)
        (tmp_path / "one.toml").write_text(changed, encoding="utf-8")
        one = criteria.load([("one", tmp_path / "one.toml")])
        alone[variant.change] = not all(result.ok for result in run_examples(one, ("O.rule",)))
    assert len(alone) > 15
    assert {c: c in found.noticed for c in (*found.noticed, *found.survived) if "moved" not in c} == alone


def _rule(**keys: object) -> Rule:
    given = {"id": "R", "obligation": "O", "title": "t", "statement": "s", "each": "t", **keys}
    return Rule.model_validate(given)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"unique": ("a", "b")}, {"unique: a dropped", "unique: b dropped"}),
        (
            {"lacks": {"table": "u", "on": {"a": "x", "b": "y"}, "where": "n"}},
            {"lacks.on: a dropped", "lacks.on: b dropped", "lacks.where dropped", "lacks becomes has"},
        ),
        ({"measure": {"mean": "n"}, "at_least": "p"}, {"measure.mean becomes median", "measure.mean becomes nps"}),
        ({"measure": {"percentile": "n", "at": 0.9}}, {"measure.at = 0.9 becomes 0.8", "measure.at = 0.9 becomes 1.0"}),
        (
            {"measure": {"within": {"opened": "d", "closed": "e", "days": "p"}}},
            {"measure.within.days = p moved up", "measure.within.days becomes hours"},
        ),
        (
            {"measure": {"rate": {"table": "u", "where": "n", "sum": "a"}}},
            {"measure.rate.where dropped", "measure.rate.sum dropped"},
        ),
        ({"at_least": "p", "must": "n"}, {"at_least dropped", "at_least = p moved down", "at_least becomes at_most"}),
        (
            {"trend": {"on": "d", "by": "month", "must_not": "fall", "by_more_than": "p"}},
            {"trend.must_not = fall becomes rise", "trend.by_more_than = p moved up", "trend.by_more_than dropped"},
        ),
        (
            {"signal": {"on": "d", "watch": "high", "baseline": 12, "reaction": {"table": "u", "on": "d", "days": 9}}},
            {
                "signal.watch = high becomes low",
                "signal.baseline = 12 becomes 13",
                "signal.reaction dropped",
                "signal.reaction.days = 9 becomes 10",
            },
        ),
        ({"must": "n", "strata": ("g",), "every_stratum": True}, {"every_stratum dropped"}),
        ({"must": "n", "min_population": 3}, {"min_population = 3 becomes 2", "min_population = 3 becomes 4"}),
    ],
)
def test_keys_of_every_form_are_changed(keys: dict[str, object], expected: set[str]) -> None:
    rule = _rule(**keys)
    found = {one.change: one.rule for one in changes(rule, ("p",))}
    assert expected <= set(found)
    assert all(changed != rule for changed in found.values())


def test_a_value_moves_by_a_step_of_its_kind() -> None:
    def spec(kind: str, default: object) -> ParameterSpec:
        return ParameterSpec.model_validate({"type": kind, "default": default, "title": "t", "origin": "convention"})

    assert moved(5, spec("integer", 3), 1) == 6
    assert moved(0.5, spec("number", 0.95), -1) == 0.49
    assert moved(1, spec("number", 0.9), -1) == 0.9
    assert moved(dt.date(2026, 2, 28), spec("date", dt.date(2026, 1, 1)), 1) == dt.date(2026, 3, 1)
    assert moved(True, spec("boolean", True), 1) is None
    assert moved("high", spec("text", "low"), 1) is None


def test_the_rules_of_one_obligation_are_changed_where_it_is_selected() -> None:
    asked = criteria.load([("good", _GOOD)])
    assert [one.rule for one in noticing.run(asked, ("A-1",))] == ["A-1.in-time", "A-1.letter"]
    assert [one.rule for one in noticing.run(asked, ("A-1.letter",))] == ["A-1.letter"]
