"""Fetch: columns found, dates read or asked for, files missing or drifting, rows and cells placed, digests, no traces."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from firm import GOOD, OWN, audit, verdicts
from folders import audited
from xlsxwriter import Workbook

from qmscheck.engine import Engine, Means
from qmscheck.errors import QmscheckError
from qmscheck.evidence.columns import headings
from qmscheck.extracts import Begun, Extract, Request, Skipped, Unread
from qmscheck.hookspecs import Opening, Reader
from qmscheck.model import AuditRecord, ColumnMapping, ColumnSpec, Evidence, Source, TableSpec

RULESET = """
[ruleset]
id = "asked"
title = "Asked"
standard = "none"
edition = "1"
version = "1"
language = "en"

[table.complaints]
purpose = "Every complaint"
key = "id"
[table.complaints.columns]
id = { type = "text", synonyms = ["ticket", "Reklamation-Nr."] }
received = { type = "date" }
days = { type = "integer" }

[[obligation]]
id = "O"
title = "Recorded"
force = "requirement"
clauses = ["1"]
doc_info = "retain"
statement = "Complaints are recorded."
grade = "minor"
grade_why = "It can be mended."
recommendation = "The quality manager records them."

[[rule]]
id = "O.received"
obligation = "O"
title = "Received"
each = "complaints"
must = "received is not null"
statement = "{unmet} of {population} have no date."

[[rule]]
id = "O.quick"
obligation = "O"
title = "Quick"
each = "complaints"
must = "days >= 0"
statement = "{unmet} of {population} have no number of days."
"""

SOURCE = '[[source]]\ntable = "complaints"\npath = "{path}"\n{more}'


def read(folder: Path, text: str | bytes, more: str = "", name: str = "c.csv") -> AuditRecord:
    """Audit one file of complaints."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return audited(folder, RULESET, SOURCE.format(path=name, more=more))


def only(record: AuditRecord) -> Evidence:
    (entry,) = record.evidence
    return entry


# ---------------------------------------------------------------- columns


def spec(**synonyms: tuple[str, ...]) -> TableSpec:
    columns = {name: ColumnSpec(type="text", synonyms=names) for name, names in synonyms.items()}
    return TableSpec(purpose="p", key=next(iter(synonyms)), columns=columns)


def source(**mapped: str) -> Source:
    return Source(table="t", columns={c: ColumnMapping(from_=h) for c, h in mapped.items()})


@pytest.mark.parametrize(
    ("present", "mapped", "found"),
    [
        (["id", "owner"], {}, {"id": "id", "owner": "owner"}),
        (["ID", "Owner "], {}, {"id": "ID", "owner": "Owner "}),
        (["Ticket", "Handled-by"], {}, {"id": "Ticket", "owner": "Handled-by"}),
        (["No.", "who"], {"id": "No.", "owner": "WHO"}, {"id": "No.", "owner": "who"}),
        (["a  b", "x"], {"id": "A b"}, {"id": "a  b", "owner": None}),
        (["ticket", "id"], {}, {"id": "id", "owner": None}),
        (["Ticket", "TICKET", "owner"], {}, {"id": None, "owner": "owner"}),
        (["ticket", "handled by"], {"owner": "ticket"}, {"id": None, "owner": "ticket"}),
        (["id"], {"id": "number"}, {"id": None, "owner": None}),
    ],
    ids=["name", "case", "synonym", "plan", "spaces", "name first", "ambiguous", "claimed", "wrong plan"],
)
def test_a_column_is_found_as_the_plan_says_else_by_name_else_by_one_synonym(
    present: list[str], mapped: dict[str, str], found: dict[str, str | None]
) -> None:
    asked = spec(id=("ticket",), owner=("handled by",))
    assert headings(asked, source(**mapped), present) == found


def test_a_mapping_to_a_heading_that_the_file_has_not_stops_the_audit_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError) as refused:
        read(tmp_path, "id,received,days\n1,2026-01-02,3\n", '[source.columns]\nreceived = "recieved on"\n')
    (problem,) = refused.value.problems
    assert problem.path.endswith("qmscheck.toml")
    assert problem.line == 10
    assert "c.csv has no column 'recieved on'" in problem.message


def test_columns_that_nobody_asked_for_and_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    entry = only(read(tmp_path, "Reklamation-Nr.,received,mood\n1,2026-01-02,bad\n"))
    assert entry.columns == {"id": "Reklamation-Nr.", "received": "received"}
    assert entry.unmapped_columns == ("mood",)
    assert entry.missing_columns == ("days",)


# ---------------------------------------------------------------- dates


def test_a_date_format_that_alone_fits_is_used_and_reported(tmp_path: Path) -> None:
    record = read(tmp_path, "id,received,days\n1,13.02.2026,3\n2,01.12.2026,3\n")
    assert verdicts(record)["O.received"] == "pass"
    assert only(record).notes[-1] == "'received' was read with the date format %d.%m.%Y: no other fits its cells"


@pytest.mark.parametrize("days", [["2-May-26", "12-May-25"], ["2 May 2026"], ["May 2, 2026"], ["02.06.26", "13.07.26"]])
def test_looser_spellings_of_one_format_are_no_ambiguity(tmp_path: Path, days: list[str]) -> None:
    rows = "".join(f'{i},"{day}",3\n' for i, day in enumerate(days))
    record = read(tmp_path, f"id,received,days\n{rows}")
    assert (verdicts(record)["O.received"], only(record).status) == ("pass", "read")


def test_a_date_with_two_readings_is_asked_for_with_both_shown_and_no_rule_that_reads_it_passes(tmp_path: Path) -> None:
    record = read(tmp_path, "id,received,days\n1,03/02/2026,3\n2,01/12/2026,3\n")
    entry = only(record)
    assert entry.status == "ambiguous"
    assert "can be read as day/month/year and as month/day/year" in (entry.detail or "")
    assert 'received = { from = "received", format = "%d/%m/%Y" } or format = "%m/%d/%Y"' in (entry.detail or "")
    assert verdicts(record) == {"O.received": "insufficient", "O.quick": "pass", "O": "insufficient"}
    reason = record.finding("O.received").reason
    assert reason.startswith("The column received of complaints cannot be relied on: the dates in 'received' can be")
    assert record.finding("O.received").exceptions == ()


def test_a_declared_format_decides_and_what_does_not_fit_it_is_unreadable_at_its_place(tmp_path: Path) -> None:
    mapping = '[source.columns]\nreceived = { from = "received", format = "%m/%d/%Y" }\n'
    record = read(tmp_path, "id,received,days\n1,03/02/2026,3\n2,13/02/2026,3\n3,2026-02-03,3\n4,03/02/26,3\n", mapping)
    entry = only(record)
    assert [(c.location.row, c.location.column, c.expected) for c in entry.unreadable] == [
        (3, "received", "date written as %m/%d/%Y"),
        (5, "received", "date written as %m/%d/%Y"),
    ]
    tally = record.finding("O.received").tally
    assert tally is not None
    assert (tally.met, tally.unmet, tally.unreadable) == (2, 0, 2)


def test_a_day_that_does_not_exist_is_unreadable_and_not_another_day(tmp_path: Path) -> None:
    entry = only(read(tmp_path, "id,received,days\n1,2026-02-30,3\n2,2026-02-28,3\n"))
    assert [(c.column, c.location.row) for c in entry.unreadable] == [("received", 2)]


# ---------------------------------------------------------------- several files


def test_columns_may_drift_between_the_files_of_one_source(tmp_path: Path) -> None:
    (tmp_path / "c2.csv").write_text("received;ticket\n2026-01-05;B1\n", "utf-8")
    (tmp_path / "c1.csv").write_text("id,received,days\nA1,2026-01-02,3\nA2,,4\n", "utf-8")
    record = audited(tmp_path, RULESET, SOURCE.format(path="c*.csv", more=""))
    assert [(e.locator, e.rows_read, e.missing_columns) for e in record.evidence] == [
        ("c1.csv", 2, ()),
        ("c2.csv", 1, ("days",)),
    ]
    received, quick = record.finding("O.received"), record.finding("O.quick")
    assert [(e.key, e.location.path, e.location.row) for e in received.exceptions] == [("A2", "c1.csv", 3)]
    assert quick.tally is not None
    assert (quick.tally.met, quick.tally.unmet, quick.tally.unreadable) == (2, 0, 1)
    assert [(e.key, e.location.path) for e in quick.exceptions] == [("B1", "c2.csv")]


@pytest.mark.parametrize("path", ["gone.csv", "gone*.csv", "folder/gone.xlsx"])
def test_a_missing_file_and_a_pattern_without_hits_are_limits_and_nothing_passes(tmp_path: Path, path: str) -> None:
    record = audited(tmp_path, RULESET, SOURCE.format(path=path, more=""))
    assert [(limit.kind, limit.id, limit.reason) for limit in record.limits] == [("source", path, "missing")]
    assert (only(record).status, only(record).sha256) == ("missing", None)
    assert set(verdicts(record).values()) == {"insufficient"}


def test_one_missing_file_spoils_the_table_that_others_fill(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,received,days\n1,2026-01-02,3\n", "utf-8")
    both = SOURCE.format(path="c.csv", more="") + SOURCE.format(path="gone.csv", more="")
    assert verdicts(audited(tmp_path, RULESET, SOURCE.format(path="c.csv", more="")))["O.received"] == "pass"
    assert verdicts(audited(tmp_path, RULESET, both))["O.received"] == "insufficient"


def test_a_file_that_no_reader_knows_is_a_mistake_of_the_plan(tmp_path: Path) -> None:
    (tmp_path / "c.dwg").write_text("x", "utf-8")
    with pytest.raises(QmscheckError, match=r"no reader is known for 'c\.dwg'"):
        audited(tmp_path, RULESET, SOURCE.format(path="c.dwg", more=""))


@pytest.mark.parametrize("after", [0, 1])
def test_a_reader_that_raises_is_one_source_lost_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    import firm

    def breaking(name: str, suffixes: tuple[str, ...], real: object) -> Reader:
        def read(request: Request) -> Iterator[Extract | Unread]:
            if request.table == "answers":
                if after:
                    yield from real(request)  # type: ignore[operator]
                raise ZeroDivisionError("division by zero")
            yield from real(request)  # type: ignore[operator]

        return Reader(name, suffixes, read)

    monkeypatch.setattr(firm, "Reader", breaking)
    record = audit(tmp_path)
    assert "the reader 'given' failed: ZeroDivisionError: division by zero" in record.finding("A-2.letter").reason
    assert verdicts(record)["A-2.letter"] == "insufficient"
    assert verdicts(record)["A-1.owner"] == "pass"
    assert [(limit.kind, limit.reason) for limit in record.limits] == [("source", "corrupt")]


@pytest.mark.parametrize("says", [True, False])
def test_a_reader_that_works_elsewhere_begins_before_its_turn_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, says: bool
) -> None:
    import firm

    seen: list[str] = []

    def elsewhere(name: str, suffixes: tuple[str, ...], real: object) -> Reader:
        def read(request: Request) -> Iterator[Extract | Unread | Begun]:
            seen.append(f"begins {request.table}")
            if says:
                yield Begun()
            seen.append(f"gives {request.table}")
            yield from real(request)  # type: ignore[operator]

        return Reader(name, suffixes, read, ahead=True)

    plain = audit(tmp_path)
    for table in GOOD:
        (tmp_path / f"{table}.x").touch()
    plan = [Source(table=table, reader="given", path=f"{table}.x") for table in GOOD]
    beside = audit(tmp_path, sources=plan)
    monkeypatch.setattr(firm, "Reader", elsewhere)
    assert audit(tmp_path, sources=plan) == beside
    assert verdicts(beside) == verdicts(plain)
    if says:
        assert seen == [f"begins {table}" for table in GOOD] + [f"gives {table}" for table in GOOD]
    else:
        assert [one for one in seen if one.startswith("gives")] == [f"gives {table}" for table in GOOD] * 2


@pytest.mark.parametrize(("limit", "left"), [(None, None), (1 << 30, 904 << 20), (200 << 20, 100 << 20)])
def test_what_readers_take_in_other_processes_is_counted_in_the_limit_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int | None, left: int | None
) -> None:
    import firm

    given: list[int | None] = []

    def elsewhere(name: str, suffixes: tuple[str, ...], real: object) -> Reader:
        def read(request: Request) -> Iterator[Extract | Unread | Begun]:
            yield Begun(60 << 20)
            yield from real(request)  # type: ignore[operator]

        return Reader(name, suffixes, read, ahead=True)

    def opened(opening: Opening) -> Engine:
        given.append(opening.memory)
        return OWN["duckdb"].open(opening)

    monkeypatch.setattr(firm, "Reader", elsewhere)
    for table in ("complaints", "answers"):
        (tmp_path / f"{table}.x").touch()
    plan = [Source(table=table, reader="given", path=f"{table}.x") for table in ("complaints", "answers")]
    engines = {"duckdb": replace(OWN["duckdb"], open=opened)}
    audit(tmp_path, sources=plan, engines=engines, means=Means(limit))
    assert given == [left]


def test_a_reader_that_began_is_ended_where_the_plan_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import firm

    ended: list[str] = []

    def endless(name: str, suffixes: tuple[str, ...], real: object) -> Reader:
        def read(request: Request) -> Iterator[Extract | Unread | Begun]:
            try:
                yield Begun()
                yield from real(request)  # type: ignore[operator]
            finally:
                ended.append(request.table)

        return Reader(name, suffixes, read, ahead=True)

    monkeypatch.setattr(firm, "Reader", endless)
    (tmp_path / "answers.x").touch()
    wrong = Source(table="complaints", reader="given", columns={"id": ColumnMapping(**{"from": "No"})})  # type: ignore[arg-type]
    with pytest.raises(QmscheckError, match="has no column 'No'"):
        audit(tmp_path, sources=[wrong, Source(table="answers", reader="given", path="answers.x")])
    assert ended.count("answers") == 1


# ---------------------------------------------------------------- rows and cells


def test_a_row_that_cannot_be_taken_apart_is_unreadable_in_every_rule_of_its_table(tmp_path: Path) -> None:
    record = read(tmp_path, "id,received,days\n1,2026-01-02,3\n2,2026-01-02,3,surplus\n3,2026-01-02,3\n")
    assert [(s.row, s.reason) for s in only(record).rows_skipped] == [(3, "more cells than the heading has")]
    for finding in record.findings:
        assert finding.verdict.value == "insufficient"
        assert finding.tally is not None
        assert (finding.tally.population, finding.tally.met, finding.tally.unreadable) == (3, 2, 1)


def test_a_reader_may_lose_a_row_too(tmp_path: Path) -> None:
    lost = {"complaints": [Skipped(9, "torn", lost=True)]}
    assert verdicts(audit(tmp_path, skipped=lost))["A-1.owner"] == "insufficient"
    told = {"complaints": [Skipped(9, "a totals row")]}
    assert verdicts(audit(tmp_path, GOOD, skipped=told))["A-1.owner"] == "pass"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_blank_and_rejected_lines_do_not_shift_row_numbers(tmp_path: Path, newline: str) -> None:
    lines = ["id,received,days", "1,2026-01-02,3", "", "2,,3", "3,2026-01-02", "", "", "4,,3", "5,2026-01-02,x"]
    record = read(tmp_path, newline.join(lines) + newline)
    exceptions = record.finding("O.received").exceptions
    assert [(e.key, e.location.row) for e in exceptions if e.state == "unmet"] == [("2", 4), ("4", 8)]
    assert [(c.location.row, c.column) for c in only(record).unreadable] == [(9, "days")]
    assert [s.row for s in only(record).rows_skipped if "fewer" in s.reason] == [5]


def test_a_cell_of_a_workbook_is_named_as_the_workbook_names_it(tmp_path: Path) -> None:
    with Workbook(str(tmp_path / "c.xlsx")) as book:
        sheet = book.add_worksheet("Register")
        sheet.write_row(2, 1, ["id", "received", "days"])
        sheet.write_row(3, 1, ["1", "2026-01-02", 3])
        sheet.write_row(4, 1, ["2", "soon", 4])
        sheet.write_row(5, 1, ["3", "", 5])
    record = audited(tmp_path, RULESET, SOURCE.format(path="c.xlsx", more=""))
    (cell,) = only(record).unreadable
    assert (cell.location.sheet, cell.location.row, cell.location.cell) == ("Register", 5, "C5")
    places = {e.key: (e.state, e.location.cell) for e in record.finding("O.received").exceptions}
    assert places == {"2": ("unreadable", "C5"), "3": ("unmet", "C6")}


def test_a_real_date_cell_needs_no_format(tmp_path: Path) -> None:
    with Workbook(str(tmp_path / "c.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "received", "days"])
        sheet.write_row(1, 0, ["1"])
        sheet.write_datetime(1, 1, dt.date(2026, 2, 3), book.add_format({"num_format": "mm/dd/yy"}))
        sheet.write_number(1, 2, 4)
    record = audited(tmp_path, RULESET, SOURCE.format(path="c.xlsx", more=""))
    assert (verdicts(record)["O.received"], only(record).status) == ("pass", "read")


def test_missing_codes_are_blanks_and_not_unreadable(tmp_path: Path) -> None:
    record = read(tmp_path, "id,received,days\n1,N/A,3\n2,2026-01-02,?\n", 'missing = ["n/a", "?"]\n')
    assert only(record).unreadable_count == 0
    assert [e.key for e in record.finding("O.received").exceptions] == ["1"]


# ---------------------------------------------------------------- digests and traces


def test_the_digest_is_that_of_the_bytes_of_the_file(tmp_path: Path) -> None:
    text = "id,received,days\n1,2026-01-02,3\n".encode("utf-16")
    assert only(read(tmp_path, text)).sha256 == hashlib.sha256(text).hexdigest()
    packed = gzip.compress(b"id,received,days\n1,2026-01-02,3\n", mtime=0)
    assert only(read(tmp_path, packed, name="c.csv.gz")).sha256 == hashlib.sha256(packed).hexdigest()
    broken = b"not a workbook"
    entry = only(read(tmp_path, broken, name="c.xlsx"))
    assert (entry.status, entry.sha256) == ("corrupt", hashlib.sha256(broken).hexdigest())


def test_an_audit_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    folder = tmp_path / "firm"
    folder.mkdir()
    text = "id;received;days\n1;2026-01-02;3\nÄ;;x\n".encode("cp1252")
    read(folder, text)
    assert sorted(p.name for p in folder.iterdir()) == ["asked.toml", "c.csv", "qmscheck.toml"]
    assert (folder / "c.csv").read_bytes() == text
    assert list(scratch.iterdir()) == []


def test_a_file_that_may_only_be_read_is_enough(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("id,received,days\n1,2026-01-02,3\n", "utf-8")
    file.chmod(0o444)
    tmp_path.joinpath("asked.toml").touch()
    assert only(audited(tmp_path, RULESET, SOURCE.format(path="c.csv", more=""))).rows_read == 1


@pytest.mark.parametrize("bits", [b"", b"\x00", b"\xff\xfe", b'"', b"a\n\x80\n", b"PK\x03\x04", b"id,received,days\n"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "json", "sqlite"])
def test_any_bytes_give_a_record_in_which_nothing_passes(tmp_path: Path, bits: bytes, suffix: str) -> None:
    record = read(tmp_path, bits, name=f"c.{suffix}")
    assert "pass" not in verdicts(record).values()
    assert len(record.evidence) == 1
