"""The words that all reports share: verdicts, criteria, parameters. They decide nothing and print nothing."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from qmscheck.model import (
    Aggregation,
    AuditRecord,
    Evidence,
    Finding,
    Grade,
    GradeStep,
    ObligationResult,
    ParameterUse,
    RulesetChange,
    Scalar,
    Verdict,
    plain,
)

__all__ = [
    "GRADES",
    "MEANINGS",
    "PLAIN",
    "PROPOSAL",
    "aggregations_of",
    "before",
    "clean",
    "columns",
    "criteria",
    "grade_step",
    "grades",
    "numbered",
    "origin",
    "origin_of",
    "parameter",
    "raised",
    "routes",
    "since",
    "turned",
    "value",
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


def columns(one: Evidence) -> str:
    """Write which declared column was read from which real one."""
    return ", ".join(f"{name} from “{real}”" for name, real in sorted(one.columns.items()))


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
