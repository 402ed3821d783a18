"""An interview at the terminal: one question at a time; what was answered is kept after each question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from qmscheck.persons.interview import Form, Question
    from qmscheck.persons.taking_over import Terms

__all__ = ["Fills", "ask", "resumed"]

#: What was answered so far: for an obligation, the fields by their names.
Fills: TypeAlias = dict[str, dict[str, str | int | float | dt.date | None]]

_WORDS = {"skip", "back", "quit"}
_ANSWERS = {"yes", "partly", "no"}
_ASKED = {
    "statement": "What did you see, and what follows",
    "references": "What did you look at (documents, records; with ; between)",
    "by": "Your name",
    "role": "Your role",
    "valid_until": "Until when does it hold",
    "independent_of": "Which work do you have no part in",
}
#: What the next question proposes again.
_AGAIN = ("by", "role", "independent_of")


class _Word(Exception):  # noqa: N818  (no error: a way out of a question)
    """The person wrote skip, back or quit in place of an answer."""


def resumed(draft: Path, form: Form) -> tuple[Fills, dt.date]:
    """Give what a draft of these very questions holds, and the day since when they are asked.

    A question that has changed since, or whose evidence has, is asked again. Raises QmscheckError where the draft is no
    form.
    """
    from qmscheck.persons import filled  # noqa: PLC0415
    from qmscheck.persons.days import parse_day  # noqa: PLC0415
    from qmscheck.persons.interview import FIELDS  # noqa: PLC0415

    if not draft.exists():
        return {}, form.as_of
    found = filled.read(draft, draft.name, {}, draft.parent)
    asked = {(one.obligation, " ".join(one.prompt.split()), one.seen) for one in form.questions}
    fills: Fills = {}
    for row in found.rows:
        name, text = row.cells["obligation"].text or "", row.cells["prompt"].text or ""
        if row.filled and (name, " ".join(text.split()), row.seen) in asked:
            fills[name] = {field: row.cells[field].text for field in FIELDS}
    since = parse_day(found.as_of.text or "", ())
    return fills, form.as_of if since is None or not fills else min(since, form.as_of)


def ask(form: Form, fills: Fills, terms: Terms, keep: Callable[[], None]) -> bool:
    """Ask what `fills` does not hold yet, and call `keep` after each answer. False where it was broken off."""
    click.echo(
        f"{len(form.questions)} questions; {len(fills)} answered. skip leaves one open, back returns, quit stops."
    )
    order = [one for one in form.questions if one.obligation not in fills]
    at = 0
    while at < len(order):
        _show(order[at], at + 1, len(order))
        try:
            fills[order[at].obligation] = dict(_answers(_last(fills), terms))
        except _Word as word:
            if str(word) == "quit":
                return False
            at = max(0, at - 1) if str(word) == "back" else at + 1
            continue
        except (click.Abort, KeyboardInterrupt, EOFError):
            click.echo()
            return False
        keep()
        at += 1
    return True


def _show(question: Question, number: int, of: int) -> None:
    """Print a question; text of the evidence may hold what a terminal would obey."""
    from qmscheck.report.wording import clean  # noqa: PLC0415

    click.echo(f"\n{number} of {of}  {clean(question.obligation)}  {clean(question.title)}")
    for label, lines in (("saw", (*question.saw, question.why)), ("look", question.look), ("ask", (question.prompt,))):
        for line in lines:
            click.echo(f"  {label:<5} {clean(line)}")


def _answers(last: dict[str, object], terms: Terms) -> Iterator[tuple[str, str | dt.date | None]]:
    """Ask for the fields of one answer. It is given on the day of the audit."""
    answer = _one("Answer (yes, partly, no; skip, back, quit)", None).casefold()
    while answer not in _ANSWERS:
        click.echo("  write yes, partly or no; or skip, back or quit")
        answer = _one("Answer", None).casefold()
    yield "answer", answer
    yield "on", terms.record.as_of
    for name, text in _ASKED.items():
        if name == "valid_until":
            yield name, _until(text, terms)
            continue
        needed = name != "independent_of" and (name != "references" or answer == "yes")
        default = str(last[name]) if name in _AGAIN and last.get(name) else None
        value = _one(text, default, needed=needed)
        yield name, "\n".join(part.strip() for part in value.split(";")) if name == "references" else value or None


def _one(text: str, default: str | None, *, needed: bool = True) -> str:
    from qmscheck.cells import visible  # noqa: PLC0415

    while True:
        value = str(click.prompt(f"  {text}", default=default if default or needed else "", show_default=bool(default)))
        if value.strip().casefold() in _WORDS:
            raise _Word(value.strip().casefold())
        if visible(value) is not None or not needed:
            return visible(value) or ""


def _until(text: str, terms: Terms) -> dt.date:
    from qmscheck.persons.days import read_day  # noqa: PLC0415
    from qmscheck.persons.taking_over import day_mistake, latest  # noqa: PLC0415

    on = terms.record.as_of
    while True:
        found = read_day(_one(text, str(latest(on, terms.longest.months))), terms.formats)
        hint = found.hint or "write it as 2026-11-20"
        mistake = hint if found.day is None else day_mistake("valid_until", found.day, on, terms)
        if found.day is not None and mistake is None:
            return found.day
        click.echo(f"  {mistake}")


def _last(fills: Fills) -> dict[str, object]:
    return dict(list(fills.values())[-1]) if fills else {}
