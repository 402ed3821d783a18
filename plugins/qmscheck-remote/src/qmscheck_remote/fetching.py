"""Files elsewhere: copied into the private folder of the audit, then read as files are. Library of this module: fsspec.

The copy is what is hashed and read, so that the record tells which bytes were seen; it goes when the audit ends.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from qmscheck import Begun, Extract, Holding, Problem, QmscheckError, Reader, Request, Unread, resolve
from qmscheck_remote.settings import Setting, fitting, given_settings

__all__ = ["holds", "read"]

_OWN = ("url", "settings", "format")
_PIECE = 1 << 20
_HIDDEN = "(hidden)"
_SHORTEST = 3
_SIGNS = "*?["
_WEB = ("http://", "https://")
_LOOKING = Lock()
_HOSTED = frozenset({"sftp", "ssh"})
_GONE = frozenset({404, 410})
_S3 = frozenset({"s3", "s3a"})
_EVERY = frozenset({"use_listings_cache", "listings_expiry_time", "max_paths", "skip_instance_cache", "batch_size"})
_EXTRAS = {"s3": "s3", "s3a": "s3", "sftp": "sftp", "ssh": "sftp", "webdav": "webdav", "http": "http", "https": "http"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where files are. `shown` may be printed; `secrets` never are."""

    url: str
    shown: str
    settings: Mapping[str, Setting]
    secrets: frozenset[str]

    @property
    def scheme(self) -> str:
        """Give the kind of the last place in a chain: that is where the network is."""
        return self.url.rpartition("::")[2].partition("://")[0]

    @property
    def reached(self) -> str:
        """Give the kind of the place that settings are for: of a chain the last, where that is no file here."""
        return self.scheme if "://" in self.url.rpartition("::")[2] else self.url.partition("://")[0]

    def named(self, name: str) -> str:
        """Name one of the files that are meant: of a secret address only the end is told."""
        scheme, colon, rest = self.shown.partition("://")
        if not colon:
            return f"{self.shown}:{self.hidden_in(PurePosixPath(name).name)}"
        inner, chained, outer = rest.partition("::")
        if scheme in _HOSTED and not chained:  # its file system knows paths only
            return f"{scheme}://{inner.partition('/')[0]}/{name.lstrip('/')}"
        return f"{scheme}://{name.rpartition('://')[2].lstrip('/')}{chained}{outer}"

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
        files, names = _found(place, request.root)
    except QmscheckError:
        raise
    except ImportError as error:
        extra = _EXTRAS.get(place.scheme)
        do = f'; pip install "qmscheck-remote[{extra}]"' if extra else ""
        told = f"what reaches {place.shown} is not installed: {place.hidden_in(str(error))}{do}"
        yield Unread(asked, "unsupported", told)
        return
    except Exception as error:  # noqa: BLE001  (each service has errors of its own)
        yield Unread(asked, "missing", f"{place.shown} cannot be reached: {_told(place, error)}")
        return
    if not names:
        lost = ": its bucket is not there" if _is_without_bucket(place, files) else ""
        yield Unread(asked, "missing", f"there is no file at {place.shown}{lost}")
    with closing(_connection(files)) if _is_sftp(place) else nullcontext():
        for name in names:
            yield from _table(request, place, files, name, alone=names == [name] and not _is_pattern(place.shown))


def holds(request: Request) -> Iterator[Holding | Unread]:
    """Name the tables in the first file at an address; nothing where it cannot be had (`read` says why)."""
    place = _place(request)
    try:
        files, names = _found(place, request.root)
    except QmscheckError:
        raise
    except Exception:  # noqa: BLE001  (each service has errors of its own)
        return
    with closing(_connection(files)) if _is_sftp(place) else nullcontext():
        reader = _reader(request, names[0]) if names else None
        if reader is None or reader.holds is None:
            return
        try:
            copy = _copied(files, names[0], request.scratch)
        except Exception:  # noqa: BLE001
            return
        yield from reader.holds(replace(request, path=copy, options=_inner(request)))


def _inner(request: Request) -> dict[str, Any]:
    """Give the options that are for the reader of the file."""
    return {key: value for key, value in request.options.items() if key not in _OWN}


def _table(
    request: Request, place: _Place, files: Any, name: str, *, alone: bool
) -> Iterator[Extract | Unread | Begun]:
    """Copy one file and read the copy; what is told names the file where it is."""
    shown = place.shown if alone else place.named(name)
    where = request.root / _as_path(shown)
    reader = _reader(request, name)
    try:
        copy = _copied(files, name, request.scratch)
    except Exception as error:  # noqa: BLE001  (each service has errors of its own)
        yield Unread(where, "missing", f"{shown} cannot be fetched: {_told(place, error)}")
        return
    options = _inner(request)
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
    settings = given_settings(request)
    texts = (one.value for one in settings.values() if isinstance(one.value, str))
    secrets = {text for text in texts if len(text) >= _SHORTEST}
    if url != given:
        secrets |= _parts(url)
        return _Place(url, given, settings, frozenset(secrets))
    return _Place(_rooted(url, request.root), re.sub(r"://[^@/]*@", "://", url), settings, frozenset(secrets))


def _parts(url: str) -> set[str]:
    """Give the parts of an address that is itself a secret."""
    try:
        split = urlsplit(url)
        parts = [url, split.netloc, split.username, split.password, split.hostname, split.path, split.query]
        parts += [*split.path.split("/"), *(value for _, value in parse_qsl(split.query))]
    except ValueError:
        return {url}
    return {text for part in parts if part for text in (part, unquote(part)) if len(text) >= _SHORTEST}


def _rooted(url: str, root: Path) -> str:
    """Let a local file at the end of a chain (`zip://orders.csv::export.zip`) lie in the folder of the plan."""
    *outer, last = url.split("::")
    return url if "://" in last else "::".join([*outer, (root / last).as_posix()])


def _found(place: _Place, root: Path) -> tuple[Any, list[str]]:
    """Open the file system of an address and list the files that it means."""
    import fsspec  # noqa: PLC0415

    files, name = fsspec.core.url_to_fs(place.url, **_options(place, root))
    files.invalidate_cache()
    # A file system gives its kind first: zip://*.csv is *.csv inside the archive.
    name = name.partition("://")[2] if name.startswith("zip://") else name
    if not _is_pattern(name):
        return files, [name] if _is_file(files, name) else []
    return files, sorted(found for found in _fitting(files, name) if _is_file(files, found))


def _is_without_bucket(place: _Place, files: Any) -> bool:
    """True of a bucket of S3 that is not there: nothing in it can be."""
    first, _, chained = place.url.partition("::")
    scheme, _, path = first.partition("://")
    return scheme in _S3 and not chained and not files.exists(path.partition("/")[0])


def _is_pattern(name: str) -> bool:
    # In an address of HTTP a question mark begins the query.
    return any(sign in name for sign in (_SIGNS.replace("?", "") if name.startswith(_WEB) else _SIGNS))


def _is_file(files: Any, name: str) -> bool:
    """True of a file. `isfile` of fsspec says False of a server that is not there, and of a login that is refused."""
    try:
        return bool(files.info(name)["type"] == "file")
    except FileNotFoundError as error:
        # HTTP says so of every failure; its cause has the status of the answer, or there was no answer.
        cause = error.__cause__
        if name.startswith(_WEB) and cause and getattr(cause, "status", None) not in _GONE:
            raise cause from None
        return False


def _fitting(files: Any, pattern: str) -> list[str]:
    """List what a pattern means. Raises what fsspec keeps to itself: that a folder may not be looked into.

    Its `walk` leaves such a folder out, and hands `on_error` to the first folder only.
    """
    refused: list[OSError] = []

    def noted(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            refused.append(error)

    def ls(*args: Any, **more: Any) -> Any:
        try:
            return look(*args, **more)
        except OSError as error:
            noted(error)
            raise

    async def later(*args: Any, **more: Any) -> Any:
        try:
            return await look(*args, **more)
        except OSError as error:
            noted(error)
            raise

    name, listing = ("_ls", later) if files.async_impl else ("ls", ls)
    with _LOOKING:
        look = getattr(files, name)
        setattr(files, name, listing)
        try:
            found = list(files.glob(pattern))
        except FileNotFoundError:
            found = []
        finally:
            delattr(files, name)
    if refused:
        raise refused[0]
    return found


def _connection(files: Any) -> Any:
    """Give the connection below: that of a member of an archive is the connection of the archive."""
    return files.client if hasattr(files, "client") else files.of.fs.client


def _is_sftp(place: _Place) -> bool:
    return place.reached in {"sftp", "ssh"}


def _options(place: _Place, root: Path) -> dict[str, Any]:
    """Write the settings as the file system takes them: a login of WebDAV and HTTP is one pair."""
    scheme = place.reached
    if _is_sftp(place):
        from qmscheck_remote import sftp  # noqa: PLC0415

        settings = sftp.options(place.settings, root)
    else:
        from fsspec import get_filesystem_class  # noqa: PLC0415

        taker = get_filesystem_class(scheme).__init__
        settings = fitting(place.settings, taker, more=_EVERY if scheme in _S3 else None)
    if scheme == "webdav":
        login = (settings.pop("username", ""), settings.pop("password", ""))
        settings |= {"auth": login} if any(login) else {}
    if "::" not in place.url:
        return settings
    # What is archived may change, and what was opened before would not know. The settings of the last of a chain are
    # given by its name.
    own = {scheme: settings} if "://" in place.url.partition("::")[2] else settings
    return {**own, "skip_instance_cache": True}


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
    copy = folder / (PurePosixPath(name).name or "table")
    if copy.exists():
        # Another file of that name has the same bytes: what is read already stays as it is.
        incoming.unlink()
        return copy
    return incoming.replace(copy)


def _as_path(shown: str) -> str:
    return re.sub(r":/+", ":", shown)


def _told(place: _Place, error: Exception) -> str:
    return f"{type(error).__name__}: {place.hidden_in(str(error))}"


def _wrong(message: str, hint: str) -> QmscheckError:
    return QmscheckError(Problem("", 0, 0, message, hint))
