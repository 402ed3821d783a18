"""The plan: `qmscheck.toml`, or options of the command line, become an AuditPlan, or every mistake at its place."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from qmscheck.cells import visible
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.hookspecs import EngineKind, Reader
from qmscheck.model import AuditPlan, Grade, NotApplicable, ParameterValue, Period, Source
from qmscheck.plan.absent import no_plan
from qmscheck.plan.draft import COMMAND_LINE, NAME, Draft, inside, is_replaced
from qmscheck.plan.gate import read_gate
from qmscheck.plan.sources import check_path, read_sources, without_secrets
from qmscheck.privacy.key import REFERENCES
from qmscheck.toml import Document, Loc
from qmscheck.toml import read as read_toml

__all__ = ["ATTESTATIONS", "Overrides", "PlanFile", "is_plan", "read"]

#: The file of persons' answers beside the plan, where the plan names no other.
ATTESTATIONS = "attestations.toml"
#: More places than anybody reads, and fewer than an engine can count.
_MOST_EXCEPTIONS = 1_000_000

#: What one source of a folder of documents brings.
_PAPERS = ("documents", "passages")
_TABLES = ("audit", "params", "not_applicable", "gate", "source")
_AUDIT_KEYS = (
    "organization",
    "scope",
    "rulesets",
    "trusted",
    "as_of",
    "period",
    "planned_audit",
    "fail_on",
    "select",
    "ignore",
    "max_exceptions",
    "decisions",
    "attestations",
    "previous",
    "timezone",
    "pseudonym_key",
)


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
    given = _audit(draft, section["audit"], options, over.today)
    as_of = _day(given["as_of"], over.today)
    sources, replaced = read_sources(draft, section.get("source", []), over.sources)
    plan = draft.document.check(
        AuditPlan,
        {
            **given,
            "root": str(draft.root),
            "file": Path(draft.document.name).name if draft.document.text else None,
            "params": _params(draft, _table(draft, section, "params")),
            "not_applicable": _not_applicable(draft, _table(draft, section, "not_applicable"), as_of),
            "sources": _in_zone(sources, _zone(draft, given)),
            "gate": read_gate(draft, section),
        },
        (*draft.base, "audit"),
    )
    if plan is None:
        return None
    _check_dates(draft, plan)
    _check_twice(draft, plan)
    _check_key(draft, plan.pseudonym_key)
    _check_trusted(draft, plan)
    _check_named(draft, "decisions", plan.decisions)
    _check_named(draft, "attestations", plan.attestations)
    if not is_replaced(("audit", "previous"), draft.replaced):
        hint = "write the record of the audit before there, or take the key out"
        _check_named(draft, "previous", plan.previous, hint)
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


def _audit(draft: Draft, audit: Mapping[str, Any], options: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """Gather the keys of [audit]: options of the command line over the file over the defaults."""
    for name in audit:
        if name not in _AUDIT_KEYS:
            hint = did_you_mean(name, _AUDIT_KEYS) or f"[audit] knows {', '.join(_AUDIT_KEYS)}"
            draft.refuse(("audit", name), f"unknown key '{name}'", hint, key=True)
    given: dict[str, Any] = {"as_of": today, "fail_on": Grade.MAJOR}
    given |= {name: audit[name] for name in _AUDIT_KEYS if name in audit}
    given |= options
    _check_texts(draft, given)
    most = given.get("max_exceptions")
    if isinstance(most, int) and most > _MOST_EXCEPTIONS:
        draft.refuse(("audit", "max_exceptions"), f"'max_exceptions' should be at most {_MOST_EXCEPTIONS}")
    given["fail_on"] = _fail_on(draft, given["fail_on"])
    place = (*draft.base, "audit", "period")
    period = draft.document.check(Period, given["period"], place) if "period" in given else None
    given["period"] = period or _twelve_months(_day(given["as_of"], today))
    return given


def _zone(draft: Draft, given: Mapping[str, Any]) -> str | None:
    """Give the time zone whose clock the audit goes by; None where the plan declares none."""
    name = given.get("timezone")
    if isinstance(name, str) and not _is_zone(name):
        hint = 'its name in the tz database, as in timezone = "Europe/London", or "UTC"'
        draft.refuse(("audit", "timezone"), f"there is no time zone '{name}'", hint)
    return name if isinstance(name, str) else None


def _in_zone(sources: tuple[Source, ...], zone: str | None) -> tuple[Source, ...]:
    return sources if zone is None else tuple(source.model_copy(update={"zone": zone}) for source in sources)


def _is_zone(name: str) -> bool:
    import zoneinfo  # noqa: PLC0415

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return not zoneinfo.available_timezones()  # a machine without the database cannot tell
    return True


def _day(value: object, today: dt.date) -> dt.date:
    """Give a day to go on with where the file has none that can be read."""
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else today


def _check_texts(draft: Draft, given: Mapping[str, Any]) -> None:
    """Refuse what is there and says nothing."""
    for name in ("organization", "scope"):
        if isinstance(given.get(name), str) and visible(given[name]) is None:
            draft.refuse(("audit", name), f"'{name}' should not be empty", "it stands on every report")
    if given.get("rulesets") == []:
        draft.refuse(("audit", "rulesets"), "'rulesets' should name a ruleset", "an audit needs something to ask for")
    for name in ("rulesets", "select", "ignore"):
        texts = given.get(name)
        for at, text in enumerate(texts if isinstance(texts, list) else ()):
            if isinstance(text, str) and visible(text) is None:
                draft.refuse(("audit", name, at), f"'{name}' holds an empty text")


def _fail_on(draft: Draft, value: object) -> Grade | None:
    words: dict[str, Grade | None] = {**{grade.value: grade for grade in Grade}, "never": None}
    if isinstance(value, str) and value in words:
        return words[value]
    hint = did_you_mean(value, words) if isinstance(value, str) else None
    draft.refuse(("audit", "fail_on"), f"'fail_on' should be {_either(list(words))}", hint)
    return Grade.MAJOR


def _twelve_months(as_of: dt.date) -> Period:
    """Give the 12 months that end on a day: from the day after that day one year earlier."""
    if as_of.year == dt.MINYEAR:
        return Period.model_validate({"from": dt.date.min, "to": as_of})
    last_year = as_of.replace(year=as_of.year - 1, day=28 if (as_of.month, as_of.day) == (2, 29) else as_of.day)
    return Period.model_validate({"from": last_year + dt.timedelta(days=1), "to": as_of})


def _check_dates(draft: Draft, plan: AuditPlan) -> None:
    period, as_of = plan.period, plan.as_of
    if period.from_ > period.to:
        draft.refuse(("audit", "period"), f"the period ends ({period.to}) before it begins ({period.from_})")
    elif period.from_ > as_of:
        draft.refuse(("audit", "period"), f"the period begins ({period.from_}) after the audit's date ({as_of})")
    for at, source in enumerate(plan.sources):
        day = source.provenance.extracted_on if source.provenance is not None else None
        if day is not None and day > as_of:
            message = f"it was extracted ({day}) after the date of the audit ({as_of})"
            draft.refuse(("source", at, "extracted_on"), message)
    if plan.planned_audit is not None and plan.planned_audit < as_of:
        message = f"the planned audit ({plan.planned_audit}) lies before the date of this one ({as_of})"
        draft.refuse(("audit", "planned_audit"), message, "name the next planned audit, or take the key out")


def _check_twice(draft: Draft, plan: AuditPlan) -> None:
    """Refuse a second source of one folder of documents: each brings both tables, so each file would count twice.

    Sources of other tables may name one file twice, and take other columns of it: see `evidence.tables`.
    """
    read: dict[str, Source] = {}
    for at, source in enumerate(plan.sources):
        if source.table not in _PAPERS or source.path is None:
            continue
        path = os.path.normpath(source.path)
        other = read.setdefault(repr((path, source.reader, sorted(source.options.items()))), source)
        if other is not source:
            which = f"the source of line {other.line}" if other.line else "another source"
            hint = "leave one of the two out: a folder of documents brings both documents and passages"
            draft.refuse(("source", at), f"reads what {which} reads: each file would count twice", hint)


def _check_trusted(draft: Draft, plan: AuditPlan) -> None:
    """Whoever trusts a ruleset names one of this audit; the command line may have put others in their place."""
    if is_replaced(("audit", "rulesets"), draft.replaced):
        return
    for number, name in enumerate(plan.trusted):
        if name not in plan.rulesets:
            hint = did_you_mean(name, plan.rulesets) or f"rulesets: {', '.join(plan.rulesets)}"
            where = (*draft.base, "audit", "trusted", number)
            draft.document.add(draft.document.problem(where, f"'{name}' is no ruleset of this plan", hint))


def _check_key(draft: Draft, reference: str | None) -> None:
    """The key of pseudonyms is referred to, and never stands in a plan: plans are shared."""
    if reference is None:
        return
    where = ("audit", "pseudonym_key")
    kind, _, name = reference.partition(":")
    if f"{kind}:" not in REFERENCES or not name.strip():
        hint = 'write "env:NAME" or "file:PATH", or take the key out: then you have one of your own'
        problem = draft.document.problem((*draft.base, *where), "'pseudonym_key' should say where the key is", hint)
        draft.document.add(replace(problem, frame=None))
    elif kind == "file":
        check_path(draft, where, name)


def _check_named(
    draft: Draft, key: str, name: str | None, hint: str = "make an empty file of that name, or take the key out"
) -> None:
    """A file of decisions or attestations that the plan names is there, or somebody has taken it away."""
    if name is None:
        return
    where = ("audit", key)
    before = len(draft.document.problems)
    check_path(draft, where, name)
    if len(draft.document.problems) == before and not os.path.isfile(draft.root / name):  # noqa: PTH113
        draft.refuse(where, f"there is no file '{name}'", hint)


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


# ---------------------------------------------------------------- what the firm declares


def _params(draft: Draft, params: Mapping[str, Any]) -> dict[str, ParameterValue]:
    found = {}
    for name, value in params.items():
        loc = ("params", name)
        if not NAME.fullmatch(name):
            draft.refuse(loc, f"'{name}' is no name of a parameter", "lower-case letters, digits and _", key=True)
        elif not isinstance(value, Mapping):
            hint = f'write {name} = {{ value = {_as_toml(value)}, origin = "own-procedure", ref = "..." }}'
            draft.refuse(loc, f"'{name}' has a value and no origin: whose value is it?", hint)
        elif (parameter := draft.document.check(ParameterValue, value, draft.base + loc)) is not None:
            if isinstance(parameter.value, float) and not math.isfinite(parameter.value):
                draft.refuse((*loc, "value"), f"'{name}' should be a number that can be compared with")
            found[name] = parameter
    return found


def _not_applicable(draft: Draft, table: Mapping[str, Any], as_of: dt.date) -> dict[str, NotApplicable]:
    found = {}
    for obligation, value in table.items():
        loc = ("not_applicable", obligation)
        if not isinstance(value, Mapping):
            hint = 'write { reason = "...", by = "...", on = 2026-10-01 }'
            draft.refuse(loc, f"'{obligation}' needs a reason, by whom and on which day", hint)
            continue
        noun = draft.document.check(NotApplicable, value, draft.base + loc)
        if noun is None:
            continue
        for name, text in (("reason", noun.reason), ("by", noun.by)):
            if visible(text) is None:
                draft.refuse((*loc, name), f"'{name}' should not be empty")
        if noun.on > as_of:
            draft.refuse((*loc, "on"), f"it was declared ({noun.on}) after the date of the audit ({as_of})")
        found[obligation] = noun
    return found


def _as_toml(value: object) -> str:
    if isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False)
    return "..." if isinstance(value, list) else str(value)


def _either(words: list[str]) -> str:
    return f"{', '.join(repr(word) for word in words[:-1])} or {words[-1]!r}"
