"""`qmscheck interview`: the questions that only a person can answer: a form out and back in, or at the terminal."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qmscheck.cli.amounts import Day
from qmscheck.cli.options import bound_options, plugin_options

if TYPE_CHECKING:
    from qmscheck.apart import Isolation
    from qmscheck.cli.audit import Manner
    from qmscheck.model import AuditRecord, SignedAnswer
    from qmscheck.persons.interview import Form
    from qmscheck.persons.taking_over import Terms
    from qmscheck.plan import PlanFile
    from qmscheck.plugins import Plugins

__all__ = ["command"]

_DAY = Day()
#: The draft of an interview at the terminal, beside the plan.
_DRAFT = "interview.draft.toml"


@dataclass(frozen=True)
class _Asked:
    """An audit with its open questions: where its plan is, and what is kept already."""

    planfile: PlanFile
    plugins: Plugins
    record: AuditRecord

    @property
    def root(self) -> Path:
        """The folder of the plan."""
        return Path(self.planfile.plan.root)

    @property
    def file(self) -> Path:
        """The file of attestations."""
        from qmscheck.plan import ATTESTATIONS  # noqa: PLC0415

        return self.root / (self.planfile.plan.attestations or ATTESTATIONS)


@click.command("interview")
@click.argument("path", default=".", metavar="[FOLDER|PLAN]")
@click.option("-o", "--output", multiple=True, metavar="FILE", help="A form to write: .xlsx or .toml; repeatable.")
@click.option("--only", multiple=True, metavar="ID", help="Only this obligation or clause; repeatable.")
@click.option("--all", "everything", is_flag=True, help="Ask what is answered already, too.")
@click.option("--record", metavar="RECORD", help="The audit record with the questions. Default: audit FOLDER now.")
@click.option("--read", "filled", metavar="FORM", help="Take over a filled form; nothing, unless all of it is right.")
@click.option("--partial", is_flag=True, help="Take over the right rows of --read, and name the others.")
@click.option("--reconfirm", multiple=True, metavar="ID", help="The changed evidence of ID was seen again; repeatable.")
@click.option("--date-format", multiple=True, metavar="FORMAT", help='How dates are written, as "%d.%m.%Y".')
@click.option("--ask", is_flag=True, help="Ask at the terminal, one question at a time.")
@click.option("--as-of", type=_DAY, metavar="DATE", help="The day of the audit. Default: the plan's, or today.")
@bound_options
@click.option("-q", "--quiet", is_flag=True, help="Tell only what is needed.")
@plugin_options
def command(  # noqa: PLR0913  (one for each option)
    *,
    path: str,
    output: tuple[str, ...],
    only: tuple[str, ...],
    everything: bool,
    record: str | None,
    filled: str | None,
    partial: bool,
    reconfirm: tuple[str, ...],
    date_format: tuple[str, ...],
    ask: bool,
    as_of: dt.date | None,
    timeout: float | None,
    isolation: Isolation | None,
    quiet: bool,
    disabled: tuple[str, ...],
) -> int:
    """Ask a person what only a person can answer.

    Writes the questions that an audit left open as a form: a workbook that anybody can fill in (default:
    interview.xlsx), or TOML. With --read a filled form is taken over into attestations.toml, beside the plan, which
    audits read. With --ask the questions are asked here, and what was answered is kept if it is broken off.

    \b
    qmscheck interview examples/acme -o questions.xlsx --only 8.2.1
    qmscheck interview examples/acme --read questions.xlsx
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.cli.audit import Manner  # noqa: PLC0415
    from qmscheck.cli.bounded import Allowed  # noqa: PLC0415
    from qmscheck.persons import interview  # noqa: PLC0415

    _check_options(filled=filled, ask=ask, output=output, record=record, partial=partial, reconfirm=reconfirm)
    plugins = plugin_room.load(disabled)
    manner = Manner(Allowed(timeout, None, isolation), quiet=quiet)
    if filled is None and not ask:
        audited, targets = _out(path, plugins, output, record, as_of, manner)
        _write(interview.form(audited, only=only, everything=everything), targets)
        return 0
    asked = _audited(path, plugins, as_of, manner)
    terms = _terms(asked, date_format, reconfirm)
    if filled is not None:
        return _read(asked, terms, filled, partial=partial)
    return _ask(asked, terms, interview.form(asked.record, only=only, everything=everything))


def _check_options(
    *,
    filled: str | None,
    ask: bool,
    output: tuple[str, ...],
    record: str | None,
    partial: bool,
    reconfirm: tuple[str, ...],
) -> None:
    """Refuse options that say nothing together. Raises QmscheckError."""
    from qmscheck.errors import Problem, QmscheckError  # noqa: PLC0415

    mistakes = []
    if filled is not None and ask:
        mistakes.append("--read and --ask: one at a time")
    if (filled is not None or ask) and (output or record):
        mistakes.append("--output and --record are for writing a form, not for --read or --ask")
    if filled is None and (partial or reconfirm):
        mistakes.append("--partial and --reconfirm are for --read")
    if ask and not sys.stdin.isatty():
        mistakes.append("--ask needs a terminal, and the standard input is none")
    if mistakes:
        raise QmscheckError(*(Problem("", 0, 0, mistake) for mistake in mistakes))


def _audited(path: str, plugins: Plugins, as_of: dt.date | None, manner: Manner) -> _Asked:
    from qmscheck.cli.audit import overrides, perform, read_plan  # noqa: PLC0415
    from qmscheck.cli.places import refuse_evidence  # noqa: PLC0415
    from qmscheck.plan import ATTESTATIONS  # noqa: PLC0415

    planfile = read_plan(path, plugins, overrides(plugins, as_of=as_of))
    root = Path(planfile.plan.root)
    refuse_evidence([root / _DRAFT], planfile.plan, plugins.readers)
    refuse_evidence(
        [root / (planfile.plan.attestations or ATTESTATIONS)], planfile.plan, plugins.readers, but=("attestations",)
    )
    return _Asked(planfile, plugins, perform(planfile, plugins, manner))


# ---------------------------------------------------------------- a form out


def _out(
    path: str,
    plugins: Plugins,
    output: tuple[str, ...],
    record: str | None,
    as_of: dt.date | None,
    manner: Manner,
) -> tuple[AuditRecord, tuple[Path, ...]]:
    """Give the audit whose questions are written, and where to. Raises QmscheckError for places that cannot be."""
    from qmscheck.cli.audit import overrides, perform, read_plan  # noqa: PLC0415
    from qmscheck.cli.papers import check  # noqa: PLC0415
    from qmscheck.cli.places import refuse_evidence, refuse_seen  # noqa: PLC0415
    from qmscheck.cli.report import read_record  # noqa: PLC0415

    targets = check(output or ("interview.xlsx",), (".xlsx", ".toml"))
    if record:
        found = read_record(record)
        refuse_seen(targets, found, record)
        if not (Path(path) / "qmscheck.toml").exists() and not Path(path).is_file():
            return found, targets
    planfile = read_plan(path, plugins, overrides(plugins, as_of=as_of))
    refuse_evidence(targets, planfile.plan, plugins.readers)
    if record:
        return found, targets
    return perform(planfile, plugins, manner), targets


def _write(form: Form, targets: Sequence[Path]) -> None:
    """Write the forms, and say how many questions are in them; where nothing is open none is written."""
    from qmscheck.cli.papers import save  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.persons import form_sheets, form_toml  # noqa: PLC0415

    if not form.questions:
        write_out("no question is open: no form was written (--all asks again what is answered)\n")
        return

    def content(suffix: str) -> bytes:
        return (
            form_sheets.write(form) if suffix == ".xlsx" else form_toml.write(form).encode("utf-8", "backslashreplace")
        )

    save(targets, content)
    for target in targets:
        write_out(f"{target.as_posix()}: {_numbered(len(form.questions), 'question')}\n")


def _put(target: Path, content: bytes) -> None:
    from qmscheck.cli.outputs import write_whole  # noqa: PLC0415
    from qmscheck.errors import Problem, QmscheckError  # noqa: PLC0415

    try:
        write_whole(target, content)
    except OSError as error:
        raise QmscheckError(Problem(target.as_posix(), 0, 0, f"cannot be written: {error.strerror}")) from None


# ---------------------------------------------------------------- a form back in


def _terms(asked: _Asked, formats: tuple[str, ...], confirmed: tuple[str, ...]) -> Terms:
    """Say what answers are held against. Raises QmscheckError for a format or an obligation that is none."""
    from qmscheck.audit.asked import seen_from_here  # noqa: PLC0415
    from qmscheck.errors import Problem, QmscheckError, did_you_mean  # noqa: PLC0415
    from qmscheck.evidence import digest_inside  # noqa: PLC0415
    from qmscheck.model import GateSettings  # noqa: PLC0415
    from qmscheck.persons import attestations  # noqa: PLC0415
    from qmscheck.persons.taking_over import Terms  # noqa: PLC0415
    from qmscheck.sql.days import format_mistake  # noqa: PLC0415

    known = [result.id for result in asked.record.obligations]
    problems = [
        Problem("", 0, 0, f"--reconfirm: there is no obligation '{name}'", did_you_mean(name, known))
        for name in confirmed
        if name not in known
    ]
    mistakes = [format_mistake(form) for form in formats]
    problems += [Problem("", 0, 0, f"--date-format: {mistake}") for mistake in mistakes if mistake]
    if problems:
        raise QmscheckError(*problems)
    read = {e.locator: e.sha256 for e in asked.record.evidence}
    read |= {one.path: one.sha256 for e in asked.record.evidence for one in e.files}
    kept = attestations.read(asked.file, seen_from_here(asked.file)).answers

    def digest(path: str) -> str | None:
        if path not in read:
            read[path] = digest_inside(asked.root, path)
        return read[path]

    return Terms(
        asked.record,
        digest,
        formats,
        (asked.planfile.plan.gate or GateSettings()).attestations,
        frozenset(confirmed),
        kept,
    )


def _read(asked: _Asked, terms: Terms, form: str, *, partial: bool) -> int:
    """Take over a filled form. Exit 2 where anything in it is wrong, whether or not the rest was taken over."""
    from qmscheck.cli.failure import DeliveryError  # noqa: PLC0415
    from qmscheck.cli.terminal import say  # noqa: PLC0415
    from qmscheck.errors import QmscheckError  # noqa: PLC0415
    from qmscheck.persons import filled, taking_over  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="qmscheck-") as scratch:
        found = filled.read(Path(form), form, asked.plugins.readers, Path(scratch))
    taken = taking_over.take_over(found, terms)
    if taken.problems and not partial:
        raise QmscheckError(*taken.problems)
    for note in taken.notes:
        say(f"note: {note}")
    _keep(asked, taken.answers)
    if taken.left_open:
        say(f"{_numbered(taken.left_open, 'question')} of the form left open")
    if taken.problems:
        raise DeliveryError(*taken.problems)
    return 0


def _keep(asked: _Asked, answers: Sequence[SignedAnswer]) -> None:
    """Add answers to the file of attestations, and say which are new."""
    from qmscheck.audit.asked import seen_from_here  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.persons import attestations  # noqa: PLC0415

    name = seen_from_here(asked.file)
    new = attestations.add(asked.file, name, answers)
    for answer in new:
        write_out(f"{name}: {answer.obligation} {answer.answer}, until {answer.valid_until}\n")
    if len(new) < len(answers):
        write_out(f"{name}: {_numbered(len(answers) - len(new), 'answer')} there already\n")
    if not answers:
        write_out(f"{name}: nothing was added\n")


def _numbered(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number} {word}s"


# ---------------------------------------------------------------- at the terminal


def _ask(asked: _Asked, terms: Terms, form: Form) -> int:
    """Ask every question, keep the draft after each, and take over what was answered when all were asked."""
    from qmscheck.cli import asking  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.persons import filled, form_toml, taking_over  # noqa: PLC0415

    if not form.questions:
        write_out("no question is open\n")
        return 0
    draft = asked.root / _DRAFT
    fills, since = asking.resumed(draft, form)
    form = replace(form, as_of=since)

    def keep() -> None:
        _put(draft, form_toml.write(form, fills).encode("utf-8", "backslashreplace"))

    if not asking.ask(form, fills, terms, keep):
        write_out(f"broken off; {_numbered(len(fills), 'answer')} kept in {_DRAFT}: qmscheck interview --ask goes on\n")
        return 0
    keep()
    with tempfile.TemporaryDirectory(prefix="qmscheck-") as scratch:
        taken = taking_over.take_over(filled.read(draft, _DRAFT, {}, Path(scratch)), terms)
    if taken.problems:
        from qmscheck.errors import QmscheckError  # noqa: PLC0415

        raise QmscheckError(*taken.problems)
    _keep(asked, taken.answers)
    draft.unlink()
    return 0
