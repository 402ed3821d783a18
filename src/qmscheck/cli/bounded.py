"""Work within what the user allows: here, or in a process of its own where its criteria come from elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from qmscheck.apart import Isolation
    from qmscheck.apart.works import Hears, Work
    from qmscheck.cli.watch import Watch
    from qmscheck.plugins import Plugins

__all__ = ["Allowed", "done", "performed"]

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the user allows: seconds (None: no limit here, an hour apart), bytes of memory, and where it is done."""

    seconds: float | None = None
    memory: int | None = None
    isolation: Isolation | None = None


def performed(work: Work[Found], plugins: Plugins, allowed: Allowed, *, quiet: bool = False) -> Found:
    """Do some work with a progress line, and tell its notes when it is done. Raises QmscheckError as it does."""
    from qmscheck import apart  # noqa: PLC0415
    from qmscheck.apart.works import Hears  # noqa: PLC0415
    from qmscheck.cli.terminal import Progress, say  # noqa: PLC0415
    from qmscheck.cli.watch import Watch  # noqa: PLC0415

    notes: list[str] = []
    is_apart = apart.is_apart(work, plugins, allowed.isolation)
    limit = None if is_apart else allowed.seconds  # the other process is stopped by itself, and it is told where
    with Progress(sys.stderr, quiet=quiet) as progress, Watch(lambda: progress.text, limit) as watch:
        found = done(work, plugins, allowed, Hears(progress, notes.append), watch, is_apart=is_apart)
    for note in notes:
        say(f"note: {note}")
    return found


def done(work: Work[Found], plugins: Plugins, allowed: Allowed, hears: Hears, watch: Watch, *, is_apart: bool) -> Found:
    """Do some work, here or apart, under a watch that is there already."""
    if is_apart:
        from qmscheck import apart  # noqa: PLC0415

        return apart.perform(work, plugins, apart.Bounds(allowed.seconds, allowed.memory), hears)
    from qmscheck.engine import Means  # noqa: PLC0415

    return work.here(plugins, hears, Means(allowed.memory, watch.scratch, watch.on_stop))
