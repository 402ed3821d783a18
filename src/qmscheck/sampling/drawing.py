"""Draw what a person must read: criteria, then evidence, then the draw. The second short path, beside `audit`."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from qmscheck.audit import asked as asking
from qmscheck.audit.reading import evidence_of
from qmscheck.criteria import Criteria
from qmscheck.engine import Engine, EngineError, Means
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.evidence import Gathered
from qmscheck.judge.finding.exceptions import place
from qmscheck.model import BoundTable, Location, ParameterUse, TableSpec
from qmscheck.persons.samples import UNTOLD, Asked, Draw, Drawn, SourceSeen, Stratum, plural
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.sql.draws import Frame, frame, keys_digest, picks, ranked, sizes
from qmscheck.sql.expression import Expression, Scope, parse_condition
from qmscheck.sql.kinds import Kind
from qmscheck.sql.reading import SqlProblem
from qmscheck.sql.select import PLACE
from qmscheck.statistics.stratified import allocation, stratified_size

__all__ = ["draw"]

_FRAME, _RANKED = "_population", "_ranked"
_LONGEST = 200

#: Strata by the values that make them; None for what cannot be told.
Strata = dict[tuple[object, ...] | None, Stratum]


def draw(
    planfile: PlanFile,
    plugins: Plugins,
    asked: Asked,
    *,
    threads: int | None = None,
    progress: Callable[[str], None] | None = None,
    cache: Path | None = None,
    means: Means | None = None,
) -> Draw:
    """Draw a sample of the records of a table, or of those in scope of a rule, as an audit would read them.

    `means` bound what may be used. Raises QmscheckError, with every mistake, where nothing can be drawn.
    """
    told = progress or (lambda _text: None)
    known = asking.remembered(planfile.plan, cache)
    told("reading the rulesets")
    criteria = asking.criteria_of(planfile, plugins, known)
    target = _target(asked, criteria)
    wanted = {target.frame.table: _columns(target.frame)}
    reading = evidence_of(planfile, criteria, wanted, plugins, known=known, threads=threads, told=told, means=means)
    with reading as held:
        own, gathered = held
        engine = gathered.at(own)(target.frame.table)
        _check_evidence(target.frame, gathered)
        if not engine.keeps:
            message = (
                f"the records of '{target.frame.table}' stay on their server, and a sample is drawn of what is read"
            )
            raise QmscheckError(Problem("", 0, 0, message, "leave 'engine' out of its source"))
        told("drawing")
        try:
            found = _drawn(planfile, criteria, target, engine, gathered, asked)
        except EngineError as error:
            raise QmscheckError(Problem("", 0, 0, f"the records cannot be drawn from: {error}")) from None
    known.save()
    return found


class _Target(NamedTuple):
    """What a draw is of: its frame, the conditions of its scope as they are written, and the criterion of a rule."""

    frame: Frame
    scope: tuple[str, ...]
    criterion: str | None


# ---------------------------------------------------------------- what was asked for


def _target(asked: Asked, criteria: Criteria) -> _Target:
    """Find the rule or table, and check every name and condition. Raises QmscheckError with all mistakes."""
    ruleset = criteria.ruleset
    rule = ruleset.rules.get(asked.name)
    name = rule.table if rule is not None else asked.name
    table = ruleset.tables.get(name)
    if table is None:
        hint = did_you_mean(asked.name, [*ruleset.rules, *ruleset.tables]) or f"tables: {', '.join(ruleset.tables)}"
        raise QmscheckError(Problem("", 0, 0, f"there is no rule or table '{asked.name}'", hint))
    problems = [*_stratum_mistakes(asked, name, table)]
    scope = Scope(
        {name: {c: Kind(s.type) for c, s in table.columns.items()}},
        name,
        {p: Kind(s.type) for p, s in ruleset.params.items()},
        frozenset(ruleset.terms),
    )
    where = _condition("--where", asked.where, scope, problems)
    forced = _condition("--force", asked.force, scope, problems)
    if asked.force_keys and any(_is_personal(table, k) for k in table.keys):
        message = f"the key of the table '{name}' is personal: a list of keys would name persons"
        problems.append(Problem("--force-keys", 0, 0, message, "use --force"))
    if asked.size == 0 and asked.force is None and not asked.force_keys:
        problems.append(Problem("--size", 0, 0, "0 draws nothing", "only with --force: a sample picked by judgement"))
    if problems:
        raise QmscheckError(*problems)
    test = criteria.tests[rule.id] if rule is not None else None
    own = None if test is None else test.must if rule is not None and rule.count is not None else test.scope
    conditions = tuple(e for e in (own, where) if e is not None)
    return _Target(
        Frame(name, table.keys, asked.by, conditions, forced, asked.force_keys),
        tuple(" ".join(e.text.split()) for e in conditions),
        asked.criterion or (rule.title if rule is not None else None),
    )


def _stratum_mistakes(asked: Asked, name: str, table: TableSpec) -> list[Problem]:
    found = []
    for i, column in enumerate(asked.by):
        if column not in table.columns:
            hint = did_you_mean(column, table.columns) or f"columns: {', '.join(table.columns)}"
            found.append(Problem("--by", 0, 0, f"table '{name}' has no column '{column}'", hint))
        elif column in asked.by[:i]:
            found.append(Problem("--by", 0, 0, f"'{column}' stands twice"))
        elif _is_personal(table, column):
            message = f"'{column}' is personal and is never printed, so it cannot be a stratum"
            found.append(Problem("--by", 0, 0, message))
    return found


def _condition(option: str, text: str | None, scope: Scope, problems: list[Problem]) -> Expression | None:
    if text is None:
        return None
    try:
        return parse_condition(text, scope)
    except SqlProblem as found:
        line, column, length = found.place
        shown = text.split("\n")[line - 1] if line <= text.count("\n") + 1 else None
        problems.append(Problem(option, line, column, found.message, found.hint, shown, length))
        return None


def _is_personal(table: TableSpec, column: str) -> bool:
    return column in table.columns and table.columns[column].is_personal


def _columns(of: Frame) -> set[str]:
    read = [e for e in (*of.scope, of.forced) if e is not None]
    return {*of.keys, *of.strata, *(c for e in read for c in e.columns_of(of.table))}


def _check_evidence(of: Frame, gathered: Gathered) -> None:
    """Refuse a table that cannot be relied on, and columns that no source has: nothing would be drawn from them."""
    table = gathered.tables[of.table]
    if table.problem is not None:
        raise QmscheckError(Problem("", 0, 0, f"the table '{of.table}' cannot be drawn from: {table.problem}"))
    for column in sorted(_columns(of) & set(table.unclear)):
        told = f"the column '{column}' of '{of.table}', which the draw reads, cannot be relied on"
        raise QmscheckError(Problem("", 0, 0, f"{told}: {table.unclear[column]}"))
    if not table.rows:
        raise QmscheckError(Problem("", 0, 0, f"the table '{of.table}' has no record", "there is nothing to read"))
    hint = "map it in the plan: [source.columns]"
    problems = [
        Problem("", 0, 0, f"no source of the table '{of.table}' has the column '{column}', which the draw reads", hint)
        for column in sorted(_columns(of) & table.absent)
    ]
    if problems:
        raise QmscheckError(*problems)


# ---------------------------------------------------------------- the draw


def _drawn(
    planfile: PlanFile, criteria: Criteria, target: _Target, engine: Engine, gathered: Gathered, asked: Asked
) -> Draw:
    of, plan = target.frame, planfile.plan
    table = gathered.tables[of.table]
    params = asking.in_force(plan, criteria)
    named = asking.values(plan.as_of, plan, criteria, params)
    engine.define(_FRAME, frame(of, named, {(of.table, c): False for c in table.flags}), materialise=True)
    ((size, keys),) = engine.rows(keys_digest(_FRAME))
    if not size:
        where = f"in scope of {asked.name}" if target.scope else "in it"
        raise QmscheckError(Problem("", 0, 0, f"the table '{of.table}' has no record {where}: nothing can be drawn"))
    sources = _sources(of.table, gathered)
    population = _population(str(keys), int(str(size)), sources)
    seed = asked.seed or hashlib.sha256(f"seed {population}".encode()).hexdigest()[:12]
    engine.define(_RANKED, ranked(_FRAME, len(of.strata), seed), materialise=True)
    strata, notes = _strata(engine.rows(sizes(_FRAME, len(of.strata))), asked)
    spec = criteria.ruleset.tables[of.table]
    most = max(s.drawn for s in strata.values())
    rows = [_row(row, of, spec, table) for row in engine.rows(picks(_RANKED, len(of.keys), len(of.strata), most))]
    _check_keys(asked, rows)
    records, picked = _lists(rows, strata)
    if not records and not picked:
        raise QmscheckError(Problem("--force", 0, 0, "no record of the population satisfies it: nothing is picked"))
    return Draw(
        asked=replace(asked, seed=seed, criterion=target.criterion),
        organization=plan.organization,
        rulesets=tuple(f"{r.title}, {r.version}" for r in criteria.ruleset.used),
        period=(plan.period.from_, plan.period.to),
        table=of.table,
        scope=target.scope,
        parameters=_parameters(of, params),
        size=int(str(size)),
        keys_digest=str(keys),
        population=population,
        sources=sources,
        lost=table.lost,
        strata=tuple(strata.values()),
        records=records,
        picked=picked,
        notes=tuple(notes),
    )


def _parameters(of: Frame, params: Mapping[str, ParameterUse]) -> tuple[str, ...]:
    """Say of each parameter that the conditions read what it is, and whose."""
    named = dict.fromkeys(p for e in (*of.scope, of.forced) if e is not None for p in e.params)
    used = [params[name] for name in named]
    return tuple(f"{u.name} = {u.value} ({', '.join(filter(None, (u.origin, u.ref)))})" for u in used)


def _sources(table: str, gathered: Gathered) -> tuple[SourceSeen, ...]:
    found = {(e.locator, e.sha256) for e in gathered.manifest if e.table == table}
    return tuple(SourceSeen(*one) for one in sorted(found, key=lambda one: (one[0], one[1] or "")))


def _population(keys: str, size: int, sources: Sequence[SourceSeen]) -> str:
    """Give the digest that freezes a population: over the digest of its keys, their number, and its sources."""
    lines = [f"records {size}", f"keys {keys}", *(f"source {s.sha256} {s.locator}" for s in sources)]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _strata(counted: Sequence[Sequence[object]], asked: Asked) -> tuple[Strata, list[str]]:
    """Say how many are drawn of each stratum; what cannot be told is read whole, as a stratum of its own."""
    held = {tuple(row[1:-1]): int(str(row[-1])) for row in counted if row[0]}
    untold = sum(int(str(row[-1])) for row in counted if not row[0])
    whole, sizes_ = sum(held.values()), list(held.values())
    notes: list[str] = []
    least = asked.least if asked.by else 0
    drawn: tuple[int, ...] = (0,) * len(held)
    if held and asked.size != 0:
        size = asked.size
        if size is None:
            size = stratified_size(sizes_, asked.rate, confidence=asked.confidence, least=least)
        drawn = allocation(sizes_, size, least=least)
        if size > whole:
            notes.append(f"{size:,} are more than there are: every record is read")
        elif sum(drawn) > size:
            notes.append(f"{size:,} do not suffice for {least} of each stratum: {sum(drawn):,} are drawn")
    found: Strata = {}
    for (values, n), d in zip(held.items(), drawn, strict=True):
        found[values] = Stratum(_named(values, {s.name for s in found.values()}), n, d)
    if untold:
        found[None] = Stratum(UNTOLD, untold, untold if asked.size != 0 else 0, told=False)
        what = "scope or stratum" if asked.by else "scope"
        notes.append(f"of {plural(untold, 'record')} the {what} cannot be told: always read")
    if asked.size != 0 and whole + untold <= asked.few and sum(drawn) < whole:
        origin = asked.origin("few")
        notes.append(f"the population is {asked.few} or less ({origin}): better read all of it, with --size {whole}")
    return found, notes


def _named(values: tuple[object, ...], taken: Collection[str]) -> str:
    """Name a stratum by its values; two that look alike are numbered."""
    name = " / ".join("(blank)" if v is None else _shown(str(v)) for v in values) or "all"
    numbered = (f"{name} ({n})" for n in itertools.count(2))
    return name if name not in {*taken, UNTOLD} else next(n for n in numbered if n not in taken)


def _shown(text: str) -> str:
    """Write a text so that a sheet and a terminal show it, and give it back, as it is."""
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


class _Row(NamedTuple):
    """A record that may be drawn: its keys as they stand, its key as it is shown, the values that are its stratum (None
    where that cannot be told), its place in the draw among them, whether it was picked.
    """

    raw: str
    key: str
    values: tuple[object, ...] | None
    position: int
    forced: bool
    location: Location


def _row(row: Sequence[object], of: Frame, spec: TableSpec, table: BoundTable) -> _Row:
    keys, rest = row[: len(of.keys)], row[len(of.keys) :]
    values, places = rest[: len(of.strata)], rest[len(of.strata) : len(of.strata) + len(PLACE)]
    told, forced, position = rest[len(of.strata) + len(PLACE) :]
    return _Row(
        raw=" / ".join("(blank)" if k is None else str(k) for k in keys),
        key=" / ".join(
            "(personal)" if _is_personal(spec, name) else "(blank)" if k is None else _shown(str(k))
            for name, k in zip(of.keys, keys, strict=True)
        ),
        values=tuple(values) if told else None,
        position=int(str(position)),
        forced=bool(forced),
        location=place(places, table, None),
    )


def _lists(rows: Sequence[_Row], strata: Strata) -> tuple[tuple[Drawn, ...], tuple[Drawn, ...]]:
    """Part what was drawn from what only a person picked; both by stratum, then key, then place."""
    order = {values: i for i, values in enumerate(strata)}
    chosen = [row for row in rows if _is_drawn(row, strata[row.values])]
    picked = [row for row in rows if row.forced and not _is_drawn(row, strata[row.values])]

    def key(row: _Row) -> tuple[object, ...]:
        at = row.location
        return (order[row.values], row.key, at.path, at.sheet or "", at.row or 0, at.page or 0, at.paragraph or 0)

    found = [*sorted(chosen, key=key), *sorted(picked, key=key)]
    made = [
        Drawn(n, row.key, strata[row.values].name, row.location, picked=row.forced and n <= len(chosen))
        for n, row in enumerate(found, 1)
    ]
    return tuple(made[: len(chosen)]), tuple(made[len(chosen) :])


def _is_drawn(row: _Row, stratum: Stratum) -> bool:
    return row.position <= stratum.drawn


def _check_keys(asked: Asked, rows: Sequence[_Row]) -> None:
    """Refuse keys that no record of the population has: a slip must not leave a case unread."""
    known: Mapping[str, None] = dict.fromkeys(row.raw for row in rows if row.forced)
    missing = [k for k in asked.force_keys if k not in known]
    if missing:
        message = "no record of the population has the key"
        raise QmscheckError(*(Problem("--force-keys", 0, 0, f"{message} '{k}'") for k in missing))
