"""How long a command takes to start, against the bare imports of the libraries that it stands on.

    python benchmarks/startup.py --rounds 11

Fresh processes in turns, each with warm byte code. `--help` and what a shell asks to complete a command against click;
an audit of a small example against all four libraries. The audit is warm: the same plan was audited before. Three cases
are told apart, because they cost very differently:

- recalled: nothing has changed since; all files are read through and compared, nothing is judged (decision 0024);
- judged anew (`--anew`): everything is read and judged again, as it is where a file has changed; what follows from the
  ruleset alone is in the cache (decision 0011);
- judged anew without the cache (`--no-cache`): the ruleset is worked out anew, too.

Time on the clock includes waiting for the worker processes that examine documents; CPU seconds include theirs.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from fresh import Command, Cost, interleaved, paired, run

__all__ = ["main"]

_IMPORTS = "import click, pydantic, duckdb, sqlglot"
_ASKED = {"_QMSCHECK_COMPLETE": "bash_complete", "COMP_WORDS": "qmscheck au", "COMP_CWORD": "1"}
_HELP, _AUDIT = 1.4, 1.5  # at most so many times the imports
_EXAMPLE = Path(__file__).parents[1] / "examples" / "repair-shop"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every pair; with `--check` give 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--check", action="store_true", help="exit with 1 where a target is missed")
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        parser.error("--rounds is 1 or more")
    with tempfile.TemporaryDirectory(prefix="qmscheck-startup-") as folder:
        example = Path(folder) / _EXAMPLE.name
        shutil.copytree(_EXAMPLE, example)
        commands = _commands(example, Path(folder) / "cache")
        printed = {name: run(command)[1] for name, command in commands.items()}  # also warms byte code and files
        if "audit" not in printed["qmscheck au<TAB>"]:
            raise SystemExit(f"the shell was not told of `audit`: {printed['qmscheck au<TAB>']!r}")
        costs = interleaved(commands, given.rounds)
    missed = [
        _report(costs, "qmscheck --help", "import click", _HELP),
        _report(costs, "qmscheck au<TAB>", "import click", _HELP),
        _report(costs, "qmscheck audit (recalled)", _IMPORTS, _AUDIT),
        _report(costs, "qmscheck audit --anew (judged anew)", _IMPORTS, _AUDIT),
        _report(costs, "qmscheck audit --no-cache (judged anew)", _IMPORTS, None),
    ]
    return int(any(missed) and given.check)


def _commands(example: Path, cache: Path) -> dict[str, Command]:
    python = sys.executable
    program = shutil.which("qmscheck", path=str(Path(python).parent))
    own = (program,) if program else (python, "-m", "qmscheck")
    kept = {"XDG_CACHE_HOME": str(cache)}
    found = {
        "qmscheck --help": Command((*own, "--help")),
        "qmscheck au<TAB>": Command(own, environment=_ASKED),
        "qmscheck audit (recalled)": Command((*own, "audit", str(example)), (0, 1, 3), kept),
        "qmscheck audit --anew (judged anew)": Command((*own, "audit", str(example), "--anew"), (0, 1, 3), kept),
        "qmscheck audit --no-cache (judged anew)": Command((*own, "audit", str(example), "--no-cache"), (0, 1, 3)),
    }
    for imports in ("import click", _IMPORTS):
        found[imports] = Command((python, "-c", imports))
    return found


def _report(costs: dict[str, list[Cost]], name: str, reference: str, target: float | None) -> bool:
    """Print one pair; tell whether the target, if there is one, is missed."""
    ratio, least, cpu = paired(costs[name], costs[reference])
    own, other = (median(c.wall for c in costs[n]) * 1000 for n in (name, reference))
    print(f"{name}: {own:.0f} ms; python -c '{reference}': {other:.0f} ms (medians)")
    missed = target is not None and ratio > target
    told = "" if target is None else f"; target {target:.1f} {'missed' if missed else 'met'}"
    print(f"  ratio {ratio:.2f} paired, {least:.2f} min/min, {cpu:.2f} CPU{told}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
