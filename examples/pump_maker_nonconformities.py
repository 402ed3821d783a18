"""Nonconforming output of the pump maker, found before or after delivery.

Written by `make_pump_maker.py`; which gaps are planted here, and where, says `pump-maker/GAPS.md`.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from office_files import csv_text, write_text
from pump_maker_complaints import Complaint
from pump_maker_erp import returns
from pump_maker_firm import END, PRODUCTS, iso, later
from pump_maker_orders import Order

if TYPE_CHECKING:
    pass  # type: ignore[import-untyped]

__all__ = ["write_nonconformities"]


def write_nonconformities(folder: Path, orders: Sequence[Order], complaints: Sequence[Complaint]) -> None:
    """Write what was found before or after delivery, and what was done."""
    rows: list[Sequence[object]] = [("NCR", "Found", "Sales order", "Product line", "Where", "What was done", "Decided by",
                                     "Customer agreed?", "Same lot elsewhere checked?", "Re-tested", "Closed")]  # fmt: skip
    of_order = {order.number: order for order in orders}
    for at, (number, found, where, report) in enumerate(_nonconforming(orders, complaints)):
        done = (
            "Replaced"
            if where == "Customer"
            else ("Reworked", "Scrapped", "Used as is", "Sent back to supplier")[at % 4]
        )
        closed = later(found, 5 + at % 3)
        last = "" if closed > END else iso(closed)
        last = "" if at == 4 else last  # open since winter
        tested = iso(later(found, 4)) if done == "Reworked" and at else ""
        checked = "" if where == "Internal" else "no" if at % 13 == 5 else "yes"
        agreed = "not required" if done == "Used as is" else ""
        product = PRODUCTS[of_order[number].product][0]
        rows.append(
            (report, iso(found), number, product, where, done, "Quality engineer", agreed, checked, tested, last)
        )
    write_text(folder / "ncr_log_2025-26.csv", csv_text(rows))


def _nonconforming(orders: Sequence[Order], complaints: Sequence[Complaint]) -> Iterator[tuple[int, dt.date, str, str]]:
    """Give order, day, where it was found, and number: of works, of returns but two, of credit notes with a complaint."""
    for at, order in enumerate(order for order in orders[900::2_900] if order.accepted):
        yield order.number, later(order.accepted or END, 2), "Internal", f"NCR-{at + 1100}"
    returned = {order: (day, ncr) for _, order, day, cause, ncr, _ in returns(orders, complaints) if cause == "PRODUCT"}
    known = {one.order: later(one.received, 4) for one in complaints if one.order >= orders[0].number}
    credited = dict(list(known.items())[3::6])
    for at, number in enumerate(sorted({*returned, *credited})):
        if at not in {9, 21}:  # two came back and were repaired without a word
            day, ncr = returned.get(number, (None, None))
            found = dt.date(*divmod(int(str(day)[:6]), 100), int(str(day)[6:])) if day else credited[number]
            yield number, found, "Customer", str(ncr or f"NCR-{at + 1300}")
