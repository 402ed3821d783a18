"""What persons answered to the questions of obligations, and whether an answer can be relied on.

An answer is evidence like any other: it is read from the table `attestations`, and only a signed, dated, explained and
valid `yes` about evidence that is still as the person saw it helps an obligation to pass.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qmscheck.cells import visible
from qmscheck.judge.finding.exceptions import place
from qmscheck.judge.obligations.own_work import OwnWork, own_work
from qmscheck.model import (
    Attestation,
    AttestationWarning,
    BoundTable,
    ColumnSpec,
    EvidenceSeen,
    Finding,
    Obligation,
    Ruleset,
    TableSpec,
    Verdict,
)
from qmscheck.sql.mapping import records
from qmscheck.sql.select import PLACE

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["ATTESTATIONS", "COLUMNS", "Answers", "answers", "with_attestations"]

#: The table of persons' answers.
ATTESTATIONS = "attestations"

#: The columns that the product itself reads, whatever else a ruleset asks for.
COLUMNS: Mapping[str, ColumnSpec] = {
    "obligation": ColumnSpec(type="text", title="Obligation answered"),
    "answer": ColumnSpec(type="text", title="yes, partly or no"),
    "statement": ColumnSpec(type="text", title="What was seen and concluded"),
    "refs": ColumnSpec(type="text", title="Documents and records that were looked at", synonyms=("references",)),
    "by": ColumnSpec(type="text", title="Who answered", sensitivity="personal"),
    "role": ColumnSpec(type="text", title="Role of that person"),
    "on": ColumnSpec(type="date", title="Date of the answer"),
    "valid_until": ColumnSpec(type="date", title="Last day on which it counts"),
    "independent_of": ColumnSpec(type="text", optional=True, title="Work that the person has no part in"),
    "question": ColumnSpec(type="text", optional=True, title="The question as it was asked"),
    "seen": ColumnSpec(
        type="text", optional=True, title="Files that were seen, with their digests, as a JSON list of pairs"
    ),
}


def with_attestations(ruleset: Ruleset, *, given: bool) -> Ruleset:
    """Add what the product itself reads of the answers of persons to what a ruleset asks for.

    `given` says that the plan has a source of answers: a ruleset with questions need not declare their table.
    """
    declared = ruleset.tables.get(ATTESTATIONS)
    if declared is None and not given:
        return ruleset
    known = {} if declared is None else dict(declared.columns)
    taken = {synonym for column in known.values() for synonym in column.synonyms} | set(known)
    columns = {
        name: known[name].model_copy(update={"type": spec.type, "optional": spec.optional})
        if name in known
        else spec.model_copy(update={"synonyms": tuple(s for s in spec.synonyms if s not in taken)})
        for name, spec in COLUMNS.items()
    }
    purpose = "Answers of persons to the questions of the obligations" if declared is None else declared.purpose
    key = "obligation" if declared is None else declared.key
    table = TableSpec(purpose=purpose, key=key, columns={**known, **columns})
    return ruleset.model_copy(update={"tables": {**ruleset.tables, ATTESTATIONS: table}})


@dataclass(frozen=True)
class Answers:
    """The answers of persons by obligation: for each the newest one dated on or before the audit."""

    given: Mapping[str, Attestation]

    def decide(self, obligation: Obligation, findings: Sequence[Finding]) -> tuple[Verdict, str]:
        """Judge a person's answer, where one is asked for; `findings` are those of the obligation."""
        if not asks(obligation, findings):
            return Verdict.PASS, ""
        given = self.given.get(obligation.id)
        if given is None:
            return Verdict.MANUAL, "The rules are met where there are any; a person has still to answer the question."
        if given.doubt is not None:
            return Verdict.MANUAL, given.doubt
        if given.answer != "yes":
            return Verdict.FAIL, f"A person answered '{given.answer}' to the question ({_signature(given)})."
        return Verdict.PASS, f"A person answered 'yes' to the question ({_signature(given)})."

    def on(self, day: dt.date) -> Answers:
        """Give the answers as they are on a later day: more of them have expired."""
        return Answers({name: _expired(one, day) for name, one in self.given.items()})


def _expired(given: Attestation, day: dt.date) -> Attestation:
    if given.expired or given.valid_until is None or given.valid_until >= day:
        return given
    doubt = f"The answer to the question expires on {given.valid_until} ({_signature(given)})."
    return given.model_copy(update={"expired": True, "doubt": doubt})


def asks(obligation: Obligation, findings: Sequence[Finding]) -> bool:
    """Tell whether a person has to judge: the obligation has a question, or a rule found what must be read."""
    return obligation.question is not None or any(f.verdict is Verdict.MANUAL for f in findings)


def answers(bench: Bench) -> Answers:
    """Read the answers of persons.

    An answer without a readable date may be the newest. Of two of one day the less favourable counts; of two that say
    the same, one that can be relied on.
    """
    table = bench.tables.get(ATTESTATIONS)
    if table is None or table.rows == 0 or table.problem is not None or table.unclear:
        return Answers({})
    if {"obligation", "answer"} & table.absent:
        return Answers({})
    rows = _rows(table, bench)
    newest: dict[str, list[_Row]] = {}
    for one in rows:
        if one.obligation is not None and (one.given.on is None or one.given.on <= bench.values.as_of):
            best = newest.get(one.obligation)
            if best is None or _rank(one) > _rank(best[0]):
                newest[one.obligation] = [one]
            elif _rank(one) == _rank(best[0]):
                best.append(one)
    stray = table.lost + sum(one.obligation is None for one in rows)
    endless = all(one.given.valid_until is None for one in rows)
    given = {}
    answered = {name: same for name, same in newest.items() if same[0].given.answer}
    work = own_work(ATTESTATIONS, answered, bench)
    for name, same in answered.items():
        looked = [_looked_at(one, bench, work) for one in same]
        doubts = [_doubt(one, bench, stray, endless=endless) for one in looked]
        chosen = doubts.index(None) if None in doubts else 0
        given[name] = looked[chosen].given.model_copy(update={"doubt": doubts[chosen]})
    return Answers(given)


@dataclass(frozen=True)
class _Row:
    """One row of the attestations. `endless` says that its last day is filled and cannot be read, `blurred` that its
    list of what was seen cannot; `question` is the question as it was asked.
    """

    obligation: str | None
    given: Attestation
    question: str | None
    endless: bool
    blurred: bool


def _rows(table: BoundTable, bench: Bench) -> list[_Row]:
    """Read every row, in an order that does not depend on that of the file."""
    unread = "_u_valid_until" if "valid_until" in table.flags else "valid_until"
    rows = bench.at(ATTESTATIONS).rows(records(ATTESTATIONS, (*COLUMNS, unread)))
    return [_row(row, table) for row in sorted(rows, key=lambda row: tuple(str(c) for c in row))]


def _row(row: Sequence[object], table: BoundTable) -> _Row:
    cells = [visible(None if c is None else str(c)) for c in row[: len(COLUMNS) + 1]]
    of = dict(zip(COLUMNS, cells, strict=False))
    on, until = of["on"], of["valid_until"]
    seen = _seen(of["seen"])
    given = Attestation(
        answer=(of["answer"] or "").lower(),
        statement=of["statement"],
        references=of["refs"],
        by=of["by"],
        role=of["role"],
        on=dt.date.fromisoformat(on) if on else None,
        valid_until=dt.date.fromisoformat(until) if until else None,
        independent_of=of["independent_of"],
        seen=seen or (),
        location=place(row[-len(PLACE) :], table, "answer"),
    )
    endless = "valid_until" in table.flags and cells[-1] == "true" and until is None
    return _Row(of["obligation"], given, of["question"], endless, seen is None)


def _seen(text: str | None) -> tuple[EvidenceSeen, ...] | None:
    """Read the list of files that were seen; None where it cannot be read."""
    try:
        pairs = json.loads(text) if text else []
        return tuple(EvidenceSeen(path=path, sha256=digest) for path, digest in pairs)
    except (ValueError, TypeError):
        return None


def _rank(one: _Row) -> tuple[dt.date, int]:
    """Order answers: the later above the earlier, and of one day the less favourable above the other."""
    favour = ("no", "partly", "", "yes")
    answer = one.given.answer if one.given.answer in favour else ""
    return one.given.on or dt.date.max, -favour.index(answer)


def _looked_at(one: _Row, bench: Bench, work: OwnWork) -> _Row:
    """Compare what the person saw with what is there now, and gather what a reader of the answer should know."""
    given = one.given
    seen = tuple(
        was.model_copy(update={"state": _state(was, bench)}) for was in sorted(given.seen, key=lambda was: was.path)
    )
    own = work.of(one.obligation or "", given.on, bench) if given.on is not None else ()
    warnings = [AttestationWarning(kind="own-work", detail=detail) for detail in own]
    asked = bench.ruleset.obligations.get(one.obligation or "")
    if asked is not None and asked.independent and given.independent_of is None:
        detail = "It is not said what the person is independent of, and this question asks for an independent person."
        warnings.append(AttestationWarning(kind="not-independent", detail=detail))
    if not seen:
        detail = "No digest of what was seen is kept: whether it has changed since cannot be checked."
        warnings.append(AttestationWarning(kind="not-checkable", detail=detail))
    update = {
        "seen": seen,
        "stale": any(was.state != "same" for was in seen),
        "expired": given.valid_until is not None and given.valid_until < bench.values.as_of,
        "warnings": tuple(warnings),
    }
    return replace(one, given=given.model_copy(update=update))


def _state(was: EvidenceSeen, bench: Bench) -> str:
    now = bench.digest(was.path)
    return "gone" if now is None else "same" if now == was.sha256 else "changed"


def _doubt(one: _Row, bench: Bench, stray: int, *, endless: bool) -> str | None:
    """Say why an answer cannot be relied on, if so: nothing that is blank, unreadable or old makes an answer better."""
    given = one.given
    if (given.by is None and given.role is None) or given.on is None:
        return "The answer to the question is not signed or not dated."
    if given.expired:
        return f"The answer to the question expired on {given.valid_until} ({_signature(given)})."
    if given.answer in {"no", "partly"}:
        return None
    if given.answer != "yes":
        return f"The answer '{given.answer}' to the question is none of yes, partly, no ({_signature(given)})."
    if given.statement is None:
        return f"The answer 'yes' does not say what was seen ({_signature(given)})."
    if stray:
        rows = "1 row" if stray == 1 else f"{stray} rows"
        return f"{rows} of the attestations cannot be read or name no obligation: one may be a later answer."
    if one.endless:
        return "It cannot be read until when the answer to the question is valid."
    if endless:
        return "None of the answers to questions says until when it is valid."
    return _outdated(one, bench)


def _outdated(one: _Row, bench: Bench) -> str | None:
    """Say what has changed since a person answered: the question, or the evidence."""
    given = one.given
    asked = bench.ruleset.obligations.get(one.obligation or "")
    now = asked.question or asked.statement if asked is not None else ""
    if one.question is not None and one.question.split() != now.split():
        return f"The question has changed since it was answered ({_signature(given)})."
    if one.blurred:
        return f"The list of what was seen cannot be read ({_signature(given)})."
    changed = [f"{was.path} {'is gone' if was.state == 'gone' else 'has changed'}" for was in given.seen if was.stale]
    if changed:
        more = f"; and {len(changed) - 3} more" if len(changed) > 3 else ""  # noqa: PLR2004
        return f"The answer is stale ({_signature(given)}): {'; '.join(changed[:3])}{more}."
    return None


def _signature(given: Attestation) -> str:
    return f"{given.by or given.role or 'nobody'}, {given.on or 'undated'}"
