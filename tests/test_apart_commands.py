"""Whatever evaluates criteria from elsewhere does it in a process that can be ended: not only an audit."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from foreign import FINE, SLOW, ended, firm

from qmscheck import apart, plan, plugins
from qmscheck.apart import Bounds
from qmscheck.apart.pieces import Changes, Drawing, Examples, Look
from qmscheck.apart.works import Hears, Work
from qmscheck.cli import main
from qmscheck.engine import Means
from qmscheck.errors import QmscheckError
from qmscheck.persons.samples import Asked
from qmscheck.plan import Overrides, PlanFile
from qmscheck.plugins import Plugins

pytestmark = pytest.mark.usefixtures("spacious")

TODAY = dt.date(2026, 11, 20)
#: What is judged of a record only if it is in scope; a draw asks no more than that.
SCOPE = "where" + SLOW.removeprefix("must") + FINE
#: The commands, what they say where nothing came of them, and what they call their work.
COMMANDS = {
    "test": (("ruleset", "test", "theirs.toml"), "No example was run.", "test of examples"),
    "mutate": (("ruleset", "mutate", "theirs.toml"), "No rule was changed.", "test of changes"),
    "sample": (("sample", "T.1", "-o", "draw.toml"), "No sample was drawn.", "draw"),
    "evidence": (("evidence",), "No evidence was looked at.", "look at the evidence"),
    "explain": (("explain", "T.1"), "Nothing was explained.", "audit"),
    "interview": (("interview", "-o", "form.toml"), "No question was asked.", "audit"),
    "decisions": (
        ("decisions", "add", "risk", "T.1", "--by", "A", "--role", "B", "--why", "C"),
        "No decision was added.",
        "audit",
    ),
}


@pytest.fixture(scope="module")
def found() -> Plugins:
    return plugins.load()


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a folder with a foreign ruleset."""
    folder = firm(tmp_path / "firm")
    monkeypatch.chdir(folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def scratch() -> list[Path]:
    return list(Path(tempfile.gettempdir()).iterdir())


# ---------------------------------------------------------------- the same, apart


WORKS: dict[str, Callable[[PlanFile], Work[object]]] = {
    "test": lambda p: Examples((("theirs.toml", Path(p.plan.root) / "theirs.toml"),), ()),
    "mutate": lambda p: Changes((("theirs.toml", Path(p.plan.root) / "theirs.toml"),), ("T",)),
    "sample": lambda p: Drawing(p, Asked("T.1", p.plan.as_of, by=("note",), rate=0.1, given=("rate",)), 1),
    "evidence": Look,
}


@pytest.mark.parametrize("name", WORKS)
def test_what_is_found_and_told_is_the_same_as_here(name: str, there: Path, found: Plugins) -> None:
    work = WORKS[name](plan.read(there, found.readers, Overrides(TODAY), found.rulesets))
    here: list[str] = []
    apart_: list[str] = []
    own = work.here(found, Hears(here.append), Means())
    assert apart.perform(work, found, Bounds(), Hears(apart_.append)) == own
    assert apart_ == here
    assert here
    assert scratch() == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_evaluates_a_foreign_ruleset_does_it_apart(
    name: str, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def perform(work: Work[object], *_given: object) -> object:
        asked.append(work.noun)
        raise KeyboardInterrupt

    monkeypatch.setattr(apart, "perform", perform)
    words, _, noun = COMMANDS[name]
    assert main(words) == 130
    assert asked == [noun]
    assert main([*words, "--isolation", "never"]) in {0, 2}
    assert asked == [noun]
    assert there.exists()


@pytest.mark.unmeasured
def test_what_came_with_the_product_is_tested_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "perform", None)
    assert main(["ruleset", "test", "iso9001", "--select", "CF-8.2.1-c2"]) == 0


def test_a_misspelt_name_is_refused_apart_as_here(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for isolation in ("always", "never"):
        assert main(["ruleset", "test", "theirs.toml", "--select", "T.2", "--isolation", isolation]) == 2
        told.append(capsys.readouterr().err)
    assert told[0] == told[1]
    assert told[0].startswith("No example was run.\n--select: there is no rule or obligation 'T.2'\n")
    assert there.exists()


# ---------------------------------------------------------------- what would take this process down


@pytest.mark.parametrize("name", COMMANDS)
def test_work_that_takes_too_long_is_stopped_and_leaves_nothing(
    name: str, there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, nothing, noun = COMMANDS[name]
    before = files(there)
    assert main([*words, "--timeout", "0.05"]) == 2
    out, err = capsys.readouterr()
    place = "theirs.toml" if words[0] == "ruleset" else "qmscheck.toml:4:13"
    assert out == ""
    assert err.startswith(f"{nothing}\n{place}: the {noun} with this ruleset was stopped after 0.05 seconds; ")
    assert "hint: " in err
    assert files(there) == before
    assert scratch() == []


@pytest.mark.parametrize("name", ["test", "mutate", "sample", "evidence"])
def test_work_that_has_no_memory_ends_the_other_process_alone(
    name: str, there: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_LEAST", 64 << 20)  # too little to load the engine
    monkeypatch.setattr(apart, "_of_machine", lambda: 0)
    words, nothing, noun = COMMANDS[name]
    before = files(there)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{nothing}\n")
    assert f"the {noun} with this ruleset " in err
    assert "64 MiB of address space" in err
    assert files(there) == before
    assert scratch() == []


@pytest.mark.parametrize(("name", "rule"), [("test", SLOW), ("sample", SCOPE)])
def test_one_call_that_does_not_hear_an_interruption_is_killed_at_its_time(
    name: str, rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = firm(tmp_path / "firm", rule, 20_000, given=60)
    monkeypatch.chdir(folder)
    before = files(folder)
    assert main([*COMMANDS[name][0], "--timeout", "4"]) == 2
    assert "was stopped after 4 seconds; the last step was: " in capsys.readouterr().err
    assert files(folder) == before
    assert scratch() == []


@pytest.mark.parametrize(("name", "rule"), [("test", SLOW), ("sample", SCOPE)])
def test_whoever_interrupts_it_at_the_keyboard_ends_both(name: str, rule: str, tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", rule, 20_000, given=60)
    before = files(folder)
    program = (
        "import signal\nimport sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts the tests\n"
        "from qmscheck import apart\nown = apart._exchange\n"
        "def exchange(child, *given):\n    print(child.pid, flush=True)\n    return own(child, *given)\n"
        "apart._exchange = exchange\nfrom qmscheck.cli import main\nsys.exit(main(sys.argv[1:]))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, *COMMANDS[name][0]],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        child = int(running.stdout.readline())
        time.sleep(1)
        os.kill(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert out == ""
    assert err.lstrip() == f"{COMMANDS[name][1].removesuffix('.')}: it was interrupted.\n"
    assert ended(child)
    assert files(folder) == before
    assert scratch() == []


@pytest.mark.unmeasured  # stopped while coverage holds its lock, the process would wait for it for ever
def test_work_in_the_own_process_is_stopped_at_its_time_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ruleset", "mutate", "iso9001", "--timeout", "0.3", "--isolation", "never"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("No rule was changed.\nIt was stopped after 0.3 seconds, its time limit, while ")
    assert scratch() == []


# ---------------------------------------------------------------- the limit of whoever names none


def test_whoever_names_no_limit_has_an_hour_and_is_told_so(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Bounds().limit == 3600
    assert Bounds(7200).limit == 7200
    monkeypatch.setattr(apart, "_HOUR", 0.05)
    with pytest.raises(QmscheckError, match=r"was stopped after 0\.05 seconds, its limit where --timeout names none"):
        apart.perform(Examples((("theirs.toml", there / "theirs.toml"),), ()), plugins.load(), Bounds(), Hears())


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"rule": "T.1"}]', "\x00"])
def test_an_answer_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(QmscheckError, match="the answer of the other process: is none: "):
        Examples((), ()).read(text)
