"""Law 8 for many examples at once: what the embedded engine answered is asked of another engine in few statements.

To judge an example takes several statements, each of which needs the answers before it: one by one they take an engine
of another kind minutes. But a finding follows from the answers alone. So each example is judged here, by the way that
engines without notes go (`Engine.keeps`), and what is asked is written down with what was answered. All of that is then
asked of the other engine, the same statement of many examples together. Where an answer is another, by value, type or
order, the example is judged once more with the answers of the other engine (`differing`): their findings count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qmscheck import Delimited, EngineError, InPlace, Loaded, Parquet, Rows, Skipped, Statement, Stream
from qmscheck.criteria import Criteria
from qmscheck.engine import Engine
from qmscheck.extracts import Batch
from qmscheck.model import Example, Finding
from qmscheck.testing import AS_OF, judge_records

__all__ = ["NUMBER", "Answer", "Asked", "Made", "Question", "differing", "numbered", "questioned"]

#: What an engine says to a question: records, or why there are none.
Answer = list[tuple[object, ...]] | EngineError

#: The heading of the column that says of which example a record is (`numbered`).
NUMBER = "example"


@dataclass(frozen=True)
class Made:
    """A relation with a name: a statement, or records with their headings. `kept` is one that is computed when made."""

    name: str
    content: Statement | tuple[tuple[str, ...], tuple[Batch, ...]]
    kept: bool = False


@dataclass(frozen=True)
class Question:
    """One statement, the relations that there were, each after those that it needs, and what was answered here."""

    statement: Statement
    made: tuple[Made, ...]
    answer: Answer


@dataclass(frozen=True)
class Asked:
    """An example, the finding that it gets here, and all that was asked for it; `keeps` as of `Engine`."""

    rule: str
    number: int
    example: Example
    finding: Finding
    loaded: tuple[Loaded, ...]
    questions: tuple[Question, ...]
    keeps: bool


class _Plain:
    """An engine that can do no more than every engine can."""

    dialect = "duckdb"
    sifts = sieves = veils = False
    keeps: bool
    width = 1

    def veil(self, blocks: tuple[bytes, bytes], patterns: Sequence[str]) -> None:
        raise AssertionError((blocks, patterns))

    def rejected(self) -> list[Skipped]:
        return []

    def rename(self, name: str, other: str) -> bool:
        del name, other
        return False

    def lock(self, readable: Sequence[Path], *, small: bool = False) -> None:
        del readable, small

    def plan_thoroughly(self) -> None:
        pass

    def close(self) -> None:
        pass


class _Watched(_Plain):
    """The embedded engine, and what is asked of it."""

    def __init__(self, own: Engine, *, keeps: bool) -> None:
        self._own = own
        self.keeps = keeps
        self._made: dict[str, Made] = {}
        self.questions: list[Question] = []
        self.loaded: list[Loaded] = []

    def load(
        self,
        name: str,
        columns: Sequence[str],
        content: Delimited | Parquet | Rows | Stream | InPlace,
        *,
        careful: bool = False,
    ) -> Loaded:
        del careful
        assert isinstance(content, Rows)
        batches = tuple(content.batches)
        self._made[name] = Made(name, (tuple(columns), batches))
        self.loaded.append(self._own.load(name, columns, Rows(batches)))
        return self.loaded[-1]

    def define(self, name: str, statement: Statement, *, materialise: bool) -> None:
        self._own.define(name, statement, materialise=True)  # what is computed once is asked sooner
        self._made[name] = Made(name, statement, kept=materialise)

    def rows(self, statement: Statement) -> list[tuple[object, ...]]:
        made = tuple(self._made.values())
        try:
            answer = self._own.rows(statement)
        except EngineError as error:
            self.questions.append(Question(statement, made, error))
            raise
        self.questions.append(Question(statement, made, answer))
        return answer

    def forget(self, name: str) -> None:
        self._own.forget(name)
        self._made.pop(name, None)

    def clear(self) -> None:
        self._own.clear()
        self._made.clear()


class _Answering(_Plain):
    """No engine: it gives the answers that another one gave, if it is asked the same. Strata are asked in no order."""

    def __init__(self, loaded: Iterable[Loaded], questions: Iterable[Question], *, keeps: bool) -> None:
        self.keeps = keeps
        self._loaded = iter(loaded)
        self._questions = list(questions)

    def load(
        self,
        name: str,
        columns: Sequence[str],
        content: Delimited | Parquet | Rows | Stream | InPlace,
        *,
        careful: bool = False,
    ) -> Loaded:
        del name, columns, careful
        assert isinstance(content, Rows)
        list(content.batches)
        return next(self._loaded)

    def define(self, name: str, statement: Statement, *, materialise: bool) -> None:
        pass

    def rows(self, statement: Statement) -> list[tuple[object, ...]]:
        question = next((one for one in self._questions if one.statement == statement), None)
        if question is None:
            raise _OtherQuestionError(statement.name)
        self._questions.remove(question)
        if isinstance(question.answer, EngineError):
            raise question.answer
        return question.answer

    def forget(self, name: str) -> None:
        pass

    def clear(self) -> None:
        pass


class _OtherQuestionError(Exception):
    """After another answer, another thing was asked: that alone is a difference."""


def questioned(found: Criteria, rule: str, number: int, example: Example, own: Engine, *, keeps: bool = False) -> Asked:
    """Judge an example on the embedded engine, and write down what an engine is asked for it that `keeps` what is made
    of records, or does not. Its finding must be that of the embedded engine's own way.
    """
    watched = _Watched(own, keeps=keeps)
    finding = _judged(found, rule, example, watched)
    assert finding == _judged(found, rule, example, own), f"{rule}, example {number}: not the same without notes"
    return Asked(rule, number, example, finding, tuple(watched.loaded), tuple(watched.questions), keeps)


def differing(
    found: Criteria, asked: Sequence[Asked], answers: Callable[[Sequence[Question]], Sequence[Answer]]
) -> list[str]:
    """Ask everything of another engine, and say which findings are others there, and how."""
    given = iter(answers([question for one in asked for question in one.questions]))
    lines = []
    for one in asked:
        theirs = tuple(replace(question, answer=next(given)) for question in one.questions)
        if any(repr(a.answer) != repr(b.answer) for a, b in zip(one.questions, theirs, strict=True)):
            lines += _told(found, one, theirs)
    return lines


def _told(found: Criteria, one: Asked, theirs: Sequence[Question]) -> list[str]:
    told = f"{one.rule}, example {one.number}"
    try:
        finding = _judged(found, one.rule, one.example, _Answering(one.loaded, theirs, keeps=one.keeps))
    except _OtherQuestionError as other:
        refused = next((str(question.answer) for question in theirs if isinstance(question.answer, EngineError)), "")
        return [f"{told}: it is asked another thing, {other}; {refused}"]
    here, there = one.finding.model_dump(), finding.model_dump()
    return [f"{told}, {key}: {here[key]!r}, and {there[key]!r}" for key in here if here[key] != there[key]]


def _judged(found: Criteria, rule: str, example: Example, engine: Engine) -> Finding:
    return judge_records(
        found,
        rule,
        example.given,
        as_of=example.as_of or AS_OF,
        planned_audit=example.planned_audit,
        params=example.params,
        engine=engine,
    )


def numbered(name: str, questions: Sequence[Question]) -> tuple[tuple[str, ...], Rows]:
    """Give the records that several examples have under one name, together: (headings, records). A last column says of
    which of them each record is, by its number from 0.
    """
    batches, columns = [], ()
    for number, question in enumerate(questions):
        (content,) = (made.content for made in question.made if made.name == name)
        assert not isinstance(content, Statement)
        columns, given = content
        for batch in given:
            length = len(batch.columns[0]) if batch.columns else 0
            batches.append(replace(batch, columns=(*batch.columns, [str(number)] * length)))
    return (*columns, NUMBER), Rows(batches)
