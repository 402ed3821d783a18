"""What the pump maker hears from its customers and tells them: tickets, survey, contacts, news.

Written by `make_pump_maker.py`; which gaps are planted here, and where, says `pump-maker/GAPS.md`.
"""

# ruff: noqa: E501  (a record stands on one line)

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from office_files import Cell, csv_text, table, write_text
from pump_maker_complaints import Complaint
from pump_maker_firm import DEPARTMENTS, END, PRODUCTS, SEGMENTS, SITES, START, drawn, later, workday, xlsx
from pump_maker_orders import Order

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

__all__ = ["write_contacts", "write_news", "write_survey", "write_tickets"]

_SUBJECTS = ("Quote for spare seals", "Where is my delivery?", "Commissioning date", "Data sheet please",
             "Change of address", "Spare part number", "Training for fitters")  # fmt: skip


def write_tickets(folder: Path, rng: random.Random, orders: Sequence[Order], complaints: Sequence[Complaint]) -> None:
    """Write the exports of the help desk, one a half-year."""
    rows: list[tuple[dt.date, int, int, str, str, str]] = []
    for at in range(760):
        day = workday(START + dt.timedelta(days=at * 358 // 760))
        rows.append((day, 10_000 + int(rng.random() ** 2 * 640), 1 + at % 2, drawn(rng, _SUBJECTS),
                     drawn(rng, ("question", "order", "question", "other")), "sales_desk"))  # fmt: skip
    rows += [
        (one.received, one.customer, one.site, f"{one.category}: {PRODUCTS[one.product][0]}", "complaint",
         f"complaint {one.category.lower().replace(' ', '_')}")
        for one in [one for one in complaints if one.received >= START][2::5]
    ]  # fmt: skip
    known = {one.customer for one in complaints}
    silent = [o for o in orders[5_000::7_000] if o.customer not in known and o.delivered]
    rows += [
        (later(order.delivered or END, 6), order.customer, order.site, "Still leaking after the repair", "complaint",
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
        half.append((60_001 + at, f"{day}T{clock}", customer, SITES[site], subject, kind, "normal", "closed", tags,
                     ("email", "web", "phone")[at % 3], f"{later(day, 2)}T{clock}",
                     "" if at in {212, 430, 611} else ("Sales desk", "Service desk")[at % 2],
                     f"{later(day, 4 if at % 23 == 0 else 0)}T{clock}", f"{later(day, 6 if at % 23 == 0 else 2)}T{clock}"))  # fmt: skip
    for name, half in halves.items():
        write_text(folder / f"zendesk_tickets_{name}.csv", csv_text(half))


_WAVES = (
    ("2025", dt.date(2025, 5, 5), dt.date(2025, 5, 6), 620, 181, "QS-3", 0, 10, 620, "Everybody"),
    ("2026", dt.date(2026, 5, 4), dt.date(2026, 5, 5), 640, 214, "QS-3", 0, 10, 640, "Everybody"),
)
_PERCEPTION_PLAN: Sequence[Sequence[Cell]] = tuple(
    (*row, dt.date(2026, 1, 20), "Says it")
    for row in (
        ("PP1", "Yearly survey", "Water utility", 12, "Quality manager", "Managing director"),
        ("PP2", "Yearly survey", "Building services", 12, "Quality manager", "Managing director"),
        ("PP3", "Yearly survey", "Industry", 12, "Quality manager", "Managing director"),
        ("PP4", "Account meeting", "Distributor", 6, "Sales director", "Managing director"),
        ("PP5", "Fair visit notes", "Agriculture", 24, "Sales lead Brno", "Sales director"),
    )
)


def write_survey(folder: Path, rng: random.Random) -> None:
    """Write the plan, the waves and the answers of the survey, and who was called."""
    answers = list(_answers(rng))
    low = [answer for answer in answers if answer[1] == "2026" and answer[5] <= 4]
    calls = [_called(answer, at) for at, answer in enumerate(low)]

    def fill(book: Workbook) -> None:
        bold = book.add_format({"bold": True})
        heading: tuple[str, ...] = ("Plan no.", "Source", "Customer group", "Every (months)", "Analysed by", "Conclusions by",
                                    "Reviewed", "Customer says it, or inferred")  # fmt: skip
        table(book.add_worksheet("Perception plan"), 0, heading, _PERCEPTION_PLAN, bold)
        heading = ("Wave", "Planned", "Sent out", "Invited", "Complete answers", "Question set", "Scale min", "Scale max",
                   "Active customers", "Who was asked")  # fmt: skip
        table(book.add_worksheet("Waves"), 0, heading, _WAVES, bold)
        sheet = book.add_worksheet("Answers")
        sheet.write(0, 0, "Export of the form tool, do not sort by hand")
        heading = ("Response", "Wave", "Customer no", "Sent", "Answered", "How satisfied are you?", "From", "To", "Domain",
                   "Segment", "Question")  # fmt: skip
        table(sheet, 2, heading, answers, bold)
        heading = ("Response", "Called on", "Came of it", "Why not called")
        table(book.add_worksheet("Calls after low marks"), 0, heading, calls, bold)

    xlsx(folder / "Customer survey.xlsx", "Quality manager", fill)


#: (response, wave, customer, sent, answered, mark, least mark, most, domain, segment, question)
_Answer = tuple[str, str, int, dt.date, dt.date, int, int, int, str, str, str]


def _answers(rng: random.Random) -> Iterator[_Answer]:
    for wave, _, sent, _, completed, *_ in _WAVES:
        for at in range(completed):
            answered = sent + dt.timedelta(days=int(rng.random() ** 2 * 28))
            if wave == "2026" and at == 99:
                answered = dt.date(2025, 5, 26)  # somebody typed the paper answer with last year's date
            domain = "tarnbeck.example.com" if wave == "2026" and at in {40, 41} else f"customer{at % 60}.example.org"
            score = (10, 9, 9, 8, 8, 8, 7, 7, 6, 4)[int(rng.random() * 10)]
            yield (f"R{wave[2:]}-{at + 1:03}", wave, 10_000 + at * 3, sent, answered, score, 0, 10, domain,
                   SEGMENTS[at * 3 * 7 % 5], "Satisfaction")  # fmt: skip


def _called(answer: _Answer, at: int) -> Sequence[Cell]:
    if at in {5, 11}:
        return answer[0], None, "Not called", None
    return answer[0], later(answer[4], 9 if at == 2 else 1 + at % 4), "Settled", None


_NEEDS = ("Spare seals within 24 hours", "Data sheets in Czech", "One contact for service and sales",
          "Lower noise at part load", "Delivery slots before 8 a.m.", "Declaration of conformity with each delivery")  # fmt: skip


def write_contacts(folder: Path) -> None:
    """Write what key accounts said in visits, interviews and workshops."""
    key_accounts = range(3, 640, 41)
    asked = [at for at in key_accounts if SEGMENTS[at * 7 % 5] != "Agriculture"]
    lines: dict[int, list[str]] = {2025: [], 2026: []}
    for at in range(42):
        day = workday(dt.date(2025, 1, 13) + dt.timedelta(days=at * 16))
        account = asked[at % len(asked)]
        segment = SEGMENTS[account * 7 % 5]
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


def write_news(folder: Path) -> None:
    """Write what the intranet told each department."""
    posts: list[Mapping[str, str]] = []
    for department in DEPARTMENTS:
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
