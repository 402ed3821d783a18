"""The names that plugin authors and scripts import. Nothing is loaded before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmscheck.late import late

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

__getattr__ = late(
    __name__,
    {
        "audit": ("conduct",),
        "cells": (
            "UNREADABLE",
            "WHITE_SPACE",
            "as_text",
            "bare",
        ),
        "engine": (
            "Engine",
            "EngineError",
            "Loaded",
        ),
        "errors": (
            "Problem",
            "QmscheckError",
        ),
        "extracts": (
            "Batch",
            "Begun",
            "Delimited",
            "Extract",
            "Holding",
            "InPlace",
            "Parquet",
            "Request",
            "Rows",
            "Skipped",
            "Stream",
            "Unread",
        ),
        "hookspecs": (
            "EngineKind",
            "Opening",
            "Reader",
            "RenderOptions",
            "ReportFormat",
            "RulesetFiles",
            "hookimpl",
        ),
        "model": (
            "AuditPlan",
            "AuditRecord",
        ),
        "references": ("resolve",),
        "sql.dialects": (
            "UnsayableError",
            "preamble",
            "relation",
        ),
        "sql.kinds": ("Kind",),
        "sql.render": ("render",),
        "sql.statement": ("Statement",),
    },
)
