"""Statements of many examples, asked of Spark in few (`alike`): what costs there is to read and plan a statement.

As in an audit, cells are typed first and kept (`define(..., materialise=True)`), and everything else is asked of what is
kept. Each step is done for all examples whose statement is the same text:

1. *Typing* looks at each record by itself. So it is done for the records of many examples at once; which of them a record
   is of stands in its row number, which typing passes on.
2. A *question* is asked for each example by its number, with its records narrowed to those: by LATERAL, by UNION ALL
   where Spark does not know LATERAL so deep, and one by one, as an audit does, where neither is understood or what was
   asked for many ends in an error.

All of that lies in one partition, so that Spark has one task to do for a statement instead of five jobs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alike import Answer, Made, Question
from qmscheck_spark import engine as room
from qmscheck_spark.literals import quoted, selected_values

from qmscheck import Batch, EngineError, Rows, Statement, UnsayableError, render
from qmscheck.cache import Cache

__all__ = ["Crowd"]

#: What stands for the number of an example until it is known, and examples that stand in one UNION ALL.
_HERE, _WIDE = "$number$", 12
#: The column that says of which example a record is, and how far the numbers of its records are moved for it.
_OWN, _APART = "_example", 2**32

#: A question and the number of its example.
Numbered = tuple[int, Question]


@dataclass(frozen=True)
class _Kept:
    """Records of many examples that Spark keeps, by their names there: one column says of which example each is."""

    view: str
    names: tuple[str, ...]
    own: str

    def of(self, number: str) -> str:
        """Write the records of one example."""
        cells = ", ".join(quoted(name) for name in self.names)
        return f"SELECT {cells} FROM {quoted(self.view)} AS v WHERE v.{self.own} = {number}"


class Crowd:
    """An engine of Spark, asked for many examples at once."""

    def __init__(self, engine: Any) -> None:
        """`engine` is emptied."""
        self._engine = engine
        self._cache = Cache()
        self._kept: dict[object, _Kept | None] = {}
        self._views = 0
        #: How many questions were asked which way.
        self.ways: dict[str, int] = {"together": 0, "side by side": 0, "alone": 0}

    def answers(self, questions: Sequence[Numbered]) -> list[Answer]:
        """Ask each question."""
        self._engine.clear()
        self._kept.clear()
        self._keep_typed(questions)
        alike: dict[object, list[int]] = {}
        for place, (_, question) in enumerate(questions):
            alike.setdefault(self._form(question), []).append(place)
        found: dict[int, Answer] = {}
        for places in alike.values():
            found.update(zip(places, self._answered([questions[place] for place in places]), strict=True))
        return [found[place] for place in range(len(questions))]

    # ------------------------------------------------------------ records

    def _keep_typed(self, questions: Iterable[Numbered]) -> None:
        """Type the records of all examples that do it by the same statement, and keep what comes of it."""
        alike: dict[object, dict[int, tuple[Made, Made]]] = {}
        for number, question in questions:
            made = {one.name: one for one in question.made}
            for one in question.made:
                raw = self._only(one, made)
                if raw is not None:
                    alike.setdefault(self._typing(one, raw), {}).setdefault(number, (one, raw))
        for place, (form, given) in enumerate(alike.items()):
            try:
                self._kept[form] = self._typed(f"typed {place}", given)
            except EngineError:
                self._kept[form] = None

    def _only(self, one: Made, made: Mapping[str, Made]) -> Made | None:
        """Give the records of which alone a statement makes what is to be kept; they must say their row, and nothing else."""
        if not one.kept or not isinstance(one.content, Statement):
            return None
        names = _named(self._text(one.content), made)
        raw = made[names[0]] if len(names) == 1 else one
        if isinstance(raw.content, Statement):
            return None
        places = {tuple(place.name for place in batch.places()) for batch in raw.content[1]}
        return raw if places == {("_row",)} else None

    def _typing(self, one: Made, raw: Made) -> object:
        assert isinstance(one.content, Statement)
        assert not isinstance(raw.content, Statement)
        return "typing", self._text(one.content), raw.name, raw.content[0]

    def _typed(self, view: str, given: Mapping[int, tuple[Made, Made]]) -> _Kept:
        one, raw = next(iter(given.values()))
        every = self._loaded({number: made for number, (_, made) in given.items()})
        cells = [quoted(name) for name in every.names if name != "_row"]
        apart = f"`_row` + CAST({every.own} AS BIGINT) * {_APART} AS `_row`"
        records = f"SELECT {', '.join([*cells, apart])} FROM {quoted(every.view)}"
        assert isinstance(one.content, Statement)
        frame = self._frame(_inside(self._text(one.content), {raw.name: records}))
        fields = [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
        rows = room._told(lambda: [tuple(row) for row in frame.collect()])
        place = next(n for n, (name, _) in enumerate(fields) if name == "_row")
        back = [(*r[:place], r[place] % _APART, *r[place + 1 :], str(r[place] // _APART)) for r in rows]
        self._engine._view(view, self._frame(selected_values([*fields, (_OWN, "string")], back)).coalesce(1))
        return _Kept(view, tuple(name for name, _ in fields), _OWN)

    def _loaded(self, given: Mapping[int, Made]) -> _Kept:
        """Hand over the records that examples have under one name, each with the number of its example."""
        batches: list[Batch] = []
        columns: tuple[str, ...] = ()
        for number, made in given.items():
            assert not isinstance(made.content, Statement)
            columns, own = made.content
            for batch in own:
                length = len(batch.columns[0]) if batch.columns else 0
                batches.append(replace(batch, columns=(*batch.columns, [str(number)] * length)))
        self._views += 1
        view = f"every {self._views}"
        loaded = self._engine.load(view, (*columns, _OWN), Rows(batches))
        self._engine._view(view, self._engine._session.table(quoted(view)).coalesce(1))
        return _Kept(view, (*loaded.names[:-1], *loaded.places), loaded.names[-1])

    # ------------------------------------------------------------ questions

    def _form(self, question: Question) -> object:
        """Give what two questions have in common that can be asked together: all that the statement needs."""
        made = {one.name: one for one in question.made}
        needed: dict[str, object] = {}
        self._need(self._text(question.statement), made, needed)
        return self._text(question.statement), repr(needed)

    def _need(self, text: str, made: Mapping[str, Made], found: dict[str, object]) -> None:
        for name in _named(text, made):
            one = made[name]
            if isinstance(one.content, Statement):
                found[name] = self._text(one.content)
                self._need(self._text(one.content), made, found)
            else:
                found[name] = one.content[0], [[place.name for place in b.places()] for b in one.content[1]]

    def _answered(self, questions: Sequence[Numbered]) -> list[Answer]:
        """Ask what is alike: in one statement, in several, or one by one, as soon as one way does."""
        for name, way in (("together", self._by_lateral), ("side by side", self._by_union)):
            try:
                told = way(questions)
            except EngineError:
                continue
            self.ways[name] += len(questions)
            found: dict[str, list[tuple[object, ...]]] = {str(number): [] for number, _ in questions}
            for number, *row in told:
                found[str(number)].append(tuple(row))
            return [found[str(number)] for number, _ in questions]
        self.ways["alone"] += len(questions)
        return [self._alone(question) for _, question in questions]

    def _by_lateral(self, questions: Sequence[Numbered]) -> list[tuple[object, ...]]:
        text, order = _in_order(self._whole(questions).replace(_HERE, "z.n"))
        numbers = ", ".join(dict.fromkeys(f"({number}, '{number}')" for number, _ in questions))
        every = f"(SELECT /*+ COALESCE(1) */ * FROM VALUES {numbers} AS z(i, n)) AS z"
        told = f"SELECT z.n, t.* FROM {every}, LATERAL ({text}) AS t ORDER BY z.i"
        return self._asked(f"{told}, {order}" if order else told)

    def _by_union(self, questions: Sequence[Numbered]) -> list[tuple[object, ...]]:
        whole, found = self._whole(questions), []
        numbers = list(dict.fromkeys(number for number, _ in questions))
        for first in range(0, len(numbers), _WIDE):
            these = numbers[first : first + _WIDE]
            parts = (f"(SELECT {n} AS n, t.* FROM ({whole.replace(_HERE, repr(str(n)))}) AS t)" for n in these)
            found += self._asked(" UNION ALL ".join(parts))
        return found

    def _alone(self, question: Question) -> Answer:
        """Ask as an audit does."""
        one, names = self._engine, [made.name for made in question.made]
        try:
            for made in question.made:
                if isinstance(made.content, Statement):
                    one.define(made.name, made.content, materialise=made.kept)
                else:
                    one.load(made.name, made.content[0], Rows(made.content[1]))
            rows: list[tuple[object, ...]] = one.rows(question.statement)
        except EngineError as error:
            return error
        finally:
            for name in reversed(names):
                one.forget(name)
        return rows

    def _whole(self, questions: Sequence[Numbered]) -> str:
        """Write the statement of questions that are alike with all that it needs in it, of the records of the number `_HERE`."""
        made = {one.name: one for one in questions[0][1].made}
        texts: dict[str, str] = {}
        self._write(self._text(questions[0][1].statement), made, questions, texts)
        return _inside(self._text(questions[0][1].statement), texts)

    def _write(self, text: str, made: Mapping[str, Made], questions: Sequence[Numbered], texts: dict[str, str]) -> None:
        """Write what stands behind each name in a text, those first that others need."""
        for name in _named(text, made):
            one = made[name]
            raw = self._only(one, made)
            kept = None if raw is None else self._kept.get(self._typing(one, raw))
            if name in texts:
                continue
            if isinstance(one.content, Statement) and kept is None:
                inner = self._text(one.content)
                self._write(inner, made, questions, texts)
                texts[name] = _inside(inner, texts)
                continue
            if kept is None:
                given = {n: next(m for m in question.made if m.name == name) for n, question in questions}
                kept = self._loaded(given)
            texts[name] = kept.of(_HERE)

    # ------------------------------------------------------------ Spark

    def _text(self, statement: Statement) -> str:
        try:
            return render(statement, "spark", self._cache)
        except UnsayableError as reason:
            raise EngineError(str(reason), "unsupported") from None

    def _frame(self, text: str) -> Any:
        return room._told(lambda: self._engine._session.sql(text))

    def _asked(self, text: str) -> list[tuple[object, ...]]:
        return room._told(lambda: [tuple(row) for row in self._engine._session.sql(text).collect()])


def _named(text: str, made: Mapping[str, Made]) -> list[str]:
    """Give the relations that a statement reads."""
    found = dict.fromkeys(re.findall(r"(?:FROM|JOIN) `((?:[^`]|``)*)`(?!\.)", text))
    return [name for name in (one.replace("``", "`") for one in found) if name in made]


def _in_order(text: str) -> tuple[str, str]:
    """Take the order off a statement: of what is joined, Spark forgets it."""
    head, _, order = text.rpartition(" ORDER BY ")
    if not head or order.count("(") != order.count(")") or " LIMIT " in order:
        return text, ""
    return head, order


def _inside(text: str, texts: Mapping[str, str]) -> str:
    """Put what stands behind a name in its place."""
    if not texts:
        return text
    names = "|".join(re.escape(quoted(name)) for name in texts)
    known = {quoted(name): told for name, told in texts.items()}

    def put(found: re.Match[str]) -> str:
        return f"{found[1]} ({known[found[2]]}) AS{found[3] or f' {found[2]}'}"

    return re.sub(rf"(FROM|JOIN) ({names})(?!\.)(?: AS( `[^`]*`))?", put, text)
