"""The plan: `qmscheck.toml`, or options of the command line, become an AuditPlan, or every mistake at its place."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.hookspecs import EngineKind, Reader
from qmscheck.model import AuditPlan, Grade, Source
from qmscheck.plan.absent import no_plan
from qmscheck.plan.audit import day_of, read_audit, zone_of
from qmscheck.plan.checks import check
from qmscheck.plan.declared import read_not_applicable, read_params
from qmscheck.plan.draft import COMMAND_LINE, Draft, inside, is_replaced
from qmscheck.plan.gate import read_gate
from qmscheck.plan.sources import read_sources, without_secrets
from qmscheck.toml import Document, Loc
from qmscheck.toml import read as read_toml

__all__ = ["ATTESTATIONS", "Overrides", "PlanFile", "is_plan", "read"]

#: The file of persons' answers beside the plan, where the plan names no other.
ATTESTATIONS = "attestations.toml"

_TABLES = ("audit", "params", "not_applicable", "gate", "source")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says over the plan; None and empty say nothing. `today` is the only clock.

    A source is `table=path`, the path as it is seen from the current folder. A ruleset is an installed name or a path.
    """

    today: dt.date
    as_of: dt.date | None = None
    rulesets: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Grade | Literal["never"] | None = None
    max_exceptions: int | None = None
    previous: str | None = None


@dataclass(frozen=True)
class PlanFile:
    """A plan, and the file it was read from, so that later checks can say where a mistake stands.

    `replaced` are the places that the command line took; `notes` are for the person who runs the audit.
    """

    plan: AuditPlan
    document: Document
    base: Loc = ()
    replaced: frozenset[Loc] = frozenset()
    notes: tuple[str, ...] = ()

    def problem(self, loc: Loc, message: str, hint: str | None = None, *, key: bool = False) -> Problem:
        """Say what is wrong at a place of the plan: `("source", 2, "columns", "owner")`, `("params", "ack_days")`."""
        if is_replaced(loc, self.replaced):
            return Problem(COMMAND_LINE, 0, 0, message, hint)
        return self.document.problem(self.base + loc, message, hint, key=key)


def read(
    path: Path,
    readers: Mapping[str, Reader],
    overrides: Overrides,
    installed: Collection[str] = (),
    engines: Mapping[str, EngineKind] | None = None,
) -> PlanFile:
    """Read the plan of a folder, or a plan file. Raises QmscheckError with every mistake in it.

    `installed` are the names of installed rulesets, for the message that says what a plan would need. `engines` are
    those that a source may name beside the one that comes with the product.
    """
    try:
        document, base = _find(path)
    except QmscheckError as error:
        raise QmscheckError(*without_secrets(error.problems)) from None
    root = Path(os.path.abspath(path if path.is_dir() else path.parent))  # noqa: PTH100  (links stay as they are)
    if document is None:
        if not (overrides.rulesets and overrides.sources):
            problem = no_plan(path, readers, installed, rulesets=overrides.rulesets, sources=overrides.sources)
            raise QmscheckError(problem)
        audit = {"organization": root.name or "not stated", "scope": "not stated"}
        document = Document(COMMAND_LINE, "", {"audit": audit})
    planfile = _drafted(Draft(document, base, root, readers, engines=engines or {}), overrides)
    if planfile is None or document.problems:
        raise QmscheckError(*without_secrets(document.problems))
    return planfile


def is_plan(path: Path) -> bool:
    """Tell whether a `pyproject.toml` holds a plan. Raises QmscheckError where it is no TOML."""
    return _tool_table(read_toml(path, path.as_posix())) is not None


# ---------------------------------------------------------------- finding the file


def _find(path: Path) -> tuple[Document | None, Loc]:
    shown = path.as_posix()
    if os.path.isfile(path):  # noqa: PTH113  (false, too, for what can be no name)
        if path.suffix.lower() != ".toml":
            raise QmscheckError(Problem(shown, 0, 0, "is no plan", "give a folder, or a plan file that ends in .toml"))
        document = read_toml(path, shown)
        if path.name != "pyproject.toml":
            return document, ()
        if _tool_table(document) is None:
            raise QmscheckError(Problem(shown, 0, 0, "has no [tool.qmscheck]"))
        return document, ("tool", "qmscheck")
    if not os.path.isdir(path):  # noqa: PTH112
        raise QmscheckError(Problem(shown, 0, 0, "there is no such folder and no such plan file"))
    own, shared = path / "qmscheck.toml", path / "pyproject.toml"
    if own.exists():
        return read_toml(own, own.as_posix()), ()
    if shared.exists():
        document = read_toml(shared, shared.as_posix())
        if _tool_table(document) is not None:
            return document, ("tool", "qmscheck")
    return None, ()


def _tool_table(document: Document) -> object:
    tool = document.value.get("tool")
    return tool.get("qmscheck") if isinstance(tool, dict) else None


# ---------------------------------------------------------------- the audit itself


def _drafted(draft: Draft, over: Overrides) -> PlanFile | None:
    section = _section(draft)
    if section is None:
        return None
    options = {name: value for name, value in _options(draft, over).items() if value}
    draft = replace(draft, replaced=frozenset(("audit", name) for name in options))
    given = read_audit(draft, section["audit"], options, over.today)
    as_of = day_of(given["as_of"], over.today)
    sources, replaced = read_sources(draft, section.get("source", []), over.sources)
    plan = draft.document.check(
        AuditPlan,
        {
            **given,
            "root": str(draft.root),
            "file": Path(draft.document.name).name if draft.document.text else None,
            "params": read_params(draft, _table(draft, section, "params")),
            "not_applicable": read_not_applicable(draft, _table(draft, section, "not_applicable"), as_of),
            "sources": _in_zone(sources, zone_of(draft, given)),
            "gate": read_gate(draft, section),
        },
        (*draft.base, "audit"),
    )
    if plan is None:
        return None
    check(draft, plan)
    plan = _with_attestations(draft, plan)
    return PlanFile(plan, draft.document, draft.base, draft.replaced | replaced, _notes(plan, over.today))


def _options(draft: Draft, over: Overrides) -> dict[str, Any]:
    """Give what the command line says of [audit]."""
    return {
        "rulesets": tuple(inside(ruleset, draft.root) for ruleset in over.rulesets),
        "select": over.select,
        "ignore": over.ignore,
        "as_of": over.as_of,
        "max_exceptions": over.max_exceptions,
        "fail_on": over.fail_on,
        "previous": None if over.previous is None else inside(over.previous, draft.root),
    }


def _section(draft: Draft) -> Mapping[str, Any] | None:
    """Find the plan in its file; None where there is nothing to go on with."""
    section: Any = draft.document.value
    for part in draft.base:
        section = section[part]
    if not isinstance(section, Mapping):
        draft.refuse((), "'qmscheck' should be a table", "write [tool.qmscheck.audit]", key=True)
        return None
    for name in section:
        if name not in _TABLES:
            hint = (
                did_you_mean(name, _TABLES) or "a plan has [audit], [params], [not_applicable], [gate] and [[source]]"
            )
            draft.refuse((name,), f"unknown key '{name}'", hint, key=True)
    if "audit" not in section:
        prefix = ".".join(map(str, draft.base))
        hint = f"write [{prefix}{'.' if prefix else ''}audit], with organization, scope and rulesets"
        draft.refuse((), "the table [audit] is missing", hint)
        return None
    return section if isinstance(section["audit"], Mapping) else _table(draft, section, "audit") or None


def _table(draft: Draft, section: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = section.get(name, {})
    if isinstance(value, Mapping):
        return value
    draft.refuse((name,), f"'{name}' should be a table", f"write [{name}], with one pair of brackets", key=True)
    return {}


def _in_zone(sources: tuple[Source, ...], zone: str | None) -> tuple[Source, ...]:
    return sources if zone is None else tuple(source.model_copy(update={"zone": zone}) for source in sources)


def _with_attestations(draft: Draft, plan: AuditPlan) -> AuditPlan:
    """Make the file of attestations (the one that the plan names, else the one beside it) a source of their table."""
    name = plan.attestations or ATTESTATIONS
    if any(source.path == name for source in plan.sources) or not os.path.lexists(draft.root / name):
        return plan
    if not os.path.isfile(draft.root / name):  # noqa: PTH113
        message = f"'{name}' is where answers of persons are kept, and is no file that can be read"
        draft.refuse(("audit",), message, "a folder, or a link that leads nowhere: put the file back, or remove it")
        return plan
    if "attestations" not in draft.readers:
        message = f"'{name}' holds answers of persons, and the plugin that reads it is switched off"
        draft.refuse(("audit",), message, "leave the plugin 'persons' on")
    source = Source(table="attestations", path=name, reader="attestations")
    return plan.model_copy(update={"sources": (*plan.sources, source)})


def _notes(plan: AuditPlan, today: dt.date) -> tuple[str, ...]:
    """Tell of a date in the future, and do not refuse it: a wrong clock must not change a record."""
    if plan.as_of > today:
        return (f"the date of the audit ({plan.as_of}) lies after today ({today})",)
    return ()
