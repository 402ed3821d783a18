"""The names that plugin authors and scripts import. Nothing is loaded before it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qmscheck.audit import conduct
    from qmscheck.cells import UNREADABLE, WHITE_SPACE, as_text, bare
    from qmscheck.engine import Engine, EngineError, Loaded
    from qmscheck.errors import Problem, QmscheckError
    from qmscheck.extracts import (
        Batch,
        Begun,
        Delimited,
        Extract,
        Holding,
        InPlace,
        Parquet,
        Request,
        Rows,
        Skipped,
        Stream,
        Unread,
    )
    from qmscheck.hookspecs import EngineKind, Opening, Reader, RenderOptions, ReportFormat, RulesetFiles, hookimpl
    from qmscheck.model import AuditPlan, AuditRecord
    from qmscheck.references import resolve
    from qmscheck.sql.dialects import UnsayableError, preamble, relation
    from qmscheck.sql.kinds import Kind
    from qmscheck.sql.render import render
    from qmscheck.sql.statement import Statement

_HOME = {
    "UNREADABLE": "cells",
    "WHITE_SPACE": "cells",
    "AuditPlan": "model",
    "AuditRecord": "model",
    "Batch": "extracts",
    "Begun": "extracts",
    "Delimited": "extracts",
    "Engine": "engine",
    "EngineError": "engine",
    "EngineKind": "hookspecs",
    "Extract": "extracts",
    "Holding": "extracts",
    "InPlace": "extracts",
    "Kind": "sql.kinds",
    "Loaded": "engine",
    "Opening": "hookspecs",
    "Parquet": "extracts",
    "Problem": "errors",
    "QmscheckError": "errors",
    "Reader": "hookspecs",
    "RenderOptions": "hookspecs",
    "ReportFormat": "hookspecs",
    "Request": "extracts",
    "Rows": "extracts",
    "RulesetFiles": "hookspecs",
    "Skipped": "extracts",
    "Statement": "sql.statement",
    "Stream": "extracts",
    "Unread": "extracts",
    "UnsayableError": "sql.dialects",
    "as_text": "cells",
    "bare": "cells",
    "conduct": "audit",
    "hookimpl": "hookspecs",
    "preamble": "sql.dialects",
    "relation": "sql.dialects",
    "render": "sql.render",
    "resolve": "references",
}

__all__ = [
    "UNREADABLE",
    "WHITE_SPACE",
    "AuditPlan",
    "AuditRecord",
    "Batch",
    "Begun",
    "Delimited",
    "Engine",
    "EngineError",
    "EngineKind",
    "Extract",
    "Holding",
    "InPlace",
    "Kind",
    "Loaded",
    "Opening",
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
    "Statement",
    "Stream",
    "Unread",
    "UnsayableError",
    "as_text",
    "bare",
    "conduct",
    "hookimpl",
    "preamble",
    "relation",
    "render",
    "resolve",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _HOME:
        msg = f"module 'qmscheck' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"qmscheck.{_HOME[name]}"), name)
