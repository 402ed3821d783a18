"""A database by its address. The address may be a secret, so a plan refers to it (`env:NAME`, `file:path`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from qmscheck import Extract, Problem, QmscheckError, Request, Unread
from qmscheck_tables.opening import text_option
from qmscheck_tables.sqlite_tables import read as read_sqlite

__all__ = ["read"]

_SQLITE = "sqlite:///"


def read(request: Request) -> Iterator[Extract | Unread]:
    """Give the rows of a query, or say why they cannot be read. The address is never repeated in a message."""
    given = text_option(request, "url")
    if given is None:
        raise _wrong("a source with reader = \"sql\" needs 'url'", 'url = "env:NAME"')
    url = _resolved(request, given)
    if not url.startswith(_SQLITE):
        scheme = url.split(":", 1)[0] if ":" in url else "none"
        yield Unread(
            request.root, "unsupported", f"no driver for addresses of kind '{scheme}' is installed, only sqlite"
        )
        return
    path = request.root / url.removeprefix(_SQLITE)
    if not path.is_file():
        yield Unread(request.root, "missing", f"the database that {given} names does not exist")
        return
    options = {key: value for key, value in request.options.items() if key != "url"}
    yield from read_sqlite(replace(request, path=path, options=options))


def _resolved(request: Request, given: str) -> str:
    """Follow a reference to where the address is kept."""
    kind, _, name = given.partition(":")
    if kind == "env":
        found = os.environ.get(name)
        if not found:
            raise _wrong(
                f"the environment variable {name}, which url refers to, is not set", f"export {name}=sqlite:///..."
            )
        return found
    if kind == "file":
        try:
            return (request.root / name).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise _wrong(
                f"the file {name}, which url refers to, cannot be read", "it holds the address, alone"
            ) from None
    if kind == "keyring":
        raise _wrong("references to a keyring are not supported by this reader", 'url = "env:NAME"')
    return given


def _wrong(message: str, hint: str) -> QmscheckError:
    return QmscheckError(Problem("", 0, 0, message, hint))
