"""Broken plans and rulesets: each folder of `broken` is audited, and the whole of stderr is compared.

All are audited in this process; every tenth by a real one too, as a user starts it, with whatever that keeps apart. `expected.txt` is what a person must read. To write it anew after a change of words: `QMSCHECK_UPDATE_GOLDENS=1 pytest
tests/test_broken.py`, and read the difference.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qmscheck.cli import main

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(folder.name for folder in BROKEN.iterdir() if folder.is_dir())

#: What no line of a file can show: the call itself, and files that are missing or are no text.
PLACELESS = re.compile(
    r"missing-folder|plan-is-a-folder|plan-that-is-a-csv|empty-plan|command-line|mistakes-of-the-call|leave-nothing"
    r"|folder-without-toml|megabyte|nested-too-deeply"
)
PLACE = re.compile(r"^[\w./-]+\.toml:\d+:\d+: \S", re.MULTILINE)


def arguments(folder: Path) -> list[str]:
    """Give what is called: an audit, with the arguments that the folder names."""
    named = folder / "arguments.txt"
    return ["audit", *(named.read_text("utf-8").splitlines() if named.exists() else [])]


def started(folder: Path) -> tuple[int, str, str]:
    """Audit in a process of its own, as a user starts it, and give its exit code and what it wrote."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QMSCHECK_")}
    command = [sys.executable, "-m", "qmscheck", *arguments(folder)]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def called(folder: Path) -> tuple[int, str, str]:
    """Audit in this process, and give the exit code and what was written, as bytes would be read."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments(folder))
    told = [stream.buffer.getvalue().decode("utf-8") for stream in (out, err)]  # type: ignore[attr-defined]
    return code, told[0], told[1]


def laid_out(name: str, place: Path) -> Path:
    """Copy a broken folder to where it is audited."""
    folder = place / name
    shutil.copytree(BROKEN / name, folder)
    if name.endswith("megabyte-of-brackets"):  # too large to be kept
        (folder / "qmscheck.toml").write_text("x = " + "[" * 1_000_000, "utf-8")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder with what it holds."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", CASES)
def test_what_is_broken_is_refused_at_its_place(name: str, tmp_path: Path) -> None:
    folder = laid_out(name, tmp_path)
    before = files(folder)
    code, out, err = called(folder)
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS"):
        (BROKEN / name / "expected.txt").write_text(err, "utf-8")
    assert err == (BROKEN / name / "expected.txt").read_text("utf-8")
    assert (code, out) == (2, "")
    assert err.startswith("No audit was performed.\n")
    assert "Traceback" not in err
    assert "defect" not in err
    assert str(tmp_path) not in err
    assert files(folder) == before
    assert bool(PLACE.search(err)) != bool(PLACELESS.search(name))


@pytest.mark.parametrize("name", CASES[::10])
def test_a_process_of_its_own_is_refused_in_the_same_words(name: str, tmp_path: Path) -> None:
    folder = laid_out(name, tmp_path)
    before = files(folder)
    assert started(folder) == (2, "", (BROKEN / name / "expected.txt").read_text("utf-8"))
    assert files(folder) == before


def test_there_are_broken_plans_and_broken_rulesets_enough() -> None:
    assert len(CASES) >= 80
