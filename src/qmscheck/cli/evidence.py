"""`qmscheck evidence`: what an audit would read, and what is missing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from qmscheck.cli.amounts import Day
from qmscheck.cli.options import bound_options, cache_option, plugin_options, talk_options

if TYPE_CHECKING:
    from qmscheck.apart import Isolation
    from qmscheck.cli.terminal import Color

__all__ = ["command"]


@click.command("evidence")
@click.argument("path", default=".", metavar="[FOLDER|PLAN]")
@click.option("--ruleset", multiple=True, metavar="NAME|PATH", help="In place of the plan's rulesets; repeatable.")
@click.option("--source", multiple=True, metavar="TABLE=PATH", help="Where a table's records are; repeatable.")
@click.option("--as-of", type=Day(), metavar="DATE", help="The day of the audit. Default: today.")
@click.option(
    "--output-format", type=click.Choice(["human", "json"]), default="human", help="How it is shown. Default: human."
)
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour on stdout. Default: auto."
)
@bound_options
@cache_option
@talk_options
@plugin_options
def command(  # noqa: PLR0913  (one for each option)
    *,
    path: str,
    ruleset: tuple[str, ...],
    source: tuple[str, ...],
    as_of: dt.date | None,
    output_format: str,
    color: Color,
    timeout: float | None,
    isolation: Isolation | None,
    no_cache: bool,
    verbose: int,
    quiet: bool,
    disabled: tuple[str, ...],
) -> int:
    """Show what an audit would read, and what is missing.

    Nothing is judged. For each source: rows, columns and what they are mapped to, cells that cannot be read and where
    they stand, rows that were skipped and why, how old the newest date is, reader and digest. Then the tables that have
    no source, and the obligations that need them.

    \b
    qmscheck evidence
    qmscheck evidence examples/pump-maker --output-format json
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.apart.pieces import Look  # noqa: PLC0415
    from qmscheck.cache import folder  # noqa: PLC0415
    from qmscheck.cli.audit import overrides, read_plan  # noqa: PLC0415
    from qmscheck.cli.bounded import Allowed, performed  # noqa: PLC0415
    from qmscheck.cli.terminal import render_options, write_out  # noqa: PLC0415
    from qmscheck.inventory.shown import as_json, for_people  # noqa: PLC0415

    plugins = plugin_room.load(disabled)
    over = overrides(plugins, ruleset, as_of=as_of, sources=source)
    planfile = read_plan(path, plugins, over)
    look = Look(planfile, None if no_cache else folder())
    inventory = performed(look, plugins, Allowed(timeout, None, isolation), quiet=quiet)
    options = render_options(color, -1 if quiet else verbose)
    write_out(as_json(inventory) if output_format == "json" else for_people(inventory, options))
    return 0
