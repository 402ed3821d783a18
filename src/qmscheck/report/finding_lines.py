"""A finding as a person likes to read it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from qmscheck.model import AuditException, AuditRecord, Finding, Grade, Location, Verdict
from qmscheck.report import counts, figures, persons, places, wording
from qmscheck.report.layout import Line, labelled, unbroken

__all__ = ["FIRST", "finding_lines"]

#: So many places, and units, are shown where nobody asks for more.
FIRST = 5
_GRADE = {Grade.MAJOR: "bold red", Grade.MINOR: "red", Grade.OPPORTUNITY: "yellow"}


def finding_lines(record: AuditRecord, finding: Finding, verbose: int, advice: str | None = None) -> Iterator[Line]:
    """Tell of a finding: its verdict, figures, first places, and what to do (`advice`). More with `verbose` above 0."""
    yield Line()
    grade = finding.proposed_grade
    if grade is None:
        yield Line(finding.title, 2)
    else:
        yield Line(finding.title, 2, grade.value.upper(), len(grade.value), label_style=_GRADE[grade])
    if finding.verdict in {Verdict.ERROR, Verdict.INSUFFICIENT} or verbose > 0 or _measuring(finding):
        yield labelled("Why", finding.reason)
    if finding.verdict is not Verdict.ERROR and finding.statement != finding.reason:
        yield labelled("Found", finding.statement)
    for told in persons.decisions(record, finding.fingerprint):
        yield labelled("Decided", told)
    yield from _figures(finding, verbose)
    yield from _where(finding, None if verbose > 0 else FIRST)
    if advice:
        yield labelled("Do", advice)
    if finding.to_pass:
        yield labelled("To pass", finding.to_pass)
    yield from _fine_print(finding, verbose)


def _measuring(finding: Finding) -> bool:
    """Tell whether a fail or a question is of a statistic: its reason names the worst unit, and Simpson's case."""
    return finding.verdict is not Verdict.PASS and (finding.measured is not None or finding.series is not None)


def _figures(finding: Finding, verbose: int) -> Iterator[Line]:
    if finding.tally is None:
        return
    yield labelled("Count", counts.count_of(finding))
    yield from _measured(finding, verbose)
    if verbose <= 0 and not counts.known(finding.tally):
        return  # of no part there is more to say than of the whole
    many = verbose <= 0 and len(finding.strata) > FIRST
    worst = figures.worst_first(finding)[:FIRST] if many else finding.strata
    shown = [part for part in finding.strata if part in worst]
    for part in shown:
        stands = figures.standing(part, finding)
        yield Line(counts.stratum(part, finding) + (f": {stands}" if stands else ""), 6, "")
    if len(shown) < len(finding.strata):
        yield Line(f"and {len(finding.strata) - len(shown)} more, none of them worse", 6, "")


def _measured(finding: Finding, verbose: int) -> Iterator[Line]:
    """Tell the statistic, who answered, and what a series shows; its points with more words."""
    if finding.measured is not None:
        yield labelled("Measure", figures.measure(finding.measured))
        for line in figures.mix(finding.measured.mix) if verbose > 0 else ():
            yield Line(line, 6, "")
    if finding.series is not None:
        for line in figures.series(finding.series):
            yield labelled("Series", line)
        asked = [p for p in finding.series.points if p.signal is not None]
        for one in asked:
            yield Line(figures.point(one, finding.series), 6, "")
        if verbose > 0:
            yield labelled("Points", figures.points(finding.series))


def _where(finding: Finding, limit: int | None) -> Iterator[Line]:
    """Give the first exceptions, each file named once, and how many more there are."""
    shown = finding.exceptions[:limit]
    label = "Where"
    for name, group in groupby(shown, key=lambda e: _file(e.location)):
        yield labelled(label, name)
        yield from _rows(list(group))
        label = ""
    if finding.exceptions_total > len(shown):
        more = finding.exceptions_total - len(shown)
        stored = " (the record does not list them)" if len(shown) == len(finding.exceptions) else ""
        yield Line(f"and {more} more{stored}", 6, "", style="dim")


def _file(location: Location) -> str:
    return places.file_of(location.model_copy(update={"path": unbroken(location.path)}))


def _rows(exceptions: list[AuditException]) -> Iterator[Line]:
    width = max(len(places.spot(e.location)) for e in exceptions)
    for exception in exceptions:
        spot = places.spot(exception.location)
        if exception.quote is not None:
            yield Line(spot or "somewhere in it", 6, "")
            yield Line(f"“{exception.quote}”", 8, "", style="italic")
        else:
            unread = "(cannot be read)" if exception.state == "unreadable" else None
            parts = (spot.ljust(width) or None, places.record_of(exception), unread)
            if any(parts):
                yield Line("  ".join(part for part in parts if part), 6, "")


def _fine_print(finding: Finding, verbose: int) -> Iterator[Line]:
    why = finding.grade_why if verbose > 0 else wording.raised(finding)
    if why:
        yield labelled("Grade", why)
    if verbose > 1:
        yield labelled("Asked", finding.criterion)
        for use in finding.parameters:
            yield labelled("", wording.parameter(use))
        yield labelled("Sum", finding.calculation)
    mark = f", fingerprint {finding.fingerprint}" if verbose > 1 else ""
    yield labelled("Rule", f"{finding.rule}{mark}")
