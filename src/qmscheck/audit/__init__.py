"""The one path of an audit. Read this first: criteria, then evidence, then judgement, then the record."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qmscheck import evidence, judge, record
from qmscheck.audit.asked import criteria_of, in_force, remembered, seen_from_here, values, wanted_columns
from qmscheck.audit.reading import check_unchanged, check_whole, evidence_of, whole_files
from qmscheck.audit.selected import selected_rules
from qmscheck.cache import Cache
from qmscheck.criteria import Criteria
from qmscheck.engine import Means, OutOfMemoryError
from qmscheck.errors import Problem, QmscheckError
from qmscheck.evidence import Gathered
from qmscheck.evidence.personal import Hidden, masking, personal_columns
from qmscheck.evidence.personal import hidden as hide
from qmscheck.hookspecs import OWN_ENGINE
from qmscheck.judge import Bench, Judged
from qmscheck.judge.counting.plan_text import plan_text
from qmscheck.judge.counting.planner import sieves_of
from qmscheck.judge.gate import closed
from qmscheck.judge.gate.decided import standing
from qmscheck.judge.gate.history import History, compared, gone, vanished
from qmscheck.judge.gate.history import remembered as remembered_before
from qmscheck.judge.obligations.answers import ATTESTATIONS
from qmscheck.judge.obligations.own_work import person_columns
from qmscheck.model import (
    AuditPlan,
    AuditRecord,
    ClosedRecords,
    DecisionKind,
    DecisionState,
    DecisionsUsed,
    Limit,
    NotApplicable,
    ParameterUse,
    PlanUsed,
    Previous,
    Rule,
    Ruleset,
    Tool,
    Verdict,
)
from qmscheck.persons import decisions
from qmscheck.persons.decisions import DecisionFile
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.privacy.key import KeyMistake
from qmscheck.privacy.key import place as key_place
from qmscheck.sql.functions import Values
from qmscheck.sql.savings import ALL, Savings
from qmscheck.sql.sieve import Sieve

if TYPE_CHECKING:
    from qmscheck.engine import Engine

__all__ = ["conduct", "decisions_of"]


def conduct(
    planfile: PlanFile,
    plugins: Plugins,
    *,
    threads: int | None = None,
    progress: Callable[[str], None] | None = None,
    cache: Path | None = None,
    noted: Callable[[str], None] = lambda _text: None,
    means: Means | None = None,
    planned: Callable[[str], None] | None = None,
    savings: Savings = ALL,
) -> AuditRecord:
    """Conduct one audit. Raises QmscheckError, with every mistake, where none can be performed.

    `cache` is a folder that remembers what follows from ruleset and plan alone; the record is the same without it.
    `noted` hears what the user should know and the record does not hold, `planned` how rules are counted. `means` bound
    what it may use. The record is the same whatever `savings` are used.
    """
    means = means or Means()
    told = _Told(progress or (lambda _text: None))
    known = remembered(planfile.plan, cache)
    with (
        _enough_memory(told),
        evidence.begin_ahead(planfile.plan, plugins.readers, cache, means.scratch) as ahead,
    ):
        told("reading the rulesets")
        agreed = _agreed(planfile, plugins, known, savings, noted)
        reading = evidence_of(
            planfile,
            agreed.asked,
            agreed.wanted,
            plugins,
            plan=agreed.plan,
            sieves=_sieves(agreed),
            known=known,
            threads=threads,
            told=told,
            ahead=ahead,
            hidden=agreed.hidden,
            means=means,
        )
        with reading as (engine, gathered):
            bench = replace(_bench(agreed, engine, gathered, planned), roomy=means.memory is None)
            with whole_files(gathered):
                judged = judge.judge(bench, told)
            if any(finding.verdict is Verdict.ERROR for finding in judged.findings):
                check_whole(gathered)
            seals = closed.sealed(bench)
            altered = (*bench.altered, *closed.unsealed(bench))
            check_unchanged(gathered)
    known.save()
    return _record(agreed, gathered, judged, altered, seals)


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What is settled before evidence is touched. `plan` is that of the file with what persons decided; `selected` are
    the rules to judge, `wanted` the columns to read by table, `before` the record of the audit before.
    """

    plan: AuditPlan
    asked: Criteria
    decided: DecisionFile | None
    selected: frozenset[str]
    before: tuple[Previous, History] | None
    params: Mapping[str, ParameterUse]
    wanted: Mapping[str, Collection[str]]
    named: Values
    hidden: Hidden

    @property
    def rules(self) -> list[Rule]:
        """The rules that will be judged."""
        rules = self.asked.ruleset.rules.values()
        return [r for r in rules if r.id in self.selected and r.obligation not in self.plan.not_applicable]


def _agreed(
    planfile: PlanFile, plugins: Plugins, known: Cache, savings: Savings, noted: Callable[[str], None]
) -> _Agreed:
    """Settle what is judged and what is read for it. Raises QmscheckError, with every mistake, where that cannot be."""
    asked = criteria_of(planfile, plugins, known)
    decided = decisions_of(planfile.plan)
    if decided is not None and decided.document.problems:
        raise QmscheckError(*decided.document.problems)
    plan = _with_decisions(planfile.plan, asked.ruleset, decided)
    selected = selected_rules(planfile, asked)
    before = _previous(planfile, plan, asked.ruleset)
    params = in_force(plan, asked)
    wanted = wanted_columns(plan, asked, selected)
    named = values(plan.as_of, plan, asked, params)
    hidden = _hidden(planfile, plan, asked, selected, wanted, named, known)
    if hidden.key is not None and hidden.key.told is not None:
        noted(hidden.key.told)
    named = replace(named, personal=hidden.columns, compared=hidden.needs.compared, savings=savings)
    agreed = _Agreed(plan, asked, decided, selected, before, params, wanted, named, hidden)
    _check_engines(planfile, agreed, plugins)
    return agreed


def _bench(agreed: _Agreed, engine: Engine, gathered: Gathered, planned: Callable[[str], None] | None) -> Bench:
    """Lay out for judgement what was agreed and what was read."""
    asked, before = agreed.asked, agreed.before
    bench = Bench(
        agreed.plan,
        asked.ruleset,
        asked.tests,
        gathered.tables,
        engine,
        agreed.named,
        agreed.params,
        agreed.selected,
        digest=gathered.digest,
        decisions=() if agreed.decided is None else agreed.decided.decisions,
        history=None if before is None else before[1],
        mask=masking(agreed.hidden, gathered.at(engine), gathered.tables),
        read=agreed.wanted,
        elsewhere=gathered.elsewhere,
    )
    altered = () if before is None else (*vanished(before[1], gathered.manifest), *closed.altered(bench))
    bench = replace(bench, altered=altered)
    if planned is None:
        return bench
    return replace(bench, planned=lambda plan: planned(plan_text(plan, asked.tests, agreed.named)))


def _check_engines(planfile: PlanFile, agreed: _Agreed, plugins: Plugins) -> None:
    """Check that each rule can be judged where its records are. Raises QmscheckError with all that cannot."""
    plan, asked = agreed.plan, agreed.asked
    if all(source.engine == OWN_ENGINE for source in plan.sources):
        return
    from qmscheck.judge.counting import sayable  # noqa: PLC0415  (only where records lie in another engine)

    homes = sayable.homes(plan, plugins.engines, {name: reader.brings for name, reader in plugins.readers.items()})
    tests = {rule.id: asked.tests[rule.id] for rule in agreed.rules}
    found = sayable.refused(plan, asked.ruleset, tests, homes, agreed.named)
    problems = [planfile.problem(("source", one.source, "engine"), one.message, one.hint) for one in found]
    if problems:
        raise QmscheckError(*problems)


class _Told:
    """Passes on what is being done, and remembers the last of it."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self.last = "beginning"

    def __call__(self, text: str) -> None:
        self.last = text
        self._progress(text)


@contextmanager
def _enough_memory(told: _Told) -> Iterator[None]:
    """Say, where memory runs out in what no single rule answers for, what was being done."""
    try:
        yield
    except OutOfMemoryError as error:
        message = f"there is not enough memory ({told.last}): {error.args[0]}"
        raise QmscheckError(Problem("", 0, 0, message, OutOfMemoryError.HINT)) from None


def _sieves(agreed: _Agreed) -> dict[str, Sieve]:
    """Give the sieves of the rules that will be judged."""
    found = sieves_of(agreed.rules, agreed.asked.tests, agreed.named, agreed.asked.ruleset.tables)
    sources = agreed.plan.sources
    if any(source.table == ATTESTATIONS for source in sources):  # what persons answered is compared with records
        return {table: replace(sieve, apart=frozenset()) for table, sieve in found.items()}
    return found


def _record(
    agreed: _Agreed,
    gathered: Gathered,
    judged: Judged,
    altered: tuple[Limit, ...],
    seals: tuple[ClosedRecords, ...],
) -> AuditRecord:
    """Write down what was asked, read and judged."""
    plan, before = agreed.plan, agreed.before
    return AuditRecord(
        schema_version="1",
        tool=Tool(name="qmscheck", version=_version()),
        as_of=plan.as_of,
        plan=PlanUsed(
            organization=plan.organization,
            scope=plan.scope,
            period=plan.period,
            planned_audit=plan.planned_audit,
            fail_on=plan.fail_on,
            select=plan.select,
            ignore=plan.ignore,
        ),
        rulesets=agreed.asked.ruleset.used,
        evidence=gathered.manifest,
        obligations=judged.obligations,
        findings=judged.findings,
        gate=judged.gate,
        limits=(
            *gathered.limits,
            *judged.limits,
            *altered,
            *(() if before is None else gone(before[1], judged.findings)),
        ),
        decisions_file=_used(agreed.decided),
        decisions=judged.decisions,
        aggregations=judged.aggregations,
        previous=None if before is None else before[0],
        closed=seals,
    )


def _previous(planfile: PlanFile, plan: AuditPlan, ruleset: Ruleset) -> tuple[Previous, History] | None:
    """Read the record of the audit before, where the plan or the command line names one. It is not dated after this."""
    if plan.previous is None:
        return None
    path = Path(plan.root) / plan.previous
    found, sha256 = record.load(path, seen_from_here(path))
    if found.as_of > plan.as_of:
        message = f"the record before is dated {found.as_of}, after this audit ({plan.as_of})"
        raise QmscheckError(planfile.problem(("audit", "previous"), message))
    used = compared(found, path.name, sha256, record.digest(found), plan, ruleset.used)
    return used, remembered_before(found)


def decisions_of(plan: AuditPlan) -> DecisionFile | None:
    """Read what persons decided: the file that the plan names, else the one beside it, else nothing.

    What is wrong with an entry is kept in its document. Raises QmscheckError where it is no TOML file.
    """
    place = plan.decisions or decisions.FILE
    path = Path(plan.root) / place
    if not os.path.lexists(path):  # a link that leads nowhere is a file that is lost, and not none
        return None
    return decisions.read(path, seen_from_here(path), place)


def _with_decisions(plan: AuditPlan, ruleset: Ruleset, decided: DecisionFile | None) -> AuditPlan:
    """Add the obligations that a decision declares not applicable; where the plan declares it too, the plan speaks."""
    if decided is None:
        return plan
    declared = {}
    for entry in standing(decided.decisions, {}, ruleset.obligations, plan.as_of):
        if entry.kind is DecisionKind.NOT_APPLICABLE and entry.state is DecisionState.IN_FORCE and entry.obligation:
            declared[entry.obligation] = NotApplicable(reason=entry.why or "", by=entry.by, on=entry.on)
    return plan.model_copy(update={"not_applicable": {**declared, **plan.not_applicable}})


def _used(decided: DecisionFile | None) -> DecisionsUsed | None:
    if decided is None:
        return None
    return DecisionsUsed(path=decided.place, sha256=decided.sha256, entries=decided.entries)


def _hidden(
    planfile: PlanFile,
    plan: AuditPlan,
    asked: Criteria,
    selected: frozenset[str],
    wanted: Mapping[str, Collection[str]],
    named: Values,
    known: Cache,
) -> Hidden:
    """Say what is personal, and what stands in its place. Raises QmscheckError for a key that is none."""
    tests = [test for rule, test in sorted(asked.tests.items()) if rule in selected]
    personal = personal_columns(asked.ruleset, wanted)
    answered = any(source.table == ATTESTATIONS for source in plan.sources)
    held = person_columns(asked.ruleset, tests) if answered else {}
    compared = [(table, column) for table, columns in held.items() for column in columns]
    try:
        return hide(plan, asked.ruleset, tests, personal, named.patterns, compared, known)
    except KeyMistake as mistake:
        if plan.pseudonym_key is None:
            problem = Problem("", 0, 0, f"the key of pseudonyms: {mistake}", f"it is {key_place()}")
        else:
            problem = planfile.problem(("audit", "pseudonym_key"), str(mistake))
        raise QmscheckError(problem) from None


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  (costs 20 ms; only when an audit is performed)

    return version("qmscheck")
