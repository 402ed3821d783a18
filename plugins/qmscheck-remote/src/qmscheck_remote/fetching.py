"""Files elsewhere: copied into the private folder of the audit, then read as files are. Library of this module: fsspec.

The copy is what is hashed and read, so that the record tells which bytes were seen; it goes when the audit ends.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from qmscheck import Begun, Extract, Problem, QmscheckError, Reader, Request, Unread, resolve

__all__ = ["read"]

_OWN = ("url", "settings", "format")
_PIECE = 1 << 20
_HIDDEN = "(hidden)"
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class _Place:
    """Where files are. `shown` may be printed; `secrets` never are."""

    url: str
    shown: str
    settings: Mapping[str, str]
    secrets: frozenset[str]

    def hidden_in(self, text: str) -> str:
        """Take what is secret out of a message of a library; its first line is kept."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        told = lines[0] if lines else "no reason given"
        for secret in sorted(self.secrets, key=len, reverse=True):
            told = told.replace(secret, _HIDDEN)
        return told


def read(request: Request) -> Iterator[Extract | Unread | Begun]:
    """Give the tables at an address, which may hold a pattern, or say why they cannot be had."""
    place = _place(request)
    asked = request.root / _as_path(place.shown)
    try:
        files, names = _found(place)
    except ImportError as error:
        yield Unread(
            asked, "unsupported", f"what reaches {place.shown} is not installed: {place.hidden_in(str(error))}"
        )
        return
    except Exception as error:  # noqa: BLE001  (each service has errors of its own)
        yield Unread(asked, "missing", f"{place.shown} cannot be reached: {_told(place, error)}")
        return
    if not names:
        yield Unread(asked, "missing", f"there is no file at {place.shown}")
    for name in names:
        yield from _table(request, place, files, name, alone=len(names) == 1)


def _table(
    request: Request, place: _Place, files: Any, name: str, *, alone: bool
) -> Iterator[Extract | Unread | Begun]:
    """Copy one file and read the copy; what is told names the file where it is."""
    shown = place.shown if alone else f"{place.shown.partition('://')[0]}://{name.lstrip('/')}"
    where = request.root / _as_path(shown)
    reader = _reader(request, name)
    try:
        copy = _copied(files, name, request.scratch)
    except Exception as error:  # noqa: BLE001  (each service has errors of its own)
        yield Unread(where, "missing", f"{shown} cannot be fetched: {_told(place, error)}")
        return
    options = {key: value for key, value in request.options.items() if key not in _OWN}
    for option in options:
        if option not in reader.options:
            raise _wrong(f"{option} is no option of the reader '{reader.name}', which reads {shown}", "take it out")
    for part in reader.read(replace(request, path=copy, options=options)):
        if isinstance(part, Extract):
            note = f"Fetched from {shown}."
            yield replace(part, path=where, files=(copy,), notes=(note, *part.notes))
        elif isinstance(part, Unread):
            yield replace(part, path=where, detail=f"{shown}: {part.detail.replace(copy.name, name)}")


def _place(request: Request) -> _Place:
    given = request.options.get("url")
    if not isinstance(given, str):
        raise _wrong("a source with reader = \"remote\" needs 'url'", 'path = "s3://bucket/complaints.csv"')
    url = resolve(given, request.root, "url")
    settings: dict[str, str] = {}
    listed = request.options.get("settings", ())
    for one in (listed,) if isinstance(listed, str) else listed if isinstance(listed, tuple | list) else ("",):
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise _wrong("settings should be a list of name=value", 'settings = ["password=env:DAV_PASSWORD"]')
        settings[name.strip()] = resolve(value.strip(), request.root, "settings")
    secrets = {value for value in settings.values() if len(value) >= _SHORTEST}
    if url != given:
        secrets |= _parts(url)
        return _Place(url, given, settings, frozenset(secrets))
    return _Place(_rooted(url, request.root), re.sub(r"://[^@/]*@", "://", url), settings, frozenset(secrets))


def _parts(url: str) -> set[str]:
    """Give the parts of an address that is itself a secret."""
    try:
        split = urlsplit(url)
        parts = [url, split.netloc, split.username, split.password, split.hostname, split.query]
    except ValueError:
        return {url}
    return {text for part in parts if part for text in (part, unquote(part)) if len(text) >= _SHORTEST}


def _rooted(url: str, root: Path) -> str:
    """Let a local file at the end of a chain (`zip://orders.csv::export.zip`) lie in the folder of the plan."""
    *outer, last = url.split("::")
    return url if "://" in last else "::".join([*outer, (root / last).as_posix()])


def _found(place: _Place) -> tuple[Any, list[str]]:
    """Open the file system of an address and list the files that it means."""
    import fsspec  # noqa: PLC0415

    files, name = fsspec.core.url_to_fs(place.url, **_options(place))
    # A file system gives its kind first: zip://*.csv is *.csv inside the archive.
    name = name.partition("://")[2] if name.startswith("zip://") else name
    if not any(sign in name for sign in "*?["):
        return files, [name] if files.isfile(name) else []
    return files, sorted(found for found in files.glob(name) if files.isfile(found))


def _options(place: _Place) -> dict[str, Any]:
    """Write the settings as the file system takes them: a login of WebDAV and HTTP is one pair."""
    settings: dict[str, Any] = dict(place.settings)
    scheme = place.url.partition("://")[0]
    if scheme == "webdav":
        login = (settings.pop("username", ""), settings.pop("password", ""))
        return {**settings, **({"auth": login} if any(login) else {})}
    return settings


def _reader(request: Request, name: str) -> Reader:
    from qmscheck_tables import qmscheck_readers  # noqa: PLC0415

    readers = {reader.name: reader for reader in qmscheck_readers()}
    chosen = request.options.get("format")
    if chosen is not None:
        if chosen not in readers:
            raise _wrong(f"format should be one of {', '.join(readers)}", 'format = "csv"')
        return readers[str(chosen)]
    low = name.lower()
    endings = {ending: reader for reader in readers.values() for ending in reader.suffixes if low.endswith(ending)}
    if not endings:
        raise _wrong(f"no reader knows files like {PurePosixPath(name).name}: url needs a format", 'format = "csv"')
    return endings[max(endings, key=len)]


def _copied(files: Any, name: str, scratch: Path) -> Path:
    """Copy a file, and call its folder by the digest of its bytes."""
    incoming = scratch / f"incoming-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    digest = hashlib.sha256()
    with files.open(name, "rb") as there, incoming.open("wb") as here:
        while piece := there.read(_PIECE):
            digest.update(piece)
            here.write(piece)
    folder = scratch / digest.hexdigest()
    folder.mkdir(exist_ok=True)
    return incoming.replace(folder / (PurePosixPath(name).name or "table"))


def _as_path(shown: str) -> str:
    return re.sub(r":/+", ":", shown)


def _told(place: _Place, error: Exception) -> str:
    return f"{type(error).__name__}: {place.hidden_in(str(error))}"


def _wrong(message: str, hint: str) -> QmscheckError:
    return QmscheckError(Problem("", 0, 0, message, hint))
