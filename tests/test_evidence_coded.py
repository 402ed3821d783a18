"""Codes that the plan takes for blank, and what they take away: a zero that is left out makes a register look better."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from folders import audited
from test_evidence import RULESET, SOURCE
from test_inventory_taking import TODAY

from qmscheck import plan, plugins
from qmscheck.engine.embedded import Embedded
from qmscheck.evidence import coded
from qmscheck.extracts import Batch, Rows
from qmscheck.inventory import taking
from qmscheck.model import AuditRecord, Limit
from qmscheck.plan import Overrides
from qmscheck.sql.figures import Spelling
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn

ROWS = "id,received,days,state\n1,2026-01-02,0,open\n2,2026-01-02,0,\n3,-,-,open\n4,01.01.1900,9, Open \n"
RULES = RULESET.replace("days = {", 'state = { type = "text", values = { open = [], shut = [] } }\ndays = {').replace(
    'must = "days >= 0"', 'where = "state is not null"\nmust = "days >= 0"'
)


def judged(folder: Path, more: str) -> AuditRecord:
    (folder / "c.csv").write_text(ROWS, "utf-8")
    return audited(folder, RULES, SOURCE.format(path="c.csv", more=more))


def limits(record: AuditRecord) -> list[str]:
    told = [limit for limit in record.limits if limit.reason == "values read as blank"]
    assert {(limit.kind, limit.id) for limit in told} <= {("source", "c.csv")}
    return [limit.detail for limit in told]


def test_a_code_for_nothing_that_is_a_value_of_its_column_is_a_limit_of_the_audit(tmp_path: Path) -> None:
    record = judged(tmp_path, 'missing = ["", "n/a", "-", "0", "OPEN", "1900-01-01"]\n')
    assert limits(record) == [
        (
            "'0' stands for blank in 2 of 4 filled cells of 'days' (50 %), and is a number: if it is meant, take it out of "
            "'missing'"
        ),
        (
            "'OPEN' stands for blank in 3 of 3 filled cells of 'state' (100 %), and is a word of its list: if it is meant, "
            "take it out of 'missing'"
        ),
    ]
    assert not any("blank" in note for note in record.evidence[0].notes)


def test_a_day_that_stands_for_none_is_told_as_it_is_written(tmp_path: Path) -> None:
    mapped = '[source.columns]\nreceived = { from = "received", format = "%d.%m.%Y", missing = ["01.01.1900", "-"] }\n'
    assert limits(judged(tmp_path, mapped)) == [
        (
            "'01.01.1900' stands for blank in 1 of 4 filled cells of 'received' (25 %), and is a day: if it is meant, take it "
            "out of 'missing'"
        )
    ]


def test_codes_that_can_be_no_value_and_those_that_the_plan_maps_are_no_limit(tmp_path: Path) -> None:
    mapped = '[source.columns]\nstate = { from = "state", missing = ["open"], values = { open = "shut" } }\n'
    assert limits(judged(tmp_path, 'missing = ["-", "n/a", "?"]\n' + mapped)) == []


def test_evidence_tells_what_each_code_took_away(tmp_path: Path) -> None:
    judged(tmp_path, 'missing = ["", "n/a", "-", "0"]\n')
    found = plugins.load()
    planfile = plan.read(tmp_path, found.readers, Overrides(today=TODAY), found.rulesets, found.engines)
    taken = taking.take(planfile, found)
    told = (
        "'-' stands for blank in 1 of 4 filled cells of 'received' (25 %)",
        "'-' stands for blank in 1 of 4 filled cells of 'days' (25 %)",
        (
            "'0' stands for blank in 2 of 4 filled cells of 'days' (50 %), and is a number: if it is meant, take it out of "
            "'missing'"
        ),
    )
    assert sorted(n for n in taken.sources[0].evidence.notes if "blank" in n) == sorted(told)
    assert Limit(kind="source", id="c.csv", reason="values read as blank", detail=told[2]) in taken.limits


def test_what_is_a_value_depends_on_how_the_column_is_written(tmp_path: Path) -> None:
    def told(code: str, kind: Kind, **more: object) -> str:
        with closing(Embedded(tmp_path, threads=1)) as engine:
            (header,) = engine.load("raw", ("a",), Rows([Batch(([code],), [1])])).names
            column = MappedColumn("a", kind, header, missing=(code,), **more)  # type: ignore[arg-type]
            return "".join(one.value for one in coded.taken(engine, "raw", [column], {}))

    assert told("9,5", Kind.NUMBER, spelling=Spelling(decimal=",")) == "a number"
    assert told("9,5", Kind.NUMBER) == ""
    assert told("1.000", Kind.INTEGER, spelling=Spelling(thousands=".")) == "a number"
    assert told("nan", Kind.NUMBER) == ""
    assert told("No", Kind.BOOLEAN) == "a yes or no"
    assert told("?", Kind.BOOLEAN) == ""
    assert told("9999-12-31", Kind.TIMESTAMP) == "a day"
    assert told("31.12.9999", Kind.DATE) == ""
    assert told("0", Kind.TEXT) == ""
