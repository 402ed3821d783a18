"""The records behind a verdict, each with a place that a person can open. Fetched late, and only where needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from qmscheck.cells import cell_name
from qmscheck.judge.bounds import bounds
from qmscheck.judge.counting.scan import Count
from qmscheck.judge.finding.missing import absent, unclear
from qmscheck.judge.groups import PERSONAL
from qmscheck.model import AuditException, BoundTable, Location, Rule, Verdict
from qmscheck.sql.select import MET, PLACE, UNMET, UNREADABLE, RowTest, exceptions

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case

__all__ = ["Shown", "key_of", "listed"]

_QUOTE = 300
_OF_EXCEPTION, _OF_LOCATION = set(AuditException.model_fields), set(Location.model_fields)

N = TypeVar("N", AuditException, Location)


class _Written(NamedTuple):
    """Keys by the cells they are made of, and places by the cells and the column to look at."""

    keys: dict[tuple[object, ...], str]
    places: dict[tuple[tuple[object, ...], str | None], Location]


class Shown:
    """What was written of records that a rule shows: others of the table show the same ones, at the same place or at
    another column of it. Of 200 rules over a table, nine in ten places are such (`benchmarks/width.py`).
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._known: dict[tuple[str, ...], _Written] = {}

    def of(self, test: RowTest) -> _Written:
        """Give what was written of the records of a table, as a test names them."""
        return self._known.setdefault((test.table, *test.keys), _Written({}, {}))


def listed(case: Case, verdict: Verdict, bench: Bench, shown: Shown) -> tuple[tuple[AuditException, ...], int]:
    """Give the records to show, at most as many as the plan allows, and how many there are in all.

    First those that are wrong, by key, then those of which it cannot be told: they may be many, and would hide the
    others.
    """
    rule, test, one = case.rule, case.test, case.counted.total
    counted = case.counted
    states = _states(case, verdict, one, bench)
    if not states or not counted.relation or bench.tables[rule.table].problem is not None:
        return (), 0
    if unclear(rule, test, bench):
        return (), 0
    extra = len(counted.extra) if MET in states and not rule.conclusive else 0
    limit, keys = bench.plan.max_exceptions, len(test.keys)
    found: list[Sequence[object]] = []
    for state in states:
        left = limit - len(found)
        if left <= 0:
            break
        if counted.fetched is not None:
            found += counted.fetched.listed(counted.index, extra, [state], left)
        elif counted.noted is not None:
            found += counted.noted.listed(counted.index, [state], left)
        else:
            statement = exceptions(counted.relation, counted.index, keys, extra, [state], left)
            found += bench.at(test.table).rows(statement)
    total = sum({MET: one.met, UNMET: one.unmet, UNREADABLE: one.unreadable}[s] for s in states)
    columns = _Columns(_column(test, counted.lacking), _doubtful(test, bench))
    return tuple(_exceptions(found, case, extra, columns, shown, bench)), total


class _Columns(NamedTuple):
    """The column to look at in a record that is unmet, and in one of which it cannot be told."""

    judged: str
    doubtful: str | None


def _states(case: Case, verdict: Verdict, one: Count, bench: Bench) -> list[int]:
    """Choose which records explain the verdict. A column that no source has is not to be looked for in each of them."""
    rule = case.rule
    doubtful = [UNREADABLE] if one.unreadable and not absent(case.test, bench) else []
    if verdict is Verdict.MANUAL and not rule.conclusive:
        return [MET]
    if rule.measure is not None and rule.measure.kind == "rate" and rule.form == "measure":
        return _events(rule, verdict, doubtful)
    if verdict is Verdict.FAIL:
        if rule.count is None:
            return [UNMET, *doubtful]
        most = bounds(rule, bench).most
        too_many = most is not None and one.met > most
        return [MET] if too_many else []
    if verdict is Verdict.INSUFFICIENT and rule.conclusive and one.population:
        return [*([UNMET] if one.unmet and rule.count is None else []), *doubtful]
    return []


def _events(rule: Rule, verdict: Verdict, doubtful: list[int]) -> list[int]:
    """Choose of a rate: too many events are looked at one by one, and too few are nowhere. Others are no events."""
    if verdict is Verdict.FAIL and rule.at_most is not None:
        return [MET, *doubtful]
    return doubtful if verdict in {Verdict.FAIL, Verdict.INSUFFICIENT} else []


def _column(test: RowTest, lacking: Sequence[tuple[int, int]] = ()) -> str:
    """Name the column to look at: what the condition judges, and of several parts the first that some record lacks;
    else the first that it reads.
    """
    lacked = [part for part, (records, _) in zip(test.parts, lacking, strict=False) if records]
    for part in lacked or test.parts:
        if part.column is not None:
            return part.column
    if test.must is not None and test.must.columns:
        return test.must.columns[0][1]
    if test.related is not None:
        return test.related.pairs[0][0]
    return test.unique[0] if test.unique else test.keys[0]


def _doubtful(test: RowTest, bench: Bench) -> str | None:
    """Name the column that may leave a record undecided, where only one can: with unreadable cells, else of the scope.

    What cannot be told may also stem from the other table of a match; then the key is what leads there. Of a query it
    may stem from any record.
    """
    own = dict.fromkeys(c for t, c in _read(test) if t == test.table)
    flagged = [c for c in own if c in bench.tables[test.table].flags]
    if flagged:
        return flagged[0] if len(flagged) == 1 else None
    if test.query is not None:  # a cell of any record may leave all of them open: no cell of this one is to blame
        return None
    if test.scope is None or test.related is not None:
        return _column(test)
    scope = list(dict.fromkeys(test.scope.columns_of(test.table)))
    return scope[0] if len(scope) == 1 else None


def _read(test: RowTest) -> list[tuple[str, str]]:
    """Give the (table, column) pairs that a test reads, but for the keys of the other table."""
    named = [c for e in (test.scope, test.must) if e is not None for c in e.columns]
    keys = [left for left, _ in test.related.pairs] if test.related is not None else test.unique
    matched = test.related.where.columns if test.related is not None and test.related.where is not None else ()
    return [*named, *((test.table, c) for c in keys), *matched]


def _exceptions(
    rows: Iterable[Sequence[object]], case: Case, extra: int, columns: _Columns, shown: Shown, bench: Bench
) -> Iterator[AuditException]:
    """Write the records of a rule: what is the same for all is looked up once."""
    keys, table = len(case.test.keys), bench.tables[case.test.table]
    hidden, written = _hidden(case.test, bench), shown.of(case.test)
    names: dict[int, Literal["unmet", "unreadable", "quoted"]] = {
        UNMET: "unmet",
        UNREADABLE: "unreadable",
        MET: "unmet" if case.rule.conclusive else "quoted",
    }
    for row in rows:
        state = int(str(row[keys + extra]))
        text = row[keys] if extra else None
        quote = None if text is None else bench.mask.quoted(str(text)[: 2 * _QUOTE])
        cells, values = tuple(row[:keys]), tuple(row[-len(PLACE) :])
        key = written.keys.get(cells)
        if key is None:
            key = written.keys[cells] = _key(cells, hidden, bench)
        column = columns.doubtful if state == UNREADABLE else columns.judged
        location = written.places.get((values, column))
        if location is None:
            location = written.places[values, column] = place(values, table, column)
        found = AuditException(
            key=key,
            state=names[state],
            location=location,
            quote=None if quote is None else quote if len(quote) <= _QUOTE else quote[: _QUOTE - 1] + "…",
        )
        yield _lighter(found, _OF_EXCEPTION)


def key_of(row: Sequence[object], test: RowTest, bench: Bench) -> str:
    """Write the key of a record, whose first cells it is; what is personal is not shown."""
    return _key(row[: len(test.keys)], _hidden(test, bench), bench)


def _hidden(test: RowTest, bench: Bench) -> list[bool]:
    """Tell which parts of a key are personal."""
    columns = bench.ruleset.tables[test.table].columns
    return [columns[k].is_personal for k in test.keys if k in columns]


def _key(cells: Sequence[object], hidden: Sequence[bool], bench: Bench) -> str:
    keys = [None if cell is None else str(cell) for cell in cells]
    return " / ".join(
        PERSONAL if secret or (k is not None and bench.mask.is_person(k)) else (k or "(blank)")
        for k, secret in zip(keys, hidden, strict=True)
    )


def place(values: Sequence[object], table: BoundTable, column: str | None) -> Location:
    """Write the place columns of a record as a location."""
    source, row, path, page, heading, paragraph, cell = values
    origin = table.places[int(str(source))]
    number = int(str(row)) if row else None
    named = origin.columns.get(column) if column is not None else None
    name = cell_name(named[1], number) if named and origin.sheet is not None and number else None
    found = Location(
        path=str(path) if path else origin.path,
        sheet=origin.sheet,
        row=number,
        column=named[0] if named and not path else None,
        cell=str(cell) if cell else name,
        page=int(str(page)) if page else None,
        heading=str(heading) if heading else None,
        paragraph=int(str(paragraph)) if paragraph else None,
    )
    return _lighter(found, _OF_LOCATION)


def _lighter(found: N, given: set[str]) -> N:
    """Let a noun share the names of what it was given with others: each has a set of its own, which takes more memory
    than all the rest (measured of an exception and its place: 1,659 bytes, and 717 without). Nobody changes the set.
    """
    object.__setattr__(found, "__pydantic_fields_set__", given)
    return found
