"""Write the records of the fictitious Tarnbeck Pumps Ltd: 200 people, sites Leeds and Brno, 50,000 orders a year.

Run `python examples/make_pump_maker.py [folder]`. `pump-maker/GAPS.md` says which gaps are planted, and where.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import pump_maker_registers
from pump_maker_complaints import all_complaints, write_capa, write_complaints
from pump_maker_customers import write_contacts, write_news, write_survey, write_tickets
from pump_maker_documents import write_documents, write_minutes
from pump_maker_erp import write_erp
from pump_maker_management import (
    write_answers,
    write_audits,
    write_legal_register,
    write_lists,
    write_objectives,
    write_reviews,
)
from pump_maker_nonconformities import write_nonconformities
from pump_maker_orders import all_orders, write_order_changes

__all__ = ["make"]


def make(folder: Path) -> None:
    """Write all evidence of the pump maker below `folder`."""
    rng = random.Random(200)
    orders = list(all_orders(rng))
    complaints = list(all_complaints(rng, orders))
    write_erp(folder / "erp" / "erp_export_2026-11-02.sqlite", rng, orders, complaints)
    write_complaints(folder / "quality", complaints)
    write_tickets(folder / "service", rng, orders, complaints)
    write_capa(folder / "quality", complaints)
    write_lists(folder / "quality")
    write_objectives(folder / "quality")
    write_legal_register(folder / "quality")
    write_audits(folder / "quality")
    write_reviews(folder / "quality")
    write_answers(folder / "quality")
    write_survey(folder / "crm", rng)
    write_contacts(folder / "crm")
    write_news(folder / "intranet")
    write_documents(folder / "documents")
    write_minutes(folder / "documents")
    write_order_changes(folder / "sales", orders)
    write_nonconformities(folder / "quality", orders, complaints)
    pump_maker_registers.write(folder)


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
