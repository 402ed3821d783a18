"""Broken plans and rulesets: each folder of `broken` is audited by a real process, and the whole of stderr is compared.

`expected.txt` is what a person must read. To write it anew after a change of words: `QMSCHECK_UPDATE_GOLDENS=1 pytest
tests/test_broken.py`, and read the difference.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(folder.name for folder in BROKEN.iterdir() if folder.is_dir())

#: What no line of a file can show: the call itself, and files that are missing or are no text.
PLACELESS = re.compile(
    r"missing-folder|plan-is-a-folder|plan-that-is-a-csv|empty-plan|command-line|mistakes-of-the-call|leave-nothing"
    r"|folder-without-toml|megabyte|nested-too-deeply"
)
PLACE = re.compile(r"^[\w./-]+\.toml:\d+:\d+: \S", re.MULTILINE)


def audit(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run an audit in a folder, with the arguments that the folder names."""
    named = folder / "arguments.txt"
    arguments = named.read_text("utf-8").splitlines() if named.exists() else []
    command = [sys.executable, "-m", "qmscheck", "audit", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QMSCHECK_")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


def files(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder with what it holds."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", CASES)
def test_what_is_broken_is_refused_at_its_place(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(BROKEN / name, folder)
    if name.endswith("megabyte-of-brackets"):  # too large to be kept
        (folder / "qmscheck.toml").write_text("x = " + "[" * 1_000_000, "utf-8")
    before = files(folder)
    done = audit(folder)
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS"):
        (BROKEN / name / "expected.txt").write_text(done.stderr, "utf-8")
    assert done.stderr == (BROKEN / name / "expected.txt").read_text("utf-8")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("No audit was performed.\n")
    assert "Traceback" not in done.stderr
    assert "defect" not in done.stderr
    assert str(tmp_path) not in done.stderr
    assert files(folder) == before
    assert bool(PLACE.search(done.stderr)) != bool(PLACELESS.search(name))


def test_there_are_broken_plans_and_broken_rulesets_enough() -> None:
    assert len(CASES) >= 80
