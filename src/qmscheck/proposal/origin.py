"""Where tables come from: a file of the folder, or a source that the command line names (an address, a query)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qmscheck.errors import Problem, QmscheckError
from qmscheck.hookspecs import Reader
from qmscheck.model import Option, Source
from qmscheck.plan.alone import source_alone

__all__ = ["Origin", "label_of", "named"]

#: The keys of a source that choose one table of several.
_CHOOSING = ("query", "from", "sheet", "range", "records", "member")
#: The settings of a source that name the server on which its address is.
_SERVERS = ("base_url", "endpoint_url", "host")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a reader is asked for. `label` is what a plan calls it: a path relative to the folder, or an address, and
    the server where the address does not say it.

    `options` are the reader's; `chosen` are those of them that choose one table of several. `keys` are those of a
    source that was named, as the plan is to hold them, without what is chosen; None for a file of the folder.
    """

    label: str
    reader: Reader
    path: Path | None
    options: Mapping[str, Option] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, object] | None = None


def named(given: Sequence[str], root: Path, readers: Mapping[str, Reader]) -> tuple[Origin, ...]:
    """Read what the command line names, before anything is looked at. Raises QmscheckError with its mistakes."""
    return tuple(_origin(one, root, readers) for one in dict.fromkeys(given))


def label_of(source: Source) -> str:
    """Write what a plan calls a source: its path, or its address, and the server that only its settings name."""
    label = str(source.path or source.options.get("url", ""))
    settings = source.options.get("settings")
    servers = [str(settings[key]) for key in _SERVERS if key in settings] if isinstance(settings, Mapping) else []
    return f"{label} at {' '.join(servers)}" if servers else label


def _origin(given: str, root: Path, readers: Mapping[str, Reader]) -> Origin:
    source, keys = source_alone(given, root, readers)
    label = label_of(source)
    if not label.isprintable():
        raise QmscheckError(Problem("the command line", 0, 0, "an address of --source cannot be written in a plan"))
    path = None if source.path is None else root / source.path
    if path is not None and not path.is_file():
        hint = "one file; files of the folder itself need no --source"
        raise QmscheckError(Problem("the command line", 0, 0, f"--source: there is no file '{label}'", hint))
    chosen = {key: str(source.options[key]) for key in _CHOOSING if key in source.options}
    kept = {key: value for key, value in keys.items() if key not in chosen}
    return Origin(label, readers[str(source.reader)], path, dict(source.options), chosen, kept)
