"""The watch over worker processes: who is called off in time lives on, who is not is ended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from qmscheck_documents.watch import Watch


def asleep() -> subprocess.Popen[bytes]:
    """Start a process that does nothing for longer than any test takes."""
    return subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"], stdout=subprocess.PIPE)


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is gone after the test."""
    with asleep() as one:
        yield one
        one.kill()


def test_a_process_whose_time_is_up_is_ended_and_said_to_be_late(child: subprocess.Popen[bytes]) -> None:
    watch = Watch(0.01)
    watch.over(child)
    child.wait()
    assert watch.off(child)
    watch.end()


def test_a_process_that_is_called_off_lives_on(child: subprocess.Popen[bytes]) -> None:
    watch = Watch(600)
    watch.over(child)
    assert not watch.off(child)
    watch.end()
    assert child.poll() is None


def test_each_process_has_its_own_seconds(child: subprocess.Popen[bytes]) -> None:
    watch = Watch(0.01)
    with asleep() as other:
        watch.over(other)
        other.wait()
        assert (watch.off(other), watch.off(child)) == (True, False)
        watch.over(child)
        child.wait()
        assert watch.off(child)
    watch.end()


def test_a_watch_that_watched_nothing_ends_at_once() -> None:
    Watch(600).end()
