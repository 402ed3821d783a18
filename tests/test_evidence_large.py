"""A large file is read by plain casts where they will do; what is said of it is what is said of a small one."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from folders import audited
from hypothesis import given, settings
from hypothesis import strategies as st
from test_evidence import RULESET, SOURCE

from qmscheck import audit, cache
from qmscheck.evidence import typing
from qmscheck.judge.counting import planner, scan
from qmscheck.model import AuditRecord, Verdict
from qmscheck.sql.candidates import blank_keys, kept
from qmscheck.sql.mapping import MappedColumn
from qmscheck.sql.plain import typed_plainly
from qmscheck.sql.sieve import Sieve
from qmscheck.sql.statement import Statement

IDS = ["A1", "A2", " A2", "A3 ", "n/a", "", "Ü1"]
DATES = ["2026-01-02", "2026-01-02 ", "02.01.2026", "2026-02-30", "n/a", "", " "]
DAYS = ["3", " 3", "1,000", "3.0", "3.5", "-2", "soon", "N/A", ""]


def record(text: str, large: int, few: int, more: str) -> AuditRecord:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(typing, "_LARGE", large)
        patch.setattr(typing, "_FEW", few)
        path = Path(folder) / "c.csv"
        path.write_text(text, "utf-8")
        found = audited(Path(folder), RULESET, SOURCE.format(path="c.csv", more=more), cache=cache.folder())
    return found.model_copy(update={"rulesets": ()})


@pytest.mark.unmeasured
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(*(st.sampled_from(cells) for cells in (IDS, DATES, DAYS))), min_size=1, max_size=8),
    st.sampled_from(["", 'missing = ["", "n/a"]\n']),
    st.sampled_from(["", ",,", "\n", "A9,2026-01-02"]),
    st.sampled_from([0, 3]),
)
def test_a_large_file_is_read_as_a_small_one(cells: list[tuple[str, ...]], more: str, odd_line: str, few: int) -> None:
    """Lines of delimiters only, blank lines and lines that are cut short keep rows and records apart in both."""
    lines = [f'{key},{day},"{days}"' if "," in days else f"{key},{day},{days}" for key, day, days in cells]
    text = "\n".join(["id,received,days", *lines[:1], odd_line, *lines[1:], ""])
    assert record(text, 0, few, more) == record(text, 1 << 40, few, more)


def test_records_with_odd_cells_keep_their_rows() -> None:
    text = "id,received,days\nA1,2026-01-02,-1\n A2 ,2026-01-03,-2\nA3,2026-01-04,-3\nA4, 2026-01-05,x\n"
    found = record(text, 0, 1, "")
    assert [(e.column, e.location.row) for e in found.evidence[0].unreadable] == [("days", 5)]
    (quick,) = (f for f in found.findings if f.rule == "O.quick")
    assert [(e.key, e.location.row, e.state) for e in quick.exceptions] == [
        ("A1", 2, "unmet"),
        ("A2", 3, "unmet"),
        ("A3", 4, "unmet"),
        ("A4", 5, "unreadable"),
    ]


# ---------------------------------------------------------------- sieved while it is read

MORE = """
[[rule]]
id = "O.listed"
obligation = "O"
title = "Listed"
each = "complaints"
must = "state in ('open', 'closed', 'shut')"
statement = "{unmet} of {population} have another state."

[[rule]]
id = "O.number"
obligation = "O"
title = "Number"
each = "complaints"
must = "matches(id, '^A[0-9]+$')"
statement = "{unmet} of {population} have no number."

[[rule]]
id = "O.named"
obligation = "O"
title = "Named"
each = "complaints"
must = "length(note) >= 2"
statement = "{unmet} of {population} have no note."

[[rule]]
id = "O.amount"
obligation = "O"
title = "Amount"
each = "complaints"
where = "state <> 'open'"
must = "amount < 10 or received > date '2026-01-01'"
statement = "{unmet} of {population} are too much."

[[rule]]
id = "O.id"
obligation = "O"
title = "Id"
each = "complaints"
must = "id is not null"
statement = "{unmet} of {population} have no id."

[[rule]]
id = "O.note"
obligation = "O"
title = "Note"
each = "complaints"
must = "note  IS not null"
statement = "{unmet} of {population} have no note."

[[rule]]
id = "O.once"
obligation = "O"
title = "Once"
each = "complaints"
unique = ["id", "note"]
statement = "{unmet} of {population} are double."

[[rule]]
id = "O.single"
obligation = "O"
title = "Single"
each = "complaints"
where = "state <> 'gone'"
unique = ["id"]
statement = "{unmet} of {population} have the number of another."

[[rule]]
id = "O.only"
obligation = "O"
title = "Only"
each = "complaints"
unique = ["id"]
statement = "{unmet} of {population} have the number of another."
"""
#: Rules of which every record's state is asked.
SHARE = """
[[rule]]
id = "O.layered"
obligation = "O"
title = "Layered"
each = "complaints"
must = "days < 4"
strata = ["state"]
statement = "{unmet} of {population} took long."

[[rule]]
id = "O.share"
obligation = "O"
title = "Share"
each = "complaints"
where = "note <> 'x'"
must = "amount < 10"
at_least = "enough"
statement = "{met} of {population} are small."

[param.enough]
type = "number"
default = 0.9
min = 0.1
max = 1
origin = "own-procedure"
ref = "tests"
title = "Share that is small"
"""
WIDE = (RULESET + MORE + SHARE).replace(
    'days = { type = "integer" }',
    'days = { type = "integer" }\nstate = { type = "text" }\nnote = { type = "text" }\namount = { type = "number" }',
)
HEAD = ("id", "received", "days", "state", "note", "amount")
GOOD = ("A1", "2026-01-02", "3", "open", "fine", "1.5")
OTHERS = (
    ["A2", "A2 ", " A3", "B1", ""],
    ["2026-01-01", " 2026-01-03", "2026-02-30", ""],
    ["-1", "3.0", "x", ""],
    ["closed", "closed ", "\topen", "gone", ""],
    ["ok", "no ", " a", "a\u00a0", "Ren\u00e9", ""],
    ["12", "1_0", "nan", "inf", ""],
)
RECORD = st.tuples(*(st.sampled_from([good, good, *others]) for good, others in zip(GOOD, OTHERS, strict=True)))


def sieved(folder: Path, name: str, *, large: bool, few: int = 0) -> AuditRecord:
    """Audit a file as if it were large, or as the small one that it is."""
    with pytest.MonkeyPatch.context() as patch:
        if large:
            patch.setattr(planner, "SMALL", 0)
            patch.setattr(planner, "KEPT", 0)
            patch.setattr(typing, "_LARGE", 0)
            patch.setattr(typing, "_MANY", 0)
            patch.setattr(typing, "_FEW", few)
        found = audited(folder, WIDE, SOURCE.format(path=name, more=""), cache=cache.folder())
    return found.model_copy(update={"rulesets": ()})


@pytest.mark.unmeasured
@settings(max_examples=40, deadline=None)
@given(st.lists(RECORD, min_size=1, max_size=6))
def test_a_file_that_is_sieved_while_it_is_read_gives_the_same_record(cells: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = [",".join(record) for record in (HEAD, *cells)]
        (Path(folder) / "c.csv").write_text("\n".join(lines) + "\n", "utf-8")
        assert sieved(Path(folder), "c.csv", large=True) == sieved(Path(folder), "c.csv", large=False)


@pytest.mark.unmeasured
@settings(max_examples=25, deadline=None)
@given(st.lists(RECORD, min_size=1, max_size=6), st.booleans())
def test_a_parquet_file_that_is_sieved_gives_the_same_record(cells: list[tuple[str, ...]], typed: bool) -> None:
    kinds = ("text", "date", "integer", "text", "text", "double") if typed else ("text",) * 6
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        named = ", ".join(f"{name} text" for name in HEAD)
        connection.execute(f"create table c ({named})")
        connection.executemany("insert into c values (?, ?, ?, ?, ?, ?)", cells)
        cast = ", ".join(f"try_cast({n} as {k}) as {n}" for n, k in zip(HEAD, kinds, strict=True))
        connection.execute(f"copy (select {cast} from c) to '{folder}/c.parquet' (format parquet)")
        assert sieved(Path(folder), "c.parquet", large=True) == sieved(Path(folder), "c.parquet", large=False)


def test_a_sieve_is_used_where_it_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        scan, "kept", lambda tests, relation, flags: asked.append(relation) or kept(tests, relation, flags)
    )
    (tmp_path / "c.csv").write_text("\n".join(",".join(r) for r in (HEAD, GOOD, GOOD)) + "\n", "utf-8")
    sieved(tmp_path, "c.csv", large=True)
    assert asked == ["complaints, doubtful"]
    (tmp_path / "c.csv").write_text("\n".join(",".join(r[:-1]) for r in (HEAD, GOOD, GOOD)) + "\n", "utf-8")
    sieved(tmp_path, "c.csv", large=True)  # a column that a rule reads is not there
    assert asked == ["complaints, doubtful"]


def test_blank_keys_are_looked_for_among_what_was_kept_where_that_keeps_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        scan, "blank_keys", lambda test, *given: asked.append(",".join(test.unique)) or blank_keys(test, *given)
    )
    found = both(tmp_path, GOOD, ("A2", *GOOD[1:4], "", "1"), ("", *GOOD[1:]))
    (once,) = (f for f in found.findings if f.rule == "O.once")
    assert [(e.state, e.location.row) for e in once.exceptions] == [("unmet", 3), ("unmet", 4)]
    assert sorted(asked) == ["id", "id", "id,note"]


def test_doubled_keys_are_told_at_their_lines_whatever_stands_between(tmp_path: Path) -> None:
    """A blank line, one of delimiters only, an odd cell and a lost line are between the records."""
    keys = ["A1", "A2", " A3", "", ",,,,,", "A5", "A5", "A4"]
    lines = [k and (k if "," in k else ",".join([k, *GOOD[1:]])) for k in keys]
    (tmp_path / "c.csv").write_text("\n".join([",".join(HEAD), *lines, "A9,short", ",".join(GOOD)]) + "\n", "utf-8")
    found = sieved(tmp_path, "c.csv", large=True)
    (once,) = (f for f in found.findings if f.rule == "O.once")
    assert [e.location.row for e in once.exceptions] == [2, 11, 7, 8]
    assert found == sieved(tmp_path, "c.csv", large=False)


# ---------------------------------------------------------------- columns that lie apart (decision 0037)

BAD = ("B1", "2026-01-02", "3", "gone", "fine", "2.5")
FILLED = st.tuples(
    *(st.sampled_from([good, good, *filter(None, others)]) for good, others in zip(GOOD, OTHERS, strict=True))
)


@pytest.mark.unmeasured
@settings(max_examples=40, deadline=None)
@given(st.lists(FILLED, min_size=1, max_size=6), st.sampled_from([0, 3]))
def test_columns_that_lie_apart_change_no_record(cells: list[tuple[str, ...]], few: int) -> None:
    """Doubtful records of which no cell is odd, odd ones that are not doubtful, and both; of all columns, or of those
    that are nearly always plain.
    """
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        lines = [",".join(record) for record in (HEAD, *cells, *[BAD] * 2)]
        (Path(folder) / "c.csv").write_text("\n".join(lines) + "\n", "utf-8")
        narrow = sieved(Path(folder), "c.csv", large=True, few=few)
        patch.setattr(planner, "_apart", lambda *_: frozenset())
        assert (
            narrow == sieved(Path(folder), "c.csv", large=True, few=few) == sieved(Path(folder), "c.csv", large=False)
        )


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Hear, of each reading of a file that is sieved, which columns lie apart."""
    told: list[list[str]] = []

    def heard(raw: str, columns: list[MappedColumn], passed: list[str], sieve: Sieve | None = None) -> Statement:
        if sieve is not None:
            told.append(sorted(sieve.apart))
        return typed_plainly(raw, columns, passed, sieve)

    monkeypatch.setattr(typing, "typed_plainly", heard)
    return told


def both(folder: Path, *records: tuple[str, ...], head: tuple[str, ...] = HEAD) -> AuditRecord:
    """Audit records as a large and as a small file, which gives the same."""
    (folder / "c.csv").write_text("\n".join(",".join(r) for r in (head, *records)) + "\n", "utf-8")
    found = sieved(folder, "c.csv", large=True)
    assert found == sieved(folder, "c.csv", large=False)
    return found


def test_columns_that_only_single_records_are_asked_for_lie_apart(tmp_path: Path, apart: list[list[str]]) -> None:
    """Keys, strata, what is counted by strata and what must be unique stay: of them every record is asked."""
    both(tmp_path, GOOD, BAD, BAD, (*BAD[:5], "x"))
    assert apart == [["amount", "received"]]


def test_a_column_that_seems_to_be_blank_is_looked_at_in_all_records(tmp_path: Path, apart: list[list[str]]) -> None:
    both(tmp_path, GOOD, (*BAD[:5], ""))
    assert apart == [["amount", "received"], []]


def test_where_a_column_is_blank_nothing_lies_apart(tmp_path: Path, apart: list[list[str]]) -> None:
    both(tmp_path, (*GOOD[:5], ""), (*BAD[:5], ""))
    assert apart == [[]]


def test_where_a_heading_is_missing_nothing_lies_apart(tmp_path: Path, apart: list[list[str]]) -> None:
    more = MORE.replace('unique = ["id", "note"]', 'unique = ["id", "batch"]')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            sys.modules[__name__],
            "WIDE",
            WIDE.replace(MORE, more).replace("state = {", 'batch = { type = "text" }\nstate = {', 1),
        )
        both(tmp_path, GOOD, BAD)
    assert apart == [[]]


def test_where_closed_records_are_sealed_nothing_lies_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: list[list[str]]
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "WIDE", WIDE.replace('key = "id"', 'key = "id"\nclosed = "received"'))
    both(tmp_path, GOOD, BAD)
    assert apart == [[]]


def test_of_a_table_of_several_files_nothing_lies_apart(tmp_path: Path, apart: list[list[str]]) -> None:
    for name in ("c1.csv", "c2.csv"):
        (tmp_path / name).write_text("\n".join(",".join(r) for r in (HEAD, GOOD, BAD)) + "\n", "utf-8")
    assert sieved(tmp_path, "c*.csv", large=True) == sieved(tmp_path, "c*.csv", large=False)
    assert apart == [[], []]


def test_what_lies_apart_is_no_column_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that asks all records for such a column cannot be judged, and says so: no blank stands in for a value."""
    monkeypatch.setattr(audit, "sieves_of", careless)
    (tmp_path / "c.csv").write_text("\n".join(",".join(r) for r in (HEAD, GOOD, BAD)) + "\n", "utf-8")
    found = {f.rule: f for f in sieved(tmp_path, "c.csv", large=True).findings}
    assert found["O.once"].verdict is Verdict.ERROR
    assert found["O.listed"].verdict is Verdict.FAIL


def careless(*given: Any) -> dict[str, Sieve]:
    return {t: replace(s, apart=s.apart | {"note"}) for t, s in planner.sieves_of(*given).items()}
