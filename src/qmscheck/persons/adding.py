"""Files that persons only add to: written whole or not at all, by one person at a time."""

from __future__ import annotations

import os
from pathlib import Path

from qmscheck.errors import Problem, QmscheckError

__all__ = ["replace"]


def replace(path: Path, name: str, before: bytes, after: bytes, what: str) -> None:
    """Write beside the file and move it there. The file beside it keeps two persons from adding at the same time.

    `before` is what stood there when the addition was made up, `what` what is added, with its article.
    """
    beside = path.with_name(f".{path.name}.adding")
    try:
        with beside.open("xb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        hint = f"wait, or remove {beside.name} if nobody is"
        raise QmscheckError(Problem(name, 0, 0, f"somebody else is adding {what}", hint)) from None
    except BaseException as error:  # Ctrl-C too: what it left would keep everybody from adding
        beside.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise QmscheckError(Problem(name, 0, 0, f"cannot be written: {error.strerror}")) from None
    try:
        if (path.read_bytes() if path.exists() else b"") != before:
            raise QmscheckError(Problem(name, 0, 0, "was changed meanwhile; nothing was added", "try again"))
        beside.replace(path)
    except OSError as error:
        raise QmscheckError(Problem(name, 0, 0, f"cannot be written: {error.strerror}")) from None
    finally:
        beside.unlink(missing_ok=True)
