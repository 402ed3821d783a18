"""Fifty rules over a large table: an audit, exceptions and record included, against one hand-written DuckDB query.

    python benchmarks/scan.py --rows 1000000 --rounds 5

Both read the same file, each in a process of its own, in turns. Ratios are printed only if both give the same answers.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from fresh import Command, Cost, interleaved, paired, run

__all__ = ["main"]

_HERE = Path(__file__).parent
_TARGETS = {"parquet": 1.5, "csv": 1.3}
_RULE_PREFIX = "B-1."

_Answers = dict[str, tuple[int, int]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, then measure; give 1 where the answers differ, or with `--check` where a target is missed."""
    given = _given(arguments)
    folder = given.folder / f"qmscheck-benchmark-{given.rows}"
    if not folder.exists():
        run(Command((sys.executable, str(_HERE / "evidence.py"), str(given.rows), str(folder))))
    missed = False
    for suffix in given.format or _TARGETS:
        commands = _commands(folder, suffix)
        different = _differences(folder, suffix, commands)
        if different:
            print(f"{suffix}: the answers differ, so there is nothing to compare", *different, sep="\n  ")
            return 1
        costs = interleaved(commands, given.rounds)
        ratio = _report(f"{given.rows:,} rows, {suffix}, {given.rounds} rounds", costs, _TARGETS[suffix])
        missed = missed or ratio > _TARGETS[suffix]
    return int(missed and given.check)


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--format", choices=sorted(_TARGETS), action="append", help="default: both")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the evidence is kept")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a target is missed")
    given = parser.parse_args(arguments)
    if given.rows < 1 or given.rounds < 1:
        parser.error("--rows and --rounds are 1 or more")
    return given


def _commands(folder: Path, suffix: str) -> dict[str, Command]:
    audit = (sys.executable, "-m", "qmscheck", "audit", str(folder / f"{suffix}.toml"), "-q", "--anew")
    record = ("--output-format", "json", "--output-file", str(_record(folder, suffix)))
    return {
        "audit": Command((*audit, *record), expected=(0, 1, 3)),
        "by hand": Command((sys.executable, str(_HERE / "by_hand.py"), str(folder), suffix)),
    }


def _record(folder: Path, suffix: str) -> Path:
    return folder / f"{suffix}.record.json"


def _differences(folder: Path, suffix: str, commands: dict[str, Command]) -> list[str]:
    """Run both once and compare population and met of every rule; this also warms the files."""
    _record(folder, suffix).unlink(missing_ok=True)
    run(commands["audit"])
    _, printed = run(commands["by hand"])
    audited = _audited(_record(folder, suffix))
    by_hand: _Answers = {rule: (population, met) for rule, (population, met) in json.loads(printed).items()}
    rules = sorted(audited.keys() | by_hand.keys())
    return [f"{r}: audit {audited.get(r)}, by hand {by_hand.get(r)}" for r in rules if audited.get(r) != by_hand.get(r)]


def _audited(record: Path) -> _Answers:
    """Read (population, met) of each rule from an audit record; unreadable records are a difference."""
    found: _Answers = {}
    for finding in json.loads(record.read_text("utf-8"))["findings"]:
        tally = finding["tally"]
        if tally is not None and not tally["unreadable"]:
            found[finding["rule"].removeprefix(_RULE_PREFIX)] = tally["population"], tally["met"]
    return found


def _report(title: str, costs: dict[str, list[Cost]], target: float) -> float:
    """Print one table; give the ratio that counts, the paired median."""
    print(f"\n{title}\n")
    print("| candidate | wall median s | wall min s | CPU median s | peak memory MiB | ratio paired | min/min | CPU |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, ones in costs.items():
        ratios = " | ".join(f"{ratio:.2f}" for ratio in paired(ones, costs["by hand"]))
        wall, least = median(c.wall for c in ones), min(c.wall for c in ones)
        cpu, memory = median(c.cpu for c in ones), max(c.memory for c in ones)
        print(f"| {name} | {wall:.2f} | {least:.2f} | {cpu:.2f} | {memory:.0f} | {ratios} |")
    ratio = paired(costs["audit"], costs["by hand"])[0]
    print(f"\ntarget: at most {target:.1f} by hand; {'met' if ratio <= target else 'missed'}")
    return ratio


if __name__ == "__main__":
    sys.exit(main())
