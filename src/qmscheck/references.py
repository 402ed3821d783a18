"""Secrets are references in a plan (`env:NAME`, `file:path`, `keyring:service/name`): here they are followed."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

from qmscheck.errors import Problem, QmscheckError

__all__ = ["resolve"]


def resolve(given: str, root: Path, option: str) -> str:
    """Give what a reference refers to; any other text is itself. `option` is the key of the plan, for messages.

    Raises QmscheckError for a reference that leads nowhere; no message repeats what was found.
    """
    kind, _, name = given.partition(":")
    match kind:
        case "env":
            return _environment(name, option)
        case "file" if not name.startswith("//"):  # file:///folder/x is an address
            return _file(name, root, option)
        case "keyring":
            return _keyring(name, option)
        case _:
            return given


def _environment(name: str, option: str) -> str:
    found = os.environ.get(name)
    if not found:
        raise _wrong(f"the environment variable {name}, which {option} refers to, is not set", f"export {name}=...")
    return found


def _file(name: str, root: Path, option: str) -> str:
    try:
        return (root / name).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError):
        message = f"the file {name}, which {option} refers to, cannot be read"
        raise _wrong(message, "it holds the secret, alone") from None


def _keyring(name: str, option: str) -> str:
    service, _, user = name.partition("/")
    try:
        keyring = import_module("keyring")
    except ImportError:
        message = f"{option} refers to a keyring, and the package keyring is not installed"
        raise _wrong(message, "pip install keyring") from None
    try:
        found = keyring.get_password(service, user)
    except Exception as error:  # noqa: BLE001  (each keyring has errors of its own)
        message = f"the keyring, which {option} refers to, cannot be asked: {type(error).__name__}"
        raise _wrong(message, "unlock it") from None
    if not found:
        message = f"the keyring has no entry {name}, which {option} refers to"
        raise _wrong(message, f"keyring set {service} {user or 'NAME'}")
    return str(found)


def _wrong(message: str, hint: str) -> QmscheckError:
    return QmscheckError(Problem("", 0, 0, message, hint))
