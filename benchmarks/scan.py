"""Fifty rules over a large table: an audit, exceptions and record included, against one hand-written DuckDB query.

    python benchmarks/scan.py --rows 1000000 --rounds 5
    python benchmarks/scan.py --rows 50000000 --format parquet
    python benchmarks/scan.py --rows 100000 --format xlsx --format sqlite

Both read the same file, each in a process of its own, in turns. Ratios are printed only if both give the same answers.
Beside text, a workbook and a database stands what it costs to read the same columns into typed tables and judge
nothing (`read alone`). A workbook holds at most 1,048,575 records.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from audited import audit, differences, evidence, of_record
from fresh import Command, Cost, interleaved, paired, run
from told import heading, ratios, table, target

__all__ = ["main"]

_HERE = Path(__file__).parent
_TARGETS = {"parquet": 1.5, "csv": 1.3, "xlsx": None, "sqlite": None}
_OF_READING = {"csv": 1.2}
_LONGEST_SHEET = 1_048_575
_SMALL = 200_000  # records of workbooks and databases, unless told otherwise


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, then measure; give 1 where the answers differ, or with `--check` where a target is missed."""
    given = _given(arguments)
    missed = False
    for suffix in given.format or ("parquet", "csv"):
        rows = given.rows or (1_000_000 if suffix in {"parquet", "csv"} else _SMALL)
        folder = evidence(given.folder, rows, (suffix,))
        commands = _commands(folder, suffix, given.more)
        different = _differences(folder, suffix, commands)
        if different:
            print(f"{suffix}: the answers differ, so there is nothing to compare", *different, sep="\n  ")
            return 1
        costs = interleaved(commands, given.rounds)
        missed = _report(f"{rows:,} rows, {suffix}, {given.rounds} rounds", costs, suffix) or missed
    return int(missed and given.check)


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, help=f"default: 1,000,000; of xlsx and sqlite {_SMALL:,}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--format", choices=sorted(_TARGETS), action="append", help="default: parquet and csv")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the evidence is kept")
    parser.add_argument("--more", action="append", default=[], help="an option of the audit, as --more=--threads=1")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a target is missed")
    given = parser.parse_args(arguments)
    if (given.rows is not None and given.rows < 1) or given.rounds < 1:
        parser.error("--rows and --rounds are 1 or more")
    if "xlsx" in (given.format or ()) and (given.rows or 0) > _LONGEST_SHEET:
        parser.error(f"a workbook holds at most {_LONGEST_SHEET:,} records in a sheet")
    return given


def _commands(folder: Path, suffix: str, more: Sequence[str]) -> dict[str, Command]:
    found = {
        "audit": audit(folder / f"{suffix}.toml", _record(folder, suffix), *more),
        "by hand": Command((sys.executable, str(_HERE / "by_hand.py"), str(folder), suffix)),
    }
    if suffix != "parquet":
        found["read alone"] = Command((sys.executable, str(_HERE / "read_alone.py"), str(folder), suffix))
    return found


def _record(folder: Path, suffix: str) -> Path:
    return folder / f"{suffix}.record.json"


def _differences(folder: Path, suffix: str, commands: dict[str, Command]) -> list[str]:
    """Run both once and compare population and met of every rule; this also warms the files."""
    _record(folder, suffix).unlink(missing_ok=True)
    run(commands["audit"])
    _, printed = run(commands["by hand"])
    by_hand = {rule: (population, met) for rule, (population, met) in json.loads(printed).items()}
    return differences(of_record(_record(folder, suffix)), by_hand)


def _report(title: str, costs: dict[str, list[Cost]], suffix: str) -> bool:
    """Print one table; tell whether a target of the paired median is missed."""
    heading(title)
    table(costs, "by hand")
    print()
    most, missed = _TARGETS[suffix], []
    if most is not None:
        missed.append(target("audit / by hand, paired", paired(costs["audit"], costs["by hand"])[0], most=most))
    if "read alone" in costs:
        alone = paired(costs["audit"], costs["read alone"])
        print(f"audit / read alone: {ratios(alone)} (paired, min/min, CPU)")
        if suffix in _OF_READING:
            missed.append(target("audit / read alone, paired", alone[0], most=_OF_READING[suffix]))
    return any(missed)


if __name__ == "__main__":
    sys.exit(main())
