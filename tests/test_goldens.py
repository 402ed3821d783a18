"""The reports of both examples, word for word. `QMSCHECK_UPDATE_GOLDENS=1` writes them anew: read the diff before committing."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_GOLDENS = Path(__file__).parent / "goldens"
_UPDATE = "QMSCHECK_UPDATE_GOLDENS"
_LIMIT = 4_500_000

# Places listed for each finding: enough to see how they are told, few enough to read the files.
_PLACES = "3"


@pytest.mark.parametrize("firm", ["repair-shop", pytest.param("pump-maker", marks=pytest.mark.unmeasured)])
def test_the_reports_of_one_audit_are_the_golden_ones(firm: str, tmp_path: Path) -> None:
    """The report that is wider is made of the record: to audit once more takes longer than all that is told."""
    reports = {"concise": "concise.txt", "json": "json"} | ({"html": "html"} if firm == "repair-shop" else {})
    written = [f"--output={name}:{tmp_path / ending}" for name, ending in reports.items()]
    shown = _run(
        "audit", firm, "--max-exceptions", _PLACES, "--color", "never", "--output-format=human", *written, width=80
    )
    _compare(f"{firm}.human-80.txt", shown)
    for ending in reports.values():
        _compare(f"{firm}.{ending}", (tmp_path / ending).read_bytes())
    again = _run("report", str(tmp_path / "json"), "--color", "never", width=160)
    _compare(f"{firm}.human-160.txt", again)


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("name", "firm", "options"),
    [
        ("rule", "pump-maker", ["CF-8.2.3-1.reviewed", "--rate", "10%", "--seed", "2026-11"]),
        (
            "strata",
            "pump-maker",
            ["orders", "--by", "site,channel", "--force", "order_id in ('4500002', '4500003')", "--size", "30"],
        ),
        ("few", "repair-shop", ["complaints", "--criterion", "The customer was answered"]),
    ],
)
def test_what_a_draw_shows_is_the_golden_one(name: str, firm: str, options: list[str]) -> None:
    command, *rest = options
    _compare(f"{firm}.sample-{name}.txt", _run("sample", command, firm, *rest, width=80))


def test_the_goldens_name_no_place_of_this_machine() -> None:
    named = [path.name for path in _GOLDENS.rglob("*.*") if str(_ROOT).encode() in path.read_bytes()]
    assert named == []


def test_the_goldens_do_not_grow_unseen() -> None:
    """Each of 431 rules stands in the JSON of each example; the page is kept of one example."""
    assert sum(path.stat().st_size for path in _GOLDENS.rglob("*.*")) < _LIMIT


def _run(command: str, *arguments: str, width: int) -> bytes:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QMSCHECK_")}
    done = subprocess.run(
        [sys.executable, "-m", "qmscheck", command, *arguments],
        cwd=_ROOT / "examples",
        env={**clean, "QMSCHECK_ANEW": "1", "QMSCHECK_ISOLATION": "never", "QMSCHECK_WIDTH": str(width)},
        capture_output=True,
        check=False,
    )
    assert done.returncode in ({1, 3} if command == "audit" else {0}), done.stderr.decode()
    return done.stdout


def _compare(name: str, found: bytes) -> None:
    golden = _GOLDENS / name
    if os.environ.get(_UPDATE) == "1":
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(found)
    wanted = golden.read_bytes() if golden.exists() else b""
    if found != wanted:
        old, new = (text.decode("utf-8").splitlines() for text in (wanted, found))
        lines = list(difflib.unified_diff(old, new, f"goldens/{name}", "this run", lineterm="", n=1))
        pytest.fail(f"{_UPDATE}=1 writes it anew\n" + "\n".join(lines[:60]), pytrace=False)
