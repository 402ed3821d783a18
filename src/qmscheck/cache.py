"""What was worked out before and is true as long as its inputs are: one private file of texts by digest, for each plan.

Nothing in it is evidence, and nothing is run: without it, every result is the same, byte for byte (decision 0011).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

__all__ = ["Cache", "Fingerprinted", "digest", "edition", "folder", "is_private", "load"]

#: Bounds: characters of one file above which only what the last run used is kept, and files of the folder.
_MOST_TEXT = 4_000_000
_MOST_FILES = 64


@dataclass
class Cache:
    """Texts by key. One that was made without a file remembers for one run."""

    texts: dict[str, str] = field(default_factory=dict)
    file: Path | None = None
    edition: str = ""
    used: set[str] = field(default_factory=set)
    changed: bool = False

    def get(self, key: str) -> str | None:
        """Give the text of a key; None where it is not known."""
        self.used.add(key)
        return self.texts.get(key)

    def put(self, key: str, text: str) -> None:
        """Remember a text."""
        self.texts[key] = text
        self.changed = True

    def beside(self, name: str, edition: Callable[[], str]) -> Cache:
        """Read the texts kept under another name; one that has no file has none beside it."""
        return Cache() if self.file is None else load(self.file.parent, name, edition())

    def save(self) -> None:
        """Write the file, whole or not at all. A folder that cannot be used, or a full disk, loses nothing but time."""
        if self.file is None or not self.changed:
            return
        kept = self.texts
        if sum(map(len, kept.values())) > _MOST_TEXT:
            kept = {key: text for key, text in kept.items() if key in self.used}
        body = json.dumps(kept, ensure_ascii=True, separators=(",", ":")).encode()
        with contextlib.suppress(OSError):
            _write(self.file, _seal(self.edition, body) + body)
            _thin_out(self.file.parent)


class Fingerprinted:
    """A frozen dataclass whose digest is asked for often: it is computed once."""

    @cached_property
    def fingerprint(self) -> str:
        """The digest of all that makes it equal to another."""
        return digest(*_parts(self))


def load(place: Path, name: str, edition: str) -> Cache:
    """Read the texts that are kept in a folder under a name (letters and digits).

    `edition` says what wrote them: those of another are forgotten, as is a file that is damaged. A folder in which
    other persons could write is left alone.
    """
    if not is_private(place):
        return Cache()
    file = place / f"{name[:32]}.json"
    texts: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        raw = file.read_bytes()
        head, _, body = raw.partition(b"\n")
        if head + b"\n" == _seal(edition, body):
            texts = json.loads(body)
    return Cache(texts, file, edition)


def folder() -> Path | None:
    """Give the place that the system has for what can be made anew. None where the user has no home."""
    given = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or ""
    if Path(given).is_absolute():
        return Path(given) / "qmscheck"
    try:
        return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "qmscheck"
    except RuntimeError:
        return None


def edition(own: Iterable[Path], libraries: Iterable[str]) -> str:
    """Give the digest of what shapes a text: the sources of some of our modules, and the releases of libraries."""
    seen = hashlib.sha256()
    for file in [*sorted(own), *(file for name in libraries for file in _release(name))]:
        seen.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return seen.hexdigest()


def _release(library: str) -> list[Path]:
    """Find the file in which a library says which release it is."""
    found = importlib.util.find_spec(library)
    if found is None or found.origin is None:
        return []
    named = [Path(found.origin).with_name(name) for name in ("_version.py", "version.py", "__init__.py")]
    return [file for file in named if file.is_file()][:1]


def digest(*values: object) -> str:
    """Give the SHA-256 of values that say the same whenever they are equal: plain values, dates, collections and frozen
    dataclasses. Raises TypeError for any other, because it could change unseen.
    """
    return hashlib.sha256(_spelled(values).encode("utf-8", "surrogatepass")).hexdigest()


def _spelled(value: object) -> str:
    """Spell a value out, with its type. A dataclass that is asked for often may know its own `fingerprint`."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:  # nearly all of them: no further question
        return repr(value)
    if kind is tuple or kind is list:
        return "[" + ",".join(map(_spelled, value)) + "]"  # type: ignore[call-overload]
    if isinstance(value, Enum):
        return f"{kind.__name__}.{value._name_}"
    if kind is dict or isinstance(value, Mapping):
        return "{" + ",".join(f"{_spelled(k)}:{_spelled(v)}" for k, v in value.items()) + "}"  # type: ignore[attr-defined]
    if hasattr(kind, "__dataclass_fields__"):
        inner = getattr(value, "fingerprint", None) or ",".join(map(_spelled, _parts(value)))
        return f"{kind.__name__}({inner})"
    if isinstance(value, str | int | float | dt.date):
        return repr(value)
    if isinstance(value, AbstractSet):
        return "<" + ",".join(sorted(map(_spelled, value))) + ">"
    if isinstance(value, Sequence):
        return "[" + ",".join(map(_spelled, value)) + "]"
    raise TypeError(f"{kind.__name__} has no digest")


def _parts(value: Any) -> list[object]:
    return [getattr(value, f.name) for f in fields(value) if f.compare]


def _seal(edition: str, body: bytes) -> bytes:
    """Write the first line of a file: what wrote it, and the digest of the rest."""
    return f"{edition} {hashlib.sha256(body).hexdigest()}\n".encode()


def is_private(place: Path) -> bool:
    """Make the folder where it is not there; tell whether it is the user's own, and nobody else can write in it."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = place.lstat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):  # Windows: the folder of a user is closed to others
        return place.is_dir()
    return place.is_dir() and not place.is_symlink() and found.st_uid == os.getuid() and not found.st_mode & 0o022


def _write(file: Path, content: bytes) -> None:
    """Write beside the file and rename: two audits at once leave one whole file of either."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(content)
        Path(name).replace(file)
    except BaseException:  # Ctrl-C, too
        Path(name).unlink(missing_ok=True)
        raise


def _thin_out(place: Path) -> None:
    """Remove the files that were not written for longest, where there are too many."""
    files = sorted((f for f in place.iterdir() if f.suffix in {".json", ".part"}), key=lambda f: -f.stat().st_mtime)
    for old in files[_MOST_FILES:]:
        old.unlink(missing_ok=True)
