"""One source that no plan names yet: an address, or the keys that a `[[source]]` would have, from the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qmscheck.errors import Problem, QmscheckError
from qmscheck.hookspecs import Reader
from qmscheck.model import Source
from qmscheck.plan.draft import COMMAND_LINE, Draft
from qmscheck.plan.sources import ADDRESS, LOOKED_UP, REMOTE, read_source, without_secrets
from qmscheck.references import resolve
from qmscheck.toml import Document, parse

__all__ = ["source_alone"]

_KEYS = re.compile(r"\s*[a-z_]+\s*=")
_SQL = "sql"
_DATABASES = ("postgresql", "postgres", "sqlite")
#: What belongs to the proposal, and not to the question where the records are.
_PROPOSED = ("table", "columns", "cases", "engine", "missing")
_AS_IN = 'as in --source sftp://host/exports/orders.csv, or --source \'reader = "sql", url = "env:ERP_URL"\''


def source_alone(given: str, root: Path, readers: Mapping[str, Reader]) -> tuple[Source, Mapping[str, Any]]:
    """Read an address, a reference to one (`env:ERP_URL`), or keys (`path = "...", settings = { ... }`).

    Gives the source, for no table yet, and its keys as a plan would hold them. Raises QmscheckError with every mistake;
    no message repeats what may be a secret.
    """
    keys = _keys(given, root)
    for name in _PROPOSED:
        if name in keys:
            raise _wrong(f"--source says where records are, and no '{name}'", "leave it out: it is proposed")
    document = Document(COMMAND_LINE, "", {"source": [keys]})
    draft = Draft(document, (), root, readers, frozenset({("source", 0)}))
    found = read_source(draft, 0, {"table": "found", **keys}, 0)
    if found is None or document.problems:
        raise QmscheckError(*without_secrets(document.problems))
    return found, keys


def _keys(given: str, root: Path) -> Mapping[str, Any]:
    if _KEYS.match(given):
        try:
            found: Mapping[str, Any] = parse(f"source = {{ {given} }}".encode(errors="replace"), COMMAND_LINE).value[
                "source"
            ]
        except QmscheckError:
            raise _wrong("--source does not hold keys as a [[source]] has them", _AS_IN) from None
        return found
    if ADDRESS not in given and not given.startswith(LOOKED_UP):
        raise _wrong("--source is neither an address nor keys as a [[source]] has them", _AS_IN)
    scheme = resolve(given, root, "--source").partition(ADDRESS)[0]
    if scheme in _DATABASES:
        return {"reader": _SQL, "url": given}
    return {"path": given} if ADDRESS in given else {"reader": REMOTE, "url": given}


def _wrong(message: str, hint: str) -> QmscheckError:
    return QmscheckError(Problem(COMMAND_LINE, 0, 0, message, hint))
