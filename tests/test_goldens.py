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


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("firm", ["repair-shop", pytest.param("pump-maker", marks=pytest.mark.unmeasured)])
def test_the_report_for_people_is_the_golden_one(firm: str, width: int) -> None:
    _compare(f"{firm}.human-{width}.txt", _run(firm, width, "--output-format", "human"))


@pytest.mark.parametrize("firm", ["repair-shop", pytest.param("pump-maker", marks=pytest.mark.unmeasured)])
def test_the_other_reports_of_one_audit_are_the_golden_ones(firm: str, tmp_path: Path) -> None:
    reports = {"concise": "concise.txt", "json": "json"} | ({"html": "html"} if firm == "repair-shop" else {})
    written = [f"--output={name}:{tmp_path / ending}" for name, ending in reports.items()]
    _run(firm, 80, *written)
    for ending in reports.values():
        _compare(f"{firm}.{ending}", (tmp_path / ending).read_bytes())


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
    clean = {key: value for key, value in os.environ.items() if not key.startswith("QMSCHECK_")}
    called = [sys.executable, "-m", "qmscheck", "sample", command, firm, *rest]
    done = subprocess.run(
        called,
        cwd=_ROOT / "examples",
        env={**clean, "QMSCHECK_ANEW": "1", "QMSCHECK_ISOLATION": "never"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    _compare(f"{firm}.sample-{name}.txt", done.stdout)


def test_the_goldens_name_no_place_of_this_machine() -> None:
    named = [path.name for path in _GOLDENS.rglob("*.*") if str(_ROOT).encode() in path.read_bytes()]
    assert named == []


def test_the_goldens_do_not_grow_unseen() -> None:
    """Each of 431 rules stands in the JSON of each example; the page is kept of one example."""
    assert sum(path.stat().st_size for path in _GOLDENS.rglob("*.*")) < _LIMIT


def _run(firm: str, width: int, *options: str) -> bytes:
    command = [
        sys.executable,
        "-m",
        "qmscheck",
        "audit",
        firm,
        "--max-exceptions",
        _PLACES,
        "--color",
        "never",
        *options,
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QMSCHECK_")}
    done = subprocess.run(
        command,
        cwd=_ROOT / "examples",
        env={**clean, "QMSCHECK_ANEW": "1", "QMSCHECK_ISOLATION": "never", "QMSCHECK_WIDTH": str(width)},
        capture_output=True,
        check=False,
    )
    assert done.returncode in {1, 3}, done.stderr.decode()
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
