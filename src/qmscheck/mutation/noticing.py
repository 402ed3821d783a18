"""Change each rule, and see which of its own examples notice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from qmscheck.criteria import Criteria
from qmscheck.criteria.variants import Workshop
from qmscheck.engine import Engine, Means
from qmscheck.model import Example, Finding, Rule, Scalar
from qmscheck.mutation import Mutated
from qmscheck.mutation.changes import Variant, changes, moved, moved_params
from qmscheck.sql.mutants import MOVES, moved_name
from qmscheck.sql.select import RowTest
from qmscheck.testing import AS_OF, as_expected, empty_engine, judge_together

__all__ = ["run"]

#: Changes that are judged together; fewer of rules that match records, since the engine takes far more than twice as
#: long to plan a statement with twice as many matches (measured: 26 changes of one took 21 s at once, 2 s by eights).
_AT_ONCE, _MATCHES_AT_ONCE = 100, 8


def run(
    asked: Criteria,
    select: Collection[str] = (),
    *,
    bounds: bool = False,
    told: Callable[[str], None] = lambda _text: None,
    means: Means | None = None,
) -> Iterator[Mutated]:
    """Change every rule (or the rules and obligations in `select`), and ask its own examples.

    `bounds` makes only the changes that move a bound by a step, or take what lies on it to its other side.
    `told` hears which is changed; `means` bound what may be used.
    """
    params = moved_params(asked.ruleset.params)
    wide = Criteria(asked.ruleset.model_copy(update={"params": {**asked.ruleset.params, **params}}), asked.tests)
    workshop = Workshop(wide)
    with empty_engine(means=means) as engine:
        for rule in asked.ruleset.rules.values():
            if not select or rule.id in select or rule.obligation in select:
                told(f"changing {rule.id}")
                yield _mutated(rule, wide, workshop, engine, bounds=bounds)


def _mutated(rule: Rule, asked: Criteria, workshop: Workshop, engine: Engine, *, bounds: bool) -> Mutated:
    movable = {name for name in asked.ruleset.params if moved_name(name, 1) in asked.ruleset.params}
    known: dict[str, tuple[Variant, RowTest]] = {}
    for n, variant in enumerate((v for v in changes(rule, movable) if v.bound or not bounds), 1):
        test = workshop.test(variant.rule)
        if test is not None:
            name = f"{rule.id} changed {n}"
            known[name] = (Variant(variant.change, variant.rule.model_copy(update={"id": name})), test)
    alive, failing = dict(known), []
    for number, example in enumerate(rule.example if known else (), 1):
        found = _kept(rule, alive, example, asked, engine)
        if found is None:
            failing.append(number)
        else:
            alive = {name: alive[name] for name in found}
    left = {v.change for v, _ in alive.values()}
    return _told(rule, [v.change for v, _ in known.values()], left, failing, whole=not bounds)


def _kept(
    rule: Rule, alive: Mapping[str, tuple[Variant, RowTest]], example: Example, asked: Criteria, engine: Engine
) -> Sequence[str] | None:
    """Give the changes that an example does not notice; None where the rule itself fails it."""
    kept: list[str] = []
    at_once = _AT_ONCE if rule.has is None and rule.lacks is None else _MATCHES_AT_ONCE
    for some in _batches(tuple(alive), at_once):
        found = _judged(rule, {name: alive[name] for name in some}, example, asked, engine)
        if not as_expected(example, found[rule.id]):
            return None
        kept += [name for name in some if as_expected(example, found[name])]
    return kept


def _batches(names: Sequence[str], at_once: int) -> list[Sequence[str]]:
    """Divide names into few at a time; without names one batch is left, since the rule itself is judged with each."""
    return [names[i : i + at_once] for i in range(0, len(names), at_once)] or [()]


def _judged(
    rule: Rule, some: Mapping[str, tuple[Variant, RowTest]], example: Example, asked: Criteria, engine: Engine
) -> Mapping[str, Finding]:
    """Judge a rule and some of its changes on the records of an example."""
    return judge_together(
        _together(rule, some, asked),
        [rule.id, *some],
        example.given,
        as_of=example.as_of or AS_OF,
        planned_audit=example.planned_audit,
        params=_params(example.params, asked),
        engine=engine,
    )


def _together(rule: Rule, alive: Mapping[str, tuple[Variant, RowTest]], asked: Criteria) -> Criteria:
    """Put a rule, its changes, and what judges instead of them, into criteria of their own."""
    own = [rule.id, *([rule.too_few.instead] if rule.too_few is not None else [])]
    rules = {name: asked.ruleset.rules[name] for name in own} | {name: v.rule for name, (v, _) in alive.items()}
    tests = {name: asked.tests[name] for name in own} | {name: test for name, (_, test) in alive.items()}
    obligations = {rule.obligation: asked.ruleset.obligations[rule.obligation]}
    return Criteria(asked.ruleset.model_copy(update={"rules": rules, "obligations": obligations}), tests)


def _params(given: Mapping[str, Scalar], asked: Criteria) -> dict[str, Scalar]:
    """Move what an example sets, too."""
    found = dict(given)
    for name, value in given.items():
        for by in MOVES:
            other = moved(value, asked.ruleset.params[name], by)
            if other is not None:
                found[moved_name(name, by)] = other
    return found


def _told(rule: Rule, known: Sequence[str], alive: Collection[str], failing: Sequence[int], *, whole: bool) -> Mutated:
    """Put the changes in order; only where the whole of them was made can a declared one be missed."""
    said = {one.change for one in rule.equivalent}
    left = [change for change in known if change in alive]
    return Mutated(
        rule.id,
        rule.obligation,
        noticed=tuple(change for change in known if change not in alive),
        survived=tuple(change for change in left if change not in said),
        declared=tuple(change for change in left if change in said),
        stale=tuple(one.change for one in rule.equivalent if one.change not in left and (whole or one.change in known)),
        failing=tuple(failing),
    )
