"""One HTML file for the browser and for paper. Library of this format: jinja2; its template is page.html.j2."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import GRAVITY, AuditRecord, Verdict
from qmscheck.report import counts, figures, order, persons, places, readiness, waiting, wording

__all__ = ["render"]

_FIRST = 25


def render(record: AuditRecord, options: RenderOptions) -> str:  # noqa: ARG001  (paper has its own width)
    """Write the page: it holds all of the record, asks nothing of the network and works without its script."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_harmless
    )
    here = files("qmscheck.report")
    script = here.joinpath("page.js").read_text("utf-8").strip()
    template = environment.from_string(here.joinpath("page.html.j2").read_text("utf-8"))
    return (
        template.render(
            record=record,
            ids={obligation.id for obligation in record.obligations},
            by_gravity=order.by_gravity(record),
            numbers={verdict: (record.count(verdict), _rules(record, verdict)) for verdict in GRAVITY},
            clauses=list(dict.fromkeys(clause for o in record.obligations for clause in o.clauses)),
            first=_FIRST,
            script=_Raw(script),
            style=_Raw(here.joinpath("page.css").read_text("utf-8").strip()),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            gravity=GRAVITY,
            wording=wording,
            counts=counts,
            order=order,
            persons=persons,
            places=places,
            readiness=readiness,
            figures=figures,
            waiting=waiting,
        ).rstrip()
        + "\n"
    )


class _Raw(str):
    """Text of our own files, which stands in the page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _harmless(value: object) -> object:
    """Clean what is printed, so that no control or direction character from evidence reaches the page."""
    return wording.clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _rules(record: AuditRecord, verdict: Verdict) -> int:
    return sum(finding.verdict is verdict for finding in record.findings)
