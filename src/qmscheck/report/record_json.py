"""The audit record itself, for other programs."""

from __future__ import annotations

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import AuditRecord
from qmscheck.record import write

__all__ = ["render"]


def render(record: AuditRecord, options: RenderOptions) -> str:  # noqa: ARG001  (a program reads all of it)
    """Write the record as canonical JSON, whatever the options."""
    return write(record)
