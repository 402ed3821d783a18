"""Which files a source has, who reads them, and what a reader is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from qmscheck.errors import QmscheckError
from qmscheck.evidence.columns import SourceMistake
from qmscheck.evidence.work import Parts, Work, note_unread
from qmscheck.extracts import Request, Unread
from qmscheck.hookspecs import Reader
from qmscheck.model import AuditPlan, Source

__all__ = ["parts_of", "paths_of", "reader_of", "request_for"]


def reader_of(source: Source, readers: Mapping[str, Reader]) -> Reader:
    """Find the reader: by name, else by the longest file ending; a folder is `/`."""
    if source.reader is not None:
        return readers[source.reader]
    name = (source.path or "").lower()
    endings = sorted(
        ((s, r) for r in readers.values() for s in r.suffixes if name.endswith(s)), key=lambda x: -len(x[0])
    )
    if endings:
        return endings[0][1]
    folder = next((r for r in readers.values() if "/" in r.suffixes), None)
    if folder is None or Path(name).suffix:
        raise SourceMistake("path", f"no reader knows files like '{source.path}'", 'name one: reader = "..."')
    return folder


def paths_of(work: Work, source: Source, number: int, reader: Reader) -> Sequence[Path | None]:
    """Give the files, or the folder, of a source; none is a limit, not silence."""
    if source.path is None:
        return [None]
    root = Path(work.plan.root)
    given = Path(source.path)
    if any(c in source.path for c in "*?[") and not (root / given).exists():
        base = Path(given.anchor) if given.is_absolute() else root
        pattern = str(given.relative_to(given.anchor)) if given.is_absolute() else source.path
        found: list[Path] = sorted(p for p in base.glob(pattern) if not p.name.startswith((".", "~$")))
    else:
        found = [p for p in [root / given] if p.exists()]
    if not found:
        missing = Unread(root / given, "missing", "it does not exist")
        note_unread(work, source, number, reader, missing, root / given)
    for path in [p for p in found if not (p.is_file() or p.is_dir())]:
        found.remove(path)
        odd = Unread(path, "unsupported", "it is no ordinary file: a pipe or a device is never read")
        note_unread(work, source, number, reader, odd, path)
    return found


def request_for(plan: AuditPlan, source: Source, path: Path | None, scratch: Path, cache: Path | None) -> Request:
    """Write what a reader is asked of one file, or folder, of a source (None: it has none)."""
    return Request(
        table=source.table,
        path=path,
        options=dict(source.options),
        as_of=plan.as_of,
        scratch=scratch,
        root=Path(plan.root),
        comma=any("," in (m.decimal or "") or m.thousands == "." for m in source.columns.values()),
        cache=cache,
        engine=source.engine,
    )


def parts_of(reader: Reader, request: Request) -> Parts:
    """Read; a reader that breaks is one source lost, named, and not the audit."""
    try:
        yield from reader.read(request)
    except QmscheckError:
        raise
    except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
        detail = f"the reader '{reader.name}' failed: {type(error).__name__}: {error}"
        yield Unread(request.path or request.root, "corrupt", detail)
