"""`qmscheck plugins`: what is installed, and what it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qmscheck.cli.options import plugin_options

if TYPE_CHECKING:
    from qmscheck.plugins import Origin, Plugins

__all__ = ["command"]

_KINDS = (("reader", "readers"), ("engine", "engines"), ("ruleset", "rulesets"), ("format", "formats"))


@click.command("plugins")
@plugin_options
def command(*, disabled: tuple[str, ...]) -> int:
    """List the plugins: version, origin, and what each brings."""
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415

    plugins = plugin_room.load(disabled)
    rows = [(one.name, one.version, one.distribution, _brings(plugins, one)) for one in plugins.loaded]
    widths = [max(len(row[at]) for row in rows) for at in range(3)] if rows else []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        write_out("  ".join([*cells, row[3]]).rstrip() + "\n")
    return 0


def _brings(plugins: Plugins, origin: Origin) -> str:
    named = [
        (title, [name for (kind, name), owner in plugins.origins.items() if kind == wanted and owner == origin])
        for wanted, title in _KINDS
    ]
    if any(owner == origin for owner, _ in plugins.listeners):
        named.append(("hears of finished audits", [""]))
    return "; ".join(f"{title}: {', '.join(names)}".removesuffix(": ") for title, names in named if names) or "nothing"
