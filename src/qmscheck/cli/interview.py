"""`qmscheck interview`: the questions that only a person can answer: a form out, and back in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qmscheck.cli.options import plugin_options

if TYPE_CHECKING:
    from qmscheck.persons.interview import Form

__all__ = ["command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("interview")
@click.argument("path", default=".", metavar="[FOLDER|PLAN]")
@click.option("-o", "--output", multiple=True, metavar="FILE", help="A form to write: .xlsx or .toml; repeatable.")
@click.option("--only", multiple=True, metavar="ID", help="Only this obligation or clause; repeatable.")
@click.option("--all", "everything", is_flag=True, help="Ask what is answered already, too.")
@click.option("--record", metavar="RECORD", help="The audit record with the questions. Default: audit FOLDER now.")
@click.option("--as-of", type=_DAY, metavar="DATE", help="The day of the audit. Default: the plan's, or today.")
@click.option("-q", "--quiet", is_flag=True, help="Tell only what is needed.")
@plugin_options
def command(
    *,
    path: str,
    output: tuple[str, ...],
    only: tuple[str, ...],
    everything: bool,
    record: str | None,
    as_of: dt.datetime | None,
    quiet: bool,
    disabled: tuple[str, ...],
) -> int:
    r"""Ask a person what only a person can answer.

    Writes the questions that an audit left open as a form: a workbook that anybody can fill in (default:
    interview.xlsx), or TOML.

    \b
    qmscheck interview
    qmscheck interview examples/acme -o questions.xlsx -o questions.toml --only 8.2.1
    """
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.cli.audit import overrides, perform, read_plan  # noqa: PLC0415
    from qmscheck.cli.report import read_record  # noqa: PLC0415
    from qmscheck.persons import interview  # noqa: PLC0415

    targets = _targets(output or ("interview.xlsx",))
    plugins = plugin_room.load(disabled)
    if record is not None:
        audited = read_record(record)
    else:
        planfile = read_plan(path, plugins, overrides(plugins, as_of=as_of.date() if as_of else None))
        audited = perform(planfile, plugins, threads=None, quiet=quiet, cached=True)
    form = interview.form(audited, only=only, everything=everything)
    _write(form, targets)
    return 0


def _targets(output: tuple[str, ...]) -> list[Path]:
    """Say where the forms go. Raises QmscheckError with every name that cannot be."""
    from qmscheck.errors import Problem, QmscheckError  # noqa: PLC0415

    problems = []
    found: list[Path] = []
    for name in output:
        target = Path(name)
        if target.suffix.lower() not in {".xlsx", ".toml"}:
            problems.append(Problem(name, 0, 0, "is no name for a form", "a form is a file .xlsx or .toml"))
        elif target in found:
            problems.append(Problem(name, 0, 0, "is asked for twice"))
        elif target.exists():
            problems.append(Problem(name, 0, 0, "is there already: it may hold answers", "name another file"))
        elif not target.parent.is_dir():
            problems.append(Problem(name, 0, 0, "cannot be written: its folder does not exist"))
        found.append(target)
    if problems:
        raise QmscheckError(*problems)
    return found


def _write(form: Form, targets: list[Path]) -> None:
    """Write the forms, and say how many questions are in them; where nothing is open none is written."""
    from qmscheck.cli.outputs import write_whole  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.errors import Problem, QmscheckError  # noqa: PLC0415
    from qmscheck.persons import form_sheets, form_toml  # noqa: PLC0415

    if not form.questions:
        write_out("no question is open: no form was written (--all asks again what is answered)\n")
        return
    for target in targets:
        workbook = target.suffix.lower() == ".xlsx"
        content = form_sheets.write(form) if workbook else form_toml.write(form).encode("utf-8", "backslashreplace")
        try:
            write_whole(target, content)
        except OSError as error:
            raise QmscheckError(Problem(target.as_posix(), 0, 0, f"cannot be written: {error.strerror}")) from None
        number = len(form.questions)
        write_out(f"{target.as_posix()}: {'1 question' if number == 1 else f'{number} questions'}\n")
