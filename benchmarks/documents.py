"""How long it takes to read a folder of documents, against the bare libraries, and again from memory.

    python benchmarks/documents.py --documents 1000 --rounds 3

Fresh processes in turns: `plain` asks the libraries for the bare text of each file, one after the other; `own` reads
the folder as an audit does, with two workers, up to the two tables; `first` does so and remembers, `again` has all in
memory. Peak memory is that of the largest process of each, which the target is for; for `own` the sum of parent and
both workers is printed, too: three processes cannot come to one and a half times one that only imports the libraries.
`audit` is the command `qmscheck audit` on that folder with the ruleset iso9001 and an empty cache; `recalled` the same
command again, which finds every file as it was and recalls the record.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from fresh import Command, Cost, paired, run

__all__ = ["main"]

_HERE = Path(__file__).parent
_SLOWER, _FASTER = 1.5, 20.0
_NAMES = ("plain", "own", "first", "again", "audit", "recalled")
_PLAN = """\
[audit]
organization = "Benchmark"
scope = "Documents"
rulesets = ["iso9001"]
as_of = 2026-10-31

[[source]]
table = "documents"
path = "{evidence}"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; with `--check` give 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "qmscheck-documents")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a target is missed")
    given = parser.parse_args(arguments)
    if given.rounds < 1 or given.documents < 1:
        parser.error("--rounds and --documents are 1 or more")
    evidence = given.folder / f"documents-{given.documents}"
    if not evidence.exists():
        made = [sys.executable, str(_HERE / "documents_made.py"), str(given.documents), str(evidence)]
        subprocess.run(made, check=True)
    costs, told = _measured(evidence, given.rounds)
    missed = _report(costs, told, given.documents)
    return int(missed and given.check)


def _measured(evidence: Path, rounds: int) -> tuple[dict[str, list[Cost]], dict[str, dict[str, int]]]:
    """Run all four in each round; `first` begins each time without memory."""
    costs: dict[str, list[Cost]] = {name: [] for name in _NAMES}
    told: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory(prefix="qmscheck-memory-") as memory:
        plan = Path(memory) / "qmscheck.toml"
        plan.write_text(_PLAN.format(evidence=evidence.as_posix()), "utf-8")
        for number in range(rounds + 1):
            for part in ("documents", "qmscheck"):
                shutil.rmtree(Path(memory) / part, ignore_errors=True)
            for name, found in costs.items():
                cost, printed = run(_command(name, evidence, memory))
                told[name] = json.loads(printed) if printed.startswith("{") else {}
                if number:  # the first round writes byte code and fills the file cache
                    found.append(cost)
    return costs, told


def _command(name: str, evidence: Path, memory: str) -> Command:
    if name in {"audit", "recalled"}:
        line = (sys.executable, "-m", "qmscheck", "audit", memory, "--quiet")
        return Command(line, (0, 1, 3), {"XDG_CACHE_HOME": memory})
    how = "plain" if name == "plain" else "own"
    place = (memory,) if name in {"first", "again"} else ()
    return Command((sys.executable, str(_HERE / "documents_read.py"), how, str(evidence), *place))


def _report(costs: dict[str, list[Cost]], told: dict[str, dict[str, int]], documents: int) -> bool:
    """Print the comparison; tell whether a target is missed."""
    if told["own"]["passages"] != told["again"]["passages"] or told["own"]["pages"] != told["plain"]["pages"]:
        raise SystemExit("the readings do not agree")
    pages = told["own"]["pages"]
    print(f"{documents} documents, {pages} pages, {told['own']['passages']} passages")
    for name, found in costs.items():
        wall, cpu, peak = (median(getattr(c, field) for c in found) for field in ("wall", "cpu", "memory"))
        print(f"  {name}: {wall:.2f} s, {wall / pages * 1000:.2f} ms a page, {cpu:.2f} s CPU, peak {peak:.0f} MiB")
    parent, worker, plain = told["own"]["memory"], told["own"]["children"], told["plain"]["memory"]
    larger = max(parent, worker) / plain
    print(
        f"peak memory of the largest process, own / plain: {larger:.2f}; {_said(larger <= _SLOWER, _SLOWER)}"
        f" ({parent} MiB, each worker {worker}, together at most {parent + 2 * worker}; plain {plain})"
    )
    slower, least, cpu = paired(costs["own"], costs["plain"])
    print(f"own / plain: {slower:.2f} paired, {least:.2f} min/min, {cpu:.2f} CPU; {_said(slower <= _SLOWER, _SLOWER)}")
    faster, least, cpu = paired(costs["first"], costs["again"])
    print(
        f"first / again: {faster:.1f} paired, {least:.1f} min/min, {cpu:.1f} CPU; {_said(faster >= _FASTER, _FASTER)}"
    )
    recalled, least, cpu = paired(costs["audit"], costs["recalled"])
    print(f"audit / recalled: {recalled:.1f} paired, {least:.1f} min/min, {cpu:.1f} CPU")
    return max(slower, larger) > _SLOWER or faster < _FASTER


def _said(met: bool, target: float) -> str:  # noqa: FBT001  (a private one)
    return f"target {target:g} {'met' if met else 'missed'}"


if __name__ == "__main__":
    sys.exit(main())
