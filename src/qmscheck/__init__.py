"""The names that plugin authors and scripts import. Nothing is loaded before it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qmscheck.audit import conduct
    from qmscheck.cells import UNREADABLE, as_text
    from qmscheck.errors import Problem, QmscheckError
    from qmscheck.hookspecs import (
        Batch,
        Begun,
        Delimited,
        Extract,
        Holding,
        Parquet,
        Reader,
        RenderOptions,
        ReportFormat,
        Request,
        Rows,
        RulesetFiles,
        Skipped,
        Stream,
        Unread,
        hookimpl,
    )
    from qmscheck.model import AuditPlan, AuditRecord
    from qmscheck.references import resolve

_HOME = {
    "UNREADABLE": "cells",
    "AuditPlan": "model",
    "AuditRecord": "model",
    "Batch": "hookspecs",
    "Begun": "hookspecs",
    "Delimited": "hookspecs",
    "Extract": "hookspecs",
    "Holding": "hookspecs",
    "Parquet": "hookspecs",
    "Problem": "errors",
    "QmscheckError": "errors",
    "Reader": "hookspecs",
    "RenderOptions": "hookspecs",
    "ReportFormat": "hookspecs",
    "Request": "hookspecs",
    "Rows": "hookspecs",
    "RulesetFiles": "hookspecs",
    "Skipped": "hookspecs",
    "Stream": "hookspecs",
    "Unread": "hookspecs",
    "as_text": "cells",
    "conduct": "audit",
    "hookimpl": "hookspecs",
    "resolve": "references",
}

__all__ = [
    "UNREADABLE",
    "AuditPlan",
    "AuditRecord",
    "Batch",
    "Begun",
    "Delimited",
    "Extract",
    "Holding",
    "Parquet",
    "Problem",
    "QmscheckError",
    "Reader",
    "RenderOptions",
    "ReportFormat",
    "Request",
    "Rows",
    "RulesetFiles",
    "Skipped",
    "Stream",
    "Unread",
    "as_text",
    "conduct",
    "hookimpl",
    "resolve",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _HOME:
        msg = f"module 'qmscheck' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"qmscheck.{_HOME[name]}"), name)
