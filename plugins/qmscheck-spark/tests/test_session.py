"""A session without its noise, and what it says where none can be had."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from qmscheck_spark import session

from qmscheck import EngineError, InPlace


def test_what_spark_refuses_is_told_by_the_error_alone(engine: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """pyspark would write it to standard error, too, as JSON."""
    query = "SELECT nothing FROM VALUES (1) AS t(order_id)"
    with pytest.raises(EngineError, match="nothing"):
        engine.load("orders", [], InPlace("spark", "", query))
    assert capfd.readouterr() == ("", "")


def test_a_connect_server_that_is_not_there_is_told_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_RETRIES", 1)
    with pytest.raises(EngineError, match="the Spark Connect server cannot be reached") as told:
        session.opened("sc://127.0.0.1:9/;user_id=secret", None, None)
    assert "secret" not in str(told.value)


STARTED = """
import signal, sys
from qmscheck_spark import session
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
session.opened("local[1]", 1, None)
"""


def _marked(mark: str, but: int) -> list[int]:
    """Give the processes with a mark in their environment, but for one."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            there = mark.encode() in place.read_bytes()
        except OSError:  # it is gone, or is none of ours
            continue
        if there and int(place.parent.name) != but:
            found.append(int(place.parent.name))
    return found


def test_what_is_stopped_while_spark_starts_leaves_no_java(java: None, tmp_path: Path) -> None:
    mark = f"QMSCHECK_STARTED={tmp_path}"
    environment = {**os.environ, "QMSCHECK_STARTED": str(tmp_path)}
    child = subprocess.Popen([sys.executable, "-c", STARTED], env=environment)
    end = time.monotonic() + 60
    while not (begun := _marked(mark, child.pid)) and time.monotonic() < end:
        time.sleep(0.02)
    assert begun
    time.sleep(0.2)  # Java has begun, and has not said yet where it listens
    child.send_signal(signal.SIGTERM)
    assert child.wait(60) == 143
    end = time.monotonic() + 5
    while (left := _marked(mark, child.pid)) and time.monotonic() < end:
        time.sleep(0.1)
    for process in left:
        os.kill(process, signal.SIGKILL)
    assert left == []
