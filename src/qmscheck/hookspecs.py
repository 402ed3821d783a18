"""The hooks that plugins implement, and the values that they return.

Each hook is called once, at the start of a command, and returns a list of named values. A name given twice is
an error that names both owners. Being listed must be cheap: import your libraries inside the functions that use them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from qmscheck.cache import Cache
    from qmscheck.engine import Engine
    from qmscheck.extracts import Begun, Extract, Holding, Request, Unread
    from qmscheck.model import AuditRecord

__all__ = [
    "EngineKind",
    "Opening",
    "Reader",
    "RenderOptions",
    "ReportFormat",
    "RulesetFiles",
    "hookimpl",
    "qmscheck_audit_finished",
    "qmscheck_engines",
    "qmscheck_readers",
    "qmscheck_report_formats",
    "qmscheck_rulesets",
]

hookspec = pluggy.HookspecMarker("qmscheck")
hookimpl = pluggy.HookimplMarker("qmscheck")

#: The engine of every source that names no other: it comes with the product.
OWN_ENGINE = "duckdb"


# ---------------------------------------------------------------- readers


@dataclass(frozen=True, slots=True)
class Reader:
    """Brings records from one kind of source.

    `suffixes` are lower-case file endings with their dot (`.csv`, `.csv.gz`); a folder reader has `"/"`. `options`
    maps each `[[source]]` key that the reader understands to one line of help. `read` must not raise for bad bytes:
    it yields `Unread`. It may raise `QmscheckError` for a wrong option. A reader whose work is done by other processes
    may be `ahead`: it is asked before its turn, and yields `Begun` as soon as they are at work. It is `settled` if what
    it brings follows from the bytes and the names of the files below the path and from its options, and from nothing
    else (no clock, no network, no time of a file): only then may an audit of the same files be recalled. `reads` are
    those of its options that name further files and folders, relative to the plan. `brings` names the tables that it
    gives beside the one it is asked for. `in_place` names the engines for which it can hand over an `InPlace`. `tables`
    are those of its options that may be a table of settings (name = text, whole number, true or false).

    `holds` lists the tables of a file or a database that may hold several, as cheaply as it can and without raising for
    bad bytes: nothing where the file cannot be opened and `read` says why, or else an `Unread`. None: there is one
    table, read without options.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Request], Iterator[Extract | Unread | Begun]]
    options: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    ahead: bool = False
    settled: bool = False
    reads: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()
    holds: Callable[[Request], Iterator[Holding | Unread]] | None = None
    in_place: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


@hookspec
def qmscheck_readers() -> list[Reader]:  # type: ignore[empty-body]
    """Give the readers of this plugin. Called once, at the start of a command that reads evidence."""


# ---------------------------------------------------------------- rulesets


@dataclass(frozen=True, slots=True)
class RulesetFiles:
    """An installed ruleset: the name that a plan gives, and the folder or file that holds its TOML."""

    name: str
    path: Path
    title: str = ""


@hookspec
def qmscheck_rulesets() -> list[RulesetFiles]:  # type: ignore[empty-body]
    """Give the rulesets of this plugin. Called once, at the start of a command that needs audit criteria."""


# ---------------------------------------------------------------- engines


def _nobody_stops(_interrupt: Callable[[], None]) -> None:
    """Let the work go on to its end."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What an engine may use, and where its records are.

    `scratch` is a private folder that is deleted after the audit; `threads` and `memory` (bytes) are what the user
    allows (None: the engine's own choice); `cache` remembers the texts of statements. `address` and `settings` are
    those of an `InPlace`; the address is empty for records that are brought into the engine, and is never shown.
    `on_stop` takes what interrupts the engine's statements: it is called, in another thread, when the audit is to stop.
    """

    scratch: Path
    threads: int | None = None
    memory: int | None = None
    cache: Cache | None = None
    address: str = field(default="", repr=False)
    settings: Mapping[str, str | int | bool] = field(default_factory=dict)
    on_stop: Callable[[Callable[[], None]], None] = _nobody_stops


@dataclass(frozen=True, slots=True)
class EngineKind:
    """A kind of engine: a database that judges the records it holds, named by `[[source]] engine = "..."`.

    `dialect` is what its statements are written in (see `qmscheck.sql.dialects`). `open` is called when the first of
    its records come; it imports its libraries then, and raises `EngineError` where no connection can be had. `takes`
    tells that records which a reader hands over may be brought into it; otherwise it judges an `InPlace` only. `veils`
    tells, as `Engine.veils` does, that it puts pseudonyms in the place of personal texts.
    """

    name: str
    dialect: str
    open: Callable[[Opening], Engine]
    title: str = ""
    takes: bool = False
    veils: bool = False


@hookspec
def qmscheck_engines() -> list[EngineKind]:  # type: ignore[empty-body]
    """Give the engines of this plugin. Called once, at the start of a command that reads evidence."""


# ---------------------------------------------------------------- report formats


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A view of the audit record. `render` gives the whole report as text.

    `options` of `render`: `width` in characters and `color` for a terminal; a file format ignores both.
    """

    name: str
    title: str
    suffix: str
    render: Callable[[AuditRecord, RenderOptions], str]


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What a report may know of the place it is printed to. `verbose` is -1 (quiet) to 2."""

    width: int = 100
    color: bool = False
    verbose: int = 0


@hookspec
def qmscheck_report_formats() -> list[ReportFormat]:  # type: ignore[empty-body]
    """Give the report formats of this plugin. Called once, at the start of a command that reports."""


@hookspec
def qmscheck_audit_finished(record: AuditRecord) -> None:
    """Act on a finished audit: send it, file it. Called after the record is written; it can change nothing."""
