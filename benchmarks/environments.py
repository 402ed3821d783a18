"""An environment of its own for each peer, made once by uv: what a peer needs is no dependency of ours."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fresh import Failed

__all__ = ["python_with", "versions"]

_ASK = (
    "import importlib.metadata, json, sys\n"
    "print(json.dumps({name: importlib.metadata.version(name) for name in sys.argv[1:]}))"
)


def python_with(folder: Path, name: str, pins: Sequence[str]) -> Path:
    """Give the interpreter of an environment that has these packages (`name==version`); make it where it is not there.

    Its folder is named for the pins, so that another version is another environment. Raises Failed where uv is
    missing, or cannot make it.
    """
    digest = hashlib.sha256("\n".join([sys.version, *sorted(pins)]).encode()).hexdigest()[:12]
    place = folder / f"{name}-{digest}"
    python, made = place / "bin" / "python", place / "made"
    if made.exists():
        return python
    uv = shutil.which("uv")
    if uv is None:
        raise Failed("uv is not installed, and makes the environments of the peers")
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _done(uv, "venv", "--quiet", "--python", sys.executable, str(place))
    _done(uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *pins)
    made.touch()
    return python


def _done(*line: str) -> None:
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(line)}\nended with {done.returncode}:\n{done.stderr[-2000:]}")


def versions(python: Path, names: Sequence[str]) -> dict[str, str]:
    """Ask an interpreter which versions of these distributions it really has."""
    done = subprocess.run([python, "-c", _ASK, *names], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))
