"""Why a verdict is what it is: all figures, so that a person can recompute it by hand."""

from __future__ import annotations

from collections.abc import Iterator

from qmscheck.errors import Problem, QmscheckError
from qmscheck.model import AuditRecord, Finding, Grade, ObligationResult, Verdict
from qmscheck.report import counts, figures, order, persons, places, wording
from qmscheck.toml import did_you_mean

__all__ = ["explain"]


def explain(record: AuditRecord, name: str) -> str:
    """Explain a rule (by its id or its finding's fingerprint), or an obligation with all of its rules.

    The first three lines on a rule are its short form: population, criterion and result. Raises QmscheckError
    for a name that the record does not have.
    """
    found = [finding for finding in record.findings if name in {finding.rule, finding.fingerprint}]
    obligations = [result for result in record.obligations if result.id == name]
    if found:
        lines = [line for finding in found for line in _rule(record, finding)]
    elif obligations:
        lines = [line for obligation in obligations for line in _obligation(record, obligation)]
    else:
        known = [*(f.rule for f in record.findings), *(o.id for o in record.obligations)]
        hint = did_you_mean(name, known) or "give the id of a rule or of an obligation, or a finding's fingerprint"
        raise QmscheckError(Problem("", 0, 0, f"the audit record has no rule, obligation or finding '{name}'", hint))
    return "\n".join(wording.clean(line).rstrip() for line in lines) + "\n"


def _obligation(record: AuditRecord, obligation: ObligationResult) -> Iterator[str]:
    yield f"{obligation.id}  {obligation.title}"
    yield f"result      {_word(obligation.verdict, obligation.grade)}"
    yield f"because     {obligation.reason}"
    for told in persons.decisions(record, obligation.fingerprint):
        yield f"decided     {told}"
    yield f"clauses     {', '.join(obligation.clauses)} ({obligation.force.value})"
    yield f"asked       {obligation.statement}"
    if obligation.question:
        yield f"question    {obligation.question}"
        answer = obligation.attestation
        yield f"answer      {persons.answered(answer, record.as_of) if answer else 'nobody has answered it'}"
        for warning in answer.warnings if answer else ():
            yield f"caution     {warning.detail}"
    yield f"do          {obligation.recommendation}"
    for told in wording.routes(obligation):
        yield f"route       {told}"
    for asked in wording.aggregations_of(record, obligation):
        yield f"together    {asked.question}"
        yield f"            {', '.join(asked.findings)} ({wording.parameter(asked.parameter)})"
    for finding in order.findings_of(record, obligation):
        yield ""
        yield ""
        yield f"{finding.rule}  {finding.title}"
        yield from _rule(record, finding)


def _rule(record: AuditRecord, finding: Finding) -> Iterator[str]:
    yield f"population  {_population(record, finding)}"
    yield f"criterion   {_criterion(record, finding)}"
    yield f"result      {_result(finding)}"
    yield ""
    yield f"rule        {finding.rule}: {finding.title}"
    yield from _obligation_of(record, finding)
    for use in finding.parameters:
        yield f"parameter   {wording.parameter(use)}"
    yield f"calculation {finding.calculation}"
    yield f"because     {finding.reason}"
    if finding.proposed_grade:
        why = "" if finding.grade_steps else f". {finding.grade_why or ''}"
        yield f"grade       {finding.proposed_grade.value}, proposed{why}"
        for step in finding.grade_steps:
            yield f"  {step.effect:<8}  {wording.grade_step(step)}"
    for told in persons.decisions(record, finding.fingerprint):
        yield f"decided     {told}"
    if finding.statement != finding.reason:
        yield f"found       {finding.statement}"
    yield from _measured(finding)
    for part in finding.strata:
        stands = figures.standing(part, finding)
        yield f"  of which  {counts.stratum(part, finding)}{f': {stands}' if stands else ''}"
        if part.interval is not None and finding.measured is not None:
            kind = figures.kind_of_unit(finding.measured)
            yield f"            {figures.ends(part.interval, kind, finding.measured.unit)}"
    if finding.verdict is Verdict.FAIL or finding.to_pass:
        yield f"to turn it  {finding.to_pass or 'no single change is known'}"
    yield from _nearest(record, finding)
    if finding.verdict is Verdict.FAIL:
        yield f"do          {finding.recommendation or _advice(record, finding)}"
    yield f"fingerprint {finding.fingerprint}"
    yield from _exceptions(finding)


def _measured(finding: Finding) -> Iterator[str]:
    """Write the statistic, who answered, and every point of a series."""
    if finding.measured is not None:
        yield f"measure     {figures.measure(finding.measured)}"
        for line in figures.mix(finding.measured.mix):
            yield f"  mix       {line}"
    if finding.series is not None:
        for line in figures.series(finding.series):
            yield f"series      {line}"
        for one in finding.series.points:
            limits = figures.limits(one, finding.series)
            yield f"  point     {figures.point(one, finding.series)}{f'; limits {limits}' if limits else ''}"


def _nearest(record: AuditRecord, finding: Finding) -> Iterator[str]:
    """Name the records that miss a condition on dates by least, and what became of the finding since last time."""
    if finding.change is not None:
        for one in finding.change.candidates:
            yield f"  nearest   {one.key} misses it by {one.misses_by:g} {finding.change.unit}"
    since = wording.since(record, finding)
    if since:
        yield f"since       {since}"


def _population(record: AuditRecord, finding: Finding) -> str:
    read = [f"{one.locator or one.source} ({one.status})" for one in record.evidence if one.table == finding.table]
    source = ", ".join(read) or "no source"
    if finding.tally is None:
        return f"nothing was counted in {finding.table}, from {source}"
    return f"{wording.numbered(finding.tally.population, 'record')} of {finding.table} in scope, from {source}"


def _criterion(record: AuditRecord, finding: Finding) -> str:
    """Write the condition with the values in force and whose they are, and the dates that it asks the audit for."""
    values = [f"{use.name} = {wording.value(use.value)} ({wording.origin(use)})" for use in finding.parameters]
    period = record.plan.period
    dates = {
        "as_of()": str(record.as_of),
        "audit_date()": str(record.plan.planned_audit or record.as_of),
        "in_period": f"{period.from_} to {period.to}",
        "period_from()": str(period.from_),
        "period_to()": str(period.to),
    }
    values += [f"{name} = {day}" for name, day in dates.items() if name in finding.criterion]
    return finding.criterion + (f"; with {', '.join(values)}" if values else "; no parameter")


def _result(finding: Finding) -> str:
    return f"{_word(finding.verdict, finding.proposed_grade)}; {counts.count_of(finding)}"


def _word(verdict: Verdict, grade: Grade | None) -> str:
    """Write a verdict with its plain words, where these say more."""
    word = verdict.value + (f", {grade.value}" if grade else "")
    return word if verdict in {Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED} else f"{word} ({wording.PLAIN[verdict]})"


def _obligation_of(record: AuditRecord, finding: Finding) -> Iterator[str]:
    for result in record.obligations:
        if result.id == finding.obligation:
            yield f"obligation  {result.id}: {result.title} ({', '.join(result.clauses)}; {result.force.value})"


def _advice(record: AuditRecord, finding: Finding) -> str:
    return next((o.recommendation for o in record.obligations if o.id == finding.obligation), "nothing")


def _exceptions(finding: Finding) -> Iterator[str]:
    if not finding.exceptions_total:
        return
    yield ""
    yield f"{wording.numbered(finding.exceptions_total, 'place')} to look at"
    for exception in finding.exceptions:
        quote = f": “{exception.quote}”" if exception.quote is not None else ""
        named = "  ".join(filter(None, (places.record_of(exception), places.place(exception.location))))
        yield f"  {exception.state:<10}  {named}{quote}"
    more = finding.exceptions_total - len(finding.exceptions)
    if more > 0:
        yield f"  and {more} more that the record does not list"
