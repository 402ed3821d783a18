"""Fuzz for a while, guided by coverage: `python tests/fuzz/run.py TARGET [SECONDS]`, or `--all SECONDS [TARGET...]`.

Library of this script: atheris (group `fuzz` of pyproject.toml). What breaks is kept in `build/fuzz/TARGET`, with what
was of interest, and is tried first at the next run. Exit 0: nothing broke; 1: something did; its name is printed last.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import random
import shutil
import sys
import tempfile
from pathlib import Path

import atheris

_TREE = Path(__file__).parents[2]
_PACKAGES = ["qmscheck", "qmscheck_tables", "qmscheck_documents"]
_LONGEST = 1 << 18
sys.path[:0] = [str(_TREE / "tests"), str(_TREE / "plugins/qmscheck-documents/tests")]


def main(words: list[str]) -> int:
    """Fuzz the target that is named in this process, or several, each in a process of its own."""
    _watched()
    if words[0] != "--all":
        return _fuzz(words[0], int(words[1]) if len(words) > 1 else 60)
    from fuzz.targets import targets

    broken = [name for name in words[2:] or targets() if _apart(name, int(words[1]))]
    sys.stdout.write(f"broke: {', '.join(broken) or 'none'}\n")
    return 1 if broken else 0


def _watched() -> None:
    """Import all modules: only so is what they do watched. It takes longer than many a target is fuzzed."""
    with atheris.instrument_imports(include=_PACKAGES):
        for package in map(importlib.import_module, _PACKAGES):
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                if not module.name.endswith("__main__"):
                    importlib.import_module(module.name)


def _apart(name: str, seconds: int) -> bool:
    """Fuzz one target in a copy of this process, which has all modules; true where something broke."""
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        _fuzz(name, seconds)
        os._exit(0)
    return os.waitpid(process, 0)[1] != 0


def _fuzz(name: str, seconds: int) -> int:
    """Fuzz one target; does not return."""
    from fuzz.seeds import of_the_corpus
    from fuzz.targets import targets

    target = targets()[name]
    corpus = _TREE / "build" / "fuzz" / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate([*target.seeds(), *of_the_corpus(target.suffix)]):
        (corpus / f"seed-{number}").write_bytes(seed)
    os.environ["QMSCHECK_ISOLATION"] = "never"  # what is watched is this process
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="qmscheck-fuzz-")
    options = [f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=4096", f"-max_len={_LONGEST}"]
    arguments = [sys.argv[0], *options, "-print_final_stats=1", f"-artifact_prefix={corpus}/broken-", str(corpus)]
    atheris.Setup(arguments, _one(target), custom_mutator=_mutator(target))
    atheris.Fuzz()
    return 0


def _one(target):
    """Give what libFuzzer calls: each run has a folder of its own, in memory where the system has such a place."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112

    def one(content: bytes) -> None:
        folder = Path(tempfile.mkdtemp(prefix="qmscheck-fuzz-", dir=memory))
        try:
            target.run(folder, content)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return one


def _mutator(target):
    """Give what spoils a file by its kind; now and then libFuzzer does it in its own way."""
    from fuzz.spoiling import spoilt

    def mutated(content: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.3:
            return atheris.Mutate(content, longest)
        return spoilt(content, chance, target.suffix)[:longest]

    return mutated


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
