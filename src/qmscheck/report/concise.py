"""One line per finding, for grep, editors and logs. Never wraps."""

from __future__ import annotations

from collections.abc import Iterator

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import GRAVITY, AuditRecord, Finding, ObligationResult, Verdict
from qmscheck.report import order, places, wording

__all__ = ["render"]

_QUIET = (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED)


def render(record: AuditRecord, options: RenderOptions) -> str:
    """Write `path:row: RULE [major] statement` for each finding that is not met or open, and a line with the gate."""
    lines = [] if options.verbose < 0 else list(_lines(record, passes=options.verbose > 0))
    return "\n".join([*(wording.clean(line) for line in lines), wording.clean(_summary(record))]) + "\n"


def _lines(record: AuditRecord, *, passes: bool) -> Iterator[str]:
    shown = GRAVITY if passes else tuple(v for v in GRAVITY if v not in _QUIET)
    for verdict in shown:
        for block in order.blocks(record, verdict):
            for finding in block.findings:
                yield _finding(finding)
            if not block.findings:
                yield _obligation(block.obligation)


def _finding(finding: Finding) -> str:
    mark = finding.proposed_grade.value if finding.proposed_grade else finding.verdict.value
    open_ = finding.verdict in {Verdict.ERROR, Verdict.INSUFFICIENT}
    return f"{_place(finding)}: {finding.rule} [{mark}] {finding.reason if open_ else finding.statement}"


def _place(finding: Finding) -> str:
    """Give the place of the first exception, as editors and grep write places."""
    if not finding.exceptions:
        return finding.table
    location = finding.exceptions[0].location
    number = location.row if location.row is not None else location.page
    named = location.path if number is None else f"{location.path}:{number}"
    within = places.cell_of(location) if location.row is None else None
    return f"{named} ({within})" if within else named


def _obligation(obligation: ObligationResult) -> str:
    mark = obligation.grade.value if obligation.grade else obligation.verdict.value
    return f"{', '.join(obligation.clauses)}: {obligation.id} [{mark}] {obligation.reason}"


def _summary(record: AuditRecord) -> str:
    counts = [(record.count(verdict), wording.PLAIN[verdict]) for verdict in GRAVITY]
    told = ", ".join(f"{number} {word}" for number, word in counts if number)
    asked = wording.numbered(len(record.obligations), "obligation")
    return f"{record.gate.result.value}: {asked}" + (f": {told}" if told else "")
