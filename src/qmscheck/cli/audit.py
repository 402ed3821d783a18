"""`qmscheck audit`: one audit, its reports, and the exit code of its gate."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from qmscheck.cli.amounts import Day, Memory, Whole, today
from qmscheck.cli.bounded import Allowed, done
from qmscheck.cli.options import anew_option, bound_options, cache_option, plugin_options, report_options, talk_options

if TYPE_CHECKING:
    from qmscheck.apart import Isolation
    from qmscheck.cli.outputs import Target
    from qmscheck.cli.terminal import Color
    from qmscheck.model import AuditRecord, Grade
    from qmscheck.plan import Overrides, PlanFile
    from qmscheck.plugins import Plugins

__all__ = ["Manner", "command", "overrides", "perform", "read_plan", "tell_notes"]

_EXIT = {"READY": 0, "NOT READY": 1, "CANNOT TELL": 3}


@click.command("audit")
@click.argument("path", default=".", metavar="[FOLDER|PLAN]")
@click.option("--ruleset", multiple=True, metavar="NAME|PATH", help="In place of the plan's rulesets; repeatable.")
@click.option("--source", multiple=True, metavar="TABLE=PATH", help="Where a table's records are; repeatable.")
@click.option("--select", multiple=True, metavar="ID", help="Judge only these rules, obligations, clauses.")
@click.option("--ignore", multiple=True, metavar="ID", help="Leave out these rules, obligations, clauses.")
@click.option(
    "--fail-on",
    type=click.Choice(["major", "minor", "opportunity", "never"]),
    help="The least grave finding that makes it NOT READY. Default: the plan's, or major.",
)
@click.option("--as-of", type=Day(), metavar="DATE", help="The day of the audit. Default: today.")
@report_options
@click.option("--previous", metavar="RECORD", help="The record (JSON) of the audit before, to compare with.")
@click.option("--max-exceptions", type=Whole(min=1), metavar="N", help="Places listed for each finding.")
@click.option("--threads", type=Whole(1, 1024), metavar="N", help="Default: one for each processor.")
@click.option(
    "--memory-limit",
    type=Memory(),
    metavar="SIZE",
    envvar=["QMSCHECK_MEMORY_LIMIT", "QMSCHECK_AUDIT_MEMORY_LIMIT"],
    help="Memory to use at most, as in 1GiB; what does not fit goes to disk. Default: what is there.",
)
@click.option("--explain-plan", is_flag=True, help="Audit, and print how rules were counted, not the report.")
@bound_options
@anew_option
@cache_option
@talk_options
@plugin_options
def command(  # noqa: PLR0913  (one for each option)
    *,
    path: str,
    ruleset: tuple[str, ...],
    source: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: Literal["major", "minor", "opportunity", "never"] | None,
    as_of: dt.date | None,
    output_format: str,
    output: tuple[str, ...],
    output_file: str | None,
    previous: str | None,
    max_exceptions: int | None,
    threads: int | None,
    memory_limit: int | None,
    timeout: float | None,
    explain_plan: bool,
    isolation: Isolation | None,
    anew: bool,
    no_cache: bool,
    color: Color,
    verbose: int,
    quiet: bool,
    disabled: tuple[str, ...],
) -> int:
    """Audit an organisation's records against rulesets.

    The plan is qmscheck.toml in FOLDER (default: the current folder), or [tool.qmscheck] in its pyproject.toml, or
    the file PLAN. Without a plan, name the criteria and the evidence with --ruleset and --source.

    \b
    qmscheck audit
    qmscheck audit examples/acme --fail-on minor -o html:report.html -o json:record.json
    qmscheck audit exports --ruleset iso9001 --source complaints=exports/complaints.csv
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.cli import outputs  # noqa: PLC0415
    from qmscheck.cli.places import refuse_evidence  # noqa: PLC0415
    from qmscheck.model import Grade  # noqa: PLC0415

    plugins = plugin_room.load(disabled)
    verbose = -1 if quiet else verbose
    asked = outputs.targets(
        plugins, output_format=output_format, output_file=output_file, output=output, color=color, verbose=verbose
    )
    over = overrides(
        plugins,
        ruleset,
        as_of=as_of,
        sources=source,
        select=select,
        ignore=ignore,
        fail_on=Grade(fail_on) if fail_on and fail_on != "never" else fail_on,
        max_exceptions=max_exceptions,
        previous=os.path.abspath(previous) if previous else None,  # noqa: PTH100  (links stay as they are)
    )
    planfile = read_plan(path, plugins, over)
    refuse_evidence(outputs.places(asked), planfile.plan, plugins.readers)
    manner = Manner(Allowed(timeout, memory_limit, isolation), threads, not no_cache, anew, quiet)
    return _audited(planfile, plugins, manner, asked, explain_plan=explain_plan)


def _audited(
    planfile: PlanFile, plugins: Plugins, manner: Manner, asked: tuple[Target, ...], *, explain_plan: bool
) -> int:
    """Conduct the audit and deliver its reports, then say the notes; give the exit code of the gate."""
    from qmscheck.cli.failure import DeliveryError  # noqa: PLC0415
    from qmscheck.cli.terminal import say  # noqa: PLC0415

    counting: list[str] | None = [] if explain_plan else None
    notes: list[str] = []
    planned = None if counting is None else counting.append
    record = perform(planfile, plugins, manner, told=notes.append, planned=planned)
    try:
        code = _told(record, asked, plugins, counting)
    except DeliveryError as error:  # its first line says whether there was an audit
        for note in notes:
            error.add_note(note)
        raise
    for note in notes:
        say(note)
    return code


def _told(record: AuditRecord, asked: tuple[Target, ...], plugins: Plugins, counting: list[str] | None) -> int:
    """Deliver the reports, or print in place of one on stdout how rules were counted; give the exit code of the gate.

    Raises DeliveryError where a report or a plugin fails after the audit.
    """
    from qmscheck.cli import outputs  # noqa: PLC0415
    from qmscheck.cli.failure import DeliveryError  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.errors import QmscheckError  # noqa: PLC0415

    if counting is not None:
        write_out("\n".join(counting))
        asked = tuple(target for target in asked if target.path is not None)
    outputs.deliver(record, asked, plugins)
    try:
        plugins.finished(record)
    except QmscheckError as error:
        raise DeliveryError(*error.problems) from error
    return _EXIT[record.gate.result.value]


def overrides(
    plugins: Plugins,
    rulesets: tuple[str, ...] = (),
    *,
    as_of: dt.date | None = None,
    sources: tuple[str, ...] = (),
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    fail_on: Grade | Literal["never"] | None = None,
    max_exceptions: int | None = None,
    previous: str | None = None,
) -> Overrides:
    """Gather what the command line says over the plan; the path of a ruleset is one of the current folder."""
    from qmscheck.errors import Problem, QmscheckError, did_you_mean  # noqa: PLC0415
    from qmscheck.plan import Overrides  # noqa: PLC0415

    problems = []
    found = []
    for name in rulesets:
        if name not in plugins.rulesets and not os.path.exists(name):  # noqa: PTH110
            hint = did_you_mean(name, plugins.rulesets) or f"installed: {', '.join(plugins.rulesets) or 'none'}"
            problems.append(Problem("", 0, 0, f"there is no ruleset '{name}': no installed one, no path", hint))
        found.append(name if name in plugins.rulesets else os.path.abspath(name))  # noqa: PTH100  (links stay as they are)
    if problems:
        raise QmscheckError(*problems)
    return Overrides(
        today(),
        as_of=as_of,
        rulesets=tuple(found),
        sources=sources,
        select=select,
        ignore=ignore,
        fail_on=fail_on,
        max_exceptions=max_exceptions,
        previous=previous,
    )


def read_plan(path: str, plugins: Plugins, over: Overrides) -> PlanFile:
    """Read the plan."""
    from qmscheck import plan  # noqa: PLC0415

    return plan.read(Path(path), plugins.readers, over, plugins.rulesets, plugins.engines)


def tell_notes(planfile: PlanFile, told: Callable[[str], None] | None = None) -> None:
    """Tell what is to be noted about a plan, once the work is done: where it fails, the first line says that."""
    from qmscheck.cli.terminal import say  # noqa: PLC0415

    for note in planfile.notes:
        (told or say)(f"note: {note}")


@dataclass(frozen=True, slots=True)
class Manner:
    """How an audit is conducted: what it may use, threads (None: one for each processor), and whether what is
    remembered may be used (`cached`) and the record of the last audit given in its place (not `anew`).
    """

    allowed: Allowed = field(default_factory=Allowed)
    threads: int | None = None
    cached: bool = True
    anew: bool = False
    quiet: bool = False


def perform(
    planfile: PlanFile,
    plugins: Plugins,
    manner: Manner,
    *,
    told: Callable[[str], None] | None = None,
    planned: Callable[[str], None] | None = None,
) -> AuditRecord:
    """Conduct the audit with a progress line; or recall its record, if nothing has changed since it was made. Notes are
    said, or are `told` to who says them later, with that a record was recalled. Who asks how rules are counted
    (`planned`) asks for an audit.
    """
    from qmscheck import apart  # noqa: PLC0415
    from qmscheck.cache import folder  # noqa: PLC0415
    from qmscheck.cli.terminal import Progress, say  # noqa: PLC0415
    from qmscheck.cli.watch import Watch  # noqa: PLC0415
    from qmscheck.record import kept  # noqa: PLC0415

    cache = folder() if manner.cached else None
    notes: list[str] = []
    is_apart = apart.is_apart(planfile.plan, plugins, manner.allowed.isolation)
    limit = None if is_apart else manner.allowed.seconds  # the other process is stopped by itself, and told where
    with Progress(sys.stderr, quiet=manner.quiet) as progress, Watch(lambda: progress.text, limit) as watch:
        progress("looking for changes since the last audit")
        given = kept.inputs(planfile.plan, plugins.readers, _criteria(planfile, plugins), cache)
        record = None if given is None or manner.anew or planned is not None else kept.recall(given)
        if record is None:
            from qmscheck.apart.works import Audit, Hears  # noqa: PLC0415  (not needed to recall)

            hears = Hears(progress, notes.append, planned)
            work = Audit(planfile, manner.threads, cache)
            record = done(work, plugins, manner.allowed, hears, watch, is_apart=is_apart)
            if given is not None:
                kept.keep(given, record)
        elif told is not None and not manner.quiet:
            told("note: nothing has changed since the last audit: this is its record (--anew audits again)")
    for note in notes:
        (told or say)(f"note: {note}")
    tell_notes(planfile, told)
    return record


def _criteria(planfile: PlanFile, plugins: Plugins) -> list[Path]:
    """Give the place of each ruleset of the plan: installed, or at a path. Whether it is there, the audit will say."""
    root = Path(planfile.plan.root)
    return [plugins.rulesets[name].path if name in plugins.rulesets else root / name for name in planfile.plan.rulesets]
