"""What a rule costs where there are many: 10 to 1,000 different rules over one table, against one query for each rule.

    python benchmarks/width.py --rows 1000000 --rounds 5
    python benchmarks/width.py --engine postgresql --plain --rules 200
    python benchmarks/width.py --format csv --rules 50 --rules 200

Both read the same file, each in a process of its own, in turns; the answers are compared first. A rule costs the time
of the whole audit, less that of its start (an audit of one rule), by the number of rules. Every audit judges anew; it
has its criteria and the texts of statements from the cache, but for the first audit, which has nothing from there. The
queries read each column of a Parquet file as often as they need it, and text once, into a table. CPU seconds are those
of all processes, a server's included (on Linux).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median

from audited import audit, differences, evidence, of_record
from fresh import Command, Cost, interleaved, paired, run
from server import Server, program, serving
from told import heading, table, target
from width_rules import of_postgresql, ruleset, some

__all__ = ["cost_of_a_rule", "main"]

_HERE = Path(__file__).parent
_COUNTS = (10, 50, 200, 1000)
_START = "audit of 1"
_NOISE = 1.2
_LEAST = {"parquet": 2, "csv": None, "postgresql": 4}
_PLAN = """\
[audit]
organization = "Benchmark"
scope = "Complaints"
rulesets = ["width-1.toml"]
as_of = 2026-10-31

[[source]]
table = "complaints"
{kept}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, then measure; give 1 where the answers differ, or with `--check` where a target is missed."""
    given = _given(arguments)
    folder = evidence(given.folder, given.rows, (given.format,))
    counts = given.rules or list(_COUNTS)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qmscheck-width-")))
        server = None
        if given.engine == "postgresql":
            server = stack.enter_context(serving(evidence(given.folder, given.rows, ("csv",))))
        file = folder / f"complaints.{given.format}"
        commands = _commands(file, server, counts, scratch, patterns=not given.plain)
        for count in counts:
            different = _differences(commands, count, scratch)
            if different:
                print(f"{count} rules: the answers differ, so there is nothing to compare", *different[:20], sep="\n  ")
                return 1
            print(f"{count} rules: both give the same answers", flush=True)
        costs = interleaved(commands, given.rounds)
    kind = "none of them patterns" if given.plain else "one in ten a pattern"
    where = given.format if server is None else given.engine
    heading(f"{where}, {given.rows:,} records, rules of ten kinds, {kind}, {given.rounds} rounds")
    return int(_report(costs, counts, least=_LEAST[where]) and given.check)


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rules", type=int, action="append", help=f"how many; repeatable; default: {_COUNTS}")
    parser.add_argument("--engine", choices=("duckdb", "postgresql"), default="duckdb")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet", help="of the file, without a server")
    parser.add_argument("--plain", action="store_true", help="rules without patterns only")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the evidence is kept")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a target is missed")
    given = parser.parse_args(arguments)
    if min(given.rows, given.rounds, *(given.rules or [1])) < 1:
        parser.error("--rows, --rounds and --rules are 1 or more")
    return given


def _commands(
    file: Path, server: Server | None, counts: Sequence[int], scratch: Path, *, patterns: bool
) -> dict[str, Command]:
    """Give the commands of each number of rules, and the audit of one rule, whose cost is that of the start."""
    found, plan = {}, scratch / "plan.toml"
    kept = f'path = "{file.as_posix()}"'
    if server is not None:
        kept = f'reader = "sql"\nengine = "postgresql"\nurl = "{server.address}"\nfrom = "complaints"\ntimeout = 3600'
    plan.write_text(_PLAN.format(kept=kept), "utf-8")
    for count in (1, *counts):
        rules = scratch / f"width-{count}.toml"
        rules.write_text(ruleset(some(count, patterns=patterns), _HERE / "complaints.toml"), "utf-8")
        found[f"audit of {count}"] = audit(plan, scratch / f"{count}.json", rules=rules)
        if count > 1:
            found[f"first audit of {count}"] = audit(plan, scratch / f"first-{count}.json", "--no-cache", rules=rules)
            found[f"{count} queries"] = Command(_queries(file, server, count, scratch, patterns=patterns))
    if server is None:
        return found
    return {name: replace(command, beside=server.cpu) for name, command in found.items()}


def _queries(file: Path, server: Server | None, count: int, scratch: Path, *, patterns: bool) -> tuple[str, ...]:
    """Give the command line that asks one query for each rule."""
    if server is None:
        how = "patterns" if patterns else "plain"
        return (sys.executable, str(_HERE / "one_by_one.py"), str(file.parent), str(count), how, file.suffix[1:])
    queries = scratch / f"{count}.sql"
    queries.write_text("\n".join(map(of_postgresql, some(count, patterns=patterns))), "utf-8")
    return (program("psql"), server.address, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", str(queries))


def _differences(commands: Mapping[str, Command], count: int, scratch: Path) -> list[str]:
    run(commands[f"audit of {count}"])
    _, printed = run(commands[f"{count} queries"])
    if printed.startswith("{"):
        known = {rule: (population, met) for rule, (population, met) in json.loads(printed).items()}
    else:  # psql: the name and two numbers in a line
        lines = (line.split("|") for line in printed.splitlines())
        known = {rule: (int(population), int(met)) for rule, population, met in lines}
    return differences(of_record(scratch / f"{count}.json"), known, "one query each")


def cost_of_a_rule(costs: Sequence[Cost], start: Sequence[Cost], count: int) -> tuple[float, float]:
    """Give milliseconds on the clock and of CPU that one more rule costs: medians, less those of an audit of one."""
    wall = median(c.wall for c in costs) - median(c.wall for c in start)
    cpu = median(c.cpu for c in costs) - median(c.cpu for c in start)
    return 1000 * wall / max(count - 1, 1), 1000 * cpu / max(count - 1, 1)


def _report(costs: Mapping[str, Sequence[Cost]], counts: Sequence[int], *, least: float | None) -> bool:
    """Print the table of costs and of what a rule costs; tell whether a target of issue 6 is missed."""
    table(costs, _START)
    print("\n| rules | ms a rule, wall | ms a rule, CPU | queries / audit: paired | min/min | CPU |")
    print("| --- " * 6 + "|")
    each: dict[int, float] = {}
    faster: dict[int, tuple[float, float, float]] = {}
    for count in counts:
        wall, each[count] = cost_of_a_rule(costs[f"audit of {count}"], costs[_START], count)
        faster[count] = paired(costs[f"{count} queries"], costs[f"audit of {count}"])
        print(f"| {count} | {wall:.1f} | {each[count]:.1f} | " + " | ".join(f"{r:.2f}" for r in faster[count]) + " |")
    print()
    missed = []
    if 50 in each and 1000 in each and each[50] > 0:
        missed.append(target("CPU of a rule among 1,000 / among 50", each[1000] / each[50], most=_NOISE))
    if 200 in faster and least is not None:
        missed.append(target("200 queries / an audit of 200 rules, paired", faster[200][0], least=least))
    return any(missed)


if __name__ == "__main__":
    sys.exit(main())
