"""`qmscheck report`: a stored audit record in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qmscheck.cli.options import plugin_options, report_options, talk_options

if TYPE_CHECKING:
    from qmscheck.cli.terminal import Color
    from qmscheck.model import AuditRecord

__all__ = ["command", "read_record"]


@click.command("report")
@click.argument("record", metavar="RECORD")
@report_options
@talk_options
@plugin_options
def command(
    *,
    record: str,
    output_format: str,
    output: tuple[str, ...],
    output_file: str | None,
    color: Color,
    verbose: int,
    quiet: bool,
    disabled: tuple[str, ...],
) -> int:
    """Write a stored audit record in another format.

    RECORD is the file of qmscheck audit -o json:RECORD. Nothing is judged again.

    \b
    qmscheck report record.json -o html:report.html
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.cli import outputs  # noqa: PLC0415
    from qmscheck.cli.places import refuse_seen  # noqa: PLC0415

    plugins = plugin_room.load(disabled)
    verbose = -1 if quiet else verbose
    asked = outputs.targets(
        plugins, output_format=output_format, output_file=output_file, output=output, color=color, verbose=verbose
    )
    found = read_record(record)
    refuse_seen(outputs.places(asked), found, record)
    outputs.deliver(found, asked, plugins)
    return 0


def read_record(path: str) -> AuditRecord:
    """Read a stored audit record. Raises QmscheckError with the place of what is wrong with it."""
    from qmscheck import record  # noqa: PLC0415

    return record.load(Path(path), path)[0]
