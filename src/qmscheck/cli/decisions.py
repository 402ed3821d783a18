"""`qmscheck decisions`: what persons decided about findings: list, check, add."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qmscheck.cli.amounts import Day, Whole, today
from qmscheck.cli.options import bound_options, plugin_options

if TYPE_CHECKING:
    from qmscheck.apart import Isolation
    from qmscheck.model import AuditRecord, Decision
    from qmscheck.persons.decisions import DecisionFile

__all__ = ["command"]

_DAY = Day()
_RESPONSE = ("correction", "cause", "action", "owner", "due", "verified_on", "verified_by")
_KINDS = ["grade", "waiver", "risk", "not-applicable", "response"]


@click.group("decisions")
def command() -> None:
    """List, check and add what persons decided about findings."""


def _shared(function: Any) -> Any:
    """Add what lint and list have in common."""
    for option in (
        plugin_options,
        click.option("--as-of", type=_DAY, metavar="DATE", help="The day. Default: the plan's, or today."),
        click.option(
            "--record", metavar="RECORD", help="An audit record: then what is stale or no fail any more is known too."
        ),
        click.argument("path", default=".", metavar="[FOLDER|PLAN]"),
    ):
        function = option(function)
    return function


@command.command("lint")
@_shared
@click.option("--soon", type=Whole(min=0), default=30, metavar="DAYS", help="What runs out soon. Default: 30.")
def lint(*, path: str, record: str | None, as_of: dt.date | None, soon: int, disabled: tuple[str, ...]) -> int:
    """Name the entries that a person should look at.

    Mistakes, and entries that are expired, orphaned, stale, contradictory or about own work, make it exit 1; what runs
    out soon, is superseded, or does not count yet is told as a note. Exit: 0 nothing to do, 1 something, 2 not checked.

    \b
    qmscheck decisions lint
    qmscheck decisions lint examples/acme --soon 90 --record record.json
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.persons.review import review  # noqa: PLC0415
    from qmscheck.report.wording import numbered  # noqa: PLC0415

    found = _standing(path, record, as_of, disabled)
    if found.file is None:
        write_out("there is no decisions file: no entry\n")
        return 0
    remarks = review(found.file, found.stated, found.day, soon, judged=record is not None)
    for one in remarks:
        write_out(("" if one.grave else "note: ") + str(one.problem) + "\n")
    grave = sum(one.grave for one in remarks)
    entries = "1 entry" if found.file.entries == 1 else f"{found.file.entries} entries"
    notes = numbered(len(remarks) - grave, "note")
    unseen = "" if record else "; whether their findings are still there was not looked at (--record RECORD)"
    write_out(f"{entries} as of {found.day}: {grave or 'none'} to look at now, {notes}{unseen}\n")
    return 1 if grave else 0


@command.command("list")
@_shared
def listed(*, path: str, record: str | None, as_of: dt.date | None, disabled: tuple[str, ...]) -> int:
    """List every entry with what becomes of it.

    \b
    qmscheck decisions list
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.errors import QmscheckError  # noqa: PLC0415
    from qmscheck.report.persons import decision  # noqa: PLC0415
    from qmscheck.report.wording import clean  # noqa: PLC0415

    found = _standing(path, record, as_of, disabled)
    if found.file is not None and found.file.document.problems:
        raise QmscheckError(*found.file.document.problems)
    for entry in found.stated:
        line = entry.location.row if entry.location else 0
        name = found.file.document.name if found.file else ""
        write_out(clean(f"{name}:{line}: {entry.state}: {decision(entry)}") + "\n")
    if not found.stated:
        write_out("no entry\n")
    return 0


@command.command("add")
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("name", metavar="ID")
@click.argument("path", default=".", metavar="[FOLDER|PLAN]")
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.option("--role", required=True, metavar="ROLE", help="In which role.")
@click.option("--on", "on", type=_DAY, metavar="DATE", help="On which day. Default: today.")
@click.option("--why", metavar="TEXT", help="The reason; only a response may be without.")
@click.option("--to", type=click.Choice(["major", "minor", "opportunity", "none"]), help="The final grade.")
@click.option("--until", type=_DAY, metavar="DATE", help="The last day of a waiver or an accepted risk.")
@click.option("--key", metavar="KEY", help="Only this record of the finding.")
@click.option("--unit", metavar="COLUMN=VALUE", help="Only this unit of the finding.")
@click.option("--withdrawn", is_flag=True, help="Take back the entry before it.")
@click.option("--correction", metavar="TEXT", help="What was put right at once.")
@click.option("--cause", metavar="TEXT", help="Why it happened.")
@click.option("--action", metavar="TEXT", help="What keeps it from happening again.")
@click.option("--owner", metavar="NAME", help="Whose action it is.")
@click.option("--due", type=_DAY, metavar="DATE", help="By when.")
@click.option("--verified-on", type=_DAY, metavar="DATE", help="When somebody saw that it works.")
@click.option("--verified-by", metavar="NAME", help="Who saw that.")
@click.option("--record", metavar="RECORD", help="The audit record that is decided about. Default: audit FOLDER now.")
@bound_options
@plugin_options
def add(
    *,
    kind: str,
    name: str,
    path: str,
    record: str | None,
    timeout: float | None,
    isolation: Isolation | None,
    disabled: tuple[str, ...],
    **given: Any,
) -> int:
    """Add one entry at the end of the decisions file, whole or not at all.

    ID is a rule, an obligation, or the fingerprint of a finding. The proposal that is decided about is noted with it. A
    response takes over what the response before it says and is not given anew.

    \b
    qmscheck decisions add grade CF-8.2.1-c2.owner --to major --by "A. Auditor" --role "Lead auditor" --why "..."
    qmscheck decisions add waiver CF-8.6-1.released --until 2027-03-31 --by "..." --role "..." --why "..."
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.audit.asked import seen_from_here  # noqa: PLC0415
    from qmscheck.cli.audit import Manner, overrides, perform, read_plan  # noqa: PLC0415
    from qmscheck.cli.bounded import Allowed  # noqa: PLC0415
    from qmscheck.cli.places import refuse_evidence  # noqa: PLC0415
    from qmscheck.cli.report import read_record  # noqa: PLC0415
    from qmscheck.cli.terminal import say, write_out  # noqa: PLC0415
    from qmscheck.persons import decisions  # noqa: PLC0415

    plugins = plugin_room.load(disabled)
    planfile = read_plan(path, plugins, overrides(plugins))
    manner = Manner(Allowed(timeout, None, isolation))
    audited = read_record(record) if record else perform(planfile, plugins, manner)
    place = planfile.plan.decisions or decisions.FILE
    file = Path(planfile.plan.root) / place
    refuse_evidence([file], planfile.plan, plugins.readers, but=("decisions",))
    known = decisions.read(file, seen_from_here(file)).decisions if file.exists() else ()
    entry = _answered(_entry(kind, name, audited, given), known)
    write_out(decisions.add(file, seen_from_here(file), entry))
    if entry.on > audited.as_of:
        say(f"note: it is dated {entry.on}, after the day of the audit ({audited.as_of}): it does not count in it")
    return 0


def _entry(kind: str, name: str, audited: AuditRecord, given: dict[str, Any]) -> Decision:
    """Make an entry of the options; it is checked when it is added.

    Raises QmscheckError for an ID that the record does not have.
    """
    from qmscheck.errors import Problem, QmscheckError, did_you_mean  # noqa: PLC0415
    from qmscheck.judge.gate.decided import targets  # noqa: PLC0415
    from qmscheck.model import Decision, DecisionKind, Grade, Unit  # noqa: PLC0415

    known = targets(audited.findings, audited.obligations)
    found = [(print_, target) for print_, target in known.items() if name in {print_, target.name}]
    if not found:
        hint = did_you_mean(name, [t.name for t in known.values()]) or "qmscheck audit names rules and obligations"
        raise QmscheckError(Problem("", 0, 0, f"the audit has no rule, obligation or finding '{name}'", hint))
    print_, target = found[0]
    if target.proposed is None and kind not in {DecisionKind.NOT_APPLICABLE, DecisionKind.RESPONSE}:
        raise QmscheckError(Problem("", 0, 0, f"'{name}' is no fail now: there is nothing to decide of a {kind}"))
    values: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if (unit := values.pop("unit", None)) is not None:
        column, _, value = str(unit).partition("=")
        if not column or not value:
            raise QmscheckError(Problem("", 0, 0, f"--unit '{unit}' is not COLUMN=VALUE", "as in --unit site=Leeds"))
        values["unit"] = Unit.model_construct(column=column, value=value)
    if values.get("to") in {*Grade}:
        values["to"] = Grade(values["to"])
    values.setdefault("on", today())
    if kind == DecisionKind.NOT_APPLICABLE:
        values["obligation"] = target.obligation
    else:
        values |= {"fingerprint": print_, "rule" if target.name != target.obligation else "obligation": target.name}
    if kind in {DecisionKind.GRADE, DecisionKind.WAIVER, DecisionKind.RISK}:
        values["from_"] = target.proposed
    made = Decision.model_construct(kind=DecisionKind(kind), **values)
    if not made.withdrawn and not target.has(made):
        named = f"record '{made.key}'" if made.key is not None else f"unit '{unit}'"
        hint = (
            did_you_mean(made.key or "", sorted(target.records or ())) or f"qmscheck explain {target.name} names them"
        )
        raise QmscheckError(Problem("", 0, 0, f"'{target.name}' has no {named} that is not met", hint))
    return made


def _answered(entry: Decision, known: Sequence[Decision]) -> Decision:
    """Let a response say again what the one before it said, so that each entry is whole."""
    same = [d for d in known if d.about == entry.about]
    if not same or same[-1].withdrawn or entry.kind != "response" or entry.withdrawn:
        return entry
    before = {name: getattr(same[-1], name) for name in _RESPONSE}
    return entry.model_copy(update={name: value for name, value in before.items() if getattr(entry, name) is None})


@dataclass(frozen=True)
class _Standing:
    """The decisions file, and its entries with their states on a day."""

    file: DecisionFile | None
    stated: tuple[Decision, ...]
    day: dt.date


def _standing(path: str, record: str | None, as_of: dt.date | None, disabled: tuple[str, ...]) -> _Standing:
    """Read the plan, the rulesets and the decisions, and say what becomes of each entry."""
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.audit import decisions_of  # noqa: PLC0415
    from qmscheck.audit.asked import criteria_of  # noqa: PLC0415
    from qmscheck.cli.audit import overrides, read_plan, tell_notes  # noqa: PLC0415
    from qmscheck.cli.report import read_record  # noqa: PLC0415
    from qmscheck.judge.finding.fingerprints import fingerprint  # noqa: PLC0415
    from qmscheck.judge.gate.decided import Target, standing, targets  # noqa: PLC0415

    plugins = plugin_room.load(disabled)
    planfile = read_plan(path, plugins, overrides(plugins, as_of=as_of))
    ruleset = criteria_of(planfile, plugins).ruleset
    file, day = decisions_of(planfile.plan), planfile.plan.as_of
    known = {fingerprint(r.obligation, r.id): Target(r.id, r.obligation) for r in ruleset.rules.values()}
    known |= {fingerprint(name): Target(name, name) for name in ruleset.obligations}
    if record is not None:
        audited = read_record(record)
        known |= targets(audited.findings, audited.obligations)
    stated = () if file is None else standing(file.decisions, known, ruleset.obligations, day)
    tell_notes(planfile)
    return _Standing(file, stated, day)
