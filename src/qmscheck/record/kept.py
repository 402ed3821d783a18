"""The record of the last audit of a plan, recalled where everything that it follows from is as it was.

Same inputs give the same record, byte for byte (law 4): so an audit whose every input is known need not be conducted
again. An input is the program with its plugins and libraries, the plan, the bytes of its rulesets and persons' files,
and the bytes of every file below the sources. All of them are read through and compared by their SHA-256 each time;
what could change unseen (a database, a source that is not `settled`, a link, a file that is none) recalls nothing.
A record holds places and digests, and no copies of evidence: nothing else is kept (decision 0024).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from qmscheck import cache as cache_room
from qmscheck.cache import Cache, digest
from qmscheck.hookspecs import Reader
from qmscheck.model import AuditPlan, AuditRecord, Source

__all__ = ["Inputs", "inputs", "keep", "recall"]

#: Files above which a plan's folder is too large to be read through only to find out whether anything changed.
_MOST_FILES = 5_000

#: Located exceptions above which a record is not kept: to write it down takes longer than a small audit.
_MOST_PLACES = 5_000

#: Persons' answers name files that they have seen, which may lie anywhere in the folder of the plan.
_ANSWERS = "attestations"

#: The file of decisions beside a plan that names none.
_DECISIONS = "decisions.toml"


@dataclass(frozen=True)
class Inputs:
    """What a record follows from. `files` are all of them with their sizes in bytes, by absolute path; `known` is where
    its record is kept; `rest` is the digest of everything else.
    """

    root: Path
    files: Mapping[str, int]
    rest: str
    known: Cache

    @property
    def names(self) -> str:
        """The digest of which files there are, and how long: it tells of most changes without reading one."""
        return digest(self.rest, sorted(self.files.items()))

    def contents(self, given: Mapping[str, str]) -> str | None:
        """Give the digest of the files' bytes; `given` holds the SHA-256 of some, by absolute path. None for a file
        that cannot be read.
        """
        found = {path: given.get(path) or _sha256(path) for path in sorted(self.files)}
        return None if None in found.values() else digest(self.rest, found)


def inputs(
    plan: AuditPlan, readers: Mapping[str, Reader], rulesets: Collection[Path], place: Path | None
) -> Inputs | None:
    """List what the record of a plan would follow from; None where something could change unseen. `rulesets` are the
    folders and files of its criteria; `place` is the folder of what is kept, if there is one.
    """
    chosen = [_readers(source, readers) for source in plan.sources]
    code = None if place is None else _code(reader for found in chosen for reader in found)
    if place is None or code is None or not all(found and all(r.settled for r in found) for found in chosen):
        return None
    root = Path(plan.root)
    named = [root / name for name in (plan.decisions or _DECISIONS, plan.previous) if name is not None]
    asked: list[Path] = [*rulesets, *(path for path in named if os.path.lexists(path))]
    for source, found in zip(plan.sources, chosen, strict=True):
        asked += [*_places(root, source), *_further(root, source, found)]
    if any(source.table == _ANSWERS for source in plan.sources):
        asked.append(root)
    files: dict[str, int] = {}
    try:
        for path in asked:
            files.update(_files(path))
            if len(files) > _MOST_FILES:
                return None
    except OSError:
        return None
    told = plan.model_dump_json(by_alias=True, exclude={"as_of", "period"})
    known = cache_room.load(place, f"record{digest(told, os.getcwd())}", digest(sys.version, code))  # noqa: PTH109
    return Inputs(root, files, digest(plan.model_dump_json(by_alias=True), [str(path) for path in asked]), known)


def recall(given: Inputs) -> AuditRecord | None:
    """Give the record that was kept for the same inputs; None where there is none, or anything has changed."""
    texts = given.known.texts
    if texts.get("names") != given.names or texts.get("contents") != (given.contents({}) or ""):
        return None
    try:
        return AuditRecord.model_validate_json(texts["record"])
    except (KeyError, ValueError):  # sealed as ours, and not written by us
        return None


def keep(given: Inputs, record: AuditRecord) -> None:
    """Keep the record of an audit, unless a file was changed meanwhile."""
    if sum(len(finding.exceptions) for finding in record.findings) > _MOST_PLACES:
        return
    read: dict[str, str] = {}
    for entry in record.evidence:
        files = {file.path: file.sha256 for file in entry.files} or {entry.locator: entry.sha256}
        read |= {str(given.root / path): sha for path, sha in files.items() if sha is not None}
    contents = given.contents(read)
    if contents is None:
        return
    with contextlib.suppress(OSError):
        for path, size in given.files.items():
            if Path(path).lstat().st_size != size:
                return
        text = record.model_dump_json(by_alias=True)
        if AuditRecord.model_validate_json(text) == record:
            for key, value in (("names", given.names), ("contents", contents), ("record", text)):
                given.known.put(key, value)
            given.known.save()


# ---------------------------------------------------------------- the program


def _code(readers: Iterable[Reader]) -> str | None:
    """Say which program this is: its source files and those of the readers' packages, and what is installed beside.

    Each is known by size and time of change; None for a reader that is not to be found in a file.
    """
    packages = {__name__.partition(".")[0]}
    for reader in readers:
        packages.add(str(getattr(reader.read, "__module__", "")).partition(".")[0])
    told: list[object] = []
    for package in sorted(packages):
        place = getattr(sys.modules.get(package), "__file__", None)
        if place is None:
            return None
        folder = Path(place).parent
        told += [
            (package, path, st.st_size, st.st_mtime_ns) for path, st in _stats(str(folder)) if path.endswith(".py")
        ]
    for entry in sys.path:
        if entry.endswith("-packages"):
            with contextlib.suppress(OSError):
                told.append((entry, Path(entry).stat().st_mtime_ns))
    return digest(told)


def _stats(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _stats(entry.path)
        else:
            yield entry.path, entry.stat()


# ---------------------------------------------------------------- the evidence


def _readers(source: Source, readers: Mapping[str, Reader]) -> list[Reader]:
    """Give every reader that a source may have; nothing where it has no path, and so no files, or asks a question
    whose answer may depend on the day.
    """
    if source.path is None or "query" in source.options:
        return []
    if source.reader is not None:
        return [readers[source.reader]]
    name = source.path.lower()
    return [r for r in readers.values() if any(s == "/" or name.endswith(s) for s in r.suffixes)]


def _places(root: Path, source: Source) -> list[Path]:
    """Give the files and folders that a path of the plan names, and what a database keeps beside its file."""
    given = Path(source.path or "")
    whole = root / given
    found = [whole]
    if any(c in str(given) for c in "*?[") and not whole.exists():
        base = Path(given.anchor) if given.is_absolute() else root
        found = sorted(base.glob(str(given.relative_to(given.anchor)) if given.is_absolute() else str(given)))
    beside = [path.with_name(path.name + end) for path in found for end in ("-wal", "-journal")]
    return [path for path in (*found, *beside) if os.path.lexists(path)]


def _further(root: Path, source: Source, readers: Iterable[Reader]) -> Iterator[Path]:
    """Give the files and folders that options of a source name, where its reader reads them, too."""
    for name in sorted({option for reader in readers for option in reader.reads}):
        told = source.options.get(name)
        for one in (told,) if isinstance(told, str) else told if isinstance(told, tuple) else ():
            if os.path.lexists(root / one):
                yield root / one


def _files(path: Path) -> Iterator[tuple[str, int]]:
    """Give the files below a path with their sizes. Raises OSError for anything that is neither file nor folder."""
    seen = path.lstat()
    if stat.S_ISDIR(seen.st_mode):
        with os.scandir(path) as found:
            entries = [entry.path for entry in found]
        for entry in entries:
            yield from _files(Path(entry))
    elif stat.S_ISREG(seen.st_mode):
        yield str(path), seen.st_size
    else:
        raise OSError(f"{path} is no ordinary file")


def _sha256(path: str) -> str | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
