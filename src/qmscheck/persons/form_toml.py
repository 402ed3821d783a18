"""A form as TOML: what a program, or a person with an editor, fills in; and the draft of an interview."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from qmscheck import toml
from qmscheck.persons.form_sheets import Fills
from qmscheck.persons.interview import FIELDS, Form, Question
from qmscheck.persons.sheets import Cell

__all__ = ["write"]

_HEAD = """\
# Questions of an audit. Fill in what is empty: answer (yes, partly or no), statement (what you saw; of what is not
# wholly met: what is missing), references (documents and records that you looked at), by and role (who you are), on and
# valid_until (days, such as 2026-11-20), independent_of (work that you have no part in). A question of which nothing is
# filled in stays open. Leave the rest as it is. Read it in: qmscheck interview --read FILE
"""


def write(form: Form, fills: Fills | None = None) -> str:
    """Write a form as TOML, with what is known of the answers filled in."""
    head = [
        "[form]",
        f"id = {toml.text(form.id)}",
        f"organization = {toml.text(form.organization)}",
        f"as_of = {form.as_of}",
        f"rulesets = {_list([' '.join(used) for used in form.rulesets])}",
    ]
    parts = [_HEAD, "\n".join(head) + "\n"]
    parts += ["\n".join(_question(one, (fills or {}).get(one.obligation, {}))) + "\n" for one in form.questions]
    return "\n".join(parts)


def _question(question: Question, fill: Mapping[str, Cell]) -> Iterator[str]:
    yield "[[question]]"
    yield f"obligation = {toml.text(question.obligation)}"
    yield f"title = {toml.text(question.title)}"
    yield f"clauses = {_list(question.clauses)}"
    yield f"prompt = {toml.text(question.prompt)}"
    yield f"saw = {_lines([*question.saw, question.why])}"
    yield f"look = {_lines(question.look)}"
    seen = [f"{{ path = {toml.text(was.path)}, sha256 = {toml.text(was.sha256)} }}" for was in question.seen]
    yield f"seen = {_block(seen)}"
    yield f"key = {toml.text(question.key)}"
    for name in FIELDS:
        yield f"{name} = {_value(fill.get(name))}"


def _value(cell: Cell) -> str:
    return str(cell) if isinstance(cell, dt.date) else toml.text("" if cell is None else str(cell))


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(toml.text, texts))}]"


def _lines(texts: Sequence[str]) -> str:
    return _block([toml.text(one) for one in texts])


def _block(lines: Sequence[str]) -> str:
    return "[\n" + "".join(f"  {line},\n" for line in lines) + "]" if lines else "[]"
