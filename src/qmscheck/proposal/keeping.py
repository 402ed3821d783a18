"""Keeps what a person has written: which files a plan already reads, and a file that is written whole or not at all."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from qmscheck.model import AuditPlan, Source
from qmscheck.proposal.origin import label_of
from qmscheck.proposal.writing import labels_in

__all__ = ["known_to", "written"]

_SELECTORS = ("sheet", "range", "from", "records")


def known_to(plan: AuditPlan | None, text: str) -> Callable[[str, Mapping[str, str]], bool]:
    """Tell of a file (and of a table in it, by its options) whether a plan reads it, or tells of it in a comment."""
    sources = plan.sources if plan else ()
    labels, _ = labels_in(text)

    def known(path: str, options: Mapping[str, str]) -> bool:
        inside = next(iter(options.values()), "")
        if any(_is_of(label, path, inside) for label in labels):
            return True
        return any(_reads(source, path, options) for source in sources)

    return known


def _is_of(label: str, path: str, inside: str) -> bool:
    place = label.removesuffix(f" [{inside}]") if inside else label
    return (not inside or place != label) and (place == path or fnmatch.fnmatchcase(path, place))


def _reads(source: Source, path: str, options: Mapping[str, str]) -> bool:
    """Tell whether a source reads a table: its file, and this sheet or list of it; a query may read any of them."""
    given = label_of(source).removeprefix("./").rstrip("/")
    folder = path.startswith(f"{given}/") and source.table == "documents"
    if not (given == path or fnmatch.fnmatchcase(path, given) or folder):
        return False
    asked = [*_SELECTORS, "query"] if "query" in options else _SELECTORS
    chosen = {key: source.options[key] for key in asked if key in source.options}
    return not chosen or (all(chosen.get(key) == value for key, value in options.items()) and bool(options))


def written(path: Path, text: str, check: Callable[[Path], object]) -> None:
    """Write a plan beside its place, let it be checked, and move it there; whatever fails, the file is as it was."""
    beside = path.with_name(f".{path.stem}-{os.getpid()}.toml")
    try:
        beside.write_bytes(text.encode("utf-8", "backslashreplace"))
        check(beside)
        if path.exists():
            os.chmod(beside, path.stat().st_mode)  # noqa: PTH101
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
