"""A session of Spark at an address, with the settings on which the meaning of statements rests, and without its noise.

Library of this room: pyspark.
"""

from __future__ import annotations

import re
import subprocess
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
    try:
        if where.startswith("sc://"):
            found = _connected(where)
        elif _LOCAL.fullmatch(where) or _CLUSTER.fullmatch(where):
            found = _classic(where, memory)
        else:
            told = "url is no address of Spark: local[2], spark://host:port or sc://host:port"
            raise EngineError(told, "unsupported")
    except ImportError as error:
        told = f"Spark Connect needs the package {error.name}: pip install 'qmscheck-spark[connect]'"
        raise EngineError(told, "unsupported") from None
    for name, value in MEANING.items():
        found.session.conf.set(name, value)
    return found


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
    return Open(SparkSession(context), context, gateway)


def _gateway(conf: Any) -> Any:
    """Start Java, which writes to nobody's terminal."""
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415

    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return launch_gateway(conf, popen_kwargs=silent)  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001  (pyspark has no one error for this)
        told = "Spark cannot be started: it needs Java 17 or 21 (openjdk-17-jre-headless)"
        raise EngineError(told, "unsupported") from None


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
    from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415

    try:
        return Open(SparkSession.builder.remote(address).create(), remote=True)
    except ImportError:
        raise
    except Exception as error:  # noqa: BLE001  (the client has errors of many kinds)
        raise EngineError(f"the Spark Connect server cannot be reached: {type(error).__name__}", "missing") from None
