"""The command line, seen from outside: what is printed where, which files are left, and the exit code."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from records import full_record, ready_record, undecided_record

from qmscheck import plugins as plugin_room
from qmscheck.cli import COMMANDS, VERSION, main
from qmscheck.cli.terminal import Progress, render_options
from qmscheck.errors import Problem, QmscheckError
from qmscheck.hookspecs import Reader, RenderOptions, ReportFormat, RulesetFiles, hookimpl
from qmscheck.record import write

if TYPE_CHECKING:
    from qmscheck.engine import Means
    from qmscheck.model import AuditRecord
    from qmscheck.plan import PlanFile
    from qmscheck.plugins import Plugins

Run = Callable[..., tuple[int, str, str]]

PLAN = '[audit]\norganization = "Acme"\nscope = "All"\nrulesets = ["own"]\n'

RULESET = """\
[ruleset]
id = "own"
title = "Own"
standard = "Own rules"
edition = "1"
version = "1.0.0"
language = "en"

[table.complaints]
purpose = "Every complaint"
key = "complaint_id"
[table.complaints.columns]
complaint_id = { type = "text" }
owner = { type = "text" }

[[obligation]]
id = "O-1"
title = "Complaints are owned"
force = "requirement"
clauses = ["1"]
doc_info = "retain"
statement = "Each complaint has an owner."
grade = "major"
grade_why = "Nobody acts otherwise."
recommendation = "The service manager names an owner."

[[rule]]
id = "O-1.owner"
obligation = "O-1"
title = "Each complaint has an owner"
each = "complaints"
must = "filled(owner)"
statement = "{unmet} of {population} complaints have no owner."

[[rule.example]]
verdict = "pass"
given.complaints = [{ complaint_id = "C1", owner = "Service" }]
"""

WRONG_EXAMPLE = """\
[[rule.example]]
title = "Nobody"
verdict = "pass"
given.complaints = [{ complaint_id = "C1" }]
"""


class Fake:
    """A plugin with a reader, a ruleset and three formats; it hears of finished audits."""

    __name__ = "fake"

    def __init__(self) -> None:
        self.heard: list[AuditRecord] = []
        self.seen: list[RenderOptions] = []
        self.failing = False

    @hookimpl
    def qmscheck_readers(self) -> list[Reader]:
        return [Reader("csv", (".csv",), lambda _: iter(()), {"delimiter": "What stands between two cells"})]

    @hookimpl
    def qmscheck_rulesets(self) -> list[RulesetFiles]:
        return [RulesetFiles("own", Path("own.toml"))]

    @hookimpl
    def qmscheck_report_formats(self) -> list[ReportFormat]:
        return [
            ReportFormat("word", "The one word", ".txt", self.render),
            ReportFormat("broken", "Raises", ".txt", lambda record, _: record.nothing),  # type: ignore[attr-defined]
            ReportFormat("bytes", "Gives no text", ".txt", lambda _, __: b""),  # type: ignore[arg-type, return-value]
        ]

    @hookimpl
    def qmscheck_audit_finished(self, record: AuditRecord) -> None:
        self.heard.append(record)
        if self.failing:
            raise OSError("the archive is full")

    def render(self, record: AuditRecord, options: RenderOptions) -> str:
        self.seen.append(options)
        return f"{record.gate.result.value} → ü\n"


class Conduct:
    """Stands in for the audit: gives the record it is told to, or raises."""

    def __init__(self) -> None:
        self.outcome: AuditRecord | BaseException = ready_record()
        self.planfile: PlanFile | None = None
        self.threads: int | None = None
        self.cache: Path | None = None
        self.means: Means | None = None

    def __call__(
        self,
        planfile: PlanFile,
        plugins: Plugins,
        *,
        threads: int | None = None,
        progress: Callable[[str], None] | None = None,
        cache: Path | None = None,
        noted: Callable[[str], None] | None = None,
        means: Means | None = None,
        planned: Callable[[str], None] | None = None,
    ) -> AuditRecord:
        assert plugins.formats
        if planned is not None:
            planned("1 rule in 1 scan\n")
        assert noted is not None
        assert progress is not None
        progress("reading evidence/complaints.csv (2 of 7)")
        self.planfile, self.threads, self.cache, self.means = planfile, threads, cache, means
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fake:
    """Work in an empty folder with a plan, the built-in plugins and the fake one."""
    one = Fake()
    real = plugin_room.load
    outside = [origin.name for origin in real().loaded if origin.distribution != "qmscheck"]
    monkeypatch.setattr(plugin_room, "load", lambda disabled=(): real([*outside, *disabled], [one]))
    for name in [name for name in os.environ if name.startswith("QMSCHECK_")] + ["NO_COLOR", "FORCE_COLOR", "COLUMNS"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QMSCHECK_ISOLATION", "never")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "qmscheck.toml").write_text(PLAN, encoding="utf-8")
    return one


@pytest.fixture
def conduct(monkeypatch: pytest.MonkeyPatch, fake: Fake) -> Conduct:
    """Put the stand-in in the place of the audit."""
    del fake
    stand_in = Conduct()
    importlib.import_module("qmscheck.testing")  # whoever imports it first must find the real room
    room: Any = ModuleType("qmscheck.audit")
    room.conduct = stand_in
    monkeypatch.setitem(sys.modules, "qmscheck.audit", room)
    return stand_in


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; give its exit code, stdout and stderr."""

    def inner(*args: str) -> tuple[int, str, str]:
        code = main(args)
        out, err = capsys.readouterr()
        return code, out, err

    return inner


# ---------------------------------------------------------------- help, version, start-up


def test_help_lists_every_command_with_its_own_first_sentence(run: Run) -> None:
    for name, text in COMMANDS.items():
        command = importlib.import_module(f"qmscheck.cli.{name}").command
        assert command.name == name
        assert command.get_short_help_str(limit=1000) == text
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.partition("Commands:\n")[2].splitlines() if line[2:3].strip()][:-1] == list(
        COMMANDS
    )


def test_the_version_is_the_one_of_the_distribution(run: Run) -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
    assert run("--version") == (0, f"qmscheck {VERSION}\n", "")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_but_click(option: str) -> None:
    source = f"""
import sys
from qmscheck.cli import main
code = main(["{option}"])
heavy = ["pydantic", "duckdb", "sqlglot", "pluggy", "rich", "jinja2", "tomli", "toml_rs", "importlib.metadata"]
rooms = [name for name in sys.modules if name.startswith("qmscheck.") and name not in ("qmscheck.cli", "qmscheck.late")]
print(code, sorted(set(heavy) & set(sys.modules)) + rooms, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stderr == "0 []\n"


def test_help_of_every_command_can_be_read(run: Run) -> None:
    groups = {"ruleset": ["lint", "test", "mutate", "schema"], "decisions": ["add", "list", "lint"]}
    for words in ([], *([c] for c in COMMANDS), *([g, c] for g, inner in groups.items() for c in inner)):
        code, out, err = run(*words, "-h")
        assert (code, err) == (0, "")
        assert out.startswith(" ".join(["Usage: qmscheck", *words]))
        assert "\b" not in out
        assert "\\b" not in out


# ---------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("record", "code", "word"),
    [(ready_record(), 0, "READY"), (full_record(), 1, "NOT READY"), (undecided_record(), 3, "CANNOT TELL")],
)
def test_the_exit_code_is_the_gate(
    run: Run, conduct: Conduct, fake: Fake, record: AuditRecord, code: int, word: str
) -> None:
    conduct.outcome = record
    assert run("audit", "--output-format", "word") == (code, f"{word} → ü\n", "")
    assert fake.heard == [record]


def test_a_bare_call_is_no_audit(run: Run) -> None:
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith("No audit was performed.\nUsage: qmscheck")


@pytest.mark.parametrize(
    ("args", "screen"),
    [
        (["audti"], "No such command 'audti'. Did you mean 'audit'?\n  hint: see qmscheck --help\n"),
        (
            ["audit", "--fail-n", "x"],
            "No such option '--fail-n'. Did you mean '--fail-on'?\n  hint: see qmscheck audit --help\n",
        ),
        (
            ["audit", "--as-of", "yesterday"],
            (
                "--as-of: 'yesterday' is no day of the calendar, written as 2026-11-20\n"
                "  hint: see qmscheck audit --help\n"
            ),
        ),
        (
            ["audit", "-p", "own"],
            "-p: 'own' is not no:NAME\n  hint: see qmscheck audit --help\n",
        ),
        (
            ["audit", "-p", "no:fke"],
            "there is no plugin 'fke' to switch off\n  hint: did you mean 'fake'?\n",
        ),
        (["audit", "nowhere"], "nowhere: there is no such folder and no such plan file\n"),
        (
            ["audit", "--ruleset", "onw"],
            "there is no ruleset 'onw': no installed one, no path\n  hint: did you mean 'own'?\n",
        ),
        (
            ["audit", "--source", "complaints"],
            (
                "the command line: --source 'complaints' is not TABLE=PATH\n"
                "  hint: as in --source complaints=evidence/log.csv\n"
            ),
        ),
        (
            ["audit", "--output-format", "wrd", "-o", "html", "-o", "word:none/r.txt", "-o", "word:."],
            (
                "--output-format: there is no report format 'wrd'\n  hint: did you mean 'word'?\n"
                "-o 'html' is not FORMAT:PATH\n  hint: as in -o html:report.html\n"
                ".: is a folder, not a place for a report\n"
                "none/r.txt: cannot be written: its folder does not exist\n"
            ),
        ),
        (["audit", "-o", "word:a.txt", "-o", "json:a.txt"], "a.txt: is asked for twice\n"),
        (
            ["audit", "-o", "json:-"],
            (
                "-: is no file, and standard output is not named so\n"
                "  hint: leave out --output-file: what --output-format names goes there\n"
            ),
        ),
        (["audit", "-o", "word:qmscheck.toml"], "qmscheck.toml: is the plan of this audit, not a place for a report\n"),
        (
            ["audit", "--source", "complaints=*.csv", "--output-file", "c.csv"],
            "c.csv: would be evidence (table 'complaints')\n  hint: write elsewhere\n",
        ),
    ],
)
def test_a_wrong_call_performs_no_audit_and_says_so_first(
    run: Run, conduct: Conduct, fake: Fake, args: list[str], screen: str
) -> None:
    assert run(*args) == (2, "", f"No audit was performed.\n{screen}")
    assert conduct.planfile is None
    assert fake.heard == []


@pytest.mark.parametrize(
    ("args", "screen"),
    [
        (["report", "none.json"], "No report was written.\nnone.json: cannot be read: No such file or directory\n"),
        (
            ["explain", "O", "none.json"],
            "Nothing was explained.\nnone.json: cannot be read: No such file or directory\n",
        ),
        (
            ["ruleset", "lint", "onw"],
            (
                "No ruleset was checked.\nthere is no ruleset 'onw': no installed one, no path\n"
                "  hint: did you mean 'own'?\n"
            ),
        ),
        (
            ["--traceback", "ruleset", "test", "onw"],
            (
                "No example was run.\nthere is no ruleset 'onw': no installed one, no path\n"
                "  hint: did you mean 'own'?\n"
            ),
        ),
        (
            ["plugins", "-p", "x"],
            "No plugin was listed.\n-p: ",
        ),
    ],
)
def test_the_first_line_says_what_the_command_did_not_do(
    run: Run, conduct: Conduct, fake: Fake, args: list[str], screen: str
) -> None:
    code, out, err = run(*args)
    assert (code, out, err[: len(screen)]) == (2, "", screen)
    assert conduct.planfile is None
    assert fake.heard == []


def test_every_mistake_of_the_audit_is_told(run: Run, conduct: Conduct) -> None:
    conduct.outcome = QmscheckError(Problem("b.toml", 2, 3, "second"), Problem("a.toml", 1, 1, "first", "a hint"))
    assert run("audit") == (
        2,
        "",
        "No audit was performed.\na.toml:1:1: first\n  hint: a hint\nb.toml:2:3: second\n",
    )


def test_a_defect_is_told_with_its_place_and_how_to_report_it(run: Run, conduct: Conduct) -> None:
    conduct.outcome = KeyError("tally")
    Path("my folder").mkdir()
    code, out, err = run("audit", "my folder/..", "-q")
    assert (code, out) == (2, "")
    assert re.sub(r":\d+\)", ":N)", err) == dedent("""\
        No audit was performed.
        This is a defect in qmscheck: KeyError: 'tally' (qmscheck/apart/works.py:N)
          hint: please report it, with what this prints: qmscheck --traceback audit 'my folder/..' -q
        """)


def test_traceback_prints_where_a_defect_arose(run: Run, conduct: Conduct) -> None:
    conduct.outcome = KeyError("tally")
    code, _, err = run("--traceback", "audit")
    assert code == 2
    assert err.startswith("No audit was performed.\nThis is a defect in qmscheck: KeyError: 'tally' (")
    assert "Traceback (most recent call last):" in err
    assert "hint" not in err


def test_an_interrupt_is_no_audit(run: Run, conduct: Conduct) -> None:
    conduct.outcome = KeyboardInterrupt()
    assert run("audit") == (130, "", "\nNo audit was performed: it was interrupted.\n")


# ---------------------------------------------------------------- what is handed on


def test_options_reach_the_plan(run: Run, conduct: Conduct) -> None:
    run(
        *(
            "audit",
            "--ruleset",
            "own",
            "--source",
            "complaints=c.csv",
            "--select",
            "A",
            "--select",
            "B",
            "--ignore",
            "C",
        ),
        *(
            "--fail-on",
            "never",
            "--as-of",
            "2026-10-01",
            "--max-exceptions",
            "5",
            "--previous",
            "old/record.json",
            "--threads",
            "2",
            "--memory-limit",
            "1GiB",
            "--timeout",
            "5m",
            "--output-format",
            "word",
        ),
    )
    assert conduct.planfile is not None
    plan = conduct.planfile.plan
    assert (plan.rulesets, plan.select, plan.ignore) == (("own",), ("A", "B"), ("C",))
    assert (plan.fail_on, plan.as_of.isoformat(), plan.max_exceptions) == (None, "2026-10-01", 5)
    assert [(one.table, one.path, one.reader) for one in plan.sources] == [("complaints", "c.csv", "csv")]
    assert plan.previous == "old/record.json"
    assert conduct.threads == 2
    assert conduct.means is not None
    assert conduct.means.memory == 1 << 30


@pytest.mark.parametrize("name", ["QMSCHECK_MEMORY_LIMIT", "QMSCHECK_AUDIT_MEMORY_LIMIT"])
def test_the_memory_limit_may_stand_in_the_environment(
    run: Run, conduct: Conduct, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "800MB")
    assert run("audit", "-q")[0] == 0
    assert conduct.means is not None
    assert conduct.means.memory == 800_000_000


@pytest.mark.parametrize(
    ("option", "given", "told"),
    [
        ("--memory-limit", "lots", "'lots' is no amount of memory: a number and KiB, MiB, GiB, MB or GB, as in 1GiB"),
        ("--memory-limit", "64MiB", "'64MiB' is not between 256MiB and 1024TiB"),
        ("--threads", "x", "'x' is no whole number from 1 to 1024"),
        ("--threads", "1025", "'1025' is no whole number from 1 to 1024"),
        ("--max-exceptions", "0", "'0' is no whole number of at least 1"),
        ("--timeout", "soon", "'soon' is no time: a number of seconds, or with s, m or h, as in 5m"),
    ],
)
def test_an_amount_that_is_none_is_a_usage_error(
    run: Run, conduct: Conduct, option: str, given: str, told: str
) -> None:
    first = f"No audit was performed.\n{option}: {told}\n"
    assert run("audit", option, given) == (2, "", f"{first}  hint: see qmscheck audit --help\n")
    assert conduct.planfile is None


def test_options_may_stand_in_the_environment(run: Run, conduct: Conduct, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QMSCHECK_AUDIT_FAIL_ON", "opportunity")
    monkeypatch.setenv("QMSCHECK_AUDIT_OUTPUT_FORMAT", "word")
    assert run("audit") == (0, "READY → ü\n", "")
    assert conduct.planfile is not None
    assert conduct.planfile.plan.fail_on == "opportunity"


@pytest.mark.parametrize("command", [("audit",), ("explain", "CF-8.2.1-c2.owner")])
def test_the_cache_can_be_left_alone(
    run: Run, conduct: Conduct, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    conduct.outcome = full_record()
    run(*command)
    assert conduct.cache is not None
    run(*command, "--no-cache")
    assert conduct.cache is None
    run(*command)
    assert conduct.cache is not None  # type: ignore[unreachable]
    monkeypatch.setenv("QMSCHECK_NO_CACHE", "1")
    run(*command)
    assert conduct.cache is None


def test_a_path_of_a_ruleset_is_one_of_the_current_folder(run: Run, conduct: Conduct, tmp_path: Path) -> None:
    (tmp_path / "firm").mkdir()
    (tmp_path / "rules.toml").write_text(RULESET, encoding="utf-8")
    run("audit", "firm", "--ruleset", "rules.toml", "--source", "complaints=firm/c.csv", "--output-format", "word")
    assert conduct.planfile is not None
    assert conduct.planfile.plan.rulesets == (str(tmp_path / "rules.toml"),)
    assert conduct.planfile.plan.sources[0].path == "c.csv"
    assert conduct.planfile.plan.organization == "firm"


def test_what_is_to_be_noted_goes_to_stderr(run: Run, conduct: Conduct) -> None:
    code, out, err = run("audit", "--as-of", "2999-01-01", "--output-format", "word")
    assert (code, out) == (0, "READY → ü\n")
    assert err.startswith("note: the date of the audit (2999-01-01) lies after today (")
    assert conduct.planfile is not None


def test_where_no_audit_was_performed_no_note_stands_before_that(run: Run, tmp_path: Path) -> None:
    (tmp_path / "qmscheck.toml").write_text(
        '[audit]\norganization = "O"\nscope = "S"\nrulesets = ["nowhere"]\nas_of = 2999-01-01\n', encoding="utf-8"
    )
    code, out, err = run("audit")
    assert (code, out) == (2, "")
    assert err.startswith("No audit was performed.\n")


# ---------------------------------------------------------------- reports


@pytest.mark.usefixtures("conduct")
def test_reports_are_written_where_they_were_asked_for(run: Run, fake: Fake, tmp_path: Path) -> None:
    assert run("audit", "--output-format", "word", "-o", "json:r.json", "-o", "word:w.txt", "-vv") == (
        0,
        "READY → ü\n",
        "",
    )
    assert (tmp_path / "w.txt").read_bytes() == "READY → ü\n".encode()
    assert (tmp_path / "r.json").read_text(encoding="utf-8") == write(ready_record())
    assert fake.seen == [RenderOptions(100, color=False, verbose=2), RenderOptions(100, color=False, verbose=2)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["qmscheck.toml", "r.json", "w.txt"]


@pytest.mark.usefixtures("conduct")
def test_who_asks_how_rules_were_counted_gets_that_in_place_of_the_report_on_stdout(run: Run, tmp_path: Path) -> None:
    assert run("audit", "--explain-plan", "-o", "word:w.txt", "-q") == (0, "1 rule in 1 scan\n", "")
    assert (tmp_path / "w.txt").read_text(encoding="utf-8") == "READY → ü\n"


@pytest.mark.usefixtures("conduct")
def test_the_report_on_stdout_may_go_to_a_file(run: Run, tmp_path: Path) -> None:
    assert run("audit", "--output-format", "word", "--output-file", "w.txt", "-q") == (0, "", "")
    assert (tmp_path / "w.txt").read_text(encoding="utf-8") == "READY → ü\n"


@pytest.mark.usefixtures("conduct")
def test_a_report_that_cannot_be_written_leaves_the_old_one_whole(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self), None, str(target))

    (tmp_path / "w.txt").write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", refuse)
    assert run("audit", "--output-format", "word", "-o", "word:w.txt") == (
        2,
        "READY → ü\n",
        (
            "The audit was performed, but not everything that was asked for was done.\n"
            "w.txt: cannot be written: Permission denied\n"
        ),
    )
    assert (tmp_path / "w.txt").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["qmscheck.toml", "w.txt"]


@pytest.mark.usefixtures("conduct")
def test_a_report_through_a_link_keeps_the_link(run: Run, tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to("real.txt")
    assert run("audit", "-q", "--output-format", "word", "--output-file", "link.txt")[0] == 0
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text(encoding="utf-8") == "READY → ü\n"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("broken", "the format 'broken' failed: AttributeError: 'AuditRecord' object has no attribute 'nothing'"),
        ("bytes", "the format 'bytes' must give text, not bytes"),
    ],
)
@pytest.mark.usefixtures("conduct")
def test_a_format_that_fails_names_its_plugin_and_nothing_is_written(
    run: Run, tmp_path: Path, name: str, told: str
) -> None:
    assert run("audit", "--output-format", "word", "-o", "word:w.txt", "-o", f"{name}:b.txt") == (
        2,
        "",
        (
            "The audit was performed, but not everything that was asked for was done.\n"
            f"plugin 'fake' (given by the caller): {told}\n"
        ),
    )
    assert [path.name for path in tmp_path.iterdir()] == ["qmscheck.toml"]


@pytest.mark.usefixtures("conduct")
def test_a_plugin_that_fails_after_the_audit_is_told_and_is_no_success(run: Run, fake: Fake) -> None:
    fake.failing = True
    assert run("audit", "--output-format", "word") == (
        2,
        "READY → ü\n",
        (
            "The audit was performed, but not everything that was asked for was done.\n"
            "plugin 'fake' (given by the caller): failed after the audit: OSError: the archive is full\n"
        ),
    )


def test_a_stored_record_is_rendered_again(run: Run, fake: Fake, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(write(full_record()), encoding="utf-8")
    assert run("report", "r.json", "--output-format", "word") == (0, "NOT READY → ü\n", "")
    assert run("report", "r.json", "--output-format", "json") == (0, write(full_record()), "")
    assert fake.heard == []


@pytest.mark.parametrize(
    ("content", "place"), [(b"{", "r.json:1:2: "), (b'{\n"a": "\xff"}', "r.json:2:7: byte 0xff is not UTF-8")]
)
def test_a_bad_record_is_refused_at_its_place(run: Run, fake: Fake, tmp_path: Path, content: bytes, place: str) -> None:
    (tmp_path / "r.json").write_bytes(content)
    code, out, err = run("report", "r.json", "--output-format", "word")
    assert (code, out, fake.seen) == (2, "", [])
    assert err.startswith(f"No report was written.\n{place}")


def test_explain_takes_a_record_or_audits(run: Run, conduct: Conduct, tmp_path: Path) -> None:
    record = full_record()
    conduct.outcome = record
    (tmp_path / "r.json").write_text(write(record), encoding="utf-8")
    name = record.findings[0].rule
    stored, audited = run("explain", name, "r.json"), run("explain", name)
    assert stored == audited
    assert stored[0] == 0
    assert stored[1].startswith("population  ")
    code, out, err = run("explain", "nonesuch-id", "r.json")
    assert (code, out) == (2, "")
    assert err.startswith("Nothing was explained.\nthe audit record has no rule, obligation or finding 'nonesuch-id'")


# ---------------------------------------------------------------- rulesets and plugins


@pytest.mark.usefixtures("fake")
def test_a_ruleset_without_mistakes_is_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULESET, encoding="utf-8")
    assert run("ruleset", "lint", "own") == (0, "1 obligation, 1 rule, no mistakes\n", "")
    assert run("ruleset", "lint", "own.toml") == (0, "1 obligation, 1 rule, no mistakes\n", "")


@pytest.mark.usefixtures("fake")
def test_a_rule_without_an_example_is_named(run: Run, tmp_path: Path) -> None:
    own, _, _ = RULESET.partition("[[rule.example]]")
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    code, out, err = run("ruleset", "lint", "own.toml")
    assert (code, err) == (0, "")
    assert out.endswith("no mistakes\nwithout an example, so that nothing shows what it does: O-1.owner\n")


@pytest.mark.usefixtures("fake")
def test_a_duration_that_may_be_negative_is_told(run: Run) -> None:
    code, out, err = run("ruleset", "lint", str(Path(__file__).parent / "fuzz" / "firm" / "ruleset.toml"))
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == (
        "A-1.fresh: days_between(received, as_of()) is negative, and so short enough, where the days are the wrong way"
        " round; if that is not meant, add: as_of() >= received"
    )


@pytest.mark.usefixtures("fake")
def test_the_mistakes_of_a_ruleset_are_told_at_their_places(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULESET.replace('title = "Own"\n', 'titel = "Own"\n'), encoding="utf-8")
    code, out, err = run("ruleset", "lint", "own.toml")
    assert (code, out) == (2, "")
    assert err.splitlines()[0] == "The ruleset has mistakes."
    assert (
        "own.toml:3:1: unknown key 'titel'\n  3 | titel = \"Own\"\n    | ^^^^^\n  hint: did you mean 'title'?\n" in err
    )


@pytest.mark.usefixtures("fake")
def test_examples_that_fail_are_told(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(RULESET, encoding="utf-8")
    assert run("ruleset", "test", "own.toml") == (0, "1 example, none failed\n", "")
    assert run("ruleset", "test", "own.toml", "--select", "O-1") == (0, "1 example, none failed\n", "")
    own.write_text(RULESET + WRONG_EXAMPLE, encoding="utf-8")
    code, out, err = run("ruleset", "test", "own.toml")
    assert (code, err) == (1, "")
    assert out.startswith("FAILED O-1.owner example 2 (Nobody): expected pass, got fail: ")
    assert out.endswith("\n2 examples, 1 failed\n")


@pytest.mark.usefixtures("fake")
def test_no_example_is_no_success(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULESET.partition("[[rule.example]]")[0], encoding="utf-8")
    code, out, err = run("ruleset", "test", "own.toml")
    assert (code, out) == (2, "")
    assert err.startswith("No example was run.\n")


@pytest.mark.usefixtures("fake")
def test_a_misspelt_selection_of_examples_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULESET, encoding="utf-8")
    assert run("ruleset", "test", "own.toml", "--select", "O-1.ownr") == (
        2,
        "",
        (
            "No example was run.\n--select: there is no rule or obligation 'O-1.ownr'\n"
            "  hint: did you mean 'O-1.owner'?\n"
        ),
    )


def test_changes_that_the_examples_do_not_notice_are_told_word_for_word(run: Run) -> None:
    good = str(Path(__file__).parent / "rulesets" / "good")
    must = "must: working_days(received, answered) <= param('days')"
    assert run("ruleset", "mutate", good) == (
        1,
        (
            f"SURVIVED A-1.in-time: where dropped\n"
            f"SURVIVED A-1.in-time: {must} becomes working_days(received, answered) < param('days')\n"
            "SURVIVED A-1.in-time: must: param('days') moved down in working_days(received, answered) <= param('days')\n"
            "SURVIVED A-1.in-time: must: param('days') moved up in working_days(received, answered) <= param('days')\n"
            "SURVIVED A-1.letter: has.where dropped\n"
            "A-1: 6 of 11 changes noticed (54.5 %)\n"
            "in all: 6 of 11 changes noticed (54.5 %); at least 95 % asked for\n"
        ),
        "",
    )
    assert run("ruleset", "mutate", good, "--select", "A-1.letter", "--at-least", "0.75", "--show") == (
        0,
        (
            "SURVIVED A-1.letter: has.where dropped\n"
            "noticed A-1.letter: scope emptied\n"
            "noticed A-1.letter: has.where: not mentions(body, 'sorry')\n"
            "noticed A-1.letter: has becomes lacks\n"
            "A-1: 3 of 4 changes noticed (75.0 %)\n"
            "in all: 3 of 4 changes noticed (75.0 %); at least 75 % asked for\n"
        ),
        "",
    )


def test_a_failing_example_and_a_stale_declaration_are_mistakes_whatever_the_share(run: Run, tmp_path: Path) -> None:
    own = (Path(__file__).parent / "rulesets" / "good" / "firm.toml").read_text(encoding="utf-8")
    declared = "[[rule.equivalent]]\nchange = '{}'\nwhy = 'Made up.'\n"
    changed = own + declared.format("has.where dropped") + declared.format("scope emptied")
    (tmp_path / "own.toml").write_text(changed, encoding="utf-8")
    code, out, _ = run(
        "ruleset", "mutate", str(tmp_path / "own.toml"), "--select", "A-1.letter", "--at-least", "0", "--show"
    )
    assert code == 1
    assert "STALE A-1.letter: declared equivalent, and it is noticed or no change: scope emptied\n" in out
    assert "declared A-1.letter: has.where dropped\n" in out
    assert "A-1: 3 of 3 changes noticed (100.0 %), 1 more declared equivalent\n" in out
    (tmp_path / "own.toml").write_text(own.replace("We apologise", "We do not"), encoding="utf-8")
    code, out, _ = run("ruleset", "mutate", str(tmp_path / "own.toml"), "--select", "A-1.letter", "--at-least", "0")
    assert code == 1
    assert out.startswith("FAILED A-1.letter example 1: it fails without any change; see qmscheck ruleset test\n")


def test_where_no_rule_can_be_changed_none_was(run: Run, tmp_path: Path) -> None:
    own = (Path(__file__).parent / "rulesets" / "good" / "firm.toml").read_text(encoding="utf-8")
    second = own[own.index("[[obligation]]") : own.index("[[rule]]")].replace("A-1", "A-2")
    (tmp_path / "own.toml").write_text(own + second + 'question = "Is it so?"\n', encoding="utf-8")
    code, out, err = run("ruleset", "mutate", str(tmp_path / "own.toml"), "--select", "A-2")
    assert (code, out) == (2, "")
    assert err.startswith("No rule was changed.\nthere is no rule to change\n")


def test_the_schema_of_a_ruleset_file_accepts_a_ruleset_and_refuses_an_unknown_key(run: Run) -> None:
    code, out, err = run("ruleset", "schema")
    assert (code, err) == (0, "")
    Draft202012Validator.check_schema(json.loads(out))
    validator = Draft202012Validator(json.loads(out))
    assert list(validator.iter_errors(tomllib.loads(RULESET))) == []
    found = list(validator.iter_errors(tomllib.loads(RULESET.replace("must =", "most ="))))
    assert [list(error.absolute_path) for error in found] == [["rule", 0]]


@pytest.mark.usefixtures("fake")
def test_plugins_are_listed_with_what_they_bring(run: Run) -> None:
    code, out, err = run("plugins")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"engine   {VERSION}  qmscheck             engines: duckdb",
        f"report   {VERSION}  qmscheck             formats: human, concise, json, html",
        f"persons  {VERSION}  qmscheck             readers: attestations",
        (
            "fake            given by the caller  readers: csv; rulesets: own; formats: word, broken, bytes; "
            "hears of finished audits"
        ),
    ]
    assert run("plugins", "-p", "no:fake") == (
        0,
        (
            f"engine   {VERSION}  qmscheck  engines: duckdb\n"
            f"report   {VERSION}  qmscheck  formats: human, concise, json, html\n"
            f"persons  {VERSION}  qmscheck  readers: attestations\n"
        ),
        "",
    )


# ---------------------------------------------------------------- the terminal


class Terminal(io.StringIO):
    """A stream that says that a person looks at it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "option", "terminal", "colored"),
    [
        ({}, "auto", False, False),
        ({}, "auto", True, True),
        ({"TERM": "dumb"}, "auto", True, False),
        ({"NO_COLOR": "1"}, "auto", True, False),
        ({"NO_COLOR": ""}, "auto", True, True),
        ({"FORCE_COLOR": "1"}, "auto", False, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, "auto", True, False),
        ({"NO_COLOR": "1"}, "always", False, True),
        ({"FORCE_COLOR": "1"}, "never", True, False),
    ],
)
@pytest.mark.usefixtures("fake")
def test_colour_follows_the_option_then_the_environment_then_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    option: Any,
    terminal: bool,
    colored: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Terminal() if terminal else io.StringIO())
    assert render_options(option, 0).color is colored


@pytest.mark.parametrize(
    ("environment", "terminal", "width"),
    [
        ({}, False, 100),
        ({"COLUMNS": "80"}, False, 80),
        ({"COLUMNS": "80"}, True, 80),
        ({"COLUMNS": "20"}, True, 60),
        ({"COLUMNS": "500"}, True, 160),
        ({"COLUMNS": "wide"}, False, 100),
        ({"COLUMNS": "80", "QMSCHECK_WIDTH": "200"}, True, 200),
        ({"QMSCHECK_WIDTH": "3"}, False, 60),
    ],
)
@pytest.mark.usefixtures("fake")
def test_the_width_is_that_of_the_terminal_within_bounds(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    terminal: bool,
    width: int,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Terminal() if terminal else io.StringIO())
    assert render_options("never", 0).width == width


def test_a_width_that_is_no_number_is_refused(run: Run, conduct: Conduct, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QMSCHECK_WIDTH", "wide")
    assert run("audit") == (
        2,
        "",
        "No audit was performed.\nQMSCHECK_WIDTH should be a number of characters, not 'wide'\n",
    )
    assert conduct.planfile is None


def test_progress_is_shown_after_a_while_in_one_line_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    stream = Terminal()
    with Progress(stream, patience=0.01) as progress:
        progress("reading a.csv (1 of 2)")
        while not stream.getvalue():
            time.sleep(0.005)
        progress("reading\x1b evidence/complaints-of-2026.csv (2 of 2)")
    assert stream.getvalue() == ("\r\x1b[Kreading a.csv (1 of 2)\r\x1b[Kreading? evidence/complaints…\r\x1b[K")


@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True), (Terminal(), False)])
def test_progress_is_silent_in_a_pipe_when_quiet_and_when_soon_over(stream: io.StringIO, quiet: bool) -> None:
    with Progress(stream, quiet=quiet, patience=0.01 if quiet or not stream.isatty() else 60) as progress:
        progress("reading")
        time.sleep(0.05)
    assert stream.getvalue() == ""


# ---------------------------------------------------------------- real processes


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Store a record."""
    (tmp_path / "r.json").write_text(write(full_record()), encoding="utf-8")
    return tmp_path


def process(*args: str, cwd: Path, stdout: Any = subprocess.PIPE) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "qmscheck", *args]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QMSCHECK_")}
    return subprocess.Popen(command, cwd=cwd, stdout=stdout, stderr=subprocess.PIPE, env=environment)


def test_a_reader_that_stops_early_is_no_failure(stored: Path) -> None:
    running = process("report", "r.json", "--output-format", "json", cwd=stored)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait() == 0


def test_an_output_that_is_full_is_a_failure(stored: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        running = process("report", "r.json", "--output-format", "json", cwd=stored, stdout=full)
        _, err = running.communicate()
    assert running.returncode == 2
    assert err.decode() == (
        "Not everything that was asked for was written.\nstandard output: cannot be written: No space left on device\n"
    )


@pytest.mark.parametrize("asked", [["--help"], ["audit", "--help"], ["--version"]])
def test_help_that_cannot_be_written_is_a_failure_but_no_defect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: list[str]
) -> None:
    full = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115  (closed below, where it fails once more)
    monkeypatch.setattr(sys, "stdout", full)
    assert main(asked) == 2
    monkeypatch.undo()
    with suppress(OSError):  # it tries once more to write what it holds
        full.close()
    told = capsys.readouterr().err
    assert told == "No audit was performed.\nstandard output: cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    ("closed", "code", "told"),
    [
        (0, 0, ""),
        (2, 0, ""),
        (
            1,
            2,
            "Not everything that was asked for was written.\nstandard output: cannot be written: Bad file descriptor\n",
        ),
    ],
)
def test_a_standard_stream_that_is_closed_is_no_defect(stored: Path, closed: int, code: int, told: str) -> None:
    command = f'exec "$@" {closed}>&-'
    done = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-m", "qmscheck", "report", "r.json"],
        cwd=stored,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, told)
    assert (done.stdout != "") == (closed != 1)


def test_stdout_in_a_pipe_is_utf8_whatever_the_locale(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("LC_ALL", "C")
    out, err = process("report", "r.json", "--output-format", "json", cwd=stored).communicate()
    assert (out, err) == (write(full_record()).encode(), b"")


def test_a_whole_audit_from_plan_to_record(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULESET, encoding="utf-8")
    (tmp_path / "c.csv").write_text("complaint_id,owner\nC1,Ann\nC2,\n", encoding="utf-8")
    running = process(
        *("audit", "--ruleset", "own.toml", "--source", "complaints=c.csv", "--as-of", "2026-11-20"),
        *("--fail-on", "minor", "--output-format", "concise", "-o", "json:r.json"),
        cwd=tmp_path,
    )
    out, err = running.communicate()
    assert err == b""
    assert running.returncode == 1
    assert out.decode().startswith("c.csv:3: O-1.owner [minor] 1 of 2 complaints have no owner.\n")
    assert json.loads((tmp_path / "r.json").read_bytes())["gate"]["result"] == "NOT READY"


def test_a_report_may_go_to_a_device(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(write(ready_record()), encoding="utf-8")
    running = process("report", "r.json", "--output-file", "/dev/stdout", "--output-format", "json", cwd=tmp_path)
    out, err = running.communicate()
    assert (running.returncode, out.decode(), err) == (0, write(ready_record()), b"")


# ---------------------------------------------------------------- what is rare


@pytest.mark.parametrize(("word", "found"), [("au", ["audit"]), ("re", ["report"]), ("nope ", list(COMMANDS))])
def test_commands_are_completed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str, found: list[str]
) -> None:
    monkeypatch.setenv("_QMSCHECK_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"qmscheck {word}")
    monkeypatch.setenv("COMP_CWORD", "2" if word.endswith(" ") else "1")
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 0
    assert [line.rpartition(",")[2] for line in capsys.readouterr().out.splitlines()] == found


def test_the_program_loads_no_plugins_of_pydantic(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text("import sys\nprint('loaded', file=sys.stderr)\nplugin = object()\n", "utf-8")
    (tmp_path / "odd-1.0.dist-info").mkdir()
    (tmp_path / "odd-1.0.dist-info" / "METADATA").write_text("Name: odd\nVersion: 1.0\n", "utf-8")
    (tmp_path / "odd-1.0.dist-info" / "entry_points.txt").write_text("[pydantic]\nodd = odd:plugin\n", "utf-8")
    environment = {name: text for name, text in os.environ.items() if name != "PYDANTIC_DISABLE_PLUGINS"}
    environment["PYTHONPATH"] = str(tmp_path)
    command = [sys.executable, "-m", "qmscheck", "report", str(tmp_path / "none.json")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "loaded" in done.stderr) == (2, False)


def test_a_closed_stderr_still_leaves_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(32, f"nobody reads {text}")

    monkeypatch.setattr(sys, "stderr", Closed())
    assert main(["audti"]) == 2


def test_a_terminal_that_knows_fewer_signs_gets_what_it_can_show(
    run: Run, conduct: Conduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Old(Terminal):
        encoding = "ascii"

    assert conduct.planfile is None
    screen = Old()
    monkeypatch.setattr(sys, "stdout", screen)
    assert run("audit", "--output-format", "word")[0] == 0
    assert screen.getvalue() == "READY ? ?\n"


@pytest.mark.usefixtures("conduct")
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (QmscheckError(Problem("logo.png", 0, 0, "cannot be read")), "logo.png: cannot be read\n"),
        (KeyError("x"), "This is a defect in qmscheck: KeyError: 'x' ("),
    ],
)
def test_a_built_in_format_that_fails_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    from qmscheck.report import concise

    def fail(record: AuditRecord, options: RenderOptions) -> str:
        del record, options
        raise error

    monkeypatch.setattr(concise, "render", fail)
    code, out, err = run("audit", "--output-format", "concise")
    assert (code, out) == (2, "")
    assert err.startswith(f"No audit was performed.\n{told}")


def test_the_help_of_a_command_shows_its_examples_on_lines_of_their_own(run: Run) -> None:
    _, shown, _ = run("audit", "--help")

    assert "\n  qmscheck audit\n" in shown
    assert "\n  qmscheck audit examples/acme --fail-on minor -o html:report.html -o json:record.json\n" in shown


def test_without_a_plan_no_table_is_made_up_from_the_name_of_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "SCMS_Delivery-2026.csv").write_text("a,b\n1,2\n", "utf-8")

    _, _, shown = run("audit", str(tmp_path))

    assert f"--source TABLE={tmp_path.as_posix()}/SCMS_Delivery-2026.csv" in shown
