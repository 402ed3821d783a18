"""What a person likes to read in a terminal: the sections of the report, in the order in which a person asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import (
    GRAVITY,
    AuditRecord,
    ConditionResult,
    ConditionState,
    Evidence,
    Finding,
    GateResult,
    ObligationResult,
    Verdict,
)
from qmscheck.report import figures, order, persons, places, readiness, waiting, wording
from qmscheck.report.finding_lines import FIRST, finding_lines
from qmscheck.report.layout import Line, heading, labelled, printed, unbroken

__all__ = ["render"]

_GATE = {
    GateResult.READY: "bold green",
    GateResult.NOT_READY: "bold red",
    GateResult.CANNOT_TELL: "bold yellow",
}
_STATE = {
    ConditionState.MET: "green",
    ConditionState.NOT_MET: "bold red",
    ConditionState.UNDECIDED: "bold yellow",
}
_STATE_WIDTH = len(readiness.STATES[ConditionState.UNDECIDED])
_VERDICT = {
    Verdict.FAIL: "red",
    Verdict.ERROR: "magenta",
    Verdict.INSUFFICIENT: "yellow",
    Verdict.MANUAL: "cyan",
    Verdict.PASS: "green",
}


def render(record: AuditRecord, options: RenderOptions) -> str:
    """Write the report at `options.width` characters: gravest first, the gate before all."""
    lines = [*_head(record), *_decided(record, options.verbose), *_turned(record)]
    if options.verbose < 0:
        lines += [*_short(record), *_counts(record)]
    else:
        for verdict in (Verdict.FAIL, Verdict.ERROR, Verdict.INSUFFICIENT):
            lines += _judged(record, verdict, options.verbose)
        lines += _together(record)
        lines += _questions(record, options.verbose)
        lines += _met(record, options.verbose)
        lines += _unexamined(record)
        lines += _evidence(record, options.verbose)
        lines += _counts(record)
    return printed(lines, options)


# ---------------------------------------------------------------- the parts of the report


def _head(record: AuditRecord) -> Iterator[Line]:
    gate, plan = record.gate, record.plan
    yield Line(gate.result.value, style=_GATE[gate.result])
    yield Line(plan.organization, style="bold")
    yield Line(plan.scope)
    if gate.scope:
        yield Line(f"Covers {gate.scope}")
    planned = f", for the audit planned on {plan.planned_audit}" if plan.planned_audit else ""
    yield Line(f"As of {record.as_of}, for records of {plan.period.from_} to {plan.period.to}{planned}")
    for line in wording.criteria(record):
        yield Line(f"Against {line}")
    for line in wording.before(record):
        yield Line(line)
    yield Line()
    yield Line(readiness.reason(record))


def _decided(record: AuditRecord, verbose: int) -> Iterator[Line]:
    then = record.gate.at_audit
    yield from heading("What decided it" + ("" if then is None else f" on {record.as_of}"))
    for condition in readiness.asked(record.gate.conditions):
        yield from _condition(condition, verbose)
    unasked = readiness.unasked(record.gate.conditions)
    for number, told in enumerate(unasked):
        yield Line(told, 2, "" if number else "left out", _STATE_WIDTH, style="dim")
    if then is None:
        return
    yield from heading(f"On the day of the planned audit, {then.on}", then.result.value, _GATE[then.result])
    for condition in readiness.changed(record):
        yield from _condition(condition, verbose)
    if not readiness.changed(record):
        yield Line("nothing is told otherwise than today", 2, style="dim")
    if record.gate.expiring:
        yield from heading("Runs out before the planned audit")
    for one in record.gate.expiring:
        yield Line(readiness.runs_out(one), 2)


def _turned(record: AuditRecord) -> Iterator[Line]:
    """Name the findings that are new, closed, or not shown to be, since the audit before."""
    turned = wording.turned(record)
    if record.previous is None or not turned:
        return
    yield from heading(f"What changed since the audit of {record.previous.as_of}")
    width = max(len(finding.rule) for _, findings in turned for finding in findings)
    for number, (told, findings) in enumerate(turned):
        if number:
            yield Line()
        yield Line(f"{told}:", 2, style="dim")
        for finding in findings:
            yield Line(finding.title, 2, finding.rule, width, label_style="")


def _condition(condition: ConditionResult, verbose: int) -> Iterator[Line]:
    met = condition.state not in {ConditionState.NOT_MET, ConditionState.UNDECIDED}
    number = f"{condition.number} " if condition.number else ""
    yield Line(
        f"{number}{condition.title}",
        2,
        readiness.STATES[condition.state],
        _STATE_WIDTH,
        label_style=_STATE.get(condition.state, "dim"),
    )
    yield Line(condition.detail, 2, "", _STATE_WIDTH, style="dim" if met else "")
    if verbose > 0 and condition.parameters:
        yield Line(readiness.numbers(condition), 2, "", _STATE_WIDTH, style="dim")
    if verbose > 0 and condition.decided_by:
        yield Line(", ".join(condition.decided_by), 2, "", _STATE_WIDTH, style="dim")


def _judged(record: AuditRecord, verdict: Verdict, verbose: int) -> Iterator[Line]:
    """Tell of each obligation with this verdict, or with a finding of it."""
    found = order.blocks(record, verdict)
    if not found:
        return
    yield from heading(wording.PLAIN[verdict], _how_many(record, found, verdict), _VERDICT[verdict])
    for number, block in enumerate(found):
        if number:
            yield Line()
        yield from _block(record, block, verbose)


def _how_many(record: AuditRecord, found: Sequence[order.Block], verdict: Verdict) -> str:
    """Count the obligations with a verdict, as the count at the end does, and apart those with a rule of it only."""
    whole = sum(block.obligation.verdict is verdict for block in found)
    grades = wording.grades(record) if verdict is Verdict.FAIL else ""
    told = wording.numbered(whole, "obligation") + (f" ({grades})" if grades else "")
    if whole == len(found):
        return told
    others = wording.numbered(len(found) - whole, "other obligation" if whole else "obligation")
    return f"{told}, and single rules of {others}" if whole else f"single rules of {others}"


def _block(record: AuditRecord, block: order.Block, verbose: int) -> Iterator[Line]:
    """Tell of an obligation and its findings; what to do stands once, where no rule says it more exactly."""
    obligation, fails = block.obligation, block.obligation.verdict is Verdict.FAIL
    yield from _obligation(obligation)
    for told in persons.decisions(record, obligation.fingerprint):
        yield labelled("Decided", told)
    if not block.findings:
        yield labelled("Why", obligation.reason)
        if fails:
            yield labelled("Do", obligation.recommendation)
    said = False
    examined, waits = (list(block.findings), []) if verbose > 0 else waiting.apart(record, block.findings)
    for finding in examined:
        advice = waiting.advice(record, finding)
        if advice is None and finding.verdict is Verdict.FAIL:
            advice, said = "as above" if said else obligation.recommendation, True
        yield from finding_lines(record, finding, verbose, advice)
    for wait in waits:
        yield from _waiting(record, wait)


def _waiting(record: AuditRecord, wait: waiting.Wait) -> Iterator[Line]:
    """Tell of rules that wait for a table: nothing of them was examined, so each has one line."""
    yield Line()
    yield Line(f"Not handed over: {', '.join(wait.tables)}", 2)
    for number, (table, giver) in enumerate(zip(wait.tables, wait.givers, strict=True)):
        yield labelled("" if number else "From", giver if len(wait.tables) == 1 else f"{giver} ({table})")
    for number, finding in enumerate(wait.findings):
        yield labelled("" if number else "Open", f"{finding.title} ({finding.rule})")
        for told in persons.decisions(record, finding.fingerprint):
            yield labelled("Decided", told)


def _obligation(obligation: ObligationResult) -> Iterator[Line]:
    yield Line(obligation.title, 0, obligation.id, len(obligation.id), style="bold", label_style="bold")
    many = "clauses" if len(obligation.clauses) > 1 else "clause"
    yield Line(f"{many} {', '.join(obligation.clauses)}; {obligation.force.value}", 2, style="dim")
    for told in wording.routes(obligation):
        yield Line(f"route {told}", 2)


def _together(record: AuditRecord) -> Iterator[Line]:
    """Ask whether minor findings together are one major: a question to the auditor."""
    if not record.aggregations:
        return
    yield from heading("Several minors", "the auditor decides whether they are one major", _VERDICT[Verdict.MANUAL])
    for number, asked in enumerate(record.aggregations):
        if number:
            yield Line()
        yield Line(asked.question, 2)
        yield labelled("Rules", ", ".join(asked.findings))


def _questions(record: AuditRecord, verbose: int) -> Iterator[Line]:
    found = order.open_questions(record)
    if not found:
        return
    yield from heading("A person decides", _obligations(found), _VERDICT[Verdict.MANUAL])
    for number, block in enumerate(found):
        if number:
            yield Line()
        yield from _obligation(block.obligation)
        if block.obligation.question:
            yield labelled("Ask", block.obligation.question)
        answer = block.obligation.attestation
        if answer is not None:
            yield labelled("Answer", persons.answered(answer, record.as_of))
            for caution in persons.cautions(answer):
                yield labelled("Caution", caution)
        if block.obligation.verdict is Verdict.MANUAL:
            yield labelled("Why", block.obligation.reason)
        for finding in block.findings:
            yield from finding_lines(record, finding, verbose)


def _met(record: AuditRecord, verbose: int) -> Iterator[Line]:
    found = order.blocks(record, Verdict.PASS)
    whole = [block for block in found if block.obligation.verdict is Verdict.PASS]
    partly = [f for b in found if b.obligation.verdict is not Verdict.PASS for f in b.findings]
    if not found:
        return
    yield from heading("Met", _obligations(whole), _VERDICT[Verdict.PASS])
    width = max(len(name) for b in found for name in (b.obligation.id, *(f.rule for f in b.findings if b not in whole)))
    for block in whole:
        yield Line(block.obligation.title, 2, block.obligation.id, width, label_style="")
        yield from _units(block.findings, verbose, named=True)
        if verbose > 0:
            yield labelled("Why", block.obligation.reason)
            for finding in block.findings:
                yield from finding_lines(record, finding, verbose)
    if partly:
        yield Line()
        yield Line("Single rules that are met, of obligations that are not met as a whole:", 2, style="dim")
    for finding in partly:
        yield Line(finding.title, 2, finding.rule, width, label_style="")
        yield from _units([finding], verbose, named=False)
        if verbose > 0:
            yield from list(finding_lines(record, finding, verbose))[2:]


def _units(findings: Sequence[Finding], verbose: int, *, named: bool) -> Iterator[Line]:
    """Tell of the units of rules that are met; with more words the whole finding says it."""
    for finding in findings if verbose <= 0 else ():
        for told in figures.units(finding):
            yield labelled("Units", f"{finding.title}: {told}" if named else told)


def _unexamined(record: AuditRecord) -> Iterator[Line]:
    found = order.unexamined(record)
    if not found:
        return
    yield from heading("What was not examined")
    for kind, name, why in found:
        yield Line(f"{name}, {why}", 2, kind, len("obligation"))


def _evidence(record: AuditRecord, verbose: int) -> Iterator[Line]:
    """Tell what was wrong with the evidence; the whole manifest with more words."""
    told = [(one, list(_evidence_problems(one, verbose))) for one in record.evidence]
    told = [(one, lines) for one, lines in told if lines or verbose > 0]
    if not told:
        return
    yield from heading("What to know of the evidence")
    for one, lines in told:
        yield Line(f"{one.table}, from {unbroken(one.locator or one.source)}", 2, style="bold")
        yield from lines


def _evidence_problems(one: Evidence, verbose: int) -> Iterator[Line]:
    if one.status != "read":
        yield Line(f"not read: {one.status}" + (f". {one.detail}" if one.detail else ""), 4, style="red")
    limit = None if verbose > 0 else FIRST
    if one.unreadable_count:
        yield Line(f"{wording.numbered(one.unreadable_count, 'cell')} cannot be read:", 4)
        for cell in one.unreadable[:limit]:
            yield Line(f"{places.within(cell.location, one.locator)}: should be {cell.expected} for {cell.column}", 6)
        yield from _more(one.unreadable_count, len(one.unreadable[:limit]))
    if one.rows_skipped:
        yield Line(f"{wording.numbered(len(one.rows_skipped), 'row')} skipped:", 4)
        for skipped in one.rows_skipped[:limit]:
            yield Line(f"{places.skipped_at(skipped, one.locator)}: {skipped.reason}", 6)
        yield from _more(len(one.rows_skipped), len(one.rows_skipped[:limit]))
    if one.missing_columns:
        yield Line(f"columns that are asked for and not there: {', '.join(one.missing_columns)}", 4)
    if one.unmapped_columns:
        yield Line(f"columns that were not read: {', '.join(one.unmapped_columns)}", 4)
    yield from (Line(f"note: {note}", 4) for note in one.notes)
    if verbose > 0:
        digest = f", sha256 {one.sha256}" if one.sha256 else ""
        told = (f"{wording.numbered(one.rows_read, 'row')} read{digest}", wording.origin_of(one))
        yield from (Line(line, 4, style="dim") for line in told if line)


def _more(total: int, shown: int) -> Iterator[Line]:
    if total > shown:
        yield Line(f"and {total - shown} more", 6, style="dim")


def _short(record: AuditRecord) -> Iterator[Line]:
    """Give one line per obligation that is not met or open."""
    quiet = {Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}
    loud = [o for o in order.by_gravity(record) if o.verdict not in quiet]
    if loud:
        yield from heading("Not met, or open")
    for obligation in loud:
        word = obligation.grade.value if obligation.grade else obligation.verdict.value
        said = persons.decided(obligation, obligation.grade)
        yield Line(
            f"{obligation.id}  {obligation.title}" + (f" ({said})" if said else ""),
            2,
            word,
            len(Verdict.INSUFFICIENT.value),
            label_style=_VERDICT[obligation.verdict],
        )


def _counts(record: AuditRecord) -> Iterator[Line]:
    """Count per verdict. There is no single score: it would hide what it is made of."""
    yield from heading("Count")
    yield _counted("", "obligations", "rules", "dim")
    for verdict in GRAVITY:
        findings = [finding for finding in record.findings if finding.verdict is verdict]
        obligations = [obligation for obligation in record.obligations if obligation.verdict is verdict]
        if not findings and not obligations:
            continue
        yield _counted(wording.PLAIN[verdict], len(obligations), len(findings), _VERDICT.get(verdict, ""))
        for grade in wording.GRADES if verdict is Verdict.FAIL else ():
            rules = sum(finding.proposed_grade is grade for finding in findings)
            yield _counted(f"  {grade.value}", sum(o.grade is grade for o in obligations), rules, "dim")
    yield _counted("all", len(record.obligations), len(record.findings), "bold")
    yield Line()
    yield Line(wording.PROPOSAL, style="dim")


def _counted(label: str, obligations: int | str, rules: int | str, style: str) -> Line:
    width = max(len(word) for word in wording.PLAIN.values())
    return Line(f"{obligations:>11}  {rules:>5}", 2, label, width, label_style=style)


def _obligations(found: list[order.Block]) -> str:
    return wording.numbered(len(found), "obligation")
