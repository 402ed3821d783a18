"""What was found in documents, remembered between audits: one file for each, private, bounded, and no use without them.

A file is named by a digest of the document's bytes, of its name, and of all that shaped the answer (our sources, the
releases of the libraries). Its content is encrypted with a key that is another digest of the same: whoever has the
document can have the answer, and whoever finds the cache alone cannot read a word of it. The key stream is SHAKE-256,
used once for each key. A file that is damaged, or cannot be written, costs nothing but time.

Of a large folder there is one file more, with all that the folder came to: it is named by the place of the folder, so
that a folder has one, and sealed and encrypted with a digest of what every file in it holds: whoever has all of the
documents can have it. Where one of them is another, the files of the others are still there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path

from qmscheck import as_text
from qmscheck_documents.asking import Asked
from qmscheck_documents.deflate import deflated, inflated

__all__ = ["Store", "edition", "opened"]

_FOLDER = "documents"
_MOST_BYTES = 256 << 20
_MOST_FILES = 50_000
_LIBRARIES = ("charset_normalizer", "markdown_it_py", "office_oxide", "pypdfium2", "python_calamine", "selectolax")
#: Modules of the reader of tables that take part in reading a document.
_SHARED = ("qmscheck_tables.compound", "qmscheck_tables.sheet_ods", "qmscheck_tables.sheet_xml")
#: Bytes of a seal, and of a number.
_SEAL, _NUMBER = 16, 4
_DAY = 86_400
#: Bytes above which what a folder came to is not kept as one file.
_MOST_WHOLE = 64 << 20


@dataclass(slots=True)
class Store:
    """A folder of answers. Threads and audits may use it at the same time: files are written whole or not at all."""

    folder: Path
    edition: bytes
    written: int = field(default=0)

    def get(self, asked: Asked) -> bytes | None:
        """Give the text of an answer; None where it is not known."""
        seed = self.seed(asked)
        key = _key(b"key", seed)
        sealed = _read(self.folder / _name(seed))
        seal, body = sealed[:_SEAL], sealed[_SEAL:]
        if seal != _seal(key, body):
            return None
        with contextlib.suppress(zlib.error):
            return inflated(_mixed(key, body))
        return None

    def put(self, asked: Asked, text: bytes) -> None:
        """Remember the text of an answer."""
        seed = self.seed(asked)
        key = _key(b"key", seed)
        body = _mixed(key, deflated(text))
        with contextlib.suppress(OSError):
            _write(self.folder / _name(seed), _seal(key, body) + body)
            self.written += 1

    def place(self, *told: str) -> Path:
        """Give the file of what a folder came to; `told` says which folder, and how it was asked about."""
        seed = hashlib.sha256(self.edition + repr(told).encode("utf-8", "surrogatepass"))
        return self.folder / f"{seed.hexdigest()[:40]}.whole"

    def get_whole(self, place: Path, seeds: Sequence[bytes]) -> list[bytes] | None:
        """Give the parts of what a folder came to; None where they are not known, or any file is another than it was.
        `seeds` are those of all files, in their order.
        """
        if _is_old(place):
            for seed in seeds:
                _touch(self.folder / _name(seed))
        key = _key(b"whole", b"".join(seeds))
        sealed = memoryview(_read(place))
        start = 2 * _SEAL + _NUMBER + _NUMBER * int.from_bytes(sealed[2 * _SEAL : 2 * _SEAL + _NUMBER], "big")
        if sealed[:_SEAL] != _seal(key, sealed[_SEAL:start]):
            return None
        lengths = [one for (one,) in struct.iter_unpack(">I", sealed[2 * _SEAL + _NUMBER : start])]
        body = sealed[start:]
        if sealed[_SEAL : 2 * _SEAL] != _seal(key, body):
            return None
        ends = accumulate(lengths)
        parts = (body[end - length : end] for end, length in zip(ends, lengths, strict=True))
        return [_mixed(_key(key, b"%d" % number), part) for number, part in enumerate(parts)]

    def put_whole(self, place: Path, seeds: Sequence[bytes], parts: Sequence[bytes]) -> None:
        """Remember what a folder came to, in parts that were deflated."""
        if sum(map(len, parts)) > _MOST_WHOLE:
            return
        key = _key(b"whole", b"".join(seeds))
        body = b"".join(_mixed(_key(key, b"%d" % number), part) for number, part in enumerate(parts))
        head = _seal(key, body) + struct.pack(f">{len(parts) + 1}I", len(parts), *map(len, parts))
        with contextlib.suppress(OSError):
            _write(place, _seal(key, head) + head + body)
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

    def seed(self, asked: Asked) -> bytes:
        """Give the digest of all that shapes an answer."""
        seed = hashlib.sha256(self.edition)
        seed.update(repr((asked.name, asked.below, asked.suffix, asked.template)).encode("utf-8", "surrogatepass"))
        seed.update(hashlib.sha256(asked.content).digest())
        return seed.digest()


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
    seen = hashlib.sha256(sys.version.encode())
    elsewhere = [sys.modules[as_text.__module__].__file__ or ""]
    elsewhere += [spec.origin or "" for name in _SHARED if (spec := find_spec(name)) is not None]
    for file in (*sorted(Path(__file__).parent.glob("*.py")), *map(Path, elsewhere)):
        seen.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    seen.update("\n".join(_releases()).encode())
    return seen.digest()


def _releases() -> Iterator[str]:
    """Name the releases of the libraries as their folders do: `importlib.metadata` takes longer to import than this."""
    for place in sys.path:
        with contextlib.suppress(OSError):
            names = sorted(
                one.name for one in os.scandir(place or ".") if one.name.endswith((".dist-info", ".egg-info"))
            )
            yield from (name for name in names if name.partition("-")[0].lower() in _LIBRARIES)


def _key(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _name(seed: bytes) -> str:
    return _key(b"name", seed).hex()[:40]


def _read(file: Path) -> bytes:
    """Read a file, and keep it young; nothing where there is none."""
    try:
        content = file.read_bytes()
    except OSError:
        return b""
    if _is_old(file):
        _touch(file)
    return content


def _is_old(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - file.stat().st_mtime > _DAY
    return False


def _touch(file: Path) -> None:
    """What is used stays."""
    with contextlib.suppress(OSError):
        os.utime(file)


def _mixed(key: bytes, body: bytes | memoryview) -> bytes:
    """Encrypt or decrypt: the exclusive or with the key stream."""
    stream = hashlib.shake_256(key).digest(len(body))
    return (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(body), "big")


def _seal(key: bytes, body: bytes | memoryview) -> bytes:
    return hashlib.blake2b(body, key=key, digest_size=_SEAL).digest()


def _known(folder: Path) -> Iterator[tuple[float, int, str]]:
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            with contextlib.suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                yield found.st_mtime, found.st_size, entry.path


def _write(file: Path, content: bytes) -> None:
    import tempfile  # noqa: PLC0415  (nothing is written where all is remembered)

    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(content)
        Path(name).replace(file)
    except BaseException:  # Ctrl-C, too
        Path(name).unlink(missing_ok=True)
        raise
