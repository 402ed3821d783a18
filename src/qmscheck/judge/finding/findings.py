"""A finding: the verdict of one rule with everything needed to recompute it, to open the evidence and to act."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from qmscheck.engine import OutOfMemoryError
from qmscheck.judge.bounds import target
from qmscheck.judge.counting.breach import breach
from qmscheck.judge.counting.scan import Count, Counted
from qmscheck.judge.counting.tally import tally
from qmscheck.judge.finding.changes import change
from qmscheck.judge.finding.changes import sentence as told
from qmscheck.judge.finding.exceptions import Shown, listed
from qmscheck.judge.finding.fingerprints import fingerprint
from qmscheck.judge.finding.grades import Grounds, Layer, Repeat, propose, sentence
from qmscheck.judge.finding.verdicts import Decided, asked, decide, percent
from qmscheck.judge.groups import guarded
from qmscheck.judge.limits import limit
from qmscheck.judge.measuring.criterion import MEASURING, inference_criterion, measured_criterion
from qmscheck.judge.measuring.reader import reader
from qmscheck.model import Change, Finding, Obligation, ParameterUse, Rule, Stratum, Verdict, named_parameters, plain
from qmscheck.sql.select import RowTest, columns_read

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.measuring.reading import Reading

__all__ = ["Case", "Weighed", "criterion", "finding", "weigh"]


@dataclass(frozen=True)
class Case:
    """A rule with what it counted."""

    rule: Rule
    obligation: Obligation
    test: RowTest
    counted: Counted


class Weighed(NamedTuple):
    """A finding; `few` says that nothing but the number of its records leaves it open."""

    finding: Finding
    few: bool


def finding(case: Case, bench: Bench) -> Finding:
    """Judge one rule and write its finding."""
    return weigh(case, bench, Shown()).finding


def weigh(case: Case, bench: Bench, shown: Shown) -> Weighed:
    """Judge one rule, and tell whether it has too few records to be decided.

    Where memory runs out for its exceptions or margins, the rule is an error: what is shown of it would not be all.
    """
    try:
        return _weighed(case, bench, shown)
    except OutOfMemoryError as error:
        return _weighed(replace(case, counted=Counted(Count(0, 0, 0), error=str(error))), bench, shown)


def _weighed(case: Case, bench: Bench, shown: Shown) -> Weighed:
    decided = decide(case.rule, case.test, case.counted, bench, reader(case, bench))
    reading, doubted = decided.reading, case.counted.doubted
    few = reading is not None and reading.few and decided.verdict is Verdict.INSUFFICIENT
    return Weighed(
        guarded(_finding(case, decided, bench, shown), bench),
        few and (doubted is None or doubted == case.counted.total),
    )


def _finding(case: Case, decided: Decided, bench: Bench, written: Shown) -> Finding:
    rule, one = case.rule, case.counted.total
    verdict, reason, reading = decided
    used = _parameters(case, bench)
    mark = fingerprint(rule.obligation, rule.id)
    steps = propose(_grounds(case, used, reading, bench)) if verdict is Verdict.FAIL else ()
    shown, total = listed(case, verdict, bench, written)
    failed = verdict is Verdict.FAIL
    changed = change(case, bench) if failed and reading is None else None
    known = one.met + one.unmet > 0
    silent = reading is not None and reading.figures["value"] == "not known"
    return Finding(
        rule=rule.id,
        obligation=rule.obligation,
        title=rule.title,
        form=rule.form,
        table=rule.table,
        tables=tuple(sorted(columns_read([case.test]))),
        criterion=criterion(rule),
        verdict=verdict,
        reason=reason,
        proposed_grade=steps[-1].grade if steps else None,
        grade_why=sentence(steps) if steps else None,
        grade_steps=steps,
        statement=_statement(rule, one, bench, reading) if failed or (known and not silent) else reason,
        calculation=_calculation(case, verdict, bench, reading),
        recommendation=(rule.recommendation or case.obligation.recommendation) if verdict is not Verdict.PASS else None,
        to_pass=_to_pass(reading, changed, rule) if failed else None,
        change=changed,
        since=bench.history.since(mark, verdict) if bench.history is not None else None,
        fingerprint=mark,
        tally=tally(one),
        measured=reading.measured if reading is not None else None,
        series=reading.series if reading is not None else None,
        strata=reading.strata
        if reading is not None and reading.strata is not None
        else tuple(Stratum(column=c, value=v, tally=tally(o)) for c, v, o in case.counted.strata),
        exceptions=shown,
        exceptions_total=total,
        parameters=used,
    )


def criterion(rule: Rule) -> str:
    """Write what the rule asks, as its author wrote it, in one line."""
    scope = f" where {_line(rule.where)}" if rule.where else ""
    if rule.form in MEASURING:
        return "; ".join([*measured_criterion(rule), *_asked(rule), *inference_criterion(rule)])
    if rule.count is not None:
        return f"count of {rule.count}{scope}: {' and '.join(_asked(rule))}"
    head = f"each of {rule.each}{scope}"
    match = rule.has or rule.lacks
    if rule.must is not None:
        body = f"must: {_line(rule.must)}"
    elif match is not None:
        keys = ", ".join(left if left == right else f"{left} = {right}" for left, right in match.pairs)
        extra = f" where {_line(match.where)}" if match.where else ""
        body = f"{'has' if rule.has else 'lacks'} a record in {match.table} on {keys}{extra}"
    elif rule.unique is not None:
        body = f"unique: {', '.join(rule.unique)}"
    else:
        body = f"not returned by: {_line(rule.query or '')}"
    shares = [f"for {bound} of them (a share)" for bound in _asked(rule)]
    return "; ".join([f"{head} {body}", *shares, *inference_criterion(rule)])


def _asked(rule: Rule) -> list[str]:
    """Write the bounds as the rule does."""
    given = (("at least", rule.at_least), ("at most", rule.at_most))
    named = [(word, f"param('{b}')" if isinstance(b, str) else plain(b)) for word, b in given if b is not None]
    return [f"{word} {bound}" for word, bound in named]


def _line(text: str) -> str:
    return " ".join(text.split())


def _parameters(case: Case, bench: Bench) -> tuple[ParameterUse, ...]:
    names: dict[str, None] = {}
    for expression in case.test.expressions:
        names.update(dict.fromkeys(expression.params))
    names.update(dict.fromkeys(named_parameters(case.rule)))
    return tuple(bench.params[name] for name in names)


def _statement(rule: Rule, one: Count, bench: Bench, reading: Reading | None) -> str:
    share = one.met / one.population * 100 if one.population else 0.0
    figures: dict[str, object] = {
        "population": one.population,
        "met": one.met,
        "unmet": one.unmet,
        "unreadable": one.unreadable,
        "share": f"{math.floor(share * 10) / 10:g} %",
        **(reading.figures if reading is not None else dict.fromkeys(("value", "interval", "target"), "not known")),
        "param": _Named(bench.params),
    }
    return rule.statement.format_map(figures)


class _Named:
    """Lets a statement write `{param.name}`: few do, so a value is written only where one asks for it."""

    def __init__(self, used: Mapping[str, ParameterUse]) -> None:
        self._used = used

    def __getattr__(self, name: str) -> str:
        return plain(self._used[name].value)


def _grounds(case: Case, used: tuple[ParameterUse, ...], reading: Reading | None, bench: Bench) -> Grounds:
    """Gather what a grade is proposed from. Where a statistic is judged, its units say nothing of the breach."""
    rule, given = case.rule, None if reading is None else reading.breach
    strata = case.counted.strata if given is None else ()
    return Grounds(
        obligation=case.obligation,
        rule=rule,
        breach=breach(rule, case.counted.total, bench) if given is None else given,
        layers=tuple(Layer(column, value, breach(rule, one, bench)) for column, value, one in strata),
        used=used,
        share=limit(rule.escalate_share or "escalate_share", bench),
        minimum=limit("escalate_min", bench),
        isolated=limit("isolated_share", bench),
        repeated=_repeated(case, bench),
    )


def _repeated(case: Case, bench: Bench) -> Repeat | None:
    """Say when the audit before found the same, if it did, and whether there was time to correct it since."""
    history = bench.history
    if history is None or fingerprint(case.rule.obligation, case.rule.id) not in history.failed:
        return None
    days = (bench.plan.as_of - history.as_of).days
    return Repeat(history.as_of, days, limit("repeat_after_days", bench))


def _calculation(case: Case, verdict: Verdict, bench: Bench, reading: Reading | None) -> str:
    """Write the figures so that a person can add them up, with all that went into them."""
    rule, one, doubted = case.rule, case.counted.total, case.counted.doubted
    told = [_sum(one)]
    lost = min(bench.tables[rule.table].lost, one.unreadable)
    if lost:
        told.append(f"{lost} of the unreadable {'is a row' if lost == 1 else 'are rows'} that could not be taken apart")
    if rule.min_population > 1:
        told.append(f"at least {rule.min_population} in scope are needed")
    if not one.population:
        return "; ".join(told)
    if reading is not None:
        told.extend(reading.calculation)
    elif rule.form in MEASURING:
        return "; ".join(told)
    elif rule.count is not None:
        told.append(f"met are those that count: {asked(rule, bench)}")
    else:
        if rule.at_most is not None:
            told.append("met are those for which what is asked about is certainly not so")
        told.append(_share(rule, one, bench))
    if doubted is not None and verdict is Verdict.INSUFFICIENT:
        unknown = ", ".join(f"{table}.{column}" for table, column in case.counted.blank)
        told.append(f"if {unknown} (blank throughout) were unknown: {_sum(doubted)}")
    return "; ".join(told)


def _sum(one: Count) -> str:
    return f"{one.population} in scope = {one.met} met + {one.unmet} unmet + {one.unreadable} unreadable"


def _share(rule: Rule, one: Count, bench: Bench) -> str:
    low, high = Fraction(one.met, one.population), Fraction(one.met + one.unreadable, one.population)
    share = f"share met {percent(low)}" if low == high else f"share met from {percent(low)} to {percent(high)}"
    wanted = target(rule, bench)
    turned = f" (100% less {percent(1 - wanted)})" if rule.at_most is not None else ""
    return f"{share}, target {percent(wanted)}{turned}"


def _to_pass(reading: Reading | None, changed: Change | None, rule: Rule) -> str | None:
    """Say what would turn a fail: a statistic says it itself."""
    if reading is not None:
        return reading.to_pass
    return None if changed is None else told(changed, rule)
