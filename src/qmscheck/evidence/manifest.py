"""The manifest: what was read of each source, and by which digest it is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from qmscheck.evidence.bound import Bound
from qmscheck.evidence.columns import repeated
from qmscheck.evidence.work import Slot, Work, dialect_of, locator_of
from qmscheck.extracts import Extract, InPlace
from qmscheck.model import Evidence, EvidenceFile, Limit, SkippedRow

__all__ = ["entry_of"]


def entry_of(slot: Slot, bound: Bound, work: Work) -> Evidence:
    """Write the manifest entry of an extract, with its files where it has several; optional columns are not missed."""
    extract = bound.extract
    spec = work.ruleset.tables[extract.table].columns
    missing = bound.missing if bound.lacking is None else bound.lacking
    skipped = [*(s for s in extract.skipped if not s.lost), *bound.lost]
    return Evidence(
        table=extract.table,
        source=f"source {slot.number + 1}",
        locator=slot.locator,
        sha256=_digest(extract, work),
        reader=slot.reader.name,
        rows_read=bound.rows,
        rows_skipped=tuple(
            SkippedRow(path=slot.locator, row=s.row, reason=s.reason, sheet=extract.sheet)
            for s in sorted(skipped, key=lambda s: (s.row or 0, s.reason))
        ),
        columns={column: heading for column, (heading, _) in bound.headings.items()},
        unmapped_columns=_unmapped(bound),
        missing_columns=tuple(sorted(c for c in missing if not spec[c].optional)),
        unreadable_count=sum(bound.unreadable.values()),
        unreadable=bound.cells,
        notes=(*extract.notes, *bound.notes, *_no_digest(extract)),
        status="read" if not bound.open else "ambiguous",
        detail="; ".join(question.told for question in bound.open) or None,
        provenance=slot.source.provenance,
        engine=slot.source.engine,
        dialect=dialect_of(work, slot.source),
        files=_files(extract, work),
    )


def _unmapped(bound: Bound) -> tuple[str, ...]:
    """Give the headings that no column is read from, in the order of the file."""
    joined = {c.name for c in bound.columns if c.others}
    used = {heading for heading, _ in bound.headings.values()} | set(bound.folded)
    for column in joined & bound.headings.keys():
        used.update(repeated(bound.headings[column][0], bound.present))
    return tuple(heading for heading in bound.present if heading not in used)


def _files(extract: Extract, work: Work) -> tuple[EvidenceFile, ...]:
    """Give the files of an extract that has several, by their locators."""
    if len(extract.files) <= 1:
        return ()
    files = sorted((locator_of(file, work.plan), work.digests[file].result()) for file in extract.files)
    return tuple(EvidenceFile(path=path, sha256=digest) for path, digest in files)


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
