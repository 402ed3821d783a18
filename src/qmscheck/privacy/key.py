"""The key of pseudonyms: a private file of the user, or what the plan refers to. It never enters a record."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
import sys
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LENGTH", "REFERENCES", "Key", "KeyMistake", "blocks", "find", "normal", "place", "pseudonym"]

#: How a plan may refer to a key.
REFERENCES = ("env:", "file:")
#: Hexadecimal digits of a pseudonym: 96 bits, of which a billion different names are equal once in 10**11 audits.
LENGTH = 24
#: Characters below which a key could be guessed.
_SHORTEST = 16
_BLOCK = 64


class KeyMistake(ValueError):  # noqa: N818  (a mistake of the plan, or of the user's folder)
    """There is no such key, or none that can be relied on. The text never holds the key."""


@dataclass(frozen=True, repr=False)
class Key:
    """A key, and whether it was made just now; `told` is what to say of that to the user."""

    secret: bytes
    told: str | None = None

    def __repr__(self) -> str:
        """Say nothing: a key must not reach a log."""
        return "Key(...)"


def find(reference: str | None, root: Path) -> Key:
    """Give the key that a plan refers to (`env:NAME`, `file:PATH` from the plan's folder), else that of the user.

    The user's is made where there is none. Raises KeyMistake.
    """
    if reference is None:
        return _of_user(place())
    kind, _, name = reference.partition(":")
    if kind == "env":
        given = os.environ.get(name)
        if given is None:
            raise KeyMistake(f"the environment has no {name}")
        return Key(_long_enough(given.encode(), f"the value of {name}"))
    return Key(_read(root / name))


def place() -> Path | None:
    """Give the file of the user's own key. None where the user has no home."""
    given = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA") or ""
    if Path(given).is_absolute():
        return Path(given) / "qmscheck" / "pseudonym.key"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("Library/Application Support" if sys.platform == "darwin" else ".config") / "qmscheck/pseudonym.key"


def blocks(secret: bytes) -> tuple[bytes, bytes]:
    """Give the blocks of HMAC-SHA-256 (RFC 2104) that are hashed before a text, and before its hash."""
    key = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)


def normal(text: str) -> str:
    """Write a text as it is hashed: composed (NFC), lower case, no sign that only directs others, single spaces."""
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", seen).strip(" ").lower())


def pseudonym(secret: bytes, text: str) -> str:
    """Give the pseudonym of a text: the same for the same key, wherever and whenever."""
    return hmac.new(secret, normal(text).encode(), hashlib.sha256).hexdigest()[:LENGTH]


def _of_user(path: Path | None) -> Key:
    """Read the user's key, or make it. Where no file can be kept, the key lasts for this run."""
    if path is None:
        return Key(secrets.token_bytes(32), "pseudonyms have a key for this run only: you have no home folder")
    if path.exists():
        return Key(_read(path))
    secret = secrets.token_hex(32)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put(path, f"{secret}\n".encode())
    except FileExistsError:  # another audit was faster
        return Key(_read(path))
    except OSError as error:
        return Key(
            secret.encode(), f"pseudonyms have a key for this run only: {path} cannot be written ({error.strerror})"
        )
    return Key(secret.encode(), f"made a key for pseudonyms, which stays with you: {path}")


def _put(path: Path, content: bytes) -> None:
    """Write a private file, whole at once: nobody ever reads half of it. Raises FileExistsError where there is one."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(content)
        os.link(name, path)
    finally:
        Path(name).unlink()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            given = file.read(4096).strip()
    except OSError as error:
        raise KeyMistake(f"{path.name} cannot be read ({error.strerror})") from None
    if hasattr(os, "getuid") and stat.S_IMODE(mode) & 0o077:
        raise KeyMistake(f"others than you can open {path.name}: chmod 600")
    return _long_enough(given, path.name)


def _long_enough(given: bytes, what: str) -> bytes:
    if len(given) < _SHORTEST:
        raise KeyMistake(f"{what} is too short for a key: {_SHORTEST} characters at least")
    return given
