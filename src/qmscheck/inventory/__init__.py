"""What an audit would read, and what it would miss: sources with their rows, columns and unreadable cells."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from qmscheck.audit import (
    criteria_of,
    evidence_of,
    remembered,
    selected_rules,
    wanted_columns,
)
from qmscheck.criteria import Criteria
from qmscheck.engine import Engine, EngineError
from qmscheck.evidence import Gathered
from qmscheck.model import AuditPlan, Evidence, Limit
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.sql.kinds import Kind
from qmscheck.sql.profile import newest
from qmscheck.sql.select import columns_read
from qmscheck.sql.statement import Statement

__all__ = ["Inventory", "Missing", "Newest", "Seen", "take"]

#: Tables that the product fills itself, or asks persons for by other ways.
_OWN = frozenset({"attestations"})


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest day in a source that is not after the day of the audit, the column it stands in, and its age."""

    column: str
    on: dt.date
    days: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A source as an audit would read it. `inside` is its sheet, table, list or query; `newest` None: it has no dates.

    `lacks` are declared columns that rules read and the source does not have, with the obligations that need them.
    """

    evidence: Evidence
    inside: str
    newest: Newest | None
    lacks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Missing:
    """A table that the plan names no source for, what belongs in it, and the obligations that need it."""

    table: str
    purpose: str
    obligations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that an audit would read on a day, what it would miss, and what it could not read or has no use for."""

    organization: str
    as_of: dt.date
    rulesets: tuple[str, ...]
    sources: tuple[Seen, ...]
    missing: tuple[Missing, ...]
    limits: tuple[Limit, ...]


def take(
    planfile: PlanFile,
    plugins: Plugins,
    *,
    cache: Path | None = None,
    told: Callable[[str], None] = lambda _text: None,
) -> Inventory:
    """Read the evidence of a plan as an audit does, and stop there. Raises QmscheckError where no audit could begin."""
    plan = planfile.plan
    known = remembered(plan, cache)
    asked = criteria_of(planfile, plugins, known)
    wanted = wanted_columns(plan, asked, selected_rules(planfile, asked))
    needs = _needs(asked)
    with evidence_of(planfile, asked, wanted, plugins, known=known, told=told) as (engine, gathered):
        days = _newest(engine, gathered, asked, wanted, plan.as_of)
        seen = tuple(_seen(plan, entry, days, wanted, needs) for entry in gathered.manifest)
    known.save()
    named = {source.table for source in plan.sources} | _OWN
    missing = tuple(
        Missing(name, spec.purpose, _obligations(needs, name))
        for name, spec in asked.ruleset.tables.items()
        if name not in named and wanted.get(name)
    )
    limits = tuple(limit for limit in gathered.limits if limit.kind != "table")
    return Inventory(plan.organization, plan.as_of, plan.rulesets, seen, missing, limits)


def _needs(asked: Criteria) -> dict[str, dict[str, set[str]]]:
    """Give, by table and column, the obligations whose rules read it."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for rule, test in asked.tests.items():
        for table, columns in columns_read([test]).items():
            for column in columns:
                found[table][column].add(asked.ruleset.rules[rule].obligation)
    return found


def _obligations(needs: Mapping[str, Mapping[str, Collection[str]]], table: str) -> tuple[str, ...]:
    return tuple(sorted({obligation for ids in needs.get(table, {}).values() for obligation in ids}))


def _seen(
    plan: AuditPlan,
    entry: Evidence,
    days: Mapping[tuple[str, str], Newest],
    wanted: Mapping[str, Collection[str]],
    needs: Mapping[str, Mapping[str, Collection[str]]],
) -> Seen:
    source = plan.sources[int(entry.source.removeprefix("source ")) - 1]
    inside = next(
        (str(source.options[key]) for key in ("sheet", "from", "records", "query") if key in source.options), ""
    )
    lacks = {
        column: tuple(sorted(needs.get(entry.table, {}).get(column, ())))
        for column in entry.missing_columns
        if column in wanted.get(entry.table, ())
    }
    return Seen(entry, " ".join(inside.split()), days.get((entry.table, entry.locator)), lacks)


def _asked(engine: Engine, own: Engine, statement: Statement) -> list[tuple[object, ...]]:
    """Ask an engine; one beside our own may be unable to say what is asked, and gives nothing."""
    try:
        return engine.rows(statement)
    except EngineError:
        if engine is own:
            raise
        return []


def _newest(
    engine: Engine,
    gathered: Gathered,
    asked: Criteria,
    wanted: Mapping[str, Collection[str]],
    as_of: dt.date,
) -> dict[tuple[str, str], Newest]:
    """Find the newest day of each file of each table that is not after the day of the audit: what is, is a plan."""
    found: dict[tuple[str, str], Newest] = {}
    for name, table in gathered.tables.items():
        spec = asked.ruleset.tables[name].columns
        dated = [c for c in spec if c in wanted.get(name, ()) and Kind(spec[c].type).temporal]
        if not table.rows or not dated:
            continue
        for number, *given in _asked(gathered.at(engine)(name), engine, newest(name, dated, as_of.isoformat())):
            best = max(
                ((day, column) for day, column in zip(given, dated, strict=True) if isinstance(day, dt.date)),
                default=None,
            )
            place = table.places[int(str(number))].path
            known = found.get((name, place))
            if best is not None and (known is None or best[0] > known.on):
                found[name, place] = Newest(best[1], best[0], (as_of - best[0]).days)
    return found
