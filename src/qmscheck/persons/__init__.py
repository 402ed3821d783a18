"""What persons add to an audit: answers to questions, decisions about findings, filled test sheets.

Library of this room: xlsxwriter, for the forms that a person fills in. It is a built-in plugin, too: it brings the
reader of the file of attestations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmscheck.hookspecs import Reader, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qmscheck.extracts import Extract, Request, Unread

__all__ = ["qmscheck_readers"]


@hookimpl
def qmscheck_readers() -> list[Reader]:
    """Give the reader of attestations.toml."""
    return [Reader("attestations", (), _attestations, title="Answers of persons (attestations.toml)", settled=True)]


def _attestations(request: Request) -> Iterator[Extract | Unread]:
    from qmscheck.persons.attestations import extract  # noqa: PLC0415

    return extract(request)
