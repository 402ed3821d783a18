"""A process that is waited for too long, or that is stuck without room, is told; one that works or ends is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from qmscheck.apart import watching
from qmscheck.apart.watching import ended_by

MIB = 1 << 20
STUCK = "import time; print(flush=True); time.sleep(600)"
#: Leaves its processor to the system, as the interpreter does that asks for memory in vain without end.
ASKING = """
import os
zeros, room = os.open("/dev/zero", os.O_RDONLY), [bytearray(1 << 20)]
print(flush=True)
while True:
    os.readv(zeros, room)
"""
WORKING = "print(flush=True)\nwhile True: pass"
#: The one that leads the group waits; the one that it started works.
WAITING = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {WORKING!r}])
"""


@contextmanager
def running(code: str) -> Iterator[int]:
    """Run code in a process of its own group, from its first line on; give its number."""
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, process_group=0)
    assert child.stdout is not None
    try:
        child.stdout.readline()
        yield child.pid
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()


def over_after(seconds: float) -> threading.Event:
    """Give an event that is set later."""
    over = threading.Event()
    timer = threading.Timer(seconds, over.set)
    timer.daemon = True
    timer.start()
    return over


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="what a process uses is read from /proc")


@needs_proc
@pytest.mark.parametrize("code", [STUCK, ASKING], ids=["waits", "only asks the system"])
def test_a_process_that_does_nothing_without_room_lacks_memory(code: str) -> None:
    with running(code) as process:
        assert ended_by(process, 600, 1 * MIB, threading.Event(), patience=0.2) == "memory"


@needs_proc
@pytest.mark.parametrize("code", [WORKING, WAITING], ids=["itself", "one of its own"])
def test_a_process_that_works_without_room_is_left_alone(code: str) -> None:
    with running(code) as process:
        assert ended_by(process, 600, 1 * MIB, over_after(2), patience=0.5) is None


def test_a_process_that_waits_with_room_is_left_alone() -> None:
    with running(STUCK) as process:
        assert ended_by(process, 600, 1 << 40, over_after(0.5), patience=0.1) is None


def test_the_time_is_kept_whatever_the_process_does() -> None:
    with running(WORKING) as process:
        assert ended_by(process, 0.1, 1 << 40, threading.Event(), patience=60) == "time"


def test_who_is_ready_is_not_waited_for() -> None:
    over = threading.Event()
    over.set()
    began = time.monotonic()
    assert ended_by(1, 600, 1 << 40, over) is None
    assert time.monotonic() - began < 600


def test_a_process_that_is_gone_uses_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert not watching._is_full(child.pid, 0)
    assert watching._spent(child.pid) == (0, 0)
