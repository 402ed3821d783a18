"""A form as a workbook: a sheet of questions to fill in, the files that were seen, and what the form belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qmscheck.model import EvidenceSeen
from qmscheck.persons.interview import ANSWERS, Form, Question
from qmscheck.persons.sheets import Cell, Column, Sheet, workbook

__all__ = ["EVIDENCE", "FORM", "HEADINGS", "QUESTIONS", "Fills", "write"]

#: What is filled in: for an obligation, the fields by their names.
Fills = Mapping[str, Mapping[str, Cell]]

QUESTIONS, EVIDENCE, FORM = "Questions", "Evidence seen", "Form"

#: The heading of each column of the sheet of questions, by what the column holds.
HEADINGS = {
    "obligation": "Obligation",
    "title": "About",
    "clauses": "Clause",
    "prompt": "Question",
    "saw": "What the machine saw",
    "look": "Where to look",
    "answer": "Answer",
    "statement": "Statement",
    "references": "References",
    "by": "By",
    "role": "Role",
    "on": "On",
    "valid_until": "Valid until",
    "independent_of": "Independent of",
    "seen": "Evidence (leave as it is)",
    "key": "Row (leave as it is)",
}
_NOTES = {
    "answer": "yes, partly or no. Leave the whole row empty if nobody has looked yet.",
    "statement": "What was seen and what follows from it. If it is not wholly met: what is missing.",
    "references": "Documents and records that you looked at, with their numbers. A file is best named as in the sheet "
    "Evidence seen. One to a line.",
    "by": "Your name. Reports print the role with it.",
    "role": "In which role you answer.",
    "on": "The day on which you answer, such as 2026-11-20.",
    "valid_until": "The last day on which the answer counts, at most 12 months later unless your plan says otherwise.",
    "independent_of": "Work that you have no part in. Needed where the question asks for an independent person.",
}
_WIDTHS = {"obligation": 14, "title": 20, "clauses": 9, "prompt": 34, "saw": 60, "look": 28, "statement": 38}
_WIDTHS |= {"answer": 9, "references": 24, "by": 14, "role": 14, "on": 11, "valid_until": 11, "independent_of": 14}
_LONGEST = 32_767


def write(form: Form, fills: Fills | None = None) -> bytes:
    """Write a form as an XLSX file, with what is known of the answers filled in. Same form, same bytes."""
    files = {was: number for number, was in enumerate(_files(form), 1)}
    rows = [_row(question, files, (fills or {}).get(question.obligation, {})) for question in form.questions]
    sheets = [
        Sheet(QUESTIONS, _head(form), tuple(map(_column, HEADINGS)), rows, frozen=1, footer=f"Form {form.id}"),
        Sheet(
            EVIDENCE,
            ("The files that the machine read for these questions. An answer is about them as they were.",),
            (Column("No.", 6), Column("File", 80), Column("SHA-256", 68)),
            [(number, was.path, was.sha256) for was, number in files.items()],
            protected=True,
        ),
        Sheet(
            FORM,
            ("What this form belongs to. It is read back only for the same organisation and rulesets.",),
            (Column("What", 16), Column("Is", 90)),
            [("form", form.id), ("organization", form.organization), ("as of", form.as_of.isoformat())]
            + [("ruleset", " ".join(used)) for used in form.rulesets],
            protected=True,
        ),
    ]
    return workbook(sheets, form.as_of)


def _head(form: Form) -> tuple[str, ...]:
    number = len(form.questions)
    count = "1 question is" if number == 1 else f"{number} questions are"
    fill = (
        "Fill in the yellow cells: an answer, what you saw, what you looked at, who you are, and until when it holds. "
        "Each heading of a yellow column has a note."
    )
    rows = (
        "A row that is left wholly empty stays open. Rows may be sorted, left out, or spread over several copies; add "
        "columns of your own as you like. Leave the white cells as they are."
    )
    return (
        f"Questions of the audit of {form.organization}, as of {form.as_of}: {count} for a person to answer",
        fill,
        rows,
        "Give the file back, or read it in: qmscheck interview --read FILE",
    )


def _column(name: str) -> Column:
    return Column(
        HEADINGS[name],
        _WIDTHS.get(name, 18),
        choices=ANSWERS if name == "answer" else (),
        fill=name in _NOTES,
        note=_NOTES.get(name),
        hidden=name in {"seen", "key"},
        date=name in {"on", "valid_until"},
    )


def _row(question: Question, files: Mapping[EvidenceSeen, int], fill: Mapping[str, Cell]) -> list[Cell]:
    saw = [*question.saw, question.why]
    known: dict[str, Cell] = {
        "obligation": question.obligation,
        "title": question.title,
        "clauses": ", ".join(question.clauses),
        "prompt": question.prompt,
        "saw": _cut("\n".join(saw)),
        "look": _cut("\n".join(question.look)),
        "independent_of": None,
        "seen": _ranges([files[was] for was in question.seen]),
        "key": question.key,
    }
    return [fill.get(name, known.get(name)) for name in HEADINGS]


def _files(form: Form) -> Sequence[EvidenceSeen]:
    return sorted({was for question in form.questions for was in question.seen}, key=lambda w: (w.path, w.sha256))


def _ranges(numbers: Sequence[int]) -> str:
    """Write numbers as `1-3, 7`: a cell holds less than a folder of documents may have."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in parts)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
