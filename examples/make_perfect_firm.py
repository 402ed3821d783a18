"""Write the records of a fictitious firm without a gap: `python examples/make_perfect_firm.py FOLDER`.

The folder then holds one CSV file for each table, a few documents, the answers of persons and the plan of an audit.
What it is for: an audit of it passes everything that can be decided, and a defect planted in it is all that is found.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Sequence
from pathlib import Path

from perfect_records import AS_OF, OBLIGATIONS, PERIOD, Table, records

__all__ = ["make", "write"]

_SEED = 9001

#: What the firm itself has decided, where the ruleset only knows a custom.
_PARAMS = {
    "low_mark": "2",
    "outside_route": "true",
    "own_mail_domain": '"firm.example"',
}

_DOCUMENTS = """
Quality policy | policy | QP-00
We build pumps and valves that our customers gladly use, in hospitals and on farms. We ask them what they need.
We meet the requirements of customers and all legal requirements that apply.
We set objectives each year, look at what came of them, and improve the quality management system for good.

Vision | plan | ST-01
Each customer gets more value from a pump of ours than from any other. Their satisfaction is our measure.

Mission | plan | ST-02
We give customers value for years, and their satisfaction comes before our own comfort.

Strategy | plan | ST-03
Grow with customers who see the value of long life. Satisfaction of both groups above nine in ten.

Business Plan | plan | ST-04
Money goes where customers see value: test benches, service, and what raises satisfaction.

Code of conduct | instruction | ST-05
Everybody may stop the line for a customer, and is thanked for it.

Customer satisfaction | procedure | QP-20
Customer satisfaction is asked by survey each quarter. Quality analyses the answers, the managing director reviews them.

Complaints | procedure | QP-14
Each complaint is entered the same day, acknowledged, answered and closed within the time limits.

Management review 2026 | minutes | MR-2026
The managing director held the management review on 3 March 2026.
Customer satisfaction: 96 of 100 are content, better than in 2025.
Nonconformities and corrective actions: six, all in time.
Internal audits: four as planned, one minor finding.

Contact | other | WEB-01
A complaint? Write to us by e-mail or through the contact form; we answer within two days.
"""


def make(folder: Path) -> None:
    """Write the firm below `folder`."""
    write(folder, records(random.Random(_SEED)))


def write(folder: Path, tables: Sequence[Table]) -> None:
    """Write these tables below `folder`, with the firm's documents, answers and plan."""
    (folder / "records").mkdir(parents=True, exist_ok=True)
    (folder / "documents").mkdir(exist_ok=True)
    answers = _answers()
    for table in (*tables, answers):
        with (folder / "records" / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.columns)
            writer.writerows(table.rows)
    for block in _DOCUMENTS.strip().split("\n\n"):
        head, *paragraphs = block.split("\n")
        title, kind, number = head.split(" | ")
        text = _document(title, kind, number, "\n\n".join(paragraphs))
        (folder / "documents" / f"{title}.md").write_text(text, "utf-8")
    (folder / "qmscheck.toml").write_text(_plan((*tables, answers)), "utf-8")


def _answers() -> Table:
    columns = ("obligation", "answer", "statement", "refs", "by", "role", "on", "valid_until", "independent_of")
    said = (
        "yes",
        "Seen at work and talked through.",
        "Notes 12",
        "A. Muster",
        "Auditor from outside",
        "2026-10-12",
        "2027-10-12",
        "all of it",
    )
    return Table("attestations", columns, tuple((name, *said) for name in OBLIGATIONS))


def _document(title: str, kind: str, number: str, text: str) -> str:
    head = {
        "doc_id": number, "title": title, "kind": kind, "version": "3", "status": "current", "owner": "Head of quality",
        "prepared_by": "Quality manager", "reviewed_by": "Head of service", "reviewed_on": "2026-01-26",
        "approved_by": "Managing director", "approved_on": "2026-02-02", "review_due": "2028-02-02",
        "modified": "2026-02-02",
    }  # fmt: skip
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in head.items()) + f"---\n\n# {title}\n\n{text}\n"


def _plan(tables: Sequence[Table]) -> str:
    first, last = PERIOD
    lines = [
        "[audit]", 'organization = "Ohnefehl Pumpen GmbH (fictitious)"',
        'scope = "Pumps, valves and their service; Graz and Linz"',
        'rulesets = ["iso9001"]', f"as_of = {AS_OF}", f"period = {{ from = {first}, to = {last} }}", "", "[params]",
    ]  # fmt: skip
    lines += [
        f'{name} = {{ value = {value}, origin = "own-procedure", ref = "QP-20" }}' for name, value in _PARAMS.items()
    ]
    lines += ["", "[[source]]", 'table = "documents"', 'path = "documents"']
    for table in tables:
        lines += ["", "[[source]]", f'table = "{table.name}"', f'path = "records/{table.name}.csv"', "[source.columns]"]
        lines += [f'{column} = "{column}"' for column in table.columns]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    _asked = argparse.ArgumentParser(description=(__doc__ or "").split(":")[0] + ".")
    _asked.add_argument("folder", type=Path, help="the folder to write it into; it is made if need be")
    make(_asked.parse_args().folder)
