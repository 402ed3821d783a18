"""What an audit asks for: the criteria of its plan, the columns that their rules read, and the values they use."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from qmscheck import cache as cache_room
from qmscheck import criteria
from qmscheck.audit.checked import check_plan
from qmscheck.cache import Cache
from qmscheck.criteria import Criteria
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.evidence.personal import with_shown
from qmscheck.judge.obligations.answers import ATTESTATIONS, COLUMNS, with_attestations
from qmscheck.judge.obligations.own_work import person_columns
from qmscheck.model import AuditPlan, ParameterUse
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.sql.functions import Values, pattern
from qmscheck.sql.render import edition
from qmscheck.sql.select import columns_read

__all__ = ["criteria_of", "in_force", "remembered", "seen_from_here", "values", "wanted_columns", "with_answers"]


def criteria_of(planfile: PlanFile, plugins: Plugins, known: Cache | None = None) -> Criteria:
    """Load the criteria that a plan names, and check the plan against them. Raises QmscheckError with all mistakes."""
    asked = with_answers(criteria.load(_rulesets(planfile, plugins), known), planfile.plan)
    check_plan(planfile, asked)
    return replace(asked, ruleset=with_shown(asked.ruleset, planfile.plan))


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
        patterns={name: _pattern(tuple(w for words in f.values() for w in words)) for name, f in families.items()},
    )


@lru_cache(maxsize=512)
def _pattern(words: tuple[str, ...]) -> str:
    """Write a pattern once for all examples of a ruleset: most of them name none of its families."""
    return pattern(words)


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
