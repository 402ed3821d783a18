"""Tell: what an audit found, for a person or a program. Each format is a function of the record, in its own file."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from qmscheck.hookspecs import RenderOptions, ReportFormat, hookimpl
from qmscheck.model import AuditRecord

__all__ = ["qmscheck_report_formats"]


@hookimpl
def qmscheck_report_formats() -> list[ReportFormat]:
    """Give the formats that the product brings; a format is loaded when it is first rendered."""
    return [
        ReportFormat("human", "For a person at a terminal: gravest first, with places", ".txt", _lazy("human")),
        ReportFormat("concise", "One line per finding that is not met or open", ".txt", _lazy("concise")),
        ReportFormat("json", "The audit record itself", ".json", _lazy("record_json")),
        ReportFormat("html", "One file for the browser and for paper", ".html", _lazy("page")),
    ]


def _lazy(module: str) -> Callable[[AuditRecord, RenderOptions], str]:
    def render(record: AuditRecord, options: RenderOptions) -> str:
        text: str = import_module(f"qmscheck.report.{module}").render(record, options)
        return text

    return render
