"""Criteria that did not come with the product are judged in a process that can be ended: it never takes this one down."""

from __future__ import annotations

import datetime as dt
import errno
import io
import pickle
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from folders import HEADER

from qmscheck import apart, plan, plugins, record
from qmscheck.apart import Bounds, child
from qmscheck.audit import conduct
from qmscheck.cli import main
from qmscheck.errors import QmscheckError
from qmscheck.plan import Overrides, PlanFile
from qmscheck.plugins import Origin, Plugins

TABLE = '[table.notes]\npurpose = "Notes"\nkey = "id"\ncolumns = { id = { type = "text" }, note = { type = "text" } }\n'
RULE = (
    '[[rule]]\nid = "T.1"\nobligation = "T"\ntitle = "A rule"\nstatement = "{unmet} of {population}."\neach = "notes"\n'
)
FINE = "must = \"note <> 'x'\"\n"
TODAY = dt.date(2026, 11, 20)
#: RE2 keeps 600 states at each letter of a text that leaves it in doubt to its end: one call of a function lasts minutes.
SLOW = r'must = "not matches(note, ' + r"'(a|b)*a(a|b){450}(a|b){450}c'" + ')"\n'
#: Each of the 60 texts becomes 150 times as long, and they are made together.
LARGE = 'must = "' + " || ".join(["note"] * 140) + " <> 'x'\"\n"


@pytest.fixture(scope="module")
def found() -> Plugins:
    return plugins.load()


@pytest.fixture(autouse=True)
def spacious(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the tests of this file isolate, and see what is left behind."""
    monkeypatch.delenv("QMSCHECK_ISOLATION")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)


def planned(folder: Path, found: Plugins, rule: str = FINE, letters: int = 3, more: str = "") -> PlanFile:
    """Write a folder with one foreign rule and its evidence; give its plan."""
    folder.mkdir()
    (folder / "theirs.toml").write_text(HEADER + TABLE + RULE + rule, "utf-8")
    text = "".join(random.Random(1).choices("ab", k=letters))
    (folder / "notes.csv").write_text("id,note\n" + "".join(f"N{i},{text}\n" for i in range(60)), "utf-8")
    (folder / "qmscheck.toml").write_text(
        f'[audit]\norganization = "O"\nscope = "S"\nrulesets = ["theirs.toml"]\nas_of = 2026-11-20\n{more}\n'
        '[[source]]\ntable = "notes"\npath = "notes.csv"\n',
        "utf-8",
    )
    return plan.read(folder, found.readers, Overrides(TODAY), found.rulesets)


def refused(planfile: PlanFile, found: Plugins, bounds: Bounds) -> str:
    """Give what is told of an audit that came to no end; nothing of it is left."""
    with pytest.raises(QmscheckError) as error:
        apart.conduct(planfile, found, bounds, threads=2)
    (problem,) = error.value.problems
    assert problem.path.endswith("qmscheck.toml")
    assert (problem.line, problem.frame) == (4, 'rulesets = ["theirs.toml"]')
    assert problem.hint is not None
    assert list(Path(tempfile.gettempdir()).iterdir()) == []
    return problem.message


# ---------------------------------------------------------------- what is judged apart


def test_a_ruleset_at_a_path_is_foreign_until_the_plan_trusts_it(tmp_path: Path, found: Plugins) -> None:
    planfile = planned(tmp_path / "firm", found)
    assert apart.foreign(planfile.plan, found) == (0,)
    assert apart.is_apart(planfile.plan, found)
    assert not apart.is_apart(planfile.plan, found, "never")
    trusting = planned(tmp_path / "other", found, more='trusted = ["theirs.toml"]')
    assert not apart.is_apart(trusting.plan, found)
    assert apart.is_apart(trusting.plan, found, "always")


def test_a_ruleset_that_came_with_the_product_is_not_foreign_and_one_of_another_plugin_is(
    tmp_path: Path, found: Plugins
) -> None:
    plain = planned(tmp_path / "firm", found).plan.model_copy(update={"rulesets": ("iso9001",)})
    assert not apart.is_apart(plain, found)
    origins = {**found.origins, ("ruleset", "iso9001"): Origin("other", "qmscheck-other", "1")}
    assert apart.foreign(plain, replace(found, origins=origins)) == (0,)


def test_whoever_trusts_a_ruleset_names_one_of_the_plan(tmp_path: Path, found: Plugins) -> None:
    with pytest.raises(QmscheckError, match=r"qmscheck\.toml:6:12: 'their\.toml' is no ruleset of this plan"):
        planned(tmp_path / "firm", found, more='trusted = ["their.toml"]')


def test_the_environment_may_say_where_audits_are_conducted(
    tmp_path: Path, found: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    planfile = planned(tmp_path / "firm", found)
    monkeypatch.setenv("QMSCHECK_ISOLATION", "never")
    assert not apart.is_apart(planfile.plan, found)
    assert apart.is_apart(planfile.plan, found, "auto")


# ---------------------------------------------------------------- the same record


def test_the_record_is_the_same_byte_for_byte_and_each_step_is_told(tmp_path: Path, found: Plugins) -> None:
    planfile = planned(tmp_path / "firm", found)
    here, there = [], []
    own = conduct(planfile, found, threads=1, progress=here.append)
    other = apart.conduct(planfile, found, Bounds(), threads=1, progress=there.append)
    assert record.write(other) == record.write(own)
    assert there == here
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def test_a_mistake_is_told_at_the_same_place(tmp_path: Path, found: Plugins) -> None:
    planfile = planned(tmp_path / "firm", found, "must = \"getenv('HOME') = note\"\n")
    told = []
    for audit in (conduct, lambda p, f: apart.conduct(p, f, Bounds())):
        with pytest.raises(QmscheckError) as error:
            audit(planfile, found)
        told.append(error.value.problems)
    assert told[0] == told[1]
    assert told[0][0].path.endswith("theirs.toml")


def test_the_command_judges_a_foreign_ruleset_apart(
    tmp_path: Path, found: Plugins, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(tmp_path / "firm", found)
    asked = []
    own = apart.conduct
    monkeypatch.setattr(apart, "conduct", lambda *given, **more: asked.append(given) or own(*given, **more))
    words = ["audit", str(tmp_path / "firm"), "--output-format", "json", "--no-cache"]
    assert main(words) == 0
    first = capsys.readouterr().out
    assert main([*words, "--isolation", "never"]) == 0
    assert capsys.readouterr().out == first
    assert len(asked) == 1


# ---------------------------------------------------------------- what would take this process down


def test_one_call_that_does_not_hear_an_interruption_is_killed_at_its_time(tmp_path: Path, found: Plugins) -> None:
    planfile = planned(tmp_path / "firm", found, SLOW, 20_000)
    told = refused(planfile, found, Bounds(seconds=3))
    assert told.startswith("the audit with this ruleset was stopped after 3 seconds; the last step was: ")


def test_a_bomb_of_memory_ends_the_other_process_alone(
    tmp_path: Path, found: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_LEAST", 1 << 30)
    monkeypatch.setattr(apart, "_of_machine", lambda: 0)
    told = refused(planned(tmp_path / "firm", found, LARGE, 100_000), found, Bounds())
    assert "1024 MiB of address space" in told
    assert planned(tmp_path / "fine", found)  # and this process goes on


def test_a_process_that_breaks_down_is_told_with_its_end(
    tmp_path: Path, found: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_LEAST", 64 << 20)  # too little to load the engine
    monkeypatch.setattr(apart, "_of_machine", lambda: 0)
    told = refused(planned(tmp_path / "firm", found), found, Bounds())
    assert "64 MiB of address space" in told


@pytest.mark.parametrize(
    ("error", "lacks"),
    [
        (MemoryError(), True),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), True),
        (ImportError("libx.so: failed to map segment from shared object"), True),
        (RuntimeError("can't start new thread"), True),
        (OSError(errno.ENOENT, "No such file"), False),
        (ValueError("a defect"), False),
    ],
)
def test_what_lacks_memory_is_told_apart_from_a_defect(error: Exception, lacks: bool) -> None:
    assert child._lacks_memory(error) is lacks


def test_no_report_is_half_written_where_an_audit_was_stopped(
    tmp_path: Path, found: Plugins, capsys: pytest.CaptureFixture[str]
) -> None:
    planned(tmp_path / "firm", found, SLOW, 20_000)
    (tmp_path / "record.json").write_text("of the audit before", "utf-8")
    words = [
        "audit",
        str(tmp_path / "firm"),
        "-o",
        f"json:{tmp_path / 'record.json'}",
        "-o",
        f"html:{tmp_path / 'r.html'}",
    ]
    assert main([*words, "--timeout", "3"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("No audit was performed.\n")
    assert "qmscheck.toml:4:13: the audit with this ruleset was stopped after 3 seconds" in err
    assert (tmp_path / "record.json").read_text("utf-8") == "of the audit before"
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize(
    "told", [b"", b"no JSON\n", b"{\n", b'{"record": 10}\n{}', b'{"record": "x"}\n', b"[1]\n", b"x" * 2_000_000]
)
def test_what_is_no_answer_is_none(told: bytes) -> None:
    assert [one for one in apart._told(io.BytesIO(told)) if one] == []


def test_nobody_who_waits_ends_the_other_process(tmp_path: Path, found: Plugins) -> None:
    planfile = planned(tmp_path / "firm", found, SLOW, 20_000)
    program = (
        "import pickle, sys\nfrom pathlib import Path\nfrom qmscheck import apart\n"
        "import threading, os\nthreading.Timer(2, lambda: os._exit(7)).start()\n"
        "from qmscheck import plugins\nplanfile = pickle.load(sys.stdin.buffer)\n"
        "own = apart.subprocess.Popen\n"
        "def started(*given, **more):\n    child = own(*given, **more)\n    print(child.pid, flush=True)\n    return child\n"
        "apart.subprocess.Popen = started\napart.conduct(planfile, plugins.load(), apart.Bounds())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(planfile), capture_output=True, check=False
    )
    assert done.returncode == 7, done.stderr
    assert ended(int(done.stdout))


def ended(process: int) -> bool:
    """Tell whether a process is gone, or is at least no more than its name in a table; waits for it."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
