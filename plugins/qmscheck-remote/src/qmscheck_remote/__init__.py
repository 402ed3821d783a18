"""Reader for tables elsewhere, by their address (`s3://...`). Nothing is fetched before a source asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmscheck import Reader, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qmscheck import Begun, Extract, Holding, Request, Unread

__all__ = ["qmscheck_readers"]


@hookimpl
def qmscheck_readers() -> list[Reader]:
    """Give the reader of this plugin: what it fetches has the options of the reader of its ending."""
    from qmscheck_tables import qmscheck_readers as tables  # noqa: PLC0415

    inside = {option: told for reader in tables() for option, told in reader.options.items()}
    own = {
        "url": 'the address, as path = "s3://..." gives it, or where it is kept: "env:NAME", "file:path"',
        "settings": 'what the service wants to know, such as { username = "env:DAV_USER", port = 2222, anon = true }',
        "format": 'the reader of the file, such as "csv"; default: by its ending',
    }
    return [
        Reader(
            name="remote",
            title="Tables elsewhere, by their address (S3, SFTP, WebDAV, HTTP, ...)",
            suffixes=(),
            read=_remote,
            holds=_tables,
            options={**inside, **own},
            tables=("settings",),
        )
    ]


def _remote(request: Request) -> Iterator[Extract | Unread | Begun]:
    from qmscheck_remote.fetching import read  # noqa: PLC0415

    return read(request)


def _tables(request: Request) -> Iterator[Holding | Unread]:
    from qmscheck_remote.fetching import holds  # noqa: PLC0415

    return holds(request)
