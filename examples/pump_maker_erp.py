"""The export of the ERP of the pump maker: an SQLite file.

Written by `make_pump_maker.py`; which gaps are planted here, and where, says `pump-maker/GAPS.md`.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from office_files import seal_sqlite
from pump_maker_complaints import Complaint
from pump_maker_firm import CHANNELS, COUNTRIES, END, PRODUCTS, SEGMENTS, SITES, drawn, later
from pump_maker_orders import Order, changed_orders

__all__ = ["returns", "write_erp"]

_SCHEMA = """
pragma page_size = 4096;
create table plants (code integer primary key, name text);
create table order_channels (code integer primary key, name text);
create table product_lines (code integer primary key, name text, segment text);
create table customers (customer_no integer primary key, name text, segment text, country text, state text,
  key_account integer, account_manager text, checked integer);
create table sales_orders (order_no integer primary key, customer_no integer, ordered integer, confirmed integer,
  status integer, net_gbp integer, product integer, channel integer, plant integer, promised integer, mailed integer, pieces integer);
create table order_log (entry integer primary key, order_no integer, changed integer, field text);
create table order_reviews (review_no integer primary key, order_no integer, reviewed integer, reviewer text,
  decision integer, capacity integer, note text, settled integer);
create table deliveries (delivery_no integer primary key, order_no integer, goods_issue integer, pieces integer);
create table inspection_lots (lot_no integer primary key, delivery_no integer, released integer, plan text,
  decision integer, inspector text, concession text);
create table credit_memos (memo_no integer primary key, order_no integer, posted integer, reason text, gbp integer);
create table rma (rma_no integer primary key, order_no integer, received integer, cause text, ncr text, settled integer);
create view x_orders as
  select o.order_no, o.customer_no, substr(ordered, 1, 4) || '-' || substr(ordered, 5, 2) || '-' || substr(ordered, 7) as
    order_date, substr(confirmed, 1, 4) || '-' || substr(confirmed, 5, 2) || '-' || substr(confirmed, 7) as confirmed_on,
    status, net_gbp, l.name as product_line, h.name as channel, p.name as plant,
    substr(mailed, 1, 4) || '-' || substr(mailed, 5, 2) || '-' || substr(mailed, 7) as mailed_on
  from sales_orders o join product_lines l on l.code = o.product join order_channels h on h.code = o.channel
    join plants p on p.code = o.plant;
"""
_PLACES = ("Brackenmoor", "Eskerdale", "Thornwick", "Hollinfell", "Kettlesea", "Lipovec", "Javornice", "Rybnikov")


def write_erp(path: Path, rng: random.Random, orders: Sequence[Order], complaints: Sequence[Complaint]) -> None:
    """Write the export, with what somebody spoilt in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as erp:
        erp.executescript(_SCHEMA)
        erp.executemany("insert into plants values (?, ?)", SITES.items())
        erp.executemany("insert into order_channels values (?, ?)", CHANNELS.items())
        erp.executemany(
            "insert into product_lines values (?, ?, ?)", [(code, *line) for code, line in PRODUCTS.items()]
        )
        erp.executemany("insert into customers values (?, ?, ?, ?, ?, ?, ?, ?)", _customers())
        _insert_orders(erp, rng, orders)
        erp.executemany("insert into credit_memos values (?, ?, ?, ?, ?)", _credit_memos(rng, orders, complaints))
        erp.executemany("insert into rma values (?, ?, ?, ?, ?, ?)", returns(orders, complaints))
        erp.executemany("insert into order_log values (?, ?, ?, ?)", _edits(orders))
    erp.close()
    seal_sqlite(path)


def _customers() -> Iterator[tuple[object, ...]]:
    for at in range(640):
        segment = "" if at in {77, 203, 311, 498, 600} else SEGMENTS[at * 7 % 5]
        state = "L" if at % 71 == 70 else "P" if at % 97 == 96 else "A"
        name = f"{_PLACES[at % 8]} {('Water', 'Heating', 'Process', 'Supplies', 'Farms')[at * 7 % 5]} {1 + at // 8}"
        country = COUNTRIES[at * 3 % 10]
        manager = f"Account manager {('North', 'South', 'Export', 'Brno')[at % 4]}"
        yield 10_000 + at, name, segment, country, state, int(at % 41 == 3), manager, 20261005 + at % 15


def _insert_orders(erp: sqlite3.Connection, rng: random.Random, orders: Sequence[Order]) -> None:
    erp.executemany(
        "insert into sales_orders values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((o.number, o.customer, _number(o.ordered), _number(o.accepted), o.status, o.net, o.product, o.channel, o.site,
          _number(_promised(o)), _number(_mailed(o)), _pieces(o)) for o in orders),
    )  # fmt: skip
    reviewed = [o for o in orders if o.reviewed]
    erp.executemany(
        "insert into order_reviews values (?, ?, ?, ?, ?, ?, ?, ?)",
        (_review(700_000 + at, o) for at, o in enumerate(reviewed)),
    )  # fmt: skip
    sent = sorted((o for o in orders if o.delivered), key=lambda o: (o.delivered, o.number))
    erp.executemany("insert into deliveries values (?, ?, ?, ?)",
                    ((8_000_000 + at, o.number, _number(o.delivered), _pieces(o)) for at, o in enumerate(sent)))  # fmt: skip
    erp.executemany("insert into inspection_lots values (?, ?, ?, ?, ?, ?, ?)", _lots(rng, sent))


def _promised(order: Order) -> dt.date | None:
    """Give the first promised date: of 100 orders 6 go late, of those of Brno in August 30; half go a day before."""
    if not order.delivered:
        return None
    at = order.number * 7919 % 1000
    share = 300 if order.site == 2 and order.delivered.month == 8 else 60
    if at < share:
        return order.delivered - dt.timedelta(days=1 + at % 6)
    return order.delivered + dt.timedelta(days=at % 2 + (order.number * 31 % 3 == 0))


def _pieces(order: Order) -> int:
    return 1 + order.number * 13 % (9 if order.product == 5 else 3)


def _mailed(order: Order) -> dt.date | None:
    """Give the day on which an order that was only spoken was confirmed in writing; the deputy of Brno forgot."""
    if order.channel not in {3, 5} or not order.accepted:
        return None
    summer = dt.date(2026, 8, 3) <= order.ordered <= dt.date(2026, 8, 14)
    return None if summer and order.site == 2 and order.channel == 3 and order.number % 4 == 0 else order.accepted


def _edits(orders: Sequence[Order]) -> Iterator[tuple[object, ...]]:
    """Log what was altered after acceptance: what the list of changes has, and three that nobody entered there."""
    for at, (order, asked) in enumerate(changed_orders(orders)):
        if at % 3 != 2:
            yield 60_100 + at, order.number, _number(later(asked, 2)), ("KWMENG", "EDATU", "MATNR")[at % 3]
    for at, order in enumerate(order for order in orders[20_500::9_000] if order.accepted):
        if at < 3:
            yield 60_200 + at, order.number, _number(later(order.accepted or END, 3)), "EDATU"
    for at, order in enumerate(order for order in orders[700::7_100] if order.accepted):
        yield 60_300 + at, order.number, _number(later(order.accepted or END, 1)), "BSTKD"


def _review(number: int, order: Order) -> tuple[object, ...]:
    by = "RULE" if order.channel <= 2 else "DESK"
    day = _number(order.reviewed)
    if number % 211:
        return number, order.number, day, by, 1, 1, None, None
    return number, order.number, day, "DESK", 2, 1, "Delivery date settled with the works", day


_LATE_LOTS = {12_840: 1, 30_111: 2, 41_902: 4}


def _lots(rng: random.Random, sent: Sequence[Order]) -> Iterator[tuple[object, ...]]:
    for at, order in enumerate(sent):
        assert order.delivered  # noqa: S101
        released = order.delivered - dt.timedelta(days=int(rng.random() * 2))
        if at in _LATE_LOTS:
            released = order.delivered + dt.timedelta(days=_LATE_LOTS[at])
        decision, concession = (2, f"SF-{at}") if rng.random() < 0.004 else (1, None)
        yield 300_000 + at, 8_000_000 + at, _number(released), f"IP-{order.product:02}", decision, "QC", concession


def _number(day: dt.date | None) -> int | None:
    return day.year * 10_000 + day.month * 100 + day.day if day else None


def _credit_memos(
    rng: random.Random, orders: Sequence[Order], complaints: Sequence[Complaint]
) -> Iterator[tuple[object, ...]]:
    known = [(one.order, later(one.received, 8)) for one in complaints if one.order >= orders[0].number]
    memos = [(order, day, "Q1") for order, day in known[3::6]]
    silent = [order for order in orders[9_000::9_100] if order.delivered][:4]
    memos += [(order.number, later(order.delivered or END, 9), "Q2") for order in silent]
    for order in orders[150::331]:
        if order.delivered:
            memos.append((order.number, later(order.delivered, 12), drawn(rng, ("P1", "P1", "B1", "X9", "G1"))))
    for at, (number, day, reason) in enumerate(sorted(memos, key=lambda memo: (memo[1], memo[0]))):
        yield 91_000 + at, number, _number(min(day, END)), reason, 15 + at * 17 % 400


def returns(orders: Sequence[Order], complaints: Sequence[Complaint]) -> Iterator[tuple[object, ...]]:
    """Give what customers sent back."""
    known = [one for one in complaints if one.order >= orders[0].number]
    for at, one in enumerate(known[1::4]):
        received = later(one.received, 4)
        yield 5_000 + at, one.order, _number(received), "PRODUCT", None, _number(later(received, 5 + at % 11))
    for at, order in enumerate(order for order in orders[400::1_700] if order.delivered):
        cause, ncr = ("PRODUCT", f"NCR-{at + 1200}") if at % 9 == 0 else ("CHOICE", None)
        received = min(later(order.delivered or END, 7), END)
        settled = None if received > dt.date(2026, 10, 19) else later(received, 40 if at == 11 else 3 + at % 9)
        yield 5_100 + at, order.number, _number(received), cause, ncr, _number(settled)
