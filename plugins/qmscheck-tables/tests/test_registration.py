from __future__ import annotations

import subprocess
import sys

from qmscheck_tables import qmscheck_readers


def test_the_readers_have_names_and_endings_of_their_own():
    readers = qmscheck_readers()
    assert [reader.name for reader in readers] == ["csv", "excel", "parquet", "json", "sqlite", "zip"]
    endings = [ending for reader in readers for ending in reader.suffixes]
    assert len(set(endings)) == len(endings)


def test_being_listed_loads_no_library():
    heavy = "{'python_calamine', 'charset_normalizer', 'sqlite3', 'duckdb'}"
    listed = "import qmscheck_tables as t; t.qmscheck_readers()"
    # What was loaded before does not count: a measurement of coverage loads sqlite3.
    program = f"import sys; before = set(sys.modules); {listed}; print(sorted({heavy} & set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
