"""The example organisations are what their scripts write, byte for byte, and the rarest of their gaps are in the files."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

_EXAMPLES = Path(__file__).parents[1] / "examples"
_BY_HAND = {"qmscheck.toml", "GAPS.md"}
_SQLITE_LIMIT = 6 * 1024 * 1024


@pytest.mark.parametrize("name", ["repair-shop", "pump-maker"])
def test_an_example_is_what_its_script_writes(name: str, tmp_path: Path) -> None:
    script = _EXAMPLES / f"make_{name.replace('-', '_')}.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    written = _files(tmp_path)
    committed = {path: content for path, content in _files(_EXAMPLES / name).items() if path not in _BY_HAND}
    assert sorted(written) == sorted(committed)
    assert [path for path in written if written[path] != committed[path]] == []


@pytest.mark.parametrize("name", ["repair-shop", "pump-maker"])
def test_each_source_of_a_plan_is_there(name: str) -> None:
    plan = tomllib.loads((_EXAMPLES / name / "qmscheck.toml").read_text(encoding="utf-8"))
    missing = [source["path"] for source in plan["source"] if not list((_EXAMPLES / name).glob(source["path"]))]
    assert missing == []


def test_the_erp_export_stays_small() -> None:
    assert _erp_path().stat().st_size < _SQLITE_LIMIT


def test_forty_three_confirmed_orders_have_no_review_all_of_them_mailed_to_brno_in_august() -> None:
    found = _rows(
        "select p.name, c.name, count(*), min(ordered), max(ordered) from sales_orders o"
        " join plants p on p.code = o.plant join order_channels c on c.code = o.channel"
        " where confirmed is not null and order_no not in (select order_no from order_reviews) group by 1, 2"
    )
    assert [(site, channel, count) for site, channel, count, _, _ in found] == [("Brno", "E-mail", 43)]
    assert all(20260803 <= first <= last <= 20260828 for _, _, _, first, last in found)


def test_three_lots_were_released_after_their_delivery() -> None:
    late = _rows(
        "select lot_no from inspection_lots join deliveries using (delivery_no) where released > goods_issue order by 1"
    )
    assert late == [(312840,), (330111,), (341902,)]


def test_eleven_closed_complaints_have_no_decision_on_corrective_action() -> None:
    path = _EXAMPLES / "pump-maker" / "quality" / "complaints_2026.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        undecided = [row for row in csv.DictReader(file) if row["Closed on"] and not row["Corrective action"]]
    assert sorted(row["Site"] for row in undecided) == ["BRN"] * 8 + ["LDS"] * 3


def test_three_credit_notes_of_the_shop_for_bad_work_have_no_complaint() -> None:
    path = _EXAMPLES / "repair-shop" / "Buchhaltung" / "Gutschriften_2025-26.csv"
    with path.open(encoding="cp1252", newline="") as file:
        orders = [row["Auftrag-Nr"] for row in csv.DictReader(file, delimiter=";") if "Qualität" in row["Grund"]]
    complained = {str(row[3]) for row in _sheet("repair-shop/Reklamationen/Reklamationsliste.xlsx", skip=3)}
    assert [order for order in orders if order not in complained] == ["25-1419", "26-1470", "26-1492"]


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _erp_path() -> Path:
    return _EXAMPLES / "pump-maker" / "erp" / "erp_export_2026-11-02.sqlite"


def _rows(query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{_erp_path().as_uri()}?mode=ro", uri=True)) as erp:
        return erp.execute(query).fetchall()


def _sheet(path: str, *, skip: int) -> Iterator[Sequence[object]]:
    from python_calamine import CalamineWorkbook

    yield from CalamineWorkbook.from_path(str(_EXAMPLES / path)).get_sheet_by_index(0).to_python()[skip:]
