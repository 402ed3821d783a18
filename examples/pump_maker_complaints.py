"""Complaints and corrective actions of the pump maker.

Written by `make_pump_maker.py`; which gaps are planted here, and where, says `pump-maker/GAPS.md`.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from office_files import Cell, csv_text, table, write_text
from pump_maker_firm import PRODUCTS, QM, SITES, british, drawn, iso, later, workday, xlsx
from pump_maker_orders import Order

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

__all__ = ["Complaint", "all_complaints", "write_capa", "write_complaints"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint; days are None where the register has none."""

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


def all_complaints(rng: random.Random, orders: Sequence[Order]) -> Iterator[Complaint]:
    """Make the complaints of the year before and of this one, with their gaps."""
    first = [_earlier_year(rng, at) for at in range(88)]
    delivered = [order for order in orders if order.delivered]
    later = []
    for at in range(126):
        order = delivered[60 + at * (len(delivered) - 3_000) // 126]
        assert order.delivered  # noqa: S101
        received = workday(order.delivered + dt.timedelta(days=3 + int(rng.random() * 20)))
        later.append(_complaint(rng, received, order))
    later.sort(key=lambda complaint: complaint.received)
    numbers: dict[int, int] = {}
    for one in [*first, *_acted(list(_spoilt(later)))]:
        number = numbers[one.received.year] = numbers.get(one.received.year, 0) + 1
        yield replace(one, number=f"C{one.received:%y}-{number:03}")


def _earlier_year(rng: random.Random, at: int) -> Complaint:
    received = workday(dt.date(2025, 1, 6) + dt.timedelta(days=at * 298 // 88))
    site = 2 if rng.random() < 0.3 else 1
    order = Order(4_380_000 + at * 1301, 10_000 + int(rng.random() ** 2 * 640), received, None, None, None, 30, 0,
                   1 + int(rng.random() * 6), 3, site)  # fmt: skip
    return _complaint(rng, received, order)


def _complaint(rng: random.Random, received: dt.date, order: Order) -> Complaint:
    severity = drawn(rng, (1, 1, 2, 2, 2, 3))
    needed = severity == 3 or rng.random() < 0.2
    acknowledged = later(received, int(rng.random() * 3))
    answered = later(acknowledged, 1 + int(rng.random() * 7))
    closed: dt.date | None = later(answered, int(rng.random() * 8))
    if closed and closed > dt.date(2026, 10, 30):
        closed = None
    return Complaint("", received, drawn(rng, ("E-mail", "Phone", "Portal", "Sales visit", "E-mail")), order.customer,
                      order.number, order.product, drawn(rng, _CATEGORIES), severity,
                      f"Service lead {SITES[order.site]}", acknowledged, drawn(rng, _CORRECTIONS), answered, closed,
                      "needed" if needed else "not needed", drawn(rng, _REASONS), "x" if needed else "",
                      order.site)  # fmt: skip


def _spoilt(complaints: Sequence[Complaint]) -> Iterator[Complaint]:
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
            acknowledged = later(complaint.received, 6)
            yield replace(
                complaint, acknowledged=acknowledged, answered=later(acknowledged, 1), closed=later(acknowledged, 6)
            )
        else:
            yield complaint


def _acted(complaints: Sequence[Complaint]) -> Iterator[Complaint]:
    """Let quality open an 8D where the same thing came three times about the same product."""
    kinds = [(one.product, one.category) for one in complaints]
    acted = {kind for kind, one in zip(kinds, complaints, strict=True) if one.capa}
    for kind, one in zip(kinds, complaints, strict=True):
        if kinds.count(kind) > 2 and kind not in acted and one.decision:
            acted.add(kind)
            yield replace(one, decision="needed", reason="Repeated", capa="x")
        else:
            yield one


def _with_capa(complaints: Iterable[Complaint]) -> Iterator[Complaint]:
    for number, complaint in enumerate(complaints, 1):
        yield replace(complaint, capa=f"8D-{number + 400}" if complaint.capa else "")


def write_complaints(folder: Path, complaints: Sequence[Complaint]) -> None:
    """Write the two registers of complaints."""
    numbered = list(_with_capa(complaints))
    old = [("Complaint no.", "Date received", "Channel", "Customer", "Order", "Product", "Category", "What the customer said", "Sev.", "Owner",
            "Acknowledged", "Correction", "Answered", "Closed", "State", "CAPA?", "Why", "8D no.", "Site")]  # fmt: skip
    new = [("Ref", "Site", "Received", "Via", "Customer no", "Sales order", "Product line", "Topic", "Summary", "Severity", "Assignee",
            "First reply", "Put right", "Answer sent", "Closed on", "Status", "Corrective action", "Reason", "8D no.",
            "Cost GBP", "Comment", "Comment")]  # fmt: skip
    for at, one in enumerate(numbered):
        product = PRODUCTS[one.product][0]
        if one.received.year == 2025:
            old.append((one.number, british(one.received), one.channel, str(one.customer), str(one.order), product,
                        one.category, _said(one), str(one.severity), one.owner, british(one.acknowledged), one.correction,
                        british(one.answered), british(one.closed), "Closed" if one.closed else "Open",
                        {"needed": "Y", "not needed": "N"}.get(one.decision, ""), one.reason, one.capa or "-",
                        SITES[one.site]))  # fmt: skip
        else:
            new.append((one.number, "LDS" if one.site == 1 else "BRN", iso(one.received), one.channel,
                        str(one.customer), str(one.order), product, one.category, _said(one), ("Low", "Medium", "High")[one.severity - 1],
                        one.owner, iso(one.acknowledged), one.correction, iso(one.answered), iso(one.closed),
                        "Done" if one.closed else "In progress", one.decision, one.reason, one.capa,
                        str(one.severity * 37 + at % 50), "", "see e-mail" if at % 7 == 0 else ""))  # fmt: skip
    write_text(folder / "complaints_2025.csv", csv_text(old), newline="\r\n")
    write_text(folder / "complaints_2026.csv", "\ufeff" + csv_text(new))


def _said(one: Complaint) -> str:
    return f"{PRODUCTS[one.product][0]}: {one.category.lower()}, see e-mail of {one.received:%d %b}"


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


def write_capa(folder: Path, complaints: Sequence[Complaint]) -> None:
    """Write the corrective actions, of complaints and of audits."""
    rows: list[Sequence[Cell]] = []
    for at, one in enumerate(one for one in _with_capa(complaints) if one.capa):
        opened = one.answered or one.received
        due = opened + dt.timedelta(days=75)
        done: dt.date | None = opened + dt.timedelta(days=25 + at * 7 % 30)
        if done and done > dt.date(2026, 10, 30):
            done = None
        cause = ("Assembly torque not in the work instruction", "Packing drawing out of date", "Seal batch not tested",
                 "Order text not copied into the works order")[at % 4]  # fmt: skip
        rows.append((one.capa, "Complaint", one.number, f"{one.category} ({PRODUCTS[one.product][0]})", cause, "Yes",
                     "Instruction changed, line trained, first articles checked", f"Quality engineer {SITES[1]}", opened,
                     due, done, *_checked(at, done)))  # fmt: skip
    for number, finding, opened in (
        ("8D-491", "F-26-01", dt.date(2026, 3, 20)),
        ("8D-492", "F-26-02", dt.date(2026, 5, 22)),
    ):
        done = opened + dt.timedelta(days=60)
        rows.append((number, "Audit", finding, "Finding of the internal audit", "Nobody named in the instruction", "Yes",
                     "Instruction names the role", f"Quality engineer {SITES[1]}", opened, opened + dt.timedelta(days=75), done,
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

    xlsx(folder / "8D and action list.xlsx", QM, fill)


def _checked(at: int, done: dt.date | None) -> Sequence[Cell]:
    """Give what came of an 8D: three were checked by their owner, one the day after, one not at all, one did not work."""
    told = "No such complaint in 60 days"
    if not done or done + dt.timedelta(days=60) > dt.date(2026, 10, 30) or at == 9:
        return (None, None, None, told, None)
    by = f"Quality engineer {SITES[1]}" if at in {3, 17, 31} else QM
    day = done + dt.timedelta(days=1 if at == 12 else 60)
    return ("No" if at == 20 else "Yes", by, day, told, "Not needed")
