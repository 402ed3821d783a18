"""The registers of the fictitious Tarnbeck Pumps Ltd that describe its context, risks, people, suppliers and figures.

Written by `make_pump_maker.py`; which gaps are planted here, and where, says `pump-maker/GAPS.md`.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import office_files
from office_files import Cell, csv_text, table, write_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

__all__ = ["write"]

xlsx = partial(office_files.xlsx, dates="dd/mm/yyyy")
_D = dt.date
_QM = "Quality manager"


def write(folder: Path) -> None:
    """Write these registers below `folder`, each where its department keeps it."""
    _write_context(folder / "quality")
    _write_figures(folder / "quality")
    _write_improvements(folder / "quality")
    _write_suppliers(folder / "purchasing")
    _write_competence(folder / "personnel")


# ---------------------------------------------------------------- context, parties, requirements, risks


def _write_context(folder: Path) -> None:
    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Context")
        sheet.write(0, 0, "Issues outside and inside (reviewed with the strategy, QF-04-1)")
        heading: tuple[str, ...] = ("No.", "Issue", "Field", "What it means for customers", "Relevant?", "Why", "Risk no.",
                                    "Looked at")  # fmt: skip
        table(sheet, 2, heading, _ISSUES, bold)
        heading = (
            "No.",
            "Party",
            "Kind",
            "Relevant?",
            "Why not",
            "What they want of us",
            "On climate",
            "Process",
            "Looked at",
        )
        table(book.add_worksheet("Interested parties"), 0, heading, _PARTIES, bold)
        heading = ("No.", "Requirement", "Kind", "Product line", "Told by", "Priority", "Process", "Control", "Owner", "State",
                   "Remark")  # fmt: skip
        table(book.add_worksheet("Requirements"), 0, heading, _REQUIREMENTS, bold)
        heading = ("No.", "R/O", "What could happen", "Touches", "Process", "Customers", "Class", "Owner", "Entered", "Looked at",
                   "State")  # fmt: skip
        table(book.add_worksheet("Risks"), 0, heading, _RISKS, bold)

    xlsx(folder / "Context and risks.xlsx", _QM, fill)


_SEEN = _D(2026, 9, 15)
_ISSUES: Sequence[Sequence[Cell]] = (
    ("C-01", "Water utilities buy in larger frames, for five years", "Market", "Want one price list and one contact for all sites",
     None, None, "R-02", _SEEN),
    ("C-02", "Two makers from Asia offer circulators with 36 months of warranty", "Competitors", "Ask why ours have 24", None, None,
     "R-09", _SEEN),
    ("C-03", "Controls with remote monitoring become usual", "Technology", "Expect a warning before a pump fails", None, None,
     "O-01", _SEEN),
    ("C-04", "Machinery Regulation applies from January 2027", "Law", "Need declarations in the new form with each delivery", None,
     None, "R-03", _SEEN),
    ("C-05", "Few fitters who speak Czech and English in Brno", "Own means", "Wait longer for service visits", None, None, "R-05",
     _D(2024, 2, 20)),
    ("C-06", "Floods and dry summers", "Climate", "Utilities need submersibles at once when a river rises", "Yes",
     "Floods of 2024 tripled orders for submersibles within a week", "R-06", _SEEN),
    ("C-07", "Pound and crown move against the euro", "Market", "Offers hold for 30 days only", None, None, None, _SEEN),
)  # fmt: skip
_PARTIES: Sequence[Sequence[Cell]] = (
    ("IP-01", "Fitters and plant operators", "End user", "Yes", None, "Instructions that can be read on a ladder", "None", "P02", _SEEN),
    ("IP-02", "Market surveillance (OPSS, ČOI)", "Regulator", "Yes", None, "Safe products, files within ten days", "None", "P02", _SEEN),
    ("IP-03", "Makers of seals and castings", "Supplier", "Yes", None, "Forecast for three months", "Share of recycled iron", "P03", _SEEN),
    ("IP-04", "Carriers", "Supplier", "Yes", None, "Parcels packed to their rules", None, "P05", _SEEN),
    ("IP-05", "Distributors", "Distributor", "Yes", None, "Stock figures, price list in spring", "Energy label data", "P01", _SEEN),
    ("IP-06", "Employees of both sites", "Employee", "Yes", None, "Safe work, training, tools that work", "None", "P08", _SEEN),
    ("IP-07", "Works council Brno", "Employee", "Yes", None, None, None, None, _SEEN),
    ("IP-08", "Owners (family)", "Owner", "Yes", None, "Growth without loss of good name", "Net zero by 2040", "P01", _SEEN),
    ("IP-09", "Neighbours of the Leeds works", "Neighbour", "No", "Noise and traffic, nothing about products", None, None, None, _SEEN),
)  # fmt: skip
_REQUIREMENTS: Sequence[Sequence[Cell]] = (
    ("RQ-01", "Duty point is reached", "Stated", "All products", "Flow and head within class 2B of the curve", "High", "P04",
     "Test bench, IP-01 to IP-04", "Operations director", "Active", None),
    ("RQ-02", "Delivery on the promised day", "Stated", "All products", "Goods issue by the first promised date", "High", "P05",
     "Figure On time", "Operations director", "Active", None),
    ("RQ-03", "Every order is checked before it is confirmed", "Own", "All products", "Review in the ERP before confirmation", "High",
     "P01", "Report of orders without review", "Sales director", "Active", None),
    ("RQ-04", "Declaration and instructions in the language of the country", "Legal", "All products", "Papers listed in QF-05-1",
     "High", "P02", "Check list at release", "Compliance engineer", "Active", None),
    ("RQ-05", "Materials fit for drinking water", "Legal", "Boosters", "Certificate under regulation 31, or national list", "High",
     "P03", "Certificate filed per part", "Compliance engineer", "Active", None),
    ("RQ-06", "No leak in the first five years", "Implied", "Circulators", "Leak test 10 bar, 60 s", "High", "P04", "IP-01",
     "Operations director", "Active", None),
    ("RQ-07", "Runs dry for a minute without damage", "Implied", "Submersibles", "Type test TT-12", "Medium", "P02", "TT-12",
     "Operations director", "Active", None),
    ("RQ-08", "Dose holds", "Stated", "Dosing pumps", "± 2 % of the set dose", "High", "P04", "IP-04", "Operations director",
     "Active", None),
    ("RQ-09", "Spare seals within 24 hours", "Stated", "Spare parts", "Goods issue the same day if ordered by noon", "High", "P05",
     "ERP report", "Operations director", "Active", None),
    ("RQ-10", "Packing survives the parcel chain", "Implied", "Spare parts", "adequate", "Medium", "P05", "Damage rate",
     "Operations director", "Active", None),
    ("RQ-11", "Fitter arrives in the slot", "Stated", "Field service", "Within two hours of the time told", "High", "P06",
     "Figure First-time fix", "Service lead Leeds", "Active", None),
    ("RQ-12", "A complaint is answered within ten working days", "Own", "All products", "QP-14 4.3", "High", "P07",
     "Figure Answered in time", "Quality manager", "Active", None),
    ("RQ-13", "Noise at part load below 54 dB(A)", "Stated", "Boosters", "54 dB(A) at 1 m", "Medium", "P02", "Type test TT-20",
     "Head of design", "Active", None),
)  # fmt: skip


def _risk(number: str, text: str, touches: str, process: str, group: str, rating: str, owner: str | None,
          seen: dt.date = _SEEN) -> Sequence[Cell]:  # fmt: skip
    return (number, number[0], text, touches, process, group, rating, owner, _D(2025, 9, 16), seen, "Open")


_RISKS: Sequence[Sequence[Cell]] = (
    _risk("R-01", "Orders are confirmed without review when a deputy is away; customer gets what he cannot use", "Both", "P01", "All", "M", "Sales director"),
    _risk("R-02", "Frame customer leaves because of late deliveries", "Satisfaction", "P05", "Water utility", "H", "Operations director"),
    _risk("R-03", "Declarations under the new Machinery Regulation are not ready", "Conformity", "P02", "All", "H", "Compliance engineer"),
    _risk("R-04", "Seal batch out of tolerance reaches customers: Leak", "Both", "P04", "Building services", "H", "Operations director"),
    _risk("R-05", "No fitter for days in Brno: pump Does not start and nobody comes", "Satisfaction", "P06", "Agriculture", "M", "Service lead Brno"),
    _risk("R-06", "River floods: submersibles sold out", "Satisfaction", "P04", "Water utility", "M", "Operations director"),
    _risk("R-07", "Wrong part is picked", "Conformity", "P05", "Distributor", "M", "Operations director", _D(2025, 6, 3)),
    _risk("R-08", "Complaints are closed without a cause: the same comes again", "Both", "P07", "Industry", "M", None),
    _risk("R-09", "Circulators lose against longer warranties", "Satisfaction", "P01", "Building services", "L", "Sales director"),
    _risk("R-10", "Pumps get loud with age: Noise at part load", "Satisfaction", "P02", "Building services", "L", "Head of design"),
    _risk("R-11", "Parcels are thrown: Damaged in transit", "Both", "P05", "Distributor", "L", "Operations director"),
    _risk("O-01", "Remote monitoring sells service contracts", "Satisfaction", "P06", "Industry", "M", "Service lead Leeds"),
)  # fmt: skip


# ---------------------------------------------------------------- figures and what was concluded


def _write_figures(folder: Path) -> None:
    heading = ("measure", "month", "value", "of", "out of", "target", "better", "entered")
    write_text(folder / "kpi_export_2026-11-02.csv", csv_text([heading, *_figures()]))

    def fill(book: Workbook) -> None:
        heading = (
            "Report",
            "Subject",
            "From",
            "To",
            "Issued",
            "Cases",
            "Trend",
            "Conclusion",
            "Action",
            "Why no action",
        )
        table(book.add_worksheet("Reports 2026"), 0, heading, _REPORTS, book.add_format({"bold": True}))

    xlsx(folder / "Quality reports.xlsx", _QM, fill)


_MONTHS = tuple(_D(2025 + (10 + at) // 12, 1 + (10 + at) % 12, 1) for at in range(12))
#: measure, target, which way is better, what the figure is of, the share or mark of each month
_SERIES: Sequence[tuple[str, float, str, int, Sequence[float]]] = (
    ("On time", 96, "higher", 4000, (92.0, 94.3, 94.0, 94.0, 94.2, 93.8, 93.5, 94.4, 93.5, 86.9, 94.4, 94.7)),
    ("Quotes in time", 95, "higher", 120, (82, 84, 85, 88, 90, 91, 93, 95, 96, 95, 96, 97)),
    ("Complaints per 1,000 orders", 2.5, "lower", 0, (3.0, 2.9, 3.1, 2.7, 2.6, 2.8, 2.4, 2.5, 2.6, 2.3, 2.4, 2.4)),
    ("Answered in time", 98, "higher", 12, (100, 100, 100, 92, 100, 100, 100, 100, 100, 100, 100, 100)),
    ("First-time fix", 90, "higher", 60, (81, 82, 80, 84, 85, 86, 85)),
    ("Noise", 54, "lower", 0, (58, 58, 58, 57, 57, 57, 56, 56, 56, 55, 55, 55)),
)  # fmt: skip


def _figures() -> Iterator[Sequence[object]]:
    for measure, target, better, cases, values in _SERIES:
        for month, value in zip(_MONTHS, values, strict=False):
            after = _D(month.year + month.month // 12, month.month % 12 + 1, 6)
            good = round(value * cases / 100) if cases else ""
            yield measure, month.isoformat(), value, good, cases or "", target, better, after.isoformat()
    yield "Survey mean", "2025-05-01", 7.6, "", "", 8.0, "higher", "2025-06-12"
    yield "Survey mean", "2026-05-01", 7.9, "", "", 8.2, "higher", "2026-06-15"


_REPORTS: Sequence[Sequence[Cell]] = (
    ("QR-26-1", "Complaints", _D(2026, 1, 1), _D(2026, 3, 31), _D(2026, 4, 14), 34, "Same", "Leaks and late parcels lead; no shift between sites", None, "8Ds run"),
    ("QR-26-1", "Delivery", _D(2026, 1, 1), _D(2026, 3, 31), _D(2026, 4, 14), None, "Better", "93 % on time, wrong promise dates for boosters", "A-26-05", None),
    ("QR-26-2", "Complaints", _D(2026, 4, 1), _D(2026, 6, 30), _D(2026, 7, 14), 36, "Same", "Leaks of one seal batch, see 8D", None, "8Ds run"),
    ("QR-26-2", "Satisfaction", _D(2026, 5, 1), _D(2026, 6, 8), _D(2026, 7, 14), None, "Better", "Mean 7.9; wish for spare seals within 24 hours", "A-26-08", None),
    ("QR-26-2", "Delivery", _D(2026, 4, 1), _D(2026, 6, 30), _D(2026, 7, 14), None, "Better", "94 % on time", None, "Action A-26-05 shows effect"),
    ("QR-26-3", "Complaints", _D(2026, 7, 1), _D(2026, 9, 30), _D(2026, 10, 13), 25, "Same", "Two open complaints in Brno without owner", None, None),
    ("QR-26-3", "Delivery", _D(2026, 7, 1), _D(2026, 9, 30), _D(2026, 10, 13), None, "Worse", "August fell to 87 %: holidays in Brno", "A-26-10", None),
    ("QR-26-10", "Complaints", _D(2026, 10, 1), _D(2026, 10, 31), _D(2026, 11, 12), 8, "Same", "Nothing new", None, "8Ds run"),
    ("QR-26-3", "Returns", _D(2026, 7, 1), _D(2026, 9, 30), _D(2026, 10, 13), None, "Same", "Half are ordered wrongly; web shop shows too little", "A-26-10", None),
)  # fmt: skip


def _write_improvements(folder: Path) -> None:
    rows: Sequence[Sequence[Cell]] = (
        ("I-26-01", "Survey", "Logistics", "Spare seals leave the same day", _D(2026, 2, 2), _D(2026, 6, 30), 71, 92, "% same day", "Higher"),
        ("I-26-02", "Complaint", "Production Leeds", "Fewer leaks", _D(2026, 1, 19), _D(2026, 5, 29), 14, 9, "leaks a quarter", "Lower"),
        ("I-26-03", "Customer visit", "Design", "Data sheets in Czech", _D(2026, 3, 9), None, None, None, None, None),
        ("I-26-04", "Idea", "Production Brno", "None, shorter ways", _D(2026, 4, 13), _D(2026, 8, 28), 31, 26, "min per pump", "Lower"),
        ("I-26-05", "Audit", "Sales Leeds", "Order confirmation says what was agreed", _D(2026, 5, 4), _D(2026, 7, 20), None, None, None, None),
        ("I-26-06", "Complaint", "Field service", "Fitter calls half an hour before", _D(2026, 6, 15), _D(2026, 9, 30), 80, 85, "% first-time fix", "Higher"),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        heading = (
            "No.",
            "From",
            "Department",
            "What the customer notices",
            "Begun",
            "Done",
            "Before",
            "After",
            "Unit",
            "Better is",
        )
        table(book.add_worksheet("Improvements 2026"), 0, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Improvements.xlsx", _QM, fill)


# ---------------------------------------------------------------- suppliers and people


def _supplier(number: int, name: str, impact: str, agreed: str | None, rated: dt.date | None, points: int | None,
              action: str | None = None, state: str = "Active") -> Sequence[Cell]:  # fmt: skip
    return (f"V-{number}", name, state, impact, _D(2019, 1 + number % 12, 4), agreed, rated, points, action)


_SUPPLIERS: Sequence[Sequence[Cell]] = (
    _supplier(201, "Castings, Skelbeck Foundry", "High", "QA-201 rev. 4", _D(2026, 9, 22), 88),
    _supplier(202, "Mechanical seals, Dichtwerk Ost", "High", "QA-202 rev. 6", _D(2026, 9, 22), 64),
    _supplier(203, "Motors, Moravia Drives", "High", "QA-203 rev. 2", _D(2026, 9, 22), 91),
    _supplier(204, "Control boards, Eskerdale Electronics", "High", "QA-204 rev. 1", _D(2026, 9, 22), 79),
    _supplier(205, "Parcels, Northway Carriers", "High", "Frame contract 2024", _D(2025, 2, 11), 83),
    _supplier(206, "Freight Brno, Rychlik", "High", "Frame contract 2025", _D(2026, 9, 22), 67, "A-26-13"),
    _supplier(207, "Fasteners, Thornwick Supplies", "Low", None, None, None),
    _supplier(208, "Packing, Kettlesea Board", "Medium", "Drawing set P-8", _D(2026, 9, 22), 90),
    _supplier(209, "Powder coating, Hollinfell", "Medium", "QA-209 rev. 1", _D(2026, 9, 22), 85),
    _supplier(210, "Calibration, Metrolab", "High", "Scope of accreditation", _D(2026, 9, 22), 97),
    _supplier(211, "Works clothes", "None", None, None, None),
    _supplier(212, "Service partner North, Pumpcare", "High", "Service agreement 2025", _D(2026, 9, 22), 81),
    _supplier(213, "Impellers, old source", "High", "QA-213", _D(2023, 10, 2), 58, None, "Ended"),
)  # fmt: skip


def _write_suppliers(folder: Path) -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet("Approved")
        sheet.write(0, 0, "Approved suppliers and evaluation 2026 (0 to 100 points; below 70: talk and action)")
        heading = (
            "Vendor",
            "What, who",
            "State",
            "Effect on customer",
            "Approved",
            "Agreement",
            "Evaluated",
            "Points",
            "Action",
        )
        table(sheet, 1, heading, _SUPPLIERS, book.add_format({"bold": True}))

    xlsx(folder / "Supplier evaluation 2026.xlsx", "Head of purchasing", fill)
    paid = [str(one[0]) for one in _SUPPLIERS if one[2] == "Active"]
    rows = [("vendor", "paid_gbp", "in_product_or_to_customer")]
    rows += [(v, str(4_000 + 731 * at), "no" if v in {"V-207", "V-211"} else "yes") for at, v in enumerate(paid)]
    rows += [("V-231", "18400", "yes"), ("V-240", "96000", "no"), ("V-241", "2210", "no")]
    write_text(folder / "accounts_payable_2025-11_2026-10.csv", csv_text(rows))


def _write_competence(folder: Path) -> None:
    def person(number: int, role: str, site: str, skill: str, need: int, has: int, shown: str, until: dt.date,
               action: str | None = None) -> Sequence[Cell]:  # fmt: skip
        return (f"E{number:03}", role, site, skill, need, has, shown, _D(2026, 4, 14), until, action)

    later = _D(2028, 4, 14)
    rows: Sequence[Sequence[Cell]] = (
        person(12, "Service lead Leeds", "Leeds", "Listening, hard talks", 3, 3, "Role play, file", later),
        person(12, "Service lead Leeds", "Leeds", "Product line circulators", 3, 4, "Test 2026", later),
        person(31, "Service lead Brno", "Brno", "Listening, hard talks", 3, 2, "Role play, file", later),
        person(31, "Service lead Brno", "Brno", "English B2", 3, 3, "Certificate", later),
        person(44, "Sales lead Leeds", "Leeds", "Order review", 3, 3, "Observed", later),
        person(44, "Sales lead Leeds", "Leeds", "Pump selection", 4, 4, "Test 2026", later),
        person(58, "Sales lead Brno", "Brno", "Order review", 3, 3, "Observed", later),
        person(58, "Sales lead Brno", "Brno", "Pump selection", 4, 3, "Test 2026", later, "Course in Leeds, January 2027"),
        person(3, "Sales director", "Leeds", "Contract law", 3, 3, "Certificate", later),
        person(71, "Fitter", "Leeds", "Electrical work (18th edition)", 3, 3, "Certificate", _D(2026, 12, 31)),
        person(72, "Fitter", "Leeds", "Electrical work (18th edition)", 3, 3, "Certificate", later),
        person(83, "Fitter", "Brno", "Electrical work (194/2022 Sb.)", 3, 3, "Certificate", later),
        person(84, "Fitter", "Brno", "Electrical work (194/2022 Sb.)", 3, 3, "Certificate", later),
    )  # fmt: skip

    def fill(book: Workbook) -> None:
        heading = (
            "Person",
            "Role",
            "Site",
            "Skill",
            "Needed",
            "Has",
            "Shown by",
            "Assessed",
            "Until",
            "If not reached",
        )
        table(book.add_worksheet("Customer roles"), 0, heading, rows, book.add_format({"bold": True}))

    xlsx(folder / "Competence matrix.xlsx", "Head of HR", fill)
