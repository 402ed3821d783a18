"""Whole audits of small made-up folders, from the command line to the bytes that are left behind."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qmscheck.cli import main

PLAN = """\
[audit]
organization = "Test firm"
scope = "All sites"
rulesets = ["ruleset.toml"]
as_of = 2026-11-20

[[source]]
table = "complaints"
path = "complaints.csv"
"""

RULESET = """\
[ruleset]
id = "firm"
title = "A firm"
standard = "Own rules"
edition = "1"
version = "1.0"
language = "en"

[param.days]
type = "integer"
default = 200
min = 1
max = 400
origin = "convention"
title = "Days a complaint may be open"

[table.complaints]
purpose = "Every complaint"
key = "id"
[table.complaints.columns]
id = { type = "text" }
owner = { type = "text" }
received = { type = "date" }

[[obligation]]
id = "A-1"
title = "Complaints are owned"
force = "requirement"
clauses = ["1.1"]
doc_info = "retain"
statement = "Each complaint has an owner."
grade = "major"
grade_why = "Nobody acts otherwise."
recommendation = "The quality manager names an owner."

[[rule]]
id = "A-1.owner"
obligation = "A-1"
title = "Owner"
each = "complaints"
must = "filled(owner)"
statement = "{unmet} of {population} complaints have no owner."

[[rule.example]]
verdict = "pass"
given.complaints = [{ id = "C1", owner = "Ada" }]

[[rule.example]]
verdict = "fail"
given.complaints = [{ id = "C1" }]

[[rule]]
id = "A-1.fresh"
obligation = "A-1"
title = "Fresh"
each = "complaints"
must = "days_between(received, as_of()) <= param('days')"
statement = "{unmet} of {population} complaints are older than {param.days} days."

[[rule.example]]
verdict = "pass"
given.complaints = [{ id = "C1", received = 2026-06-01 }]
"""

CSV = b"id,owner,received\nC1,Ada,2026-10-01\nC2,Bob,2026-11-02\n"
BAD_CSV = b"id,owner,received\nC1,,2026-10-01\nC2,,2026-11-02\n"


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """Make a folder with a plan, a ruleset and one register in which all is well."""
    folder = tmp_path / "firm"
    folder.mkdir()
    (folder / "qmscheck.toml").write_text(PLAN, "utf-8")
    (folder / "ruleset.toml").write_text(RULESET, "utf-8")
    (folder / "complaints.csv").write_bytes(CSV)
    return folder


#: No audit is recalled, whatever was audited before; none has a process of its own, but where a test asks for it.
_ANEW = {"QMSCHECK_ANEW": "1", "QMSCHECK_ISOLATION": "never"}


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("QMSCHECK_")} | _ANEW | more


def started(*args: str, cwd: Path, **more: str) -> tuple[int, str, str]:
    """Run the command in a process of its own: for what a process adds, which is little, and for other surroundings."""
    done = subprocess.run(
        [sys.executable, "-m", "qmscheck", *args],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "defect in qmscheck" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def within(*args: str) -> tuple[int, str, str]:
    """Run the command in this process: for many runs."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(args)
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
    assert "Traceback" not in told[1]
    assert "defect in qmscheck" not in told[1]
    return code, told[0], told[1]


def run(*args: str, cwd: Path) -> tuple[int, str, str]:
    """Run the command in this process, and in a folder. Each exit code is seen of a process too: see `started`."""
    with contextlib.chdir(cwd):
        return within(*args)


def record_of(folder: Path, *args: str) -> tuple[int, dict[str, Any]]:
    """Audit a folder and give the exit code and the record."""
    code, out, err = within("audit", str(folder), "--output-format", "json", *args)
    assert err == ""
    record: dict[str, Any] = json.loads(out)
    return code, record


def content(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Give every file of a folder: what it holds, and when it was last written."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


# ---------------------------------------------------------------- without a plan


def test_a_folder_without_a_plan_is_told_a_command_line_that_works(firm: Path) -> None:
    (firm / "qmscheck.toml").unlink()
    code, out, err = run("audit", "firm", cwd=firm.parent)
    assert (code, out) == (2, "")
    assert err.startswith("No audit was performed.\nfirm: has no plan: ")
    shown = next(line for line in err.splitlines() if line.strip().startswith("qmscheck audit"))
    words = shlex.split(shown)[1:]
    assert words == ["audit", "firm", "--ruleset", "iso9001", "--source", "complaints=firm/complaints.csv"]
    code, out, err = started(*words, "-q", cwd=firm.parent)
    assert (code, err) == (3, "")
    assert out.startswith("CANNOT TELL\nfirm\n")


def test_a_folder_of_documents_without_a_plan_is_told_a_command_line_that_works(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "policy.md").write_text("# Quality policy\n\nWe listen.\n", "utf-8")
    code, out, err = run("audit", "papers", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert err.endswith("documents here: 1; name their folder: --source documents=papers\n")
    shown = next(line for line in err.splitlines() if line.strip().startswith("qmscheck audit"))
    code, out, err = run(*shlex.split(shown)[1:], "-q", cwd=tmp_path)
    assert (code, err) == (3, "")
    assert out.startswith("CANNOT TELL\npapers\n")


def test_a_wrong_guess_of_a_table_is_answered_with_the_right_names(firm: Path) -> None:
    code, out, err = started("audit", ".", "--source", "zebras=complaints.csv", cwd=firm)
    assert (code, out) == (2, "")
    assert err == (
        "No audit was performed.\nthe command line: no ruleset asks for a table 'zebras'\n  hint: tables: complaints\n"
    )


def test_criteria_and_evidence_may_be_named_on_the_command_line(firm: Path) -> None:
    (firm / "qmscheck.toml").unlink()
    words = ("--ruleset", "firm/ruleset.toml", "--source", "complaints=firm/complaints.csv", "--as-of", "2026-11-20")
    code, out, err = started("audit", "firm", *words, cwd=firm.parent)
    assert (code, err) == (0, "")
    assert out.startswith("READY\nfirm\nnot stated\n")
    assert "2026-11-20" in out


def test_the_command_line_takes_the_place_of_the_plan(firm: Path) -> None:
    (firm / "other.csv").write_bytes(BAD_CSV)
    code, out, _ = run("audit", ".", "--source", "complaints=other.csv", "--output-format", "concise", cwd=firm)
    assert code == 1
    assert "A-1.owner [major] 2 of 2 complaints have no owner." in out
    assert "complaints.csv" not in out


def test_a_mistake_in_a_ruleset_is_shown_where_the_reader_of_the_message_finds_it(firm: Path) -> None:
    (firm / "ruleset.toml").write_text(RULESET.replace("filled(owner)", "filled(ownr)"), "utf-8")
    inner = firm / "inner"
    inner.mkdir()
    assert "\n../ruleset.toml:" in run("audit", "..", cwd=inner)[2]
    assert "\nfirm/ruleset.toml:" in run("audit", "firm", cwd=firm.parent)[2]
    assert "\nruleset.toml:" in run("audit", cwd=firm)[2]


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "x" * 300),
        ("audit", ".", "--source", f"complaints={'x' * 300}.csv"),
        ("audit", ".", "--source", "complaints=a**b.csv"),
        ("audit", ".", "--ruleset", "x" * 300),
        ("audit", ".", "-o", f"json:{'x' * 300}/record.json"),
        ("audit", ".", "-o", f"json:{'x' * 300}"),
        ("audit", ".", "--max-exceptions", "9" * 30),
        ("audit", ".", "--threads", "9" * 30),
        ("report", "x" * 300),
        ("ruleset", "lint", "x" * 300),
    ],
)
def test_what_can_be_no_name_and_no_number_is_refused(firm: Path, words: tuple[str, ...]) -> None:
    code, _, err = run(*words, cwd=firm)
    assert code == 2
    assert len(err.splitlines()) >= 2


def test_what_a_terminal_would_obey_is_written_out(firm: Path) -> None:
    (firm / "qmscheck.toml").write_text(PLAN + "\n[[source]\x1b[2J\u202e\n", "utf-8")
    code, _, err = within("audit", str(firm))
    assert code == 2
    assert "\\x1b[2J\\u202e" in err
    assert all(sign.isprintable() for line in err.splitlines() for sign in line)


# ---------------------------------------------------------------- reports


def test_several_reports_at_once_are_the_same_as_each_alone_and_as_from_the_record(firm: Path) -> None:
    (firm / "complaints.csv").write_bytes(BAD_CSV)
    asked = [word for name in ("json", "html", "concise") for word in ("-o", f"{name}:out.{name}")]
    code, human, err = started("audit", *asked, cwd=firm)
    assert (code, err) == (1, "")
    assert human.startswith("NOT READY\n")
    for name in ("json", "html", "concise"):
        stored = (firm / f"out.{name}").read_bytes()
        direct = run("audit", "--output-format", name, cwd=firm)
        again = run("report", "out.json", "--output-format", name, cwd=firm)
        assert direct == (1, stored.decode(), "")
        assert again == (0, stored.decode(), "")
    assert run("report", "out.json", cwd=firm) == (0, human, "")
    assert sorted(path.name for path in firm.iterdir()) == [
        *("complaints.csv", "out.concise", "out.html", "out.json", "qmscheck.toml", "ruleset.toml"),
    ]


def test_the_record_does_not_depend_on_the_working_directory(firm: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "copy"
    shutil.copytree(firm, copy)
    first = started("audit", "--output-format", "json", cwd=firm)
    assert first == run("audit", str(copy), "--output-format", "json", cwd=tmp_path)
    assert first == run("audit", "copy/qmscheck.toml", "--output-format", "json", cwd=copy.parent)


def test_an_audit_changes_nothing_in_the_folder(firm: Path) -> None:
    before = content(firm)
    firm.chmod(0o555)
    try:
        assert run("audit", "-o", "json:../record.json", cwd=firm)[0] == 0
    finally:
        firm.chmod(0o755)
    assert content(firm) == before


def test_a_disk_that_is_full_is_told_and_the_other_reports_are_written(firm: Path) -> None:
    code, out, err = run("audit", "-o", "json:/dev/full", "-o", "html:report.html", cwd=firm)
    assert code == 2
    assert err.endswith("/dev/full: cannot be written: No space left on device\n")
    assert out.startswith("READY\n")
    assert (firm / "report.html").read_bytes().startswith(b"<!DOCTYPE html>")


def test_a_report_is_never_written_over_the_plan_or_over_evidence(firm: Path) -> None:
    before = content(firm)
    code, out, err = run("audit", "-o", "html:qmscheck.toml", "-o", "json:complaints.csv", cwd=firm)
    assert (code, out) == (2, "")
    assert "complaints.csv: is evidence of this audit (table 'complaints')" in err
    assert "qmscheck.toml: is the plan of this audit" in err
    assert content(firm) == before


# ---------------------------------------------------------------- explain


def test_a_verdict_is_explained_by_rule_by_fingerprint_and_by_obligation(firm: Path) -> None:
    (firm / "complaints.csv").write_bytes(BAD_CSV)
    run("audit", "-o", "json:record.json", "-q", cwd=firm)
    record = json.loads((firm / "record.json").read_bytes())
    finding = next(one for one in record["findings"] if one["rule"] == "A-1.owner")
    by_rule = run("explain", "A-1.owner", "record.json", cwd=firm)
    assert by_rule == run("explain", finding["fingerprint"], "record.json", cwd=firm)
    assert by_rule == run("explain", "A-1.owner", ".", cwd=firm)
    assert by_rule[0] == 0
    for line in ("2 records of complaints in scope", "2 in scope = 0 met + 2 unmet + 0 unreadable", "row 2", "row 3"):
        assert line in by_rule[1]
    code, out, _ = run("explain", "A-1", "record.json", cwd=firm)
    assert code == 0
    assert out.startswith("A-1  Complaints are owned\n")
    assert "Not met by A-1.owner" in out


def test_what_cannot_be_explained_is_answered_with_the_nearest_name(firm: Path) -> None:
    code, out, err = run("explain", "A-1.ownr", cwd=firm)
    assert (code, out) == (2, "")
    assert err.endswith("has no rule, obligation or finding 'A-1.ownr'\n  hint: did you mean 'A-1.owner'?\n")


# ---------------------------------------------------------------- a ruleset of one's own


def test_a_ruleset_in_a_folder_is_linted_tested_and_described(tmp_path: Path) -> None:
    folder = tmp_path / "our rules"
    folder.mkdir()
    head, obligation, rules = RULESET.partition("[[obligation]]")
    (folder / "10-head.toml").write_text(head, "utf-8")
    (folder / "20-rules.toml").write_text(obligation + rules, "utf-8")
    code, out, err = run("ruleset", "lint", "our rules", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith(
        "1 obligation, 2 rules, no mistakes\nA-1.fresh: days_between(received, as_of()) is negative, "
    )
    assert run("ruleset", "test", "our rules", cwd=tmp_path) == (0, "3 examples, none failed\n", "")
    only = run("ruleset", "test", "our rules", "--select", "A-1.fresh", cwd=tmp_path)
    assert only == (0, "1 example, none failed\n", "")
    code, out, _ = run("ruleset", "schema", cwd=tmp_path)
    assert code == 0
    assert set(json.loads(out)["properties"]) == {
        "ruleset",
        "param",
        "term",
        "table",
        "obligation",
        "rule",
        "overlay",
    }


def test_a_wrong_example_and_a_wrong_rule_are_told_at_their_places(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULESET.replace("2026-06-01", "2025-01-01"), "utf-8")
    code, out, _ = run("ruleset", "test", "own.toml", cwd=tmp_path)
    assert code == 1
    assert out.startswith("FAILED A-1.fresh example 1: expected pass, got fail: ")
    (tmp_path / "own.toml").write_text(RULESET.replace("filled(owner)", "filled(ownr)"), "utf-8")
    code, out, err = run("ruleset", "lint", "own.toml", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert "own.toml:41:16: table 'complaints' has no column 'ownr'\n" in err
    assert "\n     |                ^^^^\n  hint: did you mean 'owner'?\n" in err


# ---------------------------------------------------------------- a plugin of one's own

PLUGIN = '''
"""A plugin with a reader, a ruleset and a format."""

from pathlib import Path

from qmscheck import Batch, Extract, Reader, ReportFormat, Rows, RulesetFiles, hookimpl


@hookimpl
def qmscheck_readers():
    return [Reader("pairs", (".pairs",), read)]


@hookimpl
def qmscheck_rulesets():
    return [RulesetFiles("house", Path(__file__).with_name("house.toml"))]


@hookimpl
def qmscheck_report_formats():
    return [ReportFormat("word", "One word", ".txt", lambda record, options: record.gate.result.value + "\\n")]


def read(request):
    pairs = [line.split(": ") for line in request.path.read_text("utf-8").splitlines()]
    batch = Batch((["C" + a for a, _ in pairs], [b for _, b in pairs], ["2026-11-01"] * len(pairs)))
    yield Extract(request.table, request.path, ("id", "owner", "received"), Rows([batch]), (request.path,))
'''

SLOW = """
import time
from pathlib import Path

from qmscheck import Reader, hookimpl


@hookimpl
def qmscheck_readers():
    return [Reader("slow", (".slow",), read)]


def read(request):
    request.path.with_name("begun").touch()
    time.sleep(600)
    yield from ()
"""

REMOVER = """
from qmscheck import Reader, Unread, hookimpl


@hookimpl
def qmscheck_readers():
    return [Reader("remover", (".first",), read)]


def read(request):
    request.path.with_name("second.csv").unlink()
    yield Unread(request.path, "unsupported", "nothing of use")
"""


def install(site: Path, source: str, name: str = "qms_own") -> None:
    """Install a distribution by hand, as an installer would."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (site / f"{name}.py").write_text(source, "utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[qmscheck]\n{name} = {name}\n", "utf-8")


def test_a_plugin_brings_a_reader_a_ruleset_and_a_format(firm: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install(site, PLUGIN)
    (site / "house.toml").write_text(RULESET, "utf-8")
    (firm / "complaints.pairs").write_text("1: Ada\n2: Bob\n", "utf-8")
    words = ("--ruleset", "house", "--source", "complaints=complaints.pairs", "--output-format", "word")
    assert started("audit", *words, cwd=firm, PYTHONPATH=str(site)) == (0, "READY\n", "")
    assert "qms_own" in started("plugins", cwd=firm, PYTHONPATH=str(site))[1]
    code, out, err = started("audit", *words, "-p", "no:qms_own", cwd=firm, PYTHONPATH=str(site))
    assert (code, out) == (2, "")
    assert err.startswith("No audit was performed.\n--output-format: there is no report format 'word'\n")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import nowhere_at_all", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        (PLUGIN.replace('"pairs"', '"csv"'), "the reader 'csv' is given by plugin 'qms_own' (qms_own 1.0) and by"),
        (PLUGIN.replace('"word"', '"html"'), "the format 'html' is given by plugin 'report'"),
        (PLUGIN.replace("qmscheck_readers", "qmscheck_raeders"), "there is no hook 'qmscheck_raeders'"),
        (PLUGIN.replace("return [Reader(", "return (Reader(").replace(",), read)]", ",), read))"), "must give a list"),
    ],
)
def test_a_plugin_that_is_wrong_stops_the_run_and_is_named(firm: Path, tmp_path: Path, source: str, told: str) -> None:
    site = tmp_path / "site"
    install(site, source)
    code, out, err = started("audit", cwd=firm, PYTHONPATH=str(site))
    assert (code, out) == (2, "")
    assert err.startswith("No audit was performed.\n")
    assert told in err
    assert "plugin 'qms_own' (qms_own 1.0)" in err
    assert started("audit", "-p", "no:qms_own", "-q", cwd=firm, PYTHONPATH=str(site))[0] == 0


def test_a_reader_that_breaks_is_one_source_lost_and_named(firm: Path, tmp_path: Path) -> None:
    install(tmp_path / "site", PLUGIN)
    (tmp_path / "site" / "house.toml").write_text(RULESET, "utf-8")
    (firm / "complaints.pairs").write_text("no pair\n", "utf-8")
    words = ("--source", "complaints=complaints.pairs", "--output-format", "json")
    code, out, err = started("audit", *words, cwd=firm, PYTHONPATH=str(tmp_path / "site"))
    assert (code, err) == (3, "")
    assert "the reader 'pairs' failed: ValueError" in out


def test_evidence_that_vanishes_before_it_is_read_is_missing(firm: Path, tmp_path: Path) -> None:
    install(tmp_path / "site", REMOVER)
    (firm / "a.first").touch()
    (firm / "second.csv").write_bytes(CSV)
    plan = PLAN.replace("complaints.csv", "a.first") + '\n[[source]]\ntable = "complaints"\npath = "second.csv"\n'
    (firm / "qmscheck.toml").write_text(plan, "utf-8")
    code, out, err = started("audit", "--output-format", "json", cwd=firm, PYTHONPATH=str(tmp_path / "site"))
    assert (code, err) == (3, "")
    reasons = {limit["id"]: limit["reason"] for limit in json.loads(out)["limits"]}
    assert reasons == {"a.first": "unsupported", "second.csv": "missing"}


@pytest.mark.parametrize(
    ("number", "words", "code", "told"),
    [
        (signal.SIGINT, (), 130, b"No audit was performed: it was interrupted.\n"),
        (signal.SIGTERM, (), 143, b"No audit was performed: it was ended (SIGTERM).\n"),
        (
            None,
            ("--timeout",),
            2,
            (
                b"No audit was performed.\nIt was stopped after %d seconds, its time limit, while reading complaints.slow "
                b"(1 of 1).\n  hint: give it more time (--timeout), or less to do (--select)\n"
            ),
        ),
        (
            None,
            ("--isolation", "auto", "--timeout"),
            2,
            (
                b"No audit was performed.\nqmscheck.toml:4:13: the audit with this ruleset was stopped after %d seconds; the last "
                b"step was: reading complaints.slow (1 of 1)\n"
            ),
        ),
    ],
)
def test_an_interrupted_audit_leaves_nothing_behind(
    firm: Path, tmp_path: Path, number: signal.Signals | None, words: tuple[str, ...], code: int, told: bytes
) -> None:
    """Where a busy machine does not come to the reader within the limit, the audit is given four times as long."""
    install(tmp_path / "site", SLOW)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (firm / "complaints.slow").touch()
    (firm / "record.json").write_bytes(b"the record of last year")
    for seconds in (3, 12, 48, 192):
        limit = (*words, f"{seconds}s") if number is None else words
        returned, out, err = interrupted(firm, tmp_path, limit, number)
        if (firm / "begun").exists():
            break
    assert (returned, out) == (code, b"")
    assert err.lstrip().startswith(told % seconds if number is None else told)  # after the ^C of a terminal
    assert (firm / "record.json").read_bytes() == b"the record of last year"
    assert not (firm / "report.html").exists()
    assert [path.name for path in firm.iterdir() if path.suffix == ".tmp"] == []
    assert list(scratch.iterdir()) == []


def interrupted(
    firm: Path, folder: Path, words: tuple[str, ...], number: signal.Signals | None
) -> tuple[int, bytes, bytes]:
    """Begin an audit with a slow reader; send it a signal as soon as the reader begins, or wait for its time limit."""
    named = ["audit", "--source", "complaints=complaints.slow", "-o", "json:record.json", "-o", "html:report.html"]
    running = subprocess.Popen(
        [sys.executable, "-m", "qmscheck", *named, *words],
        cwd=firm,
        env=environment(PYTHONPATH=str(folder / "site"), TMPDIR=str(folder / "scratch")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell that runs the tests in the background has told its children to ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while number is not None and not (firm / "begun").exists() and running.poll() is None:
        time.sleep(0.05)
    if number is not None:
        running.send_signal(number)
    try:
        out, err = running.communicate(timeout=300)
    finally:
        running.kill()
        running.wait()
    return running.returncode, out, err


# ---------------------------------------------------------------- evidence that is bad


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return stream.getvalue()


def database(folder: Path) -> bytes:
    path = folder / "made.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table complaints (id text, owner text, received text)")
        connection.executemany("insert into complaints values (?, ?, '2026-10-01')", [("C", "x" * 500)] * 200)
    raw = path.read_bytes()
    path.unlink()
    return raw


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
BAD: dict[str, tuple[bytes, str]] = {
    "nothing.csv": (b"", "empty"),
    "blank.csv": (b"\n\n  \n", "empty"),
    "zeros.csv": (b"\0" * 900, "empty"),
    "binary.csv": (bytes(range(256)) * 12, "corrupt"),
    "open quote.csv": (b'id,owner,received\n"C1,Ada,2026-10-01\n', "corrupt"),
    "pointer.csv": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 9\n",
        "lfs-pointer",
    ),
    "cut.csv.gz": (gzip.compress(CSV * 999, mtime=0)[:-20], "corrupt"),
    "no.csv.gz": (CSV, "corrupt"),
    "secret.xlsx": (OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000, "encrypted"),
    "cut.xlsx": (zipped(**{"xl/workbook.xml": b"<workbook/>" * 300})[:200], "corrupt"),
    "hollow.xlsx": (zipped(readme=b"hello"), "corrupt"),
    "login page.xlsx": (b"<html><body>Please log in</body></html>", "unsupported"),
    "cut.parquet": (b"PAR1" + b"\0" * 40, "corrupt"),
    "cut.json": (b'[{"id": "C1"', "corrupt"),
    "deep.json": (b"[" * 50_000, "corrupt"),
    "number.json": (b"42", "unsupported"),
    "none.sqlite": (b"", "empty"),
    "odd.sqlite": (b"SQLite format 3\0" + b"\1" * 300, "corrupt"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_with_its_reason_and_is_never_a_pass(firm: Path, name: str) -> None:
    raw, reason = BAD[name]
    (firm / name).write_bytes(raw)
    code, record = record_of(firm, "--source", f"complaints={firm / name}")
    assert code == 3
    assert [(one["id"], one["reason"]) for one in record["limits"]] == [(name, reason)]
    assert [(one["locator"], one["status"]) for one in record["evidence"]] == [(name, reason)]
    assert {one["verdict"] for one in record["findings"]} == {"insufficient"}
    assert record["limits"][0]["detail"].strip()


def test_a_database_that_is_cut_off_is_named(firm: Path, tmp_path: Path) -> None:
    (firm / "cut.sqlite").write_bytes(database(tmp_path)[:5000])
    code, record = record_of(firm, "--source", f"complaints={firm / 'cut.sqlite'}")
    assert code == 3
    assert [(one["id"], one["reason"]) for one in record["limits"]] == [("cut.sqlite", "corrupt")]


def test_a_register_with_only_its_heading_is_no_pass(firm: Path) -> None:
    (firm / "complaints.csv").write_bytes(b"id,owner,received\n")
    code, record = record_of(firm)
    assert code == 3
    assert [(one["locator"], one["rows_read"]) for one in record["evidence"]] == [("complaints.csv", 0)]
    assert {one["verdict"] for one in record["findings"]} == {"insufficient"}


DOCUMENTS: dict[str, tuple[bytes, str]] = {
    "nothing.md": (b"", "empty"),
    "binary.txt": (b"a\0b\1\2\3", "corrupt"),
    "cut.docx": (zipped(**{"word/document.xml": b"<w/>" * 300})[:200], "corrupt"),
    "hollow.docx": (zipped(readme=b"hello"), "corrupt"),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj\n<<", "corrupt"),
    "pointer.docx": (b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n", "lfs-pointer"),
}


OF_DOCUMENTS = (
    RULESET.replace("complaints", "documents")
    .replace('key = "id"', 'key = "path"')
    .replace('id = { type = "text" }', 'path = { type = "text" }')
    .replace("given.documents = [{ id =", "given.documents = [{ path =")
    .replace("received", "approved_on")
)


def test_every_bad_document_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OF_DOCUMENTS, "utf-8")
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, (raw, _) in DOCUMENTS.items():
        (folder / name).write_bytes(raw)
    (folder / "loop.md").symlink_to("loop.md")
    os.mkfifo(folder / "pipe.md")
    (folder / "fine.md").write_text("# Complaints\n\nThe service team answers.\n", "utf-8")
    words = ("--ruleset", str(tmp_path / "own.toml"), "--source", f"documents={folder}")
    code, record = record_of(folder, *words)
    assert code in {1, 3}
    named = {one["id"]: one["reason"] for one in record["limits"] if one["kind"] == "file"}
    expected = {name: reason for name, (_, reason) in DOCUMENTS.items()}
    assert named == {**expected, "loop.md": "missing", "pipe.md": "unsupported"}


def test_links_folders_and_what_is_not_there_are_named(firm: Path) -> None:
    (firm / "folder.csv").mkdir()
    (firm / "loop.csv").symlink_to("loop.csv")
    (firm / "nowhere.csv").symlink_to("not-there.csv")
    for name in ("folder.csv", "loop.csv", "nowhere.csv", "absent.csv"):
        code, record = record_of(firm, "--source", f"complaints={firm / name}")
        assert code == 3
        assert [one["id"] for one in record["limits"]] == [name]


@pytest.mark.parametrize(
    "name", ["new\nline.csv", "Größe ü.csv", "two  spaces.csv", "l" * 196 + ".csv", "o'clock.csv", 'a"b.csv', "-x.csv"]
)
def test_a_file_may_have_any_name(firm: Path, name: str) -> None:
    (firm / name).write_bytes(BAD_CSV)
    code, record = record_of(firm, "--source", f"complaints={firm / name}")
    assert code == 1
    assert [one["locator"] for one in record["evidence"]] == [name]
    code, out, err = within("audit", str(firm), "--source", f"complaints={firm / name}")
    assert (code, err) == (1, "")
    assert "new\nline" not in out


# ---------------------------------------------------------------- any bytes

ODD_TEXTS = [
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    "=",
    "\n",
    "[[source]]",
    "\x00",
    "é",
    "ÿ",
    "9" * 30,
    "null",
    "-",
    "#",
    ",",
    ";",
]


def spoilt(good: bytes) -> st.SearchStrategy[bytes]:
    """Give good bytes with a part replaced by something odd."""
    odd = st.one_of(st.sampled_from([text.encode("latin-1") for text in ODD_TEXTS]), st.binary(max_size=6))
    places = st.integers(0, len(good))
    return st.builds(lambda a, b, c: good[: min(a, b)] + c + good[max(a, b) :], places, places, odd)


def any_bytes(good: bytes) -> st.SearchStrategy[bytes]:
    return st.one_of(st.binary(max_size=60), spoilt(good), st.text(max_size=30).map(str.encode))


LIGHTLY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LIGHTLY
@given(raw=any_bytes(PLAN.encode()))
@example(raw=b"\xef\xbb\xbf" + PLAN.encode())
@example(raw=b"[audit]\norganization = 1e999\n")
def test_any_bytes_as_a_plan_give_a_record_or_a_refusal(firm: Path, raw: bytes) -> None:
    (firm / "qmscheck.toml").write_bytes(raw)
    code, out, err = within("audit", str(firm))
    assert code in {0, 1, 2, 3}
    assert (code == 2) == err.startswith("No audit was performed.\n")
    assert (code == 2) == (out == "")


@LIGHTLY
@given(raw=any_bytes(RULESET.encode()))
@example(raw=RULESET.replace("filled(owner)", "owner = 'a' or " * 500 + "true").encode())
@example(raw=RULESET.replace("filled(owner)", "(" * 3000).encode())
def test_any_bytes_as_a_ruleset_give_a_record_or_a_refusal(firm: Path, raw: bytes) -> None:
    (firm / "ruleset.toml").write_bytes(raw)
    code, out, err = within("audit", str(firm))
    assert code in {0, 1, 2, 3}
    assert (code == 2) == err.startswith("No audit was performed.\n")
    assert (code == 2) == (out == "")


@LIGHTLY
@given(raw=any_bytes(BAD_CSV))
@example(raw=b"id,owner,received\r\nC1,,\r\n\r\n,,\r\n")
@example(raw=b"\xff\xfe" + BAD_CSV.decode().encode("utf-16-le"))
def test_any_bytes_as_a_register_give_a_record(firm: Path, raw: bytes) -> None:
    (firm / "complaints.csv").write_bytes(raw)
    code, record = record_of(firm)
    assert code in {0, 1, 3}
    assert [one["locator"] for one in record["evidence"]] == ["complaints.csv"]
    for finding in record["findings"]:
        tally = finding["tally"]
        assert tally is None or tally["population"] == tally["met"] + tally["unmet"] + tally["unreadable"]


VANISHING = """
from qmscheck import Batch, Extract, Reader, Rows, hookimpl


@hookimpl
def qmscheck_readers():
    return [Reader("vanishing", (".gone",), read)]


def read(request):
    request.path.unlink()
    batch = Batch((["C1"], ["Ada"], ["2026-11-01"]))
    yield Extract(request.table, request.path, ("id", "owner", "received"), Rows([batch]), (request.path,))
"""


def test_evidence_that_vanishes_while_it_is_read_has_no_digest_and_is_named(firm: Path, tmp_path: Path) -> None:
    install(tmp_path / "site", VANISHING)
    (firm / "complaints.gone").touch()
    words = ("--source", "complaints=complaints.gone", "--output-format", "json")
    code, out, err = started("audit", *words, cwd=firm, PYTHONPATH=str(tmp_path / "site"))
    record = json.loads(out)
    assert (code, err) == (0, "")
    assert record["evidence"][0]["sha256"] is None
    assert [(one["id"], one["reason"]) for one in record["limits"]] == [("complaints.gone", "missing")]


def test_a_pipe_and_a_device_are_never_read(firm: Path) -> None:
    os.mkfifo(firm / "pipe.csv")
    (firm / "device.csv").symlink_to("/dev/zero")
    for name in ("pipe.csv", "device.csv"):
        code, record = record_of(firm, "--source", f"complaints={firm / name}")
        assert code == 3
        assert [(one["id"], one["reason"]) for one in record["limits"]] == [(name, "unsupported")]


def test_a_name_with_brackets_is_first_of_all_a_name(firm: Path) -> None:
    (firm / "export [1].csv").write_bytes(CSV)
    code, record = record_of(firm, "--source", f"complaints={firm / 'export [1].csv'}")
    assert code == 0
    assert record["evidence"][0]["locator"] == "export [1].csv"


def test_a_document_whose_name_is_not_utf_8_is_read(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OF_DOCUMENTS, "utf-8")
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in (b"Pr\xfcfung.md", b"fine.md"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text("# Check\n\nWe check.\n", "utf-8")
    code, record = record_of(folder, "--ruleset", str(tmp_path / "own.toml"), "--source", f"documents={folder}")
    assert code in {1, 3}
    assert record["evidence"][0]["rows_read"] == 2
