"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from qmscheck.cli.amounts import Duration

__all__ = ["anew_option", "bound_options", "cache_option", "plugin_options", "report_options", "talk_options"]

Command = TypeVar("Command", bound=Callable[..., object])


def anew_option(command: Command) -> Command:
    """Add the option that conducts an audit whose record could be recalled."""
    told = "Audit anew, even where nothing has changed since the last audit."
    return click.option("--anew", is_flag=True, envvar="QMSCHECK_ANEW", help=told)(command)


def bound_options(command: Command) -> Command:
    """Add the options that bound work with criteria from elsewhere: `timeout` (seconds) and `isolation`."""
    for option in (
        click.option(
            "--isolation",
            type=click.Choice(["auto", "always", "never"]),
            envvar="QMSCHECK_ISOLATION",
            help="Work in a process of its own. Default: where a ruleset is neither shipped nor trusted by the plan.",
        ),
        click.option(
            "--timeout",
            type=Duration(),
            metavar="TIME",
            envvar="QMSCHECK_TIMEOUT",
            help="Stop after this time: seconds, or as in 5m. Default: never; 1h in a process of its own.",
        ),
    ):
        command = option(command)
    return command


def cache_option(command: Command) -> Command:
    """Add the option that leaves the cache alone."""
    told = "Work out the ruleset anew, audit anew, and remember nothing."
    return click.option("--no-cache", is_flag=True, envvar="QMSCHECK_NO_CACHE", help=told)(command)


def plugin_options(command: Command) -> Command:
    """Add the option that switches plugins off."""
    return click.option(
        "-p",
        "disabled",
        multiple=True,
        metavar="no:NAME",
        callback=_switched_off,
        help="Switch off a plugin; repeatable.",
    )(command)


def report_options(command: Command) -> Command:
    """Add the options that say which reports are written and where."""
    color = click.Choice(["auto", "always", "never"])
    for option in (
        click.option("--color", type=color, default="auto", help="Colour on stdout. Default: auto."),
        click.option("--output-file", metavar="PATH", help="Write the --output-format there and not on stdout."),
        click.option("-o", "--output", multiple=True, metavar="FORMAT:PATH", help="Write one more report; repeatable."),
        click.option(
            "--output-format", default="human", metavar="FORMAT", help="The report on stdout. Default: human."
        ),
    ):
        command = option(command)
    return command


def talk_options(command: Command) -> Command:
    """Add the options that say how much is told; the command gets `verbose`, -1 to 2."""
    command = click.option("-q", "--quiet", is_flag=True, help="Tell only what is needed.")(command)
    return click.option("-v", "--verbose", count=True, help="Tell more; repeatable.")(command)


def _switched_off(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for given in value:
        if not given.startswith("no:") or given == "no:":
            raise click.BadParameter(f"'{given}' is not no:NAME", ctx, param)
    return tuple(given.removeprefix("no:") for given in value)
