"""Write the records of the fictitious Tarnbeck Pumps Ltd: 200 people, sites Leeds and Brno, 50,000 orders a year.

Run `python examples/make_pump_maker.py [folder]`. `pump-maker/GAPS.md` says which gaps are planted, and where.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import office_files
import pump_maker_registers
from office_files import Cell, csv_text, docx, pdf, seal_sqlite, table, write_text

if TYPE_CHECKING:
    from docx.document import Document
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

__all__ = ["make"]

xlsx = partial(office_files.xlsx, dates="dd/mm/yyyy")

_T = TypeVar("_T")

_ORDERS = 50_000
_START = dt.date(2025, 11, 3)
_END = dt.date(2026, 10, 30)
_SITES = {1: "Leeds", 2: "Brno"}
_CHANNELS = {1: "EDI", 2: "Web shop", 3: "Phone", 4: "E-mail", 5: "Sales visit"}
_PRODUCTS = {
    1: ("Circulators", "Building services"),
    2: ("Submersibles", "Water utility"),
    3: ("Boosters", "Building services"),
    4: ("Dosing pumps", "Industry"),
    5: ("Spare parts", "Distributor"),
    6: ("Field service", "Water utility"),
}
_SEGMENTS = ("Water utility", "Building services", "Industry", "Distributor", "Agriculture")
_COUNTRIES = ("GB", "GB", "GB", "IE", "CZ", "CZ", "SK", "DE", "PL", "NO")
_QM = "Quality manager"


def make(folder: Path) -> None:
    """Write all evidence of the pump maker below `folder`."""
    rng = random.Random(200)
    orders = list(_orders(rng))
    complaints = list(_complaints(rng, orders))
    _write_erp(folder / "erp" / "erp_export_2026-11-02.sqlite", rng, orders, complaints)
    _write_complaints(folder / "quality", complaints)
    _write_tickets(folder / "service", rng, orders, complaints)
    _write_capa(folder / "quality", complaints)
    _write_lists(folder / "quality")
    _write_objectives(folder / "quality")
    _write_legal_register(folder / "quality")
    _write_audits(folder / "quality")
    _write_reviews(folder / "quality")
    _write_answers(folder / "quality")
    _write_survey(folder / "crm", rng)
    _write_contacts(folder / "crm")
    _write_news(folder / "intranet")
    _write_documents(folder / "documents")
    _write_minutes(folder / "documents")
    _write_order_changes(folder / "sales", orders)
    _write_nonconformities(folder / "quality", orders, complaints)
    pump_maker_registers.write(folder)


# ---------------------------------------------------------------- orders


@dataclass(frozen=True, slots=True)
class _Order:
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


def _orders(rng: random.Random) -> Iterator[_Order]:
    days = [day for day in _days(_START, _END) if day.weekday() < 5]
    unreviewed = 0
    for at in range(_ORDERS):
        ordered = days[at * len(days) // _ORDERS]
        site = 2 if rng.random() < 0.3 else 1
        channel = _drawn(rng, (1, 1, 1, 2, 2, 3, 4, 4, 5, 2))
        product = _drawn(rng, (1, 2, 3, 4, 5, 5, 5, 5, 5, 6))
        accepted = _workday(ordered + dt.timedelta(days=int(rng.random() * 3)))
        delivered = _workday(accepted + dt.timedelta(days=2 + int(rng.random() * (6 if product == 5 else 25))))
        net = 20 + int(rng.random() * (400 if product == 5 else 9000))
        order = _Order(4_500_000 + at, 10_000 + int(rng.random() ** 2 * 640), ordered, accepted, accepted, delivered, 30,
                       net, product, channel, site)  # fmt: skip
        if rng.random() < 0.012:
            order = replace(order, accepted=None, reviewed=None, delivered=None, status=90)
        elif at >= _ORDERS - 60:
            order = replace(order, accepted=None, reviewed=None, delivered=None, status=10)
        elif delivered > _END:
            order = replace(order, delivered=None, status=20)
        elif _deputy_away(order) and unreviewed < 43 and at % 4 == 0:
            unreviewed += 1
            order = replace(order, reviewed=None)
        yield order


def _deputy_away(order: _Order) -> bool:
    summer = dt.date(2026, 8, 3) <= order.ordered <= dt.date(2026, 8, 28)
    return summer and order.site == 2 and order.channel == 4


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for at in range((last - first).days + 1):
        yield first + dt.timedelta(days=at)


def _workday(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def _drawn(rng: random.Random, choices: Sequence[_T]) -> _T:
    return choices[int(rng.random() * len(choices))]


# ---------------------------------------------------------------- complaints


@dataclass(frozen=True, slots=True)
class _Complaint:
    number: str
    received: dt.date
    channel: str
    customer: int
    order: int
    product: int
    category: str
    severity: int
    owner: str
    acknowledged: dt.date | None
    correction: str
    answered: dt.date | None
    closed: dt.date | None
    decision: str
    reason: str
    capa: str
    site: int


_CATEGORIES = ("Leak", "Noise", "Late", "Wrong part", "Damaged in transit", "Does not start", "Invoice")
_CORRECTIONS = (
    "Replacement sent",
    "Repaired on site",
    "Part sent by courier",
    "Credit note",
    "Explained, no fault found",
)
_REASONS = (
    "Single case, transport",
    "Wear part, within expected life",
    "Known, covered by 8D",
    "Operated outside curve",
)


def _complaints(rng: random.Random, orders: Sequence[_Order]) -> Iterator[_Complaint]:
    first = [_earlier_year(rng, at) for at in range(88)]
    delivered = [order for order in orders if order.delivered]
    later = []
    for at in range(126):
        order = delivered[60 + at * (len(delivered) - 3_000) // 126]
        assert order.delivered  # noqa: S101
        received = _workday(order.delivered + dt.timedelta(days=3 + int(rng.random() * 20)))
        later.append(_complaint(rng, received, order))
    later.sort(key=lambda complaint: complaint.received)
    numbers: dict[int, int] = {}
    for one in [*first, *_acted(list(_spoilt(later)))]:
        number = numbers[one.received.year] = numbers.get(one.received.year, 0) + 1
        yield replace(one, number=f"C{one.received:%y}-{number:03}")


def _earlier_year(rng: random.Random, at: int) -> _Complaint:
    received = _workday(dt.date(2025, 1, 6) + dt.timedelta(days=at * 298 // 88))
    site = 2 if rng.random() < 0.3 else 1
    order = _Order(4_380_000 + at * 1301, 10_000 + int(rng.random() ** 2 * 640), received, None, None, None, 30, 0,
                   1 + int(rng.random() * 6), 3, site)  # fmt: skip
    return _complaint(rng, received, order)


def _complaint(rng: random.Random, received: dt.date, order: _Order) -> _Complaint:
    severity = _drawn(rng, (1, 1, 2, 2, 2, 3))
    needed = severity == 3 or rng.random() < 0.2
    acknowledged = _later(received, int(rng.random() * 3))
    answered = _later(acknowledged, 1 + int(rng.random() * 7))
    closed: dt.date | None = _later(answered, int(rng.random() * 8))
    if closed and closed > dt.date(2026, 10, 30):
        closed = None
    return _Complaint("", received, _drawn(rng, ("E-mail", "Phone", "Portal", "Sales visit", "E-mail")), order.customer,
                      order.number, order.product, _drawn(rng, _CATEGORIES), severity,
                      f"Service lead {_SITES[order.site]}", acknowledged, _drawn(rng, _CORRECTIONS), answered, closed,
                      "needed" if needed else "not needed", _drawn(rng, _REASONS), "x" if needed else "",
                      order.site)  # fmt: skip


def _later(day: dt.date, workdays: int) -> dt.date:
    for _ in range(workdays):
        day = _workday(day + dt.timedelta(days=1))
    return day


def _spoilt(complaints: Sequence[_Complaint]) -> Iterator[_Complaint]:
    """Plant the gaps: no decision (8 Brno, 3 Leeds), late acknowledgement (4), an owner who left (2)."""
    undecided, late, left = {1: 3, 2: 8}, 4, 2
    for at, complaint in enumerate(complaints):
        in_2026 = complaint.received >= dt.date(2026, 2, 1)
        summer = dt.date(2026, 7, 1) <= complaint.received <= dt.date(2026, 7, 31)
        if summer and complaint.site == 2 and left:
            left -= 1
            yield replace(complaint, owner="Quality engineer Brno", closed=None)
        elif in_2026 and complaint.closed and complaint.severity < 3 and undecided[complaint.site] and at % 2 == 0:
            undecided[complaint.site] -= 1
            yield replace(complaint, decision="", reason="", capa="")
        elif in_2026 and late and at % 9 == 1:
            late -= 1
            acknowledged = _later(complaint.received, 6)
            yield replace(
                complaint, acknowledged=acknowledged, answered=_later(acknowledged, 1), closed=_later(acknowledged, 6)
            )
        else:
            yield complaint


def _acted(complaints: Sequence[_Complaint]) -> Iterator[_Complaint]:
    """Let quality open an 8D where the same thing came three times about the same product."""
    kinds = [(one.product, one.category) for one in complaints]
    acted = {kind for kind, one in zip(kinds, complaints, strict=True) if one.capa}
    for kind, one in zip(kinds, complaints, strict=True):
        if kinds.count(kind) > 2 and kind not in acted and one.decision:
            acted.add(kind)
            yield replace(one, decision="needed", reason="Repeated", capa="x")
        else:
            yield one


def _with_capa(complaints: Iterable[_Complaint]) -> Iterator[_Complaint]:
    for number, complaint in enumerate(complaints, 1):
        yield replace(complaint, capa=f"8D-{number + 400}" if complaint.capa else "")


def _write_complaints(folder: Path, complaints: Sequence[_Complaint]) -> None:
    numbered = list(_with_capa(complaints))
    old = [("Complaint no.", "Date received", "Channel", "Customer", "Order", "Product", "Category", "What the customer said", "Sev.", "Owner",
            "Acknowledged", "Correction", "Answered", "Closed", "State", "CAPA?", "Why", "8D no.", "Site")]  # fmt: skip
    new = [("Ref", "Site", "Received", "Via", "Customer no", "Sales order", "Product line", "Topic", "Summary", "Severity", "Assignee",
            "First reply", "Put right", "Answer sent", "Closed on", "Status", "Corrective action", "Reason", "8D no.",
            "Cost GBP", "Comment", "Comment")]  # fmt: skip
    for at, one in enumerate(numbered):
        product = _PRODUCTS[one.product][0]
        if one.received.year == 2025:
            old.append((one.number, _british(one.received), one.channel, str(one.customer), str(one.order), product,
                        one.category, _said(one), str(one.severity), one.owner, _british(one.acknowledged), one.correction,
                        _british(one.answered), _british(one.closed), "Closed" if one.closed else "Open",
                        {"needed": "Y", "not needed": "N"}.get(one.decision, ""), one.reason, one.capa or "-",
                        _SITES[one.site]))  # fmt: skip
        else:
            new.append((one.number, "LDS" if one.site == 1 else "BRN", _iso(one.received), one.channel,
                        str(one.customer), str(one.order), product, one.category, _said(one), ("Low", "Medium", "High")[one.severity - 1],
                        one.owner, _iso(one.acknowledged), one.correction, _iso(one.answered), _iso(one.closed),
                        "Done" if one.closed else "In progress", one.decision, one.reason, one.capa,
                        str(one.severity * 37 + at % 50), "", "see e-mail" if at % 7 == 0 else ""))  # fmt: skip
    write_text(folder / "complaints_2025.csv", csv_text(old), newline="\r\n")
    write_text(folder / "complaints_2026.csv", "\ufeff" + csv_text(new))


def _said(one: _Complaint) -> str:
    return f"{_PRODUCTS[one.product][0]}: {one.category.lower()}, see e-mail of {one.received:%d %b}"


def _british(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


_ACTIONS: Sequence[Sequence[Cell]] = (
    ("A-26-02", "Objective", "O2", "Other", "Quote desk in Brno with price list for spare parts", dt.date(2026, 1, 20), "Sales lead Brno",
     dt.date(2026, 6, 30), dt.date(2026, 5, 28), "Done", "Yes", dt.date(2026, 10, 1), "Quality manager", "Quotes in two days"),
    ("A-26-03", "Objective", "O6", "Other", "Impeller with seven blades", dt.date(2026, 1, 20), "Head of design", dt.date(2027, 4, 30), None,
     "Open", None, None, None, None),
    ("A-26-04", "Objective", "O4", "Other", "Torque check on each line", dt.date(2026, 1, 20), "Operations director", dt.date(2026, 9, 30),
     dt.date(2026, 9, 4), "Done", None, None, None, "Fewer leaks"),
    ("A-26-05", "Report", "QR-26-1", "Change", "Promise dates for boosters from the plan, not from the catalogue", dt.date(2026, 4, 14),
     "Operations director", dt.date(2026, 6, 30), dt.date(2026, 6, 22), "Done", "Yes", dt.date(2026, 10, 13), "Quality manager",
     "Promised dates that hold"),
    ("A-26-06", "Risk", "R-04", "Change", "Test each seal batch at goods inward", dt.date(2026, 3, 2), "Operations director",
     dt.date(2026, 5, 29), dt.date(2026, 5, 18), "Done", "Yes", dt.date(2026, 9, 30), "Quality manager", "Fewer leaks"),
    ("A-26-07", "Audit", "F-26-01", "Other", "Every hearer enters the complaint", dt.date(2026, 3, 18), "Sales lead Leeds",
     dt.date(2026, 7, 31), dt.date(2026, 7, 20), "Done", None, None, None, None),
    ("A-26-08", "Survey", "QR-26-2", "Change", "Second stock of seals in Brno", dt.date(2026, 7, 14), "Operations director",
     dt.date(2026, 12, 18), None, "Open", None, None, None, None),
    ("A-26-09", "Risk", "R-02", "Resources", "Third shift in dispatch before holidays", dt.date(2026, 3, 2), "Operations director",
     dt.date(2026, 6, 30), None, "Open", None, None, None, None),
    ("A-26-10", "Delivery", "O3", "Change", "Holiday plan of Brno with a deputy for each desk", dt.date(2026, 9, 21),
     "Operations director", dt.date(2027, 4, 30), None, "Open", None, None, None, None),
    ("A-26-11", "Law", "L-14", "Other", "List of substances from each supplier", dt.date(2026, 9, 14), "Compliance engineer",
     dt.date(2026, 12, 15), None, "Open", None, None, None, None),
    ("A-26-12", "Management review", "MR-2026", "Improvement", "Second seal stock in Brno decided, for customers who need a seal within 24 hours",
     dt.date(2026, 10, 22), "Operations director", dt.date(2027, 1, 29), None, "Open", None, None, None, None),
    ("A-26-13", "Other", "V-206", "Other", "Rychlik: two unloading slots a day", dt.date(2026, 9, 22), "Operations director",
     dt.date(2027, 1, 15), None, "Open", None, None, None, None),
    ("A-26-14", "Management review", "MR-2026", "Resources", "Two fitters more in Brno", dt.date(2026, 10, 22), "Managing director",
     dt.date(2027, 2, 26), None, "Open", None, None, None, None),
    ("A-26-15", "Management review", "MR-2026", "Change", "None to the quality system: the structure of 2025 serves", dt.date(2026, 10, 22), None,
     None, None, "Nothing needed", None, None, None, None),
)  # fmt: skip


def _write_capa(folder: Path, complaints: Sequence[_Complaint]) -> None:
    rows: list[Sequence[Cell]] = []
    for at, one in enumerate(one for one in _with_capa(complaints) if one.capa):
        opened = one.answered or one.received
        due = opened + dt.timedelta(days=75)
        done: dt.date | None = opened + dt.timedelta(days=25 + at * 7 % 30)
        if done and done > dt.date(2026, 10, 30):
            done = None
        cause = ("Assembly torque not in the work instruction", "Packing drawing out of date", "Seal batch not tested",
                 "Order text not copied into the works order")[at % 4]  # fmt: skip
        rows.append((one.capa, "Complaint", one.number, f"{one.category} ({_PRODUCTS[one.product][0]})", cause, "Yes",
                     "Instruction changed, line trained, first articles checked", f"Quality engineer {_SITES[1]}", opened,
                     due, done, *_checked(at, done)))  # fmt: skip
    for number, finding, opened in (
        ("8D-491", "F-26-01", dt.date(2026, 3, 20)),
        ("8D-492", "F-26-02", dt.date(2026, 5, 22)),
    ):
        done = opened + dt.timedelta(days=60)
        rows.append((number, "Audit", finding, "Finding of the internal audit", "Nobody named in the instruction", "Yes",
                     "Instruction names the role", f"Quality engineer {_SITES[1]}", opened, opened + dt.timedelta(days=75), done,
                     *_checked(40, done)))  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("8D list")
        sheet.write(0, 0, "8D list (form QF-17-2)", book.add_format({"bold": True, "font_size": 14}))
        heading: tuple[str, ...] = ("8D no.", "Source", "Source no.", "D2 Problem", "D4 Root cause", "D7 Read across", "D5 Action",
                   "Owner", "Opened", "Due", "Done", "D6 Worked?", "Checked by", "Checked on", "Told by", "Risks")  # fmt: skip
        table(sheet, 2, heading, rows, book.add_format({"bold": True}))
        sheet.set_column(3, 6, 30)
        heading = ("Action", "From", "Ref", "Kind", "What", "Opened", "Owner", "Due", "Done", "State", "Worked?", "Checked", "Checked by",
                   "What customers notice")  # fmt: skip
        table(book.add_worksheet("Other actions"), 0, heading, _ACTIONS, book.add_format({"bold": True}))

    xlsx(folder / "8D and action list.xlsx", _QM, fill)


def _checked(at: int, done: dt.date | None) -> Sequence[Cell]:
    """Give what came of an 8D: three were checked by their owner, one the day after, one not at all, one did not work."""
    told = "No such complaint in 60 days"
    if not done or done + dt.timedelta(days=60) > dt.date(2026, 10, 30) or at == 9:
        return (None, None, None, told, None)
    by = f"Quality engineer {_SITES[1]}" if at in {3, 17, 31} else _QM
    day = done + dt.timedelta(days=1 if at == 12 else 60)
    return ("No" if at == 20 else "Yes", by, day, told, "Not needed")


# ---------------------------------------------------------------- the ERP export


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


def _write_erp(path: Path, rng: random.Random, orders: Sequence[_Order], complaints: Sequence[_Complaint]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as erp:
        erp.executescript(_SCHEMA)
        erp.executemany("insert into plants values (?, ?)", _SITES.items())
        erp.executemany("insert into order_channels values (?, ?)", _CHANNELS.items())
        erp.executemany(
            "insert into product_lines values (?, ?, ?)", [(code, *line) for code, line in _PRODUCTS.items()]
        )
        erp.executemany("insert into customers values (?, ?, ?, ?, ?, ?, ?, ?)", _customers())
        _insert_orders(erp, rng, orders)
        erp.executemany("insert into credit_memos values (?, ?, ?, ?, ?)", _credit_memos(rng, orders, complaints))
        erp.executemany("insert into rma values (?, ?, ?, ?, ?, ?)", _returns(orders, complaints))
        erp.executemany("insert into order_log values (?, ?, ?, ?)", _edits(orders))
    erp.close()
    seal_sqlite(path)


def _customers() -> Iterator[tuple[object, ...]]:
    for at in range(640):
        segment = "" if at in {77, 203, 311, 498, 600} else _SEGMENTS[at * 7 % 5]
        state = "L" if at % 71 == 70 else "P" if at % 97 == 96 else "A"
        name = f"{_PLACES[at % 8]} {('Water', 'Heating', 'Process', 'Supplies', 'Farms')[at * 7 % 5]} {1 + at // 8}"
        country = _COUNTRIES[at * 3 % 10]
        manager = f"Account manager {('North', 'South', 'Export', 'Brno')[at % 4]}"
        yield 10_000 + at, name, segment, country, state, int(at % 41 == 3), manager, 20261005 + at % 15


def _insert_orders(erp: sqlite3.Connection, rng: random.Random, orders: Sequence[_Order]) -> None:
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


def _promised(order: _Order) -> dt.date | None:
    """Give the first promised date: of 100 orders 6 go late, of those of Brno in August 30; half go a day before."""
    if not order.delivered:
        return None
    at = order.number * 7919 % 1000
    share = 300 if order.site == 2 and order.delivered.month == 8 else 60
    if at < share:
        return order.delivered - dt.timedelta(days=1 + at % 6)
    return order.delivered + dt.timedelta(days=at % 2 + (order.number * 31 % 3 == 0))


def _pieces(order: _Order) -> int:
    return 1 + order.number * 13 % (9 if order.product == 5 else 3)


def _mailed(order: _Order) -> dt.date | None:
    """Give the day on which an order that was only spoken was confirmed in writing; the deputy of Brno forgot."""
    if order.channel not in {3, 5} or not order.accepted:
        return None
    summer = dt.date(2026, 8, 3) <= order.ordered <= dt.date(2026, 8, 14)
    return None if summer and order.site == 2 and order.channel == 3 and order.number % 4 == 0 else order.accepted


def _edits(orders: Sequence[_Order]) -> Iterator[tuple[object, ...]]:
    """Log what was altered after acceptance: what the list of changes has, and three that nobody entered there."""
    for at, (order, asked) in enumerate(_changed(orders)):
        if at % 3 != 2:
            yield 60_100 + at, order.number, _number(_later(asked, 2)), ("KWMENG", "EDATU", "MATNR")[at % 3]
    for at, order in enumerate(order for order in orders[20_500::9_000] if order.accepted):
        if at < 3:
            yield 60_200 + at, order.number, _number(_later(order.accepted or _END, 3)), "EDATU"
    for at, order in enumerate(order for order in orders[700::7_100] if order.accepted):
        yield 60_300 + at, order.number, _number(_later(order.accepted or _END, 1)), "BSTKD"


def _review(number: int, order: _Order) -> tuple[object, ...]:
    by = "RULE" if order.channel <= 2 else "DESK"
    day = _number(order.reviewed)
    if number % 211:
        return number, order.number, day, by, 1, 1, None, None
    return number, order.number, day, "DESK", 2, 1, "Delivery date settled with the works", day


_LATE_LOTS = {12_840: 1, 30_111: 2, 41_902: 4}


def _lots(rng: random.Random, sent: Sequence[_Order]) -> Iterator[tuple[object, ...]]:
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
    rng: random.Random, orders: Sequence[_Order], complaints: Sequence[_Complaint]
) -> Iterator[tuple[object, ...]]:
    known = [(one.order, _later(one.received, 8)) for one in complaints if one.order >= orders[0].number]
    memos = [(order, day, "Q1") for order, day in known[3::6]]
    silent = [order for order in orders[9_000::9_100] if order.delivered][:4]
    memos += [(order.number, _later(order.delivered or _END, 9), "Q2") for order in silent]
    for order in orders[150::331]:
        if order.delivered:
            memos.append((order.number, _later(order.delivered, 12), _drawn(rng, ("P1", "P1", "B1", "X9", "G1"))))
    for at, (number, day, reason) in enumerate(sorted(memos, key=lambda memo: (memo[1], memo[0]))):
        yield 91_000 + at, number, _number(min(day, _END)), reason, 15 + at * 17 % 400


def _returns(orders: Sequence[_Order], complaints: Sequence[_Complaint]) -> Iterator[tuple[object, ...]]:
    known = [one for one in complaints if one.order >= orders[0].number]
    for at, one in enumerate(known[1::4]):
        received = _later(one.received, 4)
        yield 5_000 + at, one.order, _number(received), "PRODUCT", None, _number(_later(received, 5 + at % 11))
    for at, order in enumerate(order for order in orders[400::1_700] if order.delivered):
        cause, ncr = ("PRODUCT", f"NCR-{at + 1200}") if at % 9 == 0 else ("CHOICE", None)
        received = min(_later(order.delivered or _END, 7), _END)
        settled = None if received > dt.date(2026, 10, 19) else _later(received, 40 if at == 11 else 3 + at % 9)
        yield 5_100 + at, order.number, _number(received), cause, ncr, _number(settled)


# ---------------------------------------------------------------- changes to orders, nonconforming output


def _changed(orders: Sequence[_Order]) -> Iterator[tuple[_Order, dt.date]]:
    for order in orders[1_300::2_050]:
        if order.accepted:
            yield order, _later(order.accepted, 1)


def _write_order_changes(folder: Path, orders: Sequence[_Order]) -> None:
    rows: list[Sequence[object]] = [("Change", "Sales order", "What", "Asked for", "Decision", "Agreed", "Papers updated", "Told on",
                                     "Told whom", "In force")]  # fmt: skip
    for at, (order, asked) in enumerate(_changed(orders)):
        agreed, told, force = _later(asked, 1), _later(asked, 1), _later(asked, 2)
        what = ("Quantity", "Date", "Other pump")[at % 3]
        if at in {4, 13}:  # the drawings stayed as they were
            row: Sequence[object] = (_british(agreed), "", _british(told), "Production, dispatch", _british(force))
        elif at == 8:  # the line heard of it when the old pumps stood packed
            row = (_british(agreed), _british(agreed), _british(_later(force, 6)), "Production", _british(force))
        elif at == 16:
            row = ("", "", _british(told), "Sales desk", "")
        else:
            row = (_british(agreed), _british(agreed), _british(told), "Production, dispatch", _british(force))
        decision = "refused" if at == 16 else "accepted"
        rows.append((f"OC-{at + 201}", order.number, what, _british(asked), decision, *row))
    write_text(folder / "order_changes_2025-26.csv", csv_text(rows), newline="\r\n")


def _write_nonconformities(folder: Path, orders: Sequence[_Order], complaints: Sequence[_Complaint]) -> None:
    rows: list[Sequence[object]] = [("NCR", "Found", "Sales order", "Product line", "Where", "What was done", "Decided by",
                                     "Customer agreed?", "Same lot elsewhere checked?", "Re-tested", "Closed")]  # fmt: skip
    of_order = {order.number: order for order in orders}
    for at, (number, found, where, report) in enumerate(_nonconforming(orders, complaints)):
        done = (
            "Replaced"
            if where == "Customer"
            else ("Reworked", "Scrapped", "Used as is", "Sent back to supplier")[at % 4]
        )
        closed = _later(found, 5 + at % 3)
        last = "" if closed > _END else _iso(closed)
        last = "" if at == 4 else last  # open since winter
        tested = _iso(_later(found, 4)) if done == "Reworked" and at else ""
        checked = "" if where == "Internal" else "no" if at % 13 == 5 else "yes"
        agreed = "not required" if done == "Used as is" else ""
        product = _PRODUCTS[of_order[number].product][0]
        rows.append(
            (report, _iso(found), number, product, where, done, "Quality engineer", agreed, checked, tested, last)
        )
    write_text(folder / "ncr_log_2025-26.csv", csv_text(rows))


def _nonconforming(
    orders: Sequence[_Order], complaints: Sequence[_Complaint]
) -> Iterator[tuple[int, dt.date, str, str]]:
    """Give order, day, where it was found, and number: of works, of returns but two, of credit notes with a complaint."""
    for at, order in enumerate(order for order in orders[900::2_900] if order.accepted):
        yield order.number, _later(order.accepted or _END, 2), "Internal", f"NCR-{at + 1100}"
    returned = {
        order: (day, ncr) for _, order, day, cause, ncr, _ in _returns(orders, complaints) if cause == "PRODUCT"
    }
    known = {one.order: _later(one.received, 4) for one in complaints if one.order >= orders[0].number}
    credited = dict(list(known.items())[3::6])
    for at, number in enumerate(sorted({*returned, *credited})):
        if at not in {9, 21}:  # two came back and were repaired without a word
            day, ncr = returned.get(number, (None, None))
            found = dt.date(*divmod(int(str(day)[:6]), 100), int(str(day)[6:])) if day else credited[number]
            yield number, found, "Customer", str(ncr or f"NCR-{at + 1300}")


# ---------------------------------------------------------------- tickets, survey, contacts, news


_SUBJECTS = ("Quote for spare seals", "Where is my delivery?", "Commissioning date", "Data sheet please",
             "Change of address", "Spare part number", "Training for fitters")  # fmt: skip


def _write_tickets(
    folder: Path, rng: random.Random, orders: Sequence[_Order], complaints: Sequence[_Complaint]
) -> None:
    rows: list[tuple[dt.date, int, int, str, str, str]] = []
    for at in range(760):
        day = _workday(_START + dt.timedelta(days=at * 358 // 760))
        rows.append((day, 10_000 + int(rng.random() ** 2 * 640), 1 + at % 2, _drawn(rng, _SUBJECTS),
                     _drawn(rng, ("question", "order", "question", "other")), "sales_desk"))  # fmt: skip
    rows += [
        (one.received, one.customer, one.site, f"{one.category}: {_PRODUCTS[one.product][0]}", "complaint",
         f"complaint {one.category.lower().replace(' ', '_')}")
        for one in [one for one in complaints if one.received >= _START][2::5]
    ]  # fmt: skip
    known = {one.customer for one in complaints}
    silent = [o for o in orders[5_000::7_000] if o.customer not in known and o.delivered]
    rows += [
        (_later(order.delivered or _END, 6), order.customer, order.site, "Still leaking after the repair", "complaint",
         "complaint leak")
        for order in silent[:6]
    ]  # fmt: skip
    for at, subject in ((97, "Wrong part in the box"), (333, "Pump defective on arrival"), (505, "Seal kit damaged")):
        day, customer, site = rows[at][:3]
        rows.append((day, customer, site, subject, "question", "sales_desk"))
    rows.sort()
    heading = ("id", "created_at", "organization_id", "group", "subject", "type", "priority", "status", "tags", "via",
               "updated_at", "assignee", "first_reply_at", "solved_at")  # fmt: skip
    halves: dict[str, list[Sequence[object]]] = {"2025-11_2026-04": [heading], "2026-05_2026-10": [heading]}
    for at, (day, customer, site, subject, kind, tags) in enumerate(rows):
        half = halves["2025-11_2026-04" if day < dt.date(2026, 5, 1) else "2026-05_2026-10"]
        clock = f"{7 + at % 10:02}:{at * 7 % 60:02}:{at * 13 % 60:02}Z"
        half.append((60_001 + at, f"{day}T{clock}", customer, _SITES[site], subject, kind, "normal", "closed", tags,
                     ("email", "web", "phone")[at % 3], f"{_later(day, 2)}T{clock}",
                     "" if at in {212, 430, 611} else ("Sales desk", "Service desk")[at % 2],
                     f"{_later(day, 4 if at % 23 == 0 else 0)}T{clock}", f"{_later(day, 6 if at % 23 == 0 else 2)}T{clock}"))  # fmt: skip
    for name, half in halves.items():
        write_text(folder / f"zendesk_tickets_{name}.csv", csv_text(half))


def _write_survey(folder: Path, rng: random.Random) -> None:
    waves = (
        ("2025", dt.date(2025, 5, 5), dt.date(2025, 5, 6), 620, 181, "QS-3", 0, 10, 620, "Everybody"),
        ("2026", dt.date(2026, 5, 4), dt.date(2026, 5, 5), 640, 214, "QS-3", 0, 10, 640, "Everybody"),
    )
    answers: list[Sequence[Cell]] = []
    calls: list[Sequence[Cell]] = []
    for wave, _, sent, _, completed, *_ in waves:
        for at in range(completed):
            answered = sent + dt.timedelta(days=int(rng.random() ** 2 * 28))
            if wave == "2026" and at == 99:
                answered = dt.date(2025, 5, 26)  # somebody typed the paper answer with last year's date
            domain = "tarnbeck.example.com" if wave == "2026" and at in {40, 41} else f"customer{at % 60}.example.org"
            score = (10, 9, 9, 8, 8, 8, 7, 7, 6, 4)[int(rng.random() * 10)]
            segment = _SEGMENTS[at * 3 * 7 % 5]
            answers.append(
                (
                    f"R{wave[2:]}-{at + 1:03}",
                    wave,
                    10_000 + at * 3,
                    sent,
                    answered,
                    score,
                    0,
                    10,
                    domain,
                    segment,
                    "Satisfaction",
                )
            )
            if wave == "2026" and score <= 4:
                calls.append(_called(answers[-1], len(calls)))
    plan: Sequence[Sequence[Cell]] = (
        (
            "PP1",
            "Yearly survey",
            "Water utility",
            12,
            "Quality manager",
            "Managing director",
            dt.date(2026, 1, 20),
            "Says it",
        ),
        (
            "PP2",
            "Yearly survey",
            "Building services",
            12,
            "Quality manager",
            "Managing director",
            dt.date(2026, 1, 20),
            "Says it",
        ),
        (
            "PP3",
            "Yearly survey",
            "Industry",
            12,
            "Quality manager",
            "Managing director",
            dt.date(2026, 1, 20),
            "Says it",
        ),
        (
            "PP4",
            "Account meeting",
            "Distributor",
            6,
            "Sales director",
            "Managing director",
            dt.date(2026, 1, 20),
            "Says it",
        ),
        (
            "PP5",
            "Fair visit notes",
            "Agriculture",
            24,
            "Sales lead Brno",
            "Sales director",
            dt.date(2026, 1, 20),
            "Says it",
        ),
    )

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        heading: tuple[str, ...] = (
            "Plan no.",
            "Source",
            "Customer group",
            "Every (months)",
            "Analysed by",
            "Conclusions by",
            "Reviewed",
            "Customer says it, or inferred",
        )
        table(book.add_worksheet("Perception plan"), 0, heading, plan, bold)
        heading = (
            "Wave",
            "Planned",
            "Sent out",
            "Invited",
            "Complete answers",
            "Question set",
            "Scale min",
            "Scale max",
            "Active customers",
            "Who was asked",
        )
        table(book.add_worksheet("Waves"), 0, heading, waves, bold)
        sheet = book.add_worksheet("Answers")
        sheet.write(0, 0, "Export of the form tool, do not sort by hand")
        heading = (
            "Response",
            "Wave",
            "Customer no",
            "Sent",
            "Answered",
            "How satisfied are you?",
            "From",
            "To",
            "Domain",
            "Segment",
            "Question",
        )
        table(sheet, 2, heading, answers, bold)
        heading = ("Response", "Called on", "Came of it", "Why not called")
        table(book.add_worksheet("Calls after low marks"), 0, heading, calls, bold)

    xlsx(folder / "Customer survey.xlsx", "Quality manager", fill)


def _called(answer: Sequence[Cell], at: int) -> Sequence[Cell]:
    answered = answer[4]
    assert isinstance(answered, dt.date)  # noqa: S101
    if at in {5, 11}:
        return answer[0], None, "Not called", None
    return answer[0], _later(answered, 9 if at == 2 else 1 + at % 4), "Settled", None


_NEEDS = ("Spare seals within 24 hours", "Data sheets in Czech", "One contact for service and sales",
          "Lower noise at part load", "Delivery slots before 8 a.m.", "Declaration of conformity with each delivery")  # fmt: skip


def _write_contacts(folder: Path) -> None:
    key_accounts = range(3, 640, 41)
    asked = [at for at in key_accounts if _SEGMENTS[at * 7 % 5] != "Agriculture"]
    lines: dict[int, list[str]] = {2025: [], 2026: []}
    for at in range(42):
        day = _workday(dt.date(2025, 1, 13) + dt.timedelta(days=at * 16))
        account = asked[at % len(asked)]
        segment = _SEGMENTS[account * 7 % 5]
        if at == 0:
            account, segment, day = 167, "Agriculture", dt.date(2024, 5, 14)  # last asked at a fair
        outcome = ("change", "no change", "change")[at % 3]
        record = {
            "id": f"K-{day:%y}{at:03}",
            "date": day.isoformat(),
            "kind": ("visit", "interview", "tender", "visit", "workshop")[at % 5],
            "segment": segment,
            "account": f"{10_000 + account}",
            "finding": _NEEDS[at % 6],
            "requirement": f"REQ-{300 + at}" if outcome == "change" else None,
            "outcome": outcome,
            "by": "Account manager",
            "mood": ("content", "content", "mixed", "content", "discontent", "content", "content")[at % 7],
        }
        lines[max(day.year, 2025)].append(json.dumps(record, ensure_ascii=False))
    for year, records in lines.items():
        write_text(folder / f"contacts_{year}.jsonl", "\n".join(records) + "\n")


_DEPARTMENTS = ("Sales Leeds", "Sales Brno", "Design", "Purchasing", "Production Leeds", "Production Brno", "Logistics",
                "Field service", "Quality")  # fmt: skip


def _write_news(folder: Path) -> None:
    posts: list[Mapping[str, str]] = []
    for department in _DEPARTMENTS:
        posts.append({"post": "N-118", "audience": department, "title": "Quality policy: what it means for you",
                      "published": "2026-02-09", "by": "Managing director"})  # fmt: skip
        posts.append({"post": "N-131", "audience": department, "title": "Customer survey 2026: what you told us",
                      "published": "2026-06-22", "by": "Managing director"})  # fmt: skip
        posts.append({"post": "N-139", "audience": department, "title": "Machinery Regulation: what the law asks of us from January",
                      "published": "2026-09-28", "by": "Managing director"})  # fmt: skip
        posts.append({"post": "N-142", "audience": department, "title": "What customers wrote to us this quarter",
                      "published": "2026-10-26", "by": "Sales director"})  # fmt: skip
        if department != "Logistics":
            posts.append({"post": "N-114", "audience": department, "title": "Quality objectives 2026",
                          "published": "2026-01-26", "by": "Quality manager"})  # fmt: skip
    export = {"exported": "2026-11-02T06:00:00Z", "site": "intranet.tarnbeck.example.com", "posts": posts}
    write_text(folder / "news_export.json", json.dumps(export, indent=1) + "\n")


# ---------------------------------------------------------------- management


def _write_lists(folder: Path) -> None:

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        table(book.add_worksheet("Customer groups"), 0, ("Group", "Served"), [(one, "Yes") for one in _SEGMENTS], bold)
        markets = [
            ("GB", "UK", "English"),
            ("IE", "EU", "English"),
            ("CZ", "EU", "Czech"),
            ("SK", "EU", "Slovak"),
            ("DE", "EU", "German"),
            ("PL", "EU", "Polish"),
            ("NO", "EEA (Norway)", "English"),
        ]
        table(book.add_worksheet("Markets"), 0, ("Country", "Jurisdiction", "Language"), markets, bold)
        units = [(one, "No" if one in {"Quality", "Purchasing"} else "Yes") for one in _DEPARTMENTS]
        table(book.add_worksheet("Departments"), 0, ("Department", "Own customer objectives?"), units, bold)
        heading: tuple[str, ...] = (
            "No.",
            "Process",
            "Owner",
            "Customer impact",
            "If it fails, the customer",
            "Figure",
            "Looked at",
        )
        table(book.add_worksheet("Processes"), 0, heading, _PROCESSES, bold)
        heading = ("Role", "From", "Until", "Top management", "Deals with customers", "Department", "Special duty", "Given by", "Deputy",
                   "Last report")  # fmt: skip
        table(book.add_worksheet("Roles"), 0, heading, _ROLES, bold)
        table(book.add_worksheet("Sites"), 0, ("Site",), [("Leeds",), ("Brno",)], bold)
        heading = ("Channel", "Customers find it", "Languages", "Looked after by", "Tested")
        table(book.add_worksheet("Channels"), 0, heading, _WAYS, bold)
        heading = ("Subject", "Every (months)", "For", "By", "From")
        table(book.add_worksheet("Communication plan"), 0, heading, _TOLD, bold)
        heading = ("No.", "Product line", "After delivery", "Owner", "Learnt from", "Looked at")
        table(book.add_worksheet("After sales"), 0, heading, _AFTER_SALES, bold)

    xlsx(folder / "Reference lists.xlsx", _QM, fill)


_PROCESSES: Sequence[Sequence[Cell]] = tuple(
    (*row, dt.date(2026, 9, 15))
    for row in (
        ("P01", "Sales and order review", "Sales director", "High", "gets a pump that does not fit", "Quotes in time"),
        ("P02", "Design", "Head of design", "High", "gets what cannot do the job", "Noise"),
        ("P03", "Purchasing", "Head of purchasing", "Medium", "waits for parts", None),
        ("P04", "Production", "Operations director", "High", "gets a pump that leaks", "Complaints per 1,000 orders"),
        ("P05", "Dispatch", "Head of logistics", "High", "waits, or gets the wrong part", "On time"),
        ("P06", "Field service", "Service director", "High", "stands without water", "First-time fix"),
        ("P07", "Complaints and 8D", "Quality manager", "High", "meets the same fault again", "Answered in time"),
        ("P08", "Personnel", "Head of HR", "Low", "notices nothing for weeks", None),
    )
)


def _role(name: str, department: str, *, top: bool = False, meets: bool = False, until: dt.date | None = None,
          duty: Sequence[Cell] = (None, None, None, None)) -> Sequence[Cell]:  # fmt: skip
    words = {True: "Yes", False: "No"}
    return (name, dt.date(2021, 3, 1), until, words[top], words[meets], department, *duty)


_ROLES: Sequence[Sequence[Cell]] = (
    _role("Managing director", "Management", top=True),
    _role("Sales director", "Sales Leeds", top=True, meets=True,
          duty=("Customer focus", "Managing director", "Sales lead Leeds", dt.date(2026, 10, 22))),
    _role("Operations director", "Production Leeds", top=True),
    _role("Quality manager", "Quality"),
    _role("Service lead Leeds", "Field service", meets=True),
    _role("Service lead Brno", "Field service", meets=True),
    _role("Quality engineer Leeds", "Quality"),
    _role("Quality engineer Brno", "Quality", until=dt.date(2026, 7, 31)),
    _role("Compliance engineer", "Design"),
    _role("Head of design", "Design"),
    _role("Sales lead Leeds", "Sales Leeds", meets=True),
    _role("Sales lead Brno", "Sales Brno", meets=True),
)  # fmt: skip
_WAYS: Sequence[Sequence[Cell]] = (
    (
        "E-mail",
        "Order confirmation, web site",
        "English, Czech, German, Slovak",
        "Service lead Leeds",
        dt.date(2026, 10, 6),
    ),
    ("Phone", "Name plate of each pump", "English, Czech", "Service lead Leeds", dt.date(2026, 10, 6)),
    ("Portal", "Web site, My pumps", "English", "Service lead Leeds", dt.date(2026, 10, 6)),
    ("Sales visit", None, "English, Czech", "Sales director", None),
)
_TOLD: Sequence[Sequence[Cell]] = (
    ("What customers say", 3, "All departments", "Intranet, shift talk", "Sales director"),
    ("Product law", 12, "Design, purchasing, sales", "Intranet", "Managing director"),
    ("Quality policy and objectives", 12, "All departments", "Intranet", "Managing director"),
)
_AFTER_SALES: Sequence[Sequence[Cell]] = (
    ("AS-1", "Circulators", "Warranty 24 months, spare parts 10 years", "Service lead Leeds", "Survey 2026", dt.date(2026, 3, 3)),
    ("AS-2", "Submersibles", "Warranty, yearly service contract", "Service lead Leeds", "Survey 2026, visits", dt.date(2026, 3, 3)),
    ("AS-3", "Boosters", "Warranty, start-up on site", "Service lead Brno", "Survey 2026", dt.date(2026, 3, 3)),
    ("AS-4", "Dosing pumps", "Warranty, yearly calibration", "Service lead Brno", "Visits 2025", dt.date(2026, 3, 3)),
    ("AS-5", "Spare parts", "Taking back within 30 days", "Operations director", "Returns 2025", dt.date(2026, 3, 3)),
)  # fmt: skip


def _write_objectives(folder: Path) -> None:
    d = dt.date
    year, end = d(2026, 1, 20), d(2026, 12, 31)
    rows: Sequence[Sequence[Cell]] = (
        ("O1", "Customers score us 8.2 or better", "Sales Leeds", "P01", "Survey mean", 7.6, 8.2, "points", year, end,
         "Sales director", "Policy 1", "Satisfaction", "Active", None),
        ("O2", "Brno quotes answered within two days", "Sales Brno", "P01", "Quotes in time", 81, 95, "%", year, end,
         "Sales lead Brno", "Policy 1", "Satisfaction", "Active", None),
        ("O3", "Deliver on the first promised date", "Logistics", "P05", "On time", 91.5, 96, "%", year, end,
         "Head of logistics", "Policy 2", "Delivery", "Active", None),
        ("O4", "Fewer complaints from production", "Production Leeds", "P04", "Complaints per 1,000 orders", 3.1, 2.5,
         "per 1,000", year, end, "Operations director", "Policy 2", "Conformity", "Active", None),
        ("O5", "Fewer complaints from production", "Production Brno", "P04", "Complaints per 1,000 orders", 2.9, 2.9,
         "per 1,000", year, end, "Operations director", "Policy 2", "Conformity", "Active", None),
        ("O6", "Quieter boosters at part load", "Design", "P02", "Noise", 58, 54, "dB(A)", d(2024, 9, 2), d(2027, 6, 30),
         "Head of design", "Policy 3", "Other", "Active", None),
        ("O7", "First-time fix", "Field service", "P06", "First-time fix", None, 90, "%", year, end, "Service director",
         "Policy 1", "Satisfaction", "Active", None),
        ("O8", "Complaints answered within ten days", "Quality", "P07", "Answered in time", 94, 98, "%", year, end,
         "Quality manager", "Policy 1", "Satisfaction", "Active", None),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("2026")
        sheet.merge_range(0, 0, 0, 14, "Quality objectives 2026 (agreed in management review MR-2025)",
                          book.add_format({"bold": True, "align": "center"}))  # fmt: skip
        heading = ("No.", "Objective", "Department", "Process", "Measure", "Start", "Target", "Unit", "Confirmed", "Due",
                   "Owner", "Policy", "Type", "State", "Remark")  # fmt: skip
        table(sheet, 2, heading, rows, book.add_format({"bold": True}))
        book.add_worksheet("2025 (closed)")

    xlsx(folder / "Quality objectives.xlsx", _QM, fill)


def _laws() -> Iterator[tuple[str, str, str, str, dt.date, str, str | None, str | None]]:
    fresh, stale = dt.date(2026, 9, 14), dt.date(2024, 11, 18)
    every = "All products"
    yield (
        "Machinery Directive 2006/42/EC",
        "EU",
        every,
        "Declaration, risk assessment, instructions",
        fresh,
        "C",
        None,
        None,
    )
    yield "Machinery Regulation (EU) 2023/1230", "EU", every, "Ready by 20 January 2027", fresh, "N", None, None
    yield (
        "Supply of Machinery (Safety) Regulations 2008",
        "UK",
        every,
        "UKCA or CE, declaration",
        fresh,
        "C",
        None,
        None,
    )
    yield "EMC Directive 2014/30/EU", "EU", "Circulators", "EMC test report", fresh, "C", None, None
    yield "EMC Regulations 2016", "UK", "Circulators", "EMC test report", fresh, "C", None, None
    yield "Low Voltage Directive 2014/35/EU", "EU", "Circulators", "Electrical safety file", stale, "C", None, None
    yield (
        "Electrical Equipment (Safety) Regulations 2016",
        "UK",
        "Circulators",
        "Electrical safety file",
        stale,
        "C",
        None,
        None,
    )
    yield (
        "Ecodesign of water pumps (EU) 547/2012",
        "EU",
        "Submersibles",
        "Minimum efficiency index",
        fresh,
        "C",
        None,
        None,
    )
    yield "Ecodesign Regulations 2010", "UK", "Submersibles", "Minimum efficiency index", fresh, "C", None, None
    yield (
        "Drinking Water Directive (EU) 2020/2184",
        "EU",
        "Boosters",
        "Materials in contact with water",
        fresh,
        "N",
        None,
        None,
    )
    yield (
        "Water Supply (Water Quality) Regulations, reg. 31",
        "UK",
        "Boosters",
        "Approved materials",
        fresh,
        "C",
        None,
        None,
    )
    yield "ATEX 2014/34/EU", "EU", "Dosing pumps", "Equipment for explosive atmospheres", fresh, "C", None, None
    yield (
        "Equipment for explosive atmospheres Regulations 2016",
        "UK",
        "Dosing pumps",
        "As ATEX",
        stale,
        "C",
        None,
        None,
    )
    yield "REACH (EC) 1907/2006", "EU", "Dosing pumps", "Substances of very high concern", fresh, "N", "A-26-11", None
    yield "UK REACH", "UK", "Dosing pumps", "Substances of very high concern", fresh, "C", None, None
    yield "RoHS 2011/65/EU", "EU", "Circulators", "Restricted substances", fresh, "C", None, None
    yield "RoHS Regulations 2012", "UK", "Circulators", "Restricted substances", stale, "C", None, None
    yield "WEEE 2012/19/EU", "EU", "Circulators", "Registration and take-back", fresh, "C", None, None
    yield "General Product Safety Regulations 2005", "UK", "Spare parts", "Only safe parts", fresh, "C", None, None
    yield "None", "UK", "Field service", "", fresh, "-", None, "Service work follows the product law above"


def _write_legal_register(folder: Path) -> None:
    words = {"C": "Compliant", "N": "Not compliant", "-": "None"}
    rows: list[Sequence[Cell]] = [
        (
            f"L-{at:02}",
            title,
            place,
            product,
            duty or None,
            "Compliance engineer",
            "P02",
            checked,
            words[state],
            reason,
            action,
        )
        for at, (title, place, product, duty, checked, state, action, reason) in enumerate(_laws(), 1)
    ]

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Register")
        sheet.write(0, 0, "Register of product law, QF-05-1")
        heading = ("No.", "Law or regulation", "Jurisdiction", "Product line", "What we must do", "Owner", "Process",
                   "Last checked", "Status", "Why none", "Action")  # fmt: skip
        table(sheet, 1, heading, rows, bold)
        sheet.set_column(1, 4, 40)
        table(book.add_worksheet("Product lines"), 0, ("Product line", "For"), list(_PRODUCTS.values()), bold)

    xlsx(folder / "Legal register.xlsx", "Compliance engineer", fill)


def _write_audits(folder: Path) -> None:
    d = dt.date
    rows: Sequence[Sequence[Cell]] = (
        ("IA-26-01", "P01", "5.1.2; 8.2", "Leeds", d(2026, 3, 10), d(2026, 3, 10), "documents/audit reports/IA-26-01.pdf", "Lead internal auditor"),
        ("IA-26-02", "P07", "8.2.1; 9.1.2; 10.2", "Leeds", d(2026, 3, 17), d(2026, 3, 18), "documents/audit reports/IA-26-02.pdf", "Lead internal auditor"),
        ("IA-26-03", "P04", "8.5; 8.6; 8.7", "Leeds", d(2026, 4, 21), d(2026, 4, 21), "documents/audit reports/IA-26-03.pdf", "Quality engineer Leeds"),
        ("IA-26-04", "P04", "8.5; 8.6; 8.7", "Brno", d(2026, 5, 19), d(2026, 5, 20), "documents/audit reports/IA-26-04.pdf", "Quality engineer Leeds"),
        ("IA-26-05", "P02", "8.3", "Leeds", d(2026, 6, 9), d(2026, 6, 9), "documents/audit reports/IA-26-05.pdf", "Lead internal auditor"),
        ("IA-26-06", "P05", "8.5.4; 8.5.5; 8.6", "Leeds", d(2026, 6, 23), d(2026, 6, 23), "documents/audit reports/IA-26-06.pdf", "Quality engineer Leeds"),
        ("IA-26-07", "P06", "8.2; 8.5", "Leeds", d(2026, 9, 8), d(2026, 9, 10), "documents/audit reports/IA-26-07.pdf", "Service director"),
        ("IA-26-08", "P01", "8.2", "Brno", d(2026, 9, 22), None, None, None),
        ("IA-26-09", "P08", "7.2; 7.3", "Leeds", d(2026, 12, 8), None, None, None),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Programme 2026")
        bold = book.add_format({"bold": True})
        heading: tuple[str, ...] = ("Audit no.", "Process", "Clauses", "Site", "Planned", "Held", "Report", "Auditor")
        table(sheet, 0, heading, rows, bold)
        heading = ("Finding", "Audit", "Grade", "Clause", "Process", "Raised", "Owner", "Closed", "Checked by")
        table(book.add_worksheet("Findings"), 0, heading, _FINDINGS, bold)
        people = (("Lead internal auditor", d(2019, 5, 20), None), ("Quality engineer Leeds", d(2023, 2, 6), None),
                  ("Service director", d(2021, 9, 13), d(2024, 9, 13)))  # fmt: skip
        table(book.add_worksheet("Auditors"), 0, ("Auditor", "Qualified", "Until"), people, bold)

    xlsx(folder / "Audit programme 2026.xlsx", _QM, fill)


_FINDINGS: Sequence[Sequence[Cell]] = (
    ("F-26-01", "IA-26-02", "Minor", "8.2.1", "P07", dt.date(2026, 3, 18), "Sales lead Leeds", dt.date(2026, 6, 5), "Lead internal auditor"),
    ("F-26-02", "IA-26-04", "Minor", "8.5.1", "P04", dt.date(2026, 5, 20), "Operations director", dt.date(2026, 10, 12), "Quality engineer Leeds"),
    ("F-26-03", "IA-26-06", "Improvement", "8.5.4", "P05", dt.date(2026, 6, 23), "Head of logistics", None, None),
    ("F-26-04", "IA-26-07", "Minor", "8.5.5", "P06", dt.date(2026, 9, 10), "Service lead Leeds", None, None),
)  # fmt: skip
_TOPICS = (
    "Actions from previous reviews", "Changes in context and law", "Customer satisfaction and feedback of interested parties",
    "Quality objectives", "Process performance and conformity of products", "Nonconformities and corrective actions",
    "Monitoring and measurement results", "Audit results", "Adequacy of resources", "Ideas for improvement",
)  # fmt: skip
_BOARD = "Managing director, Sales director, Operations director, Quality manager"


def _write_reviews(folder: Path) -> None:
    d = dt.date

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        heading = ("Review", "Planned", "Held", "Chair", "Present", "Minutes", "Approved by")
        table(book.add_worksheet("Reviews"), 0, heading, (
            ("MR-2025", d(2025, 10, 21), d(2025, 10, 21), "Managing director", _BOARD, "documents/minutes/MR-2025.pdf",
             "Managing director"),
            ("MR-2026", d(2026, 10, 20), d(2026, 10, 22), "Managing director", _BOARD, "documents/minutes/MR-2026.pdf",
             "Managing director"),
        ), bold)  # fmt: skip
        until = {"MR-2025": d(2025, 9, 30), "MR-2026": d(2026, 9, 30)}
        full = (*_TOPICS, "Performance of external providers", "Effectiveness of actions on risks")
        rows = [("MR-2025", topic, "Review pack 2025", until["MR-2025"], "Yes") for topic in full]
        rows += [("MR-2026", topic, "Review pack 2026", until["MR-2026"], "Yes") for topic in _TOPICS]
        table(book.add_worksheet("Inputs"), 0, ("Review", "Topic", "Shown", "Figures up to", "Trend"), rows, bold)

    xlsx(folder / "Management reviews.xlsx", _QM, fill)


_ASKED = ("CF-4.2-a1", "CF-5.1.2-a1", "CF-5.2-1", "CF-6.2.1-1", "CF-8.2.1-c2", "CF-8.2.1-c3", "CF-8.2.3-1", "CF-8.6-1",
          "CF-9.1.2-1", "CF-9.1.2-2", "CF-10.2-a1", "CF-9.2-1", "CF-9.3-1", "CF-7.5-1",
          "CF-4.2-1", "CF-4.4-1", "CF-4.4-2", "CF-5.1.1-f1", "CF-5.3-d1", "CF-9.1.2-5", "CF-9.3.3-1")  # fmt: skip


def _write_answers(folder: Path) -> None:
    rows: list[Sequence[Cell]] = []
    for at, obligation in enumerate(_ASKED):
        answer, said = "Yes", "Five people asked on the floor, records opened, matches"
        on, until = dt.date(2026, 10, 5) + dt.timedelta(days=at // 3), dt.date(2027, 10, 31)
        if obligation == "CF-8.2.1-c3":
            answer, said = "Partly", "Some tickets tagged complaint are not in the register"
        if obligation == "CF-9.1.2-1":
            on, until = dt.date(2025, 6, 10), dt.date(2026, 6, 30)  # expired
        rows.append(
            (obligation, answer, said, f"Working paper {at + 1}", "Lead internal auditor", "Internal audit", on, until)
        )

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Answers")
        heading = ("Question", "Answer", "What was seen", "Looked at", "By", "Role", "On", "Valid until")
        table(sheet, 0, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Interview answers.xlsx", "Lead internal auditor", fill)


# ---------------------------------------------------------------- documents


def _write_documents(folder: Path) -> None:
    def policy(document: Document) -> None:
        document.add_heading("Quality policy", 0)
        _approval(document, "QP-00", "6", "3 February 2025", "Managing director", "3 February 2028")
        for text in (
            (
                "1  Customers in water supply, buildings and industry rely on our pumps. We find out what they need, promise what "
                "we can keep and measure whether they are satisfied."
            ),
            (
                "2  We meet the requirements agreed with our customers and the statutory and regulatory requirements of every "
                "country we deliver to."
            ),
            "3  We improve our products and our quality management system continually and set objectives every year.",
        ):
            document.add_paragraph(text)

    def review(document: Document) -> None:
        document.add_heading("QP-08 Order review", 0)
        _approval(document, "QP-08", "9", "12 May 2025", "Sales director", "12 May 2028")
        document.add_paragraph(
            "4.1 Every order is reviewed before it is confirmed. EDI and web orders are reviewed by rule."
        )
        document.add_paragraph("4.2 The result is stored in the ERP before the confirmation is sent.")
        document.add_paragraph("4.3 Orders leave whole. Objective O3 says how many leave by the first promised date.")

    def corrective(document: Document) -> None:
        document.add_heading("QP-17 Corrective action (8D)", 0)
        _approval(document, "QP-17", "4", "30 June 2023", "Quality manager", "30 June 2026")
        document.add_paragraph(
            "3.1 Before a complaint is closed, quality decides whether corrective action is needed, and why; "
            "at the latest 30 days after receipt."
        )

    docx(folder / "QP-00 Quality policy.docx", _QM, policy, changed=dt.datetime(2025, 2, 3, 9, 0))  # noqa: DTZ001
    docx(folder / "QP-08 Order review.docx", _QM, review, changed=dt.datetime(2025, 5, 12, 9, 0))  # noqa: DTZ001
    docx(folder / "QP-17 Corrective action.docx", _QM, corrective, changed=dt.datetime(2023, 6, 30, 9, 0))  # noqa: DTZ001
    write_text(folder / "QP-14 Complaints.md", _front("QP-14", "Complaints", 5, "2026-02-02") + _COMPLAINT_TEXT)
    write_text(
        folder / "QP-20 Customer perception.md",
        _front("QP-20", "Customer perception", 2, "2026-01-20") + _PERCEPTION_TEXT,
    )
    write_text(
        folder / "QP-30 Audits and reviews.md", _front("QP-30", "Audits and reviews", 3, "2026-01-20") + _CYCLE_TEXT
    )
    write_text(folder / "WI-BRN-07 Leak test.md", _DRAFT)


def _approval(document: Document, number: str, version: str, approved: str, by: str, due: str) -> None:
    grid = document.add_table(rows=0, cols=2, style="Table Grid")
    for left, right in (("Document no.", number), ("Version", version), ("Status", "Current"), ("Owner", _QM), ("Approved by", by),
                        ("Approved on", approved), ("Next review", due)):  # fmt: skip
        cells = grid.add_row().cells
        cells[0].text, cells[1].text = left, right
    document.add_paragraph()


def _front(number: str, title: str, version: int, approved: str) -> str:
    due = f"{int(approved[:4]) + 3}{approved[4:]}"
    return f"""---
doc_id: {number}
title: {title}
kind: procedure
version: {version}
status: current
owner: Quality manager
approved_by: Managing director
approved_on: {approved}
review_due: {due}
---

# {number} {title}

"""


_COMPLAINT_TEXT = """## 4 Time limits

4.1 Whoever hears of a complaint enters it the same day and names an owner.

4.2 The customer has an acknowledgement within 2 working days.

4.3 The customer has an answer within 10 working days.

4.4 After 30 working days a complaint is closed or escalated to the managing director.

## 5 Corrective action

Before closing, quality records whether corrective action is needed and why. See QP-17.
"""

_PERCEPTION_TEXT = """## 2 How we learn what customers think

Survey each May (question set QS-3, scale 0 to 10) for all groups that order directly; account meetings with distributors
twice a year; notes from the agricultural fair every second year. The quality manager analyses, the managing director
draws conclusions in management review.

## 3 What we aim at

3.1 An answer of 8 or more is a good one. At least half of those who answer give one.

3.2 Whoever answers with 4 or less is called within five working days.
"""

_CYCLE_TEXT = """## 3 Intervals

3.1 Every clause and every process with high customer impact is audited internally once in 12 months.

3.2 Top management reviews the system once in 12 months, in October, after the internal audits of the year.

3.3 The compliance engineer checks each line of the legal register once in 12 months (QF-05-1).

3.4 Objectives are set in January and confirmed by the end of March.
"""

_DRAFT = """---
doc_id: WI-BRN-07
title: Leak test
kind: procedure
version: 2
status: current
owner: Operations director
approved_by:
approved_on:
review_due:
---

# WI-BRN-07 Leak test

Test pressure: [TODO: insert value from drawing] bar, held for ____ minutes.

Responsible: <insert name>
"""


def _write_minutes(folder: Path) -> None:
    for year, held, mean, before, extra in (
        (
            2025,
            "21 October 2025",
            "7.6",
            "7.4",
            ("Performance of external providers", "Effectiveness of actions on risks"),
        ),
        (2026, "22 October 2026", "7.9", "7.6", ()),
    ):
        lines = [f"# Management review MR-{year}, minutes", "", f"Held: {held}, Leeds and by video from Brno",
                 "Chair: Managing director", f"Present: {_BOARD}", ""]  # fmt: skip
        for at, topic in enumerate((*_TOPICS, *extra), 1):
            lines += [f"# {at} {topic}", *_minuted(topic, year, mean, before)]
            if at == 6:
                lines.append("\f")
        lines += ["", f"Approved: Managing director, {held}"]
        changed = dt.datetime(year, 10, 24, 9, 0)  # noqa: DTZ001
        pdf(
            folder / "minutes" / f"MR-{year}.pdf",
            lines,
            title=f"Management review {year}, minutes",
            author=_QM,
            changed=changed,
        )
    for number, scope in (("IA-26-01", "Sales and order review, Leeds (5.1.2, 8.2)"),
                          ("IA-26-02", "Complaints, perception, corrective action (8.2.1, 9.1.2, 10.2)"),
                          ("IA-26-03", "Production Leeds (8.5 to 8.7)"), ("IA-26-04", "Production Brno (8.5 to 8.7)"),
                          ("IA-26-05", "Design (8.3)"), ("IA-26-06", "Dispatch (8.5.4, 8.5.5, 8.6)"),
                          ("IA-26-07", "Field service (8.2, 8.5)")):  # fmt: skip
        report = [f"# Internal audit report {number}", "", f"Scope: {scope}", "Auditor: Lead internal auditor",
                  "Result: no major, one minor (see action list)", "Approved: Quality manager"]  # fmt: skip
        pdf(folder / "audit reports" / f"{number}.pdf", report, title=number, author="Lead internal auditor")


def _minuted(topic: str, year: int, mean: str, before: str) -> Sequence[str]:
    if topic.startswith("Customer satisfaction"):
        wanted = {2025: "shorter offers for spare parts", 2026: "spare seals within 24 hours"}[year]
        decision = {2025: "one price list for spare parts, Sales director, 31 March",
                    2026: "second seal stock in Brno, Operations director, 29 January"}[year]  # fmt: skip
        return (f"Survey mean {mean} (year before {before}). Most wanted: {wanted}.", f"Decision: {decision}.")
    if topic.startswith("Nonconformities"):
        return (f"Complaints per 1,000 orders and open 8D reports shown for four quarters to September {year}.",)
    if topic.startswith("Audit"):
        return (f"Internal audits of {year} held as planned but for one in Brno; one minor, closed. See action list.",)
    return (f"Figures shown for the last four quarters to September {year}. No action.",)


if __name__ == "__main__":
    _asked = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    _asked.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=Path(__file__).parent / "pump-maker",
        help="the folder to write it into (else examples/pump-maker)",
    )
    make(_asked.parse_args().folder)
