"""What can be told from the first bytes of a file: that it is not there, empty, a pointer, or of another kind."""

from __future__ import annotations

from pathlib import Path

from qmscheck import Problem, QmscheckError, Request, Unread

__all__ = [
    "SNIFF",
    "RefusedError",
    "first_bytes",
    "flag_option",
    "list_option",
    "source_path",
    "text_option",
    "whole_option",
]

SNIFF = 1 << 20

_POINTER = b"version https://git-lfs.github.com/spec/"


class RefusedError(Exception):
    """Carries out of the steps of a reader why a file cannot be read; it never leaves the reader."""

    def __init__(self, reason: str, detail: str) -> None:
        """Take one of the reasons of `Unread`, and the same in words."""
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def source_path(request: Request) -> Path:
    """Give the path of the source, which every reader of this plugin needs."""
    if request.path is None:
        raise _wrong(request, "this reader needs a file", 'add path = "..." to the source')
    return request.path


def first_bytes(path: Path, count: int = SNIFF) -> bytes | Unread:
    """Read the beginning of a file, or say why there is nothing to read."""
    try:
        with path.open("rb") as stream:
            head = stream.read(count)
    except FileNotFoundError:
        return Unread(path, "missing", "the file does not exist")
    except OSError as error:
        return Unread(path, "missing", f"the file cannot be opened: {error.strerror or error}")
    if not head:
        return Unread(path, "empty", "the file has no bytes")
    if head.startswith(_POINTER):
        detail = "the file is a Git LFS pointer: its content was not fetched (git lfs pull)"
        return Unread(path, "lfs-pointer", detail)
    return head


def text_option(request: Request, name: str) -> str | None:
    """Give an option that must be text, or None where the plan does not set it."""
    value = request.options.get(name)
    if value is None or isinstance(value, str):
        return value
    raise _wrong(request, f"{name} must be text", f'write {name} = "..."')


def choice_option(request: Request, name: str, choices: tuple[str, ...]) -> str:
    """Give an option that must be one of some words; the first where the plan does not set it."""
    value = request.options.get(name, choices[0])
    if isinstance(value, str) and value in choices:
        return value
    raise _wrong(request, f"{name} must be {' or '.join(choices)}", f'write {name} = "{choices[-1]}"')


def flag_option(request: Request, name: str) -> bool | None:
    """Give an option that must be true or false, or None where the plan does not set it."""
    value = request.options.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise _wrong(request, f"{name} must be true or false", f"write {name} = true")


def list_option(request: Request, name: str) -> tuple[str, ...]:
    """Give an option that must be a list of texts, or one; none where the plan does not set it."""
    value = request.options.get(name, ())
    if isinstance(value, str):
        return (value,)
    if isinstance(value, tuple | list):
        return tuple(value)
    raise _wrong(request, f"{name} must be a list of texts", f'write {name} = ["..."]')


def whole_option(request: Request, name: str) -> int | None:
    """Give an option that must be a whole number from 1, or None where the plan does not set it."""
    value = request.options.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise _wrong(request, f"{name} must be a whole number from 1", f"write {name} = 1")


def _wrong(request: Request, message: str, hint: str) -> QmscheckError:
    place = request.path.as_posix() if request.path is not None else f"[[source]] table = {request.table}"
    return QmscheckError(Problem(place, 0, 0, message, hint))
