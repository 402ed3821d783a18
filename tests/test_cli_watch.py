"""What stops an audit before its end: its time limit, Ctrl-C, the system; and what is left behind: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from qmscheck.cli.watch import Watch
from qmscheck.engine import EngineError
from qmscheck.engine.embedded import Embedded
from qmscheck.errors import Stopped, told_time
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

LONG = 60


@statement
def endless() -> exp.Expr:
    """Write a statement that takes days."""
    number = exp.func("range", exp.Literal.number(10**8))
    every = [exp.Table(this=number.copy(), alias=exp.TableAlias(this=exp.to_identifier(a))) for a in "ab"]
    found = exp.select(exp.Count(this=exp.Star())).from_(every[0]).join(every[1], join_type="cross")
    return found.where(exp.GT(this=exp.func("hash", exp.column("range", table="a")), expression=exp.Literal.number(9)))


def work(seconds: float = LONG) -> None:
    """Work in small steps."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.01)


def test_what_is_over_in_time_is_left_alone_and_its_folder_is_gone() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with Watch(lambda: "working", LONG) as watch:
        assert watch.scratch.is_dir()
        (watch.scratch / "spill").mkdir()
    assert not watch.scratch.exists()
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    assert not any(thread.name == "watch" for thread in threading.enumerate())


def watched(body: Callable[[Watch], None], seconds: float | None = None, doing: str = "working") -> None:
    """Do something under a watch."""
    with Watch(lambda: doing, seconds) as watch:
        body(watch)


def killed(number: int) -> Callable[[Watch], None]:
    """Work, and be sent a signal at once."""

    def body(_watch: Watch) -> None:
        os.kill(os.getpid(), number)
        work()

    return body


def test_the_time_limit_stops_the_work_and_says_what_was_done() -> None:
    folders: list[Path] = []

    def body(watch: Watch) -> None:
        folders.append(watch.scratch)
        work()

    with pytest.raises(Stopped) as caught:
        watched(body, 0.1, "reading a.csv")
    assert caught.value.told == "It was stopped after 0.1 seconds, its time limit, while reading a.csv."
    assert (caught.value.code, caught.value.hint) == (2, "give it more time (--timeout), or less to do (--select)")
    assert not folders[0].exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_of_the_system_stops_the_work(number: int) -> None:
    before = signal.signal(number, signal.SIG_DFL)  # who started the tests may ignore it (nohup)
    try:
        with pytest.raises(Stopped) as caught:
            watched(killed(number))
    finally:
        signal.signal(number, before)
    assert (caught.value.told, caught.value.code) == (f"it was ended ({signal.Signals(number).name})", 128 + number)


def test_a_person_at_the_keyboard_stops_the_work() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            watched(killed(signal.SIGINT))
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Watch(lambda: "working"):
            os.kill(os.getpid(), signal.SIGHUP)
            work(0.05)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_statement_of_the_engine_is_interrupted(tmp_path: Path, threads: int) -> None:
    engine = Embedded(tmp_path, threads)

    def body(watch: Watch) -> None:
        watch.on_stop(engine.interrupt)
        engine.rows(endless())

    try:
        with pytest.raises(Stopped):
            watched(body, 0.2)
        with pytest.raises(EngineError, match="it was interrupted"):
            engine.rows(endless())
    finally:
        engine.close()


def test_a_statement_that_another_thread_asks_is_interrupted(tmp_path: Path) -> None:
    engine = Embedded(tmp_path, 1)
    told: list[str] = []
    done = threading.Event()

    def ask() -> None:
        try:
            engine.rows(endless())
        except EngineError as error:
            told.append(str(error))
        done.set()

    def body(watch: Watch) -> None:
        watch.on_stop(engine.interrupt)
        threading.Thread(target=ask).start()
        work()

    try:
        with pytest.raises(Stopped):
            watched(body, 0.2)
        assert done.wait(LONG)
        assert told == ["INTERRUPT Error: Interrupted!"]
    finally:
        engine.close()


def test_what_begins_to_hurry_late_is_told_at_once() -> None:
    told: list[str] = []

    def body(watch: Watch) -> None:
        try:
            work()
        finally:
            watch.on_stop(lambda: told.append("late"))

    with pytest.raises(Stopped):
        watched(body, 0.05)
    assert told[0] == "late"


def test_what_fails_on_its_way_out_was_stopped() -> None:
    def body(_watch: Watch) -> None:
        try:
            work()
        except Stopped:
            raise RuntimeError("a statement was interrupted") from None

    with pytest.raises(Stopped):
        watched(body, 0.05)


@pytest.mark.parametrize("seconds", [None, 0.1])
def test_what_is_told_where_nothing_can_be_raised_is_told_again(
    seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: others.append(told.exc_value))
    before = sys.unraisablehook

    class Gone:
        """An object whose end takes a while, in which an exception is printed and forgotten."""

        def __del__(self) -> None:
            if seconds is None:
                os.kill(os.getpid(), signal.SIGTERM)
            work(0.3)

    class Broken:
        """An object whose end fails by itself."""

        def __del__(self) -> None:
            raise ValueError("its own")

    def body(_watch: Watch) -> None:
        Broken()
        Gone()
        work()

    began = time.monotonic()
    with pytest.raises(Stopped):
        watched(body, seconds)
    assert time.monotonic() - began < LONG / 2
    assert [str(one) for one in others] == ["its own"]
    assert sys.unraisablehook is before


def test_a_watch_in_another_thread_hears_no_signal_but_tells_the_engine_of_the_time() -> None:
    told = threading.Event()
    caught: list[BaseException] = []

    def ask() -> None:
        try:
            with Watch(lambda: "working", 0.05) as watch:
                watch.on_stop(told.set)
                told.wait(LONG)
        except Stopped as stopped:
            caught.append(stopped)

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()
    assert [type(one) for one in caught] == [Stopped]


def test_a_signal_while_the_watch_begins_leaves_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = tmp_path / "made"

    def make(prefix: str) -> str:
        made.mkdir()
        os.kill(os.getpid(), signal.SIGTERM)
        return str(made) if prefix else ""

    monkeypatch.setattr("qmscheck.cli.watch.tempfile.mkdtemp", make)
    with pytest.raises(Stopped), Watch(lambda: "working"):
        pytest.fail("it began all the same")
    assert not made.exists()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1, "1 second"), (90, "90 seconds"), (0.5, "0.5 seconds"), (60, "1 minute"), (7200, "2 hours")],
)
def test_a_time_is_told_as_a_person_says_it(seconds: float, told: str) -> None:
    assert told_time(seconds) == told


# ---------------------------------------------------------------- what does not come back


STUCK = """
import subprocess, sys, time
from pathlib import Path
from qmscheck.cli.watch import Watch

sys.argv = ["qmscheck", "audit"]
with Watch(lambda: "reading", {limit}, grace={grace}) as watch:
    child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"])
    Path({told!r}).write_text(f"{{watch.scratch}}\\n{{child.pid}}")
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
"""


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def stuck(told: Path, *, limit: float | None, grace: float) -> subprocess.Popen[bytes]:
    script = dedent(STUCK.format(limit=limit, grace=grace, told=str(told)))
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def until(told: Path) -> tuple[Path, int]:
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if told.exists() and "\n" in (text := told.read_text("utf-8")):
            scratch, child = text.split("\n")
            return Path(scratch), int(child)
        time.sleep(0.02)
    raise AssertionError("it did not begin")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not list processes")
def test_what_does_not_come_back_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    told = tmp_path / "told"
    running = stuck(told, limit=1, grace=0.1)
    scratch, child = until(told)
    out, err = running.communicate(timeout=LONG)
    assert (running.returncode, out) == (2, b"")
    assert err.startswith(b"No audit was performed.\nIt was stopped after 1 second, its time limit, while reading.\n")
    assert not scratch.exists()
    assert not is_running(child)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not list processes")
def test_whoever_insists_does_not_wait(tmp_path: Path) -> None:
    told = tmp_path / "told"
    running = stuck(told, limit=None, grace=LONG)
    scratch, child = until(told)
    running.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert running.poll() is None
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=LONG)
    assert (running.returncode, out, err) == (143, b"", b"No audit was performed: it was ended (SIGTERM).\n")
    assert not scratch.exists()
    assert not is_running(child)
