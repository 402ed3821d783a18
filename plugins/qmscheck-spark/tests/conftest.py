"""Spark in this process, started once for a run of tests; a small one, because everything in tests is small.

Where no Java is installed, the summary of the run names what was not shown; on CI, which installs one (`.ci/run`), the
tests fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from qmscheck import Opening

#: Settings that change no result: what is small is planned and read faster without.
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


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
def spark(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give an engine on a Spark in this process."""
    from qmscheck_spark import session
    from qmscheck_spark.engine import Spark

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session, "_START", {**session._START, **SMALL})
        engine = Spark(Opening(tmp_path_factory.mktemp("spark"), threads=1))
        yield engine
        engine.close()


@pytest.fixture
def engine(spark: Any) -> Iterator[Any]:
    """Give the engine without anything in it."""
    spark.clear()
    yield spark
    spark.clear()
