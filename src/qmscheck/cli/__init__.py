"""The command line: parses, calls, prints, exits; decides nothing. Library of this room: click.

A command's module is imported when the command is used, so that help and version cost no more than click.
For the same reason the modules of commands import rooms inside their functions (PLC0415).
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

__all__ = ["COMMANDS", "VERSION", "main", "run"]

#: Kept here because to ask the installed distribution costs more than all the rest of `--version`.
VERSION = "0.1.0"

#: Each command is the `command` of the module of its name.
COMMANDS = {
    "init": "Look at a folder of records, and propose a plan for it: qmscheck.toml.",
    "evidence": "Show what an audit would read, and what is missing.",
    "audit": "Audit an organisation's records against rulesets.",
    "report": "Write a stored audit record in another format.",
    "explain": "Show how a verdict came about, with every figure.",
    "interview": "Ask a person what only a person can answer.",
    "sample": "Draw what a person must read, and say what may be concluded.",
    "decisions": "List, check and add what persons decided about findings.",
    "ruleset": "Check, test and describe rulesets.",
    "plugins": "List the plugins: version, origin, and what each brings.",
}


class _Lazy(click.Group):
    """A group whose commands are names and short texts until one is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, stub, rest = super().resolve_command(ctx, args)
        if name is None:  # completion of a word that is no command
            return name, stub, rest
        return name, import_module(f"qmscheck.cli.{name}").command, rest


@click.group(
    cls=_Lazy,
    commands={name: click.Command(name, short_help=text) for name, text in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit: 0 READY, 1 NOT READY, 2 no audit was performed, 3 CANNOT TELL.",
)
@click.version_option(VERSION, prog_name="qmscheck", message="%(prog)s %(version)s")
@click.option("--traceback", is_flag=True, expose_value=False, help="On a defect of qmscheck, print where it arose.")
def _group() -> None:
    """Audit an organisation's own records: what is met, what is not, on which evidence, how grave, and what to do."""


def main(args: Sequence[str] | None = None) -> int:
    """Run a command and give the exit code of the process."""
    given = list(sys.argv[1:] if args is None else args)
    # Nearly all that a command makes lasts to its end: to look for less is 12 % of CPU. What imports leave (50,000
    # objects) and what a small audit makes is not looked through at all.
    gc.set_threshold(200_000, 20, 20)
    try:
        code = _group.main(args, prog_name="qmscheck", standalone_mode=False, auto_envvar_prefix="QMSCHECK")
    except BaseException as error:  # the last place that can tell of it
        if isinstance(error, SystemExit | GeneratorExit):
            raise
        from qmscheck.cli import failure  # noqa: PLC0415  (only when something went wrong)

        return failure.tell(error, given)
    return code if isinstance(code, int) else 0


def _stand_in() -> None:
    """Put something where a standard stream was closed by whoever started us: the next file to be opened would be it.

    Nothing is read from it. Errors may be written, and nobody hears them; a result may not, so that it is told as lost.
    """
    for name, access, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, access)
            setattr(sys, name, open(nowhere, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _ended(number: int, _frame: object) -> NoReturn:
    """End as an interruption does, so that nothing is left half-written."""
    from qmscheck.cli.watch import stopped_by  # noqa: PLC0415  (only when it happens)

    raise stopped_by(number)


def run() -> NoReturn:
    """Be the program: run a command and end the process, without taking down piece by piece what is taken whole.

    That would be a tenth of a small audit. Everything that must be closed is closed by whoever opened it. What else is
    installed as a plugin of pydantic is not looked for: it takes time, and has no business in the nouns of an audit.
    """
    _stand_in()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # ignored by who started us: as before
            signal.signal(number, _ended)
    code = main()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):  # whoever reads it has gone, or the disk is full: what was asked for is not there
            code = code or 2
    os._exit(code)
