"""Take the inventory: the path of an audit up to its evidence."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from qmscheck.audit.asked import criteria_of, remembered, wanted_columns
from qmscheck.audit.reading import evidence_of
from qmscheck.audit.selected import selected_rules
from qmscheck.criteria import Criteria
from qmscheck.engine import Engine, EngineError, Means
from qmscheck.evidence import Gathered, begin_ahead
from qmscheck.inventory import Inventory, Missing, Newest, Seen
from qmscheck.model import AuditPlan, Evidence
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.sql.kinds import Kind
from qmscheck.sql.profile import newest
from qmscheck.sql.select import columns_read
from qmscheck.sql.statement import Statement

__all__ = ["take"]

#: Tables that the product fills itself, or asks persons for by other ways.
_OWN = frozenset({"attestations"})

#: Words in the name of a date column that tell of something to come, in English and German. What was due yesterday
#: says nothing of how long ago somebody wrote in the register.
_PLANNED = frozenset(
    {
        "deadline", "due", "expected", "expires", "expiry", "forecast", "next", "planned", "promised", "scheduled",
        "target", "until", "valid",
        "ablauf", "bis", "faellig", "fällig", "frist", "geplant", "gueltig", "gültig", "naechste", "nächste", "soll",
        "termin",
    }
)  # fmt: skip


def take(
    planfile: PlanFile,
    plugins: Plugins,
    *,
    cache: Path | None = None,
    told: Callable[[str], None] = lambda _text: None,
    means: Means | None = None,
) -> Inventory:
    """Read the evidence of a plan as an audit does, and stop there. `means` bound what may be used.

    Raises QmscheckError where no audit could begin.
    """
    plan = planfile.plan
    known = remembered(plan, cache)
    asked = criteria_of(planfile, plugins, known)
    wanted = wanted_columns(plan, asked, selected_rules(planfile, asked))
    needs = _needs(asked)
    scratch = means.scratch if means is not None else None
    with (
        begin_ahead(plan, plugins.readers, cache, scratch) as ahead,
        evidence_of(
            planfile, asked, wanted, plugins, known=known, told=told, ahead=ahead, means=means, codes=True
        ) as found,
    ):
        engine, gathered = found
        days = _newest(engine, gathered, asked, wanted, plan.as_of)
        seen = tuple(_seen(plan, entry, days, wanted, needs) for entry in gathered.manifest)
    known.save()
    named = {source.table for source in plan.sources} | {entry.table for entry in gathered.manifest} | _OWN
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
    parts = ("member", "sheet", "range", "from", "records", "query")
    inside = ", ".join(str(source.options[key]) for key in parts if key in source.options)
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
    """Find the newest day of each file of each table that is not after the day of the audit: what is, is a plan. A day
    on which something happened goes before one by which it was due.
    """
    found: dict[tuple[str, str], Newest] = {}
    for name, table in gathered.tables.items():
        spec = asked.ruleset.tables[name].columns
        dated = [c for c in spec if c in wanted.get(name, ()) and Kind(spec[c].type).temporal]
        if not table.rows or not dated:
            continue
        for number, *given in _asked(gathered.at(engine)(name), engine, newest(name, dated, as_of.isoformat())):
            place = table.places[int(str(number))].path
            days = [
                Newest(column, day, (as_of - day).days, planned=_is_planned(column))
                for column, day in zip(dated, given, strict=True)
                if isinstance(day, dt.date)
            ]
            known = [found[name, place]] if (name, place) in found else []
            if days:
                found[name, place] = max([*known, *days], key=lambda one: (not one.planned, one.on, one.column))
    return found


def _is_planned(column: str) -> bool:
    """Tell whether the days of a column are ones by which something is due, and not on which something was done."""
    return not _PLANNED.isdisjoint(column.casefold().split("_"))
