"""Where evidence comes from, as the plan says: what it cannot show, and what is weak about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qmscheck.model import AuditPlan, Limit, Source

__all__ = ["Page", "pages_missing", "provenance_limits", "shortfall"]

#: Classes of reliability (domain report 6.4) that prove little by themselves: what somebody said; a copy of no origin.
_WEAK = {"D": "what the person responsible says", "E": "a copy without origin"}


@dataclass(frozen=True, slots=True)
class Page:
    """A file as one page of an answer: how many records it holds, how many it says there are, and that more follow."""

    locator: str
    rows: int
    total: int | None
    more: bool


def pages_missing(pages: Sequence[Page]) -> str | None:
    """Say that a source lacks pages of what it was exported from; None where nothing says so."""
    totals = [page.total for page in pages if page.total is not None]
    rows = sum(page.rows for page in pages)
    if totals and max(totals) > rows:
        here = "1 is here" if rows == 1 else f"{rows} are here"
        return f"{_first(pages)} says that there are {max(totals)} records, and {here}"
    if not totals and pages and all(page.more for page in pages):
        return f"{_first(pages)} says that more pages follow, and the last one is not here"
    return None


def _first(pages: Sequence[Page]) -> str:
    return min(page.locator for page in pages if page.total is not None or page.more)


def shortfall(sources: Sequence[Source], plan: AuditPlan) -> str | None:
    """Say why the sources of a table cannot show what holds over the whole period; None where nothing says so.

    A plan that declares neither day nor period claims nothing, and nothing follows. Several sources cover together.
    """
    end = min(plan.period.to, plan.as_of)
    told = [f"{_name(source)} was extracted on {day}, before {until}" for source, day, until in _early(sources, end)]
    given = [s.provenance.period for s in sources if s.provenance is not None and s.provenance.period is not None]
    if given and len(given) == len(sources):
        day = plan.period.from_
        for one in sorted(given, key=lambda p: (p.from_, p.to)):
            if one.from_ <= day:
                day = max(day, _next(one.to))
        if day <= end:
            told.append(f"the declared periods do not cover {day}, and the audit looks at {plan.period.from_} to {end}")
    return "; ".join(told) or None


def provenance_limits(plan: AuditPlan, tables: Sequence[str]) -> Iterator[Limit]:
    """List the tables whose sources fall short of the period, and those that rest on weak sources only."""
    for table in tables:
        sources = [source for source in plan.sources if source.table == table]
        told = shortfall(sources, plan)
        if told is not None:
            detail = f"{told}: what holds for all of the period is not shown by it"
            yield Limit(kind="table", id=table, reason="period not covered", detail=detail)
        classes = {s.provenance.reliability if s.provenance is not None else None for s in sources}
        if sources and classes <= set(_WEAK):
            named = ", ".join(f"{name} ({_WEAK[name]})" for name in sorted(str(c) for c in classes))
            detail = f"all its sources are of class {named}: what only they prove should be looked at elsewhere, too"
            yield Limit(kind="table", id=table, reason="weak evidence", detail=detail)


def _early(sources: Sequence[Source], end: dt.date) -> Iterator[tuple[Source, dt.date, dt.date]]:
    """Find sources that were extracted before the end of what they are about."""
    for source in sources:
        given = source.provenance
        if given is not None and given.extracted_on is not None:
            until = end if given.period is None else min(given.period.to, end)
            if given.extracted_on < until:
                yield source, given.extracted_on, until


def _name(source: Source) -> str:
    return source.path or source.table


def _next(day: dt.date) -> dt.date:
    return day if day == dt.date.max else day + dt.timedelta(days=1)
