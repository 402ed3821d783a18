"""What the management of the pump maker keeps: lists, objectives, laws, audits, reviews, answers.

Written by `make_pump_maker.py`; which gaps are planted here, and where, says `pump-maker/GAPS.md`.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from office_files import Cell, table
from pump_maker_firm import DEPARTMENTS, PRODUCTS, QM, SEGMENTS, xlsx

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

__all__ = [
    "BOARD",
    "TOPICS",
    "write_answers",
    "write_audits",
    "write_legal_register",
    "write_lists",
    "write_objectives",
    "write_reviews",
]


def write_lists(folder: Path) -> None:
    """Write the reference lists: groups, markets, processes, roles, channels."""

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        table(book.add_worksheet("Customer groups"), 0, ("Group", "Served"), [(one, "Yes") for one in SEGMENTS], bold)
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
        units = [(one, "No" if one in {"Quality", "Purchasing"} else "Yes") for one in DEPARTMENTS]
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

    xlsx(folder / "Reference lists.xlsx", QM, fill)


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


def write_objectives(folder: Path) -> None:
    """Write the quality objectives."""
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

    xlsx(folder / "Quality objectives.xlsx", QM, fill)


_FRESH, _STALE = dt.date(2026, 9, 14), dt.date(2024, 11, 18)

# fmt: off
#: (title, jurisdiction, product line, duty, checked, state, action, why none)
_LAWS = (
    ("Machinery Directive 2006/42/EC", "EU", "All products", "Declaration, risk assessment, instructions", _FRESH, "C", None, None),
    ("Machinery Regulation (EU) 2023/1230", "EU", "All products", "Ready by 20 January 2027", _FRESH, "N", None, None),
    ("Supply of Machinery (Safety) Regulations 2008", "UK", "All products", "UKCA or CE, declaration", _FRESH, "C", None, None),
    ("EMC Directive 2014/30/EU", "EU", "Circulators", "EMC test report", _FRESH, "C", None, None),
    ("EMC Regulations 2016", "UK", "Circulators", "EMC test report", _FRESH, "C", None, None),
    ("Low Voltage Directive 2014/35/EU", "EU", "Circulators", "Electrical safety file", _STALE, "C", None, None),
    ("Electrical Equipment (Safety) Regulations 2016", "UK", "Circulators", "Electrical safety file", _STALE, "C", None, None),
    ("Ecodesign of water pumps (EU) 547/2012", "EU", "Submersibles", "Minimum efficiency index", _FRESH, "C", None, None),
    ("Ecodesign Regulations 2010", "UK", "Submersibles", "Minimum efficiency index", _FRESH, "C", None, None),
    ("Drinking Water Directive (EU) 2020/2184", "EU", "Boosters", "Materials in contact with water", _FRESH, "N", None, None),
    ("Water Supply (Water Quality) Regulations, reg. 31", "UK", "Boosters", "Approved materials", _FRESH, "C", None, None),
    ("ATEX 2014/34/EU", "EU", "Dosing pumps", "Equipment for explosive atmospheres", _FRESH, "C", None, None),
    ("Equipment for explosive atmospheres Regulations 2016", "UK", "Dosing pumps", "As ATEX", _STALE, "C", None, None),
    ("REACH (EC) 1907/2006", "EU", "Dosing pumps", "Substances of very high concern", _FRESH, "N", "A-26-11", None),
    ("UK REACH", "UK", "Dosing pumps", "Substances of very high concern", _FRESH, "C", None, None),
    ("RoHS 2011/65/EU", "EU", "Circulators", "Restricted substances", _FRESH, "C", None, None),
    ("RoHS Regulations 2012", "UK", "Circulators", "Restricted substances", _STALE, "C", None, None),
    ("WEEE 2012/19/EU", "EU", "Circulators", "Registration and take-back", _FRESH, "C", None, None),
    ("General Product Safety Regulations 2005", "UK", "Spare parts", "Only safe parts", _FRESH, "C", None, None),
    ("None", "UK", "Field service", "", _FRESH, "-", None, "Service work follows the product law above"),
)
# fmt: on


def write_legal_register(folder: Path) -> None:
    """Write the register of product law."""
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
        for at, (title, place, product, duty, checked, state, action, reason) in enumerate(_LAWS, 1)
    ]

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Register")
        sheet.write(0, 0, "Register of product law, QF-05-1")
        heading = ("No.", "Law or regulation", "Jurisdiction", "Product line", "What we must do", "Owner", "Process",
                   "Last checked", "Status", "Why none", "Action")  # fmt: skip
        table(sheet, 1, heading, rows, bold)
        sheet.set_column(1, 4, 40)
        table(book.add_worksheet("Product lines"), 0, ("Product line", "For"), list(PRODUCTS.values()), bold)

    xlsx(folder / "Legal register.xlsx", "Compliance engineer", fill)


def write_audits(folder: Path) -> None:
    """Write the programme of internal audits, and what they found."""
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

    xlsx(folder / "Audit programme 2026.xlsx", QM, fill)


_FINDINGS: Sequence[Sequence[Cell]] = (
    ("F-26-01", "IA-26-02", "Minor", "8.2.1", "P07", dt.date(2026, 3, 18), "Sales lead Leeds", dt.date(2026, 6, 5), "Lead internal auditor"),
    ("F-26-02", "IA-26-04", "Minor", "8.5.1", "P04", dt.date(2026, 5, 20), "Operations director", dt.date(2026, 10, 12), "Quality engineer Leeds"),
    ("F-26-03", "IA-26-06", "Improvement", "8.5.4", "P05", dt.date(2026, 6, 23), "Head of logistics", None, None),
    ("F-26-04", "IA-26-07", "Minor", "8.5.5", "P06", dt.date(2026, 9, 10), "Service lead Leeds", None, None),
)  # fmt: skip
TOPICS = (
    "Actions from previous reviews", "Changes in context and law", "Customer satisfaction and feedback of interested parties",
    "Quality objectives", "Process performance and conformity of products", "Nonconformities and corrective actions",
    "Monitoring and measurement results", "Audit results", "Adequacy of resources", "Ideas for improvement",
)  # fmt: skip
BOARD = "Managing director, Sales director, Operations director, Quality manager"


def write_reviews(folder: Path) -> None:
    """Write what management reviews looked at and decided."""
    d = dt.date

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        heading = ("Review", "Planned", "Held", "Chair", "Present", "Minutes", "Approved by")
        table(book.add_worksheet("Reviews"), 0, heading, (
            ("MR-2025", d(2025, 10, 21), d(2025, 10, 21), "Managing director", BOARD, "documents/minutes/MR-2025.pdf",
             "Managing director"),
            ("MR-2026", d(2026, 10, 20), d(2026, 10, 22), "Managing director", BOARD, "documents/minutes/MR-2026.pdf",
             "Managing director"),
        ), bold)  # fmt: skip
        until = {"MR-2025": d(2025, 9, 30), "MR-2026": d(2026, 9, 30)}
        full = (*TOPICS, "Performance of external providers", "Effectiveness of actions on risks")
        rows = [("MR-2025", topic, "Review pack 2025", until["MR-2025"], "Yes") for topic in full]
        rows += [("MR-2026", topic, "Review pack 2026", until["MR-2026"], "Yes") for topic in TOPICS]
        table(book.add_worksheet("Inputs"), 0, ("Review", "Topic", "Shown", "Figures up to", "Trend"), rows, bold)

    xlsx(folder / "Management reviews.xlsx", QM, fill)


_ASKED = ("CF-4.2-a1", "CF-5.1.2-a1", "CF-5.2-1", "CF-6.2.1-1", "CF-8.2.1-c2", "CF-8.2.1-c3", "CF-8.2.3-1", "CF-8.6-1",
          "CF-9.1.2-1", "CF-9.1.2-2", "CF-10.2-a1", "CF-9.2-1", "CF-9.3-1", "CF-7.5-1",
          "CF-4.2-1", "CF-4.4-1", "CF-4.4-2", "CF-5.1.1-f1", "CF-5.3-d1", "CF-9.1.2-5", "CF-9.3.3-1")  # fmt: skip


def write_answers(folder: Path) -> None:
    """Write what persons answered to the auditor."""
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
