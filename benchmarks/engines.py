"""The same audit of fifty rules on each engine: DuckDB in the process, PostgreSQL and Apache Spark.

    python benchmarks/engines.py --rows 1000000 --rounds 5

The records lie where the engine is: a Parquet file for DuckDB and Spark, tables of a server (started here, on this
machine) for PostgreSQL. The findings are compared first, exceptions included; then the audits run in turns, in fresh
processes. Spark starts within each audit. CPU and memory are those of the audit's own process: what the server of
PostgreSQL and the machine of Java spend is seen on the clock only.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from audited import audit, evidence
from fresh import Command, Failed, interleaved, run
from server import served
from told import heading, table

__all__ = ["different_findings", "main"]

_ENGINES = ("duckdb", "postgresql", "spark")
_TOLD = 20  # differences that are printed
_HEAD = """\
[audit]
organization = "Benchmark"
scope = "Complaints"
rulesets = ["complaints.toml"]
as_of = 2026-10-31
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the findings of all engines with those of DuckDB, and measure; give 1 where one differs or fails."""
    given = _given(arguments)
    engines = list(dict.fromkeys(("duckdb", *(given.engine or _ENGINES))))
    folder = evidence(given.folder, given.rows, ("parquet", "csv"))
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qmscheck-engines-")))
        address = stack.enter_context(served(folder)) if "postgresql" in engines else ""
        commands = {}
        for engine in engines:
            plan = scratch / f"{engine}.toml"
            plan.write_text(_plan(engine, folder, address), "utf-8")
            commands[engine] = audit(plan, scratch / f"{engine}.json", *given.more)
        agreeing = _agreeing(commands, scratch)
        costs = interleaved({name: commands[name] for name in agreeing}, given.rounds, _lost)
    heading(f"{given.rows:,} records, {given.rounds} rounds; ratios: engine / duckdb")
    table(costs, "duckdb")
    return int(set(costs) != set(engines))


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", choices=_ENGINES, action="append", help="beside duckdb; default: all")
    parser.add_argument("--more", action="append", default=[], help="an option of the audit, as --more=--threads=1")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the evidence is kept")
    given = parser.parse_args(arguments)
    if given.rows < 1 or given.rounds < 1:
        parser.error("--rows and --rounds are 1 or more")
    return given


def _plan(engine: str, folder: Path, address: str) -> str:
    parts = [_HEAD]
    for name in ("complaints", "customers"):
        parts.append(f'\n[[source]]\ntable = "{name}"')
        path = (folder / f"{name}.parquet").as_posix()
        if engine == "duckdb":
            parts.append(f'path = "{path}"')
        elif engine == "postgresql":
            parts.append(f'reader = "sql"\nengine = "postgresql"\nurl = "{address}"\nfrom = "{name}"\ntimeout = 3600')
        else:
            parts.append(f'reader = "spark"\nengine = "spark"\nurl = "local[2]"\nparquet = "{path}"')
    return "\n".join(parts) + "\n"


def _agreeing(commands: Mapping[str, Command], scratch: Path) -> list[str]:
    """Run each audit once; give the engines whose findings are those of DuckDB, and tell the others."""
    run(commands["duckdb"])
    known = json.loads((scratch / "duckdb.json").read_text("utf-8"))["findings"]
    print(f"duckdb: {len(known)} findings")
    agreeing = ["duckdb"]
    for engine in list(commands)[1:]:
        try:
            run(commands[engine])
        except Failed as failure:
            _lost(engine, failure)
            continue
        different = different_findings(known, json.loads((scratch / f"{engine}.json").read_text("utf-8"))["findings"])
        if different:
            print(
                f"{engine}: not measured, because findings differ from those of duckdb", *different[:_TOLD], sep="\n  "
            )
        else:
            print(f"{engine}: the same findings, exceptions included", flush=True)
            agreeing.append(engine)
    return agreeing


def different_findings(known: Sequence[Mapping[str, object]], other: Sequence[Mapping[str, object]]) -> list[str]:
    """Tell, by rule, in which fields the findings of another engine differ; where records lie may differ, and must."""
    found = {str(finding["rule"]): finding for finding in other}
    lines = []
    for finding in known:
        rule = str(finding["rule"])
        there = found.pop(rule, None)
        if there is None:
            lines.append(f"{rule}: no finding")
            continue
        fields = [name for name in finding if _said(name, finding[name]) != _said(name, there.get(name))]
        lines += [f"{rule}: {name} {_short(finding[name])} is {_short(there.get(name))}" for name in fields]
    return lines + [f"{rule}: one finding more" for rule in found]


def _said(name: str, value: object) -> object:
    """Take the places off exceptions, leaving which records they are and what is wrong: a server has no lines."""
    if name != "exceptions" or not isinstance(value, list):
        return value
    return [{**one, "location": one["location"] and one["location"]["column"]} for one in value]


def _short(value: object) -> str:
    return json.dumps(value)[:120]


def _lost(name: str, failure: Failed) -> None:
    said = str(failure).strip().splitlines()
    print(f"{name} FAILED, and is left out: {' '.join(said[1:6])}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
