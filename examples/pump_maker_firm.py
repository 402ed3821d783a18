"""Tarnbeck Pumps Ltd, as all parts of its records know it: sites, products, customers, working days.

Written by `make_pump_maker.py`; which gaps are planted here, and where, says `pump-maker/GAPS.md`.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeVar

import office_files

__all__ = [
    "CHANNELS",
    "COUNTRIES",
    "DEPARTMENTS",
    "END",
    "PRODUCTS",
    "QM",
    "SEGMENTS",
    "SITES",
    "START",
    "british",
    "days_between",
    "drawn",
    "iso",
    "later",
    "workday",
    "xlsx",
]

xlsx = partial(office_files.xlsx, dates="dd/mm/yyyy")
_T = TypeVar("_T")
START = dt.date(2025, 11, 3)
END = dt.date(2026, 10, 30)
SITES = {1: "Leeds", 2: "Brno"}
CHANNELS = {1: "EDI", 2: "Web shop", 3: "Phone", 4: "E-mail", 5: "Sales visit"}
PRODUCTS = {
    1: ("Circulators", "Building services"),
    2: ("Submersibles", "Water utility"),
    3: ("Boosters", "Building services"),
    4: ("Dosing pumps", "Industry"),
    5: ("Spare parts", "Distributor"),
    6: ("Field service", "Water utility"),
}
SEGMENTS = ("Water utility", "Building services", "Industry", "Distributor", "Agriculture")
COUNTRIES = ("GB", "GB", "GB", "IE", "CZ", "CZ", "SK", "DE", "PL", "NO")
DEPARTMENTS = ("Sales Leeds", "Sales Brno", "Design", "Purchasing", "Production Leeds", "Production Brno", "Logistics",
                "Field service", "Quality")  # fmt: skip
QM = "Quality manager"


def days_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Give each day from the first to the last."""
    for at in range((last - first).days + 1):
        yield first + dt.timedelta(days=at)


def workday(day: dt.date) -> dt.date:
    """Give a day, or the Monday after it."""
    return day + dt.timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def drawn(rng: random.Random, choices: Sequence[_T]) -> _T:
    """Draw one of the choices."""
    return choices[int(rng.random() * len(choices))]


def later(day: dt.date, workdays: int) -> dt.date:
    """Give the day that is so many working days later."""
    for _ in range(workdays):
        day = workday(day + dt.timedelta(days=1))
    return day


def british(day: dt.date | None) -> str:
    """Give a day as people in Leeds write it; nothing where there is none."""
    return f"{day:%d/%m/%Y}" if day else ""


def iso(day: dt.date | None) -> str:
    """Give a day as a machine writes it; nothing where there is none."""
    return day.isoformat() if day else ""
