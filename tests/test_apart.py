"""Criteria that did not come with the product are judged in a process that can be ended: it never takes this one down."""

from __future__ import annotations

import datetime as dt
import errno
import io
import pickle
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from foreign import FINE, LARGE, SLOW, ended, firm

from qmscheck import apart, plan, plugins, record
from qmscheck.apart import Bounds, child
from qmscheck.apart.works import Audit, Hears
from qmscheck.audit import conduct
from qmscheck.cli import main
from qmscheck.errors import QmscheckError
from qmscheck.plan import Overrides, PlanFile
from qmscheck.plugins import Origin, Plugins

pytestmark = pytest.mark.usefixtures("spacious")

TODAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def found() -> Plugins:
    return plugins.load()


def planned(folder: Path, found: Plugins, rule: str = FINE, letters: int = 3, more: str = "") -> PlanFile:
    """Write a folder with one foreign rule and its evidence; give its plan."""
    firm(folder, rule, letters, more)
    return plan.read(folder, found.readers, Overrides(TODAY), found.rulesets)


def refused(planfile: PlanFile, found: Plugins, bounds: Bounds) -> str:
    """Give what is told of an audit that came to no end; nothing of it is left."""
    with pytest.raises(QmscheckError) as error:
        apart.perform(Audit(planfile, threads=2), found, bounds, Hears())
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
    other = apart.perform(Audit(planfile, threads=1), found, Bounds(), Hears(there.append))
    assert record.write(other) == record.write(own)
    assert there == here
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def test_what_waits_is_counted_in_the_limit_of_memory(
    tmp_path: Path, found: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[apart.Request] = []
    planfile = planned(tmp_path / "firm", found)
    monkeypatch.setattr(apart, "resident", lambda: 40 << 20)
    monkeypatch.setattr(apart, "_exchange", lambda _child, request, *_: asked.append(request) or {})
    for memory in (1 << 30, 256 << 20, 64 << 20, None):
        with pytest.raises(QmscheckError):
            apart.perform(Audit(planfile), found, Bounds(memory=memory), Hears())
    assert [r.memory for r in asked] == [984 << 20, 216 << 20, 32 << 20, None]
    assert [r.space for r in asked[:2]] == [4 << 30, (2 << 30) + (512 << 20)]


def test_a_mistake_is_told_at_the_same_place(tmp_path: Path, found: Plugins) -> None:
    planfile = planned(tmp_path / "firm", found, "must = \"getenv('HOME') = note\"\n")
    told = []
    for audit in (conduct, lambda p, f: apart.perform(Audit(p), f, Bounds(), Hears())):
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
    own = apart.perform
    monkeypatch.setattr(apart, "perform", lambda *given, **more: asked.append(given) or own(*given, **more))
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
        (SystemError("error return without exception set"), True),
        (RuntimeError("Out of Memory Error: Allocation failure"), True),
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
    "told", [b"", b"no JSON\n", b"{\n", b'{"answer": 10}\n{}', b'{"answer": "x"}\n', b"[1]\n", b"x" * 2_000_000]
)
def test_what_is_no_answer_is_none(told: bytes) -> None:
    assert [one for one in apart._told(io.BytesIO(told)) if one] == []


def test_nobody_who_waits_ends_the_other_process(tmp_path: Path, found: Plugins) -> None:
    planfile = planned(tmp_path / "firm", found, SLOW, 20_000)
    program = (
        "import pickle, subprocess, sys\nfrom pathlib import Path\nfrom qmscheck import apart\nfrom qmscheck.apart.works import Audit, Hears\n"
        "import threading, os\nthreading.Timer(2, lambda: os._exit(7)).start()\n"
        "from qmscheck import plugins\nplanfile = pickle.load(sys.stdin.buffer)\n"
        "own = subprocess.Popen\n"
        "def started(*given, **more):\n    child = own(*given, **more)\n    print(child.pid, flush=True)\n    return child\n"
        "subprocess.Popen = started\napart.perform(Audit(planfile), plugins.load(), apart.Bounds(), Hears())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(planfile), capture_output=True, check=False
    )
    assert done.returncode == 7, done.stderr
    assert ended(int(done.stdout))
