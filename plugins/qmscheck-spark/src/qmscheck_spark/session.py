"""A session of Spark at an address, with the settings on which the meaning of statements rests, and without its noise.

Library of this room: pyspark.
"""

from __future__ import annotations

import logging
import re
import subprocess
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qmscheck import EngineError

__all__ = ["Open", "opened"]

#: What must hold for a statement to mean what `qmscheck.sql.dialects.spark` says. Each may be set in a session.
MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.groupByOrdinal": "false",
    "spark.sql.orderByOrdinal": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.execution.arrow.pyspark.enabled": "false",
}
_START = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.driver.extraJavaOptions": "-Duser.language=en -Duser.country=US -Duser.timezone=UTC",
    "spark.executor.extraJavaOptions": "-Duser.language=en -Duser.country=US -Duser.timezone=UTC",
}
_HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_LOCAL = re.compile(r"local(\[(\*|[0-9]+)\])?")
_CLUSTER = re.compile(r"spark://[^/]+")
#: Where pyspark writes each statement that Spark refuses, and why: to standard error, beside telling it to who asked.
_LOUD = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
#: What pyspark says to everybody who uses it: that it does not know the newest pandas (none is used here), and that
#: settings may go some day (they are set to what they are).
_SAID: tuple[tuple[type[Warning], str], ...] = (
    (FutureWarning, "PySpark does not yet fully support pandas"),
    (UserWarning, "The SQL config .* has been deprecated"),
)
#: Seconds that a cluster has to give its first executor. Without one, every statement would wait for ever.
PATIENCE = 120
#: How often a server of Spark Connect is asked once more, and milliseconds between at most: half a minute. Left
#: alone, the client asks for ten minutes.
_RETRIES, _LONGEST = 9, 5000


@dataclass
class Open:
    """A session, and what was started for it: nothing of that is left when it is closed."""

    session: Any
    context: Any = None
    gateway: Any = None
    remote: bool = False

    def close(self) -> None:
        """Stop what was started for the session alone."""
        if self.context is not None:
            self.context.stop()
        elif self.remote:
            self.session.stop()
        if self.gateway is not None:
            _end(self.gateway)


def opened(address: str, threads: int | None, memory: int | None) -> Open:
    """Open a session: on a cluster by its address, on a Connect server, or in this process.

    Raises EngineError, without any part of the address, where none can be had.
    """
    where = address or f"local[{threads or '*'}]"
    with warnings.catch_warnings():
        for kind, told in _SAID:
            warnings.filterwarnings("ignore", told, kind)
        try:
            found = _at(where, memory)
        except ImportError as error:
            lacks = f"Spark Connect needs the package {error.name}: pip install 'pyspark[connect]'"
            raise EngineError(lacks, "unsupported") from None
        _hush()
        for name, value in MEANING.items():
            found.session.conf.set(name, value)
    return found


def _hush() -> None:
    from pyspark.logger import PySparkLogger  # noqa: PLC0415

    for name in _LOUD:
        PySparkLogger.getLogger(name).setLevel(logging.CRITICAL + 1)


def _at(where: str, memory: int | None) -> Open:
    if where.startswith("sc://"):
        return _connected(where)
    if _LOCAL.fullmatch(where) or _CLUSTER.fullmatch(where):
        return _classic(where, memory)
    told = "url is no address of Spark: local[2], spark://host:port or sc://host:port"
    raise EngineError(told, "unsupported")


def _classic(master: str, memory: int | None) -> Open:
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    running: Any = SparkContext._active_spark_context  # noqa: SLF001  (there is no public way to ask)
    if running is not None:
        if _CLUSTER.fullmatch(master) and running.master != master:
            raise EngineError("another Spark is at work in this process, and there can be one only", "unsupported")
        return Open(SparkSession(running).newSession())
    conf = SparkConf().setMaster(master).setAppName("qmscheck").setAll(list(_START.items()))
    if _LOCAL.fullmatch(master):
        conf = conf.setAll(list(_HERE.items()))
    if memory is not None:
        conf = conf.set("spark.driver.memory", f"{max(memory >> 20, 512)}m")
    gateway = _gateway(conf)
    try:
        context = SparkContext(conf=conf, gateway=gateway)
    except Exception as error:  # noqa: BLE001  (whatever Java raises)
        _end(gateway)
        raise EngineError(f"Spark cannot be had: {type(error).__name__}", "missing") from None
    if _CLUSTER.fullmatch(master) and not has_executor(lambda: _executors(context)):
        context.stop()
        _end(gateway)
        told = (
            f"the cluster gave no executor within {PATIENCE} s: it has no worker, or none with enough memory or cores"
        )
        raise EngineError(told, "timeout")
    return Open(SparkSession(context), context, gateway)


def has_executor(number: Callable[[], int], patience: float = PATIENCE) -> bool:
    """Wait until a cluster has given an executor; tell whether it did in time (seconds)."""
    until = time.monotonic() + patience
    while number() < 1:
        if time.monotonic() >= until:
            return False
        time.sleep(0.1)
    return True


def _executors(context: Any) -> int:
    """Count the executors: who asks is among those of which Spark knows the memory."""
    known: int = context._jsc.sc().getExecutorMemoryStatus().size()  # noqa: SLF001  (there is no public way to ask)
    return known - 1


def _gateway(conf: Any) -> Any:
    """Start Java, which writes to nobody's terminal."""
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415

    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return launch_gateway(conf, popen_kwargs=silent)  # type: ignore[no-untyped-call]
    except BaseException as error:  # pyspark has no one error for this
        _end_begun(error)
        if not isinstance(error, Exception):
            raise
        told = "Spark cannot be started: it needs Java 17 or 21 (openjdk-17-jre-headless)"
        raise EngineError(told, "unsupported") from None


def _end_begun(error: BaseException) -> None:
    """End the Java that was begun when its start failed, or was stopped: only the calls that were left know of it.

    Left alone, it would wait for ever for whoever started it.
    """
    for frame, _ in traceback.walk_tb(error.__traceback__):
        for process in frame.f_locals.values():
            if isinstance(process, subprocess.Popen) and getattr(process, "returncode", 0) is None:
                process.kill()
                process.wait()


def _end(gateway: Any) -> None:
    """End the process of Java, and let pyspark forget it."""
    from pyspark import SparkContext  # noqa: PLC0415

    process = getattr(gateway, "proc", None)
    gateway.shutdown()
    if process is not None:
        process.stdin.close()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001  (else the next session would ask the dead one)


def _connected(address: str) -> Open:
    from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415
    from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415

    told = "the Spark Connect server cannot be reached"
    try:
        session = SparkSession.builder.remote(address).create()
    except ImportError:
        raise
    except Exception as error:  # noqa: BLE001  (the client has errors of many kinds)
        raise EngineError(f"{told}: {type(error).__name__}", "missing") from None
    try:
        session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES, max_backoff=_LONGEST)])
        with warnings.catch_warnings(action="ignore"):  # that nobody answered is an error here, and no warning
            session.version  # noqa: B018  (the first thing that is asked)
    except Exception as error:  # noqa: BLE001
        session.client.close()  # else it would be asked once more when this process ends
        raise EngineError(f"{told}: {type(error).__name__}", "missing") from None
    return Open(session, remote=True)
