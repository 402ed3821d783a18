"""The address of a database. It may be a secret, so a plan refers to it, and no message repeats any part of it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

from qmscheck import Problem, QmscheckError, Request

__all__ = ["Address", "resolved", "wrong"]

_REFERENCES = ("env", "file", "keyring")
_HIDDEN = "(hidden)"
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. `name` is what the plan calls it, and can be shown; `url` never is."""

    name: str
    url: str

    @property
    def scheme(self) -> str:
        """The kind of database that the address begins with."""
        return self.url.partition(":")[0].lower() if ":" in self.url else "none"

    def hidden_in(self, text: str) -> str:
        """Take every part of the address out of a message of a driver; its first line is kept."""
        lines = [line.strip() for line in text.replace(self.url, _HIDDEN).splitlines() if line.strip()]
        told = lines[0] if lines else "no reason given"
        for part in sorted(self._parts(), key=len, reverse=True):
            told = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", _HIDDEN, told)
        return told

    def _parts(self) -> set[str]:
        try:
            split = urlsplit(self.url)
            found = [split.netloc, split.username, split.password, split.hostname, split.path.lstrip("/")]
            found += [str(split.port or "")]
        except ValueError:
            return set()
        values = re.findall(r"=([^&\s;]+)", self.url)
        return {text for part in (*found, *values) if part for text in (part, unquote(part)) if len(text) >= _SHORTEST}


def resolved(request: Request, given: str) -> Address:
    """Follow a reference to where the address is kept. Raises QmscheckError where it leads nowhere."""
    kind, _, name = given.partition(":")
    if kind not in _REFERENCES:
        return Address(re.sub(r"^([\w+]+):/*(?:[^@/]*@)?", r"\1:", given), given)
    found = {"env": _environment, "file": _file, "keyring": _keyring}[kind](name, request.root)
    return Address(given, found)


def _environment(name: str, root: Path) -> str:  # noqa: ARG001
    found = os.environ.get(name)
    if not found:
        raise wrong(
            f"the environment variable {name}, which url refers to, is not set", f"export {name}=postgresql://..."
        )
    return found


def _file(name: str, root: Path) -> str:
    try:
        return (root / name).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError):
        raise wrong(f"the file {name}, which url refers to, cannot be read", "it holds the address, alone") from None


def _keyring(name: str, root: Path) -> str:  # noqa: ARG001
    service, _, user = name.partition("/")
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise wrong(
            "url refers to a keyring, and the package keyring is not installed", 'pip install "qmscheck-sql[keyring]"'
        ) from None
    try:
        found = keyring.get_password(service, user)
    except Exception as error:  # noqa: BLE001  (each keyring has errors of its own)
        raise wrong(f"the keyring, which url refers to, cannot be asked: {type(error).__name__}", "unlock it") from None
    if not found:
        raise wrong(f"the keyring has no entry {name}, which url refers to", f"keyring set {service} {user or 'NAME'}")
    return str(found)


def wrong(message: str, hint: str) -> QmscheckError:
    """Make the error for a mistake in the plan; the core tells it at the line of the option that it names."""
    return QmscheckError(Problem("", 0, 0, message, hint))
