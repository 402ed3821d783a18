"""The address of a database. It may be a secret, so a plan refers to it, and no message repeats any part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from qmscheck import Problem, QmscheckError, Request, resolve

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
    kind = given.partition(":")[0]
    if kind not in _REFERENCES:
        return Address(re.sub(r"^([\w+]+):/*(?:[^@/]*@)?", r"\1:", given), given)
    return Address(given, resolve(given, request.root, "url"))


def wrong(message: str, hint: str) -> QmscheckError:
    """Make the error for a mistake in the plan; the core tells it at the line of the option that it names."""
    return QmscheckError(Problem("", 0, 0, message, hint))
