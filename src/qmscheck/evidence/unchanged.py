"""That files are at the end of an audit what they were when they were read: else its record would tell of neither.

A file whose size, times and inode are as they were has not been written (the time of change of an inode cannot be set
by a program). One that was moved, or got other rights, is hashed again; one that was written is another.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Mark", "changed", "mark", "sha256"]

#: Bytes that are hashed at a time. Between two pieces a thread waits for the others, which may be looking through the
#: same file: few pieces are few waits.
_PIECE = 2 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """What the file system says of a file: size in bytes, times of writing and of change in nanoseconds, inode."""

    size: int
    written: int
    changed: int
    inode: int


def mark(path: Path) -> Mark | None:
    """Take down what the file system says of a file; None where it says nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Mark(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def sha256(path: Path) -> str | None:
    """None where a file can no longer be read: it went away, or its disk or share failed."""
    found = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as file:
            piece = memoryview(bytearray(min(_PIECE, max(os.fstat(file.fileno()).st_size, 1))))
            while size := file.readinto(piece):
                found.update(piece[:size])
    except OSError:
        return None
    return found.hexdigest()


def changed(marks: Mapping[Path, Mark | None], digests: Mapping[Path, str | None]) -> list[Path]:
    """Give the files that are no longer what they were: `marks` are those from before they were read, `digests` the
    SHA-256 of what was read. A file without a digest went away before, and is told elsewhere.
    """
    known = {path: digest for path, digest in digests.items() if digest is not None}
    return [path for path, digest in known.items() if _differs(path, marks.get(path), digest)]


def _differs(path: Path, before: Mark | None, digest: str) -> bool:
    """Tell whether a file was written since its mark. Where it was, the digest does not help: it may be of what was
    written after the records were read.
    """
    now = mark(path)
    if before is None or now is None or (now.size, now.written) != (before.size, before.written):
        return True
    return now != before and sha256(path) != digest
