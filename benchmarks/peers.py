"""The same fifty rules in the tools that somebody would pick instead, each in an environment of its own.

    python benchmarks/peers.py --rows 1000000 --rounds 5

First every tool answers once, and its answers are compared with those of one query written by hand: what it cannot say,
or counts otherwise, is listed with the reason and both counts; a tool whose answers differ without a known reason is
not measured. Then all run in turns, in fresh processes, from the start of the interpreter to its end. A tool that
fails is told and left out; the others go on. Tools that would need hours or more memory than there is are left out
above a million records, unless `--force` is given.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from audited import Answers, audit, differences, evidence, of_record
from environments import python_with, versions
from fresh import Command, Cost, Failed, interleaved, paired, run
from peer_answers import Told, compared
from peer_tools import BY_HAND, PEERS, Peer
from told import heading, ratios, table, target

__all__ = ["main"]

_HERE = Path(__file__).parent
_OWN = "qmscheck"
_MILLION = 1_000_000
_LARGE = 1.4  # how many times slower every packaged peer is to be at 10 million records
_NOISE = 1 / 1.2  # below, at a million, a peer is faster by more than noise


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, measure and tell; give 1 where our answers are wrong or, with `--check`, a target is missed."""
    given = _given(arguments)
    folder = evidence(given.folder, given.rows, (given.format,))
    record = folder / f"{given.format}.record.json"
    commands = {_OWN: audit(folder / f"{given.format}.toml", record)}
    peers = [peer for peer in PEERS if not given.peer or peer.name in given.peer]
    heading(f"{given.rows:,} records, {given.format}: versions")
    print(f"- {_OWN} {_own_versions()}; gives: places of exceptions, the record")
    for peer in (BY_HAND, *peers):
        if peer.most is not None and given.rows > peer.most and not given.force:
            print(f"- {peer.name}: left out above {peer.most:,} records; --force runs it")
        elif (python := _environment(peer, given.folder)) is not None:
            line = (str(python), str(_HERE / "peers" / peer.file), str(folder), given.format)
            commands[peer.name] = Command(line, environment={"PYTHONPATH": str(_HERE)}, limit=given.limit)
    heading("Answers")
    warm = _agreeing(commands, folder, given.format, record)
    if warm is None:
        return 1
    minutes = sum(cost.wall for cost in warm.values()) * given.rounds / 60
    print(f"\n{given.rounds} rounds of {', '.join(warm)}: about {minutes:.1f} minutes", flush=True)
    costs = interleaved({name: commands[name] for name in warm}, given.rounds, _lost)
    missed = _report(costs, given.format, given.rows)
    return int(missed and given.check)


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", choices=[peer.name for peer in PEERS], action="append", help="default: all")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--force", action="store_true", help="run every peer, whatever the number of records")
    parser.add_argument("--limit", type=float, default=1800, help="seconds that one run of a peer may take")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the evidence is kept")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a target is missed")
    given = parser.parse_args(arguments)
    if given.rows < 1 or given.rounds < 1:
        parser.error("--rows and --rounds are 1 or more")
    return given


def _own_versions() -> str:
    found = versions(Path(sys.executable), ("qmscheck", "duckdb"))
    return f"{found['qmscheck']} (DuckDB {found['duckdb']}, Python {sys.version.split()[0]})"


def _environment(peer: Peer, folder: Path) -> Path | None:
    """Give the interpreter of a peer and print its versions; None, and why, where it has none."""
    try:
        python = python_with(folder / "qmscheck-peers", peer.name, peer.pins)
    except Failed as failure:
        _lost(peer.name, failure)
        return None
    names = [pin.partition("==")[0].partition("[")[0] for pin in peer.pins]
    told = ", ".join(f"{name} {number}" for name, number in versions(python, names).items())
    print(f"- {peer.name}: {told}; gives: {peer.gives}", flush=True)
    return python


def _lost(name: str, failure: Failed) -> None:
    said = str(failure).strip().splitlines()
    print(f"- {name} FAILED, and is left out: {said[1] if len(said) > 1 else ''} {said[-1]}", flush=True)


def _agreeing(commands: dict[str, Command], folder: Path, suffix: str, record: Path) -> dict[str, Cost] | None:
    """Run each command once; give the costs of those whose answers agree, None where ours or the query's fail."""
    record.unlink(missing_ok=True)
    costs = {_OWN: run(commands[_OWN])[0]}
    costs[BY_HAND.name], printed = run(commands[BY_HAND.name])
    known: Answers = {rule: (population, met) for rule, (population, met) in json.loads(printed).items()}
    wrong = differences(of_record(record), known)
    if wrong:
        print("our own answers differ from the query by hand, so there is nothing to compare", *wrong, sep="\n  ")
        return None
    print(f"- {_OWN}: {len(known)} of {len(known)} rules as by hand, populations too")
    for peer in PEERS:
        if peer.name not in commands:
            continue
        try:
            cost, printed = run(commands[peer.name])
            answers = compared(
                peer, json.loads(printed.strip().splitlines()[-1]), known, _counted(peer, folder, suffix)
            )
        except (Failed, ValueError, IndexError) as failure:
            _lost(peer.name, failure if isinstance(failure, Failed) else Failed(f"no answers\nended well: {failure}"))
            continue
        _tell(peer, answers)
        if not answers.unexplained:
            costs[peer.name] = cost
    return costs


def _counted(peer: Peer, folder: Path, suffix: str) -> dict[str, int]:
    """Count as the peer does, by the rules of which it is known how."""
    queries = {rule: one.counted for rule, one in peer.otherwise.items() if one.counted}
    if not queries:
        return {}
    asked = (sys.executable, str(_HERE / "asked.py"), str(folder), suffix, json.dumps(list(queries.values())))
    return dict(zip(queries, json.loads(run(Command(asked))[1]), strict=True))


def _tell(peer: Peer, answers: Told) -> None:
    print(f"- {peer.name}: {answers.equal} counts and {answers.verdicts} verdicts as by hand", flush=True)
    for line in (*answers.unable, *answers.explained):
        print(f"  - {line}")
    for line in answers.unexplained:
        print(f"  - WRONG, so not measured: {line}")


def _report(costs: dict[str, list[Cost]], suffix: str, rows: int) -> bool:
    """Print the table and, for Parquet, each target of so many records; tell whether one is missed."""
    if _OWN not in costs or BY_HAND.name not in costs:
        print("\nnothing to compare: ours or the query by hand failed")
        return True
    heading(f"{len(costs[_OWN])} rounds; ratios: candidate / {_OWN}")
    table(costs, _OWN)
    own = paired(costs[_OWN], costs[BY_HAND.name])
    print(f"\n{_OWN} / {BY_HAND.name}: {ratios(own)} (paired, min/min, CPU)")
    if suffix != "parquet" or rows < _MILLION:
        return False
    large, missed = rows >= 10 * _MILLION, []
    if large:
        missed.append(target(f"{_OWN} / {BY_HAND.name}, CPU", own[2], most=1.1))
        missed.append(target(f"{_OWN} / {BY_HAND.name}, wall", own[0], most=1.2))
    memory = max(cost.memory for cost in costs[_OWN])
    for peer in PEERS:
        if peer.kind == "hand" or peer.name not in costs:
            continue
        ones = costs[peer.name]
        cpu, least = paired(ones, costs[_OWN])[2], _LARGE if large else _NOISE
        missed.append(target(f"{peer.name} / {_OWN}, CPU", cpu, least=least))
        if large and peer.kind == "frame":
            part = memory / median(cost.memory for cost in ones)
            missed.append(target(f"memory of {_OWN} / {peer.name}", part, most=0.25))
    return any(missed)


if __name__ == "__main__":
    sys.exit(main())
