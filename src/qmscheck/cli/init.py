"""`qmscheck init`: look at a folder, and propose a plan that a person can finish."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from qmscheck.cli.options import cache_option, plugin_options

__all__ = ["command"]


@click.command("init")
@click.argument("path", default=".", metavar="[FOLDER]")
@click.option(
    "--ruleset", multiple=True, metavar="NAME|PATH", help="What to audit against; default: the one installed."
)
@click.option(
    "--source",
    multiple=True,
    metavar="ADDRESS|KEYS",
    help="Look there, too: s3://..., env:ERP_URL, or keys as a [[source]] has them; repeatable.",
)
@cache_option
@plugin_options
def command(
    *, path: str, ruleset: tuple[str, ...], source: tuple[str, ...], no_cache: bool, disabled: tuple[str, ...]
) -> int:
    """Look at a folder of records, and propose a plan for it: qmscheck.toml.

    Which file is which table, which column is which, how dates are written, which words mean what: each with its
    reason; what is unsure is commented out with a question. A plan that is there already keeps every character, and
    gets proposals only for files that it does not know.

    \b
    qmscheck init
    qmscheck init exports --ruleset iso9001
    qmscheck init exports --source sftp://files.firm.example/out/orders.csv --source env:ERP_URL
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.cache import digest, folder, load  # noqa: PLC0415
    from qmscheck.cli.terminal import Progress, render_options, write_out  # noqa: PLC0415
    from qmscheck.proposal.planning import planned  # noqa: PLC0415
    from qmscheck.proposal.telling import told_of  # noqa: PLC0415
    from qmscheck.sql.render import edition  # noqa: PLC0415

    plugins = plugin_room.load(disabled)
    place = None if no_cache else folder()
    known = None if place is None else load(place, digest("init", ruleset), edition())
    today = dt.datetime.now().astimezone().date()
    with Progress(sys.stderr) as progress:
        made = planned(Path(path), ruleset, plugins, today, sources=source, known=known, told=progress)
    if known is not None:
        known.save()
    write_out(told_of(made, render_options("auto", 0)))
    return 0
