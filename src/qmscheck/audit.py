"""The one path of an audit. Read this first: criteria, then evidence, then judgement, then the record."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qmscheck import cache as cache_room
from qmscheck import criteria, evidence, judge, record
from qmscheck.cache import Cache
from qmscheck.criteria import Criteria
from qmscheck.engine import Means, OutOfMemoryError
from qmscheck.engine.several import Others
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.evidence import Ahead, Gathered, SourceMistake
from qmscheck.evidence.personal import Hidden, masking, personal_columns, with_shown
from qmscheck.evidence.personal import hidden as hide
from qmscheck.hookspecs import OWN_ENGINE, EngineKind, Opening
from qmscheck.judge import Bench, Judged, closed, sayable
from qmscheck.judge.answers import ATTESTATIONS, COLUMNS, with_attestations
from qmscheck.judge.decided import standing
from qmscheck.judge.history import History, compared, gone, vanished
from qmscheck.judge.history import remembered as remembered_before
from qmscheck.judge.own_work import person_columns
from qmscheck.judge.plan_text import plan_text
from qmscheck.judge.planner import sieves_of
from qmscheck.model import (
    AuditPlan,
    AuditRecord,
    ClosedRecords,
    ColumnMapping,
    ColumnSpec,
    DecisionKind,
    DecisionState,
    DecisionsUsed,
    Limit,
    NotApplicable,
    ParameterUse,
    PlanUsed,
    Previous,
    Ruleset,
    Source,
    Tool,
)
from qmscheck.persons import decisions
from qmscheck.persons.decisions import DecisionFile
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.privacy.key import KeyMistake
from qmscheck.privacy.key import place as key_place
from qmscheck.sql.days import format_mistake
from qmscheck.sql.figures import Spelling, spelling_mistake
from qmscheck.sql.functions import Values, pattern
from qmscheck.sql.render import edition
from qmscheck.sql.savings import ALL, Savings
from qmscheck.sql.select import columns_read
from qmscheck.sql.sieve import Sieve
from qmscheck.toml import Loc

if TYPE_CHECKING:
    from qmscheck.engine import Engine

__all__ = [
    "conduct",
    "criteria_of",
    "decisions_of",
    "evidence_of",
    "in_force",
    "remembered",
    "seen_from_here",
    "selected_rules",
    "values",
    "wanted_columns",
    "with_answers",
]


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
        _check_engines(planfile, plan, asked, selected, named, plugins)
        reading = evidence_of(
            planfile,
            asked,
            wanted,
            plugins,
            plan=plan,
            sieves=_sieves(asked, plan, selected, named),
            known=known,
            threads=threads,
            told=told,
            ahead=ahead,
            hidden=hidden,
            means=means,
        )
        with reading as (engine, gathered):
            bench = Bench(
                plan,
                asked.ruleset,
                asked.tests,
                gathered.tables,
                engine,
                named,
                params,
                selected,
                digest=gathered.digest,
                decisions=() if decided is None else decided.decisions,
                history=None if before is None else before[1],
                mask=masking(hidden, gathered.at(engine), gathered.tables),
                read=wanted,
                elsewhere=gathered.elsewhere,
            )
            altered = () if before is None else (*vanished(before[1], gathered.manifest), *closed.altered(bench))
            bench = replace(bench, altered=altered)
            if planned is not None:
                bench = replace(bench, planned=lambda plan: planned(plan_text(plan, asked.tests, named)))
            judged = judge.judge(bench, told)
            seals = closed.sealed(bench)
            altered = (*altered, *closed.unsealed(bench))
            _check_unchanged(gathered)
    known.save()
    return _record(plan, asked, gathered, judged, before, decided, altered, seals)


def _check_engines(
    planfile: PlanFile,
    plan: AuditPlan,
    asked: Criteria,
    selected: frozenset[str],
    named: Values,
    plugins: Plugins,
) -> None:
    """Check that each rule can be judged where its records are. Raises QmscheckError with all that cannot."""
    homes = sayable.homes(plan, plugins.engines, {name: reader.brings for name, reader in plugins.readers.items()})
    if homes:
        rules = [
            r for r in asked.ruleset.rules.values() if r.id in selected and r.obligation not in plan.not_applicable
        ]
        tests = {rule.id: asked.tests[rule.id] for rule in rules}
        found = sayable.refused(plan, asked.ruleset, tests, homes, named)
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


def _sieves(asked: Criteria, plan: AuditPlan, selected: frozenset[str], named: Values) -> dict[str, Sieve]:
    """Give the sieves of the rules that will be judged."""
    rules = [r for r in asked.ruleset.rules.values() if r.id in selected and r.obligation not in plan.not_applicable]
    return sieves_of(rules, asked.tests, named)


def _record(
    plan: AuditPlan,
    asked: Criteria,
    gathered: Gathered,
    judged: Judged,
    before: tuple[Previous, History] | None,
    decided: DecisionFile | None,
    altered: tuple[Limit, ...],
    seals: tuple[ClosedRecords, ...],
) -> AuditRecord:
    """Write down what was asked, read and judged."""
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
        rulesets=asked.ruleset.used,
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
        decisions_file=_used(decided),
        decisions=judged.decisions,
        aggregations=judged.aggregations,
        previous=None if before is None else before[0],
        closed=seals,
    )


def _check_unchanged(gathered: Gathered) -> None:
    """Refuse to tell of evidence that is no longer there. Raises QmscheckError for each file that was written since."""
    message = "it was written while it was audited: what was judged is not what is there now"
    hint = "audit again when nobody writes in it"
    problems = [Problem(locator, 0, 0, message, hint) for locator in gathered.changed()]
    if problems:
        raise QmscheckError(*problems)


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


@contextmanager
def evidence_of(  # noqa: PLR0913  (all but four are left out by most)
    planfile: PlanFile,
    asked: Criteria,
    wanted: Mapping[str, Collection[str]],
    plugins: Plugins,
    *,
    plan: AuditPlan | None = None,
    sieves: Mapping[str, Sieve] | None = None,
    known: Cache | None = None,
    threads: int | None = None,
    told: Callable[[str], None] = lambda _text: None,
    ahead: Ahead | None = None,
    hidden: Hidden | None = None,
    means: Means | None = None,
) -> Iterator[tuple[Engine, Gathered]]:
    """Read what the plan names of the `wanted` columns, by table, into an engine, which is closed and gone at the end.

    `plan` stands in place of that of the file; large tables are put through `sieves`. Raises QmscheckError for a plan
    that names what a source does not have.
    """
    used = plan or planfile.plan
    with nullcontext(ahead) if ahead is not None else evidence.begin_ahead(used, plugins.readers) as begun:
        means = means or Means()
        opening = Opening(begun.scratch, threads, means.memory, known, on_stop=means.on_stop)
        veil = hidden.veil if hidden is not None else _unveiled
        engine = _own_engine(plugins).open(opening)  # heavy, and readers may work meanwhile
        others = Others(plugins.engines, opening, veil)
        try:
            veil(engine)
            gathered = evidence.gather(
                used,
                asked.ruleset,
                wanted,
                plugins.readers,
                engine,
                begun,
                told,
                lambda number, mistake: _located(planfile, number, mistake),
                sieves,
                None if hidden is None else hidden.needs,
                others,
            )
            yield engine, gathered
        finally:
            others.close()
            engine.close()


def _unveiled(_engine: Engine) -> None:
    """Hide nothing."""


def _own_engine(plugins: Plugins) -> EngineKind:
    """Give the engine of every source that names no other. Raises QmscheckError where it is switched off."""
    found = plugins.engines.get(OWN_ENGINE)
    if found is None:
        problem = Problem("", 0, 0, f"the engine '{OWN_ENGINE}' is switched off", "leave the plugin 'engine' on")
        raise QmscheckError(problem)
    return found


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


def criteria_of(planfile: PlanFile, plugins: Plugins, known: Cache | None = None) -> Criteria:
    """Load the criteria that a plan names, and check the plan against them. Raises QmscheckError with all mistakes."""
    asked = with_answers(criteria.load(_rulesets(planfile, plugins), known), planfile.plan)
    _check_plan(planfile, asked)
    return replace(asked, ruleset=with_shown(asked.ruleset, planfile.plan))


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


def with_answers(asked: Criteria, plan: AuditPlan) -> Criteria:
    """Ask for what the product itself reads of persons' answers, too."""
    given = any(source.table == ATTESTATIONS for source in plan.sources)
    return replace(asked, ruleset=with_attestations(asked.ruleset, given=given))


def wanted_columns(plan: AuditPlan, asked: Criteria, selected: frozenset[str]) -> dict[str, set[str]]:
    """Say which columns of which table are read: those of the selected rules, their strata, and persons' answers.

    Who answers for a record is read only where there are answers to compare with.
    """
    tests = [test for rule, test in asked.tests.items() if rule in selected]
    wanted = {table: set(columns) for table, columns in columns_read(tests).items()}
    for rule in asked.ruleset.rules.values():
        if rule.id in selected:
            wanted[rule.table].update(rule.strata)
    if any(source.table == ATTESTATIONS for source in plan.sources):
        for table, columns in person_columns(asked.ruleset, tests).items():
            wanted[table].update(columns)
    wanted[ATTESTATIONS] = set(COLUMNS)
    return wanted


def in_force(plan: AuditPlan, asked: Criteria) -> dict[str, ParameterUse]:
    """Give every parameter its value: the plan's, with the right it names, else the ruleset's default."""
    found = {}
    for name, spec in asked.ruleset.params.items():
        given = plan.params.get(name)
        found[name] = ParameterUse(
            name=name,
            value=spec.default if given is None else given.value,
            origin=spec.origin if given is None else given.origin,
            ref=spec.ref if given is None else given.ref,
            title=spec.title,
        )
    return found


def values(as_of: dt.date, plan: AuditPlan, asked: Criteria, params: Mapping[str, ParameterUse]) -> Values:
    """Say what the audit's own functions stand for."""
    families = asked.ruleset.terms
    return Values(
        as_of=as_of,
        audit_date=plan.planned_audit or as_of,
        period=(plan.period.from_, plan.period.to),
        params={name: use.value for name, use in params.items()},
        patterns={name: pattern(w for words in family.values() for w in words) for name, family in families.items()},
    )


def remembered(plan: AuditPlan, place: Path | None) -> Cache:
    """Recall what audits of the same organisation left; not by its folder: a pipeline has a new one each time."""
    if place is None:
        return Cache()
    return cache_room.load(place, cache_room.digest(plan.organization, plan.scope, plan.rulesets), edition())


def _rulesets(planfile: PlanFile, plugins: Plugins) -> list[tuple[str, Path]]:
    """Find each ruleset of the plan: an installed name, or a path."""
    found: list[tuple[str, Path]] = []
    problems: list[Problem] = []
    for i, name in enumerate(planfile.plan.rulesets):
        installed = plugins.rulesets.get(name)
        path = Path(planfile.plan.root) / name
        if installed is not None:
            found.append((name, installed.path))
        elif os.path.exists(path):  # noqa: PTH110  (false, too, for what can be no name)
            found.append((seen_from_here(path), path))
        else:
            hint = did_you_mean(name, plugins.rulesets) or f"installed: {', '.join(plugins.rulesets)}; or give a path"
            problems.append(planfile.problem(("audit", "rulesets", i), f"there is no ruleset '{name}'", hint))
    if problems:
        raise QmscheckError(*problems)
    return found


def seen_from_here(path: Path) -> str:
    """Name a file as the person who runs the audit would open it: the plan may stand in another folder."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive of Windows
        return path.as_posix()


def _check_plan(planfile: PlanFile, asked: Criteria) -> None:
    """Check the names and values of the plan against the criteria. Raises QmscheckError with all mistakes."""
    ruleset = asked.ruleset
    problems = [*_parameter_mistakes(planfile, ruleset), *_source_mistakes(planfile, ruleset)]
    for name in planfile.plan.not_applicable:
        if name not in ruleset.obligations:
            hint = did_you_mean(name, ruleset.obligations) or f"obligations: {', '.join(ruleset.obligations)}"
            message = f"there is no obligation '{name}'"
            problems.append(planfile.problem(("not_applicable", name), message, hint, key=True))
    if problems:
        raise QmscheckError(*problems)


def _parameter_mistakes(planfile: PlanFile, ruleset: Ruleset) -> Iterator[Problem]:
    for name, given in planfile.plan.params.items():
        spec = ruleset.params.get(name)
        loc = ("params", name)
        if spec is None:
            hint = did_you_mean(name, ruleset.params) or f"parameters: {', '.join(ruleset.params) or 'none'}"
            yield planfile.problem(loc, f"no ruleset has a parameter '{name}'", hint, key=True)
        elif not criteria.fits(given.value, spec.type):
            yield planfile.problem((*loc, "value"), f"'{name}' is of type {spec.type}")
        elif (spec.min is not None and given.value < spec.min) or (spec.max is not None and given.value > spec.max):  # type: ignore[operator]
            bounds = " and ".join(f"at {w} {b}" for w, b in (("least", spec.min), ("most", spec.max)) if b is not None)
            yield planfile.problem((*loc, "value"), f"'{name}' must be {bounds}")
        else:
            for rule, within in criteria.needless(ruleset, name, given.value):
                message = f"with '{name}' = {given.value} the rule {rule} would say nothing of the records"
                yield planfile.problem((*loc, "value"), message, within)


def _source_mistakes(planfile: PlanFile, ruleset: Ruleset) -> Iterator[Problem]:
    for i, source in enumerate(planfile.plan.sources):
        table = ruleset.tables.get(source.table)
        if table is None:
            hint = did_you_mean(source.table, ruleset.tables) or f"tables: {', '.join(ruleset.tables)}"
            yield planfile.problem(("source", i, "table"), f"no ruleset asks for a table '{source.table}'", hint)
            continue
        yield from _case_mistakes(planfile, i, source)
        for column, mapping in source.columns.items():
            loc = ("source", i, "columns", column)
            if column not in table.columns:
                hint = did_you_mean(column, table.columns) or f"columns: {', '.join(table.columns)}"
                yield planfile.problem(loc, f"table '{source.table}' has no column '{column}'", hint, key=True)
            elif table.columns[column].is_personal and mapping.take in {"min", "max"}:
                message = f"'{column}' is personal, and the least or greatest of names says nothing"
                yield planfile.problem((*loc, "take"), message, "take the first or the last")
            elif mapping.show and (mistake := _not_to_be_shown(table.columns[column])) is not None:
                yield planfile.problem((*loc, "show"), f"'{column}' {mistake}")
            yield from _spelling_mistakes(planfile, loc, mapping, source.zone)


def _case_mistakes(planfile: PlanFile, i: int, source: Source) -> Iterator[Problem]:
    """Check how a log of events is to become cases; only then may a column say which event counts."""
    for form in source.cases.order.formats if source.cases is not None else ():
        mistake = format_mistake(form, source.zone)
        if mistake is not None:
            yield planfile.problem(("source", i, "cases", "order", "format"), mistake)
    for column, mapping in source.columns.items():
        if mapping.take is not None and source.cases is None:
            hint = 'write [source.cases], with key = "..." and order = { from = "..." }'
            loc = ("source", i, "columns", column, "take")
            yield planfile.problem(loc, "'take' is for a log of events, and the source is none", hint)


def _spelling_mistakes(planfile: PlanFile, loc: Loc, mapping: ColumnMapping, zone: str | None) -> Iterator[Problem]:
    for form in mapping.formats:
        mistake = format_mistake(form, zone)
        if mistake is not None:
            yield planfile.problem((*loc, "format"), mistake)
    mistake = spelling_mistake(Spelling(mapping.decimal, mapping.thousands, mapping.units))
    if mistake is not None:
        yield planfile.problem((*loc, "unit" if "unit" in mistake or "%" in mistake else "thousands"), mistake)


def _not_to_be_shown(spec: ColumnSpec) -> str | None:
    if spec.sensitivity == "special":
        return "may hold data of a special category (health and the like, GDPR Art. 9), and is never shown"
    return None if spec.is_personal else "is not personal: it is shown without being asked"


def selected_rules(planfile: PlanFile, asked: Criteria) -> frozenset[str]:
    """Give the rules that select and ignore leave. A name that fits nothing is a mistake, not a smaller audit."""
    plan, ruleset = planfile.plan, asked.ruleset
    rules = ruleset.rules.values()

    def fits(name: str) -> set[str]:
        found = {r.id for r in rules if name in {r.id, r.obligation}}
        if not found and name[:1].isdigit():
            clauses = {o.id for o in ruleset.obligations.values() if any(_within(c, name) for c in o.clauses)}
            found = {r.id for r in rules if r.obligation in clauses}
        if not found:
            found = {
                r.id for r in rules if r.id.startswith((f"{name}.", f"{name}-")) or r.obligation.startswith(f"{name}-")
            }
        return found

    problems = []
    chosen: dict[str, set[str]] = {"select": set(), "ignore": set()}
    for key, names in (("select", plan.select), ("ignore", plan.ignore)):
        for i, name in enumerate(names):
            found = fits(name)
            chosen[key] |= found
            if not found:
                hint = did_you_mean(name, [*ruleset.rules, *ruleset.obligations]) or _as_in(ruleset)
                problems.append(
                    planfile.problem(("audit", key, i), f"'{name}' names no rule, obligation or clause", hint)
                )
    if problems:
        raise QmscheckError(*problems)
    everything = {r.id for r in rules}
    left = (chosen["select"] if plan.select else everything) - chosen["ignore"]
    if not left:
        raise QmscheckError(planfile.problem(("audit", "ignore"), "select and ignore leave no rule to judge"))
    return frozenset(left)


def _as_in(ruleset: Ruleset) -> str:
    rule = next(iter(ruleset.rules.values()))
    clause = ruleset.obligations[rule.obligation].clauses[0]
    return f"as in {rule.id} (a rule), {rule.obligation} (an obligation) or {clause} (a clause)"


def _within(clause: str, wanted: str) -> bool:
    return clause == wanted or clause.startswith((f"{wanted}.", f"{wanted} "))


def _located(planfile: PlanFile, number: int, mistake: SourceMistake) -> Problem:
    return planfile.problem(("source", number, *mistake.key.split(".")), mistake.message, mistake.hint)


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  (costs 20 ms; only when an audit is performed)

    return version("qmscheck")
