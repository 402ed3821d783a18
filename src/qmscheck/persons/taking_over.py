"""From a filled form to answers that may be kept: what is incomplete, contradictory or out of date is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from qmscheck.cells import visible
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.model import AttestationsSetting, AuditRecord, EvidenceSeen, ObligationResult, Origin, SignedAnswer
from qmscheck.persons.days import parse_day, read_day
from qmscheck.persons.filled import Filled, Row, Written
from qmscheck.persons.interview import prompt, row_key

__all__ = ["Taken", "Terms", "day_mistake", "latest", "take_over"]

_ANSWERS: Mapping[str, Literal["yes", "partly", "no"]] = MappingProxyType(
    {"yes": "yes", "ja": "yes", "partly": "partly", "teilweise": "partly", "no": "no", "nein": "no"}
)


@dataclass(frozen=True)
class Terms:
    """What answers are held against. `digest` gives the SHA-256 of a file now, and None where it is gone.

    `longest` is the plan's parameter for how long an answer holds (condition R7 of the gate), with whose number it is.

    `formats` are further forms of dates, as strptime has them; `confirmed` are obligations whose changed evidence the
    person has looked at again; `known` are the answers that are kept already.
    """

    record: AuditRecord
    digest: Callable[[str], str | None]
    formats: tuple[str, ...] = ()
    longest: AttestationsSetting = field(default_factory=AttestationsSetting)
    confirmed: Collection[str] = ()
    known: Sequence[SignedAnswer] = ()


@dataclass(frozen=True)
class Taken:
    """Answers that are right, what is wrong with the others, and how many questions nobody filled in."""

    answers: tuple[SignedAnswer, ...]
    problems: tuple[Problem, ...]
    left_open: int
    notes: tuple[str, ...]


def take_over(filled: Filled, terms: Terms) -> Taken:
    """Check every filled row. Raises QmscheckError where the form belongs to another organisation or ruleset."""
    day = _check_form(filled, terms)
    problems: list[Problem] = []
    answers: list[SignedAnswer] = []
    notes = list(filled.notes)
    notes += _other_rulesets(filled, terms)
    rows = [row for row in filled.rows if row.filled]
    twice = _twice(rows)
    for row in rows:
        wrong = [*twice.get(id(row), ()), *_about_what(row, filled, terms)]
        answer, more = _answer(row, day, terms)
        wrong += more
        if wrong or answer is None:
            problems += wrong
        else:
            answers.append(answer.model_copy(update={"form": filled.id.text}))
            notes += [*_noted(answer, terms), *_cut(row, terms)]
    return Taken(tuple(dict.fromkeys(answers)), tuple(problems), len(filled.rows) - len(rows), tuple(notes))


def _check_form(filled: Filled, terms: Terms) -> dt.date:
    """Refuse a form of another audit, and give the day as of which it was written."""
    problems = []
    organization = terms.record.plan.organization
    if filled.organization.text != organization:
        message = f"is a form of '{filled.organization.text}', and the audit is one of '{organization}'"
        problems.append(filled.organization.wrong(message, None))
    ours = {used.id for used in terms.record.rulesets}
    theirs = {used[0] for used in filled.rulesets}
    if ours != theirs:
        message = f"is a form for {_listed(theirs)}, and the audit uses {_listed(ours)}"
        problems.append(filled.id.wrong(message, None))
    day = parse_day(filled.as_of.text or "", ())
    if day is None:
        problems.append(filled.as_of.wrong("does not say as of which day the form was written", None))
    if problems or day is None:
        raise QmscheckError(*problems)
    return day


def _other_rulesets(filled: Filled, terms: Terms) -> Iterator[str]:
    """Say where a form was written for another version of a ruleset: each question is then compared, and no more."""
    for used in terms.record.rulesets:
        for name, *version in filled.rulesets:
            if name == used.id and version != [used.version, used.digest]:
                was = version[0] if version and version[0] != used.version else "another text of that version"
                told = f"the form was written for {used.id} {was}, and the audit uses {used.version}"
                yield f"{told}: each question was compared with that of today"


def _listed(names: Collection[str]) -> str:
    return " and ".join(sorted(f"'{name}'" for name in names)) or "no ruleset"


def _twice(rows: Sequence[Row]) -> dict[int, list[Problem]]:
    """Refuse every one of several answers to one question, but for those that say the very same."""
    found: dict[int, list[Problem]] = {}
    answers: dict[str | None, list[Row]] = {}
    for row in rows:
        answers.setdefault(row.cells["obligation"].text, []).append(row)
    for name, same in answers.items():
        first = _texts(same[0])
        if name is not None and any(_texts(one) != first for one in same):
            given = dict.fromkeys(one.cells["answer"].text or "nothing" for one in same)
            message = f"'{name}' is answered {len(same)} times, and not the same: {', '.join(given)}"
            found |= {id(row): [row.cells["answer"].wrong(message, "keep one answer")] for row in same}
    return found


def _texts(row: Row) -> list[str | None]:
    return [written.text for written in row.cells.values()]


def _about_what(row: Row, filled: Filled, terms: Terms) -> Iterator[Problem]:
    """Check that the row is the one that was written: obligation, question, and evidence as it was seen."""
    cell = row.cells["obligation"]
    results = {result.id: result for result in terms.record.obligations}
    result = results.get(cell.text or "")
    if result is None:
        message = f"there is no obligation '{cell.text}'" if cell.text else "names no obligation"
        yield cell.wrong(message, did_you_mean(cell.text or "", results))
        return
    if result.question is None and not _asked_here(row, filled):
        yield cell.wrong(f"'{result.id}' asks nothing of a person", None)
        return
    asked = row.cells["prompt"]
    if (asked.text or "").split() != prompt(result).split():
        hint = "write a new form: the answer must be one to the question as it is asked today"
        yield asked.wrong(f"the question of '{result.id}' is not this one", hint)
    elif not _asked_here(row, filled):
        message = f"the row of '{result.id}' is not as it was written: its evidence or its key was changed"
        yield row.cells["key"].wrong(message, "sort whole rows only; take the answer over into a new form")
    yield from _changed(row, result, terms)


def _asked_here(row: Row, filled: Filled) -> bool:
    name, text = row.cells["obligation"].text or "", row.cells["prompt"].text or ""
    return row.cells["key"].text == row_key(filled.id.text or "", name, text, row.seen)


def _changed(row: Row, result: ObligationResult, terms: Terms) -> Iterator[Problem]:
    if result.id in terms.confirmed:
        return
    hint = f"look again, and confirm it: --reconfirm {result.id}; or write a new form"
    for was in row.seen:
        now = terms.digest(was.path)
        if now != was.sha256:
            told = "is gone" if now is None else "has changed"
            yield row.cells["answer"].wrong(f"{was.path} {told} since the form was written", hint)


def _answer(row: Row, day: dt.date, terms: Terms) -> tuple[SignedAnswer | None, list[Problem]]:
    """Check what a person wrote, field by field."""
    cells = row.cells
    problems = [*_said(row), *_missing(cells["by"], "who answers"), *_missing(cells["role"], "in which role")]
    on, until = (_day(cells[name], terms.formats, problems) for name in ("on", "valid_until"))
    if on is not None:
        problems += _given_on(cells["on"], on, day, terms)
    if on is not None and until is not None:
        problems += _holds_until(cells["valid_until"], on, until, terms)
    answer = _ANSWERS.get((cells["answer"].text or "").casefold())
    name, asked = cells["obligation"].text, cells["prompt"].text
    if problems or on is None or until is None or answer is None or name is None or asked is None:
        return None, problems
    references = tuple(filter(None, map(visible, (cells["references"].text or "").splitlines())))
    signed = SignedAnswer(
        obligation=name,
        question=" ".join(asked.split()),
        answer=answer,
        statement=cells["statement"].text or "",
        references=references,
        by=cells["by"].text or "",
        role=cells["role"].text or "",
        on=on,
        valid_until=until,
        independent_of=cells["independent_of"].text,
        seen=_seen_now(row, references, terms),
    )
    return signed, _against_known(signed, cells["answer"], terms)


def _said(row: Row) -> Iterator[Problem]:
    cell, statement, references = (row.cells[name] for name in ("answer", "statement", "references"))
    answer = _ANSWERS.get((cell.text or "").casefold())
    if cell.text is None:
        yield cell.wrong("the answer is missing", "write yes, partly or no; or leave the whole row empty")
    elif answer is None:
        yield cell.wrong(f"'{cell.text}' is none of yes, partly, no", None)
    if statement.text is None:
        what = "what is missing" if answer in {"partly", "no"} else "what was seen"
        yield statement.wrong(f"the statement is missing: {what}", None)
    if references.text is None and answer == "yes":
        yield references.wrong("a yes needs a reference: what did you look at?", None)


def _missing(cell: Written, what: str) -> Iterator[Problem]:
    if cell.text is None:
        yield cell.wrong(f"it is not said {what}", None)


def _day(cell: Written, formats: Sequence[str], problems: list[Problem]) -> dt.date | None:
    if cell.text is None:
        problems.append(cell.wrong("the date is missing", None))
        return None
    found = read_day(cell.text, formats)
    if found.mistake is not None:
        hint = 'write it as 2026-11-20, or say how it is written: --date-format "%d.%m.%Y"'
        problems.append(cell.wrong(found.mistake, found.hint or hint))
    return found.day


def _given_on(cell: Written, on: dt.date, day: dt.date, terms: Terms) -> Iterator[Problem]:
    mistake = day_mistake("on", on, None, terms)
    if mistake is not None:
        yield cell.wrong(mistake, "audit as of a later day: --as-of DATE")
    elif on < day:
        yield cell.wrong(f"{on} lies before the day of the evidence ({day}): nobody had seen it yet", None)


def _holds_until(cell: Written, on: dt.date, until: dt.date, terms: Terms) -> Iterator[Problem]:
    mistake = day_mistake("valid_until", until, on, terms)
    if mistake is not None:
        setting = terms.longest
        whose = (
            f"{setting.months} is a convention"
            if setting.origin is Origin.CONVENTION
            else f"{setting.months} is the plan's"
        )
        hint = (
            f"{whose}; the plan says otherwise with its origin: [gate] attestations = {{ months = 24, origin = ... }}"
        )
        yield cell.wrong(mistake, hint if until > on else None)


def day_mistake(name: str, day: dt.date, on: dt.date | None, terms: Terms) -> str | None:
    """Say what is wrong with the day of an answer (`on`) or with its last day (`valid_until`), given the first."""
    as_of = terms.record.as_of
    if name == "on":
        return f"{day} lies after the day of the audit ({as_of})" if day > as_of else None
    if on is not None and day < on:
        return f"it ends ({day}) before it was given ({on})"
    months = terms.longest.months
    last = latest(on, months) if on is not None else day
    return f"{day} is more than {months} months after {on}; at most {last}" if day > last else None


def latest(day: dt.date, months: int) -> dt.date:
    """Give the last day on which an answer may hold: the same day some months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > dt.MAXYEAR:
        return dt.date.max
    first = dt.date(year, month + 1, 1)
    past = (first + dt.timedelta(days=31)).replace(day=1) if (year, month) != (dt.MAXYEAR, 11) else dt.date.max
    return first.replace(day=min(day.day, (past - first).days))


def _seen_now(row: Row, references: Sequence[str], terms: Terms) -> tuple[EvidenceSeen, ...]:
    """Keep what was seen with its digests of today, and the files that the references name."""
    paths = dict.fromkeys([was.path for was in row.seen] + list(references))
    digests = ((path, terms.digest(path)) for path in sorted(paths))
    return tuple(EvidenceSeen(path=path, sha256=digest) for path, digest in digests if digest is not None)


def _against_known(answer: SignedAnswer, cell: Written, terms: Terms) -> list[Problem]:
    same = [k for k in terms.known if (k.obligation, k.on) == (answer.obligation, answer.on)]
    against = [k.answer for k in same if k.answer != answer.answer]
    if not against:
        return []
    message = f"an answer of the same day is kept already: '{against[-1]}'; of one day the less favourable counts"
    return [cell.wrong(message, "answer on a later day")]


def _cut(row: Row, terms: Terms) -> Iterator[str]:
    """Say of which day a clock was cut: it is no part of what is kept."""
    for name in ("on", "valid_until"):
        found = read_day(row.cells[name].text or "", terms.formats)
        if found.cut is not None:
            yield f"{row.cells['obligation'].text}: of '{row.cells[name].text}' the time {found.cut} is cut"


def _noted(answer: SignedAnswer, terms: Terms) -> Iterator[str]:
    result = next(one for one in terms.record.obligations if one.id == answer.obligation)
    if result.independent and answer.independent_of is None:
        yield f"{result.id} asks for an independent person, and it is not said of what this one is independent"
    if result.id in terms.confirmed:
        yield f"{result.id}: confirmed for the evidence as it is now"
    if not answer.seen:
        yield f"{result.id}: no file with a digest was seen, so it cannot be noticed when the evidence changes"
