"""The words and the order that all reports share: verdicts, places, figures. It decides nothing and prints nothing."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from qmscheck.model import (
    GRAVITY,
    Aggregation,
    Attestation,
    AuditException,
    AuditRecord,
    Decision,
    DecisionKind,
    DecisionState,
    Evidence,
    Finding,
    Grade,
    GradeStep,
    Location,
    ObligationResult,
    ParameterUse,
    RulesetChange,
    Scalar,
    SkippedRow,
    Stratum,
    Tally,
    Verdict,
    plain,
)

__all__ = [
    "GRADES",
    "MEANINGS",
    "PLAIN",
    "PROPOSAL",
    "Block",
    "aggregations_of",
    "answered",
    "before",
    "blocks",
    "by_file",
    "by_gravity",
    "cautions",
    "clean",
    "columns",
    "count_of",
    "criteria",
    "decided",
    "decision",
    "decisions",
    "figures",
    "file_of",
    "findings_of",
    "grade_step",
    "grades",
    "known",
    "numbered",
    "open_questions",
    "origin",
    "parameter",
    "percent",
    "place",
    "raised",
    "record_of",
    "routes",
    "since",
    "skipped_at",
    "spot",
    "stratum",
    "turned",
    "unexamined",
    "value",
    "within",
]

GRADES = (Grade.MAJOR, Grade.MINOR, Grade.OPPORTUNITY)

PLAIN: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.FAIL: "not met",
        Verdict.ERROR: "the audit could not run this",
        Verdict.INSUFFICIENT: "cannot be told",
        Verdict.MANUAL: "a person decides",
        Verdict.PASS: "met",
        Verdict.NOT_APPLICABLE: "not applicable",
        Verdict.NOT_SELECTED: "not selected",
    }
)
MEANINGS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.FAIL: "The evidence shows that what is asked is not met. A grade says how grave that is.",
        Verdict.ERROR: "The tool, a plugin or the configuration failed here. Nothing is said about the organisation.",
        Verdict.INSUFFICIENT: "The evidence is missing, empty, unreadable or too little to show either way.",
        Verdict.MANUAL: "The machine did its part; a person must judge the rest.",
        Verdict.PASS: "The evidence that was read shows that what is asked is met.",
        Verdict.NOT_APPLICABLE: "What is asked does not apply here, for the reason given.",
        Verdict.NOT_SELECTED: "The user left this out of the audit.",
    }
)
PROPOSAL = (
    "Findings and grades are proposals of a tool. They become audit findings only when an auditor, by name, "
    "has looked at the evidence and decided."
)
_KINDS = ("source", "table", "file", "obligation", "rule")


class Block(NamedTuple):
    """An obligation, with those of its findings that have one verdict."""

    obligation: ObligationResult
    findings: tuple[Finding, ...]


#: Forms whose tally says of how many records the value is known.
_VALUES = {"measure", "trend", "signal"}

#: Below this many records counts are shown and no percentage.
_FEW = 10


def by_gravity(record: AuditRecord) -> list[ObligationResult]:
    """Order the obligations: gravest verdict first, then gravest grade, then as the ruleset has them."""
    return sorted(record.obligations, key=lambda o: (GRAVITY.index(o.verdict), _rank(o.grade)))


def findings_of(record: AuditRecord, obligation: ObligationResult) -> list[Finding]:
    """Give the findings of an obligation: gravest verdict first, then gravest grade, then as the ruleset has them."""
    return _gravest_first(finding for finding in record.findings if finding.obligation == obligation.id)


def blocks(record: AuditRecord, *verdicts: Verdict) -> list[Block]:
    """Give the obligations that have, or of which a finding has, one of the verdicts; gravest first.

    What is undecided is shown of the way that decides, what fails of every way that no other one makes good.
    """
    found = []
    findings = dict[str, list[Finding]]()
    for finding in record.findings:
        if finding.verdict in verdicts:
            findings.setdefault(finding.obligation, []).append(finding)
    for obligation in by_gravity(record):
        aside = obligation.excused if Verdict.FAIL in verdicts else frozenset(obligation.aside)
        own = tuple(f for f in _gravest_first(findings.get(obligation.id, ())) if f.rule not in aside)
        if own or obligation.verdict in verdicts:
            found.append(Block(obligation, own))
    return sorted(found, key=lambda b: _rank(_gravest(b)))


def open_questions(record: AuditRecord) -> list[Block]:
    """Give what waits for a person: a verdict `manual`, or a question without an answer that still counts."""
    asked = {block.obligation.id: block for block in blocks(record, Verdict.MANUAL)}
    for obligation in by_gravity(record):
        outside = obligation.verdict in {Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}
        if obligation.question and not outside and _unanswered(record, obligation):
            asked.setdefault(obligation.id, Block(obligation, ()))
    return sorted(asked.values(), key=lambda b: (not b.findings, GRAVITY.index(b.obligation.verdict)))


def unexamined(record: AuditRecord) -> list[tuple[str, str, str]]:
    """Give (kind, which one, why) of everything that was not examined: the limits, and what did not apply."""
    found: list[tuple[str, str, str]] = [(x.kind, x.id, _sentence(x.reason, x.detail)) for x in record.limits]
    named = {(kind, name) for kind, name, _ in found}
    outside = (Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED)
    others = [("obligation", o.id, o.verdict, o.reason) for o in record.obligations]
    others += [("rule", f.rule, f.verdict, f.reason) for f in record.findings]
    found += [
        (kind, name, _sentence(PLAIN[verdict], why))
        for kind, name, verdict, why in others
        if verdict in outside and (kind, name) not in named
    ]
    return sorted(found, key=lambda limit: _KINDS.index(limit[0]))


def answered(attestation: Attestation, as_of: dt.date) -> str:
    """Write a person's answer: what, who, when, and until when it counts or when it expired."""
    until = attestation.valid_until
    who = " ".join(part for part in (attestation.by, f"({attestation.role})" if attestation.role else None) if part)
    parts = (
        f"“{attestation.answer}”",
        f"by {who}" if who else "by nobody named",
        f"on {attestation.on}" if attestation.on else None,
        (f"expired on {until}" if until < as_of else f"valid until {until}") if until else None,
        f"“{attestation.statement}”" if attestation.statement else None,
        f"({place(attestation.location)})" if attestation.location else None,
    )
    return ", ".join(part for part in parts if part) + _changed(attestation)


def _changed(attestation: Attestation) -> str:
    """Add what is no longer as the person saw it; an answer without digests says nothing of that."""
    found = [
        f"{was.path} {'is gone' if was.state == 'gone' else 'has changed'}" for was in attestation.seen if was.stale
    ]
    return f"; stale: {', '.join(found)}" if found else ""


def cautions(attestation: Attestation) -> list[str]:
    """Say what a reader of an answer should know, but for the lack of digests: that is told where all is explained."""
    return [warning.detail for warning in attestation.warnings if warning.kind != "not-checkable"]


def decisions(record: AuditRecord, fingerprint: str) -> list[str]:
    """Write what persons decided about a finding, and which of their entries do not count (any more), and why."""
    without = (DecisionState.STALE, DecisionState.EXPIRED, DecisionState.CONTRADICTORY, DecisionState.ORPHANED)
    shown = (DecisionState.IN_FORCE, *without)
    found = [d for d in record.decisions if d.fingerprint == fingerprint and d.state in shown]
    return [("" if d.state is DecisionState.IN_FORCE else f"{d.state}: ") + decision(d) for d in found]


def decided(one: Finding | ObligationResult, proposed: Grade | None) -> str:
    """Say in a few words what persons decided: nothing, a final grade, a waiver."""
    told = []
    if one.final_grade is not None:
        said = "no finding" if one.final_grade == "none" else one.final_grade.value
        told.append(f"final: {said}, proposed: {proposed.value if proposed else 'nothing'}")
    if one.lifted_until is not None:
        told.append(f"waived or accepted until {one.lifted_until}")
    return "; ".join(told)


def decision(entry: Decision) -> str:
    """Write what a person decided: what, of what, who and when, why."""
    about = entry.rule or entry.obligation or entry.fingerprint or ""
    part = f", record {entry.key}" if entry.key else f", {entry.unit.column} {entry.unit.value}" if entry.unit else ""
    reason = f": {entry.why}" if entry.why else ""
    return f"{_decided(entry)} ({about}{part}), {entry.by} ({entry.role}), {entry.on}{reason}"


def _decided(entry: Decision) -> str:
    """Write what an entry decides."""
    if entry.withdrawn:
        return f"{entry.kind} withdrawn"
    until = f" until {entry.until}" if entry.until else ""
    match entry.kind:
        case DecisionKind.GRADE:
            said = "no finding" if entry.to == "none" else str(entry.to)
            return f"grade {said} confirmed" if entry.to == entry.from_ else f"grade {said} in place of {entry.from_}"
        case DecisionKind.WAIVER:
            return f"waived{until}"
        case DecisionKind.RISK:
            return f"risk accepted{until}"
        case DecisionKind.NOT_APPLICABLE:
            return f"declared not applicable{until}"
        case DecisionKind.RESPONSE:
            return f"response: {_response(entry)}"


def _response(entry: Decision) -> str:
    named = (("correction", entry.correction), ("cause", entry.cause), ("action", entry.action))
    told = [f"{name} “{text}”" for name, text in named if text]
    told += [f"owner {entry.owner}"] if entry.owner else []
    told += [f"due {entry.due}"] if entry.due else []
    told += [f"verified on {entry.verified_on} by {entry.verified_by}"] if entry.verified_on else []
    return ", ".join(told)


def criteria(record: AuditRecord) -> list[str]:
    """Name the rulesets: title, version, standard, edition; what nobody could verify, what one changes of others."""
    told = []
    for used in record.rulesets:
        told.append(f"{used.title} {used.version} ({used.id}), for {used.standard}:{used.edition}")
        if used.unverified is not None:
            told.append(f"{used.id} is unverified: {used.unverified}")
        told += [_laid_over(used.id, list(of)) for _, of in groupby(used.changes, key=lambda c: (c.kind, c.id, c.why))]
    return told


def _laid_over(ruleset: str, changes: Sequence[RulesetChange]) -> str:
    """Say what one overlay changes, and once why; what it loosens first. The place is that of the first line."""
    parts: list[str] = []
    for verb, of in (
        ("loosens", [c for c in changes if c.loosens]),
        ("changes", [c for c in changes if not c.loosens]),
    ):
        made = "; ".join(f"{c.key} is {c.now}, was {c.was}" for c in of)
        parts += [f"{verb} {of[0].id}: {made}" if not parts else f"and {verb} {made}"] if of else []
    return f"{ruleset} {'; '.join(parts)} ({changes[0].why}; {changes[0].place})"


def grade_step(step: GradeStep) -> str:
    """Write a step of grading with the parameter that it was compared with, and whose that is."""
    if step.parameter is None or step.effect == "cap":
        return step.why
    return f"{step.why} [{step.parameter.name} = {value(step.parameter.value)} ({origin(step.parameter)})]"


def routes(obligation: ObligationResult) -> list[str]:
    """Write the lawful ways that were tried: which one carries, and what the others lack."""
    first = next((route.name for route in obligation.routes if route.carries), None)
    told = []
    for route in obligation.routes:
        if route.carries:
            told.append(f"{route.name}: carries" + ("" if route.name == first else f", as {first} does already"))
        elif not route.claimed:
            told.append(f"{route.name}: not claimed, as no source is named of what only this way needs")
        else:
            told.append(f"{route.name}: does not carry ({PLAIN[route.verdict]}); it lacks {', '.join(route.lacks)}")
    return told


_SINCE: Mapping[str, str] = MappingProxyType(
    {
        "new": "new: the audit before did not find it",
        "repeated": "found again: the audit before found it too",
        "closed": "closed: the audit before found it, and it is met now",
        "not-shown": "not shown to be closed: the audit before found it, and it cannot be told now",
    }
)


def since(record: AuditRecord, finding: Finding) -> str | None:
    """Say what became of a finding since the audit before; None where none was given, or neither found anything."""
    if record.previous is None or finding.since is None:
        return None
    return f"{_SINCE[finding.since]} ({record.previous.as_of})"


def before(record: AuditRecord) -> list[str]:
    """Say with which audit this one was compared, what became of its findings, and in what the two differ."""
    if record.previous is None:
        return []
    counted = [(word, sum(f.since == word for f in record.findings)) for word in _SINCE]
    told = ", ".join(f"{number} {word.replace('-', ' ')}" for word, number in counted if number) or "nothing found"
    first = f"Since the audit of {record.previous.as_of} ({record.previous.name}): {told}"
    return [first, *(f"Note on that record: {text}" for text in record.previous.differs)]


_TURNED: Mapping[str, str] = MappingProxyType(
    {"new": "new", "not-shown": "not shown to be closed: it cannot be told now", "closed": "closed"}
)


def turned(record: AuditRecord) -> list[tuple[str, list[Finding]]]:
    """Give what is otherwise than in the audit before: new findings, those that are not shown to be closed, and those
    that are, each with its words. What is found again stands among what is not met.
    """
    if record.previous is None:
        return []
    found = [(told, [f for f in record.findings if f.since == word]) for word, told in _TURNED.items()]
    return [(told, findings) for told, findings in found if findings]


def raised(finding: Finding) -> str | None:
    """Say what raised a grade; None where nothing did: the count explains it."""
    return " ".join(step.why for step in finding.grade_steps if step.effect == "raise") or None


def aggregations_of(record: AuditRecord, obligation: ObligationResult) -> list[Aggregation]:
    """Give the questions about minor findings that may be one major and that concern an obligation."""
    return [asked for asked in record.aggregations if obligation.id in asked.obligations]


def grades(record: AuditRecord) -> str:
    """Count the grades of the obligations that fail, as `1 major, 2 minor`."""
    failed = [o.grade for o in record.obligations if o.verdict is Verdict.FAIL]
    return ", ".join(f"{failed.count(grade)} {grade.value}" for grade in GRADES if grade in failed)


def place(location: Location) -> str:
    """Write a whole place on one line, in the order in which a person opens it."""
    return ", ".join(part for part in (file_of(location), spot(location)) if part)


def by_file(exceptions: Sequence[AuditException]) -> list[tuple[str, list[AuditException]]]:
    """Group neighbours that stand in the same file and sheet, so that it is named once."""
    return [(name, list(group)) for name, group in groupby(exceptions, key=lambda e: file_of(e.location))]


def record_of(exception: AuditException) -> str | None:
    """Name the record of an exception; None where it is the file itself, which its place names already."""
    return None if exception.key == exception.location.path else exception.key


def file_of(location: Location) -> str:
    """Write the file and the sheet of a place."""
    return location.path + (f", sheet “{location.sheet}”" if location.sheet else "")


def spot(location: Location) -> str:
    """Write where in its file a place is."""
    parts = (
        f"page {location.page}" if location.page is not None else None,
        f"under “{location.heading}”" if location.heading else None,
        f"paragraph {location.paragraph}" if location.paragraph is not None and not location.cell else None,
        cell_of(location),
        f"row {location.row}" if location.row is not None and (not location.cell or " " in location.cell) else None,
        f"column “{location.column}”" if location.column else None,
    )
    return ", ".join(part for part in parts if part)


def cell_of(location: Location) -> str | None:
    """Write the cell, or the cells of a row, or the place in a table of a document; of a text its line says more."""
    if not location.cell or " " in location.cell:
        return location.cell if location.row is None else None
    return f"cells {location.cell}" if ":" in location.cell else f"cell {location.cell}"


def within(location: Location, path: str) -> str:
    """Write a place; a file that the reader of the line already knows is left out."""
    sheet = f"sheet “{location.sheet}”" if location.sheet else ""
    name = sheet if location.path == path else file_of(location)
    return ", ".join(part for part in (name, spot(location)) if part) or "somewhere in it"


def skipped_at(row: SkippedRow, path: str) -> str:
    """Write where a row was skipped."""
    return within(Location(path=row.path, sheet=row.sheet, row=row.row), path)


def columns(one: Evidence) -> str:
    """Write which declared column was read from which real one."""
    return ", ".join(f"{name} from “{real}”" for name, real in sorted(one.columns.items()))


def count_of(finding: Finding) -> str:
    """Write what a rule counted. Of a rule that asks for a number of records, the others are no breach."""
    tally = finding.tally
    if tally is not None and finding.form in _VALUES and not _of_share(finding):
        told = f"{numbered(tally.population, 'record')}: {tally.met} with a value"
        if finding.measured is not None and finding.measured.statistic == "rate":
            told = f"{tally.met} {'counts' if tally.met == 1 else 'count'} of {numbered(tally.population, 'record')}"
        return told + (f", {tally.unreadable} without one that can be told" if tally.unreadable else "")
    if tally is None or finding.form != "count":
        return figures(tally)
    verbs = ("counts" if tally.met == 1 else "count", "does" if tally.unmet == 1 else "do")
    told = f"{numbered(tally.population, 'record')}: {tally.met} {verbs[0]}, {tally.unmet} {verbs[1]} not"
    return told + (f", {tally.unreadable} unreadable" if tally.unreadable else "")


def _of_share(finding: Finding) -> bool:
    return finding.form == "measure" and (finding.measured is None or finding.measured.statistic == "share")


def figures(tally: Tally | None) -> str:
    """Write a tally so that it adds up: how many records, and of how many it is met, not met and not to be told.

    Of few records a percentage says more than there is, so it is left out.
    """
    if tally is None:
        return "nothing was counted"
    told = f"{numbered(tally.population, 'record')}: {tally.met} met, {tally.unmet} not met"
    told += f", {tally.unreadable} unreadable" if tally.unreadable else ""
    if tally.interval is None or tally.population < _FEW or not known(tally):
        return told
    worst, best = tally.interval
    share = percent(worst) if worst == best else f"{percent(worst)} to {percent(best)}"
    return f"{told} ({share} met)"


def known(tally: Tally) -> bool:
    """Tell whether of any record it is known whether it is met."""
    return tally.met > 0 or tally.unmet > 0


def percent(share: float) -> str:
    """Write a share in percent; what is not all, or not nothing, never rounds to 100 or 0."""
    for digits in range(1, 9):
        text = f"{share * 100:.{digits}f}"
        if share in {0, 1} or float(text) not in {0.0, 100.0}:
            return f"{text.rstrip('0').rstrip('.')} %"
    return "just under 100 %" if share > 0.5 else "just over 0 %"  # noqa: PLR2004  (either half)


def stratum(part: Stratum, finding: Finding) -> str:
    """Write one stratum: `site Leeds: 200 records: ...`."""
    name = f"{part.column} {part.value if part.value is not None else '(blank)'}"
    if finding.form not in _VALUES or _of_share(finding):
        return f"{name}: {figures(part.tally)}"
    unknown = f", {part.tally.unreadable} without a value that can be told" if part.tally.unreadable else ""
    counted = finding.measured is not None and finding.measured.statistic == "rate"
    return f"{name}: {numbered(part.tally.met if counted else part.tally.population, 'record')}{unknown}"


def origin_of(one: Evidence) -> str:
    """Write where a source comes from, as the plan says; empty where it says nothing."""
    given = one.provenance
    if given is None:
        return ""
    told = [
        f"extracted on {given.extracted_on}" if given.extracted_on else "",
        f"about {given.period.from_} to {given.period.to}" if given.period else "",
        f"owner: {given.owner}" if given.owner else "",
        f"method: {given.method}" if given.method else "",
        f"reliability {given.reliability} ({_RELIABILITY[given.reliability]})" if given.reliability else "",
    ]
    return ", ".join(filter(None, told))


_RELIABILITY = {
    "A": "system export with an audit log",
    "B": "controlled document",
    "C": "uncontrolled sheet",
    "D": "what the person responsible says",
    "E": "copy without origin",
}


def parameter(use: ParameterUse) -> str:
    """Write a parameter with its value and whose number it is."""
    return f"{use.name} = {value(use.value)} ({origin(use)}): {use.title}"


def origin(use: ParameterUse) -> str:
    """Say whose number a parameter is, and where it is written down."""
    whose = use.origin.value.replace("-", " ")
    return f"{whose}, {use.ref}" if use.ref else whose


def value(scalar: Scalar) -> str:
    """Write a scalar the same before and after it went through JSON."""
    return scalar.isoformat() if isinstance(scalar, dt.datetime) else plain(scalar)


def numbered(number: int, noun: str) -> str:
    """Write `1 record`, `2 records`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clean(text: str) -> str:
    """Make text from evidence harmless to print: one line, and control and direction characters shown, not obeyed."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or character in "\u00a0\u200c\u200d":  # joiners are part of Persian and of emoji
        return character
    if character in "\t\n\r\v\f\u2028\u2029" or unicodedata.category(character) == "Zs":
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"  # noqa: PLR2004  (Latin-1 ends here)


def _unanswered(record: AuditRecord, obligation: ObligationResult) -> bool:
    """Tell whether a question is open: nobody answered it, the answer expired or is in doubt, or it says so."""
    answer = obligation.attestation
    expired = answer is not None and answer.valid_until is not None and answer.valid_until < record.as_of
    doubtful = answer is not None and answer.doubt is not None
    return answer is None or expired or doubtful or "question" in obligation.undecided


def _sentence(word: str, detail: str) -> str:
    return f"{word}: {detail}" if detail else word


def _gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: (GRAVITY.index(f.verdict), _rank(f.proposed_grade)))


def _gravest(block: Block) -> Grade | None:
    grades_found = [f.proposed_grade for f in block.findings] + [block.obligation.grade]
    return min(grades_found, key=_rank)


def _rank(grade: Grade | None) -> int:
    return len(GRADES) if grade is None else GRADES.index(grade)
