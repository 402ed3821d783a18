"""`qmscheck evidence`: what an audit would read and what is missing, word for word, at two widths, and as JSON.

`QMSCHECK_UPDATE_GOLDENS=1` writes the goldens anew: read the diff before committing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from proposing import RULESET, written

from qmscheck.cli import main

_EXAMPLES = Path(__file__).parents[1] / "examples"
_GOLDENS = Path(__file__).parent / "goldens"

Run = Callable[..., tuple[int, str, str]]

PLAN = """
[audit]
organization = "Shop"
scope = "All"
rulesets = ["../shop.toml"]
as_of = 2026-06-30

[[source]]
table = "complaints"
path = "complaints.csv"
missing = ["", "n/a"]
[source.columns]
cost = { from = "Kosten", decimal = "," }
"""
ROWS = (
    "complaint_id;received_on;closed_on;owner;Kosten;status;x\n"
    + "".join(f"R-{n};2026-0{n}-01;2026-1{n % 3}-01;Ann;viel;open;1\n" for n in range(1, 8))
    + "Total;;;;5,00;;\nSumme;;;;;;\n"
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    monkeypatch.setenv("QMSCHECK_WIDTH", "80")

    def called(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return called


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.toml").write_text(RULESET, "utf-8")
    return written(tmp_path / "firm", {"qmscheck.toml": PLAN, "complaints.csv": ROWS})


@pytest.mark.parametrize(
    ("width", "firm"),
    [
        ("80", "repair-shop"),
        pytest.param("160", "repair-shop", marks=pytest.mark.unmeasured),
        pytest.param("80", "pump-maker", marks=pytest.mark.unmeasured),
    ],
)
def test_the_screen_of_an_example_is_the_golden_one(
    width: str, firm: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_EXAMPLES)
    monkeypatch.setenv("QMSCHECK_WIDTH", width)
    code, out, err = run("evidence", firm, "--as-of", "2026-11-20", "--color", "never", "--no-cache")
    golden = _GOLDENS / f"{firm}.evidence-{width}.txt"
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS"):
        golden.write_text(out, "utf-8")

    assert (code, err) == (0, "")
    assert out == golden.read_text("utf-8")
    assert max(map(len, out.splitlines())) <= int(width)


def test_each_source_says_rows_columns_age_and_what_cannot_be_read(shop: Path, run: Run) -> None:
    code, out, err = run("evidence", "firm", "--color", "never")
    assert (code, err) == (0, "")
    assert out == (
        "What an audit of Shop on 2026-06-30 would read, against ../shop.toml. Nothing is\n"
        "judged here.\n"
        "\n"
        "\n"
        "SOURCES: 1\n"
        "\n"
        "  complaints.csv\n"
        "    table       complaints, 7 rows, read by csv\n"
        "    newest      2026-06-01 (received_on), 29 days before the audit\n"
        "    columns     cost = Kosten, complaint_id, received_on, closed_on, owner,\n"
        "                status\n"
        "    lacks       customer_id (A), urgent (A)\n"
        "    not read    x\n"
        "    unreadable  7 cells\n"
        + "".join(
            f"                complaints.csv, row {row}, column “Kosten”: no number written with\n"
            "                ',' before the fraction\n"
            for row in range(2, 7)
        )
        + "                and 2 more\n"
        "    skipped     2 rows\n"
        "                row 9: a totals row, not a record\n"
        "                row 10: a totals row, not a record\n"
        f"    sha256      {_digest(shop)[:16]}\n"
        "\n"
        "\n"
        "\n"
        "TABLES WITHOUT A SOURCE: 2\n"
        "\n"
        "  customers\n"
        "    Every customer. Given by: sales.\n"
        "    Needed by A.\n"
        "  documents\n"
        "    Every document. Given by: quality.\n"
        "    Needed by A.\n"
    )


def _digest(shop: Path) -> str:
    import hashlib

    return hashlib.sha256((shop / "complaints.csv").read_bytes()).hexdigest()


def test_verbose_lists_every_cell_and_the_whole_digest(shop: Path, run: Run) -> None:
    _, out, _ = run("evidence", "firm", "-v", "--color", "never")
    assert out.count("no number") == 7
    assert _digest(shop) in out.replace("\n                ", "")
    assert "more" not in out


def test_more_skipped_rows_than_fit_are_counted(shop: Path, run: Run) -> None:
    (shop / "complaints.csv").write_text(ROWS + "Summe;;;;;;\n" * 5, "utf-8")
    assert "and 2 more" in run("evidence", "firm", "--color", "never")[1].partition("skipped")[2]


def test_what_cannot_be_read_or_relied_on_stands_first(shop: Path, run: Run) -> None:
    plan = PLAN + '[[source]]\ntable = "customers"\npath = "gone.csv"\n'
    (shop / "qmscheck.toml").write_text(plan, "utf-8")
    (shop / "complaints.csv").write_text(ROWS.replace("2026-0", "0").replace("-01;2026", "/01/2026;2026"), "utf-8")
    _, out, _ = run("evidence", "firm", "--color", "never")
    lost, _, rest = out.partition("NOT READ")
    assert "NOT TO BE RELIED ON" in lost
    lines = [line.strip() for line in lost.partition("gone.csv")[2].splitlines()]
    assert lines[1].startswith("table       customers, 0 rows, read by")
    assert any(line.startswith("missing") for line in lines)
    assert "gone.csv: missing." in rest


def test_nothing_is_judged(shop: Path, run: Run) -> None:
    del shop
    _, out, _ = run("evidence", "firm")
    assert not any(word in out for word in ("READY", "fail", "not met", "major", "minor"))


def test_json_holds_everything_for_other_programs(shop: Path, run: Run) -> None:
    code, out, _ = run("evidence", "firm", "--output-format", "json")
    whole = json.loads(out)

    assert code == 0
    assert (whole["organization"], whole["as_of"], whole["rulesets"]) == ("Shop", "2026-06-30", ["../shop.toml"])
    (source,) = whole["sources"]
    assert (source["table"], source["rows_read"], source["unreadable_count"]) == ("complaints", 7, 7)
    assert source["newest"] == {"column": "received_on", "on": "2026-06-01", "days": 29, "planned": False}
    assert source["lacks"] == {"customer_id": ["A"], "urgent": ["A"]}
    assert source["sha256"] == _digest(shop)
    assert [(one["table"], one["obligations"]) for one in whole["missing_tables"]] == [
        ("customers", ["A"]),
        ("documents", ["A"]),
    ]
    assert out == run("evidence", "firm", "--output-format", "json", "--no-cache")[1]


def test_personal_values_stand_in_neither(shop: Path, run: Run) -> None:
    del shop
    assert "Ann" not in run("evidence", "firm", "-v")[1] + run("evidence", "firm", "--output-format", "json")[1]


def test_the_command_line_takes_the_place_of_the_plan(shop: Path, run: Run) -> None:
    (shop / "qmscheck.toml").unlink()
    code, out, _ = run(
        "evidence",
        "firm",
        "--ruleset",
        "shop.toml",
        "--source",
        "complaints=firm/complaints.csv",
        "--as-of",
        "2026-06-30",
    )
    assert code == 0
    assert "complaints, 7 rows" in out


def test_without_a_plan_nothing_is_looked_at(tmp_path: Path, run: Run) -> None:
    code, out, err = run("evidence", str(tmp_path))
    assert (code, out) == (2, "")
    assert err.startswith("No evidence was looked at.\n")
