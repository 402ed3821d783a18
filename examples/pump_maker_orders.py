"""The 50,000 orders of a year, and those that were changed.

Written by `make_pump_maker.py`; which gaps are planted here, and where, says `pump-maker/GAPS.md`.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from office_files import csv_text, write_text
from pump_maker_firm import END, START, british, days_between, drawn, later, workday

__all__ = ["Order", "all_orders", "changed_orders", "write_order_changes"]

_ORDERS = 50_000


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the ERP."""

    number: int
    customer: int
    ordered: dt.date
    accepted: dt.date | None
    reviewed: dt.date | None
    delivered: dt.date | None
    status: int
    net: int
    product: int
    channel: int
    site: int


def all_orders(rng: random.Random) -> Iterator[Order]:
    """Make the orders of a year, of which a deputy left 43 without a review."""
    days = [day for day in days_between(START, END) if day.weekday() < 5]
    unreviewed = 0
    for at in range(_ORDERS):
        ordered = days[at * len(days) // _ORDERS]
        site = 2 if rng.random() < 0.3 else 1
        channel = drawn(rng, (1, 1, 1, 2, 2, 3, 4, 4, 5, 2))
        product = drawn(rng, (1, 2, 3, 4, 5, 5, 5, 5, 5, 6))
        accepted = workday(ordered + dt.timedelta(days=int(rng.random() * 3)))
        delivered = workday(accepted + dt.timedelta(days=2 + int(rng.random() * (6 if product == 5 else 25))))
        net = 20 + int(rng.random() * (400 if product == 5 else 9000))
        order = Order(4_500_000 + at, 10_000 + int(rng.random() ** 2 * 640), ordered, accepted, accepted, delivered, 30,
                       net, product, channel, site)  # fmt: skip
        if rng.random() < 0.012:
            order = replace(order, accepted=None, reviewed=None, delivered=None, status=90)
        elif at >= _ORDERS - 60:
            order = replace(order, accepted=None, reviewed=None, delivered=None, status=10)
        elif delivered > END:
            order = replace(order, delivered=None, status=20)
        elif _deputy_away(order) and unreviewed < 43 and at % 4 == 0:
            unreviewed += 1
            order = replace(order, reviewed=None)
        yield order


def _deputy_away(order: Order) -> bool:
    summer = dt.date(2026, 8, 3) <= order.ordered <= dt.date(2026, 8, 28)
    return summer and order.site == 2 and order.channel == 4


def changed_orders(orders: Sequence[Order]) -> Iterator[tuple[Order, dt.date]]:
    """Give the orders that were changed, with the day."""
    for order in orders[1_300::2_050]:
        if order.accepted:
            yield order, later(order.accepted, 1)


def write_order_changes(folder: Path, orders: Sequence[Order]) -> None:
    """Write the log of changes to orders."""
    rows: list[Sequence[object]] = [("Change", "Sales order", "What", "Asked for", "Decision", "Agreed", "Papers updated", "Told on",
                                     "Told whom", "In force")]  # fmt: skip
    for at, (order, asked) in enumerate(changed_orders(orders)):
        agreed, told, force = later(asked, 1), later(asked, 1), later(asked, 2)
        what = ("Quantity", "Date", "Other pump")[at % 3]
        if at in {4, 13}:  # the drawings stayed as they were
            row: Sequence[object] = (british(agreed), "", british(told), "Production, dispatch", british(force))
        elif at == 8:  # the line heard of it when the old pumps stood packed
            row = (british(agreed), british(agreed), british(later(force, 6)), "Production", british(force))
        elif at == 16:
            row = ("", "", british(told), "Sales desk", "")
        else:
            row = (british(agreed), british(agreed), british(told), "Production, dispatch", british(force))
        decision = "refused" if at == 16 else "accepted"
        rows.append((f"OC-{at + 201}", order.number, what, british(asked), decision, *row))
    write_text(folder / "order_changes_2025-26.csv", csv_text(rows), newline="\r\n")
