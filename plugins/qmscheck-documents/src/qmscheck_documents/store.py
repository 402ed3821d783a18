"""What was found in documents, remembered between audits: one file for each, private, bounded, and no use without them.

A file is named by a digest of the document's bytes, of its name, and of all that shaped the answer (our sources, the
releases of the libraries). Its content is encrypted with a key that is another digest of the same: whoever has the
document can have the answer, and whoever finds the cache alone cannot read a word of it. The key stream is SHAKE-256,
used once for each key. A file that is damaged, or cannot be written, costs nothing but time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from qmscheck import as_text
from qmscheck_documents.asking import Asked

__all__ = ["Store", "edition", "opened"]

_FOLDER = "documents"
_MOST_BYTES = 256 << 20
_MOST_FILES = 50_000
_LIBRARIES = ("charset-normalizer", "markdown-it-py", "office-oxide", "pypdfium2", "python-calamine", "selectolax")
#: Modules of the reader of tables that take part in reading a document.
_SHARED = ("qmscheck_tables.compound",)
_SEAL = 16
_DAY = 86_400


@dataclass(slots=True)
class Store:
    """A folder of answers. Threads and audits may use it at the same time: files are written whole or not at all."""

    folder: Path
    edition: bytes
    written: int = field(default=0)

    def get(self, asked: Asked) -> bytes | None:
        """Give the text of an answer; None where it is not known."""
        name, key = self._keys(asked)
        path = self.folder / name
        try:
            sealed = path.read_bytes()
            if time.time() - path.stat().st_mtime > _DAY:
                os.utime(path)  # what is used stays
        except OSError:
            return None
        seal, body = sealed[:_SEAL], sealed[_SEAL:]
        if seal != _seal(key, body):
            return None
        with contextlib.suppress(zlib.error):
            return zlib.decompress(_mixed(key, body), bufsize=len(body) * 6 + 64)
        return None

    def put(self, asked: Asked, text: bytes) -> None:
        """Remember the text of an answer."""
        name, key = self._keys(asked)
        body = _mixed(key, zlib.compress(text, 1))
        with contextlib.suppress(OSError):
            _write(self.folder / name, _seal(key, body) + body)
            self.written += 1

    def thin_out(self) -> None:
        """Remove what was not used for longest, where there is too much. Only after something was written."""
        if not self.written:
            return
        known = sorted(_known(self.folder), reverse=True)
        held = 0
        for number, (_, size, path) in enumerate(known):
            held += size
            if held > _MOST_BYTES or number >= _MOST_FILES:
                with contextlib.suppress(OSError):
                    Path(path).unlink()

    def _keys(self, asked: Asked) -> tuple[str, bytes]:
        """Give the name of the file and the key of its content."""
        seed = hashlib.sha256(self.edition)
        seed.update(repr((asked.name, asked.below, asked.suffix, asked.template)).encode("utf-8", "surrogatepass"))
        seed.update(hashlib.sha256(asked.content).digest())
        return hashlib.sha256(b"name" + seed.digest()).hexdigest()[:40], hashlib.sha256(b"key" + seed.digest()).digest()


def opened(cache: Path | None) -> Store | None:
    """Open the store in the user's private folder; None where there is none, or nothing can be written."""
    if cache is None:
        return None
    folder = cache / _FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return Store(folder, edition())


def edition() -> bytes:
    """Give the digest of what shapes an answer: our sources, how cells are written, the releases of Python and of the
    libraries.
    """
    seen = hashlib.sha256(platform.python_version().encode())
    elsewhere = [sys.modules[as_text.__module__].__file__ or ""]
    elsewhere += [spec.origin or "" for name in _SHARED if (spec := find_spec(name)) is not None]
    for file in (*sorted(Path(__file__).parent.glob("*.py")), *map(Path, elsewhere)):
        seen.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    for library in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            seen.update(f"{library} {metadata.version(library)}\n".encode())
    return seen.digest()


def _mixed(key: bytes, body: bytes) -> bytes:
    """Encrypt or decrypt: the exclusive or with the key stream."""
    stream = hashlib.shake_256(key).digest(len(body))
    return (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(body), "big")


def _seal(key: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(body, key=key, digest_size=_SEAL).digest()


def _known(folder: Path) -> Iterator[tuple[float, int, str]]:
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            with contextlib.suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                yield found.st_mtime, found.st_size, entry.path


def _write(file: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(content)
        Path(name).replace(file)
    except BaseException:  # Ctrl-C, too
        Path(name).unlink(missing_ok=True)
        raise
