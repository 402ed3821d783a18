"""Spark as firms have it, on loopback, from the programs that pyspark brings: a standalone master with two workers, and
a server of Spark Connect. What is started is gone at the end.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

__all__ = ["FAST", "connect", "standalone"]

#: To compile thoroughly what runs once costs more than to run it.
FAST = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

_HOME = Path(str(find_spec("pyspark").origin)).parent  # type: ignore[union-attr]
_PATIENCE = 300
_GIVEN = {
    "SPARK_HOME": str(_HOME),
    "SPARK_LOCAL_IP": "127.0.0.1",
    "JAVA_TOOL_OPTIONS": FAST,
}


@contextmanager
def standalone(folder: Path) -> Iterator[str]:
    """Start a master and two workers, and give the address of the master."""
    port = _free()
    address = f"spark://127.0.0.1:{port}"
    master = [*_deployed("master.Master"), "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(_free())]
    with _started(master, folder / "master", r"I have been elected leader"):
        given = ["--host", "127.0.0.1", "--cores", "3", "--memory", "3g", "--webui-port", "0"]
        one, two = (
            [*_deployed("worker.Worker"), *given, "--work-dir", str(folder / name), address] for name in ("one", "two")
        )
        with (
            _started(one, folder / "one", r"Successfully registered with master"),
            _started(two, folder / "two", r"Successfully registered with master"),
        ):
            yield address


@contextmanager
def connect(folder: Path, master: str) -> Iterator[str]:
    """Start a server of Spark Connect on a master, and give its address."""
    port = _free()
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    command = [str(_HOME / "bin" / "spark-submit"), "--master", master]
    command += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    with _started(command, folder / "connect", r"Spark Connect server started at", memory="512m"):
        yield f"sc://127.0.0.1:{port}"


def _deployed(kind: str) -> list[str]:
    return [str(_HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}"]


@contextmanager
def _started(command: list[str], home: Path, said: str, memory: str = "192m") -> Iterator[None]:
    """Run a program until the end, from when it has said something."""
    home.mkdir(parents=True)
    given = {**os.environ, **_GIVEN, "SPARK_DAEMON_MEMORY": memory}
    log = home / "said.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=given, cwd=home)
    try:
        until = time.monotonic() + _PATIENCE
        while not re.search(said, log.read_text("utf-8", "replace")):
            assert process.poll() is None, f"Spark did not start: {log.read_text('utf-8', 'replace')[-2000:]}"
            assert time.monotonic() < until, f"Spark did not start in time: {log.read_text('utf-8', 'replace')[-2000:]}"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
