"""What is dear to make and the same for every test of a process: it is made when it is first asked for, and kept."""

from __future__ import annotations

import atexit
import os
import tempfile
from functools import cache
from pathlib import Path

import duckdb
import qmscheck_iso9001

from qmscheck import criteria
from qmscheck.criteria import Criteria
from qmscheck.engine.embedded import Embedded


@cache
def engine() -> Embedded:
    """Open a database of one thread: to open one takes longer than to judge a few records. `judge_records` empties it."""
    scratch = tempfile.TemporaryDirectory(prefix="qmscheck-tests-", ignore_cleanup_errors=True)  # kept until the end
    made = Embedded(Path(scratch.name), threads=1)
    atexit.register(scratch.cleanup)
    atexit.register(made.close)
    return made


@cache
def database() -> duckdb.DuckDBPyConnection:
    """Open a plain DuckDB for what is asked of values alone, or written to a file: it has no table, and nobody sets
    anything in it (as somebody may in the one that `duckdb.sql` asks).
    """
    return duckdb.connect(config={"threads": 1})


@cache
def iso9001() -> Criteria:
    """Read the ruleset that is shipped, with its examples. It is frozen, and to read it takes seconds where it is
    measured.
    """
    return criteria.load([("iso9001", Path(qmscheck_iso9001.__file__).parent)])


def unmeasured() -> dict[str, str]:
    """Give the environment without what makes coverage measure a child: of use where others measure what it runs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
