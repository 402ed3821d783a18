"""Where reports go: named before the audit, rendered all, and then written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qmscheck.cli.failure import DeliveryError
from qmscheck.cli.terminal import Color, render_options, write_out
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.hookspecs import RenderOptions, ReportFormat
from qmscheck.model import AuditRecord
from qmscheck.plugins import Plugins

__all__ = ["Target", "deliver", "places", "targets", "write_whole"]


@dataclass(frozen=True, slots=True)
class Target:
    """One report that was asked for; without a path it goes to stdout."""

    format: ReportFormat
    path: Path | None
    options: RenderOptions


def targets(
    plugins: Plugins, *, output_format: str, output_file: str | None, output: Sequence[str], color: Color, verbose: int
) -> tuple[Target, ...]:
    """Say which reports go where. Raises QmscheckError with every name and path that cannot be."""
    problems: list[Problem] = []
    found: list[Target] = []
    plain = RenderOptions(verbose=verbose)
    asked: list[tuple[str, str, str | None]] = [("--output-format", output_format, output_file)]
    for given in output:
        name, _, place = given.partition(":")
        if not name or not place:
            hint = "as in -o html:report.html"
            problems.append(Problem("", 0, 0, f"-o '{given}' is not FORMAT:PATH", hint))
        else:
            asked.append(("-o", name, place))
    for option, name, path in asked:
        form = plugins.formats.get(name)
        if form is None:
            hint = did_you_mean(name, plugins.formats) or f"formats: {', '.join(plugins.formats) or 'none'}"
            problems.append(Problem("", 0, 0, f"{option}: there is no report format '{name}'", hint))
        elif path is None:
            found.append(Target(form, None, render_options(color, verbose)))
        else:
            problems += _unwritable(path, [target.path for target in found])
            found.append(Target(form, Path(path), plain))
    if problems:
        raise QmscheckError(*problems)
    return tuple(found)


def places(asked: Sequence[Target]) -> list[Path]:
    """Give the files that are asked for."""
    return [target.path for target in asked if target.path is not None]


def deliver(record: AuditRecord, asked: Sequence[Target], plugins: Plugins) -> None:
    """Render every report, then write them. Raises DeliveryError that names what could not be written."""
    rendered = [(target, _render(record, target, plugins)) for target in asked]
    problems = []
    for target, text in rendered:
        if target.path is not None:
            try:
                write_whole(target.path, text.encode("utf-8", "backslashreplace"))
            except OSError as error:
                message = f"cannot be written: {error.strerror or error}"
                problems.append(Problem(target.path.as_posix(), 0, 0, message))
    for target, text in rendered:
        if target.path is None:
            write_out(text)
    if problems:
        raise DeliveryError(*problems)


def _unwritable(path: str, taken: Sequence[Path | None]) -> list[Problem]:
    """Find before the audit what would fail after it."""
    if path == "-":
        hint = "leave out --output-file: what --output-format names goes there"
        return [Problem(path, 0, 0, "is no file, and standard output is not named so", hint)]
    target = Path(path)
    if target in taken:
        return [Problem(path, 0, 0, "is asked for twice")]
    if os.path.isdir(target):  # noqa: PTH112  (false, too, for what can be no name)
        return [Problem(path, 0, 0, "is a folder, not a place for a report")]
    if not os.path.isdir(target.parent):  # noqa: PTH112
        return [Problem(path, 0, 0, "cannot be written: its folder does not exist")]
    return []


def _render(record: AuditRecord, target: Target, plugins: Plugins) -> str:
    origin = plugins.origin("format", target.format.name)
    try:
        text: object = target.format.render(record, target.options)
    except QmscheckError:
        raise
    except Exception as error:
        if origin.distribution == "qmscheck":
            raise
        told = f"{type(error).__name__}: {error}"
        problem = Problem(str(origin), 0, 0, f"the format '{target.format.name}' failed: {told}")
        raise DeliveryError(problem) from error
    if not isinstance(text, str):
        message = f"the format '{target.format.name}' must give text, not {type(text).__name__}"
        raise DeliveryError(Problem(str(origin), 0, 0, message))
    return text


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that no reader ever sees half of it."""
    if path.exists() and not path.is_file():  # a pipe or a device has no half
        path.write_bytes(content)
        return
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
