"""A Spark with a master and two workers, started once for a run of tests; small, because everything in tests is.

Where no Java is installed, the summary of the run names what was not shown; on CI, which installs one (`.ci/run`), the
tests fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from standalone import FAST, standalone

from qmscheck import Opening

#: Settings that change no result: what is small is planned and read faster without.
SMALL = {
    "spark.cores.max": "2",
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    "spark.driver.memory": "768m",
    "spark.locality.wait": "0",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.lightweightPlanChangeValidation": "false",
}
_JAVA = f" {FAST} -Xss4m"


@pytest.fixture(scope="session")
def java() -> None:
    """Say that nothing can be shown without Java."""
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and shutil.which(f"{home}/bin/java")):
        told = "no Java is installed (apt-get install openjdk-17-jre-headless)"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(f"NOT SHOWN: {told}")


@pytest.fixture(scope="session")
def cluster(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a master and two workers, and give the address of the master."""
    with standalone(tmp_path_factory.mktemp("cluster")) as address:
        yield address


@pytest.fixture(scope="session")
def spark(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give an engine on both workers, which keeps what is brought to it."""
    from qmscheck_spark import session
    from qmscheck_spark.engine import Spark

    with pytest.MonkeyPatch.context() as patched:
        java_options = {
            name: session._START[name] + _JAVA
            for name in ("spark.driver.extraJavaOptions", "spark.executor.extraJavaOptions")
        }
        patched.setattr(session, "_START", {**session._START, **SMALL, **java_options})
        patched.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        folder = tmp_path_factory.mktemp("spark")
        there = Spark(Opening(folder, address=cluster))
        yield Spark(Opening(folder))  # a second session of the one Spark that there is in this process
        there.close()


@pytest.fixture
def engine(spark: Any) -> Iterator[Any]:
    """Give the engine without anything in it."""
    spark.clear()
    yield spark
    spark.clear()
