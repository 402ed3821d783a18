"""`qmscheck explain`: how one verdict came about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qmscheck.cli.bounded import Allowed
from qmscheck.cli.options import anew_option, bound_options, cache_option, plugin_options

if TYPE_CHECKING:
    from qmscheck.apart import Isolation

__all__ = ["command"]


@click.command("explain")
@click.argument("name", metavar="ID")
@click.argument("path", default=".", metavar="[RECORD|FOLDER|PLAN]")
@bound_options
@anew_option
@cache_option
@plugin_options
def command(
    *,
    name: str,
    path: str,
    timeout: float | None,
    isolation: Isolation | None,
    anew: bool,
    no_cache: bool,
    disabled: tuple[str, ...],
) -> int:
    """Show how a verdict came about, with every figure.

    ID is a rule, an obligation or the fingerprint of a finding. A RECORD (.json) is taken as it is; a FOLDER or a
    PLAN is audited first.

    \b
    qmscheck explain CF-8.2.1-c2.owner
    qmscheck explain CF-8.2.1-c2 record.json
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.cli.audit import Manner, overrides, perform, read_plan  # noqa: PLC0415
    from qmscheck.cli.report import read_record  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.report.explain import explain  # noqa: PLC0415

    if Path(path).suffix.lower() == ".json":
        record = read_record(path)
    else:
        plugins = plugin_room.load(disabled)
        planfile = read_plan(path, plugins, overrides(plugins))
        record = perform(planfile, plugins, Manner(Allowed(timeout, None, isolation), cached=not no_cache, anew=anew))
    write_out(explain(record, name))
    return 0
