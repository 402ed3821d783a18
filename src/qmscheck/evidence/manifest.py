"""The manifest: what was read of each source, and by which digest it is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from qmscheck.evidence.binding import Bound
from qmscheck.evidence.work import Slot, Work, dialect_of, locator_of
from qmscheck.extracts import Extract, InPlace
from qmscheck.model import Evidence, EvidenceFile, Limit

__all__ = ["entry_of"]


def entry_of(slot: Slot, bound: Bound, work: Work) -> Evidence:
    """Write the manifest entry of an extract, with its files where it has several; optional columns are not missed."""
    entry = bound.evidence(_digest(bound.extract, work))
    spec = work.ruleset.tables[entry.table].columns
    missed = tuple(c for c in entry.missing_columns if not spec[c].optional)
    where = {"engine": slot.source.engine, "dialect": dialect_of(work, slot.source)}
    notes = (*entry.notes, *_no_digest(bound.extract))
    changes = {"missing_columns": missed, "provenance": slot.source.provenance, "notes": notes}
    entry = entry.model_copy(update={**changes, **where})
    if len(bound.extract.files) <= 1:
        return entry
    files = sorted((locator_of(file, work.plan), work.digests[file].result()) for file in bound.extract.files)
    return entry.model_copy(update={"files": tuple(EvidenceFile(path=p, sha256=d) for p, d in files)})


def _no_digest(extract: Extract) -> Sequence[str]:
    """Say of records that stay where they are that nothing holds them to what was judged but the query."""
    if not isinstance(extract.content, InPlace):
        return ()
    digest = hashlib.sha256(extract.content.query.encode("utf-8", "surrogatepass")).hexdigest()
    told = f"the records stayed with the engine {extract.content.engine}: there is no digest of what they say"
    return (f"{told}, and SHA-256 of the query for them is {digest}",)


def _digest(extract: Extract, work: Work) -> str | None:
    """Give a file's SHA-256; of several files, the SHA-256 of the lines `path digest`."""
    if not extract.files:
        return None
    found = {file: work.digests[file].result() for file in extract.files}
    lost = sorted(locator_of(file, work.plan) for file, digest in found.items() if digest is None)
    for name in lost:
        detail = "it went away, or could not be read again, during the audit: what was read of it has no digest"
        limit = Limit(kind="file", id=name, reason="missing", detail=detail)
        if limit not in work.limits:
            work.limits.append(limit)
    if lost:
        return None
    if len(found) == 1:
        return found[extract.files[0]]
    lines = sorted(f"{locator_of(file, work.plan)} {digest}\n" for file, digest in found.items())
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
