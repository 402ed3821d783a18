"""Files that no command writes over: the plan, what it asks against, its evidence, and what persons have decided."""

from __future__ import annotations

import fnmatch
import hashlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from qmscheck.errors import Problem, QmscheckError
from qmscheck.hookspecs import Reader
from qmscheck.model import AuditPlan, AuditRecord, Source

__all__ = ["refuse_evidence", "refuse_seen"]

_ELSEWHERE = "write elsewhere"


def refuse_evidence(
    paths: Sequence[Path], plan: AuditPlan, readers: Mapping[str, Reader], but: Collection[str] = ()
) -> None:
    """Refuse places where a file of the audit is, or where the next audit would take what is written for evidence.

    `but` names what the command writes itself: a table, `decisions` or `attestations`. Raises QmscheckError that names
    every place.
    """
    problems = [
        Problem(path.as_posix(), 0, 0, told, hint)
        for path in paths
        for told, hint in (*_own(path, plan, but), *_evidence(path, plan, readers, but))
    ]
    if problems:
        raise QmscheckError(*problems)


def refuse_seen(paths: Sequence[Path], record: AuditRecord, name: str) -> None:
    """Refuse the record `name` itself, and any file that it has seen: what was evidence is known by its digest.

    Raises QmscheckError that names every place.
    """
    seen = {e.sha256: e.table for e in record.evidence if e.sha256 is not None}
    seen |= {one.sha256: e.table for e in record.evidence for one in e.files if one.sha256 is not None}
    problems = []
    for path in paths:
        if _same(path, Path(name)):
            problems.append(Problem(path.as_posix(), 0, 0, "is the record that is reported of", _ELSEWHERE))
        elif path.is_file() and (table := seen.get(_digest(path) or "")) is not None:
            told = f"is evidence of this audit (table '{table}')"
            problems.append(Problem(path.as_posix(), 0, 0, told, _ELSEWHERE))
    if problems:
        raise QmscheckError(*problems)


def _own(path: Path, plan: AuditPlan, but: Collection[str]) -> Iterator[tuple[str, str | None]]:
    """Say what a file is to the plan, other than evidence."""
    from qmscheck.persons.decisions import FILE  # noqa: PLC0415
    from qmscheck.plan import ATTESTATIONS  # noqa: PLC0415

    root = Path(plan.root)
    if plan.file is not None and _same(path, root / plan.file):
        yield "is the plan of this audit, not a place for a report", None
    named = {
        "decisions": (plan.decisions or FILE, "holds what persons decided"),
        "attestations": (plan.attestations or ATTESTATIONS, "holds answers of persons"),
        "previous": (plan.previous, "is the record of the audit before"),
    }
    for key, (place, told) in named.items():
        if key not in but and place is not None and _same(path, root / place):
            yield told, _ELSEWHERE
    for ruleset in plan.rulesets:
        asked = root / ruleset
        if os.path.exists(asked) and (_same(path, asked) or _below(path, asked)):  # noqa: PTH110  (false for what can be no name)
            yield f"belongs to the ruleset '{ruleset}' of this audit", _ELSEWHERE


def _evidence(
    path: Path, plan: AuditPlan, readers: Mapping[str, Reader], but: Collection[str]
) -> Iterator[tuple[str, str | None]]:
    """Say of which tables a file is evidence, or would be."""
    tables = [
        source.table
        for source in plan.sources
        if source.path is not None and source.table not in but and _reads(source, Path(plan.root), path, readers)
    ]
    word = "is evidence of this audit" if os.path.lexists(path) else "would be evidence"
    for table in dict.fromkeys(tables):
        yield f"{word} (table '{table}')", _ELSEWHERE


def _reads(source: Source, root: Path, path: Path, readers: Mapping[str, Reader]) -> bool:
    """Tell whether a source reads a file: by its name or pattern, or because it lies in its folder."""
    given = root / (source.path or "")
    pattern = os.path.realpath(given)
    real = os.path.realpath(path)
    if _same(path, given) or fnmatch.fnmatchcase(real, pattern):
        return True
    taken = {s for r in readers.values() if "/" in r.suffixes and source.reader in {None, r.name} for s in r.suffixes}
    if path.suffix.lower() not in taken:
        return False
    return any(fnmatch.fnmatchcase(str(folder), pattern) or _same(folder, given) for folder in Path(real).parents)


def _below(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _same(one: Path, other: Path) -> bool:
    """Tell whether two names lead to one file, through links."""
    try:
        return os.path.realpath(one) == os.path.realpath(other)
    except (OSError, ValueError):  # what can be no name
        return False


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
