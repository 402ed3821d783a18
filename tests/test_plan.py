"""A plan is read whole, or refused with every mistake at its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmscheck import EngineKind, Reader
from qmscheck.errors import QmscheckError
from qmscheck.model import Grade, Origin
from qmscheck.plan import Overrides, PlanFile, read
from qmscheck.plan.sources import reader_for

TODAY = Overrides(today=dt.date(2026, 11, 22))


def reader(name: str, *suffixes: str, options: tuple[str, ...] = ()) -> Reader:
    return Reader(name, suffixes, lambda _: iter(()), dict.fromkeys(options, ""))


READERS = {
    one.name: one
    for one in (
        reader("csv", ".csv", ".csv.gz", options=("delimiter", "encoding", "skip", "has_total", "tags")),
        reader("gzip", ".gz"),
        reader("xlsx", ".xlsx", options=("sheet",)),
        reader("documents", "/", options=("language",)),
        replace(reader("sql", options=("url", "query", "password")), in_place=("server",)),
    )
}

ENGINES = {
    one.name: one
    for one in (
        EngineKind("duckdb", "duckdb", lambda _: None, takes=True),  # type: ignore[arg-type, return-value]
        EngineKind("lake", "spark", lambda _: None, takes=True),  # type: ignore[arg-type, return-value]
        EngineKind("server", "postgres", lambda _: None),  # type: ignore[arg-type, return-value]
    )
}

HEAD = """\
[audit]
organization = "Marlow Pumps Ltd"
scope = "Design and sale of pumps"
rulesets = ["iso9001"]
"""


def plan(folder: Path, text: str, over: Overrides = TODAY, name: str = "qmscheck.toml") -> PlanFile:
    (folder / name).write_text(text, encoding="utf-8")
    return read(folder, READERS, over, ["iso9001"], ENGINES)


def refused(folder: Path, text: str, over: Overrides = TODAY, name: str = "qmscheck.toml") -> str:
    """Give the whole screen, with the folder written as FOLDER."""
    with pytest.raises(QmscheckError) as error:
        plan(folder, text, over, name)
    return str(error.value).replace(folder.as_posix(), "FOLDER")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where no plan and no evidence lies about."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))


# ---------------------------------------------------------------- a good plan


def test_a_whole_plan_is_read(tmp_path: Path) -> None:
    text = HEAD + dedent("""\
        as_of = 2026-11-20
        period = { from = 2025-11-01, to = 2026-10-31 }
        planned_audit = 2027-03-01
        fail_on = "minor"
        select = ["CF-8"]
        ignore = ["CF-8.2.1-c2.owner"]
        max_exceptions = 50

        [params]
        ack_days = { value = 2, origin = "own-procedure", ref = "QP-14 4.2" }

        [not_applicable]
        "CF-8.5.3-1" = { reason = "No customer property is held.", by = "Quality manager", on = 2026-10-01 }

        [[source]]
        table = "complaints"
        path = "evidence/complaints*.csv"
        missing = ["", "n/a", "?"]
        delimiter = ";"
        skip = 2
        has_total = true
        tags = ["a", "b"]
        [source.columns]
        complaint_id = "Complaint no."
        received_on = { from = "Date received", format = ["%d/%m/%Y", "%Y-%m-%d"] }
        status = { from = "State", values = { "erledigt" = "closed" }, missing = ["-"], decimal = "," }

        [[source]]
        table = "orders"
        reader = "sql"
        url = "env:ERP_URL"
        query = "select * from erp.orders where token=1"
        """)
    found = plan(tmp_path, text).plan
    assert (found.root, found.file) == (str(tmp_path), "qmscheck.toml")
    assert (found.organization, found.scope) == ("Marlow Pumps Ltd", "Design and sale of pumps")
    assert (found.rulesets, found.fail_on, found.max_exceptions) == (("iso9001",), Grade.MINOR, 50)
    assert (found.select, found.ignore) == (("CF-8",), ("CF-8.2.1-c2.owner",))
    assert (found.as_of, found.planned_audit) == (dt.date(2026, 11, 20), dt.date(2027, 3, 1))
    assert (found.period.from_, found.period.to) == (dt.date(2025, 11, 1), dt.date(2026, 10, 31))
    assert found.params["ack_days"].model_dump() == {"value": 2, "origin": Origin.OWN_PROCEDURE, "ref": "QP-14 4.2"}
    assert found.not_applicable["CF-8.5.3-1"].by == "Quality manager"
    complaints, orders = found.sources
    assert (complaints.reader, complaints.path, complaints.line) == ("csv", "evidence/complaints*.csv", 19)
    assert complaints.missing == ("", "n/a", "?")
    assert complaints.options == {"delimiter": ";", "skip": 2, "has_total": True, "tags": ("a", "b")}
    assert complaints.columns["complaint_id"].from_ == "Complaint no."
    assert complaints.columns["received_on"].formats == ("%d/%m/%Y", "%Y-%m-%d")
    assert complaints.columns["status"].values == {"erledigt": "closed"}
    assert (orders.reader, orders.path, orders.line) == ("sql", None, 32)


def test_the_defaults_of_a_short_plan(tmp_path: Path) -> None:
    found = plan(tmp_path, HEAD).plan
    assert found.as_of == TODAY.today
    assert (found.period.from_, found.period.to) == (dt.date(2025, 11, 23), dt.date(2026, 11, 22))
    assert found.fail_on is Grade.MAJOR
    assert (found.planned_audit, found.select, found.ignore, found.max_exceptions) == (None, (), (), 1000)
    assert found.sources == ()


@pytest.mark.parametrize(
    ("as_of", "first"),
    [
        (dt.date(2026, 6, 30), dt.date(2025, 7, 1)),
        (dt.date(2028, 2, 29), dt.date(2027, 3, 1)),
        (dt.date(2027, 2, 28), dt.date(2026, 3, 1)),
        (dt.date(2029, 2, 28), dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 31), dt.date(2026, 1, 1)),
        (dt.date(1, 5, 5), dt.date(1, 1, 1)),
    ],
)
def test_the_period_is_the_twelve_months_that_end_on_the_date_of_the_audit(
    tmp_path: Path, as_of: dt.date, first: dt.date
) -> None:
    found = plan(tmp_path, HEAD, replace(TODAY, as_of=as_of)).plan
    assert (found.period.from_, found.period.to) == (first, as_of)


def test_never_switches_the_gate_off(tmp_path: Path) -> None:
    assert plan(tmp_path, HEAD + 'fail_on = "never"\n').plan.fail_on is None


def test_a_plan_may_stand_in_pyproject(tmp_path: Path) -> None:
    text = HEAD.replace("[audit]", "[project]\nname = 'x'\n[tool.qmscheck.audit]")
    text += "[[tool.qmscheck.source]]\ntable = 'orders'\npath = 'o.csv'\n"
    found = plan(tmp_path, text, name="pyproject.toml")
    assert found.plan.organization == "Marlow Pumps Ltd"
    assert found.plan.sources[0].line == 7
    problem = found.problem(("source", 0, "table"), "wrong")
    assert (problem.line, problem.column) == (8, 9)


def test_qmscheck_toml_comes_before_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("not toml at all", encoding="utf-8")
    assert plan(tmp_path, HEAD).plan.file == "qmscheck.toml"


def test_only_the_folder_itself_is_searched(tmp_path: Path) -> None:
    plan(tmp_path, HEAD)
    (tmp_path / "sub").mkdir()
    with pytest.raises(QmscheckError, match="has no plan"):
        read(tmp_path / "sub", READERS, TODAY)


def test_a_plan_file_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "north.toml").write_text(HEAD, encoding="utf-8")
    found = read(tmp_path / "north.toml", READERS, TODAY).plan
    assert (found.root, found.file) == (str(tmp_path), "north.toml")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.csv", "csv"),
        ("a.CSV", "csv"),
        ("a.csv.gz", "csv"),
        ("a.b.gz", "gzip"),
        ("x/*.xlsx", "xlsx"),
        ("docs", "documents"),
        ("docs/", "documents"),
        ("docs.csv/", "documents"),
        (".", "documents"),
        ("folder.v2", "documents"),
        ("x/*", None),
        ("a.doc", None),
        ("plain", None),
    ],
)
def test_the_longest_ending_chooses_the_reader(tmp_path: Path, path: str, name: str | None) -> None:
    (tmp_path / "folder.v2").mkdir()
    (tmp_path / "plain").write_text("", encoding="utf-8")
    chosen = reader_for(path, tmp_path, READERS)
    assert (chosen.name if chosen else None) == name


def test_an_absolute_path_may_leave_the_folder(tmp_path: Path) -> None:
    text = HEAD + "[[source]]\ntable = 'orders'\npath = '/elsewhere/o.csv'\n"
    assert plan(tmp_path, text).plan.sources[0].path == "/elsewhere/o.csv"
    text = HEAD + "[[source]]\ntable = 'orders'\npath = 'C:\\elsewhere\\o.csv'\n"
    assert plan(tmp_path, text).plan.sources[0].path == "C:\\elsewhere\\o.csv"


# ---------------------------------------------------------------- the command line


def test_the_command_line_is_over_the_plan(tmp_path: Path) -> None:
    over = Overrides(
        today=TODAY.today,
        as_of=dt.date(2026, 10, 1),
        rulesets=("other",),
        select=("A",),
        ignore=("B",),
        fail_on="never",
        max_exceptions=7,
    )
    text = HEAD + 'as_of = 2026-11-20\nfail_on = "minor"\nselect = ["X"]\nignore = ["Y"]\nmax_exceptions = 9\n'
    found = plan(tmp_path, text, over).plan
    assert (found.as_of, found.rulesets, found.select, found.ignore) == (
        dt.date(2026, 10, 1),
        ("other",),
        ("A",),
        ("B",),
    )
    assert (found.fail_on, found.max_exceptions) == (None, 7)


def test_a_source_of_the_command_line_takes_the_place_of_the_file_and_keeps_its_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = HEAD + "[[source]]\ntable = 'orders'\npath = 'old.csv'\ncolumns = { order_id = 'No.' }\n"
    over = replace(TODAY, sources=("orders=new/o.csv", "orders=more.xlsx", f"complaints={tmp_path.parent}/c.csv"))
    found = plan(tmp_path, text, over)
    assert [(one.table, one.path, one.reader, one.line) for one in found.plan.sources] == [
        ("orders", "new/o.csv", "csv", 5),
        ("orders", "more.xlsx", "xlsx", 0),
        ("complaints", f"{tmp_path.parent}/c.csv", "csv", 0),
    ]
    assert found.plan.sources[0].columns["order_id"].from_ == "No."
    assert str(found.problem(("source", 0, "path"), "wrong")) == "the command line: wrong"
    assert str(found.problem(("source", 2, "table"), "wrong")) == "the command line: wrong"
    assert found.problem(("source", 0, "columns", "order_id"), "wrong").line == 8


@pytest.mark.parametrize("second", ["documents", "passages"])
def test_a_second_source_of_a_folder_of_documents_is_refused(tmp_path: Path, second: str) -> None:
    text = f'{HEAD}[[source]]\ntable = "documents"\npath = "qms"\n[[source]]\ntable = "{second}"\npath = "./qms/"\n'
    told = refused(tmp_path, text)
    assert "FOLDER/qmscheck.toml:8:1: reads what the source of line 5 reads: each file would count twice" in told
    assert "a folder of documents brings both documents and passages" in told


@pytest.mark.parametrize("second", ['path = "other"', 'path = "qms"\nlanguage = "de"'])
def test_sources_of_other_documents_are_taken(tmp_path: Path, second: str) -> None:
    text = f'{HEAD}[[source]]\ntable = "documents"\npath = "qms"\n[[source]]\ntable = "passages"\n{second}\n'
    assert len(plan(tmp_path, text).plan.sources) == 2


def test_a_folder_of_documents_given_twice_on_the_command_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "qms").mkdir()
    over = replace(TODAY, rulesets=("iso9001",), sources=("documents=qms", "passages=qms"))
    with pytest.raises(QmscheckError, match="reads what another source reads: each file would count twice"):
        read(tmp_path, READERS, over, ["iso9001"], ENGINES)


def test_a_source_of_the_command_line_is_refused_where_it_could_take_several_places(tmp_path: Path) -> None:
    text = HEAD + "[[source]]\ntable = 'orders'\npath = 'a.csv'\n" * 2
    assert refused(tmp_path, text, replace(TODAY, sources=("orders=new.csv",))) == (
        "the command line: --source orders=... could take the place of each of the 2 sources of 'orders'\n"
        "  hint: change the plan, or audit with a copy of it"
    )


@pytest.mark.parametrize("given", ["orders", "=x.csv", "orders=", "Or ders=x.csv"])
def test_a_source_that_is_no_pair_is_refused(tmp_path: Path, given: str) -> None:
    assert refused(tmp_path, HEAD, replace(TODAY, sources=(given,))) == (
        f"the command line: --source '{given}' is not TABLE=PATH\n  hint: as in --source complaints=evidence/log.csv"
    )


def test_a_source_of_the_command_line_without_a_reader_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, HEAD, replace(TODAY, sources=("orders=o.docx",))).startswith(
        "the command line: no reader is known for '"
    )


def test_without_a_plan_file_the_command_line_is_the_plan(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    over = replace(TODAY, rulesets=(str(folder / "own"), "iso9001"), sources=(f"orders={folder}/o.csv",))
    found = read(folder, READERS, over)
    assert (found.plan.organization, found.plan.scope, found.plan.file) == ("acme", "not stated", None)
    assert found.plan.rulesets == ("own", "iso9001")
    assert [(one.table, one.path) for one in found.plan.sources] == [("orders", "o.csv")]
    assert str(found.problem(("audit", "rulesets", 0), "wrong")) == "the command line: wrong"


def test_no_plan_at_all_is_answered_with_a_command_that_would_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my firm"
    (folder / "evidence").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    for name in ("Complaint Log.csv", "evidence/orders.xlsx", "notes.txt", ".secret.csv", ".hidden/x.csv"):
        (folder / name).write_text("", encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        read(Path("my firm"), READERS, TODAY, ["iso9001"])
    assert str(error.value) == dedent("""\
        my firm: has no plan: no qmscheck.toml, and no [tool.qmscheck] in a pyproject.toml
          hint: a plan says what is audited, against which rulesets, and where the records of each table are.
                Write it as qmscheck.toml, or go without one:
                  qmscheck audit 'my firm' --ruleset iso9001 --source 'TABLE=my firm/Complaint Log.csv'
                installed rulesets: iso9001
                files here that can be read: Complaint Log.csv, evidence/orders.xlsx""")


def test_no_plan_and_nothing_to_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool]\nruff = 1\n", encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        read(Path(), {}, TODAY)
    assert str(error.value).splitlines()[3:] == [
        "          qmscheck audit . --ruleset PATH --source TABLE=PATH",
        "        installed rulesets: none",
        "        files here that can be read: none",
    ]


def test_many_files_are_counted_and_not_all_listed(tmp_path: Path) -> None:
    for at in range(12):
        (tmp_path / f"log{at:02}.csv").write_text("", encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        read(tmp_path, READERS, TODAY)
    assert str(error.value).endswith("log06.csv, log07.csv, and 4 more")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none", None, "there is no such folder and no such plan file"),
        ("record.json", "{}", "is no plan\n  hint: give a folder, or a plan file that ends in .toml"),
        ("pyproject.toml", "[project]\n", "has no [tool.qmscheck]"),
    ],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        read(path, READERS, TODAY)
    assert str(error.value) == f"{path.as_posix()}: {message}"


# ---------------------------------------------------------------- mistakes


def test_all_mistakes_of_a_plan_are_told_at_once_with_their_places(tmp_path: Path) -> None:
    text = dedent("""\
        [audit]
        organisation = "Marlow"
        scope = " "
        rulesets = "iso9001"
        as_of = "2026-11-20"
        fail_on = "mayor"
        max_exceptions = 0
        [param]
        x = 1
        [params]
        ack_days = 2
        Slow = { value = 1, origin = "law" }
        limit = { value = inf, origin = "norm" }
        [not_applicable]
        "CF-1" = "because"
        "CF-2" = { reason = "", by = " ", on = 2026-10-01 }
        "CF-3" = { reason = "none held", by = "QM", on = 2027-01-01, untill = 3 }
        [[source]]
        tabel = "orders"
        path = "../orders.csv"
        [source.columns]
        order_id = 3
        Date = "Datum"
        value = { form = "Wert" }
        """)
    assert refused(tmp_path, text) == dedent("""\
        FOLDER/qmscheck.toml:1:1: the key 'organization' is missing here
          1 | [audit]
            | ^^^^^^^
        FOLDER/qmscheck.toml:2:1: unknown key 'organisation'
          2 | organisation = "Marlow"
            | ^^^^^^^^^^^^
          hint: did you mean 'organization'?
        FOLDER/qmscheck.toml:3:9: 'scope' should not be empty
          3 | scope = " "
            |         ^^^
          hint: it stands on every report
        FOLDER/qmscheck.toml:4:12: 'rulesets' should be a list
          4 | rulesets = "iso9001"
            |            ^^^^^^^^^
          hint: write a list: ["..."]
        FOLDER/qmscheck.toml:5:9: 'as_of' should be a date
          5 | as_of = "2026-11-20"
            |         ^^^^^^^^^^^^
          hint: a date is written 2026-11-20, without quotes
        FOLDER/qmscheck.toml:6:11: 'fail_on' should be 'major', 'minor', 'opportunity' or 'never'
          6 | fail_on = "mayor"
            |           ^^^^^^^
          hint: did you mean 'major'?
        FOLDER/qmscheck.toml:7:18: 'max_exceptions' should be greater than or equal to 1
          7 | max_exceptions = 0
            |                  ^
        FOLDER/qmscheck.toml:8:1: unknown key 'param'
          8 | [param]
            | ^^^^^^^
          hint: did you mean 'params'?
        FOLDER/qmscheck.toml:11:12: 'ack_days' has a value and no origin: whose value is it?
          11 | ack_days = 2
             |            ^
          hint: write ack_days = { value = 2, origin = "own-procedure", ref = "..." }
        FOLDER/qmscheck.toml:12:1: 'Slow' is no name of a parameter
          12 | Slow = { value = 1, origin = "law" }
             | ^^^^
          hint: lower-case letters, digits and _
        FOLDER/qmscheck.toml:13:30: 'origin' should be 'own-procedure', 'contract', 'law', 'scheme' or 'convention'
          13 | limit = { value = inf, origin = "norm" }
             |                                 ^^^^^^
        FOLDER/qmscheck.toml:15:10: 'CF-1' needs a reason, by whom and on which day
          15 | "CF-1" = "because"
             |          ^^^^^^^^^
          hint: write { reason = "...", by = "...", on = 2026-10-01 }
        FOLDER/qmscheck.toml:16:21: 'reason' should not be empty
          16 | "CF-2" = { reason = "", by = " ", on = 2026-10-01 }
             |                     ^^
        FOLDER/qmscheck.toml:17:62: unknown key 'untill'
          17 | "CF-3" = { reason = "none held", by = "QM", on = 2027-01-01, untill = 3 }
             |                                                              ^^^^^^
          hint: the keys here are by, on, reason
        FOLDER/qmscheck.toml:18:1: the key 'table' is missing here
          18 | [[source]]
             | ^^^^^^^^^^
        FOLDER/qmscheck.toml:19:1: unknown key 'tabel' for reader 'csv'
          19 | tabel = "orders"
             | ^^^^^
          hint: did you mean 'table'?
        FOLDER/qmscheck.toml:20:8: '../orders.csv' leaves the folder of the plan
          20 | path = "../orders.csv"
             |        ^^^^^^^^^^^^^^^
          hint: move the evidence into the folder, or give its absolute path if that is meant
        FOLDER/qmscheck.toml:22:12: 'order_id' should be the heading in the file, or { from = "heading", ... }
          22 | order_id = 3
             |            ^
        FOLDER/qmscheck.toml:23:1: 'Date' is no name of a column
          23 | Date = "Datum"
             | ^^^^
          hint: lower-case letters, digits and _
        FOLDER/qmscheck.toml:24:9: the key 'from' is missing here
          24 | value = { form = "Wert" }
             |         ^^^^^^^^^^^^^^^^^
        FOLDER/qmscheck.toml:24:11: unknown key 'form'
          24 | value = { form = "Wert" }
             |           ^^^^
          hint: did you mean 'format'?""").replace("13:30", "13:33")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "period = { from = 2026-02-01, to = 2026-01-01 }",
            "5:10: the period ends (2026-01-01) before it begins (2026-02-01)",
        ),
        (
            "period = { from = 2027-01-01, to = 2027-02-01 }",
            "5:10: the period begins (2027-01-01) after the audit's date (2026-11-22)",
        ),
        ("period = { from = 2026-02-01 }", "5:10: the key 'to' is missing here"),
        (
            "planned_audit = 2026-11-21",
            "5:17: the planned audit (2026-11-21) lies before the date of this one (2026-11-22)",
        ),
        ("as_of = 2026-11-20T10:00:00", "5:9: 'as_of' should be a date"),
        ("as_of = 3", "5:9: 'as_of' should be a date"),
        ("fail_on = 3", "5:11: 'fail_on' should be 'major', 'minor', 'opportunity' or 'never'"),
        ('select = ["A", " "]', "5:16: 'select' holds an empty text"),
        ("select = [1]", "5:11: 'select' should be text"),
        ("[[params]]", "5:3: 'params' should be a table"),
        ("[params]\nx = { value = nan, origin = 'law' }", "6:15: 'x' should be a number that can be compared with"),
        ("[params]\nx = { origin = 'law' }", "6:5: the key 'value' is missing here"),
        (
            '[not_applicable]\na = { reason = "r", by = "b", on = 2026-11-23 }',
            "6:36: it was declared (2026-11-23) after the date of the audit (2026-11-22)",
        ),
        ('[not_applicable]\na = { reason = "r", by = " ", on = 2026-11-21 }', "6:26: 'by' should not be empty"),
        ('[not_applicable]\na = { reason = "r", by = "b" }', "6:5: the key 'on' is missing here"),
        ("[source]\ntable = 'orders'", "5:1: 'source' should be a list of tables"),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, more: str, message: str) -> None:
    assert refused(tmp_path, HEAD + more + "\n").startswith(f"FOLDER/qmscheck.toml:{message}")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("path = 'o.csv'", "5:1: the key 'table' is missing here"),
        ("table = 'orders'", "5:1: the key 'path' is missing here"),
        (
            "table = 'Orders'\npath = 'o.csv'",
            "6:9: 'Orders' should be lower-case letters, digits and _, a letter first",
        ),
        ("table = 'orders'\npath = ' '", "7:8: 'path' should not be empty"),
        ("table = 'orders'\npath = 3", "7:8: 'path' should be text"),
        ("table = 'orders'\npath = 'a/../../o.csv'", "7:8: 'a/../../o.csv' leaves the folder of the plan"),
        ("table = 'orders'\npath = 'a\\o.csv'", "7:8: 'path' should have / between folders"),
        ("table = 'orders'\npath = 'o.docx'", "7:8: no reader is known for 'o.docx'"),
        ("table = 'orders'\nreader = 'cvs'\npath = 'o.csv'", "7:10: there is no reader 'cvs'"),
        ("table = 'orders'\nreader = 3\npath = 'o.csv'", "7:10: 'reader' should be text"),
        ("table = 'orders'\nreader = 'csv'", "5:1: the key 'path' is missing here"),
        ("table = 'orders'\npath = 'o.csv'\nsheet = 'A'", "8:1: unknown key 'sheet' for reader 'csv'"),
        ("table = 'orders'\npath = 'o*'\nsheet = 'A'", "7:8: no reader is known for 'o*'"),
        (
            "table = 'orders'\npath = 'o.xlsx'\nsheet = 1.5",
            "8:9: 'sheet' should be text, a whole number, true or false",
        ),
        ("table = 'orders'\npath = 'o.csv'\nmissing = 'n/a'", "8:11: 'missing' should be a list"),
        ("table = 'orders'\npath = 'o.csv'\ncolumns = 'a'", "8:11: 'columns' should be a table"),
        (
            "table = 'orders'\npath = 'o.csv'\ncolumns = { a = { from = 'A', decimal = ';' } }",
            "8:41: 'decimal' should be '.' or ','",
        ),
    ],
)
def test_a_mistake_in_a_source_is_told_at_its_place(tmp_path: Path, lines: str, message: str) -> None:
    assert refused(tmp_path, f"{HEAD}[[source]]\n{lines}\n").startswith(f"FOLDER/qmscheck.toml:{message}")


def test_a_source_names_the_engine_that_holds_its_records(tmp_path: Path) -> None:
    text = HEAD + dedent("""\
        [[source]]
        table = "orders"
        reader = "sql"
        engine = "server"
        [[source]]
        table = "letters"
        path = "letters.csv"
        engine = "lake"
        [[source]]
        table = "complaints"
        path = "complaints.csv"
        """)
    assert [source.engine for source in plan(tmp_path, text).plan.sources] == ["server", "lake", "duckdb"]


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        (
            '"sever"',
            "8:10: there is no engine 'sever'\n  8 | engine = \"sever\"\n    |          ^^^^^^^\n  hint: did you mean 'server'?",
        ),
        ('"oracle"', "hint: engines: duckdb, lake, server"),
        ('"server"', "8:10: reader 'csv' cannot leave its records to the engine 'server', which takes no others\n"),
        ('"server"', "hint: leave 'engine' out, so that the records are read and judged here"),
        ("3", "'engine' should be text"),
    ],
)
def test_an_engine_that_cannot_hold_the_records_is_refused_at_its_line(tmp_path: Path, engine: str, said: str) -> None:
    text = f'{HEAD}\n[[source]]\ntable = "orders"\nengine = {engine}\npath = "orders.csv"\n'
    assert said in refused(tmp_path, text)


def test_an_unknown_option_names_those_that_the_reader_knows(tmp_path: Path) -> None:
    text = HEAD + "[[source]]\ntable = 'orders'\npath = 'o.csv'\nzebra = 1\n"
    assert refused(tmp_path, text).splitlines()[-1] == (
        "  hint: reader 'csv' knows delimiter, encoding, skip, has_total, tags"
    )


@pytest.mark.parametrize(
    "line",
    [
        'url = "postgresql://me:hunter2@db/erp"',
        'url = "postgresql://me:hun/ter2@db/erp"',
        'url = "host=db password=hunter2"',
        'url = "https://db?api_key=hunter2"',
        'password = "hunter2"',
    ],
)
def test_a_secret_in_a_plan_is_refused_and_not_printed(tmp_path: Path, line: str) -> None:
    text = HEAD + f"[[source]]\ntable = 'orders'\nreader = 'sql'\n{line}\n"
    screen = refused(tmp_path, text)
    key = line.partition(" ")[0]
    assert screen == (
        f"FOLDER/qmscheck.toml:8:{len(key) + 4}: '{key}' holds a secret, and plans are shared\n"
        f'  hint: keep it in the environment: {key} = "env:NAME"'
    )


def test_a_mistake_in_the_line_of_a_secret_does_not_print_it(tmp_path: Path) -> None:
    text = "source = [{ tabel = 'orders', reader = 'sql', url = 'db://me:hunter2@db' }]\n" + HEAD
    screen = refused(tmp_path, text)
    assert "unknown key 'tabel'" in screen
    assert "hunter2" not in screen


@pytest.mark.parametrize(
    "url", ["env:ERP_URL", "file:/run/erp", "keyring:erp/me", "postgresql://me@db/erp", "db://h/?password=env:P"]
)
def test_a_reference_to_a_secret_is_no_secret(tmp_path: Path, url: str) -> None:
    text = HEAD + f"[[source]]\ntable = 'orders'\nreader = 'sql'\nurl = '{url}'\n"
    assert plan(tmp_path, text).plan.sources[0].options == {"url": url}


def test_a_plan_without_its_first_table_says_what_to_write(tmp_path: Path) -> None:
    assert refused(tmp_path, "[params]\n") == (
        "FOLDER/qmscheck.toml:1:1: the table [audit] is missing\n  1 | [params]\n    | ^\n"
        "  hint: write [audit], with organization, scope and rulesets"
    )
    assert refused(tmp_path, "audit = 3\n") == (
        "FOLDER/qmscheck.toml:1:1: 'audit' should be a table\n  1 | audit = 3\n    | ^^^^^\n"
        "  hint: write [audit], with one pair of brackets"
    )


def test_a_plan_in_pyproject_is_refused_at_its_place_too(tmp_path: Path) -> None:
    (tmp_path / "qmscheck.toml").unlink(missing_ok=True)
    text = HEAD.replace("[audit]", "[tool.qmscheck.audit]") + "fail_at = 1\n"
    assert refused(tmp_path, text, name="pyproject.toml").splitlines()[0] == (
        "FOLDER/pyproject.toml:5:1: unknown key 'fail_at'"
    )
    assert refused(tmp_path, "tool = { qmscheck = 3 }\n", name="pyproject.toml").splitlines()[0] == (
        "FOLDER/pyproject.toml:1:10: 'qmscheck' should be a table"
    )


def test_a_date_in_the_future_is_told_and_not_refused(tmp_path: Path) -> None:
    found = plan(tmp_path, HEAD + "as_of = 2026-12-01\n")
    assert found.plan.as_of == dt.date(2026, 12, 1)
    assert found.notes == ("the date of the audit (2026-12-01) lies after today (2026-11-22)",)


def test_later_checks_can_point_into_the_plan(tmp_path: Path) -> None:
    found = plan(tmp_path, HEAD + "[params]\nack = { value = 1, origin = 'law' }\n")
    assert str(found.problem(("params", "ack"), "unknown parameter", key=True)).endswith(
        "qmscheck.toml:6:1: unknown parameter\n  6 | ack = { value = 1, origin = 'law' }\n    | ^^^"
    )


VALUES = st.recursive(
    st.one_of(
        st.sampled_from(
            ["1", "true", '"x"', '""', "2026-01-01", "1.5", "nan", "07:30:00", '"../x.csv"', '"a.csv"', '"sql"']
        )
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(lambda values: f"[{', '.join(values)}]"),
        st.dictionaries(
            st.sampled_from(["value", "origin", "from", "to", "table", "path", "reader", "columns", "url", "x"]),
            inner,
            max_size=3,
        ).map(lambda pairs: "{ " + ", ".join(f"{name} = {value}" for name, value in pairs.items()) + " }"),
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["audit", "params", "not_applicable", "source", "organization", "scope", "rulesets", "as_of", "period", "fail_on"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, VALUES, max_size=5), st.dictionaries(KEYS, VALUES, max_size=5))
def test_any_plan_gives_a_plan_or_located_mistakes(tmp_path: Path, top: dict[str, str], audit: dict[str, str]) -> None:
    top = {name: value for name, value in top.items() if name != "audit" or not audit}
    lines = [f"{name} = {value}" for name, value in top.items()]
    lines += ["[audit]", *(f"{name} = {value}" for name, value in audit.items())] if audit else []
    try:
        plan(tmp_path, "\n".join(lines))
    except QmscheckError as error:
        assert all(problem.path.endswith("qmscheck.toml") for problem in error.problems)  # noqa: PT017
        assert error.problems  # noqa: PT017


def test_a_pyproject_may_be_named_itself(tmp_path: Path) -> None:
    text = HEAD.replace("[audit]", "[tool.qmscheck.audit]")
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert read(tmp_path / "pyproject.toml", READERS, TODAY).plan.file == "pyproject.toml"


def test_a_plan_that_names_no_ruleset_is_refused(tmp_path: Path) -> None:
    text = HEAD.replace('["iso9001"]', "[]")
    assert refused(tmp_path, text).startswith("FOLDER/qmscheck.toml:4:12: 'rulesets' should name a ruleset")


def test_a_large_folder_is_not_searched_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qmscheck.plan.absent._MAX_LOOKED_AT", 3)
    for at in range(9):
        (tmp_path / f"log{at}.csv").write_text("", encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        read(tmp_path, READERS, TODAY)
    assert str(error.value).endswith("files here that can be read: log0.csv, log1.csv, log2.csv")


def test_a_secret_in_a_path_is_refused(tmp_path: Path) -> None:
    text = HEAD + "[[source]]\ntable = 'orders'\nreader = 'csv'\npath = 'https://me:hunter2@host/o.csv'\n"
    assert "hunter2" not in refused(tmp_path, text)


# ---------------------------------------------------------------- the gate


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("responses = { days = 60 }", "'days' has a value and no origin: whose value is it?"),
        ("repeats = { on = false }", "'repeats' is turned off without a reason"),
        ('repeats = { on = false, why = " " }', "'repeats' is turned off without a reason"),
        ("repeat = { on = true }", "unknown key 'repeat'"),
        ('responses = { months = 60, origin = "law" }', "unknown key 'months'"),
        ('responses = { days = -1, origin = "law" }', "'days' should be greater than or equal to 0"),
        ('waivers = { up_to = "grave", origin = "law" }', "'up_to' should be 'major', 'minor' or 'opportunity'"),
        ('certification = { rulesets = [], edition = "1", scope = "All" }', "'rulesets' should not be empty"),
    ],
)
def test_a_gate_with_a_mistake_is_refused_at_its_place(tmp_path: Path, lines: str, said: str) -> None:
    text = f'[audit]\norganization = "F"\nscope = "All"\nrulesets = ["r"]\n\n[gate]\n{lines}\n'
    with pytest.raises(QmscheckError) as error:
        _gated(tmp_path, text)
    (problem,) = error.value.problems
    assert (problem.message, problem.line) == (said, 7)


def test_a_gate_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match="'gate' should be a table"):
        _gated(tmp_path, 'gate = 1\n[audit]\norganization = "F"\nscope = "All"\nrulesets = ["r"]\n')


def test_a_gate_keeps_the_defaults_of_what_it_does_not_name(tmp_path: Path) -> None:
    text = '[audit]\norganization = "F"\nscope = "All"\nrulesets = ["r"]\n'
    assert _gated(tmp_path, text).plan.gate is None
    gate = _gated(
        tmp_path, text + '[gate]\nresponses = { days = 60, origin = "own-procedure", ref = "QP-9" }\n'
    ).plan.gate
    assert gate is not None
    assert (gate.responses.days, gate.responses.ref, gate.concentration.total) == (60, "QP-9", 10)


def _gated(tmp_path: Path, text: str) -> PlanFile:
    (tmp_path / "qmscheck.toml").write_text(text, "utf-8")
    return read(tmp_path, {}, Overrides(dt.date(2026, 11, 20)))


def test_the_record_of_the_audit_before_is_named_by_the_plan_or_the_command_line(tmp_path: Path) -> None:
    text = HEAD.replace("[audit]", '[audit]\nprevious = "before.json"')
    assert "previous" in text
    told = refused(tmp_path, text)
    assert "there is no file 'before.json'" in told
    assert "hint: write the record of the audit before there, or take the key out" in told
    (tmp_path / "before.json").write_text("{}", "utf-8")
    assert plan(tmp_path, text).plan.previous == "before.json"
    over = replace(TODAY, previous=str(tmp_path / "other.json"))
    assert plan(tmp_path, text, over).plan.previous == "other.json"
