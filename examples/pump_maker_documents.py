"""Procedures, drafts and minutes of the pump maker.

Written by `make_pump_maker.py`; which gaps are planted here, and where, says `pump-maker/GAPS.md`.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from office_files import docx, pdf, write_text
from pump_maker_firm import QM
from pump_maker_management import BOARD, TOPICS

if TYPE_CHECKING:
    from docx.document import Document

__all__ = ["write_documents", "write_minutes"]


def write_documents(folder: Path) -> None:
    """Write policy, procedures and instructions."""

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

    docx(folder / "QP-00 Quality policy.docx", QM, policy, changed=dt.datetime(2025, 2, 3, 9, 0))  # noqa: DTZ001
    docx(folder / "QP-08 Order review.docx", QM, review, changed=dt.datetime(2025, 5, 12, 9, 0))  # noqa: DTZ001
    docx(folder / "QP-17 Corrective action.docx", QM, corrective, changed=dt.datetime(2023, 6, 30, 9, 0))  # noqa: DTZ001
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
    for left, right in (("Document no.", number), ("Version", version), ("Status", "Current"), ("Owner", QM), ("Approved by", by),
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


def write_minutes(folder: Path) -> None:
    """Write the minutes of the reviews, and the audit reports."""
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
                 "Chair: Managing director", f"Present: {BOARD}", ""]  # fmt: skip
        for at, topic in enumerate((*TOPICS, *extra), 1):
            lines += [f"# {at} {topic}", *_minuted(topic, year, mean, before)]
            if at == 6:
                lines.append("\f")
        lines += ["", f"Approved: Managing director, {held}"]
        changed = dt.datetime(year, 10, 24, 9, 0)  # noqa: DTZ001
        pdf(
            folder / "minutes" / f"MR-{year}.pdf",
            lines,
            title=f"Management review {year}, minutes",
            author=QM,
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
