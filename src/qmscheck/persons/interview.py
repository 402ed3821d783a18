"""The questions that an audit left open, each with what the machine saw and where to look: a form to be written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.model import Attestation, AuditRecord, EvidenceSeen, Finding, Location, ObligationResult, Verdict

__all__ = ["ANSWERS", "FIELDS", "Form", "Question", "form", "place", "prompt", "row_key", "seen_by"]

#: What a person fills in, in the order in which it is asked.
FIELDS = ("answer", "statement", "references", "by", "role", "on", "valid_until", "independent_of")
#: What an answer can be.
ANSWERS = ("yes", "partly", "no")

_PLACES = 5
_OUTSIDE = {Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `saw` and `look` are lines of text; `seen` are the files that the rules of the obligation read.

    `why` says why it is open, without a name; `key` is the digest of what must not change in its row.
    """

    obligation: str
    title: str
    clauses: tuple[str, ...]
    prompt: str
    independent: bool
    why: str
    saw: tuple[str, ...]
    look: tuple[str, ...]
    seen: tuple[EvidenceSeen, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Form:
    """Questions of one audit. `rulesets` are (id, version, digest); `id` is the digest of all that identifies it."""

    id: str
    organization: str
    scope: str
    as_of: dt.date
    rulesets: tuple[tuple[str, str, str], ...]
    questions: tuple[Question, ...]


def form(record: AuditRecord, *, only: Collection[str] = (), everything: bool = False) -> Form:
    """Gather the questions that an audit left open; `everything` adds those that a person has answered.

    `only` are obligations or clauses. Raises QmscheckError for a name that fits none of the record.
    """
    _check_names(record, only)
    asked = [
        result
        for result in record.obligations
        if (everything and _asks(record, result)) or is_open(record, result)
        if not only or any(_fits(result, name) for name in only)
    ]
    rulesets = tuple((used.id, used.version, used.digest) for used in record.rulesets)
    rows = [(result, prompt(result), seen_by(record, result)) for result in asked]
    head = [record.plan.organization, str(record.as_of), *(part for used in rulesets for part in used)]
    name = _digest([*head, *(row_key("", result.id, text, seen) for result, text, seen in rows)])
    return Form(
        id=name,
        organization=record.plan.organization,
        scope=record.plan.scope,
        as_of=record.as_of,
        rulesets=rulesets,
        questions=tuple(_question(record, result, text, seen, name) for result, text, seen in rows),
    )


def prompt(result: ObligationResult) -> str:
    """Give what a person is asked: the question, or what is asked for where the rules leave that to a person."""
    return result.question or result.statement


def is_open(record: AuditRecord, result: ObligationResult) -> bool:
    """Tell whether a person has to answer: nobody did, or the answer cannot be relied on."""
    answered = result.attestation is not None and result.attestation.doubt is None
    return _asks(record, result) and not answered


def row_key(form_id: str, obligation: str, text: str, seen: Sequence[EvidenceSeen]) -> str:
    """Give the digest of what a person does not change in a row: a row whose parts were mixed up shows it."""
    return _digest([form_id, obligation, " ".join(text.split()), *(f"{was.path}\n{was.sha256}" for was in seen)])


def seen_by(record: AuditRecord, result: ObligationResult) -> tuple[EvidenceSeen, ...]:
    """Give the files of every table that the rules of an obligation read, by path.

    What has no digest (a query of a database) cannot be kept.
    """
    tables = {table for finding in _findings(record, result) for table in (finding.table, *finding.tables)}
    found: dict[str, str] = {}
    for source in record.evidence:
        if source.table in tables - {"attestations"}:
            files = [(one.path, one.sha256) for one in source.files] or [(source.locator, source.sha256)]
            found |= {path: digest for path, digest in files if digest is not None}
    return tuple(EvidenceSeen(path=path, sha256=digest) for path, digest in sorted(found.items()))


def place(location: Location) -> str:
    """Say where a person finds what was seen."""
    cell = f"cell {location.cell}" if location.cell and " " not in location.cell else location.cell
    spot = cell or (f"row {location.row}" if location.row else None)
    parts = (
        location.path,
        f"sheet {location.sheet}" if location.sheet else None,
        spot,
        f"page {location.page}" if location.page else None,
        f"under “{location.heading}”" if location.heading else None,
        f"paragraph {location.paragraph}" if location.paragraph and not (location.page or cell) else None,
    )
    return ", ".join(part for part in parts if part)


def _asks(record: AuditRecord, result: ObligationResult) -> bool:
    if result.verdict in _OUTSIDE:
        return False
    return result.question is not None or any(f.verdict is Verdict.MANUAL for f in _findings(record, result))


def _question(
    record: AuditRecord, result: ObligationResult, text: str, seen: tuple[EvidenceSeen, ...], form_id: str
) -> Question:
    findings = _findings(record, result)
    return Question(
        obligation=result.id,
        title=result.title,
        clauses=result.clauses,
        prompt=text,
        independent=result.independent,
        why=result.reason if result.attestation is None else _before(result.attestation),
        saw=_saw(findings) or ("No rule looks at this.",),
        look=_look(findings, seen),
        seen=seen,
        key=row_key(form_id, result.id, text, seen),
    )


def _before(given: Attestation) -> str:
    """Tell of the answer that is there, and why it is not enough; its reason may name the person, so it is not told."""
    signed = ", ".join(str(part) for part in (given.role, given.on) if part) or "not signed"
    changed = [f"{was.path} {'is gone' if was.state == 'gone' else 'has changed'}" for was in given.seen if was.stale]
    told = f"Answered '{given.answer}' ({signed})"
    if given.doubt is None:
        return f"{told}."
    if given.expired:
        return f"{told}; it expired on {given.valid_until}."
    return f"{told}; it is not relied on{': ' if changed else ''}{'; '.join(changed)}."


def _saw(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Tell what each rule found; what is true of several, such as that a table was not handed over, is said once."""
    titles: dict[tuple[str, str], list[str]] = {}
    for one in findings:
        titles.setdefault((one.statement, one.verdict.value), []).append(one.title)
    return tuple(f"{'; '.join(named)}: {said} [{verdict}]" for (said, verdict), named in titles.items())


def _look(findings: Sequence[Finding], seen: Sequence[EvidenceSeen]) -> tuple[str, ...]:
    """Name the first places of the findings; where there are none, the files. No value of the evidence is repeated."""
    places = list(dict.fromkeys(place(e.location) for f in findings for e in f.exceptions))
    files = [was.path for was in seen]
    shown = places or files
    more = len(shown) - _PLACES
    return (*shown[:_PLACES], *([f"and {more} more"] if more > 0 else []))


def _findings(record: AuditRecord, result: ObligationResult) -> list[Finding]:
    return [finding for finding in record.findings if finding.obligation == result.id]


def _check_names(record: AuditRecord, only: Collection[str]) -> None:
    known = [result.id for result in record.obligations]
    problems = []
    for name in only:
        fits = [result for result in record.obligations if _fits(result, name)]
        if not fits:
            hint = did_you_mean(name, known) or "give the id of an obligation, or a clause"
            problems.append(Problem("", 0, 0, f"--only: there is no obligation and no clause '{name}'", hint))
        elif not any(_asks(record, result) for result in fits):
            problems.append(Problem("", 0, 0, f"--only: '{name}' asks nothing of a person"))
    if problems:
        raise QmscheckError(*problems)


def _fits(result: ObligationResult, name: str) -> bool:
    clauses = (clause == name or clause.startswith((f"{name}.", f"{name} ")) for clause in result.clauses)
    return result.id == name or any(clauses)


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(parts), ensure_ascii=True).encode()).hexdigest()[:16]
