"""What was not handed over, who can give it, and which rules wait for it; and what to do about a finding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from qmscheck.model import AuditRecord, Finding, Verdict, parted

__all__ = ["Wait", "advice", "apart"]


class Wait(NamedTuple):
    """Tables without a source, what is said of who gives them, and the findings that are open for want of them.

    `givers` has a text for each table: who gives it, or, where the ruleset does not say, what it holds.
    """

    tables: tuple[str, ...]
    givers: tuple[str, ...]
    findings: tuple[Finding, ...]


def apart(record: AuditRecord, findings: Iterable[Finding]) -> tuple[list[Finding], list[Wait]]:
    """Tell findings of which something was examined from those that wait; these by the tables that they wait for."""
    examined, waiting = [], dict[tuple[str, ...], list[Finding]]()
    absent = _absent(record)
    for finding in findings:
        missing = _missing(absent, finding)
        if missing:
            waiting.setdefault(missing, []).append(finding)
        else:
            examined.append(finding)
    waits = [
        Wait(tables, tuple(parted(absent[t])[1] or absent[t] for t in tables), tuple(of))
        for tables, of in waiting.items()
    ]
    return examined, waits


def advice(record: AuditRecord, finding: Finding) -> str | None:
    """Say what to do about a finding: what its rule recommends where something was seen that is not as it should be.

    Where nothing of the kind was seen, the recommendation speaks of records that nobody has found wanting: the reason
    of the finding says what is missing. Of a finding that waits for a table, handing it over is what to do.
    """
    if finding.verdict is not Verdict.INSUFFICIENT:
        return finding.recommendation
    missing = _missing(_absent(record), finding)
    if missing:
        return f"Hand over {_listed(missing)}, and name {'it' if len(missing) == 1 else 'them'} in the plan."
    seen = finding.tally is not None and finding.tally.unmet > 0
    return finding.recommendation if seen or _known(finding) else None


def _absent(record: AuditRecord) -> dict[str, str]:
    """Give the tables that have no source, with what the ruleset says of each."""
    return {limit.id: limit.detail for limit in record.limits if limit.kind == "table" and limit.reason == "no source"}


def _missing(absent: Iterable[str], finding: Finding) -> tuple[str, ...]:
    """Give those of the absent tables that an undecided rule reads."""
    if finding.verdict is not Verdict.INSUFFICIENT:
        return ()
    read = {finding.table, *finding.tables}
    return tuple(table for table in absent if table in read)


def _known(finding: Finding) -> bool:
    """Tell whether a statistic has a value, though one that does not decide."""
    return finding.measured is not None and finding.measured.value is not None


def _listed(tables: tuple[str, ...]) -> str:
    names = [f"'{table}'" for table in tables]
    return f"the {'table' if len(names) == 1 else 'tables'} {' and '.join(names)}"
