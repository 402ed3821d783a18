"""A rule's own examples: hand-made records and the verdict they must get. Public: authors run it in their tests."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from qmscheck.audit.asked import in_force, values
from qmscheck.cache import Cache
from qmscheck.cells import as_text
from qmscheck.criteria import Criteria
from qmscheck.engine import Engine, Means
from qmscheck.engine.embedded import Embedded
from qmscheck.errors import Problem
from qmscheck.evidence import Ahead, SourceMistake, gather
from qmscheck.extracts import Batch, Extract, Request, Rows
from qmscheck.hookspecs import Reader
from qmscheck.judge import Bench, judge
from qmscheck.model import (
    EXAMPLE_DAY,
    AuditPlan,
    Example,
    ExampleResult,
    Finding,
    Origin,
    ParameterValue,
    Rule,
    Ruleset,
    Source,
)
from qmscheck.plan.audit import twelve_months
from qmscheck.sql.select import columns_read

__all__ = ["AS_OF", "ExampleResult", "as_expected", "empty_engine", "judge_records", "judge_together", "run"]

#: The date of an example that names none.
AS_OF = EXAMPLE_DAY


def run(
    asked: Criteria,
    select: Collection[str] = (),
    *,
    told: Callable[[str], None] = lambda _text: None,
    means: Means | None = None,
) -> Iterator[ExampleResult]:
    """Judge every example of every rule (or of the rules and obligations in `select`), one after the other.

    To open an engine takes as long as to judge an example, so all have the same one, which forgets between them.
    `told` hears which is judged; `means` bound what may be used.
    """
    with empty_engine(means=means) as engine:
        for rule in asked.ruleset.rules.values():
            if select and rule.id not in select and rule.obligation not in select:
                continue
            for number, example in enumerate(rule.example, 1):
                told(f"judging {rule.id}, example {number}")
                yield _result(asked, rule, number, example, engine)


@contextmanager
def empty_engine(given: Engine | None = None, means: Means | None = None) -> Iterator[Engine]:
    """Give an engine that holds nothing: the given one, emptied, or one of some `means` that is gone at the end."""
    if given is not None:
        given.clear()
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="qmscheck-") as folder:
        used = means or Means()
        engine = Embedded(Path(folder), threads=1, memory=used.memory, cache=Cache())
        used.on_stop(engine.interrupt)
        try:
            yield engine
        finally:
            engine.close()


def judge_records(
    asked: Criteria,
    rule: str,
    given: Mapping[str, Sequence[Mapping[str, object]]],
    *,
    as_of: dt.date = AS_OF,
    planned_audit: dt.date | None = None,
    params: Mapping[str, object] | None = None,
    engine: Engine | None = None,
) -> Finding:
    """Judge one rule on hand-made records, table by table. The period is the twelve months up to `as_of`.

    Cells are written as text and read back as the declared type, as those of a file are. A table that is not given
    has a source without records. Which parts of its condition a fail lacks is not asked (`change.lacking`). Raises
    ValueError for a table or a column that the ruleset does not declare.
    """
    found = judge_together(
        asked, (rule,), given, as_of=as_of, planned_audit=planned_audit, params=params, engine=engine
    )
    return found[rule]


def judge_together(
    asked: Criteria,
    rules: Collection[str],
    given: Mapping[str, Sequence[Mapping[str, object]]],
    *,
    as_of: dt.date = AS_OF,
    planned_audit: dt.date | None = None,
    params: Mapping[str, object] | None = None,
    engine: Engine | None = None,
) -> dict[str, Finding]:
    """Judge several rules on the same hand-made records, which are read once. Else as `judge_records`.

    What an `engine` held before is forgotten; without one, one is opened.
    """
    _check_names(asked, given)
    spec = asked.ruleset.params
    chosen = frozenset().union(*(_with_full_list(asked, rule) for rule in rules))
    wanted = {t: set(c) for t, c in columns_read([asked.tests[r] for r in chosen]).items()}
    for one in chosen:
        wanted.setdefault(asked.tests[one].table, set()).update(asked.ruleset.rules[one].strata)
    ruleset = _only(asked.ruleset, chosen, wanted)
    plan = AuditPlan(
        root="/",
        file=None,
        organization="example",
        scope="example",
        rulesets=(),
        as_of=as_of,
        planned_audit=planned_audit,
        period=twelve_months(as_of),
        params={
            name: ParameterValue(value=value, origin=spec[name].origin if name in spec else Origin.CONVENTION, ref=None)  # type: ignore[arg-type]
            for name, value in (params or {}).items()
        },
        sources=tuple(Source(table=t, reader="given", options={"table": t}) for t in ruleset.tables),
    )
    reader = Reader("given", (), _reader(asked, given))
    with empty_engine(engine) as used_engine, tempfile.TemporaryDirectory(prefix="qmscheck-") as folder:
        ahead = Ahead(Path(folder), {})
        gathered = gather(plan, ruleset, wanted, {"given": reader}, used_engine, ahead, _quiet, _never)
        used = in_force(plan, asked)
        named = values(as_of, plan, asked, used)
        tests, tables = asked.tests, gathered.tables
        bench = Bench(plan, ruleset, tests, tables, used_engine, named, used, chosen, doubts=False, asides=False)
        return {f.rule: f for f in judge(bench, _quiet).findings if f.rule in rules}


def _with_full_list(asked: Criteria, rule: str) -> frozenset[str]:
    """Add the rule that judges each record where they are too few for a statistic."""
    few = asked.ruleset.rules[rule].too_few
    return frozenset({rule, *([few.instead] if few is not None else [])})


def _only(ruleset: Ruleset, rules: Collection[str], tables: Collection[str]) -> Ruleset:
    """Leave out of a ruleset what some rules have no need of: a large one has thousands of examples."""
    kept = {name: rule for name, rule in ruleset.rules.items() if name in rules}
    asked = {rule.obligation for rule in kept.values()}
    return ruleset.model_copy(
        update={
            "rules": kept,
            "obligations": {name: o for name, o in ruleset.obligations.items() if name in asked},
            "tables": {name: t for name, t in ruleset.tables.items() if name in tables},
        }
    )


def _check_names(asked: Criteria, given: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
    """Refuse records that no rule could see: a test would pass for the wrong reason."""
    unknown = [f"there is no table '{table}'" for table in given if table not in asked.ruleset.tables]
    for table, spec in asked.ruleset.tables.items():
        columns = dict.fromkeys(column for record in given.get(table, ()) for column in record)
        unknown += [f"table '{table}' has no column '{column}'" for column in columns if column not in spec.columns]
    if unknown:
        raise ValueError("; ".join(unknown))


def _result(asked: Criteria, rule: Rule, number: int, example: Example, engine: Engine) -> ExampleResult:
    found = judge_records(
        asked,
        rule.id,
        example.given,
        as_of=example.as_of or AS_OF,
        planned_audit=example.planned_audit,
        params=example.params,
        engine=engine,
    )
    ok = as_expected(example, found)
    message = found.reason
    if found.verdict is example.verdict and not ok:
        message = f"expected {example.unmet} unmet, counted {found.calculation}"
    return ExampleResult(rule.id, number, example.title, example.verdict, found.verdict, message, ok)


def as_expected(example: Example, found: Finding) -> bool:
    """Tell whether a finding is as an example says: its verdict, and its number of unmet records where one is named."""
    if found.verdict is not example.verdict:
        return False
    return example.unmet is None or (found.tally is not None and found.tally.unmet == example.unmet)


def _reader(
    asked: Criteria, given: Mapping[str, Sequence[Mapping[str, object]]]
) -> Callable[[Request], Iterator[Extract]]:
    def read(request: Request) -> Iterator[Extract]:
        columns = tuple(asked.ruleset.tables[request.table].columns)
        records = given.get(request.table, ())
        cells = tuple([as_text(record.get(c)) for record in records] for c in columns)
        batch = Batch(cells, rows=list(range(1, len(records) + 1)))
        yield Extract(request.table, Path(f"/{request.table}"), columns, Rows([batch] if records else []), ())

    return read


def _quiet(_text: str) -> None:
    """Tell nobody."""


def _never(_number: int, mistake: SourceMistake) -> Problem:
    """Raise: hand-made records have no plan to point into."""
    raise mistake
